//! What a gate makes of the others' documents, and when it asks for them.

use crate::audit_log::{admitted, draft};
use crate::audit_log_signed::sign;
use ed25519_dalek::SigningKey;
use gerbang::audit_log::{
    Answer, ChainHead, Checkpoint, Direction, EntryBody, EntryDraft, GateName, KeyedPart, LogId,
    Outcome, Statement, StoredEntry, read_entry,
};
use gerbang::sync::{
    Ask, DOCUMENTS_MAX, Documents, Doubt, Got, How, Listener, Moment, Passed, SegmentError, Venue,
    Want, timing, write_segment,
};
use gerbang::trust::HubUser;

const AT_UNIX_MS: i64 = 1_764_000_000_000;
const NOW_UNIX_MS: i64 = AT_UNIX_MS + 3_600_000;
const HOUR: i64 = AT_UNIX_MS / 3_600_000;

/// Another gate of the venue.
struct Gate {
    device: SigningKey,
    head: ChainHead,
    log: Vec<StoredEntry>,
    user: HubUser,
    gate: &'static str,
    minute: i64,
}

fn pseudonym(who: u8) -> [u8; 32] {
    gerbang::audit_log::pseudonym(&[1; 32], &[who; 32])
}

fn own() -> LogId {
    LogId([0; 16])
}

fn venue() -> Venue {
    Venue::new(&draft(0, admitted()).gate.venue, own())
}

impl Gate {
    fn new(seed: u8, gate: &'static str) -> Self {
        let device = SigningKey::from_bytes(&[seed; 32]);
        let head = ChainHead::genesis(LogId::of_device(&device.verifying_key().to_bytes()));
        let user = HubUser::of("balai-kota", gate).expect("short");
        Self { device, head, log: Vec::new(), user, gate, minute: 0 }
    }

    fn write(&mut self, body: EntryBody, who: Option<u8>, direction: Direction) -> u64 {
        let sequence = self.head.next_sequence();
        let draft = draft(AT_UNIX_MS + self.minute * 60_000, body);
        self.minute += 1;
        let gate = GateName { gate: self.gate.to_owned(), ..draft.gate.clone() };
        let pseudonym = who.map(|who| KeyedPart::pseudonym(&[1; 32], &[who; 32], [who; 16]));
        let draft = EntryDraft { gate, direction, pseudonym, ..draft };
        self.log.push(self.head.append(draft));
        sequence
    }

    fn admit(&mut self, who: u8, direction: Direction) -> u64 {
        self.write(admitted(), Some(who), direction)
    }

    fn refer(&mut self, who: u8) -> u64 {
        let mut body = admitted();
        if let EntryBody::Decision { outcome, .. } = &mut body {
            *outcome = Outcome::Refer;
        }
        self.write(body, Some(who), Direction::Entry)
    }

    fn segment(&self, entries: std::ops::Range<usize>) -> Documents {
        let mut head = ChainHead::after(&self.log[entries.end - 1]).expect("our own entry");
        let signed = sign(&mut head, AT_UNIX_MS, Statement::Checkpoint, &self.device);
        let checkpoint = Checkpoint::of(&read_entry(&signed).expect("our own"));
        write_segment(&self.user, &self.log[entries], &checkpoint.expect("a checkpoint"))
            .expect("in order")
    }

    fn whole(&self) -> Documents {
        self.segment(0..self.log.len())
    }
}

/// Parts first, as gates write them.
fn take(venue: &mut Venue, documents: &Documents) -> Vec<Passed> {
    let mut passed = Vec::new();
    if let Some(parts) = &documents.parts {
        passed = venue.take(&documents.id.of_parts(), parts.as_bytes(), NOW_UNIX_MS);
    }
    let id = documents.id.to_string();
    passed.append(&mut venue.take(&id, documents.segment.as_bytes(), NOW_UNIX_MS));
    passed
}

