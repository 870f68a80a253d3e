//! A New Zealand pass's text, its message, or its payload. The first byte says at which layer the rest is put in.
#![no_main]

mod foreign_gate;

use data_encoding::BASE32_NOPAD;
use gerbang::envelope::cose;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((layer, rest)) = input.split_first() else { return };
    let base32 = |message: &[u8]| {
        format!("NZCP:/1/{}", BASE32_NOPAD.encode(message)).into_bytes()
    };
    let content = match layer {
        b'm' => base32(rest),
        b'p' => base32(&cose::write(&cose::protected_header(cose::ES256, b"key-1"), rest, &[1; 64])),
        _ => rest.to_vec(),
    };
    foreign_gate::judge(content);
});
