//! Every family that others issue: proven when whole, never when altered, one credential however it
//! is packed, and the same through the build's other binary.

use crate::authority;
use crate::forge::any_cbor;
use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD};
use gerbang::credential::{Claims, CredentialId, Family, Payload};
use gerbang::envelope::{base45, cbor, cbor::Value, cose, inflate};
use gerbang::gate::{self, Here, History, Outcome};
use gerbang::issue::foreign::{self, Foreign};
use gerbang::issue::revocation;
use gerbang::rules::Policy;
use gerbang::trust::{self, Elsewhere, Issuer, PartSource, Registry, RevocationSource, TrustError};
use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use sha2::{Digest, Sha256};

pub const NOW_UNIX_S: i64 = 1_700_000_000;
const INFLATED_BYTES_MAX: usize = 1 << 16;

fn registry(issuers: Vec<Issuer>) -> Registry {
    let mut body = authority::body();
    body.issuers = issuers;
    body.issued_unix_s = NOW_UNIX_S - 60;
    body.expires_unix_s = NOW_UNIX_S + 3600;
    Registry::standing_in(body)
}

fn payload(bytes: &[u8]) -> Payload {
    Payload::from_bytes(bytes.to_vec(), String::from_utf8(bytes.to_vec()).ok())
}

/// What is proven of a code's content, or the code of the reason why nothing is.
fn prove(bytes: &[u8], registry: &Registry) -> Result<(Claims, CredentialId), String> {
    match trust::parse(&payload(bytes), registry) {
        Ok(gerbang::credential::Parsed::Credential(unverified)) => {
            let verified = trust::verify(*unverified, registry, NOW_UNIX_S * 1000);
            let verified = verified.map_err(TrustError::code)?;
            Ok((verified.claims().clone(), verified.credential_id()))
        }
        Ok(gerbang::credential::Parsed::Other(other)) => Err(other.code().to_owned()),
        Err(error) => Err(error.code().to_owned()),
    }
}

fn all() -> Vec<(Foreign, Registry)> {
    let made = foreign::all(NOW_UNIX_S).into_iter();
    made.map(|made| (made.clone(), registry(vec![made.issuer]))).collect()
}

#[test]
fn each_is_admitted_when_whole_and_refused_when_altered() {
    let everybody =
        registry(foreign::all(NOW_UNIX_S).into_iter().map(|made| made.issuer).collect());
    let policy = Policy::choose(&everybody, "proven").expect("it is shipped");
    let here = Here { venue_id: "", utc_offset_min: 0 };
    for made in foreign::all(NOW_UNIX_S) {
        let judge = |bytes: &[u8]| {
            let now_unix_ms = NOW_UNIX_S * 1000;
            let history = History::default();
            gate::decide(&payload(bytes), &policy, &everybody, &here, &history, now_unix_ms)
        };
        let decision = judge(&made.valid);
        assert_eq!(decision.outcome, Outcome::Admit, "{:?} {:?}", made.family, decision.reasons);
        assert_eq!(decision.family, made.family);
        let altered = judge(&made.tampered);
        assert_eq!(altered.outcome, Outcome::Refuse, "{:?}", made.family);
        assert_eq!(altered.reasons[0].code(), "TRUST-SIG", "{:?}", made.family);
    }
}

#[test]
fn each_says_who_holds_it_and_what_was_done() {
    for (made, registry) in all() {
        let (claims, _) = prove(&made.valid, &registry).expect("proven");
        let name = claims.holder.name.as_deref();
        let born = claims.holder.birth_date.as_deref();
        match made.family {
            Family::Pretix => assert_eq!((name, born), (None, None)),
            Family::VdsNc => {
                assert_eq!((name, born), (Some("LESTARI SITI CONTOH"), Some("1990-05-12")))
            }
            _ => assert_eq!((name, born), (Some("Siti Contoh Lestari"), Some("1990-05-12"))),
        }
        let doses = claims.vaccinations.len();
        let expected = match made.family {
            Family::Hc1 | Family::Shc | Family::VdsNc => 2,
            Family::Divoc => 1,
            _ => 0,
        };
        assert_eq!(doses, expected, "{:?}", made.family);
    }
}

/// A changed code is proven only where it still says the same.
fn check_flips(
    bytes: &[u8],
    whole: &Foreign,
    registry: &Registry,
    pack: impl Fn(&[u8]) -> Vec<u8>,
) {
    let said = prove(&whole.valid, registry).expect("proven");
    for at in 0..bytes.len() {
        let mut flipped = bytes.to_vec();
        flipped[at] ^= 1 << (at % 8);
        if let Ok(other) = prove(&pack(&flipped), registry) {
            assert_eq!(other, said, "{:?}: byte {at}", whole.family);
        }
    }
}

