//! A DIVOC archive, or the JSON in it; with the graph and its canonical form. The first byte says at which layer the rest is put in.
#![no_main]

mod foreign_gate;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((layer, rest)) = input.split_first() else { return };
    let content = match layer {
        b'p' => {
            let length = u32::try_from(rest.len()).unwrap_or(u32::MAX).to_le_bytes();
            let sizes = [&[0; 4][..], &length, &length, &[16, 0, 0, 0]].concat();
            let head = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0";
            [&head[..], &sizes, b"certificate.json", rest].concat()
        }
        _ => rest.to_vec(),
    };
    foreign_gate::judge(content);
});
