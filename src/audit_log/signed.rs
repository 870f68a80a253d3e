//! Entries that the device signs: checkpoints, and tombstones of what was removed.
//!
//! Shape: place in the chain + time + what is said → `message` → (the device signs) → body.
//! A `Checkpoint` is the same signed statement by itself: a supervisor's phone keeps it, and it
//! later shows whether the log's tail was cut off or all of it written anew.
//! Limits and errors: `CHECKPOINT_TEXT_CHARS_MAX`, `STRUCK_MAX`; `SignedError`.
//! Source: docs/log.md, "Signed entries"; Ed25519 is RFC 8032, Base45 is RFC 9285.
//! Not here: the device's private key; it may be one that cannot leave the browser.

use super::cbor::{MapReader, MapWriter, Reader, Writer};
use super::{CborError, ChainHead, Entry, EntryBody, Hash, LogError, LogId, kind_number};
use crate::trust;

/// What the text of a checkpoint begins with.
pub const CHECKPOINT_PREFIX: &str = "GBC1:";
/// A checkpoint has some 180 bytes, in Base45 half as much again.
pub const CHECKPOINT_TEXT_CHARS_MAX: usize = 512;
/// Entries that one tombstone names as struck.
pub const STRUCK_MAX: usize = 64;

const TAG_SIGNED: &[u8] = b"gerbang log signed\0";
const CHECKPOINT_VERSION: u64 = 1;

mod key {
    pub const DEVICE: u64 = 0;
    pub const BEFORE: u64 = 1;
    pub const LAST_REMOVED: u64 = 2;
    pub const STRUCK: u64 = 3;
    pub const SIGNATURE: u64 = 9;
}

/// Where a signed entry stands; the signature covers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedPlace {
    pub head: ChainHead,
    pub at_unix_ms: i64,
}

/// What the device says by its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// The log up to here is mine.
    Checkpoint,
    /// Entries before `before` were removed after their time; `last_removed` is the hash of the
    /// last of them, which the entry `before` names as the one before it.
    Removed { before: u64, last_removed: Hash },
    /// Of these entries the erasable parts were struck; ascending, at most `STRUCK_MAX`.
    Struck(Vec<u64>),
}

/// A statement, who made it, and the signature that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedBody {
    pub statement: Statement,
    /// Ed25519.
    pub device_public_key: [u8; 32],
    pub signature: [u8; 64],
}

/// Why a signed statement is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedError {
    /// The key is not the one that the log is named after.
    Key,
    /// The signature does not hold.
    Signature,
    /// No text of a checkpoint.
    Text,
    /// The bytes behind the text are damaged.
    Cbor(CborError),
    /// Written by a later version.
    Version(u64),
}

impl SignedError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Key => "LOG-SIGNED-KEY",
            Self::Signature => "LOG-SIGNED-SIGNATURE",
            Self::Text => "LOG-CHECKPOINT-TEXT",
            Self::Cbor(error) => error.code(),
            Self::Version(_) => "LOG-CHECKPOINT-VERSION",
        }
    }
}

impl From<CborError> for SignedError {
    fn from(error: CborError) -> Self {
        Self::Cbor(error)
    }
}

impl Statement {
    pub fn kind(&self) -> u64 {
        match self {
            Self::Checkpoint => kind_number::CHECKPOINT,
            Self::Removed { .. } | Self::Struck(_) => kind_number::TOMBSTONE,
        }
    }

    /// The bytes to be signed.
    pub fn message(&self, place: &SignedPlace, device_public_key: &[u8; 32]) -> Vec<u8> {
        let mut out = Writer::default();
        out.raw(TAG_SIGNED).array(6);
        out.bytes(&place.head.log().0).uint(place.head.next_sequence());
        out.bytes(&place.head.previous().0).int(place.at_unix_ms).uint(self.kind());
        out.map(self.fields(device_public_key));
        out.into_bytes()
    }

    /// Without the signature.
    fn fields(&self, device_public_key: &[u8; 32]) -> MapWriter {
        let mut map = MapWriter::default();
        map.key(key::DEVICE).bytes(device_public_key);
        match self {
            Self::Checkpoint => {}
            Self::Removed { before, last_removed } => {
                map.key(key::BEFORE).uint(*before);
                map.key(key::LAST_REMOVED).bytes(&last_removed.0);
            }
            Self::Struck(sequences) => {
                let list = map.key(key::STRUCK).array(sequences.len().min(STRUCK_MAX));
                for sequence in sequences.iter().take(STRUCK_MAX) {
                    list.uint(*sequence);
                }
            }
        }
        map
    }
}

