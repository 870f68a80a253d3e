//! One door: which way it leads, how many fit inside, and what that means for who comes next.
//!
//! Not here: other doors of the same venue: each keeps its own count.

use super::{GateReason, Visits};
use crate::audit_log::{self, Direction};
use crate::credential::CredentialId;
use crate::rules::{GateRules, Instead};
use std::fmt;

/// A door as it is set up, with who went through it.
#[derive(Clone, PartialEq, Eq)]
pub struct Door {
    pub direction: Direction,
    /// People at once; `None`: no limit.
    pub capacity: Option<u32>,
    /// Of this month: makes the pseudonyms by which a second use is told.
    pub venue_key: [u8; 32],
    pub visits: Visits,
}

impl Default for Door {
    /// A way in without a limit, through which nobody has gone.
    fn default() -> Self {
        Self {
            direction: Direction::Entry,
            capacity: None,
            venue_key: [0; 32],
            visits: Visits::default(),
        }
    }
}

/// The key is nobody's business.
impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Door({:?}, {} inside)", self.direction, self.visits.inside())
    }
}

impl Door {
    /// What stands against letting one more in, and what the policy wants done about it.
    pub fn objections(
        &self,
        ids: &[CredentialId],
        rules: &GateRules,
    ) -> Vec<(Instead, GateReason)> {
        if self.direction == Direction::Exit {
            return Vec::new();
        }
        let used = ids
            .iter()
            .filter_map(|id| self.visits.entered_at(&audit_log::pseudonym(&self.venue_key, &id.0)))
            .max();
        // Whoever is inside already takes no further place.
        if let Some(at_unix_ms) = used {
            return vec![(rules.again, GateReason::Used { at_unix_ms })];
        }
        let inside = self.visits.inside();
        let full = self.capacity.filter(|capacity| inside >= *capacity);
        full.map(|capacity| (rules.full, GateReason::Full { inside, capacity }))
            .into_iter()
            .collect()
    }
}
