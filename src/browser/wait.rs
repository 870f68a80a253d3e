//! Promises that must not be waited for without end.

use gloo::timers::callback::Timeout;
use js_sys::{Array, Function, Promise};
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

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
    let mut timer = None;
    let alarm = Promise::new(&mut |resolve, _| {
        let late = late.clone();
        // A resolver does not throw.
        timer = Some(Timeout::new(limit_ms, move || drop(resolve.call1(&JsValue::NULL, &late))));
    });
    let first = JsFuture::from(Promise::race(&Array::of2(promise, &alarm))).await;
    // Dropped, the timer does not go off any more.
    drop(timer);
    match first {
        Ok(value) if js_sys::Object::is(&value, &late) => Err(Unsettled::TooLate),
        Ok(value) => Ok(value),
        Err(reason) => Err(Unsettled::Rejected(reason)),
    }
}

/// A promise and what resolves it.
pub fn deferred() -> (Promise, Function) {
    let mut resolver = None;
    let promise = Promise::new(&mut |resolve, _| resolver = Some(resolve));
    (promise, resolver.expect("an executor runs before `new` returns"))
}

/// Lets one at a time pass; the others wait.
#[derive(Debug, Default)]
pub struct Turnstile {
    /// Resolved when whoever passes is through.
    busy: RefCell<Option<Promise>>,
}

/// Whoever holds this is passing.
#[derive(Debug)]
pub struct Passing<'a> {
    turnstile: &'a Turnstile,
    done: Function,
}

impl Turnstile {
    pub async fn pass(&self) -> Passing<'_> {
        loop {
            let Some(busy) = self.busy.borrow().clone() else { break };
            // `busy` is only ever resolved.
            let _through = JsFuture::from(busy).await;
        }
        let (busy, done) = deferred();
        self.busy.replace(Some(busy));
        Passing { turnstile: self, done }
    }
}

impl Drop for Passing<'_> {
    fn drop(&mut self) {
        self.turnstile.busy.replace(None);
        // A resolver does not throw.
        drop(self.done.call0(&JsValue::NULL));
    }
}
