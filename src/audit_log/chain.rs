//! The chain: where the next entry goes, and whether a row of entries is the one that was written.
//!
//! Shape: `ChainHead` + `EntryDraft` → `StoredEntry`; entries in the order they came, and what is
//! known of the chain from elsewhere → `ChainReport`.
//! Limits and errors: the verifier remembers 8 bytes an entry and at most `FAULTS_MAX` faults;
//! one damaged entry does not hide the next.
//! Source: docs/log.md, "The chain".
//! Not here: what the chain alone does not show, a tail cut off or a rewrite of the whole;
//! `ChainStart` and the expected heads, which come from elsewhere, do.

use super::entry::{Place, write_fixed};
use super::{
    Entry, EntryBody, EntryDraft, Hash, KeyedPart, LogError, LogId, Part, SignedError, Statement,
    StoredEntry, read_entry, signed,
};
use std::collections::{BTreeMap, HashMap};

/// Beyond these a report only counts.
pub const FAULTS_MAX: usize = 100;

/// The end of a chain: what the next entry continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    log: LogId,
    next_sequence: u64,
    previous: Hash,
}

impl ChainHead {
    /// The head of a log that has no entry yet.
    pub fn genesis(log: LogId) -> Self {
        Self { log, next_sequence: 0, previous: log.genesis() }
    }

    /// The head of a log whose last entry this is.
    pub fn after(last: &StoredEntry) -> Result<Self, LogError> {
        let entry = read_entry(last)?;
        let next_sequence = entry.sequence.checked_add(1).ok_or(LogError::Sequence)?;
        Ok(Self { log: entry.log, next_sequence, previous: entry.hash })
    }

    /// A head that is known from elsewhere: an earlier export, a supervisor's note.
    pub fn known(log: LogId, next_sequence: u64, previous: Hash) -> Self {
        Self { log, next_sequence, previous }
    }

    pub fn log(&self) -> LogId {
        self.log
    }

    /// Also the number of entries written so far.
    pub fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// The hash of the last entry, or what stands for it at the beginning.
    pub fn previous(&self) -> Hash {
        self.previous
    }

    /// Makes the next entry and moves on. Names and codes that are too long are cut.
    pub fn append(&mut self, draft: EntryDraft) -> StoredEntry {
        let place = Place { log: self.log, sequence: self.next_sequence, previous: self.previous };
        let fixed = write_fixed(&place, &draft);
        let part = |part: Option<KeyedPart>| {
            part.map_or(Part::Absent, |KeyedPart { erasable, .. }| Part::Kept(erasable))
        };
        let stored =
            StoredEntry::new(place.sequence, fixed, part(draft.pseudonym), part(draft.sealed));
        self.next_sequence += 1;
        self.previous = stored.hash;
        stored
    }
}

/// What is known of a chain before its first entry at hand is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainStart {
    /// The beginning of this log.
    Genesis(LogId),
    /// The beginning of whatever log the first entry says.
    AnyGenesis,
    /// What remains after retention, or one day of many.
    After(ChainHead),
    /// Somewhere in the middle: the first entry is believed about its place.
    Anywhere,
}

/// What a row of entries is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    pub state: ChainState,
    /// After the last entry that fitted; `None` where there was no entry to read.
    pub head: Option<ChainHead>,
    /// Entries that were given, good or not.
    pub count: u64,
    /// The row begins here because the device removed, and signed, what came before.
    pub removed_before: Option<u64>,
    /// The first `FAULTS_MAX`, in the order they were met.
    pub faults: Vec<Fault>,
    pub faults_count: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainState {
    Whole,
    /// The first fault.
    Broken(Fault),
}

/// One thing wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The sequence concerned, where it could be read.
    pub at: Option<u64>,
    /// The place in the row as given, from 0.
    pub line: u64,
    pub cause: FaultCause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCause {
    /// The entry cannot be read, or is not what its hash says: it was changed.
    Entry(LogError),
    /// The entry is in itself sound, but does not continue the one before it: one of the two was
    /// written anew.
    Rewritten,
    /// From `at` to before `before`, entries are missing.
    Gap { before: u64 },
    /// It comes later in the row than its sequence says.
    Reordered,
    /// The same entry is there twice.
    Duplicate,
    /// Another entry of the same sequence was there before: two histories.
    Forked,
    /// It belongs to another log.
    OtherLog,
    /// The expected head lies further on: from `at` to before `before`, the tail was cut off.
    Truncated { before: u64 },
    /// At the expected head stands another entry: all up to there may have been written anew.
    OtherHead,
    /// The device did not say what the entry says that it said.
    Signed(SignedError),
}

