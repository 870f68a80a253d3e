//! The NZ COVID Pass.
//!
//! Shape: `NZCP:/1/` + Base32 → COSE_Sign1, ES256 → CWT with `vc`.
//! Limits and errors: each thing that can be malformed is an `NzcpError` with a code of its own.
//! Source: "New Zealand COVID Pass - Technical Specification" 1.1 (`minhealthnz/nzcovidpass-spec`)
//! §2 to §5; Base32: RFC 4648 §6 without padding. The specification has the key id as a text, its
//! examples as bytes: both are read.
//! Not here: the DID document (`trust` knows keys, whatever document they came from).

use super::claims::{Algorithm, Claims, Unverified};
use super::cwt;
use super::{Family, Fault, Holder};
use crate::envelope::cbor::{self, CborError, Lengths, Limits, Value};
use crate::envelope::cose::{self, CoseError, HeaderRule, KeyIdType, Profile, TagRule};
use data_encoding::BASE32_NOPAD;

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

    pub(super) fn fault(self) -> Fault {
        match self {
            Self::Version => Fault::Unsupported,
            Self::Cose(error) if error.forbids_proof() => Fault::Unprovable,
            Self::Algorithm | Self::Expires | Self::NotBefore => Fault::Unprovable,
            _ => Fault::Unreadable,
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
    let issuer = text_at(cwt, cwt::ISSUER).ok_or(NzcpError::Issuer)?;
    let pass_id = cwt::find(cwt, cwt::ID).and_then(Value::as_bytes);
    let pass_id = pass_id.filter(|id| id.len() == PASS_ID_BYTES).ok_or(NzcpError::PassId)?;
    let claims = Claims {
        holder: holder(cwt)?,
        not_before_unix_s: Some(time(cwt, cwt::NOT_BEFORE).ok_or(NzcpError::NotBefore)?),
        expires_unix_s: Some(time(cwt, cwt::EXPIRES).ok_or(NzcpError::Expires)?),
        ..Claims::default()
    };
    Ok(Unverified {
        family: Family::Nzcp,
        issuers: vec![issuer.to_owned()],
        certificate: Vec::new(),
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
    let vc = cwt::find(cwt, "vc").and_then(Value::as_map).ok_or(NzcpError::Credential)?;
    let types = cwt::find(vc, "type").and_then(Value::as_array).ok_or(NzcpError::Credential)?;
    if !types.contains(&"PublicCovidPass".into()) {
        return Err(NzcpError::Credential);
    }
    let subject = cwt::find(vc, "credentialSubject").and_then(Value::as_map);
    let subject = subject.ok_or(NzcpError::Credential)?;
    let needed = |name: &str| text_at(subject, name).ok_or(NzcpError::Subject);
    let name = match cwt::find(subject, "familyName") {
        Some(_) => format!("{} {}", needed("givenName")?, needed("familyName")?),
        None => needed("givenName")?.to_owned(),
    };
    Ok(Holder { name: Some(name), birth_date: Some(needed("dob")?.to_owned()) })
}

fn time(cwt: &[(Value, Value)], key: i64) -> Option<i64> {
    cwt::time(cwt, key).ok().flatten()
}

fn text_at(map: &[(Value, Value)], key: impl Into<Value>) -> Option<&str> {
    cwt::text(map, key, TEXT_BYTES_MAX)
}
