//! One entry: what the session says happened, as deterministic CBOR and back.
//!
//! Shape: `EntryDraft` + place in the chain → fixed bytes → `Entry`; a map with the integer keys
//! of `mod key`, the kind's own fields in a map under `BODY`.
//! Limits and errors: `FIXED_BYTES_MAX`, `NAME_BYTES_MAX`, `CODE_BYTES_MAX`, `REASONS_MAX`; what
//! is longer is cut when written and refused when read. A kind of entry that this version does
//! not know is kept as bytes, so an older reader still checks a newer log's chain.
//! Source: docs/log.md, "The fixed part".

use super::cbor::{MapReader, MapWriter, Reader, Writer};
use super::parts::{Erasable, KeyId, KeyedPart};
use super::{CborError, Hash, LogError, LogId, Part, SignedBody, StoredEntry};
use crate::rules::Status;

pub const SCHEMA_VERSION: u64 = 1;
/// The longest decision has some 1,900; the rest is for kinds that come later.
pub const FIXED_BYTES_MAX: usize = 4096;
/// Names of venue, gate, issuer; the version of the app.
pub const NAME_BYTES_MAX: usize = 120;
/// Reason codes and the names of families.
pub const CODE_BYTES_MAX: usize = 64;
pub const REASONS_MAX: usize = 16;
/// The range of ECMAScript's Date.
pub const UNIX_MS_MAX: i64 = 8_640_000_000_000_000;
/// RFC 3339: up to 23:59 either way.
pub const UTC_OFFSET_MIN_MAX: i16 = 1439;

pub(super) mod key {
    pub const VERSION: u64 = 0;
    pub const LOG: u64 = 1;
    pub const SEQUENCE: u64 = 2;
    pub const PREVIOUS: u64 = 3;
    pub const AT: u64 = 4;
    pub const UTC_OFFSET: u64 = 5;
    pub const CLOCK: u64 = 6;
    pub const VENUE: u64 = 7;
    pub const GATE: u64 = 8;
    pub const DIRECTION: u64 = 9;
    pub const POLICY: u64 = 10;
    pub const REGISTRY: u64 = 11;
    pub const APP: u64 = 12;
    pub const KIND: u64 = 13;
    pub const BODY: u64 = 14;
    pub const PSEUDONYM_KEY: u64 = 15;
    pub const SEALING_KEY: u64 = 16;
}

/// The numbers of the kinds.
pub mod kind_number {
    pub const DECISION: u64 = 1;
    pub const RESOLUTION: u64 = 2;
    pub const MANUAL: u64 = 3;
    pub const OVERRIDE: u64 = 4;
    pub const UNDO: u64 = 5;
    pub const SHIFT: u64 = 6;
    pub const GAP: u64 = 7;
    pub const TOMBSTONE: u64 = 8;
    pub const CHECKPOINT: u64 = 9;
    pub const ATTENTION: u64 = 10;
}

/// A closed list whose members are numbers in the log and words in what people read.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$variant_doc:meta])* $variant:ident = $number:literal $word:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub fn number(self) -> u64 {
                match self {
                    $(Self::$variant => $number,)*
                }
            }

            /// As in an export's `view` and in CSV.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            fn from_number(number: u64) -> Result<Self, LogError> {
                match number {
                    $($number => Ok(Self::$variant),)*
                    _ => Err(LogError::Number),
                }
            }
        }
    };
}

numbered! {
    /// What the gate answered.
    Outcome {
        Admit = 0 "admit",
        Refer = 1 "refer",
        Refuse = 2 "refuse",
        RefuseAndAlert = 3 "alert",
        Unreadable = 4 "unreadable",
        NotACredential = 5 "no-credential",
    }
}

numbered! {
    /// Which way the visitor went.
    Direction {
        Entry = 0 "entry",
        Exit = 1 "exit",
    }
}

numbered! {
    /// How the phone's clock stands to the entry before.
    ClockFlag {
        Steady = 0 "steady",
        /// Earlier than the entry before it.
        Back = 1 "back",
        /// Went on by another amount than the running time says.
        Jump = 2 "jump",
    }
}

numbered! {
    /// What the officer answered to a Refer, or did without a code.
    Answer {
        Allowed = 0 "allowed",
        TurnedAway = 1 "turned-away",
        /// No answer in time: not entered.
        Unanswered = 2 "unanswered",
    }
}

numbered! {
    /// Of an officer at the gate.
    ShiftTurn {
        Start = 0 "start",
        End = 1 "end",
    }
}

