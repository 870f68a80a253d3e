//! docs/pass.md says what the code does.

use crate::forge;
use gerbang::envelope::cbor::{self, Value};
use gerbang::issue::pass::{self, PassDraft};
use std::collections::BTreeSet;
use std::fmt::Write;

fn document() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/pass.md");
    std::fs::read_to_string(path).expect("docs/pass.md is there")
}

#[test]
fn the_golden_vectors_are_what_we_issue() {
    let document = document();
    let vectors = [
        ("plain", "Name, role, validity", forge::plain_draft()),
        ("compact", "Two vaccinations", forge::compact_draft()),
        ("full", "The same two in full form, and no claim 169", forge::full_draft()),
        ("specimen", "Subject, venues, hours, specimen", forge::specimen_draft()),
    ];
    for (name, title, draft) in vectors {
        let section = section(name, title, &draft);
        assert!(document.contains(&section), "docs/pass.md lacks:\n{section}");
    }
    let seed = data_encoding::HEXLOWER.encode(&forge::issuer_key().to_bytes());
    assert!(document.contains(&seed));
}

#[test]
fn the_table_of_errors_has_each_code_that_the_forge_provokes_and_no_other() {
    let document = document();
    let (_, errors) = document.split_once("## Errors").expect("a chapter on errors");
    let documented: BTreeSet<&str> = errors
        .lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    let provoked: BTreeSet<&str> = forge::broken_pass::all()
        .into_iter()
        .map(|broken| broken.code)
        .filter(|code| !code.starts_with("OTHER-"))
        .collect();
    assert_eq!(documented, provoked);
}

/// A vector as the document prints it.
fn section(name: &str, title: &str, draft: &PassDraft) -> String {
    let text = pass::sign(draft, &forge::issuer_key()).expect("the draft is whole");
    let payload = pass::claims(draft).expect("the draft is whole");
    let hex = |bytes: &[u8]| {
        let hex = data_encoding::HEXLOWER.encode(bytes);
        let lines: Vec<String> =
            hex.as_bytes().chunks(96).map(|line| String::from_utf8_lossy(line).into()).collect();
        lines.join("\n")
    };
    format!(
        "### {title}\n\n```diag {name}\n{}\n```\n\n```payload {name}\n{}\n```\n\n\
         ```message {name}\n{}\n```\n\n```text {name}\n{text}\n```\n",
        diagnostic(&payload),
        hex(&cbor::encode(&payload)),
        hex(&forge::message(&text)),
    )
}

/// RFC 8949 §8, one claim a line.
fn diagnostic(claims: &Value) -> String {
    let map = claims.as_map().expect("claims are a map");
    let lines: Vec<String> =
        map.iter().map(|(key, value)| format!("  {}: {}", inline(key), inline(value))).collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

fn inline(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Bool(flag) => flag.to_string(),
        Value::Bytes(bytes) => {
            let mut hex = String::from("h'");
            for byte in bytes {
                write!(hex, "{byte:02x}").expect("writing to a String cannot fail");
            }
            hex + "'"
        }
        Value::Array(items) => format!("[{}]", list(items.iter().map(inline).collect())),
        Value::Map(entries) => {
            let entry =
                |(key, value): &(Value, Value)| format!("{}: {}", inline(key), inline(value));
            format!("{{{}}}", list(entries.iter().map(entry).collect()))
        }
        other => panic!("no pass holds {other:?}"),
    }
}
