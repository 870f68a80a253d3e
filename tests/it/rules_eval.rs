//! `gerbang rules eval --jsonl`, a line at a time.

use gerbang::cli::rules::answer;
use serde_json::{Value, json};

fn check(line: &str, expected: Value) {
    assert_eq!(answer(line), expected, "{line}");
}

#[test]
fn an_expression_gets_its_result_or_its_error() {
    check(
        r#"{"id":1,"logic":{"+":[1,{"var":"x"}]},"data":{"x":2}}"#,
        json!({"id": 1, "result": 3}),
    );
    check(r#"{"id":"a","logic":{"var":"x"}}"#, json!({"id": "a", "result": null}));
    check(
        r#"{"id":"a","logic":{"+":[1,"2"]},"data":{}}"#,
        json!({"id": "a", "error": "CERTLOGIC-INTEGER"}),
    );
    check(r#"{"id":"a","logic":null}"#, json!({"id": "a", "error": "CERTLOGIC-LITERAL"}));
}

#[test]
fn a_check_gets_the_list_of_issues() {
    check(r#"{"id":1,"check":{"var":""}}"#, json!({"id": 1, "issues": []}));
    let issue = json!({
        "expr": null,
        "message": "null is no expression",
        "code": "CERTLOGIC-LITERAL",
    });
    check(r#"{"id":1,"check":null}"#, json!({"id": 1, "issues": [issue]}));
}

#[test]
fn a_line_that_asks_nothing_still_gets_an_answer() {
    check("{", json!({"id": null, "error": "INPUT-JSON"}));
    check("[1]", json!({"id": null, "error": "INPUT-JSON"}));
    check(r#"{"id":7}"#, json!({"id": 7, "error": "INPUT-KEYS"}));
}
