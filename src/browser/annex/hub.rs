//! The hub's side of a gate: sends the log, hears the venue's other gates, tells the page of both.
//!
//! Shape: `start(plan, tell)` → `Sender` and `Listener` in turn, each with one request in flight; `tell(told)`
//! how far the log is and whether a verdict shows; the page is told in lines (browser/hub_door.rs).
//! Limits and errors: what fails is tried again as `sync` says; nothing here stops a gate.
//! Source: docs/hub.md.
//! Not here: what the page makes of it (session), requests (`talk`).

mod request;
mod talk;

use crate::browser::clock;
use crate::browser::site;
use crate::browser::store::Store;
use crate::sync::{
    Ask, FlagSeen, GateSeen, Got, Heard, Listener, Moment, Sender, Standing, Venue, Want, Wish,
    timing,
};
use crate::trust::{HubAccess, hub_database};
use data_encoding::HEXLOWER;
use gloo::timers::callback::Timeout;
use gloo::timers::future::TimeoutFuture;
use request::breathe;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use talk::Talk;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// A log that cannot be read yet is tried again.
const AGAIN_MS: u32 = 10_000;
/// What waits for less is on its way, and not said.
const ON_ITS_WAY_MS: i64 = 10_000;
/// A browser's timer overflows above 2^31 - 1.
const TIMER_MS_MAX: i64 = 1_000_000_000;

/// Own entries that are counted when the page starts: more than a day's.
const OWN_ROWS_MAX: u64 = 5_000;

thread_local! {
    /// One hub at a time.
    static HUB: RefCell<Option<Rc<Hub>>> = const { RefCell::new(None) };
    /// Starts and stops so far: one that was overtaken gives up.
    static TURN: Cell<u32> = const { Cell::new(0) };
}

/// Whom to ask, and as whom: one thing a line.
struct Plan {
    address: String,
    access: HubAccess,
    venue_id: String,
    stay_ms: i64,
}

