//! The log as a table for people who open it in a spreadsheet.
//!
//! Shape: `CSV_HEADER`, then `write_csv_row` an entry: RFC 4180, with CRLF.
//! Limits and errors: a cell that a spreadsheet would take for a formula begins with an apostrophe;
//! what cannot be read has a row that says so.
//! Source: RFC 4180; OWASP, "CSV Injection".
//! Not here: the verifiable form, which is the export's lines.

use super::export::{raised_word, rfc3339};
use super::{EntryBody, Statement, StoredEntry, read_entry};
use crate::rules::Status;
use data_encoding::HEXLOWER;

pub const CSV_HEADER: &str = "sequence,at,venue,gate,direction,kind,outcome,status,specimen,\
    reasons,family,issuer,of,answer,hash\r\n";

/// With its line end.
pub fn write_csv_row(stored: &StoredEntry) -> String {
    let mut cells = Cells { sequence: stored.sequence.to_string(), ..Cells::default() };
    match read_entry(stored) {
        Ok(entry) => {
            cells.at = rfc3339(entry.at_unix_ms, entry.utc_offset_min);
            cells.direction = entry.direction.word();
            show_body(&entry.body, &mut cells);
            cells.venue = entry.gate.venue;
            cells.gate = entry.gate.gate;
        }
        Err(error) => {
            cells.kind = "unreadable";
            cells.reasons = error.code().to_owned();
        }
    }
    let hash = HEXLOWER.encode(&stored.hash.0);
    let row = [
        &*cells.sequence,
        &cells.at,
        &cells.venue,
        &cells.gate,
        cells.direction,
        cells.kind,
        cells.outcome,
        cells.status,
        cells.specimen,
        &cells.reasons,
        &cells.family,
        &cells.issuer,
        &cells.of,
        cells.answer,
        &hash,
    ];
    row.map(cell).join(",") + "\r\n"
}

#[derive(Default)]
struct Cells {
    sequence: String,
    at: String,
    venue: String,
    gate: String,
    direction: &'static str,
    kind: &'static str,
    outcome: &'static str,
    status: &'static str,
    specimen: &'static str,
    reasons: String,
    family: String,
    issuer: String,
    of: String,
    answer: &'static str,
}

fn show_body(body: &EntryBody, cells: &mut Cells) {
    match body {
        EntryBody::Decision { outcome, status, specimen, reasons, family, issuer } => {
            cells.kind = "decision";
            cells.outcome = outcome.word();
            cells.status = status.map_or("", Status::word);
            cells.specimen = if *specimen { "yes" } else { "" };
            cells.reasons = reasons.join(" ");
            cells.family.clone_from(family);
            cells.issuer = issuer.clone().unwrap_or_default();
        }
        EntryBody::Resolution { of, answer, reason } => {
            cells.kind = "resolution";
            cells.of = of.to_string();
            cells.answer = answer.word();
            cells.reasons.clone_from(reason);
        }
        EntryBody::Override { of, reason } => {
            cells.kind = "override";
            cells.of = of.to_string();
            cells.reasons.clone_from(reason);
        }
        EntryBody::Manual { answer, reason } => {
            cells.kind = "manual";
            cells.answer = answer.word();
            cells.reasons.clone_from(reason);
        }
        EntryBody::Undo { of } => {
            cells.kind = "undo";
            cells.of = of.to_string();
        }
        EntryBody::Attention { of, raised } => {
            cells.kind = "attention";
            cells.of = of.to_string();
            cells.answer = raised_word(*raised);
        }
        EntryBody::Shift(turn) => {
            cells.kind = "shift";
            cells.answer = turn.word();
        }
        EntryBody::Gap(gap) => {
            cells.kind = "gap";
            cells.reasons = gap.cause.word().to_owned();
        }
        EntryBody::Signed(signed) => {
            cells.kind = match signed.statement {
                Statement::Checkpoint => "checkpoint",
                Statement::Removed { .. } | Statement::Struck(_) => "tombstone",
            };
        }
        EntryBody::Other(_) => cells.kind = "other",
    }
}

/// Quoted where it has to be; guarded where a spreadsheet would calculate.
pub fn cell(text: &str) -> String {
    let is_formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let guarded = if is_formula { format!("'{text}") } else { text.to_owned() };
    if guarded.contains([',', '"', '\r', '\n', '\'']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}
