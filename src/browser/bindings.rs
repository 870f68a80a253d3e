//! What web-sys does not bind, or binds only behind its unstable flag.

use js_sys::{ArrayBuffer, Function, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{HtmlVideoElement, MediaStreamTrack, Navigator};

#[wasm_bindgen]
extern "C" {
    /// WebCodecs: one frame of a video.
    pub type VideoFrame;

    #[wasm_bindgen(constructor, catch)]
    pub fn new(video: &HtmlVideoElement) -> Result<VideoFrame, JsValue>;

    /// `null` where the pixels are opaque to the page.
    #[wasm_bindgen(method, getter)]
    pub fn format(this: &VideoFrame) -> Option<String>;

    #[wasm_bindgen(method, getter, js_name = visibleRect)]
    pub fn visible_rect(this: &VideoFrame) -> Option<VisibleRect>;

    #[wasm_bindgen(method, catch, js_name = allocationSize)]
    pub fn allocation_size(this: &VideoFrame) -> Result<u32, JsValue>;

    /// Resolves to the list of planes.
    #[wasm_bindgen(method, catch, js_name = copyTo)]
    pub fn copy_to(this: &VideoFrame, to: &Uint8Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method)]
    pub fn close(this: &VideoFrame);

    /// The part of a frame that is shown.
    pub type VisibleRect;

    #[wasm_bindgen(method, getter)]
    pub fn width(this: &VisibleRect) -> f64;

    #[wasm_bindgen(method, getter)]
    pub fn height(this: &VisibleRect) -> f64;

    /// Where a plane lies in the copied bytes.
    pub type PlaneLayout;

    #[wasm_bindgen(method, getter)]
    pub fn offset(this: &PlaneLayout) -> f64;

    #[wasm_bindgen(method, getter)]
    pub fn stride(this: &PlaneLayout) -> f64;

    /// A video that tells when it has a new frame.
    #[wasm_bindgen(extends = HtmlVideoElement)]
    pub type FrameSource;

    /// `undefined` in old browsers.
    #[wasm_bindgen(method, getter, js_name = requestVideoFrameCallback)]
    pub fn has_frame_callback(this: &FrameSource) -> JsValue;

    #[wasm_bindgen(method, js_name = requestVideoFrameCallback)]
    pub fn request_frame_callback(this: &FrameSource, callback: &Function) -> u32;

    /// A camera's track with what it can do.
    #[wasm_bindgen(extends = MediaStreamTrack)]
    pub type CapableTrack;

    #[wasm_bindgen(method, getter, js_name = getCapabilities)]
    pub fn has_capabilities(this: &CapableTrack) -> JsValue;

    #[wasm_bindgen(method, js_name = getCapabilities)]
    pub fn capabilities(this: &CapableTrack) -> Object;

    #[wasm_bindgen(method, js_name = getSettings)]
    pub fn settings(this: &CapableTrack) -> Object;

    #[wasm_bindgen(method, catch, js_name = applyConstraints)]
    pub fn constrain(this: &CapableTrack, constraints: &JsValue) -> Result<Promise, JsValue>;

    /// Lets Chromium begin new files for the site's databases; static/renew.js.
    #[wasm_bindgen(catch, js_name = gerbangRenewDatabase)]
    pub fn renew_database() -> Result<Promise, JsValue>;

    /// The log once more, in files; static/copy.js.
    #[wasm_bindgen(catch, js_name = gerbangCopy)]
    pub fn second_copy(kind: &str, given: &js_sys::Array) -> Result<Promise, JsValue>;

    /// The navigator's newer doors.
    #[wasm_bindgen(extends = Navigator)]
    pub type Phone;

    /// `undefined` where the page may not see cameras.
    #[wasm_bindgen(method, getter, js_name = mediaDevices)]
    pub fn devices(this: &Phone) -> JsValue;

    #[wasm_bindgen(method, getter, js_name = vibrate)]
    pub fn has_vibrate(this: &Phone) -> JsValue;

    /// `undefined` where the screen cannot be kept on.
    #[wasm_bindgen(method, getter, js_name = wakeLock)]
    pub fn wake_lock(this: &Phone) -> Option<WakeLocks>;

    /// `undefined` outside a secure context.
    #[wasm_bindgen(method, getter, js_name = serviceWorker)]
    pub fn service_workers(this: &Phone) -> Option<ServiceWorkers>;

    #[derive(Clone)]
    pub type ServiceWorkers;

    #[wasm_bindgen(method, catch)]
    pub fn register(
        this: &ServiceWorkers,
        url: &str,
        options: &JsValue,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, getter)]
    pub fn controller(this: &ServiceWorkers) -> Option<ServiceWorker>;

    #[wasm_bindgen(method, catch, js_name = getRegistration)]
    pub fn registration(this: &ServiceWorkers) -> Result<Promise, JsValue>;

    pub type ServiceWorker;

    #[wasm_bindgen(method, js_name = postMessage)]
    pub fn tell(this: &ServiceWorker, message: &JsValue);

    pub type WakeLocks;

    #[wasm_bindgen(method, catch)]
    pub fn request(this: &WakeLocks, kind: &str) -> Result<Promise, JsValue>;

    pub type WakeLockSentinel;

    #[wasm_bindgen(method, getter)]
    pub fn released(this: &WakeLockSentinel) -> bool;

    /// Any message channel's other end: `transfer` is moved, not copied.
    pub type Port;

    #[wasm_bindgen(method, catch, js_name = postMessage)]
    pub fn post(this: &Port, message: &JsValue, transfer: &js_sys::Array) -> Result<(), JsValue>;

    /// Web Cryptography; it throws where the page is not secure or the algorithm unknown.
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = generateKey, catch)]
    pub fn generate_key(
        algorithm: &str,
        extractable: bool,
        usages: &js_sys::Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = exportKey, catch)]
    pub fn export_public_key(form: &str, key: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = sign, catch)]
    pub fn sign_with(
        algorithm: &str,
        key: &JsValue,
        message: &Uint8Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = console, js_name = error)]
    pub fn console_error(text: &str);

    /// The global object, of page or worker.
    pub type Scope;

    #[wasm_bindgen(method, getter)]
    pub fn performance(this: &Scope) -> Meter;

    #[wasm_bindgen(extends = web_sys::Performance)]
    pub type Meter;

    #[wasm_bindgen(method, catch, js_name = measure)]
    pub fn measure_span(this: &Meter, name: &str, span: &JsValue) -> Result<JsValue, JsValue>;

    /// An image's pixels without a copy into wasm.
    pub type RawImage;

    #[wasm_bindgen(method, getter)]
    pub fn data(this: &RawImage) -> RawPixels;

    pub type RawPixels;

    #[wasm_bindgen(method, getter)]
    pub fn buffer(this: &RawPixels) -> ArrayBuffer;
}
