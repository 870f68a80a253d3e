//! What a hub holds after a thousand visitors, and after one of them was struck.

use crate::command::text;
use crate::driver::Gate;
use crate::hub_peer::{Hub, segments, signed};
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::SigningKey;
use gerbang::audit_log::{ChainHead, Erasable, Hash, LogId, Part, Statement, StoredEntry};
use gerbang::credential::{Entitlement, Holder, Vaccination};
use gerbang::gate::Outcome;
use gerbang::issue::pass::{self, Health, PassDraft};
use gerbang::issue::{demo, registry};
use gerbang::rules::Policy;
use gerbang::session::{CameraView, Event, Freshness, LogSnapshot, TrustBundle};
use gerbang::trust::{Elsewhere, HubUser, Registry, SealingKey, answer, hub_database, sealing};
use std::collections::HashSet;

const VISITORS: usize = 1_000;

struct Visitor {
    name: String,
    birth_date: String,
    nik: String,
    pass: String,
}

fn dose(number: u16) -> Vaccination {
    Vaccination {
        product: Some("CoronaVac".to_owned()),
        dose: Some(number),
        total: Some(2),
        date: Some("2021-08-02".to_owned()),
    }
}

fn visitor(at: usize, now_unix_s: i64) -> Visitor {
    // Syllables that no identifier, code or encoding has by chance.
    let name = format!("Ngatinem{at:04} Wulandhari Qosyim");
    let birth_date = format!("{}-{:02}-{:02}", 1931 + at % 70, 1 + at % 12, 1 + at % 28);
    let nik = format!("35760141{:08}", 19_700_000 + at);
    let mut pass_id = [0x77; 16];
    pass_id[..8].copy_from_slice(&(at as u64).to_be_bytes());
    let draft = PassDraft {
        issuer: "kota-contoh.example".to_owned(),
        subject: Some(nik.clone()),
        pass_id,
        issued_unix_s: now_unix_s - 60,
        expires_unix_s: now_unix_s + 90 * 86_400,
        holder: Holder { name: Some(name.clone()), birth_date: Some(birth_date.clone()) },
        entitlement: Some(Entitlement { role: Some("tamu".to_owned()), ..Entitlement::default() }),
        health: Health::Compact(vec![dose(1), dose(2)]),
        ..PassDraft::default()
    };
    let key = SigningKey::from_bytes(&demo::HEALTH_SEED);
    Visitor { name, birth_date, nik, pass: pass::sign(&draft, &key).expect("in order") }
}

/// A gate that seals who it was, with a log of this device.
fn open(device: &SigningKey) -> Gate {
    let mut gate = Gate::closed();
    gate.load_site();
    let mut body = gate.city.trust().0.body().clone();
    let now_unix_s = gate.now_unix_ms / 1000;
    let public_key = sealing::public_key(&[8; 32]).expect("a key");
    body.sealing = Some(SealingKey {
        public_key,
        from_unix_s: now_unix_s - 60,
        until_unix_s: now_unix_s + 86_400,
    });
    let root = SigningKey::from_bytes(&demo::ROOT_SEED);
    let bytes = registry::build(&body, &root).expect("in order");
    let registry = Registry::open(&bytes, gate.city.site(), 0).expect("our own");
    let policy = Policy::choose(&registry, "pedulilindungi-2021").expect("it is shipped");
    gate.send(Event::TrustLoaded(Box::new(TrustBundle {
        registry_version: registry.version(),
        registry,
        policy,
        registry_digest: Hash([1; 32]),
        policy_digest: Hash([2; 32]),
        issued_unix_s: now_unix_s,
        freshness: Freshness::Fresh,
        alarm: None,
    })));
    gate.send(Event::LogOpened(Box::new(LogSnapshot {
        head: ChainHead::genesis(LogId::of_device(&device.verifying_key().to_bytes())),
        recent: Vec::new(),
        latest_entry_unix_ms: None,
        kept_alone_since_unix_ms: None,
        venue_key: [9; 32],
        lost: None,
    })));
    gate.send(Event::SealingAgreed);
    gate.send(Event::ElsewhereLoaded(Elsewhere::new(|question| Some(answer(question)))));
    gate.send(Event::BeginTapped);
    gate.send(Event::CameraOpened(CameraView { running: true, ..CameraView::default() }));
    gate
}

/// Everything that a database shows, also of older revisions: as it is, and what its texts hide in base64.
struct Content {
    bytes: Vec<u8>,
    /// Each row of `WINDOW` bytes in it.
    windows: HashSet<[u8; WINDOW]>,
}

