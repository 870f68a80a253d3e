//! What the other gates of a venue did, from the documents of its database.
//!
//! Shape: documents in any order → `Venue::take` → `Passed`: who was let in or out where and when, as
//! `gate::Visits` counts a gate's own: a Refer as it was answered, an overridden refusal as an entry,
//! what is undone as the contrary, a specimen not at all.
//! Limits and errors: the constants below; nothing counts that its log's device did not sign, nor what
//! contradicts what came first (a fork): both are named in `doubts`.
//! Source: docs/hub.md, "Hearing".
//! Not here: requests (`Listener`), who somebody is, the gate's own log.

use super::segment::{PARTS_SUFFIX, Segment, SegmentError, SegmentId, read_parts, read_segment};
use crate::audit_log::{
    Answer, Direction, Entry, EntryBody, Hash, LogId, Outcome, StoredEntry, read_entry,
};
use std::collections::{BTreeMap, VecDeque};

/// More phones than a venue has had in a year.
pub const LOGS_MAX: usize = 256;
/// Documents whose other half has not come yet.
const WAITING_MAX: usize = 64;
const WAITING_BYTES_MAX: usize = 4 << 20;
/// Segments of one log that came before those in front of them.
const EARLY_MAX: usize = 16;
/// What is missing for so long is gone on without.
const EARLY_MS_MAX: i64 = 60_000;
/// Entries of a log, newest, against which another account of the same place shows.
const KNOWN_MAX: usize = 8_192;
/// Of a doubted id.
const ID_CHARS_MAX: usize = 200;
const DOUBTS_MAX: usize = 20;
const GATES_MAX: usize = 256;
const HOUR_MS: i64 = 3_600_000;
/// Hours of which the verdicts are counted.
const HOURS_MAX: usize = 48;
const UNNAMED_MAX: usize = 10_000;
/// The oldest are forgotten.
const FLAGS_MAX: usize = 1_000;

pub type Pseudonym = [u8; 32];

/// Somebody through another gate's door.
#[derive(Clone, PartialEq, Eq)]
pub struct Passed {
    pub who: Pseudonym,
    /// By that gate's clock, but never later than it was heard of.
    pub at_unix_ms: i64,
    pub direction: Direction,
    pub gate: String,
}

impl std::fmt::Debug for Passed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Passed({:?} at {} by {})", self.direction, self.at_unix_ms, self.gate)
    }
}

/// Why a document counts nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    Unproven(SegmentError),
    /// It says other things of a place than what came first.
    Fork,
    /// More than `LOGS_MAX` logs.
    Crowd,
}

impl Doubt {
    pub fn code(self) -> &'static str {
        match self {
            Self::Unproven(error) => error.code(),
            Self::Fork => "HUB-FORK",
            Self::Crowd => "HUB-LOGS",
        }
    }
}

/// What a gate did, for whoever looks after all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GateSeen {
    /// Of its last entry or signature.
    pub latest_unix_ms: i64,
    /// By hours since 1970.
    pub hours: BTreeMap<i64, Hour>,
    /// Without a pseudonym: when, and one more inside or one less.
    unnamed: VecDeque<(i64, i64)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hour {
    pub verdicts: u32,
    pub entered: u32,
    pub left: u32,
}

/// Through which door somebody went last, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastSeen {
    pub at_unix_ms: i64,
    pub direction: Direction,
    pub gate: String,
    pub is_own: bool,
}

/// A supervisor's wish that somebody be looked at closer, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagSeen {
    pub at_unix_ms: i64,
    pub raised: bool,
    pub gate: String,
    pub is_own: bool,
}

#[derive(Debug)]
pub struct Venue {
    venue_id: String,
    /// Of this phone, whose documents are passed over.
    own: LogId,
    logs: BTreeMap<LogId, Log>,
    segments: VecDeque<Segment>,
    parts: VecDeque<(String, Vec<u8>)>,
    gates: BTreeMap<String, GateSeen>,
    people: BTreeMap<Pseudonym, LastSeen>,
    doubts: VecDeque<(String, Doubt)>,
    holes: u32,
    /// The last that a supervisor asked of somebody.
    flags: BTreeMap<Pseudonym, FlagSeen>,
}

