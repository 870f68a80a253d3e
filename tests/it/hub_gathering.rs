//! One log out of what came to a hub: whatever the order, each entry once; what contradicts it is named.

use crate::audit_log::{admitted, draft};
use crate::audit_log_signed::sign;
use ed25519_dalek::SigningKey;
use gerbang::audit_log::{
    ChainHead, Checkpoint, KeyedPart, LogId, Statement, StoredEntry, read_entry,
};
use gerbang::sync::{
    ClockWatch, Erasures, Finding, Gathered, Gathering, Segment, read_parts, read_segment,
    write_segment,
};
use gerbang::trust::HubUser;
use proptest::prelude::*;
use std::ops::Range;

const AT_UNIX_MS: i64 = 1_764_000_000_000;

fn user() -> HubUser {
    HubUser::of("pasar", "pintu-1").expect("short")
}

fn device() -> SigningKey {
    SigningKey::from_bytes(&[5; 32])
}

fn log() -> LogId {
    LogId::of_device(&device().verifying_key().to_bytes())
}

/// Decisions with a pseudonym each; `shift_ms` makes another log of the same device.
fn row(count: u8, shift_ms: i64) -> Vec<StoredEntry> {
    let mut head = ChainHead::genesis(log());
    let entries = (0..count).map(|at| {
        let mut decision = draft(AT_UNIX_MS + shift_ms + i64::from(at), admitted());
        decision.pseudonym = Some(KeyedPart::pseudonym(&[1; 32], &[at; 32], [at; 16]));
        head.append(decision)
    });
    entries.collect()
}

/// As a reader has it: the segment, and its entries with their parts.
fn segment(row: &[StoredEntry], range: Range<usize>) -> (Segment, Vec<StoredEntry>) {
    let (segment, parts) = documents(&row[range]);
    let entries = read_parts(&segment, parts.as_bytes()).expect("our own");
    (segment, entries)
}

fn documents(row: &[StoredEntry]) -> (Segment, String) {
    let mut head = ChainHead::after(row.last().expect("not empty")).expect("an entry");
    let signed = sign(&mut head, AT_UNIX_MS, Statement::Checkpoint, &device());
    let checkpoint = Checkpoint::of(&read_entry(&signed).expect("our own")).expect("a checkpoint");
    let written = write_segment(&user(), row, &checkpoint).expect("in order");
    let segment = read_segment(&written.id.to_string(), written.segment.as_bytes());
    (segment.expect("our own"), written.parts.unwrap_or_default())
}

fn gather(first: u64, segments: &[(Segment, Vec<StoredEntry>)]) -> (Vec<StoredEntry>, Gathered) {
    let mut gathering = Gathering::new(log(), first);
    let mut given = Vec::new();
    for (segment, entries) in segments {
        gathering.take(segment, entries.clone(), |entry| given.push(entry));
    }
    (given, gathering.finish())
}

fn codes(gathered: &Gathered) -> Vec<&'static str> {
    gathered.findings.iter().map(Finding::code).collect()
}

proptest! {
    #[test]
    fn each_entry_comes_once_and_in_order_whatever_the_order_and_extent_of_segments(
        cuts in prop::collection::vec(0_usize..30, 0..8),
        twice in prop::collection::vec((0_usize..29, 1_usize..9), 0..5),
        seed in any::<u64>(),
    ) {
        let row = row(30, 0);
        let mut ends: Vec<usize> = cuts.into_iter().chain([0, 30]).collect();
        ends.sort_unstable();
        ends.dedup();
        let whole = ends.windows(2).map(|pair| pair[0]..pair[1]);
        let more = twice.into_iter().map(|(first, count)| first..(first + count).min(30));
        let mut segments: Vec<_> = whole.chain(more).map(|range| segment(&row, range)).collect();
        let mut seed = seed;
        for at in (1..segments.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            segments.swap(at, usize::try_from(seed >> 33).expect("31 bits") % (at + 1));
        }
        let (given, gathered) = gather(0, &segments);
        prop_assert_eq!(given, row);
        prop_assert_eq!(gathered.findings, []);
        prop_assert_eq!(gathered.behind, []);
        prop_assert_eq!((gathered.next_sequence, gathered.seen.entries), (30, 30));
    }
}

#[test]
fn of_two_that_contradict_each_other_the_first_stays_and_the_other_is_named() {
    let (one, other) = (row(8, 0), row(8, 77));
    let both = [segment(&one, 0..8), segment(&other, 0..8)];
    let (given, gathered) = gather(0, &both);
    assert_eq!((given, codes(&gathered)), (one.clone(), vec!["HUB-FORK"]));
    // Also where only the chain tells: the other's second half on top of this one's first.
    let (given, gathered) = gather(0, &[segment(&one, 0..4), segment(&other, 4..8)]);
    assert_eq!((given, codes(&gathered)), (one[..4].to_vec(), vec!["HUB-FORK"]));
    // And where it came before there was anything to contradict.
    let (given, gathered) = gather(0, &[segment(&other, 4..8), segment(&one, 0..4)]);
    assert_eq!((given, &codes(&gathered)[..1]), (one[..4].to_vec(), &["HUB-FORK"][..]));
}

