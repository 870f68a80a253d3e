//! Evaluating an expression within a counted number of steps.

use serde_json::{Map, Value};

use super::dates::{DateTime, Unit};
use super::operator::{Operator, Order};
use super::term::{Term, integer};
use super::{DEPTH_MAX, LogicError, STEPS_MAX};

/// Bytes of text that are compared or copied for one step.
const TEXT_BYTES_PER_STEP: usize = 64;

/// One evaluation: what it may still spend.
pub struct Run {
    steps_left: usize,
}

type Outcome<'a> = Result<Term<'a>, LogicError>;

impl Run {
    pub fn new() -> Self {
        Self { steps_left: STEPS_MAX }
    }

    pub fn whole(mut self, logic: &Value, data: &Value) -> Result<Value, LogicError> {
        let term = self.expression(logic, &Term::from(data), 0)?;
        self.value_of(&term, 0)
    }

    fn spend(&mut self, steps: usize) -> Result<(), LogicError> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(LogicError::Steps)?;
        Ok(())
    }

    fn spend_at(&mut self, depth: usize) -> Result<(), LogicError> {
        if depth > DEPTH_MAX {
            return Err(LogicError::Depth);
        }
        self.spend(1)
    }

    fn spend_on_text(&mut self, text: &str) -> Result<(), LogicError> {
        self.spend(text.len() / TEXT_BYTES_PER_STEP)
    }

    fn expression<'a>(&mut self, logic: &'a Value, it: &Term<'a>, depth: usize) -> Outcome<'a> {
        self.spend_at(depth)?;
        match logic {
            Value::String(text) => Ok(Term::Text(text)),
            Value::Bool(bool) => Ok(Term::Bool(*bool)),
            Value::Number(number) => integer(number).map(Term::Integer).ok_or(LogicError::Literal),
            Value::Null => Err(LogicError::Literal),
            Value::Array(items) => Term::list(self.all(items, it, depth)?),
            Value::Object(entries) => self.operation(entries, it, depth),
        }
    }

    fn all<'a>(
        &mut self,
        expressions: &'a [Value],
        it: &Term<'a>,
        depth: usize,
    ) -> Result<Vec<Term<'a>>, LogicError> {
        expressions.iter().map(|logic| self.expression(logic, it, depth + 1)).collect()
    }

    fn operation<'a>(
        &mut self,
        entries: &'a Map<String, Value>,
        it: &Term<'a>,
        depth: usize,
    ) -> Outcome<'a> {
        let mut entries = entries.iter();
        let (Some((name, operands)), None) = (entries.next(), entries.next()) else {
            return Err(LogicError::Keys);
        };
        if name == "var" {
            return self.var(operands.as_str().ok_or(LogicError::Path)?, it);
        }
        let operands = operands.as_array().ok_or(LogicError::Operands)?;
        let operator = Operator::parse(name).ok_or(LogicError::Operator)?;
        let (least, most) = operator.operands();
        let is_too_many = most.is_some_and(|most| operands.len() > most);
        if operands.len() < least || (is_too_many && operator.refuses_more()) {
            return Err(LogicError::Operands);
        }
        match (operator, operands.as_slice()) {
            (Operator::If, [guard, then, otherwise, ..]) => {
                let is_met = self.truth(guard, it, depth)?;
                self.expression(if is_met { then } else { otherwise }, it, depth + 1)
            }
            (Operator::And, operands) => self.and(operands, it, depth),
            (Operator::Not, [operand, ..]) => Ok(Term::Bool(!self.truth(operand, it, depth)?)),
            (Operator::PlusTime, [date, amount, unit, ..]) => {
                self.plus_time(date, amount, unit, it, depth)
            }
            (Operator::DccDateOfBirth, [date, ..]) => match self.expression(date, it, depth + 1)? {
                Term::Text(text) => DateTime::parse_date_of_birth(text).map(Term::Time),
                _ => Err(LogicError::Text),
            },
            (Operator::Reduce, [array, lambda, initial, ..]) => {
                self.reduce(array, lambda, initial, it, depth)
            }
            (Operator::ExtractFromUvci, [uvci, index, ..]) => {
                let index = literal_integer(index)?;
                let uvci = self.expression(uvci, it, depth + 1)?;
                self.extract_from_uvci(&uvci, index)
            }
            (operator, operands) => {
                let values = self.all(operands, it, depth)?;
                self.infix(operator, &values, depth)
            }
        }
    }

    fn var<'a>(&mut self, path: &str, it: &Term<'a>) -> Outcome<'a> {
        let mut found = it.clone();
        if path.is_empty() {
            return Ok(found);
        }
        self.spend_on_text(path)?;
        for fragment in path.split('.') {
            self.spend(1)?;
            found = found.child(fragment);
        }
        Ok(found)
    }

    fn truth<'a>(
        &mut self,
        logic: &'a Value,
        it: &Term<'a>,
        depth: usize,
    ) -> Result<bool, LogicError> {
        self.expression(logic, it, depth + 1)?.truth().ok_or(LogicError::Truth)
    }

    /// The first falsy operand, else the last; those behind are not evaluated.
    fn and<'a>(&mut self, operands: &'a [Value], it: &Term<'a>, depth: usize) -> Outcome<'a> {
        let mut last = Term::Bool(true);
        for operand in operands {
            last = self.expression(operand, it, depth + 1)?;
            if !last.truth().ok_or(LogicError::Truth)? {
                break;
            }
        }
        Ok(last)
    }

    fn plus_time<'a>(
        &mut self,
        date: &'a Value,
        amount: &Value,
        unit: &Value,
        it: &Term<'a>,
        depth: usize,
    ) -> Outcome<'a> {
        let amount = literal_integer(amount)?;
        let unit = unit.as_str().and_then(Unit::parse).ok_or(LogicError::Unit)?;
        let Term::Text(text) = self.expression(date, it, depth + 1)? else {
            return Err(LogicError::Text);
        };
        DateTime::parse(text)?.plus(amount, unit).map(Term::Time)
    }

    fn reduce<'a>(
        &mut self,
        array: &'a Value,
        lambda: &'a Value,
        initial: &'a Value,
        it: &Term<'a>,
        depth: usize,
    ) -> Outcome<'a> {
        let array = self.expression(array, it, depth + 1)?;
        let mut accumulator = self.expression(initial, it, depth + 1)?;
        if matches!(array, Term::Null) {
            return Ok(accumulator);
        }
        for index in 0..array.len().ok_or(LogicError::Array)? {
            let fold = Term::fold(accumulator, array.item(index))?;
            accumulator = self.expression(lambda, &fold, depth + 1)?;
        }
        Ok(accumulator)
    }

    fn extract_from_uvci<'a>(&mut self, uvci: &Term<'a>, index: i64) -> Outcome<'a> {
        let text = match uvci {
            Term::Null => return Ok(Term::Null),
            Term::Text(text) => *text,
            _ => return Err(LogicError::Text),
        };
        self.spend_on_text(text)?;
        let fragments = text.strip_prefix("URN:UVCI:").unwrap_or(text);
        let fragment = usize::try_from(index)
            .ok()
            .and_then(|index| fragments.split(['/', '#', ':']).nth(index));
        Ok(fragment.map_or(Term::Null, Term::Text))
    }

    fn infix<'a>(&mut self, operator: Operator, values: &[Term<'a>], depth: usize) -> Outcome<'a> {
        let holds = match (operator, values) {
            (Operator::Equal, [left, right]) => self.are_equal(left, right, depth)?,
            (Operator::In, [member, array]) => self.is_in(member, array, depth)?,
            (Operator::Plus, [Term::Integer(left), Term::Integer(right)]) => {
                return left.checked_add(*right).map(Term::Integer).ok_or(LogicError::Overflow);
            }
            (Operator::Order(order), values) => is_ordered(order, values, |term| match term {
                Term::Integer(integer) => Ok(*integer),
                _ => Err(LogicError::Integer),
            })?,
            (Operator::TimeOrder(order), values) => is_ordered(order, values, |term| match term {
                Term::Time(time) => Ok(*time),
                _ => Err(LogicError::Time),
            })?,
            (Operator::Plus, _) => return Err(LogicError::Integer),
            _ => return Err(LogicError::Operands),
        };
        Ok(Term::Bool(holds))
    }

    fn is_in(&mut self, member: &Term, array: &Term, depth: usize) -> Result<bool, LogicError> {
        for index in 0..array.len().ok_or(LogicError::Array)? {
            if self.are_equal(member, &array.item(index), depth)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// By value, without coercion. The specification promises texts and integers only.
    fn are_equal(&mut self, left: &Term, right: &Term, depth: usize) -> Result<bool, LogicError> {
        self.spend_at(depth)?;
        match (left, right) {
            (Term::Null, Term::Null) => Ok(true),
            (Term::Bool(left), Term::Bool(right)) => Ok(left == right),
            (Term::Integer(left), Term::Integer(right)) => Ok(left == right),
            (Term::Fraction(left), Term::Fraction(right)) => Ok(left == right),
            (Term::Time(left), Term::Time(right)) => Ok(left == right),
            (Term::Text(left), Term::Text(right)) => {
                if left.len() != right.len() {
                    return Ok(false);
                }
                self.spend_on_text(left)?;
                Ok(left == right)
            }
            (Term::Object(left), Term::Object(right)) => {
                if left.len() != right.len() {
                    return Ok(false);
                }
                for ((left_key, left), (right_key, right)) in left.iter().zip(right.iter()) {
                    self.spend_on_text(left_key)?;
                    if left_key != right_key
                        || !self.are_equal(&left.into(), &right.into(), depth + 1)?
                    {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Term::Fold(left), Term::Fold(right)) => {
                Ok(self.are_equal(&left.accumulator, &right.accumulator, depth + 1)?
                    && self.are_equal(&left.current, &right.current, depth + 1)?)
            }
            (left, right) => match (left.len(), right.len()) {
                (Some(left_len), Some(right_len)) if left_len == right_len => {
                    for index in 0..left_len {
                        if !self.are_equal(&left.item(index), &right.item(index), depth + 1)? {
                            return Ok(false);
                        }
                    }
                    Ok(true)
                }
                _ => Ok(false),
            },
        }
    }

    fn value_of(&mut self, term: &Term, depth: usize) -> Result<Value, LogicError> {
        self.spend_at(depth)?;
        Ok(match term {
            Term::Null => Value::Null,
            Term::Bool(bool) => Value::from(*bool),
            Term::Integer(integer) => Value::from(*integer),
            Term::Fraction(number) => Value::Number((*number).clone()),
            Term::Time(time) => Value::from(time.to_string()),
            Term::Text(text) => {
                self.spend_on_text(text)?;
                Value::from(*text)
            }
            Term::Array(items) => {
                let items = items.iter().map(|item| self.value_of(&item.into(), depth + 1));
                items.collect::<Result<Value, _>>()?
            }
            Term::List(list) => {
                let items = list.items.iter().map(|item| self.value_of(item, depth + 1));
                items.collect::<Result<Value, _>>()?
            }
            Term::Object(entries) => {
                let mut object = Map::new();
                for (key, value) in *entries {
                    self.spend_on_text(key)?;
                    object.insert(key.clone(), self.value_of(&value.into(), depth + 1)?);
                }
                Value::Object(object)
            }
            Term::Fold(fold) => {
                let mut object = Map::new();
                for (key, part) in [("accumulator", &fold.accumulator), ("current", &fold.current)]
                {
                    object.insert(key.to_owned(), self.value_of(part, depth + 1)?);
                }
                Value::Object(object)
            }
        })
    }
}

/// Amounts and indices are not evaluated.
fn literal_integer(logic: &Value) -> Result<i64, LogicError> {
    logic.as_number().and_then(integer).ok_or(LogicError::Integer)
}

/// Each value stands in the order to the next.
fn is_ordered<'a, T: Ord>(
    order: Order,
    values: &[Term<'a>],
    read: impl Fn(&Term<'a>) -> Result<T, LogicError>,
) -> Result<bool, LogicError> {
    let values = values.iter().map(read).collect::<Result<Vec<T>, _>>()?;
    Ok(values.windows(2).all(|pair| match pair {
        [left, right] => order.holds(left, right),
        _ => true,
    }))
}
