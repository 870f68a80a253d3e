//! What a phone is: set-up codes, gates by hand, registries by file and by codes, and the attacks on them.

use crate::authority::{self, DAY_S};
use crate::city::Pass;
use crate::driver::Gate;
use ed25519_dalek::SigningKey;
use gerbang::audit_log::Direction;
use gerbang::gate::{OtherCode, Outcome};
use gerbang::issue::{demo, registry, setup_code};
use gerbang::session::{
    Effect, Event, GateProfile, Screen, SetupFault, SetupStep, Sheet, TrustAlarm, timing,
};
use gerbang::trust::setup_code::{SetupCode, SetupError};
use gerbang::trust::{self, RegistryBody, RegistryError};

impl Gate {
    fn step(&self) -> &SetupStep {
        let Screen::Setup(setup) = &self.model.screen else { panic!("{:?}", self.model.screen) };
        &setup.step
    }

    fn fault(&self) -> Option<SetupFault> {
        match self.step() {
            SetupStep::Scanning(fault) => *fault,
            step => panic!("{step:?}"),
        }
    }

    fn alarm(&self) -> Option<TrustAlarm> {
        self.model.trust.bundle.as_ref().and_then(|bundle| bundle.alarm)
    }

    fn version(&self) -> u64 {
        self.model.trust.bundle.as_ref().map_or(0, |bundle| bundle.registry_version)
    }

    /// A registry of the demonstration's root, so much newer.
    fn newer(&self, change: impl FnOnce(&mut RegistryBody)) -> Vec<u8> {
        let mut body =
            self.model.trust.bundle.as_ref().expect("a registry").registry.body().clone();
        body.version += 1;
        change(&mut body);
        registry::build(&body, &SigningKey::from_bytes(&demo::ROOT_SEED)).expect("in order")
    }
}

fn code(change: impl FnOnce(&mut SetupCode)) -> String {
    let mut code = SetupCode {
        venue_id: "pasar-tanjung".to_owned(),
        venue: "Pasar Tanjung".to_owned(),
        gate: "Pintu Barat".to_owned(),
        direction: trust::Direction::Exit,
        capacity: Some(80),
        policy_id: "signed-pass".to_owned(),
        expires_unix_s: 2_000_000_000,
        venue_keys: vec![setup_code::venue_key(&[5; 32], "pasar-tanjung", 202_611)],
        hub: None,
    };
    change(&mut code);
    setup_code::write(&code, &SigningKey::from_bytes(&demo::ROOT_SEED)).expect("in order")
}

#[test]
fn a_set_up_code_makes_the_phone_that_gate_once_it_is_confirmed() {
    let mut gate = Gate::open();
    gate.send(Event::SetupTapped);
    let before = gate.model.gate.clone();
    gate.see(&[&code(|_| {})]);
    assert!(matches!(gate.step(), SetupStep::Offered(code) if code.venue == "Pasar Tanjung"));
    assert_eq!(gate.model.gate, before, "nothing changes before the tap");
    gate.send(Event::SetupConfirmed);
    assert_eq!(gate.model.screen, Screen::Scan);
    let now = &gate.model.gate;
    assert_eq!((now.gate.as_str(), now.direction), ("Pintu Barat", Direction::Exit));
    assert_eq!((now.capacity, now.policy_id.as_str()), (Some(80), "signed-pass"));
    assert!(gate.model.shares_pseudonyms(gate.now_unix_ms, 420));
    let saved = gate.effects.iter().any(|effect| match effect {
        Effect::SaveSettings(settings) => settings.gate == gate.model.gate,
        _ => false,
    });
    assert!(saved);
}

#[test]
fn a_new_phone_is_set_up_before_its_first_scan() {
    let mut gate = Gate::opened();
    gate.send(Event::SetupTapped);
    assert!(gate.effects.contains(&Effect::OpenCamera));
    gate.show(Pass::Setup);
    gate.send(Event::SetupConfirmed);
    assert_eq!(gate.model.gate.gate, "Pintu Timur");
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
}

#[test]
fn while_scanning_a_set_up_code_is_explained_and_changes_nothing() {
    let mut gate = Gate::open();
    let before = gate.model.gate.clone();
    gate.show(Pass::Setup);
    assert_eq!(gate.model.sheet, Some(Sheet::Other(OtherCode::SetupCode)));
    gate.send(Event::SetupConfirmed);
    assert_eq!(gate.model.gate, before);
    assert!(gate.stored.is_empty());

    // Still in view on the right screen, it counts at once.
    gate.send(Event::SetupTapped);
    gate.show(Pass::Setup);
    assert!(matches!(gate.step(), SetupStep::Offered(_)));
}

