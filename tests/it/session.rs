//! Journeys through the app without a browser: events in, effects and screens out.

use crate::city::Pass;
use crate::driver::{Gate, Store};
use ed25519_dalek::{Signer, SigningKey};
use gerbang::audit_log::{
    Answer, ChainState, ClockFlag, Direction, EntryBody, SignedBody, SignedPlace, Statement,
    read_entry,
};
use gerbang::credential::Payload;
use gerbang::gate::Outcome;
use gerbang::scan::{FrameReading, Hint};
use gerbang::session::{
    CameraFault, CameraView, DeskPage, Effect, Event, ManualReason, Problem, Recorded, ReferReason,
    ReferStep, Screen, Sheet, Signal, StoreFault, StoreState, timing,
};

#[test]
fn the_gate_opens_whichever_of_site_registry_and_log_comes_last() {
    let steps = [Gate::load_site, Gate::load_trust, Gate::open_log];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut gate = Gate::closed();
        for step in order {
            assert_eq!(gate.model.screen, Screen::Starting);
            steps[step](&mut gate);
        }
        assert_eq!(gate.model.screen, Screen::Welcome, "in the order {order:?}");
    }
}

#[test]
fn a_registry_that_comes_after_a_failure_opens_the_gate() {
    let mut gate = Gate::closed();
    gate.load_site();
    gate.open_log();
    gate.send(Event::TrustFailed(Problem::NoRegistry));
    assert_eq!(gate.model.screen, Screen::Problem(Problem::NoRegistry));
    gate.load_trust();
    assert_eq!(gate.model.screen, Screen::Welcome);
}

#[test]
fn a_green_pass_admits_is_recorded_and_leaves_after_two_seconds() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
    assert_eq!(gate.recorded(), Some(Recorded::Recorded));
    assert_eq!(gate.signals(), [Signal::Admit]);
    gate.wait(timing::ADMIT_MS - 1);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
    gate.wait(1);
    assert_eq!(gate.model.screen, Screen::Scan);
    assert_eq!(gate.model.today.tally.admitted, 1);
    assert_eq!(gate.model.inside(), 1);
}

#[test]
fn recorded_is_said_only_after_the_store_said_so() {
    let mut gate = Gate::open();
    gate.store = Store::Silent;
    gate.show(Pass::Green);
    assert_eq!(gate.recorded(), Some(Recorded::Saving));
    gate.send(Event::EntryStored { sequence: 7 });
    assert_eq!(gate.recorded(), Some(Recorded::Saving), "another entry's answer");
    gate.send(Event::EntryStored { sequence: 0 });
    assert_eq!(gate.recorded(), Some(Recorded::Recorded));
}

#[test]
fn a_held_verdict_stays_until_it_is_let_go_and_never_beyond_thirty_seconds() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.send(Event::VerdictHeld);
    gate.wait(timing::VERDICT_MS_MAX - 1);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
    gate.wait(1);
    assert_eq!(gate.model.screen, Screen::Scan);

    gate.wait(timing::SAME_CODE_MS);
    gate.show(Pass::Green);
    gate.send(Event::VerdictHeld);
    gate.wait(5_000);
    gate.send(Event::VerdictReleased);
    gate.wait(timing::ADMIT_MS);
    assert_eq!(gate.model.screen, Screen::Scan);
}

#[test]
fn the_same_code_is_ignored_while_it_stays_in_view_and_five_seconds_longer() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.wait(timing::ADMIT_MS);
    for _ in 0..20 {
        gate.show(Pass::Green);
        assert_eq!(gate.model.screen, Screen::Scan);
        gate.wait(1_000);
    }
    gate.wait(timing::SAME_CODE_MS);
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Refer), "used, and not ignored any more");
    assert_eq!(gate.stored.len(), 2);
}

#[test]
fn a_pass_that_stays_in_view_is_not_judged_again_when_its_verdict_leaves() {
    let mut gate = Gate::open();
    gate.show(Pass::Yellow);
    gate.wait(timing::VERDICT_MS_MAX);
    gate.show(Pass::Yellow);
    assert_eq!(gate.model.screen, Screen::Scan);
    gate.wait(timing::SAME_CODE_MS);
    gate.show(Pass::Yellow);
    assert_eq!(gate.outcome(), Some(Outcome::Refer), "out of view for a while");
}

