//! A log of a thousand entries and one later checkpoint: whatever is done to any one entry shows, and
//! is told where it was done.

use crate::audit_log::{admitted, draft, log};
use gerbang::audit_log::{
    ChainHead, ChainReport, ChainStart, ChainState, Direction, Entry, EntryDraft, Fault,
    FaultCause, LogError, StoredEntry, Verifier, read_entry,
};

const ENTRIES: usize = 1_000;

struct Log {
    stored: Vec<StoredEntry>,
    /// The same, read once: reading a thousand entries a thousand times takes minutes.
    read: Vec<Entry>,
    checkpoint: ChainHead,
}

fn drafted(at: usize) -> EntryDraft {
    draft(1_764_000_000_000 + 60_000 * i64::try_from(at).expect("small"), admitted())
}

impl Log {
    fn new() -> Self {
        let mut checkpoint = ChainHead::genesis(log());
        let stored: Vec<_> = (0..ENTRIES).map(|at| checkpoint.append(drafted(at))).collect();
        let read = stored.iter().map(|entry| read_entry(entry).expect("our own entry")).collect();
        Self { stored, read, checkpoint }
    }

    /// The head before an entry.
    fn before(&self, at: usize) -> ChainHead {
        match at.checked_sub(1) {
            Some(before) => ChainHead::after(&self.stored[before]).expect("our own entry"),
            None => ChainHead::genesis(log()),
        }
    }

    /// The entry with another direction, and its hash made to fit.
    fn rewritten(&self, at: usize) -> StoredEntry {
        self.before(at).append(EntryDraft { direction: Direction::Exit, ..drafted(at) })
    }

    fn verify(&self, rows: impl Iterator<Item = Row>, forged: &[StoredEntry]) -> ChainReport {
        let mut verifier = Verifier::new(ChainStart::Genesis(log()), &[self.checkpoint]);
        for row in rows {
            match row {
                Row::Kept(at) => verifier.push_entry(&self.read[at]),
                Row::Forged(at) => verifier.push(&forged[at]),
            }
        }
        verifier.finish()
    }

    /// Puts the rows together anew for each entry in turn; the report must name what was done where it
    /// was done.
    fn check(
        &self,
        rows: impl Fn(usize) -> Vec<Row>,
        forged: impl Fn(&Self, usize) -> StoredEntry,
        expected: impl Fn(usize) -> (usize, FaultCause),
    ) {
        for at in 0..ENTRIES {
            let report = self.verify(rows(at).into_iter(), &[forged(self, at)]);
            assert_ne!(report.state, ChainState::Whole, "entry {at}");
            let (place, cause) = expected(at);
            let named = |fault: &Fault| (fault.at, fault.cause) == (Some(place as u64), cause);
            assert!(report.faults.iter().any(named), "entry {at}: {:?}", report.faults);
        }
    }
}

enum Row {
    Kept(usize),
    /// Of the entries that were made for this.
    Forged(usize),
}

fn kept(rows: impl Iterator<Item = usize>) -> Vec<Row> {
    rows.map(Row::Kept).collect()
}

/// All in order, with another in the place of one.
fn replaced(at: usize) -> Vec<Row> {
    (0..ENTRIES).map(|row| if row == at { Row::Forged(0) } else { Row::Kept(row) }).collect()
}

fn untouched(log: &Log, at: usize) -> StoredEntry {
    log.stored[at].clone()
}

const LAST: usize = ENTRIES - 1;

#[test]
fn nothing_is_told_of_a_log_that_nobody_touched() {
    let log = Log::new();
    assert_eq!(log.verify(kept(0..ENTRIES).into_iter(), &[]).state, ChainState::Whole);
}

#[test]
fn each_edit_is_told() {
    let log = Log::new();
    let edited = |log: &Log, at: usize| {
        let mut entry = log.stored[at].clone();
        entry.fixed = log.rewritten(at).fixed;
        entry
    };
    log.check(replaced, edited, |at| (at, FaultCause::Entry(LogError::Hash)));
    // Together with its hash: the next no longer continues it, or the checkpoint names another.
    log.check(replaced, Log::rewritten, |at| match at {
        LAST => (at, FaultCause::OtherHead),
        _ => (at + 1, FaultCause::Rewritten),
    });
}

#[test]
fn each_deletion_and_each_cut_is_told() {
    let log = Log::new();
    let entries = ENTRIES as u64;
    let without = |at: usize| kept((0..ENTRIES).filter(move |row| *row != at));
    log.check(without, untouched, |at| match at {
        LAST => (at, FaultCause::Truncated { before: entries }),
        _ => (at, FaultCause::Gap { before: at as u64 + 1 }),
    });
    let cut = |at: usize| kept(0..at);
    log.check(cut, untouched, |at| (at, FaultCause::Truncated { before: entries }));
}

#[test]
fn each_swap_and_each_duplicate_is_told() {
    let log = Log::new();
    let swapped = |at: usize| {
        let mut rows: Vec<usize> = (0..ENTRIES).collect();
        rows.swap(at.min(LAST - 1), at.min(LAST - 1) + 1);
        kept(rows.into_iter())
    };
    log.check(swapped, untouched, |at| (at.min(LAST - 1), FaultCause::Reordered));
    let doubled = |at: usize| kept((0..=at).chain(at..ENTRIES));
    log.check(doubled, untouched, |at| (at, FaultCause::Duplicate));
}

#[test]
fn a_rewrite_of_all_that_follows_is_told_by_the_checkpoint() {
    let log = Log::new();
    // From the first entry on, and from each tenth: making them anew takes its time.
    for at in (0..ENTRIES).step_by(10) {
        let mut head = log.before(at);
        let first = head.append(EntryDraft { direction: Direction::Exit, ..drafted(at) });
        let mut anew = vec![first];
        anew.extend((at + 1..ENTRIES).map(|at| head.append(drafted(at))));
        let rows = (0..at).map(Row::Kept).chain((0..anew.len()).map(Row::Forged));
        let report = log.verify(rows, &anew);
        let faults: Vec<_> = report.faults.iter().map(|fault| (fault.at, fault.cause)).collect();
        assert_eq!(faults, [(Some(LAST as u64), FaultCause::OtherHead)], "entry {at}");
    }
}
