//! A registry from a file, for a gate without a network: chosen on the set-up screen.
//!
//! Shape: the input with the id `INPUT` → bytes → `RegistryChosen`.
//! Limits and errors: what is longer than a registry may be is cut, and then refused as it is.
//! Not here: whether it is the authority's (session, trust).

use super::clock;
use super::wait::within;
use crate::session::Event;
use crate::trust::limits::REGISTRY_BYTES_MAX;
use gloo::events::EventListener;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlInputElement;
use yew::Callback;

pub const INPUT: &str = "registry-file";
const READ_MS_MAX: u32 = 10_000;

pub fn listen(send: &Callback<Event>) -> EventListener {
    let document = clock::window().document().expect("the page has a document");
    let send = send.clone();
    EventListener::new(&document, "change", move |event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(input) = input.filter(|input| input.id() == INPUT) else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // So that the same file can be chosen again.
        input.set_value("");
        let send = send.clone();
        spawn_local(async move {
            let start = file.slice_with_f64_and_f64(0.0, REGISTRY_BYTES_MAX as f64 + 1.0);
            let Ok(start) = start else { return };
            let Ok(buffer) = within(&start.array_buffer(), READ_MS_MAX).await else { return };
            let buffer: ArrayBuffer = buffer.unchecked_into();
            send.emit(Event::RegistryChosen(Uint8Array::new(&buffer).to_vec()));
        });
    })
}
