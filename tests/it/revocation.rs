//! Revocation lists: exact for what is on them, refused when anything is not as the registry says.

use crate::authority::{DAY_S, ISSUED_UNIX_S, body, issuer, issuer_key, open};
use gerbang::credential::{Family, Payload};
use gerbang::gate::{Here, History, Outcome, Policy, Registry, decide};
use gerbang::issue::pass::{PassDraft, sign};
use gerbang::issue::{key, revocation};
use gerbang::trust::revocation::{PartError, RevocationList, RevocationPart, VALUE_BITS};
use gerbang::trust::{PartSource, RevocationSource};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const SALT: [u8; 16] = *b"salt of this one";

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn opened(bytes: &[u8]) -> Result<RevocationPart, PartError> {
    RevocationPart::open(bytes, &sha256(bytes))
}

fn file(family: Family, added: &[Vec<u8>], removed: &[Vec<u8>]) -> Vec<u8> {
    revocation::part(
        &SALT,
        family,
        added.iter().map(Vec::as_slice),
        removed.iter().map(Vec::as_slice),
    )
}

fn list(files: &[Vec<u8>]) -> RevocationList {
    RevocationList::new(files.iter().map(|file| opened(file).expect("in order")).collect())
}

fn ids(from: u32, until: u32) -> Vec<Vec<u8>> {
    (from..until).map(|number| number.to_be_bytes().to_vec()).collect()
}

#[test]
fn what_is_on_a_list_is_revoked_and_nothing_else() {
    for count in [0, 1, 2, 63, 64, 65, 128, 129, 5_000] {
        let list = list(&[file(Family::Gerbang, &ids(0, count), &[])]);
        assert!(ids(0, count).iter().all(|id| list.revokes(Family::Gerbang, id)), "{count}");
        let others = ids(count, count + 20_000);
        assert!(!others.iter().any(|id| list.revokes(Family::Gerbang, id)), "{count}");
        assert!(!ids(0, count).iter().any(|id| list.revokes(Family::Hc1, id)), "{count}");
    }
}

#[test]
fn the_least_and_the_greatest_value_fit() {
    let greatest = (1 << VALUE_BITS) - 1;
    for values in [vec![0], vec![greatest], vec![0, 1, greatest - 1, greatest]] {
        let file = revocation::part_of_values(&SALT, values, Vec::new());
        assert!(opened(&file).is_ok());
    }
}

#[test]
fn the_last_part_that_names_an_id_decides() {
    let first = file(Family::Gerbang, &ids(0, 100), &[]);
    let second = file(Family::Gerbang, &ids(100, 150), &ids(0, 50));
    let third = file(Family::Gerbang, &ids(0, 10), &[]);
    let revoked =
        |list: &RevocationList, number: u32| list.revokes(Family::Gerbang, &number.to_be_bytes());
    let all = list(&[first, second, third]);
    let found: Vec<bool> = [5, 20, 70, 120, 200].map(|number| revoked(&all, number)).to_vec();
    assert_eq!(found, [true, false, true, true, false]);
}

#[test]
fn ten_thousand_changes_are_a_small_file() {
    let changes = file(Family::Gerbang, &ids(0, 9_000), &ids(9_000, 10_000));
    // 44.6 and 47.8 bits each, as the distances say.
    assert!(changes.len() < 57_000, "{} bytes", changes.len());
}

#[test]
fn each_damage_has_its_own_error() {
    let good = file(Family::Gerbang, &ids(0, 100), &ids(100, 110));
    let check = |bytes: &[u8], error| assert_eq!(opened(bytes).err(), Some(error));
    assert!(opened(&good).is_ok());
    let mut flipped = good.clone();
    *flipped.last_mut().expect("bytes") ^= 0x80;
    assert_eq!(RevocationPart::open(&flipped, &sha256(&good)).err(), Some(PartError::Hash));
    check(&[], PartError::Header);
    check(&good[..31], PartError::Header);
    check(&[b"GBR2", &good[4..]].concat(), PartError::Header);
    check(&good[..good.len() - 1], PartError::Values);
    check(&[&good[..], &[0]].concat(), PartError::Values);
    let mut more = good.clone();
    more[20..24].copy_from_slice(&u32::MAX.to_be_bytes());
    check(&more, PartError::Values);
    let mut wide = good.clone();
    wide[28] = VALUE_BITS;
    check(&wide, PartError::Values);
}

/// A registry whose issuer publishes list `uji`, and a pass of that issuer.
struct City {
    registry: Registry,
    pass: String,
}

const PASS_ID: [u8; 16] = [0x77; 16];
const UNTIL_UNIX_S: i64 = ISSUED_UNIX_S + 10 * DAY_S;

