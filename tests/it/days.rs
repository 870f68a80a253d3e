//! Counts of a day: an answer counts for its decision, an undone scan nowhere.

use crate::audit_log::{draft, log};
use gerbang::audit_log::{
    Answer, ByHandKind, ChainHead, Counts, Days, EntryBody, Outcome, read_entry,
};

/// 2025-11-24T16:00:00Z, 23.00 at the gate: the second hour is another day.
const AT_UNIX_MS: i64 = 1_764_000_000_000;
const HOUR_MS: i64 = 3_600_000;

fn decided(outcome: Outcome) -> EntryBody {
    EntryBody::Decision {
        outcome,
        status: None,
        specimen: false,
        reasons: Vec::new(),
        family: "gerbang".into(),
        issuer: None,
    }
}

fn answered(of: u64, answer: Answer) -> EntryBody {
    EntryBody::Resolution { of, answer, reason: "REFER-ID-OK".into() }
}

fn days(bodies: Vec<(i64, EntryBody)>) -> Vec<(Counts, Vec<ByHandKind>, u32)> {
    let mut head = ChainHead::genesis(log());
    let mut days = Days::default();
    for (hour, body) in bodies {
        let stored = head.append(draft(AT_UNIX_MS + hour * HOUR_MS, body));
        days.push(&read_entry(&stored).expect("our own entry"));
    }
    let shown = days.finish().into_values().map(|day| {
        let by_hand = day.by_hand.iter().map(|by_hand| by_hand.what).collect();
        (day.counts, by_hand, day.hours.iter().sum())
    });
    shown.collect()
}

#[test]
fn what_becomes_of_a_decision_is_what_counts() {
    let none = Counts::default();
    let reason = || "X".to_owned();
    let cases: Vec<(Vec<EntryBody>, Counts)> = vec![
        (vec![decided(Outcome::Admit)], Counts { came_in: 1, ..none }),
        (vec![decided(Outcome::Admit), EntryBody::Undo { of: 0 }], Counts { undone: 1, ..none }),
        (vec![decided(Outcome::Refer)], Counts { referred: 1, unanswered: 1, ..none }),
        (
            vec![decided(Outcome::Refer), answered(0, Answer::Allowed)],
            Counts { referred: 1, came_in: 1, ..none },
        ),
        (
            vec![decided(Outcome::Refer), answered(0, Answer::TurnedAway)],
            Counts { referred: 1, turned_away: 1, ..none },
        ),
        (
            vec![decided(Outcome::Refer), answered(0, Answer::Unanswered)],
            Counts { referred: 1, unanswered: 1, ..none },
        ),
        (vec![decided(Outcome::RefuseAndAlert)], Counts { refused: 1, alerts: 1, ..none }),
        (
            vec![decided(Outcome::Refuse), EntryBody::Override { of: 0, reason: reason() }],
            Counts { overridden: 1, came_in: 1, ..none },
        ),
        (
            vec![EntryBody::Manual { answer: Answer::Allowed, reason: reason() }],
            Counts { without_code: 1, came_in: 1, ..none },
        ),
        (
            vec![EntryBody::Manual { answer: Answer::TurnedAway, reason: reason() }],
            Counts { without_code: 1, turned_away: 1, ..none },
        ),
        (
            vec![decided(Outcome::Unreadable), EntryBody::Undo { of: 9 }],
            Counts { undone: 1, ..none },
        ),
    ];
    for (at, (bodies, expected)) in cases.into_iter().enumerate() {
        let bodies = bodies.into_iter().map(|body| (0, body)).collect();
        let [(counts, _, passed)] = &days(bodies)[..] else { panic!("one day in case {at}") };
        assert_eq!(*counts, expected, "case {at}");
        assert_eq!(*passed, expected.came_in, "case {at}");
    }
}

#[test]
fn a_day_ends_at_the_gates_own_midnight_and_an_answer_counts_for_its_decisions_day() {
    let counted = days(vec![
        (0, decided(Outcome::Refer)),
        (1, answered(0, Answer::Allowed)),
        (1, EntryBody::Override { of: 7, reason: "OVERRIDE-KNOWN".into() }),
    ]);
    let [(first, _, _), (second, by_hand, _)] = &counted[..] else { panic!("two days") };
    assert_eq!((first.came_in, first.unanswered, second.came_in), (1, 0, 0));
    assert_eq!(by_hand, &[ByHandKind::Override]);
}
