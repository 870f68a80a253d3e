//! A compact JWS: header, payload, signature, each in Base64 for URLs.
//!
//! Shape: `header.payload.signature` → `Jws`.
//! Limits and errors: `HEADER_BYTES_MAX`; unpadded canonical Base64 only; exactly three parts; a
//! `crit` header is refused. The payload is not looked into. Never panics.
//! Source: RFC 7515 (2015-05) §3.1, §4.1.11, §5.2, App. F; RFC 7797 (2016-02) §3, §6.
//! Not here: keys and verification (`trust`); detached payloads that are encoded.

use super::json::{self, JsonError};
use data_encoding::{BASE64URL, BASE64URL_NOPAD};
use serde_json::Value;

pub const HEADER_BYTES_MAX: usize = 1024;

#[derive(Clone, PartialEq)]
pub struct Jws {
    pub header: Value,
    pub payload: Vec<u8>,
    pub signature: Vec<u8>,
    /// `header.payload` as they came.
    pub to_be_signed: Vec<u8>,
}

impl std::fmt::Debug for Jws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jws").finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JwsError {
    /// Not three parts.
    Shape,
    /// A part that is no Base64 for URLs.
    Base64,
    Header(JsonError),
    /// A header that must be understood; we understand none.
    Critical,
    SignatureEmpty,
}

impl JwsError {
    /// A whole message that says of itself that nothing proves it: no second look will help.
    pub fn forbids_proof(self) -> bool {
        matches!(self, Self::Critical | Self::SignatureEmpty)
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Shape => "JWS-SHAPE",
            Self::Base64 => "JWS-BASE64",
            Self::Header(error) => error.code(),
            Self::Critical => "JWS-CRIT",
            Self::SignatureEmpty => "JWS-SIG-EMPTY",
        }
    }
}

/// A signature beside its payload (RFC 7797): `header..signature`.
#[derive(Clone, PartialEq)]
pub struct Detached {
    /// As it came: the first part of what is signed.
    pub header_text: String,
    pub alg: String,
    pub signature: Vec<u8>,
}

impl std::fmt::Debug for Detached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Detached").finish_non_exhaustive()
    }
}

/// The header must say that the payload is not encoded, and that this must be understood.
pub fn parse_detached(text: &str) -> Result<Detached, JwsError> {
    let (header_text, signature) = text.split_once("..").ok_or(JwsError::Shape)?;
    let decode = |form: data_encoding::Encoding, part: &str| form.decode(part.as_bytes()).ok();
    let header = decode(BASE64URL_NOPAD, header_text).ok_or(JwsError::Base64)?;
    let header = json::decode(&header, HEADER_BYTES_MAX).map_err(JwsError::Header)?;
    let understood = header.get("b64") == Some(&Value::Bool(false))
        && header.get("crit").is_some_and(|crit| *crit == serde_json::json!(["b64"]));
    if !understood {
        return Err(JwsError::Critical);
    }
    let alg = header.get("alg").and_then(Value::as_str).unwrap_or_default().to_owned();
    // Some signers pad.
    let signature = decode(BASE64URL_NOPAD, signature).or_else(|| decode(BASE64URL, signature));
    let signature = signature.ok_or(JwsError::Base64)?;
    if signature.is_empty() {
        return Err(JwsError::SignatureEmpty);
    }
    Ok(Detached { header_text: header_text.to_owned(), alg, signature })
}

pub fn parse(text: &str) -> Result<Jws, JwsError> {
    let (to_be_signed, signature) = text.rsplit_once('.').ok_or(JwsError::Shape)?;
    let (header, payload) = to_be_signed.split_once('.').ok_or(JwsError::Shape)?;
    if payload.contains('.') {
        return Err(JwsError::Shape);
    }
    let bytes = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| JwsError::Base64);
    let header = json::decode(&bytes(header)?, HEADER_BYTES_MAX).map_err(JwsError::Header)?;
    if header.get("crit").is_some() {
        return Err(JwsError::Critical);
    }
    let signature = bytes(signature)?;
    if signature.is_empty() {
        return Err(JwsError::SignatureEmpty);
    }
    let payload = bytes(payload)?;
    Ok(Jws { header, payload, signature, to_be_signed: to_be_signed.as_bytes().to_vec() })
}