/// Checks a row of entries against its start and the heads that are known from elsewhere.
pub fn verify_chain<'a>(
    entries: impl IntoIterator<Item = &'a StoredEntry>,
    start: ChainStart,
    expected: &[ChainHead],
) -> ChainReport {
    let mut verifier = Verifier::new(start, expected);
    for entry in entries {
        verifier.push(entry);
    }
    verifier.finish()
}

/// The same, entry by entry.
#[derive(Debug)]
pub struct Verifier {
    start: ChainStart,
    head: Option<ChainHead>,
    /// By sequence.
    expected: Vec<ChainHead>,
    /// What was seen, in stretches without a hole, ascending.
    runs: Vec<Run>,
    /// What was seen behind its place.
    late: HashMap<u64, Print>,
    /// Holes that nothing has filled yet, by their first sequence.
    missing: BTreeMap<u64, Missing>,
    /// Lines since the last good entry that might be the next ones.
    unreadable: u64,
    line: u64,
    /// The first entry in the row: its number, and the hash that it names.
    first: Option<(u64, Hash)>,
    /// Of the tombstones met, the one that goes furthest.
    removed: Option<(u64, Hash)>,
    faults: Vec<Fault>,
    faults_count: u64,
}

/// Enough of a hash to tell a copy from another entry; both are faults.
type Print = u64;

#[derive(Debug)]
struct Run {
    first: u64,
    prints: Vec<Print>,
}

#[derive(Debug)]
struct Missing {
    before: u64,
    /// The hash that its first entry must name.
    left: Hash,
    /// The hash that its last entry must have.
    right: Hash,
    line: u64,
}

impl Verifier {
    pub fn new(start: ChainStart, expected: &[ChainHead]) -> Self {
        let mut expected = expected.to_vec();
        expected.sort_by_key(|head| head.next_sequence);
        let head = match start {
            ChainStart::Genesis(log) => Some(ChainHead::genesis(log)),
            ChainStart::AnyGenesis => expected.first().map(|head| ChainHead::genesis(head.log)),
            ChainStart::After(head) => Some(head),
            ChainStart::Anywhere => None,
        };
        Self {
            start,
            head,
            expected,
            runs: Vec::new(),
            late: HashMap::new(),
            missing: BTreeMap::new(),
            unreadable: 0,
            line: 0,
            first: None,
            removed: None,
            faults: Vec::new(),
            faults_count: 0,
        }
    }

    pub fn push(&mut self, stored: &StoredEntry) {
        match read_entry(stored) {
            Ok(entry) => self.push_entry(&entry),
            Err(error) => self.push_damaged(stored, error),
        }
    }

    /// One that `read_entry` has read.
    pub fn push_entry(&mut self, entry: &Entry) {
        self.check_signed(entry);
        let place = Place { log: entry.log, sequence: entry.sequence, previous: entry.previous };
        self.place(&place, entry.hash);
        self.line += 1;
    }

    /// One that `read_entry` refused.
    pub fn push_damaged(&mut self, stored: &StoredEntry, error: LogError) {
        match &mut self.head {
            Some(head) if head.next_sequence == stored.sequence => {
                // It stands where it should, so what follows may still continue its hash.
                let at = head.next_sequence;
                self.fault(Some(at), FaultCause::Entry(error));
                self.advance(at, stored.hash);
                self.line += 1;
            }
            _ => self.push_unreadable(error),
        }
    }

    fn check_signed(&mut self, entry: &Entry) {
        let EntryBody::Signed(signed) = &entry.body else { return };
        if let Err(error) = signed.verify(&signed::place_of(entry)) {
            return self.fault(Some(entry.sequence), FaultCause::Signed(error));
        }
        if let Statement::Removed { before, last_removed } = signed.statement {
            self.removed = self.removed.max(Some((before, last_removed)));
        }
    }

    /// A line that holds no entry at all.
    pub fn push_unreadable(&mut self, error: LogError) {
        self.fault(None, FaultCause::Entry(error));
        self.unreadable = self.unreadable.saturating_add(1);
        self.line += 1;
    }

    pub fn finish(mut self) -> ChainReport {
        for (from, missing) in std::mem::take(&mut self.missing) {
            let cause = FaultCause::Gap { before: missing.before };
            self.add(Fault { at: Some(from), line: missing.line, cause });
        }
        let next_sequence = self.head.map_or(0, |head| head.next_sequence);
        let longest = self.expected.last().map_or(0, |head| head.next_sequence);
        if longest > next_sequence {
            self.fault(Some(next_sequence), FaultCause::Truncated { before: longest });
        }
        self.faults.sort_by_key(|fault| fault.line);
        self.faults.truncate(FAULTS_MAX);
        ChainReport {
            state: self
                .faults
                .first()
                .map_or(ChainState::Whole, |first| ChainState::Broken(*first)),
            head: self.head,
            count: self.line,
            removed_before: self
                .removed
                .filter(|removed| Some(*removed) == self.first)
                .map(|(before, _)| before),
            faults: self.faults,
            faults_count: self.faults_count,
        }
    }

