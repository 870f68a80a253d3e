//! The command, as a script uses it: the real binary, its output and its exit status.

use crate::command::{check_fails, folder, gerbang, json_lines, status, text};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::process::Output;

const NOW: &str = "2026-11-24T05:00:00Z";

/// A demonstration site's folder, and its passes by name.
fn demo(test: &str) -> (PathBuf, Vec<(String, String)>) {
    let folder = folder(test);
    let output = gerbang(&["demo", "--now", NOW, &folder.to_string_lossy()], "");
    assert_eq!((status(&output), text(&output.stderr)), (0, String::new()));
    let list = fs::read(folder.join("demo/passes.json")).expect("written");
    let list: Value = serde_json::from_slice(&list).expect("JSON");
    let word = |pass: &Value, key: &str| pass[key].as_str().expect("a text").to_owned();
    let passes = list["passes"].as_array().expect("a list").iter();
    let passes = passes.map(|pass| (word(pass, "name"), word(pass, "text"))).collect();
    (folder, passes)
}

#[test]
fn the_demonstrations_passes_get_what_its_page_promises() {
    let (folder, passes) = demo("demo_verify");
    let registry = folder.join("registry.cose").to_string_lossy().into_owned();
    let answers: Vec<_> = passes
        .iter()
        .map(|(name, pass)| {
            let policy = "pedulilindungi-2021";
            let arguments = ["verify", "--registry", &registry, "--policy", policy, "--now", NOW];
            let output = gerbang(&[&arguments[..], &["--json", pass]].concat(), "");
            let answer = &json_lines(&output)[0];
            let word = |key: &str| answer[key].as_str().unwrap_or("null").to_owned();
            let line = [name.clone(), word("decision"), word("status"), word("signature")];
            (line.join(" "), answer["reasons"].clone(), status(&output))
        })
        .collect();
    let expect = |line: &str, reasons: Value, status: i32| (line.to_owned(), reasons, status);
    assert_eq!(
        answers,
        [
            expect("green admit green valid", json!([]), 0),
            expect("yellow refer yellow valid", json!(["POL-ONE-DOSE"]), 1),
            expect("red refuse red valid", json!(["POL-NO-DOSE"]), 1),
            expect("black refuse black valid", json!(["POL-BLOCKED"]), 1),
            expect("expired refuse null valid", json!(["PASS-EXP"]), 1),
            expect("early refuse null valid", json!(["PASS-NBF"]), 1),
            expect("forged refuse null invalid", json!(["TRUST-SIG"]), 1),
            expect("unknown refer null unknown-key", json!(["TRUST-KID"]), 1),
            expect("specimen refuse green valid", json!(["SPECIMEN"]), 1),
            expect("certificate admit green valid", json!([]), 0),
            expect("supervisor admit green valid", json!([]), 0),
            expect("setup refuse null unchecked", json!(["OTHER-SETUP"]), 1),
            expect("poster refuse null unchecked", json!(["OTHER-POSTER"]), 1),
        ]
    );
}

#[test]
fn the_demonstrations_pictures_hold_its_passes() {
    let (folder, passes) = demo("demo_pictures");
    for (name, pass) in &passes {
        let picture = folder.join(format!("demo/{name}.png")).to_string_lossy().into_owned();
        let output = gerbang(&["scan", "--json", &picture], "");
        assert_eq!(json_lines(&output)[0]["codes"][0]["text"], json!(pass), "{name}");
        let svg = fs::read_to_string(folder.join(format!("demo/{name}.svg"))).expect("written");
        assert!(svg.starts_with("<svg"));
    }
    let page = fs::read_to_string(folder.join("demo/index.html")).expect("written");
    for (name, _) in &passes {
        assert!(page.contains(&format!("href=\"../#demo={name}\"")), "{name}");
    }
    assert!(!page.contains("<script") && page.contains("Content-Security-Policy"));
    let picture = folder.join("demo/green.png").to_string_lossy().into_owned();
    let registry = folder.join("registry.cose").to_string_lossy().into_owned();
    let verify = ["verify", "--registry", &registry, "--now", NOW, "--image", &picture];
    assert_eq!(status(&gerbang(&verify, "")), 0);
}

#[test]
fn a_demonstration_of_the_same_time_is_the_same() {
    let read = |folder: PathBuf, file: &str| fs::read(folder.join(file)).expect("written");
    for file in ["site.json", "registry.cose", "demo/passes.json", "demo/green.png"] {
        let one = read(demo("demo_one").0, file);
        assert_eq!(one, read(demo("demo_two").0, file), "{file}");
    }
}

