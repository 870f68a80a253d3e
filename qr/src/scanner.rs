//! The scanner and what it answers.

use crate::LumaFrame;
use crate::pass::{self, Pass, Task};
use crate::symbol::bit_stream::{Fnc1, Segment, StructuredAppend};
use crate::symbol::text;
use crate::view::Plane;
use std::fmt;

/// How much work one call may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// For every video frame: gives up early on a frame without a code.
    Light,
    /// As light, between the calls of a hard scan, which goes on after it: a hand may hold still for this frame.
    Glance,
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
    next: Next,
    /// Outlines of what the hard passes under way have read.
    known: Vec<[Point; 4]>,
    /// By the first pass, which sees the frame as it is.
    hint: Option<Hint>,
    /// What the last call read.
    track: Option<Track>,
}

/// Codes that were read: the next light look goes where they were first, and sees the whole frame every other time.
#[derive(Debug, Clone, Copy)]
struct Track {
    count: usize,
    least: Point,
    most: Point,
    is_whole_due: bool,
}

impl Track {
    fn of(codes: &[ScannedCode], is_whole_due: bool) -> Option<Self> {
        let mut corners = codes.iter().flat_map(|code| code.corners_px);
        let first = corners.next()?;
        let (least, most) = corners.fold((first, first), |(least, most), corner| {
            let less = |a: f32, b: f32| if a < b { a } else { b };
            let more = |a: f32, b: f32| if a < b { b } else { a };
            (
                Point::new(less(least.x, corner.x), less(least.y, corner.y)),
                Point::new(more(most.x, corner.x), more(most.y, corner.y)),
            )
        });
        Some(Self { count: codes.len(), least, most, is_whole_due })
    }

    /// The part of the frame that holds them, with room for a hand that moves, and where it starts; `None` where that is
    /// most of the frame.
    fn part<'a>(&self, frame: LumaFrame<'a>) -> Option<(LumaFrame<'a>, Point)> {
        let size = self.most.minus(self.least);
        let room = size.times(TRACK_ROOM);
        let (from, size) = (self.least.minus(room), size.plus(room.times(2.0)));
        let (left, top) = (from.x.max(0.0) as usize, from.y.max(0.0) as usize);
        let part = frame.crop(left, top, size.x as usize, size.y as usize)?;
        let is_small =
            2 * part.width_px() * part.height_px() < frame.width_px() * frame.height_px();
        is_small.then(|| (part, Point::new(left as f32, top as f32)))
    }
}

/// Where a hard scan goes on; the default when none is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Next {
    /// Of `pass::HARD`.
    kind: usize,
    /// Triples that were tried when a run's work was used up: the frame as it is is looked at once more then.
    tried: usize,
}

/// Around codes that were read, of their size.
const TRACK_ROOM: f32 = 0.25;
/// What a search for finders costs where there is much to see.
const SEARCH_WORK: usize = 500_000;
/// A pass that would go beyond it is left to the next call.
const SLICE_WORK: usize = 1_400_000;

impl Scanner {
    pub fn new() -> Self {
        Self::default()
    }

    /// With `Effort::Hard` and `pending` in the answer, the next hard call goes on with other means, on whatever
    /// frame it is given; a light call ends that.
    pub fn scan(&mut self, frame: LumaFrame<'_>, effort: Effort) -> Scan {
        if effort == Effort::Light || self.next == Next::default() {
            self.known.clear();
            self.next = Next::default();
            self.hint = None;
            self.pass.is_dim = false;
        }
        let mut scan = Scan::default();
        let track =
            self.track.take().filter(|track| effort == Effort::Light && !track.is_whole_due);
        let is_tracked =
            track.is_some_and(|track| self.scan_tracked(frame, track, &mut scan.codes));
        scan.pending = match effort {
            Effort::Light if is_tracked => false,
            Effort::Light => self.scan_lightly(frame, &mut scan.codes),
            Effort::Glance => {
                let seen = self.scan_lightly(frame, &mut scan.codes);
                // What was read ends the hard scan; else it is still under way.
                if !scan.codes.is_empty() {
                    self.next = Next::default();
                }
                seen || self.next != Next::default()
            }
            Effort::Hard => self.scan_hard(frame, &mut scan.codes),
        };
        self.track = Track::of(&scan.codes, is_tracked);
        scan.hint = if scan.codes.windows(2).any(|pair| pair[0].bytes != pair[1].bytes) {
            Some(Hint::TwoCodes)
        } else {
            self.hint.filter(|_| self.known.is_empty())
        };
        scan
    }

