//! The EU's Digital COVID Certificate and what was made after it: WHO's, Indonesia's EU form.
//!
//! Shape: `HC1:` + Base45 → zlib → COSE_Sign1, ES256 or PS256 → CWT, claim −260 → {1: dcc}, or
//! WHO's {3: vaccination} and {4: test result}, each one document or a list of them.
//! Limits and errors: `OUTPUT_BYTES_MAX` bytes after inflation, `CBOR` for the rest; each thing
//! that can be malformed is an `Hc1Error` with a code of its own. Read as leniently as real ones
//! need: any tagging, headers in either place (the protected one first), times as floats. A time
//! that is no number, or not finite, is an error.
//! Source: hcert_spec 1.0.8 (`ehn-dcc-development/eu-dcc-hcert-spec`) §3, §4; "Health Certificate"
//! of WHO's SMART Trust 1.3 (the numbers in claim −260); RFC 8392.
//! Not here: the signature, key usage and clock (`trust`); following WHO's links to documents
//! elsewhere (number 5), which takes a network: such a code is named (`Hc1Error::Link`).

use super::claims::{Algorithm, Claims, Unverified};
use super::cwt::{self, TimeError};
use super::dcc::{self, DccError};
use super::{Family, Fault, ddcc};
use crate::envelope::base45::{self, Base45Error};
use crate::envelope::cbor::{self, CborError, Lengths, Limits, Value};
use crate::envelope::cose::{self, CoseError, HeaderRule, KeyIdType, Profile, Sign1, TagRule};
use crate::envelope::inflate::{self, InflateError};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

pub const OUTPUT_BYTES_MAX: usize = 64 * 1024;
pub const ISSUER_BYTES_MAX: usize = 128;

const PROFILE: Profile = Profile {
    cbor: Limits {
        bytes_max: OUTPUT_BYTES_MAX,
        depth_max: 16,
        items_max: 4096,
        lengths: Lengths::Any,
    },
    tag: TagRule::Optional,
    headers: HeaderRule::Anywhere,
    key_id: KeyIdType::Bytes,
};

const HEALTH: i64 = -260;
const HEALTH_DCC: i64 = 1;
const HEALTH_DDCC_VACCINATION: i64 = 3;
const HEALTH_DDCC_TEST: i64 = 4;
const HEALTH_LINK: i64 = 5;

/// Why a text that begins with `HC1:` is no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hc1Error {
    Base45(Base45Error),
    Zlib(InflateError),
    Cose(CoseError),
    /// Neither ES256 nor PS256.
    Algorithm,
    /// The payload's CBOR.
    Cbor(CborError),
    /// The payload is no map of claims.
    Claims,
    /// The issuer is no text, or too long.
    Issuer,
    ExpiresMissing,
    Time(TimeError),
    /// No claim −260, or it is no map.
    Health,
    /// Claim −260 holds something else.
    SubClaim,
    /// Claim −260 holds a link to documents elsewhere, which takes a network.
    Link,
    Dcc(DccError),
}

impl Hc1Error {
    pub fn code(self) -> &'static str {
        match self {
            Self::Base45(error) => error.code(),
            Self::Zlib(error) => error.code(),
            Self::Cose(error) => error.code(),
            Self::Algorithm => "HC1-ALG",
            Self::Cbor(error) => error.code(),
            Self::Claims => "HC1-CLAIMS",
            Self::Issuer => "HC1-ISS",
            Self::ExpiresMissing => "HC1-EXP-MISSING",
            Self::Time(_) => "HC1-TIME",
            Self::Health => "HC1-HEALTH",
            Self::SubClaim => "HC1-SUBCLAIM",
            Self::Link => "HC1-LINK",
            Self::Dcc(error) => error.code(),
        }
    }

    pub(super) fn fault(self) -> Fault {
        match self {
            Self::SubClaim | Self::Link => Fault::Unsupported,
            Self::Cose(error) if error.forbids_proof() => Fault::Unprovable,
            Self::Algorithm | Self::ExpiresMissing | Self::Time(_) => Fault::Unprovable,
            _ => Fault::Unreadable,
        }
    }
}

