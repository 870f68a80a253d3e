//! Attacks on which algorithm, which key and which signature a credential is held to: every family,
//! each attack a test, each refusal named.

use crate::authority;
use crate::foreign::{NOW_UNIX_S, inside};
use crate::forge::any_cbor;
use data_encoding::BASE64URL_NOPAD;
use gerbang::credential::{self, Algorithm, Family, Parsed, Payload};
use gerbang::envelope::{cbor, cbor::Value, cose, zip};
use gerbang::issue::foreign::{self, Foreign};
use gerbang::trust::{Issuer, Registry, TrustError, verify};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a credential's signature is swapped for.
enum Swap<'a> {
    Signature(&'a dyn Fn(Vec<u8>) -> Vec<u8>),
    /// The number of COSE, the name of JOSE; and a signature that its maker can make from them.
    Algorithm(i64, &'a str, &'a Sign),
}

/// What is signed, and the signature that was there, to another one.
type Sign = dyn Fn(&[u8], Vec<u8>) -> Vec<u8>;

impl Swap<'_> {
    fn signature(&self, signed: &[u8], signature: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Signature(change) => change(signature),
            Self::Algorithm(_, _, sign) => sign(signed, signature),
        }
    }
}

/// The credential, so changed.
fn swapped(made: &Foreign, swap: &Swap<'_>) -> Vec<u8> {
    let (bytes, pack) = inside(made);
    match made.family {
        Family::Hc1 | Family::Claim169 | Family::Nzcp => pack(&swapped_cose(&bytes, swap)),
        Family::Shc => {
            let compact = String::from_utf8(bytes).expect("ASCII");
            let parts: Vec<&str> = compact.split('.').collect();
            let [header, payload, signature] = parts[..] else { panic!("three parts") };
            let signed = format!("{}.{payload}", swapped_header(header, swap));
            let signature = swap.signature(signed.as_bytes(), unpacked(signature));
            pack(format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature)).as_bytes())
        }
        Family::Divoc => {
            let json = String::from_utf8(bytes).expect("UTF-8");
            let (before, jws) = json.split_once("\"jws\":\"").expect("its proof");
            let (jws, after) = jws.split_once('"').expect("its end");
            let (header, signature) = jws.split_once("..").expect("detached");
            let header = swapped_header(header, swap);
            let signature = swap.signature(header.as_bytes(), unpacked(signature));
            let jws = format!("{header}..{}", BASE64URL_NOPAD.encode(&signature));
            pack(format!("{before}\"jws\":\"{jws}\"{after}").as_bytes())
        }
        Family::VdsNc => {
            let mut seal: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
            let signature = seal["sig"]["sigvl"].as_str().expect("a text").trim_end_matches('=');
            let signature = swap.signature(&[], unpacked(signature));
            seal["sig"]["sigvl"] = BASE64URL_NOPAD.encode(&signature).into();
            if let Swap::Algorithm(_, name, _) = swap {
                seal["sig"]["alg"] = (*name).into();
            }
            pack(seal.to_string().as_bytes())
        }
        Family::Pretix => {
            let [1, 0, length, ..] = bytes[..] else { panic!("version and length") };
            let (ticket, signature) = bytes[5..].split_at(usize::from(length));
            let signature = swap.signature(ticket, signature.to_vec());
            let signature_bytes = u8::try_from(signature.len()).expect("short");
            pack(&[&[1, 0, length, 0, signature_bytes], ticket, &signature].concat())
        }
        family => panic!("{family:?}"),
    }
}

fn unpacked(base64: &str) -> Vec<u8> {
    BASE64URL_NOPAD.decode(base64.as_bytes()).expect("Base64")
}

fn swapped_cose(message: &[u8], swap: &Swap<'_>) -> Vec<u8> {
    let Value::Tag(18, inner) = any_cbor(message) else { panic!("tag 18") };
    let parts: [Value; 4] = inner.into_array().expect("an array").try_into().expect("of four");
    let [protected, _, payload, signature] = parts;
    let bytes = |value: Value| value.into_bytes().expect("bytes");
    let (mut protected, payload) = (bytes(protected), bytes(payload));
    if let Swap::Algorithm(number, ..) = swap {
        let mut header = any_cbor(&protected).into_map().expect("a map");
        header.retain(|(key, _)| *key != Value::from(1));
        header.insert(0, (1.into(), (*number).into()));
        protected = cbor::encode(&Value::Map(header));
    }
    let signed = cose::to_be_signed(&protected, &payload);
    cose::write(&protected, &payload, &swap.signature(&signed, bytes(signature)))
}

