//! What is left on the screen if the program itself fails: it was never asked to, so it says little.
//!
//! Not here: the panic's message. It could hold what a pass said.

use super::bindings::console_error;
use std::panic;

const SENTENCE: &str = "Gerbang berhenti. Muat ulang. · Gerbang has stopped. Reload.";

/// From now on a panic shows a sentence and writes down where it happened.
pub fn prepare() {
    panic::set_hook(Box::new(|panic| {
        let place =
            panic.location().map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
        console_error(&format!("Gerbang stopped at {place}"));
        say();
    }));
}

/// Nothing here may fail again.
fn say() {
    // The worker has no page; the page notices by itself that the worker is gone.
    let Some(page) = web_sys::window().and_then(|window| window.document()) else { return };
    let Some(body) = page.body() else { return };
    if let Ok(words) = page.create_element("p") {
        words.set_class_name("last-words");
        let _marked = words.set_attribute("role", "alert");
        words.set_text_content(Some(SENTENCE));
        body.set_text_content(None);
        let _said = body.append_child(&words);
    }
}