/// `text` is what follows the prefix.
pub(super) fn parse(text: &str) -> Result<Unverified, Hc1Error> {
    let compressed = base45::decode(text).map_err(Hc1Error::Base45)?;
    let bytes = inflate::zlib(&compressed, OUTPUT_BYTES_MAX).map_err(Hc1Error::Zlib)?;
    let message = cose::parse(&bytes, &PROFILE).map_err(Hc1Error::Cose)?;
    let algorithm = match message.alg {
        cose::ES256 => Algorithm::Es256,
        cose::PS256 => Algorithm::Ps256,
        _ => return Err(Hc1Error::Algorithm),
    };
    let payload = cbor::decode(&message.payload, &PROFILE.cbor).map_err(Hc1Error::Cbor)?;
    let cwt = cwt::claims(&payload).ok_or(Hc1Error::Claims)?;
    let issuer = issuer(cwt)?;
    let time = |key| cwt::time(cwt, key).map_err(Hc1Error::Time);
    let issued_unix_s = time(cwt::ISSUED)?;
    let mut claims = Claims {
        issued_unix_s,
        // hcert_spec §3.3.3: a certificate is not valid before it was issued.
        not_before_unix_s: time(cwt::NOT_BEFORE)?.max(issued_unix_s),
        expires_unix_s: Some(time(cwt::EXPIRES)?.ok_or(Hc1Error::ExpiresMissing)?),
        ..Claims::default()
    };
    let content = content(cwt)?;
    let published = published(cwt);
    let revocation_ids =
        revocation_ids(&message, algorithm, issuer.as_deref(), &content.certificate_ids);
    claims.holder = content.holder;
    claims.vaccinations = content.vaccinations;
    claims.tests = content.tests;
    claims.recoveries = content.recoveries;
    claims.published = published;
    Ok(Unverified {
        family: Family::Hc1,
        issuers: issuer.into_iter().collect(),
        key_id: message.kid,
        certificate: Vec::new(),
        algorithm,
        signed: message.to_be_signed,
        signature: message.signature,
        revocation_ids,
        claims,
    })
}

fn issuer(cwt: &[(Value, Value)]) -> Result<Option<String>, Hc1Error> {
    match cwt::find(cwt, cwt::ISSUER) {
        None => Ok(None),
        Some(Value::Text(issuer)) if issuer.len() <= ISSUER_BYTES_MAX => Ok(Some(issuer.clone())),
        Some(_) => Err(Hc1Error::Issuer),
    }
}

fn content(cwt: &[(Value, Value)]) -> Result<dcc::Dcc, Hc1Error> {
    let health = cwt::find(cwt, HEALTH).and_then(Value::as_map).ok_or(Hc1Error::Health)?;
    let held = |number: i64| cwt::find(health, number);
    if let Some(content) = held(HEALTH_DCC) {
        return dcc::read(content).map_err(Hc1Error::Dcc);
    }
    match (held(HEALTH_DDCC_VACCINATION), held(HEALTH_DDCC_TEST), held(HEALTH_LINK)) {
        (None, None, Some(_)) => Err(Hc1Error::Link),
        (None, None, None) => Err(Hc1Error::SubClaim),
        (vaccinations, tests, _) => ddcc::read(vaccinations, tests).map_err(Hc1Error::Dcc),
    }
}

/// The entries of the EU's content in its own words, for the rules of countries: texts, numbers and
/// truth values, no names. `None`: a document of WHO's. What is malformed, `dcc` has refused.
fn published(cwt: &[(Value, Value)]) -> Option<Json> {
    let health = cwt::find(cwt, HEALTH).and_then(Value::as_map)?;
    let content = cwt::find(health, HEALTH_DCC)?.as_map()?;
    let list = |name: &str| {
        let list = content.iter().find(|(key, _)| key.as_text() == Some(name));
        let entries = list.and_then(|(_, list)| list.as_array()).into_iter().flatten();
        let entries: Vec<Json> =
            entries.filter_map(|entry| entry.as_map()).map(|entry| members(entry)).collect();
        Json::from(entries)
    };
    Some(json!({ "v": list("v"), "t": list("t"), "r": list("r") }))
}

/// As `dcc` reads them: without spaces around a text, what is empty is absent.
fn members(entry: &[(Value, Value)]) -> Json {
    let mut members = serde_json::Map::new();
    for (key, value) in entry {
        // Some write dates with their tag (RFC 8943).
        let value = if let Value::Tag(_, inner) = value { inner } else { value };
        let value = match value {
            Value::Text(text) if text.len() <= dcc::TEXT_BYTES_MAX => Json::from(text.trim()),
            Value::Integer(number) => i64::try_from(*number).map_or(Json::Null, Json::from),
            Value::Float(number) => Json::from(*number),
            Value::Bool(bool) => Json::from(*bool),
            _ => continue,
        };
        if let Some(key) = key.as_text().filter(|_| value != "") {
            members.insert(key.to_owned(), value);
        }
    }
    members.into()
}

/// What the EU's revocation lists name: the first 16 bytes of the SHA-256 of the signature (of its
/// first half with ECDSA), of the certificate's id, and of country and id together.
/// Source: eu-dcc-revocation, "hash types" SIGNATURE, UCI, COUNTRYCODEUCI.
fn revocation_ids(
    message: &Sign1,
    algorithm: Algorithm,
    issuer: Option<&str>,
    certificate_ids: &[String],
) -> Vec<Vec<u8>> {
    let id = |bytes: &[u8]| Sha256::digest(bytes).iter().take(16).copied().collect::<Vec<u8>>();
    let signature = match algorithm {
        Algorithm::Es256 => message.signature.get(..message.signature.len() / 2),
        _ => Some(message.signature.as_slice()),
    };
    let mut ids = vec![id(signature.unwrap_or_default())];
    for certificate_id in certificate_ids {
        ids.push(id(certificate_id.as_bytes()));
        if let Some(country) = issuer {
            ids.push(id(format!("{country}{certificate_id}").as_bytes()));
        }
    }
    ids
}
