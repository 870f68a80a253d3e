//! A pretix event's keys.
//!
//! Shape: what the shop's API says of an event, { slug?, name?, valid_keys: { pretix_sig1: [Base64
//! of PEM..] } }, or a list of such; or { event: { public_keys_b64: [..], items: [..] } }.
//! Source: pretix REST API, "Events", `valid_keys`.

use super::{ALWAYS, Found, texts};
use crate::cli::public_key::{PublicKey, base64};
use crate::cli::registry::issuer::IssuerSource;
use crate::credential::Algorithm;
use data_encoding::HEXLOWER;
use serde_json::Value;

pub(super) fn is_list(list: &Value) -> bool {
    events(list).next().is_some()
}

fn events(list: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let has_keys = |event: &&Value| {
        event["valid_keys"]["pretix_sig1"].is_array() || event["public_keys_b64"].is_array()
    };
    let alone = std::iter::once(list).filter(has_keys).map(|event| ("event", event));
    let results = list["results"].as_array().or(list.as_array()).into_iter().flatten();
    let listed = results.filter(has_keys).map(|event| ("event", event));
    let members = list.as_object().into_iter().flatten();
    let named = members.map(|(name, event)| (name.as_str(), event));
    alone.chain(listed).chain(named.filter(move |(_, event)| has_keys(event)))
}

pub(super) fn of_events(list: &Value, name: Option<&str>) -> Found {
    let mut found = Found::default();
    for (key_name, event) in events(list) {
        let slug = event["slug"].as_str().unwrap_or(key_name);
        let keys = [&event["valid_keys"]["pretix_sig1"], &event["public_keys_b64"]];
        for key in keys.into_iter().filter_map(Value::as_array).flatten() {
            let key = key.as_str().and_then(key_of);
            let Some(key) = key.filter(|key| key.algorithm == Algorithm::EdDsa) else {
                found.skip(slug, "no Ed25519 key");
                continue;
            };
            let items = event["items"].as_array().into_iter().flatten();
            let source = IssuerSource {
                name: name.unwrap_or(slug).chars().take(60).collect(),
                public_key_hex: Some(HEXLOWER.encode(&key.bytes)),
                families: texts(&["pretix"]),
                purposes: texts(&["entry"]),
                from: ALWAYS.0.to_owned(),
                until: ALWAYS.1.to_owned(),
                products: items.filter_map(Value::as_u64).collect(),
                ..IssuerSource::default()
            };
            found.take(slug, source);
        }
    }
    found
}

/// Raw, or PEM in Base64.
fn key_of(text: &str) -> Option<PublicKey> {
    let bytes = base64(text)?;
    match std::str::from_utf8(&bytes) {
        Ok(pem) if pem.contains("-----BEGIN") => {
            let lines = pem.lines().filter(|line| !line.starts_with("-----"));
            PublicKey::of_bytes(base64(&lines.map(str::trim).collect::<String>())?)
        }
        _ => PublicKey::of_bytes(bytes),
    }
}
