//! `gerbang init` and `gerbang issue --csv`: a city from nothing, and its passes.

use crate::command::{folder, gerbang, gerbang_with, json_lines, status, text};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

const NOW: &str = "2026-11-24T05:00:00Z";
const PASSPHRASE: (&str, &str) = ("GERBANG_PASSPHRASE", "sembilan kucing oranye");

struct City {
    folder: PathBuf,
}

impl City {
    fn new(test: &str) -> Self {
        let city = Self { folder: folder(test).join("kota") };
        let path = city.path("");
        let init = ["init", &path, "--name", "Kota \"Contoh\"", "--now", NOW, "--json"];
        let output = gerbang_with(&[PASSPHRASE], &init, "");
        assert_eq!((status(&output), text(&output.stderr)), (0, String::new()));
        assert_eq!(json_lines(&output)[0]["issuer"], json!("kota-contoh"));
        city
    }

    fn path(&self, file: &str) -> String {
        self.folder.join(file).to_string_lossy().into_owned()
    }

    fn issue(&self, more: &[&str]) -> Output {
        let key = self.path("keys/issuer.key.json");
        let issue = ["issue", "--key", &key, "--issuer", "kota-contoh", "--now", NOW];
        gerbang_with(&[PASSPHRASE], &[&issue[..], more].concat(), "")
    }

    fn verify(&self, more: &[&str]) -> Vec<Value> {
        let registry = self.path("registry.cose");
        let verify = ["verify", "--registry", &registry, "--policy", "signed-pass", "--now", NOW];
        let local = ["--venue", "balai-kota", "--utc-offset", "420", "--json"];
        json_lines(&gerbang(&[&verify[..], &local, more].concat(), ""))
    }
}

#[test]
fn a_new_city_issues_passes_that_its_own_registry_admits() {
    let city = City::new("init_issue");
    let issued = city.issue(&["--name", "Siti Contoh", "--until", "2027-01-01"]);
    assert_eq!((status(&issued), text(&issued.stderr)), (0, String::new()));
    let pass = text(&issued.stdout);
    let answer = &city.verify(&[pass.trim_end()])[0];
    assert_eq!(
        (&answer["decision"], &answer["issuer"]),
        (&json!("admit"), &json!("Kota \"Contoh\""))
    );
    let again = gerbang_with(&[PASSPHRASE], &["init", &city.path(""), "--name", "X"], "");
    assert!(text(&again.stderr).contains("(INIT-FOLDER)"));
}

#[test]
fn keys_open_with_their_passphrase_alone_and_are_for_their_owner_alone() {
    let city = City::new("init_keys");
    for file in ["root.key.json", "issuer.key.json", "city.key.json"] {
        let path = city.folder.join("keys").join(file);
        let content = fs::read_to_string(&path).expect("written");
        assert!(content.contains("argon2id") && !content.contains("private_key_hex"), "{file}");
        assert_owner_alone(&path);
    }
    let key = city.path("keys/issuer.key.json");
    let issue = ["issue", "--key", &key, "--issuer", "kota-contoh", "--until", "2027-01-01"];
    let code = |variables: &[(&str, &str)], arguments: &[&str]| {
        let output = gerbang_with(variables, arguments, "");
        assert_eq!((status(&output), output.stdout.len()), (2, 0));
        let said = text(&output.stderr);
        said.rsplit('(').next().unwrap_or_default().trim_end().to_owned()
    };
    assert_eq!(code(&[], &issue), "PASSPHRASE-NONE)");
    assert_eq!(code(&[("GERBANG_PASSPHRASE", "")], &issue), "PASSPHRASE)");
    assert_eq!(code(&[("GERBANG_PASSPHRASE", "kucing")], &issue), "KEY-PASSPHRASE)");
    fs::write(city.folder.join("passphrase"), format!("{}\r\n", PASSPHRASE.1)).expect("written");
    let from_file = [("GERBANG_PASSPHRASE_FILE", &*city.path("passphrase"))];
    assert_eq!(status(&gerbang_with(&from_file, &issue, "")), 0);
    // The tracing secret signs nothing, and nobody can put another key's name on a sealed one.
    let city_key = city.path("keys/city.key.json");
    let tracing = ["issue", "--key", &city_key, "--issuer", "x", "--until", "2027-01-01"];
    assert_eq!(code(&[PASSPHRASE], &tracing), "KEY-KIND)");
    let mut renamed: Value =
        serde_json::from_slice(&fs::read(&key).expect("written")).expect("JSON");
    renamed["public_key_hex"] = json!("00".repeat(32));
    let copy = city.path("copy.key.json");
    fs::write(&copy, renamed.to_string()).expect("written");
    let renamed = ["issue", "--key", &copy, "--issuer", "x", "--until", "2027-01-01"];
    assert_eq!(code(&[PASSPHRASE], &renamed), "KEY-PASSPHRASE)");
}

