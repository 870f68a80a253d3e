//! Data codewords through the segments' parser: the first byte is the version, the rest the codewords.
#![no_main]

use gerbang_qr::symbol::{Version, bit_stream};
use libfuzzer_sys::fuzz_target;

/// Digits make three characters of ten bits: no mode makes more of a byte.
const CHARACTERS_PER_BYTE_MAX: usize = 3;

fuzz_target!(|input: &[u8]| {
    let Some((number, data)) = input.split_first() else { return };
    let Some(version) = Version::new(1 + usize::from(*number) % 40) else { return };
    let Ok(content) = bit_stream::parse(data, version) else { return };
    assert!(content.bytes.len() <= CHARACTERS_PER_BYTE_MAX * data.len());
    let ends: Vec<usize> = content.segments.iter().map(|segment| segment.bytes_end).collect();
    assert!(ends.is_sorted() && ends.last() == Some(&content.bytes.len()));
});
