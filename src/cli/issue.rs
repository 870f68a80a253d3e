//! `gerbang issue`: one pass as text, SVG and PNG.

use super::failure::Failure;
use super::{keys, moment, picture};
use crate::credential::{Entitlement, Holder, Vaccination};
use crate::issue::pass::{self, Health, PassDraft};
use crate::issue::qr::{self, Level};
use clap::Args;
use serde_json::json;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Sign one pass and print its text, which is what its QR code holds.
///
/// A gate believes it when the registry names the key with the purposes that the pass needs: entry
/// for role, places and hours, vaccination for doses.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  gerbang issue --key issuer.key.json --issuer dinkes.example.go.id --name 'Siti Contoh' \\
      --role tamu --venue balai-kota --hours 08:00-16:00 --until 2026-12-31 \\
      --dose CoronaVac,1,2,2021-07-05 --dose CoronaVac,2,2,2021-08-02 --png pass.png")]
pub struct IssueArgs {
    /// The issuer's key file.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// What the pass calls its issuer: `iss` of the registry's entry.
    #[arg(long, value_name = "NAME")]
    issuer: String,
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
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    until: i64,
    /// For training: the gate shows it in grey and lets nobody in.
    #[arg(long)]
    specimen: bool,
    /// When it is issued. Default: now.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    now: Option<i64>,
    /// Write the QR code as SVG.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write the QR code as PNG, ten pixels a module.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// One JSON object instead of the text.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy)]
struct Hours {
    from_min: u16,
    until_min: u16,
}

const PNG_MODULE_PX: u32 = 10;

pub fn run(args: &IssueArgs) -> Result<ExitCode, Failure> {
    let key = keys::read(&args.key)?;
    let text = pass::sign(&draft(args)?, &key).map_err(|error| {
        Failure::new(error.code(), "this pass cannot be made: something is too long or wrong")
    })?;
    let code = qr::encode(text.as_bytes(), Level::M)
        .ok_or_else(|| Failure::new("QR-LONG", "the pass does not fit into a QR code"))?;
    if let Some(path) = &args.svg {
        write(path, code.svg().as_bytes())?;
    }
    if let Some(path) = &args.png {
        write(path, &picture::png(&code, PNG_MODULE_PX)?)?;
    }
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", json!({ "text": text, "qr_version": code.version() }))?;
    } else {
        writeln!(out, "{text}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn draft(args: &IssueArgs) -> Result<PassDraft, Failure> {
    let mut pass_id = [0; 16];
    getrandom::fill(&mut pass_id)
        .map_err(|error| Failure::new("RANDOM", format!("no random bytes: {error}")))?;
    let entitlement = Entitlement {
        role: args.role.clone(),
        venues: args.venue.clone(),
        hours_min: args.hours.map(|hours| (hours.from_min, hours.until_min)),
    };
    Ok(PassDraft {
        issuer: args.issuer.clone(),
        subject: None,
        pass_id,
        issued_unix_s: args.now.unwrap_or_else(|| moment::now_unix_ms() / 1000),
        not_before_unix_s: args.from,
        expires_unix_s: args.until,
        holder: Holder { name: args.name.clone(), birth_date: args.birth_date.clone() },
        entitlement: (entitlement != Entitlement::default()).then_some(entitlement),
        health: if args.dose.is_empty() {
            Health::None
        } else {
            Health::Compact(args.dose.clone())
        },
        specimen: args.specimen,
    })
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
    let parts: Vec<&str> = text.split(',').collect();
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

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| Failure::writing(path, &error))
}
