//! What can be done to a log behind the gate's back, each at every entry: all of it is told, by name.

use crate::audit_log::{admitted, draft, log, row};
use gerbang::audit_log::{
    ChainHead, ChainReport, ChainStart, ChainState, Direction, Fault, FaultCause, Hash, LogError,
    LogId, StoredEntry, verify_chain,
};

const ENTRIES: u8 = 60;

/// The head as a supervisor noted it, before anything was done.
fn known_head(row: &[StoredEntry]) -> ChainHead {
    ChainHead::after(row.last().expect("a row of some entries")).expect("our own entry")
}

fn verify(row: &[StoredEntry], known: ChainHead) -> ChainReport {
    verify_chain(row, ChainStart::Genesis(log()), &[known])
}

/// Does `forge` to each entry in turn; the report must name what was done, where it was done.
fn check(
    forge: impl Fn(&mut Vec<StoredEntry>, usize),
    expected: impl Fn(u64) -> (Option<u64>, FaultCause),
) {
    let good = row(ENTRIES);
    let known = known_head(&good);
    for at in 0..good.len() {
        let mut row = good.clone();
        forge(&mut row, at);
        let report = verify(&row, known);
        let expected = expected(at as u64);
        assert_ne!(report.state, ChainState::Whole, "entry {at}");
        let found = |fault: &Fault| (fault.at, fault.cause) == expected;
        assert!(report.faults.iter().any(found), "entry {at}: {:?}", report.faults);
    }
}

/// The entry at `at`, with another direction, and its hash made to fit.
fn rewritten(row: &[StoredEntry], at: usize) -> StoredEntry {
    let mut head = match at.checked_sub(1) {
        Some(before) => ChainHead::after(&row[before]).expect("our own entry"),
        None => ChainHead::genesis(log()),
    };
    let mut forged = draft(1_764_000_000_000, admitted());
    forged.direction = Direction::Exit;
    head.append(forged)
}

#[test]
fn an_entry_changed_without_its_hash_is_told() {
    check(
        |row, at| row[at].fixed = rewritten(row, at).fixed,
        |at| (Some(at), FaultCause::Entry(LogError::Part)),
    );
    check(
        |row, at| row[at].hash = Hash::of(b"another"),
        |at| (Some(at), FaultCause::Entry(LogError::Hash)),
    );
}

#[test]
fn an_entry_changed_together_with_its_hash_is_told_by_its_neighbour_or_by_the_known_head() {
    check(
        |row, at| row[at] = rewritten(row, at),
        |at| match at + 1 {
            next if next < ENTRIES.into() => (Some(next), FaultCause::Rewritten),
            _ => (Some(at), FaultCause::OtherHead),
        },
    );
}

#[test]
fn a_missing_entry_is_told() {
    check(
        |row, at| drop(row.remove(at)),
        |at| match at + 1 {
            next if next < ENTRIES.into() => (Some(at), FaultCause::Gap { before: next }),
            next => (Some(at), FaultCause::Truncated { before: next }),
        },
    );
}

#[test]
fn a_tail_cut_off_is_told() {
    check(
        |row, at| row.truncate(at),
        |at| (Some(at), FaultCause::Truncated { before: ENTRIES.into() }),
    );
}

#[test]
fn a_head_cut_off_is_told() {
    check(
        |row, at| drop(row.drain(..=at)),
        |at| match at + 1 {
            next if next < ENTRIES.into() => (Some(0), FaultCause::Gap { before: next }),
            next => (Some(0), FaultCause::Truncated { before: next }),
        },
    );
}

#[test]
fn an_entry_that_is_there_twice_is_told() {
    check(|row, at| row.insert(at + 1, row[at].clone()), |at| (Some(at), FaultCause::Duplicate));
    check(|row, at| row.push(row[at].clone()), |at| (Some(at), FaultCause::Duplicate));
}

#[test]
fn two_entries_of_one_number_are_told() {
    check(|row, at| row.insert(at + 1, rewritten(row, at)), |at| (Some(at), FaultCause::Forked));
}

#[test]
fn an_entry_out_of_its_place_is_told() {
    check(
        |row, at| {
            let entry = row.remove(at);
            let far = (at + 7).min(row.len());
            row.insert(far, entry);
            if far == at {
                // The last has nowhere later to go: the one before it goes behind it.
                let before = row.remove(at - 1);
                row.push(before);
            }
        },
        |at| (Some(at.min(u64::from(ENTRIES) - 2)), FaultCause::Reordered),
    );
}

#[test]
fn an_entry_of_another_log_is_told() {
    let other = LogId([9; 16]);
    check(
        |row, at| row.insert(at, ChainHead::genesis(other).append(draft(0, admitted()))),
        |_| (Some(0), FaultCause::OtherLog),
    );
}

#[test]
fn a_log_written_anew_is_told_by_the_known_head_alone() {
    let good = row(ENTRIES);
    let mut head = ChainHead::genesis(log());
    let anew: Vec<_> = (0..ENTRIES).map(|at| head.append(draft(at.into(), admitted()))).collect();
    let last = u64::from(ENTRIES) - 1;
    let report = verify(&anew, known_head(&good));
    let faults: Vec<_> = report.faults.iter().map(|fault| (fault.at, fault.cause)).collect();
    assert_eq!(faults, [(Some(last), FaultCause::OtherHead)]);
    let alone = verify_chain(&anew, ChainStart::Genesis(log()), &[]);
    assert_eq!(alone.state, ChainState::Whole, "a chain alone cannot show it");
}

#[test]
fn struck_parts_change_no_head() {
    let mut row = row(ENTRIES);
    let known = known_head(&row);
    row.iter_mut().for_each(StoredEntry::strike);
    assert_eq!(verify(&row, known).state, ChainState::Whole);
}
