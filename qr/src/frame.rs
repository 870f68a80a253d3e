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
        let (x, y) = (x.max(0.0), y.max(0.0));
        let (column, row) = (x as usize, y as usize);
        let (dx, dy) = (x - column as f32, y - row as f32);
        let next = (column + 1).min(self.width_px - 1);
        let top = row * self.stride_px;
        let bottom = (row + 1).min(self.height_px - 1) * self.stride_px;
        let luma = |at: usize| f32::from(self.luma[at]);
        let upper = luma(top + column) * (1.0 - dx) + luma(top + next) * dx;
        let lower = luma(bottom + column) * (1.0 - dx) + luma(bottom + next) * dx;
        Some(upper * (1.0 - dy) + lower * dy)
    }
}