fn ways(passed: &[Passed]) -> Vec<Direction> {
    passed.iter().map(|passed| passed.direction).collect()
}

#[test]
fn who_went_in_and_out_elsewhere_is_known_with_gate_and_time() {
    let mut gate = Gate::new(1, "Pintu Timur");
    gate.admit(1, Direction::Entry);
    gate.admit(1, Direction::Exit);
    let mut venue = venue();
    let passed = take(&mut venue, &gate.whole());
    assert_eq!(ways(&passed), [Direction::Entry, Direction::Exit]);
    let who = KeyedPart::pseudonym(&[1; 32], &[1; 32], [1; 16]).erasable.bytes;
    assert!(passed.iter().all(|one| one.who.as_slice() == who && one.gate == "Pintu Timur"));
    assert_eq!(passed.first().map(|one| one.at_unix_ms), Some(AT_UNIX_MS));
    let seen = venue.gates().get("Pintu Timur").expect("heard of");
    let hour = seen.hours.get(&HOUR).copied().unwrap_or_default();
    assert_eq!((hour.verdicts, hour.entered, hour.left), (2, 1, 1));
    assert_eq!(seen.latest_unix_ms, AT_UNIX_MS + 60_000);
}

#[test]
fn a_refer_counts_as_answered_and_what_is_undone_as_the_contrary() {
    let mut gate = Gate::new(1, "Pintu Timur");
    gate.refer(1);
    let of = gate.refer(2);
    let reason = String::new();
    let allowed = EntryBody::Resolution { of, answer: Answer::Allowed, reason };
    gate.write(allowed, None, Direction::Entry);
    let of = gate.admit(3, Direction::Entry);
    gate.write(EntryBody::Undo { of }, None, Direction::Entry);
    let mut venue = venue();
    let passed = take(&mut venue, &gate.whole());
    assert_eq!(ways(&passed), [Direction::Entry, Direction::Entry, Direction::Exit]);
    assert_eq!(passed[1].who, passed[2].who);
    assert_ne!(passed[0].who, passed[1].who);
}

#[test]
fn whoever_has_no_code_is_counted_and_no_more() {
    let mut gate = Gate::new(1, "Pintu Timur");
    let by_hand = || EntryBody::Manual { answer: Answer::Allowed, reason: "MANUAL-CHILD".into() };
    gate.write(by_hand(), None, Direction::Entry);
    gate.write(by_hand(), None, Direction::Entry);
    gate.write(by_hand(), None, Direction::Exit);
    let mut venue = venue();
    assert_eq!(take(&mut venue, &gate.whole()), []);
    assert_eq!((venue.inside_since(0), venue.inside_since(NOW_UNIX_MS)), (1, 0));
}

#[test]
fn who_is_inside_by_any_door_is_counted_once_and_by_the_later_word() {
    let mut east = Gate::new(1, "Pintu Timur");
    east.admit(1, Direction::Entry);
    east.admit(2, Direction::Entry);
    let mut west = Gate::new(2, "Pintu Barat");
    west.minute = 10;
    west.admit(1, Direction::Exit);
    west.admit(2, Direction::Entry);
    let mut own = Gate::new(3, "Pintu Utara");
    own.minute = 20;
    own.admit(3, Direction::Entry);
    own.admit(4, Direction::Entry);
    own.write(EntryBody::Undo { of: 1 }, None, Direction::Entry);
    let mut venue = Venue::new(&draft(0, admitted()).gate.venue, own.head.log());
    // The later word comes first.
    take(&mut venue, &west.whole());
    take(&mut venue, &east.whole());
    venue.count_own(&own.log, NOW_UNIX_MS);
    assert_eq!(venue.inside_since(0), 2);
    let pseudonym = |who| {
        let bytes = KeyedPart::pseudonym(&[1; 32], &[who; 32], [who; 16]).erasable.bytes;
        <[u8; 32]>::try_from(bytes).expect("32 bytes")
    };
    let last = |who| venue.last_of(&pseudonym(who)).expect("seen");
    assert_eq!((last(1).direction, last(2).direction), (Direction::Exit, Direction::Entry));
    assert_eq!((last(2).gate.as_str(), last(2).is_own), ("Pintu Barat", false));
    assert_eq!((last(3).is_own, last(4).direction), (true, Direction::Exit));
    assert_eq!(venue.inside_since(AT_UNIX_MS + 15 * 60_000), 1, "the others left unseen");
    venue.forget_before(NOW_UNIX_MS);
    assert_eq!((venue.inside_since(0), venue.last_of(&pseudonym(1))), (0, None));
}

