//! Values while an expression is evaluated: borrowed from the data where they can be, so that a rule
//! costs no copy of a value set.

use std::rc::Rc;

use serde_json::{Map, Number, Value};

use super::dates::DateTime;
use super::{DEPTH_MAX, LogicError};

#[derive(Debug, Clone)]
pub enum Term<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    /// A number of the data that is no integer: it can be passed on and compared, no more.
    Fraction(&'a Number),
    Text(&'a str),
    Array(&'a [Value]),
    Object(&'a Map<String, Value>),
    Time(DateTime),
    /// An array that the expression made.
    List(Rc<List<'a>>),
    /// What the lambda of a `reduce` sees: an object of `accumulator` and `current`.
    Fold(Rc<Fold<'a>>),
}

#[derive(Debug)]
pub struct List<'a> {
    pub items: Vec<Term<'a>>,
    depth: usize,
}

#[derive(Debug)]
pub struct Fold<'a> {
    pub accumulator: Term<'a>,
    pub current: Term<'a>,
    depth: usize,
}

/// Up to here floating point counts integers one by one (ECMA-262 `Number.MAX_SAFE_INTEGER`).
const FLOAT_INTEGER_MAX: f64 = 9_007_199_254_740_991.0;

/// The integer that a JSON number is, `42.0` included.
pub fn integer(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let float = number.as_f64()?;
        let is_integer = float.fract() == 0.0 && float.abs() <= FLOAT_INTEGER_MAX;
        // Exact: the range was checked.
        #[allow(clippy::cast_possible_truncation)]
        is_integer.then_some(float as i64)
    })
}

impl<'a> From<&'a Value> for Term<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(bool) => Self::Bool(*bool),
            Value::Number(number) => integer(number).map_or(Self::Fraction(number), Self::Integer),
            Value::String(text) => Self::Text(text),
            Value::Array(items) => Self::Array(items),
            Value::Object(entries) => Self::Object(entries),
        }
    }
}

impl<'a> Term<'a> {
    pub fn list(items: Vec<Self>) -> Result<Self, LogicError> {
        let depth = one_deeper(items.iter())?;
        Ok(Self::List(Rc::new(List { items, depth })))
    }

    pub fn fold(accumulator: Self, current: Self) -> Result<Self, LogicError> {
        let depth = one_deeper([&accumulator, &current].into_iter())?;
        Ok(Self::Fold(Rc::new(Fold { accumulator, current, depth })))
    }

    /// How deep lists that the expression made are inside each other: they are dropped recursively.
    fn depth(&self) -> usize {
        match self {
            Self::List(list) => list.depth,
            Self::Fold(fold) => fold.depth,
            _ => 0,
        }
    }

    /// `None`: neither truthy nor falsy. Specification, "Truthy and falsy values".
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::Null => Some(false),
            Self::Bool(bool) => Some(*bool),
            Self::Integer(integer) => Some(*integer != 0),
            Self::Text(text) => Some(!text.is_empty()),
            Self::Array(items) => Some(!items.is_empty()),
            Self::List(list) => Some(!list.items.is_empty()),
            Self::Object(entries) => Some(!entries.is_empty()),
            Self::Fold(_) => Some(true),
            Self::Fraction(_) | Self::Time(_) => None,
        }
    }

    /// Number of items; `None`: no array.
    pub fn len(&self) -> Option<usize> {
        match self {
            Self::Array(items) => Some(items.len()),
            Self::List(list) => Some(list.items.len()),
            _ => None,
        }
    }

    /// Null beyond the end, and for what is no array.
    pub fn item(&self, index: usize) -> Self {
        match self {
            Self::Array(items) => items.get(index).map_or(Self::Null, Self::from),
            Self::List(list) => list.items.get(index).map_or(Self::Null, Self::clone),
            _ => Self::Null,
        }
    }

    /// What a fragment of a path leads to; null if it leads nowhere.
    pub fn child(&self, fragment: &str) -> Self {
        match self {
            Self::Object(entries) => entries.get(fragment).map_or(Self::Null, Self::from),
            Self::Fold(fold) => match fragment {
                "accumulator" => fold.accumulator.clone(),
                "current" => fold.current.clone(),
                _ => Self::Null,
            },
            Self::Array(_) | Self::List(_)
                if fragment.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                fragment.parse().map_or(Self::Null, |index| self.item(index))
            }
            _ => Self::Null,
        }
    }
}

fn one_deeper<'t, 'a: 't>(parts: impl Iterator<Item = &'t Term<'a>>) -> Result<usize, LogicError> {
    let depth = 1 + parts.map(Term::depth).max().unwrap_or(0);
    if depth > DEPTH_MAX { Err(LogicError::Depth) } else { Ok(depth) }
}
