//! Sampled modules through format, error correction and segments. The first byte is the version, the second says how
//! sure modules are; the rest are modules, eight to a byte, or one to a byte where they are graded.
#![no_main]

use gerbang_qr::symbol::{CodewordReader, Modules, Version, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(([number, kind], rest)) = input.split_first_chunk::<2>() else { return };
    let Some(version) = Version::new(1 + usize::from(*number) % 40) else { return };
    let side = version.side();
    let mut modules = Modules::from_fn(side, |x, y| {
        let at = y * side + x;
        rest.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1)
    });
    if kind % 2 == 1 {
        for (at, byte) in rest.iter().enumerate().take(side * side) {
            modules.set(at % side, at / side, i8::from_le_bytes([*byte]));
        }
    }
    if let Ok(symbol) = read(&mut modules, &mut CodewordReader::default()) {
        assert_eq!(symbol.version, version.number());
        assert!(!symbol.content.bytes.is_empty());
    }
});
