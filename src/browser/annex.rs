//! The second binary's part: the desk, away from the queue, loaded when it is asked for.
//!
//! Shape: `open(host, page, told, tell)` → a page of its own in `host`: menu, history, hand-over,
//! self-test, help. It reads the log; whatever is to be written, the page writes (`Wish`).
//! Limits and errors: reading is done in batches; a store that cannot be read is said.
//! Not here: the camera, verdicts, the first scan's bytes.

mod app;
mod day_sheet;
mod demo_camera;
mod entry;
mod examine;
mod gate;
mod gates;
mod handover;
mod help;
mod history;
pub mod hub;
mod imports;
mod kiosk;
mod known;
mod lines;
mod menu;
mod pin;
mod poster;
mod probe;
mod reading;
mod repair;
mod saved;
mod selftest;
mod situation;
pub mod text;
pub mod told;

use crate::browser::last_words;
use app::{Desk, DeskProps, Message};
use demo_camera::DemoCamera;
use std::cell::RefCell;
use told::{Told, page_named};
use web_sys::{HtmlElement, MediaStream};
use yew::AppHandle;

thread_local! {
    /// One desk at a time.
    static OPEN: RefCell<Option<AppHandle<Desk>>> = const { RefCell::new(None) };
    /// One demonstration pass at a time.
    static DEMO: RefCell<Option<DemoCamera>> = const { RefCell::new(None) };
}

/// The demonstration pass of that name as a camera would see it; it moves until the next one is asked for.
pub async fn demo_stream(name: &str) -> Option<MediaStream> {
    let demo = DemoCamera::start(name).await.ok()?;
    let stream = demo.stream().clone();
    DEMO.set(Some(demo));
    Some(stream)
}

/// Opens the desk; `tell` takes the names of wishes.
pub fn open(host: HtmlElement, page: &str, told: &str, tell: js_sys::Function) {
    last_words::prepare();
    let Some(told) = Told::parse(told) else { return };
    close();
    let props = DeskProps { page: page_named(page), told, tell };
    let app = yew::Renderer::<Desk>::with_root_and_props(host.into(), props).render();
    OPEN.set(Some(app));
}

/// Logs whose database the browser threw away, kept again: log id and next sequence, 24 bytes each.
pub async fn bring_back() -> Vec<u8> {
    let back = saved::bring_back().await;
    back.iter().flat_map(|(log, next)| [&log.0[..], &next.to_be_bytes()].concat()).collect()
}

/// A visitor's page, in place of the app.
pub fn open_poster(host: HtmlElement) {
    last_words::prepare();
    yew::Renderer::<poster::PosterPage>::with_root(host.into()).render();
}

pub fn tell(told: &str) {
    let Some(told) = Told::parse(told) else { return };
    OPEN.with_borrow(|open| {
        if let Some(desk) = open {
            desk.send_message(Message::Told(Box::new(told)));
        }
    });
}

pub fn close() {
    if let Some(desk) = OPEN.take() {
        desk.destroy();
    }
}
