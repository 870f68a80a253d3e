//! What other gates of the venue know of a visitor, where somebody can be asked.
//!
//! Shape: pseudonym → `Seen`, the last that any other gate said of it.
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

/// Whom to ask.
#[derive(Clone)]
pub struct Others(Rc<Ask>);

type Ask = dyn Fn(&[u8; 32]) -> Option<Seen>;

impl Others {
    pub fn new(ask: impl Fn(&[u8; 32]) -> Option<Seen> + 'static) -> Self {
        Self(Rc::new(ask))
    }

    pub fn last_of(&self, pseudonym: &[u8; 32]) -> Option<Seen> {
        (self.0)(pseudonym)
    }
}

impl fmt::Debug for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Others")
    }
}

impl PartialEq for Others {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Others {}
