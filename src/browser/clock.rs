//! The only clock and the only dice.

use super::bindings::Scope;
use crate::session::Moment;
use js_sys::Date;
use wasm_bindgen::JsCast;
use web_sys::Window;

/// What the machine state may know of now.
#[expect(clippy::cast_possible_truncation, reason = "a page lives for days, not for 2^53 ms")]
pub fn moment() -> Moment {
    Moment {
        now_unix_ms: now_unix_ms(),
        running_ms: running_ms() as i64,
        utc_offset_min: utc_offset_min(),
        entropy: entropy(),
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the door")]
#[expect(clippy::cast_possible_truncation, reason = "whole, and far below 2^53")]
pub fn now_unix_ms() -> i64 {
    Date::now() as i64
}

/// Local time minus UTC.
#[expect(clippy::disallowed_methods, reason = "this is the door")]
#[expect(clippy::cast_possible_truncation, reason = "below a day")]
pub fn utc_offset_min() -> i16 {
    -(Date::new_0().get_timezone_offset() as i16)
}

/// Fresh random bytes.
pub fn entropy() -> [u8; 32] {
    let mut bytes = [0; 32];
    window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))
        .expect("every browser that runs wasm has getRandomValues");
    bytes
}

/// Milliseconds since this page or worker began.
pub fn running_ms() -> f64 {
    js_sys::global().unchecked_into::<Scope>().performance().now()
}

/// Only the page has one.
pub fn window() -> Window {
    web_sys::window().expect("the page has a window")
}
