//! A row of a log's entries as two documents: what stays, and what may have to be erased one day.
//!
//! Shape: `{"v", "entries", "checkpoint"}` under `<user>:<log id>:<first>:<next sequence>`, each entry with its
//! erasable parts struck; `{"v", "parts"}` under the same id with `:parts` behind it.
//! Limits and errors: `SEGMENT_ENTRIES_MAX`, `SEGMENT_BYTES_MAX`; `SegmentError`; unknown members
//! are ignored, as a database adds its own.
//! Source: docs/hub.md, "Documents"; docs/log.md.

use crate::audit_log::{
    ChainHead, Checkpoint, LogError, LogId, Part, SignedError, SignedPlace, StoredEntry, read_entry,
};
use crate::trust::HubUser;
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A segment that is longer is written as several.
pub const SEGMENT_ENTRIES_MAX: usize = 500;
/// Of each of the two documents: entries of greatest length and some room for a database's members.
pub const SEGMENT_BYTES_MAX: usize = 8 << 20;
/// Behind a segment's id: the document of its erasable parts.
pub const PARTS_SUFFIX: &str = ":parts";

const VERSION: u64 = 1;
/// Ids sort as numbers do.
const SEQUENCE_DIGITS: usize = 12;

/// What a segment's document is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SegmentId {
    /// Whose password it came with; two phones set up alike are two logs of one user.
    pub user: HubUser,
    pub log: LogId,
    pub first: u64,
    /// Behind the last: no two segments of other extent have one id.
    pub next: u64,
}

/// Why a document is no segment, or no parts of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentError {
    /// Longer than `SEGMENT_BYTES_MAX`.
    Long,
    /// No JSON object with a segment's members.
    Json,
    /// Written by a later version.
    Version(u64),
    /// The document's id is no segment's, or not that of what is in it.
    Id,
    /// No entry, or more than `SEGMENT_ENTRIES_MAX`.
    Count,
    /// The entry at this place is damaged.
    Entry(usize, LogError),
    /// The entry at this place does not continue the one before.
    Chain(usize),
    /// The entry at this place holds what may have to be erased.
    Unstruck(usize),
    /// The device's signature does not hold.
    Signed(SignedError),
    /// What is to be written ends elsewhere than the signature says.
    Head,
    /// The parts at this place are not those that the entry was written with.
    Parts(usize),
}

impl SegmentError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Long => "HUB-LONG",
            Self::Json => "HUB-JSON",
            Self::Version(_) => "HUB-VERSION",
            Self::Id => "HUB-ID",
            Self::Count => "HUB-COUNT",
            Self::Entry(_, error) => error.code(),
            Self::Chain(_) => "HUB-CHAIN",
            Self::Unstruck(_) => "HUB-UNSTRUCK",
            Self::Signed(error) => error.code(),
            Self::Head => "HUB-HEAD",
            Self::Parts(_) => "HUB-PARTS",
        }
    }
}

/// The texts of a segment's two documents, without `_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documents {
    pub id: SegmentId,
    pub segment: String,
    /// `None`: no entry was written with a part.
    pub parts: Option<String>,
}

impl Documents {
    /// Both in one request, the parts first; each under its id.
    pub fn to_bulk(&self) -> String {
        let named = |id: String, text: &str| {
            let members = text.strip_prefix('{').unwrap_or(text);
            format!("{{\"_id\":\"{id}\",{members}")
        };
        let parts = self.parts.as_ref().map(|parts| named(self.id.of_parts(), parts));
        let segment = named(self.id.to_string(), &self.segment);
        let docs: Vec<String> = parts.into_iter().chain([segment]).collect();
        format!("{{\"docs\":[{}]}}", docs.join(","))
    }
}

/// A segment that its log's device signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub id: SegmentId,
    /// Without erasable parts; `read_parts` puts them back.
    pub entries: Vec<StoredEntry>,
    /// The end of the log that the device signed for, and when.
    pub checkpoint: Checkpoint,
}

#[derive(Serialize, Deserialize)]
struct SegmentDocument<'a> {
    v: u64,
    #[serde(borrow)]
    entries: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    checkpoint: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct PartsDocument<'a> {
    v: u64,
    /// One for each entry of the segment; empty where nothing is kept of it any more.
    #[serde(borrow)]
    parts: Vec<Cow<'a, str>>,
}

impl Segment {
    /// Whether a document of parts belongs to it, be they struck: without it a hub does not hold all.
    pub fn has_parts(&self) -> bool {
        self.entries.iter().any(ever_had_parts)
    }
}

