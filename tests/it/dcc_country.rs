//! A country's published rules as a policy: the same answers as the rules themselves, over the facts
//! of any family.

use crate::certlogic::{lines, vectors};
use crate::dcc_rules::rule;
use crate::hc1;
use gerbang::rules::country::policy;
use gerbang::rules::dcc::RuleError;
use gerbang::rules::{Here, Policy, Ruling, Status, facts, judge};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn made(rules: &[Value], country: &str) -> Policy {
    let policy = policy(rules, &[], country).expect("rules");
    Policy::parse(&policy.to_string()).expect("a policy")
}

/// What is not passed, as codes, and the answer.
fn failed(policy: &Policy, payload: &Value, external: &Value) -> Option<(Vec<String>, Ruling)> {
    let verdict = judge(policy, &json!({ "payload": payload, "external": external })).ok()?;
    let codes = verdict.reasons.iter().map(|reason| reason.code.clone()).collect();
    Some((codes, verdict.ruling))
}

/// The suite leaves the rules' own time and kind aside, so they are set to hold.
#[test]
fn the_published_tests_come_out_the_same_under_the_policy() {
    let Some(text) = vectors("dcc-rules/cases.jsonl") else { return };
    let value_sets = vectors("dcc-rules/value_sets.json").expect("the cases have value sets");
    let value_sets: Value = serde_json::from_str(&value_sets).expect("value sets are JSON");
    let mut checked = 0;
    for case in lines(&text) {
        let mut published = case["rule"].clone();
        published["CertificateType"] = "General".into();
        published["Type"] = "Acceptance".into();
        published["ValidFrom"] = "2000-01-01T00:00:00Z".into();
        published["ValidTo"] = "2100-01-01T00:00:00Z".into();
        let country = published["Country"].as_str().expect("a country").to_owned();
        let policy = made(&[published], &country);
        for test in case["tests"].as_array().expect("a case has tests") {
            let mut external = test["external"].clone();
            // A gate always knows the time; a test that names none does not ask for it.
            if !external["validationClock"].is_string() {
                external["validationClock"] = "2021-10-01T00:00:00Z".into();
            }
            if let Some(key) = external["valueSets"].as_str() {
                external["valueSets"] = value_sets[key].clone();
            }
            let passed = failed(&policy, &test["payload"], &external)
                .is_some_and(|(codes, _)| codes.iter().all(|code| code == "DCC-NO-RULES"));
            assert_eq!(passed, test["expected"] == true, "{}: {}", case["id"], test["name"]);
            checked += 1;
        }
    }
    assert!(checked > 700, "only {checked} tests: is the file whole?");
}

fn on(day: &str) -> Value {
    json!({ "validationClock": format!("{day}T00:00:00Z"), "issuerCountryCode": "AT" })
}

fn dose(number: u32) -> Value {
    json!({ "v": [{ "dn": number }], "t": [], "r": [] })
}

#[test]
fn the_newest_version_in_force_decides_and_no_rule_is_no_admission() {
    let newer = json!({
        "Version": "1.1.0", "ValidFrom": "2021-10-01T00:00:00Z",
        "Logic": {">=": [{"var": "payload.v.0.dn"}, 3]},
    });
    let foreign = json!({ "Country": "DE", "Identifier": "VR-DE-0001", "Logic": false });
    let policy = made(&[rule(json!({})), rule(newer), rule(foreign)], "ID");
    let check = |day: &str, payload: Value, codes: &[&str], ruling: Ruling| {
        let codes = codes.iter().map(|code| (*code).to_owned()).collect();
        assert_eq!(failed(&policy, &payload, &on(day)), Some((codes, ruling)), "{day} {payload}");
    };
    check("2021-09-01", dose(2), &[], Ruling::Admit);
    check("2021-09-01", dose(1), &["VR-ID-0001"], Ruling::Refuse);
    check("2021-11-01", dose(2), &["VR-ID-0001"], Ruling::Refuse);
    check("2021-11-01", dose(3), &[], Ruling::Admit);
    check("2023-01-01", dose(3), &["DCC-NO-RULES"], Ruling::Refer);
    let test = json!({ "v": [], "t": [{ "tr": "260415000" }], "r": [] });
    check("2021-09-01", test, &["DCC-NO-RULES"], Ruling::Refer);
    check("2021-09-01", json!({ "v": [], "t": [], "r": [] }), &["DCC-NO-RULES"], Ruling::Refer);
}

#[test]
fn invalidation_asks_who_issued_and_what_is_no_truth_value_is_not_passed() {
    let invalid = |country: &str| {
        let fields = json!({
            "Type": "Invalidation", "Identifier": "IR-XX-0001", "Country": country,
            "CertificateType": "General", "Logic": false,
        });
        let policy = made(&[rule(json!({})), rule(fields)], "ID");
        failed(&policy, &dose(2), &on("2021-09-01")).expect("judged").1
    };
    assert_eq!((invalid("AT"), invalid("FR")), (Ruling::Refuse, Ruling::Admit));
    let policy = made(&[rule(json!({ "Logic": {"var": "payload.v.0.dn"} }))], "ID");
    let found = failed(&policy, &dose(2), &on("2021-09-01")).expect("judged");
    assert_eq!(found, (vec!["VR-ID-0001".to_owned()], Ruling::Refuse));
    // What ends in an error is nobody's admission.
    let policy = made(&[rule(json!({ "Logic": {"+": [true, 1]} }))], "ID");
    assert_eq!(failed(&policy, &dose(2), &on("2021-09-01")), None);
}

