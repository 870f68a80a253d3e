//! Who is inside, who has been here already, and when it is full.

use crate::city::Pass;
use crate::driver::{Gate, Store};
use gerbang::audit_log::{Answer, EntryBody, StoredEntry, pseudonym, read_entry};
use gerbang::gate::{GateReason, Outcome, Reason};
use gerbang::issue::setup_code::venue_key;
use gerbang::session::{
    DeskPage, Effect, Event, GateProfile, ManualReason, Problem, ReferReason, Screen, StoreFault,
    Tally, timing,
};
use proptest::collection::vec;
use proptest::prelude::*;

const ALLOW: Event =
    Event::ReferAnswered { answer: Answer::Allowed, reason: ReferReason::IdentityMatches };

impl Gate {
    fn first_reason(&self) -> Option<&Reason> {
        let Screen::Verdict(verdict) = &self.model.screen else { return None };
        verdict.decision.reasons.first()
    }

    /// The next visitor, when the code of the one before is long out of view.
    fn next(&mut self, pass: Pass) {
        self.send(Event::NextTapped);
        self.wait(timing::SAME_CODE_MS);
        self.show(pass);
    }

    fn by_hand(&mut self) {
        self.send(Event::NextTapped);
        self.send(Event::ManualTapped);
        self.send(Event::ManualAnswered { answer: Answer::Allowed, reason: ManualReason::Child });
    }

    fn turn_round(&mut self) {
        self.send(Event::NextTapped);
        self.send(Event::DirectionTapped);
    }

    fn inside(&self) -> u32 {
        self.model.inside()
    }
}

#[test]
fn a_second_use_is_referred_with_its_time_and_counts_one_person() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    let used_unix_ms = gate.now_unix_ms;
    gate.next(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Refer));
    let used = Reason::Gate(GateReason::Used { at_unix_ms: used_unix_ms });
    assert_eq!(gate.first_reason(), Some(&used));
    gate.send(ALLOW);
    assert_eq!(gate.inside(), 1);
}

#[test]
fn who_has_left_may_come_again() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.turn_round();
    gate.next(Pass::Green);
    assert_eq!((gate.outcome(), gate.inside()), (Some(Outcome::Admit), 0));
    gate.turn_round();
    gate.next(Pass::Green);
    assert_eq!((gate.outcome(), gate.inside()), (Some(Outcome::Admit), 1));
}

#[test]
fn whoever_was_allowed_after_a_question_has_been_here() {
    let mut gate = Gate::open();
    gate.show(Pass::Yellow);
    gate.send(ALLOW);
    gate.next(Pass::Yellow);
    let Screen::Verdict(verdict) = &gate.model.screen else { panic!("no verdict") };
    let codes: Vec<_> = verdict.decision.reasons.iter().map(Reason::code).collect();
    assert_eq!(codes, ["POL-ONE-DOSE", "GATE-USED"]);
    gate.send(Event::NextTapped);
    assert_eq!(gate.inside(), 1, "no answer means not entered, but she was inside before");
}

#[test]
fn an_undone_entry_has_not_been_here() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.send(Event::NextTapped);
    gate.send(Event::UndoTapped);
    assert_eq!(gate.inside(), 0);
    gate.next(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
}

#[test]
fn a_full_place_asks_until_someone_leaves() {
    let mut gate = Gate::open();
    gate.model.gate.capacity = Some(2);
    gate.by_hand();
    gate.by_hand();
    gate.next(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Refer));
    let full = Reason::Gate(GateReason::Full { inside: 2, capacity: 2 });
    assert_eq!(gate.first_reason(), Some(&full));
    gate.turn_round();
    gate.by_hand();
    gate.turn_round();
    gate.next(Pass::Green);
    assert_eq!((gate.outcome(), gate.inside()), (Some(Outcome::Admit), 2));
}

#[test]
fn a_forgotten_exit_is_closed_after_a_time() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.by_hand();
    gate.wait(17 * timing::HOUR_MS);
    gate.next(Pass::Green);
    assert_eq!((gate.outcome(), gate.inside()), (Some(Outcome::Admit), 1));
}

