//! The published suites of every family, asked as a script asks: `gerbang verify --jsonl`.

use crate::vectors;
use gerbang::cli::suite::{rdf_canon_answer, signature_answer};
use gerbang::cli::verify_line::line_answer;
use gerbang::credential::Family;
use gerbang::issue::foreign;
use serde_json::{Value, json};

/// What the command answers to one line.
fn ask(family: &str, payload: (&str, &Value), clock: &Value, mut trust: Vec<Value>) -> Value {
    for issuer in &mut trust {
        issuer["family"] = family.into();
    }
    let (key, payload) = payload;
    let mut line = json!({ "id": 1, key: payload, "trust": trust });
    if clock.is_string() {
        line["now"] = clock.clone();
    }
    line_answer(&line.to_string())
}

/// The published result in the command's words.
fn decision_of(result: &str) -> &'static [&'static str] {
    match result {
        "valid" => &["admit"],
        "unknown-key" => &["refer"],
        "unreadable" => &["unreadable", "refuse"],
        _ => &["refuse"],
    }
}

fn check_result(case: &Value, answer: &Value) {
    let result = case["expect"]["result"].as_str().expect("each case has a result");
    let also = case["expect"]["also"].as_array().into_iter().flatten();
    let results = also.filter_map(Value::as_str).chain([result]);
    let decision = answer["decision"].as_str().unwrap_or_default();
    let as_good = results.flat_map(decision_of).any(|word| *word == decision);
    assert!(as_good, "{}: {answer}", case["id"]);
}

fn check_signature(case: &Value, answer: &Value) {
    let expected = match &case["expect"]["signature"] {
        Value::String(word) if word == "none" => "unchecked",
        Value::String(word) => word,
        _ => return,
    };
    assert_eq!(answer["signature"], expected, "{}: {answer}", case["id"]);
}

#[test]
fn identity_codes_are_judged_as_published() {
    let Some(cases) = vectors::cases("claim169") else { return };
    for case in &cases {
        let key = &case["public_key"];
        let trust = key.is_object().then(|| {
            json!({
                "public_key_hex": key["hex"], "alg": key["alg"],
            })
        });
        let answer = ask(
            "claim169",
            ("text", &case["qr_text"]),
            &case["clock"],
            trust.into_iter().collect(),
        );
        let admitted = answer["decision"] == "admit";
        assert_eq!(admitted, case["expect"]["admissible"] == true, "{}: {answer}", case["id"]);
        check_signature(case, &answer);
    }
}

#[test]
fn tickets_are_judged_as_published() {
    let Some(cases) = vectors::cases("pretix") else { return };
    let events = vectors::file("pretix", "events.json");
    for case in &cases {
        let named = case["events"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let trust = named.flat_map(|event| {
            let keys = events[event]["public_keys_b64"].as_array().into_iter().flatten();
            keys.map(move |key| (event, key))
        });
        let trust = trust.map(|(event, key)| {
            json!({
                "issuer": event, "public_key_b64": key, "products": events[event]["items"],
                "revoked": case["revoked"], "blocked": case["blocked"],
            })
        });
        let answer = ask("pretix", ("text", &case["ticket"]), &case["clock"], trust.collect());
        let admitted = answer["decision"] == "admit";
        assert_eq!(admitted, case["expect"]["status"] == "VALID", "{}: {answer}", case["id"]);
        check_signature(case, &answer);
    }
}

#[test]
fn new_zealands_passes_are_judged_as_published() {
    let Some(cases) = vectors::cases("nzcp") else { return };
    let document = vectors::file("nzcp", "did.json");
    let methods = document["verificationMethod"].as_array().into_iter().flatten();
    let trust: Vec<Value> = methods
        .map(|method| {
            json!({
                "issuer": document["id"], "kid": method["id"], "jwk": method["publicKeyJwk"],
            })
        })
        .collect();
    for case in &cases {
        let answer = ask("nzcp", ("text", &case["qr_text"]), &case["clock"], trust.clone());
        check_result(case, &answer);
        check_signature(case, &answer);
    }
}

#[test]
fn health_cards_are_judged_as_published() {
    let Some(cases) = vectors::cases("shc") else { return };
    let issuers = vectors::file("shc", "issuers.json");
    let trust: Vec<Value> = issuers
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|issuer| {
            let keys = issuer["jwks"]["keys"].as_array().into_iter().flatten();
            keys.map(move |jwk| {
            let kid = jwk["kid"].as_str().expect("each key has its id");
            json!({ "issuer": issuer["iss"], "jwk": jwk, "kid": kid, "crl": issuer["crls"][kid] })
        })
        })
        .collect();
    for case in &cases {
        let answer = ask("shc", ("text", &case["qr"]), &case["clock"], trust.clone());
        check_result(case, &answer);
        check_signature(case, &answer);
    }
}