fn swapped_header(header: &str, swap: &Swap<'_>) -> String {
    let Swap::Algorithm(_, name, _) = swap else { return header.to_owned() };
    let mut header: serde_json::Value = serde_json::from_slice(&unpacked(header)).expect("JSON");
    header["alg"] = (*name).into();
    BASE64URL_NOPAD.encode(header.to_string().as_bytes())
}

fn trusting(issuers: Vec<Issuer>) -> Registry {
    let mut body = authority::body();
    body.issuers = issuers;
    body.issued_unix_s = NOW_UNIX_S - 60;
    body.expires_unix_s = NOW_UNIX_S + 3600;
    Registry::standing_in(body)
}

fn prove(bytes: &[u8], registry: &Registry) -> Result<(), &'static str> {
    let text = String::from_utf8(bytes.to_vec()).ok();
    match credential::parse(&Payload::from_bytes(bytes.to_vec(), text)) {
        Ok(Parsed::Credential(unverified)) => {
            verify(*unverified, registry, NOW_UNIX_S * 1000).map(|_| ()).map_err(TrustError::code)
        }
        Ok(Parsed::Other(other)) => Err(other.code()),
        Err(error) => Err(error.code()),
    }
}

/// `expected`: a family's own code, or the one for all others.
fn check(swap: &Swap<'_>, own: &[(Family, &str)], others: &str) {
    let all = foreign::all(NOW_UNIX_S);
    let registry = trusting(all.iter().map(|made| made.issuer.clone()).collect());
    // A ticket names no algorithm.
    let has_it =
        |made: &&Foreign| made.family != Family::Pretix || matches!(swap, Swap::Signature(_));
    for made in all.iter().filter(has_it) {
        let unchanged = swapped(made, &Swap::Signature(&|signature| signature));
        assert_eq!(prove(&unchanged, &registry), Ok(()), "{:?}", made.family);
        let named = own.iter().find(|(family, _)| *family == made.family);
        let expected = named.map_or(others, |(_, code)| code);
        let found = prove(&swapped(made, swap), &registry);
        assert_eq!(found, Err(expected), "{:?}", made.family);
    }
}

/// Each family's name for an algorithm that it does not have.
const ALGORITHM: [(Family, &str); 6] = [
    (Family::Hc1, "HC1-ALG"),
    (Family::Claim169, "C169-ALG"),
    (Family::Nzcp, "NZCP-ALG"),
    (Family::Shc, "SHC-ALG"),
    (Family::Divoc, "DIVOC-ALG"),
    (Family::VdsNc, "VDS-ALG"),
];

#[test]
fn an_empty_signature_is_named() {
    let own = [
        (Family::Shc, "JWS-SIG-EMPTY"),
        (Family::Divoc, "JWS-SIG-EMPTY"),
        (Family::VdsNc, "VDS-SIG"),
        // Too short to be taken for a ticket at all.
        (Family::Pretix, "OTHER-CODE"),
    ];
    check(&Swap::Signature(&|_| Vec::new()), &own, "COSE-SIG-EMPTY");
}

#[test]
fn an_over_long_signature_does_not_hold() {
    check(&Swap::Signature(&|signature| [signature, vec![0]].concat()), &[], "TRUST-SIG");
    check(&Swap::Signature(&|signature| signature.repeat(2)), &[], "TRUST-SIG");
}

#[test]
fn a_signature_that_is_cut_or_of_zeros_does_not_hold() {
    check(&Swap::Signature(&|signature| signature[1..].to_vec()), &[], "TRUST-SIG");
    check(&Swap::Signature(&|signature| vec![0; signature.len()]), &[], "TRUST-SIG");
}

#[test]
fn another_encoding_of_a_signature_does_not_hold() {
    // SEQUENCE { r, s }, where r ‖ s is due.
    let der = |signature: Vec<u8>| match p256::ecdsa::Signature::from_slice(&signature) {
        Ok(made) => made.to_der().as_bytes().to_vec(),
        Err(_) => vec![0x30; 70],
    };
    check(&Swap::Signature(&der), &[], "TRUST-SIG");
}

#[test]
fn the_algorithm_none_is_named() {
    let none = |_: &[u8], _: Vec<u8>| vec![0];
    check(&Swap::Algorithm(0, "none", &none), &ALGORITHM, "TRUST-SIG");
}

