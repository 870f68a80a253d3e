//! Certificates of the EU's form: a whole one, and one for each thing that can be wrong.

use super::broken_pass::BrokenPass as Broken;
use super::json::cbor_of_json;
use super::{EXPIRES_UNIX_S, ISSUED_UNIX_S, any_cbor, full_draft};
use gerbang::envelope::{base45, cbor, cbor::Value, cose};
use gerbang::issue::pass::Health;
use miniz_oxide::deflate::compress_to_vec_zlib;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::EncodePublicKey;

pub const KEY_ID: [u8; 8] = *b"dcc-key1";

fn key() -> SigningKey {
    SigningKey::from_slice(&[9; 32]).expect("32 bytes below the order are a key")
}

/// SubjectPublicKeyInfo.
pub fn public_key() -> Vec<u8> {
    key().verifying_key().to_public_key_der().expect("a key has its DER").into_vec()
}

fn payload() -> Vec<(Value, Value)> {
    let Health::Full(dcc) = full_draft().health else { panic!("the full draft holds a dcc") };
    vec![
        (1.into(), "ID".into()),
        (4.into(), EXPIRES_UNIX_S.into()),
        (6.into(), ISSUED_UNIX_S.into()),
        ((-260).into(), Value::Map(vec![(1.into(), dcc)])),
    ]
}

pub fn whole() -> String {
    text_of(&message())
}

fn code(code: &str) -> Value {
    Value::Map(vec![("code".into(), code.into())])
}

/// A certificate whose health claim is this.
pub fn with_health(health: Vec<(Value, Value)>) -> String {
    let mut cwt = payload();
    cwt.retain(|(key, _)| *key != Value::from(-260));
    cwt.push(((-260).into(), Value::Map(health)));
    text_of(&signed(&cose::protected_header(cose::ES256, &KEY_ID), &cbor::encode(&Value::Map(cwt))))
}

/// The EU's content, written in JSON.
pub fn with_dcc(json: &str) -> String {
    with_health(vec![(1.into(), cbor_of_json(json))])
}

/// WHO's document of a test.
pub fn who_test(name: &str, result: &str) -> Value {
    Value::Map(vec![
        ("name".into(), name.into()),
        ("birthDate".into(), "1990-05-12".into()),
        ("certificate".into(), Value::Map(vec![("hcid".into(), "222".into())])),
        (
            "test".into(),
            Value::Map(vec![
                ("pathogen".into(), code("840539006")),
                ("type".into(), code("LP6464-4")),
                ("date".into(), "2021-09-12T08:30:00+07:00".into()),
                ("result".into(), code(result)),
            ]),
        ),
    ])
}

/// WHO's document of one dose of two.
pub fn who() -> String {
    with_health(vec![(3.into(), who_vaccination())])
}

pub fn who_vaccination() -> Value {
    Value::Map(vec![
        ("name".into(), "Siti Nurhaliza Wulandari".into()),
        ("birthDate".into(), "1990-05-12".into()),
        ("vaccine".into(), code("XM68M6")),
        ("dose".into(), 1.into()),
        ("total_doses".into(), 2.into()),
        ("date".into(), "2021-03-02T00:00:00Z".into()),
        ("hcid".into(), "111000111".into()),
    ])
}

pub fn message() -> Vec<u8> {
    signed(&cose::protected_header(cose::ES256, &KEY_ID), &cbor::encode(&Value::Map(payload())))
}

pub fn text_of(message: &[u8]) -> String {
    text_of_stream(&compress_to_vec_zlib(message, 9))
}

fn text_of_stream(stream: &[u8]) -> String {
    format!("HC1:{}", base45::encode(stream))
}

fn signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    let signature: Signature = key().sign(&cose::to_be_signed(protected, payload));
    cose::write(protected, payload, &signature.to_bytes())
}

/// Other texts of the same certificate: packing, tags, unprotected headers, and the other s.
pub fn re_encoded() -> Vec<String> {
    let Value::Tag(18, inner) = any_cbor(&message()) else { panic!("tag 18") };
    let mut parts = inner.clone().into_array().expect("an array");
    let untagged = cbor::encode(&inner);
    let tagged_twice = cbor::encode(&Value::Tag(61, Box::new(Value::Tag(18, inner))));
    parts[1] = Value::Map(vec![(4.into(), Value::Bytes(vec![0; 8]))]);
    let unprotected = cbor::encode(&Value::Array(parts.clone()));
    let signature = parts[3].as_bytes().expect("bytes");
    let signature = Signature::from_slice(signature).expect("a signature");
    let other_s = Signature::from_scalars(signature.r().to_bytes(), (-*signature.s()).to_bytes());
    parts[3] = Value::Bytes(other_s.expect("not zero").to_bytes().to_vec());
    let other_s = cbor::encode(&Value::Array(parts));
    vec![
        text_of_stream(&compress_to_vec_zlib(&message(), 0)),
        text_of(&untagged),
        text_of(&tagged_twice),
        text_of(&unprotected),
        text_of(&other_s),
    ]
}

