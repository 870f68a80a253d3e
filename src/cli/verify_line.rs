//! `gerbang verify --jsonl`: each line brings its own payload, clock and trust.

use super::failure::Failure;
use super::suite::raw_ed25519;
use super::{moment, verify};
use crate::credential::{Algorithm, CredentialId, Family, Payload, date};
use crate::gate::{self, Here, History};
use crate::rules::Policy;
use crate::trust::{BlockEntry, BlockList, Issuer, Purpose, Registry, RegistryBody};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE as HEX};
use serde_json::{Value, json};
use std::io::{BufRead, BufWriter, Write};
use std::process::ExitCode;

/// One answer a line, in the same order; empty lines have none.
pub fn run(lines: impl BufRead, out: impl Write) -> Result<ExitCode, Failure> {
    let mut out = BufWriter::new(out);
    for line in lines.lines() {
        let line = line?;
        if !line.trim().is_empty() {
            writeln!(out, "{}", line_answer(&line))?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn line_answer(line: &str) -> Value {
    let Ok(asked) = serde_json::from_str::<Value>(line) else {
        return json!({ "id": null, "error": "INPUT-JSON" });
    };
    let mut answer = judged(&asked).unwrap_or_else(|code| json!({ "error": code }));
    if let Some(object) = answer.as_object_mut() {
        object.insert("id".to_owned(), asked.get("id").cloned().unwrap_or_default());
    }
    answer
}

fn judged(asked: &Value) -> Result<Value, &'static str> {
    let payload = payload(asked).ok_or("INPUT-PAYLOAD")?;
    let now_unix_s = match asked.get("now").and_then(Value::as_str) {
        Some(text) => date::unix_s_of_time(text).ok_or("INPUT-NOW")?,
        None => moment::now_unix_ms() / 1000,
    };
    let trust = asked.get("trust").and_then(Value::as_array);
    let named = trust.map(Vec::as_slice).unwrap_or_default();
    let mut body = believing(named.iter().filter_map(issuer).collect(), now_unix_s);
    body.block_list = BlockList::new([0; 32], named.iter().flat_map(blocked));
    let registry = Registry::standing_in(body);
    let policy_id = asked.get("policy").and_then(Value::as_str).unwrap_or("proven");
    let policy = Policy::choose(&registry, policy_id).map_err(|error| error.code())?;
    let here = Here { venue_id: "", utc_offset_min: 0 };
    let history = History::default();
    let now_unix_ms = now_unix_s.saturating_mul(1000);
    Ok(verify::answer(&gate::decide(&payload, &policy, &registry, &here, &history, now_unix_ms)))
}

fn payload(asked: &Value) -> Option<Payload> {
    if let Some(hex) = asked.get("bytes_hex").and_then(Value::as_str) {
        let bytes = HEX.decode(hex.as_bytes()).ok()?;
        let text = String::from_utf8(bytes.clone()).ok();
        return Some(Payload::from_bytes(bytes, text));
    }
    // Of a credential in chunks the first says which family it is.
    let text = match asked.get("text")? {
        Value::Array(chunks) => chunks.first()?.as_str()?,
        text => text.as_str()?,
    };
    Some(Payload::from_text(text))
}

/// A registry's body that is as young as it can be and names these issuers alone.
pub fn believing(issuers: Vec<Issuer>, now_unix_s: i64) -> RegistryBody {
    const YEAR_S: i64 = 365 * 24 * 3600;
    RegistryBody {
        version: 0,
        issued_unix_s: now_unix_s,
        expires_unix_s: now_unix_s.saturating_add(YEAR_S),
        fresh_s: YEAR_S,
        warn_s: YEAR_S,
        issuers,
        policies: Vec::new(),
        venues: Vec::new(),
        block_list: BlockList::default(),
        rotations: Vec::new(),
        revocations: Vec::new(),
    }
}

/// What is absent does not restrict; what this version cannot use is left out.
fn issuer(named: &Value) -> Option<Issuer> {
    let family =
        FAMILIES.into_iter().find(|family| Some(family.name()) == text(named, "family"))?;
    let (algorithm, public_key) = public_key(named)?;
    let claimed_as = text(named, "issuer").map(str::to_owned);
    Some(Issuer {
        key_id: text(named, "kid").map(|kid| key_id(family, kid)).unwrap_or_default(),
        algorithm,
        public_key,
        name: claimed_as.clone().unwrap_or_else(|| "trusted".to_owned()),
        country: None,
        claimed_as,
        families: vec![family],
        purposes: purposes(named),
        from_unix_s: i64::MIN,
        until_unix_s: i64::MAX,
        specimen: false,
        revoked: hex_list(named, "revoked").collect(),
        lists: Vec::new(),
    })
}

const FAMILIES: [Family; 8] = [
    Family::Gerbang,
    Family::Divoc,
    Family::Hc1,
    Family::Shc,
    Family::Nzcp,
    Family::VdsNc,
    Family::Claim169,
    Family::Pretix,
];

fn text<'a>(named: &'a Value, key: &str) -> Option<&'a str> {
    named.get(key)?.as_str()
}

