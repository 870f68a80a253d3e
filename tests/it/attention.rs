//! A supervisor asks to look closer at somebody.

use crate::city::Pass;
use crate::driver::Gate;
use gerbang::audit_log::{Answer, EntryBody, read_entry};
use gerbang::gate::{ATTENTION_MS, GateReason, Outcome, Reason};
use gerbang::session::{DeskPage, Event, ReferReason, Screen, timing};

impl Gate {
    /// In the desk, on the entry of a decision.
    fn flag(&mut self, of: usize, raised: bool) {
        let entry = read_entry(&self.stored[of]).expect("stored by this test");
        let part = entry.pseudonym.expect("a proven pass has one");
        assert_eq!(part.key, self.model.pseudonym_key());
        let who = part.erasable.expect("nothing is struck").bytes.try_into().expect("32 bytes");
        self.send(Event::NextTapped);
        self.send(Event::DeskTapped(DeskPage::History));
        self.send(Event::AttentionTapped { of: entry.sequence, who, raised });
        self.send(Event::BackTapped);
        assert_eq!(self.model.screen, Screen::Scan);
    }

    fn comes(&mut self, pass: Pass) -> (Outcome, Vec<String>) {
        self.send(Event::NextTapped);
        self.wait(timing::SAME_CODE_MS);
        self.show(pass);
        let Screen::Verdict(verdict) = &self.model.screen else { panic!("no verdict") };
        let codes = verdict.decision.reasons.iter().map(|reason| reason.code().to_owned());
        (verdict.decision.outcome, codes.collect())
    }

    fn goes(&mut self, pass: Pass) -> (Outcome, Vec<String>) {
        self.send(Event::NextTapped);
        self.send(Event::DirectionTapped);
        let gone = self.comes(pass);
        self.send(Event::NextTapped);
        self.send(Event::DirectionTapped);
        gone
    }

    /// The page is opened anew on what the store holds.
    fn again(&mut self) {
        let stored = std::mem::take(&mut self.stored);
        let now_unix_ms = self.now_unix_ms;
        *self = Self { stored, now_unix_ms, ..Self::closed() };
        self.load_site();
        self.load_trust();
        self.open_log();
        self.send(Event::BeginTapped);
        let camera = gerbang::session::CameraView { running: true, ..Default::default() };
        self.send(Event::CameraOpened(camera));
    }
}

fn outcome(outcome: Outcome, codes: &[&str]) -> (Outcome, Vec<String>) {
    (outcome, codes.iter().map(|code| (*code).to_owned()).collect())
}

#[test]
fn whoever_is_flagged_is_referred_on_the_way_in_and_out() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.flag(0, true);
    let since_unix_ms = gate.now_unix_ms;
    assert_eq!(gate.bodies()[1], EntryBody::Attention { of: 0, raised: true });
    assert_eq!(gate.goes(Pass::Green), outcome(Outcome::Refer, &["GATE-ATTENTION"]));
    gate.send(Event::NextTapped);
    let again = gate.comes(Pass::Green);
    assert_eq!(again, outcome(Outcome::Refer, &["GATE-ATTENTION", "GATE-USED"]));
    let Screen::Verdict(verdict) = &gate.model.screen else { panic!("no verdict") };
    let said = Reason::Gate(GateReason::Attention { since_unix_ms });
    assert_eq!(verdict.decision.reasons.first(), Some(&said));
    assert_eq!(gate.comes(Pass::Yellow).0, Outcome::Refer, "by the policy");
    assert!(gate.bodies().len() > 4);
}

#[test]
fn nobody_else_is_and_a_refusal_stays_one() {
    let mut gate = Gate::open();
    gate.show(Pass::Yellow);
    gate.flag(0, true);
    assert_eq!(gate.comes(Pass::Green), outcome(Outcome::Admit, &[]));
    gate.comes(Pass::Red);
    let refused = gate.stored.iter().position(|stored| {
        let body = read_entry(stored).expect("stored by this test").body;
        matches!(body, EntryBody::Decision { outcome: gerbang::audit_log::Outcome::Refuse, .. })
    });
    gate.flag(refused.expect("red is refused"), true);
    let (answer, codes) = gate.comes(Pass::Red);
    assert_eq!(answer, Outcome::Refuse, "a flag makes no answer milder");
    assert_eq!(codes.last().map(String::as_str), Some("GATE-ATTENTION"));
}

#[test]
fn it_can_be_taken_away_and_fades_in_a_day() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.flag(0, true);
    gate.flag(0, false);
    assert_eq!(gate.goes(Pass::Green), outcome(Outcome::Admit, &[]));
    gate.flag(0, true);
    gate.wait(ATTENTION_MS);
    assert_eq!(gate.comes(Pass::Green), outcome(Outcome::Admit, &[]));
}

#[test]
fn it_is_in_the_log_and_outlives_the_page() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.flag(0, true);
    gate.again();
    assert_eq!(gate.goes(Pass::Green).1, ["GATE-ATTENTION"]);
    gate.send(Event::ReferAnswered {
        answer: Answer::Allowed,
        reason: ReferReason::IdentityMatches,
    });
    let whole = gerbang::audit_log::ChainState::Whole;
    assert_eq!(gate.chain().state, whole);
}

#[test]
fn only_the_desk_flags() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.send(Event::AttentionTapped { of: 0, who: [0; 32], raised: true });
    assert_eq!(gate.stored.len(), 1);
}
