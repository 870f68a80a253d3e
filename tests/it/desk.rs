//! Looking back over the log, and what a self-test's answers mean.

use gerbang::audit_log::{
    Answer, ChainHead, ClockFlag, Direction, Entry, EntryBody, EntryDraft, GateName, Hash,
    KeyedPart, LogId, Outcome, csv_cell, read_entry, write_csv_row,
};
use gerbang::desk::selftest::{Check, Facts, State, findings, is_ready};
use gerbang::desk::{History, Show};
use gerbang::trust::Freshness;

const DAY_MS: i64 = 86_400_000;
/// 2026-11-24 at midnight in Jakarta.
const MIDNIGHT_MS: i64 = 1_795_453_200_000;
const WIB_MIN: i16 = 420;

struct Log {
    head: ChainHead,
    entries: Vec<Entry>,
    rows: Vec<String>,
    /// Of the entries that follow.
    part: Option<KeyedPart>,
}

impl Log {
    fn new() -> Self {
        let head = ChainHead::genesis(LogId([7; 16]));
        Self { head, entries: Vec::new(), rows: Vec::new(), part: None }
    }

    fn add(&mut self, at_unix_ms: i64, body: EntryBody) -> u64 {
        let stored = self.head.append(EntryDraft {
            at_unix_ms,
            utc_offset_min: WIB_MIN,
            clock: ClockFlag::Steady,
            gate: GateName { venue: "=balai".to_owned(), gate: "Pintu 1".to_owned() },
            direction: Direction::Entry,
            body,
            policy_digest: Hash::ABSENT,
            registry_digest: Hash::ABSENT,
            app_version: "test".to_owned(),
            pseudonym: self.part.clone(),
            sealed: None,
        });
        self.rows.push(write_csv_row(&stored));
        self.entries.push(read_entry(&stored).expect("just written"));
        stored.sequence
    }

    fn decided(&mut self, at_unix_ms: i64, outcome: Outcome) -> u64 {
        self.add(at_unix_ms, decision(outcome, false))
    }

    /// Gives the look what it asks for, and answers how many rows were read.
    fn answer(&self, look: &mut History, needle: &str) -> u64 {
        let mut read = 0;
        while let Some(asked) = look.wants() {
            read += asked.end - asked.start;
            let at = |sequence: u64| usize::try_from(sequence).expect("small");
            let rows = self.entries[at(asked.start)..at(asked.end)].iter().cloned().map(Ok);
            look.take(asked, rows, |entry| {
                needle.is_empty() || format!("{:?}", entry.body).contains(needle)
            });
        }
        read
    }

    fn look(&self, show: Show, rows: usize) -> History {
        let mut look = History::new(show, rows, 0..self.entries.len() as u64);
        self.answer(&mut look, "");
        look
    }
}

fn decision(outcome: Outcome, specimen: bool) -> EntryBody {
    EntryBody::Decision {
        outcome,
        status: None,
        specimen,
        reasons: vec!["PASS-EXP".to_owned()],
        family: "gerbang".to_owned(),
        issuer: None,
    }
}

fn sequences(look: &History) -> Vec<u64> {
    look.rows().iter().map(|row| row.entry.sequence).collect()
}

/// A morning with one of each.
fn morning() -> Log {
    let mut log = Log::new();
    let at = |hour: i64| MIDNIGHT_MS + hour * 3_600_000;
    log.decided(at(7), Outcome::Admit);
    let referred = log.decided(at(8), Outcome::Refer);
    log.add(
        at(8) + 9_000,
        EntryBody::Resolution {
            of: referred,
            answer: Answer::Allowed,
            reason: "REFER-ID-OK".to_owned(),
        },
    );
    log.decided(at(8) + 60_000, Outcome::Refuse);
    let mistaken = log.decided(at(9), Outcome::Admit);
    log.add(at(9) + 5_000, EntryBody::Undo { of: mistaken });
    log.add(at(9) + 6_000, decision(Outcome::Admit, true));
    log.add(
        at(10),
        EntryBody::Manual { answer: Answer::TurnedAway, reason: "MANUAL-NO-PASS".to_owned() },
    );
    let refused = log.decided(at(11), Outcome::Refuse);
    log.add(at(11) + 30_000, EntryBody::Override { of: refused, reason: "OTHER".to_owned() });
    log
}

