//! A demonstration pass before the camera: its code, gently moving on a canvas, as a video stream.
//!
//! Not here: anything that knows what the pass says; it is read from the picture like any other.

use crate::browser::clock;
use crate::browser::fetch::{self, FetchError};
use gloo::timers::callback::Interval;
use js_sys::Math;
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, MediaStream};

const LIST_URL: &str = "demo/passes.json";
const LIST_MS_MAX: u32 = 8_000;
const LIST_BYTES_MAX: usize = 1 << 20;
const WIDTH_PX: f64 = 1280.0;
const HEIGHT_PX: f64 = 720.0;
/// Side of the code with its quiet zone.
const CODE_PX: f64 = 460.0;
/// Light modules around a code, ISO/IEC 18004 §6.3.8.
const QUIET_MODULES: u32 = 4;
/// Largest QR code.
const MODULES_MAX: usize = 177;
const FRAMES_PER_S: f64 = 25.0;
const FRAME_MS: u32 = 40;

#[derive(Deserialize)]
struct PassList {
    passes: Vec<DemoPass>,
}

#[derive(Deserialize)]
struct DemoPass {
    name: String,
    /// Rows of `0` and `1`; `1` is dark.
    modules: Vec<String>,
}

impl DemoPass {
    fn dark_modules(&self) -> Vec<Vec<bool>> {
        let row = |row: &String| row.bytes().take(MODULES_MAX).map(|cell| cell == b'1').collect();
        self.modules.iter().take(MODULES_MAX).map(row).collect()
    }
}

/// A stream like a camera's; stops moving when dropped.
pub struct DemoCamera {
    stream: MediaStream,
    _motion: Interval,
}

impl DemoCamera {
    pub async fn start(name: &str) -> Result<Self, DemoError> {
        let bytes = fetch::bytes(LIST_URL, LIST_MS_MAX, LIST_BYTES_MAX).await?;
        let list: PassList = serde_json::from_slice(&bytes).map_err(|_| DemoError::List)?;
        let pass = list.passes.iter().find(|pass| pass.name == name).ok_or(DemoError::Name)?;
        Self::show(&pass.dark_modules()).map_err(|_| DemoError::Canvas)
    }

    pub fn stream(&self) -> &MediaStream {
        &self.stream
    }

    fn show(rows: &[Vec<bool>]) -> Result<Self, JsValue> {
        let (canvas, context) = canvas(WIDTH_PX, HEIGHT_PX)?;
        let code = drawn_code(rows)?;
        draw_scene(&context, &code, 0.0)?;
        let stream = canvas.capture_stream_with_frame_request_rate(FRAMES_PER_S)?;
        let began_ms = clock::running_ms();
        let motion = Interval::new(FRAME_MS, move || {
            let time_s = (clock::running_ms() - began_ms) / 1000.0;
            // A frame that cannot be drawn leaves the one before it.
            let _drawn = draw_scene(&context, &code, time_s);
        });
        Ok(Self { stream, _motion: motion })
    }
}

/// Why no demonstration pass can be shown.
#[derive(Debug)]
pub enum DemoError {
    /// No such file: not a demonstration site.
    Fetch,
    List,
    /// No pass of that name.
    Name,
    Canvas,
}

impl From<FetchError> for DemoError {
    fn from(_: FetchError) -> Self {
        Self::Fetch
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sides of our own")]
fn canvas(
    width_px: f64,
    height_px: f64,
) -> Result<(HtmlCanvasElement, CanvasRenderingContext2d), JsValue> {
    let document = clock::window().document().ok_or(JsValue::NULL)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.unchecked_into();
    canvas.set_width(width_px as u32);
    canvas.set_height(height_px as u32);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.unchecked_into();
    Ok((canvas, context))
}

/// The code once, on white, so that each frame is one copy.
fn drawn_code(rows: &[Vec<bool>]) -> Result<HtmlCanvasElement, JsValue> {
    let (canvas, context) = canvas(CODE_PX, CODE_PX)?;
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, CODE_PX, CODE_PX);
    let modules = u32::try_from(rows.len()).map_err(|_| JsValue::NULL)? + 2 * QUIET_MODULES;
    // Whole pixels, or there are seams between modules.
    let module_px = (CODE_PX / f64::from(modules)).floor().max(1.0);
    let margin_px = ((CODE_PX - module_px * f64::from(modules)) / 2.0).floor();
    context.set_fill_style_str("#000");
    for (y, row) in (0_u32..).zip(rows) {
        for (x, dark) in (0_u32..).zip(row) {
            if *dark {
                let at = |index: u32| margin_px + module_px * f64::from(index + QUIET_MODULES);
                context.fill_rect(at(x), at(y), module_px, module_px);
            }
        }
    }
    Ok(canvas)
}

/// A hand holds it: a slow sway, a little turn.
fn draw_scene(
    context: &CanvasRenderingContext2d,
    code: &HtmlCanvasElement,
    time_s: f64,
) -> Result<(), JsValue> {
    context.reset_transform()?;
    context.set_fill_style_str("#6c7680");
    context.fill_rect(0.0, 0.0, WIDTH_PX, HEIGHT_PX);
    // The browser's sine: our own would be downloaded by everybody.
    let sway_x = 22.0 * Math::sin(time_s * 0.9);
    let sway_y = 12.0 * Math::sin(time_s * 1.3);
    context.translate(WIDTH_PX / 2.0 + sway_x, HEIGHT_PX / 2.0 + sway_y)?;
    context.rotate(0.05 * Math::sin(time_s * 0.7))?;
    context.draw_image_with_html_canvas_element(code, -CODE_PX / 2.0, -CODE_PX / 2.0)
}
