//! CertLogic: the publishers' suites, and what they leave open.
//!
//! Besides, 120,000 random expressions gave what `certlogic-js` 1.2.2 gives, but for the differences
//! that `rules::certlogic` names.

use std::path::PathBuf;

use gerbang::rules::certlogic::{
    DEPTH_MAX, Flaw, ISSUES_MAX, LogicError, STEPS_MAX, evaluate, is_truthy, truth, validate,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn check(logic: Value, data: Value, expected: Value) {
    assert_eq!(evaluate(&logic, &data), Ok(expected), "{logic} on {data}");
}

fn check_error(logic: Value, data: Value, expected: LogicError) {
    assert_eq!(evaluate(&logic, &data), Err(expected), "{logic} on {data}");
}

/// A file of the vectors; `None`, said aloud, where no vectors are around.
#[allow(clippy::print_stderr)]
pub fn vectors(path: &str) -> Option<String> {
    let Some(root) = std::env::var_os("GERBANG_VECTORS") else {
        eprintln!("skipped: GERBANG_VECTORS is not set, so there is no {path}");
        return None;
    };
    let path = PathBuf::from(root).join(path);
    Some(std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}")))
}

pub fn lines(text: &str) -> impl Iterator<Item = Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of the suite is JSON"))
}

fn is_skipped(of: &Value) -> bool {
    of["directive"] == "skip"
}

#[test]
fn every_assertion_of_the_official_suite_holds() {
    let Some(text) = vectors("certlogic/cases.jsonl") else { return };
    let mut checked = 0;
    for case in lines(&text).filter(|case| case["kind"] == "evaluate" && !is_skipped(case)) {
        let assertions = case["assertions"].as_array().expect("a case holds assertions");
        for assertion in assertions.iter().filter(|assertion| !is_skipped(assertion)) {
            let logic = assertion.get("certLogicExpression").or(case.get("certLogicExpression"));
            let logic = logic.expect("an assertion or its case has an expression");
            let found = evaluate(logic, &assertion["data"]);
            assert_eq!(found.as_ref(), Ok(&assertion["expected"]), "{}: {assertion}", case["id"]);
            assert_eq!(validate(logic), [], "{}: {logic}", case["id"]);
            checked += 1;
        }
    }
    assert!(checked > 150, "only {checked} assertions: is the file whole?");
}

#[test]
fn validation_finds_the_official_issues_in_the_official_parts() {
    let Some(text) = vectors("certlogic/cases.jsonl") else { return };
    let mut checked = 0;
    for case in lines(&text).filter(|case| case["kind"] == "validate" && !is_skipped(case)) {
        let issues = case["issues"].as_array().expect("a case holds issues");
        let expected: Vec<&Value> = issues.iter().map(|issue| &issue["expr"]).collect();
        let issues = validate(&case["certLogicExpression"]);
        let found: Vec<&Value> = issues.iter().map(|issue| issue.expr).collect();
        assert_eq!(found, expected, "{}", case["id"]);
        checked += 1;
    }
    assert!(checked >= 20, "only {checked} cases: is the file whole?");
}

#[test]
fn truth_is_restricted_and_some_values_have_none() {
    for falsy in [json!(false), json!(null), json!(""), json!(0), json!([]), json!({})] {
        assert_eq!(truth(&falsy), Some(false), "{falsy}");
        assert!(!is_truthy(&falsy), "{falsy}");
    }
    for truthy in [json!(true), json!("0"), json!(-1), json!([0]), json!({"x": null}), json!(2.0)] {
        assert_eq!(truth(&truthy), Some(true), "{truthy}");
        assert!(is_truthy(&truthy), "{truthy}");
    }
    assert_eq!(truth(&json!(0.5)), None);
    assert!(!is_truthy(&json!(0.5)));
    for logic in [json!({"if": [{"var": ""}, 1, 2]}), json!({"!": [{"var": ""}]})] {
        check_error(logic, json!(0.5), LogicError::Truth);
    }
    check_error(json!({"!": [{"plusTime": ["2021", 0, "day"]}]}), json!({}), LogicError::Truth);
}

#[test]
fn a_last_operand_of_and_without_truth_is_an_error() {
    check_error(json!({"and": [true, {"var": ""}]}), json!(0.5), LogicError::Truth);
}

