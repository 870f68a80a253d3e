//! The whole decision: each situation at the gate, what is answered and why.

use crate::authority::{self, DAY_S, HOUR_S, ISSUED_UNIX_S, body, issuer, issuer_key, open};
use ed25519_dalek::SigningKey;
use gerbang::credential::{Entitlement, Family, Holder, Payload, Vaccination};
use gerbang::envelope::base45;
use gerbang::gate::{
    CLOCK_SLACK_MS, Decision, Here, History, OtherCode, Outcome, Policy, Registry, SignatureState,
    Status, decide,
};
use gerbang::issue::demo;
use gerbang::issue::pass::{Health, PassDraft, sign, text_of};
use gerbang::issue::{key, registry};
use gerbang::trust::{BlockEntry, BlockList, KeyState, Purpose, RegistryBody};
use proptest::prelude::*;

/// Noon in Mojokerto, two hours after the registry's issue (which is midnight UTC, 7 o'clock there).
const NOW_UNIX_S: i64 = ISSUED_UNIX_S + 5 * HOUR_S;
const HERE: Here<'_> = Here { venue_id: "balai-kota", utc_offset_min: 420 };

fn registry_body() -> RegistryBody {
    let public_key = issuer_key().verifying_key().to_bytes();
    let mut issuer = issuer();
    issuer.key_id = key::key_id(&public_key).to_vec();
    issuer.revoked = [(vec![0x99; 16], i64::MAX)].into();
    RegistryBody { issuers: vec![issuer], ..body() }
}

fn vaccinations(doses: u16) -> Health {
    let dose = |dose| Vaccination {
        product: Some("CoronaVac".to_owned()),
        dose: Some(dose),
        total: Some(2),
        date: Some("2021-08-02".to_owned()),
    };
    match doses {
        0 => Health::None,
        _ => Health::Compact((1..=doses).map(dose).collect()),
    }
}

fn draft() -> PassDraft {
    PassDraft {
        issuer: "dinas.example".to_owned(),
        pass_id: [0x11; 16],
        issued_unix_s: ISSUED_UNIX_S,
        expires_unix_s: ISSUED_UNIX_S + 30 * DAY_S,
        holder: Holder { name: Some("Siti Contoh".to_owned()), birth_date: None },
        entitlement: Some(Entitlement { role: Some("tamu".to_owned()), ..Entitlement::default() }),
        health: vaccinations(2),
        ..PassDraft::default()
    }
}

/// One situation; the defaults are a green pass at noon.
struct Situation {
    text: String,
    policy: &'static str,
    registry: Registry,
    history: History,
    now_unix_s: i64,
}

fn at_noon(text: String) -> Situation {
    Situation {
        text,
        policy: "pedulilindungi-2021",
        registry: open(&registry_body()).expect("opens"),
        history: History::default(),
        now_unix_s: NOW_UNIX_S,
    }
}

fn shown(draft: &PassDraft) -> Situation {
    at_noon(sign(draft, &issuer_key()).expect("the draft is in order"))
}

fn judge(situation: &Situation) -> Decision {
    let policy = Policy::choose(&situation.registry, situation.policy).expect("a policy");
    decide(
        &Payload::from_text(situation.text.as_str()),
        &policy,
        &situation.registry,
        &HERE,
        &situation.history,
        situation.now_unix_s * 1000,
    )
}

fn check(situation: &Situation, outcome: Outcome, status: Option<Status>, codes: &[&str]) {
    let decision = judge(situation);
    let found: Vec<_> = decision.reasons.iter().map(|reason| reason.code()).collect();
    assert_eq!((decision.outcome, decision.status, found.as_slice()), (outcome, status, codes));
}

/// Refused or referred before anything was proven: nothing of the pass comes back.
fn check_unproven(situation: &Situation, outcome: Outcome, code: &str, signature: SignatureState) {
    check(situation, outcome, None, &[code]);
    let decision = judge(situation);
    assert_eq!(decision.signature, signature);
    assert_eq!(decision.holder, None);
    assert_eq!(decision.issuer, None);
    assert_eq!(decision.role, None);
    assert_eq!(decision.expires_unix_s, None);
    assert_eq!(decision.credential_id, None);
}