#[test]
fn a_code_that_is_not_the_authoritys_or_no_longer_holds_is_refused() {
    let stranger = SigningKey::from_bytes(&demo::STRANGER_SEED);
    let any = SetupCode {
        venue_id: "x".to_owned(),
        venue: "X".to_owned(),
        gate: "X".to_owned(),
        direction: trust::Direction::Entry,
        capacity: None,
        policy_id: "proven".to_owned(),
        expires_unix_s: 2_000_000_000,
        venue_keys: Vec::new(),
        hub: None,
    };
    let forged = setup_code::write(&any, &stranger).expect("in order");
    let past = 1_700_000_000;
    for (text, fault) in [
        (forged, SetupFault::Code(SetupError::Root)),
        (
            code(|code| code.expires_unix_s = past),
            SetupFault::Code(SetupError::Expired { at_unix_s: past }),
        ),
        ("GBS1:X".to_owned(), SetupFault::Code(SetupError::Unreadable)),
        (Gate::open().city.pass(Pass::Green), SetupFault::OtherCode),
        ("https://kota.example/#poster=AA".to_owned(), SetupFault::OtherCode),
    ] {
        let mut gate = Gate::open();
        gate.send(Event::SetupTapped);
        gate.see(&[&text]);
        assert_eq!(gate.fault(), Some(fault));
        gate.send(Event::SetupConfirmed);
        assert_eq!(gate.model.gate.venue_id, "balai-kota");
        assert!(gate.stored.is_empty(), "a pass is not judged here");
    }
}

#[test]
fn a_policy_that_the_authority_does_not_have_sets_nothing_up() {
    let mut gate = Gate::open();
    gate.send(Event::SetupTapped);
    gate.see(&[&code(|code| code.policy_id = "elsewhere".to_owned())]);
    gate.send(Event::SetupConfirmed);
    assert_eq!(gate.fault(), Some(SetupFault::Policy));
    assert_eq!(gate.model.gate.policy_id, "pedulilindungi-2021");
}

#[test]
fn the_policy_stays_for_five_minutes_after_a_scan() {
    let mut gate = Gate::open();
    gate.show(Pass::Red);
    gate.send(Event::NextTapped);
    gate.send(Event::SetupTapped);
    let until_unix_ms = gate.now_unix_ms + timing::POLICY_LOCK_MS;
    gate.see(&[&code(|_| {})]);
    gate.send(Event::SetupConfirmed);
    assert_eq!(gate.fault(), Some(SetupFault::Locked { until_unix_ms }));
    gate.wait(timing::POLICY_LOCK_MS);
    gate.see(&[&code(|_| {})]);
    gate.send(Event::SetupConfirmed);
    assert_eq!(gate.model.gate.policy_id, "signed-pass");
}

#[test]
fn by_hand_the_keys_stay_with_the_venue_and_are_not_given_to_another() {
    let mut gate = Gate::open();
    gate.send(Event::SetupTapped);
    gate.show(Pass::Setup);
    gate.send(Event::SetupConfirmed);
    let by_hand = GateProfile { gate: "Pintu Barat".to_owned(), ..gate.model.gate.clone() };
    let without = GateProfile { venue_keys: Vec::new(), ..by_hand };
    gate.send(Event::GateEntered(Box::new(without.clone())));
    assert!(gate.model.shares_pseudonyms(gate.now_unix_ms, 0));
    let elsewhere = GateProfile { venue_id: "lain".to_owned(), ..without };
    gate.send(Event::GateEntered(Box::new(elsewhere)));
    assert!(!gate.model.shares_pseudonyms(gate.now_unix_ms, 0));
}

#[test]
fn a_replacement_phone_goes_on_as_the_same_gate() {
    let mut old = Gate::open();
    old.send(Event::SetupTapped);
    old.show(Pass::Setup);
    old.send(Event::SetupConfirmed);
    let mut new = Gate::opened();
    new.send(Event::SetupTapped);
    new.show(Pass::Setup);
    new.send(Event::SetupConfirmed);
    assert_eq!(new.model.gate, old.model.gate);
    old.show(Pass::Green);
    new.show(Pass::Green);
    let pseudonym = |gate: &Gate| {
        let entry = gerbang::audit_log::read_entry(&gate.stored[0]).expect("sound");
        entry.pseudonym.and_then(|part| part.erasable).map(|part| part.bytes)
    };
    assert_eq!(pseudonym(&old), pseudonym(&new), "the authority can join the two logs");
}