fn check_time(text: &str, expected: &str) {
    check(json!({"plusTime": [text, 0, "day"]}), json!({}), json!(expected));
}

#[test]
fn every_allowed_format_of_a_date_time_is_read() {
    check_time("2021", "2021-12-31T00:00:00.000Z");
    check_time("2020-02", "2020-02-29T00:00:00.000Z");
    check_time("1900-02", "1900-02-28T00:00:00.000Z");
    check_time("2000-02", "2000-02-29T00:00:00.000Z");
    check_time("2021-12", "2021-12-31T00:00:00.000Z");
    check_time("2021-05-04", "2021-05-04T00:00:00.000Z");
    check_time("0000-01-01", "0000-01-01T00:00:00.000Z");
    check_time("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z");
    for offset in ["+1", "+01", "+100", "+0100", "+1:00", "+01:00"] {
        check_time(&format!("2021-08-01T00:00:00{offset}"), "2021-07-31T23:00:00.000Z");
        check_time(&format!("2021-08-01T00:00:00.0019{offset}"), "2021-07-31T23:00:00.001Z");
    }
    for offset in ["-1:30", "-130", "-0130", "-01:30"] {
        check_time(&format!("2021-08-01T00:00:00{offset}"), "2021-08-01T01:30:00.000Z");
    }
    for offset in ["", "Z", "-00:00"] {
        check_time(&format!("2021-08-01T12:34:56.7{offset}"), "2021-08-01T12:34:56.700Z");
        check_time(&format!("2021-08-01T12:34:56.0123456789{offset}"), "2021-08-01T12:34:56.012Z");
    }
}

#[test]
fn what_is_no_date_time_is_refused() {
    let long = format!("2021-08-01T00:00:00.{}Z", "0".repeat(100));
    for text in [
        "",
        "1",
        "21",
        "20211",
        "2021-",
        "2021-1",
        "2021-13",
        "2021-00",
        "2021-02-30",
        "2021-02-29",
        "2021-1-1",
        "2021-01-00",
        "2021-01-01T",
        "2021-01-01T00:00",
        "2021-01-01 00:00:00",
        "2021-01-01T24:00:00Z",
        "2021-01-01T00:60:00Z",
        "2021-01-01T00:00:60Z",
        "2021-01-01T00:00:00.",
        "2021-01-01T00:00:00.Z",
        "2021-01-01T00:00:00z",
        "2021-01-01T00:00:00+",
        "2021-01-01T00:00:00+01:",
        "2021-01-01T00:00:00+01:6",
        "2021-01-01T00:00:00+01:60",
        "2021-01-01T00:00:00+24:00",
        "2021-01-01T00:00:00+00000",
        "2021-01-01T00:00:00ZZ",
        "2021-01-01Z",
        " 2021-01-01",
        "２０２１",
        "+021-01-01",
        "-021-01-01",
        long.as_str(),
    ] {
        check_error(json!({"plusTime": [text, 0, "day"]}), json!({}), LogicError::Date);
    }
    check_error(json!({"plusTime": [{"var": "x"}, 0, "day"]}), json!({}), LogicError::Text);
}

fn check_plus(text: &str, amount: i64, unit: &str, expected: &str) {
    let expected = format!("{expected}T00:00:00.000Z");
    check(json!({"plusTime": [text, amount, unit]}), json!({}), json!(expected));
}

#[test]
fn time_is_added_as_ecmascript_does() {
    check_plus("2021-06-23", 1, "day", "2021-06-24");
    check_plus("2021-06-23", -180, "day", "2020-12-25");
    check_plus("2021-06-23", -72, "hour", "2021-06-20");
    check_plus("2021-12-01", 1, "month", "2022-01-01");
    check_plus("2021-12-01", -12, "month", "2020-12-01");
    check_plus("2021-01-31", 1, "month", "2021-03-03");
    check_plus("2020-03-29", -1, "month", "2020-02-29");
    // The specification's table of leap days.
    check_plus("2020-02-29", 1, "day", "2020-03-01");
    check_plus("2020-02-29", 1, "month", "2020-03-29");
    check_plus("2020-02-29", 1, "year", "2021-03-01");
    check_plus("2020-02-29", -1, "year", "2019-03-01");
    check_plus("2020-02-29", 4, "year", "2024-02-29");
    check_plus("2021-03-01", -1, "year", "2020-03-01");
    check_plus("2004-02-28", -18, "year", "1986-02-28");
}

