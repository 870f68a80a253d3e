//! The Gerbang pass, made and read.

use crate::forge;
use gerbang::credential::{self, CredentialId, Family, Parsed, Payload, Unverified};
use gerbang::issue::pass::{self, Health, PassDraft};
use gerbang::issue::qr::{self, Level};

fn read(text: &str) -> Unverified {
    match credential::parse(&Payload::from_text(text)) {
        Ok(Parsed::Credential(unverified)) => *unverified,
        other => panic!("no credential: {other:?}"),
    }
}

fn version_at_m(draft: &PassDraft) -> usize {
    let text = pass::sign(draft, &forge::issuer_key()).expect("the draft is whole");
    qr::encode(text.as_bytes(), Level::M).expect("a pass fits into a code").version()
}

#[test]
fn a_pass_is_read_as_the_family_it_is() {
    let text = pass::sign(&forge::full_draft(), &forge::issuer_key()).expect("the draft is whole");
    assert_eq!(read(&text).family(), Family::Gerbang);
}

#[test]
fn the_same_draft_and_key_give_the_same_text() {
    let sign = || pass::sign(&forge::full_draft(), &forge::issuer_key()).expect("whole");
    assert_eq!(sign(), sign());
}

#[test]
fn each_kind_of_pass_fits_into_its_qr_version() {
    let plain = version_at_m(&forge::plain_draft());
    let compact = version_at_m(&forge::compact_draft());
    let full = version_at_m(&forge::full_draft());
    eprintln!("pass: name, role, validity {plain}-M; two vaccinations {compact}-M; DCC {full}-M");
    assert!(plain <= 10, "{plain}");
    assert!(compact <= 12, "{compact}");
    assert!(full <= 20, "{full}");
}

#[test]
fn a_pass_goes_into_alphanumeric_mode() {
    let text = pass::sign(&forge::plain_draft(), &forge::issuer_key()).expect("whole");
    let lower = text.to_lowercase();
    let version = |text: &str| qr::encode(text.as_bytes(), Level::M).expect("fits").version();
    assert!(version(&text) < version(&lower), "byte mode needs a larger code");
}

#[test]
fn debug_output_holds_nothing_of_a_pass() {
    let draft = forge::full_draft();
    let text = pass::sign(&draft, &forge::issuer_key()).expect("the draft is whole");
    let shown = format!("{:?} {draft:?} {:?}", read(&text), draft.holder);
    for secret in ["Siti", "1990", "EU/1", "GB1:"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(matches!(draft.health, Health::Full(_)));
}

#[test]
fn the_credential_id_is_over_what_is_signed() {
    let text = pass::sign(&forge::plain_draft(), &forge::issuer_key()).expect("whole");
    let (protected, payload) = forge::parts(&text);
    let signed = gerbang::envelope::cose::to_be_signed(&protected, &payload);
    assert_eq!(read(&text).credential_id(), CredentialId::of(Family::Gerbang, &signed));
}

#[test]
fn each_broken_pass_is_refused_with_its_own_code() {
    for broken in forge::broken_pass::all() {
        let found = match credential::parse(&Payload::from_text(broken.text.as_str())) {
            Ok(Parsed::Credential(_)) => "a pass",
            Ok(Parsed::Other(other)) => other.code(),
            Err(error) => error.code(),
        };
        assert_eq!(found, broken.code, "{}", broken.name);
    }
}
