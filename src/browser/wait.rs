//! Promises that must not be waited for without end.

use gloo::timers::future::TimeoutFuture;
use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// Why nothing came.
#[derive(Debug)]
pub enum Unsettled {
    /// It did not settle in time; it may still.
    TooLate,
    /// It was rejected with this.
    Rejected(JsValue),
}

/// A promise's value, if it comes within `limit_ms`.
pub async fn within(promise: &Promise, limit_ms: u32) -> Result<JsValue, Unsettled> {
    let late = JsValue::symbol(Some("late"));
    let answer = late.clone();
    let timer = future_to_promise(async move {
        TimeoutFuture::new(limit_ms).await;
        Ok(answer)
    });
    let race = Promise::race(&Array::of2(promise, &timer));
    match JsFuture::from(race).await {
        Ok(value) if js_sys::Object::is(&value, &late) => Err(Unsettled::TooLate),
        Ok(value) => Ok(value),
        Err(reason) => Err(Unsettled::Rejected(reason)),
    }
}