#[test]
fn a_restart_forgets_nobody() {
    let mut before = Gate::open();
    before.show(Pass::Green);
    before.by_hand();
    let mut gate = Gate::closed();
    gate.stored = before.stored;
    gate.load_site();
    gate.load_trust();
    gate.open_log();
    gate.send(Event::BeginTapped);
    assert_eq!(gate.inside(), 2);
    gate.now_unix_ms = before.now_unix_ms;
    gate.next(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Refer));
}

#[test]
fn another_gates_entries_are_not_counted_here() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.send(Event::NextTapped);
    gate.model.gate.gate = "Pintu Selatan".to_owned();
    gate.open_log();
    assert_eq!(gate.inside(), 0);
}

#[test]
fn nobody_is_kept_inside_but_who_is_to_be_called_for() {
    let mut gate = Gate::open();
    gate.turn_round();
    for (pass, outcome) in [
        (Pass::Green, Outcome::Admit),
        (Pass::Yellow, Outcome::Admit),
        (Pass::Red, Outcome::Admit),
        (Pass::Black, Outcome::RefuseAndAlert),
        (Pass::Forged, Outcome::Refuse),
    ] {
        gate.next(pass);
        assert_eq!(gate.outcome(), Some(outcome), "{pass:?}");
    }
    assert_eq!(gate.inside(), 0, "whoever came by another door leaves no gap in this one's count");
}

#[test]
fn who_leaves_by_another_code_is_counted_as_one_of_those_inside() {
    let mut gate = Gate::open();
    gate.by_hand();
    gate.next(Pass::Green);
    gate.turn_round();
    gate.next(Pass::Red);
    assert_eq!(gate.inside(), 1);
    gate.next(Pass::Yellow);
    assert_eq!(gate.inside(), 0);
}

#[test]
fn pseudonyms_are_of_the_set_up_codes_key_of_the_month() {
    const SECRET: [u8; 32] = [5; 32];
    let mut gate = Gate::open();
    let keys = [202_611, 202_612].map(|month| venue_key(&SECRET, "balai-kota", month));
    gate.model.gate.venue_keys = keys.to_vec();
    gate.show(Pass::Green);
    let Screen::Verdict(verdict) = &gate.model.screen else { panic!("no verdict") };
    let id = verdict.decision.credential_id.expect("proven").0;
    let pseudonym_in = |gate: &Gate| {
        let last = read_entry(gate.stored.last().expect("stored")).expect("sound");
        last.pseudonym.and_then(|part| part.erasable).map(|part| part.bytes)
    };
    assert_eq!(pseudonym_in(&gate), Some(pseudonym(&keys[0].key, &id).to_vec()));
    // 30 November, 20:00 UTC, is the first of December in Mojokerto.
    gate.now_unix_ms = 1_796_068_800_000;
    gate.next(Pass::Green);
    assert_eq!(pseudonym_in(&gate), Some(pseudonym(&keys[1].key, &id).to_vec()));
    // No key for January: the phone's own one.
    gate.now_unix_ms += 35 * 24 * timing::HOUR_MS;
    gate.next(Pass::Green);
    assert_eq!(pseudonym_in(&gate), Some(pseudonym(&[9; 32], &id).to_vec()));
}

#[test]
fn what_was_held_while_the_store_was_away_is_counted_once() {
    let mut gate = Gate::open();
    gate.store = Store::Silent;
    gate.show(Pass::Green);
    let entry = gate.effects.iter().find_map(|effect| match effect {
        Effect::Append(entry) => Some(entry.clone()),
        _ => None,
    });
    gate.stored.extend(entry);
    gate.open_log();
    assert_eq!(gate.inside(), 1);
    assert!(matches!(gate.bodies().as_slice(), [EntryBody::Decision { .. }]));
}

/// A new page on the phone that wrote this log.
fn reloaded(gate: &Gate) -> Gate {
    let mut again = Gate::closed();
    again.now_unix_ms = gate.now_unix_ms;
    again.stored = gate.stored.clone();
    again
}

#[test]
fn whoever_was_let_in_is_known_in_whatever_order_the_gate_starts() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    let parts: [fn(&mut Gate); 3] = [Gate::load_site, Gate::load_trust, Gate::open_log];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut again = reloaded(&gate);
        order.into_iter().for_each(|part: usize| parts[part](&mut again));
        again.send(Event::BeginTapped);
        assert_eq!(again.inside(), 1, "{order:?}");
        again.show(Pass::Green);
        assert_eq!(again.outcome(), Some(Outcome::Refer), "{order:?}");
    }
}

