//! One signature, one key: yes or no.
//!
//! Limits and errors: Ed25519 by `verify_strict`: small-order keys and points, and scalars out of
//! range, are refused. Elliptic curves: P-256, P-384, P-521, Brainpool's r1 of 256 and 384 bits (of
//! 512 bits there is no implementation that is kept). RSA keys have 2048 to 4096 bits. ECDSA's other s is as good as the first.
//! Source: RFC 8032 §5.1.7; "Taming the many EdDSAs" (Chalkias et al., 2020) for strict; ES256:
//! FIPS 186-5 with SHA-256, r ‖ s (RFC 9053 §2.1), and ES384 and ES512 likewise; PS256: RFC 8017 §8.1.2, salt of 32 bytes.

use crate::credential::{self, Algorithm};
use bp256::BrainpoolP256r1;
use bp384::BrainpoolP384r1;
use ecdsa::{Signature, VerifyingKey};
use p256::NistP256;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::elliptic_curve::Curve as _;
use p256::pkcs8::DecodePublicKey;
use p384::NistP384;
use p521::NistP521;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, Pss};
use sha2::{Digest, Sha256, Sha384, Sha512};

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
        Algorithm::Es256 if credential::FAMILIES => {
            ecdsa_fixed(Hash::Sha256, public_key, signed, signature)
        }
        Algorithm::Es384 if credential::FAMILIES => {
            ecdsa_fixed(Hash::Sha384, public_key, signed, signature)
        }
        Algorithm::Es512 if credential::FAMILIES => {
            ecdsa_fixed(Hash::Sha512, public_key, signed, signature)
        }
        Algorithm::Ps256 if credential::FAMILIES => {
            rsa_pss(Hash::Sha256, public_key, signed, signature)
        }
        Algorithm::Es256
        | Algorithm::Es384
        | Algorithm::Es512
        | Algorithm::Ps256
        | Algorithm::Certificates => Err(SignatureError::Key),
    }
}

/// Whether such a key could verify anything.
pub fn key_is_usable(algorithm: Algorithm, public_key: &[u8]) -> bool {
    let usable = |outcome| outcome != Err(SignatureError::Key);
    match algorithm {
        Algorithm::Certificates => {
            let curves = Curve::ALL.into_iter();
            rsa_key(public_key).is_ok()
                || curves
                    .map(|curve| ecdsa(curve, Form::Der, public_key, &[0; 64], &[]))
                    .any(usable)
        }
        _ => usable(check_signature(algorithm, public_key, &[], &[1; 64])),
    }
}

/// `public_key`: 32 bytes.
pub fn check_ed25519(
    public_key: &[u8],
    signed: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let public_key = public_key.try_into().map_err(|_| SignatureError::Key)?;
    let key =
        ed25519_dalek::VerifyingKey::from_bytes(public_key).map_err(|_| SignatureError::Key)?;
    let signature =
        ed25519_dalek::Signature::from_slice(signature).map_err(|_| SignatureError::Invalid)?;
    key.verify_strict(signed, &signature).map_err(|_| SignatureError::Invalid)
}

/// RFC 9053 §2.1 leaves the curve to the key: Spain signs ES256 with P-384.
fn ecdsa_fixed(
    hash: Hash,
    public_key: &[u8],
    signed: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let digest = hash.digest(signed);
    let mut outcomes = Curve::ALL
        .into_iter()
        .map(|curve| ecdsa(curve, Form::Fixed, public_key, &digest, signature));
    outcomes
        .find(|outcome| *outcome != Err(SignatureError::Key))
        .unwrap_or(Err(SignatureError::Key))
}

/// For certificates: the signature in DER, with any of their hashes.
pub(super) fn ecdsa_der(
    hash: Hash,
    public_key: &[u8],
    signed: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let digest = hash.digest(signed);
    let mut curves = Curve::ALL.into_iter();
    let held = |curve| ecdsa(curve, Form::Der, public_key, &digest, signature);
    if curves.any(|curve| held(curve).is_ok()) { Ok(()) } else { Err(SignatureError::Invalid) }
}

pub(super) fn rsa_pkcs1(
    hash: Hash,
    public_key: &[u8],
    signed: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let key = rsa_key(public_key)?;
    let scheme = match hash {
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    };
    key.verify(scheme, &hash.digest(signed), signature).map_err(|_| SignatureError::Invalid)
}