/// Root, issuer and registry made by the command alone.
struct Authority {
    folder: PathBuf,
    root_hex: String,
}

impl Authority {
    fn new(test: &str) -> Self {
        let folder = folder(test);
        let authority = Self { folder, root_hex: String::new() };
        let keygen = |file: &str| {
            let output = gerbang(&["keygen", "--json", &authority.path(file)], "");
            assert_eq!(status(&output), 0, "{}", text(&output.stderr));
            json_lines(&output)[0]["public_key_hex"].as_str().expect("a text").to_owned()
        };
        let (root_hex, issuer_hex) = (keygen("root.key.json"), keygen("issuer.key.json"));
        let source = json!({
            "version": 1,
            "valid_days": 90,
            "issuers": [{
                "name": "Dinas Uji", "iss": "dinas.example", "public_key_hex": issuer_hex,
                "families": ["gerbang"], "purposes": ["entry", "vaccination"],
                "from": "2026-01-01", "until": "2027-01-01",
            }],
            "policies": ["pedulilindungi-2021"],
            "venues": [{ "id": "balai-kota", "name": "Balai Kota", "zones": ["kantor"] }],
        });
        authority.write("registry.json", &source.to_string());
        let authority = Self { root_hex, ..authority };
        let output = authority.build("registry.json");
        assert_eq!(status(&output), 0, "{}", text(&output.stderr));
        authority
    }

    fn path(&self, file: &str) -> String {
        self.folder.join(file).to_string_lossy().into_owned()
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.folder.join(file), text).expect("the folder can be written");
    }

    fn build(&self, source: &str) -> Output {
        let (source, root) = (self.path(source), self.path("root.key.json"));
        let out = self.path("registry.cose");
        let build = ["registry", "build", &source, "--root", &root, "--out", &out, "--now", NOW];
        gerbang(&build, "")
    }

    fn issue(&self, more: &[&str]) -> String {
        let key = self.path("issuer.key.json");
        let issue = ["issue", "--key", &key, "--issuer", "dinas.example", "--until", "2026-12-31"];
        let output = gerbang(&[&issue[..], &["--now", NOW], more].concat(), "");
        assert_eq!(status(&output), 0, "{}", text(&output.stderr));
        text(&output.stdout).trim_end().to_owned()
    }

    fn verify(&self, more: &[&str], input: &str) -> Output {
        let registry = self.path("registry.cose");
        let verify = ["verify", "--registry", &registry, "--root", &self.root_hex, "--now", NOW];
        gerbang(&[&verify[..], more].concat(), input)
    }
}

#[test]
fn what_is_issued_by_a_key_of_the_registry_admits() {
    let authority = Authority::new("issue_verify");
    let dose = "CoronaVac,2,2,2021-08-02";
    let svg = authority.path("pass.svg");
    let venues = ["--venue", "kantor", "--role", "tamu"];
    let pass = authority.issue(&[&["--dose", dose, "--svg", &svg], &venues[..]].concat());
    assert!(pass.starts_with("GB1:"));
    assert!(fs::read_to_string(&svg).expect("written").starts_with("<svg"));
    let policy = ["--policy", "pedulilindungi-2021"];
    let here = [&policy[..], &["--venue", "balai-kota", &pass]].concat();
    let admitted = authority.verify(&here, "");
    assert_eq!(status(&admitted), 0);
    assert!(text(&admitted.stdout).starts_with("admit, green: family gerbang, signature valid\n"));
    let elsewhere = authority.verify(&[&policy[..], &["--venue", "pasar", &pass]].concat(), "");
    assert_eq!(status(&elsewhere), 1);
    assert!(text(&elsewhere.stdout).contains("(POL-PLACE)"));
}

#[test]
fn a_list_of_codes_has_an_answer_each_in_order() {
    let authority = Authority::new("stdin");
    let pass = authority.issue(&[]);
    let hex: String = pass.bytes().map(|byte| format!("{byte:02x}")).collect();
    let input = format!("{pass}\nhttps://example.org\r\n\nhex:{hex}\nGB1:ABC\n");
    let output = authority.verify(&["--json", "--stdin"], &input);
    let decisions: Vec<_> =
        json_lines(&output).iter().map(|answer| answer["decision"].clone()).collect();
    assert_eq!(decisions, [json!("admit"), json!("refuse"), json!("admit"), json!("unreadable")]);
    assert_eq!(status(&output), 0);
    assert_eq!(status(&authority.verify(&["GB1:ABC"], "")), 2);
}

