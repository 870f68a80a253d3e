//! One signature, one key: yes or no.
//!
//! Limits and errors: Ed25519 by `verify_strict`: small-order keys and points, and scalars out of
//! range, are refused. RSA keys have 2048 to 4096 bits.
//! Source: RFC 8032 §5.1.7; "Taming the many EdDSAs" (Chalkias et al., 2020) for strict; ES256:
//! FIPS 186-5 with SHA-256, r ‖ s (RFC 9053 §2.1); PS256: RFC 8017 §8.1.2, salt of 32 bytes.

use crate::credential::{self, Algorithm};
use ed25519_dalek::{Signature, VerifyingKey};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::pkcs8::DecodePublicKey;
use rsa::traits::PublicKeyParts;
use sha2::{Digest, Sha256};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureError {
    /// The key is no key of that algorithm.
    Key,
    /// The signature does not hold, or is no signature of that algorithm.
    Invalid,
}

/// `public_key` is 32 raw bytes for EdDSA, SubjectPublicKeyInfo in DER for the others.
pub fn check_signature(
    algorithm: Algorithm,
    public_key: &[u8],
    signed: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    match algorithm {
        Algorithm::EdDsa => check_ed25519(public_key, signed, signature),
        Algorithm::Es256 if credential::FAMILIES => ecdsa(public_key, signed, signature),
        Algorithm::Ps256 if credential::FAMILIES => rsa_pss(public_key, signed, signature),
        Algorithm::Es256 | Algorithm::Ps256 => Err(SignatureError::Key),
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

/// RFC 9053 §2.1 leaves the curve to the key: Spain signs ES256 with P-384.
fn ecdsa(public_key: &[u8], signed: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    if let Ok(key) = p256::ecdsa::VerifyingKey::from_public_key_der(public_key) {
        let signature = p256::ecdsa::Signature::from_slice(signature);
        let signature = signature.map_err(|_| SignatureError::Invalid)?;
        return key.verify(signed, &signature).map_err(|_| SignatureError::Invalid);
    }
    let key = p384::ecdsa::VerifyingKey::from_public_key_der(public_key)
        .map_err(|_| SignatureError::Key)?;
    let signature = p384::ecdsa::Signature::from_slice(signature);
    let signature = signature.map_err(|_| SignatureError::Invalid)?;
    key.verify_prehash(&Sha256::digest(signed), &signature).map_err(|_| SignatureError::Invalid)
}

fn rsa_pss(public_key: &[u8], signed: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
    const BYTES_MIN: usize = 256;
    let key = rsa::PublicKey::from_public_key_der(public_key).map_err(|_| SignatureError::Key)?;
    if key.size() < BYTES_MIN {
        return Err(SignatureError::Key);
    }
    let signature =
        rsa::pss::Signature::try_from(signature).map_err(|_| SignatureError::Invalid)?;
    let key = rsa::pss::VerifyingKey::<Sha256>::new(key);
    key.verify(signed, &signature).map_err(|_| SignatureError::Invalid)
}
