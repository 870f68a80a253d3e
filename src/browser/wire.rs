//! What page and worker say to each other: plain objects, each with a `kind`.
//!
//! Shape: page `start`, then `frame` after `frame`; worker `ready`, `refused` or `broken`, then a `reading` a frame.
//! Limits and errors: a message that is none of these is dropped.

use super::pixels::{PixelKind, Pixels};
use crate::credential::Payload;
use crate::scan::{FrameReading, Hint, Look};
use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

/// More codes than this in one frame are not passed on: two already decide nothing.
const PAYLOADS_MAX: u32 = 16;

/// From the page.
#[derive(Debug)]
pub enum ToWorker {
    Start { module: JsValue, build: String },
    Frame { pixels: Pixels, look: Look },
}

/// From the worker.
#[derive(Debug)]
pub enum FromWorker {
    Ready {
        build: String,
    },
    /// It is of another build.
    Refused,
    /// The binary did not start.
    Broken,
    Reading {
        reading: FrameReading,
        decode_ms: f64,
        /// The frame's bytes, to be used again.
        bytes: Option<Uint8Array>,
    },
}

impl ToWorker {
    /// The message, and what of it is handed over instead of copied.
    pub fn into_js(self) -> (JsValue, Array) {
        let transfer = Array::new();
        let message = match self {
            Self::Start { module, build } => {
                object("start", &[("module", module), ("build", build.into())])
            }
            Self::Frame { pixels, look } => {
                transfer.push(&pixels.bytes.buffer());
                object(
                    "frame",
                    &[
                        ("bytes", pixels.bytes.into()),
                        ("pixels", kind_name(pixels.kind).into()),
                        ("width", pixels.width_px.into()),
                        ("height", pixels.height_px.into()),
                        ("stride", pixels.stride_bytes.into()),
                        ("offset", pixels.offset_bytes.into()),
                        ("still", (look == Look::Still).into()),
                    ],
                )
            }
        };
        (message, transfer)
    }

    /// A frame; `start` is read by the script that starts the worker.
    pub fn from_js(message: &JsValue) -> Option<Self> {
        if text(message, "kind")? != "frame" {
            return None;
        }
        let pixels = Pixels {
            bytes: field(message, "bytes").dyn_into().ok()?,
            kind: if text(message, "pixels")? == "rgba" {
                PixelKind::Rgba
            } else {
                PixelKind::Luma
            },
            width_px: whole(message, "width")?,
            height_px: whole(message, "height")?,
            stride_bytes: whole(message, "stride")?,
            offset_bytes: whole(message, "offset")?,
        };
        let still = field(message, "still").is_truthy();
        Some(Self::Frame { pixels, look: if still { Look::Still } else { Look::Video } })
    }
}

impl FromWorker {
    /// The message, and what of it is handed over instead of copied.
    pub fn into_js(self) -> (JsValue, Array) {
        let transfer = Array::new();
        let message = match self {
            Self::Ready { build } => object("ready", &[("build", build.into())]),
            Self::Refused => object("refused", &[]),
            Self::Broken => object("broken", &[]),
            Self::Reading { reading, decode_ms, bytes } => {
                if let Some(bytes) = &bytes {
                    transfer.push(&bytes.buffer());
                }
                let payloads: Array = reading.payloads.iter().map(payload_to_js).collect();
                object(
                    "reading",
                    &[
                        ("payloads", payloads.into()),
                        ("hint", reading.hint.map(hint_name).into()),
                        ("have", reading.parts.map_or(0, |(have, _)| have).into()),
                        ("total", reading.parts.map_or(0, |(_, total)| total).into()),
                        ("decode_ms", decode_ms.into()),
                        ("bytes", bytes.into()),
                    ],
                )
            }
        };
        (message, transfer)
    }

    pub fn from_js(message: &JsValue) -> Option<Self> {
        Some(match text(message, "kind")?.as_str() {
            "ready" => Self::Ready { build: text(message, "build")? },
            "refused" => Self::Refused,
            "broken" => Self::Broken,
            "reading" => {
                let payloads: Array = field(message, "payloads").dyn_into().ok()?;
                let count = payloads.length().min(PAYLOADS_MAX);
                let payloads =
                    (0..count).filter_map(|i| payload_from_js(&payloads.get(i))).collect();
                let hint = text(message, "hint").and_then(|name| hint_named(&name));
                Self::Reading {
                    reading: FrameReading { payloads, hint, parts: parts(message) },
                    decode_ms: field(message, "decode_ms").as_f64().unwrap_or(0.0),
                    bytes: field(message, "bytes").dyn_into().ok(),
                }
            }
            _ => return None,
        })
    }
}

/// `None` where the total is 0.
fn parts(message: &JsValue) -> Option<(u8, u8)> {
    let small = |name| whole(message, name).and_then(|count| u8::try_from(count).ok());
    small("have").zip(small("total").filter(|total| *total > 0))
}

fn payload_to_js(payload: &Payload) -> JsValue {
    let bytes = Uint8Array::from(payload.bytes());
    let text = payload.text().map(JsValue::from).into();
    object("payload", &[("bytes", bytes.into()), ("text", text)])
}

fn payload_from_js(value: &JsValue) -> Option<Payload> {
    let bytes: Uint8Array = field(value, "bytes").dyn_into().ok()?;
    Some(Payload::from_bytes(bytes.to_vec(), text(value, "text")))
}

fn kind_name(kind: PixelKind) -> &'static str {
    match kind {
        PixelKind::Luma => "luma",
        PixelKind::Rgba => "rgba",
    }
}

const HINTS: [(Hint, &str); 6] = [
    (Hint::TooDark, "too-dark"),
    (Hint::Glare, "glare"),
    (Hint::HoldStill, "hold-still"),
    (Hint::Closer, "closer"),
    (Hint::Farther, "farther"),
    (Hint::SeenUnread, "seen-unread"),
];

fn hint_name(hint: Hint) -> JsValue {
    HINTS.iter().find(|(named, _)| *named == hint).map(|(_, name)| JsValue::from(*name)).into()
}

fn hint_named(name: &str) -> Option<Hint> {
    HINTS.iter().find(|(_, named)| *named == name).map(|(hint, _)| *hint)
}

fn object(kind: &str, fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    let kind = ("kind", JsValue::from(kind));
    for (name, value) in fields.iter().chain([&kind]) {
        Reflect::set(&object, &JsValue::from(*name), value).expect("a new object takes any field");
    }
    object.into()
}

fn field(message: &JsValue, name: &str) -> JsValue {
    Reflect::get(message, &JsValue::from(name)).unwrap_or(JsValue::UNDEFINED)
}

fn text(message: &JsValue, name: &str) -> Option<String> {
    field(message, name).as_string()
}

// Checked to be a whole number of 32 bits.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(message: &JsValue, name: &str) -> Option<u32> {
    let number = field(message, name).as_f64()?;
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number))
        .then_some(number as u32)
}
