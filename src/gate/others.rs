//! What other gates of the venue know of a visitor, where somebody can be asked.
//!
//! Shape: pseudonym → `Seen`, the last that any other gate said of it; → `Flag`, a supervisor's wish at another.
//! Not here: who is asked, and how that is known (`sync`, through the shell).

use crate::audit_log::Direction;
use std::fmt;
use std::rc::Rc;

/// Somebody through another gate's door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub at_unix_ms: i64,
    pub direction: Direction,
    pub gate: Rc<str>,
    /// As of when the other gates are known.
    pub heard_unix_ms: i64,
}

/// What a supervisor asked last at another gate: to look closer, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    pub at_unix_ms: i64,
    pub raised: bool,
    pub gate: Rc<str>,
}

/// Whom to ask.
#[derive(Clone)]
pub struct Others {
    last: Rc<Ask<Seen>>,
    flag: Rc<Ask<Flag>>,
}

type Ask<T> = dyn Fn(&[u8; 32]) -> Option<T>;

impl Others {
    pub fn new(
        last: impl Fn(&[u8; 32]) -> Option<Seen> + 'static,
        flag: impl Fn(&[u8; 32]) -> Option<Flag> + 'static,
    ) -> Self {
        Self { last: Rc::new(last), flag: Rc::new(flag) }
    }

    pub fn last_of(&self, pseudonym: &[u8; 32]) -> Option<Seen> {
        (self.last)(pseudonym)
    }

    pub fn flag_of(&self, pseudonym: &[u8; 32]) -> Option<Flag> {
        (self.flag)(pseudonym)
    }
}

impl fmt::Debug for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Others")
    }
}

impl PartialEq for Others {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.last, &other.last)
    }
}

impl Eq for Others {}
