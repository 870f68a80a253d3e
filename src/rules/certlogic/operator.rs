//! The operations of CertLogic but `var`, and how many operands each takes.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    If,
    And,
    Not,
    Equal,
    In,
    Plus,
    /// `>`, `<`, `>=`, `<=`: of integers.
    Order(Order),
    /// `after`, `before`, `not-before`, `not-after`: of date-times.
    TimeOrder(Order),
    PlusTime,
    DccDateOfBirth,
    Reduce,
    ExtractFromUvci,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Greater,
    Less,
    AtLeast,
    AtMost,
}

impl Operator {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "if" => Self::If,
            "and" => Self::And,
            "!" => Self::Not,
            "===" => Self::Equal,
            "in" => Self::In,
            "+" => Self::Plus,
            ">" => Self::Order(Order::Greater),
            "<" => Self::Order(Order::Less),
            ">=" => Self::Order(Order::AtLeast),
            "<=" => Self::Order(Order::AtMost),
            "after" => Self::TimeOrder(Order::Greater),
            "before" => Self::TimeOrder(Order::Less),
            "not-before" => Self::TimeOrder(Order::AtLeast),
            "not-after" => Self::TimeOrder(Order::AtMost),
            "plusTime" => Self::PlusTime,
            "dccDateOfBirth" => Self::DccDateOfBirth,
            "reduce" => Self::Reduce,
            "extractFromUVCI" => Self::ExtractFromUvci,
            _ => return None,
        })
    }

    /// Least and greatest number of operands; `None`: as many as you like.
    pub fn operands(self) -> (usize, Option<usize>) {
        match self {
            Self::Not | Self::DccDateOfBirth => (1, Some(1)),
            Self::Equal | Self::In | Self::Plus | Self::ExtractFromUvci => (2, Some(2)),
            Self::Order(_) | Self::TimeOrder(_) => (2, Some(3)),
            Self::If | Self::PlusTime | Self::Reduce => (3, Some(3)),
            Self::And => (2, None),
        }
    }

    /// Whether the publishers' implementation refuses to evaluate with more operands than are used;
    /// the others ignore them.
    pub fn refuses_more(self) -> bool {
        matches!(self, Self::Equal | Self::In | Self::Plus | Self::Order(_) | Self::TimeOrder(_))
    }
}

impl Order {
    pub fn holds<T: Ord>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Greater => left > right,
            Self::Less => left < right,
            Self::AtLeast => left >= right,
            Self::AtMost => left <= right,
        }
    }
}