numbered! {
    /// Why something is missing.
    GapCause {
        /// Decisions were taken that the store never held.
        Unwritten = 0 "unwritten",
        /// The store was broken and was made anew; the earlier log is named where it was known.
        Repaired = 1 "repaired",
        /// Two writers had the log at once; one's entries were given up.
        Forked = 2 "forked",
    }
}

/// Where: as the gate was set up when it happened; it may be moved in mid-shift.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GateName {
    pub venue: String,
    pub gate: String,
}

/// What the session wants remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryDraft {
    pub at_unix_ms: i64,
    pub utc_offset_min: i16,
    pub clock: ClockFlag,
    pub gate: GateName,
    pub direction: Direction,
    pub body: EntryBody,
    pub policy_digest: Hash,
    pub registry_digest: Hash,
    pub app_version: String,
    pub pseudonym: Option<KeyedPart>,
    pub sealed: Option<KeyedPart>,
}

/// What happened, by kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryBody {
    Decision {
        outcome: Outcome,
        status: Option<Status>,
        /// Training: counts for nothing.
        specimen: bool,
        /// Codes; the first is the one the screen said.
        reasons: Vec<String>,
        /// The family's name in the design's list.
        family: String,
        issuer: Option<String>,
    },
    /// The officer's answer to the Refer at sequence `of`; `reason` is a code, empty for none.
    Resolution {
        of: u64,
        answer: Answer,
        reason: String,
    },
    /// A visitor without a code.
    Manual {
        answer: Answer,
        reason: String,
    },
    /// A supervisor let in whom the decision at sequence `of` refused. The entry's pseudonym is of
    /// the supervisor's pass.
    Override {
        of: u64,
        reason: String,
    },
    /// The entry at sequence `of` was a mistake.
    Undo {
        of: u64,
    },
    /// The pseudonym is of the officer's own pass.
    Shift(ShiftTurn),
    /// A supervisor asks to look closer at the visitor of the decision at sequence `of` when she comes again,
    /// or no longer. The pseudonym is hers.
    Attention {
        of: u64,
        raised: bool,
    },
    Gap(Gap),
    /// A checkpoint, or a tombstone of what was removed; whether its signature holds, the chain's
    /// verifier says.
    Signed(SignedBody),
    /// A kind that this version does not know.
    Other(OtherBody),
}

/// What is missing and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    pub cause: GapCause,
    /// How many entries are missing, where that is known.
    pub count: Option<u64>,
    /// Since when, where that is known.
    pub since_unix_ms: Option<i64>,
    /// The log that this one continues after a repair, and how far it went.
    pub earlier: Option<(LogId, u64, Hash)>,
}

/// A body that was read but not understood; only the reader makes it, so it is always CBOR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherBody {
    kind: u64,
    cbor: Vec<u8>,
}

/// An entry that was read: its bytes are what they should be, and its hash is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub log: LogId,
    pub sequence: u64,
    pub previous: Hash,
    pub hash: Hash,
    pub at_unix_ms: i64,
    pub utc_offset_min: i16,
    pub clock: ClockFlag,
    pub gate: GateName,
    pub direction: Direction,
    pub body: EntryBody,
    pub policy_digest: Hash,
    pub registry_digest: Hash,
    pub app_version: String,
    pub pseudonym: Option<EntryPart>,
    pub sealed: Option<EntryPart>,
}

/// A part that an entry was written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryPart {
    pub key: KeyId,
    /// `None`: it was struck.
    pub erasable: Option<Erasable>,
}

/// Where an entry says it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub log: LogId,
    pub sequence: u64,
    pub previous: Hash,
}

/// Reads one entry and checks its hash. Whether it is the right one at its place, the chain says.
pub fn read_entry(stored: &StoredEntry) -> Result<Entry, LogError> {
    let mut entry = parse_fixed(&stored.fixed, stored.hash)?;
    if entry.sequence != stored.sequence {
        return Err(LogError::Sequence);
    }
    join_part(&mut entry.pseudonym, &stored.pseudonym)?;
    join_part(&mut entry.sealed, &stored.sealed)?;
    if stored.computed_hash() == stored.hash { Ok(entry) } else { Err(LogError::Hash) }
}

/// The place of an entry, without reading the rest of it.
pub(super) fn peek(fixed: &[u8]) -> Result<Place, LogError> {
    let mut reader = Reader::new(fixed);
    let mut map = reader.map()?;
    read_place(&mut map, &mut reader)
}