#[test]
fn documents_may_come_in_any_order_and_twice() {
    let mut gate = Gate::new(1, "Pintu Timur");
    for who in 0..3 {
        gate.admit(who, Direction::Entry);
    }
    let [first, second, third] = [0, 1, 2].map(|at| gate.segment(at..at + 1));
    let mut venue = venue();
    assert_eq!(take(&mut venue, &first).len(), 1);
    assert_eq!(take(&mut venue, &third), [], "what is in front of it may still come");
    // The segment before its parts.
    let (id, parts) = (second.id.to_string(), second.parts.clone().expect("pseudonyms"));
    assert_eq!(venue.take(&id, second.segment.as_bytes(), NOW_UNIX_MS), []);
    assert_eq!(venue.take(&second.id.of_parts(), parts.as_bytes(), NOW_UNIX_MS).len(), 2);
    for documents in [&first, &second, &third, &gate.segment(1..3)] {
        assert_eq!(take(&mut venue, documents), []);
    }
    assert_eq!(venue.doubts().count(), 0);
}

#[test]
fn a_supervisors_flag_is_heard_and_taken_away_again_by_whichever_gate() {
    let (mut east, mut west) = (Gate::new(1, "Pintu Timur"), Gate::new(2, "Pintu Barat"));
    let of = east.admit(1, Direction::Entry);
    east.write(EntryBody::Attention { of, raised: true }, Some(1), Direction::Entry);
    let mut venue = venue();
    take(&mut venue, &east.whole());
    let flag = venue.flag_of(&pseudonym(1)).expect("heard").clone();
    assert_eq!((flag.raised, flag.is_own, flag.gate.as_str()), (true, false, "Pintu Timur"));
    assert_eq!(venue.flag_of(&pseudonym(2)), None);
    for _ in 0..4 {
        west.admit(2, Direction::Entry);
    }
    let of = west.admit(1, Direction::Exit);
    west.write(EntryBody::Attention { of, raised: false }, Some(1), Direction::Exit);
    take(&mut venue, &west.whole());
    let flag = venue.flag_of(&pseudonym(1)).expect("heard");
    assert_eq!((flag.raised, flag.gate.as_str()), (false, "Pintu Barat"));
    assert_eq!(venue.inside_since(0), 1, "a flag moves nobody");
}

#[test]
fn what_never_comes_is_gone_on_without() {
    let mut gate = Gate::new(1, "Pintu Timur");
    for who in 0..3 {
        gate.admit(who, Direction::Entry);
    }
    let mut venue = venue();
    take(&mut venue, &gate.segment(0..1));
    assert_eq!(take(&mut venue, &gate.segment(2..3)), []);
    let other = Gate::new(2, "Pintu Barat");
    let later = venue.take("_design/gerbang", b"{}", NOW_UNIX_MS);
    assert_eq!((later.len(), other.log.len()), (0, 0));
    let minutes_later = NOW_UNIX_MS + 61_000;
    let passed = venue.take(&gate.segment(0..1).id.of_parts(), b"{}", minutes_later);
    assert_eq!((passed.len(), venue.holes()), (1, 1));
}