/// For the page of all gates.
#[derive(Debug, Default)]
pub struct Seen {
    pub gates: Vec<(String, GateSeen)>,
    /// Documents that count nothing, and why.
    pub doubts: Vec<(String, &'static str)>,
    pub heard_unix_ms: Option<i64>,
    /// By all doors.
    pub inside: u32,
    /// Another writes under this gate's name.
    pub contested: bool,
}

struct Hub {
    talk: Talk,
    tell: js_sys::Function,
    stay_ms: i64,
    sender: RefCell<Sender>,
    listener: RefCell<Listener>,
    venue: RefCell<Venue>,
    contested: Cell<bool>,
    /// Since when entries wait.
    waits_since_ms: Cell<Option<i64>>,
    level_unix_ms: Cell<Option<i64>>,
    /// Which request of each is waited for.
    asked: [Cell<u32>; 2],
    timers: [RefCell<Option<Timeout>>; 2],
    said: RefCell<String>,
    /// Own entries before it are among what the gates did.
    counted: Cell<u64>,
    /// Of what was heard, as far as it was asked for again.
    holes: Cell<u32>,
    stopped: Cell<bool>,
}

const SENDING: usize = 0;
const LISTENING: usize = 1;

pub fn start(plan: &str, tell: js_sys::Function) {
    stop();
    let Some(plan) = Plan::parse(plan) else { return };
    let turn = TURN.get();
    spawn_local(async move {
        let store = Store::new(&site::scope(), || ());
        loop {
            let opened = (store.log_id().await, store.sequences().await);
            if TURN.get() != turn {
                return;
            }
            if let (Ok(log), Ok(range)) = opened {
                let hub = Rc::new(Hub::new(&plan, store, log, range, tell));
                HUB.set(Some(hub.clone()));
                let mark = hub.mark().await;
                hub.sender.replace_with(|sender| sender.clone().with_mark(mark));
                hub.hear(Heard::Nothing);
                hub.get(Got::Nothing);
                hub.count_own().await;
                return;
            }
            TimeoutFuture::new(AGAIN_MS).await;
        }
    });
}

/// How many entries are stored, and whether a verdict shows.
pub fn tell(stored: u64, verdict: bool) {
    let Some(hub) = HUB.with_borrow(Clone::clone) else { return };
    let first = hub.sender.borrow().log().start.min(stored);
    // Nothing is begun as a verdict comes up.
    if verdict {
        hub.hear(Heard::Verdict(true));
    }
    hub.hear(Heard::Log(first..stored));
    if hub.counted.get() < stored {
        let hub = hub.clone();
        spawn_local(async move { hub.count_own().await });
    }
    if !verdict {
        hub.hear(Heard::Verdict(false));
    }
    hub.get(Got::Verdict(verdict));
}

/// What the venue's other gates said last of whoever has this pseudonym; `direction at heard gate`.
pub fn seen_elsewhere(who: &[u8]) -> Option<String> {
    let hub = HUB.with_borrow(Clone::clone)?;
    let heard_unix_ms = hub.heard_unix_ms()?;
    let who: &[u8; 32] = who.try_into().ok()?;
    let venue = hub.venue.borrow();
    let oldest_unix_ms = clock::now_unix_ms() - hub.stay_ms;
    let last =
        venue.last_of(who).filter(|last| !last.is_own && last.at_unix_ms > oldest_unix_ms)?;
    let (at_unix_ms, word, gate) = (last.at_unix_ms, last.direction.word(), &last.gate);
    Some(format!("{word} {at_unix_ms} {heard_unix_ms} {gate}"))
}

/// What a supervisor asked last of whoever has this pseudonym, where that was at another gate; `raised at gate`.
pub fn flagged_elsewhere(who: &[u8]) -> Option<String> {
    let FlagSeen { at_unix_ms, raised, gate, .. } = flag_elsewhere(who.try_into().ok()?)?;
    Some(format!("{} {at_unix_ms} {gate}", u8::from(raised)))
}

pub fn flag_elsewhere(who: &[u8; 32]) -> Option<FlagSeen> {
    let hub = HUB.with_borrow(Clone::clone)?;
    let venue = hub.venue.borrow();
    venue.flag_of(who).filter(|flag| !flag.is_own).cloned()
}

/// What the venue's gates did, as far as is known; `None`: no hub is asked.
pub fn seen() -> Option<Seen> {
    let hub = HUB.with_borrow(Clone::clone)?;
    let venue = hub.venue.borrow();
    Some(Seen {
        gates: venue.gates().iter().map(|(name, gate)| (name.clone(), gate.clone())).collect(),
        doubts: venue.doubts().map(|(id, doubt)| (id.to_owned(), doubt.code())).collect(),
        heard_unix_ms: hub.heard_unix_ms(),
        inside: venue.inside_since(clock::now_unix_ms() - hub.stay_ms),
        contested: hub.is_contested(),
    })
}

pub fn is_on() -> bool {
    HUB.with_borrow(Option::is_some)
}

pub fn stop() {
    TURN.set(TURN.get().wrapping_add(1));
    if let Some(hub) = HUB.take() {
        hub.stop();
    }
}

impl Plan {
    fn parse(lines: &str) -> Option<Self> {
        let mut lines = lines.split('\n');
        let address = lines.next()?;
        // A path is one of this site's own origin.
        let address = if address.starts_with('/') {
            format!("{}{address}", clock::window().location().origin().ok()?)
        } else {
            address.to_owned()
        };
        let access = HubAccess::new(lines.next()?, lines.next()?)?;
        let venue_id = lines.next()?.to_owned();
        Some(Self { address, access, venue_id, stay_ms: lines.next()?.parse().ok()? })
    }
}

impl Hub {
    fn new(
        plan: &Plan,
        store: Store,
        log: crate::audit_log::LogId,
        range: Range<u64>,
        tell: js_sys::Function,
    ) -> Self {
        let line = request::Line::new(&plan.address, &hub_database(&plan.venue_id), &plan.access);
        let (user, sent) = (plan.access.user.clone(), RefCell::default());
        Self {
            talk: Talk { line, user, store, log, sent, filters: Cell::new(true) },
            tell,
            stay_ms: plan.stay_ms,
            sender: RefCell::new(Sender::new(range)),
            listener: RefCell::default(),
            venue: RefCell::new(Venue::new(&plan.venue_id, log)),
            contested: Cell::new(false),
            waits_since_ms: Cell::new(None),
            level_unix_ms: Cell::new(None),
            asked: Default::default(),
            timers: Default::default(),
            said: RefCell::default(),
            counted: Cell::new(0),
            holes: Cell::new(0),
            stopped: Cell::new(false),
        }
    }

