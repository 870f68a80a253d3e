//! What a phone keeps of a pass: told to whoever shows it, and removed when its time is over.

use crate::city::Pass;
use crate::driver::Gate;
use gerbang::audit_log::{
    EntryBody, EntryPart, Hash, SignedBody, SignedPlace, Statement, read_entry,
};
use gerbang::gate::SupervisorFault;
use gerbang::issue::setup_code::venue_key;
use gerbang::session::{DeskPage, Effect, Event, Screen, Wanted, timing};

const DAY_MS: i64 = 24 * timing::HOUR_MS;

impl Gate {
    fn ask_for_a_pass(&mut self) {
        self.send(Event::DeskTapped(DeskPage::Known));
        self.send(Event::PassWanted(Wanted::ForDesk));
    }

    /// The shell's answer, without its signature.
    fn sign_what_is_asked(&mut self) {
        let asked = self.effects.iter().rev().find_map(|effect| match effect {
            Effect::Sign { place, statement } => Some((*place, statement.clone())),
            _ => None,
        });
        let (place, statement) = asked.expect("a signature is asked for");
        self.effects.clear();
        self.send(signed(place, statement));
    }

    fn looked_before(&self) -> Vec<i64> {
        let looks = self.effects.iter().filter_map(|effect| match effect {
            Effect::LookForOutdated { before_unix_ms } => Some(*before_unix_ms),
            _ => None,
        });
        looks.collect()
    }
}

fn signed(place: SignedPlace, statement: Statement) -> Event {
    let body = SignedBody { statement, device_public_key: [1; 32], signature: [2; 64] };
    Event::Signed { place: Box::new(place), body: Box::new(EntryBody::Signed(body)) }
}

fn pseudonym_of(part: &EntryPart) -> [u8; 32] {
    let kept = part.erasable.as_ref().expect("not struck");
    kept.bytes.as_slice().try_into().expect("32 bytes")
}

#[test]
fn a_pass_is_found_under_every_key_of_the_phone_and_asking_is_not_recorded() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    let entry = read_entry(&gate.stored[0]).expect("sound");
    let written = pseudonym_of(entry.pseudonym.as_ref().expect("a pass was read"));
    // From now on the venue has a key of its own.
    gate.model.gate.venue_keys = vec![venue_key(&[7; 32], "balai-kota", 2025 * 12 + 10)];
    gate.send(Event::NextTapped);
    gate.wait(timing::SAME_CODE_MS);
    gate.ask_for_a_pass();
    gate.show(Pass::Green);
    assert_eq!(gate.model.screen, Screen::Desk(DeskPage::Known));
    let names: Vec<_> = gate.model.shown.split_whitespace().collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&&*data_encoding::HEXLOWER.encode(&written)));
    assert_eq!(gate.stored.len(), 1, "asking leaves no trace");
    gate.send(Event::BackTapped);
    assert_eq!(gate.model.shown, "");
}

#[test]
fn what_is_no_pass_is_said_and_a_checkpoint_goes_to_the_desk() {
    let mut gate = Gate::open();
    gate.ask_for_a_pass();
    gate.see(&["https://example.id"]);
    let Screen::Presenting(screen) = gate.model.screen else { panic!("still waiting") };
    assert_eq!(screen.fault, Some(SupervisorFault::NotAPass));
    gate.show(Pass::Forged);
    let Screen::Presenting(screen) = gate.model.screen else { panic!("still waiting") };
    assert_eq!(screen.fault, Some(SupervisorFault::NotTrusted));
    gate.see(&["GBC1:ABC"]);
    assert_eq!(gate.model.shown, "GBC1:ABC");
    assert_eq!(gate.model.screen, Screen::Desk(DeskPage::Known));
}

#[test]
fn what_is_struck_is_written_as_a_tombstone_wherever_the_log_then_stands() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.send(Event::NextTapped);
    for some in [vec![0], vec![1]] {
        gate.send(Event::SignatureWanted(Statement::Struck(some)));
    }
    let asked: Vec<_> = gate
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Sign { place, statement } => Some((*place, statement.clone())),
            _ => None,
        })
        .collect();
    gate.effects.clear();
    // Both were signed for the same place; the second one is signed again.
    for (place, statement) in asked {
        gate.send(signed(place, statement));
    }
    gate.sign_what_is_asked();
    let struck: Vec<_> = gate
        .bodies()
        .into_iter()
        .filter_map(|body| match body {
            EntryBody::Signed(SignedBody { statement: Statement::Struck(some), .. }) => Some(some),
            _ => None,
        })
        .collect();
    assert_eq!(struck, [vec![0], vec![1]]);
}

#[test]
fn what_is_older_than_the_policy_keeps_is_looked_for_at_the_start_and_at_midnight() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    let latest_unix_ms = gate.now_unix_ms;
    gate.send(Event::NextTapped);
    assert!(gate.looked_before().is_empty(), "an empty log has nothing outdated");
    gate.now_unix_ms += DAY_MS;
    gate.send(Event::Tick);
    // Counted from the newest entry: a clock that jumped ahead empties no log.
    assert_eq!(gate.looked_before(), [latest_unix_ms - 30 * DAY_MS]);
    gate.send(Event::Tick);
    assert_eq!(gate.looked_before().len(), 1, "once a day");
    // There may be more than one tombstone's worth.
    let removed = Statement::Removed { before: 1, last_removed: Hash([0; 32]) };
    gate.send(Event::SignatureWanted(removed));
    gate.sign_what_is_asked();
    assert_eq!(gate.looked_before().len(), 1);
}
