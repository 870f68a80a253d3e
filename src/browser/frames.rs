//! From the playing video to readings: when a frame is taken.
//!
//! Shape: a frame callback → grab → reader → `FrameRead`; one frame at a time.
//! Limits and errors: at most one frame in `FRAME_MS_MIN`, fewer after a minute without a code: phones get hot.
//! No frame for `SILENT_MS_MAX` while frames are wanted means that the camera was taken away: it is reopened.

use super::bench;
use super::bindings::FrameSource;
use super::camera::Camera;
use super::clock;
use super::grab::Grabber;
use super::reader::{Answer, Reader};
use crate::scan::{Hint, Look};
use crate::session::Event;
use gloo::timers::callback::Interval;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::VisibilityState;
use yew::Callback;

const FRAME_MS_MIN: f64 = 60.0;
/// After `IDLE_AFTER_MS` without anything like a code.
const IDLE_FRAME_MS_MIN: f64 = 250.0;
const IDLE_AFTER_MS: f64 = 60_000.0;
/// Frames with something like a code that could not be read: more pixels may help.
const UNREAD_FRAMES_MAX: u32 = 12;
/// In the dark some cameras give seven frames a second.
const SILENT_MS_MAX: f64 = 1_500.0;
const WATCH_MS: u32 = 500;
const SILENT_LOOKS_MAX: u32 = 2;

/// Takes frames while they are wanted.
#[derive(Clone)]
pub struct FrameLoop {
    inner: Rc<Inner>,
}

struct Inner {
    camera: Camera,
    reader: Reader,
    grabber: Grabber,
    send: Callback<Event>,
    wanted: Cell<bool>,
    scheduled: Cell<bool>,
    busy: Cell<bool>,
    /// On the page's own clock.
    last_frame_ms: Cell<f64>,
    last_grab_ms: Cell<f64>,
    last_code_ms: Cell<f64>,
    last_video_s: Cell<f64>,
    /// Counted twice, and down by those with nothing like a code.
    unread_frames: Cell<u32>,
    silent_looks: Cell<u32>,
    on_frame: RefCell<Option<Closure<dyn FnMut()>>>,
    watchdog: RefCell<Option<Interval>>,
}

impl FrameLoop {
    pub fn new(camera: Camera, reader: Reader, send: Callback<Event>) -> Self {
        let frames = Self {
            inner: Rc::new(Inner {
                camera,
                reader,
                grabber: Grabber::new(),
                send,
                wanted: Cell::new(false),
                scheduled: Cell::new(false),
                busy: Cell::new(false),
                last_frame_ms: Cell::new(0.0),
                last_grab_ms: Cell::new(0.0),
                last_code_ms: Cell::new(0.0),
                last_video_s: Cell::new(0.0),
                unread_frames: Cell::new(0),
                silent_looks: Cell::new(0),
                on_frame: RefCell::default(),
                watchdog: RefCell::default(),
            }),
        };
        let each = frames.clone();
        let on_frame = Closure::new(move || each.frame_shown());
        *frames.inner.on_frame.borrow_mut() = Some(on_frame);
        let watching = frames.clone();
        let watchdog = Interval::new(WATCH_MS, move || watching.watch());
        *frames.inner.watchdog.borrow_mut() = Some(watchdog);
        frames
    }

    /// Frames are wanted from now on.
    pub fn start(&self) {
        if !self.inner.wanted.replace(true) {
            self.look_again();
            self.inner.last_code_ms.set(clock::running_ms());
            self.schedule();
        }
    }

    pub fn pause(&self) {
        self.inner.wanted.set(false);
    }

    pub fn is_wanted(&self) -> bool {
        self.inner.wanted.get()
    }

    /// The camera has just been opened, or the page has come back: its first frame has all the time again.
    pub fn look_again(&self) {
        self.inner.last_frame_ms.set(clock::running_ms());
    }

    fn schedule(&self) {
        if self.inner.scheduled.replace(true) {
            return;
        }
        let on_frame = self.inner.on_frame.borrow();
        let Some(on_frame) = on_frame.as_ref() else { return };
        let callback = on_frame.as_ref().unchecked_ref();
        let source: &FrameSource = self.inner.camera.video().unchecked_ref();
        if source.has_frame_callback().is_undefined() {
            // Never refused on a living page.
            let _handle = clock::window().request_animation_frame(callback);
        } else {
            source.request_frame_callback(callback);
        }
    }

    fn frame_shown(&self) {
        let inner = &self.inner;
        inner.scheduled.set(false);
        let now_ms = clock::running_ms();
        let video_s = inner.camera.video().current_time();
        // An animation frame comes even when the video stands still.
        if video_s.to_bits() != inner.last_video_s.replace(video_s).to_bits() {
            inner.last_frame_ms.set(now_ms);
        }
        if !inner.wanted.get() {
            return;
        }
        self.schedule();
        let idle = now_ms - inner.last_code_ms.get() > IDLE_AFTER_MS;
        let pause_ms = if idle { IDLE_FRAME_MS_MIN } else { FRAME_MS_MIN };
        if inner.busy.get() || now_ms - inner.last_grab_ms.get() < pause_ms {
            return;
        }
        inner.busy.set(true);
        inner.last_grab_ms.set(now_ms);
        let frames = self.clone();
        spawn_local(async move { frames.take(now_ms).await });
    }

    async fn take(self, shown_ms: f64) {
        let inner = &self.inner;
        let Some(pixels) = inner.grabber.grab(inner.camera.video()).await else {
            inner.busy.set(false);
            return;
        };
        let grab_ms = clock::running_ms() - shown_ms;
        let frames = self.clone();
        inner.reader.read(pixels, Look::Video, move |answer| {
            let spent = bench::Spent {
                shown_ms,
                grab_ms,
                transfer_ms: answer.transfer_ms,
                decode_ms: answer.decode_ms,
            };
            bench::frame(spent);
            frames.read(answer);
        });
    }

    fn read(&self, answer: Answer) {
        let inner = &self.inner;
        inner.busy.set(false);
        if let Some(bytes) = answer.bytes {
            inner.grabber.give_back(bytes);
        }
        let unread = answer.reading.hint == Some(Hint::SeenUnread);
        if unread || !answer.reading.payloads.is_empty() {
            inner.last_code_ms.set(clock::running_ms());
        }
        let small = unread || answer.reading.hint == Some(Hint::Closer);
        let before = inner.unread_frames.get();
        // What is so small is not seen in every frame.
        let now = if small { before + 2 } else { before.saturating_sub(1) };
        inner.unread_frames.set(if answer.reading.payloads.is_empty() { now } else { 0 });
        if now >= 2 * UNREAD_FRAMES_MAX {
            inner.camera.sharpen();
        }
        if inner.wanted.get() {
            inner.send.emit(Event::FrameRead(answer.reading));
        }
    }

    fn watch(&self) {
        let inner = &self.inner;
        let now_ms = clock::running_ms();
        let visible = clock::window()
            .document()
            .is_some_and(|page| page.visibility_state() == VisibilityState::Visible);
        if !inner.wanted.get() || !visible || !inner.camera.is_open() {
            return self.look_again();
        }
        if now_ms - inner.last_frame_ms.get() <= SILENT_MS_MAX {
            inner.silent_looks.set(0);
            return;
        }
        // A page that was busy itself has frames waiting: they come before the next look.
        inner.silent_looks.set(inner.silent_looks.get() + 1);
        if inner.silent_looks.get() >= SILENT_LOOKS_MAX {
            inner.silent_looks.set(0);
            self.look_again();
            inner.camera.reopen();
        }
    }
}
