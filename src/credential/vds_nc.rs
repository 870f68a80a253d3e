//! ICAO's Visible Digital Seal for non-constrained environments: a proof of vaccination or of a
//! test by the authority that issues passports.
//!
//! Shape: JSON { data: { hdr: { t, v, is }, msg }, sig: { alg, cer, sigvl } }; the signature covers
//! the canonical JSON of `data`; `cer` is the signer's certificate, or a list of it and of those
//! that vouch for it, each for the one before.
//! Limits and errors: `JSON_BYTES_MAX`, `ENTRIES_MAX`; each thing that can be malformed is a
//! `VdsNcError` with a code of its own.
//! Source: ICAO Technical Report "VDS-NC" 1.3 (2021-10) §3 (structure), §4 (vaccination), §5 (test);
//! RFC 8785.
//! Not here: the certificate and its authority (`trust`); lists of certificates by reference
//! (`crt`), which this format's codes do not use.

use super::claims::{Algorithm, Claims, TestResult, Unverified, Vaccination};
use super::{Family, Fault, Holder, dcc};
use crate::envelope::jcs;
use crate::envelope::json::{self, JsonError};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};
use serde_json::Value;

pub const JSON_BYTES_MAX: usize = super::PAYLOAD_BYTES_MAX;
pub const ENTRIES_MAX: usize = 32;
pub const CERTIFICATES_MAX: usize = 4;
pub const TEXT_BYTES_MAX: usize = 256;
pub const SIGNATURE_BYTES_MAX: usize = 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VdsNcError {
    Json(JsonError),
    /// No `data` with a header, or no `sig`.
    Shape,
    /// Neither `icao.vacc` nor `icao.test`.
    Type,
    /// Not version 1.
    Version,
    /// The issuing state is no text of three letters.
    Issuer,
    /// None of ES256, ES384, ES512.
    Algorithm,
    /// No certificate, or no Base64.
    Certificate,
    /// No signature, or no Base64.
    Signature,
    /// Names and birth date are no texts, or too long.
    Holder,
    /// The vaccinations or the test are not as they should be.
    Content,
}

