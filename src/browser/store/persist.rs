//! Asking the browser not to throw the log away.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// What the browser said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// The log stays until somebody clears the site's data.
    Granted,
    /// The browser may clear it when space runs out, or (Safari in a tab) after seven days.
    Refused,
    /// The browser cannot be asked.
    Unknown,
}

/// Best asked after the first visitor was recorded: browsers look at how a site is used.
pub async fn ask_to_persist() -> Persistence {
    ask().await.unwrap_or(Persistence::Unknown)
}

/// By reflection: old browsers have no `navigator.storage`.
async fn ask() -> Option<Persistence> {
    let navigator = web_sys::window()?.navigator();
    let storage = Reflect::get(&navigator, &JsValue::from_str("storage")).ok()?;
    let persist = Reflect::get(&storage, &JsValue::from_str("persist")).ok()?;
    let asked = persist.dyn_into::<Function>().ok()?.call0(&storage).ok()?;
    let granted = JsFuture::from(asked.dyn_into::<Promise>().ok()?).await.ok()?.as_bool()?;
    Some(if granted { Persistence::Granted } else { Persistence::Refused })
}