    fn place(&mut self, place: &Place, hash: Hash) {
        let Place { log, sequence, previous } = *place;
        self.first.get_or_insert((sequence, previous));
        let head = *self.head.get_or_insert(match self.start {
            ChainStart::Anywhere => ChainHead { log, next_sequence: sequence, previous },
            _ => ChainHead::genesis(log),
        });
        if log != head.log {
            return self.fault(Some(sequence), FaultCause::OtherLog);
        }
        if sequence < head.next_sequence {
            return self.place_late(place, hash);
        }
        let skipped = sequence - head.next_sequence;
        if skipped == 0 {
            if previous != head.previous {
                self.fault(Some(sequence), FaultCause::Rewritten);
            }
        } else if skipped != self.unreadable {
            let (left, right, line) = (head.previous, previous, self.line);
            let missing = Missing { before: sequence, left, right, line };
            self.missing.insert(head.next_sequence, missing);
        }
        self.advance(sequence, hash);
    }

    fn place_late(&mut self, place: &Place, hash: Hash) {
        let at = Some(place.sequence);
        match self.seen(place.sequence) {
            Some(seen) if seen == print(hash) => return self.fault(at, FaultCause::Duplicate),
            Some(_) => return self.fault(at, FaultCause::Forked),
            None => self.fault(at, FaultCause::Reordered),
        }
        self.late.insert(place.sequence, print(hash));
        self.check_expected(place.sequence, hash);
        let hole = self.missing.range(..=place.sequence).next_back();
        let Some((&from, hole)) = hole.filter(|(_, hole)| place.sequence < hole.before) else {
            return;
        };
        let Missing { before, left, right, line } = *hole;
        self.missing.remove(&from);
        let after = place.sequence + 1;
        let fits_left = from < place.sequence || place.previous == left;
        let fits_right = after < before || hash == right;
        if !(fits_left && fits_right) {
            self.fault(at, FaultCause::Rewritten);
        }
        if from < place.sequence {
            let rest = Missing { before: place.sequence, left, right: place.previous, line };
            self.missing.insert(from, rest);
        }
        if after < before {
            self.missing.insert(after, Missing { before, left: hash, right, line });
        }
    }

    /// Takes the entry at `sequence`, which is not before the head, as the last one.
    fn advance(&mut self, sequence: u64, hash: Hash) {
        let Some(head) = &mut self.head else { return };
        let continues = head.next_sequence == sequence;
        head.previous = hash;
        // The last number of all cannot be continued; a second such entry is a fork.
        head.next_sequence = sequence.saturating_add(1);
        self.unreadable = 0;
        match self.runs.last_mut() {
            Some(run) if continues => run.prints.push(print(hash)),
            _ => self.runs.push(Run { first: sequence, prints: vec![print(hash)] }),
        }
        self.check_expected(sequence, hash);
    }

    fn check_expected(&mut self, sequence: u64, hash: Hash) {
        let first = self.expected.partition_point(|head| head.next_sequence <= sequence);
        let other = self.expected[first..]
            .iter()
            .take_while(|head| head.next_sequence - 1 == sequence)
            .any(|head| head.previous != hash);
        if other {
            self.fault(Some(sequence), FaultCause::OtherHead);
        }
    }

    fn seen(&self, sequence: u64) -> Option<Print> {
        let run = self.runs.partition_point(|run| run.first <= sequence).checked_sub(1)?;
        let run = &self.runs[run];
        let at = usize::try_from(sequence - run.first).ok()?;
        run.prints.get(at).or_else(|| self.late.get(&sequence)).copied()
    }

    fn fault(&mut self, at: Option<u64>, cause: FaultCause) {
        self.add(Fault { at, line: self.line, cause });
    }

    fn add(&mut self, fault: Fault) {
        self.faults_count += 1;
        // Twice as many, since holes are known only at the end and are sorted in among them.
        if self.faults.len() < 2 * FAULTS_MAX {
            self.faults.push(fault);
        }
    }
}

impl FaultCause {
    pub fn code(self) -> &'static str {
        match self {
            Self::Entry(error) => error.code(),
            Self::Rewritten => "LOG-REWRITTEN",
            Self::Gap { .. } => "LOG-GAP",
            Self::Reordered => "LOG-ORDER",
            Self::Duplicate => "LOG-TWICE",
            Self::Forked => "LOG-FORK",
            Self::OtherLog => "LOG-OTHER",
            Self::Truncated { .. } => "LOG-CUT",
            Self::OtherHead => "LOG-HEAD",
            Self::Signed(error) => error.code(),
        }
    }
}

fn print(hash: Hash) -> Print {
    let (first, _) = hash.0.split_first_chunk().expect("32 bytes begin with 8");
    u64::from_be_bytes(*first)
}