/// No secret is shorter.
const WINDOW: usize = 8;

impl Content {
    fn of(hub: &Hub, database: &str) -> Self {
        let changes =
            format!("{database}/_changes?include_docs=true&style=all_docs&conflicts=true");
        let all = format!("{database}/_all_docs?include_docs=true&conflicts=true");
        let texts = [changes, all].map(|path| hub.admin("GET", &path, None).1.to_string());
        let mut bytes = texts.concat().into_bytes();
        for text in texts.iter().flat_map(|text| text.split('"')) {
            // Entries and parts; what is no base64 is there as it is.
            bytes.push(0);
            bytes.extend(BASE64.decode(text.as_bytes()).unwrap_or_default());
        }
        let windows = bytes.windows(WINDOW).filter_map(|window| window.try_into().ok());
        let windows = windows.collect();
        Self { bytes, windows }
    }

    fn holds(&self, secret: &[u8]) -> bool {
        let begins = |text: &[u8]| {
            let (first, _) = text.split_first_chunk().expect("no secret is shorter");
            self.windows.contains(first)
        };
        let is_there = |text: &[u8]| {
            begins(text) && self.bytes.windows(text.len()).any(|window| window == text)
        };
        is_there(secret) || is_there(HEXLOWER.encode(secret).as_bytes())
    }
}

/// Pseudonym and sealed identity. Their salts repeat in this test, whose chance is a counter.
fn secrets(entry: &StoredEntry) -> Vec<Vec<u8>> {
    let kept = |part: &Part| part.kept().map(|Erasable { bytes, .. }| bytes.clone());
    [&entry.pseudonym, &entry.sealed].into_iter().filter_map(kept).collect()
}

#[test]
fn a_hub_holds_nobody_and_after_striking_nothing_of_her_at_all() {
    let hub = Hub::with_venues("privacy", 1);
    let database = hub_database(&hub.venues[0]);
    let user = HubUser::of(&hub.venues[0], "pintu-1").expect("short");
    let device = SigningKey::from_bytes(&[6; 32]);
    let mut gate = open(&device);
    let visitors: Vec<Visitor> =
        (0..VISITORS).map(|at| visitor(at, gate.now_unix_ms / 1000)).collect();
    for Visitor { pass, .. } in &visitors {
        gate.see(&[pass]);
        assert_eq!(gate.outcome(), Some(Outcome::Admit), "{:?}", gate.model.screen);
        gate.send(Event::NextTapped);
        gate.wait(5_000);
    }
    let mut log = gate.stored.clone();
    let with_both = log.iter().filter(|entry| secrets(entry).len() == 2).count();
    assert!(with_both >= VISITORS, "each with a pseudonym and a sealed identity");
    hub.put_segments(&database, &segments(&user, &device, &log, 100));
    hub.wait_until_gathered();

    for database in [database.as_str(), "gerbang-all"] {
        let content = Content::of(&hub, database);
        for Visitor { name, birth_date, nik, pass } in &visitors {
            for secret in [name, birth_date, nik, pass] {
                assert!(!content.holds(secret.as_bytes()), "{secret}");
            }
        }
        for part in ["Ngatinem", "Wulandhari", "35760141"] {
            assert!(!content.holds(part.as_bytes()), "{part}");
        }
        // Her pseudonym is there, and found by the same search: it would find the others.
        for secret in secrets(&log[500]) {
            assert!(content.holds(&secret));
        }
    }

    let her = secrets(&log[500]);
    let mut head = ChainHead::after(log.last().expect("many")).expect("an entry");
    let struck = Statement::Struck(vec![500]);
    log.push(crate::audit_log_signed::sign(&mut head, gate.now_unix_ms, struck, &device));
    hub.put_segment(&database, &signed(&user, &device, &log[log.len() - 1..]));
    hub.wait_until_gathered();
    let (ended, said) = hub.json(&["purge"]);
    assert_eq!(ended, 0, "{said}");
    for database in [database.as_str(), "gerbang-all"] {
        let content = Content::of(&hub, database);
        assert!(her.iter().all(|secret| !content.holds(secret)), "{database}");
        assert!(secrets(&log[499]).iter().all(|secret| content.holds(secret)), "the others'");
    }
    let days = hub.path("days");
    let registry = hub.registry();
    let pull = ["pull", "--database", &database, "--out", &days, "--registry", &registry];
    let pulled = hub.gerbang(&pull);
    assert!(pulled.status.success(), "{}", text(&pulled.stdout));
}
