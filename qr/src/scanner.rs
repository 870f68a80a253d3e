//! The scanner and what it answers.

use crate::LumaFrame;
use crate::pass::{self, Pass};
use crate::symbol::bit_stream::{Fnc1, Segment, StructuredAppend};
use crate::symbol::text;
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
    /// By ECI, else UTF-8 where valid, else Latin-1; `None` where the bytes are no text, or need `text_with`.
    pub text: Option<String>,
    /// How `bytes` was encoded, part by part.
    pub segments: Vec<Segment>,
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
    /// Mean side of a module along the outline.
    pub module_px: f32,
    /// As they were sampled, before correction: row by row as meant to be read, true where dark on light.
    pub modules: Vec<bool>,
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

    /// As `text`, but `decode` is asked for the character sets whose tables are not here, by their name in the
    /// Encoding Standard: `shift_jis`, `gb18030`, `big5`, `euc-kr`, `iso-8859-7` and the like.
    pub fn text_with(&self, decode: impl FnMut(&str, &[u8]) -> Option<String>) -> Option<String> {
        text::of(&self.bytes, &self.segments, decode)
    }

    /// Mean of the corners.
    pub fn centre_px(&self) -> Point {
        let sum = |of: fn(&Point) -> f32| self.corners_px.iter().map(of).sum::<f32>() / 4.0;
        Point { x: sum(|p| p.x), y: sum(|p| p.y) }
    }
}

/// What the officer could do about a frame in which nothing, or too much, was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    TooDark,
    Glare,
    Blurred,
    TooSmall,
    TooLarge,
    /// A finder pattern was seen, but no code could be read.
    SeenUnread,
    /// Codes with different contents were read: which one is meant?
    TwoCodes,
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
    /// Which of the hard passes comes next; 0 when none is under way.
    hard_next: usize,
    /// Outlines of what the hard passes under way have read.
    known: Vec<[Point; 4]>,
    /// By the first pass, which sees the frame as it is.
    hint: Option<Hint>,
}

/// Work after which a hard scan is continued in the next call.
const SLICE_WORK: u32 = 2_000_000;

impl Scanner {
    pub fn new() -> Self {
        Self::default()
    }

    /// With `Effort::Hard` and `pending` in the answer, the next hard call goes on with other means, on whatever
    /// frame it is given; a light call ends that.
    pub fn scan(&mut self, frame: LumaFrame<'_>, effort: Effort) -> Scan {
        if effort == Effort::Light || self.hard_next == 0 {
            self.known.clear();
            self.hard_next = 0;
            self.hint = None;
        }
        let kinds = match effort {
            Effort::Light => pass::LIGHT.as_slice(),
            Effort::Hard => pass::HARD.as_slice(),
        };
        let mut scan = Scan::default();
        let mut spent = 0u32;
        let mut seen = 0;
        for (at, kind) in kinds.iter().enumerate().skip(self.hard_next) {
            let before = scan.codes.len();
            let Self { pass, plane, known, .. } = self;
            spent =
                spent.saturating_add(pass.run(frame, *kind, effort, plane, known, &mut scan.codes));
            self.known.extend(scan.codes[before..].iter().map(|code| code.corners_px));
            if at == 0 && scan.codes.is_empty() {
                self.hint = self.pass.hint(frame);
            }
            seen = seen.max(self.pass.promising);
            let done = !self.known.is_empty() && self.pass.promising == 0;
            self.hard_next = if done { 0 } else { at + 1 };
            if done || spent > SLICE_WORK {
                break;
            }
        }
        if effort == Effort::Hard && self.hard_next == kinds.len() && spent <= SLICE_WORK {
            if self.known.is_empty() {
                self.pass.run_last_resort(frame, &mut scan.codes);
                self.known.extend(scan.codes.iter().map(|code| code.corners_px));
            }
            self.hard_next = 0;
        }
        scan.pending = match effort {
            Effort::Light => scan.codes.is_empty() && seen >= 2,
            Effort::Hard => self.hard_next != 0,
        };
        if effort == Effort::Light {
            self.hard_next = 0;
        }
        scan.hint = if scan.codes.windows(2).any(|pair| pair[0].bytes != pair[1].bytes) {
            Some(Hint::TwoCodes)
        } else {
            self.hint.filter(|_| self.known.is_empty())
        };
        scan
    }
}
