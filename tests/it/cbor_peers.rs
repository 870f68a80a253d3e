//! Our CBOR and COSE beside well-kept crates: what one writes the other reads, to the same meaning.

use ciborium::Value as Peer;
use coset::{CborSerializable, CoseSign1, RegisteredLabelWithPrivate, TaggedCborSerializable};
use gerbang::envelope::cbor::{self, Lengths, Limits, Value};
use gerbang::envelope::cose;
use proptest::collection::vec;
use proptest::prelude::*;

const LIMITS: Limits =
    Limits { bytes_max: 1 << 20, depth_max: 32, items_max: 1 << 16, lengths: Lengths::Definite };

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        (-(1_i128 << 64)..1_i128 << 64).prop_map(Value::Integer),
        (-300_i128..300).prop_map(Value::Integer),
        vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        ".{0,20}".prop_map(Value::Text),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
        any::<f64>().prop_filter("comparable", |f| !f.is_nan()).prop_map(Value::Float),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(Value::Array),
            vec(inner.clone(), 0..8).prop_map(map_of),
            (any::<u64>(), inner).prop_map(|(tag, value)| Value::Tag(tag, Box::new(value))),
        ]
    })
}

/// Keys that differ: a key that is there twice is refused, which is not what is looked at here.
fn map_of(values: Vec<Value>) -> Value {
    let keyed = values.into_iter().enumerate();
    Value::Map(keyed.map(|(at, value)| (Value::Integer(at as i128), value)).collect())
}

fn peer(value: &Value) -> Peer {
    match value {
        Value::Integer(integer) => Peer::Integer((*integer).try_into().expect("CBOR's range")),
        Value::Bytes(bytes) => Peer::Bytes(bytes.clone()),
        Value::Text(text) => Peer::Text(text.clone()),
        Value::Array(items) => Peer::Array(items.iter().map(peer).collect()),
        Value::Map(pairs) => Peer::Map(pairs.iter().map(|(k, v)| (peer(k), peer(v))).collect()),
        Value::Tag(tag, value) => Peer::Tag(*tag, Box::new(peer(value))),
        Value::Bool(flag) => Peer::Bool(*flag),
        Value::Null => Peer::Null,
        Value::Float(float) => Peer::Float(*float),
    }
}

/// Big numbers are tags to CBOR and numbers to ciborium; no format of ours has them.
fn has_big_number(value: &Value) -> bool {
    match value {
        Value::Tag(tag, inner) => matches!(tag, 2 | 3) || has_big_number(inner),
        Value::Array(items) => items.iter().any(has_big_number),
        Value::Map(pairs) => pairs.iter().any(|(_, value)| has_big_number(value)),
        _ => false,
    }
}

proptest! {
    #[test]
    fn what_we_write_ciborium_reads_and_the_other_way_round(value in values()) {
        prop_assume!(!has_big_number(&value));
        let ours = cbor::encode(&value);
        let read: Peer = ciborium::from_reader(&ours[..]).expect("our bytes are CBOR");
        prop_assert_eq!(&read, &peer(&value));
        let mut theirs = Vec::new();
        ciborium::into_writer(&read, &mut theirs).expect("a vector takes all");
        prop_assert_eq!(cbor::decode(&theirs, &LIMITS), Ok(value));
    }

    #[test]
    fn what_ciborium_refuses_we_refuse(bytes in vec(any::<u8>(), 0..60)) {
        if cbor::decode(&bytes, &LIMITS).is_ok() {
            prop_assert!(ciborium::from_reader::<Peer, _>(&bytes[..]).is_ok());
        }
    }

    #[test]
    fn coset_reads_our_messages_and_signs_over_the_same_bytes(
        kid in vec(any::<u8>(), 1..16),
        payload in vec(any::<u8>(), 0..200),
        signature in vec(any::<u8>(), 64),
    ) {
        let protected = cose::protected_header(cose::EDDSA, &kid);
        let message = cose::write(&protected, &payload, &signature);
        let read = CoseSign1::from_tagged_slice(&message).expect("a COSE_Sign1");
        prop_assert_eq!(read.payload.as_ref(), Some(&payload));
        prop_assert_eq!(&read.signature, &signature);
        prop_assert_eq!(&read.protected.header.key_id, &kid);
        let eddsa = RegisteredLabelWithPrivate::Assigned(coset::iana::Algorithm::EdDSA);
        prop_assert_eq!(&read.protected.header.alg, &Some(eddsa));
        prop_assert_eq!(read.tbs_data(b""), cose::to_be_signed(&protected, &payload));
        prop_assert!(read.to_vec().is_ok());
    }
}