#[test]
fn the_newest_comes_first_with_what_became_of_it() {
    let look = morning().look(Show::All, 100);
    assert_eq!(sequences(&look), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    assert!(look.row(4).expect("there").undone);
    assert_eq!(look.row(1).expect("there").answer, Some(Answer::Allowed));
    assert!(!look.has_more());
}

#[test]
fn a_flag_shows_at_each_entry_of_its_visitor() {
    let mut log = morning();
    let who = |salt| Some(KeyedPart::known(&[1; 32], [2; 32], [salt; 16]));
    log.part = who(1);
    let first = log.decided(MIDNIGHT_MS + 1, Outcome::Admit);
    log.part = None;
    let other = log.decided(MIDNIGHT_MS + 2, Outcome::Admit);
    for (salt, raised) in [(2, true), (3, false), (4, true)] {
        log.part = who(salt);
        log.add(MIDNIGHT_MS + 3, EntryBody::Attention { of: first, raised });
    }
    let look = log.look(Show::All, 100);
    let flagged = |sequence| look.row(sequence).expect("there").attention_since_unix_ms;
    assert_eq!((flagged(first), flagged(other)), (Some(MIDNIGHT_MS + 3), None));
    log.add(MIDNIGHT_MS + 4, EntryBody::Attention { of: first, raised: false });
    let look = log.look(Show::All, 100);
    assert_eq!(look.row(first).expect("there").attention_since_unix_ms, None);
}

#[test]
fn a_day_is_counted_by_the_hour_without_specimens_and_undone_scans() {
    let look = morning().look(Show::All, 100);
    let day = look.sums().day();
    assert_eq!((day.admitted, day.referred, day.refused), (3, 1, 2));
    assert_eq!(look.sums().hours[8].total(), 3);
    assert_eq!(look.sums().hours[9].total(), 0);
}

#[test]
fn each_filter_shows_its_own() {
    let log = morning();
    for (show, expected) in [
        (Show::Admitted, &[9, 4, 2, 0][..]),
        (Show::Referred, &[1]),
        (Show::Refused, &[8, 7, 3]),
        (Show::ByHand, &[9, 7, 2]),
    ] {
        assert_eq!(sequences(&log.look(show, 100)), expected, "{show:?}");
    }
}

#[test]
fn a_long_log_is_read_only_as_far_as_the_screen_and_the_day_need() {
    let mut log = Log::new();
    for day in 0..10 {
        for minute in 0..1_000 {
            log.decided(MIDNIGHT_MS + day * DAY_MS + minute * 60_000, Outcome::Admit);
        }
    }
    let mut look = History::new(Show::All, 50, 0..10_000);
    let read = log.answer(&mut look, "");
    assert!(read <= 2_100, "{read} rows were read");
    assert_eq!(look.sums().day().admitted, 1_000);
    assert!(look.has_more());
    look.want_more(5_000);
    log.answer(&mut look, "");
    assert!(look.rows().len() >= 5_050);
}

#[test]
fn a_rare_entry_is_found_however_far_back() {
    let mut log = Log::new();
    log.decided(MIDNIGHT_MS - 9 * DAY_MS, Outcome::RefuseAndAlert);
    for minute in 0..5_000 {
        log.decided(MIDNIGHT_MS + minute * 1_000, Outcome::Admit);
    }
    let mut look = History::new(Show::All, 10, 0..5_001);
    log.answer(&mut look, "RefuseAndAlert");
    assert_eq!(sequences(&look), [0]);
    assert_eq!(look.progress(), (5_001, 5_001));
}

#[test]
fn an_empty_log_wants_nothing() {
    let look = History::new(Show::All, 10, 0..0);
    assert_eq!(look.wants(), None);
    assert!(!look.has_more());
}

#[test]
fn a_table_has_a_row_an_entry_and_no_formula() {
    let log = morning();
    assert!(log.rows[1].starts_with("1,2026-11-24T08:00:00.000+07:00,\"'=balai\",Pintu 1,entry,"));
    assert!(log.rows[1].contains(",decision,refer,,,PASS-EXP,gerbang,,,,"));
    assert!(log.rows[2].contains(",resolution,,,,REFER-ID-OK,,,1,allowed,"));
    assert!(log.rows.iter().all(|row| row.ends_with("\r\n")));
    for (text, expected) in [
        ("plain", "plain"),
        ("a,b", "\"a,b\""),
        ("say \"so\"", "\"say \"\"so\"\"\""),
        ("=1+1", "\"'=1+1\""),
        ("@cmd", "\"'@cmd\""),
        ("-2", "\"'-2\""),
        ("\t=1", "\"'\t=1\""),
    ] {
        assert_eq!(csv_cell(text), expected);
    }
}

fn healthy() -> Facts {
    Facts {
        specimen_read: true,
        camera_running: true,
        sound_on: Some(true),
        storage_written: true,
        storage_kept: Some(true),
        free_bytes: Some(1e9),
        clock_off_ms: Some(900),
        clock_back: false,
        registry: Some(Freshness::Fresh),
        chain_whole: Some(true),
        files_kept: true,
        vibrates: true,
        heard: None,
        felt: None,
    }
}

#[test]
fn each_fact_speaks_for_its_own_check() {
    let state = |facts: Facts, check: Check| {
        findings(&facts).into_iter().find(|finding| finding.check == check).expect("there").state
    };
    assert!(findings(&healthy()).iter().all(|finding| finding.state == State::Good));
    for (facts, check, expected) in [
        (Facts { specimen_read: false, ..healthy() }, Check::Specimen, State::Bad),
        (Facts { camera_running: false, ..healthy() }, Check::Camera, State::Bad),
        (Facts { sound_on: Some(false), ..healthy() }, Check::Sound, State::Mind),
        (Facts { sound_on: None, ..healthy() }, Check::Sound, State::Absent),
        (Facts { storage_written: false, ..healthy() }, Check::Storage, State::Bad),
        (Facts { storage_kept: Some(false), ..healthy() }, Check::Storage, State::Mind),
        (Facts { free_bytes: Some(1e6), ..healthy() }, Check::Storage, State::Mind),
        (Facts { clock_off_ms: Some(-90_000), ..healthy() }, Check::Clock, State::Bad),
        (Facts { clock_off_ms: None, ..healthy() }, Check::Clock, State::Good),
        (Facts { clock_back: true, ..healthy() }, Check::Clock, State::Bad),
        (Facts { registry: Some(Freshness::Warn), ..healthy() }, Check::Registry, State::Mind),
        (Facts { registry: None, ..healthy() }, Check::Registry, State::Bad),
        (Facts { chain_whole: Some(false), ..healthy() }, Check::Log, State::Bad),
        (Facts { chain_whole: None, ..healthy() }, Check::Log, State::Absent),
        (Facts { files_kept: false, ..healthy() }, Check::Offline, State::Mind),
        (Facts { vibrates: false, ..healthy() }, Check::Vibration, State::Absent),
        (Facts { heard: Some(true), ..healthy() }, Check::Sound, State::Good),
        (Facts { heard: Some(false), ..healthy() }, Check::Sound, State::Mind),
        (
            Facts { sound_on: Some(false), heard: Some(true), ..healthy() },
            Check::Sound,
            State::Good,
        ),
        (Facts { sound_on: None, heard: Some(false), ..healthy() }, Check::Sound, State::Absent),
        (Facts { felt: Some(true), ..healthy() }, Check::Vibration, State::Good),
        (Facts { felt: Some(false), ..healthy() }, Check::Vibration, State::Mind),
        (
            Facts { vibrates: false, felt: Some(false), ..healthy() },
            Check::Vibration,
            State::Absent,
        ),
    ] {
        assert_eq!(state(facts, check), expected, "{check:?}");
    }
}

#[test]
fn a_gate_without_vibration_is_ready_and_one_without_a_camera_is_not() {
    assert!(is_ready(&findings(&Facts { vibrates: false, ..healthy() })));
    assert!(!is_ready(&findings(&Facts { camera_running: false, ..healthy() })));
}
