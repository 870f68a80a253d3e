//! The scanner and what it answers.

use crate::LumaFrame;

/// How much work one call may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// For every video frame: gives up early on a frame without a code.
    Light,
    /// For a frame in which something like a code was seen, and for still pictures.
    Hard,
}

/// Pixel coordinates, x to the right, y downward, (0, 0) the top left corner of the top left pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f32,
    pub y: f32,
}

/// Error correction level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ecc {
    L,
    M,
    Q,
    H,
}

/// One code that error correction vouches for.
#[derive(Debug, Clone, PartialEq)]
pub struct ScannedCode {
    /// Exactly as encoded, all segments in order.
    pub bytes: Vec<u8>,
    /// By ECI, else UTF-8 where valid; `None` where the bytes are no text.
    pub text: Option<String>,
    /// 1 to 40.
    pub version: u8,
    pub ecc: Ecc,
    /// Outer corners: top left, top right, bottom right, bottom left of the code as it is meant to be read.
    pub corners_px: [Point; 4],
}

/// What the officer could do about a frame in which nothing was read; in order of usefulness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    TooDark,
    Glare,
    Blurred,
    TooSmall,
    TooLarge,
    /// A finder pattern was seen, but no code could be read.
    SeenUnread,
}

/// The answer to one frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scan {
    pub codes: Vec<ScannedCode>,
    pub hint: Option<Hint>,
    /// Work is left that the next calls continue.
    pub pending: bool,
}

/// Reads frames; owns every buffer it needs, so that a steady stream allocates nothing new.
#[derive(Debug, Default)]
pub struct Scanner {}

impl Scanner {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn scan(&mut self, _frame: LumaFrame<'_>, _effort: Effort) -> Scan {
        Scan::default()
    }
}
