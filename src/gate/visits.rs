//! Who is inside, as far as the entries of one gate say.
//!
//! Shape: entries, oldest first → `Visits`: pseudonyms with the time they entered, and a count of
//! those who have none. A Refer counts as it was answered, an overridden refusal as an entry; what
//! is undone never happened, a specimen counts nowhere. And whom a supervisor asks to look at closer.
//! Limits and errors: whoever has not left after a time is taken to have forgotten to show it; only
//! the last scan can be undone; a supervisor's wish holds for `ATTENTION_MS`.
//! Not here: who that is; a pseudonym tells nobody.

use crate::audit_log::{Answer, Direction, Entry, EntryBody, Outcome};
use std::collections::VecDeque;

type Pseudonym = [u8; 32];

/// A day: as long as the phone surely looks back when it starts.
pub const ATTENTION_MS: i64 = 86_400_000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visits {
    /// By pseudonym, and when it entered. A map would weigh more than it saves.
    entered: Vec<(Pseudonym, Way)>,
    /// When visitors without a pseudonym entered, oldest first.
    unnamed_unix_ms: VecDeque<i64>,
    /// Who left here and was not seen entering here.
    strangers: usize,
    /// Whom to look at closer, and since when.
    attention: Vec<(Pseudonym, i64)>,
    /// The last scan or manual entry: an answer or an undo may follow.
    last: Option<Last>,
}

/// A way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Way {
    at_unix_ms: i64,
    /// Its entry holds who it was, sealed.
    sealed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Last {
    sequence: u64,
    who: Option<Pseudonym>,
    sealed: bool,
    done: Moved,
}

/// What has to be done to take it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    Nothing,
    Entered,
    /// Was inside already, since then.
    EnteredAgain(Way),
    EnteredUnnamed,
    Left(Way),
    LeftUnnamed(i64),
    LeftStranger,
}

impl Visits {
    /// The next entry of the same gate.
    pub fn add(&mut self, entry: &Entry) {
        let (moves, of) = match &entry.body {
            EntryBody::Decision { specimen, outcome, .. } => {
                let who = pseudonym_of(entry);
                let sealed = entry.sealed.as_ref().is_some_and(|part| part.erasable.is_some());
                let (sequence, done) = (entry.sequence, Moved::Nothing);
                self.last = Some(Last { sequence, who, sealed, done });
                (!specimen && *outcome == Outcome::Admit, entry.sequence)
            }
            EntryBody::Manual { answer, .. } => {
                let done = Moved::Nothing;
                let sequence = entry.sequence;
                self.last = Some(Last { sequence, who: None, sealed: false, done });
                (*answer == Answer::Allowed, entry.sequence)
            }
            EntryBody::Resolution { of, answer, .. } => (*answer == Answer::Allowed, *of),
            EntryBody::Override { of, .. } => (true, *of),
            EntryBody::Undo { of } => return self.take_back(*of),
            EntryBody::Attention { raised, .. } => return self.look_at(entry, *raised),
            _ => return,
        };
        let last = self.last.filter(|last| last.sequence == of && last.done == Moved::Nothing);
        if moves {
            let done = match entry.direction {
                Direction::Entry => {
                    let sealed = last.is_some_and(|last| last.sealed);
                    let way = Way { at_unix_ms: entry.at_unix_ms, sealed };
                    self.enter(last.and_then(|last| last.who), way)
                }
                Direction::Exit => self.leave(last.and_then(|last| last.who)),
            };
            if let Some(last) = last {
                self.last = Some(Last { done, ..last });
            }
        }
    }

    fn look_at(&mut self, entry: &Entry, raised: bool) {
        let Some(who) = pseudonym_of(entry) else { return };
        self.attention.retain(|(other, _)| *other != who);
        if raised {
            self.attention.push((who, entry.at_unix_ms));
        }
    }

