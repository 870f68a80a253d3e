//! One gate: its log, its sender and its listener, as the page has them.
//!
//! Shape: `Gate::record`, `verdict_ends` → the machines → requests by two threads → `Known`.

use super::hub::{Hub, User};
use ed25519_dalek::{Signer, SigningKey};
use gerbang::audit_log::{
    ChainHead, Checkpoint, Direction, LogId, SignedPlace, Statement, StoredEntry, read_entry,
};
use gerbang::sync::{
    Ask, Got, Heard, Listener, Moment, Sender, Standing, Venue, Want, Wish, write_segment,
};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// How long a visitor who may enter is told so.
pub const SHOWS_MS_MAX: i64 = gerbang::session::timing::ADMIT_MS;
/// Behind all that the simulated day holds: nothing that is heard is of the future.
const EVENING_UNIX_MS: i64 = (super::DAY_UNIX_S + 86_400) * 1_000;
const STACK_BYTES: usize = 512 << 10;

#[derive(Clone, Copy)]
pub struct Clock(Instant);

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "a bench measures time")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn now_ms(self) -> i64 {
        i64::try_from(self.0.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    #[expect(clippy::disallowed_methods, reason = "visitors come in their own time")]
    pub fn wait_ms(self, ms: i64) {
        if let Ok(ms) = u64::try_from(ms) {
            thread::sleep(Duration::from_millis(ms));
        }
    }

    fn moment(self) -> Moment {
        let now_ms = self.now_ms();
        // Pauses after failures only; that gates differ in them is enough.
        let entropy = self.0.elapsed().subsec_nanos().wrapping_mul(2_654_435_761);
        Moment { running_ms: now_ms, entropy }
    }
}

/// Somebody through a door: at which venue and gate, when, which way.
type Passage = (u32, String, [u8; 32], i64, bool);

/// When a verdict was given, and after how long each other gate knew of it.
#[derive(Default)]
pub struct Known {
    given: Mutex<HashMap<Passage, i64>>,
    lags: Mutex<Vec<i64>>,
    count: AtomicU64,
}

impl Known {
    fn give(&self, passage: Passage, at_ms: i64) {
        lock(&self.given).insert(passage, at_ms);
    }

    fn learn(&self, passage: &Passage, at_ms: i64) {
        if let Some(given_ms) = lock(&self.given).get(passage) {
            lock(&self.lags).push(at_ms - given_ms);
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Ascending; what comes later belongs to nobody.
    pub fn take(&self) -> Vec<i64> {
        lock(&self.given).clear();
        let mut lags = std::mem::take(&mut *lock(&self.lags));
        self.count.store(0, Ordering::Relaxed);
        lags.sort_unstable();
        lags
    }
}

pub struct Gate {
    pub venue: u32,
    hub: Arc<Hub>,
    clock: Clock,
    known: Arc<Known>,
    user: User,
    device: SigningKey,
    log: LogId,
    entries: Mutex<Vec<StoredEntry>>,
    seen: Mutex<Venue>,
    sending: Turn<Sender, Wish>,
    listening: Turn<Listener, Ask>,
}

/// A machine, what it wishes for, and until when it waits.
struct Turn<Machine, Job> {
    state: Mutex<State<Machine, Job>>,
    changed: Condvar,
}

struct State<Machine, Job> {
    machine: Machine,
    job: Option<Job>,
    wake_ms: Option<i64>,
}

impl<Machine, Job> Turn<Machine, Job> {
    fn new(machine: Machine) -> Self {
        Self {
            state: Mutex::new(State { machine, job: None, wake_ms: None }),
            changed: Condvar::new(),
        }
    }

    /// The next thing to do; `None`: time has passed.
    fn next(&self, clock: Clock) -> Option<Job> {
        let mut state = lock(&self.state);
        loop {
            if let Some(job) = state.job.take() {
                return Some(job);
            }
            let wait_ms = state.wake_ms.map_or(3_600_000, |wake_ms| wake_ms - clock.now_ms());
            let Ok(wait_ms @ 1..) = u64::try_from(wait_ms) else {
                state.wake_ms = None;
                return None;
            };
            let waited = self.changed.wait_timeout(state, Duration::from_millis(wait_ms));
            state = waited.expect("no thread panics with it").0;
        }
    }
}

impl Gate {
    pub fn new(
        hub: Arc<Hub>,
        clock: Clock,
        known: Arc<Known>,
        venue: u32,
        venue_id: &str,
        user: User,
        device: SigningKey,
    ) -> Self {
        let log = LogId::of_device(&device.verifying_key().to_bytes());
        Self {
            venue,
            hub,
            clock,
            known,
            user,
            device,
            log,
            entries: Mutex::default(),
            seen: Mutex::new(Venue::new(venue_id, log)),
            sending: Turn::new(Sender::new(0..0)),
            listening: Turn::new(Listener::default()),
        }
    }

    pub fn run(gate: &Arc<Self>) {
        let spawn = |work: fn(&Self), gate: Arc<Self>| {
            let thread = thread::Builder::new().stack_size(STACK_BYTES);
            thread.spawn(move || work(&gate)).expect("the machine has threads for it");
        };
        spawn(Self::send_for_ever, gate.clone());
        spawn(Self::listen_for_ever, gate.clone());
    }

    /// As the page tells it, once it is stored: the log has grown, and a verdict shows. Answers whether others will know.
    pub fn record(&self, stored: &StoredEntry, known: &Known) -> bool {
        let entry = read_entry(stored).expect("simulated entries are in order");
        let who = entry.pseudonym.as_ref().and_then(|part| part.erasable.as_ref());
        let who: Option<[u8; 32]> = who.and_then(|part| part.bytes.as_slice().try_into().ok());
        let passes = {
            let mut entries = lock(&self.entries);
            entries.push(stored.clone());
            // Whoever is let in at once; answers that come later are not followed here.
            matches!(
                entry.body,
                gerbang::audit_log::EntryBody::Decision {
                    specimen: false,
                    outcome: gerbang::audit_log::Outcome::Admit,
                    ..
                }
            )
        };
        let is_known = passes.then_some(who).flatten().map(|who| {
            let is_entry = entry.direction == Direction::Entry;
            let passage = (self.venue, entry.gate.gate.clone(), who, entry.at_unix_ms, is_entry);
            known.give(passage, self.clock.now_ms());
        });
        self.hear(Heard::Log(0..stored.sequence + 1));
        self.hear(Heard::Verdict(true));
        self.get(Got::Verdict(true));
        is_known.is_some()
    }

    pub fn verdict_ends(&self) {
        self.hear(Heard::Verdict(false));
        self.get(Got::Verdict(false));
    }

    /// Entries that are not at the hub yet.
    pub fn waiting(&self) -> u64 {
        match lock(&self.sending.state).machine.standing() {
            Standing::Waiting(waiting) => waiting,
            Standing::Level { .. } | Standing::Retired => 0,
        }
    }

    fn hear(&self, heard: Heard) {
        let mut state = lock(&self.sending.state);
        let moment = self.clock.moment();
        match state.machine.hear(heard, moment) {
            Wish::Rest => state.wake_ms = None,
            Wish::Wait { until_running_ms } => state.wake_ms = Some(until_running_ms),
            wish => state.job = Some(wish),
        }
        self.sending.changed.notify_one();
    }

    fn get(&self, got: Got) {
        let mut state = lock(&self.listening.state);
        let moment = self.clock.moment();
        match state.machine.get(got, moment) {
            Want::Rest => state.wake_ms = None,
            Want::Wait { until_running_ms } => state.wake_ms = Some(until_running_ms),
            Want::Ask(ask) => state.job = Some(ask),
        }
        self.listening.changed.notify_one();
    }

    fn send_for_ever(&self) {
        self.hear(Heard::Nothing);
        loop {
            let heard = match self.sending.next(self.clock) {
                None | Some(Wish::Wait { .. } | Wish::Rest) => Heard::Nothing,
                Some(Wish::List { from }) => self.hub.list(&self.user, self.log, from),
                Some(Wish::Send(range)) => self.send(range),
            };
            self.hear(heard);
        }
    }

    fn send(&self, range: Range<u64>) -> Heard {
        let [first, end] =
            [range.start, range.end].map(|at| usize::try_from(at).unwrap_or(usize::MAX));
        let row: Vec<StoredEntry> =
            lock(&self.entries).get(first..end).unwrap_or_default().to_vec();
        let last = row.last().expect("a wish is of entries that are there");
        let head = ChainHead::after(last).expect("an entry");
        let at_unix_ms = read_entry(last).expect("an entry").at_unix_ms;
        let place = SignedPlace { head, at_unix_ms };
        let device_public_key = self.device.verifying_key().to_bytes();
        let message = Statement::Checkpoint.message(&place, &device_public_key);
        let signature = self.device.sign(&message).to_bytes();
        let checkpoint = Checkpoint { place, device_public_key, signature };
        let documents = write_segment(&self.user.name, &row, &checkpoint).expect("in order");
        self.hub.send(&self.user, &documents, range)
    }

    fn listen_for_ever(&self) {
        self.get(Got::Nothing);
        loop {
            let got = match self.listening.next(self.clock) {
                None => Got::Nothing,
                Some(ask) => self.listen(&ask),
            };
            self.get(got);
        }
    }

    fn listen(&self, ask: &Ask) -> Got {
        let take = |id: &str, document: &[u8]| {
            let now_unix_ms = EVENING_UNIX_MS + self.clock.now_ms();
            let passed = lock(&self.seen).take(id, document, now_unix_ms);
            for passed in passed {
                let is_entry = passed.direction == Direction::Entry;
                let passage = (self.venue, passed.gate, passed.who, passed.at_unix_ms, is_entry);
                self.known.learn(&passage, self.clock.now_ms());
            }
        };
        self.hub.listen(&self.user, ask, take, |got| self.get(got))
    }
}

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no thread panics with it")
}
