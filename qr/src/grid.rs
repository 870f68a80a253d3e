//! Where a symbol's modules lie in the picture.
//!
//! Shape: three finders → homography → alignment patterns → homography and a lattice of what it leaves over.
//! Source: ISO/IEC 18004:2015, §12 (reference decode algorithm), done on grey with least squares.

use crate::finder::{Finder, FinderSearch};
use crate::geometry::{Homography, Pair};
use crate::order;
use crate::samples::Samples;
use crate::symbol::{Centres, Version, nearest_version};
use crate::triple::Triple;
use crate::{LumaFrame, Point};

/// Alignment patterns on a side of version 40.
const LATTICE_MAX: usize = 7;

/// An alignment pattern as far from each of its neighbours, by what the homography leaves over, is none.
const ALIGNMENT_APART_MODULES: f32 = 1.0;
/// Rows and columns of a lattice, one less for the one before.
const AROUND: [(usize, usize); 8] =
    [(0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (2, 2)];

/// What the homography leaves over where an alignment pattern was found.
type Residuals = [[Option<Point>; LATTICE_MAX]; LATTICE_MAX];

/// Three finders with their axes, ready to be fitted to any version.
#[derive(Debug)]
pub struct Corners {
    /// Top left, top right, bottom left: centre and pixels per module to the right and downward.
    frames: [(Point, Point, Point); 3],
    /// 1 for dark on light, −1 for light on dark.
    sign: f32,
    /// Light minus dark in the finders.
    contrast: f32,
    /// Mean of light and dark in the finders.
    middle: f32,
    legs_modules: (f32, f32),
}

/// A fitted grid.
#[derive(Debug, Clone)]
pub struct Grid {
    pub version: Version,
    /// Of the version, kept: they are asked for at each module.
    centres: Centres,
    homography: Homography,
    /// What the homography leaves over at the alignment patterns, in pixels.
    residuals: [[Point; LATTICE_MAX]; LATTICE_MAX],
    is_warped: bool,
    is_bent: bool,
    /// How the paper bends: pixels at the middle of the upper edge, of the left edge, and at the bottom right corner.
    bend: [Point; 3],
    /// Alignment patterns that were found.
    pub aligned: usize,
    /// How well the timing patterns alternate, −1 to 1.
    pub timing: f32,
}

impl Corners {
    pub fn new(
        frame: LumaFrame<'_>,
        search: &FinderSearch,
        finders: &[Finder],
        triple: &Triple,
    ) -> Self {
        let three = [triple.corner, triple.right, triple.below].map(|at| &finders[at]);
        let toward_u = three[1].centre.minus(three[0].centre);
        let toward_v = three[2].centre.minus(three[0].centre);
        let frames = three.map(|finder| {
            let (u, v) = search.axes(finder, toward_u, toward_v);
            (finder.centre, u, v)
        });
        let sign = if three[0].inverted { -1.0 } else { 1.0 };
        let mut middle = 0.0;
        let contrasts = frames.map(|(centre, u, v)| {
            let mut light = 0.0;
            let mut count = 0.0;
            for (x, y) in [(2, 0), (-2, 0), (0, 2), (0, -2), (2, 2), (2, -2), (-2, 2), (-2, -2)] {
                let at = centre.plus(u.times(x as f32)).plus(v.times(y as f32));
                if let Some(luma) = frame.interpolated(at) {
                    light += luma;
                    count += 1.0;
                }
            }
            let (light, dark) =
                (light / f32::max(count, 1.0), frame.interpolated(centre).unwrap_or(0.0));
            middle += f32::midpoint(light, dark) / 3.0;
            sign * (light - dark)
        });
        let contrast = (contrasts.iter().sum::<f32>() / 3.0).max(2.0);
        Self { frames, sign, contrast, middle, legs_modules: triple.legs_modules }
    }

    /// The side by the distances alone, rarely a whole number.
    fn side_modules(&self) -> f32 {
        f32::midpoint(self.legs_modules.0, self.legs_modules.1) + 7.0
    }

    /// The versions worth trying, the likeliest first.
    pub fn versions(&self, frame: LumaFrame<'_>, most: usize) -> ([Option<Version>; 4], usize) {
        let estimate = self.side_modules();
        let mut ranked = [(f32::MIN, None); 4];
        let mut count = 0;
        let mut add = |rank: f32, version: Version| {
            if count < 4 && !ranked[..count].iter().any(|(_, known)| *known == Some(version)) {
                ranked[count] = (rank, Some(version));
                count += 1;
            }
        };
        if estimate > 38.0
            && let Some(named) = self.named_version(frame)
        {
            let off = (named.side() as f32 - estimate).abs();
            if off < 0.2 * estimate {
                add(9.0, named);
            }
        }
        let nearest = ((estimate - 17.0) / 4.0).round().clamp(1.0, 40.0) as usize;
        for number in [nearest, nearest + 1, nearest.saturating_sub(1)] {
            if let Some(version) = Version::new(number) {
                let off = (version.side() as f32 - estimate).abs();
                let timing = self
                    .fit(version, None)
                    .map_or(-1.0, |h| timing(frame, |place| h.map(place), version, self.sign));
                if timing > 0.0 {
                    add(timing - 0.06 * off, version);
                }
            }
        }
        order::sort(&mut ranked[..count], |a, b| a.0 > b.0);
        (ranked.map(|(_, version)| version), count.min(most))
    }

    /// The version information beside the top right and the bottom left finder.
    fn named_version(&self, frame: LumaFrame<'_>) -> Option<Version> {
        let bits = |(centre, u, v): (Point, Point, Point)| {
            let mut lumas = [0.0; 18];
            for (i, luma) in lumas.iter_mut().enumerate() {
                let (along, across) = ((i / 3) as f32 - 3.0, (i % 3) as f32 - 7.0);
                let at = centre.plus(u.times(across)).plus(v.times(along));
                *luma = frame.interpolated(at)? * self.sign;
            }
            // The light ring and the core tell what is dark here.
            let light = frame.interpolated(centre.plus(u.times(-2.0)))? * self.sign;
            let dark = frame.interpolated(centre)? * self.sign;
            let threshold = f32::midpoint(light, dark);
            Some(lumas.iter().rev().fold(0, |bits, luma| bits << 1 | u32::from(*luma < threshold)))
        };
        let (centre, u, v) = self.frames[2];
        let right = bits(self.frames[1]).unwrap_or(u32::MAX);
        let below = bits((centre, v, u)).unwrap_or(u32::MAX);
        nearest_version(right, below)
    }

    /// A homography from the finders alone, or with the bottom right alignment pattern.
    fn fit(&self, version: Version, aligned: Option<Point>) -> Option<Homography> {
        let mut pairs = [Pair { module: Point::default(), px: Point::default(), weight: 1.0 }; 16];
        let side = version.side() as f32;
        let centres = [(3.5, 3.5), (side - 3.5, 3.5), (3.5, side - 3.5)];
        let mut count = 0;
        for ((x, y), (centre, u, v)) in centres.into_iter().zip(self.frames) {
            for (dx, dy, weight) in [
                (0.0, 0.0, 4.0),
                (-3.5, -3.5, 0.5),
                (3.5, -3.5, 0.5),
                (3.5, 3.5, 0.5),
                (-3.5, 3.5, 0.5),
            ] {
                let px = centre.plus(u.times(dx)).plus(v.times(dy));
                pairs[count] = Pair { module: Point::new(x + dx, y + dy), px, weight };
                count += 1;
            }
        }
        if let Some(px) = aligned {
            let at = side - 6.5;
            pairs[count] = Pair { module: Point::new(at, at), px, weight: 8.0 };
            count += 1;
        }
        Homography::fit(&pairs[..count], version.side())
    }

    /// Fits a grid of one version; looks for all alignment patterns.
    pub fn grid(&self, frame: LumaFrame<'_>, version: Version) -> Option<Grid> {
        let homography = self.fit(version, None)?;
        let centres = version.alignment_centres();
        let mut grid = Grid {
            version,
            centres,
            homography,
            residuals: [[Point::default(); LATTICE_MAX]; LATTICE_MAX],
            is_warped: false,
            is_bent: false,
            bend: [Point::default(); 3],
            aligned: 0,
            timing: 0.0,
        };
        if centres.len() > 0 {
            let last = version.side() as f32 - 6.5;
            let place = Point::new(last, last);
            let reach = (version.side() as f32 / 8.0).clamp(3.0, 12.0);
            if let Some(found) = self.alignment(frame, &homography, place, Point::default(), reach)
                && let Some(better) = self.fit(version, Some(found))
            {
                grid.homography = better;
                grid.aligned = 1;
            }
        }
        if centres.len() > 2 {
            self.fit_lattice(frame, &mut grid);
            grid.is_warped = true;
        }
        grid.timing = timing(frame, |place| grid.map(place), version, self.sign);
        Some(grid)
    }

    /// Every alignment pattern, each looked for where its neighbours say.
    fn fit_lattice(&self, frame: LumaFrame<'_>, grid: &mut Grid) {
        let centres = grid.centres;
        let count = centres.len();
        let mut found: Residuals = [[None; LATTICE_MAX]; LATTICE_MAX];
        // From the bottom right, which is the best known besides the finders, outward.
        for (row, y) in centres.iter().enumerate().collect::<Lattice>().iter().rev() {
            for (column, x) in centres.iter().enumerate().collect::<Lattice>().iter().rev() {
                if !centres.has(column, row) {
                    found[row][column] = Some(Point::default());
                    continue;
                }
                let place = Point::new(x as f32 + 0.5, y as f32 + 0.5);
                let neighbours = [
                    (row + 1 < count).then(|| found[row + 1][column]).flatten(),
                    (column + 1 < count).then(|| found[row][column + 1]).flatten(),
                ];
                let expected = mean(neighbours.into_iter().flatten());
                let at = self.alignment(frame, &grid.homography, place, expected, 2.0);
                found[row][column] = at.map(|at| at.minus(grid.homography.map(place)));
                grid.aligned += usize::from(at.is_some());
            }
        }
        self.look_again(frame, grid, &mut found);
        for row in 0..count {
            for column in 0..count {
                grid.residuals[row][column] = found[row][column].unwrap_or_else(|| {
                    let beside = [(0, 1), (1, 0), (1, 2), (2, 1)];
                    mean(neighbours(&found, row, column, &beside))
                });
            }
        }
    }

    /// What lies apart from all that is around it is no alignment pattern, but something like it: that, and what
    /// was not found, is looked for once more, where the neighbours on all sides say.
    fn look_again(&self, frame: LumaFrame<'_>, grid: &mut Grid, found: &mut Residuals) {
        let centres = grid.centres;
        for (row, y) in centres.iter().enumerate().collect::<Lattice>().iter() {
            for (column, x) in centres.iter().enumerate().collect::<Lattice>().iter() {
                if !centres.has(column, row) {
                    continue;
                }
                let place = Point::new(x as f32 + 0.5, y as f32 + 0.5);
                let (u, v) = grid.homography.axes(place);
                let apart_px = ALIGNMENT_APART_MODULES * u.length().min(v.length());
                let mut around = [Point::default(); AROUND.len()];
                let mut count = 0;
                for (to, from) in around.iter_mut().zip(neighbours(found, row, column, &AROUND)) {
                    *to = from;
                    count += 1;
                }
                let around = &around[..count];
                let fits =
                    |at: &Point| around.iter().any(|other| other.minus(*at).length() < apart_px);
                if count < 3 || found[row][column].is_some_and(|at| fits(&at)) {
                    continue;
                }
                let at = self
                    .alignment(frame, &grid.homography, place, median(around), 1.0)
                    .map(|at| at.minus(grid.homography.map(place)))
                    .filter(fits);
                grid.aligned -= usize::from(found[row][column].is_some());
                grid.aligned += usize::from(at.is_some());
                found[row][column] = at;
            }
        }
    }

    /// The best place for an alignment pattern within `reach` modules of where it should be.
    fn alignment(
        &self,
        frame: LumaFrame<'_>,
        homography: &Homography,
        place: Point,
        residual: Point,
        reach: f32,
    ) -> Option<Point> {
        let centre = homography.map(place).plus(residual);
        let (u, v) = homography.axes(place);
        let contrast = self.contrast_around(frame, centre, u, v);
        let mut best = (f32::MIN, centre);
        let try_around =
            |middle: Point, reach: f32, step: f32, toll: f32, best: &mut (f32, Point)| {
                let steps = (reach / step).ceil() as i32;
                for dy in -steps..=steps {
                    for dx in -steps..=steps {
                        let (dx, dy) = (dx as f32 * step, dy as f32 * step);
                        let at = middle.plus(u.times(dx)).plus(v.times(dy));
                        let toll = toll * (dx * dx + dy * dy).sqrt() * contrast;
                        let score =
                            alignment_score(frame, at, (u, v), self.sign, best.0 + toll) - toll;
                        if score > best.0 {
                            *best = (score, at);
                        }
                    }
                }
            };
        try_around(centre, reach, 0.5, 0.01, &mut best);
        if best.0 < 0.35 * contrast {
            return None;
        }
        Some(self.middle_of_best(frame, best, (u, v), contrast))
    }

    /// Light minus dark at a place: less than in the finders where it lies in a shadow that they do not.
    fn contrast_around(&self, frame: LumaFrame<'_>, centre: Point, u: Point, v: Point) -> f32 {
        const REACH: i16 = 3;
        let (mut sum, mut count) = (0.0, 0.0);
        for down in -REACH..=REACH {
            for across in -REACH..=REACH {
                let at = centre.plus(u.times(f32::from(across))).plus(v.times(f32::from(down)));
                if let Some(luma) = frame.interpolated(at) {
                    sum += luma;
                    count += 1.0;
                }
            }
        }
        let light = 1.15 * sum / f32::max(count * self.middle, 1.0);
        self.contrast * light.clamp(0.15, 1.0)
    }

    /// Large modules score alike wherever the samples fall in them: the middle of where they do.
    fn middle_of_best(
        &self,
        frame: LumaFrame<'_>,
        (best, middle): (f32, Point),
        (u, v): (Point, Point),
        contrast: f32,
    ) -> Point {
        const STEPS: i32 = 5;
        let floor = best - 0.25 * contrast;
        let (mut sum, mut weights) = (Point::default(), 0.0);
        for dy in -STEPS..=STEPS {
            for dx in -STEPS..=STEPS {
                let off = u.times(dx as f32 * 0.18).plus(v.times(dy as f32 * 0.18));
                let score = alignment_score(frame, middle.plus(off), (u, v), self.sign, floor);
                if score > floor {
                    sum = sum.plus(off.times(score - floor));
                    weights += score - floor;
                }
            }
        }
        if weights > 0.0 { middle.plus(sum.times(1.0 / weights)) } else { middle }
    }

    /// Bends the grid until the modules are told apart best: samples in the middles of modules are far from the
    /// threshold, those on edges near it. `samples` must be of this grid; says whether anything was gained.
    pub fn bend(&self, frame: LumaFrame<'_>, grid: &mut Grid, samples: &Samples) -> bool {
        let side = grid.version.side() as f32;
        let middle = Point::new(side / 2.0, side / 2.0);
        let (u, v) = grid.homography.axes(middle);
        let start = samples.clearness(frame, grid, self.sign);
        let mut best = start;
        grid.is_bent = true;
        for step in [1.0, 0.5, 0.25, 0.5, 0.25, 0.12] {
            for term in [2, 0, 1, 2] {
                for axis in [u, v] {
                    for sign in [1.0, -1.0] {
                        // Uphill as long as it goes, at most three steps.
                        for _ in 0..3 {
                            let before = grid.bend[term];
                            grid.bend[term] = before.plus(axis.times(sign * step));
                            let clearness = samples.clearness(frame, grid, self.sign);
                            if clearness <= best {
                                grid.bend[term] = before;
                                break;
                            }
                            best = clearness;
                        }
                    }
                }
            }
        }
        best > start
    }

    /// Reads the grey of every module; `modules` then holds luma − 128, not yet darkness.
    pub fn sample(&self, frame: LumaFrame<'_>, grid: &Grid, samples: &mut Samples) {
        let side = grid.version.side();
        samples.reset(side);
        for y in 0..side {
            for x in 0..side {
                let place = Point::new(x as f32 + 0.5, y as f32 + 0.5);
                let at = grid.map(place);
                samples.set(x, y, at, frame.interpolated(at).map(|luma| self.sign * luma));
            }
        }
        let (u, v) = grid.homography.axes(Point::new(side as f32 / 2.0, side as f32 / 2.0));
        samples.module_px = u.length().min(v.length());
    }

    /// Outer corners: top left, top right, bottom right, bottom left.
    pub fn outline(&self, grid: &Grid) -> [Point; 4] {
        let side = grid.version.side() as f32;
        [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
            .map(|(x, y)| grid.homography.map(Point::new(x, y)))
    }
}

/// Rows or columns of alignment patterns with their numbers.
#[derive(Clone, Copy)]
struct Lattice {
    at: [(usize, usize); LATTICE_MAX],
    len: usize,
}

impl FromIterator<(usize, usize)> for Lattice {
    fn from_iter<I: IntoIterator<Item = (usize, usize)>>(items: I) -> Self {
        let mut lattice = Self { at: [(0, 0); LATTICE_MAX], len: 0 };
        for (to, item) in lattice.at.iter_mut().zip(items) {
            *to = item;
            lattice.len += 1;
        }
        lattice
    }
}

impl Lattice {
    fn iter(&self) -> impl DoubleEndedIterator<Item = (usize, usize)> + '_ {
        self.at[..self.len].iter().copied()
    }
}

impl Grid {
    pub fn map(&self, place: Point) -> Point {
        let at = self.homography.map(place);
        let at = if self.is_warped { at.plus(self.residual(place)) } else { at };
        if self.is_bent { self.bent(place, at) } else { at }
    }

    /// Where bending moves a module that would lie at `at`.
    pub fn bent(&self, place: Point, at: Point) -> Point {
        let side = self.version.side() as f32;
        let (x, y) = (place.x / side, place.y / side);
        at.plus(self.bend[0].times(4.0 * x * (1.0 - x)))
            .plus(self.bend[1].times(4.0 * y * (1.0 - y)))
            .plus(self.bend[2].times(x * y))
    }

    /// Between the four alignment patterns around a place.
    fn residual(&self, place: Point) -> Point {
        let centres = self.centres;
        let (row, part_y) = centres.cell(place.y);
        let (column, part_x) = centres.cell(place.x);
        let at = |dr: usize, dc: usize| self.residuals[row + dr][column + dc];
        let upper = at(0, 0).times(1.0 - part_x).plus(at(0, 1).times(part_x));
        let lower = at(1, 0).times(1.0 - part_x).plus(at(1, 1).times(part_x));
        upper.times(1.0 - part_y).plus(lower.times(part_y))
    }
}

/// Those of a lattice's neighbours that were found.
fn neighbours(
    found: &Residuals,
    row: usize,
    column: usize,
    which: &[(usize, usize)],
) -> impl Iterator<Item = Point> {
    which.iter().filter_map(move |(down, across)| {
        let (row, column) = ((row + down).checked_sub(1)?, (column + across).checked_sub(1)?);
        *found.get(row)?.get(column)?
    })
}

/// Of each coordinate, at most as many as there are around; the upper one of two in the middle.
fn median(points: &[Point]) -> Point {
    let middle = |of: fn(&Point) -> f32| {
        let mut sorted = [0.0; AROUND.len()];
        let mut count = 0;
        for (to, point) in sorted.iter_mut().zip(points) {
            *to = of(point);
            count += 1;
        }
        order::sort(&mut sorted[..count], |a, b| a < b);
        sorted.get(count / 2).copied().unwrap_or(0.0)
    };
    Point::new(middle(|point| point.x), middle(|point| point.y))
}

fn mean(points: impl Iterator<Item = Point>) -> Point {
    let (sum, count) =
        points.fold((Point::default(), 0.0), |(sum, count), p| (sum.plus(p), count + 1.0));
    if count == 0.0 { sum } else { sum.times(1.0 / count) }
}

/// Contrast of a dot in a light ring in a dark ring; low where the picture shows something else, `f32::MIN` where it
/// cannot be above `floor`.
fn alignment_score(
    frame: LumaFrame<'_>,
    at: Point,
    (u, v): (Point, Point),
    sign: f32,
    floor: f32,
) -> f32 {
    // Mean over a square ring of places, 8 to each module of its reach.
    let mean = |reach: i16| {
        let mut sum = 0.0;
        for step in -reach..reach {
            for (x, y) in [(step, -reach), (reach, step), (-step, reach), (-reach, -step)] {
                let place = at.plus(u.times(f32::from(x))).plus(v.times(f32::from(y)));
                sum += frame.interpolated(place)?;
            }
        }
        Some(sign * sum / f32::from(8 * reach))
    };
    let (Some(core), Some(ring)) = (frame.interpolated(at), mean(1)) else { return f32::MIN };
    let core = core * sign;
    let inner = 1.5 * (ring - core);
    if inner <= floor {
        return f32::MIN;
    }
    let Some(outer) = mean(2) else { return f32::MIN };
    let whole = ring - (0.3 * core + 0.7 * outer);
    if whole < inner { whole } else { inner }
}

/// How well the two timing patterns alternate, −1 to 1.
fn timing(frame: LumaFrame<'_>, map: impl Fn(Point) -> Point, version: Version, sign: f32) -> f32 {
    let side = version.side();
    let mut total = 0.0;
    for across in [false, true] {
        let luma = |i: usize| {
            let (along, line) = (i as f32 + 0.5, 6.5);
            let place = if across { Point::new(along, line) } else { Point::new(line, along) };
            frame.interpolated(map(place)).unwrap_or(0.0) * sign
        };
        // Each against the mean of its neighbours, so that uneven light does not matter.
        let (mut agreed, mut all) = (0.0, 0.0);
        for i in 8..side - 8 {
            let step = luma(i) - f32::midpoint(luma(i - 1), luma(i + 1));
            agreed += if i % 2 == 0 { -step } else { step };
            all += step.abs();
        }
        total += if all > 0.0 { agreed / all } else { 0.0 };
    }
    total / 2.0
}
