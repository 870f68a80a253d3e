//! Gates and a hub under seeded schedules of everything that goes wrong between them. In the end, with the network back, nothing that
//! was recorded is missing or there twice, every document that nobody's phone wrote is named, and each gate knows what the others did.
//!
//! `GERBANG_HUB_SCHEDULES` says how many, `GERBANG_HUB_FIRST` from which on; `GERBANG_HUB_SEED` runs one again.

use crate::audit_log_signed::sign;
use crate::chance::{Chance, new_log};
use crate::hub_hearers::{Did, Hearer, do_something, documents_of};
use ed25519_dalek::SigningKey;
use gerbang::audit_log::{ChainHead, Checkpoint, LogId, Statement, StoredEntry, read_entry};
use gerbang::sync::{
    Ask, Documents, Finding, Gathering, Got, Heard, How, Moment, PARTS_SUFFIX, Segment, Sender,
    Standing, Wish, read_parts, read_segment, timing, write_segment,
};
use gerbang::trust::HubUser;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

const AT_UNIX_MS: i64 = 1_764_000_000_000;
const SCHEDULES: u64 = 300;

fn user_of(gate: u64) -> HubUser {
    HubUser::of("pasar", &format!("pintu-{gate}")).expect("short")
}

struct Phone {
    user: HubUser,
    device: SigningKey,
    log: Vec<StoredEntry>,
    head: ChainHead,
    clock_off_ms: i64,
    did: Vec<Did>,
    hears: Hearer,
    sender: Sender,
    /// The request whose answer is waited for.
    asked: u64,
    verdict: bool,
    /// Broken, and replaced by another: nothing more comes of it.
    is_gone: bool,
    user_is_known: bool,
}

impl Phone {
    fn new(user: HubUser, seed: u64, clock_off_ms: i64) -> Self {
        let (device, head) = new_log(seed);
        Self {
            user,
            device,
            log: Vec::new(),
            head,
            clock_off_ms,
            did: Vec::new(),
            hears: Hearer::new(head.log(), 0, clock_off_ms < 0),
            sender: Sender::new(0..0),
            asked: 0,
            verdict: false,
            is_gone: false,
            user_is_known: true,
        }
    }

    /// Answers what was done.
    fn record(&mut self, now_ms: i64, chance: &mut Chance) -> Vec<Did> {
        let (at_unix_ms, gate) = (self.now_unix_ms(now_ms), self.user.to_string());
        let (entries, did) = do_something(&mut self.head, &gate, at_unix_ms, chance);
        self.hears.venue.count_own(&entries, at_unix_ms);
        self.log.extend(entries);
        self.did.extend(did.clone());
        did
    }

    fn now_unix_ms(&self, now_ms: i64) -> i64 {
        AT_UNIX_MS + now_ms + self.clock_off_ms
    }

    /// The page is closed and opened again: what it had in memory is gone.
    fn begin_anew(&mut self, now_ms: i64, next_request: u64) {
        self.hears = Hearer::new(self.head.log(), next_request, self.clock_off_ms < 0);
        let now_unix_ms = self.now_unix_ms(now_ms);
        self.hears.venue.count_own(&self.log, now_unix_ms);
    }

    fn range(&self) -> Range<u64> {
        0..self.head.next_sequence()
    }

    /// Only the end of the log can be signed for: a segment up to another place has an older signature.
    fn written(&self, entries: &Range<u64>) -> Documents {
        let [first, end] =
            [entries.start, entries.end].map(|at| usize::try_from(at).expect("small"));
        let mut head = ChainHead::after(&self.log[end - 1]).expect("our own entry");
        let signed = sign(&mut head, AT_UNIX_MS, Statement::Checkpoint, &self.device);
        let checkpoint =
            Checkpoint::of(&read_entry(&signed).expect("our own")).expect("a checkpoint");
        write_segment(&self.user, &self.log[first..end], &checkpoint).expect("in order")
    }
}

/// Documents by id, as a database keeps them; what was read of one is remembered by its text.
#[derive(Default)]
struct Hub {
    documents: BTreeMap<String, String>,
    /// Ids in the order in which their documents came, each where it came last.
    changes: Vec<String>,
    /// How often it was restored: places in `changes` are another's then.
    restored: u64,
    read: HashMap<String, Option<Segment>>,
}

