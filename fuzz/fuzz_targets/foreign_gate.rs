//! What every family's target does with a code's content: reads it, and judges it under a registry
//! that knows the demonstration's issuers of all families.

use gerbang::credential::{Parsed, Payload};
use gerbang::issue::foreign;
use gerbang::trust::{self, BlockList, Registry, RegistryBody};

const NOW_UNIX_S: i64 = 1_700_000_000;

thread_local! {
    static REGISTRY: Registry = Registry::standing_in(RegistryBody {
        version: 0,
        issued_unix_s: NOW_UNIX_S,
        expires_unix_s: i64::MAX,
        fresh_s: i64::MAX,
        warn_s: i64::MAX,
        issuers: foreign::all(NOW_UNIX_S).into_iter().map(|made| made.issuer).collect(),
        policies: Vec::new(),
        venues: Vec::new(),
        block_list: BlockList::default(),
        rotations: Vec::new(),
        revocations: Vec::new(),
        sealing: None,
        hub: None,
    });
    static WHOLE: Vec<Vec<u8>> =
        foreign::all(NOW_UNIX_S).into_iter().map(|made| made.valid).collect();
}

/// Nothing is proven but what the issuers signed: its id is one of theirs.
pub fn judge(content: Vec<u8>) {
    let text = String::from_utf8(content.clone()).ok();
    REGISTRY.with(|registry| {
        let read = |content: &[u8], text| {
            trust::parse(&Payload::from_bytes(content.to_vec(), text), registry)
        };
        let Ok(Parsed::Credential(unverified)) = read(&content, text) else { return };
        let Ok(verified) = trust::verify(*unverified, registry, NOW_UNIX_S * 1000) else { return };
        let known = WHOLE.with(|whole| {
            whole.iter().any(|whole| {
                let text = String::from_utf8(whole.clone()).ok();
                matches!(read(whole, text), Ok(Parsed::Credential(known))
                    if known.credential_id() == verified.credential_id())
            })
        });
        assert!(known, "proven, and nobody signed it");
    });
}
