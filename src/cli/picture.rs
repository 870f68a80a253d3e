//! QR codes as PNG.

use super::failure::Failure;
use crate::issue::qr::{QUIET_ZONE_MODULES, QrCode};
use image::{GrayImage, ImageFormat, Luma};
use std::io::Cursor;

const DARK: Luma<u8> = Luma([0]);
const LIGHT: Luma<u8> = Luma([255]);

/// Black on white with its quiet zone, `module_px` pixels a module, as a file.
pub fn png(code: &QrCode, module_px: u32) -> Result<Vec<u8>, Failure> {
    let mut bytes = Cursor::new(Vec::new());
    gray(code, module_px)
        .write_to(&mut bytes, ImageFormat::Png)
        .map_err(|error| Failure::new("PNG", format!("the picture cannot be made: {error}")))?;
    Ok(bytes.into_inner())
}

/// The same as pixels.
pub fn gray(code: &QrCode, module_px: u32) -> GrayImage {
    let rows = code.rows();
    let modules = u32::try_from(rows.len() + 2 * QUIET_ZONE_MODULES).unwrap_or(u32::MAX);
    let is_dark = |x: u32, y: u32| {
        let module =
            |px: u32| usize::try_from(px / module_px).ok()?.checked_sub(QUIET_ZONE_MODULES);
        let (x, y) = (module(x)?, module(y)?);
        rows.get(y)?.get(x).copied()
    };
    let side_px = modules.saturating_mul(module_px);
    GrayImage::from_fn(
        side_px,
        side_px,
        |x, y| {
            if is_dark(x, y) == Some(true) { DARK } else { LIGHT }
        },
    )
}