impl SegmentId {
    pub fn parse(text: &str) -> Result<Self, SegmentError> {
        let mut parts = text.split(':');
        let parts: [Option<&str>; 5] = std::array::from_fn(|_| parts.next());
        let [Some(user), Some(log), Some(first), Some(next), None] = parts else {
            return Err(SegmentError::Id);
        };
        let user = HubUser::parse(user).ok_or(SegmentError::Id)?;
        let log = HEXLOWER.decode(log.as_bytes()).map_err(|_| SegmentError::Id)?;
        let log = LogId(log.try_into().map_err(|_| SegmentError::Id)?);
        Ok(Self { user, log, first: sequence(first)?, next: sequence(next)? })
    }

    /// Of the document of its erasable parts.
    pub fn of_parts(&self) -> String {
        format!("{self}{PARTS_SUFFIX}")
    }
}

impl std::fmt::Display for SegmentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { user, log, first, next } = self;
        let log = HEXLOWER.encode(&log.0);
        write!(f, "{user}:{log}:{first:0digits$}:{next:0digits$}", digits = SEQUENCE_DIGITS)
    }
}

/// A number as ids write it.
fn sequence(text: &str) -> Result<u64, SegmentError> {
    let is_one = text.len() == SEQUENCE_DIGITS && text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|_| is_one).ok_or(SegmentError::Id)
}

/// Of a gate's user: entries that follow one another, and the device's word for the end of the log that the last of
/// them makes. The two are checked as a reader would.
pub fn write_segment(
    user: &HubUser,
    entries: &[StoredEntry],
    checkpoint: &Checkpoint,
) -> Result<Documents, SegmentError> {
    let struck: Vec<StoredEntry> = entries.iter().map(without_parts).collect();
    let (first, last) = entries.first().zip(entries.last()).ok_or(SegmentError::Count)?;
    let (first, next) = (first.sequence, last.sequence.saturating_add(1));
    let id = SegmentId { user: user.clone(), log: checkpoint.place.head.log(), first, next };
    let head = chain(&id, &struck)?;
    if head != checkpoint.verify().map_err(SegmentError::Signed)? {
        return Err(SegmentError::Head);
    }
    let encoded = |bytes: Vec<u8>| Cow::Owned(BASE64.encode(&bytes));
    let segment = SegmentDocument {
        v: VERSION,
        entries: struck.iter().map(|entry| encoded(entry.to_bytes())).collect(),
        checkpoint: BASE64.encode(&signature_bytes(checkpoint)).into(),
    };
    let parts = entries.iter().any(ever_had_parts).then(|| parts_text(entries));
    Ok(Documents { id, segment: json(&segment), parts })
}

/// Time, key and signature: which end it is of, the entries say.
fn signature_bytes(checkpoint: &Checkpoint) -> Vec<u8> {
    let Checkpoint { place, device_public_key, signature } = checkpoint;
    [&place.at_unix_ms.to_be_bytes()[..], device_public_key, signature].concat()
}

/// Says nothing of the signature.
fn read_signature(text: &str, head: ChainHead) -> Result<Checkpoint, SegmentError> {
    let bytes = BASE64.decode(text.as_bytes()).map_err(|_| SegmentError::Json)?;
    let (at, rest) = bytes.split_first_chunk().ok_or(SegmentError::Json)?;
    let (key, rest) = rest.split_first_chunk().ok_or(SegmentError::Json)?;
    let signature = rest.try_into().map_err(|_| SegmentError::Json)?;
    let place = SignedPlace { head, at_unix_ms: i64::from_be_bytes(*at) };
    Ok(Checkpoint { place, device_public_key: *key, signature })
}

/// What is kept of each entry's parts, as the document that belongs to a segment of them.
pub(super) fn parts_text(entries: &[StoredEntry]) -> String {
    let part = |entry: &StoredEntry| match keeps_parts(entry) {
        true => Cow::Owned(BASE64.encode(&entry.parts_to_bytes())),
        false => Cow::Borrowed(""),
    };
    json(&PartsDocument { v: VERSION, parts: entries.iter().map(part).collect() })
}

fn json(document: &impl Serialize) -> String {
    serde_json::to_string(document).expect("texts and numbers are always JSON")
}

