//! What the gate keeps of its day in memory: counts and what came last, never the list.
//!
//! Shape: the entries of one gate, oldest first → `Today`; at midnight the counts begin anew.
//! Limits and errors: only the last scan can be undone.
//! Not here: who is inside (gate), the list itself (the store has it, the desk shows it).

use super::timing;
use crate::audit_log::{Answer, Entry, EntryBody, Outcome, ShiftTurn};

const MINUTE_MS: i64 = 60_000;

#[derive(Debug, Default)]
pub struct Today {
    pub tally: Tally,
    /// The last entry about a visitor.
    pub latest: Option<Entry>,
    pub(super) turn: Option<ShiftTurn>,
    /// When somebody was last judged by the policy.
    pub(super) decided_unix_ms: Option<i64>,
    /// The last scan or manual entry, until it is taken back.
    undoable: Option<Undoable>,
    /// Local, since 1970.
    day: i64,
}

#[derive(Debug)]
struct Undoable {
    sequence: u64,
    at_unix_ms: i64,
    /// The counts before it.
    before: Tally,
}

/// A day's counts; a Refer counts as what the officer answered, an overridden refusal as an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub admitted: usize,
    pub referred: usize,
    pub refused: usize,
}

impl Today {
    /// The next entry of the same gate.
    pub(super) fn add(&mut self, entry: &Entry) {
        self.turn_to(entry.at_unix_ms, entry.utc_offset_min);
        match &entry.body {
            EntryBody::Decision { .. } => {
                self.decided_unix_ms = Some(entry.at_unix_ms);
                self.can_undo(entry);
            }
            EntryBody::Manual { .. } => self.can_undo(entry),
            EntryBody::Resolution { .. } | EntryBody::Override { .. } => {}
            EntryBody::Undo { of } => {
                if let Some(undone) = self.undoable.take_if(|last| last.sequence == *of) {
                    self.tally = undone.before;
                }
                return;
            }
            EntryBody::Shift(turn) => {
                self.turn = Some(*turn);
                return;
            }
            _ => return,
        }
        self.tally.count(&entry.body);
        self.latest = Some(entry.clone());
    }

    /// At midnight the counts begin anew; answers whether that was now.
    pub(super) fn turn_to(&mut self, at_unix_ms: i64, utc_offset_min: i16) -> bool {
        let local_ms = at_unix_ms.saturating_add(i64::from(utc_offset_min) * MINUTE_MS);
        let day = local_ms.div_euclid(24 * timing::HOUR_MS);
        let turns = day != self.day;
        if turns {
            let (turn, decided_unix_ms) = (self.turn, self.decided_unix_ms);
            *self = Self { day, turn, decided_unix_ms, ..Self::default() };
        }
        turns
    }

    pub(super) fn undoable(&self, now_unix_ms: i64) -> Option<u64> {
        let last = self.undoable.as_ref()?;
        (0..timing::UNDO_MS).contains(&(now_unix_ms - last.at_unix_ms)).then_some(last.sequence)
    }

    fn can_undo(&mut self, entry: &Entry) {
        let (sequence, at_unix_ms, before) = (entry.sequence, entry.at_unix_ms, self.tally);
        self.undoable = Some(Undoable { sequence, at_unix_ms, before });
    }
}

impl Tally {
    fn count(&mut self, body: &EntryBody) {
        match body {
            EntryBody::Decision { specimen: true, .. } => {}
            EntryBody::Decision { outcome, .. } => match outcome {
                Outcome::Admit => self.admitted += 1,
                Outcome::Refer => self.referred += 1,
                Outcome::Refuse | Outcome::RefuseAndAlert => self.refused += 1,
                Outcome::Unreadable | Outcome::NotACredential => {}
            },
            EntryBody::Resolution { answer, .. } | EntryBody::Manual { answer, .. } => match answer
            {
                Answer::Allowed => self.admitted += 1,
                Answer::TurnedAway => self.refused += 1,
                Answer::Unanswered => {}
            },
            EntryBody::Override { .. } => {
                self.refused = self.refused.saturating_sub(1);
                self.admitted += 1;
            }
            _ => {}
        }
    }
}