#[test]
fn at_midnight_the_counts_begin_anew_and_who_is_inside_stays_inside() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.next(Pass::Red);
    assert_eq!((gate.model.today.tally.admitted, gate.model.today.tally.refused), (1, 1));
    gate.send(Event::NextTapped);
    let to_midnight_ms = 86_400_000 - (gate.now_unix_ms + 7 * timing::HOUR_MS) % 86_400_000;
    gate.wait(to_midnight_ms);
    gate.send(Event::Tick);
    assert_eq!((gate.model.today.tally, gate.inside()), (Tally::default(), 1));
}

#[test]
fn a_phone_that_becomes_another_gate_and_again_the_first_finds_its_visitors() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.send(Event::NextTapped);
    let first = gate.model.gate.clone();
    let other = GateProfile { gate: "Pintu Timur".into(), ..first.clone() };
    for (profile, inside) in [(other, 0), (first, 1)] {
        gate.send(Event::DeskTapped(DeskPage::Gate));
        gate.send(Event::GateEntered(Box::new(profile)));
        assert_eq!((&gate.model.screen, gate.inside()), (&Screen::Scan, inside));
    }
}

#[test]
fn nobody_is_judged_by_a_gate_that_cannot_read_who_is_inside() {
    let mut gate = Gate::open();
    gate.store = Store::Fails(StoreFault::Lost);
    let other = GateProfile { gate: "Pintu Timur".into(), ..gate.model.gate.clone() };
    gate.send(Event::DeskTapped(DeskPage::Gate));
    gate.send(Event::GateEntered(Box::new(other)));
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), None);
    gate.send(Event::LogFailed(StoreFault::Lost));
    assert_eq!(gate.model.screen, Screen::Problem(Problem::Store(StoreFault::Lost)));
    gate.store = Store::Works;
    gate.send(Event::RetryTapped);
    assert_eq!(gate.model.screen, Screen::Scan);
}

/// The log as if what was taken back had never been written.
fn without_undone(log: &[StoredEntry]) -> Vec<StoredEntry> {
    let body = |entry: &StoredEntry| read_entry(entry).expect("sound").body;
    let undone: Vec<u64> = log.iter().filter_map(|entry| body(entry).undone()).collect();
    log.iter().filter(|e| !undone.contains(&body(e).about(e.sequence))).cloned().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_undone_never_happened(steps in vec((0_u8..6, any::<bool>()), 0..14)) {
        let mut gate = Gate::open();
        for (step, undo) in steps {
            match step {
                0 => gate.next(Pass::Green),
                1 => gate.next(Pass::Red),
                2 | 3 => {
                    gate.next(Pass::Yellow);
                    if step == 2 {
                        gate.send(ALLOW);
                    }
                }
                4 => gate.by_hand(),
                _ => {
                    gate.turn_round();
                    gate.by_hand();
                    if undo {
                        gate.send(Event::UndoTapped);
                    }
                    gate.turn_round();
                    continue;
                }
            }
            if undo {
                gate.send(Event::NextTapped);
                gate.send(Event::UndoTapped);
            }
            gate.send(Event::NextTapped);
            let counts = |stored: Vec<StoredEntry>| {
                let mut again = reloaded(&gate);
                again.stored = stored;
                again.load_site();
                again.load_trust();
                again.open_log();
                (again.inside(), again.model.today.tally)
            };
            let live = (gate.inside(), gate.model.today.tally);
            prop_assert_eq!(live, counts(gate.stored.clone()));
            prop_assert_eq!(live, counts(without_undone(&gate.stored)));
        }
    }
}

#[test]
fn todays_word_is_the_venues_and_todays() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    let word = |gate: &Gate, later_days: i64| {
        gate.model.word_of_day(gate.now_unix_ms + later_days * 86_400_000, 420)
    };
    let today = word(&gate, 0);
    assert_eq!(gate.model.word_of_day(gate.now_unix_ms + 1, 420), today);
    let days: std::collections::BTreeSet<&str> = (0..60).map(|day| word(&gate, day)).collect();
    assert!(days.len() > 20, "it changes from day to day: {days:?}");
    // Another gate of the venue has the same key.
    let mut other = Gate::open();
    other.show(Pass::Green);
    assert_eq!(word(&other, 0), today);
}
