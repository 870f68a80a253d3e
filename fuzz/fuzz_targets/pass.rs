//! A code's content through `credential::parse`. The first byte says at which layer the rest is put
//! in, so that what the fuzzer changes also reaches the claims: Base45 and headers around it are right.
#![no_main]

use gerbang::credential::{self, Payload};
use gerbang::envelope::cose;
use gerbang::issue::pass;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((layer, rest)) = input.split_first() else { return };
    let payload = match layer {
        b'b' => Payload::from_bytes(rest.to_vec(), None),
        b'm' => Payload::from_text(pass::text_of(rest)),
        b'h' => Payload::from_text(pass::text_of(&cose::write(rest, b"\xa0", &[1; 64]))),
        b'p' => {
            let header = cose::protected_header(cose::EDDSA, &[1; 8]);
            Payload::from_text(pass::text_of(&cose::write(&header, rest, &[1; 64])))
        }
        _ => match std::str::from_utf8(rest) {
            Ok(text) => Payload::from_text(text),
            Err(_) => return,
        },
    };
    let _ = credential::parse(&payload);
});
