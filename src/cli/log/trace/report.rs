//! A trace as a table, as CSV, as JSON and as a picture.

use super::FileSeen;
use super::opener::Opener;
use crate::audit_log::{Closed, Contact, Trace, csv_cell, rfc3339};
use crate::issue::timeline::{self, Heading};
use data_encoding::{BASE32, HEXLOWER as HEX};
use serde_json::{Value, json};
use std::io::{self, Write};

pub struct Report<'a> {
    pub trace: &'a Trace,
    pub files: &'a [FileSeen],
    pub subject: String,
    /// Contacts below are counted only.
    pub least_ms: i64,
    pub utc_offset_min: i16,
    pub opener: &'a Opener<'a>,
}

/// A pseudonym as people can tell it over the telephone: `Y24C-R627`.
pub fn tag(pseudonym: &[u8; 32]) -> String {
    let text = BASE32.encode(pseudonym);
    let part = |from: usize| text.get(from..from + 4).unwrap_or_default();
    format!("{}-{}", part(0), part(4))
}

const MINUTE_MS: i64 = 60_000;

impl Report<'_> {
    fn listed(&self) -> impl Iterator<Item = &Contact> {
        self.trace.contacts.iter().filter(|contact| contact.together_ms >= self.least_ms)
    }

    fn time(&self, at_unix_ms: i64) -> String {
        rfc3339(at_unix_ms, self.utc_offset_min)
    }

    /// To the minute, for people.
    fn minute(&self, at_unix_ms: i64) -> String {
        let time = self.time(at_unix_ms).replace('T', " ");
        time.get(..16).unwrap_or_default().to_owned()
    }

    pub fn write_plainly(&self, out: &mut impl Write) -> io::Result<()> {
        let visits = &self.trace.visits;
        writeln!(out, "{}: {} visits", self.subject, visits.len())?;
        for visit in visits {
            let (from, until) = (self.minute(visit.from_unix_ms), self.minute(visit.until_unix_ms));
            let closed = match visit.closed {
                Closed::Exit => "seen going out",
                Closed::Again => "way out forgotten, seen coming in again",
                Closed::ByRule => "way out never seen, closed by rule",
            };
            writeln!(out, "  {from} – {until}  {}  ({closed})", visit.venue)?;
        }
        let listed = self.listed().count();
        let shorter = self.trace.contacts.len() - listed;
        let least = self.least_ms / MINUTE_MS;
        writeln!(out, "{listed} passes together for {least} minutes or more, {shorter} shorter")?;
        for contact in self.listed() {
            let minutes = contact.together_ms / MINUTE_MS;
            writeln!(
                out,
                "  {}  {:>2} h {:02} min  {} – {}  {}{}",
                tag(&contact.pseudonym),
                minutes / 60,
                minutes % 60,
                self.minute(contact.first_unix_ms),
                self.minute(contact.last_unix_ms),
                contact.venue,
                self.opener
                    .open(contact)
                    .map_or(String::new(), |who| { format!("  {} {}", who.name, who.birth_date) }),
            )?;
        }
        for venue in &self.trace.venues_unseen {
            writeln!(
                out,
                "{venue}: a gate there has a key of its own; nobody can be looked for in it"
            )?;
        }
        let whole = self.files.iter().filter(|file| file.is_whole()).count();
        writeln!(out, "{whole} of {} exports are whole", self.files.len())
    }

    /// For spreadsheets.
    pub fn csv(&self) -> String {
        let mut text = "tag,pseudonym,venue,minutes,first,last,name,birth_date\r\n".to_owned();
        for contact in self.listed() {
            let who = self.opener.open(contact).unwrap_or_default();
            let fields = [
                tag(&contact.pseudonym),
                HEX.encode(&contact.pseudonym),
                csv_cell(&contact.venue),
                (contact.together_ms / MINUTE_MS).to_string(),
                self.time(contact.first_unix_ms),
                self.time(contact.last_unix_ms),
                csv_cell(&who.name),
                csv_cell(&who.birth_date),
            ];
            text.push_str(&fields.join(","));
            text.push_str("\r\n");
        }
        text
    }

    pub fn svg(&self) -> String {
        let heading = Heading {
            subject: &self.subject,
            exports: self.files.len(),
            exports_whole: self.files.iter().filter(|file| file.is_whole()).count(),
            utc_offset_min: self.utc_offset_min,
            near_ms: self.least_ms,
        };
        timeline::svg(self.trace, &heading)
    }

    pub fn json(&self) -> Value {
        let visits = self.trace.visits.iter().map(|visit| {
            json!({
                "venue": visit.venue,
                "from": self.time(visit.from_unix_ms),
                "until": self.time(visit.until_unix_ms),
                "closed": match visit.closed {
                    Closed::Exit => "exit",
                    Closed::Again => "again",
                    Closed::ByRule => "rule",
                },
            })
        });
        let contacts = self.listed().map(|contact| {
            let who = self.opener.open(contact);
            json!({
                "name": who.as_ref().map(|who| &who.name),
                "birth_date": who.as_ref().map(|who| &who.birth_date),
                "tag": tag(&contact.pseudonym),
                "pseudonym": HEX.encode(&contact.pseudonym),
                "venue": contact.venue,
                "together_ms": contact.together_ms,
                "first": self.time(contact.first_unix_ms),
                "last": self.time(contact.last_unix_ms),
            })
        });
        let files = self.files.iter().map(|file| {
            json!({
                "file": file.path.to_string_lossy(),
                "entries": file.entries,
                "faults": file.faults,
                "whole": file.is_whole(),
            })
        });
        json!({
            "subject": self.subject,
            "visits": visits.collect::<Vec<_>>(),
            "contacts": contacts.collect::<Vec<_>>(),
            "shorter": self.trace.contacts.len() - self.listed().count(),
            "venues_unseen": self.trace.venues_unseen,
            "files": files.collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::tag;

    #[test]
    fn a_tag_is_short_and_can_be_said() {
        assert_eq!(tag(&[0; 32]), "AAAA-AAAA");
    }
}