pub(super) fn write_fixed(place: &Place, draft: &EntryDraft) -> Vec<u8> {
    let mut map = MapWriter::default();
    map.key(key::VERSION).uint(SCHEMA_VERSION);
    map.key(key::LOG).bytes(&place.log.0);
    map.key(key::SEQUENCE).uint(place.sequence);
    map.key(key::PREVIOUS).bytes(&place.previous.0);
    map.key(key::AT).int(clamp_unix_ms(draft.at_unix_ms));
    let utc_offset_min = draft.utc_offset_min.clamp(-UTC_OFFSET_MIN_MAX, UTC_OFFSET_MIN_MAX);
    map.key(key::UTC_OFFSET).int(utc_offset_min.into());
    map.key(key::CLOCK).uint(draft.clock.number());
    map.key(key::VENUE).text(cut(&draft.gate.venue, NAME_BYTES_MAX));
    map.key(key::GATE).text(cut(&draft.gate.gate, NAME_BYTES_MAX));
    map.key(key::DIRECTION).uint(draft.direction.number());
    map.key(key::POLICY).bytes(&draft.policy_digest.0);
    map.key(key::REGISTRY).bytes(&draft.registry_digest.0);
    map.key(key::APP).text(cut(&draft.app_version, NAME_BYTES_MAX));
    map.key(key::KIND).uint(draft.body.kind());
    draft.body.write(map.key(key::BODY));
    if let Some(part) = &draft.pseudonym {
        map.key(key::PSEUDONYM_KEY).bytes(&part.key.0);
    }
    if let Some(part) = &draft.sealed {
        map.key(key::SEALING_KEY).bytes(&part.key.0);
    }
    let mut out = Writer::default();
    out.map(map);
    out.into_bytes()
}

/// The parts come out as announced and struck; `join_part` fills in what was kept.
fn parse_fixed(fixed: &[u8], hash: Hash) -> Result<Entry, LogError> {
    if fixed.len() > FIXED_BYTES_MAX {
        return Err(CborError::Limit.into());
    }
    let mut reader = Reader::new(fixed);
    let reader = &mut reader;
    let mut map = reader.map()?;
    let Place { log, sequence, previous } = read_place(&mut map, reader)?;
    map.need(reader, key::AT)?;
    let at_unix_ms = read_unix_ms(reader)?;
    map.need(reader, key::UTC_OFFSET)?;
    let utc_offset_min = i16::try_from(reader.int()?)
        .ok()
        .filter(|minutes| minutes.unsigned_abs() <= UTC_OFFSET_MIN_MAX.unsigned_abs())
        .ok_or(CborError::Limit)?;
    map.need(reader, key::CLOCK)?;
    let clock = ClockFlag::from_number(reader.uint()?)?;
    map.need(reader, key::VENUE)?;
    let venue = reader.text(NAME_BYTES_MAX)?.to_owned();
    map.need(reader, key::GATE)?;
    let gate = GateName { venue, gate: reader.text(NAME_BYTES_MAX)?.to_owned() };
    map.need(reader, key::DIRECTION)?;
    let direction = Direction::from_number(reader.uint()?)?;
    map.need(reader, key::POLICY)?;
    let policy_digest = Hash(reader.fixed_bytes()?);
    map.need(reader, key::REGISTRY)?;
    let registry_digest = Hash(reader.fixed_bytes()?);
    map.need(reader, key::APP)?;
    let app_version = reader.text(NAME_BYTES_MAX)?.to_owned();
    map.need(reader, key::KIND)?;
    let kind = reader.uint()?;
    map.need(reader, key::BODY)?;
    let body = EntryBody::parse(kind, reader.item()?)?;
    let pseudonym = read_announced(&mut map, reader, key::PSEUDONYM_KEY)?;
    let sealed = read_announced(&mut map, reader, key::SEALING_KEY)?;
    map.end(reader)?;
    reader.end()?;
    Ok(Entry {
        log,
        sequence,
        previous,
        hash,
        at_unix_ms,
        utc_offset_min,
        clock,
        gate,
        direction,
        body,
        policy_digest,
        registry_digest,
        app_version,
        pseudonym,
        sealed,
    })
}

fn read_place(map: &mut MapReader, reader: &mut Reader<'_>) -> Result<Place, LogError> {
    map.need(reader, key::VERSION)?;
    let version = reader.uint()?;
    if version != SCHEMA_VERSION {
        return Err(LogError::Version(version));
    }
    map.need(reader, key::LOG)?;
    let log = LogId(reader.fixed_bytes()?);
    map.need(reader, key::SEQUENCE)?;
    let sequence = reader.uint()?;
    map.need(reader, key::PREVIOUS)?;
    Ok(Place { log, sequence, previous: Hash(reader.fixed_bytes()?) })
}

