//! Set-up codes and the venue keys in them: the mirror of `trust::setup_code`.
//!
//! Source: docs/setup-code.md.

use super::registry::{map, sign};
use crate::envelope::base45;
use crate::envelope::cbor::{self, Value};
use crate::trust::setup_code::{PREFIX, SetupCode, SetupError, VenueKey, setup_key};
use crate::trust::{Direction, RootKey};
use ed25519_dalek::SigningKey;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The text to put into the supervisor's QR code. What a gate would refuse is not made.
pub fn write(code: &SetupCode, root: &SigningKey) -> Result<String, SetupError> {
    let text = sign_payload(&cbor::encode(&setup_value(code)), root);
    let root_key = RootKey(root.verifying_key().to_bytes());
    SetupCode::open(&text, &[root_key], code.expires_unix_s.saturating_sub(1))?;
    Ok(text)
}

/// Any payload; the forge makes broken codes of it.
pub fn sign_payload(payload: &[u8], root: &SigningKey) -> String {
    format!("{PREFIX}{}", base45::encode(&sign(payload, root)))
}

pub fn setup_value(code: &SetupCode) -> Value {
    let text = |text: &str| Value::from(text);
    let mut entries = vec![
        (setup_key::TYPE, text(setup_key::TYPE_SETUP)),
        (setup_key::FORMAT, Value::from(1)),
        (setup_key::VENUE_ID, text(&code.venue_id)),
        (setup_key::VENUE, text(&code.venue)),
        (setup_key::GATE, text(&code.gate)),
        (setup_key::POLICY, text(&code.policy_id)),
        (setup_key::EXPIRES, Value::from(code.expires_unix_s)),
    ];
    if code.direction == Direction::Exit {
        entries.push((setup_key::EXIT, Value::from(true)));
    }
    if let Some(people) = code.capacity {
        entries.push((setup_key::CAPACITY, Value::from(people)));
    }
    if !code.venue_keys.is_empty() {
        let pair = |key: &VenueKey| {
            Value::Array(vec![Value::from(key.month), Value::Bytes(key.key.to_vec())])
        };
        let pairs = code.venue_keys.iter().map(pair).collect();
        entries.push((setup_key::VENUE_KEYS, Value::Array(pairs)));
    }
    map(entries)
}

/// HKDF-SHA-256 (RFC 5869) of the city's tracing secret, without salt, for one venue and month.
pub fn venue_key(city_secret: &[u8; 32], venue_id: &str, month: u32) -> VenueKey {
    let hmac = |key: &[u8], message: &[&[u8]]| -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any length");
        message.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    };
    let extracted = hmac(&[0; 32], &[city_secret]);
    let month_text = month.to_string();
    let info = [b"gerbang venue key".as_slice(), &[0], venue_id.as_bytes(), &[0]];
    let message = [&info[..], &[month_text.as_bytes(), &[1]]].concat();
    VenueKey { month, key: hmac(&extracted, &message) }
}
