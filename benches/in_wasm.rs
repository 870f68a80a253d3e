//! What is measured in wasm, where phones do it: opening a registry of many keys, revocation look-ups
//! and a policy's evaluation.
//!
//! Shape: exports for `in_wasm.mjs`, which has the clock.
//! Values are drawn evenly, as hashes are; the policy has 50 rules over a pass of 10 vaccinations.

use ed25519_dalek::SigningKey;
use gerbang::credential::{self, Family, Parsed, Payload};
use gerbang::envelope::cbor::Value;
use gerbang::gate::{Here, Policy, Registry};
use gerbang::issue::pass::{self, Health, PassDraft};
use gerbang::issue::revocation::part_of_values;
use gerbang::issue::{demo, foreign, key, registry};
use gerbang::rules;
use gerbang::trust::revocation::{RevocationList, RevocationPart, VALUE_BITS};
use gerbang::trust::{self, Site, Verified};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

const NOW_UNIX_S: i64 = 1_795_482_000;
const RULES: usize = 50;
const VACCINATIONS: usize = 10;

fn main() {}

thread_local! {
    static FILE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static WHOLE: RefCell<Option<RevocationPart>> = const { RefCell::new(None) };
    static CHANGES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static LIST: RefCell<RevocationList> = RefCell::default();
    static REGISTRY: RefCell<(Vec<u8>, Option<Site>)> = const { RefCell::new((Vec::new(), None)) };
    static JUDGED: RefCell<Option<(Verified, Policy, Registry)>> = const { RefCell::new(None) };
}

/// Makes a registry of so many keys; answers its bytes.
#[wasm_bindgen]
pub fn write_registry(keys: u32) -> usize {
    let made = demo::site(NOW_UNIX_S);
    let open = Registry::open(&made.registry, &made.site, 0).expect("in order");
    let mut body = open.body().clone();
    let certificate = foreign::all(NOW_UNIX_S).into_iter().find(|made| made.family == Family::Hc1);
    let known = certificate.expect("one of each family").issuer;
    let key = |number: u32| {
        let mut issuer = known.clone();
        issuer.key_id = [[0; 4], number.to_be_bytes()].concat();
        issuer.name = format!("Negara Contoh, kunci {number}");
        issuer
    };
    body.issuers.extend((0..keys).map(key));
    let file = registry::build(&body, &SigningKey::from_bytes(&demo::ROOT_SEED)).expect("in order");
    let bytes = file.len();
    REGISTRY.set((file, Some(made.site)));
    bytes
}

/// Opens it, signature and all; answers how many keys it holds.
#[wasm_bindgen]
pub fn open_registry() -> usize {
    REGISTRY.with_borrow(|(file, site)| {
        let site = site.as_ref().expect("written");
        Registry::open(file, site, 0).expect("just written").body().issuers.len()
    })
}

/// Makes a list's first part; answers its bytes.
#[wasm_bindgen]
pub fn write_list(count: usize) -> usize {
    let file = part_of_values(&[7; 16], values(1, count), Vec::new());
    let bytes = file.len();
    FILE.set(file);
    bytes
}

/// Reads what was written, hash and all, as after a download of the whole.
#[wasm_bindgen]
pub fn open_list() {
    WHOLE.set(Some(open(&FILE.take())));
}

/// Makes a part of 10,000 changes; answers its bytes.
#[wasm_bindgen]
pub fn write_changes() -> usize {
    let changes = part_of_values(&[8; 16], values(2, 9_000), values(3, 1_000));
    let bytes = changes.len();
    CHANGES.set(changes);
    bytes
}

/// Reads the changes so many times, hash and all, and lays them over the list: what an update costs.
#[wasm_bindgen]
pub fn apply_changes(times: u32) {
    let mut parts: Vec<_> = WHOLE.take().into_iter().collect();
    for _ in 0..times {
        parts.truncate(1);
        parts.push(CHANGES.with_borrow(|changes| open(changes)));
    }
    LIST.set(RevocationList::new(parts));
}

fn open(file: &[u8]) -> RevocationPart {
    RevocationPart::open(file, &Sha256::digest(file).into()).expect("just written")
}

