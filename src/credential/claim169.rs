//! MOSIP's identity code: claim 169 of a CWT.
//!
//! Shape: Base45 without a prefix → zlib → COSE_Sign1, EdDSA or ES256 → CWT, claim 169 → map.
//! Limits and errors: `OUTPUT_BYTES_MAX` bytes after inflation, `CBOR` for the rest; each thing
//! that can be malformed is a `Claim169Error` with a code of its own. A code without a signature,
//! as MOSIP's own examples are, is decoded no further. Pictures and fingerprints are not read.
//! Source: "MOSIP QR code specification, claim 169" 1.2 (`mosip/id-claim-169`): keys 4, 5 to 7, 8;
//! RFC 8392. The registry of CWT claims at IANA has the number.
//! Not here: the signature and the clock (`trust`); opening an encrypted code: a gate has no key.

use super::claims::{Algorithm, Claims, Entitlement, Unverified};
use super::cwt::{self, TimeError};
use super::{Family, Fault, Holder};
use crate::envelope::base45::{self, Base45Error};
use crate::envelope::cbor::{self, CborError, Lengths, Limits, Value};
use crate::envelope::cose::{self, CoseError, HeaderRule, KeyIdType, Profile, TagRule};
use crate::envelope::inflate::{self, InflateError};

pub const OUTPUT_BYTES_MAX: usize = 64 * 1024;
pub const ISSUER_BYTES_MAX: usize = 256;
pub const NAME_BYTES_MAX: usize = 256;

const PROFILE: Profile = Profile {
    cbor: Limits {
        bytes_max: OUTPUT_BYTES_MAX,
        depth_max: 12,
        items_max: 2048,
        lengths: Lengths::Any,
    },
    tag: TagRule::Optional,
    headers: HeaderRule::Anywhere,
    key_id: KeyIdType::BytesOrText,
};

const IDENTITY: i64 = 169;
const FULL_NAME: i64 = 4;
const NAMES: [i64; 3] = [5, 6, 7];
const BIRTH_DATE: i64 = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim169Error {
    Base45(Base45Error),
    Zlib(InflateError),
    /// COSE_Encrypt0: for a verifier with its key.
    Encrypted,
    Cose(CoseError),
    /// Neither EdDSA nor ES256.
    Algorithm,
    /// The payload's CBOR.
    Cbor(CborError),
    /// The payload is no map of claims.
    Claims,
    Issuer,
    Time(TimeError),
    /// No claim 169, or it is no map.
    Identity,
    /// A name or birth date that is no text, or too long.
    Holder,
}

impl Claim169Error {
    pub fn code(self) -> &'static str {
        match self {
            Self::Base45(error) => error.code(),
            Self::Zlib(error) => error.code(),
            Self::Encrypted => "C169-ENCRYPTED",
            Self::Cose(error) => error.code(),
            Self::Algorithm => "C169-ALG",
            Self::Cbor(error) => error.code(),
            Self::Claims => "C169-CLAIMS",
            Self::Issuer => "C169-ISS",
            Self::Time(_) => "C169-TIME",
            Self::Identity => "C169-IDENTITY",
            Self::Holder => "C169-HOLDER",
        }
    }

    pub(super) fn fault(self) -> Fault {
        match self {
            Self::Encrypted => Fault::Unsupported,
            Self::Cose(error) if error.forbids_proof() => Fault::Unprovable,
            Self::Algorithm | Self::Time(_) => Fault::Unprovable,
            _ => Fault::Unreadable,
        }
    }
}

pub(super) fn parse(text: &str) -> Result<Unverified, Claim169Error> {
    let compressed = base45::decode(text).map_err(Claim169Error::Base45)?;
    let bytes = inflate::zlib(&compressed, OUTPUT_BYTES_MAX).map_err(Claim169Error::Zlib)?;
    // RFC 9052 §2: tag 16, in one byte.
    const ENCRYPT0: u8 = 0xd0;
    if bytes.first() == Some(&ENCRYPT0) {
        return Err(Claim169Error::Encrypted);
    }
    let message = cose::parse(&bytes, &PROFILE).map_err(Claim169Error::Cose)?;
    let algorithm = match message.alg {
        cose::EDDSA => Algorithm::EdDsa,
        cose::ES256 => Algorithm::Es256,
        _ => return Err(Claim169Error::Algorithm),
    };
    let payload = cbor::decode(&message.payload, &PROFILE.cbor).map_err(Claim169Error::Cbor)?;
    let cwt = cwt::claims(&payload).ok_or(Claim169Error::Claims)?;
    let time = |key| cwt::time(cwt, key).map_err(Claim169Error::Time);
    let claims = Claims {
        holder: holder(cwt)?,
        issued_unix_s: time(cwt::ISSUED)?,
        not_before_unix_s: time(cwt::NOT_BEFORE)?,
        expires_unix_s: time(cwt::EXPIRES)?,
        // Who somebody is, not what she may: an issuer needs the purpose `entry` for it.
        entitlement: Some(Entitlement::default()),
        ..Claims::default()
    };
    let issuers = match cwt::find(cwt, cwt::ISSUER) {
        None => Vec::new(),
        Some(Value::Text(issuer)) if issuer.len() <= ISSUER_BYTES_MAX => vec![issuer.clone()],
        Some(_) => return Err(Claim169Error::Issuer),
    };
    let id = cwt::find(cwt, cwt::ID).and_then(Value::as_bytes);
    Ok(Unverified {
        family: Family::Claim169,
        issuers,
        key_id: message.kid,
        certificate: Vec::new(),
        algorithm,
        signed: message.to_be_signed,
        signature: message.signature,
        revocation_ids: id.cloned().into_iter().collect(),
        claims,
    })
}

fn holder(cwt: &[(Value, Value)]) -> Result<Holder, Claim169Error> {
    let identity = cwt::find(cwt, IDENTITY).and_then(Value::as_map);
    let identity = identity.ok_or(Claim169Error::Identity)?;
    let text = |key| match cwt::find(identity, key) {
        None => Ok(None),
        Some(Value::Text(text)) if text.len() <= NAME_BYTES_MAX => Ok(Some(text.as_str())),
        Some(_) => Err(Claim169Error::Holder),
    };
    let name = match text(FULL_NAME)? {
        Some(name) => name.to_owned(),
        None => {
            let parts = NAMES.map(text).into_iter().collect::<Result<Vec<_>, _>>()?;
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    };
    let birth_date = text(BIRTH_DATE)?.map(with_hyphens);
    Ok(Holder { name: Some(name).filter(|name| !name.is_empty()), birth_date })
}

/// `19840118` as `1984-01-18`; anything else as it is.
fn with_hyphens(date: &str) -> String {
    match date.as_bytes() {
        [y1, y2, y3, y4, m1, m2, d1, d2] if date.bytes().all(|byte| byte.is_ascii_digit()) => {
            [y1, y2, y3, y4, &b'-', m1, m2, &b'-', d1, d2]
                .map(|byte| char::from(*byte))
                .iter()
                .collect()
        }
        _ => date.to_owned(),
    }
}