#[derive(Debug, Default)]
struct Log {
    /// Entries before it have been counted.
    next: Option<u64>,
    early: BTreeMap<u64, (i64, Vec<StoredEntry>)>,
    known: BTreeMap<u64, Known>,
    /// The last scan or manual entry: an answer or an undo may follow.
    last: Option<Last>,
}

/// The first bytes of an entry's hash, and of that of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known {
    hash: u64,
    previous: u64,
}

#[derive(Debug, Clone, Copy)]
struct Last {
    sequence: u64,
    who: Option<Pseudonym>,
    passed: Option<Direction>,
}

impl Venue {
    pub fn new(venue_id: &str, own: LogId) -> Self {
        Self {
            venue_id: venue_id.to_owned(),
            own,
            logs: BTreeMap::new(),
            segments: VecDeque::new(),
            parts: VecDeque::new(),
            gates: BTreeMap::new(),
            people: BTreeMap::new(),
            doubts: VecDeque::new(),
            holes: 0,
            flags: BTreeMap::new(),
        }
    }

    /// By name.
    pub fn gates(&self) -> &BTreeMap<String, GateSeen> {
        &self.gates
    }

    /// Ids of documents that count nothing, the newest last.
    pub fn doubts(&self) -> impl Iterator<Item = (&str, Doubt)> {
        self.doubts.iter().map(|(id, doubt)| (id.as_str(), *doubt))
    }

    /// How often entries that are missing were gone on without.
    pub fn holes(&self) -> u32 {
        self.holes
    }

    /// Through which door somebody went last, be it this gate's own.
    pub fn last_of(&self, who: &Pseudonym) -> Option<&LastSeen> {
        self.people.get(who)
    }

    /// What a supervisor asked last of somebody, be it at this gate.
    pub fn flag_of(&self, who: &Pseudonym) -> Option<&FlagSeen> {
        self.flags.get(who)
    }

    /// By all doors; whoever came in before then is taken to have left unseen. Of those who have no
    /// pseudonym only their number is known.
    pub fn inside_since(&self, unix_ms: i64) -> u32 {
        let of = |gate: &GateSeen| -> i64 {
            gate.unnamed.iter().filter(|(at, _)| *at >= unix_ms).map(|(_, step)| step).sum()
        };
        let unnamed: i64 = self.gates.values().map(of).sum();
        let is_inside =
            |last: &&LastSeen| last.direction == Direction::Entry && last.at_unix_ms >= unix_ms;
        let named = self.people.values().filter(is_inside).count();
        let all = i64::try_from(named).unwrap_or(i64::MAX).saturating_add(unnamed);
        u32::try_from(all.max(0)).unwrap_or(u32::MAX)
    }

    /// Whoever has not been seen since then.
    pub fn forget_before(&mut self, unix_ms: i64) {
        self.people.retain(|_, last| last.at_unix_ms >= unix_ms);
    }

    /// The gate's own entries: it is one of them.
    pub fn count_own(&mut self, entries: &[StoredEntry], now_unix_ms: i64) {
        let _known_here = self.add(self.own, entries, now_unix_ms);
    }

    /// The next document, as the database has it.
    pub fn take(&mut self, id: &str, document: &[u8], now_unix_ms: i64) -> Vec<Passed> {
        if id.starts_with("_design/") {
            return Vec::new();
        }
        let taken = match id.strip_suffix(PARTS_SUFFIX) {
            Some(of) => self.take_parts(of, document),
            None => self.take_segment(id, document),
        };
        let mut passed = match taken {
            Ok(Some((id, entries))) => self.count(&id, entries, now_unix_ms),
            Ok(None) => Vec::new(),
            Err(error) => {
                self.doubt(id, Doubt::Unproven(error));
                Vec::new()
            }
        };
        passed.append(&mut self.go_on_without(now_unix_ms));
        passed
    }

    fn take_segment(&mut self, id: &str, document: &[u8]) -> Result<Whole, SegmentError> {
        if SegmentId::parse(id)?.log == self.own {
            return Ok(None);
        }
        let segment = read_segment(id, document)?;
        if !segment.has_parts() {
            return Ok(Some((segment.id, segment.entries)));
        }
        if let Some(at) = self.parts.iter().position(|(of, _)| of == id)
            && let Some((_, parts)) = self.parts.remove(at)
        {
            return self.join(segment, &parts);
        }
        self.wait(segment);
        Ok(None)
    }