#[cfg(unix)]
fn assert_owner_alone(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).expect("written").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{}", path.display());
}

#[cfg(not(unix))]
fn assert_owner_alone(_: &Path) {}

#[test]
fn a_table_gives_passes_and_sheets_and_names_its_damaged_lines() {
    let city = City::new("issue_table");
    // As a spreadsheet in Indonesian saves it.
    let table = "\u{feff}Name;role;venues;hours;until\r\n\
        Siti Contoh;tamu;balai-kota|kantor;08:00-16:00;\r\n\
        Budi Misal;asn;;noon;\r\n\
        \r\n\
        \"Nyoman <& \"\"Umpama\"\"\";asn;;;2026-12-01\r\n\
        Wati;tamu;;\r\n\
        Agus;tamu;;;2020-01-01\r\n";
    fs::write(city.folder.join("people.csv"), table).expect("written");
    let (people, out) = (city.path("people.csv"), city.path("passes"));
    let run = city.issue(&["--csv", &people, "--out", &out, "--until", "2027-01-01", "--json"]);
    assert_eq!(status(&run), 1);
    let said = &json_lines(&run)[0];
    assert_eq!(said, &json!({ "made": 2, "sheets": 1, "damaged_lines": [3, 6, 7] }));
    let errors = text(&run.stderr);
    for line in ["line 3: hours: ", "line 6: another number of fields", "line 7: until: "] {
        assert!(errors.contains(line), "{line} is not in:\n{errors}");
    }
    assert!(!errors.contains("Budi") && !errors.contains("noon"), "{errors}");
    for (picture, decision) in [("0002.png", "admit"), ("0005.png", "admit")] {
        let path = city.path(&format!("passes/{picture}"));
        assert_eq!(city.verify(&["--image", &path])[0]["decision"], json!(decision), "{picture}");
    }
    let issued = fs::read_to_string(city.folder.join("passes/issued.csv")).expect("written");
    assert_eq!(issued.lines().count(), 3);
    assert!(issued.contains("2026-12-01T00:00:00Z") && !issued.contains("Siti"), "{issued}");
    let sheet = fs::read_to_string(city.folder.join("passes/sheet-01.svg")).expect("written");
    for shown in ["Siti Contoh", "Nyoman &lt;&amp;", "balai-kota, kantor", "1 Des 2026", "ASN"] {
        assert!(sheet.contains(shown), "{shown}");
    }
    let pdf = fs::read(city.folder.join("passes/sheet.pdf")).expect("written");
    assert!(pdf.starts_with(b"%PDF-1.4\n") && pdf.ends_with(b"%%EOF\n"));
}

