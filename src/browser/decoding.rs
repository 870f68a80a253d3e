//! Pixels to a reading: the same on the page and in the worker.

use super::clock;
use super::pixels::{LumaPlane, Pixels};
use super::wire::{FromWorker, ToWorker};
use crate::scan::{FrameReading, FrameScanner, Look};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::bindings::Port;

/// The decoder with the buffers it keeps between frames.
#[derive(Debug, Default)]
pub struct Decoder {
    scanner: FrameScanner,
    plane: LumaPlane,
}

impl Decoder {
    /// What one frame tells, and how long that took. A frame that is none tells nothing.
    pub fn read(&mut self, pixels: &Pixels, look: Look) -> (FrameReading, f64) {
        let began_ms = clock::running_ms();
        let reading = match self.plane.take(pixels) {
            Ok(frame) => self.scanner.read(frame, look),
            Err(_) => FrameReading::default(),
        };
        (reading, clock::running_ms() - began_ms)
    }
}

/// The worker's whole life: says which build it is, then answers frame after frame.
pub fn serve(scope: &DedicatedWorkerGlobalScope) {
    let mut decoder = Decoder::default();
    let port: Port = scope.clone().unchecked_into();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let Some(ToWorker::Frame { pixels, look }) = ToWorker::from_js(&event.data()) else {
            return;
        };
        let (reading, decode_ms) = decoder.read(&pixels, look);
        say(&port, FromWorker::Reading { reading, decode_ms, bytes: Some(pixels.bytes) });
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    let build = js_sys::Reflect::get(scope, &"gerbangBuild".into())
        .ok()
        .and_then(|build| build.as_string())
        .unwrap_or_default();
    say(&scope.clone().unchecked_into(), FromWorker::Ready { build });
}

fn say(port: &Port, message: FromWorker) {
    let (message, transfer) = message.into_js();
    // Only a detached buffer could fail here; then the page's own limit of time goes on.
    let _unsent = port.post(&message, &transfer);
}
