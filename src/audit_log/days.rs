//! What a gate did on each day: counts, hour by hour, and what people decided themselves.
//!
//! Shape: one log's entries, ascending → `Day`s by gate and local date.
//! An answer counts for the decision that it answers; what was undone counts nowhere but as undone,
//! specimens nowhere.
//! Limits and errors: an answer or an undo reaches back at most `REACH` entries; `BY_HAND_MAX` lines of
//! what people decided are kept a day, the rest is counted.
//! Source: docs/log.md. Not here: whether the log is whole.

use super::{Answer, Direction, Entry, EntryBody, GateName, Outcome};
use std::collections::BTreeMap;

/// A busy gate's whole day is shorter.
pub const REACH: u64 = 20_000;
pub const BY_HAND_MAX: usize = 200;

/// One gate on one day, by its own clock.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayKey {
    pub venue: String,
    pub gate: String,
    /// From 1970-01-01.
    pub day: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Day {
    pub counts: Counts,
    /// Who was let through, each hour.
    pub hours: [u32; 24],
    pub by_hand: Vec<ByHand>,
    pub first_sequence: u64,
    pub last_sequence: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Let in, however: at once, after an answer, by hand or by a supervisor.
    pub came_in: u32,
    pub went_out: u32,
    /// Asked the officer to look closer; each was allowed, turned away or not answered.
    pub referred: u32,
    pub turned_away: u32,
    pub unanswered: u32,
    /// Refused and not overridden.
    pub refused: u32,
    /// Of those, with alarm.
    pub alerts: u32,
    pub overridden: u32,
    /// Without a code.
    pub without_code: u32,
    pub undone: u32,
}

/// Something that a person decided and the rules did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    pub at_unix_ms: i64,
    pub utc_offset_min: i16,
    pub what: ByHandKind,
    /// A code, may be empty.
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByHandKind {
    Override,
    WithoutCode(Answer),
    Undo,
}

/// Takes one log's entries, ascending.
#[derive(Debug, Clone, Default)]
pub struct Days {
    days: BTreeMap<DayKey, Day>,
    /// What may still be answered or undone, by sequence.
    open: BTreeMap<u64, Open>,
}

/// Where a decision was counted, and as what.
#[derive(Debug, Clone)]
struct Open {
    key: DayKey,
    direction: Direction,
    hour: usize,
    counted: Counted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    Passed,
    Asked,
    TurnedAway,
    Refused { alert: bool },
}

impl Days {
    pub fn push(&mut self, entry: &Entry) {
        let local_ms = entry.at_unix_ms + i64::from(entry.utc_offset_min) * 60_000;
        let GateName { venue, gate } = entry.gate.clone();
        let key = DayKey { venue, gate, day: local_ms.div_euclid(86_400_000) };
        let hour = usize::try_from(local_ms.rem_euclid(86_400_000) / 3_600_000).unwrap_or(0);
        let sequence = entry.sequence;
        let day = self
            .days
            .entry(key.clone())
            .or_insert_with(|| Day { first_sequence: sequence, ..Day::default() });
        day.last_sequence = sequence;
        let counted = match &entry.body {
            EntryBody::Decision { specimen: false, outcome, .. } => match outcome {
                Outcome::Admit => Counted::Passed,
                Outcome::Refer => Counted::Asked,
                Outcome::Refuse => Counted::Refused { alert: false },
                Outcome::RefuseAndAlert => Counted::Refused { alert: true },
                Outcome::Unreadable | Outcome::NotACredential => return,
            },
            EntryBody::Manual { answer, reason } => {
                day.counts.without_code += 1;
                day.keep(entry, ByHandKind::WithoutCode(*answer), reason);
                match answer {
                    Answer::Allowed => Counted::Passed,
                    Answer::TurnedAway => Counted::TurnedAway,
                    Answer::Unanswered => return,
                }
            }
            EntryBody::Resolution { of, answer, .. } => return self.answered(*of, *answer),
            EntryBody::Override { of, reason } => {
                day.keep(entry, ByHandKind::Override, reason);
                return self.overridden(*of);
            }
            EntryBody::Undo { of } => {
                day.counts.undone += 1;
                day.keep(entry, ByHandKind::Undo, "");
                return self.undone(*of);
            }
            _ => return,
        };
        let open = Open { key, direction: entry.direction, hour, counted };
        if counted == Counted::Asked {
            day.counts.referred += 1;
            day.counts.unanswered += 1;
        }
        day.count(&open, 1);
        self.open.insert(sequence, open);
        self.open = self.open.split_off(&sequence.saturating_sub(REACH));
    }

    pub fn finish(self) -> BTreeMap<DayKey, Day> {
        self.days
    }

    fn answered(&mut self, of: u64, answer: Answer) {
        let counted = match answer {
            Answer::Allowed => Counted::Passed,
            Answer::TurnedAway => Counted::TurnedAway,
            Answer::Unanswered => return,
        };
        self.recount(of, counted, |counts| counts.unanswered = counts.unanswered.saturating_sub(1));
    }

    fn overridden(&mut self, of: u64) {
        self.recount(of, Counted::Passed, |counts| counts.overridden += 1);
    }

    /// Takes a decision for another than it was at first.
    fn recount(&mut self, of: u64, counted: Counted, also: impl Fn(&mut Counts)) {
        let Some(open) = self.open.get_mut(&of) else { return };
        let Some(day) = self.days.get_mut(&open.key) else { return };
        if open.counted == Counted::Asked || matches!(open.counted, Counted::Refused { .. }) {
            also(&mut day.counts);
        }
        day.count(open, -1);
        open.counted = counted;
        day.count(open, 1);
    }

    fn undone(&mut self, of: u64) {
        let Some(open) = self.open.remove(&of) else { return };
        if let Some(day) = self.days.get_mut(&open.key) {
            day.count(&open, -1);
            if open.counted == Counted::Asked {
                day.counts.unanswered = day.counts.unanswered.saturating_sub(1);
            }
        }
    }
}

impl Day {
    fn count(&mut self, open: &Open, by: i32) {
        let add = |count: &mut u32| *count = count.saturating_add_signed(by);
        let counts = &mut self.counts;
        match open.counted {
            Counted::Passed => {
                match open.direction {
                    Direction::Entry => add(&mut counts.came_in),
                    Direction::Exit => add(&mut counts.went_out),
                }
                if let Some(hour) = self.hours.get_mut(open.hour) {
                    add(hour);
                }
            }
            Counted::Asked => {}
            Counted::TurnedAway => add(&mut counts.turned_away),
            Counted::Refused { alert } => {
                add(&mut counts.refused);
                if alert {
                    add(&mut counts.alerts);
                }
            }
        }
    }

    fn keep(&mut self, entry: &Entry, what: ByHandKind, reason: &str) {
        if self.by_hand.len() < BY_HAND_MAX {
            self.by_hand.push(ByHand {
                at_unix_ms: entry.at_unix_ms,
                utc_offset_min: entry.utc_offset_min,
                what,
                reason: reason.to_owned(),
            });
        }
    }
}
