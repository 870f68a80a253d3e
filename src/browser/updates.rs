//! The service worker: keeps the site on the phone, and says when a newer version waits.
//!
//! Limits and errors: a browser without service workers needs the network; nothing else changes.
//! Not here: when an update may be applied (session), what is kept (static/sw.js).

use super::bindings::{Phone, ServiceWorkers};
use super::clock;
use super::site;
use crate::session::Event;
use gloo::events::EventListener;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::Callback;

const SCRIPT_URL: &str = "sw.js";

/// Registers the service worker of this site; development builds have none.
pub fn start(send: &Callback<Event>) {
    let Some(workers) = workers() else { return };
    if site::build().id == "dev" {
        return;
    }
    let send = send.clone();
    spawn_local(async move {
        // Offline use is a gain, not a condition: without it the gate works on.
        let _registered = watch(&workers, send).await;
    });
}

async fn watch(workers: &ServiceWorkers, send: Callback<Event>) -> Result<(), JsValue> {
    let options = Object::new();
    Reflect::set(&options, &"updateViaCache".into(), &"none".into())?;
    let registration = JsFuture::from(workers.register(SCRIPT_URL, &options)?).await?;
    let build = site::build().id;
    if let Some(controller) = workers.controller() {
        controller.tell(&message("started", Some(&build)));
    }
    if waiting(&registration).is_some() {
        send.emit(Event::UpdateReady);
    }
    let target: web_sys::EventTarget = registration.clone().unchecked_into();
    let found = EventListener::new(&target, "updatefound", move |_| {
        let Some(installing) = part(&registration, "installing") else { return };
        let (registration, send) = (registration.clone(), send.clone());
        let target: web_sys::EventTarget = installing.unchecked_into();
        EventListener::new(&target, "statechange", move |_| {
            // The very first version replaces nothing.
            let replaces = workers_controller().is_some();
            if replaces && waiting(&registration).is_some() {
                send.emit(Event::UpdateReady);
            }
        })
        .forget();
    });
    found.forget();
    Ok(())
}

/// Asks the host whether there is a newer version; what it has comes as `Event::UpdateReady`.
pub fn look() {
    let Some(workers) = workers() else { return };
    spawn_local(async move {
        let Ok(asked) = workers.registration() else { return };
        let Ok(registration) = JsFuture::from(asked).await else { return };
        let Some(update) = part(&registration, "update") else { return };
        let Ok(update) = update.dyn_into::<Function>() else { return };
        // Without a network there is nothing new.
        if let Ok(asked) = update.call0(&registration)
            && let Ok(asked) = asked.dyn_into::<Promise>()
        {
            let _found = JsFuture::from(asked).await;
        }
    });
}

/// The officer tapped: the waiting version takes over, then the page starts again, once.
pub fn apply() {
    let Some(workers) = workers() else { return };
    let target: web_sys::EventTarget = workers.clone().unchecked_into();
    EventListener::once(&target, "controllerchange", |_| reload()).forget();
    spawn_local(async move {
        let Ok(asked) = workers.registration() else { return };
        let Ok(registration) = JsFuture::from(asked).await else { return };
        match waiting(&registration) {
            Some(worker) => {
                worker
                    .unchecked_into::<super::bindings::ServiceWorker>()
                    .tell(&message("apply", None));
            }
            None => reload(),
        }
    });
}

fn reload() {
    // A page that cannot be loaded again goes on as it is.
    let _reloaded = clock::window().location().reload();
}

fn workers() -> Option<ServiceWorkers> {
    clock::window().navigator().unchecked_ref::<Phone>().service_workers()
}

fn workers_controller() -> Option<super::bindings::ServiceWorker> {
    workers()?.controller()
}

fn waiting(registration: &JsValue) -> Option<JsValue> {
    part(registration, "waiting")
}

fn part(registration: &JsValue, name: &str) -> Option<JsValue> {
    let part = Reflect::get(registration, &name.into()).ok()?;
    (!part.is_null() && !part.is_undefined()).then_some(part)
}

fn message(kind: &str, build: Option<&str>) -> JsValue {
    let message = Object::new();
    // A new object takes any field.
    let _kind = Reflect::set(&message, &"kind".into(), &kind.into());
    if let Some(build) = build {
        let _build = Reflect::set(&message, &"build".into(), &build.into());
    }
    message.into()
}
