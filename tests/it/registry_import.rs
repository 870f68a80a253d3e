//! Published lists of keys: what is taken of them, what is skipped, and that gates then believe it.

use crate::forge::{broken_hc1, es256};
use crate::vectors;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("gerbang-import-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

fn gerbang(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gerbang")).args(args).output().expect("the command runs")
}

/// What is taken of a list, and what is said beside.
fn import(name: &str, list: &Value, more: &[&str]) -> (Vec<Value>, String) {
    let path = folder(name).join("list.json");
    fs::write(&path, list.to_string()).expect("the list is written");
    let path = path.to_str().expect("a plain path");
    let output = gerbang(&[&["registry", "import", path], more].concat());
    let taken = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (taken, String::from_utf8(output.stderr).expect("UTF-8"))
}

fn b64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

#[test]
fn a_list_of_certificate_keys_binds_each_to_its_country() {
    let spki = b64(&broken_hc1::public_key());
    let kid = b64(&broken_hc1::KEY_ID);
    let in_shapes = [
        json!({ "ID": { kid.clone(): spki } }),
        json!({ "eu_keys": { kid.clone(): [{ "subjectPk": spki, "country": "ID" }] } }),
        json!([{ "kid": kid, "country": "ID", "publicKey": spki }]),
    ];
    for list in in_shapes {
        let (taken, _) = import("dcc", &list, &[]);
        assert_eq!(taken.len(), 1, "{list}");
        assert_eq!(taken[0]["iss"], "ID");
        assert_eq!(taken[0]["kid_hex"], "6463632d6b657931");
        assert_eq!(taken[0]["purposes"], json!(["vaccination", "test", "recovery"]));
    }
    let (taken, said) = import("dcc-homeless", &json!({ kid.clone(): spki }), &[]);
    assert!(taken.is_empty() && said.contains("of no country"), "{said}");
    let (taken, _) = import("dcc-iss", &json!({ kid.clone(): spki }), &["--iss", "SE"]);
    assert_eq!(taken[0]["iss"], "SE");
    let torn = json!({ "ID": { kid.clone(): "AAAA", b64(b"another1"): spki } });
    let (taken, said) = import("dcc-torn", &torn, &[]);
    assert_eq!(taken.len(), 1, "one bad entry costs the others nothing");
    assert!(said.contains("1 taken, 1 skipped"), "{said}");
}

#[test]
fn a_health_cards_key_must_bear_its_own_thumbprint() {
    let spki = es256::public_key();
    let point = spki.get(spki.len() - 64..).expect("a P-256 key");
    let (x, y) = point.split_at(32);
    let (x, y) = (BASE64URL_NOPAD.encode(x), BASE64URL_NOPAD.encode(y));
    let whole = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    let kid = BASE64URL_NOPAD.encode(&Sha256::digest(whole));
    let jwk = |kid: &str| json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid });
    let (taken, _) = import(
        "jwks",
        &json!({ "keys": [jwk(&kid), jwk("key-1")] }),
        &["--iss", "https://card.example"],
    );
    assert_eq!(taken.len(), 1);
    let snapshot = json!({ "issuerInfo": [{
        "issuer": { "iss": "https://card.example", "name": "RSUD" },
        "keys": [jwk(&kid)],
        "crls": [{ "kid": kid, "method": "rid", "ctr": 1, "rids": ["AbC1.1700000000", "x"] }],
    }] });
    let (taken, _) = import("vci", &snapshot, &[]);
    assert_eq!(taken[0]["name"], "RSUD");
    assert_eq!(taken[0]["iss"], "https://card.example");
    assert_eq!(taken[0]["revoked_hex"], json!(["41624331.1700000000", "78"]));
}

