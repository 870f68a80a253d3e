//! Exports: what was written is read; what is no export is refused, and never panics.

use crate::audit_log::{admitted, draft, log, row};
use gerbang::audit_log::{
    Answer, CborError, ChainHead, EntryBody, LINE_BYTES_MAX, LineError, LogError, StoredEntry,
    read_entry, read_export, read_line, write_line,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn export(row: &[StoredEntry]) -> String {
    row.iter().map(|entry| write_line(entry) + "\n").collect()
}

#[test]
fn an_export_is_read_as_it_was_written() {
    let mut row = row(20);
    row[3].strike();
    let text = format!("\r\n{}\n\n", export(&row));
    let read: Result<Vec<_>, _> = read_export(text.as_bytes()).collect();
    assert_eq!(read, Ok(row));
}

#[test]
fn a_line_shows_people_what_the_entry_says() {
    let mut head = ChainHead::genesis(log());
    let body = EntryBody::Manual { answer: Answer::Allowed, reason: "MANUAL-CHILD".into() };
    let line = write_line(&head.append(draft(1_764_000_000_000, body)));
    let view = line.split_once("\"view\":").expect("a line has a view").1;
    assert_eq!(
        view,
        concat!(
            r#"{"sequence":0,"at":"2025-11-24T23:00:00.000+07:00","kind":"manual","#,
            r#""clock":"steady","venue":"Kantor Wali Kota","gate":"Pintu Utara","#,
            r#""direction":"entry","answer":"allowed","reason":"MANUAL-CHILD"}}"#
        )
    );
    let mut leap = draft(1_709_164_799_999, admitted());
    leap.utc_offset_min = -570;
    let line = write_line(&head.append(leap));
    assert!(line.contains("2024-02-28T14:29:59.999-09:30"), "{line}");
    let line = write_line(&head.append(draft(i64::MIN, admitted())));
    assert!(line.contains(r#""kind":"decision""#), "{line}");
}

#[test]
fn the_view_is_not_believed() {
    let row = row(1);
    let line = write_line(&row[0]).replace("\"admit\"", "\"refuse\"");
    assert_eq!(read_line(line.as_bytes()), Ok(row[0].clone()));
}

fn check(change: impl Fn(&str) -> String, expected: LogError) {
    let line = change(&write_line(&row(1)[0]));
    assert_eq!(read_line(line.as_bytes()), Err(expected), "{line}");
}

#[test]
fn what_is_no_line_of_an_export_is_refused_by_name() {
    check(|_| String::new(), LineError::Json.into());
    check(|_| "[]".repeat(300), LineError::Json.into());
    check(|_| "[".repeat(10_000), LineError::Json.into());
    check(|line| line.replace("\"v\":1", "\"v\":1,\"v\":1"), LineError::Json.into());
    check(|line| line.replace("\"v\":1", "\"v\":2"), LineError::Version(2).into());
    check(|line| line.replace("_b64\":\"g", "_b64\":\"*"), LineError::Base64.into());
    check(|line| line.replace("_b64\":\"g", "_b64\":\"A"), CborError::Type.into());
    check(|line| line.replace("\"hash\":\"", "\"hash\":\"00"), LineError::HashText.into());
    check(|line| line.replace("\"hash\":\"", "\"hash\":\"G"), LineError::HashText.into());
    check(|line| line.to_owned() + &" ".repeat(LINE_BYTES_MAX), LineError::Long.into());
}

#[test]
fn the_longest_entry_fits_a_line() {
    let mut head = ChainHead::genesis(log());
    let long = "\u{1}".repeat(120);
    let mut draft = draft(i64::MAX, admitted());
    draft.gate.venue = long.clone();
    draft.gate.gate = long.clone();
    draft.app_version = long.clone();
    draft.body = EntryBody::Decision {
        outcome: gerbang::audit_log::Outcome::RefuseAndAlert,
        status: None,
        specimen: true,
        reasons: vec![long.clone(); 16],
        family: long.clone(),
        issuer: Some(long),
    };
    let line = write_line(&head.append(draft));
    assert!(line.len() < LINE_BYTES_MAX, "{}", line.len());
    assert!(read_line(line.as_bytes()).is_ok());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_of_entries_panic(bytes in vec(any::<u8>(), 0..600)) {
        if let Ok(stored) = StoredEntry::parse(&bytes) {
            prop_assert_eq!(stored.to_bytes(), bytes);
        }
    }

    /// One byte of a good entry is another one: it is refused, or it is another entry.
    #[test]
    fn a_changed_byte_never_gives_the_same_entry(at in 0usize..300, to in any::<u8>()) {
        let original = row(1).remove(0);
        let mut bytes = original.to_bytes();
        let at = at % bytes.len();
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        if let Ok(mut stored) = StoredEntry::parse(&bytes) {
            prop_assert_ne!(stored.hash, original.hash);
            // Beside the original's hash it is told.
            stored.hash = original.hash;
            prop_assert!(read_entry(&stored).is_err());
        }
    }

    #[test]
    fn a_cut_entry_is_refused(keep in 0usize..300) {
        let bytes = row(1).remove(0).to_bytes();
        let keep = keep % bytes.len();
        prop_assert!(StoredEntry::parse(&bytes[..keep]).is_err());
    }

    #[test]
    fn no_text_makes_the_reader_of_exports_panic(text in vec(any::<u8>(), 0..600)) {
        let lines = text.split(|byte| *byte == b'\n').count();
        prop_assert!(read_export(&text).count() <= lines);
    }
}
