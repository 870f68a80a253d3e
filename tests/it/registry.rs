//! The registry: what opens, and one vector for each thing that does not.

use crate::authority::{DAY_S, ISSUED_UNIX_S, body, bytes, issuer, open, other_root, root, site};
use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use gerbang::envelope::cbor::{self, Value};
use gerbang::issue::registry::{BuildError, body_value, build, rotation, sign};
use gerbang::trust::{
    BlockEntry, BlockList, Freshness, Registry, RegistryBody, RegistryError, RootKey, Site,
    SiteError, demo, follows,
};
use proptest::prelude::*;

fn open_bytes(bytes: &[u8]) -> Result<Registry, RegistryError> {
    Registry::open(bytes, &site(), 0)
}

fn check_refused(bytes: &[u8], code: &str) {
    assert_eq!(open_bytes(bytes).err().map(RegistryError::code), Some(code));
}

/// The body's map with one entry changed, signed by the right root.
fn forged(change: impl FnOnce(&mut Vec<(Value, Value)>)) -> Vec<u8> {
    let Value::Map(mut map) = body_value(&body()) else { panic!("a registry is a map") };
    change(&mut map);
    sign(&cbor::encode(&Value::Map(map)), &root())
}

fn with(name: &str, value: Value) -> Vec<u8> {
    forged(|map| {
        map.retain(|(key, _)| key.as_text() != Some(name));
        map.push((name.into(), value));
    })
}

fn without(name: &str) -> Vec<u8> {
    forged(|map| map.retain(|(key, _)| key.as_text() != Some(name)))
}

fn with_issuer(name: &str, value: Option<Value>) -> Vec<u8> {
    forged(|map| {
        let issuers = map.iter_mut().find(|(key, _)| key.as_text() == Some("issuers"));
        let Some((_, Value::Array(issuers))) = issuers else { panic!("issuers are a list") };
        let Some(Value::Map(issuer)) = issuers.first_mut() else { panic!("an issuer is a map") };
        issuer.retain(|(key, _)| key.as_text() != Some(name));
        if let Some(value) = value {
            issuer.push((name.into(), value));
        }
    })
}

#[test]
fn where_the_hub_is_is_said_as_it_was_written() {
    assert_eq!(open(&body()).expect("opens").hub(), None);
    for address in [
        "https://hub.example",
        "https://hub.example:6984/couch/db",
        "http://localhost:5984",
        "http://127.0.0.1:5984/a",
        "/hub",
    ] {
        let said = RegistryBody { hub: Some(address.to_owned()), ..body() };
        assert_eq!(open(&said).expect("opens").hub(), Some(address));
    }
}

#[test]
fn what_was_built_opens_and_says_the_same() {
    let registry = open(&body()).expect("opens");
    assert_eq!(registry.body(), &body());
    assert_eq!(registry.version(), 7);
    assert_eq!(registry.policy("uji"), Some("{}"));
    assert_eq!(registry.policy("lain"), None);
}

#[test]
fn the_specification_shows_the_bytes_that_are_written() {
    let text = include_str!("../../docs/registry.md");
    let (_, rest) = text.split_once("```hex\n").expect("docs/registry.md has a vector");
    let (vector, _) = rest.split_once("```").expect("the vector ends");
    let vector: String = vector.split_whitespace().collect();
    assert_eq!(HEXLOWER.encode(&bytes(&body())), vector);
    open_bytes(&HEXLOWER.decode(vector.as_bytes()).expect("hexadecimal")).expect("opens");
}

#[test]
fn each_malformed_registry_has_its_own_error() {
    let good = bytes(&body());
    let (_, shorter) = good.split_last().expect("a registry has bytes");
    let (shorter, _) = good.split_at(shorter.len());
    check_refused(&[], "REG-COSE");
    check_refused(shorter, "REG-COSE");
    check_refused(&[good.clone(), vec![0]].concat(), "REG-COSE");
    check_refused(&vec![0; 4 * 1024 * 1024 + 1], "REG-LONG");
    check_refused(&build(&body(), &other_root()).expect("builds"), "REG-ROOT");
    let mut flipped = good.clone();
    *flipped.last_mut().expect("a signature") ^= 1;
    check_refused(&flipped, "REG-SIG");
    check_refused(&sign(b"\xa1", &root()), "REG-CBOR");
    check_refused(&sign(b"\xa0\x00", &root()), "REG-CBOR");
    check_refused(&sign(b"\xa2\x61a\x01\x61a\x01", &root()), "REG-CBOR");
    check_refused(&sign(b"\x80", &root()), "REG-TYPE");
    check_refused(&without("type"), "REG-TYPE");
    check_refused(&with("type", "gerbang-poster".into()), "REG-TYPE");
    check_refused(&with("v", 2.into()), "REG-FORMAT");
}

