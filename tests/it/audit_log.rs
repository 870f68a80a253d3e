//! The log: what is written can be read, and a row of entries that is not the one written is told.

use gerbang::audit_log::{
    Answer, ChainHead, ChainReport, ChainStart, ChainState, ClockFlag, Direction, EntryBody,
    EntryDraft, EntryPart, Erasable, FaultCause, Gap, GapCause, GateName, Hash, KeyId, KeyedPart,
    LogError, LogId, Outcome, Part, StoredEntry, read_entry, verify_chain,
};
use gerbang::rules::Status;

const DEVICE: [u8; 32] = [7; 32];
const VENUE_KEY: [u8; 32] = [9; 32];

pub fn log() -> LogId {
    LogId::of_device(&DEVICE)
}

pub fn draft(at_unix_ms: i64, body: EntryBody) -> EntryDraft {
    EntryDraft {
        at_unix_ms,
        utc_offset_min: 420,
        clock: ClockFlag::Steady,
        gate: GateName { venue: "Kantor Wali Kota".into(), gate: "Pintu Utara".into() },
        direction: Direction::Entry,
        body,
        policy_digest: Hash::of(b"policy"),
        registry_digest: Hash::of(b"registry"),
        app_version: "0.1.0".into(),
        pseudonym: None,
        sealed: None,
    }
}

pub fn admitted() -> EntryBody {
    EntryBody::Decision {
        outcome: Outcome::Admit,
        status: Some(Status::Green),
        specimen: false,
        reasons: vec!["PL-GREEN".into()],
        family: "gerbang".into(),
        issuer: Some("Dinas Kesehatan".into()),
    }
}

/// `count` decisions, a minute apart, each with a pseudonym.
pub fn row(count: u8) -> Vec<StoredEntry> {
    let mut head = ChainHead::genesis(log());
    (0..count)
        .map(|index| {
            let mut draft = draft(1_764_000_000_000 + 60_000 * i64::from(index), admitted());
            draft.pseudonym = Some(KeyedPart::pseudonym(&VENUE_KEY, &[index; 32], [index; 16]));
            head.append(draft)
        })
        .collect()
}

fn bodies() -> Vec<EntryBody> {
    vec![
        admitted(),
        EntryBody::Decision {
            outcome: Outcome::Unreadable,
            status: None,
            specimen: true,
            reasons: vec![],
            family: "unknown".into(),
            issuer: None,
        },
        EntryBody::Resolution { of: 0, answer: Answer::TurnedAway, reason: "NO-ID".into() },
        EntryBody::Manual { answer: Answer::Allowed, reason: "CHILD".into() },
        EntryBody::Undo { of: 3 },
        EntryBody::Attention { of: 0, raised: false },
        EntryBody::Gap(Gap {
            cause: GapCause::Repaired,
            count: Some(70_000),
            since_unix_ms: Some(-1),
            earlier: Some((log(), u64::MAX, Hash::of(b"head"))),
        }),
        EntryBody::Gap(Gap {
            cause: GapCause::Unwritten,
            count: None,
            since_unix_ms: None,
            earlier: None,
        }),
    ]
}

#[test]
fn every_kind_is_read_as_it_was_written() {
    let mut head = ChainHead::genesis(log());
    for body in bodies() {
        let mut draft = draft(1_764_000_000_000, body.clone());
        let key = KeyId([1; 8]);
        let erasable = Erasable { salt: [2; 16], bytes: vec![3; 304] };
        draft.sealed = Some(KeyedPart { key, erasable: erasable.clone() });
        let place = (head.next_sequence(), head.previous());
        let stored = head.append(draft);
        let entry = read_entry(&stored).expect("our own entry");
        assert_eq!(entry.body, body);
        assert_eq!((entry.sequence, entry.previous), place);
        assert_eq!(entry.gate.gate, "Pintu Utara");
        assert_eq!(entry.pseudonym, None);
        assert_eq!(entry.sealed, Some(EntryPart { key, erasable: Some(erasable) }));
        assert_eq!(StoredEntry::parse(&stored.to_bytes()), Ok(stored));
    }
}

#[test]
fn what_is_too_long_is_cut_at_a_character_and_can_be_read() {
    let mut draft = draft(i64::MAX, admitted());
    draft.utc_offset_min = i16::MIN;
    draft.gate.gate = "ꦮ".repeat(100);
    draft.app_version = "x".repeat(100_000);
    draft.body = EntryBody::Manual { answer: Answer::Allowed, reason: "é".repeat(100) };
    let entry = read_entry(&ChainHead::genesis(log()).append(draft)).expect("our own entry");
    assert_eq!(entry.gate.gate, "ꦮ".repeat(40));
    assert_eq!(entry.app_version.len(), 120);
    assert_eq!(entry.at_unix_ms, 8_640_000_000_000_000);
    assert_eq!(entry.utc_offset_min, -1439);
}

fn verify(row: &[StoredEntry]) -> ChainReport {
    verify_chain(row, ChainStart::Genesis(log()), &[])
}

fn check(row: &[StoredEntry], expected: &[(Option<u64>, FaultCause)]) {
    let faults: Vec<_> = verify(row).faults.iter().map(|fault| (fault.at, fault.cause)).collect();
    assert_eq!(faults, expected);
}

#[test]
fn an_untouched_row_is_whole() {
    let row = row(20);
    let report = verify(&row);
    assert_eq!(report.state, ChainState::Whole);
    assert_eq!(report.count, 20);
    assert_eq!(report.head, Some(ChainHead::after(&row[19]).expect("our own entry")));
}

#[test]
fn a_swap_is_a_reordering_and_nothing_else() {
    let mut row = row(10);
    row.swap(4, 5);
    check(&row, &[(Some(4), FaultCause::Reordered)]);
}

#[test]
fn struck_parts_leave_the_chain_whole() {
    let mut row = row(10);
    row[4].strike();
    assert!(matches!(row[4].pseudonym, Part::Struck(_)));
    check(&row, &[]);
    row[4].pseudonym = Part::Struck(Hash::of(b"another"));
    check(&row, &[(Some(4), FaultCause::Entry(LogError::Hash))]);
}
