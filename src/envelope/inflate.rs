//! Compressed bytes to bytes, never more than the caller allows.
//!
//! Shape: zlib stream (RFC 1950) or raw DEFLATE (RFC 1951) → bytes.
//! Limits and errors: the output's limit is an argument, so a bomb costs no more than it; what
//! follows the stream is ignored: the signature covers what is inside. Never panics.
//! Not here: compressing.

use miniz_oxide::inflate::{
    DecompressError, TINFLStatus, decompress_to_vec_with_limit, decompress_to_vec_zlib_with_limit,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InflateError {
    /// More comes out than allowed.
    TooLarge,
    /// No such stream, cut off, or its checksum is wrong.
    Malformed,
}

impl InflateError {
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "ZLIB-LARGE",
            Self::Malformed => "ZLIB-DATA",
        }
    }
}

pub fn zlib(bytes: &[u8], output_bytes_max: usize) -> Result<Vec<u8>, InflateError> {
    decompress_to_vec_zlib_with_limit(bytes, output_bytes_max).map_err(named)
}

pub fn raw(bytes: &[u8], output_bytes_max: usize) -> Result<Vec<u8>, InflateError> {
    decompress_to_vec_with_limit(bytes, output_bytes_max).map_err(named)
}

fn named(error: DecompressError) -> InflateError {
    match error.status {
        TINFLStatus::HasMoreOutput => InflateError::TooLarge,
        _ => InflateError::Malformed,
    }
}
