//! Credentials whose holder a health officer must be called for, as keyed hashes.
//!
//! Shape: HMAC-SHA-256(city key, credential id), first 16 bytes → until when.
//! A credential id is a hash over 16 random bytes and more, so the list names nobody to whoever
//! does not hold the pass itself.
//! Source: docs/registry.md, "The block list".

use crate::credential::CredentialId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fmt;

/// How long an entry may hold, from the registry's issue.
pub const BLOCK_DAYS_MAX: i64 = 14;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockEntry {
    pub hash: [u8; 16],
    pub until_unix_s: i64,
}

#[derive(Clone, PartialEq, Eq, Default)]
pub struct BlockList {
    key: [u8; 32],
    until_unix_s: BTreeMap<[u8; 16], i64>,
}

impl BlockList {
    pub fn new(key: [u8; 32], entries: impl IntoIterator<Item = BlockEntry>) -> Self {
        let mut list = Self { key, until_unix_s: BTreeMap::new() };
        for entry in entries {
            // A credential that is named twice is blocked until the later of the two.
            let until = list.until_unix_s.entry(entry.hash).or_insert(entry.until_unix_s);
            *until = entry.until_unix_s.max(*until);
        }
        list
    }

    pub fn hash(key: &[u8; 32], id: CredentialId) -> [u8; 16] {
        let mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
        let full: [u8; 32] = mac.chain_update(id.0).finalize().into_bytes().into();
        let (half, _) = full.split_first_chunk::<16>().expect("32 bytes hold 16");
        *half
    }

    pub fn blocks(&self, id: CredentialId, now_unix_s: i64) -> bool {
        if self.until_unix_s.is_empty() {
            return false;
        }
        let until = self.until_unix_s.get(&Self::hash(&self.key, id));
        until.is_some_and(|until| now_unix_s < *until)
    }

    pub fn len(&self) -> usize {
        self.until_unix_s.len()
    }

    pub fn is_empty(&self) -> bool {
        self.until_unix_s.is_empty()
    }

    pub fn key(&self) -> &[u8; 32] {
        &self.key
    }

    pub fn entries(&self) -> impl Iterator<Item = BlockEntry> + '_ {
        self.until_unix_s
            .iter()
            .map(|(hash, until)| BlockEntry { hash: *hash, until_unix_s: *until })
    }
}

impl fmt::Debug for BlockList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockList({} entries)", self.len())
    }
}
