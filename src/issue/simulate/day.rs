//! One day at one venue: who comes when, what the gate says, when they go.

use super::dice::Dice;
use super::{Plan, UTC_OFFSET_MIN};
use crate::audit_log::{Answer, Direction, EntryBody, Outcome};
use crate::rules::Status;

/// Of each venue, coming daily.
pub const STAFF: u64 = 40;
/// An officer's answer takes so long.
pub const ANSWER_MS: i64 = 9_000;

const MINUTE_MS: i64 = 60_000;
const OPENS_MIN: i64 = 7 * 60;
const CLOSES_MIN: i64 = 16 * 60;
/// Entries that a visit leaves in the mean: in, mostly out, now and then an answer.
const ENTRIES_PER_100_VISITS: u64 = 198;

#[derive(Debug, Clone, Copy)]
pub struct Event {
    pub at_unix_ms: i64,
    pub direction: Direction,
    /// None: without a code.
    pub person: Option<u64>,
    pub happened: Happened,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    Green,
    GreenUndone,
    Yellow(Answer),
    Red,
    RedOverridden,
    Black,
    NoCode(Answer),
}

impl Happened {
    fn of_visitor(dice: &mut Dice) -> Self {
        match dice.below(10_000) {
            0..=9_399 if dice.below(500) == 0 => Self::GreenUndone,
            0..=9_399 => Self::Green,
            9_400..=9_899 => Self::Yellow(match dice.below(20) {
                0..=14 => Answer::Allowed,
                15..=18 => Answer::TurnedAway,
                _ => Answer::Unanswered,
            }),
            9_900..=9_979 if dice.below(20) == 0 => Self::RedOverridden,
            9_900..=9_979 => Self::Red,
            9_980..=9_984 => Self::Black,
            _ => {
                Self::NoCode(if dice.below(4) == 0 { Answer::TurnedAway } else { Answer::Allowed })
            }
        }
    }

    fn goes_in(self) -> bool {
        matches!(self, Self::Green | Self::RedOverridden | Self::Yellow(Answer::Allowed))
    }

    /// The entry, and what follows it; `of` is its number.
    pub fn entries(self, of: u64) -> (EntryBody, Option<EntryBody>) {
        let decided = |outcome, status, code: &str| EntryBody::Decision {
            outcome,
            status: Some(status),
            specimen: false,
            reasons: if code.is_empty() { Vec::new() } else { vec![code.to_owned()] },
            family: "gerbang".to_owned(),
            issuer: Some("Dinas Kesehatan Kota Contoh".to_owned()),
        };
        let green = decided(Outcome::Admit, Status::Green, "");
        match self {
            Self::Green => (green, None),
            Self::GreenUndone => (green, Some(EntryBody::Undo { of })),
            Self::Yellow(answer) => {
                let reason = match answer {
                    Answer::Allowed => "REFER-DOCTOR",
                    Answer::TurnedAway => "REFER-NO-DOCUMENT",
                    Answer::Unanswered => "",
                };
                let answered = EntryBody::Resolution { of, answer, reason: reason.to_owned() };
                (decided(Outcome::Refer, Status::Yellow, "POL-ONE-DOSE"), Some(answered))
            }
            Self::Red => (decided(Outcome::Refuse, Status::Red, "POL-NO-DOSE"), None),
            Self::RedOverridden => {
                let overridden = EntryBody::Override { of, reason: "OVERRIDE-KNOWN".to_owned() };
                (decided(Outcome::Refuse, Status::Red, "POL-NO-DOSE"), Some(overridden))
            }
            Self::Black => (decided(Outcome::RefuseAndAlert, Status::Black, "POL-BLOCKED"), None),
            Self::NoCode(answer) => {
                (EntryBody::Manual { answer, reason: "MANUAL-CHILD".to_owned() }, None)
            }
        }
    }
}

/// Adds a day's events to the venue's gates.
pub fn happen(plan: &Plan, venue: u32, day: u32, dice: &mut Dice, gates: &mut [Vec<Event>]) {
    let visits = plan.entries * 100
        / (u64::from(plan.venues) * u64::from(plan.days) * ENTRIES_PER_100_VISITS).max(1);
    // Strangers of the city, some of whom come to several venues.
    let city = (plan.entries / 12).max(100);
    let staff = STAFF.min(visits / 2);
    let midnight_unix_ms = (plan.first_day_unix_s + i64::from(day) * 86_400) * 1_000
        - i64::from(UTC_OFFSET_MIN) * MINUTE_MS;
    for visit in 0..visits {
        let (person, arrives_min, stays_min) = if visit < staff {
            let person = plan.staff_of(venue) + visit;
            (person, dice.around(OPENS_MIN + 25, 20), dice.around(8 * 60, 40))
        } else {
            let stranger = u64::from(plan.venues) * STAFF + dice.below(city);
            (stranger, arrival_min(dice), dice.around(45, 40).max(3))
        };
        let arrives_ms = arrives_min.max(OPENS_MIN) * MINUTE_MS + dice.within(0..MINUTE_MS);
        let happened = Happened::of_visitor(dice);
        let person = (!matches!(happened, Happened::NoCode(_))).then_some(person);
        let mut add = |direction, of_day_ms: i64, happened, dice: &mut Dice| {
            let at_unix_ms = midnight_unix_ms + of_day_ms;
            if let Some(gate) = gate_for(direction, gates, dice) {
                gate.push(Event { at_unix_ms, direction, person, happened });
            }
        };
        add(Direction::Entry, arrives_ms, happened, dice);
        let forgets = dice.below(12) == 0;
        if happened.goes_in() && !forgets {
            let leaves_ms = arrives_ms + stays_min.max(1) * MINUTE_MS + dice.within(0..MINUTE_MS);
            add(Direction::Exit, leaves_ms, Happened::Green, dice);
        }
    }
}

/// The queue before the doors open, the late morning, after the midday meal, and stragglers.
fn arrival_min(dice: &mut Dice) -> i64 {
    match dice.below(100) {
        0..=44 => dice.around(8 * 60, 45),
        45..=69 => dice.around(10 * 60 + 30, 70),
        70..=89 => dice.around(13 * 60 + 20, 50),
        _ => dice.within(OPENS_MIN..CLOSES_MIN),
    }
}

/// A lone gate turns both ways; of several, each second one leads out.
fn gate_for<'a>(
    direction: Direction,
    gates: &'a mut [Vec<Event>],
    dice: &mut Dice,
) -> Option<&'a mut Vec<Event>> {
    let count = u64::try_from(gates.len()).unwrap_or(0);
    let at = match (count, direction) {
        (0 | 1, _) => 0,
        (_, Direction::Entry) => 2 * dice.below(count.div_ceil(2)),
        (_, Direction::Exit) => 2 * dice.below(count / 2) + 1,
    };
    gates.get_mut(usize::try_from(at).ok()?)
}
