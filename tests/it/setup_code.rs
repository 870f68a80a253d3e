//! The set-up code: what opens, and one vector for each thing that does not.

use crate::authority::{other_root, root};
use gerbang::envelope::base45;
use gerbang::envelope::cbor::{self, Value};
use gerbang::issue::setup_code::{setup_value, sign_payload, venue_key, write};
use gerbang::trust::setup_code::{SetupCode, SetupError};
use gerbang::trust::{Direction, HubAccess, HubUser, RootKey, hub_database};
use proptest::prelude::*;

/// 2027-01-01T00:00:00Z.
const EXPIRES_UNIX_S: i64 = 1_798_761_600;

fn code() -> SetupCode {
    SetupCode {
        venue_id: "balai-kota".to_owned(),
        venue: "Balai Kota".to_owned(),
        gate: "Pintu 1".to_owned(),
        direction: Direction::Entry,
        capacity: Some(120),
        policy_id: "pedulilindungi-2021".to_owned(),
        expires_unix_s: EXPIRES_UNIX_S,
        venue_keys: vec![venue_key(&[0x05; 32], "balai-kota", 202_601)],
        hub: None,
    }
}

/// As long as `gerbang hub enrol` makes them.
const PASSWORD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX";

fn access() -> HubAccess {
    HubAccess::new("balai-kota._50intu_201", PASSWORD).expect("in order")
}

fn open(text: &str) -> Result<SetupCode, SetupError> {
    let roots = [RootKey(root().verifying_key().to_bytes())];
    SetupCode::open(text, &roots, EXPIRES_UNIX_S - 1)
}

fn check_refused(text: &str, code: &str) {
    assert_eq!(open(text).err().map(SetupError::code), Some(code), "{text}");
}

fn with(name: &str, value: Option<Value>) -> String {
    let Value::Map(mut map) = setup_value(&code()) else { panic!("a code is a map") };
    map.retain(|(key, _)| key.as_text() != Some(name));
    map.extend(value.map(|value| (name.into(), value)));
    sign_payload(&cbor::encode(&Value::Map(map)), &root())
}

#[test]
fn what_was_written_opens_and_says_the_same() {
    let way_out = SetupCode { direction: Direction::Exit, capacity: None, ..code() };
    let known = SetupCode { hub: Some(access()), ..code() };
    for code in [code(), way_out, known, SetupCode { venue_keys: Vec::new(), ..code() }] {
        assert_eq!(open(&write(&code, &root()).expect("in order")), Ok(code));
    }
}

#[test]
fn the_specification_shows_the_text_that_is_written() {
    let document = include_str!("../../docs/setup-code.md");
    let vector = document.split("```text\n").nth(1).and_then(|rest| rest.split('\n').next());
    assert_eq!(Some(write(&code(), &root()).expect("in order").as_str()), vector);
}