#[test]
fn another_code_right_after_is_decided_at_once() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.send(Event::NextTapped);
    gate.show(Pass::Red);
    assert_eq!(gate.outcome(), Some(Outcome::Refuse));
    assert_eq!(gate.signals(), [Signal::Admit, Signal::Refuse]);
}

#[test]
fn no_frame_is_decided_while_a_verdict_shows() {
    let mut gate = Gate::open();
    gate.show(Pass::Red);
    gate.show(Pass::Green);
    assert_eq!(gate.outcome(), Some(Outcome::Refuse));
    assert_eq!(gate.stored.len(), 1);
}

#[test]
fn of_two_codes_in_one_frame_neither_is_decided() {
    let mut gate = Gate::open();
    let (green, red) = (gate.city.pass(Pass::Green), gate.city.pass(Pass::Red));
    gate.see(&[&green, &red]);
    assert_eq!(gate.model.screen, Screen::Scan);
    assert!(gate.model.two_codes);
    assert!(gate.stored.is_empty());
    gate.see(&[&green]);
    assert!(!gate.model.two_codes);
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
}

#[test]
fn a_refusal_waits_for_a_tap_but_thirty_seconds_at_most() {
    let mut gate = Gate::open();
    gate.show(Pass::Forged);
    assert_eq!(gate.outcome(), Some(Outcome::Refuse));
    gate.wait(timing::VERDICT_MS_MAX - 1);
    assert_eq!(gate.outcome(), Some(Outcome::Refuse));
    gate.wait(1);
    assert_eq!(gate.model.screen, Screen::Scan);
}

#[test]
fn the_four_colours_sound_and_count_differently() {
    let mut gate = Gate::open();
    for pass in [Pass::Green, Pass::Yellow, Pass::Red, Pass::Black] {
        gate.show(pass);
        gate.send(Event::NextTapped);
    }
    assert_eq!(gate.signals(), [Signal::Admit, Signal::Refer, Signal::Refuse, Signal::Alert]);
    let tally = gate.model.today.tally;
    assert_eq!((tally.admitted, tally.referred, tally.refused), (1, 1, 2));
    assert_eq!(gate.model.inside(), 1);
}

#[test]
fn a_referred_visitor_who_is_allowed_enters_with_a_reason() {
    let mut gate = Gate::open();
    gate.show(Pass::Yellow);
    assert_eq!(gate.outcome(), Some(Outcome::Refer));
    gate.send(Event::ReferTapped(Answer::Allowed));
    let Screen::Verdict(verdict) = &gate.model.screen else { panic!("still asked") };
    assert_eq!(verdict.refer, ReferStep::Choosing(Answer::Allowed));
    gate.send(Event::ReferAnswered { answer: Answer::Allowed, reason: ReferReason::DoctorsLetter });
    assert_eq!(gate.model.screen, Screen::Scan);
    let resolution =
        EntryBody::Resolution { of: 0, answer: Answer::Allowed, reason: "REFER-DOCTOR".to_owned() };
    assert_eq!(gate.bodies().last(), Some(&resolution));
    assert_eq!(gate.model.inside(), 1);
}

#[test]
fn a_referred_visitor_without_an_answer_has_not_entered() {
    for leave in [Event::NextTapped, Event::Tick] {
        let mut gate = Gate::open();
        gate.show(Pass::Yellow);
        if matches!(leave, Event::Tick) {
            gate.wait(timing::VERDICT_MS_MAX);
        } else {
            gate.send(leave);
        }
        assert_eq!(gate.model.screen, Screen::Scan);
        let last = gate.bodies().pop();
        assert!(
            matches!(last, Some(EntryBody::Resolution { of: 0, answer: Answer::Unanswered, .. })),
            "{last:?}"
        );
        assert_eq!(gate.model.inside(), 0);
    }
}

#[test]
fn a_tap_on_next_does_not_answer_for_the_officer_when_she_goes_back() {
    let mut gate = Gate::open();
    gate.show(Pass::Yellow);
    gate.send(Event::ReferTapped(Answer::TurnedAway));
    gate.send(Event::BackTapped);
    let Screen::Verdict(verdict) = &gate.model.screen else { panic!("still asked") };
    assert_eq!(verdict.refer, ReferStep::Asked);
    assert_eq!(gate.stored.len(), 1);
}

