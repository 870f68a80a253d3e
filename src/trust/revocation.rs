//! Lists of withdrawn credentials, too long for the registry itself.
//!
//! Shape: parts (a first one, then changes, oldest first) → `RevocationList`; an id → 56 bits of
//! SHA-256(salt ‖ family ‖ 0 ‖ id) → the last part that names them decides.
//! Limits and errors: a part counts only with the hash that the registry gives; `PartError`. Two
//! ids share a value once in 2⁵⁶: a false refusal is as rare, a false admission cannot be.
//! Source: docs/registry.md, "Revocation lists".
//! Not here: fetching and keeping parts.

mod coded_set;

use crate::credential::Family;
use coded_set::CodedSet;
pub use coded_set::VALUE_BITS;
use sha2::{Digest, Sha256};
use std::fmt;

pub const MAGIC: [u8; 4] = *b"GBR1";
pub const HEADER_BYTES: usize = 32;
pub const SALT_BYTES: usize = 16;
pub const PART_BYTES_MAX: usize = 64 * 1024 * 1024;
pub const PARTS_MAX: usize = 64;

/// What is wrong with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartError {
    TooLong,
    /// Not the file that the registry names: damaged, another list's, or another version.
    Hash,
    /// No part of this version.
    Header,
    /// Its values are cut off, not in order, or followed by something.
    Values,
    /// The registry names no such part.
    Unknown,
}

impl PartError {
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "REV-LONG",
            Self::Hash => "REV-HASH",
            Self::Header => "REV-HEADER",
            Self::Values => "REV-VALUES",
            Self::Unknown => "REV-UNKNOWN",
        }
    }
}

/// One file: ids that are withdrawn, and ids that no longer are.
#[derive(Clone)]
pub struct RevocationPart {
    salt: [u8; SALT_BYTES],
    added: CodedSet,
    removed: CodedSet,
}

impl fmt::Debug for RevocationPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RevocationPart(+{} -{})", self.added.len(), self.removed.len())
    }
}

impl RevocationPart {
    /// `sha256` is what the registry says.
    pub fn open(bytes: &[u8], sha256: &[u8; 32]) -> Result<Self, PartError> {
        if bytes.len() > PART_BYTES_MAX {
            return Err(PartError::TooLong);
        }
        if <[u8; 32]>::from(Sha256::digest(bytes)) != *sha256 {
            return Err(PartError::Hash);
        }
        let (header, values) =
            bytes.split_first_chunk::<HEADER_BYTES>().ok_or(PartError::Header)?;
        let (magic, rest) = header.split_first_chunk::<4>().ok_or(PartError::Header)?;
        let (salt, rest) = rest.split_first_chunk::<SALT_BYTES>().ok_or(PartError::Header)?;
        let [a1, a2, a3, a4, r1, r2, r3, r4, added_k, removed_k, 0, 0] = *rest else {
            return Err(PartError::Header);
        };
        if *magic != MAGIC {
            return Err(PartError::Header);
        }
        let (added_count, removed_count) =
            (u32::from_be_bytes([a1, a2, a3, a4]), u32::from_be_bytes([r1, r2, r3, r4]));
        let (added, values) =
            CodedSet::read(values, added_count, added_k).ok_or(PartError::Values)?;
        let (removed, values) =
            CodedSet::read(values, removed_count, removed_k).ok_or(PartError::Values)?;
        if !values.is_empty() {
            return Err(PartError::Values);
        }
        Ok(Self { salt: *salt, added, removed })
    }

    /// `None`: this part says nothing of that id.
    fn says(&self, family: Family, id: &[u8]) -> Option<bool> {
        let value = value(&self.salt, family, id);
        if self.added.contains(value) {
            Some(true)
        } else {
            self.removed.contains(value).then_some(false)
        }
    }
}

/// The 56 bits that stand for an id.
pub fn value(salt: &[u8; SALT_BYTES], family: Family, id: &[u8]) -> u64 {
    let hash = Sha256::new()
        .chain_update(salt)
        .chain_update(family.name())
        .chain_update([0])
        .chain_update(id)
        .finalize();
    let [a, b, c, d, e, f, g, ..] = <[u8; 32]>::from(hash);
    u64::from_be_bytes([0, a, b, c, d, e, f, g])
}

/// A list with all its parts.
#[derive(Debug, Clone, Default)]
pub struct RevocationList {
    /// Oldest first.
    parts: Vec<RevocationPart>,
}

impl RevocationList {
    pub fn new(parts: Vec<RevocationPart>) -> Self {
        Self { parts }
    }

    pub fn revokes(&self, family: Family, id: &[u8]) -> bool {
        let said = self.parts.iter().rev().find_map(|part| part.says(family, id));
        said.unwrap_or(false)
    }
}