#[test]
fn a_missing_or_wrong_field_is_named() {
    let check = |bytes: &[u8], field: &'static str| {
        assert_eq!(open_bytes(bytes).err(), Some(RegistryError::Field(field)));
    };
    for field in ["v", "version", "issued", "expires"] {
        check(&without(field), field);
        check(&with(field, "soon".into()), field);
    }
    check(&with("version", (-1).into()), "version");
    check(&with("expires", ISSUED_UNIX_S.into()), "expires");
    check(&with("warn", 1.into()), "warn");
    check(&with("issuers", 1.into()), "issuers");
    check(&with("policies", Value::Array(vec![1.into()])), "policies");
    check(&with("venues", Value::Array(vec![1.into()])), "venues");
    check(&with("block", 1.into()), "block");
    check(&with("sealing", 1.into()), "sealing");
    let sealing = |key: Vec<u8>, from: i64, until: i64| {
        let field = |name: &str, value: Value| (Value::from(name), value);
        let fields = [("key", Value::Bytes(key)), ("from", from.into()), ("until", until.into())];
        Value::Map(fields.into_iter().map(|(name, value)| field(name, value)).collect())
    };
    check(&with("sealing", sealing(vec![1; 31], 0, 1)), "sealing");
    check(&with("sealing", sealing(vec![1; 32], 1, 0)), "sealing");
    // No key opens more than a month.
    check(&with("sealing", sealing(vec![1; 32], 0, 31 * 24 * 3600 + 1)), "sealing");
    check(&with("hub", 1.into()), "hub");
    for address in [
        "",
        "hub.example",
        "http://hub.example",
        "https://",
        "https://user@hub.example",
        "https://user:secret@hub.example",
        "https://hub.example/",
        "https://hub.example/a//b",
        "https://hub.example/../b",
        "https://hub.example?q",
        "https://hub.example#f",
        "https://hub.example:0",
        "https://hub.example:99999",
        "https://hub example",
        "http://localhost.example",
        "//hub.example",
        "/",
        "/a/",
        "/a:b",
        &format!("/{}", "a".repeat(200)),
    ] {
        check(&with("hub", address.into()), "hub");
    }
    for field in ["kid", "alg", "key", "name", "families", "purposes", "from", "until"] {
        check(&with_issuer(field, None), field);
    }
    check(&with_issuer("key", Some(Value::Bytes(vec![1; 31]))), "key");
    check(&with_issuer("kid", Some(Value::Bytes(Vec::new()))), "kid");
    check(&with_issuer("name", Some("".into())), "name");
    check(&with_issuer("specimen", Some(1.into())), "specimen");
    check(&with_issuer("revoked", Some(Value::Array(vec![1.into()]))), "revoked");
    let many = Value::Array(vec![Value::Null; 65]);
    assert_eq!(open_bytes(&with("policies", many)).err(), Some(RegistryError::Limit("policies")));
}

#[test]
fn a_lower_version_is_refused_and_the_same_is_not() {
    let bytes = bytes(&body());
    assert!(Registry::open(&bytes, &site(), 7).is_ok());
    let error = Registry::open(&bytes, &site(), 8).err();
    assert_eq!(error, Some(RegistryError::Rollback));
}

#[test]
fn a_root_beside_the_pinned_one_is_an_alarm_whatever_it_signed() {
    let stranger = sign(b"nothing at all", &other_root());
    assert_eq!(open_bytes(&stranger).err(), Some(RegistryError::Root));
}

/// A registry of the third root, with these statements.
fn of_the_third_root(rotations: Vec<Vec<u8>>) -> Vec<u8> {
    build(&RegistryBody { rotations, ..body() }, &third_root()).expect("builds")
}

fn third_root() -> SigningKey {
    SigningKey::from_bytes(&[0x05; 32])
}

fn public(key: &SigningKey) -> RootKey {
    RootKey(key.verifying_key().to_bytes())
}