#[test]
fn two_doses_are_green_and_the_holder_is_shown() {
    check(&shown(&draft()), Outcome::Admit, Some(Status::Green), &[]);
    let decision = judge(&shown(&draft()));
    assert_eq!(decision.holder.and_then(|holder| holder.name), Some("Siti Contoh".to_owned()));
    assert_eq!(decision.issuer.as_deref(), Some("Dinas Kesehatan Uji"));
    assert_eq!(decision.role.as_deref(), Some("tamu"));
    assert_eq!(decision.expires_unix_s, Some(ISSUED_UNIX_S + 30 * DAY_S));
    assert_eq!((decision.family, decision.signature), (Family::Gerbang, SignatureState::Valid));
    assert!(!decision.specimen && decision.credential_id.is_some());
}

#[test]
fn one_dose_is_yellow_and_says_which() {
    let one = shown(&PassDraft { health: vaccinations(1), ..draft() });
    check(&one, Outcome::Refer, Some(Status::Yellow), &["POL-ONE-DOSE"]);
    let decision = judge(&one);
    let [gerbang::gate::Reason::Rule(reason)] = decision.reasons.as_slice() else {
        panic!("one reason of the policy")
    };
    assert_eq!(reason.happened.id, "Vaksin baru 1 dari 2 dosis.");
    assert_eq!(reason.to_do.en, "Ask for a doctor's letter.");
}

#[test]
fn no_dose_is_red() {
    let none = shown(&PassDraft { health: vaccinations(0), ..draft() });
    check(&none, Outcome::Refuse, Some(Status::Red), &["POL-NO-DOSE"]);
}

#[test]
fn who_is_on_the_block_list_is_black_until_the_entry_ends() {
    let mut situation = shown(&draft());
    let id = judge(&situation).credential_id.expect("proven");
    let hash = BlockList::hash(&authority::BLOCK_KEY, id);
    let until_unix_s = NOW_UNIX_S + 1;
    let entry = BlockEntry { hash, until_unix_s };
    let block_list = BlockList::new(authority::BLOCK_KEY, [entry]);
    situation.registry = open(&RegistryBody { block_list, ..registry_body() }).expect("opens");
    check(&situation, Outcome::RefuseAndAlert, Some(Status::Black), &["POL-BLOCKED"]);
    situation.now_unix_s = until_unix_s;
    check(&situation, Outcome::Admit, Some(Status::Green), &[]);
}

#[test]
fn a_pass_is_in_force_from_its_first_second_to_before_its_last() {
    let draft = PassDraft {
        not_before_unix_s: Some(NOW_UNIX_S),
        expires_unix_s: NOW_UNIX_S + 1,
        ..draft()
    };
    let at = |now_unix_s| Situation { now_unix_s, ..shown(&draft) };
    check(&at(NOW_UNIX_S), Outcome::Admit, Some(Status::Green), &[]);
    check_unproven(&at(NOW_UNIX_S - 1), Outcome::Refuse, "PASS-NBF", SignatureState::Valid);
    check_unproven(&at(NOW_UNIX_S + 1), Outcome::Refuse, "PASS-EXP", SignatureState::Valid);
}

#[test]
fn a_pass_that_was_changed_after_signing_is_refused() {
    let good = sign(&draft(), &issuer_key()).expect("signs");
    let mut bytes = base45::decode(good.strip_prefix("GB1:").expect("a pass")).expect("Base45");
    let name = bytes.windows(4).position(|window| window == b"Siti").expect("the name is in it");
    bytes[name] = b'R';
    let forged = at_noon(text_of(&bytes));
    check_unproven(&forged, Outcome::Refuse, "TRUST-SIG", SignatureState::Invalid);
}

#[test]
fn a_stranger_who_takes_the_issuers_key_id_is_refused() {
    let stranger = SigningKey::from_bytes(&[9; 32]);
    let mut claimed = issuer();
    claimed.key_id = key::key_id(&stranger.verifying_key().to_bytes()).to_vec();
    let mut situation = at_noon(sign(&draft(), &stranger).expect("signs"));
    check_unproven(&situation, Outcome::Refer, "TRUST-KID", SignatureState::UnknownKey);
    situation.registry = open(&RegistryBody { issuers: vec![claimed], ..body() }).expect("opens");
    check_unproven(&situation, Outcome::Refuse, "TRUST-SIG", SignatureState::Invalid);
}

