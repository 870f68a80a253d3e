//! One door: which way it leads, how many fit inside, and what that means for who comes next.
//!
//! Where other doors of the venue are heard of, whoever is inside by one of them has been here too.
//! Not here: other doors' capacity: each counts its own.

use super::{GateReason, Others, Seen, Visits};
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
    /// Other doors of the venue; `None`: nobody tells of them.
    pub others: Option<Others>,
}

impl Default for Door {
    /// A way in without a limit, through which nobody has gone.
    fn default() -> Self {
        Self {
            direction: Direction::Entry,
            capacity: None,
            venue_key: [0; 32],
            visits: Visits::default(),
            others: None,
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
    /// What stands against letting one more in, or out, and what the policy wants done about it.
    pub fn objections(
        &self,
        ids: &[CredentialId],
        rules: &GateRules,
    ) -> Vec<(Instead, GateReason)> {
        let mut objections = self.attention(ids);
        if self.direction == Direction::Exit {
            return objections;
        }
        let mut used = None;
        for id in ids {
            let who = audit_log::pseudonym(&self.venue_key, &id.0);
            let here = self.visits.entered_at(&who);
            let there = self.others.as_ref().and_then(|others| others.last_of(&who));
            // The later word counts.
            let there = there.filter(|seen| here.is_none_or(|here| here < seen.at_unix_ms));
            let reason = match (there, here) {
                (Some(Seen { at_unix_ms, direction, gate, heard_unix_ms }), _) => {
                    let reason = GateReason::UsedElsewhere { at_unix_ms, gate, heard_unix_ms };
                    (direction == Direction::Entry).then_some((at_unix_ms, reason))
                }
                (None, Some(at_unix_ms)) => Some((at_unix_ms, GateReason::Used { at_unix_ms })),
                (None, None) => None,
            };
            if let Some((at_unix_ms, reason)) = reason
                && used.as_ref().is_none_or(|(latest, _)| *latest < at_unix_ms)
            {
                used = Some((at_unix_ms, reason));
            }
        }
        // Whoever is inside already takes no further place.
        if let Some((_, reason)) = used {
            objections.push((rules.again, reason));
            return objections;
        }
        let inside = self.visits.inside();
        let full = self.capacity.filter(|capacity| inside >= *capacity);
        objections.extend(full.map(|capacity| (rules.full, GateReason::Full { inside, capacity })));
        objections
    }

    /// Whom a supervisor asks to look at closer, whichever way she goes.
    fn attention(&self, ids: &[CredentialId]) -> Vec<(Instead, GateReason)> {
        let since = ids.iter().filter_map(|id| {
            self.visits.attention_since(&audit_log::pseudonym(&self.venue_key, &id.0))
        });
        let since = since.min();
        since
            .map(|since_unix_ms| (Instead::Refer, GateReason::Attention { since_unix_ms }))
            .into_iter()
            .collect()
    }
}
