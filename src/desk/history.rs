//! The log read backwards: the newest rows that are looked for, and the newest day's sums.
//!
//! Shape: `wants` names the next rows to read, `take` takes them, until nothing is wanted.
//! Limits and errors: an entry that cannot be read is counted, never hidden.
//! Not here: words; the caller says whether an entry's words hold what is searched for.

use crate::audit_log::{Answer, Entry, EntryBody, LogError, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Read at once: some hundred kilobytes.
pub const BATCH_ROWS: u64 = 1_000;
/// The first batch is what one screen shows, so that it comes at once.
pub const FIRST_ROWS: u64 = 100;
const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

/// Which entries are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    #[default]
    All,
    Admitted,
    Referred,
    Refused,
    /// Decided by a person: answers, overrides, visitors without a code.
    ByHand,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub entry: Entry,
    /// By a later entry.
    pub undone: bool,
    /// What the officer answered to a Refer, or the supervisor to a refusal.
    pub answer: Option<Answer>,
    /// Since when a supervisor asks to look closer at its visitor.
    pub attention_since_unix_ms: Option<i64>,
}

/// Counts of one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hour {
    pub admitted: usize,
    pub referred: usize,
    pub refused: usize,
}

impl Hour {
    pub fn total(self) -> usize {
        self.admitted + self.referred + self.refused
    }
}

/// Counts of one day, as its gate's clock had it. Specimens and undone scans count nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sums {
    pub hours: [Hour; 24],
}

impl Sums {
    pub fn day(&self) -> Hour {
        self.hours.iter().fold(Hour::default(), |sum, hour| Hour {
            admitted: sum.admitted + hour.admitted,
            referred: sum.referred + hour.referred,
            refused: sum.refused + hour.refused,
        })
    }
}

/// A look back: grows as rows are taken.
#[derive(Debug, Clone)]
pub struct History {
    show: Show,
    rows: Vec<Row>,
    rows_wanted: usize,
    /// Rows from here on have been read; `None` before the first answer.
    read_from: Option<u64>,
    first: u64,
    end: u64,
    day: Option<i64>,
    day_read: bool,
    sums: Sums,
    undone: BTreeSet<u64>,
    answers: BTreeMap<u64, Answer>,
    /// By pseudonym, the newest word.
    attention: BTreeMap<Vec<u8>, Option<i64>>,
    unreadable: u64,
}

impl History {
    /// `entries`: the sequences that the log holds.
    pub fn new(show: Show, rows_wanted: usize, entries: Range<u64>) -> Self {
        Self {
            show,
            rows: Vec::new(),
            rows_wanted,
            read_from: None,
            first: entries.start,
            end: entries.end.max(entries.start),
            day: None,
            day_read: false,
            sums: Sums::default(),
            undone: BTreeSet::new(),
            answers: BTreeMap::new(),
            attention: BTreeMap::new(),
            unreadable: 0,
        }
    }

    /// The rows to read next; `None`: what is wanted is there, or the log has no more.
    pub fn wants(&self) -> Option<Range<u64>> {
        let before = self.read_from.unwrap_or(self.end);
        let enough = self.rows.len() >= self.rows_wanted && self.day_read;
        if before <= self.first || enough {
            return None;
        }
        let rows = if self.read_from.is_none() { FIRST_ROWS } else { BATCH_ROWS };
        Some(before.saturating_sub(rows).max(self.first)..before)
    }

    /// Takes what `wants` asked for, ascending. `is_match`: whether an entry holds what is
    /// searched for.
    pub fn take(
        &mut self,
        asked: Range<u64>,
        entries: impl DoubleEndedIterator<Item = Result<Entry, LogError>>,
        is_match: impl Fn(&Entry) -> bool,
    ) {
        for entry in entries.rev() {
            match entry {
                Ok(entry) => self.take_entry(entry, &is_match),
                Err(_) => self.unreadable += 1,
            }
        }
        self.read_from = Some(asked.start);
        if asked.start <= self.first {
            self.day_read = true;
        }
    }

