//! What a gate's day weighs on its way to the hub.

use crate::chance::Chance;
use gerbang::audit_log::{
    ChainHead, Direction, EntryBody, EntryDraft, EntryPart, Identity, KeyedPart, LogId, Outcome,
    SEALED_SALT, StoredEntry, read_entry, seal_identity,
};
use gerbang::gate::Visits;
use gerbang::issue::simulate::{GateLog, Plan};
use gerbang::session::timing;
use gerbang::sync::{Heard, Moment, Sender, Wish, write_segment};
use gerbang::trust::{HubUser, sealing};
use std::ops::Range;

/// What Chromium puts around a body over HTTP/2, as the journey "hub: what a visitor weighs" measures it.
const AROUND_BYTES: usize = 78;
/// A day's other requests: 60 that follow, 12 that look where the hub stands, each asked for first, some 400 bytes
/// together.
const ASIDE_BYTES: usize = 72 * 400;
const DOOR_MS: i64 = 3_000;
const DAY_BYTES_MAX: usize = 2_000_000;

/// One gate's day of about 2,600 entries with a queue in the morning, whose visitors are sealed if asked for.
fn day(sealed: bool) -> GateLog {
    let first_day_unix_s = 1_789_948_800;
    let plan = Plan { seed: 7, venues: 1, gates: 1, days: 1, entries: 2_600, first_day_unix_s };
    let mut log = plan.venue(0).pop().expect("one gate");
    let key = sealing::public_key(&[8; 32]).expect("a key");
    let mut head = ChainHead::genesis(LogId::of_device(&log.device.verifying_key().to_bytes()));
    let (mut chance, mut visits) = (Chance(7), Visits::default());
    let entries = std::mem::take(&mut log.entries);
    log.entries.extend(entries.iter().map(|stored| {
        let entry = read_entry(stored).expect("our own");
        let mut bytes = || [chance.next().to_be_bytes(), chance.next().to_be_bytes()].concat();
        let mut drawn = || <[u8; 16]>::try_from(bytes()).expect("16 bytes");
        let pseudonym = entry.pseudonym.and_then(|EntryPart { key, erasable }| {
            let mut erasable = erasable?;
            erasable.salt = drawn();
            Some(KeyedPart { key, erasable })
        });
        let is_visitor = pseudonym.is_some() && matches!(entry.body, EntryBody::Decision { .. });
        let who = pseudonym.as_ref().and_then(|part| part.erasable.bytes.clone().try_into().ok());
        // As `session` does.
        let is_again = entry.direction == Direction::Exit
            && who.is_some_and(|who| visits.entered_sealed(&who));
        let sealed = (sealed && is_visitor && !is_again).then(|| {
            let (name, birth_date) = ("Siti Contoh".into(), "1980-02-03".into());
            let place = (head.log(), entry.at_unix_ms, entry.gate.venue.as_str());
            let entropy = [drawn(), drawn()].concat().try_into().expect("32 bytes");
            seal_identity(&Identity { name, birth_date }, &key, place, SEALED_SALT, entropy)
                .expect("seals")
        });
        let stored = head.append(EntryDraft {
            at_unix_ms: entry.at_unix_ms,
            utc_offset_min: entry.utc_offset_min,
            clock: entry.clock,
            gate: entry.gate,
            direction: entry.direction,
            body: entry.body,
            policy_digest: entry.policy_digest,
            registry_digest: entry.registry_digest,
            app_version: entry.app_version,
            pseudonym,
            sealed,
        });
        visits.add(&read_entry(&stored).expect("our own"));
        stored
    }));
    log
}

/// When an entry is recorded, and how long its verdict shows.
#[derive(Clone, Copy)]
struct Shown {
    at_ms: i64,
    until_ms: i64,
    /// Others know of somebody by it who came in or went.
    tells: bool,
}

