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
    assert_eq!(refused(json!({ "Region": "JI" })), Some(RuleError::Engine));
    assert_eq!(refused(json!({ "Version": "1" })), Some(RuleError::Version));
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
