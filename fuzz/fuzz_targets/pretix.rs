//! A ticket's text, or its bytes. The first byte says at which layer the rest is put in.
#![no_main]

mod foreign_gate;

use data_encoding::BASE64;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((layer, rest)) = input.split_first() else { return };
    let content = match layer {
        b'p' => BASE64.encode(rest).bytes().rev().collect(),
        _ => rest.to_vec(),
    };
    foreign_gate::judge(content);
});