#[test]
fn of_a_did_document_only_assertion_methods_count() {
    let key = |id: &str| {
        json!({ "id": id, "publicKeyBase58":
        "3sY2pM3VbuN15rZ48hVsC27HmXBRnEAfaRxkhuCjFcxd" })
    };
    let document = json!({
        "id": "did:indonesia", "assertionMethod": ["did:indonesia"],
        "publicKey": [key("did:indonesia"), key("did:indonesia#login")],
    });
    let (taken, said) = import("did", &document, &["--name", "Kementerian Kesehatan"]);
    assert_eq!(taken.len(), 1, "{said}");
    assert_eq!(taken[0]["families"], json!(["divoc"]));
    // The same key as in the list that the command ships: two sources, one key.
    let shipped = include_str!("../../src/cli/registry/issuers/indonesia.json");
    let shipped: Value = serde_json::from_str(shipped).expect("JSON");
    let spelled = shipped[0]["public_key_hex"].as_str().expect("hexadecimal");
    let spelled = data_encoding::HEXLOWER.decode(spelled.as_bytes()).expect("hexadecimal");
    assert_eq!(taken[0]["public_key_b64"], b64(&spelled));
}

#[test]
fn published_lists_become_a_registry_that_opens() {
    let Some(_) = vectors::cases("vds-nc") else { return };
    let lists = [
        ("csca", vectors::file("vds-nc", "csca.json"), 4),
        ("nz", vectors::file("nzcp", "did.json"), 1),
        ("events", vectors::file("pretix", "events.json"), 3),
    ];
    let home = folder("build");
    for (name, list, count) in &lists {
        let (taken, said) = import(name, list, &[]);
        assert_eq!(taken.len(), *count, "{said}");
        fs::write(home.join(format!("{name}.json")), json!(taken).to_string()).expect("written");
    }
    let source = json!({
        "version": 1, "valid_days": 30,
        "imports": ["indonesia", "csca.json", "nz.json", "events.json"],
    });
    let at = |name: &str| home.join(name).to_str().expect("a plain path").to_owned();
    fs::write(at("registry.json"), source.to_string()).expect("written");
    let _ = fs::remove_file(at("root.key.json"));
    assert!(gerbang(&["keygen", &at("root.key.json")]).status.success());
    let built = gerbang(&[
        "registry",
        "build",
        &at("registry.json"),
        "--root",
        &at("root.key.json"),
        "--out",
        &at("registry.cose"),
    ]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let said = String::from_utf8(built.stdout).expect("UTF-8");
    let root = said.lines().find_map(|line| line.strip_prefix("root")).expect("names the root");
    let inspected =
        gerbang(&["registry", "inspect", &at("registry.cose"), "--root", root.trim(), "--json"]);
    let shown: Value = serde_json::from_slice(&inspected.stdout).expect("JSON");
    assert_eq!(shown["issuers"].as_array().map(Vec::len), Some(9));
}

/// Of a country's rules the importer makes the policy `dcc-country`, or nothing.
#[test]
fn published_rules_become_a_policy() {
    let rules = json!([crate::dcc_rules::rule(json!({}))]);
    let sets =
        json!({ "valueSetId": "sct-vaccines-covid-19", "valueSetValues": { "J07BX03": {} } });
    let list = json!({ "rules": rules, "valueSets": [sets] });
    let path = folder("rules").join("list.json");
    fs::write(&path, list.to_string()).expect("the list is written");
    let path = path.to_str().expect("a plain path");
    let output = gerbang(&["registry", "import", path, "--iss", "id"]);
    let policy: Value = serde_json::from_slice(&output.stdout).expect("a policy");
    assert_eq!((policy["id"].as_str(), output.status.code()), (Some("dcc-country"), Some(0)));
    assert_eq!(policy["parameters"]["country"], "ID");
    assert_eq!(policy["parameters"]["valueSets"]["sct-vaccines-covid-19"], json!(["J07BX03"]));
    let without_country = gerbang(&["registry", "import", path]);
    assert!(!without_country.status.success() && without_country.stdout.is_empty());
    let (_, said) = import(
        "region",
        &json!([crate::dcc_rules::rule(json!({ "Engine": "OTHER" }))]),
        &["--iss", "ID"],
    );
    assert!(said.contains("RULE-ENGINE"), "{said}");
}
