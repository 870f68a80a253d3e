//! Codes that come as text: from a scanner that types like a keyboard, and from the clipboard.
//!
//! Shape: a real field that asks for no keyboard of the screen's; keys that nothing else wants go there → text
//! → `Typed`, at Enter or Tab, or when a scanner without either falls silent.
//! Limits and errors: `CHARS_MAX`; fewer than `CHARS_MIN` were somebody's fingers, and are dropped.
//! Why a field: phones give a keyboard's keys to fields whole, and to pages without their names.
//! Not here: a layout that differs from the scanner's; the code then cannot be read (help says so).

use super::clock;
use crate::session::Event;
use gloo::events::{EventListener, EventListenerOptions};
use gloo::timers::callback::Timeout;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Element, HtmlElement, HtmlInputElement, KeyboardEvent};
use yew::Callback;

const CHARS_MIN: usize = 8;
/// No QR code holds more.
const CHARS_MAX: usize = 8_192;
/// Scanners send a character every 1 to 20 ms.
/// A busy phone hears them late.
const SILENT_MS: u32 = 1_000;

struct Field {
    input: HtmlInputElement,
    /// Where the focus was before somebody typed.
    before: RefCell<Option<HtmlElement>>,
    silence: RefCell<Option<Timeout>>,
    send: Callback<Event>,
}

/// Listens on the whole page; `None` where there is none.
pub fn listen(send: &Callback<Event>) -> Option<Vec<EventListener>> {
    let document = clock::window().document()?;
    let input: HtmlInputElement = document.create_element("input").ok()?.unchecked_into();
    for (name, value) in [
        ("class", "heard"),
        ("inputmode", "none"),
        ("autocomplete", "off"),
        ("tabindex", "-1"),
        ("aria-hidden", "true"),
    ] {
        input.set_attribute(name, value).ok()?;
    }
    document.body()?.append_child(&input).ok()?;
    let field = Rc::new(Field {
        input,
        before: RefCell::default(),
        silence: RefCell::default(),
        send: send.clone(),
    });
    let active =
        EventListenerOptions { phase: gloo::events::EventListenerPhase::Capture, passive: false };
    let keys = field.clone();
    let typing = field.clone();
    let send = send.clone();
    Some(vec![
        EventListener::new_with_options(&document, "keydown", active, move |event| {
            if let Some(key) = event.dyn_ref::<KeyboardEvent>() {
                keys.key(key);
            }
        }),
        EventListener::new(&field.input, "input", move |_| wait_for_silence(&typing)),
        EventListener::new(&document, "paste", move |event| {
            if let Some(text) = pasted(event) {
                send.emit(Event::Typed(text));
            }
        }),
    ])
}

impl Field {
    fn key(&self, key: &KeyboardEvent) {
        let target = key.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let is_ours = target.as_ref().is_some_and(|target| **target == **self.input);
        let name = key.key();
        // A screen that came up with the last key took the focus: the code's end is not for its buttons.
        if matches!(name.as_str(), "Enter" | "Tab") && (is_ours || self.silence.borrow().is_some())
        {
            key.prevent_default();
            self.take();
            return;
        }
        if is_ours {
            return;
        }
        let writes = name.chars().count() == 1 || name == "Unidentified";
        let is_for_another = target.as_ref().is_some_and(|target| is_editable(target));
        // The space bar presses buttons.
        let is_command = key.ctrl_key() || key.alt_key() || key.meta_key() || name == " ";
        if writes && !is_command && !is_for_another {
            // A screen that came up meanwhile took the focus: what was typed so far goes on.
            if self.silence.borrow().is_none() {
                *self.before.borrow_mut() = target;
                self.input.set_value("");
            }
            // The key that is down is then the field's.
            let _focused = self.input.focus();
        }
    }

    fn take(&self) {
        self.silence.borrow_mut().take();
        let text = self.input.value();
        self.input.set_value("");
        let before = self.before.borrow_mut().take();
        let _focused = match before.filter(|element| element.is_connected()) {
            Some(element) => element.focus(),
            None => self.input.blur(),
        };
        if (CHARS_MIN..=CHARS_MAX).contains(&text.len()) {
            self.send.emit(Event::Typed(text));
        }
    }
}

fn wait_for_silence(field: &Rc<Field>) {
    let later = field.clone();
    *field.silence.borrow_mut() = Some(Timeout::new(SILENT_MS, move || {
        // Its own timeout must not be dropped while it runs.
        if let Some(timeout) = later.silence.borrow_mut().take() {
            timeout.forget();
        }
        later.take();
    }));
}

fn is_editable(element: &Element) -> bool {
    matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
}

fn pasted(event: &web_sys::Event) -> Option<String> {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if target.is_some_and(|target| is_editable(&target)) {
        return None;
    }
    let text = event.dyn_ref::<ClipboardEvent>()?.clipboard_data()?.get_data("text").ok()?;
    let text = text.trim();
    (CHARS_MIN..=CHARS_MAX).contains(&text.len()).then(|| text.to_owned())
}