#[test]
fn no_flipped_byte_of_a_text_is_proven_to_say_something_else() {
    for (made, registry) in all() {
        check_flips(&made.valid, &made, &registry, <[u8]>::to_vec);
    }
}

pub type Pack = fn(&[u8]) -> Vec<u8>;

/// What is inside a code's packing, and how it is packed again.
pub fn inside(made: &Foreign) -> (Vec<u8>, Pack) {
    let text = String::from_utf8(made.valid.clone()).unwrap_or_default();
    let after = |prefix: &str| text.strip_prefix(prefix).expect("its prefix").to_owned();
    let inflated = |base45_text: &str| {
        let stream = base45::decode(base45_text).expect("Base45");
        inflate::zlib(&stream, INFLATED_BYTES_MAX).expect("a zlib stream")
    };
    match made.family {
        Family::Hc1 => (inflated(&after("HC1:")), |message| {
            format!("HC1:{}", base45::encode(&compress_to_vec_zlib(message, 1))).into_bytes()
        }),
        Family::Claim169 => (inflated(&text), |message| {
            base45::encode(&compress_to_vec_zlib(message, 6)).into_bytes()
        }),
        Family::Nzcp => {
            let message = BASE32_NOPAD.decode(after("NZCP:/1/").as_bytes()).expect("Base32");
            (message, |message| format!("NZCP:/1/{}", BASE32_NOPAD.encode(message)).into_bytes())
        }
        Family::Shc => {
            let digits = after("shc:/");
            let (pairs, _) = digits.as_bytes().as_chunks::<2>();
            let character = |[a, b]: &[u8; 2]| (a - b'0') * 10 + (b - b'0') + 45;
            (pairs.iter().map(character).collect(), |compact| {
                let pair = |byte: &u8| format!("{:02}", byte.saturating_sub(45));
                format!("shc:/{}", compact.iter().map(pair).collect::<String>()).into_bytes()
            })
        }
        Family::Divoc => {
            let json = gerbang::envelope::zip::only_file(
                &made.valid,
                "certificate.json",
                INFLATED_BYTES_MAX,
            );
            (json.expect("an archive"), stored)
        }
        Family::Pretix => {
            let reversed: Vec<u8> = made.valid.iter().rev().copied().collect();
            let bytes = BASE64.decode(&reversed).expect("Base64");
            (bytes, |bytes| BASE64.encode(bytes).bytes().rev().collect())
        }
        _ => (made.valid.clone(), <[u8]>::to_vec),
    }
}