#[test]
fn rules_that_cannot_all_be_followed_become_no_policy() {
    let refused = |fields: Value| policy(&[rule(fields)], &[], "ID").err();
    assert_eq!(refused(json!({ "Engine": "OTHER" })), Some(RuleError::Engine));
    assert_eq!(refused(json!({ "EngineVersion": "2.0.0" })), Some(RuleError::Engine));
    assert_eq!(refused(json!({ "Version": "1" })), Some(RuleError::Version));
}

#[test]
fn a_region_has_its_own_rules_beside_the_country_s() {
    let booster = json!({
        "Identifier": "VR-ID-0002", "Region": "JI", "Logic": {">=": [{"var": "payload.v.0.dn"}, 3]},
    });
    let policy = made(&[rule(json!({})), rule(booster.clone())], "ID");
    let here = |policy: &Policy, zones: &[&str], dose_number: u32| {
        let facts = json!({
            "payload": dose(dose_number), "external": on("2021-09-01"), "here": {"zones": zones},
        });
        judge(policy, &facts).expect("judged").ruling
    };
    assert_eq!(here(&policy, &["JI"], 2), Ruling::Refuse);
    assert_eq!(here(&policy, &["kantor", "JI"], 3), Ruling::Admit);
    assert_eq!(here(&policy, &["JT"], 2), Ruling::Admit);
    assert_eq!(here(&policy, &[], 2), Ruling::Admit);
    // A country with rules for a part of it alone has none for the rest.
    let alone = made(&[rule(booster)], "ID");
    assert_eq!(here(&alone, &["JI"], 3), Ruling::Admit);
    assert_eq!(here(&alone, &["JT"], 3), Ruling::Refer);
}

/// Rules see what a certificate says beside the facts of all families.
#[test]
fn a_certificate_s_own_entries_reach_the_rules() {
    let of = |entry: &Value, list: &str| {
        let (verified, registry) = hc1::proven_with(&json!({
            "ver": "1.3.0", "nam": {"fn": "Wulandari", "gn": "Siti"}, "dob": "1990-05-12", list: [entry],
        }));
        let here = Here { venue_id: "", utc_offset_min: 0 };
        facts(&[&verified], &registry, &here, hc1::NOW_UNIX_MS, &Value::Null)["payload"].clone()
    };
    let shared = json!({
        "tg": "840539007", "co": "AT", "is": "Ministry", "ci": "URN:UVCI:01:AT:A/1#2", "more": true,
    });
    for (list, entry) in [
        (
            "v",
            json!({"vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 2, "sd": 2, "dt": "2021-07-01"}),
        ),
        (
            "t",
            json!({"tt": "LP217198-3", "nm": "Rapid", "ma": "1232", "tr": "260415000", "sc": "2021-09-01T08:00:00+02:00", "tc": "Centre"}),
        ),
        ("r", json!({"fr": "2021-05-01", "df": "2021-05-15", "du": "2021-11-01"})),
    ] {
        let mut whole = shared.clone();
        for (key, value) in entry.as_object().expect("an object") {
            whole[key] = value.clone();
        }
        let payload = of(&whole, list);
        assert_eq!(payload[list], json!([whole]));
        assert_eq!(payload["dob"], "1990-05-12");
        assert!(!payload.to_string().contains("Wulandari"), "a name is no fact");
    }
}

/// What comes with the command is what the command makes of the rules beside it.
#[test]
fn the_shipped_policy_is_made_of_the_rules_beside_it() {
    let rules = include_str!("../../src/rules/policies/dcc-country.rules.json");
    let rules: Value = serde_json::from_str(rules).expect("JSON");
    let list = |name: &str| rules[name].as_array().cloned().expect("a list");
    let made = policy(&list("rules"), &list("valueSets"), "XA").expect("rules");
    let (id, shipped) = gerbang::rules::country::SHIPPED;
    assert_eq!(serde_json::from_str::<Value>(shipped).expect("JSON"), made);
    assert_eq!(Policy::parse(shipped).expect("a policy").id(), id);
}

/// A real certificate's facts, in the names of the EU's schema.
#[test]
fn a_proven_certificate_is_judged_by_the_rules_of_a_country() {
    let (verified, registry) = hc1::proven();
    let policy = made(&[rule(json!({ "ValidTo": "2100-01-01T00:00:00Z" }))], "ID");
    let here = Here { venue_id: "", utc_offset_min: 0 };
    let facts = facts(&[&verified], &registry, &here, hc1::NOW_UNIX_MS, policy.parameters());
    let doses: BTreeMap<_, _> = facts["payload"]["v"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|dose| (dose["dn"].as_u64(), dose["mp"].as_str()))
        .collect();
    assert_eq!(doses.len(), 2);
    // Its rule asks the first entry, which is of the first dose.
    let verdict = judge(&policy, &facts).expect("judged");
    assert_eq!((verdict.status, verdict.ruling), (Status::Red, Ruling::Refuse));
    let any = json!({
        "ValidTo": "2100-01-01T00:00:00Z",
        "Logic": {"===": [{"var": "payload.v.1.dn"}, {"var": "payload.v.1.sd"}]},
    });
    let verdict = judge(&made(&[rule(any)], "ID"), &facts).expect("judged");
    assert_eq!(verdict.ruling, Ruling::Admit, "{:?}", verdict.reasons);
}