#[test]
fn a_code_that_is_no_pass_is_explained_and_not_recorded() {
    let mut gate = Gate::open();
    gate.see(&["https://example.id/menu"]);
    assert_eq!(gate.model.screen, Screen::Scan);
    assert!(matches!(gate.model.sheet, Some(Sheet::Other(_))), "{:?}", gate.model.sheet);
    assert!(gate.stored.is_empty());
    assert_eq!(gate.signals(), [Signal::Unread]);
    gate.wait(timing::SHEET_MS);
    assert_eq!(gate.model.sheet, None);
}

#[test]
fn what_is_not_read_is_said_after_a_while_and_sounds_every_five_seconds() {
    let mut gate = Gate::open();
    gate.see_nothing(Some(Hint::SeenUnread));
    assert_eq!(gate.model.sheet, None);
    for _ in 0..12 {
        gate.wait(500);
        gate.see_nothing(Some(Hint::SeenUnread));
    }
    assert_eq!(gate.model.sheet, Some(Sheet::Unread));
    assert_eq!(gate.signals(), [Signal::Unread]);
    gate.wait(timing::UNREAD_SIGNAL_MS);
    gate.see_nothing(Some(Hint::SeenUnread));
    gate.wait(timing::UNREAD_AFTER_MS);
    gate.see_nothing(Some(Hint::SeenUnread));
    assert_eq!(gate.signals(), [Signal::Unread, Signal::Unread]);
    assert!(gate.stored.is_empty());
}

#[test]
fn a_specimen_is_grey_whatever_it_would_have_been_and_counts_nowhere() {
    let mut gate = Gate::open();
    gate.show(Pass::Specimen);
    let Screen::Verdict(verdict) = &gate.model.screen else { panic!("no verdict") };
    assert!(verdict.decision.specimen);
    assert_eq!(verdict.refer, ReferStep::NotAsked);
    assert_eq!(gate.signals(), [Signal::Specimen]);
    gate.send(Event::NextTapped);
    assert_eq!(gate.model.today.tally, Default::default());
}

#[test]
fn a_visitor_without_a_code_is_counted_by_hand_and_without_a_name() {
    let mut gate = Gate::open();
    gate.send(Event::ManualTapped);
    assert!(gate.effects.contains(&Effect::PauseReading));
    gate.send(Event::ManualReasonChosen(ManualReason::PhoneDead));
    gate.send(Event::ManualAnswered { answer: Answer::Allowed, reason: ManualReason::PhoneDead });
    assert_eq!(gate.model.screen, Screen::Scan);
    let manual = EntryBody::Manual { answer: Answer::Allowed, reason: "MANUAL-PHONE".to_owned() };
    assert_eq!(gate.bodies(), [manual]);
    assert_eq!(gate.model.inside(), 1);
}

#[test]
fn an_undone_scan_never_happened_and_can_be_undone_for_a_minute() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.wait(timing::UNDO_MS - 1);
    gate.send(Event::UndoTapped);
    assert_eq!(gate.bodies().last(), Some(&EntryBody::Undo { of: 0 }));
    assert_eq!(gate.model.today.tally, Default::default());
    gate.send(Event::UndoTapped);
    assert_eq!(gate.stored.len(), 2, "once is enough");

    gate.show(Pass::Red);
    gate.wait(timing::UNDO_MS);
    gate.send(Event::UndoTapped);
    assert_eq!(gate.stored.len(), 3, "too late");
}

#[test]
fn on_the_way_out_a_visitor_leaves() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.wait(timing::ADMIT_MS + timing::SAME_CODE_MS);
    gate.send(Event::DirectionTapped);
    gate.show(Pass::Green);
    assert_eq!(gate.signals(), [Signal::Admit, Signal::Exit]);
    assert_eq!(gate.model.inside(), 0);
}

#[test]
fn with_a_dead_store_the_gate_goes_on_and_nothing_is_lost() {
    let mut gate = Gate::open();
    gate.store = Store::Fails(StoreFault::Lost);
    gate.show(Pass::Green);
    assert_eq!(gate.recorded(), Some(Recorded::NotYet));
    gate.send(Event::NextTapped);
    gate.show(Pass::Red);
    assert_eq!(gate.outcome(), Some(Outcome::Refuse));
    gate.send(Event::NextTapped);
    gate.send(Event::ManualTapped);
    gate.send(Event::ManualAnswered { answer: Answer::Allowed, reason: ManualReason::Child });
    assert_eq!(gate.model.store, StoreState::Holding { entries: 3, fault: StoreFault::Lost });
    assert!(gate.effects.contains(&Effect::ReopenLog));
    assert_eq!(gate.model.inside(), 2);

    gate.store = Store::Works;
    gate.wait(timing::STORE_RETRY_MS);
    assert_eq!(gate.model.store, StoreState::Good);
    assert_eq!(gate.stored.len(), 3);
    assert_eq!(gate.chain().state, ChainState::Whole);
}