#[test]
fn each_malformed_code_has_its_own_error() {
    let good = write(&code(), &root()).expect("in order");
    check_refused("GB1:ABC", "SETUP-PREFIX");
    check_refused("GBS1:", "SETUP-READ");
    check_refused("GBS1:ABC", "SETUP-READ");
    check_refused(&write(&code(), &other_root()).expect("in order"), "SETUP-ROOT");
    let mut bytes = base45::decode(good.strip_prefix("GBS1:").expect("as above")).expect("Base45");
    *bytes.last_mut().expect("a signature") ^= 1;
    check_refused(&format!("GBS1:{}", base45::encode(&bytes)), "SETUP-SIG");
    check_refused(&sign_payload(b"\x80", &root()), "SETUP-TYPE");
    check_refused(&with("type", Some("gerbang-registry".into())), "SETUP-TYPE");
    check_refused(&with("v", Some(2.into())), "SETUP-TYPE");
    for field in ["id", "venue", "gate", "policy", "exp"] {
        check_refused(&with(field, None), "SETUP-FIELD");
        check_refused(&with(field, Some(true.into())), "SETUP-FIELD");
    }
    check_refused(&with("exit", Some(1.into())), "SETUP-FIELD");
    check_refused(&with("max", Some((-1).into())), "SETUP-FIELD");
    check_refused(&with("keys", Some(1.into())), "SETUP-FIELD");
    let month = |month: i64| {
        Value::Array(vec![Value::Array(vec![month.into(), Value::Bytes(vec![1; 32])])])
    };
    check_refused(&with("keys", Some(month(202_613))), "SETUP-FIELD");
    let hub = |user: &str, password: &str| {
        let pairs = [("user", user), ("password", password)];
        Value::Map(pairs.map(|(name, text)| (name.into(), text.into())).to_vec())
    };
    assert!(open(&with("hub", Some(hub("a.b", PASSWORD)))).is_ok());
    for (user, password) in [
        ("", PASSWORD),
        (&"a".repeat(121), PASSWORD),
        ("A", PASSWORD),
        ("_a", PASSWORD),
        ("a:b", PASSWORD),
        ("a.b", "0123456789abcde"),
        ("a.b", &"a".repeat(65)),
        ("a.b", "0123456789abcde:"),
    ] {
        check_refused(&with("hub", Some(hub(user, password))), "SETUP-FIELD");
    }
    check_refused(&with("hub", Some("a.b".into())), "SETUP-FIELD");
    let roots = [RootKey(root().verifying_key().to_bytes())];
    let expired = SetupCode::open(&good, &roots, EXPIRES_UNIX_S);
    assert_eq!(expired, Err(SetupError::Expired { at_unix_s: EXPIRES_UNIX_S }));
}

#[test]
fn a_venues_key_is_of_that_venue_and_month_alone() {
    let key = |secret, venue, month| venue_key(&[secret; 32], venue, month).key;
    let one = key(1, "balai-kota", 202_601);
    assert_eq!(one, key(1, "balai-kota", 202_601));
    for other in
        [key(2, "balai-kota", 202_601), key(1, "pasar", 202_601), key(1, "balai-kota", 202_602)]
    {
        assert_ne!(one, other);
    }
}

#[test]
fn the_names_of_two_gates_never_meet() {
    let user = |venue, gate| HubUser::of(venue, gate).map(|user| user.as_str().to_owned());
    assert_eq!(user("balai-kota", "Pintu 1").as_deref(), Some("balai-kota._50intu_201"));
    assert_eq!(hub_database("balai-kota"), "gerbang-balai-kota");
    assert_eq!(hub_database("Pasar_é"), "gerbang-_50asar_5f_c3_a9");
    assert_eq!(user("Pasar", "1").as_deref(), Some("._50asar.1"));
    assert_ne!(user("a.b", "c"), user("a", "b.c"));
    assert_ne!(user("a", "_50"), user("a", "P"));
    assert_eq!(user("a", &"P".repeat(40)), None);
}

#[test]
fn no_key_is_shown_when_a_code_is_printed_for_debugging() {
    let shown = format!("{:?}", access());
    assert!(!shown.contains(PASSWORD), "{shown}");
    let shown = format!("{:?} {:?}", code(), code().venue_keys);
    assert_eq!(shown, "SetupCode { venue_id: \"balai-kota\", .. } [VenueKey(202601)]");
}

proptest! {
    #[test]
    fn opening_anything_never_panics(text in "(GBS1:)?[0-9A-Z $%*+./:-]{0,200}") {
        prop_assert!(open(&text).is_err());
    }

    #[test]
    fn no_changed_byte_of_a_code_opens(at in any::<prop::sample::Index>(), flip in 1u8..) {
        let good = write(&code(), &root()).expect("in order");
        let mut bytes = base45::decode(good.strip_prefix("GBS1:").expect("as above")).expect("Base45");
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let text = format!("GBS1:{}", base45::encode(&bytes));
        prop_assert!(open(&text).is_err());
    }
}
