//! Outside suites, one JSON object a line, under the folder that `GERBANG_VECTORS` names.
//!
//! A test whose suite is not there says so and passes: the suites are others', and too large to be
//! kept here.

use serde_json::Value;
use std::path::PathBuf;

/// `None`, and a message, where the suite is not there.
#[expect(clippy::print_stderr, reason = "a suite that was skipped has to be seen")]
pub fn cases(suite: &str) -> Option<Vec<Value>> {
    let Some(folder) = std::env::var_os("GERBANG_VECTORS") else {
        eprintln!("skipped: GERBANG_VECTORS is not set, so there is no suite {suite}");
        return None;
    };
    let path = PathBuf::from(folder).join(suite).join("cases.jsonl");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("skipped: {}: {error}", path.display());
            return None;
        }
    };
    Some(text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect())
}

/// A file that a suite's cases share; only once `cases` has found the suite.
pub fn file(suite: &str, name: &str) -> Value {
    let folder = std::env::var_os("GERBANG_VECTORS").expect("the suite was found under it");
    let path = PathBuf::from(folder).join(suite).join(name);
    let text = std::fs::read_to_string(path).expect("it lies beside its cases");
    serde_json::from_str(&text).expect("JSON")
}

pub fn text<'a>(case: &'a Value, key: &str) -> Option<&'a str> {
    case.get(key).and_then(Value::as_str)
}