#[test]
fn a_store_that_fails_again_and_again_is_not_asked_without_a_pause() {
    let mut gate = Gate::open();
    gate.store = Store::Fails(StoreFault::Unknown);
    gate.show(Pass::Green);
    for _ in 0..100 {
        gate.open_log();
    }
    let appends = |gate: &Gate| {
        gate.effects.iter().filter(|effect| matches!(effect, Effect::Append(_))).count()
    };
    assert_eq!(appends(&gate), 1);
    gate.wait(10 * timing::STORE_RETRY_MS);
    assert!((2..=12).contains(&appends(&gate)), "{}", appends(&gate));
}

#[test]
fn an_entry_that_reached_the_store_unheard_is_not_written_twice() {
    let mut gate = Gate::open();
    gate.store = Store::Silent;
    gate.show(Pass::Green);
    // It was written, then the connection broke.
    let entry = gate.effects.iter().find_map(|effect| match effect {
        Effect::Append(entry) => Some(entry.clone()),
        _ => None,
    });
    gate.stored.extend(entry);
    gate.store = Store::Works;
    gate.send(Event::EntryFailed { sequence: 0, fault: StoreFault::Lost });
    gate.open_log();
    assert_eq!(gate.recorded(), Some(Recorded::Recorded));
    assert_eq!(gate.model.store, StoreState::Good);
    assert_eq!(gate.stored.len(), 1);
    assert_eq!((gate.model.today.tally.admitted, gate.model.inside()), (1, 1));
}

#[test]
fn held_entries_follow_what_another_tab_wrote_in_between() {
    let mut gate = Gate::open();
    gate.store = Store::Fails(StoreFault::Lost);
    gate.show(Pass::Yellow);
    gate.send(Event::ReferAnswered {
        answer: Answer::Allowed,
        reason: ReferReason::IdentityMatches,
    });
    // Another tab took the log over and wrote one entry.
    let mut other = Gate::open();
    other.show(Pass::Green);
    gate.stored = other.stored;
    gate.store = Store::Works;
    gate.open_log();
    gate.wait(timing::STORE_RETRY_MS);
    assert_eq!(gate.stored.len(), 3);
    assert_eq!(gate.chain().state, ChainState::Whole);
    let last = gate.bodies().pop();
    assert!(matches!(last, Some(EntryBody::Resolution { of: 1, .. })), "{last:?}");
}

#[test]
fn a_second_tab_waits_until_it_is_tapped() {
    let mut gate = Gate::opened();
    gate.send(Event::LogHeldElsewhere);
    assert_eq!(gate.model.screen, Screen::Problem(Problem::SecondTab));
    gate.send(Event::TakeOverTapped);
    assert!(gate.effects.contains(&Effect::TakeLogOver));
    gate.open_log();
    assert_eq!(gate.model.screen, Screen::Welcome);
}

#[test]
fn a_camera_that_fails_has_its_screen_and_a_retry() {
    let mut gate = Gate::opened();
    gate.send(Event::BeginTapped);
    gate.send(Event::CameraFailed(CameraFault::Denied));
    assert_eq!(gate.model.screen, Screen::Problem(Problem::Camera(CameraFault::Denied)));
    gate.effects.clear();
    gate.send(Event::RetryTapped);
    assert!(gate.effects.contains(&Effect::OpenCamera));
    gate.send(Event::CameraOpened(CameraView { running: true, ..CameraView::default() }));
    assert_eq!(gate.model.screen, Screen::Scan);
}

#[test]
fn a_camera_that_fails_behind_a_verdict_does_not_tear_it_away() {
    let mut gate = Gate::open();
    gate.show(Pass::Red);
    gate.send(Event::CameraFailed(CameraFault::Busy));
    assert_eq!(gate.outcome(), Some(Outcome::Refuse));
    gate.send(Event::NextTapped);
    assert_eq!(gate.model.screen, Screen::Problem(Problem::Camera(CameraFault::Busy)));
}

