//! What a verdict took, for whoever measures: only under `#bench`, and never anything of a payload.

use super::bindings::Scope;
use super::clock;
use super::hash;
use js_sys::{Object, Reflect};
use std::cell::{Cell, RefCell};
use wasm_bindgen::JsCast;

/// One frame on its way.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    /// When the video showed it.
    pub shown_ms: f64,
    pub grab_ms: f64,
    pub transfer_ms: f64,
    pub decode_ms: f64,
}

thread_local! {
    static WANTED: Cell<bool> = Cell::new(hash::read().bench);
    static LAST_FRAME: RefCell<Option<Spent>> = const { RefCell::new(None) };
}

pub fn is_wanted() -> bool {
    WANTED.get()
}

/// The frame whose reading is about to be decided.
pub fn frame(spent: Spent) {
    if WANTED.get() {
        LAST_FRAME.set(Some(spent));
    }
}

/// A decision took from `began_ms` to `decided_ms`, and its screen was painted at `painted_ms`.
pub fn verdict(began_ms: f64, decided_ms: f64, painted_ms: f64) {
    let Some(spent) = LAST_FRAME.take() else { return };
    let grabbed_ms = spent.shown_ms + spent.grab_ms;
    let decoded_ms = began_ms - spent.transfer_ms;
    measure("grab", spent.shown_ms, grabbed_ms);
    measure("transfer", decoded_ms, began_ms);
    measure("decode", decoded_ms - spent.decode_ms, decoded_ms);
    measure("verify", began_ms, decided_ms);
    measure("render", decided_ms, painted_ms);
    measure("total", spent.shown_ms, painted_ms);
}

/// An entry was given to the store at `began_ms` and is complete now.
pub fn logged(began_ms: f64) {
    if WANTED.get() {
        measure("log", began_ms, clock::running_ms());
    }
}

fn measure(name: &str, from_ms: f64, to_ms: f64) {
    let meter = js_sys::global().unchecked_into::<Scope>().performance();
    let span = Object::new();
    for (field, ms) in [("start", from_ms), ("end", to_ms.max(from_ms))] {
        Reflect::set(&span, &field.into(), &ms.into()).expect("a new object takes any field");
    }
    // Measuring may fail; the gate goes on.
    let _measured = meter.measure_span(&format!("gerbang:{name}"), &span);
}