#[test]
fn what_is_missing_is_named_and_what_was_removed_is_not() {
    let mut row = row(10, 0);
    let (given, gathered) = gather(2, &[segment(&row, 2..4), segment(&row, 7..10)]);
    assert_eq!(given, row[2..4]);
    assert_eq!(gathered.behind, row[7..]);
    let missing = |missing| Finding::Gap { log: log(), missing };
    assert_eq!(gathered.findings, [missing(0..2), missing(4..7)]);
    assert_eq!(gathered.next_sequence, 10);

    let mut head = ChainHead::after(&row[9]).expect("an entry");
    let removed = Statement::Removed { before: 2, last_removed: row[1].hash };
    row.push(sign(&mut head, AT_UNIX_MS + 10, removed, &device()));
    let (given, gathered) = gather(2, &[segment(&row, 2..11)]);
    assert_eq!((given.len(), gathered.findings), (9, vec![]));
}

#[test]
fn an_earlier_run_is_gone_on_with() {
    let row = row(10, 0);
    let mut gathering = Gathering::new(log(), 0);
    row[..6].iter().for_each(|entry| gathering.resume(entry));
    let mut given = Vec::new();
    let (segment, entries) = segment(&row, 4..10);
    gathering.take(&segment, entries, |entry| given.push(entry));
    assert_eq!(given, row[6..]);
    assert_eq!(gathering.finish().findings, []);
}

#[test]
fn a_tombstone_erases_entries_of_its_own_log_and_no_others() {
    let mut row = row(10, 0);
    let mut head = ChainHead::after(&row[9]).expect("an entry");
    row.push(sign(&mut head, AT_UNIX_MS + 10, Statement::Struck(vec![3, 7]), &device()));
    let mut erasures = Erasures::default();
    erasures.learn(&documents(&row[10..]).0);
    let (segment, parts) = documents(&row[..10]);
    let (text, count) =
        erasures.erase(&segment, parts.as_bytes()).expect("our own").expect("something to erase");
    assert_eq!(count, 2);
    let kept = read_parts(&segment, text.as_bytes()).expect("still its own");
    let kept: Vec<bool> = kept.iter().map(|entry| entry.pseudonym.kept().is_some()).collect();
    assert_eq!(kept, [true, true, true, false, true, true, true, false, true, true]);
    assert_eq!(erasures.erase(&segment, text.as_bytes()), Ok(None), "once");
    let another = LogId([9; 16]);
    assert!(!erasures.is_erased(another, &row[3]));
    // What the authority calls old, whoever wrote it.
    let old = Erasures::before(Some(AT_UNIX_MS + 2));
    assert!(old.is_erased(another, &row[1]) && !old.is_erased(another, &row[2]));
}

#[test]
fn a_clock_is_wrong_where_it_is_far_from_what_the_others_say() {
    let gate = |at: usize| HubUser::of("pasar", &format!("pintu-{at}")).expect("short");
    let mut watch = ClockWatch::default();
    for minute in 0..60 {
        for at in 0..4 {
            let late_ms = [0, 8 * 60_000, -25 * 60_000, 0][at];
            watch.arrive(&gate(at), AT_UNIX_MS + minute * 60_000 + late_ms);
        }
    }
    let off = watch.finish();
    assert_eq!(off.keys().collect::<Vec<_>>(), [&gate(2)]);
    assert!((-30 * 60_000..-20 * 60_000).contains(&off[&gate(2)]), "{off:?}");
}

#[test]
fn a_clock_is_ahead_where_those_who_come_after_it_say_less_and_a_morning_is_none() {
    const NIGHT_MS: i64 = 14 * 3_600_000;
    let gate = |at: usize| HubUser::of("pasar", &format!("pintu-{at}")).expect("short");
    let mut watch = ClockWatch::default();
    for day in 0..3 {
        for minute in 0..60 {
            for at in 0..5 {
                let ahead_ms = [0, 0, 25 * 60_000, 0, 8 * 60_000][at];
                let now_ms = day * NIGHT_MS + minute * 60_000;
                watch.arrive(&gate(at), AT_UNIX_MS + now_ms + ahead_ms);
            }
        }
    }
    let off = watch.finish();
    assert_eq!(off.keys().collect::<Vec<_>>(), [&gate(2)]);
    assert!((20 * 60_000..=25 * 60_000).contains(&off[&gate(2)]), "{off:?}");
}