#[test]
fn a_registry_can_be_inspected_and_only_under_its_root() {
    let authority = Authority::new("inspect");
    let registry = authority.path("registry.cose");
    let inspect = ["registry", "inspect", &registry, "--json", "--now", NOW, "--root"];
    let output = gerbang(&[&inspect[..], &[&authority.root_hex]].concat(), "");
    let shown = &json_lines(&output)[0];
    assert_eq!(shown["version"], json!(1));
    assert_eq!(shown["age"], json!("fresh"));
    assert_eq!(shown["issuers"][0]["name"], json!("Dinas Uji"));
    let other = "00".repeat(32);
    check_fails(&[&inspect[..], &[&other]].concat(), "REG-ROOT");
    check_fails(&["registry", "inspect", &registry], "ROOT-MISSING");
}

#[test]
fn a_new_root_is_believed_on_the_old_ones_word() {
    let authority = Authority::new("rotate");
    let new_root = authority.path("root-2.key.json");
    assert_eq!(status(&gerbang(&["keygen", &new_root], "")), 0);
    let old_root = authority.path("root.key.json");
    let rotate = ["registry", "rotate", "--old", &old_root, "--new", &new_root];
    let statement = text(&gerbang(&rotate, "").stdout);
    let registry = authority.path("registry.cose");
    let build = |file: &str, roots: Value| {
        let source = json!({ "version": 2, "valid_days": 90, "roots_hex": roots });
        authority.write(file, &source.to_string());
        let source = authority.path(file);
        let build = ["registry", "build", &source, "--root", &new_root, "--out", &registry];
        assert_eq!(status(&gerbang(&build, "")), 0);
    };
    let inspect = ["registry", "inspect", &registry, "--root", &authority.root_hex];
    build("without.json", json!([]));
    check_fails(&inspect, "REG-ROOT");
    build("with.json", json!([statement.trim_end()]));
    assert_eq!(status(&gerbang(&inspect, "")), 0);
}

#[test]
fn a_list_of_withdrawn_passes_becomes_a_file_and_its_place_in_the_source() {
    let authority = Authority::new("revoke");
    authority
        .write("ids.txt", "00112233445566778899aabbccddeeff\n\n77777777777777777777777777777777\n");
    let (ids, out) = (authority.path("ids.txt"), authority.path("list.bin"));
    let revoke = ["registry", "revoke", &ids, "--out", &out];
    let said = &json_lines(&gerbang(&revoke, ""))[0];
    let hash = said["sha256_hex"].as_str().expect("a text").to_owned();
    assert!(fs::read(&out).expect("written").starts_with(b"GBR1"));
    let part = json!({ "address": "list.bin", "sha256_hex": hash });
    let list = json!({ "id": "uji", "until": "2027-01-01", "parts": [part] });
    let source = json!({ "version": 2, "valid_days": 90, "revocations": [list] });
    authority.write("with.json", &source.to_string());
    assert_eq!(status(&authority.build("with.json")), 0);
    authority.write("ids.txt", "no id");
    check_fails(&revoke, "INPUT-HEX");
}

#[test]
fn mistakes_are_told_in_words_with_a_code() {
    let authority = Authority::new("mistakes");
    let key = authority.path("root.key.json");
    check_fails(&["keygen", &key], "FILE-WRITE");
    check_fails(&["verify", "--policy", "nosuch", "x"], "POLICY-UNKNOWN");
    check_fails(&["verify", "hex:0"], "INPUT-HEX");
    check_fails(&["verify", "--registry", "/nonexistent/registry.cose", "x"], "ROOT-MISSING");
    let source = authority.path("registry.json");
    check_fails(&["issue", "--key", &source, "--issuer", "x", "--until", "2027-01-01"], "KEY-FILE");
    let long = "x".repeat(200);
    let long = ["issue", "--key", &key, "--issuer", "x", "--until", "2027-01-01", "--name", &long];
    check_fails(&long, "PASS-NAME-LIMIT");
    authority.write("wrong.json", "{\"version\":1,\"valid_days\":1,\"isuers\":[]}");
    assert!(text(&authority.build("wrong.json").stderr).contains("unknown field `isuers`"));
    authority
        .write("policy.json", "{\"version\":1,\"valid_days\":1,\"policies\":[\"registry.json\"]}");
    assert!(text(&authority.build("policy.json").stderr).contains("(POLICY-JSON)"));
    assert_eq!(status(&gerbang(&["nosuch"], "")), 2);
    assert_eq!(status(&gerbang(&["verify"], "")), 2);
}

