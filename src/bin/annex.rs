//! The second binary: what the first scan does not need. The page loads it when it is asked for.

use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, MediaStream};

fn main() {}

/// Opens the desk in `host`; see `browser::annex::open`.
#[wasm_bindgen]
pub fn open_desk(host: HtmlElement, page: &str, told: &str, tell: js_sys::Function) {
    gerbang::browser::annex::open(host, page, told, tell);
}

/// Opens the poster that the address names, in place of the app.
#[wasm_bindgen]
pub fn open_poster(host: HtmlElement) {
    gerbang::browser::annex::open_poster(host);
}

/// What the page knows has changed.
#[wasm_bindgen]
pub fn tell_desk(told: &str) {
    gerbang::browser::annex::tell(told);
}

#[wasm_bindgen]
pub fn close_desk() {
    gerbang::browser::annex::close();
}

/// Speaks with the hub from now on; see `browser::annex::hub`.
#[wasm_bindgen]
pub fn start_hub(plan: &str, tell: js_sys::Function) {
    gerbang::browser::annex::hub::start(plan, tell);
}

/// How far the log is, and whether a verdict shows.
#[wasm_bindgen]
pub fn tell_hub(stored: u64, verdict: bool) {
    gerbang::browser::annex::hub::tell(stored, verdict);
}

/// What the venue's other gates said last of whoever has this pseudonym.
#[wasm_bindgen]
pub fn seen_elsewhere(who: &[u8]) -> Option<String> {
    gerbang::browser::annex::hub::seen_elsewhere(who)
}

/// What a supervisor asked of her at another gate.
#[wasm_bindgen]
pub fn flagged_elsewhere(who: &[u8]) -> Option<String> {
    gerbang::browser::annex::hub::flagged_elsewhere(who)
}

#[wasm_bindgen]
pub fn stop_hub() {
    gerbang::browser::annex::hub::stop();
}

/// What the page's binary does not read; see `trust::Elsewhere`.
#[wasm_bindgen]
pub fn answer(question: &[u8]) -> Vec<u8> {
    gerbang::trust::answer(question)
}

/// Logs that were thrown away; see `browser::annex::bring_back`.
#[wasm_bindgen]
pub async fn bring_back() -> Vec<u8> {
    gerbang::browser::annex::bring_back().await
}

/// A demonstration pass as a camera would see it.
#[wasm_bindgen]
pub async fn demo_stream(name: String) -> Option<MediaStream> {
    gerbang::browser::annex::demo_stream(&name).await
}
