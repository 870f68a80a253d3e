//! SMART Health Cards (US, Canada, Japan).
//!
//! Shape: `shc:/` + pairs of digits → compact JWS, ES256 → raw DEFLATE → JSON { iss, nbf, exp?, vc }.
//! Limits and errors: `OUTPUT_BYTES_MAX` after inflation, `ENTRIES_MAX` resources; each thing that
//! can be malformed is an `ShcError` with a code of its own.
//! Source: "SMART Health Cards Framework" 1.4 (`smart-on-fhir/health-cards`), "Health Cards are
//! encoded as Compact Serialization JWS", "Encoding a Health Card as QR"; FHIR R4.
//! Not here: CRLs (`trust`); laboratory results. A chunk of a card alone is named as such; `join`
//! makes one text of all.

use super::claims::{Algorithm, Claims, Unverified, Vaccination};
use super::recognise::SHC;
use super::{Family, Fault, Holder, date};
use crate::envelope::inflate::{self, InflateError};
use crate::envelope::json::{self, JsonError};
use crate::envelope::jws::{self, JwsError};
use serde_json::Value;

pub const OUTPUT_BYTES_MAX: usize = 64 * 1024;
pub const ENTRIES_MAX: usize = 64;
pub const TEXT_BYTES_MAX: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShcError {
    /// Neither pairs of digits below 78, nor a chunk.
    Digits,
    /// One code of several: the others are missing.
    Chunk,
    Jws(JwsError),
    /// Not ES256.
    Algorithm,
    /// The header's `kid` is no text.
    KeyId,
    /// The header's `zip` is not `DEF`.
    Zip,
    Deflate(InflateError),
    Json(JsonError),
    Issuer,
    /// `nbf` or `exp` is no number, or out of range; `nbf` may not be missing.
    Time,
    /// No FHIR bundle, or too many entries.
    Bundle,
}

impl ShcError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Digits => "SHC-DIGITS",
            Self::Chunk => "SHC-CHUNK",
            Self::Jws(error) => error.code(),
            Self::Algorithm => "SHC-ALG",
            Self::KeyId => "SHC-KID",
            Self::Zip => "SHC-ZIP",
            Self::Deflate(error) => error.code(),
            Self::Json(error) => error.code(),
            Self::Issuer => "SHC-ISS",
            Self::Time => "SHC-TIME",
            Self::Bundle => "SHC-BUNDLE",
        }
    }

    pub(super) fn fault(self) -> Fault {
        match self {
            Self::Jws(error) if error.forbids_proof() => Fault::Unprovable,
            Self::Digits | Self::Chunk | Self::Jws(_) => Fault::Unreadable,
            // The JWS is whole: what is wrong inside, no second look will mend.
            _ => Fault::Unprovable,
        }
    }
}

/// `text` is what follows `shc:/`.
pub(super) fn parse(text: &str) -> Result<Unverified, ShcError> {
    let message = jws::parse(&compact(text)?).map_err(ShcError::Jws)?;
    if message.header.get("alg").and_then(Value::as_str) != Some("ES256") {
        return Err(ShcError::Algorithm);
    }
    if message.header.get("zip").and_then(Value::as_str) != Some("DEF") {
        return Err(ShcError::Zip);
    }
    let key_id = message.header.get("kid").and_then(Value::as_str).ok_or(ShcError::KeyId)?;
    let payload = inflate::raw(&message.payload, OUTPUT_BYTES_MAX).map_err(ShcError::Deflate)?;
    let card = json::decode(&payload, OUTPUT_BYTES_MAX).map_err(ShcError::Json)?;
    let issuer = text_at(&card, "/iss").ok_or(ShcError::Issuer)?;
    let mut claims = Claims {
        not_before_unix_s: Some(time(&card, "nbf")?.ok_or(ShcError::Time)?),
        expires_unix_s: time(&card, "exp")?,
        ..Claims::default()
    };
    read_bundle(&card, &mut claims)?;
    let revocation_id = text_at(&card, "/vc/rid");
    Ok(Unverified {
        family: Family::Shc,
        issuers: vec![issuer],
        certificate: Vec::new(),
        key_id: key_id.as_bytes().to_vec(),
        algorithm: Algorithm::Es256,
        revocation_ids: revocation_id.into_iter().map(String::into_bytes).collect(),
        signed: message.to_be_signed,
        signature: message.signature,
        claims,
    })
}