#[test]
fn a_date_of_birth_is_the_last_day_that_it_may_be() {
    for (text, expected) in [
        ("2004", "2004-12-31"),
        ("2004-02", "2004-02-29"),
        ("2003-02", "2003-02-28"),
        ("2004-12", "2004-12-31"),
        ("2021-05-04", "2021-05-04"),
    ] {
        let expected = format!("{expected}T00:00:00.000Z");
        check(json!({"dccDateOfBirth": [text]}), json!({}), json!(expected));
    }
    for text in ["", "2004-1", "2004-02-30", "2021-05-04T00:00:00Z"] {
        check_error(json!({"dccDateOfBirth": [text]}), json!({}), LogicError::Date);
    }
    check_error(json!({"dccDateOfBirth": [{"var": "x"}]}), json!({}), LogicError::Text);
}

#[test]
fn times_beyond_the_calendar_are_out_of_range() {
    for (amount, unit) in [
        (i64::MAX, "hour"),
        (i64::MIN, "day"),
        (i64::MAX, "month"),
        (i64::MIN, "year"),
        (100_000_001, "day"),
        (300_000, "year"),
    ] {
        let logic = json!({"plusTime": ["1970-01-01", amount, unit]});
        check_error(logic, json!({}), LogicError::Range);
    }
    check_plus("1970-01-01", 100_000_000, "day", "+275760-09-13");
    check_plus("1970-01-01", -100_000_000, "day", "-271821-04-20");
}

#[test]
fn only_made_times_are_compared_by_time() {
    let made = json!({"plusTime": ["2021-01-01", 0, "day"]});
    check(json!({"not-after": [made, made, made]}), json!({}), json!(true));
    check_error(json!({"after": [made, "2020-01-01"]}), json!({}), LogicError::Time);
    check_error(json!({">": [made, made]}), json!({}), LogicError::Integer);
    check_error(json!({"plusTime": [made, 0, "day"]}), json!({}), LogicError::Text);
}

#[test]
fn nothing_is_coerced() {
    check_error(json!({"+": ["1", 2]}), json!({}), LogicError::Integer);
    check_error(json!({"<": [1, {"var": "x"}]}), json!({}), LogicError::Integer);
    check_error(json!({"<": [1, {"var": ""}]}), json!(1.5), LogicError::Integer);
    check_error(json!({"in": ["a", "abc"]}), json!({}), LogicError::Array);
    check_error(json!({"reduce": ["abc", 1, 0]}), json!({}), LogicError::Array);
    check_error(json!({"extractFromUVCI": [1, 0]}), json!({}), LogicError::Text);
    check_error(json!({"+": [i64::MAX, 1]}), json!({}), LogicError::Overflow);
    check(json!({"+": [1, {"var": ""}]}), json!(2.0), json!(3));
    check(json!({"===": [0, false]}), json!({}), json!(false));
    check(json!({"===": [{"var": "x"}, {"var": "y"}]}), json!({}), json!(true));
}

#[test]
fn equality_is_by_value_at_any_depth() {
    let data = json!({"a": {"x": [1, {"y": 1.5}]}, "b": {"x": [1, {"y": 1.5}]}, "c": {"x": [1]}});
    check(json!({"===": [{"var": "a"}, {"var": "b"}]}), data.clone(), json!(true));
    check(json!({"===": [{"var": "a"}, {"var": "c"}]}), data.clone(), json!(false));
    check(json!({"===": [[1, 2], [1, 2]]}), data.clone(), json!(true));
    check(json!({"in": [{"var": "a"}, [1, {"var": "b"}]]}), data, json!(true));
}

#[test]
fn a_path_leads_to_null_where_there_is_nothing() {
    let data = json!({"0": "zero", "list": ["a", "b"], "text": "abc"});
    check(json!({"var": "0"}), data.clone(), json!("zero"));
    check(json!({"var": "list.1"}), data.clone(), json!("b"));
    for path in
        ["list.-1", "list.2", "list.+1", "list.", "list.99999999999999999999", "text.0", "."]
    {
        check(json!({"var": path}), data.clone(), json!(null));
    }
}

