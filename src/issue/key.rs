//! An issuer's key pair, from a seed that somebody else drew.

pub use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};

/// As passes name the key: the first 8 bytes of the SHA-256 of the 32-byte public key.
pub fn key_id(public_key: &[u8; 32]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(public_key));
    [a, b, c, d, e, f, g, h]
}
