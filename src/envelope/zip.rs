//! The one file in a small ZIP archive.
//!
//! Shape: local header (30 bytes, name, extra field) → stored or deflated bytes.
//! Limits and errors: the file's limit is an argument; an archive whose first local header names
//! another file is refused. Where sizes stand behind the data (bit 3) the stream itself says where
//! it ends. Checksums and the central directory are not looked at: the signature covers what is
//! inside. Never panics.
//! Source: PKWARE APPNOTE 6.3.10 §4.3.7, §4.4.4, §4.4.5.
//! Not here: encryption, other methods than 0 and 8, more than one file.

use super::inflate::{self, InflateError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZipError {
    /// No local header, or it reaches beyond the end.
    Header,
    /// The file has another name.
    Name,
    /// Encrypted, or neither stored nor deflated.
    Method,
    Deflate(InflateError),
}

impl ZipError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Header => "ZIP-HEADER",
            Self::Name => "ZIP-NAME",
            Self::Method => "ZIP-METHOD",
            Self::Deflate(error) => error.code(),
        }
    }
}

pub fn only_file(archive: &[u8], name: &str, bytes_max: usize) -> Result<Vec<u8>, ZipError> {
    const ENCRYPTED: u16 = 1;
    let (header, rest) = archive.split_first_chunk::<30>().ok_or(ZipError::Header)?;
    if !header.starts_with(b"PK\x03\x04") {
        return Err(ZipError::Header);
    }
    let number = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    let (flags, method) = (number(6), number(8));
    let stored_bytes = u32::from_le_bytes([header[18], header[19], header[20], header[21]]);
    let (file_name, rest) = rest.split_at_checked(number(26).into()).ok_or(ZipError::Header)?;
    let (_, data) = rest.split_at_checked(number(28).into()).ok_or(ZipError::Header)?;
    if file_name != name.as_bytes() {
        return Err(ZipError::Name);
    }
    match (flags & ENCRYPTED, method) {
        (0, 0) => {
            let stored_bytes = usize::try_from(stored_bytes).map_err(|_| ZipError::Header)?;
            let stored = data.get(..stored_bytes).ok_or(ZipError::Header)?;
            let within = stored_bytes <= bytes_max;
            if within {
                Ok(stored.to_vec())
            } else {
                Err(ZipError::Deflate(InflateError::TooLarge))
            }
        }
        (0, 8) => inflate::raw(data, bytes_max).map_err(ZipError::Deflate),
        _ => Err(ZipError::Method),
    }
}
