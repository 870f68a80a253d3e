//! EU certificates: the published suite of the member states, and what its makers do not ask.

use crate::forge::{self, broken_hc1};
use crate::{authority, vectors};
use data_encoding::BASE64;
use gerbang::credential::{self, Algorithm, Family, Fault, Parsed, Payload, date};
use gerbang::envelope::cbor::Value as Cbor;
use gerbang::trust::{
    Certificate, CertificateError, Issuer, Purpose, Registry, TrustError, Verified, verify,
};
use serde_json::Value;

fn registry(certificate: &Certificate) -> Registry {
    registry_for(certificate, certificate.purposes.clone())
}

fn registry_for(certificate: &Certificate, purposes: Vec<Purpose>) -> Registry {
    let issuer = Issuer {
        key_id: certificate.key_id.to_vec(),
        algorithm: certificate.algorithm,
        public_key: certificate.public_key.clone(),
        families: vec![Family::Hc1],
        purposes,
        // The suite judges signatures long after many of its certificates have ended.
        from_unix_s: 0,
        until_unix_s: i64::MAX,
        ..authority::issuer()
    };
    let mut body = authority::body();
    body.issuers = vec![issuer];
    Registry::standing_in(body)
}

/// Where a case names no clock or no answer to it, time is not judged.
fn judge(case: &Value) -> Result<(), &'static str> {
    let text = vectors::text(case, "qr_text").expect("each case has its text");
    let der = vectors::text(case, "certificate_der_b64").expect("each case has a certificate");
    let der = BASE64.decode(der.as_bytes()).expect("Base64");
    let certificate = Certificate::parse(&der).map_err(CertificateError::code)?;
    let unverified = match credential::parse(&Payload::from_text(text)) {
        Ok(Parsed::Credential(unverified)) => unverified,
        Ok(Parsed::Other(other)) => return Err(other.code()),
        Err(error) => return Err(error.code()),
    };
    let time_is_judged = case["expect"].get("EXPECTEDEXPIRATIONCHECK").is_some();
    let clock = vectors::text(case, "clock").filter(|_| time_is_judged);
    let now_unix_s = clock.map(|clock| date::unix_s_of_time(clock).expect("a time with a zone"));
    match verify(*unverified, &registry(&certificate), now_unix_s.unwrap_or(0) * 1000) {
        Err(TrustError::Expired { .. } | TrustError::NotYetValid { .. }) if clock.is_none() => {
            Ok(())
        }
        Err(error) => Err(error.code()),
        Ok(_) => Ok(()),
    }
}

/// A certificate without any entry: the suite calls it invalid and has no key for that.
const WITHOUT_ENTRIES: &str = "common/DGC1";

/// What the suite says a gate may not let pass.
fn refused_by_the_suite(case: &Value) -> bool {
    const NEEDED: [&str; 7] = [
        "EXPECTEDUNPREFIX",
        "EXPECTEDB45DECODE",
        "EXPECTEDCOMPRESSION",
        "EXPECTEDVERIFY",
        "EXPECTEDEXPIRATIONCHECK",
        "EXPECTEDDECODE",
        "EXPECTEDKEYUSAGE",
    ];
    case["id"] == WITHOUT_ENTRIES
        || NEEDED.iter().any(|key| case["expect"].get(key).and_then(Value::as_bool) == Some(false))
}