    /// Says whether all that was read in the call before is read where it was; else nothing was.
    fn scan_tracked(
        &mut self,
        frame: LumaFrame<'_>,
        track: Track,
        codes: &mut Vec<ScannedCode>,
    ) -> bool {
        let Some((part, start)) = track.part(frame) else { return false };
        let [kind, ..] = pass::LIGHT;
        let work_max = pass::PASS_WORK;
        self.run(part, Task { kind, effort: Effort::Light, tried: 0, work_max }, codes);
        if codes.len() < track.count {
            codes.clear();
            self.known.clear();
            return false;
        }
        let corners = codes.iter_mut().flat_map(|code| &mut code.corners_px);
        corners.for_each(|corner| *corner = corner.plus(start));
        true
    }

    /// Says whether a hard scan could read more.
    fn scan_lightly(&mut self, frame: LumaFrame<'_>, codes: &mut Vec<ScannedCode>) -> bool {
        let mut seen = 0;
        // Both views together as much as a hard pass: less than a frame lasts.
        let mut work_max = pass::PASS_WORK;
        for (at, kind) in pass::LIGHT.into_iter().enumerate() {
            let task = Task { kind, effort: Effort::Light, tried: 0, work_max };
            work_max = work_max.saturating_sub(self.run(frame, task, codes).work);
            if at == 0 && codes.is_empty() {
                self.hint = self.pass.hint(frame);
            }
            seen = seen.max(self.pass.promising);
            if self.is_done() {
                break;
            }
        }
        codes.is_empty() && seen >= 2
    }

    /// As many passes as a slice holds, at least one; says whether any are left.
    fn scan_hard(&mut self, frame: LumaFrame<'_>, codes: &mut Vec<ScannedCode>) -> bool {
        let mut spent = 0;
        while let Some(kind) = pass::HARD.get(self.next.kind) {
            if spent > 0 && spent + kind.look_work(frame) + SEARCH_WORK > SLICE_WORK {
                return true;
            }
            let tried = self.next.tried;
            let task = Task { kind: *kind, effort: Effort::Hard, tried, work_max: pass::PASS_WORK };
            let run = self.run(frame, task, codes);
            spent += run.work;
            if self.next == Next::default() && codes.is_empty() {
                self.hint = self.pass.hint(frame);
            }
            self.next = match run.left_at {
                Some(tried) if tried > 0 && self.next == Next::default() => {
                    Next { tried, ..self.next }
                }
                _ => Next { kind: self.next.kind + 1, ..Next::default() },
            };
            if self.is_done() {
                self.next = Next::default();
                return false;
            }
        }
        if spent > 0 && self.known.is_empty() {
            // The last resort has a slice of its own.
            return true;
        }
        if self.known.is_empty() {
            self.pass.run_last_resort(frame, codes);
            self.known.extend(codes.iter().map(|code| code.corners_px));
        }
        self.next = Next::default();
        false
    }

    fn run(
        &mut self,
        frame: LumaFrame<'_>,
        task: Task,
        codes: &mut Vec<ScannedCode>,
    ) -> pass::Spent {
        let before = codes.len();
        let Self { pass, plane, known, .. } = self;
        let spent = pass.run(frame, task, plane, known, codes);
        self.known.extend(codes[before..].iter().map(|code| code.corners_px));
        spent
    }

    /// Something was read, and nothing that looks like a code is left, or could be in such light.
    fn is_done(&self) -> bool {
        let is_clear = !self.pass.is_dim || self.next.kind >= pass::LOOKS_IF_DIM;
        !self.known.is_empty() && self.pass.promising == 0 && is_clear
    }
}
