//! The page's side of the annex: loads the second binary when it is asked for, and closes it again.
//!
//! Shape: `open(page, told)` → the desk in `#desk`, over the page; what it wants comes back as
//! `Event`s.
//! Limits and errors: `LOAD_MS_MAX`; files that do not come are `Event::DeskFailed`.
//! Not here: what the desk shows (browser/annex), where its files are (static/boot.js).

use super::annex::told::{Told, Wish};
use super::clock;
use super::wait::within;
use crate::audit_log::LogId;
use crate::session::{DeskPage, Event};
use crate::trust::Elsewhere;
use js_sys::Promise;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlElement, MediaStream};
use yew::Callback;

/// On a slow line the first time; from the phone's own store it is there at once.
const LOAD_MS_MAX: u32 = 30_000;

#[wasm_bindgen]
extern "C" {
    /// static/boot.js: resolves to the annex, loaded once.
    #[wasm_bindgen(js_name = gerbangAnnex, catch)]
    fn load_annex() -> Result<Promise, JsValue>;

    #[derive(Clone)]
    pub(super) type Annex;

    #[wasm_bindgen(method, js_name = open_desk)]
    fn open_desk(this: &Annex, host: &HtmlElement, page: &str, told: &str, tell: &js_sys::Function);

    #[wasm_bindgen(method, js_name = tell_desk)]
    fn tell_desk(this: &Annex, told: &str);

    #[wasm_bindgen(method, js_name = close_desk)]
    fn close_desk(this: &Annex);

    #[wasm_bindgen(method, js_name = demo_stream)]
    fn demo_stream(this: &Annex, name: &str) -> Promise;

    #[wasm_bindgen(method, js_name = start_hub)]
    pub(super) fn start_hub(this: &Annex, plan: &str, tell: &js_sys::Function);

    #[wasm_bindgen(method, js_name = tell_hub)]
    pub(super) fn tell_hub(this: &Annex, stored: u64, verdict: bool);

    #[wasm_bindgen(method, js_name = flagged_elsewhere)]
    pub(super) fn flagged_elsewhere(this: &Annex, who: &[u8]) -> Option<String>;

    #[wasm_bindgen(method, js_name = seen_elsewhere)]
    pub(super) fn seen_elsewhere(this: &Annex, who: &[u8]) -> Option<String>;

    #[wasm_bindgen(method, js_name = stop_hub)]
    pub(super) fn stop_hub(this: &Annex);

    #[wasm_bindgen(method, js_name = bring_back)]
    fn bring_back(this: &Annex) -> Promise;

    /// `trust::answer`, over there.
    #[wasm_bindgen(method, catch, js_name = answer)]
    fn answer(this: &Annex, question: &[u8]) -> Result<Vec<u8>, JsValue>;
}

/// A handle on the desk that is open, if one is.
#[derive(Default)]
pub struct AnnexDoor {
    open: Rc<RefCell<Option<Open>>>,
}

struct Open {
    /// `None` while it is being loaded.
    annex: Option<Annex>,
    told: Told,
    _tell: Closure<dyn FnMut(String)>,
}

impl AnnexDoor {
    pub fn open(&self, page: DeskPage, told: Told, send: &Callback<Event>) {
        let wishes = send.clone();
        let tell = Closure::<dyn FnMut(String)>::new(move |wish: String| {
            if let Some(wish) = Wish::parse(&wish) {
                wishes.emit(wish.event());
            }
        });
        let tell_function: js_sys::Function =
            tell.as_ref().unchecked_ref::<js_sys::Function>().clone();
        self.open.replace(Some(Open { annex: None, told, _tell: tell }));
        let (open, send) = (self.open.clone(), send.clone());
        spawn_local(async move {
            let annex = load().await;
            let mut open = open.borrow_mut();
            // Closed again while the files were coming.
            let Some(waiting) = &mut *open else { return };
            let (Some(annex), Some(host)) = (annex, host()) else {
                *open = None;
                drop(open);
                return send.emit(Event::DeskFailed);
            };
            cover(true);
            annex.open_desk(&host, page.name(), &waiting.told.to_json(), &tell_function);
            waiting.annex = Some(annex);
        });
    }

    /// What the page knows has changed.
    pub fn tell(&self, told: Told) {
        let mut open = self.open.borrow_mut();
        let Some(open) = &mut *open else { return };
        if open.told != told {
            open.told = told;
            if let Some(annex) = &open.annex {
                annex.tell_desk(&open.told.to_json());
            }
        }
    }

    pub fn is_open(&self) -> bool {
        self.open.borrow().is_some()
    }

    pub fn close(&self) {
        if let Some(Open { annex: Some(annex), .. }) = self.open.take() {
            annex.close_desk();
        }
        cover(false);
    }
}

/// Lets the session ask the annex what this binary cannot read.
pub fn load_elsewhere(send: &Callback<Event>) {
    let send = send.clone();
    spawn_local(async move {
        send.emit(match load().await {
            Some(annex) => {
                let ask = move |question: &[u8]| annex.answer(question).ok();
                Event::ElsewhereLoaded(Elsewhere::new(ask))
            }
            None => Event::ElsewhereFailed,
        });
    });
}

/// Has what the browser threw away with its database kept again, and tells how far it reaches.
pub async fn bring_back(send: &Callback<Event>) {
    let Some(annex) = load().await else { return };
    let Ok(back) = within(&annex.bring_back(), LOAD_MS_MAX).await else { return };
    for log in js_sys::Uint8Array::new(&back).to_vec().chunks_exact(24) {
        let Some((log, next)) = log.split_first_chunk() else { continue };
        let Ok(next) = next.try_into() else { continue };
        send.emit(Event::LogSaved { log: LogId(*log), next_sequence: u64::from_be_bytes(next) });
    }
}

/// A demonstration pass as a camera would see it; `None`: no such pass, or no demonstration site.
pub async fn demo_stream(name: &str) -> Option<MediaStream> {
    let stream = within(&load().await?.demo_stream(name), LOAD_MS_MAX).await.ok()?;
    stream.dyn_into().ok()
}

pub(super) async fn load() -> Option<Annex> {
    let asked = load_annex().ok()?;
    Some(within(&asked, LOAD_MS_MAX).await.ok()?.unchecked_into())
}

fn element(id: &str) -> Option<Element> {
    clock::window().document()?.get_element_by_id(id)
}

fn host() -> Option<HtmlElement> {
    element("desk")?.dyn_into().ok()
}

/// The page behind the desk is not there for eye, ear and finger; its video plays on.
fn cover(covered: bool) {
    let (Some(app), Some(desk)) = (element("app"), element("desk")) else { return };
    for (element, hidden) in [(app, covered), (desk, !covered)] {
        // Setting a plain attribute does not fail.
        let _set = element.toggle_attribute_with_force("inert", hidden);
        let _set = element.toggle_attribute_with_force("data-covered", hidden);
    }
}

impl DeskPage {
    /// What the annex calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Menu => "menu",
            Self::History => "history",
            Self::SelfTest => "selftest",
            Self::HandOver => "handover",
            Self::Gate => "gate",
            Self::Known => "known",
            Self::Repair => "repair",
            Self::LeaveKiosk => "leave-kiosk",
        }
    }
}