/// An archive of an uncompressed file.
fn stored(json: &[u8]) -> Vec<u8> {
    let length = u32::try_from(json.len()).expect("a small file").to_le_bytes();
    let sizes = [&[0; 4][..], &length, &length, &[16, 0, 0, 0]].concat();
    [b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0", &sizes[..], b"certificate.json", json].concat()
}

#[test]
fn no_flipped_byte_inside_is_proven_to_say_something_else() {
    for (made, registry) in all() {
        let (bytes, pack) = inside(&made);
        assert!(prove(&pack(&bytes), &registry).is_ok(), "{:?}", made.family);
        check_flips(&bytes, &made, &registry, pack);
    }
}

/// Texts of the same credential that are not the first one.
fn re_encoded(made: &Foreign) -> Vec<Vec<u8>> {
    let (bytes, _) = inside(made);
    let text = String::from_utf8(made.valid.clone()).unwrap_or_default();
    match made.family {
        Family::Hc1 => {
            let untagged = match any_cbor(&bytes) {
                Value::Tag(18, inner) => cbor::encode(&inner),
                other => panic!("{other:?}"),
            };
            let pack = |message: &[u8], level| {
                format!("HC1:{}", base45::encode(&compress_to_vec_zlib(message, level)))
                    .into_bytes()
            };
            vec![pack(&bytes, 0), pack(&untagged, 9)]
        }
        Family::Claim169 => vec![base45::encode(&compress_to_vec_zlib(&bytes, 1)).into_bytes()],
        Family::Nzcp => {
            // The text instead of bytes, as the specification has it, is another protected header.
            let Value::Tag(18, inner) = any_cbor(&bytes) else { panic!("tag 18") };
            let mut parts = inner.into_array().expect("an array");
            parts[1] = Value::Map(vec![(99.into(), 1.into())]);
            let message = cbor::encode(&Value::Tag(18, Box::new(Value::Array(parts))));
            vec![format!("NZCP:/1/{}", BASE32_NOPAD.encode(&message)).into_bytes()]
        }
        Family::VdsNc => {
            let spaced = text.replace("\":", "\" : ").replace("{\"data\"", "{ \"data\"");
            let sig = text.find("\"sig\"").expect("has its signature");
            let (data, sig) = text.split_at(sig);
            let data = data.strip_prefix('{').and_then(|data| data.trim_end().strip_suffix(','));
            let sig = sig.strip_suffix('}').expect("an object");
            let swapped = format!("{{{sig},{}}}", data.expect("data first"));
            vec![spaced.into_bytes(), swapped.into_bytes()]
        }
        Family::Divoc => {
            let pretty: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
            let pretty = serde_json::to_string_pretty(&pretty).expect("JSON");
            let mangled: String = made.valid.iter().map(|byte| char::from(*byte)).collect();
            vec![
                stored(&bytes),
                stored(pretty.as_bytes()),
                format!("B64:{}", BASE64.encode(&made.valid)).into_bytes(),
                mangled.into_bytes(),
            ]
        }
        // Their texts have one form alone.
        _ => Vec::new(),
    }
}

#[test]
fn one_credential_has_one_id_however_it_is_packed() {
    for (made, registry) in all() {
        let first = prove(&made.valid, &registry).expect("proven");
        for other in re_encoded(&made) {
            let found = prove(&other, &registry);
            assert_eq!(found.as_ref(), Ok(&first), "{:?}", made.family);
        }
    }
}

#[test]
fn a_key_of_another_family_proves_nothing() {
    for made in foreign::all(NOW_UNIX_S) {
        let others = Family::CREDENTIALS.into_iter().filter(|family| *family != made.family);
        let issuer = Issuer { families: others.collect(), ..made.issuer.clone() };
        let found = prove(&made.valid, &registry(vec![issuer]));
        assert_eq!(found.unwrap_err(), "TRUST-KID", "{:?}", made.family);
    }
}

#[test]
fn the_other_binary_gives_the_same_answers() {
    for (made, own) in all() {
        let mut asking = own.clone();
        asking.ask_elsewhere(Elsewhere::new(|question| Some(trust::answer(question))));
        for bytes in [&made.valid, &made.tampered] {
            assert_eq!(prove(bytes, &asking), prove(bytes, &own), "{:?}", made.family);
        }
        let mut silent = own.clone();
        silent.ask_elsewhere(Elsewhere::new(|_| None));
        let by_itself = matches!(made.family, Family::Divoc | Family::Claim169 | Family::Pretix);
        // Ed25519 needs nobody else; nothing else is proven by silence.
        assert_eq!(prove(&made.valid, &silent).is_ok(), by_itself, "{:?}", made.family);
    }
}

#[test]
fn an_event_sells_what_it_sells() {
    let (made, _) = all().into_iter().find(|(made, _)| made.family == Family::Pretix).expect("one");
    let with = |change: &dyn Fn(&mut Issuer)| {
        let mut issuer = made.issuer.clone();
        change(&mut issuer);
        prove(&made.valid, &registry(vec![issuer])).map(|_| ()).unwrap_err()
    };
    assert_eq!(with(&|issuer| issuer.products = vec![8]), "TRUST-PRODUCT");
}

/// The first 16 bytes of the hash by which the EU's revocation lists name something.
fn eu_hash(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes)[..16].to_vec()
}

/// Each id by which a credential's issuer can withdraw it, as the family's specification says.
fn revocation_ids(made: &Foreign) -> Vec<Vec<u8>> {
    let (bytes, _) = inside(made);
    match made.family {
        Family::Divoc => vec![b"d27f8a05-b3c1-4e69-8f72-04a5e9c1b836".to_vec()],
        Family::Hc1 => {
            let Value::Tag(18, message) = any_cbor(&bytes) else { panic!("tag 18") };
            let parts = message.into_array().expect("an array");
            let signature = parts[3].as_bytes().expect("bytes").clone();
            vec![
                eu_hash(&signature[..32]),
                eu_hash(b"URN:UVCI:01:ID:CONTOH1#K"),
                eu_hash(b"IDURN:UVCI:01:ID:CONTOH1#K"),
                eu_hash(b"URN:UVCI:01:ID:CONTOH2#K"),
                eu_hash(b"IDURN:UVCI:01:ID:CONTOH2#K"),
            ]
        }
        Family::Shc => vec![b"contoh-1".to_vec()],
        Family::Nzcp => vec![b"demo-nz-pass-id-".to_vec()],
        Family::VdsNc => vec![b"U32870".to_vec()],
        Family::Pretix => {
            let text = String::from_utf8(made.valid.clone()).expect("a text");
            vec![gerbang::credential::pretix::revocation_id(&text)]
        }
        // The demonstration's identity code has no id of its own.
        _ => Vec::new(),
    }
}