/// Hexadecimal for passes, base64 for EU certificates, the text itself for others.
fn key_id(family: Family, kid: &str) -> Vec<u8> {
    let decoded = match family {
        Family::Gerbang => HEX.decode(kid.as_bytes()).ok(),
        Family::Hc1 => base64(kid),
        _ => None,
    };
    decoded.unwrap_or_else(|| kid.as_bytes().to_vec())
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    [BASE64, BASE64_NOPAD, BASE64URL_NOPAD].iter().find_map(|base64| base64.decode(bytes).ok())
}

/// Raw bytes for Ed25519, SubjectPublicKeyInfo for the others.
fn public_key(named: &Value) -> Option<(Algorithm, Vec<u8>)> {
    let hex = text(named, "public_key_hex").and_then(|hex| HEX.decode(hex.as_bytes()).ok());
    let given = hex
        .or_else(|| base64(text(named, "public_key_b64")?))
        .or_else(|| base64(text(named, "spki_b64")?))
        .or_else(|| ed25519_jwk(named.get("jwk")?))?;
    if let Some(raw) = raw_ed25519(&given).or_else(|| (given.len() == 32).then(|| given.clone())) {
        return Some((Algorithm::EdDsa, raw));
    }
    match text(named, "alg")? {
        "ES256" => Some((Algorithm::Es256, given)),
        "PS256" => Some((Algorithm::Ps256, given)),
        _ => None,
    }
}

/// RFC 8037 §2.
fn ed25519_jwk(jwk: &Value) -> Option<Vec<u8>> {
    let is_ed25519 = text(jwk, "kty") == Some("OKP") && text(jwk, "crv") == Some("Ed25519");
    if is_ed25519 { base64(text(jwk, "x")?) } else { None }
}

fn purposes(named: &Value) -> Vec<Purpose> {
    let Some(names) = named.get("purposes").and_then(Value::as_array) else {
        return Purpose::ALL.to_vec();
    };
    let listed = |purpose: &Purpose| names.iter().any(|name| name == purpose.name());
    Purpose::ALL.into_iter().filter(listed).collect()
}

/// Credential ids, as this stand-in's own block list.
fn blocked(named: &Value) -> impl Iterator<Item = BlockEntry> + '_ {
    hex_list(named, "blocked").filter_map(|id| <[u8; 32]>::try_from(id).ok()).map(|id| BlockEntry {
        hash: BlockList::hash(&[0; 32], CredentialId(id)),
        until_unix_s: i64::MAX,
    })
}

fn hex_list<'a>(named: &'a Value, key: &str) -> impl Iterator<Item = Vec<u8>> + 'a {
    let list = named.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|id| HEX.decode(id.as_str()?.as_bytes()).ok())
}
