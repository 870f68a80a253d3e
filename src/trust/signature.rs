//! One signature, one key: yes or no.
//!
//! Limits and errors: Ed25519 by `verify_strict`: small-order keys and points, and scalars out of
//! range, are refused.
//! Source: RFC 8032 §5.1.7; "Taming the many EdDSAs" (Chalkias et al., 2020) for strict.

use crate::credential::Algorithm;
use ed25519_dalek::{Signature, VerifyingKey};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureError {
    /// The key is no key of that algorithm.
    Key,
    /// The signature does not hold, or is no signature of that algorithm.
    Invalid,
    /// This build does not compute that algorithm.
    Unsupported,
}

/// `public_key` is 32 raw bytes for EdDSA.
pub fn check_signature(
    algorithm: Algorithm,
    public_key: &[u8],
    signed: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    match algorithm {
        Algorithm::EdDsa => check_ed25519(public_key, signed, signature),
        Algorithm::Es256 | Algorithm::Ps256 => Err(SignatureError::Unsupported),
    }
}

/// `public_key`: 32 bytes.
pub fn check_ed25519(
    public_key: &[u8],
    signed: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let public_key = public_key.try_into().map_err(|_| SignatureError::Key)?;
    let key = VerifyingKey::from_bytes(public_key).map_err(|_| SignatureError::Key)?;
    let signature = Signature::from_slice(signature).map_err(|_| SignatureError::Invalid)?;
    key.verify_strict(signed, &signature).map_err(|_| SignatureError::Invalid)
}