#[test]
fn of_several_keys_with_one_id_the_right_one_is_found() {
    let mut body = registry_body();
    let mut other = body.issuers[0].clone();
    other.public_key = SigningKey::from_bytes(&[9; 32]).verifying_key().to_bytes().to_vec();
    body.issuers.insert(0, other);
    let situation = Situation { registry: open(&body).expect("opens"), ..shown(&draft()) };
    check(&situation, Outcome::Admit, Some(Status::Green), &[]);
}

#[test]
fn an_issuer_out_of_force_for_another_family_or_under_another_name_is_unknown() {
    let with = |change: &dyn Fn(&mut gerbang::trust::Issuer)| {
        let mut body = registry_body();
        change(&mut body.issuers[0]);
        Situation { registry: open(&body).expect("opens"), ..shown(&draft()) }
    };
    let check = |code: &str, change: &dyn Fn(&mut gerbang::trust::Issuer)| {
        check_unproven(&with(change), Outcome::Refer, code, SignatureState::UnknownKey);
    };
    check("TRUST-KEY-EXPIRED", &|issuer| issuer.until_unix_s = NOW_UNIX_S);
    check("TRUST-KEY-EXPIRED", &|issuer| issuer.from_unix_s = NOW_UNIX_S + 1);
    check("TRUST-KEY-TERMINATED", &|issuer| issuer.state = KeyState::Terminated);
    check("TRUST-KID", &|issuer| issuer.families = vec![Family::Hc1]);
    check("TRUST-KID", &|issuer| issuer.claimed_as = Some("other.example".to_owned()));
    let disowned = with(&|issuer| issuer.state = KeyState::Revoked);
    check_unproven(&disowned, Outcome::Refuse, "TRUST-KEY-REVOKED", SignatureState::Valid);
    let same_name = with(&|issuer| issuer.claimed_as = Some("dinas.example".to_owned()));
    assert_eq!(judge(&same_name).outcome, Outcome::Admit);
}

#[test]
fn an_issuer_signs_only_what_its_purposes_name() {
    let with = |purposes: &[Purpose]| {
        let mut body = registry_body();
        body.issuers[0].purposes = purposes.to_vec();
        Situation { registry: open(&body).expect("opens"), ..shown(&draft()) }
    };
    let both = with(&[Purpose::Entry, Purpose::Vaccination]);
    assert_eq!(judge(&both).outcome, Outcome::Admit);
    for purposes in [&[Purpose::Entry][..], &[Purpose::Vaccination], &[]] {
        let situation = with(purposes);
        check_unproven(&situation, Outcome::Refuse, "TRUST-PURPOSE", SignatureState::Valid);
    }
}

#[test]
fn a_withdrawn_pass_is_refused() {
    let withdrawn = shown(&PassDraft { pass_id: [0x99; 16], ..draft() });
    check_unproven(&withdrawn, Outcome::Refuse, "TRUST-REVOKED", SignatureState::Valid);
}

#[test]
fn a_specimen_is_marked_whether_the_pass_or_the_issuer_says_so() {
    let specimen = judge(&shown(&PassDraft { specimen: true, ..draft() }));
    assert!(specimen.specimen);
    let mut body = registry_body();
    body.issuers[0].specimen = true;
    let situation = Situation { registry: open(&body).expect("opens"), ..shown(&draft()) };
    assert!(judge(&situation).specimen);
}

#[test]
fn a_demonstration_issuer_in_a_real_registry_gives_specimens() {
    let mut body = registry_body();
    let staff = SigningKey::from_bytes(&demo::STAFF_SEED);
    let public_key = staff.verifying_key().to_bytes();
    body.issuers[0].public_key = public_key.to_vec();
    body.issuers[0].key_id = key::key_id(&public_key).to_vec();
    let situation = Situation {
        registry: open(&body).expect("opens"),
        ..at_noon(sign(&draft(), &staff).expect("signs"))
    };
    assert!(judge(&situation).specimen);
}

