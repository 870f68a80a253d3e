//! The NZ COVID Pass.
//!
//! Shape: `NZCP:/1/` + Base32 → COSE_Sign1, ES256 → CWT with `vc`.
//! Limits and errors: each thing that can be malformed is an `NzcpError` with a code of its own.
//! Source: "New Zealand COVID Pass - Technical Specification" 1.1 (`minhealthnz/nzcovidpass-spec`)
//! §2 to §5; Base32: RFC 4648 §6 without padding. The specification has the key id as a text, its
//! examples as bytes: both are read.
//! Not here: the DID document (`trust` knows keys, whatever document they came from).

use super::claims::{Algorithm, Claims, Unverified};
use super::{Family, Holder, date};
use crate::envelope::cbor::{self, CborError, Lengths, Limits, Value};
use crate::envelope::cose::{self, CoseError, HeaderRule, KeyIdType, Profile, TagRule};
use data_encoding::BASE32_NOPAD;

pub const PREFIX: &str = "NZCP:/";
pub const TEXT_BYTES_MAX: usize = 256;
pub const PASS_ID_BYTES: usize = 16;

const PROFILE: Profile = Profile {
    cbor: Limits { bytes_max: 4096, depth_max: 8, items_max: 256, lengths: Lengths::Definite },
    tag: TagRule::Required,
    headers: HeaderRule::Protected,
    key_id: KeyIdType::BytesOrText,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NzcpError {
    /// Another version than 1.
    Version,
    Base32,
    Cose(CoseError),
    /// Not ES256.
    Algorithm,
    /// The payload's CBOR.
    Cbor(CborError),
    /// The payload is no map of claims.
    Claims,
    Issuer,
    Expires,
    NotBefore,
    PassId,
    /// `vc` is no PublicCovidPass.
    Credential,
    /// Names and birth date are no texts, or too long.
    Subject,
}

impl NzcpError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Version => "NZCP-VERSION",
            Self::Base32 => "NZCP-BASE32",
            Self::Cose(error) => error.code(),
            Self::Algorithm => "NZCP-ALG",
            Self::Cbor(error) => error.code(),
            Self::Claims => "NZCP-CLAIMS",
            Self::Issuer => "NZCP-ISS",
            Self::Expires => "NZCP-EXP",
            Self::NotBefore => "NZCP-NBF",
            Self::PassId => "NZCP-CTI",
            Self::Credential => "NZCP-VC",
            Self::Subject => "NZCP-SUBJECT",
        }
    }
}

/// `text` is what follows `NZCP:/`.
pub(super) fn parse(text: &str) -> Result<Unverified, NzcpError> {
    let base32 = text.strip_prefix("1/").ok_or(NzcpError::Version)?;
    let bytes = BASE32_NOPAD.decode(base32.as_bytes()).map_err(|_| NzcpError::Base32)?;
    let message = cose::parse(&bytes, &PROFILE).map_err(NzcpError::Cose)?;
    if message.alg != cose::ES256 {
        return Err(NzcpError::Algorithm);
    }
    let payload = cbor::decode(&message.payload, &PROFILE.cbor).map_err(NzcpError::Cbor)?;
    let cwt = payload.as_map().ok_or(NzcpError::Claims)?;
    let issuer = text_at(cwt, &Value::from(1)).ok_or(NzcpError::Issuer)?;
    let pass_id = find(cwt, &Value::from(7)).and_then(Value::as_bytes);
    let pass_id = pass_id.filter(|id| id.len() == PASS_ID_BYTES).ok_or(NzcpError::PassId)?;
    let claims = Claims {
        holder: holder(cwt)?,
        not_before_unix_s: Some(time_at(cwt, 5).ok_or(NzcpError::NotBefore)?),
        expires_unix_s: Some(time_at(cwt, 4).ok_or(NzcpError::Expires)?),
        ..Claims::default()
    };
    Ok(Unverified {
        family: Family::Nzcp,
        issuer: Some(issuer.to_owned()),
        key_id: message.kid,
        algorithm: Algorithm::Es256,
        revocation_ids: vec![pass_id.clone()],
        signed: message.to_be_signed,
        signature: message.signature,
        claims,
    })
}

/// §4: a W3C credential of type PublicCovidPass.
fn holder(cwt: &[(Value, Value)]) -> Result<Holder, NzcpError> {
    let vc = find(cwt, &"vc".into()).and_then(Value::as_map).ok_or(NzcpError::Credential)?;
    let types = find(vc, &"type".into()).and_then(Value::as_array).ok_or(NzcpError::Credential)?;
    if !types.contains(&"PublicCovidPass".into()) {
        return Err(NzcpError::Credential);
    }
    let subject = find(vc, &"credentialSubject".into()).and_then(Value::as_map);
    let subject = subject.ok_or(NzcpError::Credential)?;
    let needed = |name: &str| text_at(subject, &name.into()).ok_or(NzcpError::Subject);
    let name = match find(subject, &"familyName".into()) {
        Some(_) => format!("{} {}", needed("givenName")?, needed("familyName")?),
        None => needed("givenName")?.to_owned(),
    };
    Ok(Holder { name: Some(name), birth_date: Some(needed("dob")?.to_owned()) })
}

fn time_at(map: &[(Value, Value)], key: i64) -> Option<i64> {
    let unix_s = find(map, &Value::from(key))?.as_integer()?;
    i64::try_from(unix_s).ok().filter(|unix_s| (0..=date::UNIX_S_MAX).contains(unix_s))
}

fn text_at<'a>(map: &'a [(Value, Value)], key: &Value) -> Option<&'a str> {
    find(map, key)?.as_text().filter(|text| text.len() <= TEXT_BYTES_MAX)
}

fn find<'a>(map: &'a [(Value, Value)], wanted: &Value) -> Option<&'a Value> {
    map.iter().find(|(key, _)| key == wanted).map(|(_, value)| value)
}