fn read_announced(
    map: &mut MapReader,
    reader: &mut Reader<'_>,
    key: u64,
) -> Result<Option<EntryPart>, LogError> {
    if !map.has(reader, key)? {
        return Ok(None);
    }
    Ok(Some(EntryPart { key: KeyId(reader.fixed_bytes()?), erasable: None }))
}

fn join_part(announced: &mut Option<EntryPart>, stored: &Part) -> Result<(), LogError> {
    match (announced, stored) {
        (None, Part::Absent) | (Some(_), Part::Struck(_)) => Ok(()),
        (Some(part), Part::Kept(erasable)) => {
            part.erasable = Some(erasable.clone());
            Ok(())
        }
        (None, Part::Kept(_) | Part::Struck(_)) | (Some(_), Part::Absent) => Err(LogError::Part),
    }
}

fn read_unix_ms(reader: &mut Reader<'_>) -> Result<i64, CborError> {
    let unix_ms = reader.int()?;
    if clamp_unix_ms(unix_ms) == unix_ms { Ok(unix_ms) } else { Err(CborError::Limit) }
}

fn clamp_unix_ms(unix_ms: i64) -> i64 {
    unix_ms.clamp(-UNIX_MS_MAX, UNIX_MS_MAX)
}

/// The longest beginning of whole characters that fits.
fn cut(text: &str, bytes_max: usize) -> &str {
    text.split_at(text.floor_char_boundary(bytes_max)).0
}

impl EntryBody {
    /// Which decision or manual entry this belongs to: its own where it answers no other.
    pub fn about(&self, sequence: u64) -> u64 {
        match self {
            Self::Resolution { of, .. } | Self::Override { of, .. } => *of,
            _ => sequence,
        }
    }

    /// The entry that this one takes back.
    pub fn undone(&self) -> Option<u64> {
        if let Self::Undo { of } = self { Some(*of) } else { None }
    }

    pub fn kind(&self) -> u64 {
        match self {
            Self::Decision { .. } => kind_number::DECISION,
            Self::Resolution { .. } => kind_number::RESOLUTION,
            Self::Manual { .. } => kind_number::MANUAL,
            Self::Override { .. } => kind_number::OVERRIDE,
            Self::Undo { .. } => kind_number::UNDO,
            Self::Shift(_) => kind_number::SHIFT,
            Self::Attention { .. } => kind_number::ATTENTION,
            Self::Gap(_) => kind_number::GAP,
            Self::Signed(signed) => signed.statement.kind(),
            Self::Other(other) => other.kind,
        }
    }

    fn write(&self, out: &mut Writer) {
        let mut map = MapWriter::default();
        match self {
            Self::Decision { outcome, status, specimen, reasons, family, issuer } => {
                map.key(0).uint(outcome.number());
                if let Some(status) = status {
                    map.key(1).uint(status_number(*status));
                }
                map.key(2).flag(*specimen);
                let list = map.key(3).array(reasons.len().min(REASONS_MAX));
                for reason in reasons.iter().take(REASONS_MAX) {
                    list.text(cut(reason, CODE_BYTES_MAX));
                }
                map.key(4).text(cut(family, CODE_BYTES_MAX));
                if let Some(issuer) = issuer {
                    map.key(5).text(cut(issuer, NAME_BYTES_MAX));
                }
            }
            Self::Resolution { of, answer, reason } => {
                map.key(0).uint(*of);
                map.key(1).uint(answer.number());
                map.key(2).text(cut(reason, CODE_BYTES_MAX));
            }
            Self::Manual { answer, reason } => {
                map.key(0).uint(answer.number());
                map.key(1).text(cut(reason, CODE_BYTES_MAX));
            }
            Self::Override { of, reason } => {
                map.key(0).uint(*of);
                map.key(1).text(cut(reason, CODE_BYTES_MAX));
            }
            Self::Undo { of } => {
                map.key(0).uint(*of);
            }
            Self::Shift(turn) => {
                map.key(0).uint(turn.number());
            }
            Self::Attention { of, raised } => {
                map.key(0).uint(*of);
                map.key(1).flag(*raised);
            }
            Self::Gap(gap) => gap.write(&mut map),
            Self::Signed(signed) => map = signed.write(),
            Self::Other(other) => {
                out.raw(&other.cbor);
                return;
            }
        }
        out.map(map);
    }