#[test]
fn a_new_root_counts_where_each_root_before_it_named_the_next() {
    let second = rotation(&root(), public(&other_root()));
    let third = rotation(&other_root(), public(&third_root()));
    let opened = open_bytes(&of_the_third_root(vec![second.clone(), third.clone()]));
    assert_eq!(opened.expect("opens").root(), public(&third_root()));
    let refused = |rotations| open_bytes(&of_the_third_root(rotations)).err();
    // A gap, the wrong order, nobody's word, and the new root's own.
    assert_eq!(refused(vec![third.clone()]), Some(RegistryError::Root));
    assert_eq!(refused(vec![third.clone(), second.clone()]), Some(RegistryError::Root));
    assert_eq!(refused(vec![second.clone()]), Some(RegistryError::Root));
    assert_eq!(refused(Vec::new()), Some(RegistryError::Root));
    let own = rotation(&third_root(), public(&third_root()));
    assert_eq!(refused(vec![own]), Some(RegistryError::Root));
    let mut forged = third;
    *forged.last_mut().expect("a signature") ^= 1;
    assert_eq!(refused(vec![second, forged]), Some(RegistryError::Root));
    let registry_as_statement = bytes(&body());
    assert_eq!(refused(vec![registry_as_statement]), Some(RegistryError::Root));
}

#[test]
fn a_site_follows_another_only_on_its_roots_word() {
    let mut offered = site();
    offered.roots = vec![public(&other_root())];
    let of_the_second =
        |rotations| build(&RegistryBody { rotations, ..body() }, &other_root()).expect("builds");
    let word = rotation(&root(), public(&other_root()));
    assert!(follows(&site(), &offered, &of_the_second(vec![word.clone()])));
    assert!(!follows(&site(), &offered, &of_the_second(Vec::new())));
    // The old root still signs: nothing says that the site's new root is meant.
    assert!(!follows(&site(), &offered, &bytes(&RegistryBody { rotations: vec![word], ..body() })));
}

#[test]
fn the_specifications_site_is_one() {
    let text = include_str!("../../docs/registry.md");
    let example = text.split("```json\n").nth(1).and_then(|rest| rest.split("```").next());
    let root = RootKey([1; 32]).hex();
    let example = example.expect("there is an example").replace("(the root's public key)", &root);
    let site = Site::parse(example.as_bytes()).expect("a site");
    assert_eq!(site.roots, [RootKey([1; 32])]);
}

#[test]
fn unknown_keys_algorithms_families_and_purposes_are_ignored() {
    assert!(open_bytes(&with("tracing", 1.into())).is_ok());
    assert!(open_bytes(&with_issuer("contact", Some("dinas".into()))).is_ok());
    let newer = open_bytes(&with_issuer("alg", Some((-19).into()))).expect("opens");
    assert!(newer.body().issuers.is_empty());
    let names = || Some(Value::Array(vec!["gerbang".into(), "later".into()]));
    let newer = open_bytes(&with_issuer("families", names())).expect("opens");
    assert_eq!(newer.body().issuers[0].families.len(), 1);
    let newer = open_bytes(&with_issuer("purposes", names())).expect("opens");
    assert!(newer.body().issuers[0].purposes.is_empty());
}

#[test]
fn age_has_three_tiers_and_expiry_only_makes_stale() {
    let registry = open(&body()).expect("opens");
    let check = |age_s: i64, expected| {
        assert_eq!(registry.freshness((ISSUED_UNIX_S + age_s) * 1000), expected, "{age_s}");
    };
    check(-1, Freshness::Fresh);
    check(DAY_S - 1, Freshness::Fresh);
    check(DAY_S, Freshness::Warn);
    check(14 * DAY_S - 1, Freshness::Warn);
    check(14 * DAY_S, Freshness::Stale);
    let mut short = body();
    short.expires_unix_s = ISSUED_UNIX_S + 60;
    let registry = open(&short).expect("opens however old it is");
    assert_eq!(registry.freshness((ISSUED_UNIX_S + 60) * 1000), Freshness::Stale);
}

#[test]
fn the_builder_refuses_to_block_anybody_longer_than_14_days() {
    let mut long = body();
    let until_unix_s = ISSUED_UNIX_S + 14 * DAY_S + 1;
    long.block_list = BlockList::new([1; 32], [BlockEntry { hash: [1; 16], until_unix_s }]);
    assert_eq!(build(&long, &root()), Err(BuildError::BlockTooLong));
}

#[test]
fn the_demonstration_keys_are_those_of_the_published_seeds() {
    let public = |seed: &[u8; 32]| SigningKey::from_bytes(seed).verifying_key().to_bytes();
    assert_eq!(demo::ROOT.0, public(b"GERBANG-DEMO-ROOT-NOT-A-SECRET-0"));
    assert_eq!(demo::ISSUERS[0], public(b"GERBANG-DEMO-ISSUER-NOT-SECRET-1"));
    assert_eq!(demo::ISSUERS[1], public(b"GERBANG-DEMO-ISSUER-NOT-SECRET-2"));
}

