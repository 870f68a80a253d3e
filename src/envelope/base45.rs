//! Base45 text to bytes, and back: the outermost layer of a pass and of an EU certificate.
//!
//! Shape: three characters carry two bytes, a final pair carries one.
//! Limits and errors: at most `CHARS_MAX` characters; one byte string has one text, all others are
//! refused, so that a text cannot be varied without changing what it says. Never panics.
//! Source: RFC 9285 (2022-08) §4. The crate lets a final pair above 255 through; we do not.

/// What the largest QR code (version 40, level L) holds in alphanumeric mode.
pub const CHARS_MAX: usize = 4296;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base45Error {
    Empty,
    TooLong,
    /// A character outside the alphabet, or a text that no encoder writes.
    NotCanonical,
}

impl Base45Error {
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "BASE45-EMPTY",
            Self::TooLong => "BASE45-LONG",
            Self::NotCanonical => "BASE45-TEXT",
        }
    }
}

pub fn decode(text: &str) -> Result<Vec<u8>, Base45Error> {
    if text.is_empty() {
        return Err(Base45Error::Empty);
    }
    if text.len() > CHARS_MAX {
        return Err(Base45Error::TooLong);
    }
    let bytes = base45::decode(text).map_err(|_| Base45Error::NotCanonical)?;
    if encode(&bytes) == text { Ok(bytes) } else { Err(Base45Error::NotCanonical) }
}

pub fn encode(bytes: &[u8]) -> String {
    base45::encode(bytes)
}
