//! A frame's pixels from the playing video, by the way that is faster on this device.
//!
//! Shape: the first frames are taken both ways in turn; then the faster median wins for good.
//! Limits and errors: a way that fails once is not tried again; a frame that cannot be taken is skipped.
//! Why: the Y plane costs 1/65 of a canvas where frames lie in memory, and more than a canvas on some phones.

use super::bindings::{PlaneLayout, RawImage, VideoFrame};
use super::camera::mark_page;
use super::clock;
use super::pixels::{PixelKind, Pixels};
use js_sys::{Array, Object, Reflect, Uint8Array};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement};

/// Frames measured for each way before one is chosen.
const TRIALS: usize = 4;
/// Buffers kept for the next frames.
const SPARE_MAX: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// WebCodecs: the Y plane as the camera made it.
    Plane,
    Canvas,
}

/// Takes frames; owns the canvas and the spare buffers.
pub struct Grabber {
    trials: RefCell<Trials>,
    canvas: RefCell<Option<Canvas>>,
    spare: RefCell<Vec<Uint8Array>>,
}

#[derive(Debug, Default)]
struct Trials {
    plane_ms: Vec<f64>,
    canvas_ms: Vec<f64>,
    chosen: Option<Way>,
}

struct Canvas {
    element: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Grabber {
    pub fn new() -> Self {
        let missing = Reflect::get(&js_sys::global(), &"VideoFrame".into())
            .map_or(true, |class| class.is_undefined());
        let chosen = missing.then_some(Way::Canvas);
        Self {
            trials: RefCell::new(Trials { chosen, ..Trials::default() }),
            canvas: RefCell::default(),
            spare: RefCell::default(),
        }
    }

    /// The frame that the video shows now.
    pub async fn grab(&self, video: &HtmlVideoElement) -> Option<Pixels> {
        if video.video_width() == 0 || video.video_height() == 0 {
            return None;
        }
        let way = self.trials.borrow().next();
        let began_ms = clock::running_ms();
        let pixels = match way {
            Way::Plane => self.take_plane(video).await,
            Way::Canvas => self.take_canvas(video).ok(),
        };
        let took_ms = clock::running_ms() - began_ms;
        let mut trials = self.trials.borrow_mut();
        if trials.note(way, pixels.is_some().then_some(took_ms)) {
            trials.tell();
        }
        pixels
    }

    /// Takes a buffer back after its frame was read.
    pub fn give_back(&self, bytes: Uint8Array) {
        let mut spare = self.spare.borrow_mut();
        if spare.len() < SPARE_MAX {
            spare.push(bytes);
        }
    }

    async fn take_plane(&self, video: &HtmlVideoElement) -> Option<Pixels> {
        let frame = VideoFrame::new(video).ok()?;
        let pixels = self.copy_plane(&frame).await;
        frame.close();
        pixels
    }

    async fn copy_plane(&self, frame: &VideoFrame) -> Option<Pixels> {
        // Only formats that begin with a plane of 8-bit brightness.
        if !matches!(frame.format()?.as_str(), "I420" | "I420A" | "I422" | "I444" | "NV12") {
            return None;
        }
        let shown = frame.visible_rect()?;
        let bytes = self.buffer(frame.allocation_size().ok()?);
        let planes = JsFuture::from(frame.copy_to(&bytes).ok()?).await.ok()?;
        let luma: PlaneLayout = planes.dyn_into::<Array>().ok()?.get(0).unchecked_into();
        Some(Pixels {
            bytes,
            kind: PixelKind::Luma,
            width_px: whole(shown.width()),
            height_px: whole(shown.height()),
            stride_bytes: whole(luma.stride()),
            offset_bytes: whole(luma.offset()),
        })
    }

    fn take_canvas(&self, video: &HtmlVideoElement) -> Result<Pixels, JsValue> {
        let (width_px, height_px) = (video.video_width(), video.video_height());
        let mut canvas = self.canvas.borrow_mut();
        let canvas = match &mut *canvas {
            Some(canvas) => canvas,
            none => none.insert(Canvas::new()?),
        };
        canvas.set_size(width_px, height_px);
        canvas.context.draw_image_with_html_video_element(video, 0.0, 0.0)?;
        canvas.pixels()
    }

    /// A spare buffer of that length, or a new one.
    fn buffer(&self, length: u32) -> Uint8Array {
        let mut spare = self.spare.borrow_mut();
        match spare.iter().position(|bytes| bytes.length() == length) {
            Some(index) => spare.swap_remove(index),
            None => {
                spare.clear();
                Uint8Array::new_with_length(length)
            }
        }
    }
}

impl Trials {
    fn next(&self) -> Way {
        match self.chosen {
            Some(way) => way,
            None if self.plane_ms.len() <= self.canvas_ms.len() => Way::Plane,
            None => Way::Canvas,
        }
    }