    /// Newest first.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub fn row(&self, sequence: u64) -> Option<&Row> {
        self.rows.iter().find(|row| row.entry.sequence == sequence)
    }

    /// Of the newest day that the log has.
    pub fn sums(&self) -> &Sums {
        &self.sums
    }

    pub fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// Whether older rows may be asked for.
    pub fn has_more(&self) -> bool {
        self.read_from.unwrap_or(self.end) > self.first || self.rows.len() > self.rows_wanted
    }

    pub fn rows_wanted(&self) -> usize {
        self.rows_wanted
    }

    /// How much of the log has been looked at, of how much.
    pub fn progress(&self) -> (u64, u64) {
        let read_from = self.read_from.unwrap_or(self.end);
        (self.end - read_from.min(self.end), self.end - self.first)
    }

    pub fn want_more(&mut self, rows: usize) {
        self.rows_wanted += rows;
    }

    fn take_entry(&mut self, entry: Entry, is_match: &impl Fn(&Entry) -> bool) {
        // What points back is newer, so it has been seen by now.
        match &entry.body {
            EntryBody::Undo { of } => {
                self.undone.insert(*of);
            }
            EntryBody::Resolution { of, answer, .. } => {
                self.answers.insert(*of, *answer);
            }
            EntryBody::Override { of, .. } => {
                self.answers.insert(*of, Answer::Allowed);
            }
            EntryBody::Attention { raised, .. } => {
                if let Some(who) = pseudonym_of(&entry) {
                    let since = raised.then_some(entry.at_unix_ms);
                    self.attention.entry(who.to_vec()).or_insert(since);
                }
            }
            _ => {}
        }
        self.count(&entry);
        if self.is_shown(&entry) && is_match(&entry) {
            let undone = self.undone.contains(&entry.body.about(entry.sequence));
            let answer = self.answers.get(&entry.sequence).copied();
            let attention = pseudonym_of(&entry).and_then(|who| self.attention.get(who));
            let attention_since_unix_ms = attention.copied().flatten();
            self.rows.push(Row { entry, undone, answer, attention_since_unix_ms });
        }
    }

    fn count(&mut self, entry: &Entry) {
        let day = local_ms(entry).div_euclid(DAY_MS);
        let counted_day = *self.day.get_or_insert(day);
        if day < counted_day {
            self.day_read = true;
        }
        if day != counted_day || self.undone.contains(&entry.body.about(entry.sequence)) {
            return;
        }
        let hour = local_ms(entry).rem_euclid(DAY_MS) / HOUR_MS;
        let Some(hour) = usize::try_from(hour).ok().and_then(|hour| self.sums.hours.get_mut(hour))
        else {
            return;
        };
        match outcome(entry) {
            Some(Counted::Admitted) => hour.admitted += 1,
            Some(Counted::Referred) => hour.referred += 1,
            // A refusal that a supervisor overrode counts as the admission it became.
            Some(Counted::Refused) if self.answers.contains_key(&entry.sequence) => {}
            Some(Counted::Refused) => hour.refused += 1,
            None => {}
        }
    }

    fn is_shown(&self, entry: &Entry) -> bool {
        match self.show {
            Show::All => true,
            Show::Admitted => outcome(entry) == Some(Counted::Admitted),
            Show::Referred => outcome(entry) == Some(Counted::Referred),
            Show::Refused => outcome(entry) == Some(Counted::Refused),
            Show::ByHand => {
                use EntryBody::{Manual, Override, Resolution};
                matches!(entry.body, Resolution { .. } | Manual { .. } | Override { .. })
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    Admitted,
    Referred,
    Refused,
}

/// As what an entry counts, if at all.
fn outcome(entry: &Entry) -> Option<Counted> {
    let answered = |answer: Answer| match answer {
        Answer::Allowed => Some(Counted::Admitted),
        Answer::TurnedAway => Some(Counted::Refused),
        Answer::Unanswered => None,
    };
    match &entry.body {
        EntryBody::Decision { specimen: true, .. } => None,
        EntryBody::Decision { outcome, .. } => match outcome {
            Outcome::Admit => Some(Counted::Admitted),
            Outcome::Refer => Some(Counted::Referred),
            Outcome::Refuse | Outcome::RefuseAndAlert => Some(Counted::Refused),
            Outcome::Unreadable | Outcome::NotACredential => None,
        },
        EntryBody::Resolution { answer, .. } | EntryBody::Manual { answer, .. } => {
            answered(*answer)
        }
        EntryBody::Override { .. } => Some(Counted::Admitted),
        _ => None,
    }
}

fn pseudonym_of(entry: &Entry) -> Option<&[u8]> {
    Some(&entry.pseudonym.as_ref()?.erasable.as_ref()?.bytes)
}

fn local_ms(entry: &Entry) -> i64 {
    entry.at_unix_ms.saturating_add(i64::from(entry.utc_offset_min) * MINUTE_MS)
}