#[test]
fn certificates_are_judged_as_published() {
    let Some(cases) = vectors::cases("dcc") else { return };
    for case in cases.iter().filter(|case| case["clock"].is_string()) {
        let trust = json!({ "certificate_b64": case["certificate_der_b64"] });
        let answer = ask("hc1", ("text", &case["qr_text"]), &case["clock"], vec![trust]);
        if case["expect"]["EXPECTEDVERIFY"] == true {
            assert_eq!(answer["signature"], "valid", "{}: {answer}", case["id"]);
        } else if case["expect"]["EXPECTEDVERIFY"] == false {
            assert_ne!(answer["decision"], "admit", "{}: {answer}", case["id"]);
        }
    }
}

#[test]
fn seals_are_judged_as_published() {
    let Some(cases) = vectors::cases("vds-nc") else { return };
    let authorities = vectors::file("vds-nc", "csca.json");
    let trust: Vec<Value> = authorities
        .as_array()
        .into_iter()
        .flatten()
        .map(|authority| {
            json!({
                "issuer": authority["country"], "certificate_b64": authority["der_b64"],
            })
        })
        .collect();
    for case in &cases {
        let answer = ask("vds-nc", ("text", &case["qr_text"]), &case["clock"], trust.clone());
        check_result(case, &answer);
    }
}

#[test]
fn linked_data_proofs_are_judged_as_published() {
    let Some(cases) = vectors::cases("divoc") else { return };
    for case in cases.iter().filter(|case| case["profile"] != "general") {
        for (key, in_case) in [("text", "qr_text"), ("bytes_hex", "qr_bytes_hex")] {
            if case[in_case].is_string() {
                let trust = vec![case["key"].clone()];
                let answer = ask("divoc", (key, &case[in_case]), &Value::Null, trust);
                check_signature(case, &answer);
            }
        }
    }
}

#[test]
fn datasets_have_their_canonical_form() {
    let Some(cases) = vectors::cases("rdf-canon") else { return };
    for case in &cases {
        let answer = rdf_canon_answer(&case.to_string());
        match case["kind"].as_str() {
            Some("negative") => assert_eq!(answer["error"], "RDF-COMPLEX", "{}", case["id"]),
            Some("map") => {
                let expected = case["expected"].clone();
                let expected = match expected {
                    Value::String(text) => serde_json::from_str(&text).expect("JSON"),
                    other => other,
                };
                assert_eq!(answer["output"], expected, "{}", case["id"]);
            }
            _ => assert_eq!(answer["output"], case["expected"], "{}", case["id"]),
        }
    }
}

#[test]
fn signatures_hold_where_the_suites_say() {
    for suite in ["wycheproof", "ed25519-speccheck"] {
        let Some(cases) = vectors::cases(suite) else { return };
        for case in &cases {
            let answer = signature_answer(&case.to_string());
            assert_eq!(answer["valid"], case["valid"], "{suite} {}: {answer}", case["id"]);
        }
    }
}

