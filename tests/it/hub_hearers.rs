//! What each gate of a simulated venue knows of the others, beside what their phones did: nothing that nobody recorded, nothing twice,
//! and in the end all of it.

use crate::audit_log::{admitted, draft};
use crate::chance::Chance;
use gerbang::audit_log::{
    Answer, ChainHead, Direction, EntryBody, EntryDraft, GateName, KeyedPart, LogId, StoredEntry,
};
use gerbang::sync::{Ask, Doubt, GateSeen, Got, How, Listener, Moment, PARTS_SUFFIX, Venue, Want};
use std::collections::{BTreeMap, BTreeSet};

/// One way through a door, taken back or not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Did {
    pub sequence: u64,
    who: Option<u8>,
    at_unix_ms: i64,
    is_entry: bool,
    is_undo: bool,
    gate: String,
}

impl Did {
    fn direction(&self) -> Direction {
        if self.is_entry { Direction::Entry } else { Direction::Exit }
    }
}

fn pseudonym(who: u8) -> KeyedPart {
    KeyedPart::pseudonym(&[1; 32], &[who; 32], [who; 16])
}

/// Somebody comes, goes, comes without a code, or comes and is taken back: the entries, and what was done.
pub fn do_something(
    head: &mut ChainHead,
    gate: &str,
    at_unix_ms: i64,
    chance: &mut Chance,
) -> (Vec<StoredEntry>, Vec<Did>) {
    let who = u8::try_from(chance.below(50)).expect("small");
    let is_entry = !chance.one_in(3);
    let is_named = !chance.one_in(8);
    let mut write = |body: EntryBody| {
        let draft = draft(at_unix_ms, body);
        let gate = GateName { gate: gate.to_owned(), ..draft.gate.clone() };
        let direction = if is_entry { Direction::Entry } else { Direction::Exit };
        let is_decision = matches!(draft.body, EntryBody::Decision { .. });
        let pseudonym = is_decision.then(|| pseudonym(who));
        head.append(EntryDraft { gate, direction, pseudonym, ..draft })
    };
    let body = match is_named {
        true => admitted(),
        false => EntryBody::Manual { answer: Answer::Allowed, reason: "MANUAL-CHILD".into() },
    };
    let mut entries = vec![write(body)];
    let of = entries[0].sequence;
    let who = is_named.then_some(who);
    let gate = gate.to_owned();
    let mut did = vec![Did { sequence: of, who, at_unix_ms, is_entry, is_undo: false, gate }];
    if chance.one_in(8) {
        entries.push(write(EntryBody::Undo { of }));
        let back = did[0].clone();
        did.push(Did { sequence: of + 1, is_entry: !is_entry, is_undo: true, ..back });
    }
    (entries, did)
}

/// A page that hears, until it is closed.
pub struct Hearer {
    listener: Listener,
    pub venue: Venue,
    /// The request whose answer is waited for.
    pub asked: u64,
    /// Older ones were another page's.
    pub first_request: u64,
    /// Who passed where, as it was told.
    told: BTreeSet<(Vec<u8>, i64, bool, String)>,
    is_late: bool,
}

impl Hearer {
    /// `is_late`: what others do happens later than its own clock says, so that it takes it as of when it heard.
    pub fn new(log: LogId, first_request: u64, is_late: bool) -> Self {
        Self {
            listener: Listener::default(),
            venue: Venue::new(&draft(0, admitted()).gate.venue, log),
            asked: 0,
            first_request,
            told: BTreeSet::new(),
            is_late,
        }
    }

    pub fn get(&mut self, got: Got, moment: Moment) -> Option<Ask> {
        match self.listener.get(got, moment) {
            Want::Ask(ask) => Some(ask),
            Want::Wait { .. } | Want::Rest => None,
        }
    }

    /// `did`: by all phones.
    pub fn take(&mut self, id: &str, document: &str, now_unix_ms: i64, did: &BTreeSet<Did>) {
        for passed in self.venue.take(id, document.as_bytes(), now_unix_ms) {
            let is_entry = passed.direction == Direction::Entry;
            let is_it = |did: &&Did| {
                did.who.is_some_and(|who| pseudonym(who).erasable.bytes == passed.who)
                    && did.gate == passed.gate
                    && did.is_entry == is_entry
                    && (did.at_unix_ms == passed.at_unix_ms || self.is_late)
            };
            assert!(did.iter().any(|did| is_it(&did)), "{passed:?}: nobody recorded that");
            let told = (passed.who.to_vec(), passed.at_unix_ms, is_entry, passed.gate);
            assert!(self.told.insert(told.clone()) || self.is_late, "{told:?}: told twice");
        }
    }

    /// As of when everything is known that the hub had.
    pub fn heard_running_ms(&self) -> Option<i64> {
        self.listener.heard_running_ms()
    }