#[test]
fn of_two_segments_that_begin_at_one_place_and_came_too_early_the_longer_counts() {
    let mut gate = Gate::new(1, "Pintu Timur");
    for who in 0..5 {
        gate.admit(who, Direction::Entry);
    }
    let mut venue = venue();
    take(&mut venue, &gate.segment(0..1));
    for early in [gate.segment(2..5), gate.segment(2..3)] {
        assert_eq!(take(&mut venue, &early), []);
    }
    assert_eq!(take(&mut venue, &gate.segment(1..2)).len(), 4);
}

#[test]
fn what_was_gone_on_without_counts_when_it_comes_after_all() {
    let mut gate = Gate::new(1, "Pintu Timur");
    gate.admit(0, Direction::Entry);
    let of = gate.admit(1, Direction::Entry);
    gate.write(EntryBody::Undo { of }, None, Direction::Entry);
    let of = gate.admit(2, Direction::Entry);
    let mut venue = venue();
    // A page that was opened anew hears of the last one first.
    assert_eq!(take(&mut venue, &gate.segment(3..4)).len(), 1);
    let late = take(&mut venue, &gate.segment(0..3));
    assert_eq!(ways(&late), [Direction::Entry, Direction::Entry, Direction::Exit]);
    assert_eq!(late[1].who, late[2].who);
    gate.write(EntryBody::Undo { of }, None, Direction::Entry);
    let undone = take(&mut venue, &gate.whole());
    assert_eq!(ways(&undone), [Direction::Exit], "and each counts once");
    assert_eq!(venue.inside_since(0), 1);
}

#[test]
fn a_segment_before_which_foreign_parts_came_counts_when_its_own_come() {
    let mut gate = Gate::new(1, "Pintu Timur");
    gate.admit(1, Direction::Entry);
    let written = gate.whole();
    let mut venue = venue();
    assert_eq!(venue.take(&written.id.of_parts(), b"{}", NOW_UNIX_MS), []);
    let (id, segment) = (written.id.to_string(), written.segment.as_bytes());
    assert_eq!(venue.take(&id, segment, NOW_UNIX_MS), []);
    assert_eq!(venue.doubts().count(), 1);
    let parts = written.parts.expect("a pseudonym");
    assert_eq!(venue.take(&written.id.of_parts(), parts.as_bytes(), NOW_UNIX_MS).len(), 1);
    // Its own in front of it as well, when the foreign ones were removed.
    let mut venue = Venue::new(&draft(0, admitted()).gate.venue, own());
    for parts in [b"{}", parts.as_bytes()] {
        assert_eq!(venue.take(&written.id.of_parts(), parts, NOW_UNIX_MS), []);
    }
    assert_eq!(venue.take(&id, segment, NOW_UNIX_MS).len(), 1);
}

#[test]
fn what_no_device_signed_is_named_and_counts_nothing() {
    let mut gate = Gate::new(1, "Pintu Timur");
    gate.admit(1, Direction::Entry);
    let documents = gate.whole();
    let mut venue = venue();
    let id = documents.id.to_string();
    let mut letters: Vec<char> = documents.segment.chars().collect();
    // Within the signature.
    letters[100] = if letters[100] == 'A' { 'B' } else { 'A' };
    let altered: String = letters.into_iter().collect();
    assert_eq!(venue.take(&id, altered.as_bytes(), NOW_UNIX_MS), []);
    assert_eq!(venue.take("rubbish", b"{}", NOW_UNIX_MS), []);
    let doubts: Vec<_> = venue.doubts().map(|(id, doubt)| (id.to_owned(), doubt)).collect();
    assert_eq!(doubts.len(), 2);
    assert_eq!(doubts[0].0, id);
    assert!(matches!(doubts[0].1, Doubt::Unproven(SegmentError::Signed(_))), "{doubts:?}");
    assert_eq!(doubts[1].1.code(), "HUB-ID");
}

