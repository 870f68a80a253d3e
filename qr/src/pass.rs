//! One look at a picture: a view of it, a rule for its thresholds, and everything that follows.

use crate::finder::{FinderSearch, Ground, Search};
use crate::grid::{Corners, Grid};
use crate::samples::{Cut, Level, Samples};
use crate::symbol::{self, CodewordReader, Modules, Symbol};
use crate::third::{self, Corner, Third};
use crate::threshold::{Rule, Thresholds};
use crate::triple::{self, Triple};
use crate::view::{Plane, Scale, View};
use crate::{Effort, Hint, LumaFrame, Point, ScannedCode, hint, last_resort};

/// Triples ranked in one pass.
const TRIPLES_MAX: usize = 400;
/// Timing patterns that alternate less are none.
const TIMING_MIN: f32 = 0.2;
/// Those that alternate so well are some.
const TIMING_SURE: f32 = 0.7;
/// Rays of a finder that is worth another pass if its code was not read.
const PROMISING_RAYS: u8 = 18;

/// What a pass looks at.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    view: View,
    rule: Rule,
    row_step_px: usize,
    /// Whether a hard look asks two finders where the third is.
    thirds: bool,
}

impl Kind {
    /// What it costs to make the view and to look at each of its pixels.
    pub fn look_work(self, frame: LumaFrame<'_>) -> usize {
        let pixels = frame.width_px() * frame.height_px();
        let shown = match self.view {
            View::Whole => pixels,
            View::Reduced(factor) => pixels + pixels / factor.pow(2),
            View::Equalised => 5 * pixels,
            View::Sharpened { factor, .. } => pixels + 3 * pixels / factor.pow(2),
        };
        shown / PIXELS_PER_WORK
    }
}

const GRAINLESS: Rule = Rule::MidRange { flat_below: 20, flat_percent: 35 };
/// For every frame.
pub const LIGHT: [Kind; 2] = [
    Kind { view: View::Whole, rule: GRAINLESS, row_step_px: 3, thirds: false },
    Kind {
        view: View::Sharpened { factor: 2, halves: 1 },
        rule: GRAINLESS,
        row_step_px: 3,
        thirds: true,
    },
];
/// The hard passes in turn, by gain.
pub const HARD: [Kind; 8] = [
    LIGHT[0],
    LIGHT[1],
    Kind {
        view: View::Sharpened { factor: 1, halves: 8 },
        rule: GRAINLESS,
        row_step_px: 5,
        thirds: false,
    },
    Kind {
        view: View::Sharpened { factor: 2, halves: 8 },
        rule: GRAINLESS,
        row_step_px: 4,
        thirds: false,
    },
    Kind { view: View::Equalised, rule: GRAINLESS, row_step_px: 3, thirds: false },
    Kind { view: View::Reduced(4), rule: GRAINLESS, row_step_px: 2, thirds: false },
    Kind { view: View::Whole, rule: Rule::Mean { divisor: 10 }, row_step_px: 5, thirds: false },
    Kind { view: View::Reduced(2), rule: GRAINLESS, row_step_px: 3, thirds: false },
];

/// So many hard passes look for more where a code was dim.
pub const LOOKS_IF_DIM: usize = 3;

const CUTS: [Cut; 5] = [
    Cut { level: Level::MidRange { reach: 4 }, sharpen: 0.0 },
    Cut { level: Level::Mean { reach: 5 }, sharpen: 0.0 },
    Cut { level: Level::Lit { reach: 3 }, sharpen: 0.5 },
    Cut { level: Level::Mean { reach: 5 }, sharpen: 1.0 },
    Cut { level: Level::Learned { reach: 8 }, sharpen: 0.0 },
];

/// Cuts that every grid gets, whatever work is left.
const CUTS_MIN: usize = 3;