#[test]
fn a_card_holds_no_birth_date_and_a_code_of_45_mm() {
    let city = City::new("issue_card");
    let table = "name,birth_date,specimen\nSiti Contoh,1990-04-05,yes\n";
    fs::write(city.folder.join("people.csv"), table).expect("written");
    let (people, out) = (city.path("people.csv"), city.path("passes"));
    let run = city.issue(&["--csv", &people, "--out", &out, "--until", "2027-01-01"]);
    assert_eq!((status(&run), text(&run.stderr)), (0, String::new()));
    let sheet = fs::read_to_string(city.folder.join("passes/sheet-01.svg")).expect("written");
    assert!(!sheet.contains("1990") && sheet.contains("C O N T O H"));
    let code = fs::read_to_string(city.folder.join("passes/0002.svg")).expect("written");
    let side: f64 = after(&code, "viewBox=\"0 0 ").parse().expect("a number");
    let module_mm: f64 =
        after(&sheet, "scale(").trim_end_matches(")\"><path").parse().expect("a number");
    assert!((side - 8.0) * module_mm >= 45.0, "{side} modules of {module_mm} mm");
}

/// The word behind `start`.
fn after<'a>(text: &'a str, start: &str) -> &'a str {
    let (_, rest) = text.split_once(start).expect("it is there");
    rest.split_whitespace().next().expect("a word follows")
}

#[test]
fn a_table_that_is_none_is_told() {
    let city = City::new("issue_no_table");
    let out = city.path("passes");
    for (table, code) in [("nama,role\nx,y\n", "(TABLE-COLUMN)"), ("name\n\"Siti\n", "")] {
        fs::write(city.folder.join("people.csv"), table).expect("written");
        let people = city.path("people.csv");
        let run = city.issue(&["--csv", &people, "--out", &out, "--until", "2027-01-01"]);
        assert!(text(&run.stderr).contains(code), "{}", text(&run.stderr));
    }
}

#[test]
fn posters_of_a_table_hold_addresses_that_the_city_signed() {
    let city = City::new("posters");
    let table = "id,venue,gate,policy\nbalai-kota,Balai Kota,Pintu 1,signed-pass\n,Nowhere,,\n\
        pasar,\"Pasar <Besar> Kelurahan Umpama Raya Bagian Timur dan Barat\",,\n";
    fs::write(city.folder.join("venues.csv"), table).expect("written");
    let (root, venues) = (city.path("keys/root.key.json"), city.path("venues.csv"));
    let out = city.path("posters");
    let poster = ["poster", "--root", &root, "--site", "https://kota.example/g", "--json"];
    let more =
        ["--office", "Kota Contoh", "--until", "2028-01-01", "--csv", &venues, "--out", &out];
    let run = gerbang_with(&[PASSPHRASE], &[&poster[..], &more].concat(), "");
    assert_eq!(status(&run), 1);
    assert_eq!(text(&run.stderr), "line 3: id is empty (POSTER-FIELD)\n");
    let made = json_lines(&run);
    let lines: Vec<_> = made.iter().map(|made| (&made["line"], &made["id"])).collect();
    assert_eq!(lines, [(&json!(2), &json!("balai-kota")), (&json!(4), &json!("pasar"))]);
    let address = made[0]["text"].as_str().expect("a text");
    assert!(address.starts_with("https://kota.example/g/#poster="), "{address}");
    let answer = &city.verify(&[address])[0];
    assert_eq!((&answer["family"], &answer["decision"]), (&json!("poster"), &json!("refuse")));
    let page = fs::read_to_string(city.folder.join("posters/0004.svg")).expect("written");
    assert!(page.contains("Pasar &lt;Besar&gt;") && page.contains("Anda berada di"));
    assert!(city.folder.join("posters/posters.pdf").exists());
}

