//! Segments of one log, as they came to a hub → its entries, each once, in order; and what does not fit.
//!
//! Shape: `Gathering::new` → `take` for each believed segment, the one that came first first → entries
//! → `finish` → `Gathered`. `ClockWatch` compares when gates say that they signed.
//! Limits and errors: of entries that were given out the hash is kept; of those behind a hole all is. The
//! first that came stays; whatever contradicts it is a `Finding::Fork` and counts nothing.
//! Source: docs/hub.md, "Documents" and "Asking".
//! Not here: fetching, files, words.

use super::{Segment, SegmentError, SegmentId};
use crate::audit_log::{ClockFlag, EntryBody, Hash, LogId, Statement, StoredEntry, read_entry};
use crate::trust::HubUser;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

/// Something that the authority has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A document that is not what its id says.
    Document { id: String, error: SegmentError },
    /// A segment without the document of its parts, or with one that is not its own: it counts as
    /// not there.
    Parts { id: SegmentId, error: Option<SegmentError> },
    /// The segment says something else of this place than an earlier one.
    Fork { id: SegmentId, sequence: u64 },
    /// No segment holds these entries.
    Gap { log: LogId, missing: Range<u64> },
}

impl Finding {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Document { error, .. } => error.code(),
            Self::Parts { error: None, .. } => "HUB-PARTLESS",
            Self::Parts { error: Some(error), .. } => error.code(),
            Self::Fork { .. } => "HUB-FORK",
            Self::Gap { .. } => "HUB-GAP",
        }
    }
}

/// One log.
#[derive(Debug)]
pub struct Gathering {
    log: LogId,
    first: u64,
    /// Of the entries from `first` on, without a hole.
    hashes: Vec<Hash>,
    /// Behind a hole.
    waiting: BTreeMap<u64, StoredEntry>,
    removed_before: u64,
    seen: Seen,
    findings: Vec<Finding>,
}

/// What the entries say of their gate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    pub entries: u64,
    /// By the gate's own clock.
    pub latest_unix_ms: Option<i64>,
    /// Entries at which the clock had gone back, or on by another amount than time did.
    pub clock_faults: u64,
    pub venue: String,
    pub gate: String,
}

/// What is left when all segments were taken.
#[derive(Debug)]
pub struct Gathered {
    pub log: LogId,
    /// Entries behind a hole, ascending.
    pub behind: Vec<StoredEntry>,
    pub next_sequence: u64,
    pub seen: Seen,
    pub findings: Vec<Finding>,
}

impl Gathering {
    /// `first`: the lowest sequence that a segment of this log begins with.
    pub fn new(log: LogId, first: u64) -> Self {
        Self {
            log,
            first,
            hashes: Vec::new(),
            waiting: BTreeMap::new(),
            removed_before: 0,
            seen: Seen::default(),
            findings: Vec::new(),
        }
    }

    /// The sequence that is waited for.
    pub fn next_sequence(&self) -> u64 {
        self.first + self.hashes.len() as u64
    }

    /// An entry that was given out in an earlier run, in its order.
    pub fn resume(&mut self, entry: &StoredEntry) {
        self.notice(entry);
        self.hashes.push(entry.hash);
    }

    /// A segment of this log and its entries with their parts; what continues the log is given out.
    pub fn take(
        &mut self,
        segment: &Segment,
        entries: Vec<StoredEntry>,
        mut give: impl FnMut(StoredEntry),
    ) {
        for entry in entries {
            if let Err(sequence) = self.place(entry, &mut give) {
                self.findings.push(Finding::Fork { id: segment.id.clone(), sequence });
                return;
            }
        }
        while let Some(entry) = self.waiting.remove(&self.next_sequence()) {
            if let Err(sequence) = self.place(entry, &mut give) {
                self.findings.push(Finding::Fork { id: segment.id.clone(), sequence });
            }
        }
    }

    pub fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// What was found until now.
    pub fn take_findings(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.findings)
    }

    pub fn finish(mut self) -> Gathered {
        let mut next_sequence = self.next_sequence();
        let mut gap = |missing: Range<u64>| {
            self.findings.push(Finding::Gap { log: self.log, missing });
        };
        if self.first > self.removed_before {
            gap(self.removed_before..self.first);
        }
        for sequence in self.waiting.keys() {
            if *sequence > next_sequence {
                gap(next_sequence..*sequence);
            }
            next_sequence = sequence + 1;
        }
        let behind: Vec<_> = self.waiting.into_values().collect();
        let (log, findings, mut seen) = (self.log, self.findings, self.seen);
        for entry in &behind {
            notice(&mut seen, &mut 0, entry);
        }
        Gathered { log, behind, next_sequence, seen, findings }
    }

    /// The place at which it contradicts what is there.
    fn place(&mut self, entry: StoredEntry, give: &mut impl FnMut(StoredEntry)) -> Result<(), u64> {
        let sequence = entry.sequence;
        let known = |at: u64| {
            let at = usize::try_from(at.checked_sub(self.first)?).ok()?;
            self.hashes.get(at).copied()
        };
        let waits = self.waiting.get(&sequence).map(|waits| waits.hash);
        if let Some(hash) = known(sequence).or(waits) {
            return if hash == entry.hash { Ok(()) } else { Err(sequence) };
        }
        if sequence != self.next_sequence() {
            self.waiting.insert(sequence, entry);
            return Ok(());
        }
        let before = sequence.checked_sub(1);
        if let Some((before, hash)) = before.and_then(|at| Some((at, known(at)?))) {
            let previous = read_entry(&entry).map(|entry| entry.previous);
            if previous != Ok(hash) {
                return Err(before);
            }
        }
        self.notice(&entry);
        self.hashes.push(entry.hash);
        give(entry);
        Ok(())
    }

    fn notice(&mut self, entry: &StoredEntry) {
        notice(&mut self.seen, &mut self.removed_before, entry);
    }
}

