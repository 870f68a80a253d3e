//! The camera: one `<video>` for the life of the page, asked for once, kept on every screen.
//!
//! Shape: commands go through one serial queue; each ends with `CameraOpened` or `CameraFailed`.
//! Limits and errors: every promise has a limit of time; each failure is a `CameraFault`.
//! Why no `<video>` in `html!`: Yew clones elements, and a cloned video stays black on iOS 27.

use super::annex_door;
use super::bindings::{CapableTrack, Phone};
use super::clock;
use super::lens::{self, Kept, can, constrain, fields};
use super::serial::SerialQueue;
use super::wait::{Unsettled, within};
use crate::scan::lens::{Focus, Listed, known, to_try};
use crate::session::{CameraFault, CameraView, Event};
use gloo::events::EventListener;
use gloo::timers::future::TimeoutFuture;
use js_sys::{Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    DomException, Element, HtmlVideoElement, MediaDevices, MediaStream, MediaStreamConstraints,
    MediaStreamTrack, MediaStreamTrackState, Node,
};
use yew::Callback;

/// A person reads the browser's question; in another app's browser nothing is ever asked.
const ANSWER_MS_MAX: u32 = 30_000;
const ANSWER_IN_APP_MS_MAX: u32 = 8_000;
const FIRST_PICTURE_MS_MAX: u32 = 6_000;
/// Chrome for Android knows what a lens can do only some time after it is open.
const CAPABLE_AFTER_MS: u32 = 500;
const NEAR: f64 = 2.0;
/// Between two tries to get an interrupted camera back; after the last the fault is shown.
const REOPEN_PAUSES_MS: [u32; 3] = [0, 1_000, 3_000];

/// The one camera.
#[derive(Clone)]
pub struct Camera {
    inner: Rc<Inner>,
}

struct Inner {
    video: HtmlVideoElement,
    /// Where the video waits while no screen shows it: outside a document it would pause.
    parking: Element,
    send: Callback<Event>,
    queue: SerialQueue,
    stream: RefCell<Option<MediaStream>>,
    ended: RefCell<Option<EventListener>>,
    device_id: RefCell<Option<String>>,
    /// A request that the browser has not answered yet: asked once, waited for again.
    asked: RefCell<Option<Promise>>,
    requests: Cell<u32>,
    cameras: Cell<u8>,
    /// Whether the torch is on; `None`: there is none.
    torch: Cell<Option<bool>>,
    /// The officer wants it on, also after an interruption.
    torch_wanted: Cell<bool>,
    zoom: Cell<Option<bool>>,
    /// The best lens has been looked for.
    settled: Cell<bool>,
    /// Codes with many modules are expected.
    sharp: Cell<bool>,
    faces_visitors: Cell<bool>,
    kept: RefCell<Option<Kept>>,
    demo: RefCell<Option<MediaStream>>,
}

impl Camera {
    pub fn new(send: Callback<Event>) -> Result<Self, JsValue> {
        let document = clock::window().document().ok_or(JsValue::NULL)?;
        let video: HtmlVideoElement = document.create_element("video")?.unchecked_into();
        // Some browsers look at the attribute, some at the property.
        for name in ["playsinline", "muted", "autoplay"] {
            video.set_attribute(name, "")?;
        }
        video.set_muted(true);
        video.set_autoplay(true);
        let parking = document.create_element("div")?;
        parking.set_class_name("parking");
        parking.set_attribute("aria-hidden", "true")?;
        document.body().ok_or(JsValue::NULL)?.append_child(&parking)?;
        parking.append_child(&video)?;
        let inner = Inner {
            video,
            parking,
            send,
            queue: SerialQueue::default(),
            stream: RefCell::default(),
            ended: RefCell::default(),
            device_id: RefCell::default(),
            asked: RefCell::default(),
            requests: Cell::default(),
            cameras: Cell::default(),
            torch: Cell::default(),
            torch_wanted: Cell::default(),
            zoom: Cell::default(),
            settled: Cell::default(),
            sharp: Cell::default(),
            faces_visitors: Cell::default(),
            kept: RefCell::new(lens::recall()),
            demo: RefCell::default(),
        };
        Ok(Self { inner: Rc::new(inner) })
    }

    pub fn video(&self) -> &HtmlVideoElement {
        &self.inner.video
    }

