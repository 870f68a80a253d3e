//! NZ COVID Passes and SMART Health Cards: the published examples, and the forge's.

use crate::forge::es256::{self as made, KEY_ID, NZCP_ISSUER, SHC_ISSUER};
use crate::{authority, forge, vectors};
use gerbang::credential::{self, Algorithm, Family, Parsed, Payload, date};
use gerbang::trust::{Issuer, Purpose, Registry, TrustError, Verified, p256_of_jwk, verify};
use serde_json::Value;

const NOW_UNIX_S: i64 = forge::ISSUED_UNIX_S + 60;

fn registry(family: Family, claimed_as: &str, keys: Vec<(Vec<u8>, Vec<u8>)>) -> Registry {
    let issuer = |(key_id, public_key)| Issuer {
        key_id,
        algorithm: Algorithm::Es256,
        public_key,
        claimed_as: Some(claimed_as.to_owned()),
        families: vec![family],
        purposes: Purpose::ALL.to_vec(),
        from_unix_s: 0,
        until_unix_s: i64::MAX,
        ..authority::issuer()
    };
    let mut body = authority::body();
    body.issuers = keys.into_iter().map(issuer).collect();
    Registry::standing_in(body)
}

fn forged(family: Family, claimed_as: &str) -> Registry {
    registry(family, claimed_as, vec![(KEY_ID.to_vec(), made::public_key())])
}

fn prove(text: &str, registry: &Registry, now_unix_s: i64) -> Result<Verified, &'static str> {
    match credential::parse(&Payload::from_text(text)) {
        Ok(Parsed::Credential(unverified)) => {
            verify(*unverified, registry, now_unix_s * 1000).map_err(TrustError::code)
        }
        Ok(Parsed::Other(other)) => Err(other.code()),
        Err(error) => Err(error.code()),
    }
}

/// The published answer in our codes.
fn expected(case: &Value) -> Result<(), &'static str> {
    match case["expect"]["result"].as_str() {
        Some("valid") => Ok(()),
        Some("invalid") => Err("TRUST-SIG"),
        Some("unknown-key") => Err("TRUST-KID"),
        Some("expired") => Err("PASS-EXP"),
        Some("not-yet-valid") => Err("PASS-NBF"),
        other => panic!("{other:?}"),
    }
}

fn clock_unix_s(case: &Value) -> i64 {
    let clock = vectors::text(case, "clock").expect("each case has its clock");
    date::unix_s_of_time(clock).expect("a time with a zone")
}

#[test]
fn new_zealands_examples_are_judged_as_published() {
    let Some(cases) = vectors::cases("nzcp") else { return };
    let document = vectors::file("nzcp", "did.json");
    let issuer = vectors::text(&document, "id").expect("the document's id");
    let keys = document["verificationMethod"].as_array().into_iter().flatten().map(|method| {
        let id = vectors::text(method, "id").expect("the key's id");
        let (_, key_id) = id.split_once('#').expect("a fragment");
        let key = p256_of_jwk(&method["publicKeyJwk"]).expect("a P-256 key");
        (key_id.as_bytes().to_vec(), key)
    });
    let registry = registry(Family::Nzcp, issuer, keys.collect());
    for case in &cases {
        let text = vectors::text(case, "qr_text").expect("each case has its text");
        let found = prove(text, &registry, clock_unix_s(case)).map(|_| ());
        assert_eq!(found, expected(case), "{}", case["id"]);
    }
}

#[test]
fn the_health_cards_examples_are_judged_as_published() {
    let Some(cases) = vectors::cases("shc") else { return };
    let issuers = vectors::file("shc", "issuers.json");
    for case in &cases {
        let issuer = vectors::text(case, "iss").expect("each case has its issuer");
        let listed = issuers.as_array().into_iter().flatten().find(|other| other["iss"] == issuer);
        let keys = listed.expect("is listed")["jwks"]["keys"].as_array().into_iter().flatten();
        let keys = keys.filter_map(|jwk| {
            Some((vectors::text(jwk, "kid")?.as_bytes().to_vec(), p256_of_jwk(jwk)?))
        });
        let registry = registry(Family::Shc, issuer, keys.collect());
        let text = case["qr"][0].as_str().expect("a text");
        let found = prove(text, &registry, clock_unix_s(case)).map(|_| ());
        assert_eq!(found, expected(case), "{}", case["id"]);
    }
}

#[test]
fn a_new_zealand_pass_says_who_holds_it() {
    let registry = forged(Family::Nzcp, NZCP_ISSUER);
    let text = made::nzcp_text(&made::nzcp_message());
    let verified = prove(&text, &registry, NOW_UNIX_S).expect("proven");
    assert_eq!(verified.claims().holder.name.as_deref(), Some("Siti Wulandari"));
    assert_eq!(verified.claims().holder.birth_date.as_deref(), Some("1990-05-12"));
    assert_eq!(verified.claims().expires_unix_s, Some(forge::EXPIRES_UNIX_S));
}

#[test]
fn a_health_card_says_who_had_what() {
    let registry = forged(Family::Shc, SHC_ISSUER);
    let verified =
        prove(&made::shc_text(&made::shc_compact()), &registry, NOW_UNIX_S).expect("proven");
    let claims = verified.claims();
    assert_eq!(claims.holder.name.as_deref(), Some("Siti N. Wulandari"));
    assert_eq!(claims.vaccinations.len(), 1, "the one that was not done does not count");
    assert_eq!(claims.vaccinations[0].product.as_deref(), Some("208"));
    assert_eq!(claims.vaccinations[0].date.as_deref(), Some("2021-03-02"));
}

#[test]
fn each_broken_one_is_refused_with_its_own_code() {
    let sets = [
        (forged(Family::Nzcp, NZCP_ISSUER), made::broken_nzcp()),
        (forged(Family::Shc, SHC_ISSUER), made::broken_shc()),
    ];
    for (registry, set) in sets {
        for broken in set {
            let found = prove(&broken.text, &registry, NOW_UNIX_S).err().unwrap_or("proven");
            assert_eq!(found, broken.code, "{}", broken.name);
        }
    }
}

#[test]
fn a_key_of_another_family_proves_nothing() {
    let text = made::nzcp_text(&made::nzcp_message());
    let registry = forged(Family::Hc1, NZCP_ISSUER);
    assert_eq!(prove(&text, &registry, NOW_UNIX_S).unwrap_err(), "TRUST-KID");
}

#[test]
fn no_flipped_byte_is_proven() {
    let registry = forged(Family::Nzcp, NZCP_ISSUER);
    let message = made::nzcp_message();
    for at in 0..message.len() {
        let mut flipped = message.clone();
        flipped[at] ^= 1;
        assert!(prove(&made::nzcp_text(&flipped), &registry, NOW_UNIX_S).is_err(), "byte {at}");
    }
    let registry = forged(Family::Shc, SHC_ISSUER);
    let compact = made::shc_compact();
    for at in 0..compact.len() {
        let mut flipped = compact.clone().into_bytes();
        flipped[at] = if flipped[at] == b'A' { b'Q' } else { b'A' };
        let flipped = String::from_utf8(flipped).expect("ASCII");
        assert!(prove(&made::shc_text(&flipped), &registry, NOW_UNIX_S).is_err(), "character {at}");
    }
}