#[test]
fn of_a_fork_the_first_counts_and_the_other_is_named() {
    let mut gate = Gate::new(1, "Pintu Timur");
    gate.admit(1, Direction::Entry);
    let mut again = Gate::new(1, "Pintu Timur");
    again.admit(2, Direction::Entry);
    again.admit(3, Direction::Entry);
    let mut venue = venue();
    assert_eq!(take(&mut venue, &gate.whole()).len(), 1);
    assert_eq!(take(&mut venue, &again.whole()), []);
    assert_eq!(venue.doubts().next().map(|(_, doubt)| doubt), Some(Doubt::Fork));
    // Also where only the chain tells: what continues the other's, and what is in front of it.
    assert_eq!(take(&mut venue, &again.segment(1..2)), []);
    assert_eq!(venue.doubts().count(), 2);
    let mut venue = Venue::new(&draft(0, admitted()).gate.venue, own());
    assert_eq!(take(&mut venue, &again.segment(1..2)).len(), 1);
    assert_eq!(take(&mut venue, &gate.whole()), []);
    assert_eq!(venue.doubts().next().map(|(_, doubt)| doubt), Some(Doubt::Fork));
}

#[test]
fn another_venues_entries_and_the_gates_own_count_nothing() {
    let mut gate = Gate::new(1, "Pintu Timur");
    gate.admit(1, Direction::Entry);
    let mut other = Venue::new("pasar", own());
    assert_eq!(take(&mut other, &gate.whole()), []);
    let mut same = Venue::new(&draft(0, admitted()).gate.venue, gate.head.log());
    assert_eq!(take(&mut same, &gate.whole()), []);
}

#[test]
fn a_clock_that_is_ahead_is_not_believed_beyond_now() {
    let mut gate = Gate::new(1, "Pintu Timur");
    gate.minute = 1_000;
    gate.admit(1, Direction::Entry);
    let passed = take(&mut venue(), &gate.whole());
    assert_eq!(passed.first().map(|passed| passed.at_unix_ms), Some(NOW_UNIX_MS));
}

fn at(running_ms: i64) -> Moment {
    Moment { running_ms, entropy: 512 }
}

fn answer(seq: &str, documents: usize) -> Got {
    Got::Answer { seq: seq.to_owned(), documents }
}

fn asked(listener: &mut Listener, running_ms: i64) -> Ask {
    match listener.get(Got::Nothing, at(running_ms)) {
        Want::Ask(ask) => ask,
        other => panic!("it asks: {other:?}"),
    }
}

const NEXT: How = How::Next { documents_max: DOCUMENTS_MAX };

#[test]
fn a_listener_begins_where_the_newest_do_reads_what_is_there_and_then_follows() {
    let mut listener = Listener::default();
    assert_eq!(asked(&mut listener, 5_000), Ask { since: None, how: How::Newest });
    let wait = Want::Wait { until_running_ms: 6_000 };
    assert_eq!(listener.get(answer("7-x", 3), at(5_100)), wait, "at most one a second");
    let since = |seq: &str| Some(seq.to_owned());
    assert_eq!(asked(&mut listener, 6_000), Ask { since: since("7-x"), how: NEXT });
    listener.get(answer("9-x", DOCUMENTS_MAX), at(6_500));
    assert_eq!(listener.heard_running_ms(), None, "there may be more");
    assert_eq!(asked(&mut listener, 7_000), Ask { since: since("9-x"), how: NEXT });
    listener.get(answer("9-y", 2), at(7_500));
    assert_eq!(listener.heard_running_ms(), Some(7_000), "as of when it was asked");
    assert_eq!(asked(&mut listener, 8_000), Ask { since: since("9-y"), how: How::Follow });
    let goes_on = Want::Wait { until_running_ms: 9_000 + timing::ANSWER_MS_MAX };
    assert_eq!(listener.get(Got::Line { seq: since("9-z") }, at(9_000)), goes_on);
    assert_eq!((listener.heard_running_ms(), listener.seq()), (Some(9_000), Some("9-z")));
    listener.get(Got::Line { seq: None }, at(29_000));
    assert_eq!((listener.heard_running_ms(), listener.seq()), (Some(29_000), Some("9-z")));
    let again = Ask { since: since("9-z"), how: How::Follow };
    assert_eq!(listener.get(Got::Ended, at(600_000)), Want::Ask(again));
    listener.get(Got::Failed, at(600_100));
    assert_eq!(asked(&mut listener, 700_000), Ask { since: since("9-z"), how: NEXT });
}