/// What a run is to do.
#[derive(Debug, Clone, Copy)]
pub struct Task {
    pub kind: Kind,
    pub effort: Effort,
    /// Triples that an earlier run on this view tried, and this one leaves alone.
    pub tried: usize,
    /// What it should cost at most, all in all.
    pub work_max: usize,
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spent {
    pub work: usize,
    /// The triple at which its work was used up, for the next run.
    pub left_at: Option<usize>,
}

/// The memory of passes.
#[derive(Debug, Default)]
pub struct Pass {
    thresholds: Thresholds,
    finders: FinderSearch,
    triples: Vec<Triple>,
    thirds: Vec<Third>,
    samples: Samples,
    modules: Modules,
    reader: CodewordReader,
    /// Which finders belong to codes that were read.
    used: Vec<bool>,
    /// Which finders belong to large codes whose grid was found, whether they were read or not: these lack no third.
    /// Small ones have too little to tell.
    placed: Vec<bool>,
    /// Finders that look right and belong to no code that was read.
    pub promising: usize,
    /// A code was read of which two finders were seen: in such light others may show even less.
    pub is_dim: bool,
}

impl Pass {
    /// Adds what it reads to `codes`; finders inside `known` outlines are left alone.
    pub fn run(
        &mut self,
        frame: LumaFrame<'_>,
        task: Task,
        plane: &mut Plane,
        known: &[[Point; 4]],
        codes: &mut Vec<ScannedCode>,
    ) -> Spent {
        self.finders.found.clear();
        let Task { kind, effort, tried, work_max } = task;
        let look_work = kind.look_work(frame);
        let Some((frame, scale)) = shown(frame, kind.view, plane) else { return Spent::default() };
        self.thresholds.measure(frame);
        self.thresholds.apply(frame, kind.rule);
        let limits = Limits::of(effort).after(look_work, work_max);
        let search = Search {
            row_step_px: kind.row_step_px,
            good_rays_min: 10,
            finders_max: limits.finders_max,
            work_max: limits.search_work,
        };
        let searched = self.finders.run(Ground { frame, thresholds: &self.thresholds }, search);
        // A dear view and a dear search leave less for the rest, so that a slice stays one.
        let given = limits.left_after(look_work + searched, searched, work_max);
        let mut work = Work { left: given };
        self.used.clear();
        for finder in &self.finders.found {
            let centre = scale.to_frame(finder.centre);
            self.used.push(known.iter().any(|outline| triple::is_inside(centre, outline)));
        }
        self.placed.clone_from(&self.used);
        let left_at = self.read_triples(frame, scale, limits, tried, &mut work, codes);
        if kind.thirds && effort == Effort::Hard && left_at.is_none() {
            let before = codes.len();
            self.read_thirds(frame, scale, limits, &mut work, codes);
            self.is_dim |= codes.len() > before;
        }
        let left = self.finders.found.iter().zip(&self.used);
        self.promising = left.filter(|(f, used)| !**used && f.good_rays >= PROMISING_RAYS).count();
        let read = usize::try_from(given - work.left).unwrap_or(0);
        Spent { work: look_work + searched + read, left_at }
    }

    /// What the pass's view of the frame tells when nothing was read in it.
    pub fn hint(&self, frame: LumaFrame<'_>) -> Option<Hint> {
        let left = self.finders.found.iter().zip(&self.used).filter(|(_, used)| !**used);
        hint::of(frame, &self.thresholds, left.map(|(finder, _)| finder))
    }

    /// What `rqrr` reads, if the frame holds so little that looks like a finder that its time is bounded: it copies
    /// the picture for every set of finders it tries.
    pub fn run_last_resort(&mut self, frame: LumaFrame<'_>, codes: &mut Vec<ScannedCode>) {
        if self.finders.found.len() > LAST_RESORT_FINDERS_MAX {
            return;
        }
        let Self { modules, reader, .. } = self;
        last_resort::read_frame(
            frame,
            LAST_RESORT_SIDE_PX_MAX,
            modules,
            reader,
            |symbol, outline, modules| {
                codes.push(code(symbol, outline, false, modules));
            },
        );
    }

    fn read_triples(
        &mut self,
        frame: LumaFrame<'_>,
        scale: Scale,
        limits: Limits,
        tried: usize,
        work: &mut Work,
        codes: &mut Vec<ScannedCode>,
    ) -> Option<usize> {
        triple::select(&self.finders.found, TRIPLES_MAX, &mut self.triples);
        for at in tried..self.triples.len() {
            let triple = self.triples[at];
            let three = [triple.corner, triple.right, triple.below];
            if three.iter().any(|at| self.used[*at]) {
                continue;
            }
            if work.left == 0 {
                return Some(at);
            }
            let before = work.left;
            let Some((symbol, outline)) = self.read_triple(frame, &triple, limits, work) else {
                continue;
            };
            // Only what was in vain counts: no more codes can follow than there are finders.
            work.left = before;
            self.add(symbol, outline, &triple, scale, codes);
        }
        None
    }