    /// Answers whether the choice has just been made. `None`: that way failed.
    fn note(&mut self, way: Way, took_ms: Option<f64>) -> bool {
        let was_chosen = self.chosen;
        match (way, took_ms) {
            (Way::Plane, None) => self.chosen = Some(Way::Canvas),
            (Way::Plane, Some(ms)) if self.chosen.is_none() => self.plane_ms.push(ms),
            (Way::Canvas, Some(ms)) if self.chosen.is_none() => self.canvas_ms.push(ms),
            _ => {}
        }
        if self.chosen.is_none() && self.plane_ms.len().min(self.canvas_ms.len()) >= TRIALS {
            let plane_wins = median(&self.plane_ms) <= median(&self.canvas_ms);
            self.chosen = Some(if plane_wins { Way::Plane } else { Way::Canvas });
        }
        self.chosen != was_chosen
    }

    /// For whoever looks after a phone: which way it takes.
    fn tell(&self) {
        if let Some(way) = self.chosen {
            mark_page("grab", if way == Way::Plane { "plane" } else { "canvas" });
        }
    }
}

fn median(times_ms: &[f64]) -> f64 {
    let mut sorted: Vec<f64> = Vec::new();
    for time_ms in times_ms {
        sorted.insert(sorted.partition_point(|known| known < time_ms), *time_ms);
    }
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::INFINITY)
}

impl Canvas {
    fn new() -> Result<Self, JsValue> {
        let document = clock::window().document().ok_or(JsValue::NULL)?;
        let element: HtmlCanvasElement = document.create_element("canvas")?.unchecked_into();
        let options = Object::new();
        Reflect::set(&options, &"willReadFrequently".into(), &JsValue::TRUE)?;
        Reflect::set(&options, &"alpha".into(), &JsValue::FALSE)?;
        let context = element
            .get_context_with_context_options("2d", &options)?
            .ok_or(JsValue::NULL)?
            .unchecked_into();
        Ok(Self { element, context })
    }

    fn set_size(&self, width_px: u32, height_px: u32) {
        // Setting a size clears the canvas, even to the same size.
        if self.element.width() != width_px || self.element.height() != height_px {
            self.element.set_width(width_px);
            self.element.set_height(height_px);
        }
    }

    fn pixels(&self) -> Result<Pixels, JsValue> {
        let (width_px, height_px) = (self.element.width(), self.element.height());
        let image =
            self.context.get_image_data(0.0, 0.0, f64::from(width_px), f64::from(height_px))?;
        let buffer = image.unchecked_into::<RawImage>().data().buffer();
        Ok(Pixels {
            bytes: Uint8Array::new(&buffer),
            kind: PixelKind::Rgba,
            width_px,
            height_px,
            stride_bytes: width_px * 4,
            offset_bytes: 0,
        })
    }
}

/// A picture's pixels, reduced so that its longest side is at most `side_px_max`.
pub fn from_bitmap(bitmap: &web_sys::ImageBitmap, side_px_max: u32) -> Result<Pixels, JsValue> {
    let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
    let scale = (f64::from(side_px_max) / width.max(height)).min(1.0);
    let (width, height) = ((width * scale).max(1.0).floor(), (height * scale).max(1.0).floor());
    let canvas = Canvas::new()?;
    canvas.set_size(whole(width), whole(height));
    // Transparent parts of a picture count as paper.
    canvas.context.set_fill_style_str("#fff");
    canvas.context.fill_rect(0.0, 0.0, width, height);
    canvas.context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, width, height)?;
    canvas.pixels()
}

// Saturates; sides and strides are small.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(number: f64) -> u32 {
    number as u32
}
