//! What the venue's other gates change at this one: a second use, and nothing else.

use crate::city::Pass;
use crate::driver::Gate;
use ed25519_dalek::SigningKey;
use gerbang::audit_log::{Direction, StoredEntry, read_entry};
use gerbang::gate::{
    ATTENTION_MS, Flag, GateReason, INSIDE_HOLDS_MS, Others, Outcome, Reason, Seen,
};
use gerbang::issue::{demo, registry, setup_code};
use gerbang::session::{
    Answer, DeskPage, Event, GateProfile, HubStanding, HubView, ReferReason, Screen, timing,
};
use gerbang::trust::setup_code::SetupCode;
use gerbang::trust::{self, HubAccess};

const ALLOW: Event =
    Event::ReferAnswered { answer: Answer::Allowed, reason: ReferReason::IdentityMatches };
const THERE: &str = "Pintu Barat";

fn access() -> Option<HubAccess> {
    HubAccess::new("balai-kota._50intu", "0123456789abcdef")
}

/// One of several gates of a venue whose registry names a hub.
fn linked() -> Gate {
    let mut gate = Gate::open();
    let bundle = gate.model.trust.bundle.as_ref().expect("a registry");
    let mut body = bundle.registry.body().clone();
    body.version += 1;
    body.hub = Some("https://hub.example".to_owned());
    let root = SigningKey::from_bytes(&demo::ROOT_SEED);
    let newer = registry::build(&body, &root).expect("in order");
    gate.send(Event::RegistryChosen(newer));
    gate.model.gate.hub = access();
    assert!(gate.model.hub_access().is_some());
    gate
}

impl Gate {
    /// The hub tells of nobody from now on but this one.
    fn hear_of(&mut self, who: [u8; 32], direction: Direction, minutes_ago: i64) {
        let heard_unix_ms = self.now_unix_ms;
        let at_unix_ms = heard_unix_ms - minutes_ago * 60_000;
        let seen = Seen { at_unix_ms, direction, gate: THERE.into(), heard_unix_ms };
        let ask = move |asked: &[u8; 32]| (*asked == who).then(|| seen.clone());
        self.send(Event::OthersKnown(Others::new(ask, |_| None)));
        let standing = HubStanding::Level { at_unix_ms: heard_unix_ms };
        let view = HubView { standing, inside: Some((1, heard_unix_ms)), contested: false };
        self.send(Event::HubHeard(view));
    }

    /// A supervisor at another gate asks so of the holder of the green pass.
    fn hear_of_flag(&mut self, raised: bool) {
        let at_unix_ms = self.now_unix_ms;
        let (who, flag) = (green(), Flag { at_unix_ms, raised, gate: THERE.into() });
        let ask = move |asked: &[u8; 32]| (*asked == who).then(|| flag.clone());
        self.send(Event::OthersKnown(Others::new(|_| None, ask)));
    }

    fn hear_of_inside(&mut self, inside: i64, minutes_ago: i64) {
        let heard_unix_ms = self.now_unix_ms - minutes_ago * 60_000;
        let standing = HubStanding::Level { at_unix_ms: heard_unix_ms };
        let inside = Some((inside, heard_unix_ms));
        self.send(Event::HubHeard(HubView { standing, inside, contested: false }));
    }

    fn then_show(&mut self, pass: Pass) {
        self.send(Event::NextTapped);
        self.wait(timing::SAME_CODE_MS);
        self.show(pass);
    }

    fn reason(&self) -> Option<Reason> {
        let Screen::Verdict(verdict) = &self.model.screen else { return None };
        verdict.decision.reasons.first().cloned()
    }
}

/// As every gate of the venue names the holder of the green pass: read off an entry of a lone gate.
fn green() -> [u8; 32] {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    let stored: &StoredEntry = gate.stored.last().expect("recorded");
    let entry = read_entry(stored).expect("our own");
    let part = entry.pseudonym.expect("proven").erasable.expect("kept");
    part.bytes.try_into().expect("32 bytes")
}

#[test]
fn a_pass_that_was_used_at_another_gate_is_referred_with_gate_and_time() {
    let mut gate = linked();
    gate.hear_of(green(), Direction::Entry, 10);
    let (at_unix_ms, heard_unix_ms) = (gate.now_unix_ms - 600_000, gate.now_unix_ms);
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Refer));
    let there = THERE.into();
    let used = GateReason::UsedElsewhere { at_unix_ms, gate: there, heard_unix_ms };
    assert_eq!(gate.reason(), Some(Reason::Gate(used)));
    let used_here_unix_ms = gate.now_unix_ms;
    gate.send(ALLOW);
    gate.then_show(Pass::Green);
    let used = GateReason::Used { at_unix_ms: used_here_unix_ms };
    assert_eq!(gate.reason(), Some(Reason::Gate(used)), "the later one is said");
}

#[test]
fn who_left_by_another_gate_may_come_again() {
    let mut gate = linked();
    gate.show(Pass::Green);
    gate.wait(600_000);
    gate.hear_of(green(), Direction::Exit, 1);
    gate.then_show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
}

#[test]
fn what_another_gate_said_before_this_one_does_not_count() {
    let mut gate = linked();
    gate.show(Pass::Green);
    let used_unix_ms = gate.now_unix_ms;
    gate.hear_of(green(), Direction::Exit, 10);
    gate.then_show(Pass::Green);
    let used = GateReason::Used { at_unix_ms: used_unix_ms };
    assert_eq!(gate.reason(), Some(Reason::Gate(used)));
}

