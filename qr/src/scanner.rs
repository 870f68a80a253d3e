//! The scanner and what it answers.

use crate::LumaFrame;
use crate::pass::{self, Pass};
use crate::symbol::bit_stream::{Fnc1, StructuredAppend};
use crate::view::Plane;
use std::fmt;

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

/// One code that error correction vouches for. Its content is never in `Debug`: it may be a person's certificate.
#[derive(Clone, PartialEq)]
pub struct ScannedCode {
    /// Exactly as encoded, all segments in order.
    pub bytes: Vec<u8>,
    /// By ECI, else UTF-8 where valid; `None` where the bytes are no text.
    pub text: Option<String>,
    /// 1 to 40.
    pub version: u8,
    pub ecc: Ecc,
    /// 0 to 7.
    pub mask: u8,
    pub mirrored: bool,
    /// Light modules on a dark ground.
    pub inverted: bool,
    /// Codewords that error correction changed.
    pub corrected: usize,
    pub structured_append: Option<StructuredAppend>,
    pub fnc1: Option<Fnc1>,
    /// Outer corners: top left, top right, bottom right, bottom left of the code as it is meant to be read.
    pub corners_px: [Point; 4],
}

impl fmt::Debug for ScannedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScannedCode")
            .field("bytes_len", &self.bytes.len())
            .field("version", &self.version)
            .field("ecc", &self.ecc)
            .field("corners_px", &self.corners_px)
            .finish_non_exhaustive()
    }
}

impl ScannedCode {
    /// Whether both are readings of one printed code: the same content at the same place.
    pub fn is_same(&self, other: &Self) -> bool {
        let (a, b) = (self.centre_px(), other.centre_px());
        let reach = (self.corners_px[0].x - self.corners_px[2].x)
            .abs()
            .max((self.corners_px[0].y - self.corners_px[2].y).abs());
        self.bytes == other.bytes && (a.x - b.x).hypot(a.y - b.y) < reach / 2.0
    }

    /// Mean of the corners.
    pub fn centre_px(&self) -> Point {
        let sum = |of: fn(&Point) -> f32| self.corners_px.iter().map(of).sum::<f32>() / 4.0;
        Point { x: sum(|p| p.x), y: sum(|p| p.y) }
    }
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
pub struct Scanner {
    pass: Pass,
    plane: Plane,
    /// Next of the hard passes.
    hard_next: usize,
}

impl Scanner {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn scan(&mut self, frame: LumaFrame<'_>, effort: Effort) -> Scan {
        let mut scan = Scan::default();
        for kind in pass::KINDS {
            self.pass.run(frame, kind, effort, &mut self.plane, &mut scan.codes);
            if effort == Effort::Light || self.pass.is_done {
                break;
            }
        }
        scan
    }
}
