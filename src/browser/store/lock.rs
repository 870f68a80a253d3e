//! Which tab writes: a Web Lock, held as long as the tab lives.
//!
//! Shape: `request(name, claim, on_stolen)` → `Grant`.
//! Limits and errors: asking waits `ASK_MS_MAX`, for a page that is just being reloaded.
//! Source: Web Locks API (W3C) §3: `signal`, `steal`.
//! Not here: fencing (the store's token does that; a lock that was stolen is heard of late).
//! By reflection: web-sys has locks only among what it calls unstable.

use crate::browser::wait::deferred;
use crate::session::StoreFault;
use gloo::timers::callback::Timeout;
use js_sys::{Function, Object, Promise, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

const ASK_MS_MAX: u32 = 1_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// Only if no other tab has it.
    Ask,
    /// From whichever tab has it: the officer tapped "take over".
    Steal,
}

pub enum Grant {
    Held(Lock),
    Refused,
    /// An old browser, or a page without a secure context.
    Unsupported,
}

/// Released when dropped.
pub struct Lock {
    release: Function,
    // Kept for the browser, which calls them.
    _on_grant: Closure<dyn FnMut(JsValue) -> JsValue>,
    _on_rejected: Closure<dyn FnMut(JsValue)>,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A resolver does not throw.
        let _ = self.release.call0(&JsValue::UNDEFINED);
    }
}

pub async fn request(
    name: &str,
    claim: Claim,
    on_stolen: impl Fn() + 'static,
) -> Result<Grant, StoreFault> {
    let Some((manager, ask)) = lock_manager() else { return Ok(Grant::Unsupported) };
    let unknown = |_| StoreFault::Unknown;
    let options = Object::new();
    let stop = AbortController::new().map_err(unknown)?;
    let (option, value) = match claim {
        Claim::Ask => ("signal", stop.signal().into()),
        Claim::Steal => ("steal", JsValue::TRUE),
    };
    Reflect::set(&options, &JsValue::from_str(option), &value).map_err(unknown)?;

    let (until_released, release) = deferred();
    let (answered, answer) = deferred();
    let granted = Rc::new(Cell::new(false));
    let on_grant = {
        let (granted, answer) = (granted.clone(), answer.clone());
        Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |_lock| {
            granted.set(true);
            let _ = answer.call0(&JsValue::UNDEFINED);
            // The lock is held until this is resolved.
            until_released.clone().into()
        })
    };
    let on_rejected = {
        let granted = granted.clone();
        Closure::<dyn FnMut(JsValue)>::new(move |_error| {
            if granted.get() {
                on_stolen();
            } else {
                let _ = answer.call0(&JsValue::UNDEFINED);
            }
        })
    };
    let held = ask
        .call3(&manager, &JsValue::from_str(name), &options, on_grant.as_ref())
        .map_err(unknown)?
        .unchecked_into::<Promise>();
    let _ = held.catch(&on_rejected);
    let patience = Timeout::new(ASK_MS_MAX, move || stop.abort());
    JsFuture::from(answered).await.map_err(unknown)?;
    drop(patience);
    if !granted.get() {
        return Ok(Grant::Refused);
    }
    Ok(Grant::Held(Lock { release, _on_grant: on_grant, _on_rejected: on_rejected }))
}

fn lock_manager() -> Option<(JsValue, Function)> {
    let navigator = web_sys::window()?.navigator();
    let manager = Reflect::get(&navigator, &JsValue::from_str("locks")).ok()?;
    let request = Reflect::get(&manager, &JsValue::from_str("request")).ok()?;
    Some((manager, request.dyn_into().ok()?))
}
