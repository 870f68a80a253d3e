//! A compact JWS: header, payload, signature, each in Base64 for URLs.
//!
//! Shape: `header.payload.signature` → `Jws`.
//! Limits and errors: `HEADER_BYTES_MAX`; unpadded canonical Base64 only; exactly three parts; a
//! `crit` header is refused. The payload is not looked into. Never panics.
//! Source: RFC 7515 (2015-05) §3.1, §4.1.11, §5.2.
//! Not here: keys and verification (`trust`); detached and unencoded payloads.

use super::json::{self, JsonError};
use data_encoding::BASE64URL_NOPAD;
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
