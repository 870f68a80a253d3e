//! Who went in and out: passages, from the entries of many logs.
//!
//! Shape: `Entry`s in any order, some of them twice → `Passage`s by venue, in order.
//! A decision is a passage when it let somebody in or out: admitted, or referred and then allowed, or
//! refused and then overridden; not a specimen, not undone, and with a pseudonym that was not struck.
//! Limits and errors: some 80 bytes an entry that may matter; entries outside the span take none.
//! Source: docs/trace.md.
//! Not here: whose pseudonym it is.

use super::{Answer, Direction, Entry, EntryBody, KeyId, LogId, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Where an entry was read, to find it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    pub file: u32,
    pub offset: u64,
}

/// One person through one door.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    pub pseudonym: [u8; 32],
    pub at_unix_ms: i64,
    /// The log's place among all, by its id; with the sequence it orders what happened at once.
    log: u32,
    sequence: u64,
    pub direction: Direction,
    pub origin: Origin,
}

impl Passage {
    /// By person, then by time.
    pub(super) fn order(&self) -> ([u8; 32], i64, u32, u64) {
        (self.pseudonym, self.at_unix_ms, self.log, self.sequence)
    }
}

impl std::fmt::Debug for Passage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Passage(at {})", self.at_unix_ms)
    }
}

/// Takes entries, gives passages.
#[derive(Debug)]
pub struct Passages {
    span_unix_ms: Range<i64>,
    /// From when on a lost phone's log counts for nothing.
    lost: BTreeMap<LogId, i64>,
    venues: BTreeMap<String, Venue>,
    logs: BTreeMap<LogId, Vec<Note>>,
}

#[derive(Debug, Clone)]
struct Venue {
    index: u32,
    /// Of the keys by which its gates made pseudonyms.
    keys: BTreeSet<KeyId>,
}

/// What of an entry matters.
#[derive(Debug, Clone, Copy)]
struct Note {
    sequence: u64,
    origin: Origin,
    said: Said,
}

#[derive(Debug, Clone, Copy)]
enum Said {
    Judged { needs: Needs, venue: u32, direction: Direction, at_unix_ms: i64, pseudonym: [u8; 32] },
    Answered { of: u64, answer: Answer },
    Overridden { of: u64 },
    Undone { of: u64 },
}

/// What makes a passage of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    Answer,
    Override,
}

/// All passages at one venue.
#[derive(Debug)]
pub struct VenuePassages {
    pub venue: String,
    pub keys: BTreeSet<KeyId>,
    /// Ordered by person, then by time.
    pub passages: Vec<Passage>,
}

impl Passages {
    /// Decisions outside the span are passed over.
    pub fn within(span_unix_ms: Range<i64>, lost: BTreeMap<LogId, i64>) -> Self {
        Self { span_unix_ms, lost, venues: BTreeMap::new(), logs: BTreeMap::new() }
    }

    pub fn push(&mut self, entry: &Entry, origin: Origin) {
        if self.lost.get(&entry.log).is_some_and(|lost_unix_ms| entry.at_unix_ms >= *lost_unix_ms) {
            return;
        }
        let said = match &entry.body {
            EntryBody::Resolution { of, answer, .. } => Said::Answered { of: *of, answer: *answer },
            EntryBody::Override { of, .. } => Said::Overridden { of: *of },
            EntryBody::Undo { of } => Said::Undone { of: *of },
            EntryBody::Decision { outcome, specimen: false, .. } => {
                match self.judged(entry, *outcome) {
                    Some(said) => said,
                    None => return,
                }
            }
            _ => return,
        };
        let note = Note { sequence: entry.sequence, origin, said };
        self.logs.entry(entry.log).or_default().push(note);
    }