    /// Codes of which two finders were seen, and the third is what is most like one where it should be.
    fn read_thirds(
        &mut self,
        frame: LumaFrame<'_>,
        scale: Scale,
        limits: Limits,
        work: &mut Work,
        codes: &mut Vec<ScannedCode>,
    ) {
        let mut thirds = std::mem::take(&mut self.thirds);
        let half = usize::try_from(work.left / 2).unwrap_or(0);
        work.spend(third::look_for(frame, &self.finders, &self.placed, half, &mut thirds));
        let seen = self.finders.found.len();
        for Third { finder, pair: [a, b], corner } in thirds.iter().copied() {
            if work.left == 0 || self.used[a] || self.used[b] {
                continue;
            }
            self.finders.found.push(finder);
            let three = match corner {
                Corner::First => [a, b, seen],
                Corner::Second => [b, a, seen],
                Corner::Third => [seen, a, b],
            };
            if let Some(triple) = triple::of(&self.finders.found, three)
                && let Some((symbol, outline)) = self.read_triple(frame, &triple, limits, work)
            {
                self.add(symbol, outline, &triple, scale, codes);
            }
            self.finders.found.truncate(seen);
        }
        self.thirds = thirds;
    }

    /// A symbol that was read, once; its finders and those inside are then used.
    fn add(
        &mut self,
        symbol: Symbol,
        outline: [Point; 4],
        triple: &Triple,
        scale: Scale,
        codes: &mut Vec<ScannedCode>,
    ) {
        let three = [triple.corner, triple.right, triple.below];
        for (at, (finder, used)) in self.finders.found.iter().zip(&mut self.used).enumerate() {
            *used |= three.contains(&at) || triple::is_inside(finder.centre, &outline);
        }
        let inverted = self.finders.found[triple.corner].inverted;
        let outline = outline.map(|corner| scale.to_frame(corner));
        let code = code(symbol, outline, inverted, &self.modules);
        if !codes.iter().any(|known| known.is_same(&code)) {
            codes.push(code);
        }
    }

    fn read_triple(
        &mut self,
        frame: LumaFrame<'_>,
        triple: &Triple,
        limits: Limits,
        work: &mut Work,
    ) -> Option<(Symbol, [Point; 4])> {
        let corners = Corners::new(frame, &self.finders, &self.finders.found, triple);
        let (versions, count) = corners.versions(frame, limits.versions_max);
        work.spend(WORK_PER_TRIPLE);
        versions[..count].iter().flatten().find_map(|version| {
            if work.left == 0 {
                return None;
            }
            let side = version.side();
            let lattice = version.alignment_centres().len().pow(2);
            work.spend(WORK_PER_ALIGNMENT * (1 + lattice) + side * side);
            let mut grid = corners.grid(frame, *version)?;
            if grid.timing < TIMING_MIN {
                return None;
            }
            if grid.timing >= TIMING_SURE && grid.aligned > 1 {
                for at in [triple.corner, triple.right, triple.below] {
                    if let Some(placed) = self.placed.get_mut(at) {
                        *placed = true;
                    }
                }
            }
            let read = self.read_grid(frame, &corners, &grid, work);
            if read.is_some() || !limits.bends || side > BENT_SIDE_MAX || grid.timing < 0.5 {
                return read;
            }
            work.spend(WORK_PER_BENT_MODULE * side * side);
            self.samples.level();
            corners
                .bend(frame, &mut grid, &self.samples)
                .then(|| self.read_grid(frame, &corners, &grid, work))
                .flatten()
        })
    }