impl VdsNcError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Json(error) => error.code(),
            Self::Shape => "VDS-SHAPE",
            Self::Type => "VDS-TYPE",
            Self::Version => "VDS-VERSION",
            Self::Issuer => "VDS-ISS",
            Self::Algorithm => "VDS-ALG",
            Self::Certificate => "VDS-CERT",
            Self::Signature => "VDS-SIG",
            Self::Holder => "VDS-HOLDER",
            Self::Content => "VDS-CONTENT",
        }
    }

    pub(super) fn fault(self) -> Fault {
        match self {
            Self::Type | Self::Version => Fault::Unsupported,
            Self::Algorithm | Self::Certificate | Self::Signature => Fault::Unprovable,
            _ => Fault::Unreadable,
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Unverified, VdsNcError> {
    let seal = json::decode(text.as_bytes(), JSON_BYTES_MAX).map_err(VdsNcError::Json)?;
    let data = seal.get("data").filter(|data| data.is_object()).ok_or(VdsNcError::Shape)?;
    let message = data.get("msg").filter(|msg| msg.is_object()).ok_or(VdsNcError::Shape)?;
    let header = data.get("hdr").ok_or(VdsNcError::Shape)?;
    let sig = seal.get("sig").filter(|sig| sig.is_object()).ok_or(VdsNcError::Shape)?;
    if header.get("v").and_then(Value::as_u64) != Some(1) {
        return Err(VdsNcError::Version);
    }
    let issuer = text_at(header, "/is").filter(|state| state.len() == 3);
    let mut claims = Claims { holder: holder(message)?, ..Claims::default() };
    let id = match header.get("t").and_then(Value::as_str) {
        Some("icao.vacc") => {
            claims.vaccinations = vaccinations(message)?;
            "/uvci"
        }
        Some("icao.test") => {
            claims.tests = vec![test(message)?];
            "/utci"
        }
        _ => return Err(VdsNcError::Type),
    };
    let algorithm = match sig.get("alg").and_then(Value::as_str) {
        Some("ES256") => Algorithm::Es256,
        Some("ES384") => Algorithm::Es384,
        Some("ES512") => Algorithm::Es512,
        _ => return Err(VdsNcError::Algorithm),
    };
    Ok(Unverified {
        family: Family::VdsNc,
        issuers: vec![issuer.ok_or(VdsNcError::Issuer)?],
        key_id: Vec::new(),
        certificate: certificates(sig).ok_or(VdsNcError::Certificate)?,
        algorithm,
        signed: jcs::canonical(data).into_bytes(),
        signature: sig
            .get("sigvl")
            .and_then(bytes_of)
            .filter(|signature| signature.len() <= SIGNATURE_BYTES_MAX)
            .ok_or(VdsNcError::Signature)?,
        revocation_ids: text_at(message, id).into_iter().map(String::into_bytes).collect(),
        claims,
    })
}

/// One after the other: DER says of itself where it ends.
fn certificates(sig: &Value) -> Option<Vec<u8>> {
    match sig.get("cer")? {
        Value::Array(chain) if chain.len() <= CERTIFICATES_MAX && !chain.is_empty() => {
            Some(chain.iter().map(bytes_of).collect::<Option<Vec<_>>>()?.concat())
        }
        one => bytes_of(one),
    }
}

fn holder(message: &Value) -> Result<Holder, VdsNcError> {
    let name = text_at(message, "/pid/n").ok_or(VdsNcError::Holder)?;
    Ok(Holder { name: Some(name), birth_date: text_at(message, "/pid/dob") })
}

/// Each vaccine with each of its doses.
fn vaccinations(message: &Value) -> Result<Vec<Vaccination>, VdsNcError> {
    let mut found = Vec::new();
    for vaccine in list(message, "ve")? {
        for dose in list(vaccine, "vd")? {
            found.push(Vaccination {
                product: text_at(vaccine, "/nam").or_else(|| text_at(vaccine, "/des")),
                dose: count(dose.get("seq")),
                total: None,
                date: text_at(dose, "/dvc"),
            });
        }
    }
    if found.is_empty() || found.len() > ENTRIES_MAX {
        return Err(VdsNcError::Content);
    }
    Ok(found)
}

fn test(message: &Value) -> Result<TestResult, VdsNcError> {
    let detected = match text_at(message, "/tr/r").map(|result| result.to_ascii_lowercase()) {
        Some(result) if result == "negative" => Some(false),
        Some(result) if result == "positive" => Some(true),
        _ => None,
    };
    let sampled = text_at(message, "/dat/sc").ok_or(VdsNcError::Content)?;
    let sampled_unix_s = dcc::sampled_unix_s(&sampled).map_err(|_| VdsNcError::Content)?;
    Ok(TestResult { detected, kind: text_at(message, "/tr/tc"), sampled_unix_s })
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a [Value], VdsNcError> {
    let list = value.get(name).and_then(Value::as_array).map(Vec::as_slice);
    list.filter(|list| list.len() <= ENTRIES_MAX).ok_or(VdsNcError::Content)
}

/// Some write the dose as a text.
fn count(value: Option<&Value>) -> Option<u16> {
    match value? {
        Value::String(text) => text.parse().ok(),
        value => value.as_u64().and_then(|count| u16::try_from(count).ok()),
    }
}

fn text_at(value: &Value, pointer: &str) -> Option<String> {
    let text = value.pointer(pointer)?.as_str()?;
    (text.len() <= TEXT_BYTES_MAX).then(|| text.to_owned())
}

/// The report has Base64 for URLs; certificates come in either, padded or not, some in lines.
fn bytes_of(value: &Value) -> Option<Vec<u8>> {
    let text: Vec<u8> =
        value.as_str()?.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let forms = [BASE64URL_NOPAD, BASE64URL, BASE64, BASE64_NOPAD];
    let decoded = forms.iter().find_map(|base64| base64.decode(&text).ok());
    decoded.filter(|bytes| !bytes.is_empty())
}
