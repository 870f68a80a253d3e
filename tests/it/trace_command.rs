//! `gerbang log simulate`, `verify` and `trace` together, as a health office uses them.

use crate::command::{folder, gerbang, json_lines, status, text};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

fn simulate(test: &str, more: &[&str]) -> PathBuf {
    let folder = folder(test);
    let path = folder.to_string_lossy();
    let simulate = ["log", "simulate", "--out", &path, "--entries", "3000", "--days", "2"];
    let output = gerbang(&[&simulate[..], more].concat(), "");
    assert_eq!((status(&output), text(&output.stderr)), (0, String::new()));
    folder
}

fn exports(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("written");
    let path = |entry: std::io::Result<fs::DirEntry>| entry.expect("written").path();
    let path = |entry| path(entry).to_string_lossy().into_owned();
    let mut paths: Vec<_> = entries.map(path).filter(|path| path.ends_with(".jsonl")).collect();
    paths.sort();
    paths
}

fn trace(folder: &Path, more: &[&str], exports: &[String]) -> Output {
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (secret, subject) = (file("city.key.json"), file("subjects.txt"));
    let trace = ["log", "trace", "--secret", &secret, "--subject", &subject];
    let window = ["--from", "2026-11-02", "--to", "2026-11-04"];
    let exports: Vec<&str> = exports.iter().map(String::as_str).collect();
    gerbang(&[&trace[..], &window, more, &exports].concat(), "")
}