    /// A stream is there, and nobody is busy with another.
    pub fn is_open(&self) -> bool {
        self.inner.stream.borrow().is_some() && !self.inner.queue.is_busy()
    }

    /// Puts the video where the screen wants it; `None` parks it.
    pub fn show_in(&self, place: Option<Node>) {
        let video = &self.inner.video;
        let place = place.unwrap_or_else(|| self.inner.parking.clone().into());
        if !place.contains(Some(video)) && place.append_child(video).is_ok() {
            self.inner.play();
        }
    }

    /// From now on a demonstration pass is what the camera sees; an unknown name leaves the lens.
    pub fn look_at_demo(&self, name: String) {
        let camera = self.clone();
        self.inner.queue.push(async move {
            if let Some(demo) = annex_door::demo_stream(&name).await
                && camera.inner.use_demo(demo).await
            {
                camera.tell().await;
            }
        });
    }

    /// Opens the camera unless it is open.
    pub fn open(&self) {
        let camera = self.clone();
        self.inner.queue.push(async move {
            let opened = if camera.inner.is_live() { Ok(()) } else { camera.inner.open().await };
            match opened {
                Ok(()) => {
                    camera.tell().await;
                    // Visitors are read meanwhile.
                    if camera.inner.settle_lens().await {
                        camera.tell().await;
                    }
                }
                Err(fault) => camera.fail(fault),
            }
        });
    }

    pub fn close(&self) {
        let camera = self.clone();
        self.inner.queue.push(async move {
            camera.inner.stop();
            camera.inner.send.emit(Event::CameraStopped);
        });
    }

    /// An interrupted camera lies about its state; only a new stream is reliable.
    pub fn reopen(&self) {
        let camera = self.clone();
        self.inner.queue.push(async move {
            camera.inner.stop();
            camera.inner.send.emit(Event::CameraStopped);
            let mut fault = CameraFault::Unknown;
            for pause_ms in REOPEN_PAUSES_MS {
                TimeoutFuture::new(pause_ms).await;
                match camera.inner.open().await {
                    Ok(()) => return camera.tell().await,
                    Err(this) => fault = this,
                }
            }
            camera.fail(fault);
        });
    }

    /// The next lens of those that the phone has.
    pub fn change(&self) {
        let camera = self.clone();
        self.inner.queue.push(async move {
            let cameras = lens::listed().await;
            let now = camera.inner.device_in_use();
            let index = cameras.iter().position(|lens| Some(&lens.id) == now.as_ref());
            let next = cameras.get(index.map_or(0, |i| (i + 1) % cameras.len()));
            let Some(next) = next.filter(|next| Some(&next.id) != now.as_ref()) else { return };
            match camera.inner.go_to(next).await {
                Ok(gone) => {
                    if gone {
                        camera.inner.remember(next.clone());
                    }
                    camera.tell().await;
                }
                Err(fault) => camera.fail(fault),
            }
        });
    }

    pub fn set_torch(&self, on: bool) {
        let camera = self.clone();
        self.inner.queue.push(async move {
            if let Some(track) = camera.inner.track() {
                constrain(&track, "torch", &JsValue::from(on)).await;
                camera.inner.torch.set(Some(on));
                camera.inner.torch_wanted.set(on);
            }
        });
    }

    /// A code with many modules is before the camera and is not read: more pixels, from now on. It
    /// costs a fresh look at each frame, so it is not where the day begins.
    pub fn sharpen(&self) {
        if self.inner.sharp.replace(true) {
            return;
        }
        mark_page("sharp", "true");
        let camera = self.clone();
        self.inner.queue.push(async move {
            if let Some(track) = camera.inner.track()
                && let Ok(asked) =
                    track.unchecked_ref::<CapableTrack>().constrain(&fields(&camera.inner.size()))
            {
                // A camera that has no more pixels goes on with those it has.
                let _refused = within(&asked, FIRST_PICTURE_MS_MAX).await;
            }
        });
    }

    /// The lens beside the screen, or the one behind it.
    pub fn face_visitors(&self, on: bool) {
        let camera = self.clone();
        self.inner.queue.push(async move {
            let inner = &camera.inner;
            if inner.faces_visitors.replace(on) == on {
                return;
            }
            inner.device_id.borrow_mut().take();
            if inner.stream.borrow().is_none() {
                return;
            }
            inner.stop();
            match inner.open().await {
                Ok(()) => camera.tell().await,
                Err(fault) => camera.fail(fault),
            }
        });
    }