/// CVE-2015-9235: whoever has the public key makes a MAC with it.
#[test]
fn a_public_key_is_no_secret_of_a_mac() {
    for made in foreign::all(NOW_UNIX_S) {
        let public_key = made.issuer.public_key.clone();
        let mac = move |signed: &[u8], _: Vec<u8>| {
            let mac = Hmac::<Sha256>::new_from_slice(&public_key).expect("any length");
            mac.chain_update(signed).finalize().into_bytes().to_vec()
        };
        let swap = Swap::Algorithm(5, "HS256", &mac);
        let registry = trusting(vec![made.issuer.clone()]);
        let found = prove(&swapped(&made, &swap), &registry);
        match ALGORITHM.iter().find(|(family, _)| *family == made.family) {
            Some((_, code)) => assert_eq!(found, Err(*code), "{:?}", made.family),
            None => assert!(found.is_err(), "{:?}", made.family),
        }
    }
}

/// A signature counts under the algorithm that its key is for, whichever else the family knows.
#[test]
fn a_key_serves_one_algorithm() {
    let same = |_: &[u8], signature: Vec<u8>| signature;
    let own = [(Family::Nzcp, "NZCP-ALG"), (Family::Shc, "SHC-ALG"), (Family::VdsNc, "VDS-ALG")];
    // HC1 has PS256, an identity code has it not, a linked-data proof has it for another type.
    let ps256 = [(Family::Claim169, "C169-ALG"), (Family::Divoc, "DIVOC-ALG")];
    check(&Swap::Algorithm(cose::PS256, "PS256", &same), &[&own[..], &ps256].concat(), "TRUST-SIG");
    let all = foreign::all(NOW_UNIX_S);
    for made in all {
        if made.issuer.algorithm == Algorithm::Certificates {
            continue;
        }
        for algorithm in [Algorithm::EdDsa, Algorithm::Es256, Algorithm::Ps256] {
            let issuer = Issuer { algorithm, ..made.issuer.clone() };
            let expected =
                if algorithm == made.issuer.algorithm { Ok(()) } else { Err("TRUST-SIG") };
            let found = prove(&made.valid, &trusting(vec![issuer]));
            assert_eq!(found, expected, "{:?} {algorithm:?}", made.family);
        }
    }
}

/// The key of another family, under the name and key id of this one's.
#[test]
fn another_familys_key_under_this_ones_name_does_not_hold() {
    let all = foreign::all(NOW_UNIX_S);
    for made in &all {
        for other in all.iter().filter(|other| other.family != made.family) {
            let issuer = Issuer {
                public_key: other.issuer.public_key.clone(),
                algorithm: other.issuer.algorithm,
                ..made.issuer.clone()
            };
            let found = prove(&made.valid, &trusting(vec![issuer]));
            let refused = matches!(found, Err("TRUST-SIG" | "TRUST-KID" | "TRUST-CERT"));
            assert!(refused, "{:?} by {:?}: {found:?}", made.family, other.family);
        }
    }
}

/// Bytes after the file of an archive, and before it, are not read for something else.
#[test]
fn a_second_file_in_an_archive_is_not_read() {
    let made = foreign::all(NOW_UNIX_S).into_iter();
    let made = made.into_iter().find(|made| made.family == Family::Divoc).expect("one");
    let registry = trusting(vec![made.issuer.clone()]);
    let twice = [made.valid.clone(), made.tampered.clone()].concat();
    assert_eq!(prove(&twice, &registry), Ok(()));
    let reversed = [made.tampered, made.valid].concat();
    assert_eq!(prove(&reversed, &registry), Err("TRUST-SIG"));
    assert!(zip::only_file(&twice, "other.json", 1 << 16).is_err());
}

/// ECDSA has two signatures for one: whoever shows the other shows the same credential.
#[test]
fn the_other_s_is_the_same_credential() {
    let other_s = |signature: Vec<u8>| match p256::ecdsa::Signature::from_slice(&signature) {
        Ok(made) => {
            let other = (-*made.s()).to_bytes();
            let other = p256::ecdsa::Signature::from_scalars(made.r().to_bytes(), other);
            other.expect("not zero").to_bytes().to_vec()
        }
        Err(_) => signature,
    };
    let id = |bytes: &[u8], registry: &Registry| {
        assert_eq!(prove(bytes, registry), Ok(()));
        let text = String::from_utf8(bytes.to_vec()).ok();
        match credential::parse(&Payload::from_bytes(bytes.to_vec(), text)) {
            Ok(Parsed::Credential(unverified)) => unverified.credential_id(),
            other => panic!("{other:?}"),
        }
    };
    let of_p256 = [Family::Hc1, Family::Shc, Family::Nzcp, Family::VdsNc];
    for made in foreign::all(NOW_UNIX_S) {
        if of_p256.contains(&made.family) {
            let registry = trusting(vec![made.issuer.clone()]);
            let other = swapped(&made, &Swap::Signature(&other_s));
            assert_ne!(other, made.valid, "{:?}", made.family);
            assert_eq!(id(&other, &registry), id(&made.valid, &registry), "{:?}", made.family);
        }
    }
}
