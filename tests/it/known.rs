//! What a phone keeps of a pass: told to whoever shows it, and removed when its time is over.

use crate::authority;
use crate::city::{City, Pass};
use crate::driver::Gate;
use gerbang::audit_log::{
    Direction, EntryBody, EntryPart, Hash, Identity, SealedError, SignedBody, SignedPlace,
    Statement, StoredEntry, open_identity, read_entry,
};
use gerbang::gate::{SupervisorFault, Visits};
use gerbang::issue::registry;
use gerbang::issue::setup_code::venue_key;
use gerbang::session::{DeskPage, Effect, Event, Freshness, Screen, TrustBundle, Wanted, timing};
use gerbang::trust::{BlockList, Elsewhere, Registry, SealingKey, Site, answer, sealing};

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

const SEALING_PRIVATE: [u8; 32] = [0x5e; 32];

/// A gate whose registry names a sealing key.
fn asked_to_seal() -> Gate {
    let mut gate = Gate::open();
    let (plain, policy) = City::new().trust();
    let public_key = sealing::public_key(&SEALING_PRIVATE).expect("any 32 bytes are a key");
    let from_unix_s = gate.now_unix_ms / 1000 - 60;
    let until_unix_s = from_unix_s + 3_600;
    let mut body = plain.body().clone();
    body.sealing = Some(SealingKey { public_key, from_unix_s, until_unix_s });
    body.block_list = BlockList::default();
    let bytes = registry::build(&body, &authority::root()).expect("in order");
    let site = Site { demo: true, ..authority::site() };
    let registry = Registry::open(&bytes, &site, 0).expect("signed by the test's root");
    gate.send(Event::TrustLoaded(Box::new(TrustBundle {
        registry_version: registry.version(),
        registry,
        policy,
        registry_digest: Hash([1; 32]),
        policy_digest: Hash([2; 32]),
        issued_unix_s: gate.now_unix_ms / 1000,
        freshness: Freshness::Fresh,
        alarm: None,
    })));
    gate
}

fn opened(gate: &Gate, at: usize) -> Result<Identity, SealedError> {
    open_identity(&read_entry(&gate.stored[at]).expect("sound"), &SEALING_PRIVATE)
}

#[test]
fn nothing_is_sealed_before_the_supervisor_agrees_and_then_the_authority_alone_can_open_it() {
    let mut gate = asked_to_seal();
    gate.show(Pass::Green);
    assert_eq!(opened(&gate, 0), Err(SealedError::Absent));
    gate.send(Event::NextTapped);
    gate.send(Event::SealingAgreed);
    assert!(gate.effects.contains(&Effect::LoadElsewhere));
    gate.wait(timing::SAME_CODE_MS);
    // Until the binary that seals is here nobody is judged; then the code that waited is.
    gate.show(Pass::Yellow);
    assert_eq!(gate.outcome(), None);
    gate.send(Event::ElsewhereLoaded(Elsewhere::new(|question| Some(answer(question)))));
    assert!(gate.outcome().is_some());
    let sealed = opened(&gate, 1).expect("sealed to the key that the registry names");
    assert!(!sealed.name.is_empty());
    let entry = read_entry(&gate.stored[1]).expect("sound");
    let part = entry.sealed.as_ref().and_then(|part| part.erasable.as_ref()).expect("kept");
    let bytes = gate.stored[1].to_bytes();
    assert!(!bytes.windows(sealed.name.len()).any(|some| some == sealed.name.as_bytes()));
    assert_eq!(part.bytes.len(), 128);
    assert_eq!(open_identity(&entry, &[1; 32]), Err(SealedError::OtherKey));
}

#[test]
fn who_it_is_is_sealed_once_a_stay_and_on_the_way_out_only_where_the_way_in_was_not_here() {
    let mut gate = asked_to_seal();
    gate.send(Event::SealingAgreed);
    gate.send(Event::ElsewhereLoaded(Elsewhere::new(|question| Some(answer(question)))));
    let mut go = |pass: Pass, direction: Direction| {
        if gate.model.gate.direction != direction {
            gate.send(Event::DirectionTapped);
        }
        gate.show(pass);
        let at = gate.stored.len() - 1;
        let is_sealed = opened(&gate, at).is_ok();
        gate.send(Event::NextTapped);
        gate.wait(timing::SAME_CODE_MS);
        is_sealed
    };
    assert!(go(Pass::Green, Direction::Entry));
    assert!(!go(Pass::Green, Direction::Exit), "as she came in");
    assert!(go(Pass::Green, Direction::Exit), "she did not come in here since");
    assert!(go(Pass::Green, Direction::Entry));
    // What was sealed before is known again after the page was closed.
    let read = |stored: &StoredEntry| read_entry(stored).expect("sound");
    let mut visits = Visits::default();
    gate.stored.iter().map(read).for_each(|entry| visits.add(&entry));
    let last = read(gate.stored.last().expect("recorded"));
    let who = pseudonym_of(last.pseudonym.as_ref().expect("a pass was read"));
    assert!(visits.entered_sealed(&who));
    // Struck, it is not there any more.
    gate.stored.iter_mut().for_each(StoredEntry::strike);
    let mut visits = Visits::default();
    gate.stored.iter().map(read).for_each(|entry| visits.add(&entry));
    assert!(!visits.entered_sealed(&who));
}

#[test]
fn a_key_whose_month_is_over_seals_nothing_any_more() {
    let mut gate = asked_to_seal();
    gate.send(Event::SealingAgreed);
    gate.send(Event::ElsewhereLoaded(Elsewhere::new(|question| Some(answer(question)))));
    gate.now_unix_ms += 2 * timing::HOUR_MS;
    gate.show(Pass::Green);
    assert_eq!(opened(&gate, 0), Err(SealedError::Absent));
}

#[test]
fn without_the_binary_that_seals_the_gate_goes_on() {
    let mut gate = asked_to_seal();
    gate.send(Event::SealingAgreed);
    gate.show(Pass::Green);
    gate.send(Event::ElsewhereFailed);
    assert!(gate.outcome().is_some());
    assert_eq!(opened(&gate, 0), Err(SealedError::Absent));
}
