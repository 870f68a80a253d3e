//! One door: which way it leads, how many fit inside, and what that means for who comes next.
//!
//! Where other doors of the venue are heard of, whoever is inside by one of them has been here too.
//! What is known of who is inside by all doors counts against the capacity for `INSIDE_HOLDS_MS`, then this door's own.

use super::visits::ATTENTION_MS;
use super::{Flag, GateReason, Others, Seen, Visits};
use crate::audit_log::{self, Direction};
use crate::credential::CredentialId;
use crate::rules::{GateRules, Instead};
use std::fmt;

/// So long the number by all doors is believed.
pub const INSIDE_HOLDS_MS: i64 = 600_000;

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
    /// People inside by all doors, and as of when.
    pub inside_by_all: Option<(u32, i64)>,
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
            inside_by_all: None,
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
        now_unix_ms: i64,
    ) -> Vec<(Instead, GateReason)> {
        let mut objections: Vec<_> = self.attention(ids, now_unix_ms).into_iter().collect();
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
        let full = self.capacity.and_then(|capacity| self.full(capacity, now_unix_ms));
        objections.extend(full.map(|reason| (rules.full, reason)));
        objections
    }

    fn full(&self, capacity: u32, now_unix_ms: i64) -> Option<GateReason> {
        let is_news = |(_, heard_unix_ms): &(u32, i64)| {
            (0..INSIDE_HOLDS_MS).contains(&(now_unix_ms - heard_unix_ms))
        };
        if let Some((inside, heard_unix_ms)) = self.inside_by_all.filter(is_news) {
            let reason = GateReason::FullByAllDoors { inside, capacity, heard_unix_ms };
            return (inside >= capacity).then_some(reason);
        }
        let inside = self.visits.inside();
        (inside >= capacity).then_some(GateReason::Full { inside, capacity })
    }

    /// Whom a supervisor asks to look at closer, whichever way she goes. The later word counts, of whichever gate.
    fn attention(&self, ids: &[CredentialId], now_unix_ms: i64) -> Option<(Instead, GateReason)> {
        let flags = ids.iter().filter_map(|id| {
            let who = audit_log::pseudonym(&self.venue_key, &id.0);
            let here = self.visits.attention_since(&who);
            let there = self.others.as_ref().and_then(|others| others.flag_of(&who));
            let there = there.filter(|flag| here.is_none_or(|here| here < flag.at_unix_ms));
            match (there, here) {
                (Some(Flag { at_unix_ms, raised, gate }), _) => {
                    let holds = raised && at_unix_ms > now_unix_ms.saturating_sub(ATTENTION_MS);
                    let since_unix_ms = at_unix_ms;
                    let reason = GateReason::AttentionElsewhere { since_unix_ms, gate };
                    holds.then_some((at_unix_ms, reason))
                }
                (None, Some(since_unix_ms)) => {
                    Some((since_unix_ms, GateReason::Attention { since_unix_ms }))
                }
                (None, None) => None,
            }
        });
        let (_, reason) = flags.min_by_key(|(since_unix_ms, _)| *since_unix_ms)?;
        Some((Instead::Refer, reason))
    }
}
