//! The screen stays on while the gate works.

use super::bindings::{Phone, WakeLockSentinel};
use super::clock;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Held from the first scan on; the browser takes it away when the page is hidden.
#[derive(Default)]
pub struct WakeLock {
    sentinel: RefCell<Option<WakeLockSentinel>>,
    asking: Cell<bool>,
}

impl WakeLock {
    /// Asks for the lock if it is not held. Phones without it dim as their owner set them.
    pub fn hold(self: &Rc<Self>) {
        let held = self.sentinel.borrow().as_ref().is_some_and(|lock| !lock.released());
        if held || self.asking.replace(true) {
            return;
        }
        let this = self.clone();
        spawn_local(async move {
            let navigator = clock::window().navigator();
            let locks = navigator.unchecked_ref::<Phone>().wake_lock();
            if let Some(Ok(promise)) = locks.map(|locks| locks.request("screen"))
                && let Ok(sentinel) = JsFuture::from(promise).await
            {
                *this.sentinel.borrow_mut() = Some(sentinel.unchecked_into());
            }
            this.asking.set(false);
        });
    }
}
