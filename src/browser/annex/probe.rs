//! What the phone says when it is asked: room, clock, files, sharing.
//!
//! Limits and errors: each question has `ASK_MS_MAX`; no answer is `None`, which is no fault.
//! Source: Storage Standard (WHATWG), Web Share API (W3C), Service Workers (W3C), Vibration API.
//! Not here: what an answer means (desk::selftest).

use crate::browser::bindings::Phone;
use crate::browser::wait::within;
use crate::browser::{clock, site};
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DomException, File, FilePropertyBag, HtmlAnchorElement, RequestCache, RequestInit, Response,
    Url,
};

const ASK_MS_MAX: u32 = 3_000;

/// What the browser says of its storage.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Room {
    pub used_bytes: Option<f64>,
    pub quota_bytes: Option<f64>,
    /// Promised to be kept.
    pub kept: Option<bool>,
}

pub async fn room() -> Room {
    let estimate = ask_storage("estimate").await.unwrap_or_default();
    let number = |name: &str| Reflect::get(&estimate, &name.into()).ok()?.as_f64();
    let kept = ask_storage("persisted").await.and_then(|kept| kept.as_bool());
    let (used_bytes, quota_bytes) = (number("usage"), number("quota"));
    Room { used_bytes, quota_bytes, kept }
}

/// By reflection: old browsers have no `navigator.storage`.
async fn ask_storage(question: &str) -> Option<JsValue> {
    let storage = navigator_part("storage")?;
    let question: Function = Reflect::get(&storage, &question.into()).ok()?.dyn_into().ok()?;
    let asked: Promise = question.call0(&storage).ok()?.dyn_into().ok()?;
    within(&asked, ASK_MS_MAX).await.ok()
}

fn navigator_part(name: &str) -> Option<JsValue> {
    let part = Reflect::get(&clock::window().navigator(), &name.into()).ok()?;
    (!part.is_undefined() && !part.is_null()).then_some(part)
}

/// The phone's clock minus the host's, as far as its `Date` tells: a second and the way there.
pub async fn clock_off_ms() -> Option<i64> {
    let options = RequestInit::new();
    options.set_method("HEAD");
    options.set_cache(RequestCache::NoStore);
    let asked = clock::window().fetch_with_str_and_init("site.json", &options);
    let response: Response = within(&asked, ASK_MS_MAX).await.ok()?.unchecked_into();
    let date = response.headers().get("date").ok()??;
    let host_unix_ms = js_sys::Date::parse(&date);
    (!host_unix_ms.is_nan()).then(|| clock::now_unix_ms() - whole(host_unix_ms))
}

#[expect(clippy::cast_possible_truncation, reason = "a date is whole and below 2^53")]
fn whole(number: f64) -> i64 {
    number as i64
}

/// Whether the service worker keeps this build whole, and answers for this page.
pub async fn files_kept() -> bool {
    let controlled = clock::window()
        .navigator()
        .unchecked_ref::<Phone>()
        .service_workers()
        .is_some_and(|workers| workers.controller().is_some());
    controlled && is_cached().await.unwrap_or(false)
}

/// The install is all or nothing: the cache of this build is there or not.
async fn is_cached() -> Option<bool> {
    let caches = Reflect::get(&clock::window(), &"caches".into()).ok()?;
    let has: Function = Reflect::get(&caches, &"has".into()).ok()?.dyn_into().ok()?;
    let name = format!("gerbang:{}:build:{}", site::scope(), site::build().id);
    let asked: Promise = has.call1(&caches, &name.into()).ok()?.dyn_into().ok()?;
    within(&asked, ASK_MS_MAX).await.ok()?.as_bool()
}

pub fn vibrates() -> bool {
    clock::window().navigator().unchecked_ref::<Phone>().has_vibrate().is_function()
}

/// What the phone and its browser call themselves, a line each.
pub fn phone() -> Vec<String> {
    let window = clock::window();
    let navigator = window.navigator();
    let number = |of: &JsValue, name: &str| {
        Reflect::get(of, &name.into()).ok().and_then(|value| value.as_f64())
    };
    vec![
        format!("browser {}", navigator.user_agent().unwrap_or_default()),
        format!(
            "window {:?} {:?} ratio {:?}",
            number(&window, "innerWidth"),
            number(&window, "innerHeight"),
            number(&window, "devicePixelRatio"),
        ),
        format!(
            "cores {:?} memory_gb {:?}",
            number(&navigator, "hardwareConcurrency"),
            number(&navigator, "deviceMemory"),
        ),
        format!("installed {}", is_installed()),
    ]
}

pub fn text_file(name: &str, text: &str) -> Option<File> {
    let kind = FilePropertyBag::new();
    kind.set_type("text/plain");
    File::new_with_str_sequence_and_options(&Array::of1(&text.into()), name, &kind).ok()
}

/// Opened from the home screen, not from a tab.
pub fn is_installed() -> bool {
    let media = clock::window().match_media("(display-mode: browser)").ok().flatten();
    media.is_some_and(|in_tab| !in_tab.matches())
}

/// Where a browser cannot print, nothing happens.
pub fn print() {
    let _printed = clock::window().print();
}

/// By the share sheet, which must follow a tap at once, or else to the downloads. Answers whether it
/// was given: a share sheet can be closed.
pub fn give(file: &File) -> impl Future<Output = bool> + use<> {
    let (sharing, file) = (share(file), file.clone());
    async move {
        match sharing {
            Some(sharing) => match sharing.await {
                Ok(_) => true,
                Err(error) if is_abort(&error) => false,
                Err(_) => download(&file).is_some(),
            },
            None => download(&file).is_some(),
        }
    }
}

/// The officer closed the share sheet.
fn is_abort(error: &JsValue) -> bool {
    error.dyn_ref::<DomException>().is_some_and(|error| error.name() == "AbortError")
}

/// `None`: this browser shares no files.
fn share(file: &File) -> Option<JsFuture> {
    let navigator = clock::window().navigator();
    let data = Object::new();
    Reflect::set(&data, &"files".into(), &Array::of1(file)).ok()?;
    let method =
        |name: &str| Reflect::get(&navigator, &name.into()).ok()?.dyn_into::<Function>().ok();
    let can = method("canShare")?.call1(&navigator, &data).ok()?.as_bool()?;
    if !can {
        return None;
    }
    let sharing: Promise = method("share")?.call1(&navigator, &data).ok()?.dyn_into().ok()?;
    Some(JsFuture::from(sharing))
}

/// Where nothing can be shared, the file goes to the downloads.
fn download(file: &File) -> Option<()> {
    let url = Url::create_object_url_with_blob(file).ok()?;
    let document = clock::window().document()?;
    let link: HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(&url);
    link.set_download(&file.name());
    link.click();
    // The download has its own hold on the bytes once it has begun.
    gloo::timers::callback::Timeout::new(60_000, move || {
        let _gone = Url::revoke_object_url(&url);
    })
    .forget();
    Some(())
}