#[test]
fn a_citys_root_is_changed_by_the_command_alone() {
    let city = City::new("rotation");
    let old_site = fs::read(city.folder.join("site.json")).expect("written");
    let (old, new) = (city.path("keys/root.key.json"), city.path("keys/root-2.key.json"));
    let run = |arguments: &[&str]| {
        let output = gerbang_with(&[PASSPHRASE], arguments, "");
        assert_eq!((status(&output), text(&output.stderr)), (0, String::new()), "{arguments:?}");
    };
    run(&["keygen", "--protect", &new]);
    let (source, site) = (city.path("registry.json"), city.path("site.json"));
    run(&[
        "registry", "rotate", "--old", &old, "--new", &new, "--source", &source, "--site", &site,
    ]);
    let registry = city.path("registry.cose");
    run(&["registry", "build", &source, "--root", &new, "--out", &registry, "--now", NOW]);
    // Whoever starts today and whoever pinned the old root believe it.
    run(&["registry", "inspect", &registry, "--site", &site]);
    fs::write(city.folder.join("old-site.json"), old_site).expect("written");
    run(&["registry", "inspect", &registry, "--site", &city.path("old-site.json")]);
    let again = ["registry", "rotate", "--old", &old, "--new", &new, "--site", &site];
    let again = gerbang_with(&[PASSPHRASE], &again, "");
    assert!(text(&again.stderr).contains("(ROOT-OTHER)"));
}

#[test]
fn a_set_up_code_takes_the_citys_secret_and_prints_a_sheet() {
    let city = City::new("set_up");
    let (root, secret) = (city.path("keys/root.key.json"), city.path("keys/city.key.json"));
    let pdf = city.path("pintu-1.pdf");
    let setup =
        ["setup-code", "--root", &root, "--venue-id", "balai-kota", "--venue", "Balai Kota"];
    let gate = ["--gate", "Pintu 1", "--exit", "--capacity", "120", "--policy", "signed-pass"];
    let keys =
        ["--until", "2027-01-01", "--secret", &secret, "--month", "202611", "--month", "202612"];
    let arguments = [&setup[..], &gate, &keys, &["--json", "--pdf", &pdf]].concat();
    let output = gerbang_with(&[PASSPHRASE], &arguments, "");
    assert_eq!((status(&output), text(&output.stderr)), (0, String::new()));
    assert!(json_lines(&output)[0]["text"].as_str().is_some_and(|text| text.starts_with("GBS1:")));
    assert!(fs::read(pdf).expect("written").starts_with(b"%PDF"));
}

#[test]
fn a_registry_goes_through_a_row_of_codes_some_of_which_are_missed() {
    use gerbang::trust::sequence::{Progress, Sequence};
    let city = City::new("codes");
    let (registry, gif) = (city.path("registry.cose"), city.path("registry.gif"));
    let (pdf, pngs) = (city.path("registry.pdf"), city.path("codes"));
    let codes = ["registry", "codes", &registry, "--gif", &gif, "--pdf", &pdf, "--json"];
    let output = gerbang(&codes, "");
    assert_eq!((status(&output), text(&output.stderr)), (0, String::new()));
    let texts = json_lines(&output);
    let mut sequence = Sequence::default();
    // The row goes round; each time others are missed.
    let rounds = texts.iter().chain(&texts).chain(&texts).enumerate();
    let seen = rounds.filter(|(at, _)| (at + at / texts.len()) % 4 != 1);
    let mut read = seen.map(|(_, line)| sequence.take(line["text"].as_str().expect("a text")));
    let whole = read.find_map(|progress| match progress {
        Progress::Whole(bytes) => Some(bytes),
        _ => None,
    });
    assert_eq!(whole, Some(fs::read(&registry).expect("written")));
    assert!(fs::read(gif).expect("written").starts_with(b"GIF89a"));
    assert!(fs::read(pdf).expect("written").starts_with(b"%PDF"));
    // A picture holds what the text says.
    let codes = ["registry", "codes", &registry, "--png", &pngs];
    assert_eq!(status(&gerbang(&codes, "")), 0);
    let scan = gerbang(&["scan", "--json", &city.path("codes/001.png")], "");
    assert_eq!(json_lines(&scan)[0]["codes"][0]["text"], texts[0]["text"]);
}
