//! National DCC rules: the published tests of several countries, and which rules apply when.

use gerbang::rules::certlogic::{DateTime, LogicError};
use gerbang::rules::dcc::{
    Certificate, Judgement, Open, Outcome, RULES_MAX, Rule, RuleError, Rulebook, judge,
};
use serde_json::{Value, json};

use crate::certlogic::{lines, vectors};

#[test]
fn every_published_test_of_the_national_rules_comes_out_as_published() {
    let Some(text) = vectors("dcc-rules/cases.jsonl") else { return };
    let value_sets = vectors("dcc-rules/value_sets.json").expect("the cases have value sets");
    let value_sets: Value = serde_json::from_str(&value_sets).expect("value sets are JSON");
    let mut checked = 0;
    for case in lines(&text) {
        let rule = Rule::parse(&case["rule"]).expect("a published rule");
        assert_eq!(rule.issues(), [], "{}", case["id"]);
        for test in case["tests"].as_array().expect("a case has tests") {
            let mut external = test["external"].clone();
            if let Some(key) = external["valueSets"].as_str() {
                external["valueSets"] = value_sets[key].clone();
            }
            let data = json!({"payload": test["payload"], "external": external});
            let expected = match test["expected"].as_bool() {
                Some(true) => Outcome::Passed,
                _ => Outcome::Failed,
            };
            assert_eq!(rule.evaluate(&data), expected, "{}: {}", case["id"], test["name"]);
            checked += 1;
        }
    }
    assert!(checked > 800, "only {checked} tests: is the file whole?");
}

/// A rule as published, with some of its fields replaced.
pub fn rule(fields: Value) -> Value {
    let mut rule = json!({
        "Identifier": "VR-ID-0001",
        "Type": "Acceptance",
        "Country": "ID",
        "Version": "1.0.0",
        "SchemaVersion": "1.0.0",
        "Engine": "CERTLOGIC",
        "EngineVersion": "1.0.0",
        "CertificateType": "Vaccination",
        "Description": [{"lang": "en", "desc": "Two doses."}],
        "ValidFrom": "2021-06-01T00:00:00Z",
        "ValidTo": "2022-06-01T00:00:00Z",
        "AffectedFields": ["v.0.dn"],
        "Logic": {">=": [{"var": "payload.v.0.dn"}, 2]},
    });
    for (key, value) in fields.as_object().expect("fields are an object") {
        rule[key] = value.clone();
    }
    rule
}

fn time(text: &str) -> DateTime {
    DateTime::parse(text).expect("a date-time")
}

fn certificate(payload: &Value) -> Certificate<'_> {
    Certificate {
        payload,
        at: time("2021-09-01"),
        country: "ID",
        region: None,
        issuer_country: "AT",
        issued: Some(time("2021-08-01")),
        expires: None,
        key_id: b"12345678",
    }
}

/// What the rules come to for a certificate of dose `dn` on 1 September 2021, as text.
fn outcome(rules: &[Value], payload: Value) -> String {
    let book = Rulebook::parse(rules, &[]).expect("rules");
    let outcomes = book.evaluate(&certificate(&payload));
    match judge(&outcomes) {
        Judgement::Passed => "passed".to_owned(),
        Judgement::Failed(rule) => format!("failed {} {}", rule.identifier, rule.version),
        Judgement::Open(rule, why) => format!("open {} {}", rule.identifier, why.code()),
        Judgement::NoRules => "no rules".to_owned(),
    }
}

fn second_dose() -> Value {
    json!({"ver": "1.3.0", "v": [{"dn": 2, "tg": "840539006"}]})
}

fn first_dose() -> Value {
    json!({"ver": "1.3.0", "v": [{"dn": 1, "tg": "840539006"}]})
}

#[test]
fn a_rule_in_force_decides() {
    assert_eq!(outcome(&[rule(json!({}))], second_dose()), "passed");
    assert_eq!(outcome(&[rule(json!({}))], first_dose()), "failed VR-ID-0001 1.0.0");
}

#[test]
fn without_an_acceptance_rule_nothing_is_passed() {
    for fields in [
        json!({"Country": "AT"}),
        json!({"CertificateType": "Test"}),
        json!({"ValidFrom": "2021-09-01T00:00:01Z"}),
        json!({"ValidTo": "2021-08-31T23:59:59Z"}),
        json!({"Region": "Mojokerto"}),
        json!({"Type": "Invalidation"}),
        json!({"Type": "Invalidation", "Country": "AT"}),
    ] {
        assert_eq!(outcome(&[rule(fields.clone())], second_dose()), "no rules", "{fields}");
    }
    assert_eq!(outcome(&[], second_dose()), "no rules");
    assert_eq!(outcome(&[rule(json!({}))], json!({"ver": "1.3.0", "v": []})), "no rules");
}

#[test]
fn a_rule_holds_from_its_first_to_its_last_moment() {
    for fields in [
        json!({"ValidFrom": "2021-09-01T00:00:00Z"}),
        json!({"ValidTo": "2021-09-01T00:00:00Z"}),
        json!({"ValidTo": "2021-09-01T07:00:00+07:00"}),
        json!({"Region": " "}),
        json!({"Country": "id"}),
    ] {
        assert_eq!(outcome(&[rule(fields.clone())], second_dose()), "passed", "{fields}");
    }
}