    /// Twice as near, or as the lens is.
    pub fn set_zoom(&self, near: bool) {
        let camera = self.clone();
        self.inner.queue.push(async move {
            let inner = &camera.inner;
            if let Some(track) = inner.track() {
                constrain(&track, "zoom", &(if near { NEAR } else { 1.0 }).into()).await;
                inner.zoom.set(Some(near));
                if let Some(lens) = inner.lens_in_use().await {
                    inner.remember(lens);
                }
            }
        });
    }

    async fn tell(&self) {
        let inner = &self.inner;
        let demo = inner.demo.borrow().is_some();
        if !demo {
            let count = lens::listed().await.len();
            inner.cameras.set(u8::try_from(count).unwrap_or(u8::MAX));
        }
        let cameras = inner.cameras.get();
        let (torch, zoom) = (inner.torch.get(), inner.zoom.get());
        mark_page("camera", "running");
        inner.watch_end(self.clone());
        let view = CameraView { running: true, torch, zoom, cameras, demo };
        inner.send.emit(Event::CameraOpened(view));
    }

    fn fail(&self, fault: CameraFault) {
        self.inner.stop();
        self.inner.send.emit(Event::CameraFailed(fault));
        // Whoever answers the browser's question late is let in all the same.
        if let Some(asked) = self.inner.asked.borrow().clone() {
            let camera = self.clone();
            spawn_local(async move {
                if JsFuture::from(asked).await.is_ok() {
                    camera.open();
                }
            });
        }
    }
}

impl Inner {
    async fn open(&self) -> Result<(), CameraFault> {
        if let Some(demo) = &*self.demo.borrow() {
            self.set_stream(Some(demo));
        } else {
            let stream = self.request().await?;
            self.set_stream(Some(&stream));
        }
        self.play();
        self.first_picture().await;
        self.prepare_track().await;
        Ok(())
    }

    /// Answers whether the picture has changed already; else the next opening shows it.
    async fn use_demo(&self, demo: MediaStream) -> bool {
        let was_open = self.stream.borrow().is_some();
        let had_demo = self.demo.borrow().is_some();
        if was_open && !had_demo {
            self.stop();
        }
        *self.demo.borrow_mut() = Some(demo);
        was_open && self.open().await.is_ok()
    }

    /// Once a session: to the lens of before, or to one whose focus moves. Answers whether it changed.
    async fn settle_lens(&self) -> bool {
        if self.faces_visitors.get() || self.demo.borrow().is_some() || self.settled.replace(true) {
            return false;
        }
        TimeoutFuture::new(CAPABLE_AFTER_MS).await;
        let listed = lens::listed().await;
        let Some(first) = self.device_in_use() else { return false };
        let before = self.kept.borrow().as_ref().map(|kept| kept.lens.clone());
        if let Some(lens) = known(&listed, &first, before.as_ref()) {
            return self.go_to(lens).await.is_ok();
        }
        let mut tried = vec![first.clone()];
        while before.is_none() && self.track().is_some_and(|t| lens::focus(&t) == Focus::Fixed) {
            let first = listed.iter().find(|lens| lens.id == first);
            let next = to_try(&listed, &tried);
            let Some(lens) = next.or(first) else { break };
            if self.go_to(lens).await.is_err() || next.is_none() {
                break;
            }
            tried.push(lens.id.clone());
            TimeoutFuture::new(CAPABLE_AFTER_MS).await;
        }
        if tried.len() > 1
            && let Some(lens) = self.lens_in_use().await
        {
            self.remember(lens);
        }
        tried.len() > 1
    }

    /// Answers whether that lens is open now. A depth sensor is listed too, but cannot start: back to
    /// the one that could.
    async fn go_to(&self, lens: &Listed) -> Result<bool, CameraFault> {
        let now = self.device_in_use();
        *self.device_id.borrow_mut() = Some(lens.id.clone());
        self.stop();
        if self.open().await.is_ok() {
            return Ok(true);
        }
        *self.device_id.borrow_mut() = now;
        self.open().await.map(|()| false)
    }

