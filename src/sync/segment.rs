//! A row of a log's entries as two documents: what stays, and what may have to be erased one day.
//!
//! Shape: `{"v", "entries"}` under `<user>:<log id>:<first>:<next sequence>`, a signature and entries whose erasable
//! parts are struck in one text; `{"v", "parts"}` under the same id with `:parts` behind it. What phones wrote before,
//! version 1 with a text for each entry, is read as well.
//! Limits and errors: `SEGMENT_ENTRIES_MAX`, `SEGMENT_BYTES_MAX`; `SegmentError`; unknown members
//! are ignored, as a database adds its own.
//! Source: docs/hub.md, "Documents"; docs/log.md.

use crate::audit_log::cbor::{Reader, Writer};
use crate::audit_log::{
    CborError, ChainHead, Checkpoint, Hash, LogError, LogId, Part, SignedError, SignedPlace,
    StoredEntry, join_parts, read_entry, read_row, write_parts, write_row,
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

const VERSION: u64 = 2;
/// One text an entry.
const VERSION_ONCE: u64 = 1;
/// Public key, signature.
const SIGNATURE_BYTES: usize = 32 + 64;
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
    entries: Texts<'a>,
    /// Of version 1.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    checkpoint: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
struct PartsDocument<'a> {
    v: u64,
    /// Of each entry of the segment; `[]`, or an empty text, where nothing is kept of it any more.
    #[serde(borrow)]
    parts: Texts<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Texts<'a> {
    #[serde(borrow)]
    One(Cow<'a, str>),
    /// Version 1: one each.
    #[serde(borrow)]
    Each(Vec<Cow<'a, str>>),
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
    let (first_entry, last) = struck.first().zip(struck.last()).ok_or(SegmentError::Count)?;
    let (first, next) = (first_entry.sequence, last.sequence.saturating_add(1));
    let id = SegmentId { user: user.clone(), log: checkpoint.place.head.log(), first, next };
    let head = chain(&id, &struck)?;
    if head != checkpoint.verify().map_err(SegmentError::Signed)? {
        return Err(SegmentError::Head);
    }
    let place = |(at, error)| SegmentError::Entry(at, error);
    let previous = read_entry(first_entry).map_err(|error| place((0, error)))?.previous;
    let row = write_row(&struck).map_err(place)?;
    let after_ms = checkpoint.place.at_unix_ms.saturating_sub(at_unix_ms(last));
    let mut time = Writer::default();
    time.int(after_ms);
    let Checkpoint { device_public_key, signature, .. } = checkpoint;
    let signed = [&device_public_key[..], signature, &previous.0, &time.into_bytes()].concat();
    let bytes = [signed, row].concat();
    let text = Texts::One(BASE64.encode(&bytes).into());
    let segment = SegmentDocument { v: VERSION, entries: text, checkpoint: None };
    let parts = entries.iter().any(ever_had_parts).then(|| parts_text(entries));
    Ok(Documents { id, segment: json(&segment), parts })
}

/// By its own clock.
fn at_unix_ms(entry: &StoredEntry) -> i64 {
    read_entry(entry).map_or(0, |entry| entry.at_unix_ms)
}

/// Says nothing of the signature.
fn signed_by(bytes: &[u8; SIGNATURE_BYTES], place: SignedPlace) -> Option<Checkpoint> {
    let (key, rest) = bytes.split_first_chunk()?;
    Some(Checkpoint { place, device_public_key: *key, signature: rest.try_into().ok()? })
}

/// What is kept of each entry's parts, as the document that belongs to a segment of them.
pub(super) fn parts_text(entries: &[StoredEntry]) -> String {
    let parts = Texts::One(BASE64.encode(&write_parts(entries)).into());
    json(&PartsDocument { v: VERSION, parts })
}

fn json(document: &impl Serialize) -> String {
    serde_json::to_string(document).expect("texts and numbers are always JSON")
}

/// A document that a database has under this id.
pub fn read_segment(id: &str, document: &[u8]) -> Result<Segment, SegmentError> {
    let id = SegmentId::parse(id)?;
    let document: SegmentDocument<'_> = read_json(document)?;
    check_version(document.v)?;
    let (signature, at, entries) = match (&document.entries, &document.checkpoint) {
        (Texts::One(text), None) if document.v == VERSION => read_entries(&id, text)?,
        (Texts::Each(texts), Some(checkpoint)) if document.v == VERSION_ONCE => {
            let entries = read_entries_once(texts)?;
            let bytes = decode(checkpoint)?;
            let (at, rest) = bytes.split_first_chunk().ok_or(SegmentError::Json)?;
            let signature = rest.try_into().map_err(|_| SegmentError::Json)?;
            (signature, i64::from_be_bytes(*at), entries)
        }
        _ => return Err(SegmentError::Json),
    };
    let head = chain(&id, &entries)?;
    let place = SignedPlace { head, at_unix_ms: at };
    let checkpoint = signed_by(&signature, place).ok_or(SegmentError::Json)?;
    checkpoint.verify().map_err(SegmentError::Signed)?;
    Ok(Segment { id, entries, checkpoint })
}

type Entries = ([u8; SIGNATURE_BYTES], i64, Vec<StoredEntry>);

/// Key and signature, hash of the entry before, when it was signed, entries.
fn read_entries(id: &SegmentId, text: &str) -> Result<Entries, SegmentError> {
    let bytes = decode(text)?;
    let (signature, rest) = bytes.split_first_chunk().ok_or(SegmentError::Json)?;
    let (previous, rest) = rest.split_first_chunk().ok_or(SegmentError::Json)?;
    let mut reader = Reader::new(rest);
    let after_ms = reader.int().map_err(|_| SegmentError::Json)?;
    let entries = read_row(id.log, id.first, Hash(*previous), reader.rest(), SEGMENT_ENTRIES_MAX);
    let entries = entries.map_err(|fault| match fault {
        (SEGMENT_ENTRIES_MAX, _) => SegmentError::Count,
        (at, error) => SegmentError::Entry(at, error),
    })?;
    let at = entries.last().map_or(0, at_unix_ms).saturating_add(after_ms);
    Ok((*signature, at, entries))
}

fn read_entries_once(texts: &[Cow<'_, str>]) -> Result<Vec<StoredEntry>, SegmentError> {
    if texts.is_empty() || texts.len() > SEGMENT_ENTRIES_MAX {
        return Err(SegmentError::Count);
    }
    let read = |(at, text): (usize, &Cow<'_, str>)| {
        StoredEntry::parse(&decode(text)?).map_err(|error| SegmentError::Entry(at, error))
    };
    texts.iter().enumerate().map(read).collect()
}

/// The segment's entries with what the document under its id and `:parts` still keeps of them.
pub fn read_parts(segment: &Segment, document: &[u8]) -> Result<Vec<StoredEntry>, SegmentError> {
    let document: PartsDocument<'_> = read_json(document)?;
    check_version(document.v)?;
    let entries = match &document.parts {
        Texts::One(text) if document.v == VERSION => join_parts(&segment.entries, &decode(text)?)
            .map_err(|fault| match fault {
            (_, LogError::Cbor(CborError::End | CborError::Trailing)) => SegmentError::Count,
            (at, error) => SegmentError::Entry(at, error),
        })?,
        Texts::Each(texts) if document.v == VERSION_ONCE => read_parts_once(segment, texts)?,
        _ => return Err(SegmentError::Json),
    };
    // A part that is not the entry's own gives another hash.
    let foreign = entries.iter().position(|entry| entry.computed_hash() != entry.hash);
    foreign.map_or(Ok(entries), |at| Err(SegmentError::Parts(at)))
}

fn read_parts_once(
    segment: &Segment,
    texts: &[Cow<'_, str>],
) -> Result<Vec<StoredEntry>, SegmentError> {
    if texts.len() != segment.entries.len() {
        return Err(SegmentError::Count);
    }
    let with_parts = |(at, (entry, text)): (usize, (&StoredEntry, &Cow<'_, str>))| {
        if text.is_empty() {
            return Ok(entry.clone());
        }
        entry.with_parts(&decode(text)?).map_err(|error| SegmentError::Entry(at, error))
    };
    segment.entries.iter().zip(texts).enumerate().map(with_parts).collect()
}

fn decode(text: &str) -> Result<Vec<u8>, SegmentError> {
    BASE64.decode(text.as_bytes()).map_err(|_| SegmentError::Json)
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
    match version {
        VERSION | VERSION_ONCE => Ok(()),
        _ => Err(SegmentError::Version(version)),
    }
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
