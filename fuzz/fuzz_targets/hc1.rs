//! An EU certificate's text, its message, or its payload. The first byte says at which layer the rest is put in.
#![no_main]

mod foreign_gate;

use gerbang::envelope::{base45, cose};
use miniz_oxide::deflate::compress_to_vec_zlib;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((layer, rest)) = input.split_first() else { return };
    let zlib = |message: &[u8]| {
        let stream = compress_to_vec_zlib(message, 1);
        format!("HC1:{}", base45::encode(&stream)).into_bytes()
    };
    let content = match layer {
        b'm' => zlib(rest),
        b'p' => zlib(&cose::write(&cose::protected_header(cose::ES256, b"demo-dcc"), rest, &[1; 64])),
        _ => rest.to_vec(),
    };
    foreign_gate::judge(content);
});
