//! Finding what is wrong with an expression before it is ever evaluated.

use std::fmt;

use serde_json::{Map, Value};

use super::dates::Unit;
use super::operator::Operator;
use super::term::integer;
use super::{DEPTH_MAX, LogicError};

/// Nobody reads more.
pub const ISSUES_MAX: usize = 100;

/// A part of an expression that is not CertLogic.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue<'a> {
    pub expr: &'a Value,
    pub flaw: Flaw,
}

/// What is wrong with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    Null,
    Fraction,
    /// An object with this many keys instead of one.
    Keys(usize),
    /// The operands are not an array.
    NotOperation,
    Operator,
    /// This many operands, where there should be at least and, if limited, at most so many.
    Operands {
        found: usize,
        least: usize,
        most: Option<usize>,
    },
    /// The operand of `var` is no text.
    PathType,
    /// A path with an empty fragment.
    PathFormat,
    /// The amount of a `plusTime` is no integer.
    Amount,
    Unit,
    /// The index of an `extractFromUVCI` is no integer.
    Index,
    Depth,
}

impl Flaw {
    /// The code of the error that evaluating such a part ends in.
    pub fn code(self) -> &'static str {
        match self {
            Self::Null | Self::Fraction => LogicError::Literal,
            Self::Keys(_) => LogicError::Keys,
            Self::NotOperation | Self::Operands { .. } => LogicError::Operands,
            Self::Operator => LogicError::Operator,
            Self::PathType | Self::PathFormat => LogicError::Path,
            Self::Amount | Self::Index => LogicError::Integer,
            Self::Unit => LogicError::Unit,
            Self::Depth => LogicError::Depth,
        }
        .code()
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null is no expression"),
            Self::Fraction => f.write_str("numbers must be integers"),
            Self::Keys(found) => write!(f, "an operation has exactly one key, not {found}"),
            Self::NotOperation => f.write_str("operands must stand in an array"),
            Self::Operator => f.write_str("unknown operator"),
            Self::Operands { found, least, most: None } => {
                write!(f, "{found} operands, but at least {least} are needed")
            }
            Self::Operands { found, least, most: Some(most) } if least == most => {
                write!(f, "{found} operands, but exactly {least} are needed")
            }
            Self::Operands { found, least, most: Some(most) } => {
                write!(f, "{found} operands, but {least} to {most} are needed")
            }
            Self::PathType => f.write_str("the operand of var must be a path, as text"),
            Self::PathFormat => f.write_str("the path has an empty part"),
            Self::Amount => f.write_str("the amount of plusTime must be an integer"),
            Self::Unit => f.write_str("the unit of plusTime must be year, month, day or hour"),
            Self::Index => f.write_str("the index of extractFromUVCI must be an integer"),
            Self::Depth => write!(f, "more than {DEPTH_MAX} expressions inside each other"),
        }
    }
}

/// What is wrong with `logic`, outermost first, at most `ISSUES_MAX`; empty: it is valid CertLogic.
pub fn validate(logic: &Value) -> Vec<Issue<'_>> {
    let mut found = Found(Vec::new());
    found.expression(logic, 0);
    found.0
}

struct Found<'a>(Vec<Issue<'a>>);

impl<'a> Found<'a> {
    fn add(&mut self, expr: &'a Value, flaw: Flaw) {
        if self.0.len() < ISSUES_MAX {
            self.0.push(Issue { expr, flaw });
        }
    }

    fn expression(&mut self, logic: &'a Value, depth: usize) {
        if depth > DEPTH_MAX {
            return self.add(logic, Flaw::Depth);
        }
        match logic {
            Value::Null => self.add(logic, Flaw::Null),
            Value::Number(number) if integer(number).is_none() => self.add(logic, Flaw::Fraction),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            Value::Array(items) => self.all(items, depth),
            Value::Object(entries) => self.operation(logic, entries, depth),
        }
    }

    fn all(&mut self, expressions: &'a [Value], depth: usize) {
        for logic in expressions {
            self.expression(logic, depth + 1);
        }
    }

    fn operation(&mut self, expr: &'a Value, entries: &'a Map<String, Value>, depth: usize) {
        let mut pairs = entries.iter();
        let (Some((name, operands)), None) = (pairs.next(), pairs.next()) else {
            return self.add(expr, Flaw::Keys(entries.len()));
        };
        if name == "var" {
            return self.var(expr, operands);
        }
        let Value::Array(operands) = operands else {
            return self.add(expr, Flaw::NotOperation);
        };
        let Some(operator) = Operator::parse(name) else {
            return self.add(expr, Flaw::Operator);
        };
        let (least, most) = operator.operands();
        if operands.len() < least || most.is_some_and(|most| operands.len() > most) {
            self.add(expr, Flaw::Operands { found: operands.len(), least, most });
            // As the publishers do: of one operand too many nobody knows which was meant.
            if most == Some(1) {
                return;
            }
        }
        self.operands(expr, operator, operands, depth);
    }

    /// Those that the operation uses; what is too much was said already.
    fn operands(
        &mut self,
        expr: &'a Value,
        operator: Operator,
        operands: &'a [Value],
        depth: usize,
    ) {
        let used = operator.operands().1.unwrap_or(operands.len()).min(operands.len());
        let Some(operands) = operands.get(..used) else { return };
        match (operator, operands) {
            (Operator::PlusTime, [date, literals @ ..]) => {
                self.expression(date, depth + 1);
                if literals.first().is_some_and(|amount| !is_integer(amount)) {
                    self.add(expr, Flaw::Amount);
                }
                let is_unit = |unit: &Value| unit.as_str().and_then(Unit::parse).is_some();
                if literals.get(1).is_some_and(|unit| !is_unit(unit)) {
                    self.add(expr, Flaw::Unit);
                }
            }
            (Operator::ExtractFromUvci, [uvci, literals @ ..]) => {
                self.expression(uvci, depth + 1);
                if literals.first().is_some_and(|index| !is_integer(index)) {
                    self.add(expr, Flaw::Index);
                }
            }
            (_, operands) => self.all(operands, depth),
        }
    }

    fn var(&mut self, expr: &'a Value, path: &Value) {
        match path.as_str() {
            None => self.add(expr, Flaw::PathType),
            Some("") => {}
            Some(path) if path.split('.').any(str::is_empty) => self.add(expr, Flaw::PathFormat),
            Some(_) => {}
        }
    }
}

fn is_integer(logic: &Value) -> bool {
    logic.as_number().and_then(integer).is_some()
}