#[test]
fn every_command_teaches() {
    for command in [
        &["--help"][..],
        &["keygen", "--help"],
        &["issue", "--help"],
        &["registry", "--help"],
        &["registry", "build", "--help"],
        &["registry", "inspect", "--help"],
        &["verify", "--help"],
        &["scan", "--help"],
        &["demo", "--help"],
        &["suite", "signature", "--help"],
        &["log", "--help"],
        &["rules", "--help"],
    ] {
        let output = gerbang(command, "");
        assert_eq!(status(&output), 0, "{command:?}");
        assert!(text(&output.stdout).contains("Usage:"), "{command:?}");
    }
}

#[test]
fn each_line_of_a_suite_brings_its_own_trust_and_clock() {
    let authority = Authority::new("jsonl");
    let pass = authority.issue(&[]);
    let key = fs::read(authority.path("issuer.key.json")).expect("written");
    let key: Value = serde_json::from_slice(&key).expect("JSON");
    let trusted = json!({ "family": "gerbang", "public_key_hex": key["public_key_hex"] });
    let with = |more: Value| {
        let mut issuer = trusted.clone();
        let (issuer_map, more) = (issuer.as_object_mut(), more.as_object().cloned());
        issuer_map.expect("an object").extend(more.expect("an object"));
        issuer
    };
    let case = |id: &str, now: &str, trust: Value| {
        json!({ "id": id, "text": pass, "now": now, "trust": trust, "later": 1 }).to_string()
    };
    let lines = [
        case("plain", NOW, json!([trusted])),
        case("nobody", NOW, json!([])),
        case("kid", NOW, json!([with(json!({ "kid": key["kid_hex"] }))])),
        case("other kid", NOW, json!([with(json!({ "kid": "0000000000000000" }))])),
        case("other name", NOW, json!([with(json!({ "issuer": "other.example" }))])),
        case("purpose", NOW, json!([with(json!({ "purposes": ["vaccination"] }))])),
        case("late", "2027-01-01T00:00:00Z", json!([trusted])),
        json!({ "id": "chunks", "text": [pass], "now": NOW, "trust": [trusted] }).to_string(),
        json!({ "id": "policy", "text": pass, "now": NOW, "trust": [trusted],
            "policy": "pedulilindungi-2021" })
        .to_string(),
        json!({ "id": 10, "text": "x", "now": NOW }).to_string(),
        "{".to_owned(),
        json!({ "id": "none" }).to_string(),
    ];
    let output = gerbang(&["verify", "--jsonl"], &lines.join("\n"));
    let said = |answer: &Value| {
        let word = |key: &str| answer[key].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", answer["id"], word("decision"), word("signature"))
    };
    let answers: Vec<_> = json_lines(&output).iter().map(said).collect();
    assert_eq!(
        answers,
        [
            "\"plain\" admit valid",
            "\"nobody\" refer unknown-key",
            "\"kid\" admit valid",
            "\"other kid\" refer unknown-key",
            "\"other name\" refer unknown-key",
            "\"purpose\" refuse valid",
            "\"late\" refuse valid",
            "\"chunks\" admit valid",
            "\"policy\" refuse valid",
            "10 refuse unchecked",
            "null - -",
            "\"none\" - -",
        ]
    );
    assert_eq!(json_lines(&output)[0]["expires"], json!("2026-12-31T00:00:00Z"));
    assert_eq!(json_lines(&output)[6]["issuer"], Value::Null);
}

#[test]
fn signatures_are_accepted_strictly() {
    let cases = include_str!("../vectors/ed25519-speccheck/cases.jsonl");
    let output = gerbang(&["suite", "signature", "--jsonl"], cases);
    let answers = json_lines(&output);
    let cases: Vec<Value> =
        cases.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(answers.len(), cases.len());
    for (case, answer) in cases.iter().zip(&answers) {
        assert_eq!((&answer["id"], &answer["valid"]), (&case["id"], &case["valid"]));
    }
}