#[test]
fn a_listener_that_remembers_goes_on_from_there() {
    let mut listener = Listener::since("5-x".to_owned());
    assert_eq!(asked(&mut listener, 0), Ask { since: Some("5-x".to_owned()), how: NEXT });
}

#[test]
fn a_listener_begins_nothing_while_a_verdict_shows() {
    let mut listener = Listener::default();
    assert_eq!(listener.get(Got::Verdict(true), at(0)), Want::Rest);
    assert_eq!(listener.get(Got::Nothing, at(90_000)), Want::Rest);
    assert!(matches!(listener.get(Got::Verdict(false), at(90_000)), Want::Ask(_)));
}

#[test]
fn a_listener_pauses_longer_after_each_failure_and_an_hour_when_retired() {
    let mut listener = Listener::default();
    let mut now_ms = 0;
    let mut pauses = Vec::new();
    for _ in 0..3 {
        assert!(matches!(listener.get(Got::Nothing, at(now_ms)), Want::Ask(_)));
        let Want::Wait { until_running_ms } = listener.get(Got::Failed, at(now_ms)) else {
            panic!("it pauses");
        };
        pauses.push(until_running_ms - now_ms);
        now_ms = until_running_ms;
    }
    assert_eq!(pauses, [2_000, 4_000, 8_000]);
    listener.get(Got::Nothing, at(now_ms));
    let hour_later = Want::Wait { until_running_ms: now_ms + timing::LIST_AGAIN_MS };
    assert_eq!(listener.get(Got::Retired, at(now_ms)), hour_later);
}

#[test]
fn an_answer_that_is_too_large_is_cut_and_at_last_passed_over() {
    let mut listener = Listener::since("2".to_owned());
    let mut now_ms = 0;
    let mut tried = Vec::new();
    while let How::Next { documents_max } = asked(&mut listener, now_ms).how {
        tried.push(documents_max);
        listener.get(Got::TooLarge, at(now_ms));
        now_ms += timing::ASK_MS_MIN;
    }
    assert_eq!(tried, [250, 62, 15, 3, 1]);
    listener.get(answer("3", 1), at(now_ms));
    let next = asked(&mut listener, now_ms + 1_000);
    assert_eq!(next, Ask { since: Some("3".to_owned()), how: NEXT });
}

/// Reads on after its line was cut, and hears that there is nothing.
fn cut(listener: &mut Listener, at_ms: i64, last_seq: &str) {
    listener.get(Got::Failed, at(at_ms));
    let Ask { how, .. } = asked(listener, at_ms + 5_000);
    assert_eq!(how, NEXT);
    listener.get(answer(last_seq, 0), at(at_ms + 5_100));
}

/// Follows from there.
fn following(seq: &str) -> Listener {
    let mut listener = Listener::default();
    for (at_ms, answer) in [(0, answer("0", 1)), (2_000, answer(seq, 1))] {
        asked(&mut listener, at_ms);
        listener.get(answer, at(at_ms + 100));
    }
    assert_eq!(asked(&mut listener, 4_000).how, How::Follow);
    listener
}