#[test]
fn a_registry_from_a_file_is_taken_and_kept() {
    let mut gate = Gate::open();
    let version = gate.version();
    let bytes = gate.newer(|_| {});
    gate.send(Event::SetupTapped);
    gate.send(Event::RegistryChosen(bytes.clone()));
    assert_eq!(*gate.step(), SetupStep::RegistryTaken { version: version + 1 });
    assert_eq!(gate.version(), version + 1);
    assert!(gate.effects.contains(&Effect::KeepRegistry { version: version + 1, bytes }));
}

#[test]
fn a_registry_comes_in_a_row_of_codes_before_the_same_camera() {
    let mut gate = Gate::open();
    let bytes = gate.newer(|_| {});
    let mut row = ur::Encoder::bytes(&bytes, 250).expect("a message");
    gate.send(Event::SetupTapped);
    for _ in 0..400 {
        let part = row.next_part().expect("a part").to_uppercase();
        gate.see(&[&part]);
        gate.wait(100);
        if matches!(gate.step(), SetupStep::RegistryTaken { .. }) {
            break;
        }
        let Screen::Setup(setup) = &gate.model.screen else { panic!("left") };
        assert!(setup.sequence.known().is_some());
    }
    assert_eq!(*gate.step(), SetupStep::RegistryTaken { version: gate.version() });
}

#[test]
fn an_older_registry_is_refused_and_said() {
    let mut gate = Gate::open();
    let newer = gate.newer(|_| {});
    let older = gate.city.registry_file().to_vec();
    gate.send(Event::SetupTapped);
    gate.send(Event::RegistryChosen(newer));
    let version = gate.version();
    gate.send(Event::RegistryChosen(older));
    assert_eq!(gate.fault(), Some(SetupFault::Registry(RegistryError::Rollback)));
    assert_eq!((gate.alarm(), gate.version()), (Some(TrustAlarm::Rollback), version));
}

#[test]
fn another_roots_registry_is_an_alarm() {
    let mut gate = Gate::open();
    let mut body = authority::body();
    body.version = u64::MAX / 2;
    let foreign = registry::build(&body, &SigningKey::from_bytes(&[66; 32])).expect("in order");
    gate.send(Event::SetupTapped);
    gate.send(Event::RegistryChosen(foreign));
    assert_eq!(gate.fault(), Some(SetupFault::Registry(RegistryError::Root)));
    assert_eq!(gate.alarm(), Some(TrustAlarm::Root));
    gate.send(Event::BackTapped);
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit), "the one in use goes on");
}

#[test]
fn a_cut_registry_changes_nothing() {
    let mut gate = Gate::open();
    let version = gate.version();
    let whole = gate.newer(|_| {});
    gate.send(Event::SetupTapped);
    for cut in [0, 1, 100, whole.len() / 2, whole.len() - 1] {
        gate.send(Event::RegistryChosen(whole[..cut].to_vec()));
        assert!(matches!(gate.fault(), Some(SetupFault::Registry(_))), "{cut}");
        assert_eq!(gate.version(), version);
    }
    assert!(!gate.effects.iter().any(|effect| matches!(effect, Effect::KeepRegistry { .. })));
}

#[test]
fn a_registry_without_the_gates_policy_is_not_taken() {
    let mut gate = Gate::open();
    let version = gate.version();
    gate.model.gate.policy_id = "kota".to_owned();
    let without = gate.newer(|_| {});
    gate.send(Event::SetupTapped);
    gate.send(Event::RegistryChosen(without));
    assert_eq!((gate.fault(), gate.version()), (Some(SetupFault::Policy), version));
}

#[test]
fn a_clock_that_is_a_year_off_admits_nobody_it_should_not() {
    // Back: referred, as nothing that hangs on the time is known.
    let mut gate = Gate::open();
    gate.now_unix_ms -= 365 * DAY_S * 1000;
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Refer));
    let Screen::Verdict(verdict) = &gate.model.screen else { panic!("no verdict") };
    assert_eq!(verdict.decision.reasons[0].code(), "CLOCK-BACK");
    // Forward: what has expired by then is refused; nothing expired is admitted.
    let mut gate = Gate::open();
    gate.now_unix_ms += 365 * DAY_S * 1000;
    gate.send(Event::SetupTapped);
    gate.see(&[&code(|code| code.expires_unix_s = 1_800_000_000)]);
    assert!(matches!(gate.fault(), Some(SetupFault::Code(SetupError::Expired { .. }))));
}
