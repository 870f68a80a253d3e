//! NZ COVID Passes and SMART Health Cards: whole ones, and one for each thing that can be wrong.

use super::broken_pass::BrokenPass as Broken;
use super::{EXPIRES_UNIX_S, ISSUED_UNIX_S};
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use gerbang::envelope::{cbor, cbor::Value, cose};
use miniz_oxide::deflate::compress_to_vec;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::EncodePublicKey;

pub const KEY_ID: &[u8] = b"key-1";
pub const NZCP_ISSUER: &str = "did:web:pass.example";
pub const SHC_ISSUER: &str = "https://card.example";

fn key() -> SigningKey {
    SigningKey::from_slice(&[11; 32]).expect("32 bytes below the order are a key")
}

/// SubjectPublicKeyInfo.
pub fn public_key() -> Vec<u8> {
    key().verifying_key().to_public_key_der().expect("a key has its DER").into_vec()
}

fn sign(message: &[u8]) -> Vec<u8> {
    let signature: Signature = key().sign(message);
    signature.to_bytes().to_vec()
}

fn broken(name: &str, text: String, code: &'static str) -> Broken {
    Broken { name: name.into(), text, code }
}

pub fn nzcp_text(message: &[u8]) -> String {
    format!("NZCP:/1/{}", BASE32_NOPAD.encode(message))
}

pub fn nzcp_message() -> Vec<u8> {
    nzcp_of(&cose::protected_header(cose::ES256, KEY_ID), &nzcp_claims())
}

fn nzcp_of(protected: &[u8], claims: &[(Value, Value)]) -> Vec<u8> {
    let payload = cbor::encode(&Value::Map(claims.to_vec()));
    cose::write(protected, &payload, &sign(&cose::to_be_signed(protected, &payload)))
}

fn map(members: &[(&str, Value)]) -> Value {
    Value::Map(members.iter().map(|(name, value)| ((*name).into(), value.clone())).collect())
}

fn nzcp_vc(kind: &str, given_name: Value) -> Value {
    let subject = map(&[
        ("givenName", given_name),
        ("familyName", "Wulandari".into()),
        ("dob", "1990-05-12".into()),
    ]);
    let kinds = Value::Array(vec!["VerifiableCredential".into(), kind.into()]);
    map(&[("version", "1.0.0".into()), ("type", kinds), ("credentialSubject", subject)])
}

fn nzcp_claims() -> Vec<(Value, Value)> {
    vec![
        (1.into(), NZCP_ISSUER.into()),
        (5.into(), ISSUED_UNIX_S.into()),
        (4.into(), EXPIRES_UNIX_S.into()),
        ("vc".into(), nzcp_vc("PublicCovidPass", "Siti".into())),
        (7.into(), Value::Bytes(vec![3; 16])),
    ]
}

pub fn broken_nzcp() -> Vec<Broken> {
    let whole = nzcp_text(&nzcp_message());
    let header = cose::protected_header(cose::ES256, KEY_ID);
    let with = |key: Value, value: Option<Value>| {
        let mut claims = nzcp_claims();
        claims.retain(|(other, _)| *other != key);
        claims.extend(value.map(|value| (key, value)));
        nzcp_text(&nzcp_of(&header, &claims))
    };
    let with_header = |header: &[u8]| nzcp_text(&nzcp_of(header, &nzcp_claims()));
    let untagged = nzcp_message().split_off(1);
    vec![
        broken("version 2", whole.replace("/1/", "/2/"), "NZCP-VERSION"),
        broken("no version", whole.replace("/1/", "/"), "NZCP-VERSION"),
        broken("lower case", whole.to_lowercase().replace("nzcp", "NZCP"), "NZCP-BASE32"),
        broken("padded", format!("{whole}="), "NZCP-BASE32"),
        broken("nothing", "NZCP:/1/".into(), "CBOR-END"),
        broken("no tag", nzcp_text(&untagged), "COSE-TAG"),
        broken("alg none", with_header(&cose::protected_header(0, KEY_ID)), "NZCP-ALG"),
        broken("alg EdDSA", with_header(&cose::protected_header(-8, KEY_ID)), "NZCP-ALG"),
        broken("another key", with_header(&cose::protected_header(-7, b"key-2")), "TRUST-KID"),
        broken("another issuer", with(1.into(), Some("did:web:other.example".into())), "TRUST-KID"),
        broken("no issuer", with(1.into(), None), "NZCP-ISS"),
        broken("no expiry", with(4.into(), None), "NZCP-EXP"),
        broken("expiry is NaN", with(4.into(), Some(f64::NAN.into())), "NZCP-EXP"),
        broken("no begin", with(5.into(), None), "NZCP-NBF"),
        broken("id of 15 bytes", with(7.into(), Some(Value::Bytes(vec![0; 15]))), "NZCP-CTI"),
        broken("no credential", with("vc".into(), None), "NZCP-VC"),
        broken(
            "another credential",
            with("vc".into(), Some(nzcp_vc("Licence", "Siti".into()))),
            "NZCP-VC",
        ),
        broken(
            "name is a number",
            with("vc".into(), Some(nzcp_vc("PublicCovidPass", 1.into()))),
            "NZCP-SUBJECT",
        ),
        broken("expired", with(4.into(), Some(ISSUED_UNIX_S.into())), "PASS-EXP"),
        broken("not yet valid", with(5.into(), Some(EXPIRES_UNIX_S.into())), "PASS-NBF"),
        broken(
            "zero signature",
            {
                nzcp_text(&cose::write(
                    &header,
                    &cbor::encode(&Value::Map(nzcp_claims())),
                    &[0; 64],
                ))
            },
            "TRUST-SIG",
        ),
    ]
}

