//! `gerbang log verify`: plain words, stable codes, exit statuses.

use crate::audit_log::row;
use gerbang::audit_log::{StoredEntry, write_line};
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Output, Stdio};

fn export(row: &[StoredEntry]) -> String {
    row.iter().map(|entry| write_line(entry) + "\n").collect()
}

/// Gives `input` to `gerbang log verify - ARGUMENTS`.
fn verify(input: &str, arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gerbang"))
        .args(["log", "verify", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command was built for this test");
    let mut stdin = child.stdin.take().expect("it was piped");
    stdin.write_all(input.as_bytes()).expect("the command reads all of its input");
    drop(stdin);
    child.wait_with_output().expect("the command ends")
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the command writes UTF-8")
}

#[test]
fn a_whole_export_is_called_whole_and_its_head_is_printed() {
    let row = row(5);
    let output = verify(&export(&row), &[]);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output);
    assert!(said.starts_with("-: whole, 5 entries from number 0 on\n"), "{said}");
    assert!(said.contains(&format!("head 5:{}\n", row[4].hash)), "{said}");
    assert!(said.contains("--head"), "{said}");

    let part = text(&verify(&export(&row[2..]), &[]));
    assert!(part.starts_with("-: whole, 3 entries from number 2 on\n"), "{part}");
    assert!(part.contains("what came before number 2 is not in this file"), "{part}");
}

#[test]
fn what_is_wrong_is_said_by_line_entry_and_code() {
    let mut row = row(5);
    row.remove(1);
    let mut lines: Vec<_> = export(&row).lines().map(str::to_owned).collect();
    lines[2] = "no export".to_owned();
    let output = verify(&lines.join("\r\n"), &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output);
    for line in [
        "-: NOT WHOLE, 2 faults in 4 lines\n",
        "  line 2, entry 1: missing from here to before entry 2 [LOG-GAP]\n",
        "  line 3: no line of an export [LOG-LINE-JSON]\n",
    ] {
        assert!(said.contains(line), "{line} is not in:\n{said}");
    }
}

#[test]
fn a_cut_tail_shows_against_a_known_head() {
    let row = row(5);
    let head = format!("5:{}", row[4].hash);
    assert_eq!(verify(&export(&row), &["--head", &head]).status.code(), Some(0));
    let output = verify(&export(&row[..3]), &["--head", &head, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(said["state"], "broken");
    assert_eq!(said["entries"], 3);
    assert_eq!(said["faults"][0]["code"], "LOG-CUT");
    assert_eq!(said["faults"][0]["entry"], 3);
}

#[test]
fn a_line_without_end_is_passed_over_in_bounded_memory() {
    let endless = "x".repeat(3_000_000);
    let input = format!("{endless}\n{}", export(&row(2)));
    let output = verify(&input, &["--json"]);
    let said: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(said["faults"][0]["code"], "LOG-LINE-LONG");
    assert_eq!(said["faults_count"], 1);
}

#[test]
fn an_empty_export_and_a_file_that_is_not_there_are_different() {
    let empty = verify("\n\n", &[]);
    assert_eq!((empty.status.code(), text(&empty)), (Some(0), "-: holds no entry\n".to_owned()));
    let absent = verify("", &["no-such-file"]);
    assert_eq!(absent.status.code(), Some(2));
    assert!(text(&absent).contains("no-such-file: cannot be read"), "{}", text(&absent));
}

#[test]
fn a_head_that_is_none_is_refused() {
    for head in ["5", "5:00", "x:00", ":"] {
        assert_eq!(verify("", &["--head", head]).status.code(), Some(2), "{head}");
    }
}
