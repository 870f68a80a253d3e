//! `gerbang rules test`: an authority's own cases.

use crate::command::{folder, gerbang, json_lines, status, text};
use serde_json::json;
use std::fs;

const POLICY: &str = "pedulilindungi-2021";

/// Exit status and standard output.
fn check(test: &str, cases: &str, arguments: &[&str]) -> (i32, String) {
    let path = folder(test).join("cases.json");
    fs::write(&path, cases).expect("written");
    let path = path.to_string_lossy().into_owned();
    let output = gerbang(&[&["rules", "test"], arguments, &[&path]].concat(), "");
    (status(&output), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn cases_that_do_as_expected_are_counted() {
    let two = json!({ "product": "CoronaVac", "dose": 2, "total": 2, "date": "2021-08-02" });
    let one = json!({ "product": "CoronaVac", "dose": 1, "total": 2, "date": "2021-07-05" });
    let cases = json!({ "cases": [
        { "name": "two", "facts": { "vaccinations": [one, two] }, "expect": { "status": "green" } },
        { "name": "one", "facts": { "vaccinations": [one] },
          "expect": { "status": "yellow", "decision": "refer", "reasons": ["POL-ONE-DOSE"] } },
        { "name": "none", "expect": { "status": "red" } },
        { "name": "blocked", "facts": { "blocked": true, "vaccinations": [two] },
          "expect": { "status": "black", "decision": "alert" } },
        { "name": "elsewhere", "facts": { "vaccinations": [two], "here": { "in_place": false } },
          "expect": { "status": "green", "decision": "refuse" } },
        { "name": "no number", "facts": { "vaccination": { "dose": "two", "total": 2 } },
          "expect": { "fault": true } },
    ] });
    let (status, said) = check("rules_ok", &cases.to_string(), &["--policy", POLICY]);
    assert_eq!((status, said.lines().last()), (0, Some("6 cases, 0 not as expected")), "{said}");
}

#[test]
fn what_does_not_do_as_expected_is_explained() {
    let cases = r#"{"cases": [{"name": "hoped", "facts": {"vaccination": {"dose": 1, "total": 2}},
        "expect": {"status": "green", "reasons": []}}]}"#;
    let (status, said) = check("rules_fail", cases, &["--policy", POLICY]);
    assert_eq!(status, 1);
    for line in [
        "FAIL hoped: yellow, refer POL-ONE-DOSE\n",
        "     expected green, reasons []\n",
        "     refer   1 of 2 doses. (POL-ONE-DOSE)\n",
        "     holds ",
        "1 cases, 1 not as expected\n",
    ] {
        assert!(said.contains(line), "{line} is not in:\n{said}");
    }
}

#[test]
fn every_shipped_policy_does_as_its_own_cases_expect() {
    let with_the_command = gerbang::rules::country::SHIPPED;
    for (id, _) in gerbang::rules::SHIPPED.into_iter().chain([with_the_command]) {
        let path = format!("src/rules/policies/{id}.cases.json");
        let output = gerbang(&["rules", "test", "--policy", id, &path], "");
        assert_eq!(status(&output), 0, "{}{}", text(&output.stdout), text(&output.stderr));
    }
}

#[test]
fn scripts_get_an_object_a_case() {
    let path = folder("rules_json").join("cases.json");
    fs::write(&path, r#"{"cases": [{"name": "none", "expect": {"status": "red"}}]}"#)
        .expect("written");
    let path = path.to_string_lossy().into_owned();
    let output = gerbang(&["rules", "test", "--policy", POLICY, "--json", &path], "");
    let said = &json_lines(&output)[0];
    assert_eq!((&said["ok"], &said["decision"]), (&json!(true), &json!("refuse")));
    assert!(said["steps"].as_array().is_some_and(|steps| steps.len() > 2));
}

#[test]
fn a_table_or_a_policy_that_is_none_is_told() {
    for (cases, arguments, code) in [
        (r#"{"cases": [{"name": "x", "expect": {}}]}"#, ["--policy", POLICY], "(CASES-EXPECT)"),
        (r#"{"cases": [{"name": "x", "expects": 1}]}"#, ["--policy", POLICY], "(CASES-JSON)"),
        (r#"{"cases": []}"#, ["--policy", "nosuch"], "(POLICY-UNKNOWN)"),
        (r#"{"cases": []}"#, ["--policy", "Cargo.toml"], "(POLICY-JSON)"),
    ] {
        let (status, said) = check("rules_none", cases, &arguments);
        assert_eq!(status, 2);
        assert!(said.contains(code), "{said}");
    }
}