pub fn all() -> Vec<Broken> {
    let whole_text = whole();
    let stream = compress_to_vec_zlib(&message(), 9);
    let broken = |name: &str, text: String, code| Broken { name: name.into(), text, code };
    let header = |map: Vec<(Value, Value)>| cbor::encode(&Value::Map(map));
    let kid = || (Value::from(4), Value::Bytes(KEY_ID.to_vec()));
    let body = cbor::encode(&Value::Map(payload()));
    let with_header = |protected: &[u8]| text_of(&signed(protected, &body));
    let with_alg = |alg: i64| with_header(&header(vec![(1.into(), alg.into()), kid()]));
    let with_payload =
        |payload: &[u8]| text_of(&signed(&cose::protected_header(cose::ES256, &KEY_ID), payload));
    let with = |key: i64, value: Option<Value>| {
        let mut map = payload();
        map.retain(|(other, _)| *other != Value::from(key));
        map.extend(value.map(|value| (key.into(), value)));
        with_payload(&cbor::encode(&Value::Map(map)))
    };
    let who = |document: Vec<(Value, Value)>| {
        with(-260, Some(Value::Map(vec![(3.into(), Value::Map(document))])))
    };
    let with_signature = |signature: &[u8]| {
        let protected = cose::protected_header(cose::ES256, &KEY_ID);
        text_of(&cose::write(&protected, &body, signature))
    };
    let nested = |byte: u8| text_of(&vec![byte; 1000]);
    vec![
        broken("nothing after the prefix", "HC1:".into(), "BASE45-EMPTY"),
        broken("lower case", whole_text.to_lowercase().replace("hc1", "HC1"), "BASE45-TEXT"),
        broken("not compressed", text_of_stream(&message()), "ZLIB-DATA"),
        broken("cut off", text_of_stream(&stream[..stream.len() - 5]), "ZLIB-DATA"),
        broken("a bomb", text_of(&vec![0; 2_000_000]), "ZLIB-LARGE"),
        broken("1,000 arrays deep", nested(0x81), "CBOR-DEPTH"),
        broken("1,000 tags deep", nested(0xd2), "CBOR-DEPTH"),
        broken(
            "a claim twice",
            {
                let mut map = payload();
                map.push((4.into(), i64::MAX.into()));
                with_payload(&cbor::encode(&Value::Map(map)))
            },
            "CBOR-DUPLICATE",
        ),
        broken("no alg", with_header(&header(vec![kid()])), "COSE-ALG-MISSING"),
        broken("alg none", with_alg(0), "HC1-ALG"),
        broken("alg EdDSA", with_alg(-8), "HC1-ALG"),
        broken("alg PS256 for a key of ES256", with_alg(-37), "TRUST-SIG"),
        broken("no kid", with_header(&header(vec![(1.into(), (-7).into())])), "TRUST-KID-MISSING"),
        broken(
            "kid of 7 bytes",
            with_header(&cose::protected_header(-7, &KEY_ID[..7])),
            "TRUST-KID",
        ),
        broken("empty signature", with_signature(&[]), "COSE-SIG-EMPTY"),
        broken("signature of 63 bytes", with_signature(&[1; 63]), "TRUST-SIG"),
        broken("signature of 65 bytes", with_signature(&[1; 65]), "TRUST-SIG"),
        broken("signature of zeros", with_signature(&[0; 64]), "TRUST-SIG"),
        broken("payload is a list", with_payload(&[0x80]), "HC1-CLAIMS"),
        broken("issuer is a number", with(1, Some(1.into())), "HC1-ISS"),
        broken("no expiry", with(4, None), "HC1-EXP-MISSING"),
        broken("expiry is NaN", with(4, Some(f64::NAN.into())), "HC1-TIME"),
        broken("expiry is infinite", with(4, Some(f64::INFINITY.into())), "HC1-TIME"),
        broken("expiry is a text", with(4, Some("2022".into())), "HC1-TIME"),
        broken("issued is below zero", with(6, Some((-1).into())), "HC1-TIME"),
        broken("expired", with(4, Some((ISSUED_UNIX_S + 59).into())), "PASS-EXP"),
        broken("expired by a float", with(4, Some(1.0.into())), "PASS-EXP"),
        broken("not yet valid", with(6, Some(EXPIRES_UNIX_S.into())), "PASS-NBF"),
        broken("no health claim", with(-260, None), "HC1-HEALTH"),
        broken("health claim is a list", with(-260, Some(Value::Array(vec![]))), "HC1-HEALTH"),
        broken(
            "WHO's test result without a test",
            with(-260, Some(Value::Map(vec![(4.into(), Value::Map(vec![]))]))),
            "DCC-T",
        ),
        broken(
            "WHO's link to documents",
            with(-260, Some(Value::Map(vec![(5.into(), "shlink:/eyJ1cmwi".into())]))),
            "HC1-LINK",
        ),
        broken(
            "another health claim",
            with(-260, Some(Value::Map(vec![(9.into(), Value::Map(vec![]))]))),
            "HC1-SUBCLAIM",
        ),
        broken(
            "WHO's documents of two people",
            with(
                -260,
                Some(Value::Map(vec![
                    (3.into(), who_vaccination()),
                    (4.into(), who_test("Budi", "260415000")),
                ])),
            ),
            "DCC-NAM",
        ),
        broken(
            "WHO's vaccination with a list for a name",
            who(vec![("name".into(), Value::Array(vec![]))]),
            "DCC-NAM",
        ),
        broken(
            "a key for vaccinations signs a test",
            {
                let dcc: Value = cbor_of_json(r#"{"t":[{"tr":"260415000"}]}"#);
                with(-260, Some(Value::Map(vec![(1.into(), dcc)])))
            },
            "TRUST-PURPOSE",
        ),
    ]
}