    fn remember(&self, lens: Listed) {
        let kept = Kept { lens, zoom: self.zoom.get() == Some(true) };
        lens::remember(&kept);
        *self.kept.borrow_mut() = Some(kept);
    }

    async fn lens_in_use(&self) -> Option<Listed> {
        let id = self.device_in_use()?;
        lens::listed().await.into_iter().find(|lens| lens.id == id)
    }

    /// Asks for a camera; a question that still stands is not asked twice.
    async fn request(&self) -> Result<MediaStream, CameraFault> {
        let devices = media_devices()?;
        let promise = match self.asked.borrow_mut().take() {
            Some(promise) => promise,
            None => self.ask(&devices, &self.wishes())?,
        };
        match self.answer_to(promise).await {
            Err(Refusal::NoSuchCamera) => {
                self.device_id.borrow_mut().take();
                let any = self.ask(&devices, &JsValue::TRUE)?;
                self.answer_to(any).await.map_err(Refusal::fault)
            }
            answer => answer.map_err(Refusal::fault),
        }
    }

    async fn answer_to(&self, promise: Promise) -> Result<MediaStream, Refusal> {
        let in_app = in_app_browser();
        let limit_ms = if in_app { ANSWER_IN_APP_MS_MAX } else { ANSWER_MS_MAX };
        match within(&promise, limit_ms).await {
            Ok(stream) => Ok(stream.unchecked_into()),
            Err(Unsettled::Rejected(reason)) => Err(Refusal::of(&reason)),
            Err(Unsettled::TooLate) => {
                *self.asked.borrow_mut() = Some(promise);
                Err(Refusal::Fault(CameraFault::InAppBrowser))
            }
        }
    }

    fn ask(&self, devices: &MediaDevices, video: &JsValue) -> Result<Promise, CameraFault> {
        self.requests.set(self.requests.get() + 1);
        mark_page("gum", &self.requests.get().to_string());
        let constraints = MediaStreamConstraints::new();
        constraints.set_audio(&JsValue::FALSE);
        constraints.set_video(video);
        devices.get_user_media_with_constraints(&constraints).map_err(|_| CameraFault::Unsupported)
    }

    /// Never `facingMode` together with a device: some phones then give neither.
    fn wishes(&self) -> JsValue {
        let lens = match &*self.device_id.borrow() {
            Some(id) => ("deviceId", fields(&[("exact", JsValue::from(id))])),
            None => {
                let side = if self.faces_visitors.get() { "user" } else { "environment" };
                ("facingMode", fields(&[("ideal", side.into())]))
            }
        };
        let [width, height] = self.size();
        fields(&[lens, width, height])
    }