/// The text of a compact JWS.
pub fn shc_text(compact: &str) -> String {
    let pair = |byte: u8| format!("{:02}", byte - 45);
    format!("shc:/{}", compact.bytes().map(pair).collect::<String>())
}

const SHC_HEADER: &str = r#"{"zip":"DEF","alg":"ES256","kid":"key-1"}"#;

pub fn shc_compact() -> String {
    shc_of(SHC_HEADER, &shc_json(""))
}

fn shc_of(header: &str, json: &str) -> String {
    shc_of_deflated(header, &compress_to_vec(json.as_bytes(), 9))
}

fn shc_of_deflated(header: &str, deflated: &[u8]) -> String {
    let base64 = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
    let signed = format!("{}.{}", base64(header.as_bytes()), base64(deflated));
    format!("{signed}.{}", base64(&sign(signed.as_bytes())))
}

/// `more` goes in front of the other members.
fn shc_json(more: &str) -> String {
    format!(
        r#"{{{more}"iss":"{SHC_ISSUER}","nbf":{ISSUED_UNIX_S}.5,"vc":{{"rid":"AbC1","credentialSubject":
        {{"fhirVersion":"4.0.1","fhirBundle":{{"resourceType":"Bundle","entry":[
        {{"resource":{{"resourceType":"Patient","name":[{{"family":"Wulandari","given":["Siti","N."]}}],
        "birthDate":"1990-05-12"}}}},
        {{"resource":{{"resourceType":"Immunization","status":"completed",
        "vaccineCode":{{"coding":[{{"code":"208"}}]}},"occurrenceDateTime":"2021-03-02"}}}},
        {{"resource":{{"resourceType":"Immunization","status":"not-done",
        "vaccineCode":{{"coding":[{{"code":"208"}}]}}}}}}]}}}}}}}}"#
    )
}

pub fn broken_shc() -> Vec<Broken> {
    let whole = shc_text(&shc_compact());
    let header = |header: &str| shc_text(&shc_of(header, &shc_json("")));
    let json = |json: &str| shc_text(&shc_of(SHC_HEADER, json));
    let (signed, signature) = shc_compact()
        .rsplit_once('.')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .expect("three parts");
    let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
    let nbf = format!("{ISSUED_UNIX_S}.5");
    let with_nbf = |time: &str| json(&shc_json("").replace(&nbf, time));
    vec![
        broken("odd digits", format!("{whole}1"), "SHC-DIGITS"),
        broken("no digits", "shc:/".into(), "SHC-DIGITS"),
        broken("a pair of 78", format!("{whole}78"), "SHC-DIGITS"),
        broken("letters", "shc:/abcd".into(), "SHC-DIGITS"),
        broken("one chunk of two", whole.replace("shc:/", "shc:/1/2/"), "SHC-CHUNK"),
        broken("two parts", shc_text(&signed), "JWS-SHAPE"),
        broken("one part", shc_text("AAAA"), "JWS-SHAPE"),
        broken("four parts", shc_text(&format!("{signed}.{signature}.AA")), "JWS-SHAPE"),
        broken("empty signature", shc_text(&format!("{signed}.")), "JWS-SIG-EMPTY"),
        broken(
            "a signature of zeros",
            shc_text(&format!("{signed}.{}", "A".repeat(86))),
            "TRUST-SIG",
        ),
        broken(
            "a signature of 65 bytes",
            shc_text(&format!("{signed}.{}", "B".repeat(87).replace("BBBBBBB", "BBBBBBA"))),
            "JWS-BASE64",
        ),
        broken("alg none", header(r#"{"zip":"DEF","alg":"none","kid":"key-1"}"#), "SHC-ALG"),
        broken("alg HS256", header(r#"{"zip":"DEF","alg":"HS256","kid":"key-1"}"#), "SHC-ALG"),
        broken("no zip", header(r#"{"alg":"ES256","kid":"key-1"}"#), "SHC-ZIP"),
        broken("no kid", header(r#"{"zip":"DEF","alg":"ES256"}"#), "SHC-KID"),
        broken("another kid", header(r#"{"zip":"DEF","alg":"ES256","kid":"key-2"}"#), "TRUST-KID"),
        broken(
            "crit",
            header(r#"{"zip":"DEF","alg":"ES256","kid":"key-1","crit":["b64"]}"#),
            "JWS-CRIT",
        ),
        broken(
            "alg twice",
            header(r#"{"zip":"DEF","alg":"none","alg":"ES256","kid":"key-1"}"#),
            "JSON-TEXT",
        ),
        broken("not deflated", shc_text(&shc_of_deflated(SHC_HEADER, b"{}")), "ZLIB-DATA"),
        broken("a bomb", json(&" ".repeat(2_000_000)), "ZLIB-LARGE"),
        broken("no JSON", json("nothing"), "JSON-TEXT"),
        broken("1,000 deep", json(&deep), "JSON-TEXT"),
        broken("a member twice", json(&shc_json(r#""nbf":1,"#)), "JSON-TEXT"),
        broken("something follows", json(&format!("{}{{}}", shc_json(""))), "JSON-TEXT"),
        broken("no issuer", json(r#"{"nbf":1}"#), "SHC-ISS"),
        broken("another issuer", json(&shc_json("").replace("card.", "other.")), "TRUST-KID"),
        broken("nbf is a text", with_nbf("\"now\""), "SHC-TIME"),
        broken("nbf is huge", with_nbf("1e300"), "SHC-TIME"),
        broken("not yet valid", with_nbf(&EXPIRES_UNIX_S.to_string()), "PASS-NBF"),
        broken("expired", json(&shc_json(r#""exp":1631520001,"#)), "PASS-EXP"),
        broken("no bundle", json(&format!(r#"{{"iss":"{SHC_ISSUER}","nbf":1}}"#)), "SHC-BUNDLE"),
    ]
}