/// A request that goes on.
struct Follower {
    phone: usize,
    request: u64,
    /// Of `changes`.
    next: usize,
    /// Lines come in their order.
    ready_ms: i64,
}

impl Hub {
    fn segment(&mut self, id: &str) -> Option<Segment> {
        let text = self.documents.get(id)?;
        let read = || read_segment(id, text.as_bytes()).ok();
        self.read.entry(format!("{id} {text}")).or_insert_with(read).clone()
    }

    /// Answers whether the id now has that text.
    fn put(&mut self, id: String, text: String) -> bool {
        if let Some(there) = self.documents.get(&id) {
            return *there == text;
        }
        for changed in self.changes.iter_mut().filter(|changed| **changed == id) {
            changed.clear();
        }
        self.changes.push(id.clone());
        self.documents.insert(id, text);
        true
    }

    /// From where a reader goes on: of a database that was restored it knows nothing.
    fn place(&self, since: Option<&str>) -> usize {
        let place = since.and_then(|since| since.strip_prefix(&format!("{}-", self.restored)));
        place.and_then(|place| place.parse().ok()).unwrap_or(0)
    }

    /// Documents from there on, at most so many, and where they end.
    fn after(&self, place: usize, documents_max: usize) -> (Vec<(String, String)>, usize) {
        let end = place.saturating_add(documents_max).min(self.changes.len());
        let ids = self.changes.iter().take(end).skip(place);
        let documents = ids.filter_map(|id| Some((id.clone(), self.documents.get(id)?.clone())));
        (documents.collect(), end)
    }

    /// Whether the parts of a segment are there, and its own.
    fn is_whole(&self, segment: &Segment) -> bool {
        let parts = self.documents.get(&segment.id.of_parts());
        let is_own = |parts: &String| read_parts(segment, parts.as_bytes()).is_ok();
        !segment.has_parts() || parts.is_some_and(is_own)
    }

    /// How far believed segments of a log reach from there on, and the last of them.
    fn reach(&mut self, user: &HubUser, log: LogId, from: u64) -> (u64, Option<Range<u64>>) {
        let own = format!("{user}:{}:", data_encoding::HEXLOWER.encode(&log.0));
        let ids: Vec<_> =
            self.documents.keys().filter(|id| id.starts_with(&own)).cloned().collect();
        let (mut reach, mut last) = (from, None);
        for id in ids {
            if let Some(segment) = self.segment(&id)
                && (from..=reach).contains(&segment.id.first)
                && segment.id.next > reach
                && self.is_whole(&segment)
            {
                reach = segment.id.next;
                last = Some(segment.id.first..reach);
            }
        }
        (reach, last)
    }
}

/// On the way to the hub, or back.
struct Message {
    at_ms: i64,
    phone: usize,
    request: u64,
    what: What,
}

enum What {
    List(u64),
    Parts(Box<Documents>, Range<u64>),
    Segment(Box<Documents>, Range<u64>),
    Answer(Heard),
    Ask(Ask),
    /// Documents that came to a page that asked, and what they end with.
    Told(Vec<(String, String)>, Option<Got>),
}

