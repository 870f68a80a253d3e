//! What was stored and is there no more: repaired by a tap, or thrown away by the browser; the log says so.

use crate::city::Pass;
use crate::driver::Gate;
use gerbang::audit_log::{ChainHead, ChainState, EntryBody, Gap, GapCause, Hash, LogId, Statement};
use gerbang::session::{DeskPage, Effect, Event, Problem, Screen, StoreFault};

#[test]
fn a_repair_is_somebodys_tap_and_the_first_thing_that_the_log_then_says() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    let mut again = Gate::closed();
    again.stored = gate.stored.clone();
    again.load_site();
    again.load_trust();
    let cannot_open = Screen::Problem(Problem::Store(StoreFault::CannotOpen));
    again.send(Event::LogFailed(StoreFault::CannotOpen));
    // Opened and left again, nothing has happened.
    again.send(Event::DeskTapped(DeskPage::Repair));
    assert_eq!(again.model.screen, Screen::Desk(DeskPage::Repair));
    again.send(Event::BackTapped);
    assert_eq!(again.model.screen, cannot_open);
    again.send(Event::DeskTapped(DeskPage::Repair));
    again.send(Event::DeskFailed);
    assert_eq!(again.model.screen, cannot_open);
    again.send(Event::DeskTapped(DeskPage::Repair));
    again.send(Event::LogRepaired { set_aside: 3 });
    assert_eq!(again.model.screen, Screen::Welcome);
    let Some(EntryBody::Gap(gap)) = again.bodies().pop() else { panic!("a gap is recorded") };
    assert_eq!((gap.cause, gap.count), (GapCause::Repaired, Some(3)));
    assert!(
        again
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Sign { statement: Statement::Checkpoint, .. }))
    );
    assert_eq!(again.chain().state, ChainState::Whole);
    assert_eq!(again.model.inside(), 1);
}

#[test]
fn a_log_that_the_browser_threw_away_is_named_by_the_next_one() {
    let mut gate = Gate::closed();
    let earlier = ChainHead::known(LogId([7; 16]), 812, Hash([8; 32]));
    gate.lost = Some(earlier);
    gate.load_site();
    gate.load_trust();
    gate.open_log();
    let told = |gate: &Gate| {
        let bodies = gate.bodies().into_iter();
        bodies.filter(|body| matches!(body, EntryBody::Gap(_))).collect::<Vec<_>>()
    };
    let gap = Gap {
        cause: GapCause::Repaired,
        count: Some(812),
        since_unix_ms: None,
        earlier: Some((earlier.log(), 812, earlier.previous())),
    };
    assert_eq!(told(&gate), [EntryBody::Gap(gap)]);
    assert_eq!(gate.model.loss_told, Some(earlier));
    // What the phone remembers changes with the first entry that is stored; until then it is told once.
    gate.open_log();
    assert_eq!(told(&gate).len(), 1);
}

#[test]
fn a_log_whose_end_the_browser_lost_counts_what_is_missing() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    let head = ChainHead::after(&gate.stored[0]).expect("stored by this test");
    gate.lost = Some(ChainHead::known(head.log(), 4, Hash([8; 32])));
    gate.open_log();
    let gap = gate.bodies().into_iter().find_map(|body| match body {
        EntryBody::Gap(gap) => Some(gap),
        _ => None,
    });
    assert_eq!(gap.and_then(|gap| gap.count), Some(3));
}

#[test]
fn while_the_gate_works_nothing_is_repaired() {
    let mut gate = Gate::open();
    gate.send(Event::DeskTapped(DeskPage::Repair));
    assert_eq!(gate.model.screen, Screen::Scan);
    gate.send(Event::LogRepaired { set_aside: 3 });
    assert_eq!((gate.stored.len(), &gate.model.screen), (0, &Screen::Scan));
}