/// A registry whose issuer withdraws these ids through a list beside it.
fn with_list(made: &Foreign, family: Family, ids: &[Vec<u8>]) -> Registry {
    let file = revocation::part(&[7; 16], family, ids.iter().map(Vec::as_slice), []);
    let mut body = authority::body();
    body.issuers = vec![Issuer { lists: vec!["uji".to_owned()], ..made.issuer.clone() }];
    body.issued_unix_s = NOW_UNIX_S - 60;
    body.expires_unix_s = NOW_UNIX_S + 3600;
    body.revocations = vec![RevocationSource {
        id: "uji".to_owned(),
        until_unix_s: NOW_UNIX_S + 60,
        parts: vec![PartSource {
            address: "revocations/uji.bin".to_owned(),
            sha256: Sha256::digest(&file).into(),
        }],
    }];
    let mut registry = Registry::standing_in(body);
    registry.attach("uji", &[&file]).expect("as the registry says");
    registry
}

#[test]
fn each_of_a_familys_own_ids_withdraws_its_credential_and_no_other_does() {
    for (made, _) in all() {
        let family = made.family;
        let refused = |registry: &Registry| prove(&made.valid, registry).map(|_| ()).unwrap_err();
        for id in revocation_ids(&made) {
            assert_eq!(
                refused(&with_list(&made, family, std::slice::from_ref(&id))),
                "TRUST-REVOKED",
                "{family:?}"
            );
            let revoked = [(id.clone(), i64::MAX)].into();
            let named = registry(vec![Issuer { revoked, ..made.issuer.clone() }]);
            assert_eq!(refused(&named), "TRUST-REVOKED", "{family:?}");
            for other in Family::CREDENTIALS.into_iter().filter(|other| *other != family) {
                let swapped = with_list(&made, other, std::slice::from_ref(&id));
                assert!(prove(&made.valid, &swapped).is_ok(), "{family:?} by a list of {other:?}");
            }
            let mut another = id;
            another[0] ^= 1;
            assert!(
                prove(&made.valid, &with_list(&made, family, &[another])).is_ok(),
                "{family:?}"
            );
        }
    }
}

/// A health card's id is withdrawn for cards from before a time; a later one holds.
#[test]
fn a_health_card_that_was_issued_anew_after_its_withdrawal_holds() {
    let (made, _) = all().into_iter().find(|(made, _)| made.family == Family::Shc).expect("one");
    let until = |before_unix_s| {
        let revoked = [(b"contoh-1".to_vec(), before_unix_s)].into();
        prove(&made.valid, &registry(vec![Issuer { revoked, ..made.issuer.clone() }])).map(|_| ())
    };
    assert_eq!(until(NOW_UNIX_S + 1), Err("TRUST-REVOKED".to_owned()));
    assert_eq!(until(NOW_UNIX_S), Ok(()));
}

#[test]
fn a_property_outside_the_signature_is_refused() {
    let (made, registry) =
        all().into_iter().find(|(made, _)| made.family == Family::Divoc).expect("one");
    let (bytes, _) = inside(&made);
    let json = String::from_utf8(bytes).expect("UTF-8");
    let check = |from: &str, to: &str, code: &str| {
        assert!(json.contains(from), "{from}");
        let changed = stored(json.replacen(from, to, 1).as_bytes());
        assert_eq!(prove(&changed, &registry).unwrap_err(), code, "{to}");
    };
    check("\"gender\":", "\"vip\":\"yes\",\"gender\":", "LD-MEMBER");
    check("\"gender\":", "\"@type\":\"x\",\"gender\":", "LD-MEMBER");
    check("\"gender\":", "\"nationality\":", "JSON-TEXT");
    check("\"age\":\"30\"", "\"age\":30", "TRUST-SIG");
    check("\"age\":\"30\"", "\"age\":{\"@value\":\"30\"}", "LD-KIND");
    check("\"age\":\"30\"", "\"age\":30.5", "LD-KIND");
    check("\"Person\"", "\"Org\"", "LD-TYPE");
    check("did:nik:contoh", "contoh", "LD-IRI");
    check("did:nik:contoh", "schema:contoh", "LD-IRI");
    check("did:nik:contoh", "did:nik:x> <y", "LD-IRI");
    check("vaccination/v2", "vaccination/v9", "DIVOC-CONTEXT");
    check("\"Ed25519Signature2018\"", "\"RsaSignature2018\"", "DIVOC-ALG");
    check("assertionMethod", "authentication", "DIVOC-PROOF");
    check("\"did:contoh\"", "\"did:lain\"", "TRUST-KID");
}