#[test]
fn a_picture_is_decided_even_where_the_camera_is_denied() {
    let mut gate = Gate::opened();
    gate.send(Event::BeginTapped);
    gate.send(Event::CameraFailed(CameraFault::Denied));
    let text = gate.city.pass(Pass::Green);
    let payloads = vec![Payload::from_text(text)];
    gate.send(Event::PictureRead(FrameReading { payloads, ..FrameReading::default() }));
    assert_eq!(gate.outcome(), Some(Outcome::Admit));
}

#[test]
fn without_a_camera_the_desk_is_open_and_the_fault_is_met_again_each_time() {
    let mut gate = Gate::opened();
    gate.send(Event::BeginTapped);
    gate.send(Event::CameraFailed(CameraFault::Denied));
    let denied = Screen::Problem(Problem::Camera(CameraFault::Denied));
    for page in [DeskPage::Menu, DeskPage::History, DeskPage::Menu] {
        gate.send(Event::DeskTapped(page));
        assert_eq!(gate.model.screen, Screen::Desk(page));
        gate.send(Event::BackTapped);
        assert_eq!(gate.model.screen, denied);
    }
    for pass in [Pass::Red, Pass::Black] {
        gate.send(Event::Typed(gate.city.pass(pass)));
        assert!(matches!(gate.model.screen, Screen::Verdict(_)));
        gate.send(Event::NextTapped);
        assert_eq!(gate.model.screen, denied, "no scan screen without a picture");
    }
    gate.send(Event::CameraOpened(CameraView { running: true, ..CameraView::default() }));
    assert_eq!(gate.model.screen, Screen::Scan);
    gate.send(Event::DeskTapped(DeskPage::Menu));
    gate.send(Event::BackTapped);
    assert_eq!(gate.model.screen, Screen::Scan);
}

#[test]
fn scan_list_scan_keeps_the_camera() {
    let mut gate = Gate::open();
    gate.effects.clear();
    gate.send(Event::DeskTapped(DeskPage::History));
    assert_eq!(gate.model.screen, Screen::Desk(DeskPage::History));
    gate.send(Event::BackTapped);
    assert_eq!(gate.model.screen, Screen::Scan);
    let beside = [Effect::PauseReading, Effect::OpenDesk(DeskPage::History), Effect::CloseDesk];
    assert_eq!(gate.effects[..3], beside);
    assert_eq!(gate.effects[3..], [Effect::StartReading]);
}

#[test]
fn a_desk_that_does_not_come_is_explained_over_the_camera() {
    let mut gate = Gate::open();
    gate.send(Event::DeskTapped(DeskPage::Menu));
    gate.send(Event::DeskFailed);
    assert_eq!((&gate.model.screen, gate.model.sheet), (&Screen::Scan, Some(Sheet::NoDesk)));
}

#[test]
fn a_checkpoint_is_signed_for_the_place_where_it_will_stand() {
    let mut gate = Gate::open();
    let key = SigningKey::from_bytes(&[3; 32]);
    gate.send(Event::SignatureWanted(Statement::Checkpoint));
    let asked = |effects: &[Effect]| {
        effects.iter().rev().find_map(|effect| match effect {
            Effect::Sign { place, .. } => Some(*place),
            _ => None,
        })
    };
    let stale = asked(&gate.effects).expect("asked for");
    // Something is written before the signature comes: it is for another place now.
    gate.send(Event::ManualTapped);
    gate.send(Event::ManualAnswered { answer: Answer::Allowed, reason: ManualReason::Child });
    gate.send(signed(&key, stale));
    let place = asked(&gate.effects).expect("asked for again");
    assert_ne!(place, stale);
    gate.send(signed(&key, place));
    let last = read_entry(gate.stored.last().expect("an entry")).expect("sound");
    assert!(matches!(last.body, EntryBody::Signed(_)));
    assert_eq!((last.sequence, last.at_unix_ms), (place.head.next_sequence(), place.at_unix_ms));
}

fn signed(key: &SigningKey, place: SignedPlace) -> Event {
    let device_public_key = key.verifying_key().to_bytes();
    let statement = Statement::Checkpoint;
    let signature = key.sign(&statement.message(&place, &device_public_key)).to_bytes();
    let body = EntryBody::Signed(SignedBody { statement, device_public_key, signature });
    Event::Signed { place: Box::new(place), body: Box::new(body) }
}