#[test]
fn a_hub_that_was_put_back_from_an_older_copy_is_heard_from_the_newest_on() {
    // It says so itself, or after it was asked.
    for (seq, last_seq, update_seq) in [
        ("900-abc", "850-abc", None),
        ("900", "900", Some("850")),
        ("900-abc", "900-x", Some("2-x")),
    ] {
        let mut listener = following(seq);
        cut(&mut listener, 10_000, last_seq);
        if let Some(update_seq) = update_seq {
            assert_eq!(asked(&mut listener, 20_000).how, How::Where);
            listener.get(Got::Where { seq: update_seq.to_owned() }, at(20_100));
        }
        assert_eq!(asked(&mut listener, 30_000), Ask { since: None, how: How::Newest }, "{seq}");
        listener.get(answer("800-abc", 50), at(30_100));
        let next = asked(&mut listener, 32_000);
        assert_eq!(next, Ask { since: Some("800-abc".to_owned()), how: NEXT });
    }
}

#[test]
fn a_hub_that_is_as_far_as_before_is_followed_on() {
    for update_seq in ["900-abd", "901", "1000-x", "nonsense"] {
        let mut listener = following("900-abc");
        cut(&mut listener, 10_000, "900-abd");
        assert_eq!(asked(&mut listener, 20_000).how, How::Where);
        listener.get(Got::Where { seq: update_seq.to_owned() }, at(20_100));
        let follow = Ask { since: Some("900-abd".to_owned()), how: How::Follow };
        assert_eq!(asked(&mut listener, 30_000), follow, "{update_seq}");
        // While the line is not cut nobody doubts.
        listener.get(Got::Ended, at(640_000));
        assert_eq!(listener.heard_running_ms(), Some(20_000));
    }
    // Nor where there is something new: what names a smaller number then is another copy of the same.
    let mut listener = following("900-abc");
    listener.get(Got::Failed, at(10_000));
    asked(&mut listener, 20_000);
    listener.get(answer("850-other", 3), at(20_100));
    assert_eq!(asked(&mut listener, 30_000).how, How::Follow);
}

#[test]
fn copies_that_count_for_themselves_are_not_read_anew_more_than_once_an_hour() {
    let mut listener = following("900-abc");
    let mut anew = 0;
    for at_ms in (10_000..3_000_000).step_by(60_000) {
        cut(&mut listener, at_ms, "850-abc");
        match asked(&mut listener, at_ms + 8_000).how {
            How::Newest => {
                anew += 1;
                listener.get(answer("800-abc", 50), at(at_ms + 8_100));
                asked(&mut listener, at_ms + 10_000);
                listener.get(answer("900-abc", 50), at(at_ms + 10_100));
                asked(&mut listener, at_ms + 12_000);
            }
            How::Where => {
                listener.get(Got::Where { seq: "850-abc".to_owned() }, at(at_ms + 8_100));
                assert_eq!(asked(&mut listener, at_ms + 10_000).how, How::Follow);
            }
            How::Follow => {}
            how => panic!("{how:?}"),
        }
    }
    assert_eq!(anew, 1);
}

#[test]
fn a_hub_that_does_not_say_where_it_is_is_followed_all_the_same() {
    let mut listener = following("900-abc");
    cut(&mut listener, 10_000, "900-abc");
    assert_eq!(asked(&mut listener, 20_000).how, How::Where);
    listener.get(Got::Failed, at(20_100));
    assert_eq!(asked(&mut listener, 30_000).how, NEXT);
    listener.get(answer("900-abc", 0), at(30_100));
    assert_eq!(asked(&mut listener, 40_000).how, How::Follow);
}

#[test]
fn what_is_missing_is_asked_for_again_once_an_hour() {
    let mut listener = following("900-abc");
    assert!(matches!(listener.get(Got::Hole, at(10_000)), Want::Ask(Ask { how: How::Newest, .. })));
    listener.get(answer("800-abc", 50), at(10_100));
    let Ask { since, .. } = asked(&mut listener, 12_000);
    assert_eq!(since.as_deref(), Some("800-abc"));
    assert!(matches!(listener.get(Got::Hole, at(12_100)), Want::Wait { .. }));
}
