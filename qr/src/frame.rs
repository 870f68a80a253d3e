//! A borrowed luma plane, checked once.

use crate::Point;

/// One brightness byte per pixel, rows from top to bottom.
#[derive(Debug, Clone, Copy)]
pub struct LumaFrame<'a> {
    luma: &'a [u8],
    width_px: usize,
    height_px: usize,
    stride_px: usize,
}

/// Why a buffer is not a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameError {
    /// Width or height is zero or above `LumaFrame::SIDE_PX_MAX`.
    Size,
    /// The stride is below the width.
    Stride,
    /// The buffer ends before the last pixel.
    TooShort,
}

impl<'a> LumaFrame<'a> {
    /// Longest side that is looked at; larger pictures are reduced by the caller.
    pub const SIDE_PX_MAX: usize = 8192;

    /// `stride_px`: bytes from one row's start to the next, at least `width_px`.
    pub fn new(
        luma: &'a [u8],
        width_px: usize,
        height_px: usize,
        stride_px: usize,
    ) -> Result<Self, FrameError> {
        let side_fits = |side| (1..=Self::SIDE_PX_MAX).contains(&side);
        if !side_fits(width_px) || !side_fits(height_px) {
            return Err(FrameError::Size);
        }
        if stride_px < width_px {
            return Err(FrameError::Stride);
        }
        let needed = stride_px
            .checked_mul(height_px - 1)
            .and_then(|rows| rows.checked_add(width_px))
            .ok_or(FrameError::Size)?;
        if luma.len() < needed {
            return Err(FrameError::TooShort);
        }
        Ok(Self { luma, width_px, height_px, stride_px })
    }

    /// A part of it, cut to what there is; `None` where that is nothing.
    pub fn crop(&self, left: usize, top: usize, width_px: usize, height_px: usize) -> Option<Self> {
        let width_px = width_px.min(self.width_px.checked_sub(left)?);
        let height_px = height_px.min(self.height_px.checked_sub(top)?);
        let luma = self.luma.get(top * self.stride_px + left..)?;
        Self::new(luma, width_px, height_px, self.stride_px).ok()
    }

    pub fn width_px(&self) -> usize {
        self.width_px
    }

    pub fn height_px(&self) -> usize {
        self.height_px
    }

    /// One row, `width_px` long; `None` below the picture.
    pub fn row(&self, y: usize) -> Option<&'a [u8]> {
        if y >= self.height_px {
            return None;
        }
        let start = y * self.stride_px;
        self.luma.get(start..start + self.width_px)
    }

    /// Luma between pixel centres; up to a pixel outside, the border's.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked against the sides"
    )]
    pub(crate) fn interpolated(&self, at: Point) -> Option<f32> {
        let (x, y) = (at.x - 0.5, at.y - 0.5);
        let (right, bottom) = (self.width_px as f32, self.height_px as f32);
        // Written so that what is no number is outside.
        if !(x >= -1.0 && y >= -1.0 && x < right && y < bottom) {
            return None;
        }
        // Not `f32::max`, which wasm has only as a call.
        let (x, y) = (if x > 0.0 { x } else { 0.0 }, if y > 0.0 { y } else { 0.0 });
        let (column, row) = (x as u32 as usize, y as u32 as usize);
        let (dx, dy) = (x - column as f32, y - row as f32);
        let between = |row: usize| {
            let rest = self.luma.get(row * self.stride_px + column..)?;
            // Beyond the last pixel of a row lies its own value.
            let (left, next) = match rest {
                [left, next, ..] if column + 1 < self.width_px => (left, next),
                [left, ..] => (left, left),
                [] => return None,
            };
            let left = f32::from(*left);
            Some(left + (f32::from(*next) - left) * dx)
        };
        let below = if row + 1 < self.height_px { row + 1 } else { row };
        let (upper, lower) = (between(row)?, between(below)?);
        Some(upper + (lower - upper) * dy)
    }
}
