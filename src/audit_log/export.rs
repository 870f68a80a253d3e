//! Exports: a line an entry, for whoever checks or traces.
//!
//! Shape: `StoredEntry` ↔ `{"v":1,"entry_b64":…,"hash":…,"view":{…}}`; only `entry_b64` and
//! `hash` are read, `view` is for people.
//! Limits and errors: `LINE_BYTES_MAX`; `LogError::Line` for what is no line of an export, else
//! what is wrong with the entry in it; unknown members are ignored.
//! Source: docs/log.md, "The export"; base64 is RFC 4648 §4.
//! Not here: files.

use super::{EntryBody, Hash, LogError, Statement, StoredEntry, read_entry};
use crate::rules::Status;
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// An entry of greatest length takes some 10,000, its view at most as much.
pub const LINE_BYTES_MAX: usize = 65_536;

const EXPORT_VERSION: u64 = 1;

/// Why a line holds no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineError {
    /// Longer than `LINE_BYTES_MAX`.
    Long,
    /// No JSON object with the members of an export.
    Json,
    /// Written by a later version.
    Version(u64),
    Base64,
    /// The hash is not 64 lower-case hexadecimal digits.
    HashText,
}

impl LineError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Long => "LOG-LINE-LONG",
            Self::Json => "LOG-LINE-JSON",
            Self::Version(_) => "LOG-LINE-VERSION",
            Self::Base64 => "LOG-LINE-BASE64",
            Self::HashText => "LOG-LINE-HASH",
        }
    }
}

#[derive(Deserialize)]
struct ReadLine<'a> {
    v: u64,
    #[serde(borrow)]
    entry_b64: Cow<'a, str>,
    #[serde(borrow)]
    hash: Cow<'a, str>,
}

#[derive(Serialize)]
struct WrittenLine<'a> {
    v: u64,
    entry_b64: String,
    hash: String,
    view: View<'a>,
}

/// What people look at; `None` where the kind has no such thing.
#[derive(Serialize, Default)]
struct View<'a> {
    sequence: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    venue: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    specimen: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_before: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    struck: Option<&'a [u64]>,
}

/// Without the newline. An entry that cannot be read is exported all the same: it is evidence.
pub fn write_line(stored: &StoredEntry) -> String {
    let entry = read_entry(stored).ok();
    let mut view = View { sequence: stored.sequence, kind: "unreadable", ..View::default() };
    if let Some(entry) = &entry {
        view.at = Some(rfc3339(entry.at_unix_ms, entry.utc_offset_min));
        view.clock = Some(entry.clock.word());
        view.venue = Some(&entry.gate.venue);
        view.gate = Some(&entry.gate.gate);
        view.direction = Some(entry.direction.word());
        show_body(&entry.body, &mut view);
    }
    let line = WrittenLine {
        v: EXPORT_VERSION,
        entry_b64: BASE64.encode(&stored.to_bytes()),
        hash: HEXLOWER.encode(&stored.hash.0),
        view,
    };
    serde_json::to_string(&line).expect("texts and numbers are always JSON")
}

/// Without the newline. The hash is the line's own; `read_entry` says whether it is the entry's.
pub fn read_line(line: &[u8]) -> Result<StoredEntry, LogError> {
    if line.len() > LINE_BYTES_MAX {
        return Err(LineError::Long.into());
    }
    let line: ReadLine<'_> = serde_json::from_slice(line).map_err(|_| LineError::Json)?;
    if line.v != EXPORT_VERSION {
        return Err(LineError::Version(line.v).into());
    }
    let bytes = BASE64.decode(line.entry_b64.as_bytes()).map_err(|_| LineError::Base64)?;
    let hash = HEXLOWER.decode(line.hash.as_bytes()).map_err(|_| LineError::HashText)?;
    StoredEntry::parse_beside(&bytes, Hash(hash.try_into().map_err(|_| LineError::HashText)?))
}

/// The entries of a whole export that is in memory; empty lines are passed over.
pub fn read_export(text: &[u8]) -> impl Iterator<Item = Result<StoredEntry, LogError>> {
    text.split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty())
        .map(read_line)
}

impl From<LineError> for LogError {
    fn from(error: LineError) -> Self {
        Self::Line(error)
    }
}

fn show_body<'a>(body: &'a EntryBody, view: &mut View<'a>) {
    match body {
        EntryBody::Decision { outcome, status, specimen, reasons, family, issuer } => {
            view.kind = "decision";
            view.outcome = Some(outcome.word());
            view.status = status.map(Status::word);
            view.specimen = specimen.then_some(true);
            view.reasons = Some(reasons);
            view.family = Some(family);
            view.issuer = issuer.as_deref();
        }
        EntryBody::Resolution { of, answer, reason } => {
            view.kind = "resolution";
            view.of = Some(*of);
            view.answer = Some(answer.word());
            view.reason = Some(reason);
        }
        EntryBody::Manual { answer, reason } => {
            view.kind = "manual";
            view.answer = Some(answer.word());
            view.reason = Some(reason);
        }
        EntryBody::Override { of, reason } => {
            view.kind = "override";
            view.of = Some(*of);
            view.reason = Some(reason);
        }
        EntryBody::Undo { of } => {
            view.kind = "undo";
            view.of = Some(*of);
        }
        EntryBody::Attention { of, raised } => {
            view.kind = "attention";
            view.of = Some(*of);
            view.answer = Some(raised_word(*raised));
        }
        EntryBody::Shift(turn) => {
            view.kind = "shift";
            view.answer = Some(turn.word());
        }
        EntryBody::Gap(gap) => {
            view.kind = "gap";
            view.cause = Some(gap.cause.word());
            view.count = gap.count;
        }
        EntryBody::Signed(signed) => match &signed.statement {
            Statement::Checkpoint => view.kind = "checkpoint",
            Statement::Removed { before, .. } => {
                view.kind = "tombstone";
                view.removed_before = Some(*before);
            }
            Statement::Struck(sequences) => {
                view.kind = "tombstone";
                view.struck = Some(sequences);
            }
        },
        EntryBody::Other(_) => view.kind = "other",
    }
}

/// RFC 3339 with milliseconds and the gate's own offset. A year beyond 9999 has its sign, as in
/// ISO 8601; no reader depends on it.
pub fn rfc3339(at_unix_ms: i64, utc_offset_min: i16) -> String {
    let local_ms = at_unix_ms + i64::from(utc_offset_min) * 60_000;
    let (day, of_day_ms) = (local_ms.div_euclid(86_400_000), local_ms.rem_euclid(86_400_000));
    let (year, month, day) = civil(day);
    let (hours, minutes) = (of_day_ms / 3_600_000, of_day_ms / 60_000 % 60);
    let (seconds, ms) = (of_day_ms / 1_000 % 60, of_day_ms % 1_000);
    let sign = if utc_offset_min < 0 { '-' } else { '+' };
    let (off_hours, off_min) =
        (utc_offset_min.unsigned_abs() / 60, utc_offset_min.unsigned_abs() % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{ms:03}\
         {sign}{off_hours:02}:{off_min:02}"
    )
}

/// Year, month, day of a day counted from 1970-01-01; Howard Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms", `civil_from_days`: years begin in March, eras have 400 years.
fn civil(unix_day: i64) -> (i64, i64, i64) {
    let shifted = unix_day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// Of a supervisor's flag.
pub(super) fn raised_word(raised: bool) -> &'static str {
    if raised { "raised" } else { "lowered" }
}