    fn read_grid(
        &mut self,
        frame: LumaFrame<'_>,
        corners: &Corners,
        grid: &Grid,
        work: &mut Work,
    ) -> Option<(Symbol, [Point; 4])> {
        let side = grid.version.side();
        corners.sample(frame, grid, &mut self.samples);
        CUTS.iter().enumerate().find_map(|(at, cut)| {
            if at >= CUTS_MIN && work.left == 0 {
                return None;
            }
            let is_learned = matches!(cut.level, Level::Learned { .. });
            let per_module = if is_learned { WORK_PER_LEARNED_MODULE } else { WORK_PER_CUT_MODULE };
            work.spend(per_module * side * side);
            self.samples.cut(*cut, &mut self.modules);
            let symbol = symbol::read(&mut self.modules, &mut self.reader).ok()?;
            Some((symbol, corners.outline(grid)))
        })
    }
}

/// What a pass may do. Work is counted in samples of the picture, or what takes as long.
#[derive(Debug, Clone, Copy)]
struct Limits {
    work: u32,
    finders_max: usize,
    search_work: usize,
    /// Whatever was spent before.
    search_work_min: usize,
    versions_max: usize,
    bends: bool,
}

/// Pixels that are looked at once in the time of one unit of work.
const PIXELS_PER_WORK: usize = 8;
const LAST_RESORT_FINDERS_MAX: usize = 40;
const LAST_RESORT_SIDE_PX_MAX: usize = 1_000;
const WORK_PER_TRIPLE: usize = 1_500;
const WORK_PER_ALIGNMENT: usize = 5_000;
const WORK_PER_CUT_MODULE: usize = 10;
const WORK_PER_LEARNED_MODULE: usize = 25;
const WORK_PER_BENT_MODULE: usize = 130;
/// Larger codes have alignment patterns enough.
const BENT_SIDE_MAX: usize = 57;

/// What a pass should cost at most, all in all.
pub const PASS_WORK: usize = 2_400_000;
/// Whatever was spent before, so much is read of what was found.
const READ_WORK_MIN: usize = 300_000;

impl Limits {
    /// Less of a search after a dear view.
    fn after(self, look_work: usize, work_max: usize) -> Self {
        let left = work_max.saturating_sub(look_work + READ_WORK_MIN).max(self.search_work_min);
        Self { search_work: self.search_work.min(left), ..self }
    }

    fn left_after(self, spent: usize, searched: usize, work_max: usize) -> u32 {
        let half = self.work - u32::try_from(searched / 2).unwrap_or(u32::MAX).min(self.work / 2);
        let left = work_max.saturating_sub(spent).max(READ_WORK_MIN);
        u32::try_from(left).unwrap_or(u32::MAX).min(half)
    }

    fn of(effort: Effort) -> Self {
        match effort {
            Effort::Light | Effort::Glance => Self {
                work: 800_000,
                finders_max: 60,
                search_work: 900_000,
                search_work_min: 600_000,
                versions_max: 2,
                bends: false,
            },
            Effort::Hard => Self {
                work: 1_200_000,
                finders_max: 250,
                search_work: 1_700_000,
                search_work_min: 1_000_000,
                versions_max: 3,
                bends: true,
            },
        }
    }
}

struct Work {
    left: u32,
}

impl Work {
    fn spend(&mut self, cost: usize) {
        self.left = self.left.saturating_sub(u32::try_from(cost).unwrap_or(u32::MAX));
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
        View::Sharpened { factor, halves } => {
            if width.min(height) < 120 * factor {
                return None;
            }
            plane.sharpen(frame, factor, halves);
            Some((plane.frame()?, Scale { factor: factor as f32, ..Scale::ONE }))
        }
        View::Equalised => {
            plane.equalise(frame);
            Some((plane.frame()?, Scale::ONE))
        }
    }
}

fn code(symbol: Symbol, corners_px: [Point; 4], inverted: bool, modules: &Modules) -> ScannedCode {
    let Symbol { content, version, ecc, mask, mirrored, corrected } = symbol;
    // As it is meant to be read: a mirrored one was sampled with rows and columns swapped.
    let [top_left, top_right, bottom_right, bottom_left] = corners_px;
    let corners_px =
        if mirrored { [top_left, bottom_left, bottom_right, top_right] } else { corners_px };
    let [a, b, c, d] = corners_px;
    let around = [(a, b), (b, c), (c, d), (d, a)].map(|(from, to)| to.minus(from).length());
    let module_px = around.iter().sum::<f32>() / (4 * modules.side().max(1)) as f32;
    ScannedCode {
        bytes: content.bytes,
        text: content.text,
        segments: content.segments,
        version,
        ecc,
        mask,
        mirrored,
        inverted,
        corrected,
        structured_append: content.structured_append,
        fnc1: content.fnc1,
        corners_px,
        module_px,
        modules: modules.to_matrix(mirrored),
    }
}