    fn stop(&self) {
        self.stopped.set(true);
        self.talk.line.hang_up();
        self.timers.iter().for_each(|timer| drop(timer.take()));
    }

    fn hear(self: &Rc<Self>, heard: Heard) {
        if self.stopped.get() {
            return;
        }
        let listed = matches!(heard, Heard::Listed { .. });
        let wish = self.sender.borrow_mut().hear(heard, moment());
        if listed {
            self.keep_mark();
        }
        self.say();
        match wish {
            Wish::Rest => drop(self.timers[SENDING].take()),
            Wish::Wait { until_running_ms } => {
                let hub = self.clone();
                self.wake(SENDING, until_running_ms, move || hub.hear(Heard::Nothing));
            }
            Wish::List { .. } | Wish::Send(_) => {
                let (hub, request) = (self.clone(), self.next_request(SENDING));
                spawn_local(async move {
                    let heard = match wish {
                        Wish::List { from } => hub.list(from).await,
                        Wish::Send(range) => hub.talk.send(range).await,
                        Wish::Wait { .. } | Wish::Rest => return,
                    };
                    if hub.asked[SENDING].get() == request {
                        hub.hear(heard);
                    }
                });
                // The sender says itself how long it waits.
                self.hear_time();
            }
        }
    }

    /// So that an answer that does not come is given up.
    fn hear_time(self: &Rc<Self>) {
        let wish = self.sender.borrow_mut().hear(Heard::Nothing, moment());
        if let Wish::Wait { until_running_ms } = wish {
            let hub = self.clone();
            self.wake(SENDING, until_running_ms, move || hub.hear(Heard::Nothing));
        }
    }

    /// This gate is one of them.
    async fn count_own(&self) {
        let Ok(range) = self.talk.store.sequences().await else { return };
        let first = self.counted.get().max(range.end.saturating_sub(OWN_ROWS_MAX)).max(range.start);
        if first >= range.end {
            return;
        }
        self.counted.set(range.end);
        let Ok(rows) = self.talk.store.rows(first..range.end).await else { return };
        let rows: Vec<_> = rows.into_iter().flatten().collect();
        let now_unix_ms = clock::now_unix_ms();
        let mut venue = self.venue.borrow_mut();
        venue.count_own(&rows, now_unix_ms);
        venue.forget_before(now_unix_ms - self.stay_ms);
        drop(venue);
        self.say();
    }

    async fn list(&self, from: u64) -> Heard {
        // Retention may have removed the first entries.
        if let Ok(range) = self.talk.store.sequences().await {
            let end = self.sender.borrow().log().end.max(range.end);
            self.sender.borrow_mut().hear(Heard::Log(range.start..end), moment());
        }
        let underway = || {
            let _waits = self.sender.borrow_mut().hear(Heard::Underway, moment());
        };
        let listed = self.talk.list(from, underway).await;
        if listed.contested {
            self.contested.set(true);
        }
        listed.heard
    }

    fn get(self: &Rc<Self>, got: Got) {
        if self.stopped.get() {
            return;
        }
        let mut want = self.listener.borrow_mut().get(got, moment());
        let holes = self.venue.borrow().holes();
        if self.holes.replace(holes) != holes {
            want = self.listener.borrow_mut().get(Got::Hole, moment());
        }
        self.say();
        match want {
            Want::Rest => drop(self.timers[LISTENING].take()),
            Want::Wait { until_running_ms } => {
                let hub = self.clone();
                self.wake(LISTENING, until_running_ms, move || hub.get(Got::Nothing));
            }
            Want::Ask(ask) => self.listen(ask),
        }
    }

    fn listen(self: &Rc<Self>, ask: Ask) {
        let (hub, request) = (self.clone(), self.next_request(LISTENING));
        spawn_local(async move {
            let is_wanted = || hub.asked[LISTENING].get() == request && !hub.stopped.get();
            let line = async |got| {
                if is_wanted() {
                    hub.get(got);
                }
                breathe().await;
                is_wanted()
            };
            let got = hub.talk.listen(&ask, &hub.venue, line).await;
            if is_wanted() {
                hub.get(got);
            }
        });
        let until_ms = moment().running_ms + timing::ANSWER_MS_MAX;
        let hub = self.clone();
        self.wake(LISTENING, until_ms, move || hub.get(Got::Nothing));
    }

