//! The scanner and what it answers.

use crate::LumaFrame;
use crate::finder::{FinderSearch, Ground, Search};
use crate::grid::{Corners, Cut, Level, Samples};
use crate::symbol::bit_stream::{Fnc1, StructuredAppend};
use crate::symbol::{self, CodewordReader, Modules, Symbol};
use crate::threshold::{Rule, Thresholds};
use crate::triple::{self, Triple};
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
    thresholds: Thresholds,
    finders: FinderSearch,
    triples: Vec<Triple>,
    samples: Samples,
    modules: Modules,
    reader: CodewordReader,
    /// Which finders belong to codes that were read.
    used: Vec<bool>,
}

/// Triples looked at in one pass.
const TRIPLES_MAX: usize = 400;
/// Timing patterns that alternate less are none.
const TIMING_MIN: f32 = 0.2;
const CUTS: [Cut; 4] = [
    Cut { level: Level::MidRange { reach: 4 }, sharpen: 0.0 },
    Cut { level: Level::Mean { reach: 5 }, sharpen: 0.0 },
    Cut { level: Level::MidRange { reach: 3 }, sharpen: 0.5 },
    Cut { level: Level::Mean { reach: 5 }, sharpen: 1.0 },
];

impl Scanner {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn scan(&mut self, frame: LumaFrame<'_>, effort: Effort) -> Scan {
        let mut scan = Scan::default();
        self.thresholds.measure(frame);
        self.thresholds.apply(Rule::MidRange { flat_below: 20, flat_percent: 35 });
        let hard = effort == Effort::Hard;
        let search = Search {
            row_step_px: 3,
            good_rays_min: 10,
            finders_max: if hard { 250 } else { 60 },
            crossings_max: 20_000,
        };
        self.finders.run(Ground { frame, thresholds: &self.thresholds }, search);
        self.read_triples(frame, hard, &mut scan);
        scan
    }

    fn read_triples(&mut self, frame: LumaFrame<'_>, hard: bool, scan: &mut Scan) {
        triple::select(&self.finders.found, TRIPLES_MAX, &mut self.triples);
        self.used.clear();
        self.used.resize(self.finders.found.len(), false);
        let mut attempts_left = if hard { 150 } else { 40 };
        for triple in &self.triples {
            let three = [triple.corner, triple.right, triple.below];
            if three.iter().any(|at| self.used[*at]) {
                continue;
            }
            if attempts_left == 0 {
                break;
            }
            let corners = Corners::new(frame, &self.finders, &self.finders.found, triple);
            let (versions, count) = corners.versions(frame, if hard { 3 } else { 2 });
            if count == 0 {
                continue;
            }
            attempts_left -= 1;
            let read = versions[..count].iter().flatten().find_map(|version| {
                let grid = corners.grid(frame, *version)?;
                if grid.timing < TIMING_MIN {
                    return None;
                }
                corners.sample(frame, &grid, &mut self.samples);
                CUTS.iter().find_map(|cut| {
                    self.samples.cut(*cut, &mut self.modules);
                    let symbol = symbol::read(&mut self.modules, &mut self.reader).ok()?;
                    Some((symbol, corners.outline(&grid)))
                })
            });
            let Some((symbol, corners_px)) = read else { continue };
            for (at, finder) in self.finders.found.iter().enumerate() {
                self.used[at] |=
                    three.contains(&at) || triple::is_inside(finder.centre, &corners_px);
            }
            let inverted = self.finders.found[triple.corner].inverted;
            let code = code(symbol, corners_px, inverted);
            if !scan.codes.iter().any(|known| known.is_same(&code)) {
                scan.codes.push(code);
            }
        }
    }
}

fn code(symbol: Symbol, corners_px: [Point; 4], inverted: bool) -> ScannedCode {
    let Symbol { content, version, ecc, mask, mirrored, corrected } = symbol;
    ScannedCode {
        bytes: content.bytes,
        text: content.text,
        version,
        ecc,
        mask,
        mirrored,
        inverted,
        corrected,
        structured_append: content.structured_append,
        fnc1: content.fnc1,
        corners_px,
    }
}
