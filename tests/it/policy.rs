//! Policies as files: what is taken and what is not.

use gerbang::rules::{Policy, PolicyError, SHIPPED};
use serde_json::{Value, json};

/// A policy of one rule with this logic.
fn policy(logic: Value) -> String {
    let said = json!({"id": "Tidak.", "en": "No."});
    json!({
        "v": 1,
        "id": "test",
        "title": said,
        "outcomes": {"green": "admit", "yellow": "refer", "red": "refuse", "black": "alert"},
        "rules": [{
            "logic": logic,
            "status": "red",
            "reason": {"code": "TEST", "happened": said, "to_do": said},
        }],
    })
    .to_string()
}

#[test]
fn every_shipped_policy_is_one() {
    for (id, _) in SHIPPED {
        assert!(Policy::shipped(id).is_ok(), "{id}");
    }
}

#[test]
fn a_policy_whose_logic_is_no_certlogic_is_refused_before_anybody_comes() {
    assert!(Policy::parse(&policy(json!({"!": [{"var": "x"}]}))).is_ok());
    for logic in [json!(null), json!({"or": [1, 2]}), json!({"and": [{"var": "a"}]})] {
        let refused = Policy::parse(&policy(logic.clone())).err();
        assert_eq!(refused, Some(PolicyError::Logic(0)), "{logic}");
    }
}

#[test]
fn the_example_of_the_document_is_a_policy() {
    let document = include_str!("../../docs/policy.md");
    let example = document.split("```json\n").nth(1).and_then(|rest| rest.split("```").next());
    let policy = Policy::parse(example.expect("the document holds an example")).expect("a policy");
    assert_eq!(policy.id(), "two-doses");
}