struct World {
    chance: Chance,
    now_ms: i64,
    phones: Vec<Phone>,
    hub: Hub,
    backup: (BTreeMap<String, String>, Vec<String>),
    messages: Vec<Message>,
    followers: Vec<Follower>,
    requests: u64,
    /// Ids that no phone wrote.
    rubbish: BTreeSet<String>,
    /// By all phones.
    did: BTreeSet<Did>,
    is_stormy: bool,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut chance = Chance(seed);
        let count = 1 + chance.below(3);
        let phones = (0..count).map(|at| {
            let off_ms = if chance.one_in(4) { -86_400_000 } else { 0 };
            Phone::new(user_of(at), seed * 16 + at, off_ms)
        });
        let phones = phones.collect();
        Self {
            chance,
            now_ms: 0,
            phones,
            hub: Hub::default(),
            backup: Default::default(),
            messages: Vec::new(),
            followers: Vec::new(),
            requests: 0,
            rubbish: BTreeSet::new(),
            did: BTreeSet::new(),
            is_stormy: true,
        }
    }

    /// Puts a message on its way: it may be lost, late, or come twice.
    fn post(&mut self, phone: usize, request: u64, what: What) {
        let late_ms = |chance: &mut Chance| i64::try_from(chance.below(200)).expect("small");
        let mut at_ms = self.now_ms + 20 + late_ms(&mut self.chance);
        if self.is_stormy {
            if self.chance.one_in(6) {
                return;
            }
            if self.chance.one_in(8) {
                at_ms += i64::try_from(self.chance.below(120_000)).expect("small");
            }
        }
        self.messages.push(Message { at_ms, phone, request, what });
    }

    fn hear(&mut self, phone: usize, heard: Heard) {
        let entropy = u32::try_from(self.chance.below(1 << 32)).expect("32 bits");
        let moment = Moment { running_ms: self.now_ms, entropy };
        let known = self.phones[phone].sender.clone();
        let wish = self.phones[phone].sender.hear(heard, moment);
        match wish {
            Wish::List { .. } | Wish::Send(_) => {
                self.requests += 1;
                let request = self.requests;
                self.phones[phone].asked = request;
                let what = match wish {
                    Wish::Send(entries) => {
                        assert!(!self.phones[phone].verdict, "{known:?}");
                        let documents = Box::new(self.phones[phone].written(&entries));
                        What::Parts(documents, entries)
                    }
                    Wish::List { from } => What::List(from),
                    Wish::Wait { .. } | Wish::Rest => unreachable!("above"),
                };
                let twice = self.is_stormy && self.chance.one_in(10);
                if let What::List(from) = what
                    && twice
                {
                    self.post(phone, request, What::List(from));
                }
                self.post(phone, request, what);
            }
            Wish::Wait { .. } | Wish::Rest => {}
        }
    }

    fn moment(&mut self) -> Moment {
        let entropy = u32::try_from(self.chance.below(1 << 32)).expect("32 bits");
        Moment { running_ms: self.now_ms, entropy }
    }

    /// Tells the listener, and asks what it wants to ask.
    fn get(&mut self, phone: usize, got: Got) {
        let moment = self.moment();
        let Some(ask) = self.phones[phone].hears.get(got, moment) else { return };
        self.requests += 1;
        self.phones[phone].hears.asked = self.requests;
        self.post(phone, self.requests, What::Ask(ask));
    }

    /// At the hub, whoever asks what the others wrote.
    fn answer(&mut self, phone: usize, request: u64, ask: &Ask) {
        let fails = self.is_stormy && self.chance.one_in(8);
        if fails || !self.phones[phone].user_is_known {
            let got = if fails { Got::Failed } else { Got::Retired };
            return self.post(phone, request, What::Told(Vec::new(), Some(got)));
        }
        let place = self.hub.place(ask.since.as_deref());
        if ask.how == How::Follow {
            let ready_ms = self.now_ms;
            self.followers.push(Follower { phone, request, next: place, ready_ms });
            return;
        }
        if ask.how == How::Where {
            let seq = format!("{}-{}", self.hub.restored, self.hub.changes.len());
            return self.post(phone, request, What::Told(Vec::new(), Some(Got::Where { seq })));
        }
        let (mut documents, end) = self.hub.after(place, documents_of(ask));
        let got =
            Got::Answer { seq: format!("{}-{end}", self.hub.restored), documents: documents.len() };
        // A cluster's order is rough.
        for at in (1..documents.len()).rev().filter(|_| self.is_stormy) {
            let with = self.chance.below(at as u64 + 1);
            documents.swap(at, usize::try_from(with).expect("small"));
        }
        self.post(phone, request, What::Told(documents, Some(got)));
    }

    /// What came goes on to whoever follows, until the line is cut.
    fn tell_followers(&mut self) {
        let mut followers = std::mem::take(&mut self.followers);
        followers.retain_mut(|follower| {
            let (documents, end) = self.hub.after(follower.next, usize::MAX);
            for (at, document) in documents.into_iter().enumerate() {
                if self.is_stormy && self.chance.one_in(20) {
                    return false;
                }
                let late_ms = i64::try_from(self.chance.below(200)).expect("small");
                follower.ready_ms = (self.now_ms + 20 + late_ms).max(follower.ready_ms + 1);
                let seq = Some(format!("{}-{}", self.hub.restored, follower.next + at + 1));
                self.messages.push(Message {
                    at_ms: follower.ready_ms,
                    phone: follower.phone,
                    request: follower.request,
                    what: What::Told(vec![document], Some(Got::Line { seq })),
                });
            }
            follower.next = end;
            self.phones[follower.phone].hears.asked == follower.request
        });
        self.followers = followers;
    }

    /// At the phone: what came counts, also when it is waited for no longer.
    fn told(
        &mut self,
        phone: usize,
        request: u64,
        documents: Vec<(String, String)>,
        got: Option<Got>,
    ) {
        let Phone { is_gone, hears, .. } = &self.phones[phone];
        if *is_gone || request < hears.first_request {
            return;
        }
        let is_waited_for = hears.asked == request;
        let now_unix_ms = self.phones[phone].now_unix_ms(self.now_ms);
        for (id, document) in documents {
            self.phones[phone].hears.take(&id, &document, now_unix_ms, &self.did);
        }
        if let Some(got) = got.filter(|_| is_waited_for) {
            self.get(phone, got);
        }
    }

    /// At the hub, or back at the phone.
    fn arrive(&mut self, Message { phone, request, what, .. }: Message) {
        let what = match what {
            What::Ask(ask) => return self.answer(phone, request, &ask),
            What::Told(documents, got) => return self.told(phone, request, documents, got),
            what => what,
        };
        if let What::Answer(heard) = what {
            // The shell gives up what it waits for no longer.
            let is_waited_for = self.phones[phone].asked == request && !self.phones[phone].is_gone;
            if is_waited_for {
                self.phones[phone].asked = 0;
                self.hear(phone, heard);
            }
            return;
        }
        let fails = self.is_stormy && self.chance.one_in(8);
        let answer = match what {
            _ if fails => Heard::Failed,
            _ if !self.phones[phone].user_is_known => Heard::Retired,
            What::List(from) => {
                let Phone { user, head, .. } = &self.phones[phone];
                let (next, last) = self.hub.reach(user, head.log(), from);
                Heard::Listed { next, last }
            }
            What::Parts(documents, entries) => {
                let id = documents.id.of_parts();
                let is_there = documents.parts.clone().is_none_or(|parts| self.hub.put(id, parts));
                if is_there {
                    // The second request of the same wish.
                    return self.post(phone, request, What::Segment(documents, entries));
                }
                Heard::Occupied
            }
            What::Segment(documents, entries) => {
                let is_there = self.hub.put(documents.id.to_string(), documents.segment.clone());
                if is_there { Heard::Taken(entries) } else { Heard::Occupied }
            }
            What::Answer(_) | What::Ask(_) | What::Told(..) => unreachable!("above"),
        };
        self.post(phone, request, What::Answer(answer));
    }

    fn advance(&mut self, by_ms: i64) {
        let until_ms = self.now_ms + by_ms;
        while let Some(at) = (0..self.messages.len()).min_by_key(|at| self.messages[*at].at_ms)
            && self.messages[at].at_ms <= until_ms
        {
            let message = self.messages.swap_remove(at);
            self.now_ms = self.now_ms.max(message.at_ms);
            self.arrive(message);
        }
        self.now_ms = until_ms;
        self.tell_followers();
        for phone in 0..self.phones.len() {
            if !self.phones[phone].is_gone {
                self.hear(phone, Heard::Nothing);
                self.get(phone, Got::Nothing);
            }
        }
    }

    /// One thing that happens at the doors, in the network or to the hub.
    fn happen(&mut self) {
        let count = u64::try_from(self.phones.len()).expect("few");
        let phone = usize::try_from(self.chance.below(count)).expect("few");
        if self.phones[phone].is_gone {
            return;
        }
        match self.chance.below(40) {
            0..24 => {
                let did = self.phones[phone].record(self.now_ms, &mut self.chance);
                self.did.extend(did);
                let log = self.phones[phone].range();
                self.hear(phone, Heard::Log(log));
            }
            24..30 => {
                let shows = !self.phones[phone].verdict;
                self.phones[phone].verdict = shows;
                self.hear(phone, Heard::Verdict(shows));
                self.get(phone, Got::Verdict(shows));
            }
            // Killed: what it had in memory is gone, the log is not.
            30..33 => {
                let log = self.phones[phone].range();
                // What it had noted beside the log is there again, sometimes.
                let noted = self.phones[phone].sender.mark().cloned();
                let mark = noted.filter(|_| self.chance.one_in(2));
                self.phones[phone].sender = Sender::new(log).with_mark(mark);
                self.phones[phone].asked = 0;
                self.phones[phone].verdict = false;
                self.phones[phone].begin_anew(self.now_ms, self.requests + 1);
                self.hear(phone, Heard::Nothing);
            }
            33 if self.phones.len() < 5 => {
                // Broken, and replaced; or a second phone with the same set-up code.
                self.phones[phone].is_gone = self.chance.one_in(2);
                let seed = self.chance.next();
                // As the same gate: one user, two logs.
                let user = self.phones[phone].user.clone();
                self.phones.push(Phone::new(user, seed, 0));
            }
            34 => self.backup = (self.hub.documents.clone(), self.hub.changes.clone()),
            35 => {
                (self.hub.documents, self.hub.changes) = self.backup.clone();
                self.hub.restored += 1;
                self.followers.clear();
            }
            36..38 => self.write_rubbish(phone),
            38 => {
                // The user is withdrawn, and comes back when somebody sees that it was the wrong one.
                self.phones[phone].user_is_known = false;
            }
            _ => {}
        }
    }

    /// Whoever has a gate's password may add documents under its user's name.
    fn write_rubbish(&mut self, phone: usize) {
        let next = self.phones[phone].head.next_sequence();
        let first = self.chance.below(next + 1);
        let Phone { user, head, .. } = &self.phones[phone];
        let own = format!("{user}:{}", data_encoding::HEXLOWER.encode(&head.log().0));
        let end = first + 1 + self.chance.below(3);
        let suffix = if self.chance.one_in(3) { PARTS_SUFFIX } else { "" };
        let id = format!("{own}:{first:012}:{end:012}{suffix}");
        let copied = self.hub.documents.values().next().cloned();
        let text = match self.chance.below(3) {
            0 => "{\"v\":1,\"entries\":[],\"checkpoint\":\"\"}".to_owned(),
            1 => copied.unwrap_or_default(),
            _ => "x".repeat(30),
        };
        // A true segment under its own id is no rubbish; and what is there is not changed, not even by
        // whoever has the password.
        if read_segment(&id, text.as_bytes()).is_err() {
            self.hub.put(id.clone(), text);
            self.rubbish.insert(id);
        }
    }

    /// As whoever follows the hub would say: a segment, or the parts of one.
    fn is_believed(&mut self, id: &str) -> bool {
        let segment = self.hub.segment(id.trim_end_matches(PARTS_SUFFIX));
        segment.is_some_and(|segment| self.hub.is_whole(&segment))
    }

    /// The network is back, somebody looked at what was named, and hours go by.
    fn settle(&mut self) {
        self.is_stormy = false;
        for id in self.rubbish.clone() {
            // After a hub was restored, a phone may have written its own there.
            if !self.is_believed(&id) {
                self.hub.documents.remove(&id);
            }
        }
        for phone in 0..self.phones.len() {
            self.phones[phone].verdict = false;
            if !self.phones[phone].user_is_known {
                self.phones[phone].user_is_known = true;
                let log = self.phones[phone].range();
                self.phones[phone].sender = Sender::new(log);
            }
            if !self.phones[phone].is_gone {
                self.hear(phone, Heard::Verdict(false));
                self.get(phone, Got::Verdict(false));
            }
        }
        // Long enough for the longest pause, for the hour after which the hub is asked again, and for what then is missing.
        for _ in 0..60 {
            self.advance(1_000);
        }
        for _ in 0..40 {
            self.advance(timing::PAUSE_MS_MAX);
        }
    }

    fn check(&mut self) {
        let mut counted: BTreeMap<(LogId, u64), StoredEntry> = BTreeMap::new();
        // As the authority reads it.
        let mut gathered: BTreeMap<LogId, (Gathering, Vec<StoredEntry>)> = BTreeMap::new();
        let ids: Vec<_> =
            self.hub.documents.keys().filter(|id| !id.ends_with(":parts")).cloned().collect();
        for id in ids {
            let segment = self.hub.segment(&id).expect("only phones wrote what is left");
            // A hub that was restored between a segment and its parts has them under another id by now.
            let parts = self.hub.documents.get(&segment.id.of_parts());
            let entries = match parts {
                // Whatever lies there beside one that has none.
                _ if !segment.has_parts() => segment.entries.clone(),
                Some(parts) => read_parts(&segment, parts.as_bytes()).expect("the segment's own"),
                None => continue,
            };
            let (gathering, given) = gathered
                .entry(segment.id.log)
                .or_insert_with(|| (Gathering::new(segment.id.log, 0), Vec::new()));
            gathering.take(&segment, entries.clone(), |entry| given.push(entry));
            for entry in entries {
                let place = (segment.id.log, entry.sequence);
                let kept = counted.entry(place).or_insert_with(|| entry.clone());
                assert_eq!(*kept, entry, "one place, one entry");
            }
        }
        for (log, (gathering, given)) in gathered {
            let there = || counted.range((log, 0)..=(log, u64::MAX)).map(|(_, entry)| entry);
            let left = gathering.finish();
            assert!(given.iter().chain(&left.behind).eq(there()));
            let is_gap = |finding: &Finding| matches!(finding, Finding::Gap { .. });
            assert!(left.findings.iter().all(is_gap), "{:?}", left.findings);
            assert_eq!(left.findings.is_empty(), left.behind.is_empty());
        }
        for phone in &self.phones {
            let log = phone.head.log();
            let there = || counted.range((log, 0)..=(log, u64::MAX)).map(|(_, entry)| entry);
            if phone.is_gone {
                // What is not there, the hub lost when it was restored, or it never left the phone.
                let own =
                    |entry: &StoredEntry| phone.log.get(usize::try_from(entry.sequence).ok()?);
                assert!(there().all(|entry| own(entry) == Some(entry)));
            } else {
                assert!(
                    there().eq(phone.log.iter()),
                    "{:?} of {} entries",
                    phone.sender,
                    phone.log.len()
                );
                if !phone.log.is_empty() {
                    assert!(
                        matches!(phone.sender.standing(), Standing::Level { .. }),
                        "{:?}",
                        phone.sender
                    );
                }
            }
        }
        self.check_known(&counted);
    }

    /// Whoever's clock is right knows of each person what was done last, and everybody how often it was done where.
    fn check_known(&self, at_hub: &BTreeMap<(LogId, u64), StoredEntry>) {
        let (mut must, mut may) = (BTreeSet::new(), BTreeSet::new());
        for Phone { did, head, is_gone, .. } in &self.phones {
            let is_there = |did: &&Did| at_hub.contains_key(&(head.log(), did.sequence));
            let reach = did.iter().take_while(is_there).count();
            let sure = if *is_gone { reach } else { did.len() };
            must.extend(did.iter().take(sure).cloned());
            may.extend(did.iter().cloned());
        }
        for phone in self.phones.iter().filter(|phone| !phone.is_gone) {
            let heard_ms = phone.hears.heard_running_ms();
            assert!(heard_ms > Some(self.now_ms - 3_600_000), "{}: {heard_ms:?}", self.now_ms);
            phone.hears.check_doubts(&self.rubbish, &BTreeSet::new());
            phone.hears.check_known(&must, &may);
        }
    }
}

fn run(seed: u64) {
    let mut world = World::new(seed);
    for _ in 0..60 + world.chance.below(60) {
        world.happen();
        let by_ms = match world.chance.below(10) {
            0 => 400_000,
            1..4 => 3_000,
            _ => 300,
        };
        world.advance(by_ms);
    }
    world.settle();
    world.check();
}

#[test]
fn whatever_goes_wrong_nothing_is_lost_counted_twice_or_believed_that_nobody_wrote() {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    if let Some(seed) = number("GERBANG_HUB_SEED") {
        return run(seed);
    }
    let first = number("GERBANG_HUB_FIRST").unwrap_or(0);
    for seed in first..first + number("GERBANG_HUB_SCHEDULES").unwrap_or(SCHEDULES) {
        let outcome = std::panic::catch_unwind(|| run(seed));
        assert!(outcome.is_ok(), "schedule {seed}: run it again with GERBANG_HUB_SEED={seed}");
    }
}