#[test]
fn a_stale_registry_refers_whom_it_would_admit_and_lets_nobody_else_in() {
    let later = NOW_UNIX_S + 15 * DAY_S;
    let at = |doses| Situation {
        now_unix_s: later,
        ..shown(&PassDraft { health: vaccinations(doses), ..draft() })
    };
    check(&at(2), Outcome::Refer, Some(Status::Green), &["TRUST-STALE"]);
    check(&at(1), Outcome::Refer, Some(Status::Yellow), &["POL-ONE-DOSE"]);
    check(&at(0), Outcome::Refuse, Some(Status::Red), &["POL-NO-DOSE"]);
}

#[test]
fn a_clock_that_lags_refers_what_hangs_on_the_time() {
    let now_unix_ms = NOW_UNIX_S * 1000;
    let lagging = |draft: &PassDraft| {
        let mut situation = shown(draft);
        situation.history.built_unix_ms = now_unix_ms + CLOCK_SLACK_MS + 1;
        situation
    };
    check(&lagging(&draft()), Outcome::Refer, Some(Status::Green), &["CLOCK-BACK"]);
    let early = PassDraft { not_before_unix_s: Some(NOW_UNIX_S + 9), ..draft() };
    check(&lagging(&early), Outcome::Refer, None, &["CLOCK-BACK", "PASS-NBF"]);
    let expired = PassDraft { expires_unix_s: NOW_UNIX_S, ..draft() };
    check(&lagging(&expired), Outcome::Refuse, None, &["PASS-EXP"]);

    let mut by_entry = shown(&draft());
    by_entry.history.latest_entry_unix_ms = Some(now_unix_ms + CLOCK_SLACK_MS + 1);
    check(&by_entry, Outcome::Refer, Some(Status::Green), &["CLOCK-BACK"]);
    by_entry.history.latest_entry_unix_ms = Some(now_unix_ms + CLOCK_SLACK_MS);
    check(&by_entry, Outcome::Admit, Some(Status::Green), &[]);

    let mut by_registry = shown(&draft());
    by_registry.now_unix_s = ISSUED_UNIX_S - 1 - CLOCK_SLACK_MS / 1000;
    check(&by_registry, Outcome::Refer, Some(Status::Green), &["CLOCK-BACK"]);
}

#[test]
fn a_pass_for_another_place_is_refused_and_a_zone_counts_as_a_place() {
    let for_venues = |venues: &[&str]| {
        let venues = venues.iter().map(|venue| (*venue).to_owned()).collect();
        shown(&PassDraft {
            entitlement: Some(Entitlement { venues, ..Entitlement::default() }),
            ..draft()
        })
    };
    check(&for_venues(&["pasar"]), Outcome::Refuse, Some(Status::Green), &["POL-PLACE"]);
    check(&for_venues(&["pasar", "balai-kota"]), Outcome::Admit, Some(Status::Green), &[]);
    check(&for_venues(&["kantor"]), Outcome::Admit, Some(Status::Green), &[]);
}

#[test]
fn a_pass_for_other_hours_is_refused_by_the_local_clock() {
    let during = |from, until| {
        let entitlement = Entitlement { hours_min: Some((from, until)), ..Entitlement::default() };
        shown(&PassDraft { entitlement: Some(entitlement), ..draft() })
    };
    let noon = 12 * 60;
    check(&during(noon, noon + 1), Outcome::Admit, Some(Status::Green), &[]);
    check(&during(noon - 1, noon), Outcome::Refuse, Some(Status::Green), &["POL-HOUR"]);
    check(&during(22 * 60, noon + 1), Outcome::Admit, Some(Status::Green), &[]);
    check(&during(22 * 60, noon), Outcome::Refuse, Some(Status::Green), &["POL-HOUR"]);
    let decision = judge(&during(13 * 60, 16 * 60));
    let [gerbang::gate::Reason::Rule(reason)] = decision.reasons.as_slice() else {
        panic!("one reason of the policy")
    };
    assert_eq!(reason.happened.id, "Berlaku pukul 13.00–16.00.");
    assert_eq!(reason.happened.en, "Valid 13:00–16:00.");
}