/// A document that a database has under this id.
pub fn read_segment(id: &str, document: &[u8]) -> Result<Segment, SegmentError> {
    let id = SegmentId::parse(id)?;
    let document: SegmentDocument<'_> = read_json(document)?;
    check_version(document.v)?;
    if document.entries.is_empty() || document.entries.len() > SEGMENT_ENTRIES_MAX {
        return Err(SegmentError::Count);
    }
    let read = |(at, text): (usize, &Cow<'_, str>)| {
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| SegmentError::Json)?;
        StoredEntry::parse(&bytes).map_err(|error| SegmentError::Entry(at, error))
    };
    let entries: Vec<_> =
        document.entries.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let head = chain(&id, &entries)?;
    let checkpoint = read_signature(&document.checkpoint, head)?;
    checkpoint.verify().map_err(SegmentError::Signed)?;
    Ok(Segment { id, entries, checkpoint })
}

/// The segment's entries with what the document under its id and `:parts` still keeps of them.
pub fn read_parts(segment: &Segment, document: &[u8]) -> Result<Vec<StoredEntry>, SegmentError> {
    let document: PartsDocument<'_> = read_json(document)?;
    check_version(document.v)?;
    if document.parts.len() != segment.entries.len() {
        return Err(SegmentError::Count);
    }
    let with_parts = |(at, (entry, text)): (usize, (&StoredEntry, &Cow<'_, str>))| {
        if text.is_empty() {
            return Ok(entry.clone());
        }
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| SegmentError::Json)?;
        let entry = entry.with_parts(&bytes).map_err(|error| SegmentError::Entry(at, error))?;
        // A part that is not the entry's own gives another hash.
        if entry.computed_hash() == entry.hash { Ok(entry) } else { Err(SegmentError::Parts(at)) }
    };
    segment.entries.iter().zip(&document.parts).enumerate().map(with_parts).collect()
}

/// Of two segments of one log: whether they say different things of one place. Then one of the two
/// was written by somebody else, or by the same phone twice. That one goes on further is no fork.
pub fn is_fork(one: &Segment, other: &Segment) -> bool {
    let at = |segment: &Segment, sequence: u64| {
        let place = usize::try_from(sequence.checked_sub(segment.id.first)?).ok()?;
        segment.entries.get(place).map(|entry| entry.hash)
    };
    let differs =
        |entry: &StoredEntry| at(other, entry.sequence).is_some_and(|hash| hash != entry.hash);
    one.id.log == other.id.log && one.entries.iter().any(differs)
}

fn read_json<'a, T: Deserialize<'a>>(document: &'a [u8]) -> Result<T, SegmentError> {
    if document.len() > SEGMENT_BYTES_MAX {
        return Err(SegmentError::Long);
    }
    serde_json::from_slice(document).map_err(|_| SegmentError::Json)
}

fn check_version(version: u64) -> Result<(), SegmentError> {
    if version == VERSION { Ok(()) } else { Err(SegmentError::Version(version)) }
}

/// The end that the entries of that id make, one after another.
fn chain(id: &SegmentId, entries: &[StoredEntry]) -> Result<ChainHead, SegmentError> {
    if entries.len() > SEGMENT_ENTRIES_MAX {
        return Err(SegmentError::Count);
    }
    let mut head: Option<ChainHead> = None;
    for (at, stored) in entries.iter().enumerate() {
        if keeps_parts(stored) {
            return Err(SegmentError::Unstruck(at));
        }
        let entry = read_entry(stored).map_err(|error| SegmentError::Entry(at, error))?;
        let continues = match head {
            None => entry.sequence == id.first,
            Some(head) => {
                entry.sequence == head.next_sequence() && entry.previous == head.previous()
            }
        };
        if entry.log != id.log {
            return Err(SegmentError::Id);
        }
        if !continues {
            return Err(if at == 0 { SegmentError::Id } else { SegmentError::Chain(at) });
        }
        head = Some(ChainHead::after(stored).map_err(|error| SegmentError::Entry(at, error))?);
    }
    let head = head.ok_or(SegmentError::Count)?;
    if head.next_sequence() == id.next { Ok(head) } else { Err(SegmentError::Id) }
}

pub(super) fn keeps_parts(entry: &StoredEntry) -> bool {
    [&entry.pseudonym, &entry.sealed].map(Part::kept) != [None, None]
}

fn ever_had_parts(entry: &StoredEntry) -> bool {
    [&entry.pseudonym, &entry.sealed] != [&Part::Absent, &Part::Absent]
}

fn without_parts(entry: &StoredEntry) -> StoredEntry {
    let mut struck = entry.clone();
    struck.strike();
    struck
}
