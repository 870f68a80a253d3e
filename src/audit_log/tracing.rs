//! Tracing: who shared a venue with one person, where, and for how long.
//!
//! Shape: passages → visits (from a way in to the way out, closed by rule where that is missing);
//! the subject's visits and everybody else's → `Trace`: contacts, the longest first.
//! Limits and errors: only venues that the subject visited are looked at; pseudonyms alone are used,
//! so nobody's identity is needed and nobody else's whereabouts come out.
//! Source: docs/trace.md.
//! Not here: reading exports, opening identities, tables and pictures (the command's business).

use super::passages::{Origin, Passage, VenuePassages};
use super::{Direction, KeyId};
use std::collections::BTreeSet;
use std::ops::Range;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// From, until: only time together within counts.
    pub window_unix_ms: Range<i64>,
    /// A visit whose way out was never seen is taken to have lasted so long.
    pub stay_ms: i64,
    /// A way out later than that belongs to no visit; not below `stay_ms`.
    pub longest_ms: i64,
}

/// Whom to look for at one venue: a pseudonym for each month and each pass.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    pub pseudonyms: BTreeSet<[u8; 32]>,
    /// Of the keys that those were made with; a gate with another key saw nobody that we know.
    pub keys: BTreeSet<KeyId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    /// The subject's, by venue and time.
    pub visits: Vec<Visit>,
    /// The longest together first.
    pub contacts: Vec<Contact>,
    /// Venues where a gate made pseudonyms by a key of its own: nobody can be looked for there.
    pub venues_unseen: Vec<String>,
}

/// From a way in to a way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub venue: String,
    pub from_unix_ms: i64,
    pub until_unix_ms: i64,
    pub closed: Closed,
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// Seen going out.
    Exit,
    /// Seen coming in again: the way out was forgotten.
    Again,
    /// Never seen again in time.
    ByRule,
}

/// One pseudonym at one venue, together with the subject.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    pub venue: String,
    pub pseudonym: [u8; 32],
    pub together_ms: i64,
    /// When they were first and last together.
    pub first_unix_ms: i64,
    pub last_unix_ms: i64,
    /// Whole visits during which they were.
    pub visits: Vec<(i64, i64)>,
    /// The entries by which she came in, then those by which she left, to open her identity: a way out is sealed where
    /// the gate did not see her come in.
    pub origins: Vec<Origin>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Contact({}, {} ms)", self.venue, self.together_ms)
    }
}

impl Question {
    /// Which passages can matter: those of visits that reach into the window.
    pub fn span_unix_ms(&self) -> Range<i64> {
        let Range { start, end } = self.window_unix_ms;
        start.saturating_sub(self.longest_ms)..end.saturating_add(self.longest_ms)
    }

    pub fn trace(&self, venues: &[VenuePassages], sought: impl Fn(&str) -> Sought) -> Trace {
        let mut trace = Trace::default();
        for venue in venues {
            let sought = sought(&venue.venue);
            if !venue.keys.is_subset(&sought.keys) {
                trace.venues_unseen.push(venue.venue.clone());
            }
            self.trace_at(venue, &sought.pseudonyms, &mut trace);
        }
        trace.visits.sort_by(|a, b| {
            (&a.venue, a.from_unix_ms, a.until_unix_ms).cmp(&(
                &b.venue,
                b.from_unix_ms,
                b.until_unix_ms,
            ))
        });
        trace.contacts.sort_by(|a, b| {
            let longest_first = b.together_ms.cmp(&a.together_ms);
            longest_first.then_with(|| (&a.venue, a.pseudonym).cmp(&(&b.venue, b.pseudonym)))
        });
        trace
    }