#[test]
fn a_hidden_page_shows_no_name_but_keeps_a_question() {
    let mut gate = Gate::open();
    gate.show(Pass::Green);
    gate.send(Event::PageHidden);
    assert_eq!(gate.model.screen, Screen::Scan);
    gate.show(Pass::Yellow);
    gate.send(Event::PageHidden);
    assert_eq!(gate.outcome(), Some(Outcome::Refer));
}

#[test]
fn the_chain_of_a_busy_hour_is_whole() {
    let mut gate = Gate::open();
    for pass in [Pass::Red, Pass::Yellow, Pass::Red, Pass::Black].iter().cycle().take(200) {
        gate.show(*pass);
        gate.send(Event::NextTapped);
        gate.wait(timing::SAME_CODE_MS);
    }
    assert_eq!(gate.stored.len(), 250, "each Refer has its resolution");
    assert_eq!(gate.chain().state, ChainState::Whole);
}

#[test]
fn a_new_version_waits_for_a_tap_in_a_quiet_moment() {
    let mut gate = Gate::open();
    gate.send(Event::UpdateTapped);
    gate.send(Event::UpdateReady);
    gate.show(Pass::Red);
    gate.send(Event::UpdateTapped);
    gate.send(Event::NextTapped);
    gate.store = Store::Silent;
    gate.show(Pass::Green);
    gate.send(Event::NextTapped);
    gate.send(Event::UpdateTapped);
    assert!(
        !gate.effects.contains(&Effect::ApplyUpdate),
        "none ready, a verdict, an unsaved entry"
    );
    gate.send(Event::EntryStored { sequence: 1 });
    gate.send(Event::UpdateTapped);
    assert!(gate.effects.contains(&Effect::ApplyUpdate));
}

#[test]
fn a_log_that_is_on_this_phone_alone_for_a_day_is_brought_to_mind() {
    let mut gate = Gate::open();
    assert!(!gate.model.is_overdue(gate.now_unix_ms + 2 * timing::HAND_OVER_MS), "nothing to give");
    gate.show(Pass::Green);
    let recorded = gate.now_unix_ms;
    assert!(!gate.model.is_overdue(recorded + timing::HAND_OVER_MS));
    assert!(gate.model.is_overdue(recorded + timing::HAND_OVER_MS + 1));
    gate.send(Event::HandedOver);
    assert!(!gate.model.is_overdue(recorded + 9 * timing::HAND_OVER_MS));
}

#[test]
fn a_clock_that_was_set_shows_in_the_next_entry() {
    let mut gate = Gate::open();
    let by_hand = |gate: &mut Gate| {
        gate.send(Event::ManualTapped);
        gate.send(Event::ManualAnswered { answer: Answer::Allowed, reason: ManualReason::Child });
        read_entry(gate.stored.last().expect("an entry")).expect("sound").clock
    };
    assert_eq!(by_hand(&mut gate), ClockFlag::Steady);
    gate.wait(timing::HOUR_MS);
    assert_eq!(by_hand(&mut gate), ClockFlag::Steady, "an hour without a visitor is no jump");
    for set_by_ms in [timing::HOUR_MS, -timing::HOUR_MS / 2] {
        gate.wait(timing::HOUR_MS);
        gate.now_unix_ms += set_by_ms;
        gate.set_by_ms += set_by_ms;
        assert_eq!(by_hand(&mut gate), ClockFlag::Jump, "{set_by_ms}");
    }
    gate.now_unix_ms -= 2 * timing::HOUR_MS;
    gate.set_by_ms -= 2 * timing::HOUR_MS;
    assert_eq!(by_hand(&mut gate), ClockFlag::Back);
    // While the phone sleeps the running time stands still; that is nobody's doing.
    gate.now_unix_ms += 8 * timing::HOUR_MS;
    gate.set_by_ms += 5 * timing::HOUR_MS;
    gate.send(Event::PageHidden);
    assert_eq!(by_hand(&mut gate), ClockFlag::Steady);
}

