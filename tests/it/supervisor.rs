//! Overriding a refusal, and a second credential of the same visitor.

use crate::city::Pass;
use crate::driver::Gate;
use gerbang::audit_log::{Answer, EntryBody, read_entry};
use gerbang::gate::{Outcome, Reason, SupervisorFault};
use gerbang::session::{
    Event, OverrideReason, PresentScreen, Screen, Sheet, Signal, VerdictScreen, Wanted, timing,
};

impl Gate {
    fn verdict(&self) -> &VerdictScreen {
        let Screen::Verdict(verdict) = &self.model.screen else { panic!("no verdict") };
        verdict
    }

    fn overriding(&self) -> PresentScreen {
        let Screen::Presenting(screen) = self.model.screen else { panic!("no override") };
        screen
    }

    /// Refused, and a supervisor has chosen her reason.
    fn refused_and_asked() -> Self {
        let mut gate = Self::open();
        gate.show(Pass::Red);
        gate.send(Event::OverrideTapped);
        gate.send(Event::OverrideReasonChosen(OverrideReason::OtherProof));
        gate
    }
}

#[test]
fn a_supervisors_pass_and_a_reason_let_in_whom_the_gate_refused() {
    let mut gate = Gate::refused_and_asked();
    gate.show(Pass::Supervisor);
    assert_eq!(gate.model.screen, Screen::Scan);
    let overridden = EntryBody::Override { of: 0, reason: "OVERRIDE-PROOF".to_owned() };
    assert_eq!(gate.bodies().last(), Some(&overridden));
    let tally = gate.model.today.tally;
    assert_eq!((tally.admitted, tally.refused, gate.model.inside()), (1, 0, 1));
    assert_eq!(gate.signals(), [Signal::Refuse, Signal::Admit]);
    let entries: Vec<_> = gate.stored.iter().map(|e| read_entry(e).expect("sound")).collect();
    let [refused, overridden] = &entries[..] else { panic!("two entries") };
    let pseudonym = |entry: &gerbang::audit_log::Entry| {
        entry.pseudonym.as_ref().and_then(|part| part.erasable.clone()).map(|part| part.bytes)
    };
    assert!(pseudonym(overridden).is_some());
    assert_ne!(pseudonym(refused), pseudonym(overridden), "whose pass overrode is on record");
    // Her pass is still in view, and she has not entered.
    gate.show(Pass::Supervisor);
    assert_eq!(gate.stored.len(), 2);
}

#[test]
fn who_was_let_in_so_has_been_here_and_an_undo_takes_both_back() {
    let mut gate = Gate::refused_and_asked();
    gate.show(Pass::Supervisor);
    gate.wait(timing::SAME_CODE_MS);
    gate.show(Pass::Red);
    let codes: Vec<_> = gate.verdict().decision.reasons.iter().map(Reason::code).collect();
    assert_eq!(codes, ["POL-NO-DOSE", "GATE-USED"]);

    let mut gate = Gate::refused_and_asked();
    gate.show(Pass::Supervisor);
    gate.send(Event::UndoTapped);
    assert_eq!(gate.model.today.tally, Default::default());
}

#[test]
fn nobody_elses_pass_overrides() {
    for (pass, fault) in [
        (Pass::Green, SupervisorFault::NotSupervisor),
        (Pass::Forged, SupervisorFault::NotTrusted),
        (Pass::Specimen, SupervisorFault::NotSupervisor),
        (Pass::Setup, SupervisorFault::NotAPass),
    ] {
        let mut gate = Gate::refused_and_asked();
        gate.show(pass);
        assert_eq!(gate.overriding().fault, Some(fault), "{pass:?}");
        assert_eq!(gate.stored.len(), 1, "{pass:?}");
    }
}

#[test]
fn the_refused_pass_in_view_is_not_taken_for_a_supervisors() {
    let mut gate = Gate::refused_and_asked();
    gate.show(Pass::Red);
    assert_eq!(gate.overriding().fault, None);
}

#[test]
fn without_a_reason_no_pass_counts_and_after_a_minute_nothing_has_happened() {
    let mut gate = Gate::open();
    gate.show(Pass::Red);
    gate.send(Event::OverrideTapped);
    gate.show(Pass::Supervisor);
    assert!(matches!(gate.overriding().wanted, Wanted::Override { reason: None, .. }));
    gate.wait(timing::SECOND_MS);
    assert_eq!(gate.model.screen, Screen::Scan);
    assert_eq!(gate.stored.len(), 1);
}

#[test]
fn only_a_refusal_can_be_overridden() {
    for pass in [Pass::Green, Pass::Yellow, Pass::Black, Pass::Specimen] {
        let mut gate = Gate::open();
        gate.show(pass);
        gate.send(Event::OverrideTapped);
        assert!(matches!(gate.model.screen, Screen::Verdict(_)), "{pass:?}");
    }
}

#[test]
fn two_credentials_of_one_visitor_count_together() {
    let mut gate = Gate::open();
    gate.show(Pass::Red);
    assert!(gate.model.may_add_second(gate.verdict()));
    gate.send(Event::SecondTapped);
    assert_eq!((&gate.model.screen, gate.model.sheet), (&Screen::Scan, Some(Sheet::Second)));
    gate.show(Pass::Certificate);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
    // The role is the first one's, the vaccinations are the second one's.
    assert_eq!(gate.verdict().decision.role.as_deref(), Some("tamu"));
    assert_eq!(gate.model.inside(), 1);
}

#[test]
fn two_names_are_a_question() {
    let mut gate = Gate::open();
    gate.show(Pass::Red);
    gate.send(Event::SecondTapped);
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Refer));
    assert_eq!(gate.verdict().decision.reasons[0].code(), "GATE-NAMES");
}

#[test]
fn a_second_credential_is_waited_for_a_minute_and_a_question_before_it_is_unanswered() {
    let mut gate = Gate::open();
    gate.show(Pass::Yellow);
    gate.send(Event::SecondTapped);
    let unanswered = gate.bodies().pop();
    assert!(matches!(unanswered, Some(EntryBody::Resolution { answer: Answer::Unanswered, .. })));
    gate.wait(timing::SECOND_MS);
    assert_eq!(gate.model.sheet, None);
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit), "on her own, with her own name");
}

#[test]
fn every_step_of_a_verdict_can_be_read() {
    let mut gate = Gate::open();
    gate.show(Pass::Red);
    gate.send(Event::WhyTapped);
    let verdict = gate.verdict();
    assert!(verdict.explained);
    let steps: Vec<_> = verdict
        .decision
        .steps
        .iter()
        .map(|step| (step.code.as_str(), step.failed.is_none(), step.said.en.as_str()))
        .collect();
    assert_eq!(steps[0], ("POL-BLOCKED", true, "Not on the block list."));
    assert_eq!(steps[1], ("POL-NO-DOSE", false, "No vaccination."));
    assert_eq!(steps.len(), 5);
    gate.send(Event::BackTapped);
    assert!(!gate.verdict().explained);
}
