//! A public key as a JWK: how SMART Health Cards' issuers and DID documents publish them.
//!
//! Shape: JSON object → SubjectPublicKeyInfo in DER.
//! Limits and errors: `None` for anything but a P-256 key with whole coordinates; whether the point
//! is on the curve shows when a signature is checked.
//! Source: RFC 7517, RFC 7518 §6.2.1; the DER is RFC 5480 §2.
//! Not here: other curves: no family that publishes JWKs signs with them.

use data_encoding::BASE64URL_NOPAD;
use serde_json::Value;

/// SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING { 0x04 ‖ x ‖ y } }, up to x.
const SPKI_P256: [u8; 27] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
];
const COORDINATE_BYTES: usize = 32;

pub fn p256_of_jwk(jwk: &Value) -> Option<Vec<u8>> {
    let text = |name| jwk.get(name).and_then(Value::as_str);
    if (text("kty"), text("crv")) != (Some("EC"), Some("P-256")) {
        return None;
    }
    let coordinate = |name| {
        let bytes = BASE64URL_NOPAD.decode(text(name)?.as_bytes()).ok()?;
        (bytes.len() == COORDINATE_BYTES).then_some(bytes)
    };
    Some([SPKI_P256.to_vec(), coordinate("x")?, coordinate("y")?].concat())
}