fn city(files: &[&[u8]]) -> City {
    let part = |file: &&[u8]| PartSource {
        address: "revocations/uji.bin".to_owned(),
        sha256: sha256(file),
    };
    let mut body = body();
    let mut issuer = issuer();
    issuer.key_id = key::key_id(&issuer_key().verifying_key().to_bytes()).to_vec();
    issuer.lists = vec!["uji".to_owned()];
    body.issuers = vec![issuer];
    body.revocations = vec![RevocationSource {
        id: "uji".to_owned(),
        until_unix_s: UNTIL_UNIX_S,
        parts: files.iter().map(part).collect(),
    }];
    let draft = PassDraft {
        issuer: "dinas.example".to_owned(),
        pass_id: PASS_ID,
        issued_unix_s: ISSUED_UNIX_S,
        expires_unix_s: ISSUED_UNIX_S + 365 * DAY_S,
        ..PassDraft::default()
    };
    City {
        registry: open(&body).expect("opens"),
        pass: sign(&draft, &issuer_key()).expect("in order"),
    }
}

impl City {
    fn answer(&self, now_unix_s: i64) -> (Outcome, String) {
        let policy = Policy::shipped("proven").expect("shipped");
        let here = Here { venue_id: "balai-kota", utc_offset_min: 0 };
        let payload = Payload::from_text(self.pass.as_str());
        let now_unix_ms = now_unix_s * 1000;
        let history = History::default();
        let decision = decide(&payload, &policy, &self.registry, &here, &history, now_unix_ms);
        let code = decision.reasons.first().map(|reason| reason.code().to_owned());
        (decision.outcome, code.unwrap_or_default())
    }
}

#[test]
fn a_list_that_is_named_but_not_at_hand_is_said_and_nobody_is_admitted_by_it() {
    let empty = file(Family::Gerbang, &[], &[]);
    let mut city = city(&[&empty]);
    let unchecked = (Outcome::Refer, "TRUST-UNCHECKED".to_owned());
    assert_eq!(city.answer(ISSUED_UNIX_S), unchecked);
    assert_eq!(city.registry.attach("lain", &[&empty]), Err(PartError::Unknown));
    assert_eq!(city.registry.attach("uji", &[]), Err(PartError::Unknown));
    let other = file(Family::Hc1, &ids(0, 5), &[]);
    assert_eq!(city.registry.attach("uji", &[&other]), Err(PartError::Hash));
    assert_eq!(city.answer(ISSUED_UNIX_S), unchecked);
    assert_eq!(city.registry.attach("uji", &[&empty]), Ok(()));
    assert_eq!(city.answer(ISSUED_UNIX_S), (Outcome::Admit, String::new()));
}

#[test]
fn a_pass_on_its_issuers_list_is_refused_until_the_list_lapses() {
    let listed = file(Family::Gerbang, &[PASS_ID.to_vec()], &[]);
    let mut city = city(&[&listed]);
    city.registry.attach("uji", &[&listed]).expect("as the registry says");
    assert_eq!(city.answer(UNTIL_UNIX_S - 1), (Outcome::Refuse, "TRUST-REVOKED".to_owned()));
    assert_eq!(city.answer(UNTIL_UNIX_S), (Outcome::Admit, String::new()));
}

#[test]
fn the_list_of_another_family_revokes_nothing_here() {
    let of_another = file(Family::Hc1, &[PASS_ID.to_vec()], &[]);
    let mut city = city(&[&of_another]);
    city.registry.attach("uji", &[&of_another]).expect("as the registry says");
    assert_eq!(city.answer(ISSUED_UNIX_S), (Outcome::Admit, String::new()));
}

proptest! {
    #[test]
    fn a_list_holds_exactly_what_was_put_in(
        added in btree_set(vec(any::<u8>(), 0..20), 0..300),
        others in vec(vec(any::<u8>(), 0..20), 0..50),
    ) {
        let ids: Vec<_> = added.iter().cloned().collect();
        let list = list(&[file(Family::Shc, &ids, &[])]);
        for id in &ids {
            prop_assert!(list.revokes(Family::Shc, id));
        }
        for id in others {
            prop_assert_eq!(list.revokes(Family::Shc, &id), added.contains(&id));
        }
    }

    #[test]
    fn opening_any_part_never_panics(
        head in vec(any::<u8>(), 0..12),
        values in vec(any::<u8>(), 0..200),
    ) {
        let bytes = [b"GBR1".as_slice(), &SALT, &head, &values].concat();
        if let Ok(part) = opened(&bytes) {
            let list = RevocationList::new(vec![part]);
            let _ = list.revokes(Family::Gerbang, b"any");
        }
    }
}
