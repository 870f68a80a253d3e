//! What a root signs besides registries: posters as addresses (`a`), their payload under a good
//! signature (`p`), set-up codes as text (`t`), their payload under a good signature (`s`).
#![no_main]

use ed25519_dalek::SigningKey;
use gerbang::credential::poster::descriptor;
use gerbang::issue::registry::sign;
use gerbang::issue::setup_code::sign_payload;
use gerbang::trust::RootKey;
use gerbang::trust::poster::Poster;
use gerbang::trust::setup_code::SetupCode;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static ROOT: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_bytes(&[0x01; 32]));

fuzz_target!(|input: &[u8]| {
    let roots = [RootKey(ROOT.verifying_key().to_bytes())];
    let Some((kind, rest)) = input.split_first() else { return };
    let text = std::str::from_utf8(rest).unwrap_or_default();
    match kind {
        b'a' => drop(descriptor(text).map(|bytes| Poster::open(&bytes, &roots, 0))),
        b'p' => drop(Poster::open(&sign(rest, &ROOT), &roots, 0)),
        b't' => drop(SetupCode::open(text, &roots, 0)),
        _ => drop(SetupCode::open(&sign_payload(rest, &ROOT), &roots, 0)),
    }
});
