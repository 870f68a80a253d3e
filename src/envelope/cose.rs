//! COSE_Sign1: a payload, its headers, and the signature that ought to cover them.
//!
//! Shape: tag 18 [protected: bstr .cbor map, unprotected: map, payload: bstr, signature: bstr].
//! Limits and errors: `Profile.cbor` holds for the message and for the protected header alike; a
//! critical header, a detached payload and an algorithm outside the protected header are refused.
//! Never panics.
//! Source: RFC 9052 (2022-08) §3, §4.2, §4.4.
//! Not here: keys and verification (`trust`); countersignatures, which nobody asked for and which
//! nest without end: they stay unread. Not coset: it reads those, its errors do not tell an unknown
//! algorithm from a missing one, and what is signed takes four lines.

use super::cbor::{self, CborError, Limits, Value};

/// `EdDSA` in the IANA registry of COSE algorithms.
pub const EDDSA: i64 = -8;
pub const ES256: i64 = -7;
pub const PS256: i64 = -37;

const TAG_SIGN1: u64 = 18;
const ALG: i64 = 1;
const CRIT: i64 = 2;
const KID: i64 = 4;

/// Where readers of different families differ.
#[derive(Debug, Clone, Copy)]
pub struct Profile {
    pub cbor: Limits,
    pub tag: TagRule,
    pub headers: HeaderRule,
    pub key_id: KeyIdType,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyIdType {
    /// As RFC 9052 has it.
    Bytes,
    /// NZ COVID Passes may have texts.
    BytesOrText,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagRule {
    /// Tag 18 and no other.
    Required,
    /// Tag 18, tag 61 (CWT) around it, or none.
    Optional,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderRule {
    /// alg and kid in the protected header.
    Protected,
    /// The protected header's first, else the unprotected header's; there may be no kid.
    Anywhere,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Sign1 {
    /// A number of the IANA registry.
    pub alg: i64,
    /// Empty where `HeaderRule::Anywhere` found none.
    pub kid: Vec<u8>,
    pub payload: Vec<u8>,
    pub signature: Vec<u8>,
    /// The Sig_structure with empty external data.
    pub to_be_signed: Vec<u8>,
}

impl std::fmt::Debug for Sign1 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sign1").field("alg", &self.alg).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoseError {
    Cbor(CborError),
    /// Another tag than COSE_Sign1's, or none where it is required.
    Tag,
    /// Not an array of four, or one of the four has another type.
    Shape,
    /// A header that is no map, or a kid that is no bytes.
    Header,
    /// A header that must be understood; we understand none.
    Critical,
    /// No algorithm is named where it has to be.
    AlgorithmMissing,
    /// An algorithm that is no number.
    AlgorithmType,
    KeyIdMissing,
    /// The kid is outside of what the signature covers.
    KeyIdUnprotected,
    /// The payload is elsewhere.
    Detached,
    SignatureEmpty,
}

impl CoseError {
    /// A whole message that says of itself that nothing proves it: no second look will help.
    pub fn forbids_proof(self) -> bool {
        matches!(
            self,
            Self::Critical
                | Self::AlgorithmMissing
                | Self::AlgorithmType
                | Self::KeyIdMissing
                | Self::KeyIdUnprotected
                | Self::Detached
                | Self::SignatureEmpty
        )
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Cbor(error) => error.code(),
            Self::Tag => "COSE-TAG",
            Self::Shape => "COSE-SHAPE",
            Self::Header => "COSE-HEADER",
            Self::Critical => "COSE-CRIT",
            Self::AlgorithmMissing => "COSE-ALG-MISSING",
            Self::AlgorithmType => "COSE-ALG-TYPE",
            Self::KeyIdMissing => "COSE-KID-MISSING",
            Self::KeyIdUnprotected => "COSE-KID-UNPROTECTED",
            Self::Detached => "COSE-DETACHED",
            Self::SignatureEmpty => "COSE-SIG-EMPTY",
        }
    }
}

pub fn parse(bytes: &[u8], profile: &Profile) -> Result<Sign1, CoseError> {
    let message = cbor::decode(bytes, &profile.cbor).map_err(CoseError::Cbor)?;
    let parts = untag(message, profile.tag)?.into_array().map_err(|_| CoseError::Shape)?;
    let [protected, unprotected, payload, signature]: [Value; 4] =
        parts.try_into().map_err(|_| CoseError::Shape)?;
    let protected = protected.into_bytes().map_err(|_| CoseError::Shape)?;
    let unprotected = unprotected.into_map().map_err(|_| CoseError::Header)?;
    let payload = match payload {
        Value::Bytes(payload) => payload,
        Value::Null => return Err(CoseError::Detached),
        _ => return Err(CoseError::Shape),
    };
    let signature = signature.into_bytes().map_err(|_| CoseError::Shape)?;
    let headers = read_headers(&protected, &unprotected, profile)?;
    if signature.is_empty() {
        return Err(CoseError::SignatureEmpty);
    }
    let to_be_signed = to_be_signed(&protected, &payload);
    Ok(Sign1 { alg: headers.alg, kid: headers.kid, payload, signature, to_be_signed })
}

/// The four parts as a tagged message.
pub fn write(protected: &[u8], payload: &[u8], signature: &[u8]) -> Vec<u8> {
    let parts = vec![
        Value::Bytes(protected.to_vec()),
        Value::Map(Vec::new()),
        Value::Bytes(payload.to_vec()),
        Value::Bytes(signature.to_vec()),
    ];
    cbor::encode(&Value::Tag(TAG_SIGN1, Box::new(Value::Array(parts))))
}

/// A protected header with `alg` and `kid`, in this order: the deterministic one.
pub fn protected_header(alg: i64, kid: &[u8]) -> Vec<u8> {
    cbor::encode(&Value::Map(vec![
        (ALG.into(), alg.into()),
        (KID.into(), Value::Bytes(kid.to_vec())),
    ]))
}

/// RFC 9052 §4.4: Sig_structure of "Signature1", the protected header byte for byte as it came.
pub fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    cbor::encode(&Value::Array(vec![
        Value::from("Signature1"),
        Value::Bytes(protected.to_vec()),
        // External data: none.
        Value::Bytes(Vec::new()),
        Value::Bytes(payload.to_vec()),
    ]))
}

fn untag(message: Value, rule: TagRule) -> Result<Value, CoseError> {
    const TAG_CWT: u64 = 61;
    match (message, rule) {
        (Value::Tag(TAG_SIGN1, inner), _) => Ok(*inner),
        (Value::Tag(TAG_CWT, inner), TagRule::Optional) => match *inner {
            Value::Tag(TAG_SIGN1, inner) => Ok(*inner),
            _ => Err(CoseError::Tag),
        },
        (message @ Value::Array(_), TagRule::Optional) => Ok(message),
        _ => Err(CoseError::Tag),
    }
}

struct Headers {
    alg: i64,
    kid: Vec<u8>,
}

fn read_headers(
    protected: &[u8],
    unprotected: &[(Value, Value)],
    profile: &Profile,
) -> Result<Headers, CoseError> {
    // RFC 9052 §3: no protected header is an empty string.
    let protected = match protected {
        [] => Vec::new(),
        bytes => cbor::decode(bytes, &profile.cbor)
            .map_err(CoseError::Cbor)?
            .into_map()
            .map_err(|_| CoseError::Header)?,
    };
    if find(&protected, CRIT).or_else(|| find(unprotected, CRIT)).is_some() {
        return Err(CoseError::Critical);
    }
    let elsewhere = match profile.headers {
        HeaderRule::Protected => None,
        HeaderRule::Anywhere => find(unprotected, ALG),
    };
    let alg = find(&protected, ALG)
        .or(elsewhere)
        .ok_or(CoseError::AlgorithmMissing)?
        .as_integer()
        .and_then(|alg| i64::try_from(alg).ok())
        .ok_or(CoseError::AlgorithmType)?;
    let kid = match (find(&protected, KID), find(unprotected, KID), profile.headers) {
        (Some(kid), _, _) | (None, Some(kid), HeaderRule::Anywhere) => key_id(kid, profile.key_id)?,
        (None, None, HeaderRule::Anywhere) => Vec::new(),
        (None, Some(_), HeaderRule::Protected) => return Err(CoseError::KeyIdUnprotected),
        (None, None, HeaderRule::Protected) => return Err(CoseError::KeyIdMissing),
    };
    Ok(Headers { alg, kid })
}

fn key_id(kid: &Value, allowed: KeyIdType) -> Result<Vec<u8>, CoseError> {
    match (kid, allowed) {
        (Value::Bytes(kid), _) => Ok(kid.clone()),
        (Value::Text(kid), KeyIdType::BytesOrText) => Ok(kid.as_bytes().to_vec()),
        _ => Err(CoseError::Header),
    }
}

fn find(map: &[(Value, Value)], label: i64) -> Option<&Value> {
    map.iter().find(|(key, _)| *key == Value::from(label)).map(|(_, value)| value)
}