impl SignedBody {
    /// Whether this is what the device of that log said at that place.
    pub fn verify(&self, place: &SignedPlace) -> Result<(), SignedError> {
        if LogId::of_device(&self.device_public_key) != place.head.log() {
            return Err(SignedError::Key);
        }
        let message = self.statement.message(place, &self.device_public_key);
        trust::check_ed25519(&self.device_public_key, &message, &self.signature)
            .map_err(|_| SignedError::Signature)
    }

    pub(super) fn write(&self) -> MapWriter {
        let mut map = self.statement.fields(&self.device_public_key);
        map.key(key::SIGNATURE).bytes(&self.signature);
        map
    }

    pub(super) fn parse(
        kind: u64,
        map: &mut MapReader,
        reader: &mut Reader<'_>,
    ) -> Result<Self, LogError> {
        map.need(reader, key::DEVICE)?;
        let device_public_key = reader.fixed_bytes()?;
        let statement = if kind == kind_number::CHECKPOINT {
            Statement::Checkpoint
        } else if map.has(reader, key::BEFORE)? {
            let before = reader.uint()?;
            map.need(reader, key::LAST_REMOVED)?;
            Statement::Removed { before, last_removed: Hash(reader.fixed_bytes()?) }
        } else {
            map.need(reader, key::STRUCK)?;
            let count = reader.array(STRUCK_MAX)?;
            Statement::Struck((0..count).map(|_| reader.uint()).collect::<Result<_, _>>()?)
        };
        map.need(reader, key::SIGNATURE)?;
        Ok(Self { statement, device_public_key, signature: reader.fixed_bytes()? })
    }
}

/// The place that an entry's signature covers.
pub(super) fn place_of(entry: &Entry) -> SignedPlace {
    let head = ChainHead::known(entry.log, entry.sequence, entry.previous);
    SignedPlace { head, at_unix_ms: entry.at_unix_ms }
}

/// A checkpoint that has left the log: what a supervisor keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    pub place: SignedPlace,
    pub device_public_key: [u8; 32],
    pub signature: [u8; 64],
}

impl Checkpoint {
    /// Of an entry that is one.
    pub fn of(entry: &Entry) -> Option<Self> {
        match &entry.body {
            EntryBody::Signed(SignedBody {
                statement: Statement::Checkpoint,
                device_public_key,
                signature,
            }) => Some(Self {
                place: place_of(entry),
                device_public_key: *device_public_key,
                signature: *signature,
            }),
            _ => None,
        }
    }

    /// The head that the log had; only a checkpoint whose signature holds has one.
    pub fn verify(&self) -> Result<ChainHead, SignedError> {
        let body = SignedBody {
            statement: Statement::Checkpoint,
            device_public_key: self.device_public_key,
            signature: self.signature,
        };
        body.verify(&self.place).map(|()| self.place.head)
    }

    /// For a QR code: `GBC1:` and Base45.
    pub fn to_text(&self) -> String {
        let mut out = Writer::default();
        out.array(7).uint(CHECKPOINT_VERSION).bytes(&self.place.head.log().0);
        out.uint(self.place.head.next_sequence()).bytes(&self.place.head.previous().0);
        out.int(self.place.at_unix_ms).bytes(&self.device_public_key).bytes(&self.signature);
        format!("{CHECKPOINT_PREFIX}{}", base45::encode(out.into_bytes()))
    }

    /// Says nothing of the signature.
    pub fn parse(text: &str) -> Result<Self, SignedError> {
        if text.len() > CHECKPOINT_TEXT_CHARS_MAX {
            return Err(SignedError::Text);
        }
        let encoded = text.strip_prefix(CHECKPOINT_PREFIX).ok_or(SignedError::Text)?;
        let bytes = base45::decode(encoded).map_err(|_| SignedError::Text)?;
        let mut reader = Reader::new(&bytes);
        if reader.array(7)? != 7 {
            return Err(CborError::Field.into());
        }
        let version = reader.uint()?;
        if version != CHECKPOINT_VERSION {
            return Err(SignedError::Version(version));
        }
        let log = LogId(reader.fixed_bytes()?);
        let next_sequence = reader.uint()?;
        let previous = Hash(reader.fixed_bytes()?);
        let at_unix_ms = reader.int()?;
        let device_public_key = reader.fixed_bytes()?;
        let signature = reader.fixed_bytes()?;
        reader.end()?;
        let head = ChainHead::known(log, next_sequence, previous);
        Ok(Self { place: SignedPlace { head, at_unix_ms }, device_public_key, signature })
    }
}
