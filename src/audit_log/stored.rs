//! One entry as it is kept: fixed bytes, hash, and the two parts that may be struck.
//!
//! Shape: `[fixed, pseudonym, sealed]`, each part `[]` (never there), `[salt, bytes]` (kept) or
//! `[commitment]` (struck); this is what `entry_b64` of an export line holds.
//! Limits and errors: `STORED_BYTES_MAX`; `LogError`.
//! Source: docs/log.md, "The stored entry".

use super::cbor::{Reader, Writer};
use super::parts::{Erasable, PART_BYTES_MAX};
use super::{CborError, Hash, LogError, TAG_ENTRY, TAG_PSEUDONYM, TAG_SEALED, entry};

/// Fixed bytes, two parts and their heads.
pub const STORED_BYTES_MAX: usize = entry::FIXED_BYTES_MAX + 2 * PART_BYTES_MAX + 128;

/// What one row of the store and one line of an export carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    pub sequence: u64,
    /// Deterministic CBOR; never erased.
    pub fixed: Vec<u8>,
    pub hash: Hash,
    pub pseudonym: Part,
    pub sealed: Part,
}

/// An erasable part as it is kept beside the fixed bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The entry never had it.
    Absent,
    Kept(Erasable),
    /// It was erased; this is its commitment, without which the hash could not be checked.
    Struck(Hash),
}

impl StoredEntry {
    pub(super) fn new(sequence: u64, fixed: Vec<u8>, pseudonym: Part, sealed: Part) -> Self {
        let hash = entry_hash(&fixed, &pseudonym, &sealed);
        Self { sequence, fixed, hash, pseudonym, sealed }
    }

    /// The hash that bytes and parts give, whatever `hash` says.
    pub fn computed_hash(&self) -> Hash {
        entry_hash(&self.fixed, &self.pseudonym, &self.sealed)
    }

    /// Erases both parts; the hash, and so the chain, stays as it was.
    pub fn strike(&mut self) {
        self.pseudonym.strike(TAG_PSEUDONYM);
        self.sealed.strike(TAG_SEALED);
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.array(3).bytes(&self.fixed);
        self.pseudonym.write(&mut out);
        self.sealed.write(&mut out);
        out.into_bytes()
    }

    /// The two parts by themselves: `[pseudonym, sealed]`.
    pub fn parts_to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.array(2);
        self.pseudonym.write(&mut out);
        self.sealed.write(&mut out);
        out.into_bytes()
    }

    /// This entry with those parts in place of its own; the hash stays the one that it had, and
    /// `computed_hash` tells whether they belong to it.
    pub fn with_parts(&self, bytes: &[u8]) -> Result<Self, LogError> {
        if bytes.len() > STORED_BYTES_MAX {
            return Err(CborError::Limit.into());
        }
        let mut reader = Reader::new(bytes);
        if reader.array(2)? != 2 {
            return Err(LogError::Part);
        }
        let pseudonym = Part::parse(&mut reader)?;
        let sealed = Part::parse(&mut reader)?;
        reader.end()?;
        Ok(Self { pseudonym, sealed, ..self.clone() })
    }

    /// The hash is computed; whoever has it written beside the bytes compares.
    pub fn parse(bytes: &[u8]) -> Result<Self, LogError> {
        let mut stored = Self::parse_beside(bytes, Hash::ABSENT)?;
        stored.hash = stored.computed_hash();
        Ok(stored)
    }

    /// With the hash that is written beside the bytes; `read_entry` compares.
    pub(super) fn parse_beside(bytes: &[u8], hash: Hash) -> Result<Self, LogError> {
        if bytes.len() > STORED_BYTES_MAX {
            return Err(CborError::Limit.into());
        }
        let mut reader = Reader::new(bytes);
        if reader.array(3)? != 3 {
            return Err(LogError::Part);
        }
        let fixed = reader.bytes(entry::FIXED_BYTES_MAX)?.to_vec();
        let pseudonym = Part::parse(&mut reader)?;
        let sealed = Part::parse(&mut reader)?;
        reader.end()?;
        let sequence = entry::peek(&fixed)?.sequence;
        Ok(Self { sequence, fixed, hash, pseudonym, sealed })
    }
}

impl Part {
    pub fn kept(&self) -> Option<&Erasable> {
        match self {
            Self::Kept(erasable) => Some(erasable),
            Self::Absent | Self::Struck(_) => None,
        }
    }

    pub(super) fn commitment(&self, tag: &[u8]) -> Hash {
        match self {
            Self::Absent => Hash::ABSENT,
            Self::Kept(erasable) => erasable.commitment(tag),
            Self::Struck(commitment) => *commitment,
        }
    }

    fn strike(&mut self, tag: &[u8]) {
        if let Self::Kept(erasable) = self {
            *self = Self::Struck(erasable.commitment(tag));
        }
    }

    fn write(&self, out: &mut Writer) {
        match self {
            Self::Absent => out.array(0),
            Self::Kept(erasable) => out.array(2).bytes(&erasable.salt).bytes(&erasable.bytes),
            Self::Struck(commitment) => out.array(1).bytes(&commitment.0),
        };
    }

    pub(super) fn parse(reader: &mut Reader<'_>) -> Result<Self, LogError> {
        Ok(match reader.array(2)? {
            0 => Self::Absent,
            1 => Self::Struck(Hash(reader.fixed_bytes()?)),
            _ => {
                let salt = reader.fixed_bytes()?;
                Self::Kept(Erasable { salt, bytes: reader.bytes(PART_BYTES_MAX)?.to_vec() })
            }
        })
    }
}

/// SHA-256(tag ‖ fixed ‖ commitment of pseudonym ‖ commitment of sealed). The fixed bytes say
/// where they end, and the commitments are 32 bytes each, so no boundary can be shifted.
fn entry_hash(fixed: &[u8], pseudonym: &Part, sealed: &Part) -> Hash {
    let Hash(pseudonym) = pseudonym.commitment(TAG_PSEUDONYM);
    let Hash(sealed) = sealed.commitment(TAG_SEALED);
    Hash::tagged(TAG_ENTRY, &[fixed, &pseudonym, &sealed])
}
