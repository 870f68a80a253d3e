//! An export, line by line, and whether it is what the gate wrote.
//!
//! Shape: `Examiner::new(known)` → `push` line by line → `finish` → `Examined`.
//! Limits and errors: of what cannot be read before the first entry, at most `EARLY_LINES_MAX`.
//! Not here: reading lines (`export`), what the faults are called.

use super::chain::{ChainHead, ChainReport, ChainStart, Verifier};
use super::{LogError, LogId, StoredEntry, read_entry};

/// Beyond these before the first entry it is no export.
pub const EARLY_LINES_MAX: usize = 1_000;

/// `known` answers which heads of a log are known from elsewhere.
#[derive(Debug)]
pub struct Examiner<Known> {
    known: Known,
    // Where the log starts is known from its first entry only.
    early: Vec<LogError>,
    verifier: Option<Verifier>,
    first: Option<u64>,
}

/// What an export holds.
#[derive(Debug)]
pub struct Examined {
    /// The number of its first entry.
    pub first: Option<u64>,
    pub report: ChainReport,
}

impl<Known: Fn(LogId) -> Vec<ChainHead>> Examiner<Known> {
    pub fn new(known: Known) -> Self {
        Self { known, early: Vec::new(), verifier: None, first: None }
    }

    /// Answers whether this may be an export at all.
    pub fn push(&mut self, line: Result<StoredEntry, LogError>) -> bool {
        match (line, &mut self.verifier) {
            (Ok(entry), None) => {
                self.first = Some(entry.sequence);
                let mut verifier = start(&entry, &self.known);
                self.early.drain(..).for_each(|error| verifier.push_unreadable(error));
                verifier.push(&entry);
                self.verifier = Some(verifier);
            }
            (Ok(entry), Some(verifier)) => verifier.push(&entry),
            (Err(error), None) => self.early.push(error),
            (Err(error), Some(verifier)) => verifier.push_unreadable(error),
        }
        self.early.len() <= EARLY_LINES_MAX
    }

    pub fn finish(self) -> Examined {
        let mut verifier =
            self.verifier.unwrap_or_else(|| Verifier::new(ChainStart::AnyGenesis, &[]));
        self.early.into_iter().for_each(|error| verifier.push_unreadable(error));
        Examined { first: self.first, report: verifier.finish() }
    }
}

fn start(entry: &StoredEntry, known: impl Fn(LogId) -> Vec<ChainHead>) -> Verifier {
    match read_entry(entry) {
        Ok(entry) if entry.sequence == 0 => {
            Verifier::new(ChainStart::Genesis(entry.log), &known(entry.log))
        }
        Ok(entry) => Verifier::new(ChainStart::Anywhere, &known(entry.log)),
        // An entry that is itself broken is not believed about its log.
        Err(_) => Verifier::new(ChainStart::Anywhere, &[]),
    }
}