#[test]
fn a_policy_that_asks_for_no_vaccine_admits_without_one() {
    let none = shown(&PassDraft { health: vaccinations(0), ..draft() });
    for policy in ["signed-pass", "proven"] {
        let situation =
            Situation { policy, ..shown(&PassDraft { health: Health::None, ..draft() }) };
        check(&situation, Outcome::Admit, Some(Status::Green), &[]);
    }
    check(&none, Outcome::Refuse, Some(Status::Red), &["POL-NO-DOSE"]);
}

#[test]
fn what_is_no_credential_is_explained_and_not_refused() {
    let check = |text: &str, other: OtherCode| {
        let situation = at_noon(text.to_owned());
        let outcome = Outcome::NotACredential(other);
        check_unproven(&situation, outcome, other.code(), SignatureState::Unchecked);
        assert_eq!(judge(&situation).family, Family::Unknown);
    };
    check("https://example.org/menu", OtherCode::WebAddress);
    check("https://pedulilindungi.id.example/certificate", OtherCode::WebAddress);
    check("https://pedulilindungi.id/certificate/1", OtherCode::DomesticCertificate);
    check("HTTPS://www.PeduliLindungi.id?1", OtherCode::DomesticCertificate);
    check("WIFI:T:WPA;S:tamu;P:rahasia;;", OtherCode::Wifi);
    check("checkin:0123456789abcdef01234567", OtherCode::CheckIn2021);
    check("GBS1:ABC", OtherCode::SetupCode);
    check("00020101021226", OtherCode::Unknown);
    check("", OtherCode::Unknown);
}

#[test]
fn a_torn_pass_is_unreadable_and_an_unread_family_is_referred() {
    let torn = at_noon("GB1:ABC".to_owned());
    assert_eq!(judge(&torn).outcome, Outcome::Unreadable);
    assert_eq!(judge(&torn).family, Family::Gerbang);
    let unread = at_noon("NZCP:/2/AAAA".to_owned());
    assert_eq!(judge(&unread).outcome, Outcome::Refer);
    assert_eq!(judge(&unread).family, Family::Nzcp);
}

#[test]
fn a_rule_that_cannot_be_evaluated_refers_to_the_officer() {
    let json = r#"{"v":1,"id":"uji","title":{"id":"a","en":"a"},
        "outcomes":{"green":"admit","yellow":"refer","red":"refuse","black":"alert"},
        "rules":[{"logic":{">":["a",1]},"status":"red","reason":{"code":"UJI",
        "happened":{"id":"a","en":"a"},"to_do":{"id":"a","en":"a"}}}]}"#;
    let mut body = registry_body();
    body.policies[0].json = json.to_owned();
    let situation =
        Situation { policy: "uji", registry: open(&body).expect("opens"), ..shown(&draft()) };
    check(&situation, Outcome::Refer, None, &["GATE-FAULT"]);
}

#[test]
fn the_demonstration_gives_what_its_page_promises() {
    let made = demo::site(NOW_UNIX_S);
    let registry = Registry::open(&made.registry, &made.site, 0).expect("opens");
    let policy = Policy::choose(&registry, &made.site.gate.policy_id).expect("a policy");
    let ten_years_s = 10 * 365 * DAY_S;
    for now_unix_s in [NOW_UNIX_S, NOW_UNIX_S + ten_years_s] {
        let answers: Vec<_> = made
            .passes
            .iter()
            .map(|pass| {
                let payload = Payload::from_text(pass.text.as_str());
                let history = History::default();
                let now_unix_ms = now_unix_s * 1000;
                let decision = decide(&payload, &policy, &registry, &HERE, &history, now_unix_ms);
                let code = decision.reasons.first().map(|reason| reason.code().to_owned());
                (pass.name, decision.outcome, code.unwrap_or_default(), decision.specimen)
            })
            .collect();
        let expect = |name, outcome, code: &str| (name, outcome, code.to_owned(), false);
        let expected = vec![
            expect("green", Outcome::Admit, ""),
            expect("yellow", Outcome::Refer, "POL-ONE-DOSE"),
            expect("red", Outcome::Refuse, "POL-NO-DOSE"),
            expect("black", Outcome::RefuseAndAlert, "POL-BLOCKED"),
            expect("expired", Outcome::Refuse, "PASS-EXP"),
            expect("early", Outcome::Refuse, "PASS-NBF"),
            expect("forged", Outcome::Refuse, "TRUST-SIG"),
            expect("unknown", Outcome::Refer, "TRUST-KID"),
            ("specimen", Outcome::Admit, String::new(), true),
            expect("certificate", Outcome::Admit, ""),
            expect("supervisor", Outcome::Admit, ""),
            expect("setup", Outcome::NotACredential(OtherCode::SetupCode), "OTHER-SETUP"),
            expect("poster", Outcome::NotACredential(OtherCode::Poster), "OTHER-POSTER"),
        ];
        assert_eq!(answers, expected);
    }
}

