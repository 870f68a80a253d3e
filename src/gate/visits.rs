//! Who is inside, as far as the entries of one gate say.
//!
//! Shape: entries, oldest first → `Visits`: pseudonyms with the time they entered, and a count of
//! those who have none. A Refer counts as it was answered, an overridden refusal as an entry; an
//! undone entry never happened, a specimen counts nowhere.
//! Limits and errors: whoever has not left after a time is taken to have forgotten to show it.
//! Not here: who that is; a pseudonym tells nobody.

use crate::audit_log::{Answer, Direction, Entry, EntryBody, GateName, Outcome};
use std::collections::VecDeque;

type Pseudonym = [u8; 32];

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visits {
    /// By pseudonym, and when it entered. A map would weigh more than it saves.
    entered: Vec<(Pseudonym, i64)>,
    /// When visitors without a pseudonym entered, oldest first.
    unnamed_unix_ms: VecDeque<i64>,
    /// Who left here and was not seen entering here.
    strangers: usize,
    /// The last decision that did not admit: an answer may follow.
    pending: Option<Pending>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pending {
    sequence: u64,
    who: Option<Pseudonym>,
}

impl Visits {
    /// From the log, for the gate of that name.
    pub fn of(entries: &[Entry], gate: &GateName, now_unix_ms: i64, stay_ms: i64) -> Self {
        // Few are undone.
        let undone: Vec<u64> = entries.iter().filter_map(|entry| entry.body.undone()).collect();
        let mut visits = Self::default();
        let counted = |entry: &&Entry| {
            entry.gate == *gate && !undone.contains(&entry.body.about(entry.sequence))
        };
        for entry in entries.iter().filter(counted) {
            visits.close(entry.at_unix_ms, stay_ms);
            visits.add(entry);
        }
        visits.close(now_unix_ms, stay_ms);
        visits
    }

    /// The next entry of the same gate; after an undo everything is counted anew.
    pub fn add(&mut self, entry: &Entry) {
        let who = entry.pseudonym.as_ref().and_then(|part| part.erasable.as_ref());
        let who = who.and_then(|part| part.bytes.as_slice().try_into().ok());
        let (moved, who) = match &entry.body {
            EntryBody::Decision { specimen: true, .. } => (false, None),
            EntryBody::Decision { outcome: Outcome::Admit, .. } => (true, who),
            EntryBody::Decision { .. } => {
                self.pending = Some(Pending { sequence: entry.sequence, who });
                (false, None)
            }
            EntryBody::Resolution { of, answer: Answer::Allowed, .. }
            | EntryBody::Override { of, .. } => (true, self.answered(*of)),
            EntryBody::Manual { answer: Answer::Allowed, .. } => (true, None),
            _ => (false, None),
        };
        match entry.direction {
            _ if !moved => {}
            Direction::Entry => self.enter(who, entry.at_unix_ms),
            Direction::Exit => self.leave(who),
        }
    }

    /// Whoever entered longer ago than `stay_ms` has left unseen.
    pub fn close(&mut self, now_unix_ms: i64, stay_ms: i64) {
        let before = now_unix_ms.saturating_sub(stay_ms);
        let counted = self.entered.len();
        self.entered.retain(|(_, entered)| *entered > before);
        while self.unnamed_unix_ms.front().is_some_and(|entered| *entered <= before) {
            self.unnamed_unix_ms.pop_front();
        }
        // Each stranger who left was one of those who now count as gone.
        let closed = counted - self.entered.len();
        self.strangers = self.strangers.saturating_sub(closed);
    }

    pub fn entered_at(&self, who: &Pseudonym) -> Option<i64> {
        let at = self.find(who).ok()?;
        self.entered.get(at).map(|(_, entered)| *entered)
    }

    pub fn inside(&self) -> u32 {
        let entered = self.entered.len() + self.unnamed_unix_ms.len();
        u32::try_from(entered.saturating_sub(self.strangers)).unwrap_or(u32::MAX)
    }

    /// Where it is, or where it would be.
    fn find(&self, who: &Pseudonym) -> Result<usize, usize> {
        self.entered.binary_search_by(|(other, _)| other.cmp(who))
    }

    fn answered(&mut self, of: u64) -> Option<Pseudonym> {
        self.pending.take().filter(|pending| pending.sequence == of)?.who
    }

    fn enter(&mut self, who: Option<Pseudonym>, at_unix_ms: i64) {
        match who {
            Some(who) => match self.find(&who) {
                Ok(at) => self.entered.iter_mut().skip(at).take(1).for_each(|visit| {
                    visit.1 = at_unix_ms;
                }),
                Err(at) => self.entered.insert(at, (who, at_unix_ms)),
            },
            None => self.unnamed_unix_ms.push_back(at_unix_ms),
        }
    }

    fn leave(&mut self, who: Option<Pseudonym>) {
        if let Some(at) = who.and_then(|who| self.find(&who).ok()) {
            self.entered.remove(at);
            return;
        }
        // By another code than at the entry, or through another door then.
        if self.unnamed_unix_ms.pop_front().is_none() && self.inside() > 0 {
            self.strangers += 1;
        }
    }
}
