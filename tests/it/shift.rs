//! An officer begins and ends a shift with her own pass.

use crate::city::Pass;
use crate::driver::Gate;
use gerbang::audit_log::{EntryBody, ShiftTurn};
use gerbang::gate::SupervisorFault;
use gerbang::session::{DeskPage, Effect, Event, Screen, Wanted, timing};

impl Gate {
    /// From the desk's menu to the camera that waits for an officer's pass.
    fn shift_tapped(&mut self, turn: ShiftTurn) {
        self.send(Event::DeskTapped(DeskPage::Menu));
        self.send(Event::PassWanted(Wanted::Shift(turn)));
        assert!(matches!(self.model.screen, Screen::Presenting(_)));
    }

    fn shift_fault(&self) -> Option<SupervisorFault> {
        let Screen::Presenting(screen) = self.model.screen else { panic!("no shift") };
        screen.fault
    }
}

#[test]
fn an_officers_own_pass_begins_and_ends_a_shift_and_its_end_is_signed() {
    let mut gate = Gate::open();
    gate.shift_tapped(ShiftTurn::Start);
    gate.show(Pass::Supervisor);
    assert_eq!(gate.model.screen, Screen::Scan);
    assert!(gate.model.on_shift());
    gate.wait(timing::SAME_CODE_MS);
    gate.effects.clear();
    gate.shift_tapped(ShiftTurn::End);
    gate.show(Pass::Supervisor);
    assert!(!gate.model.on_shift());
    assert!(gate.effects.iter().any(|effect| matches!(effect, Effect::Sign { .. })));
    let turns = [ShiftTurn::Start, ShiftTurn::End].map(EntryBody::Shift);
    assert_eq!(gate.bodies(), turns);
    let tally = gate.model.today.tally;
    assert_eq!((tally.admitted, gate.model.inside()), (0, 0), "who works here is no visitor");
}

#[test]
fn a_visitors_pass_begins_no_shift_and_is_told_so() {
    let mut gate = Gate::open();
    gate.shift_tapped(ShiftTurn::Start);
    gate.show(Pass::Certificate);
    assert_eq!(gate.shift_fault(), Some(SupervisorFault::NotSupervisor));
    gate.see(&["https://example.org/"]);
    assert_eq!(gate.shift_fault(), Some(SupervisorFault::NotAPass));
    assert!(gate.bodies().is_empty());
    gate.send(Event::BackTapped);
    assert_eq!(gate.model.screen, Screen::Scan);
}

#[test]
fn a_shift_that_nobody_shows_a_pass_for_gives_way_to_scanning() {
    let mut gate = Gate::open();
    gate.shift_tapped(ShiftTurn::Start);
    gate.wait(timing::SECOND_MS);
    assert_eq!(gate.model.screen, Screen::Scan);
}