    fn next_request(&self, which: usize) -> u32 {
        let request = self.asked[which].get().wrapping_add(1);
        self.asked[which].set(request);
        request
    }

    fn wake(&self, which: usize, until_running_ms: i64, run: impl FnOnce() + 'static) {
        let wait_ms = (until_running_ms - moment().running_ms).clamp(0, TIMER_MS_MAX);
        let wait_ms = u32::try_from(wait_ms).unwrap_or_default();
        self.timers[which].replace(Some(Timeout::new(wait_ms, run)));
    }

    /// What the page is to know, where it has changed.
    fn say(&self) {
        let now_ms = moment().running_ms;
        let now_unix_ms = clock::now_unix_ms();
        let unix_ms = |running_ms: i64| now_unix_ms - (now_ms - running_ms);
        let heard_ms = self.listener.borrow().heard_running_ms();
        let standing = self.sender.borrow().standing();
        let standing = match standing {
            Standing::Retired => "retired 0".to_owned(),
            Standing::Level { since_running_ms } => {
                self.waits_since_ms.set(None);
                // While the line is alive and nothing waits, it still is.
                let at_unix_ms = unix_ms(since_running_ms.max(heard_ms.unwrap_or(i64::MIN)));
                self.level_unix_ms.set(Some(at_unix_ms));
                format!("level {}", whole_minute(at_unix_ms))
            }
            Standing::Waiting(waiting) => {
                let since_ms = self.waits_since_ms.get().unwrap_or(now_ms);
                self.waits_since_ms.set(Some(since_ms));
                match self.level_unix_ms.get() {
                    Some(at_unix_ms) if now_ms - since_ms < ON_ITS_WAY_MS => {
                        format!("level {}", whole_minute(at_unix_ms))
                    }
                    _ => format!("waiting {waiting}"),
                }
            }
        };
        let heard = self.heard_unix_ms().map_or(0, whole_minute);
        let inside = self.venue.borrow().inside_since(now_unix_ms - self.stay_ms);
        let contested = u8::from(self.is_contested());
        let words = format!("{standing} {heard} {inside} {contested}");
        if *self.said.borrow() != words {
            let told = self.tell.call1(&JsValue::NULL, &JsValue::from_str(&words));
            // The page's own function; it does not throw.
            drop(told);
            self.said.replace(words);
        }
    }

    /// As of when the others are known.
    fn heard_unix_ms(&self) -> Option<i64> {
        let heard_ms = self.listener.borrow().heard_running_ms()?;
        Some(clock::now_unix_ms() - (moment().running_ms - heard_ms))
    }

    fn is_contested(&self) -> bool {
        self.contested.get() || self.sender.borrow().is_contested()
    }

    /// Beside the log, so that the next start need not ask for everything.
    fn keep_mark(&self) {
        let mark = self.sender.borrow().mark().cloned();
        let (store, place) = (self.talk.store.clone(), self.place());
        let text = mark.map(|mark| format!("{place} {} {}", mark.start, mark.end));
        spawn_local(async move {
            // Forgotten, the next start asks for everything.
            let _kept = store.keep_hub_mark(text.as_deref()).await;
        });
    }

    async fn mark(&self) -> Option<Range<u64>> {
        let kept = self.talk.store.hub_mark().await.ok()??;
        let numbers = kept.strip_prefix(&self.place())?;
        let (start, end) = numbers.trim().split_once(' ')?;
        Some(start.parse().ok()?..end.parse().ok()?)
    }

    /// A mark is one of this log at this hub.
    fn place(&self) -> String {
        format!("{} {}", self.talk.line.database(), HEXLOWER.encode(&self.talk.log.0))
    }
}

/// Clocks on the screen show minutes; more would have it drawn anew all the time.
fn whole_minute(unix_ms: i64) -> i64 {
    unix_ms - unix_ms.rem_euclid(60_000)
}

fn moment() -> Moment {
    let moment = clock::moment();
    let (first, _) = moment.entropy.split_first_chunk().expect("32 bytes");
    Moment { running_ms: moment.running_ms, entropy: u32::from_be_bytes(*first) }
}
