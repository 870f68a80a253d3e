//! JSON in its canonical form: the bytes that a seal's signature covers.
//!
//! Shape: `serde_json::Value` → text without spaces, members sorted by their UTF-16 code units,
//! strings with the shortest escapes, numbers as ECMAScript writes them.
//! Limits and errors: what `json::decode` let through; the output is at most six times as long as
//! the input. Numbers with a fraction of 16 digits and more may come out of `json::decode` one
//! step off, or be equally near to two shortest forms: the seal is then refused. No field of the
//! specification has any. Never panics.
//! Source: RFC 8785 (2020-06) §3.2; numbers: ECMA-262, Number::toString.
//! Not here: reading (`json`), which refuses members that are there twice.

use serde_json::{Map, Number, Value};
use std::fmt::Write;

pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    text
}

fn write_value(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => text.push_str(&number_text(number)),
        Value::String(string) => write_string(string, text),
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write_value(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => write_object(members, text),
    }
}

fn write_object(members: &Map<String, Value>, text: &mut String) {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    text.push('{');
    for (at, (name, value)) in sorted.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        write_string(name, text);
        text.push(':');
        write_value(value, text);
    }
    text.push('}');
}

/// §3.2.2.2.
fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            control @ '\0'..' ' => {
                write!(text, "\\u{:04x}", u32::from(control)).expect("a String takes all");
            }
            plain => text.push(plain),
        }
    }
    text.push('"');
}

/// §3.2.2.3: every number is a double.
fn number_text(number: &Number) -> String {
    /// Up to here whole numbers and doubles are the same.
    const EXACT_MAX: u64 = 1 << 53;
    match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) if whole.unsigned_abs() <= EXACT_MAX => whole.to_string(),
        (_, Some(double)) => double_text(double),
        (_, None) => "null".to_owned(),
    }
}

/// The shortest digits that give the same double, with a point up to 21 places and an exponent
/// beyond.
fn double_text(double: f64) -> String {
    if double == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{:e}", double.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let exponent: i32 = exponent.parse().expect("`{:e}` ends in a number");
    let sign = if double < 0.0 { "-" } else { "" };
    let count = i32::try_from(digits.len()).expect("a double has at most 17 digits");
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or_default());
    // The place of the point, counted from before the first digit.
    let point = exponent + 1;
    match point {
        22.. | ..=-6 => {
            let (first, rest) = digits.split_at(1);
            let rest = if rest.is_empty() { String::new() } else { format!(".{rest}") };
            let plus = if exponent > 0 { "+" } else { "" };
            format!("{sign}{first}{rest}e{plus}{exponent}")
        }
        _ if point <= 0 => format!("{sign}0.{}{digits}", zeros(-point)),
        _ if point >= count => format!("{sign}{digits}{}", zeros(point - count)),
        _ => {
            let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or_default());
            format!("{sign}{whole}.{fraction}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{canonical, double_text};
    use serde_json::Value;

    fn check(json: &str, expected: &str) {
        let value: Value = serde_json::from_str(json).expect("JSON");
        assert_eq!(canonical(&value), expected);
    }

    /// Of RFC 8785, Appendix B.
    #[test]
    fn numbers_are_written_as_ecmascript_writes_them() {
        for (bits, expected) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5557, "333333333.33333343"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        ] {
            assert_eq!(double_text(f64::from_bits(bits)), expected);
        }
        check("[1.0,18446744073709551615]", "[1,18446744073709552000]");
    }

    #[test]
    fn members_are_sorted_by_utf16() {
        check(
            r#"{ "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 }"#,
            "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}",
        );
        check(
            r#"{"b":[true,null,"\u000f\n\"/"],"a":{}}"#,
            "{\"a\":{},\"b\":[true,null,\"\\u000f\\n\\\"/\"]}",
        );
    }
}