    /// Where these are not its own parts, those may still come.
    fn join(&mut self, segment: Segment, parts: &[u8]) -> Result<Whole, SegmentError> {
        match read_parts(&segment, parts) {
            Ok(entries) => Ok(Some((segment.id, entries))),
            Err(error) => {
                self.wait(segment);
                Err(error)
            }
        }
    }

    fn wait(&mut self, segment: Segment) {
        self.segments.retain(|known| known.id != segment.id);
        self.segments.push_back(segment);
        if self.segments.len() > WAITING_MAX {
            self.segments.pop_front();
        }
    }

    fn take_parts(&mut self, of: &str, document: &[u8]) -> Result<Whole, SegmentError> {
        let id = SegmentId::parse(of)?;
        if id.log == self.own {
            return Ok(None);
        }
        let waiting = self.segments.iter().position(|segment| segment.id == id);
        if let Some(segment) = waiting.and_then(|at| self.segments.remove(at)) {
            return self.join(segment, document);
        }
        // What comes later under an id is what the database has now.
        self.parts.retain(|(known, _)| known != of);
        self.parts.push_back((of.to_owned(), document.to_vec()));
        let bytes = |parts: &VecDeque<(String, Vec<u8>)>| -> usize {
            parts.iter().map(|(_, document)| document.len()).sum()
        };
        while self.parts.len() > WAITING_MAX || bytes(&self.parts) > WAITING_BYTES_MAX {
            self.parts.pop_front();
        }
        Ok(None)
    }

    /// Proven entries, in the order of their log: what comes too early waits for what is in front.
    fn count(
        &mut self,
        id: &SegmentId,
        entries: Vec<StoredEntry>,
        now_unix_ms: i64,
    ) -> Vec<Passed> {
        if self.logs.len() >= LOGS_MAX && !self.logs.contains_key(&id.log) {
            self.doubt(&id.to_string(), Doubt::Crowd);
            return Vec::new();
        }
        let log = self.logs.entry(id.log).or_default();
        if !log.agrees(&entries) {
            self.doubt(&id.to_string(), Doubt::Fork);
            return Vec::new();
        }
        if log.next.is_some_and(|next| id.first > next) && log.early.len() < EARLY_MAX {
            let waits = log.early.entry(id.first).or_insert_with(|| (now_unix_ms, Vec::new()));
            // Of two that begin there the longer one; the other is in it.
            if entries.len() > waits.1.len() {
                waits.1 = entries;
            }
            return Vec::new();
        }
        let mut passed = self.add(id.log, &entries, now_unix_ms);
        while let Some(entries) = self.logs.get_mut(&id.log).and_then(Log::ready) {
            passed.append(&mut self.add(id.log, &entries, now_unix_ms));
        }
        passed
    }

    /// What is missing does not hold up what is there for ever.
    fn go_on_without(&mut self, now_unix_ms: i64) -> Vec<Passed> {
        let mut passed = Vec::new();
        let logs: Vec<LogId> = self.logs.keys().copied().collect();
        for id in logs {
            while let Some(entries) =
                self.logs.get_mut(&id).and_then(|log| log.overdue(now_unix_ms))
            {
                self.holes = self.holes.saturating_add(1);
                passed.append(&mut self.add(id, &entries, now_unix_ms));
            }
        }
        passed
    }

    fn add(&mut self, log: LogId, entries: &[StoredEntry], now_unix_ms: i64) -> Vec<Passed> {
        let mut passed = Vec::new();
        // Of entries that were gone on without and come after all: a hub that was restored was filled up again.
        let mut last_of_late = None;
        for stored in entries {
            let log = self.logs.entry(log).or_default();
            if log.is_counted(stored.sequence) {
                continue;
            }
            let is_late = log.next.is_some_and(|next| stored.sequence < next);
            log.next = log.next.max(Some(stored.sequence + 1));
            log.remember(stored);
            let Ok(entry) = read_entry(stored) else { continue };
            if entry.gate.venue != self.venue_id {
                continue;
            }
            let step = match is_late {
                true => log.step_late(&entry, &mut last_of_late),
                false => log.step(&entry),
            };
            passed.extend(self.see(&entry, step, now_unix_ms));
        }
        passed
    }