    fn judged(&mut self, entry: &Entry, outcome: Outcome) -> Option<Said> {
        let needs = match outcome {
            Outcome::Admit => Needs::Nothing,
            Outcome::Refer => Needs::Answer,
            Outcome::Refuse | Outcome::RefuseAndAlert => Needs::Override,
            Outcome::Unreadable | Outcome::NotACredential => return None,
        };
        if !self.span_unix_ms.contains(&entry.at_unix_ms) {
            return None;
        }
        let part = entry.pseudonym.as_ref()?;
        let pseudonym = part.erasable.as_ref()?.bytes.as_slice().try_into().ok()?;
        let venue = self.venue(&entry.gate.venue, part.key);
        let (direction, at_unix_ms) = (entry.direction, entry.at_unix_ms);
        Some(Said::Judged { needs, venue, direction, at_unix_ms, pseudonym })
    }

    fn venue(&mut self, name: &str, key: KeyId) -> u32 {
        if let Some(venue) = self.venues.get_mut(name) {
            venue.keys.insert(key);
            return venue.index;
        }
        let index = u32::try_from(self.venues.len()).unwrap_or(u32::MAX);
        self.venues.insert(name.to_owned(), Venue { index, keys: [key].into() });
        index
    }

    /// Joins what was read elsewhere at the same time.
    pub fn absorb(&mut self, other: Self) {
        let mut moved = BTreeMap::new();
        for (name, venue) in other.venues {
            for key in venue.keys {
                moved.insert(venue.index, self.venue(&name, key));
            }
        }
        for (log, mut notes) in other.logs {
            for note in &mut notes {
                if let Said::Judged { venue, .. } = &mut note.said {
                    *venue = moved.get(venue).copied().unwrap_or(*venue);
                }
            }
            match self.logs.entry(log) {
                std::collections::btree_map::Entry::Vacant(place) => drop(place.insert(notes)),
                std::collections::btree_map::Entry::Occupied(mut place) => {
                    place.get_mut().append(&mut notes);
                }
            }
        }
    }

    pub fn finish(self) -> Vec<VenuePassages> {
        let mut venues: Vec<(u32, VenuePassages)> = self
            .venues
            .into_iter()
            .map(|(venue, Venue { index, keys })| {
                (index, VenuePassages { venue, keys, passages: Vec::new() })
            })
            .collect();
        venues.sort_by_key(|(index, _)| *index);
        for (log, notes) in (0..).zip(self.logs.into_values()) {
            for (venue, passage) in passages_of(log, notes) {
                let venue = usize::try_from(venue).ok().and_then(|venue| venues.get_mut(venue));
                if let Some((_, venue)) = venue {
                    venue.passages.push(passage);
                }
            }
        }
        let sorted = venues.into_iter().map(|(_, mut venue)| {
            venue.passages.sort_unstable_by_key(Passage::order);
            venue
        });
        sorted.collect()
    }
}

/// Of one log: an entry that was read twice counts once, the first that was read.
fn passages_of(log: u32, mut notes: Vec<Note>) -> Vec<(u32, Passage)> {
    notes.sort_unstable_by_key(|note| (note.sequence, note.origin));
    notes.dedup_by_key(|note| note.sequence);
    let undone: BTreeSet<u64> = notes
        .iter()
        .filter_map(|note| match note.said {
            Said::Undone { of } => Some(of),
            _ => None,
        })
        .collect();
    let mut allowed = BTreeMap::new();
    let mut overridden = BTreeSet::new();
    for note in notes.iter().filter(|note| !undone.contains(&note.sequence)) {
        match note.said {
            // The last answer counts.
            Said::Answered { of, answer } => {
                allowed.insert(of, answer == Answer::Allowed);
            }
            Said::Overridden { of } => {
                overridden.insert(of);
            }
            Said::Judged { .. } | Said::Undone { .. } => {}
        }
    }
    let passage = |note: &Note| {
        let Said::Judged { needs, venue, direction, at_unix_ms, pseudonym } = note.said else {
            return None;
        };
        let sequence = note.sequence;
        let passed = match needs {
            Needs::Nothing => true,
            Needs::Answer => allowed.get(&sequence) == Some(&true),
            Needs::Override => overridden.contains(&sequence),
        };
        let origin = note.origin;
        let passage = Passage { pseudonym, at_unix_ms, log, sequence, direction, origin };
        (passed && !undone.contains(&sequence)).then_some((venue, passage))
    };
    notes.iter().filter_map(passage).collect()
}