/// Visitors come three seconds apart at the least. Who is referred or refused stands there until the answer, which
/// takes the verdict away.
fn shown(log: &[StoredEntry]) -> Vec<Shown> {
    let entries: Vec<_> = log.iter().map(|stored| read_entry(stored).expect("our own")).collect();
    let mut shown: Vec<Shown> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| (&entries[at], shown[at]));
        let is_answer = matches!(
            entry.body,
            EntryBody::Resolution { of, .. } | EntryBody::Override { of, .. } if of + 1 == entry.sequence
        );
        let at_ms = match before {
            None => entry.at_unix_ms,
            Some((asked, shown)) if is_answer => shown.at_ms + entry.at_unix_ms - asked.at_unix_ms,
            Some((_, shown)) => entry.at_unix_ms.max(shown.at_ms + DOOR_MS),
        };
        if is_answer {
            shown[at - 1].until_ms = at_ms;
        }
        let until_ms = if is_answer { at_ms } else { at_ms + timing::ADMIT_MS };
        let tells = !matches!(
            entry.body,
            EntryBody::Decision {
                outcome: Outcome::Refer | Outcome::Refuse | Outcome::RefuseAndAlert,
                ..
            }
        );
        shown.push(Shown { at_ms, until_ms, tells });
    }
    shown
}

/// As a gate sends them whose hub answers at once; with how long each that tells something waited from its verdict on.
fn segments(log: &[StoredEntry]) -> (Vec<Range<u64>>, Vec<i64>) {
    let shown = shown(log);
    let place = |sequence: u64| usize::try_from(sequence).expect("small");
    let end = shown.len() as u64;
    let (mut sender, mut segments, mut lags) = (Sender::new(0..0), Vec::new(), Vec::new());
    let (mut now_ms, mut known, mut heard) = (shown[0].at_ms - 60_000, 0, Heard::Nothing);
    let mut verdict_until_ms = i64::MAX;
    while segments.last().is_none_or(|last: &Range<u64>| last.end < end) {
        let wish = sender.hear(heard, Moment { running_ms: now_ms, entropy: 7 });
        let next_ms = shown.get(place(known)).map_or(i64::MAX, |next| next.at_ms);
        let until_ms = match wish {
            Wish::List { .. } => {
                let next = segments.last().map_or(0, |last: &Range<u64>| last.end);
                heard = Heard::Listed { next, last: None };
                continue;
            }
            Wish::Send(range) => {
                let sent = range.clone().map(|sequence| shown[place(sequence)]);
                lags.extend(sent.filter(|entry| entry.tells).map(|entry| now_ms - entry.at_ms));
                segments.push(range.clone());
                heard = Heard::Taken(range);
                continue;
            }
            Wish::Wait { until_running_ms } => until_running_ms,
            Wish::Rest => i64::MAX,
        };
        now_ms = now_ms.max(until_ms.min(next_ms).min(verdict_until_ms));
        heard = if now_ms >= next_ms {
            verdict_until_ms = shown[place(known)].until_ms;
            known += 1;
            // The page tells both.
            sender.hear(Heard::Verdict(true), Moment { running_ms: now_ms, entropy: 7 });
            Heard::Log(0..known)
        } else if now_ms >= verdict_until_ms {
            verdict_until_ms = i64::MAX;
            Heard::Verdict(false)
        } else {
            Heard::Nothing
        };
    }
    (segments, lags)
}

#[test]
fn a_gates_day_weighs_what_docs_scale_says_and_is_sent_within_three_seconds() {
    let user = HubUser::of("balai-kota", "Pintu Timur").expect("short");
    let mut rows = String::new();
    for (name, sealed) in [("pseudonyms", false), ("sealed identities too", true)] {
        let log = day(sealed);
        let (segments, mut lags) = segments(&log.entries);
        lags.sort_unstable();
        assert!(lags[lags.len() * 95 / 100] <= 3_000, "and up to two seconds on the way");
        let (mut bytes, mut packed) = (0, 0);
        for range in &segments {
            let [first, next] =
                [range.start, range.end].map(|at| usize::try_from(at).expect("small"));
            let rows = &log.entries[first..next];
            let checkpoint = log.checkpoint_behind(rows).expect("not empty");
            let body = write_segment(&user, rows, &checkpoint).expect("in order").to_bulk();
            bytes += body.len();
            // Gzip's head and end.
            packed += 18 + miniz_oxide::deflate::compress_to_vec(body.as_bytes(), 6).len();
        }
        let (entries, requests) = (log.entries.len(), segments.len());
        let day = packed + requests * AROUND_BYTES + ASIDE_BYTES;
        let mb = |bytes: usize| format!("{:.2} MB", bytes as f64 / 1e6);
        rows += &format!(
            "| {name} | {entries} | {requests} | {} | {} | {} |\n",
            mb(bytes),
            mb(packed),
            mb(day)
        );
        assert!(day <= DAY_BYTES_MAX, "{rows}");
    }
    let document = include_str!("../../docs/scale.md");
    assert!(document.contains(&rows), "docs/scale.md has not\n{rows}");
}