/// Answers how many were found: none, but for chance.
#[wasm_bindgen]
pub fn look_up(times: u32) -> u32 {
    let family = credential::Family::Gerbang;
    LIST.with_borrow(|list| {
        (0..times).map(|id| u32::from(list.revokes(family, &id.to_be_bytes()))).sum()
    })
}

#[wasm_bindgen]
pub fn prepare_policy() {
    let made = demo::site(NOW_UNIX_S);
    let registry = Registry::open(&made.registry, &made.site, 0).expect("in order");
    let text = pass::sign(&draft(), &SigningKey::from_bytes(&demo::HEALTH_SEED)).expect("in order");
    let Ok(Parsed::Credential(unverified)) = credential::parse(&Payload::from_text(text)) else {
        unreachable!("just signed")
    };
    let verified = trust::verify(*unverified, &registry, NOW_UNIX_S * 1000).expect("just signed");
    let policy = Policy::parse(&policy().to_string()).expect("in order");
    JUDGED.set(Some((verified, policy, registry)));
}

/// Answers how many rules were looked at.
#[wasm_bindgen]
pub fn evaluate(times: u32) -> usize {
    let here = Here { venue_id: "balai-kota", utc_offset_min: 420 };
    JUDGED.with_borrow(|judged| {
        let (verified, policy, registry) = judged.as_ref().expect("prepared");
        let now_unix_ms = NOW_UNIX_S * 1000;
        (0..times)
            .map(|_| {
                let verdict = rules::evaluate(&[verified], policy, registry, &here, now_unix_ms);
                verdict.expect("every rule can be evaluated").steps.len()
            })
            .sum()
    })
}

fn draft() -> PassDraft {
    let dose = |dose: usize| {
        let text = |name: &str, value: &str| (Value::from(name), Value::from(value));
        let number = u32::try_from(dose).unwrap_or(u32::MAX);
        Value::Map(vec![
            text("mp", "EU/1/20/1528"),
            (Value::from("dn"), Value::from(number)),
            (Value::from("sd"), Value::from(10)),
            text("dt", "2026-01-15"),
        ])
    };
    let doses = (1..=VACCINATIONS).map(dose).collect();
    let health = Value::Map(vec![(Value::from("v"), Value::Array(doses))]);
    PassDraft {
        issuer: "kota-contoh.example".to_owned(),
        pass_id: key::key_id(&[1; 32]).repeat(2).try_into().expect("16 bytes"),
        issued_unix_s: NOW_UNIX_S,
        expires_unix_s: NOW_UNIX_S + 86_400,
        health: Health::Full(health),
        ..PassDraft::default()
    }
}

/// Half of the rules compare dates, half go through all vaccinations.
fn policy() -> serde_json::Value {
    let said = json!({"id": "Tidak.", "en": "No."});
    let logic = |index: usize| {
        let date = format!("vaccinations.{}.date", index % VACCINATIONS);
        if index.is_multiple_of(2) {
            json!({"not-before": [
                {"plusTime": [{"var": "here.now"}, 0, "day"]},
                {"plusTime": [{"var": date}, 14, "day"]},
            ]})
        } else {
            json!({">=": [
                {"reduce": [
                    {"var": "vaccinations"},
                    {"+": [{"var": "accumulator"}, {"var": "current.dose"}]},
                    0,
                ]},
                2,
            ]})
        }
    };
    let rules: Vec<_> = (0..RULES)
        .map(|index| {
            let reason = json!({"code": "BENCH", "happened": said, "to_do": said});
            json!({"logic": logic(index), "status": "red", "reason": reason})
        })
        .collect();
    json!({
        "v": 1, "id": "bench", "title": said, "rules": rules,
        "outcomes": {"green": "admit", "yellow": "refer", "red": "refuse", "black": "alert"},
    })
}

/// SplitMix64, cut to 56 bits.
fn values(seed: u64, count: usize) -> Vec<u64> {
    let mut state = seed;
    let next = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) >> (64 - VALUE_BITS)
    };
    std::iter::repeat_with(next).take(count).collect()
}
