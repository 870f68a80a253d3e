//! `registry.cose` as it comes (`m`), or its body under a good signature (`p`), so that what the
//! fuzzer changes also reaches what lies behind the signature; and `site.json` (`s`).
#![no_main]

use ed25519_dalek::SigningKey;
use gerbang::issue::registry;
use gerbang::trust::{Registry, RootKey, Site};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static ROOT: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_bytes(&[0x01; 32]));
static SITE: LazyLock<Site> = LazyLock::new(|| {
    // 2026-11-24: a demonstration cannot begin before the passes that it says are over.
    let mut site = gerbang::issue::demo::site(1_795_482_000).site;
    site.roots = vec![RootKey(ROOT.verifying_key().to_bytes())];
    site
});

fuzz_target!(|input: &[u8]| {
    match input.split_first() {
        Some((b's', json)) => drop(Site::parse(json)),
        Some((b'p', body)) => drop(Registry::open(&registry::sign(body, &ROOT), &SITE, 0)),
        Some((_, file)) => drop(Registry::open(file, &SITE, 0)),
        None => {}
    }
});
