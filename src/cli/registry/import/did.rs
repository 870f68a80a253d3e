//! DID documents: New Zealand's (ES256 keys as JWK), and those of DIVOC's issuers.
//!
//! Shape: { id, verificationMethod | publicKey: [{ id, publicKeyJwk | publicKeyPem |
//! publicKeyBase58 | publicKeyHex }..], assertionMethod: [id..] }.
//! Source: "Decentralized Identifiers (DIDs)" 1.0 §5; "New Zealand COVID Pass - Technical
//! Specification" 1.1 §5.1 (only assertion methods count); DIVOC's `didDoc.json`.

use super::{ALWAYS, Found, texts};
use crate::cli::public_key::{PublicKey, base64, of_jwk};
use crate::cli::registry::issuer::IssuerSource;
use crate::credential::Algorithm;
use data_encoding::{BASE64, HEXLOWER_PERMISSIVE as HEX};
use serde_json::Value;

pub(super) fn is_document(list: &Value) -> bool {
    list["id"].as_str().is_some_and(|id| id.starts_with("did:"))
        && (list["verificationMethod"].is_array() || list["publicKey"].is_array())
}

pub(super) fn of_document(document: &Value, name: Option<&str>) -> Found {
    let mut found = Found::default();
    let did = document["id"].as_str().unwrap_or_default();
    let methods = ["verificationMethod", "publicKey"].map(|name| document[name].as_array());
    let asserting = document["assertionMethod"].as_array().map(Vec::as_slice);
    for method in methods.into_iter().flatten().flatten() {
        let id = method["id"].as_str().unwrap_or_default();
        let may_assert = asserting.unwrap_or_default().iter().any(|named| {
            // By reference, or whole.
            named == id || named["id"] == id
        });
        if !may_assert {
            found.skip(id, "not for assertions");
            continue;
        }
        match key_of(method) {
            Some(key) => found.take(id, source(did, id, name, &key)),
            None => found.skip(id, "a key of no form that is known"),
        }
    }
    found
}

/// New Zealand's keys are for ES256, DIVOC's for the two others.
fn source(did: &str, id: &str, name: Option<&str>, key: &PublicKey) -> IssuerSource {
    let (family, kid) = match key.algorithm {
        Algorithm::Es256 => ("nzcp", id.rsplit_once('#').map_or(id, |(_, fragment)| fragment)),
        _ => ("divoc", id),
    };
    IssuerSource {
        name: name.unwrap_or(did).chars().take(60).collect(),
        iss: Some(did.to_owned()),
        kid: Some(kid.to_owned()),
        public_key_b64: Some(BASE64.encode(&key.bytes)),
        families: texts(&[family]),
        purposes: texts(if family == "nzcp" { &["entry"] } else { &["vaccination"] }),
        from: ALWAYS.0.to_owned(),
        until: ALWAYS.1.to_owned(),
        ..IssuerSource::default()
    }
}

fn key_of(method: &Value) -> Option<PublicKey> {
    let text = |name: &str| method[name].as_str();
    let bytes = of_jwk(&method["publicKeyJwk"])
        .or_else(|| base58(text("publicKeyBase58")?))
        .or_else(|| HEX.decode(text("publicKeyHex")?.as_bytes()).ok())
        .or_else(|| {
            let lines = text("publicKeyPem")?.lines().filter(|line| !line.starts_with("-----"));
            base64(&lines.map(str::trim).collect::<String>())
        })?;
    PublicKey::of_bytes(bytes)
}

/// 32 bytes in Bitcoin's alphabet.
fn base58(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    const BYTES: usize = 32;
    let mut bytes = [0u8; BYTES];
    for character in text.chars() {
        let mut carry = u32::try_from(ALPHABET.find(character)?).ok()?;
        for byte in bytes.iter_mut().rev() {
            let value = u32::from(*byte) * 58 + carry;
            *byte = u8::try_from(value & 0xff).ok()?;
            carry = value >> 8;
        }
        if carry > 0 {
            return None;
        }
    }
    Some(bytes.to_vec())
}