    fn trace_at(&self, venue: &VenuePassages, sought: &BTreeSet<[u8; 32]>, trace: &mut Trace) {
        let people = || venue.passages.chunk_by(|a, b| a.pseudonym == b.pseudonym);
        let is_sought = |person: &&[Passage]| sought.contains(&person[0].pseudonym);
        let of_subject: Vec<Stay> = people()
            .filter(is_sought)
            .flat_map(|person| self.stays(person))
            .filter_map(|stay| self.clipped(stay))
            .collect();
        if of_subject.is_empty() {
            return;
        }
        let times = union(&of_subject);
        trace.visits.extend(of_subject.iter().map(|stay| Visit {
            venue: venue.venue.clone(),
            from_unix_ms: stay.from,
            until_unix_ms: stay.until,
            closed: stay.closed,
        }));
        for person in people().filter(|person| !is_sought(person)) {
            trace.contacts.extend(self.contact(&venue.venue, person, &times));
        }
    }

    fn contact(&self, venue: &str, person: &[Passage], times: &[(i64, i64)]) -> Option<Contact> {
        let mut found: Option<Contact> = None;
        let mut ways_out = Vec::new();
        for stay in self.stays(person) {
            let together: Vec<(i64, i64)> = times
                .iter()
                .map(|(from, until)| (stay.from.max(*from), stay.until.min(*until)))
                .filter(|(from, until)| from < until)
                .collect();
            let (Some((first, _)), Some((_, last))) = (together.first(), together.last()) else {
                continue;
            };
            let contact = found.get_or_insert_with(|| Contact {
                venue: venue.to_owned(),
                pseudonym: person[0].pseudonym,
                together_ms: 0,
                first_unix_ms: *first,
                last_unix_ms: *last,
                visits: Vec::new(),
                origins: Vec::new(),
            });
            ways_out.extend(stay.left_by);
            contact.together_ms += together.iter().map(|(from, until)| until - from).sum::<i64>();
            contact.last_unix_ms = *last;
            contact.visits.push((stay.from, stay.until));
            contact.origins.push(stay.origin);
        }
        if let Some(contact) = &mut found {
            contact.origins.append(&mut ways_out);
        }
        found
    }

    /// Of one person at one venue, in order; they do not overlap.
    fn stays(&self, person: &[Passage]) -> Vec<Stay> {
        let mut stays = Vec::new();
        for (at, passage) in person.iter().enumerate() {
            // A way out without a way in tells of no time spent here.
            if passage.direction == Direction::Exit {
                continue;
            }
            let from = passage.at_unix_ms;
            let by_rule = from.saturating_add(self.stay_ms);
            let next = person.get(at + 1);
            let goes = next.filter(|next| next.direction == Direction::Exit);
            let comes = next.filter(|next| next.direction == Direction::Entry);
            let (until, closed, left_by) = match (goes, comes) {
                (Some(exit), _) if exit.at_unix_ms <= from.saturating_add(self.longest_ms) => {
                    (exit.at_unix_ms, Closed::Exit, Some(exit.origin))
                }
                (_, Some(again)) if again.at_unix_ms <= by_rule => {
                    (again.at_unix_ms, Closed::Again, None)
                }
                _ => (by_rule, Closed::ByRule, None),
            };
            stays.push(Stay { from, until, closed, origin: passage.origin, left_by });
        }
        stays
    }

    fn clipped(&self, stay: Stay) -> Option<Stay> {
        let from = stay.from.max(self.window_unix_ms.start);
        let until = stay.until.min(self.window_unix_ms.end);
        (from < until).then_some(Stay { from, until, ..stay })
    }
}

/// A visit before it has a venue's name.
#[derive(Debug, Clone, Copy)]
struct Stay {
    from: i64,
    until: i64,
    closed: Closed,
    origin: Origin,
    left_by: Option<Origin>,
}

/// Times without overlap, ascending: several passes of one person may be in at once.
fn union(stays: &[Stay]) -> Vec<(i64, i64)> {
    let mut times: Vec<(i64, i64)> = stays.iter().map(|stay| (stay.from, stay.until)).collect();
    times.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (from, until) in times {
        match joined.last_mut() {
            Some((_, last)) if from <= *last => *last = until.max(*last),
            _ => joined.push((from, until)),
        }
    }
    joined
}
