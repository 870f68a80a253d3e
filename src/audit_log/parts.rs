//! What may have to be erased one day: pseudonym and sealed identity, apart from the entry.
//!
//! Shape: commitment = SHA-256(tag ‖ salt ‖ bytes); only the commitment enters the entry's hash,
//! so striking salt and bytes leaves the chain whole, and the commitment then tells nothing.
//! Source: HMAC-SHA-256 is RFC 2104 with FIPS 180-4; docs/log.md, "Erasable parts".
//! Not here: sealing and the derivation of venue keys (the authority's affair).

use super::{Hash, TAG_KEY_ID};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// As much as an attacker would have to guess who has the commitment and a candidate.
pub const SALT_BYTES: usize = 16;

/// A pseudonym has 32 bytes; a sealed identity some 320.
pub(super) const PART_BYTES_MAX: usize = 1024;

/// Names the key that a part was made with, so that whoever traces knows which to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 8]);

/// One erasable part with the salt that hides it in its commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct Erasable {
    /// Random, and for this part alone: erased with it.
    pub salt: [u8; SALT_BYTES],
    pub bytes: Vec<u8>,
}

/// An erasable part and what it was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedPart {
    pub key: KeyId,
    pub erasable: Erasable,
}

/// The same for one credential at one venue in one month, and for nothing else.
///
/// `credential_id` is `CredentialId`'s 32 bytes: this room does not know credentials.
pub fn pseudonym(venue_key: &[u8; 32], credential_id: &[u8; 32]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(venue_key).expect("HMAC takes any length");
    mac.update(credential_id);
    mac.finalize().into_bytes().into()
}

impl KeyId {
    /// Of a secret key that is itself beyond guessing; tells nothing about it.
    pub fn of(key: &[u8; 32]) -> Self {
        let Hash(hash) = Hash::tagged(TAG_KEY_ID, &[key]);
        let (id, _) = hash.split_first_chunk().expect("32 bytes begin with 8");
        Self(*id)
    }
}

impl KeyedPart {
    /// `salt` must be fresh random bytes for every entry.
    pub fn pseudonym(
        venue_key: &[u8; 32],
        credential_id: &[u8; 32],
        salt: [u8; SALT_BYTES],
    ) -> Self {
        Self::known(venue_key, pseudonym(venue_key, credential_id), salt)
    }

    /// The same for a pseudonym that an earlier entry holds.
    pub fn known(venue_key: &[u8; 32], pseudonym: [u8; 32], salt: [u8; SALT_BYTES]) -> Self {
        let bytes = pseudonym.to_vec();
        Self { key: KeyId::of(venue_key), erasable: Erasable { salt, bytes } }
    }
}

impl Erasable {
    pub(super) fn commitment(&self, tag: &[u8]) -> Hash {
        Hash::tagged(tag, &[&self.salt, &self.bytes])
    }
}

/// Personal: told by its length only.
impl std::fmt::Debug for Erasable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Erasable({} bytes)", self.bytes.len())
    }
}