    fn take_back(&mut self, of: u64) {
        let Some(Last { who, done, .. }) = self.last.take_if(|last| last.sequence == of) else {
            return;
        };
        match (done, who) {
            (Moved::Entered, Some(who)) => {
                if let Ok(at) = self.find(&who) {
                    self.entered.remove(at);
                }
            }
            (Moved::EnteredAgain(before) | Moved::Left(before), Some(who)) => {
                self.enter(Some(who), before);
            }
            (Moved::EnteredUnnamed, _) => {
                self.unnamed_unix_ms.pop_back();
            }
            (Moved::LeftUnnamed(before), _) => self.unnamed_unix_ms.push_front(before),
            (Moved::LeftStranger, _) => self.strangers = self.strangers.saturating_sub(1),
            _ => {}
        }
    }

    /// Whoever entered longer ago than `stay_ms` has left unseen.
    pub fn close(&mut self, now_unix_ms: i64, stay_ms: i64) {
        let before = now_unix_ms.saturating_sub(stay_ms);
        let counted = self.entered.len();
        self.entered.retain(|(_, way)| way.at_unix_ms > before);
        while self.unnamed_unix_ms.front().is_some_and(|entered| *entered <= before) {
            self.unnamed_unix_ms.pop_front();
        }
        // Each stranger who left was one of those who now count as gone.
        let closed = counted - self.entered.len();
        self.strangers = self.strangers.saturating_sub(closed);
        self.attention.retain(|(_, since)| *since > now_unix_ms.saturating_sub(ATTENTION_MS));
    }

    /// Since when a supervisor asks to look closer at her.
    pub fn attention_since(&self, who: &Pseudonym) -> Option<i64> {
        self.attention.iter().find(|(other, _)| other == who).map(|(_, since)| *since)
    }

    pub fn entered_at(&self, who: &Pseudonym) -> Option<i64> {
        let at = self.find(who).ok()?;
        self.entered.get(at).map(|(_, way)| way.at_unix_ms)
    }

    /// Whether the entry by which she came in holds who she is: then the way out need not.
    pub fn entered_sealed(&self, who: &Pseudonym) -> bool {
        let at = self.find(who).ok();
        at.and_then(|at| self.entered.get(at)).is_some_and(|(_, way)| way.sealed)
    }

    pub fn inside(&self) -> u32 {
        let entered = self.entered.len() + self.unnamed_unix_ms.len();
        u32::try_from(entered.saturating_sub(self.strangers)).unwrap_or(u32::MAX)
    }

    /// Where it is, or where it would be.
    fn find(&self, who: &Pseudonym) -> Result<usize, usize> {
        self.entered.binary_search_by(|(other, _)| other.cmp(who))
    }

    fn enter(&mut self, who: Option<Pseudonym>, way: Way) -> Moved {
        let Some(who) = who else {
            self.unnamed_unix_ms.push_back(way.at_unix_ms);
            return Moved::EnteredUnnamed;
        };
        match self.find(&who) {
            Ok(at) => match self.entered.get_mut(at) {
                Some((_, entered)) => Moved::EnteredAgain(std::mem::replace(entered, way)),
                None => Moved::Nothing,
            },
            Err(at) => {
                self.entered.insert(at, (who, way));
                Moved::Entered
            }
        }
    }

    fn leave(&mut self, who: Option<Pseudonym>) -> Moved {
        if let Some(at) = who.and_then(|who| self.find(&who).ok()) {
            return Moved::Left(self.entered.remove(at).1);
        }
        // By another code than at the entry, or through another door then.
        if let Some(entered) = self.unnamed_unix_ms.pop_front() {
            return Moved::LeftUnnamed(entered);
        }
        if self.inside() == 0 {
            return Moved::Nothing;
        }
        self.strangers += 1;
        Moved::LeftStranger
    }
}

fn pseudonym_of(entry: &Entry) -> Option<Pseudonym> {
    let erasable = entry.pseudonym.as_ref()?.erasable.as_ref()?;
    erasable.bytes.as_slice().try_into().ok()
}
