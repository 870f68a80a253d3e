//! CertLogic: the expressions that the EU's business rules are written in.
//!
//! Shape: expression (JSON) × data (JSON) → value (JSON). One entry per operation:
//! `{"<operator>": [<operand>, ...]}`, except `{"var": "<path>"}`.
//! Limits and errors: at most `DEPTH_MAX` expressions inside each other and `STEPS_MAX` steps, where
//! reading, comparing and copying a value are paid by its size; never panics; `LogicError` has a
//! stable code and carries nothing of the data.
//! Source: CertLogic specification 1.3.2 (2022-05), with its test suites; where the text is silent,
//! the publishers' implementation in JavaScript, but for four things: texts have no items, lists and
//! objects are equal by value, a day that no calendar has is an error, and so is a fraction's truth.
//! Not here: JsonLogic's other operations, `null` and fractions as literals, and any coercion.

use std::fmt;

use serde_json::Value;

mod dates;
mod eval;
mod operator;
mod term;
mod validate;

pub use dates::DateTime;
pub use validate::{Flaw, ISSUES_MAX, Issue, validate};

/// Expressions, or parts of a compared value, inside each other. JSON itself is read to 128 levels.
pub const DEPTH_MAX: usize = 128;

/// What one evaluation may spend. National rules spend some hundreds.
pub const STEPS_MAX: usize = 100_000;

/// Why an expression has no value; whoever wrote the rule is at fault, or the data is of another
/// shape than the rule expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogicError {
    /// `null` or a number that is no integer, where an expression should be.
    Literal,
    /// An object with no key, or with several: not an operation.
    Keys,
    /// The operation is not one of CertLogic's.
    Operator,
    /// Operands are missing, too many, or not a list.
    Operands,
    /// The path of a `var` is no text.
    Path,
    /// A value that is neither truthy nor falsy decides an `if`, an `and` or a `!`.
    Truth,
    /// An integer is needed.
    Integer,
    /// A sum that does not fit into 64 bits.
    Overflow,
    /// An array is needed.
    Array,
    /// A text is needed.
    Text,
    /// Only date-times made by `plusTime` or `dccDateOfBirth` are compared by `after` and its like.
    Time,
    /// A time unit other than year, month, day and hour.
    Unit,
    /// A text that is no date or date-time in one of the allowed formats.
    Date,
    /// A date-time further than 100 million days from 1970.
    Range,
    /// Deeper than `DEPTH_MAX`.
    Depth,
    /// More than `STEPS_MAX` steps.
    Steps,
}

impl LogicError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Literal => "CERTLOGIC-LITERAL",
            Self::Keys => "CERTLOGIC-KEYS",
            Self::Operator => "CERTLOGIC-OPERATOR",
            Self::Operands => "CERTLOGIC-OPERANDS",
            Self::Path => "CERTLOGIC-PATH",
            Self::Truth => "CERTLOGIC-TRUTH",
            Self::Integer => "CERTLOGIC-INTEGER",
            Self::Overflow => "CERTLOGIC-OVERFLOW",
            Self::Array => "CERTLOGIC-ARRAY",
            Self::Text => "CERTLOGIC-TEXT",
            Self::Time => "CERTLOGIC-TIME",
            Self::Unit => "CERTLOGIC-UNIT",
            Self::Date => "CERTLOGIC-DATE",
            Self::Range => "CERTLOGIC-RANGE",
            Self::Depth => "CERTLOGIC-DEPTH",
            Self::Steps => "CERTLOGIC-STEPS",
        }
    }
}

impl fmt::Display for LogicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for LogicError {}

/// The value of `logic` over `data`. A date-time becomes its text in UTC with milliseconds.
pub fn evaluate(logic: &Value, data: &Value) -> Result<Value, LogicError> {
    eval::Run::new().whole(logic, data)
}

/// Whether a value counts as true; `None`: it is neither truthy nor falsy (a fraction).
pub fn truth(value: &Value) -> Option<bool> {
    term::Term::from(value).truth()
}

/// Whether a value counts as true.
pub fn is_truthy(value: &Value) -> bool {
    truth(value) == Some(true)
}