#[test]
fn simulated_days_are_whole_the_same_again_and_as_mixed_as_they_should_be() {
    let folder = simulate("simulate", &["--seed", "7"]);
    let checkpoints = folder.join("checkpoints.txt").to_string_lossy().into_owned();
    let exports = exports(&folder);
    let verify = ["log", "verify", "--json", "--checkpoints", &checkpoints];
    let files: Vec<&str> = exports.iter().map(String::as_str).collect();
    let output = gerbang(&[&verify[..], &files].concat(), "");
    assert_eq!(status(&output), 0, "{}", text(&output.stdout));
    assert_eq!(json_lines(&output).len(), 8);
    let again = simulate("simulate_again", &["--seed", "7"]);
    let other = simulate("simulate_other", &["--seed", "8"]);
    let name = Path::new(&exports[0]).file_name().expect("a file");
    let read = |folder: &Path| fs::read_to_string(folder.join(name)).expect("written");
    assert_eq!(read(&folder), read(&again));
    assert_ne!(read(&folder), read(&other));
    let views: Vec<Value> = exports
        .iter()
        .flat_map(|path| {
            fs::read_to_string(path)
                .expect("written")
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .map(|line| serde_json::from_str::<Value>(&line).expect("JSON")["view"].clone())
        .collect();
    let count = |key: &str, word: &str| views.iter().filter(|view| view[key] == word).count();
    let entries = views.iter().filter(|view| view["direction"] == "entry");
    let came = entries.filter(|view| view["kind"] == "decision").count();
    let share = |count: usize| count * 1000 / came;
    assert!((2_700..3_300).contains(&views.len()), "{}", views.len());
    assert!((35..65).contains(&share(count("status", "yellow"))), "{}", count("status", "yellow"));
    assert!((3..14).contains(&share(count("status", "red"))), "{}", count("status", "red"));
    assert!(count("direction", "exit") * 100 / came > 80);
    assert!(count("kind", "manual") > 0 && count("kind", "checkpoint") == 16);
}

#[test]
fn a_trace_is_the_same_as_table_csv_json_and_from_exports_that_overlap() {
    let folder = simulate("trace", &[]);
    let exports = exports(&folder);
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (csv, svg) = (file("trace.csv"), file("trace.svg"));
    let output = trace(&folder, &["--json", "--csv", &csv, "--svg", &svg], &exports);
    assert_eq!((status(&output), text(&output.stderr)), (0, String::new()));
    let traced = &json_lines(&output)[0];
    let contacts = traced["contacts"].as_array().expect("a list");
    assert!(
        contacts.len() > 20 && traced["visits"].as_array().is_some_and(|list| !list.is_empty())
    );
    let longest = |contact: &Value| contact["together_ms"].as_i64().expect("a number");
    assert!(contacts.is_sorted_by_key(|contact| -longest(contact)));
    let lines = fs::read_to_string(&csv).expect("written");
    assert_eq!(lines.lines().count(), contacts.len() + 1);
    assert!(fs::read_to_string(&svg).expect("written").starts_with("<svg"));
    let table = text(&trace(&folder, &[], &exports).stdout);
    assert!(table.contains(&format!("{} passes together", contacts.len())), "{table}");
    assert!(table.contains("8 of 8 exports are whole"), "{table}");
    // Twice, in another order, and in overlapping parts.
    let whole = fs::read_to_string(&exports[0]).expect("written");
    let lines: Vec<&str> = whole.lines().collect();
    let (early, late) = (file("early.jsonl"), file("late.jsonl"));
    fs::write(&early, lines[..lines.len() * 2 / 3].join("\n")).expect("written");
    fs::write(&late, lines[lines.len() / 3..].join("\n")).expect("written");
    let mut parts = exports[1..].to_vec();
    parts.extend([late, early, exports[2].clone()]);
    let again = &json_lines(&trace(&folder, &["--json"], &parts))[0];
    assert_eq!((&again["contacts"], &again["visits"]), (&traced["contacts"], &traced["visits"]));
}

#[test]
fn a_damaged_export_is_named_and_the_rest_is_used() {
    let folder = simulate("trace_damaged", &[]);
    let mut exports = exports(&folder);
    let text_of = fs::read_to_string(&exports[0]).expect("written");
    fs::write(&exports[0], text_of.replacen("\"entry_b64\":\"g1", "\"entry_b64\":\"h1", 1))
        .expect("written");
    exports.push(folder.join("none.jsonl").to_string_lossy().into_owned());
    let output = trace(&folder, &["--json"], &exports);
    assert_eq!(status(&output), 1);
    let said = text(&output.stderr);
    assert!(said.contains(&exports[0]) && said.contains("(LOG-NOT-WHOLE)"), "{said}");
    assert!(said.contains("none.jsonl: cannot be read"), "{said}");
    let traced = &json_lines(&output)[0];
    assert!(traced["contacts"].as_array().is_some_and(|list| list.len() > 20));
    assert_eq!(traced["files"][0]["whole"], json!(false));
    assert_eq!(traced["files"][1]["whole"], json!(true));
}

#[test]
fn what_a_lost_phone_says_afterwards_counts_for_nothing() {
    let folder = simulate("trace_lost", &["--gates", "4"]);
    let exports = exports(&folder);
    let visits = |more: &[&str]| {
        let traced =
            json_lines(&trace(&folder, &[&["--json"], more].concat(), &exports))[0].clone();
        traced["visits"].as_array().expect("a list").len()
    };
    let all = visits(&[]);
    // The subject works at the venue whose only gate this is.
    let file = exports.iter().find(|path| path.contains("balai-kota-01")).expect("written");
    let log = json_lines(&gerbang(&["log", "verify", "--json", file], ""))[0]["log"].clone();
    let log = log.as_str().expect("a text");
    let second_day = visits(&["--lost", &format!("{log}=2026-11-03T00:00:00+07:00")]);
    assert!(all >= 2 && (1..all).contains(&second_day), "{all}, {second_day}");
    assert_eq!(visits(&["--lost", &format!("{log}=2026-11-01")]), 0);
}

#[test]
fn a_trace_that_asks_nothing_is_told() {
    let folder = simulate("trace_asks", &[]);
    let exports = exports(&folder);
    for (arguments, code) in [
        (["--from", "2026-11-05", "--to", "2026-11-02"], "(TRACE-WINDOW)"),
        (["--subject", "no pass", "--from", "2026-11-02"], "(TRACE-SUBJECT)"),
        (["--lost", "00=2026-11-02", "--from", "2026-11-02"], "write it as LOG=TIME"),
    ] {
        let secret = folder.join("city.key.json").to_string_lossy().into_owned();
        let id = "00".repeat(32);
        let mut trace = vec!["log", "trace", "--secret", &secret, &exports[0]];
        trace.extend(arguments);
        for (option, value) in [("--subject", id.as_str()), ("--to", "2026-11-06")] {
            if !trace.contains(&option) {
                trace.extend([option, value]);
            }
        }
        let output = gerbang(&trace, "");
        assert!(text(&output.stderr).contains(code), "{}", text(&output.stderr));
        assert_eq!(status(&output), 2);
    }
    // Somebody who was nowhere was with nobody.
    let secret = folder.join("city.key.json").to_string_lossy().into_owned();
    let nobody = "00".repeat(32);
    let ask = ["log", "trace", "--secret", &secret, "--subject", &nobody, "--json"];
    let ask = [&ask[..], &["--from", "2026-11-02", "--to", "2026-11-06", &exports[0]]].concat();
    assert_eq!(json_lines(&gerbang(&ask, ""))[0]["contacts"], json!([]));
}

#[test]
fn a_days_sheets_and_counts_come_from_exports_that_overlap() {
    let folder = simulate("stats", &[]);
    let exports = exports(&folder);
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (pdf, csv) = (file("sheets.pdf"), file("stats.csv"));
    let stats = ["log", "stats", "--json", "--pdf", &pdf, "--csv", &csv, "--day", "2026-11-02"];
    let ask = |files: &[String]| {
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let output = gerbang(&[&stats[..], &files].concat(), "");
        assert_eq!((status(&output), text(&output.stderr)), (0, String::new()));
        json_lines(&output)
    };
    let days = ask(&exports);
    assert_eq!(days.len(), 8, "a day at eight gates");
    let sum = |column: &str| days.iter().filter_map(|day| day[column].as_u64()).sum::<u64>();
    assert!((650..850).contains(&sum("came_in")), "{}", sum("came_in"));
    assert!(sum("went_out") * 100 / sum("came_in") > 80 && sum("referred") > 10);
    assert_eq!(fs::read_to_string(&csv).expect("written").lines().count(), 9);
    assert!(fs::read(&pdf).expect("written").starts_with(b"%PDF"));
    // The first gate's export in two overlapping parts, the later first.
    let whole = fs::read_to_string(&exports[0]).expect("written");
    let lines: Vec<&str> = whole.lines().collect();
    let (early, late) = (file("early.jsonl"), file("late.jsonl"));
    fs::write(&early, lines[..lines.len() * 2 / 3].join("\n")).expect("written");
    fs::write(&late, lines[lines.len() / 3..].join("\n")).expect("written");
    let parts = [&[late, early], &exports[1..]].concat();
    assert_eq!(ask(&parts), days);
}

mod sealed {
    use super::*;
    use crate::audit_log::{admitted, draft};
    use gerbang::audit_log::{
        ChainHead, EntryDraft, GateName, Identity, KeyedPart, LogId, seal_identity, write_line,
    };
    use gerbang::issue::setup_code::venue_key;

    const SECRET: [u8; 32] = [5; 32];
    const SUBJECT: [u8; 32] = [1; 32];
    /// 2026-11-02T01:00:00Z.
    const AT_UNIX_MS: i64 = 1_793_581_200_000;

    /// One gate, three people a minute apart, each with her identity sealed; the third's was taken from
    /// the second's entry.
    fn export(public_key: &[u8; 32]) -> String {
        let venue = "balai-kota";
        let key = venue_key(&SECRET, venue, 202_611).key;
        let mut head = ChainHead::genesis(LogId::of_device(&[3; 32]));
        let mut lines = String::new();
        let mut second = None;
        for (person, name) in (0u8..).zip(["Siti Contoh", "Budi Misal", "Wati Umpama"]) {
            let at_unix_ms = AT_UNIX_MS + i64::from(person) * 60_000;
            let identity = Identity { name: name.to_owned(), birth_date: "1990-01-01".to_owned() };
            let place = (head.log(), at_unix_ms, venue);
            let sealed =
                seal_identity(&identity, public_key, place, [person; 16], [person + 50; 32]);
            let mut sealed = sealed.expect("a key");
            if person == 1 {
                second = Some(sealed.clone());
            } else if let Some(second) = second.clone() {
                sealed = second;
            }
            let entry = head.append(EntryDraft {
                gate: GateName { venue: venue.to_owned(), gate: "Pintu 1".to_owned() },
                pseudonym: Some(KeyedPart::pseudonym(&key, &[person + 1; 32], [person; 16])),
                sealed: Some(sealed),
                ..draft(at_unix_ms, admitted())
            });
            lines += &(write_line(&entry) + "\n");
        }
        lines
    }

    #[test]
    fn the_sealing_key_opens_the_contacts_listed_and_no_entry_that_was_tampered_with() {
        let folder = folder("trace_open");
        let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
        let key = file("sealing.key.json");
        let made = gerbang(&["keygen", "--sealing", "--json", &key], "");
        let public = json_lines(&made)[0]["public_key_hex"].as_str().expect("a text").to_owned();
        let public_key = data_encoding::HEXLOWER.decode(public.as_bytes()).expect("hexadecimal");
        let (secret, log) = (file("secret.hex"), file("gate.jsonl"));
        fs::write(&secret, "05".repeat(32)).expect("written");
        fs::write(&log, export(&public_key.try_into().expect("32 bytes"))).expect("written");
        let subject = data_encoding::HEXLOWER.encode(&SUBJECT);
        let trace = ["log", "trace", "--secret", &secret, "--subject", &subject, "--json"];
        let window = ["--from", "2026-11-02", "--to", "2026-11-03", &log];
        let ask = |more: &[&str]| {
            let output = gerbang(&[&trace[..], more, &window].concat(), "");
            assert_eq!((status(&output), text(&output.stderr)), (0, String::new()));
            let contacts = json_lines(&output)[0]["contacts"].clone();
            let names = contacts.as_array().expect("a list").iter();
            names.map(|contact| contact["name"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(ask(&["--open", &key]), [json!("Budi Misal"), json!(null)]);
        assert_eq!(ask(&[]), [json!(null), json!(null)]);
        let (sealed, opened) = (file("gate.gbx"), file("opened.jsonl"));
        let seal = gerbang(&["log", "seal", "--to", &public, "--out", &sealed, &log], "");
        assert_eq!(status(&seal), 0);
        let open = gerbang(&["log", "open", "--key", &key, "--out", &opened, &sealed], "");
        assert_eq!(status(&open), 0);
        assert_eq!(fs::read(&opened).expect("written"), fs::read(&log).expect("written"));
        let other = file("other.key.json");
        assert_eq!(status(&gerbang(&["keygen", "--sealing", &other], "")), 0);
        let wrong = gerbang(&["log", "open", "--key", &other, "--out", &opened, &sealed], "");
        assert!(text(&wrong.stderr).contains("(SEAL-OPEN)"));
    }
}