#[test]
fn the_member_states_certificates_are_judged_as_they_say() {
    let Some(cases) = vectors::cases("dcc") else { return };
    let mut wrong = Vec::new();
    for case in &cases {
        let answer = judge(case);
        if answer.is_err() != refused_by_the_suite(case) {
            wrong.push(format!("{} {answer:?} {}", case["id"], case["expect"]));
        }
    }
    eprintln!("dcc: {} cases, {} deviations", cases.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A registry that believes the forge's certificate key.
fn forged_registry() -> Registry {
    registry(&forged_certificate())
}

fn forged_certificate() -> Certificate {
    Certificate {
        key_id: broken_hc1::KEY_ID,
        is_authority: false,
        subject_id: [0; 8],
        authority_id: [0; 8],
        algorithm: Algorithm::Es256,
        public_key: broken_hc1::public_key(),
        country: None,
        name: None,
        from_unix_s: 0,
        until_unix_s: i64::MAX,
        purposes: vec![Purpose::Vaccination],
    }
}

/// A moment after its issue.
pub const NOW_UNIX_MS: i64 = (forge::ISSUED_UNIX_S + 60) * 1000;

/// The forge's certificate, and the registry that believes it.
pub fn proven() -> (Verified, Registry) {
    let registry = forged_registry();
    (prove(&broken_hc1::whole(), &registry).expect("proven"), registry)
}

/// A certificate of this content, by the same key.
pub fn proven_with(content: &Value) -> (Verified, Registry) {
    let purposes = vec![Purpose::Vaccination, Purpose::Test, Purpose::Recovery];
    let registry = registry_for(&forged_certificate(), purposes);
    let text = broken_hc1::with_dcc(&content.to_string());
    (prove(&text, &registry).expect("proven"), registry)
}

fn prove(text: &str, registry: &Registry) -> Result<Verified, &'static str> {
    match credential::parse(&Payload::from_text(text)) {
        Ok(Parsed::Credential(unverified)) => {
            verify(*unverified, registry, NOW_UNIX_MS).map_err(TrustError::code)
        }
        Ok(Parsed::Other(other)) => Err(other.code()),
        Err(error) => Err(error.code()),
    }
}

#[test]
fn a_certificate_says_what_it_was_made_with() {
    let verified = prove(&broken_hc1::whole(), &forged_registry()).expect("proven");
    let claims = verified.claims();
    assert_eq!(claims.holder.name.as_deref(), Some("Siti Nurhaliza Wulandari"));
    assert_eq!(claims.holder.birth_date.as_deref(), Some("1990-05-12"));
    assert_eq!(claims.expires_unix_s, Some(forge::EXPIRES_UNIX_S));
    let doses: Vec<_> = claims.vaccinations.iter().map(|dose| (dose.dose, dose.total)).collect();
    assert_eq!(doses, [(Some(1), Some(2)), (Some(2), Some(2))]);
}

#[test]
fn a_document_of_who_says_the_same_in_its_own_words() {
    let verified = prove(&broken_hc1::who(), &forged_registry()).expect("proven");
    let claims = verified.claims();
    assert_eq!(claims.holder.name.as_deref(), Some("Siti Nurhaliza Wulandari"));
    let dose = &claims.vaccinations[0];
    assert_eq!((dose.dose, dose.total), (Some(1), Some(2)));
    assert_eq!(dose.product.as_deref(), Some("XM68M6"));
    assert_eq!(dose.date.as_deref(), Some("2021-03-02"));
}

/// A registry that believes the forge's key for all health facts.
fn generous_registry() -> Registry {
    registry_for(&forged_certificate(), Purpose::ALL.to_vec())
}

#[test]
fn a_test_result_of_who_says_what_was_found_and_when() {
    let document = broken_hc1::who_test("Siti Nurhaliza Wulandari", "260415000");
    let of = |health| prove(&broken_hc1::with_health(health), &generous_registry());
    let alone = of(vec![(4.into(), document.clone())]).expect("proven");
    let test = &alone.claims().tests[0];
    assert_eq!((test.detected, test.kind.as_deref()), (Some(false), Some("LP6464-4")));
    assert_eq!(test.sampled_unix_s, date::unix_s_of_time("2021-09-12T01:30:00Z"));
    let found = broken_hc1::who_test("Siti Nurhaliza Wulandari", "260373001");
    let both = of(vec![
        (3.into(), Cbor::Array(vec![broken_hc1::who_vaccination()])),
        (4.into(), Cbor::Array(vec![document, found])),
    ]);
    let both = both.expect("proven");
    let detected: Vec<_> = both.claims().tests.iter().map(|test| test.detected).collect();
    assert_eq!((both.claims().vaccinations.len(), detected), (1, vec![Some(false), Some(true)]));
    assert_eq!(both.claims().holder.name.as_deref(), Some("Siti Nurhaliza Wulandari"));
    // A key for vaccinations vouches for no test.
    let text = broken_hc1::with_health(vec![(
        4.into(),
        broken_hc1::who_test("Siti Nurhaliza Wulandari", "260415000"),
    )]);
    assert_eq!(prove(&text, &forged_registry()).unwrap_err(), "TRUST-PURPOSE");
}

/// Another gate, or a network, may follow it.
#[test]
fn a_link_of_who_is_referred() {
    let text = broken_hc1::with_health(vec![(5.into(), "vhlink:/eyJ1cmwi".into())]);
    match credential::parse(&Payload::from_text(text)) {
        Err(error) => assert_eq!((error.code(), error.fault()), ("HC1-LINK", Fault::Unsupported)),
        Ok(parsed) => panic!("{parsed:?}"),
    }
}

#[test]
fn certificates_are_read_as_sloppily_as_some_are_written() {
    let doses = |entry: &str| {
        let text = broken_hc1::with_dcc(&format!(r#"{{"nam":{{"fn":"W"}},"v":[{entry}]}}"#));
        let proven = prove(&text, &generous_registry()).map_err(str::to_owned)?;
        let dose = proven.claims().vaccinations[0].clone();
        Ok::<_, String>((dose.dose, dose.total))
    };
    assert_eq!(doses(r#"{"dn":1,"sd":2}"#), Ok((Some(1), Some(2))));
    assert_eq!(doses(r#"{"dn":1.0,"sd":2.0}"#), Ok((Some(1), Some(2))));
    assert_eq!(doses(r#"null,{"dn":null}"#), Ok((None, None)));
    assert_eq!(doses(r#"{"dn":1.5}"#), Err("DCC-V".to_owned()));
    assert_eq!(doses(r#"{"dn":"1"}"#), Err("DCC-V".to_owned()));
    let text = broken_hc1::with_dcc(
        r#"{"nam":null,"v":null,"t":[{"tr":"260415000","sc":"2021-09-12T08:30:00"}]}"#,
    );
    let proven = prove(&text, &generous_registry()).expect("proven");
    // Without a zone nobody knows when it was, so no rule about its age is met.
    assert_eq!(proven.claims().tests[0].sampled_unix_s, None);
    assert_eq!(proven.claims().holder.name, None);
}

#[test]
fn each_broken_certificate_is_refused_with_its_own_code() {
    let registry = forged_registry();
    for broken in broken_hc1::all() {
        let found = prove(&broken.text, &registry).err().unwrap_or("proven");
        assert_eq!(found, broken.code, "{}", broken.name);
    }
}

#[test]
fn no_flipped_bit_of_a_certificate_is_proven() {
    let (registry, message) = (forged_registry(), broken_hc1::message());
    for at in 0..message.len() {
        for bit in [0, 3, 7] {
            let mut flipped = message.clone();
            flipped[at] ^= 1 << bit;
            let proven = prove(&broken_hc1::text_of(&flipped), &registry);
            assert!(proven.is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn a_re_encoded_certificate_is_the_same_credential() {
    let registry = forged_registry();
    let id = |text: &str| prove(text, &registry).expect("proven").credential_id();
    let first = id(&broken_hc1::whole());
    for text in broken_hc1::re_encoded() {
        assert_eq!(id(&text), first);
    }
}
