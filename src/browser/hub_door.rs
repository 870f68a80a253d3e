//! The page's side of the hub: the annex speaks with it, once the gate scans and both know of one.
//!
//! Shape: `follow(&Model)` after each event → `Plan` (whom to ask, as whom) and how far the log is → the
//! annex; what it hears comes back as `Event::HubHeard`, and of a visitor it is asked at once (`gate::Others`).
//! Limits and errors: the annex is loaded `AFTER_MS` after scanning began, and again a minute after a try
//! that failed; nothing here waits.
//! Not here: requests (browser/annex/hub), what is heard (session).

use super::annex_door::{Annex, load};
use crate::audit_log::Direction;
use crate::gate::{Flag, Others, Seen};
use crate::session::{Event, HubStanding, HubView, Model, Screen};
use gloo::timers::future::TimeoutFuture;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use yew::Callback;

/// The first scan comes first.
const AFTER_MS: u32 = 2_000;
const AGAIN_MS: u32 = 60_000;

#[derive(Default)]
pub struct HubDoor {
    open: Rc<RefCell<Option<Open>>>,
}

struct Open {
    plan: String,
    /// Entries that are stored, and whether a verdict shows.
    told: (u64, bool),
    /// `None` while it is being loaded.
    annex: Option<Annex>,
    tell: Closure<dyn FnMut(String)>,
}

impl HubDoor {
    /// Starts, tells or stops, as the model now is.
    pub fn follow(&self, model: &Model, send: &Callback<Event>) {
        if matches!(model.screen, Screen::Starting | Screen::Welcome) {
            return;
        }
        let plan = plan(model).unwrap_or_default();
        let is_verdict = matches!(model.screen, Screen::Verdict(_));
        let told = (model.entries_stored(), is_verdict);
        let mut open = self.open.borrow_mut();
        match &mut *open {
            Some(open) if open.plan == plan => {
                if open.told != told {
                    open.told = told;
                    if let Some(annex) = &open.annex {
                        annex.tell_hub(told.0, told.1);
                    }
                }
            }
            _ => {
                if let Some(Open { annex: Some(annex), .. }) = open.take() {
                    annex.stop_hub();
                }
                if !plan.is_empty() {
                    let (send, again) = (send.clone(), send.clone());
                    let tell = Closure::<dyn FnMut(String)>::new(move |news: String| {
                        if let Some(view) = parse(&news) {
                            send.emit(Event::HubHeard(view));
                        }
                    });
                    *open = Some(Open { plan: plan.clone(), told, annex: None, tell });
                    spawn_local(start(self.open.clone(), plan, again));
                }
            }
        }
    }
}

async fn start(open: Rc<RefCell<Option<Open>>>, plan: String, send: Callback<Event>) {
    let mut wait_ms = AFTER_MS;
    loop {
        TimeoutFuture::new(wait_ms).await;
        wait_ms = AGAIN_MS;
        let annex = load().await;
        let mut open = open.borrow_mut();
        // Another plan has its own start.
        let Some(open) = open.as_mut().filter(|open| open.plan == plan) else { return };
        if let Some(annex) = annex {
            annex.start_hub(&plan, open.tell.as_ref().unchecked_ref());
            annex.tell_hub(open.told.0, open.told.1);
            let [asked, flags] = [annex.clone(), annex.clone()];
            open.annex = Some(annex);
            let ask = move |who: &[u8; 32]| parse_seen(&asked.seen_elsewhere(who)?);
            let flag = move |who: &[u8; 32]| parse_flag(&flags.flagged_elsewhere(who)?);
            return send.emit(Event::OthersKnown(Others::new(ask, flag)));
        }
    }
}

/// One thing a line; see `annex::hub::Plan`.
fn plan(model: &Model) -> Option<String> {
    let (address, access) = model.hub_access()?;
    let (user, password) = (access.user.as_str(), access.password());
    let (venue_id, stay_ms) = (&model.gate.venue_id, model.stay_ms());
    Some(format!("{address}\n{user}\n{password}\n{venue_id}\n{stay_ms}"))
}

/// `standing number heard inside contested`: `level` and since when, `waiting` and how many, or `retired`; as of when
/// the others are known and how many are inside, or 0; `1` where another writes under this gate's name.
fn parse(news: &str) -> Option<HubView> {
    let mut words = news.split(' ');
    let standing = words.next()?;
    let mut number = || words.next()?.parse::<i64>().ok();
    let (of_standing, heard, inside, contested) = (number()?, number()?, number()?, number()?);
    let standing = match standing {
        "level" => HubStanding::Level { at_unix_ms: of_standing },
        "waiting" => HubStanding::Waiting(of_standing),
        _ => HubStanding::Retired,
    };
    let inside = (heard > 0).then_some((inside, heard));
    Some(HubView { standing, inside, contested: contested > 0 })
}

/// `direction at heard gate`; the gate's name may hold blanks.
fn parse_seen(seen: &str) -> Option<Seen> {
    let mut words = seen.splitn(4, ' ');
    let direction =
        if words.next()? == Direction::Exit.word() { Direction::Exit } else { Direction::Entry };
    let (at_unix_ms, heard_unix_ms) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    Some(Seen { at_unix_ms, direction, gate: words.next()?.into(), heard_unix_ms })
}

/// `raised at gate`
fn parse_flag(flag: &str) -> Option<Flag> {
    let mut words = flag.splitn(3, ' ');
    let (raised, at_unix_ms) = (words.next()? == "1", words.next()?.parse().ok()?);
    Some(Flag { at_unix_ms, raised, gate: words.next()?.into() })
}