#[test]
fn the_lambda_of_reduce_sees_its_own_data_only() {
    let logic = json!({"reduce": [{"var": "list"}, {"var": ""}, 0]});
    let expected = json!({"accumulator": {"accumulator": 0, "current": 1}, "current": 2});
    check(logic, json!({"list": [1, 2]}), expected);
    let logic = json!({"reduce": [{"var": "list"}, {"var": "list"}, 0]});
    check(logic, json!({"list": [1, 2]}), json!(null));
}

#[test]
fn what_is_no_expression_has_its_own_error() {
    check_error(json!(null), json!({}), LogicError::Literal);
    check_error(json!([1.5]), json!({}), LogicError::Literal);
    check_error(json!({}), json!({}), LogicError::Keys);
    check_error(json!({"+": [1, 2], "-": [1, 2]}), json!({}), LogicError::Keys);
    check_error(json!({"or": [1, 2]}), json!({}), LogicError::Operator);
    check_error(json!({"!": true}), json!({}), LogicError::Operands);
    check_error(json!({"+": [1, 2, 3]}), json!({}), LogicError::Operands);
    check_error(json!({"if": [true, 1]}), json!({}), LogicError::Operands);
    check_error(json!({"and": [true]}), json!({}), LogicError::Operands);
    check_error(json!({"var": 0}), json!({}), LogicError::Path);
    check_error(json!({"plusTime": ["2021", 0, "week"]}), json!({}), LogicError::Unit);
    check_error(
        json!({"plusTime": ["2021", {"+": [0, 0]}, "day"]}),
        json!({}),
        LogicError::Integer,
    );
}

#[test]
fn validation_goes_into_every_operand_that_is_used() {
    let logic = json!({"if": [{"var": "a."}, {"plusTime": [null, "1", "week"]}, {"or": []}, null]});
    let flaws: Vec<Flaw> = validate(&logic).iter().map(|issue| issue.flaw).collect();
    let expected = [
        Flaw::Operands { found: 4, least: 3, most: Some(3) },
        Flaw::PathFormat,
        Flaw::Null,
        Flaw::Amount,
        Flaw::Unit,
        Flaw::Operator,
    ];
    assert_eq!(flaws, expected);
    assert_eq!(flaws.iter().map(|flaw| flaw.code()).next(), Some("CERTLOGIC-OPERANDS"));
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(true), |inner, _| json!({"!": [inner]}))
}

#[test]
fn depth_is_limited() {
    assert!(evaluate(&nested(DEPTH_MAX), &json!({})).is_ok());
    assert_eq!(validate(&nested(DEPTH_MAX)), []);
    check_error(nested(DEPTH_MAX + 1), json!({}), LogicError::Depth);
    let too_deep = nested(500);
    assert_eq!(validate(&too_deep).first().map(|issue| issue.flaw), Some(Flaw::Depth));
    let list = |lambda: Value| json!({"reduce": [{"var": ""}, lambda, 0]});
    check_error(list(json!([{"var": "accumulator"}])), json!(vec![0; 500]), LogicError::Depth);
    check_error(list(json!({"var": ""})), json!(vec![0; 500]), LogicError::Depth);
}

#[test]
fn steps_are_limited_where_a_rule_would_blow_up() {
    let twice = json!([{"var": "accumulator"}, {"var": "accumulator"}]);
    let doubling = json!({"reduce": [{"var": ""}, twice, 0]});
    check_error(doubling.clone(), json!(vec![0; 60]), LogicError::Steps);
    check_error(
        json!({"===": [doubling.clone(), doubling]}),
        json!(vec![0; 60]),
        LogicError::Steps,
    );
    let long = json!({"text": "x".repeat(1 << 20), "list": vec![0; 1000]});
    let copies =
        json!({"reduce": [{"var": "list"}, [{"var": "current"}, {"var": "accumulator"}], 0]});
    check_error(copies, long.clone(), LogicError::Depth);
    let text = json!({"var": "text"});
    check_error(json!(vec![text; 100]), long, LogicError::Steps);
    check_error(json!(vec![1; STEPS_MAX + 1]), json!({}), LogicError::Steps);
}