/// One IRI stands for several members: exchanging them must not change what is read.
#[test]
fn what_the_vocabulary_does_not_tell_apart_is_not_told_apart() {
    let (made, registry) =
        all().into_iter().find(|(made, _)| made.family == Family::Divoc).expect("one");
    let (bytes, _) = inside(&made);
    let json = String::from_utf8(bytes).expect("UTF-8");
    let first = prove(&made.valid, &registry).expect("proven");
    for (from, to) in [
        (
            "\"batch\":\"B0000001\",\"vaccine\":\"CoronaVac\"",
            "\"batch\":\"CoronaVac\",\"vaccine\":\"B0000001\"",
        ),
        ("\"dose\":2,\"totalDoses\":2", "\"totalDoses\":2"),
        ("\"gender\":", "\"sex\":null,\"gender\":"),
    ] {
        assert!(json.contains(from), "{from}");
        let changed = stored(json.replacen(from, to, 1).as_bytes());
        assert_eq!(prove(&changed, &registry).as_ref(), Ok(&first), "{to}");
    }
}

#[test]
fn bombs_depths_and_doubles_are_named() {
    let registry = registry(foreign::all(NOW_UNIX_S).into_iter().map(|made| made.issuer).collect());
    let check = |bytes: Vec<u8>, code: &str| {
        assert_eq!(prove(&bytes, &registry).unwrap_err(), code);
    };
    let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
    let deflated = |json: &[u8]| {
        let head =
            b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\0\0\0certificate.json";
        [&head[..], &compress_to_vec(json, 9)].concat()
    };
    let base45_of = |bytes: &[u8]| base45::encode(&compress_to_vec_zlib(bytes, 6)).into_bytes();
    check(deflated(&vec![b' '; 2_000_000]), "ZLIB-LARGE");
    check(deflated(deep.as_bytes()), "JSON-TEXT");
    check(deflated(br#"{"@context":[],"@context":[]}"#), "JSON-TEXT");
    check(format!(r#"{{"data":{{"hdr":{deep}}},"sig":1}}"#).into_bytes(), "JSON-TEXT");
    check(br#"{"data":{"hdr":1,"hdr":2},"sig":1}"#.to_vec(), "JSON-TEXT");
    check(base45_of(&vec![0; 2_000_000]), "ZLIB-LARGE");
    // Long enough to be taken for one at all.
    let many: Vec<u8> = (0..=250).flat_map(|number| [0x82, 0x18, number]).collect();
    check(base45_of(&many.repeat(4)), "CBOR-DEPTH");
    check(b"B64:####".to_vec(), "DIVOC-BASE64");
    check(b"B64:UEsDBA==".to_vec(), "ZIP-HEADER");
    let none = BASE64URL_NOPAD.encode(br#"{"alg":"none","zip":"DEF","kid":"k"}"#);
    let digits: String =
        format!("{none}.e30.AA").bytes().map(|b| format!("{:02}", b - 45)).collect();
    check(format!("shc:/{digits}").into_bytes(), "SHC-ALG");
}

/// A message of the same payload under another header, or with another signature.
fn message(payload: &[(i64, Value)], alg: i64, signature: &[u8]) -> Vec<u8> {
    let claims = payload.iter().map(|(key, value)| (Value::from(*key), value.clone())).collect();
    let protected = cose::protected_header(alg, b"demo-id");
    cose::write(&protected, &cbor::encode(&Value::Map(claims)), signature)
}

#[test]
fn an_identity_code_that_cannot_be_proven_says_why() {
    let registry = registry(foreign::all(NOW_UNIX_S).into_iter().map(|made| made.issuer).collect());
    let identity = || Value::Map(vec![(4.into(), "Siti Contoh Lestari, panjang".into())]);
    let whole = [(4, i64::MAX.into()), (169, identity())];
    let with = |key: i64, value: Value| [(key, value), (169, identity())];
    let check = |message: Vec<u8>, code: &str| {
        let text = base45::encode(&compress_to_vec_zlib(&message, 6));
        assert_eq!(prove(text.as_bytes(), &registry).unwrap_err(), code);
    };
    let signature = [7; 64];
    check(message(&whole, cose::EDDSA, &signature), "C169-TIME");
    check(message(&with(4, f64::NAN.into()), cose::EDDSA, &signature), "C169-TIME");
    check(message(&with(4, "2030".into()), cose::EDDSA, &signature), "C169-TIME");
    check(message(&with(1, 1.into()), cose::EDDSA, &signature), "C169-ISS");
    check(message(&with(6, 1.into()), cose::EDDSA, &[]), "COSE-SIG-EMPTY");
    check(message(&with(6, 1.into()), cose::EDDSA, &signature), "TRUST-SIG");
    check(message(&with(6, 1.into()), cose::EDDSA, &[7; 65]), "TRUST-SIG");
    check(message(&with(6, 1.into()), cose::ES256, &signature), "TRUST-SIG");
    check(message(&with(6, 1.into()), cose::PS256, &signature), "C169-ALG");
    check(message(&with(6, 1.into()), 0, &signature), "C169-ALG");
    check(
        message(&[(6, 1.into()), (1, "x".repeat(60).into())], cose::EDDSA, &signature),
        "C169-IDENTITY",
    );
    let twice = [(6, 1.into()), (6, 2.into()), (169, identity())];
    check(message(&twice, cose::EDDSA, &signature), "CBOR-DUPLICATE");
}

#[test]
fn a_seal_that_cannot_be_proven_says_why() {
    let made = foreign::all(NOW_UNIX_S).into_iter();
    let made = made.into_iter().find(|made| made.family == Family::VdsNc).expect("one");
    let text = String::from_utf8(made.valid.clone()).expect("a text");
    let whole = registry(vec![made.issuer.clone()]);
    let check = |from: &str, to: &str, code: &str| {
        assert!(text.contains(from), "{from}");
        assert_eq!(prove(text.replacen(from, to, 1).as_bytes(), &whole).unwrap_err(), code, "{to}");
    };
    check("\"ES256\"", "\"none\"", "VDS-ALG");
    check("\"ES256\"", "\"ES512\"", "TRUST-SIG");
    check("\"ES256\"", "\"RS256\"", "VDS-ALG");
    check("\"sigvl\":\"", "\"sigvl\":\"AAAA", "TRUST-SIG");
    check("\"sigvl\":", "\"sigvl\":\"\",\"x\":", "VDS-SIG");
    check("\"cer\":\"MII", "\"cer\":\"AAA", "TRUST-CERT");
    check("\"is\":\"UTO\"", "\"is\":\"AUS\"", "TRUST-KID");
    check("\"is\":\"UTO\"", "\"is\":\"UT\"", "VDS-ISS");
    check("\"icao.vacc\"", "\"icao.visa\"", "VDS-TYPE");
    check("\"v\":1", "\"v\":2", "VDS-VERSION");
    let stranger = Issuer {
        public_key: foreign::all(NOW_UNIX_S)[1].issuer.public_key.clone(),
        ..made.issuer.clone()
    };
    assert_eq!(prove(&made.valid, &registry(vec![stranger])).unwrap_err(), "TRUST-KID");
}

#[test]
fn a_ticket_that_cannot_be_proven_says_why() {
    let made = foreign::all(NOW_UNIX_S).into_iter();
    let made = made.into_iter().find(|made| made.family == Family::Pretix).expect("one");
    let (bytes, pack) = inside(&made);
    let whole = registry(vec![made.issuer.clone()]);
    let check = |change: &dyn Fn(&mut Vec<u8>), code: &str| {
        let mut changed = bytes.clone();
        change(&mut changed);
        assert_eq!(prove(&pack(&changed), &whole).unwrap_err(), code);
    };
    check(&|bytes| bytes[2] += 1, "PRETIX-LENGTHS");
    check(&|bytes| bytes.truncate(bytes.len() - 1), "PRETIX-LENGTHS");
    check(&|bytes| bytes[5] = 0x12, "PRETIX-FIELDS");
    check(&|bytes| bytes[16] = 0x28, "PRETIX-ITEM");
    check(&|bytes| bytes[17] = 0x08, "TRUST-SIG");
}