#[test]
fn a_scanner_that_types_goes_on_to_the_next_visitor_and_says_nothing_twice() {
    let mut gate = Gate::open();
    let (green, red) = (gate.city.pass(Pass::Green), gate.city.pass(Pass::Red));
    gate.send(Event::Typed(green.clone()));
    assert!(matches!(gate.model.screen, Screen::Verdict(_)));
    gate.send(Event::Typed(green));
    assert_eq!(gate.stored.len(), 1, "the same again was one press of the button");
    gate.send(Event::Typed(red));
    assert_eq!(gate.stored.len(), 2);
    // What is no code of ours is explained, and refuses nobody.
    gate.send(Event::NextTapped);
    gate.send(Event::Typed("https://example.com/menu".to_owned()));
    assert!(matches!(gate.model.screen, Screen::Scan));
    assert!(gate.model.sheet.is_some());
    // A question waits for its answer.
    let mut gate = Gate::open();
    let (yellow, green) = (gate.city.pass(Pass::Yellow), gate.city.pass(Pass::Green));
    gate.send(Event::Typed(yellow));
    gate.send(Event::Typed(green));
    assert_eq!(gate.stored.len(), 1);
}

#[test]
fn the_torch_and_the_near_view_are_switched_where_the_camera_has_them() {
    let mut gate = Gate::open();
    gate.send(Event::ZoomTapped);
    assert!(!gate.effects.iter().any(|effect| matches!(effect, Effect::SetZoom(_))));
    let view = CameraView { running: true, zoom: Some(false), ..CameraView::default() };
    gate.send(Event::CameraOpened(view));
    gate.send(Event::ZoomTapped);
    assert_eq!(gate.model.camera.zoom, Some(true));
    assert!(gate.effects.iter().any(|effect| matches!(effect, Effect::SetZoom(true))));
}

#[test]
fn on_the_wall_nobody_answers_nobody_is_named_and_only_the_pin_leads_out() {
    let mut gate = Gate::open();
    // Only from the desk, where the PIN was asked for.
    gate.send(Event::KioskTurned(true));
    assert!(!gate.model.kiosk);
    gate.send(Event::DeskTapped(DeskPage::Menu));
    gate.send(Event::KioskTurned(true));
    assert!(gate.model.kiosk);
    assert_eq!(gate.model.screen, Screen::Scan);
    assert!(gate.effects.iter().any(|effect| matches!(effect, Effect::FaceVisitors(true))));
    // An admission leaves by itself, and so does everything else.
    gate.show(Pass::Green);
    gate.wait(timing::KIOSK_ADMIT_MS + 10);
    assert_eq!(gate.model.screen, Screen::Scan);
    gate.wait(timing::SAME_CODE_MS);
    // A question is nobody's to answer: it is recorded as not answered, and nobody enters by it.
    let inside = gate.model.inside();
    gate.show(Pass::Yellow);
    gate.send(Event::ReferTapped(Answer::Allowed));
    gate.send(Event::ReferAnswered {
        answer: Answer::Allowed,
        reason: ReferReason::IdentityMatches,
    });
    assert_eq!(gate.stored.len(), 2);
    gate.wait(timing::KIOSK_MS + 10);
    assert_eq!(gate.model.screen, Screen::Scan);
    let Some(EntryBody::Resolution { answer, .. }) = gate.bodies().pop() else {
        panic!("an answer")
    };
    assert_eq!((answer, gate.model.inside()), (Answer::Unanswered, inside));
    for tap in [
        Event::ManualTapped,
        Event::SetupTapped,
        Event::DirectionTapped,
        Event::DeskTapped(DeskPage::Menu),
        Event::DeskTapped(DeskPage::Gate),
        Event::UndoTapped,
    ] {
        gate.send(tap);
        assert_eq!(gate.model.screen, Screen::Scan);
    }
    assert_eq!(gate.model.gate.direction, Direction::Entry);
    gate.send(Event::DeskTapped(DeskPage::LeaveKiosk));
    assert_eq!(gate.model.screen, Screen::Desk(DeskPage::LeaveKiosk));
    gate.send(Event::BackTapped);
    assert!(gate.model.kiosk);
    // A camera that fails is no trap.
    gate.send(Event::CameraFailed(CameraFault::Absent));
    assert_eq!(gate.model.screen, Screen::Problem(Problem::Camera(CameraFault::Absent)));
    gate.send(Event::ManualTapped);
    assert_eq!(gate.model.screen, Screen::Problem(Problem::Camera(CameraFault::Absent)));
    gate.send(Event::DeskTapped(DeskPage::LeaveKiosk));
    assert_eq!(gate.model.screen, Screen::Desk(DeskPage::LeaveKiosk));
    gate.send(Event::KioskTurned(false));
    assert!(!gate.model.kiosk);
    gate.send(Event::ManualTapped);
    assert!(matches!(gate.model.screen, Screen::Manual(_)));
}