/// MGF1 with the same hash, a salt as long as the hash.
pub(super) fn rsa_pss(
    hash: Hash,
    public_key: &[u8],
    signed: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let key = rsa_key(public_key)?;
    let digest = hash.digest(signed);
    let held = match hash {
        Hash::Sha256 => key.verify(Pss::<Sha256>::new(), &digest, signature),
        Hash::Sha384 => key.verify(Pss::<Sha384>::new(), &digest, signature),
        Hash::Sha512 => key.verify(Pss::<Sha512>::new(), &digest, signature),
    };
    held.map_err(|_| SignatureError::Invalid)
}

fn rsa_key(public_key: &[u8]) -> Result<rsa::PublicKey, SignatureError> {
    const BYTES_MIN: usize = 256;
    let key = rsa::PublicKey::from_public_key_der(public_key).map_err(|_| SignatureError::Key)?;
    if key.size() < BYTES_MIN { Err(SignatureError::Key) } else { Ok(key) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
    BrainpoolP256,
    BrainpoolP384,
}

impl Curve {
    pub(super) const ALL: [Self; 5] =
        [Self::P256, Self::P384, Self::P521, Self::BrainpoolP256, Self::BrainpoolP384];

    /// The number of points of its group, big-endian.
    pub(super) fn order(self) -> Vec<u8> {
        match self {
            Self::P256 => NistP256::ORDER.to_be_bytes().to_vec(),
            Self::P384 => NistP384::ORDER.to_be_bytes().to_vec(),
            Self::P521 => {
                let order = NistP521::ORDER.to_be_bytes();
                order.iter().copied().skip_while(|byte| *byte == 0).collect()
            }
            Self::BrainpoolP256 => BrainpoolP256r1::ORDER.to_be_bytes().to_vec(),
            Self::BrainpoolP384 => BrainpoolP384r1::ORDER.to_be_bytes().to_vec(),
        }
    }

    /// SubjectPublicKeyInfo with the curve's name; `None` where the point is of another length.
    /// Source: RFC 5480 §2; the names: its §2.1.1.1, RFC 5639 §4.1.
    pub(super) fn spki(self, point: &[u8]) -> Option<Vec<u8>> {
        const EC_PUBLIC_KEY: [u8; 9] = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
        let (name, field_bytes): (&[u8], usize) = match self {
            Self::P256 => (&[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], 32),
            Self::P384 => (&[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22], 48),
            Self::P521 => (&[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23], 66),
            Self::BrainpoolP256 => (b"\x06\x09\x2b\x24\x03\x03\x02\x08\x01\x01\x07", 32),
            Self::BrainpoolP384 => (b"\x06\x09\x2b\x24\x03\x03\x02\x08\x01\x01\x0b", 48),
        };
        if point.len() != 2 * field_bytes + 1 {
            return None;
        }
        let algorithm = der(0x30, &[&EC_PUBLIC_KEY, name].concat())?;
        let key = der(0x03, &[&[0], point].concat())?;
        der(0x30, &[algorithm, key].concat())
    }
}

/// Tag, length, value; lengths up to 255.
fn der(tag: u8, value: &[u8]) -> Option<Vec<u8>> {
    let length = u8::try_from(value.len()).ok()?;
    let head = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
    Some([&head, value].concat())
}

/// How a signature's two numbers are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// r ‖ s.
    Fixed,
    /// SEQUENCE { r, s }.
    Der,
}

/// A function over curves would need more lines of bounds than this has.
macro_rules! ecdsa_with {
    ($curve:ty, $form:expr, $public_key:expr, $digest:expr, $signature:expr) => {{
        let key = VerifyingKey::<$curve>::from_public_key_der($public_key)
            .map_err(|_| SignatureError::Key)?;
        let signature = match $form {
            Form::Fixed => Signature::<$curve>::from_slice($signature),
            Form::Der => Signature::<$curve>::from_der($signature),
        };
        let signature = signature.map_err(|_| SignatureError::Invalid)?;
        key.verify_prehash($digest, &signature).map_err(|_| SignatureError::Invalid)
    }};
}

fn ecdsa(
    curve: Curve,
    form: Form,
    public_key: &[u8],
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    match curve {
        Curve::P256 => ecdsa_with!(NistP256, form, public_key, digest, signature),
        Curve::P384 => ecdsa_with!(NistP384, form, public_key, digest, signature),
        Curve::P521 => {
            // Of a hash shorter than half of the field the crate makes nothing; FIPS 186-5 §6.4.1
            // takes it as the number it is.
            let padded = [vec![0; 66usize.saturating_sub(digest.len())], digest.to_vec()].concat();
            ecdsa_with!(NistP521, form, public_key, &padded, signature)
        }
        Curve::BrainpoolP256 => ecdsa_with!(BrainpoolP256r1, form, public_key, digest, signature),
        Curve::BrainpoolP384 => ecdsa_with!(BrainpoolP384r1, form, public_key, digest, signature),
    }
}