    fn size(&self) -> [(&'static str, JsValue); 2] {
        let (width, height) = if self.sharp.get() { (1920, 1080) } else { (1280, 720) };
        let ideal = |pixels: i32| fields(&[("ideal", pixels.into())]);
        [("width", ideal(width)), ("height", ideal(height))]
    }

    fn set_stream(&self, stream: Option<&MediaStream>) {
        self.video.set_src_object(stream);
        *self.stream.borrow_mut() = stream.cloned();
    }

    fn stop(&self) {
        self.ended.borrow_mut().take();
        if let Some(stream) = self.stream.borrow_mut().take()
            && self.demo.borrow().is_none()
        {
            tracks(&stream).iter().for_each(MediaStreamTrack::stop);
        }
        self.video.set_src_object(None);
        self.torch.set(None);
        self.zoom.set(None);
        mark_page("camera", "stopped");
    }

    fn play(&self) {
        if self.stream.borrow().is_some()
            && let Ok(playing) = self.video.play()
        {
            // Rejected when the stream changes meanwhile; the watchdog sees what matters.
            spawn_local(async move {
                let _interrupted = JsFuture::from(playing).await;
            });
        }
    }

    /// Waits for the first picture, not for ever: the watchdog takes over from there.
    async fn first_picture(&self) {
        const HAVE_CURRENT_DATA: u16 = 2;
        if self.video.ready_state() >= HAVE_CURRENT_DATA {
            return;
        }
        let video = self.video.clone();
        let loaded = Promise::new(&mut |resolve, _| {
            let resolved = video.add_event_listener_with_callback("loadeddata", &resolve);
            if resolved.is_err() {
                let _called = resolve.call0(&JsValue::NULL);
            }
        });
        let _in_time = within(&loaded, FIRST_PICTURE_MS_MAX).await;
    }

    async fn prepare_track(&self) {
        let Some(track) = self.track() else { return };
        self.torch.set(can(&track, "torch", &JsValue::TRUE).then(|| self.torch_wanted.get()));
        if self.torch.get() == Some(true) {
            constrain(&track, "torch", &JsValue::TRUE).await;
        }
        let near = self.kept.borrow().as_ref().is_some_and(|kept| kept.zoom);
        self.zoom.set(lens::reaches(&track, "zoom", NEAR).then_some(near));
        if self.zoom.get() == Some(true) {
            constrain(&track, "zoom", &NEAR.into()).await;
        }
        if can(&track, "focusMode", &"continuous".into()) {
            constrain(&track, "focusMode", &"continuous".into()).await;
        }
    }

    fn watch_end(&self, camera: Camera) {
        if self.demo.borrow().is_some() {
            return;
        }
        if let Some(track) = self.track() {
            let ended = EventListener::once(&track, "ended", move |_| camera.reopen());
            *self.ended.borrow_mut() = Some(ended);
        }
    }

    fn track(&self) -> Option<MediaStreamTrack> {
        self.stream.borrow().as_ref().and_then(|stream| tracks(stream).into_iter().next())
    }

    fn is_live(&self) -> bool {
        self.track().is_some_and(|track| track.ready_state() == MediaStreamTrackState::Live)
    }

    fn device_in_use(&self) -> Option<String> {
        let settings = self.track()?.unchecked_ref::<CapableTrack>().settings();
        text(&settings, "deviceId")
    }
}

/// Why the browser gave no camera.
enum Refusal {
    /// The remembered or wished one does not exist; any other may.
    NoSuchCamera,
    Fault(CameraFault),
}

impl Refusal {
    fn of(reason: &JsValue) -> Self {
        let name = reason.dyn_ref::<DomException>().map(DomException::name).unwrap_or_default();
        Self::Fault(match name.as_str() {
            "OverconstrainedError" => return Self::NoSuchCamera,
            "NotAllowedError" | "SecurityError" | "PermissionDeniedError" => CameraFault::Denied,
            "NotFoundError" | "DevicesNotFoundError" => CameraFault::Absent,
            "NotReadableError" | "TrackStartError" | "AbortError" => CameraFault::Busy,
            _ => CameraFault::Unknown,
        })
    }

    fn fault(self) -> CameraFault {
        match self {
            Self::NoSuchCamera => CameraFault::Absent,
            Self::Fault(fault) => fault,
        }
    }
}

fn media_devices() -> Result<MediaDevices, CameraFault> {
    let window = clock::window();
    if !window.is_secure_context() {
        return Err(CameraFault::Insecure);
    }
    let navigator = window.navigator();
    match navigator.unchecked_ref::<Phone>().devices() {
        devices if devices.is_undefined() && in_app_browser() => Err(CameraFault::InAppBrowser),
        devices if devices.is_undefined() => Err(CameraFault::Unsupported),
        devices => Ok(devices.unchecked_into()),
    }
}

/// The browser inside a messenger or a social network's app, by the names they give themselves.
fn in_app_browser() -> bool {
    const NAMES: [&str; 8] =
        ["FBAN/", "FBAV/", "Instagram", "WhatsApp", "Line/", "MicroMessenger", "TikTok", "; wv)"];
    let name = clock::window().navigator().user_agent().unwrap_or_default();
    NAMES.iter().any(|app| name.contains(app))
}

fn tracks(stream: &MediaStream) -> Vec<MediaStreamTrack> {
    stream.get_video_tracks().iter().map(JsCast::unchecked_into).collect()
}

/// What tests and style sheets may know of the shell.
pub fn mark_page(name: &str, value: &str) {
    if let Some(root) = clock::window().document().and_then(|page| page.document_element()) {
        // A fixed name is always valid.
        let _set = root.set_attribute(&format!("data-{name}"), value);
    }
}

fn text(object: &JsValue, name: &str) -> Option<String> {
    Reflect::get(object, &name.into()).ok()?.as_string()
}
