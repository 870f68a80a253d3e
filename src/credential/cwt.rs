//! Claims of a CBOR Web Token by their numbers.
//!
//! Source: RFC 8392 (2018-05) §2, §3.1.
//! Not here: the Gerbang pass's own stricter reading (`pass`).

use super::date;
use crate::envelope::cbor::Value;

pub const ISSUER: i64 = 1;
pub const EXPIRES: i64 = 4;
pub const NOT_BEFORE: i64 = 5;
pub const ISSUED: i64 = 6;
pub const ID: i64 = 7;

/// A time that is no number, not finite, or out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeError;

pub fn find(map: &[(Value, Value)], wanted: impl Into<Value>) -> Option<&Value> {
    let wanted = wanted.into();
    map.iter().find(|(key, _)| *key == wanted).map(|(_, value)| value)
}

/// NumericDate; some write its tag, which RFC 8392 §2 leaves out. Floats are cut to whole seconds.
pub fn time(cwt: &[(Value, Value)], key: i64) -> Result<Option<i64>, TimeError> {
    const EPOCH_TIME: u64 = 1;
    let unix_s = match find(cwt, key).map(|value| value.without_tag(EPOCH_TIME)) {
        None => return Ok(None),
        Some(Value::Integer(unix_s)) => i64::try_from(*unix_s).ok(),
        Some(Value::Float(unix_s)) => date::whole_unix_s(*unix_s),
        Some(_) => None,
    };
    match unix_s {
        Some(unix_s @ 0..=date::UNIX_S_MAX) => Ok(Some(unix_s)),
        _ => Err(TimeError),
    }
}

/// The claims of a payload, with the tag of RFC 8392 §6 or without.
pub fn claims(payload: &Value) -> Option<&[(Value, Value)]> {
    const CWT: u64 = 61;
    payload.without_tag(CWT).as_map().map(Vec::as_slice)
}

/// `None` where it is missing, no text, or longer than `bytes_max`.
pub fn text(map: &[(Value, Value)], key: impl Into<Value>, bytes_max: usize) -> Option<&str> {
    find(map, key)?.as_text().filter(|text| text.len() <= bytes_max)
}
