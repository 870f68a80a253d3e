//! A picture instead of the camera: chosen, dropped or pasted, read like a frame.
//!
//! Shape: any `input[type=file]` of the page but the registry's, any drop, any paste → bitmap → pixels → `PictureRead`.
//! Limits and errors: reduced to `SIDE_PX_FIRST`, then to `SIDE_PX_MAX` if nothing was read; what is no
//! picture reads as one without a code.

use super::clock;
use super::fetch;
use super::grab;
use super::reader::Reader;
use super::registry_file;
use super::wait::within;
use crate::scan::{FrameReading, Look};
use crate::session::Event;
use gloo::events::{EventListener, EventListenerOptions};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, ClipboardEvent, DataTransfer, DragEvent, File, HtmlInputElement, ImageBitmap};
use yew::Callback;

/// A photo of a code is legible at this; small pictures stay as they are.
const SIDE_PX_FIRST: u32 = 2_048;
/// For a small code in a large photo.
const SIDE_PX_MAX: u32 = 4_096;
const BITMAP_MS_MAX: u32 = 10_000;
const SHARED_BYTES_MAX: usize = 32 << 20;

/// Listens on the whole page; the screens only show an input.
pub fn listen(reader: &Reader, send: &Callback<Event>) -> Vec<EventListener> {
    let document = clock::window().document().expect("the page has a document");
    let takes = |take: fn(&web_sys::Event) -> Option<File>| {
        let (reader, send) = (reader.clone(), send.clone());
        move |event: &web_sys::Event| {
            if let Some(file) = take(event) {
                event.prevent_default();
                read(file.into(), reader.clone(), send.clone());
            }
        }
    };
    let active = EventListenerOptions::enable_prevent_default();
    vec![
        EventListener::new_with_options(&document, "change", active, takes(chosen)),
        EventListener::new_with_options(&document, "drop", active, takes(dropped)),
        EventListener::new_with_options(&document, "paste", active, takes(pasted)),
        // Without this a browser opens the dropped file instead of the gate.
        EventListener::new_with_options(&document, "dragover", active, |event| {
            event.prevent_default();
        }),
    ]
}

fn chosen(event: &web_sys::Event) -> Option<File> {
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    if input.id() == registry_file::INPUT {
        return None;
    }
    // Fields for text change too, and keep what is in them.
    let file = input.files()?.get(0);
    // So that the same file can be chosen again.
    input.set_value("");
    file
}

fn dropped(event: &web_sys::Event) -> Option<File> {
    event.prevent_default();
    of_transfer(event.dyn_ref::<DragEvent>()?.data_transfer())
}

fn pasted(event: &web_sys::Event) -> Option<File> {
    of_transfer(event.dyn_ref::<ClipboardEvent>()?.clipboard_data())
}

fn of_transfer(transfer: Option<DataTransfer>) -> Option<File> {
    transfer?.files()?.get(0)
}

/// A picture that another app shared with this one waits with the service worker (static/sw.js), once.
pub fn look_at_shared(reader: &Reader, send: &Callback<Event>) {
    let location = clock::window().location();
    if location.hash().as_deref() != Ok("#shared") {
        return;
    }
    // Read twice it would be two visitors.
    let _gone = location.set_hash("");
    let (reader, send) = (reader.clone(), send.clone());
    spawn_local(async move {
        let Ok(bytes) = fetch::bytes("./shared", BITMAP_MS_MAX, SHARED_BYTES_MAX).await else {
            return;
        };
        let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
        if let Ok(picture) = Blob::new_with_u8_array_sequence(&parts) {
            read(picture, reader, send);
        }
    });
}

fn read(file: Blob, reader: Reader, send: Callback<Event>) {
    spawn_local(async move {
        match bitmap(&file).await {
            Some(bitmap) => look(bitmap, SIDE_PX_FIRST, reader, send),
            None => send.emit(Event::PictureRead(FrameReading::default())),
        }
    });
}

async fn bitmap(file: &Blob) -> Option<ImageBitmap> {
    let promise = clock::window().create_image_bitmap_with_blob(file).ok()?;
    Some(within(&promise, BITMAP_MS_MAX).await.ok()?.unchecked_into())
}

fn look(bitmap: ImageBitmap, side_px_max: u32, reader: Reader, send: Callback<Event>) {
    let Ok(pixels) = grab::from_bitmap(&bitmap, side_px_max) else {
        return send.emit(Event::PictureRead(FrameReading::default()));
    };
    let more_to_see =
        side_px_max < SIDE_PX_MAX && bitmap.width().max(bitmap.height()) > side_px_max;
    let again = reader.clone();
    reader.read(pixels, Look::Still, move |answer| {
        if answer.reading.payloads.is_empty() && more_to_see {
            look(bitmap, SIDE_PX_MAX, again, send);
        } else {
            bitmap.close();
            send.emit(Event::PictureRead(answer.reading));
        }
    });
}