#[test]
fn the_newest_version_in_force_counts_alone() {
    let stricter = json!({"Version": "1.10.0", "Logic": {">=": [{"var": "payload.v.0.dn"}, 3]}});
    let old = rule(json!({"Version": "1.9.0"}));
    let failed = "failed VR-ID-0001 1.10.0";
    assert_eq!(outcome(&[old.clone(), rule(stricter.clone())], second_dose()), failed);
    assert_eq!(outcome(&[rule(stricter.clone()), old.clone()], second_dose()), failed);
    let mut not_yet = rule(stricter);
    not_yet["ValidFrom"] = json!("2021-09-02T00:00:00Z");
    assert_eq!(outcome(&[old, not_yet], second_dose()), "passed");
}

#[test]
fn invalidation_asks_the_rules_of_the_issuers_country() {
    let invalidation = json!({
        "Type": "Invalidation",
        "Country": "AT",
        "Identifier": "IR-AT-0001",
        "CertificateType": "General",
        "Logic": {"===": [{"var": "external.issuerCountryCode"}, "DE"]},
    });
    let rules = [rule(json!({})), rule(invalidation)];
    assert_eq!(outcome(&rules, second_dose()), "failed IR-AT-0001 1.0.0");
}

#[test]
fn what_cannot_be_judged_stays_open() {
    for (fields, code) in [
        (json!({"Engine": "REGO"}), "RULE-ENGINE"),
        (json!({"EngineVersion": "1.4.0"}), "RULE-ENGINE"),
        (json!({"SchemaVersion": "1.3.1"}), "RULE-SCHEMA"),
        (json!({"SchemaVersion": "0.9.0"}), "RULE-SCHEMA"),
        (json!({"Logic": {"var": "payload.v.0.dn"}}), "RULE-NOT-BOOLEAN"),
        (json!({"Logic": {"+": [{"var": "payload.v.0.tg"}, 1]}}), "CERTLOGIC-INTEGER"),
    ] {
        let found = outcome(&[rule(fields.clone())], second_dose());
        assert_eq!(found, format!("open VR-ID-0001 {code}"), "{fields}");
    }
    let two = [rule(json!({"Engine": "REGO"})), rule(json!({"Identifier": "VR-ID-0002"}))];
    assert_eq!(outcome(&two, first_dose()), "failed VR-ID-0002 1.0.0");
    let open = Outcome::Open(Open::Logic(LogicError::Text));
    let parsed = Rule::parse(&rule(json!({"Logic": {"dccDateOfBirth": [{"var": "x"}]}})));
    assert_eq!(parsed.expect("a rule").evaluate(&json!({})), open);
}

#[test]
fn rules_see_the_value_sets_and_the_clock() {
    let set = json!({
        "valueSetId": "disease-agent-targeted",
        "valueSetDate": "2021-04-27",
        "valueSetValues": {"840539006": {"display": "COVID-19", "active": true}},
    });
    let is_covid = json!({"in": [
        {"var": "payload.v.0.tg"},
        {"var": "external.valueSets.disease-agent-targeted"},
    ]});
    let is_not_expired = json!({"after": [
        {"plusTime": [{"var": "external.validationClock"}, 0, "day"]},
        {"plusTime": [{"var": "external.iat"}, 30, "day"]},
    ]});
    let rules = [rule(json!({"Logic": {"and": [is_covid, is_not_expired]}}))];
    let book = Rulebook::parse(&rules, &[set]).expect("rules and value sets");
    let payload = second_dose();
    let outcomes = book.evaluate(&certificate(&payload));
    assert!(matches!(judge(&outcomes), Judgement::Passed), "{outcomes:?}");
}

#[test]
fn a_book_with_one_unreadable_rule_is_refused_whole() {
    for (fields, expected) in [
        (json!({"Logic": null}), None),
        (json!({"Version": null}), Some(RuleError::Field)),
        (json!({"Type": "Advice"}), Some(RuleError::Field)),
        (json!({"Version": "1.0"}), Some(RuleError::Version)),
        (json!({"SchemaVersion": "1.0.0.0"}), Some(RuleError::Version)),
        (json!({"EngineVersion": "1.x.0"}), Some(RuleError::Version)),
        (json!({"ValidTo": "tomorrow"}), Some(RuleError::Validity)),
        (json!({"ValidTo": "2021-05-31T23:59:59Z"}), Some(RuleError::Validity)),
    ] {
        let read = Rulebook::parse(&[rule(json!({})), rule(fields.clone())], &[]);
        assert_eq!(read.err(), expected, "{fields}");
    }
    let many = vec![rule(json!({})); RULES_MAX + 1];
    assert_eq!(Rulebook::parse(&many, &[]).err(), Some(RuleError::Count));
    assert_eq!(Rulebook::parse(&[], &[json!({})]).err(), Some(RuleError::ValueSet));
}