    /// Counts it with its gate; answers who went through.
    fn see(&mut self, entry: &Entry, step: Option<Step>, now_unix_ms: i64) -> Option<Passed> {
        let name = &entry.gate.gate;
        if self.gates.len() >= GATES_MAX && !self.gates.contains_key(name) {
            return None;
        }
        let at_unix_ms = entry.at_unix_ms.min(now_unix_ms);
        if let EntryBody::Attention { raised, .. } = entry.body {
            self.flag(entry, raised, at_unix_ms);
        }
        let gate = self.gates.entry(name.clone()).or_default();
        gate.latest_unix_ms = gate.latest_unix_ms.max(at_unix_ms);
        let hour = gate.hours.entry(at_unix_ms.div_euclid(HOUR_MS)).or_default();
        let is_verdict = matches!(
            &entry.body,
            EntryBody::Decision {
                specimen: false,
                outcome: Outcome::Admit
                    | Outcome::Refer
                    | Outcome::Refuse
                    | Outcome::RefuseAndAlert,
                ..
            }
        );
        hour.verdicts += u32::from(is_verdict);
        let Step { who, direction, is_back } = step?;
        match (direction, is_back) {
            (Direction::Entry, false) => hour.entered += 1,
            (Direction::Exit, false) => hour.left += 1,
            (Direction::Exit, true) => hour.entered = hour.entered.saturating_sub(1),
            (Direction::Entry, true) => hour.left = hour.left.saturating_sub(1),
        }
        while gate.hours.len() > HOURS_MAX {
            gate.hours.pop_first();
        }
        let Some(who) = who else {
            let step = if direction == Direction::Entry { 1 } else { -1 };
            gate.unnamed.push_back((at_unix_ms, step));
            if gate.unnamed.len() > UNNAMED_MAX {
                gate.unnamed.pop_front();
            }
            return None;
        };
        let gate = name.clone();
        let is_own = entry.log == self.own;
        let last = LastSeen { at_unix_ms, direction, gate: gate.clone(), is_own };
        let known = self.people.entry(who).or_insert_with(|| last.clone());
        // The later word counts.
        if known.at_unix_ms <= at_unix_ms {
            *known = last;
        }
        Some(Passed { who, at_unix_ms, direction, gate })
    }

    fn flag(&mut self, entry: &Entry, raised: bool, at_unix_ms: i64) {
        let Some(who) = pseudonym_of(entry) else { return };
        let is_own = entry.log == self.own;
        let flag = FlagSeen { at_unix_ms, raised, gate: entry.gate.gate.clone(), is_own };
        // The later word counts.
        let known = self.flags.get(&who);
        if known.is_none_or(|known| known.at_unix_ms <= at_unix_ms) {
            self.flags.insert(who, flag);
        }
        if self.flags.len() > FLAGS_MAX {
            let oldest = self.flags.iter().min_by_key(|(_, flag)| flag.at_unix_ms);
            let oldest = oldest.map(|(who, _)| *who);
            oldest.and_then(|who| self.flags.remove(&who));
        }
    }

    fn doubt(&mut self, id: &str, doubt: Doubt) {
        let id: String = id.chars().take(ID_CHARS_MAX).collect();
        if self.doubts.iter().any(|(other, _)| *other == id) {
            return;
        }
        self.doubts.push_back((id, doubt));
        if self.doubts.len() > DOUBTS_MAX {
            self.doubts.pop_front();
        }
    }
}

/// A segment with its parts, or one half of it that waits.
type Whole = Option<(SegmentId, Vec<StoredEntry>)>;

/// Through the door, or, taken back, as if the other way.
struct Step {
    who: Option<Pseudonym>,
    direction: Direction,
    is_back: bool,
}

