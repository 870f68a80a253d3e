//! Pixels on their way from a camera or a picture to the reader.

use gerbang_qr::{FrameError, LumaFrame};
use js_sys::Uint8Array;

/// How the bytes are to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PixelKind {
    /// One brightness byte a pixel; bytes after the plane do not matter.
    Luma,
    /// Red, green, blue, alpha.
    Rgba,
}

/// One frame in JavaScript's memory, where it can be handed to the worker without a copy.
#[derive(Debug)]
pub struct Pixels {
    pub bytes: Uint8Array,
    pub kind: PixelKind,
    pub width_px: u32,
    pub height_px: u32,
    /// Bytes from one row's start to the next.
    pub stride_bytes: u32,
    /// Where the first row starts.
    pub offset_bytes: u32,
}

/// The luma plane in wasm's memory; kept between frames so that a stream allocates nothing new.
#[derive(Debug, Default)]
pub struct LumaPlane {
    luma: Vec<u8>,
    rgba: Vec<u8>,
}

impl LumaPlane {
    /// Copies a frame in; answers it as the decoder wants it.
    pub fn take(&mut self, pixels: &Pixels) -> Result<LumaFrame<'_>, FrameError> {
        let (width, height) = (side(pixels.width_px)?, side(pixels.height_px)?);
        let stride = usize::try_from(pixels.stride_bytes).map_err(|_| FrameError::Stride)?;
        let length = u32::try_from(stride.checked_mul(height).ok_or(FrameError::Size)?)
            .map_err(|_| FrameError::Size)?;
        let end = pixels.offset_bytes.checked_add(length).ok_or(FrameError::Size)?;
        if end > pixels.bytes.length() {
            return Err(FrameError::TooShort);
        }
        let plane = pixels.bytes.subarray(pixels.offset_bytes, end);
        match pixels.kind {
            PixelKind::Luma => {
                self.luma.resize(stride * height, 0);
                plane.copy_to(&mut self.luma);
                LumaFrame::new(&self.luma, width, height, stride)
            }
            PixelKind::Rgba => {
                self.rgba.resize(stride * height, 0);
                plane.copy_to(&mut self.rgba);
                self.luma.clear();
                let (whole, _) = self.rgba.as_chunks::<4>();
                self.luma.extend(whole.iter().map(brightness));
                LumaFrame::new(&self.luma, width, height, stride / 4)
            }
        }
    }
}

fn side(side_px: u32) -> Result<usize, FrameError> {
    usize::try_from(side_px)
        .ok()
        .filter(|side| (1..=LumaFrame::SIDE_PX_MAX).contains(side))
        .ok_or(FrameError::Size)
}

/// ITU-R BT.601 weights in 256ths.
fn brightness(rgba: &[u8; 4]) -> u8 {
    let [red, green, blue, _] = rgba.map(u32::from);
    let weighted = 77 * red + 150 * green + 29 * blue;
    u8::try_from(weighted >> 8).unwrap_or(u8::MAX)
}
