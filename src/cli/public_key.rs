//! A public key in any of the forms that people write it in.
//!
//! Shape: JSON with "public_key_hex", "public_key_b64", "spki_b64" or "jwk", and perhaps "alg" →
//! what the registry holds: raw bytes for Ed25519, SubjectPublicKeyInfo in DER for the others.
//! Elliptic points may stand alone, whole or compressed.
//! Source: RFC 5280 §4.1.2.7, RFC 8410 §4 (Ed25519), RFC 8037 §2 (its JWK).

use crate::credential::Algorithm;
use crate::trust::{Certificate, p256_of_jwk};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE as HEX};
use p256::pkcs8::EncodePublicKey;
use serde_json::Value;

pub struct PublicKey {
    pub algorithm: Algorithm,
    pub bytes: Vec<u8>,
}

impl PublicKey {
    /// That signs credentials.
    pub fn of_certificate(certificate: &Certificate) -> Self {
        Self { algorithm: certificate.algorithm, bytes: certificate.public_key.clone() }
    }

    /// That signs certificates.
    pub fn authority(certificate: &Certificate) -> Self {
        Self { algorithm: Algorithm::Certificates, bytes: certificate.public_key.clone() }
    }

    /// Of SubjectPublicKeyInfo, a point of P-256, or 32 raw bytes of Ed25519; the algorithm is what such a key signs with.
    pub fn of_bytes(given: Vec<u8>) -> Option<Self> {
        const EC: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
        const RSA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
        // The key type's OID stands within the first bytes, behind two headers.
        let has = |oid: &[u8]| {
            given
                .iter()
                .take(32)
                .copied()
                .collect::<Vec<u8>>()
                .windows(oid.len())
                .any(|part| part == oid)
        };
        let raw = raw_ed25519(&given).or_else(|| (given.len() == 32).then(|| given.clone()));
        if let Some(bytes) = raw {
            return Some(Self { algorithm: Algorithm::EdDsa, bytes });
        }
        if let Some(bytes) = p256_of_point(&given) {
            return Some(Self { algorithm: Algorithm::Es256, bytes });
        }
        let algorithm = match (has(EC), has(RSA)) {
            (true, _) => Algorithm::Es256,
            (_, true) => Algorithm::Ps256,
            _ => return None,
        };
        Some(Self { algorithm, bytes: given })
    }
}

/// `None` where there is no key, or it is not of the algorithm that "alg" names.
pub fn read(named: &Value) -> Option<PublicKey> {
    let text = |key: &str| named.get(key).and_then(Value::as_str);
    let hex = text("public_key_hex").and_then(|hex| HEX.decode(hex.as_bytes()).ok());
    let given = hex
        .or_else(|| base64(text("public_key_b64")?))
        .or_else(|| base64(text("spki_b64")?))
        .or_else(|| of_jwk(named.get("jwk")?))?;
    let key = PublicKey::of_bytes(given)?;
    let fits = match text("alg") {
        None => true,
        Some("EdDSA") => key.algorithm == Algorithm::EdDsa,
        Some("ES256") => key.algorithm == Algorithm::Es256,
        Some("PS256") => key.algorithm == Algorithm::Ps256,
        Some(_) => false,
    };
    fits.then_some(key)
}

pub fn of_jwk(jwk: &Value) -> Option<Vec<u8>> {
    let text = |key: &str| jwk.get(key).and_then(Value::as_str);
    match (text("kty"), text("crv")) {
        (Some("OKP"), Some("Ed25519")) => base64(text("x")?),
        _ => p256_of_jwk(jwk),
    }
}

/// SubjectPublicKeyInfo of a point, whole or compressed (SEC 1 §2.3.3).
fn p256_of_point(point: &[u8]) -> Option<Vec<u8>> {
    let is_point = matches!((point.first(), point.len()), (Some(4), 65) | (Some(2 | 3), 33));
    let key = p256::PublicKey::from_sec1_bytes(point).ok().filter(|_| is_point)?;
    Some(key.to_public_key_der().ok()?.into_vec())
}

/// In either alphabet, padded or not, in one line or several.
pub fn base64(text: &str) -> Option<Vec<u8>> {
    let bytes: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let forms = [BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD];
    forms.iter().find_map(|base64| base64.decode(&bytes).ok())
}

/// The 32 bytes of an Ed25519 SubjectPublicKeyInfo.
pub fn raw_ed25519(spki: &[u8]) -> Option<Vec<u8>> {
    const HEAD: [u8; 12] = *b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
    let key = spki.strip_prefix(&HEAD)?;
    (key.len() == 32).then(|| key.to_vec())
}