#[test]
fn nobody_is_kept_inside_by_what_is_heard() {
    let mut gate = linked();
    gate.hear_of(green(), Direction::Entry, 10);
    gate.send(Event::DirectionTapped);
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
}

#[test]
fn without_a_hub_in_the_registry_or_a_user_nothing_is_heard() {
    let mut alone = Gate::open();
    alone.model.gate.hub = access();
    let mut nobody = linked();
    nobody.model.gate.hub = None;
    for gate in [&mut alone, &mut nobody] {
        assert_eq!(gate.model.hub_access(), None);
        let standing = HubStanding::Retired;
        gate.send(Event::HubHeard(HubView { standing, inside: None, contested: true }));
        assert_eq!(gate.model.hub, None);
        gate.show(Pass::Green);
        assert_eq!(gate.outcome(), Some(Outcome::Admit));
    }
}

#[test]
fn another_set_up_code_takes_the_user_and_what_was_heard_with_it() {
    let mut gate = linked();
    gate.hear_of(green(), Direction::Entry, 10);
    gate.send(Event::SetupTapped);
    let root = SigningKey::from_bytes(&demo::ROOT_SEED);
    let code = SetupCode {
        venue_id: "balai-kota".to_owned(),
        venue: "Balai Kota".to_owned(),
        gate: "Pintu Selatan".to_owned(),
        direction: trust::Direction::Entry,
        capacity: None,
        policy_id: gate.model.gate.policy_id.clone(),
        expires_unix_s: 2_000_000_000,
        venue_keys: Vec::new(),
        hub: HubAccess::new("balai-kota.south", "fedcba9876543210"),
    };
    let text = setup_code::write(&code, &root).expect("in order");
    gate.see(&[&text]);
    gate.send(Event::SetupConfirmed);
    assert_eq!(gate.model.gate.hub, code.hub);
    assert_eq!(gate.model.hub, None);
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
    gate.send(Event::NextTapped);
    let by_hand = GateProfile { hub: None, ..gate.model.gate.clone() };
    gate.send(Event::GateEntered(Box::new(by_hand.clone())));
    assert_eq!(gate.model.gate.hub, code.hub, "of the same venue");
    let other = GateProfile { venue_id: "pasar".to_owned(), ..by_hand };
    gate.send(Event::GateEntered(Box::new(other)));
    assert_eq!(gate.model.gate.hub, None);
}

#[test]
fn the_capacity_counts_who_is_inside_by_all_doors_while_that_is_news_and_else_by_this_one() {
    let mut gate = linked();
    gate.model.gate.capacity = Some(2);
    gate.hear_of_inside(2, 9);
    let heard_unix_ms = gate.now_unix_ms - 9 * 60_000;
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Refer));
    let full = GateReason::FullByAllDoors { inside: 2, capacity: 2, heard_unix_ms };
    assert_eq!(gate.reason(), Some(Reason::Gate(full)));
    // Nobody came in by this door, and what was heard is no news any more.
    gate.wait(INSIDE_HOLDS_MS);
    gate.then_show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
    // Who left by other doors makes room.
    let mut gate = linked();
    gate.model.gate.capacity = Some(1);
    gate.show(Pass::Yellow);
    gate.send(ALLOW);
    gate.hear_of_inside(0, 1);
    gate.then_show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
}

#[test]
fn a_number_from_a_clock_that_is_ahead_is_no_news() {
    let mut gate = linked();
    gate.model.gate.capacity = Some(2);
    gate.hear_of_inside(5, -5);
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
}

#[test]
fn whom_a_supervisor_flagged_at_another_gate_is_referred_here_until_it_is_taken_away() {
    let mut gate = linked();
    gate.hear_of_flag(true);
    let since_unix_ms = gate.now_unix_ms;
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Refer));
    let flagged = GateReason::AttentionElsewhere { since_unix_ms, gate: THERE.into() };
    assert_eq!(flagged_code(&flagged), "GATE-ATTENTION");
    assert_eq!(gate.reason(), Some(Reason::Gate(flagged)));
    gate.hear_of_flag(false);
    gate.then_show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
    // It fades in a day.
    gate.hear_of_flag(true);
    gate.wait(ATTENTION_MS);
    gate.then_show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
}

fn flagged_code(reason: &GateReason) -> String {
    Reason::Gate(reason.clone()).code().to_owned()
}

#[test]
fn of_flags_here_and_elsewhere_the_later_word_counts() {
    let mut gate = linked();
    gate.show(Pass::Green);
    let entry = read_entry(&gate.stored[0]).expect("our own");
    let flag = |gate: &mut Gate, raised| {
        gate.wait(1_000);
        gate.send(Event::NextTapped);
        gate.send(Event::DeskTapped(DeskPage::History));
        gate.send(Event::AttentionTapped { of: entry.sequence, who: green(), raised });
        gate.send(Event::BackTapped);
    };
    gate.hear_of_flag(true);
    flag(&mut gate, true);
    let since_unix_ms = gate.now_unix_ms;
    gate.then_show(Pass::Green);
    assert_eq!(gate.reason(), Some(Reason::Gate(GateReason::Attention { since_unix_ms })));
    // Taken away at the other gate after that.
    gate.hear_of_flag(false);
    gate.send(Event::NextTapped);
    gate.send(Event::DirectionTapped);
    gate.then_show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
}
