//! Tracing against a slow, obvious reference: minute by minute, who was where.

use crate::audit_log::{admitted, draft};
use gerbang::audit_log::{
    Answer, ChainHead, ClockFlag, Direction, EntryBody, EntryDraft, GateName, Hash, KeyId,
    KeyedPart, LogId, Origin, Outcome, Passages, Question, Sought, StoredEntry, Trace, pseudonym,
    read_entry,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

const CITIES: u64 = 1_000;
const MINUTE_MS: i64 = 60_000;
const START_UNIX_MS: i64 = 1_795_482_000_000;
const MINUTES: u64 = 300;
const SUBJECT: usize = 0;

/// splitmix64: enough for a test, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// What happened, as whoever stood at the door would tell it.
#[derive(Clone, Copy)]
struct Fact {
    venue: usize,
    /// Log and number, which order what happened in the same minute.
    place: (LogId, u64),
    minute: i64,
    person: usize,
    direction: Direction,
    passed: bool,
}

struct City {
    facts: Vec<Fact>,
    exports: Vec<Vec<StoredEntry>>,
    venues: usize,
    people: usize,
    stay_min: i64,
    longest_min: i64,
    window_min: Range<i64>,
}

fn venue_name(venue: usize) -> String {
    format!("venue-{venue}")
}

fn venue_key(venue: usize) -> [u8; 32] {
    [u8::try_from(venue + 1).expect("few venues"); 32]
}

fn credential_id(person: usize) -> [u8; 32] {
    [u8::try_from(person + 100).expect("few people"); 32]
}

impl City {
    fn random(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let count = |sides: u64| usize::try_from(sides).expect("small");
        let venues = count(1 + dice.below(3));
        let people = count(2 + dice.below(7));
        let from = i64::try_from(dice.below(MINUTES)).expect("small");
        let length = i64::try_from(1 + dice.below(MINUTES)).expect("small");
        let stay_min = i64::try_from(5 + dice.below(120)).expect("small");
        let mut city = Self {
            facts: Vec::new(),
            exports: Vec::new(),
            venues,
            people,
            stay_min,
            longest_min: stay_min + i64::try_from(dice.below(60)).expect("small"),
            window_min: from..from + length,
        };
        for log in 0..1 + dice.below(5) {
            city.add_log(log, &mut dice);
        }
        city
    }

    fn add_log(&mut self, log: u64, dice: &mut Dice) {
        let device = [u8::try_from(log * 37 % 251).expect("small"); 32];
        let mut head = ChainHead::genesis(LogId::of_device(&device));
        let venue = usize::try_from(dice.below(self.venues as u64)).expect("small");
        let mut entries = Vec::new();
        let mut minute = 0;
        for _ in 0..dice.below(30) {
            // Sometimes the clock goes back.
            minute +=
                i64::try_from(dice.below(25)).expect("small") - i64::from(dice.chance(10)) * 12;
            let person = usize::try_from(dice.below(self.people as u64)).expect("small");
            let direction = if dice.chance(60) { Direction::Entry } else { Direction::Exit };
            let place = (head.log(), head.next_sequence());
            let (outcome, answers, passed) = decision(place.1, dice);
            let specimen = dice.chance(3);
            let draft = |body: EntryBody, visitor: Option<usize>| EntryDraft {
                at_unix_ms: START_UNIX_MS + minute * MINUTE_MS,
                utc_offset_min: 420,
                clock: ClockFlag::Steady,
                gate: GateName { venue: venue_name(venue), gate: format!("gate-{log}") },
                direction,
                body,
                policy_digest: Hash([0; 32]),
                registry_digest: Hash([0; 32]),
                app_version: "test".to_owned(),
                pseudonym: visitor.map(|person| {
                    KeyedPart::pseudonym(&venue_key(venue), &credential_id(person), [7; 16])
                }),
                sealed: None,
            };
            let body = EntryBody::Decision {
                outcome,
                status: None,
                specimen,
                reasons: Vec::new(),
                family: "gerbang".to_owned(),
                issuer: None,
            };
            let mut entry = head.append(draft(body, Some(person)));
            let struck = dice.chance(3);
            if struck {
                entry.strike();
            }
            entries.push(entry);
            for answer in answers {
                let supervisor = matches!(answer, EntryBody::Override { .. }).then_some(person);
                entries.push(head.append(draft(answer, supervisor)));
            }
            let passed = passed && !specimen && !struck;
            self.facts.push(Fact { venue, place, minute, person, direction, passed });
        }
        // Handed over whole, in overlapping parts, or twice.
        let half = entries.len() / 2;
        self.exports.push(entries[half..].to_vec());
        if dice.chance(50) {
            self.exports.push(entries.clone());
        }
        let overlap = usize::try_from(dice.below(3)).expect("small");
        self.exports.push(entries[..(half + overlap).min(entries.len())].to_vec());
    }

    fn trace(&self) -> Trace {
        let question = Question {
            window_unix_ms: unix_ms(self.window_min.start)..unix_ms(self.window_min.end),
            stay_ms: self.stay_min * MINUTE_MS,
            longest_ms: self.longest_min * MINUTE_MS,
        };
        // As two threads would read them.
        let span = question.span_unix_ms();
        let mut read = [(); 2].map(|()| Passages::within(span.clone(), BTreeMap::new()));
        for (file, export) in (0u32..).zip(&self.exports) {
            for (offset, stored) in (0u64..).zip(export) {
                let entry = read_entry(stored).expect("our own entry");
                read[usize::from(file % 2 == 1)].push(&entry, Origin { file, offset });
            }
        }
        let [mut one, other] = read;
        one.absorb(other);
        question.trace(&one.finish(), |venue| {
            let key = (0..self.venues).find(|index| venue_name(*index) == venue).map(venue_key);
            let key = key.expect("one of ours");
            Sought {
                pseudonyms: [pseudonym(&key, &credential_id(SUBJECT))].into(),
                keys: [KeyId::of(&key)].into(),
            }
        })
    }

    /// Whether a person is inside in that minute: the last that was seen of her is her coming in, and
    /// either she is next seen going out in reasonable time, or she came in not too long ago.
    fn is_inside(&self, venue: usize, person: usize, minute: i64) -> bool {
        let of_person = |fact: &&Fact| fact.passed && fact.venue == venue && fact.person == person;
        let order = |fact: &&Fact| (fact.minute, fact.place);
        let seen = || self.facts.iter().filter(of_person);
        let last = seen().filter(|fact| fact.minute <= minute).max_by_key(order);
        let Some(last) = last.filter(|last| last.direction == Direction::Entry) else {
            return false;
        };
        let next = seen().filter(|fact| fact.minute > minute).min_by_key(order);
        let goes_out = next.is_some_and(|next| {
            next.direction == Direction::Exit && next.minute - last.minute <= self.longest_min
        });
        goes_out || minute - last.minute < self.stay_min
    }

    /// Venue and person → the minutes together with the subject.
    fn together(&self) -> BTreeMap<(usize, usize), Vec<i64>> {
        let mut together: BTreeMap<_, Vec<i64>> = BTreeMap::new();
        for venue in 0..self.venues {
            for minute in self.window_min.clone() {
                if !self.is_inside(venue, SUBJECT, minute) {
                    continue;
                }
                for person in (0..self.people).filter(|person| *person != SUBJECT) {
                    if self.is_inside(venue, person, minute) {
                        together.entry((venue, person)).or_default().push(minute);
                    }
                }
            }
        }
        together
    }

    fn minutes_of_subject(&self, venue: usize) -> usize {
        let inside = |minute: &i64| self.is_inside(venue, SUBJECT, *minute);
        self.window_min.clone().filter(inside).count()
    }
}

/// Outcome, what follows it in the log, and whether somebody went through.
fn decision(of: u64, dice: &mut Dice) -> (Outcome, Vec<EntryBody>, bool) {
    let reason = String::new;
    let answered = |answer: Answer| EntryBody::Resolution { of, answer, reason: reason() };
    let undo = EntryBody::Undo { of };
    match dice.below(20) {
        0 => (Outcome::Refer, vec![answered(Answer::Allowed)], true),
        1 => (Outcome::Refer, vec![answered(Answer::TurnedAway)], false),
        2 => (Outcome::Refer, vec![answered(Answer::Unanswered)], false),
        3 => (Outcome::Refer, Vec::new(), false),
        4 => {
            (Outcome::Refer, vec![answered(Answer::Allowed), EntryBody::Undo { of: of + 1 }], false)
        }
        5 => (Outcome::Refer, vec![answered(Answer::TurnedAway), answered(Answer::Allowed)], true),
        6 => (Outcome::Refuse, Vec::new(), false),
        7 => (Outcome::Refuse, vec![EntryBody::Override { of, reason: reason() }], true),
        8 => (Outcome::RefuseAndAlert, Vec::new(), false),
        9 => (Outcome::Admit, vec![undo], false),
        10 => (Outcome::NotACredential, Vec::new(), false),
        _ => (Outcome::Admit, Vec::new(), true),
    }
}

fn unix_ms(minute: i64) -> i64 {
    START_UNIX_MS + minute * MINUTE_MS
}

#[test]
fn a_thousand_random_cities_are_traced_as_the_reference_says() {
    let mut contacts = 0;
    for seed in 0..CITIES {
        let city = City::random(seed);
        let trace = city.trace();
        let mut expected: Vec<(i64, String, [u8; 32], i64, i64)> = city
            .together()
            .into_iter()
            .map(|((venue, person), minutes)| {
                let pseudonym = pseudonym(&venue_key(venue), &credential_id(person));
                let length = i64::try_from(minutes.len()).expect("small") * MINUTE_MS;
                let (first, last) = (minutes[0], minutes[minutes.len() - 1] + 1);
                (-length, venue_name(venue), pseudonym, unix_ms(first), unix_ms(last))
            })
            .collect();
        expected.sort();
        let found: Vec<_> = trace
            .contacts
            .iter()
            .map(|contact| {
                let (first, last) = (contact.first_unix_ms, contact.last_unix_ms);
                (-contact.together_ms, contact.venue.clone(), contact.pseudonym, first, last)
            })
            .collect();
        assert_eq!(found, expected, "city {seed}");
        for venue in 0..city.venues {
            let visits = trace.visits.iter().filter(|visit| visit.venue == venue_name(venue));
            let length: i64 = visits.map(|visit| visit.until_unix_ms - visit.from_unix_ms).sum();
            let minutes = i64::try_from(city.minutes_of_subject(venue)).expect("small");
            assert_eq!(length, minutes * MINUTE_MS, "city {seed}, {}", venue_name(venue));
        }
        contacts += found.len();
    }
    assert!(contacts > 500, "the cities are too empty to show anything: {contacts}");
}

#[test]
fn a_contact_is_opened_by_how_she_came_in_and_else_by_how_she_left() {
    let mut head = ChainHead::genesis(LogId::of_device(&[3; 32]));
    let mut pass = |person, minute, direction| {
        head.append(EntryDraft {
            gate: GateName { venue: venue_name(0), gate: "Pintu 1".to_owned() },
            direction,
            pseudonym: Some(KeyedPart::pseudonym(&venue_key(0), &credential_id(person), [0; 16])),
            ..draft(unix_ms(minute), admitted())
        })
    };
    let (way_in, way_out) = (Direction::Entry, Direction::Exit);
    let contact = SUBJECT + 1;
    let entries = vec![
        pass(SUBJECT, 0, way_in),
        pass(contact, 1, way_in),
        pass(contact, 20, way_out),
        pass(contact, 30, way_in),
        pass(contact, 50, way_out),
        pass(SUBJECT, 60, way_out),
        // With nobody.
        pass(contact, 70, way_in),
        pass(contact, 80, way_out),
    ];
    let city = City {
        facts: Vec::new(),
        exports: vec![entries],
        venues: 1,
        people: 2,
        stay_min: 60,
        longest_min: 120,
        window_min: 0..100,
    };
    let trace = city.trace();
    let offsets: Vec<u64> = trace.contacts[0].origins.iter().map(|origin| origin.offset).collect();
    assert_eq!(offsets, [1, 3, 2, 4]);
}

#[test]
fn a_gate_with_a_key_of_its_own_is_named() {
    let city = (0..).map(City::random).find(|city| city.trace().contacts.len() > 1);
    let city = city.expect("one of them has contacts");
    assert!(city.trace().venues_unseen.is_empty());
    let span = i64::MIN..i64::MAX;
    let mut read = Passages::within(span, BTreeMap::new());
    for stored in city.exports.iter().flatten() {
        let entry = read_entry(stored).expect("our own entry");
        read.push(&entry, Origin { file: 0, offset: entry.sequence });
    }
    let question =
        Question { window_unix_ms: 0..i64::MAX, stay_ms: MINUTE_MS, longest_ms: MINUTE_MS };
    let venues = read.finish();
    let named: BTreeSet<_> = venues.iter().map(|venue| venue.venue.clone()).collect();
    let trace = question.trace(&venues, |_| Sought::default());
    assert_eq!(trace.venues_unseen.into_iter().collect::<BTreeSet<_>>(), named);
}