fn notice(seen: &mut Seen, removed_before: &mut u64, stored: &StoredEntry) {
    let Ok(entry) = read_entry(stored) else { return };
    seen.entries += 1;
    seen.latest_unix_ms = seen.latest_unix_ms.max(Some(entry.at_unix_ms));
    seen.clock_faults += u64::from(entry.clock != ClockFlag::Steady);
    if let EntryBody::Signed(signed) = &entry.body
        && let Statement::Removed { before, .. } = signed.statement
    {
        *removed_before = before.max(*removed_before);
    }
    seen.venue = entry.gate.venue;
    seen.gate = entry.gate.gate;
}

/// When each gate says that it signed, in the order in which that came: before it others had said less, and after
/// it they say more, or its clock is wrong.
#[derive(Debug, Default)]
pub struct ClockWatch {
    last: VecDeque<(HubUser, i64)>,
    claims: BTreeMap<HubUser, Claim>,
    off: BTreeMap<HubUser, i64>,
}

/// What a gate said. Whether it was ahead only those tell who come after it: it may be the first of a morning.
#[derive(Debug)]
struct Claim {
    signed_unix_ms: i64,
    /// What each of the others said last.
    others: BTreeMap<HubUser, i64>,
    /// Those of them who said it afterwards.
    since: BTreeSet<HubUser>,
    arrivals: usize,
}

impl Claim {
    /// How far it was ahead of the others, when most of them have come.
    fn ahead_ms(&self) -> Option<i64> {
        let is_most = self.since.len() >= OTHERS_MIN && self.since.len() * 2 > self.others.len();
        let middle = middle(self.others.values().copied()).filter(|_| is_most)?;
        Some(self.signed_unix_ms.saturating_sub(middle).max(0))
    }
}

/// So many arrivals are compared.
const ARRIVALS: usize = 31;
/// After so many it is not known any more, and the gate is asked again.
const CLAIM_ARRIVALS_MAX: usize = 4 * ARRIVALS;
/// Of fewer other gates nobody knows which is wrong.
const OTHERS_MIN: usize = 3;
/// A gate that was offline signs when it sends: it is not behind.
pub const CLOCK_OFF_MS: i64 = 10 * 60_000;

impl ClockWatch {
    pub fn arrive(&mut self, user: &HubUser, signed_unix_ms: i64) {
        let others = self.last.iter().filter(|(other, _)| other != user);
        // The latest of each: a gate that sends often counts no more than others.
        let others: BTreeMap<HubUser, i64> = others.cloned().collect();
        let late_ms =
            middle(others.values().copied()).map(|said| signed_unix_ms.saturating_sub(said));
        self.measure(user, late_ms.unwrap_or(0).min(0));
        let mut ahead = Vec::new();
        for (other, claim) in self.claims.iter_mut().filter(|(other, _)| *other != user) {
            claim.others.insert(user.clone(), signed_unix_ms);
            claim.since.insert(user.clone());
            claim.arrivals += 1;
            let ahead_ms = claim.ahead_ms().or((claim.arrivals > CLAIM_ARRIVALS_MAX).then_some(0));
            ahead.extend(ahead_ms.map(|ahead_ms| (other.clone(), ahead_ms)));
        }
        for (other, ahead_ms) in ahead {
            self.claims.remove(&other);
            self.measure(&other, ahead_ms);
        }
        let claim = || Claim { signed_unix_ms, others, since: BTreeSet::new(), arrivals: 0 };
        self.claims.entry(user.clone()).or_insert_with(claim);
        self.last.push_back((user.clone(), signed_unix_ms));
        if self.last.len() > ARRIVALS {
            self.last.pop_front();
        }
    }

    fn measure(&mut self, user: &HubUser, off_ms: i64) {
        if off_ms.abs() > CLOCK_OFF_MS {
            let worst_ms = self.off.entry(user.clone()).or_insert(off_ms);
            if off_ms.abs() > worst_ms.abs() {
                *worst_ms = off_ms;
            }
        }
    }

    /// Gates whose clock was off, and by how much at worst: below 0 it is late.
    pub fn finish(self) -> BTreeMap<HubUser, i64> {
        self.off
    }
}

/// Of at least three.
fn middle(times: impl Iterator<Item = i64>) -> Option<i64> {
    let mut times: Vec<i64> = times.collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().filter(|_| times.len() >= OTHERS_MIN)
}