    fn parse(kind: u64, cbor: &[u8]) -> Result<Self, LogError> {
        let mut reader = Reader::new(cbor);
        let reader = &mut reader;
        let mut map = reader.map()?;
        let body = match kind {
            kind_number::DECISION => Self::parse_decision(&mut map, reader)?,
            kind_number::RESOLUTION => {
                map.need(reader, 0)?;
                let of = reader.uint()?;
                map.need(reader, 1)?;
                let answer = Answer::from_number(reader.uint()?)?;
                map.need(reader, 2)?;
                Self::Resolution { of, answer, reason: reader.text(CODE_BYTES_MAX)?.to_owned() }
            }
            kind_number::MANUAL => {
                map.need(reader, 0)?;
                let answer = Answer::from_number(reader.uint()?)?;
                map.need(reader, 1)?;
                Self::Manual { answer, reason: reader.text(CODE_BYTES_MAX)?.to_owned() }
            }
            kind_number::OVERRIDE => {
                map.need(reader, 0)?;
                let of = reader.uint()?;
                map.need(reader, 1)?;
                Self::Override { of, reason: reader.text(CODE_BYTES_MAX)?.to_owned() }
            }
            kind_number::UNDO => {
                map.need(reader, 0)?;
                Self::Undo { of: reader.uint()? }
            }
            kind_number::SHIFT => {
                map.need(reader, 0)?;
                Self::Shift(ShiftTurn::from_number(reader.uint()?)?)
            }
            kind_number::ATTENTION => {
                map.need(reader, 0)?;
                let of = reader.uint()?;
                map.need(reader, 1)?;
                Self::Attention { of, raised: reader.flag()? }
            }
            kind_number::GAP => Self::Gap(Gap::parse(&mut map, reader)?),
            kind_number::TOMBSTONE | kind_number::CHECKPOINT => {
                Self::Signed(SignedBody::parse(kind, &mut map, reader)?)
            }
            _ => return Ok(Self::Other(OtherBody { kind, cbor: cbor.to_vec() })),
        };
        map.end(reader)?;
        Ok(body)
    }

    fn parse_decision(map: &mut MapReader, reader: &mut Reader<'_>) -> Result<Self, LogError> {
        map.need(reader, 0)?;
        let outcome = Outcome::from_number(reader.uint()?)?;
        let status = match map.has(reader, 1)? {
            true => Some(status_from_number(reader.uint()?)?),
            false => None,
        };
        map.need(reader, 2)?;
        let specimen = reader.flag()?;
        map.need(reader, 3)?;
        let reasons = (0..reader.array(REASONS_MAX)?)
            .map(|_| reader.text(CODE_BYTES_MAX).map(str::to_owned))
            .collect::<Result<_, _>>()?;
        map.need(reader, 4)?;
        let family = reader.text(CODE_BYTES_MAX)?.to_owned();
        let issuer = match map.has(reader, 5)? {
            true => Some(reader.text(NAME_BYTES_MAX)?.to_owned()),
            false => None,
        };
        Ok(Self::Decision { outcome, status, specimen, reasons, family, issuer })
    }
}

impl Gap {
    fn write(&self, map: &mut MapWriter) {
        map.key(0).uint(self.cause.number());
        if let Some(count) = self.count {
            map.key(1).uint(count);
        }
        if let Some(since) = self.since_unix_ms {
            map.key(2).int(clamp_unix_ms(since));
        }
        if let Some((log, next_sequence, head)) = &self.earlier {
            map.key(3).array(3).bytes(&log.0).uint(*next_sequence).bytes(&head.0);
        }
    }

    fn parse(map: &mut MapReader, reader: &mut Reader<'_>) -> Result<Self, LogError> {
        map.need(reader, 0)?;
        let cause = GapCause::from_number(reader.uint()?)?;
        let count = match map.has(reader, 1)? {
            true => Some(reader.uint()?),
            false => None,
        };
        let since_unix_ms = match map.has(reader, 2)? {
            true => Some(read_unix_ms(reader)?),
            false => None,
        };
        let earlier = match map.has(reader, 3)? {
            true if reader.array(3)? != 3 => return Err(CborError::Field.into()),
            true => {
                let log = LogId(reader.fixed_bytes()?);
                Some((log, reader.uint()?, Hash(reader.fixed_bytes()?)))
            }
            false => None,
        };
        Ok(Self { cause, count, since_unix_ms, earlier })
    }
}

fn status_number(status: Status) -> u64 {
    match status {
        Status::Green => 0,
        Status::Yellow => 1,
        Status::Red => 2,
        Status::Black => 3,
    }
}

fn status_from_number(number: u64) -> Result<Status, LogError> {
    [Status::Green, Status::Yellow, Status::Red, Status::Black]
        .into_iter()
        .find(|status| status_number(*status) == number)
        .ok_or(LogError::Number)
}
