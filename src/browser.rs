//! The thin shell around the pure rooms: page, camera, worker, store.
//!
//! Shape: `run` → on the page `App` (events in, `session::update`, effects out), in the worker `decoding::serve`.
//! Limits and errors: every wait for the browser has a limit; what fails becomes an `Event`, never a panic.
//! Not here: judgement of any kind, sentences (language).

pub mod annex;
mod annex_door;
mod app;
mod effects;
mod hub_door;
mod lists;
mod registry_file;
mod start;

mod camera;
mod frames;
mod grab;
mod lens;
mod picture;
pub mod pixels;
mod typed;

pub mod decoding;
pub mod reader;
pub mod wire;

mod signals;
mod updates;
mod wake_lock;

pub mod store;

pub mod ui;

pub mod language;

mod bench;
mod bindings;
pub mod clock;
mod fetch;
pub mod hash;
mod last_words;
mod serial;
mod site;
mod wait;

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

/// Page and worker are one binary; this finds out which it is.
pub fn run() {
    last_words::prepare();
    match js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        Ok(worker) => decoding::serve(&worker),
        Err(_) => app::mount(),
    }
}
