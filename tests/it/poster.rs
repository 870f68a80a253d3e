//! Posters: what is written is read, what another signed is not, and the document's vector.

use crate::authority::{DAY_S, ISSUED_UNIX_S, other_root, root};
use gerbang::credential::poster::{address, descriptor};
use gerbang::credential::{self, OtherCode, Parsed, Payload};
use gerbang::envelope::cbor::{self, Value};
use gerbang::issue::poster::{poster_value, write};
use gerbang::issue::registry::sign;
use gerbang::trust::RootKey;
use gerbang::trust::poster::{Poster, PosterError};
use proptest::prelude::*;

const SITE: &str = "https://kota.example/gerbang/";

fn poster() -> Poster {
    Poster {
        venue_id: "balai-kota".to_owned(),
        venue: "Balai Kota".to_owned(),
        gate: Some("Pintu 1".to_owned()),
        office: "Kota Uji".to_owned(),
        policy_id: Some("signed-pass".to_owned()),
        // 2028-01-01T00:00:00Z.
        expires_unix_s: 1_830_297_600,
    }
}

fn open(descriptor: &[u8], now_unix_s: i64) -> Result<Poster, PosterError> {
    Poster::open(descriptor, &[RootKey(root().verifying_key().to_bytes())], now_unix_s)
}

#[test]
fn what_is_written_is_read() {
    for poster in [poster(), Poster { gate: None, policy_id: None, ..poster() }] {
        let text = write(&poster, SITE, &root()).expect("within all limits");
        assert!(text.starts_with(SITE));
        assert_eq!(open(&descriptor(&text).expect("a poster"), ISSUED_UNIX_S), Ok(poster));
    }
}

#[test]
fn the_documents_vector_is_what_is_written() {
    let document = include_str!("../../docs/poster.md");
    let vector = document.rsplit("```text\n").next().and_then(|rest| rest.split("\n```").next());
    let text = write(&poster(), SITE, &root()).expect("within all limits");
    assert_eq!(vector, Some(text.as_str()));
}

#[test]
fn what_is_no_poster_of_this_city_is_refused_by_name() {
    let good = sign(&cbor::encode(&poster_value(&poster())), &root());
    let with = |key: &str, value: Value| {
        let Value::Map(mut map) = poster_value(&poster()) else { panic!("a map") };
        map.retain(|(name, _)| name.as_text() != Some(key));
        if value != Value::Null {
            map.push((key.into(), value));
        }
        sign(&cbor::encode(&Value::Map(map)), &root())
    };
    let mut forged = good.clone();
    *forged.last_mut().expect("not empty") ^= 1;
    let cases = [
        (good[..good.len() - 1].to_vec(), PosterError::Unreadable),
        (sign(&cbor::encode(&poster_value(&poster())), &other_root()), PosterError::Root),
        (forged, PosterError::Signature),
        (with("type", "gerbang-setup".into()), PosterError::Type),
        (with("v", 2.into()), PosterError::Type),
        (with("venue", Value::Null), PosterError::Field("venue")),
        (with("by", "".into()), PosterError::Field("by")),
        (with("gate", 1.into()), PosterError::Field("gate")),
        (with("id", "x".repeat(121).into()), PosterError::Field("id")),
        (with("exp", "2028".into()), PosterError::Field("exp")),
    ];
    for (descriptor, error) in cases {
        assert_eq!(open(&descriptor, ISSUED_UNIX_S), Err(error));
    }
    let at_unix_s = poster().expires_unix_s;
    assert_eq!(open(&good, at_unix_s), Err(PosterError::Expired { at_unix_s }));
    assert!(open(&good, at_unix_s - DAY_S).is_ok());
}

#[test]
fn a_gate_knows_a_poster_and_what_is_none() {
    let text = write(&poster(), SITE, &root()).expect("within all limits");
    for (text, other) in [
        (text.as_str(), OtherCode::Poster),
        ("HTTPS://kota.example/#poster=AA", OtherCode::Poster),
        ("https://kota.example/#other=AA", OtherCode::WebAddress),
    ] {
        let parsed = credential::parse(&Payload::from_text(text));
        assert!(matches!(parsed, Ok(Parsed::Other(read)) if read == other), "{text}");
    }
    for text in ["https://kota.example/#poster=*", "ftp://kota.example/#poster=AA", "#poster=AA"] {
        assert_eq!(descriptor(text), None, "{text}");
    }
    assert_eq!(descriptor(&address(SITE, &[7; 2_000])), None, "too long");
}

proptest! {
    #[test]
    fn opening_anything_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(open(&bytes, 0).is_err());
        let signed = open(&sign(&bytes, &root()), 0);
        prop_assert!(signed.is_err());
    }

    #[test]
    fn no_changed_byte_of_a_poster_opens(at in any::<prop::sample::Index>(), flip in 1u8..) {
        let mut bytes = sign(&cbor::encode(&poster_value(&poster())), &root());
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(open(&bytes, ISSUED_UNIX_S).is_err());
    }
}
