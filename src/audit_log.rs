//! What happened at this gate: entries, canonical bytes, the hash chain.
//!
//! Shape: `EntryDraft` → `ChainHead::append` → `StoredEntry` (bytes, hash, erasable parts)
//! → `read_entry` → `Entry`; many of them → `verify_chain` → `ChainReport`; `write_line` and
//! `read_line` for exports.
//! Limits and errors: `LogError`, one variant per thing that can be wrong with one entry;
//! `Fault`, one per thing that can be wrong between entries.
//! Source: docs/log.md, which says it to the byte.
//! Not here: names, passes and codes (nothing of them enters a log), clocks, randomness, storage.

mod chain;
pub use chain::{
    ChainHead, ChainReport, ChainStart, ChainState, FAULTS_MAX, Fault, FaultCause, Verifier,
    verify_chain,
};

mod entry;
pub use entry::{
    Answer, ClockFlag, Direction, Entry, EntryBody, EntryDraft, EntryPart, Gap, GapCause, GateName,
    OtherBody, Outcome, ShiftTurn, kind_number, read_entry,
};

mod stored;
pub use stored::{Part, StoredEntry};

mod row;
pub use row::{join_parts, read_row, write_parts, write_row};

mod export;
pub use export::{LINE_BYTES_MAX, LineError, read_export, read_line, rfc3339, write_line};

mod examiner;
pub use examiner::{Examined, Examiner};

mod csv;
pub use csv::{CSV_HEADER, cell as csv_cell, write_csv_row};

mod parts;
pub use parts::{Erasable, KeyId, KeyedPart, SALT_BYTES, pseudonym};

mod signed;
pub use signed::{
    CHECKPOINT_PREFIX, CHECKPOINT_TEXT_CHARS_MAX, Checkpoint, STRUCK_MAX, SignedBody, SignedError,
    SignedPlace, Statement,
};

mod sealed;
pub use sealed::{
    EXPORT_MAGIC, IDENTITY_BYTES, Identity, SEALED_SALT, SealedError, open_export, open_identity,
    seal_export, seal_identity, seal_identity_by,
};

mod passages;
pub use passages::{Origin, Passage, Passages, VenuePassages};

mod days;
pub use days::{ByHand, ByHandKind, Counts, Day, DayKey, Days};

mod tracing;
pub use tracing::{Closed, Contact, Question, Sought, Trace, Visit};

pub mod cbor;
pub use cbor::CborError;

use sha2::{Digest, Sha256};
use std::fmt;

/// A SHA-256 value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

/// Names one log: the first 16 bytes of SHA-256 over the device's public key. So a log is bound
/// to the key that signs its checkpoints before there is a checkpoint, and needs no other proof.
/// One device key, one log: a log that starts anew starts with a new key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogId(pub [u8; 16]);

// Each ends in NUL and none contains another, so no two kinds of hash can be taken for one another.
const TAG_LOG_ID: &[u8] = b"gerbang log id\0";
const TAG_GENESIS: &[u8] = b"gerbang log genesis\0";
const TAG_ENTRY: &[u8] = b"gerbang log entry\0";
const TAG_PSEUDONYM: &[u8] = b"gerbang log pseudonym\0";
const TAG_SEALED: &[u8] = b"gerbang log sealed\0";
const TAG_KEY_ID: &[u8] = b"gerbang log key id\0";

impl Hash {
    /// What stands for a part that an entry never had.
    pub const ABSENT: Self = Self([0; 32]);

    /// SHA-256 of any bytes: for the digests of policy and registry.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    fn tagged(tag: &[u8], parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new_with_prefix(tag);
        for part in parts {
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

impl LogId {
    /// `device_public_key`: Ed25519, 32 bytes (RFC 8032 §5.1.5).
    pub fn of_device(device_public_key: &[u8; 32]) -> Self {
        let Hash(hash) = Hash::tagged(TAG_LOG_ID, &[device_public_key]);
        let (id, _) = hash.split_first_chunk().expect("32 bytes begin with 16");
        Self(*id)
    }

    /// What the first entry names as the one before it.
    pub fn genesis(self) -> Hash {
        Hash::tagged(TAG_GENESIS, &[&self.0])
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogId({self})")
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// What is wrong with one entry, whoever wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogError {
    /// The bytes are not what our writer would have written.
    Cbor(CborError),
    /// Written by a later version of the log: update, then read again.
    Version(u64),
    /// A number that names nothing in this version: outcome, answer, direction and so on.
    Number,
    /// The row says another sequence than the entry in it.
    Sequence,
    /// A part is there that the entry does not announce, or the other way round.
    Part,
    /// The hash beside the entry is not the hash of the entry: something in it was changed.
    Hash,
    /// A line of an export that holds no entry.
    Line(LineError),
}

impl LogError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Cbor(error) => error.code(),
            Self::Version(_) => "LOG-VERSION",
            Self::Number => "LOG-NUMBER",
            Self::Sequence => "LOG-SEQUENCE",
            Self::Part => "LOG-PART",
            Self::Hash => "LOG-HASH",
            Self::Line(error) => error.code(),
        }
    }
}

impl From<CborError> for LogError {
    fn from(error: CborError) -> Self {
        Self::Cbor(error)
    }
}