#[test]
fn issues_are_limited() {
    assert_eq!(validate(&json!(vec![Value::Null; 1000])).len(), ISSUES_MAX);
}

fn any_data() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[0-9]{4}(-[0-9]{1,2}){0,2}(T[0-9:.]{0,12}[Z+-]?[0-9:]{0,5})?".prop_map(Value::from),
        "[a-c0-2./:#]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-c0-2]{0,2}", inner, 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn any_logic() -> impl Strategy<Value = Value> {
    const OPERATORS: [&str; 20] = [
        "var",
        "if",
        "and",
        "!",
        "===",
        "in",
        "+",
        ">",
        "<",
        ">=",
        "<=",
        "after",
        "before",
        "not-before",
        "not-after",
        "plusTime",
        "dccDateOfBirth",
        "reduce",
        "extractFromUVCI",
        "or",
    ];
    let leaf = prop_oneof![
        any_data(),
        "[a-c0-2.]{0,4}".prop_map(|path| json!({"var": path})),
        Just(json!({"var": "accumulator"})),
        Just(json!({"var": "current"})),
        (any::<i64>(), prop::sample::select(vec!["year", "month", "day", "hour"]))
            .prop_map(|(amount, unit)| json!({"plusTime": [{"var": ""}, amount, unit]})),
    ];
    leaf.prop_recursive(5, 64, 4, |inner| {
        let operands = prop::collection::vec(inner, 0..4);
        (prop::sample::select(OPERATORS.to_vec()), operands)
            .prop_map(|(operator, operands)| json!({operator: operands}))
    })
}

/// Of what is wrong inside, the publishers say nothing then.
#[test]
fn an_operation_of_one_operand_with_several_is_one_issue() {
    for logic in [json!({"!": [null, 0.5]}), json!({"!": []}), json!({"dccDateOfBirth": [null, 1]})]
    {
        let found: Vec<Value> = validate(&logic).iter().map(|issue| issue.expr.clone()).collect();
        assert_eq!(found, [logic]);
    }
}

/// Any JSON at all, expression and data both.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 5, |inner| {
        let key = prop_oneof![
            ".{0,6}",
            prop::sample::select(vec![
                "var",
                "if",
                "and",
                "!",
                "===",
                "in",
                "+",
                "<",
                "after",
                "plusTime",
                "reduce",
                "dccDateOfBirth",
                "extractFromUVCI",
            ])
            .prop_map(str::to_owned),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..3)
                .prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_at_all_panics(logic in any_json(), data in any_json()) {
        let valid = validate(&logic).is_empty();
        let found = evaluate(&logic, &data);
        prop_assert!(valid || !matches!(logic, Value::Null) || found.is_err());
    }

    #[test]
    fn no_expression_over_any_data_panics(logic in any_logic(), data in any_data()) {
        let first = evaluate(&logic, &data);
        prop_assert_eq!(&first, &evaluate(&logic, &data));
        if let Err(error) = first {
            prop_assert!(error.code().starts_with("CERTLOGIC-"));
        }
        prop_assert!(validate(&logic).len() <= ISSUES_MAX);
    }

    /// What validation lets through fails only by its data, never by its form.
    #[test]
    fn a_valid_expression_fails_only_by_its_data(logic in any_logic(), data in any_data()) {
        if validate(&logic).is_empty() {
            let error = evaluate(&logic, &data).err();
            let of_form = [
                LogicError::Literal,
                LogicError::Keys,
                LogicError::Operator,
                LogicError::Operands,
                LogicError::Path,
                LogicError::Unit,
            ];
            prop_assert!(error.is_none_or(|error| !of_form.contains(&error)), "{:?}", error);
        }
    }

    #[test]
    fn a_written_time_reads_back_as_itself(unix_ms in -62_167_219_200_000_i64..253_402_300_800_000) {
        let time = gerbang::rules::certlogic::DateTime::from_unix_ms(unix_ms).expect("in range");
        let again = gerbang::rules::certlogic::DateTime::parse(&time.to_string());
        prop_assert_eq!(again, Ok(time));
    }
}
