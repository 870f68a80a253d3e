//! Lists of EU certificates' keys, in the shapes that member states publish them.
//!
//! Shape: anywhere in the JSON an object whose members are key ids and whose values are a
//! certificate, a SubjectPublicKeyInfo, PEM, or lists or objects of those; or an object that has
//! both (`kid` and `rawData`, as Germany's and the EU gateway's). Countries' objects around them
//! (`{"SE": {"keys": [..]}}`) are walked through.
//! Source: `admin-ch`, `Digitaler-Impfnachweis`, `minvws` (`eu_keys`: `subjectPk`, `keyUsage`),
//! DIGG's trust list (`x5c`), `lovasoa/sanipasse` (`publicKeyPem`).

use super::{ALWAYS, Found, texts};
use crate::cli::moment;
use crate::cli::public_key::{PublicKey, base64};
use crate::cli::registry::issuer::IssuerSource;
use crate::trust::Certificate;
use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Map, Value};

const DEPTH_MAX: usize = 8;

/// `country`: of keys of which the list says none.
pub(super) fn of_list(list: &Value, country: Option<&str>) -> Found {
    let mut found = Found::default();
    walk(list, None, country, &mut found, 0);
    found
}

/// `kid` and `country` are the names that the objects around this value stand under.
fn walk(value: &Value, kid: Option<&str>, country: Option<&str>, found: &mut Found, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    match value {
        Value::String(text) => {
            if let Some(kid) = kid {
                entry(kid, text, country, None, found);
            }
        }
        Value::Array(items) => {
            items.iter().for_each(|item| walk(item, kid, country, found, depth + 1));
        }
        Value::Object(members) => object(members, kid, country, found, depth),
        _ => {}
    }
}

/// Members under which a key stands.
const KEYS: [&str; 6] = ["rawData", "certificate", "subjectPk", "publicKeyPem", "publicKey", "x5c"];

fn object(
    members: &Map<String, Value>,
    kid: Option<&str>,
    country: Option<&str>,
    found: &mut Found,
    depth: usize,
) {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let kid = text("kid").or(kid);
    let country = text("country").or(country);
    let key = KEYS.iter().find_map(|name| match members.get(*name)? {
        Value::Array(chain) => chain.first()?.as_str(),
        key => key.as_str(),
    });
    match (kid, key) {
        (Some(kid), Some(key)) => {
            let usage = members.get("keyUsage").and_then(Value::as_array);
            entry(kid, key, country, usage.map(Vec::as_slice), found);
        }
        _ => {
            for (name, value) in members {
                let is_country = name.len() == 2 && name.bytes().all(|b| b.is_ascii_uppercase());
                let country = if is_country { Some(name.as_str()) } else { country };
                walk(value, Some(name.as_str()), country, found, depth + 1);
            }
        }
    }
}

fn entry(kid: &str, key: &str, country: Option<&str>, usage: Option<&[Value]>, found: &mut Found) {
    let Some(key_id) = base64(kid).filter(|id| id.len() == 8) else {
        // Such as "validUntil": a member that is no key id.
        return;
    };
    let Some(bytes) = bytes_of(key) else {
        return found.skip(kid, "no Base64 of a key");
    };
    let mut source = IssuerSource {
        kid_hex: Some(HEXLOWER.encode(&key_id)),
        families: texts(&["hc1"]),
        ..IssuerSource::default()
    };
    if let Ok(certificate) = Certificate::parse(&bytes) {
        if certificate.key_id[..] != key_id {
            return found.skip(kid, "its key id is another certificate's");
        }
        let Some(country) = certificate.country.as_deref().or(country) else {
            return found.skip(kid, "of no country: name it with --iss");
        };
        source.name = certificate.name.clone().unwrap_or_else(|| country.to_owned());
        source.country = Some(country.to_owned());
        source.public_key_b64 = Some(BASE64.encode(&certificate.public_key));
        source.purposes = certificate.purposes.iter().map(|p| p.name().to_owned()).collect();
        source.from = moment::rfc3339(certificate.from_unix_s);
        source.until = moment::rfc3339(certificate.until_unix_s);
    } else if let Some(key) = PublicKey::of_bytes(bytes) {
        let Some(country) = country else {
            // Without its country a key could sign as any.
            return found.skip(kid, "of no country: name it with --iss");
        };
        source.name = country.to_owned();
        source.country = Some(country.to_owned());
        source.public_key_b64 = Some(BASE64.encode(&key.bytes));
        source.purposes = purposes(usage);
        (source.from, source.until) = (ALWAYS.0.to_owned(), ALWAYS.1.to_owned());
    } else {
        return found.skip(kid, "neither a certificate nor a public key");
    }
    source.name = source.name.chars().take(60).collect();
    source.iss.clone_from(&source.country);
    found.take(kid, source);
}

/// The Netherlands' letters; none of them is all.
fn purposes(usage: Option<&[Value]>) -> Vec<String> {
    let all = [("v", "vaccination"), ("t", "test"), ("r", "recovery")];
    let named = usage.unwrap_or_default();
    let listed = |letter: &str| named.is_empty() || named.iter().any(|usage| usage == letter);
    all.iter().filter(|(letter, _)| listed(letter)).map(|(_, word)| (*word).to_owned()).collect()
}

/// Base64 of DER, PEM, or Base64 of PEM.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let pem = |text: &str| {
        let body = text.lines().filter(|line| !line.starts_with("-----"));
        base64(&body.map(str::trim).collect::<String>())
    };
    if text.contains("-----BEGIN") {
        return pem(text);
    }
    let bytes = base64(text.trim()).or_else(|| pem(text))?;
    match std::str::from_utf8(&bytes) {
        Ok(inner) if inner.contains("-----BEGIN") => pem(inner),
        _ => Some(bytes),
    }
}