/// The published card is withdrawn by a list of its own key, if it began before the list says.
#[test]
fn a_health_card_is_withdrawn_by_its_own_keys_list_alone() {
    let now = json!("2023-07-01T00:00:00Z");
    let made = foreign::all(1_688_000_000);
    let shc = made.iter().find(|made| made.family == Family::Shc).expect("one");
    let text = String::from_utf8(shc.valid.clone()).expect("a text");
    let ask = |crl: Value| {
        let key = data_encoding::BASE64.encode(&shc.issuer.public_key);
        let issuer = json!({ "spki_b64": key, "kid": "demo-key", "crl": crl });
        let answer = ask("shc", ("text", &json!(text)), &now, vec![issuer]);
        answer["decision"].as_str().map(str::to_owned)
    };
    let list =
        |kid: &str, rid: &str| json!({ "kid": kid, "method": "rid", "ctr": 1, "rids": [rid] });
    let admitted = Some("admit".to_owned());
    let refused = Some("refuse".to_owned());
    assert_eq!(ask(Value::Null), admitted);
    assert_eq!(ask(list("demo-key", "contoh-1")), refused);
    assert_eq!(ask(list("other-key", "contoh-1")), admitted);
    assert_eq!(ask(json!([list("other-key", "x"), list("demo-key", "contoh-1")])), refused);
    assert_eq!(ask(list("demo-key", "contoh-1.1688000001")), refused);
    assert_eq!(ask(list("demo-key", "contoh-1.1688000000")), admitted);
}

/// Any chunk alone is no card; all together, in any order, are the card.
#[test]
fn a_health_card_in_chunks_is_the_same_card() {
    let made = foreign::all(1_688_000_000);
    let shc = made.iter().find(|made| made.family == Family::Shc).expect("one");
    let text = String::from_utf8(shc.valid.clone()).expect("a text");
    let digits = text.strip_prefix("shc:/").expect("its prefix");
    let (first, second) = digits.split_at(digits.len() / 4 * 2);
    let key = data_encoding::BASE64.encode(&shc.issuer.public_key);
    let decision = |texts: Value| {
        let trust = vec![json!({ "spki_b64": key })];
        let answer = ask("shc", ("text", &texts), &json!("2023-07-01T00:00:00Z"), trust);
        answer["decision"].as_str().map(str::to_owned)
    };
    let (first, second) = (format!("shc:/1/2/{first}"), format!("shc:/2/2/{second}"));
    assert_eq!(decision(json!([text])).as_deref(), Some("admit"));
    assert_eq!(decision(json!([first, second])).as_deref(), Some("admit"));
    assert_eq!(decision(json!([second, first])).as_deref(), Some("admit"));
    for incomplete in [json!([first]), json!([first, first]), json!(second), json!([])] {
        assert_ne!(decision(incomplete).as_deref(), Some("admit"));
    }
}

/// A line may name an elliptic key by its point alone, whole or compressed.
#[test]
fn an_elliptic_key_is_read_in_each_of_its_forms() {
    let made = foreign::all(1_688_000_000);
    let nzcp = made.iter().find(|made| made.family == Family::Nzcp).expect("one");
    let text = json!(String::from_utf8(nzcp.valid.clone()).expect("a text"));
    let spki = &nzcp.issuer.public_key;
    let point = &spki[spki.len() - 65..];
    let compressed = [&[2 + (point[64] & 1)], &point[1..33]].concat();
    let base64url = data_encoding::BASE64URL_NOPAD;
    let jwk = json!({
        "kty": "EC", "crv": "P-256",
        "x": base64url.encode(&point[1..33]), "y": base64url.encode(&point[33..]),
    });
    let hex = data_encoding::HEXLOWER;
    let decision = |trust: Value| {
        let now = json!("2023-07-01T00:00:00Z");
        ask("nzcp", ("text", &text), &now, vec![trust])["decision"].clone()
    };
    for trust in [
        json!({ "spki_b64": data_encoding::BASE64.encode(spki) }),
        json!({ "public_key_hex": hex.encode(spki), "alg": "ES256" }),
        json!({ "public_key_hex": hex.encode(point), "alg": "ES256" }),
        json!({ "public_key_hex": hex.encode(&compressed) }),
        json!({ "jwk": jwk }),
    ] {
        assert_eq!(decision(trust.clone()), "admit", "{trust}");
    }
    assert_eq!(decision(json!({ "public_key_hex": hex.encode(point), "alg": "EdDSA" })), "refer");
    assert_eq!(decision(json!({ "public_key_hex": hex.encode(&point[1..]) })), "refer");
}
