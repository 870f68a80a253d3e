//! A health card's text, its JWS, or its JSON. The first byte says at which layer the rest is put in.
#![no_main]

mod foreign_gate;

use data_encoding::BASE64URL_NOPAD;
use miniz_oxide::deflate::compress_to_vec;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((layer, rest)) = input.split_first() else { return };
    let digits = |compact: &[u8]| {
        let pair = |byte: &u8| format!("{:02}", byte.saturating_sub(45));
        format!("shc:/{}", compact.iter().map(pair).collect::<String>()).into_bytes()
    };
    let content = match layer {
        b'm' => digits(rest),
        b'p' => {
            let header = BASE64URL_NOPAD.encode(br#"{"zip":"DEF","alg":"ES256","kid":"demo-key"}"#);
            let payload = BASE64URL_NOPAD.encode(&compress_to_vec(rest, 1));
            digits(format!("{header}.{payload}.AAAA").as_bytes())
        }
        _ => rest.to_vec(),
    };
    foreign_gate::judge(content);
});
