//! One look at a picture: a view of it, a rule for its thresholds, and everything that follows.

use crate::finder::{FinderSearch, Ground, Search};
use crate::grid::{Corners, Cut, Level, Samples};
use crate::symbol::{self, CodewordReader, Modules, Symbol};
use crate::threshold::{Rule, Thresholds};
use crate::triple::{self, Triple};
use crate::view::{Plane, Scale, View};
use crate::{Effort, LumaFrame, Point, ScannedCode};

/// Triples ranked in one pass.
const TRIPLES_MAX: usize = 400;
/// Timing patterns that alternate less are none.
const TIMING_MIN: f32 = 0.2;
/// Rays of a finder that is worth another pass if its code was not read.
const PROMISING_RAYS: u8 = 18;

/// What a pass looks at.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    view: View,
    rule: Rule,
    row_step_px: usize,
}

const GRAINLESS: Rule = Rule::MidRange { flat_below: 20, flat_percent: 35 };
pub const KINDS: [Kind; 4] = [
    Kind { view: View::Whole, rule: GRAINLESS, row_step_px: 3 },
    Kind { view: View::Reduced(2), rule: GRAINLESS, row_step_px: 3 },
    Kind { view: View::Reduced(4), rule: GRAINLESS, row_step_px: 2 },
    Kind {
        view: View::Whole,
        rule: Rule::MidRange { flat_below: 6, flat_percent: 0 },
        row_step_px: 3,
    },
];

const CUTS: [Cut; 4] = [
    Cut { level: Level::MidRange { reach: 4 }, sharpen: 0.0 },
    Cut { level: Level::Mean { reach: 5 }, sharpen: 0.0 },
    Cut { level: Level::MidRange { reach: 3 }, sharpen: 0.5 },
    Cut { level: Level::Mean { reach: 5 }, sharpen: 1.0 },
];

/// The memory of passes.
#[derive(Debug, Default)]
pub struct Pass {
    thresholds: Thresholds,
    finders: FinderSearch,
    triples: Vec<Triple>,
    samples: Samples,
    modules: Modules,
    reader: CodewordReader,
    /// Which finders belong to codes that were read.
    used: Vec<bool>,
    /// A code was read, and nothing that looks like another one is left.
    pub is_done: bool,
}

impl Pass {
    /// Adds what it reads to `codes`.
    pub fn run(
        &mut self,
        frame: LumaFrame<'_>,
        kind: Kind,
        effort: Effort,
        plane: &mut Plane,
        codes: &mut Vec<ScannedCode>,
    ) {
        let Some((frame, scale)) = shown(frame, kind.view, plane) else { return };
        self.thresholds.measure(frame);
        self.thresholds.apply(kind.rule);
        let hard = effort == Effort::Hard;
        let search = Search {
            row_step_px: kind.row_step_px,
            good_rays_min: 10,
            finders_max: if hard { 250 } else { 60 },
            crossings_max: 20_000,
        };
        self.finders.run(Ground { frame, thresholds: &self.thresholds }, search);
        self.used.clear();
        for finder in &self.finders.found {
            let centre = scale.to_frame(finder.centre);
            self.used.push(codes.iter().any(|code| triple::is_inside(centre, &code.corners_px)));
        }
        self.read_triples(frame, scale, hard, codes);
        let left = self.finders.found.iter().zip(&self.used);
        let promising = left.filter(|(f, used)| !**used && f.good_rays >= PROMISING_RAYS).count();
        self.is_done = !codes.is_empty() && promising == 0;
    }

    fn read_triples(
        &mut self,
        frame: LumaFrame<'_>,
        scale: Scale,
        hard: bool,
        codes: &mut Vec<ScannedCode>,
    ) {
        triple::select(&self.finders.found, TRIPLES_MAX, &mut self.triples);
        let mut attempts_left = if hard { 150 } else { 40 };
        for at in 0..self.triples.len() {
            let triple = self.triples[at];
            let three = [triple.corner, triple.right, triple.below];
            if three.iter().any(|at| self.used[*at]) {
                continue;
            }
            if attempts_left == 0 {
                break;
            }
            let corners = Corners::new(frame, &self.finders, &self.finders.found, &triple);
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
            let Some((symbol, outline)) = read else { continue };
            for (at, finder) in self.finders.found.iter().enumerate() {
                self.used[at] |= three.contains(&at) || triple::is_inside(finder.centre, &outline);
            }
            let inverted = self.finders.found[triple.corner].inverted;
            let code = code(symbol, outline.map(|corner| scale.to_frame(corner)), inverted);
            if !codes.iter().any(|known| known.is_same(&code)) {
                codes.push(code);
            }
        }
    }
}

/// The picture as a view shows it; `None` where it would be no larger than a code's finder.
fn shown<'a>(
    frame: LumaFrame<'a>,
    view: View,
    plane: &'a mut Plane,
) -> Option<(LumaFrame<'a>, Scale)> {
    let (width, height) = (frame.width_px(), frame.height_px());
    match view {
        View::Whole => Some((frame, Scale::ONE)),
        View::Reduced(factor) => {
            if width.min(height) < 120 * factor {
                return None;
            }
            plane.reduce(frame, factor);
            Some((plane.frame()?, Scale { factor: factor as f32, ..Scale::ONE }))
        }
        View::Doubled => {
            if width * height > 700_000 {
                return None;
            }
            plane.double(frame, 0, 0, width, height);
            Some((plane.frame()?, Scale { factor: 0.5, ..Scale::ONE }))
        }
        View::Sharpened => {
            plane.sharpen(frame);
            Some((plane.frame()?, Scale::ONE))
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
