//! Documents of a hub: the first line is the id, the second the segment, the third its parts.
#![no_main]

use gerbang::sync::{read_parts, read_segment};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut lines = input.splitn(3, |byte| *byte == b'\n');
    let (Some(id), Some(segment)) = (lines.next(), lines.next()) else { return };
    let Ok(segment) = read_segment(&String::from_utf8_lossy(id), segment) else { return };
    if let Ok(entries) = read_parts(&segment, lines.next().unwrap_or_default()) {
        assert!(entries.iter().all(|entry| entry.computed_hash() == entry.hash));
    }
});