#[test]
fn the_demonstration_root_makes_specimens_wherever_the_site_is_no_demonstration() {
    let demo_root = SigningKey::from_bytes(b"GERBANG-DEMO-ROOT-NOT-A-SECRET-0");
    let bytes = build(&body(), &demo_root).expect("builds");
    let mut site = site();
    site.roots = vec![demo::ROOT];
    let elsewhere = Registry::open(&bytes, &site, 0).expect("opens");
    assert!(elsewhere.body().issuers[0].specimen);
    site.demo = true;
    let at_home = Registry::open(&bytes, &site, 0).expect("opens");
    assert!(!at_home.body().issuers[0].specimen);
}

#[test]
fn a_site_is_read_as_it_was_written() {
    assert_eq!(Site::parse(site().to_json().as_bytes()), Ok(site()));
}

#[test]
fn a_site_names_languages_that_this_build_need_not_know() {
    let of = |site: &str| Site::parse(site.as_bytes()).map(|site| site.languages);
    let text = Site { languages: vec!["jv".to_owned(), "id".to_owned()], ..site() }.to_json();
    assert_eq!(of(&text), Ok(vec!["jv".to_owned(), "id".to_owned()]));
    assert_eq!(of(&text.replace("\"languages\"", "\"other\"")), Ok(Vec::new()), "absent");
    assert_eq!(of(&text.replace("\"jv\"", "1")), Err(SiteError::Json), "no text");
}

#[test]
fn each_malformed_site_has_its_own_error() {
    let check = |change: &dyn Fn(&mut Site), code: &str| {
        let mut site = site();
        change(&mut site);
        let error = Site::parse(site.to_json().as_bytes()).err();
        assert_eq!(error.map(SiteError::code), Some(code));
    };
    check(&|site| site.name.id.clear(), "SITE-NAME");
    check(&|site| site.gate.gate = "x".repeat(121), "SITE-NAME");
    check(&|site| site.roots.clear(), "SITE-ROOT");
    check(&|site| site.roots = vec![RootKey([1; 32]); 9], "SITE-ROOT");
    for address in [
        "",
        "/registry.cose",
        "//elsewhere.example/registry.cose",
        "https://elsewhere.example/registry.cose",
        "../registry.cose",
        "a/../../registry.cose",
        "a//b",
        "data:,x",
        "registry.cose?x",
        "registry.cose#x",
        "\\\\elsewhere\\registry.cose",
        "registry%2e.cose",
    ] {
        check(&|site| site.registry = address.to_owned(), "SITE-ADDRESS");
    }
    let parse = |text: &str| Site::parse(text.as_bytes()).err().map(SiteError::code);
    assert_eq!(parse("{"), Some("SITE-JSON"));
    assert_eq!(parse(&" ".repeat(64 * 1024 + 1)), Some("SITE-LONG"));
    let text = site().to_json();
    assert_eq!(parse(&text.replace("\"v\": 1", "\"v\": 2")), Some("SITE-VERSION"));
    let root = RootKey(root().verifying_key().to_bytes()).hex();
    assert_eq!(parse(&text.replace(&root, "00")), Some("SITE-ROOT"));
}

#[test]
fn the_roots_digest_changes_with_the_roots_and_not_with_their_order() {
    let digest = |roots: &[u8]| {
        let mut site = site();
        site.roots = roots.iter().map(|byte| RootKey([*byte; 32])).collect();
        site.roots_digest()
    };
    assert_eq!(digest(&[1, 2]), digest(&[2, 1]));
    assert_ne!(digest(&[1, 2]), digest(&[1]));
}

#[test]
fn no_changed_byte_of_a_registry_opens() {
    let good = bytes(&body());
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut changed = good.clone();
            changed[at] ^= 1 << bit;
            assert!(open_bytes(&changed).is_err(), "byte {at} bit {bit}");
        }
    }
}

proptest! {
    #[test]
    fn opening_anything_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(open_bytes(&bytes).is_err());
    }

    #[test]
    fn any_map_that_the_root_signed_never_panics(
        at in any::<prop::sample::Index>(),
        value in any::<u8>(),
    ) {
        let mut payload = cbor::encode(&body_value(&body()));
        let at = at.index(payload.len());
        payload[at] = value;
        let _ = open_bytes(&sign(&payload, &root()));
    }

    #[test]
    fn reading_any_site_never_panics(text in ".{0,256}") {
        let _ = Site::parse(text.as_bytes());
    }
}

#[test]
fn an_issuer_is_in_force_from_its_first_second_to_before_its_last() {
    let issuer = issuer();
    assert!(issuer.in_force(issuer.from_unix_s));
    assert!(!issuer.in_force(issuer.from_unix_s - 1));
    assert!(!issuer.in_force(issuer.until_unix_s));
}
