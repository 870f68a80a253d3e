//! What no input does to the pass's reader: panic, or pass for what was signed.

use crate::{authority, forge};
use gerbang::credential::pass::PREFIX;
use gerbang::credential::{self, Parsed, Payload};
use gerbang::envelope::cbor::{self, Value};
use gerbang::issue::{key, pass};
use gerbang::trust::{Issuer, Registry, SignatureState, Verified, verify};
use proptest::collection::vec;
use proptest::prelude::*;

const ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const NOW_UNIX_MS: i64 = (forge::ISSUED_UNIX_S + 60) * 1000;

/// A registry that believes the forge's issuer.
fn registry() -> Registry {
    let public_key = forge::issuer_key().verifying_key().to_bytes();
    let issuer = Issuer {
        key_id: key::key_id(&public_key).to_vec(),
        public_key: public_key.to_vec(),
        from_unix_s: forge::ISSUED_UNIX_S,
        until_unix_s: forge::EXPIRES_UNIX_S,
        ..authority::issuer()
    };
    let mut body = authority::body();
    body.issuers = vec![issuer];
    authority::open(&body).expect("the registry is in order")
}

/// The reader and the judge of signatures together, as the gate uses them.
fn prove(text: &str, registry: &Registry) -> Result<Verified, &'static str> {
    match credential::parse(&Payload::from_text(text)) {
        Ok(Parsed::Credential(unverified)) => {
            verify(*unverified, registry, NOW_UNIX_MS).map_err(|error| error.code())
        }
        Ok(Parsed::Other(other)) => Err(other.code()),
        Err(error) => Err(error.code()),
    }
}

fn whole() -> String {
    pass::sign(&forge::compact_draft(), &forge::issuer_key()).expect("the draft is whole")
}

#[test]
fn the_whole_pass_is_proven() {
    let verified = prove(&whole(), &registry()).expect("a whole pass is proven");
    assert_eq!(verified.claims().vaccinations.len(), 2);
    assert_eq!(verified.claims().holder, forge::compact_draft().holder);
}

#[test]
fn no_flipped_bit_of_the_message_is_proven() {
    let (registry, message) = (registry(), forge::message(&whole()));
    for at in 0..message.len() {
        for bit in 0..8 {
            let mut flipped = message.clone();
            flipped[at] ^= 1 << bit;
            let proven = prove(&pass::text_of(&flipped), &registry);
            assert!(proven.is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn no_changed_character_of_the_text_is_proven() {
    let (registry, text) = (registry(), whole().into_bytes());
    for at in 0..text.len() {
        let place = ALPHABET.iter().position(|other| *other == text[at]).expect("Base45");
        for step in [1, 17, 44] {
            let mut changed = text.clone();
            changed[at] = ALPHABET[(place + step) % ALPHABET.len()];
            let changed = String::from_utf8(changed).expect("ASCII");
            assert!(prove(&changed, &registry).is_err(), "character {at}");
        }
    }
}

#[test]
fn a_pass_of_another_key_is_not_proven() {
    let stranger = ed25519_dalek::SigningKey::from_bytes(&[8; 32]);
    let registry = registry();
    let unknown = pass::sign(&forge::plain_draft(), &stranger).expect("whole");
    assert_eq!(prove(&unknown, &registry).unwrap_err(), "TRUST-KID");
    // Under the kid of a key that is believed.
    let (protected, payload) = forge::parts(&whole());
    let forged = pass::sign_parts(&protected, &payload, &stranger);
    assert_eq!(prove(&forged, &registry).unwrap_err(), "TRUST-SIG");
    let Ok(Parsed::Credential(forged)) = credential::parse(&Payload::from_text(forged)) else {
        panic!("it is well-formed")
    };
    let error = verify(*forged, &registry, NOW_UNIX_MS).unwrap_err();
    assert_eq!(error.signature(), SignatureState::Invalid);
}

#[test]
fn a_re_encoded_pass_is_the_same_credential() {
    let text = whole();
    let [protected, _, payload, signature] = forge::four(&forge::message(&text));
    let unprotected = Value::Map(vec![(Value::from(99), Value::from("anything"))]);
    let parts = vec![protected, unprotected, payload, signature];
    let message = cbor::encode(&Value::Tag(18, Box::new(Value::Array(parts))));
    let again = pass::text_of(&message);
    assert_ne!(text, again);
    let registry = registry();
    let id = |text| prove(text, &registry).expect("proven").credential_id();
    assert_eq!(id(&text), id(&again));
}

/// One small change somewhere in a byte string.
fn mutate(bytes: &mut Vec<u8>, kind: u8, at: prop::sample::Index, byte: u8) {
    if bytes.is_empty() {
        return bytes.push(byte);
    }
    let at = at.index(bytes.len());
    match kind % 5 {
        0 => bytes[at] = byte,
        1 => bytes.insert(at, byte),
        2 => drop(bytes.remove(at)),
        3 => bytes.truncate(at),
        _ => bytes.extend_from_within(at..),
    }
}

fn read(payload: &Payload) {
    // What it says does not matter, only that it comes back.
    let _ = credential::parse(payload);
}

proptest! {
    #[test]
    fn any_bytes_come_back(bytes in vec(any::<u8>(), 0..4000)) {
        read(&Payload::from_bytes(bytes.clone(), None));
        read(&Payload::from_text(pass::text_of(&bytes)));
    }

    #[test]
    fn any_text_comes_back(text in any::<String>(), rest in "[0-9A-Z $%*+./:-]{0,400}") {
        read(&Payload::from_text(format!("{PREFIX}{text}")));
        read(&Payload::from_text(text));
        read(&Payload::from_text(format!("{PREFIX}{rest}")));
        read(&Payload::from_text(rest));
    }

    #[test]
    fn any_mutated_message_comes_back(
        steps in vec((any::<u8>(), any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut message = forge::message(&whole());
        for (kind, at, byte) in steps {
            mutate(&mut message, kind, at, byte);
        }
        read(&Payload::from_text(pass::text_of(&message)));
    }

    #[test]
    fn any_mutated_claims_come_back_under_a_good_signature(
        steps in vec((any::<u8>(), any::<prop::sample::Index>(), any::<u8>()), 1..6),
        full in any::<bool>(),
    ) {
        let draft = if full { forge::full_draft() } else { forge::specimen_draft() };
        let key = forge::issuer_key();
        let (protected, mut payload) = forge::parts(&pass::sign(&draft, &key).expect("whole"));
        for (kind, at, byte) in steps {
            mutate(&mut payload, kind, at, byte);
        }
        read(&Payload::from_text(pass::sign_parts(&protected, &payload, &key)));
    }
}
