//! A seal's JSON, with the certificate in it. The first byte says at which layer the rest is put in.
#![no_main]

mod foreign_gate;

use data_encoding::BASE64;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((layer, rest)) = input.split_first() else { return };
    let content = match layer {
        b'c' => {
            // The certificate alone, in a seal that is otherwise whole.
            let certificate = BASE64.encode(rest);
            let signature = "A".repeat(86);
            format!(
                r#"{{"data":{{"hdr":{{"t":"icao.vacc","v":1,"is":"UTO"}},"msg":{{"pid":{{"n":"A"}},
                "ve":[{{"des":"XM68M6","vd":[{{"dvc":"2021-01-01","seq":1}}]}}]}}}},"sig":
                {{"alg":"ES256","sigvl":"{signature}","cer":"{certificate}"}}}}"#
            )
            .into_bytes()
        }
        _ => rest.to_vec(),
    };
    foreign_gate::judge(content);
});