impl Log {
    /// Whether what is known of these places is the same, and of those beside them continues it.
    fn agrees(&self, entries: &[StoredEntry]) -> bool {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return true };
        let before = first.sequence.checked_sub(1).and_then(|before| self.known.get(&before));
        let after = self.known.get(&last.sequence.saturating_add(1));
        let is_other = |entry: &StoredEntry| {
            self.known.get(&entry.sequence).is_some_and(|known| known.hash != brief(entry.hash))
        };
        before.is_none_or(|before| Some(before.hash) == previous(first))
            && after.is_none_or(|after| after.previous == brief(last.hash))
            && !entries.iter().any(is_other)
    }

    /// Also what is older than all that is known.
    fn is_counted(&self, sequence: u64) -> bool {
        let is_before_known = || self.known.keys().next().is_some_and(|first| sequence < *first);
        self.known.contains_key(&sequence) || self.known.len() >= KNOWN_MAX && is_before_known()
    }

    fn remember(&mut self, entry: &StoredEntry) {
        let known = Known { hash: brief(entry.hash), previous: previous(entry).unwrap_or(0) };
        self.known.insert(entry.sequence, known);
        if self.known.len() > KNOWN_MAX {
            self.known.pop_first();
        }
    }

    /// Entries that had come early, and whose turn it is now.
    fn ready(&mut self) -> Option<Vec<StoredEntry>> {
        let first = self.early.keys().next().copied()?;
        if self.next.is_some_and(|next| first > next) {
            return None;
        }
        let (_, entries) = self.early.remove(&first)?;
        // Meanwhile something else may have come for that place.
        if self.agrees(&entries) { Some(entries) } else { Some(Vec::new()) }
    }

    fn overdue(&mut self, now_unix_ms: i64) -> Option<Vec<StoredEntry>> {
        let (first, (came_unix_ms, _)) = self.early.iter().next()?;
        let waits = (0..EARLY_MS_MAX).contains(&(now_unix_ms - came_unix_ms));
        if waits && self.early.len() < EARLY_MAX {
            return None;
        }
        self.next = Some(*first);
        self.ready()
    }

    /// What is in front of it is not what was counted last.
    fn step_late(&mut self, entry: &Entry, last: &mut Option<Last>) -> Option<Step> {
        std::mem::swap(&mut self.last, last);
        let step = self.step(entry);
        std::mem::swap(&mut self.last, last);
        step
    }

    /// As `gate::Visits` moves its own.
    fn step(&mut self, entry: &Entry) -> Option<Step> {
        let (moves, of) = match &entry.body {
            EntryBody::Decision { specimen, outcome, .. } => {
                let who = pseudonym_of(entry);
                self.last = Some(Last { sequence: entry.sequence, who, passed: None });
                (!specimen && *outcome == Outcome::Admit, entry.sequence)
            }
            EntryBody::Manual { answer, .. } => {
                self.last = Some(Last { sequence: entry.sequence, who: None, passed: None });
                (*answer == Answer::Allowed, entry.sequence)
            }
            EntryBody::Resolution { of, answer, .. } => (*answer == Answer::Allowed, *of),
            EntryBody::Override { of, .. } => (true, *of),
            EntryBody::Undo { of } => {
                let last = self.last.take_if(|last| last.sequence == *of)?;
                let direction = match last.passed? {
                    Direction::Entry => Direction::Exit,
                    Direction::Exit => Direction::Entry,
                };
                return Some(Step { who: last.who, direction, is_back: true });
            }
            _ => return None,
        };
        if !moves {
            return None;
        }
        let last = self.last.as_mut().filter(|last| last.sequence == of && last.passed.is_none());
        let who = last.and_then(|last| {
            last.passed = Some(entry.direction);
            last.who
        });
        Some(Step { who, direction: entry.direction, is_back: false })
    }
}

fn pseudonym_of(entry: &Entry) -> Option<Pseudonym> {
    let erasable = entry.pseudonym.as_ref()?.erasable.as_ref()?;
    erasable.bytes.as_slice().try_into().ok()
}

fn previous(entry: &StoredEntry) -> Option<u64> {
    Some(brief(read_entry(entry).ok()?.previous))
}

fn brief(hash: Hash) -> u64 {
    let (first, _) = hash.0.split_first_chunk().expect("a hash has 32 bytes");
    u64::from_be_bytes(*first)
}
