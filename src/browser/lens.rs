//! The phone's lenses as the browser tells of them, and the one that this phone was happy with.
//!
//! Shape: `listed`, `focus`, what a track can and is asked to do; `recall` and `remember` between sessions.
//! Limits and errors: what cannot be told, or kept, is as if it were not there.
//! Source: Media Capture and Streams, Image Capture (W3C).
//! Not here: which lens to choose (`scan::lens`); opening it (`camera`).

use super::bindings::{CapableTrack, Phone};
use super::wait::within;
use super::{clock, site};
use crate::scan::lens::{Focus, Listed, focus_of};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStreamTrack, Storage};

const DEVICES_MS_MAX: u32 = 2_000;

/// What is kept of the lens in use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    pub lens: Listed,
    /// Twice as near.
    pub zoom: bool,
}

/// Ids and labels are empty before the permission.
pub async fn listed() -> Vec<Listed> {
    let devices = clock::window().navigator().unchecked_ref::<Phone>().devices();
    if devices.is_undefined() {
        return Vec::new();
    }
    let devices: MediaDevices = devices.unchecked_into();
    let Ok(promise) = devices.enumerate_devices() else { return Vec::new() };
    let Ok(list) = within(&promise, DEVICES_MS_MAX).await else { return Vec::new() };
    list.unchecked_into::<Array>()
        .iter()
        .map(JsCast::unchecked_into::<MediaDeviceInfo>)
        .filter(|device| device.kind() == MediaDeviceKind::Videoinput)
        .map(|device| Listed { id: device.device_id(), label: device.label() })
        .collect()
}

pub fn focus(track: &MediaStreamTrack) -> Focus {
    let modes = offered(track, "focusMode").dyn_into::<Array>().unwrap_or_default();
    let modes: Vec<String> = modes.iter().filter_map(|mode| mode.as_string()).collect();
    focus_of(modes.iter().map(String::as_str))
}

/// Whether a track offers this value of a capability; a list offers what it holds.
pub fn can(track: &MediaStreamTrack, name: &str, value: &JsValue) -> bool {
    let offered = offered(track, name);
    match offered.dyn_ref::<Array>() {
        Some(list) => list.includes(value, 0),
        None => offered == *value,
    }
}

/// Whether a range of a track reaches so far.
pub fn reaches(track: &MediaStreamTrack, name: &str, value: f64) -> bool {
    let range = offered(track, name);
    let end = Reflect::get(&range, &"max".into()).ok().and_then(|end| end.as_f64());
    end.is_some_and(|end| end >= value)
}

fn offered(track: &MediaStreamTrack, name: &str) -> JsValue {
    let track: &CapableTrack = track.unchecked_ref();
    if track.has_capabilities().is_undefined() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(&track.capabilities(), &name.into()).unwrap_or_default()
}

/// A wish that a track may refuse without harm.
pub async fn constrain(track: &MediaStreamTrack, name: &str, value: &JsValue) {
    let set = fields(&[(name, value.clone())]);
    let constraints = fields(&[("advanced", Array::of1(&set).into())]);
    if let Ok(promise) = track.unchecked_ref::<CapableTrack>().constrain(&constraints) {
        let _refused = within(&promise, DEVICES_MS_MAX).await;
    }
}

pub fn recall() -> Option<Kept> {
    let kept = storage()?.get_item(&name()).ok()??;
    let mut lines = kept.split('\n');
    let mut line = || lines.next().unwrap_or_default().to_owned();
    let lens = Listed { id: line(), label: line() };
    Some(Kept { lens, zoom: line() == "zoom" })
}

pub fn remember(kept: &Kept) {
    let zoom = if kept.zoom { "zoom" } else { "" };
    if let Some(storage) = storage() {
        // Not kept, it is chosen anew the next time.
        let _kept = storage.set_item(&name(), &[&*kept.lens.id, &kept.lens.label, zoom].join("\n"));
    }
}

fn storage() -> Option<Storage> {
    clock::window().local_storage().ok()?
}

fn name() -> String {
    format!("gerbang:{}:lens", site::scope())
}

pub fn fields(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &JsValue::from(*name), value).expect("a new object takes any field");
    }
    object.into()
}