/// The chunks of one card, `C/N/` and digits each, as the text of a single code. `None` where one
/// is missing or there twice, or they are of several cards.
pub(super) fn join(texts: &[&str]) -> Option<String> {
    let mut chunks = Vec::new();
    for text in texts {
        let mut parts = text.strip_prefix(SHC)?.splitn(3, '/');
        let (number, count) = (parts.next()?.parse::<usize>(), parts.next()?.parse::<usize>());
        if count != Ok(texts.len()) {
            return None;
        }
        chunks.push((number.ok()?, parts.next()?));
    }
    chunks.sort_unstable();
    let in_order = chunks.iter().zip(1..).all(|((number, _), place)| *number == place);
    let digits: String = chunks.iter().map(|(_, digits)| *digits).collect();
    in_order.then(|| format!("{SHC}{digits}"))
}

/// Each pair of digits is a character's code less 45.
fn compact(text: &str) -> Result<String, ShcError> {
    if text.contains('/') {
        return Err(ShcError::Chunk);
    }
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        return Err(ShcError::Digits);
    }
    let character = |[tens, ones]: &[u8; 2]| {
        let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
        let code = digits.then(|| (tens - b'0') * 10 + (ones - b'0'))?;
        (code <= 77).then(|| char::from(code + 45))
    };
    pairs.iter().map(character).collect::<Option<String>>().ok_or(ShcError::Digits)
}

fn time(card: &Value, key: &str) -> Result<Option<i64>, ShcError> {
    match card.get(key) {
        None => Ok(None),
        Some(value) => {
            let unix_s = value.as_f64().and_then(date::whole_unix_s);
            unix_s.map(Some).ok_or(ShcError::Time)
        }
    }
}

fn read_bundle(card: &Value, claims: &mut Claims) -> Result<(), ShcError> {
    let entries = card
        .pointer("/vc/credentialSubject/fhirBundle/entry")
        .and_then(Value::as_array)
        .filter(|entries| entries.len() <= ENTRIES_MAX)
        .ok_or(ShcError::Bundle)?;
    for resource in entries.iter().filter_map(|entry| entry.get("resource")) {
        match resource.get("resourceType").and_then(Value::as_str) {
            Some("Patient") => claims.holder = patient(resource),
            Some("Immunization")
                if text_at(resource, "/status").as_deref() == Some("completed") =>
            {
                claims.vaccinations.push(immunization(resource));
            }
            _ => {}
        }
    }
    count_doses(&mut claims.vaccinations);
    Ok(())
}

/// A FHIR bundle counts no doses: each is an entry, and their days tell which came first.
fn count_doses(vaccinations: &mut [Vaccination]) {
    if vaccinations.iter().all(|vaccination| vaccination.date.is_some()) {
        vaccinations.sort_by(|one, other| one.date.cmp(&other.date));
        for (dose, vaccination) in (1..).zip(vaccinations) {
            vaccination.dose = Some(dose);
        }
    }
}

fn patient(resource: &Value) -> Holder {
    let given = resource.pointer("/name/0/given").and_then(Value::as_array);
    let given = given.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let names: Vec<String> = given.chain(text_at(resource, "/name/0/family")).collect();
    let name = Some(names.join(" ")).filter(|name| (1..=TEXT_BYTES_MAX).contains(&name.len()));
    Holder { name, birth_date: text_at(resource, "/birthDate") }
}

fn immunization(resource: &Value) -> Vaccination {
    Vaccination {
        product: text_at(resource, "/vaccineCode/coding/0/code"),
        dose: None,
        total: None,
        date: text_at(resource, "/occurrenceDateTime"),
    }
}

fn text_at(value: &Value, pointer: &str) -> Option<String> {
    let text = value.pointer(pointer)?.as_str()?;
    (text.len() <= TEXT_BYTES_MAX).then(|| text.to_owned())
}
