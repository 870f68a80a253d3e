//! What a pass shall say of one person: from the options, or from a line of a table.
//!
//! Limits and errors: `ISSUE-FIELD` names the column, never what stands in it.

use super::super::failure::Failure;
use super::super::moment;
use crate::credential::{Entitlement, Holder, Vaccination};
use crate::issue::pass::{Health, PassDraft};
use clap::Args;
use std::collections::BTreeMap;

#[derive(Clone, Args)]
pub struct Person {
    /// The holder's whole name, to compare with the identity card.
    #[arg(long)]
    name: Option<String>,
    /// YYYY-MM-DD, or its beginning where no more is known.
    #[arg(long, value_name = "DATE")]
    birth_date: Option<String>,
    /// Such as asn (civil servant) or tamu (guest).
    #[arg(long)]
    role: Option<String>,
    /// A venue or zone that it opens; none: all. May be repeated.
    #[arg(long, value_name = "ID")]
    venue: Vec<String>,
    /// Local hours, such as 08:00-16:00; 22:00-06:00 goes over midnight.
    #[arg(long, value_name = "FROM-UNTIL", value_parser = hours)]
    hours: Option<Hours>,
    /// A vaccination: product, dose, doses in total, date. May be repeated.
    #[arg(long, value_name = "PRODUCT,DOSE,TOTAL,DATE", value_parser = dose)]
    dose: Vec<Vaccination>,
    /// Not valid before.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    from: Option<i64>,
    /// Not valid from this moment on.
    #[arg(long, value_name = "TIME", value_parser = moment::parse, required_unless_present = "csv")]
    until: Option<i64>,
    /// For training: the gate shows it in grey and lets nobody in.
    #[arg(long)]
    specimen: bool,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(..)")
    }
}

#[derive(Debug, Clone, Copy)]
struct Hours {
    from_min: u16,
    until_min: u16,
}

/// The columns of a table.
pub const COLUMNS: [&str; 9] =
    ["name", "birth_date", "role", "venues", "hours", "doses", "from", "until", "specimen"];

impl Person {
    /// What a line says, and else what the options say. Fields are trimmed and none is empty.
    pub fn with(&self, line: &BTreeMap<&str, &str>) -> Result<Self, Failure> {
        let mut person = self.clone();
        for (&column, &field) in line {
            let wrong = |words: String| Failure::new("ISSUE-FIELD", format!("{column}: {words}"));
            match column {
                "name" => person.name = Some(field.to_owned()),
                "birth_date" => person.birth_date = Some(field.to_owned()),
                "role" => person.role = Some(field.to_owned()),
                "venues" => person.venue = list(field).map(str::to_owned).collect(),
                "hours" => person.hours = Some(hours(field).map_err(wrong)?),
                "doses" => {
                    person.dose = list(field).map(dose).collect::<Result<_, _>>().map_err(wrong)?;
                }
                "from" => person.from = Some(moment::parse(field).map_err(wrong)?),
                "until" => person.until = Some(moment::parse(field).map_err(wrong)?),
                _ => person.specimen = yes(field).ok_or_else(|| wrong("yes or no".to_owned()))?,
            }
        }
        Ok(person)
    }

    pub fn draft(
        &self,
        issuer: &str,
        now_unix_s: i64,
        pass_id: [u8; 16],
    ) -> Result<PassDraft, Failure> {
        let entitlement = Entitlement {
            product: None,
            role: self.role.clone(),
            venues: self.venue.clone(),
            hours_min: self.hours.map(|hours| (hours.from_min, hours.until_min)),
        };
        let wrong_end = |words: &str| Failure::new("ISSUE-FIELD", format!("until: {words}"));
        let expires_unix_s =
            self.until.ok_or_else(|| wrong_end("neither the line nor --until says it"))?;
        if expires_unix_s <= self.from.unwrap_or(now_unix_s).max(now_unix_s) {
            return Err(wrong_end("it would be over before it begins"));
        }
        Ok(PassDraft {
            issuer: issuer.to_owned(),
            subject: None,
            pass_id,
            issued_unix_s: now_unix_s,
            not_before_unix_s: self.from,
            expires_unix_s,
            holder: Holder { name: self.name.clone(), birth_date: self.birth_date.clone() },
            entitlement: (entitlement != Entitlement::default()).then_some(entitlement),
            health: match self.dose.as_slice() {
                [] => Health::None,
                doses => Health::Compact(doses.to_vec()),
            },
            specimen: self.specimen,
        })
    }
}

/// Parts between `;` or `|`.
fn list(field: &str) -> impl Iterator<Item = &str> {
    field.split([';', '|']).map(str::trim).filter(|part| !part.is_empty())
}

fn yes(field: &str) -> Option<bool> {
    match field.to_lowercase().as_str() {
        "yes" | "ya" | "true" | "1" => Some(true),
        "no" | "tidak" | "false" | "0" => Some(false),
        _ => None,
    }
}

fn hours(text: &str) -> Result<Hours, String> {
    let minute = |time: &str| -> Option<u16> {
        let (hour, minute) = time.split_once(':')?;
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
    };
    let parsed = text.split_once('-').and_then(|(from, until)| {
        Some(Hours { from_min: minute(from)?, until_min: minute(until)? })
    });
    parsed.ok_or_else(|| "write them as 08:00-16:00".to_owned())
}

fn dose(text: &str) -> Result<Vaccination, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let parsed = match parts.as_slice() {
        [product, dose, total, date] => {
            dose.parse().ok().zip(total.parse().ok()).map(|(dose, total)| Vaccination {
                product: Some((*product).to_owned()),
                dose: Some(dose),
                total: Some(total),
                date: Some((*date).to_owned()),
            })
        }
        _ => None,
    };
    parsed.ok_or_else(|| "write it as CoronaVac,1,2,2021-07-05".to_owned())
}