#[test]
fn the_demonstrations_passes_are_grey_on_any_other_site() {
    let made = demo::site(NOW_UNIX_S);
    let mut site = made.site.clone();
    site.demo = false;
    let registry = Registry::open(&made.registry, &site, 0).expect("opens");
    let policy = Policy::choose(&registry, "proven").expect("a policy");
    for pass in &made.passes {
        let payload = Payload::from_text(pass.text.as_str());
        let decision =
            decide(&payload, &policy, &registry, &HERE, &History::default(), NOW_UNIX_S * 1000);
        assert!(decision.specimen || decision.outcome != Outcome::Admit, "{}", pass.name);
    }
}

#[test]
fn the_demonstration_is_the_same_for_the_same_time() {
    let (one, two) = (demo::site(NOW_UNIX_S), demo::site(NOW_UNIX_S));
    assert_eq!(one.registry, two.registry);
    assert_eq!(one.passes, two.passes);
}

#[test]
fn a_registry_that_the_root_signed_for_nobody_admits_nobody() {
    let nobody = RegistryBody { issuers: Vec::new(), ..body() };
    let bytes = registry::build(&nobody, &authority::root()).expect("builds");
    let registry = Registry::open(&bytes, &authority::site(), 0).expect("opens");
    let situation = Situation { registry, ..shown(&draft()) };
    check_unproven(&situation, Outcome::Refer, "TRUST-KID", SignatureState::UnknownKey);
}

proptest! {
    #[test]
    fn no_changed_byte_of_a_valid_pass_admits(
        at in any::<prop::sample::Index>(),
        flip in 1u8..,
    ) {
        let good = shown(&draft());
        let base45_text = good.text.strip_prefix("GB1:").expect("a pass");
        let mut bytes = base45::decode(base45_text).expect("Base45");
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let changed = Situation { text: text_of(&bytes), ..good };
        prop_assert_ne!(judge(&changed).outcome, Outcome::Admit);
        prop_assert_eq!(judge(&changed).holder, None);
    }

    #[test]
    fn no_changed_character_of_a_valid_pass_admits(
        at in any::<prop::sample::Index>(),
        character in "[ -~]",
    ) {
        let good = shown(&draft());
        let at = at.index(good.text.len());
        let mut text: Vec<char> = good.text.chars().collect();
        let replaced = character.chars().next().expect("one character");
        prop_assume!(text[at] != replaced);
        text[at] = replaced;
        let changed = Situation { text: text.into_iter().collect(), ..good };
        prop_assert_ne!(judge(&changed).outcome, Outcome::Admit);
    }

    #[test]
    fn deciding_on_anything_never_panics(text in ".{0,200}", now_unix_ms in any::<i64>()) {
        let registry = open(&registry_body()).expect("opens");
        let policy = Policy::choose(&registry, "proven").expect("a policy");
        for text in [text.clone(), format!("GB1:{text}")] {
            let payload = Payload::from_text(text);
            let decision =
                decide(&payload, &policy, &registry, &HERE, &History::default(), now_unix_ms);
            prop_assert_ne!(decision.outcome, Outcome::Admit);
        }
    }
}