    /// What nobody's phone wrote, and what belongs to it, is all that is doubted, and the logs of phones that have one key.
    pub fn check_doubts(&self, rubbish: &BTreeSet<String>, forked: &BTreeSet<String>) {
        for (id, doubt) in self.venue.doubts() {
            if doubt == Doubt::Fork && forked.iter().any(|own| id.starts_with(own)) {
                continue;
            }
            let is_rubbish = [id.to_owned(), format!("{id}{PARTS_SUFFIX}")]
                .iter()
                .any(|id| rubbish.contains(id));
            assert!(is_rubbish && matches!(doubt, Doubt::Unproven(_)), "{id}: {doubt:?}");
        }
    }

    /// `must`: what is recorded and can be heard; `may`: also what was heard by some before it was lost.
    pub fn check_known(&self, must: &BTreeSet<Did>, may: &BTreeSet<Did>) {
        self.check_sums(must, may);
        if self.is_late {
            return;
        }
        let mut people: BTreeMap<u8, Vec<&Did>> = BTreeMap::new();
        for did in may {
            people.entry(did.who.unwrap_or(u8::MAX)).or_default().push(did);
        }
        people.remove(&u8::MAX);
        for (who, all) in people {
            let bytes = pseudonym(who).erasable.bytes;
            let known = self.venue.last_of(&bytes.try_into().expect("32 bytes"));
            let is_sure = |did: &&Did| must.contains(did);
            let key = |did: &&Did| (did.at_unix_ms, did.sequence);
            let surely = all.iter().copied().filter(is_sure).max_by_key(key);
            let could = all.iter().filter(|did| surely.is_none_or(|last| key(did) >= key(&last)));
            let is_known = |did: &&Did| {
                known.is_some_and(|known| {
                    (known.at_unix_ms, known.direction, &known.gate)
                        == (did.at_unix_ms, did.direction(), &did.gate)
                })
            };
            let is_right = could.copied().any(|did| is_known(&did));
            assert!(
                is_right || surely.is_none() && known.is_none(),
                "{who}: {known:?}, {surely:?}"
            );
        }
        if must == may {
            assert_eq!(i64::from(self.venue.inside_since(0)), inside(must).max(0));
        }
    }

    fn check_sums(&self, must: &BTreeSet<Did>, may: &BTreeSet<Did>) {
        let gates: BTreeSet<&str> = may.iter().map(|did| did.gate.as_str()).collect();
        for gate in gates {
            let seen = self.venue.gates().get(gate).map(sums).unwrap_or_default();
            let [least, most] = [must, may].map(|all| {
                let of = |is_entry, is_undo| {
                    let is_it = |did: &&Did| {
                        did.gate == gate && did.is_entry == is_entry && did.is_undo == is_undo
                    };
                    all.iter().filter(is_it).count()
                };
                (of(true, false), of(false, true), of(false, false), of(true, true))
            });
            // What may be undone need not be known to be.
            let entered = least.0.saturating_sub(most.1)..=most.0 - least.1.min(most.0);
            let left = least.2.saturating_sub(most.3)..=most.2 - least.3.min(most.2);
            assert!(
                entered.contains(&seen.0) && left.contains(&seen.1),
                "{gate}: {seen:?}, not {entered:?} in and {left:?} out"
            );
        }
        let known = self.venue.gates().keys().map(String::as_str);
        let all: BTreeSet<&str> = may.iter().map(|did| did.gate.as_str()).collect();
        assert!(known.into_iter().all(|gate| all.contains(gate)), "a gate of nobody's");
    }
}

/// Who came in and who left.
fn sums(gate: &GateSeen) -> (usize, usize) {
    let sum = |of: fn(&gerbang::sync::Hour) -> u32| -> usize {
        let sum: u32 = gate.hours.values().map(of).sum();
        usize::try_from(sum).expect("small")
    };
    (sum(|hour| hour.entered), sum(|hour| hour.left))
}

/// By the last word of each, and one more or less for each without a code.
fn inside(did: &BTreeSet<Did>) -> i64 {
    let mut last: BTreeMap<u8, &Did> = BTreeMap::new();
    let mut unnamed = 0;
    for did in did {
        let Some(who) = did.who else {
            unnamed += if did.is_entry { 1 } else { -1 };
            continue;
        };
        let known = last.entry(who).or_insert(did);
        if (known.at_unix_ms, known.sequence) <= (did.at_unix_ms, did.sequence) {
            *known = did;
        }
    }
    let named = last.values().filter(|did| did.is_entry).count();
    unnamed + i64::try_from(named).expect("few")
}

/// A request to hear, as the hub keeps it: after which document, and how many.
pub fn documents_of(ask: &Ask) -> usize {
    match ask.how {
        How::Newest => 0,
        How::Next { documents_max } => documents_max,
        How::Over => 1,
        How::Where => 0,
        How::Follow => usize::MAX,
    }
}
