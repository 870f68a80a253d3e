//! Finder patterns: three nested squares of dark, light and dark, 7, 5 and 3 modules wide.
//!
//! Shape: rows of pixels → runs 1:1:3:1:1 → crossed in the other direction → measured by rays in grey.
//! Source: ISO/IEC 18004:2015, §6.3.3.1; light on dark ones in the same pass.

use crate::threshold::Thresholds;
use crate::{LumaFrame, Point, lanes};

/// Directions in which a pattern is measured; opposite ones are half the number apart.
pub const RAYS: usize = 24;
/// Of the angle between two rays, 15 degrees; the functions themselves would be downloaded by everybody.
const RAY_COS: f32 = 0.965_925_8;
const RAY_SIN: f32 = 0.258_819_05;

/// A finder pattern, as its three outlines were met along rays from its centre.
#[derive(Debug, Clone, Copy)]
pub struct Finder {
    pub centre: Point,
    /// Pixels per module along each ray, such that the outlines lie at 1.5, 2.5 and 3.5.
    pub reach: [f32; RAYS],
    /// Rays on which all three outlines were met where they should be.
    pub good_rays: u8,
    pub inverted: bool,
    pub module_px: f32,
}

/// Finds; keeps its memory.
#[derive(Debug)]
pub struct FinderSearch {
    pub found: Vec<Finder>,
    edges: Vec<u16>,
    /// Centres that were measured in vain.
    refused: Vec<Point>,
    directions: [Point; RAYS],
}

/// How thoroughly a picture is searched.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    pub row_step_px: usize,
    pub good_rays_min: u8,
    pub finders_max: usize,
    /// Counted in samples of the picture, or what takes as long.
    pub work_max: usize,
}

/// Refused centres that are remembered.
const REFUSED_MAX: usize = 200;
const SAME_CENTRE_PX: f32 = 0.8;
/// To cross a row's hit once more, which most do not stand.
const WORK_PER_HIT: usize = 80;
/// To measure what stood it.
const WORK_PER_FINDER: usize = 2_500;

/// Grey and thresholds of one picture.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    pub frame: LumaFrame<'a>,
    pub thresholds: &'a Thresholds,
}

impl Default for FinderSearch {
    fn default() -> Self {
        let mut directions = [Point::new(0.0, 0.0); RAYS];
        let mut toward = Point::new(1.0, 0.0);
        for direction in &mut directions {
            *direction = toward;
            toward = Point::new(
                toward.x * RAY_COS - toward.y * RAY_SIN,
                toward.x * RAY_SIN + toward.y * RAY_COS,
            );
        }
        Self { found: Vec::new(), edges: Vec::new(), refused: Vec::new(), directions }
    }
}

impl Ground<'_> {
    fn is_dark(&self, x: usize, y: usize) -> Option<bool> {
        let luma = *self.frame.row(y)?.get(x)?;
        Some(luma < self.thresholds.at_px(x, y))
    }

    /// Threshold − luma, interpolated; positive where dark.
    fn darkness(&self, at: Point) -> Option<f32> {
        let luma = self.frame.interpolated(at)?;
        let (x, y) = (at.x.max(0.0) as usize, at.y.max(0.0) as usize);
        let threshold = self.thresholds.at_px(x, y);
        Some(f32::from(threshold) - 0.5 - luma)
    }
}

impl FinderSearch {
    /// Fills `found`, best first; says what it cost.
    pub fn run(&mut self, ground: Ground<'_>, search: Search) -> usize {
        self.found.clear();
        self.refused.clear();
        let mut work_left = search.work_max;
        // Every fourth row first, then those between: if the work does not reach, all parts lack alike.
        for first in [0, 2, 1, 3] {
            let start = search.row_step_px / 2 + first * search.row_step_px;
            for y in (start..ground.frame.height_px()).step_by(4 * search.row_step_px) {
                self.scan_row(ground, y, search, &mut work_left);
            }
        }
        self.found.truncate(search.finders_max);
        search.work_max - work_left
    }

    fn scan_row(&mut self, ground: Ground<'_>, y: usize, search: Search, work_left: &mut usize) {
        let Some(row) = ground.frame.row(y) else { return };
        let first_is_dark = edges_of(row, ground.thresholds.row(y), &mut self.edges);
        let edges = std::mem::take(&mut self.edges);
        for (at, edges) in edges.windows(6).enumerate() {
            let &[a, b, c, d, e, f] = edges else { break };
            let runs = [b - a, c - b, d - c, e - d, f - e];
            if runs_module(runs).is_none() {
                continue;
            }
            // Edge 0 is the row's start: the run behind it has the first pixel's colour.
            let inverted = (at % 2 == 0) != first_is_dark;
            let x = (f32::from(c) + f32::from(d)) / 2.0;
            let centre = Point::new(x, y as f32 + 0.5);
            let known = |f: &Finder| {
                f.inverted == inverted && f.centre.minus(centre).length() < 2.0 * f.module_px
            };
            if self.found.iter().any(known) {
                continue;
            }
            if *work_left == 0 || self.found.len() >= 2 * search.finders_max {
                break;
            }
            *work_left = work_left.saturating_sub(WORK_PER_HIT);
            let Some((centre, size)) = crossed(ground, centre, inverted) else { continue };
            // The rows before this one crossed at the same place.
            let mut last_refused = self.refused.iter().rev().take(REFUSED_MAX);
            if last_refused.any(|other| other.minus(centre).length() < SAME_CENTRE_PX) {
                continue;
            }
            *work_left = work_left.saturating_sub(WORK_PER_FINDER);
            let finder = self.measure(ground, centre, size, inverted);
            if let Some(finder) = finder.filter(|f| f.good_rays >= search.good_rays_min)
                && !self.found.iter().any(|f| {
                    f.inverted == inverted
                        && f.centre.minus(finder.centre).length() < 2.0 * f.module_px
                })
            {
                // Best first as they come: a sort for them alone would weigh kilobytes.
                let place = self.found.partition_point(|f| f.good_rays >= finder.good_rays);
                self.found.insert(place, finder);
            } else {
                self.refused.push(centre);
            }
        }
        self.edges = edges;
    }

    /// Centre and sizes by rays, the centre moved to where opposite rays agree.
    pub fn measure(
        &self,
        ground: Ground<'_>,
        mut centre: Point,
        module_px: f32,
        inverted: bool,
    ) -> Option<Finder> {
        let mut outlines = [None; RAYS];
        for round in 0..3 {
            // Most that look like a finder at first are none: half the rays tell.
            let step = if round == 0 { 2 } else { 1 };
            let rays = outlines.iter_mut().zip(self.directions).step_by(step);
            for (outline, direction) in rays {
                *outline = outlines_on_ray(ground, centre, direction, module_px, inverted);
            }
            if step * outlines.iter().flatten().count() < RAYS / 4 {
                return None;
            }
            if round < 2 {
                centre = centre.plus(self.offset(&outlines)?);
            }
        }
        let reach = outlines.map(|outline| outline.map(reach_of));
        let good = reach.iter().flatten().count();
        if good < RAYS / 4 {
            return None;
        }
        let mean = reach.iter().flatten().sum::<f32>() / good as f32;
        // A ray that failed takes the opposite one's reach.
        let filled =
            std::array::from_fn(|at| reach[at].or(reach[(at + RAYS / 2) % RAYS]).unwrap_or(mean));
        let good_rays = u8::try_from(good_rays(&reach)).unwrap_or(u8::MAX);
        Some(Finder { centre, reach: filled, good_rays, inverted, module_px: mean })
    }

    /// Least squares over the lines on which both rays are good: how far the centre is from their middles.
    fn offset(&self, outlines: &[Option<[f32; 3]>; RAYS]) -> Option<Point> {
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        let mut sum = Point::new(0.0, 0.0);
        for at in 0..RAYS / 2 {
            if let (Some(ahead), Some(behind)) = (outlines[at], outlines[at + RAYS / 2]) {
                let direction = self.directions[at];
                let middle: f32 =
                    ahead.iter().zip(behind).map(|(a, b)| (a - b) / 2.0).sum::<f32>() / 3.0;
                xx += direction.x * direction.x;
                xy += direction.x * direction.y;
                yy += direction.y * direction.y;
                sum = sum.plus(direction.times(middle));
            }
        }
        let det = xx * yy - xy * xy;
        if det < 0.1 {
            return None;
        }
        Some(Point::new((yy * sum.x - xy * sum.y) / det, (xx * sum.y - xy * sum.x) / det))
    }

    /// The finder's own axes, in pixels per module, given roughly where they point.
    ///
    /// Each side of the unit square is a line; its two opposite sides together give one row of the inverse.
    pub fn axes(&self, finder: &Finder, toward_u: Point, toward_v: Point) -> (Point, Point) {
        let mut u = toward_u.times(finder.reach_toward(toward_u) / toward_u.length().max(1e-6));
        let mut v = toward_v.times(finder.reach_toward(toward_v) / toward_v.length().max(1e-6));
        for _ in 0..3 {
            let det = u.cross(v);
            if det.abs() < 1e-3 {
                return (u, v);
            }
            let (mut row_u, mut row_v) = (Side::default(), Side::default());
            for (direction, reach) in self.directions.iter().zip(finder.reach) {
                let edge = direction.times(reach);
                let (a, b) = (edge.cross(v) / det, u.cross(edge) / det);
                if b.abs() < 0.8 * a.abs() {
                    row_u.add(edge, a.signum());
                } else if a.abs() < 0.8 * b.abs() {
                    row_v.add(edge, b.signum());
                }
            }
            let (Some(row_u), Some(row_v)) = (row_u.solved(), row_v.solved()) else {
                return (u, v);
            };
            let det = row_u.cross(row_v);
            if det.abs() < 1e-9 {
                return (u, v);
            }
            let (new_u, new_v) = (
                Point::new(row_v.y / det, -row_v.x / det),
                Point::new(-row_u.y / det, row_u.x / det),
            );
            let sane = |new: Point, old: Point| new.minus(old).length() < 0.4 * old.length();
            if !sane(new_u, u) || !sane(new_v, v) {
                return (u, v);
            }
            (u, v) = (new_u, new_v);
        }
        (u, v)
    }
}

impl FinderSearch {
    /// By its axes, as if it had been measured.
    pub fn drawn(&self, centre: Point, u: Point, v: Point, inverted: bool) -> Finder {
        let det = u.cross(v);
        let reach = self.directions.map(|toward| {
            let (a, b) = ((toward.cross(v) / det).abs(), (u.cross(toward) / det).abs());
            1.0 / if a > b { a } else { b }
        });
        let module_px = reach.iter().sum::<f32>() / RAYS as f32;
        Finder { centre, reach, good_rays: 0, inverted, module_px }
    }
}

/// Normal equations of `row · edge = ±1`.
#[derive(Default)]
struct Side {
    xx: f32,
    xy: f32,
    yy: f32,
    sum: Point,
}

impl Default for Point {
    fn default() -> Self {
        Self::new(0.0, 0.0)
    }
}

impl Side {
    fn add(&mut self, edge: Point, sign: f32) {
        self.xx += edge.x * edge.x;
        self.xy += edge.x * edge.y;
        self.yy += edge.y * edge.y;
        self.sum = self.sum.plus(edge.times(sign));
    }

    fn solved(&self) -> Option<Point> {
        let det = self.xx * self.yy - self.xy * self.xy;
        (det > 1e-3 * self.xx * self.yy).then(|| {
            Point::new(
                (self.yy * self.sum.x - self.xy * self.sum.y) / det,
                (self.xx * self.sum.y - self.xy * self.sum.x) / det,
            )
        })
    }
}

impl Finder {
    /// Pixels per module toward a direction, the mean of there and opposite.
    pub fn reach_toward(&self, direction: Point) -> f32 {
        let turn = turn_of(direction) * RAYS as f32;
        let (at, part) = (turn as usize % RAYS, turn.fract());
        let both =
            |at: usize| f32::midpoint(self.reach[at % RAYS], self.reach[(at + RAYS / 2) % RAYS]);
        both(at) * (1.0 - part) + both(at + 1) * part
    }
}

/// The direction's angle in turns, from 0 to below 1, within a thousandth of a turn.
///
/// Source: S. Rajan et al., "Efficient approximations for the arctangent function", IEEE Signal
/// Processing Magazine 23(3), 2006.
fn turn_of(direction: Point) -> f32 {
    let (x, y) = (direction.x.abs(), direction.y.abs());
    let (less, more) = if x < y { (x, y) } else { (y, x) };
    if more == 0.0 {
        return 0.0;
    }
    let ratio = less / more;
    let octant = ratio * (0.125 + 0.273 / std::f32::consts::TAU * (1.0 - ratio));
    let quadrant = if x < y { 0.25 - octant } else { octant };
    let half = if direction.x < 0.0 { 0.5 - quadrant } else { quadrant };
    let turn = if direction.y < 0.0 { 1.0 - half } else { half };
    if turn < 1.0 { turn } else { 0.0 }
}

/// Where the colour changes, with the row's start and end; and whether the first pixel is dark.
fn edges_of(row: &[u8], thresholds: &[u8], edges: &mut Vec<u16>) -> bool {
    edges.clear();
    edges.push(0);
    let first_is_dark = match (row.first(), thresholds.first()) {
        (Some(luma), Some(threshold)) => luma < threshold,
        _ => return false,
    };
    let mut previous = u8::from(first_is_dark);
    let (blocks, rest) = row.as_chunks::<8>();
    let mut start = 0u16;
    for (block, threshold) in blocks.iter().zip(thresholds) {
        let dark = lanes::below(u64::from_le_bytes(*block), lanes::all(*threshold));
        let mut changes = dark ^ (dark << 1 | previous);
        previous = dark >> 7;
        while changes != 0 {
            edges.push(start + changes.trailing_zeros() as u16);
            changes &= changes - 1;
        }
        start += 8;
    }
    if let Some(threshold) = thresholds.get(blocks.len()) {
        for luma in rest {
            let dark = u8::from(luma < threshold);
            if dark != previous {
                edges.push(start);
                previous = dark;
            }
            start += 1;
        }
    }
    edges.push(u16::try_from(row.len()).unwrap_or(u16::MAX));
    first_is_dark
}

/// Whether five runs are as 1:1:3:1:1, dark and light each measured by its own, as ink spreads; the module's size.
fn runs_module(runs: [u16; 5]) -> Option<f32> {
    // Most are refused by whole numbers.
    let [a, b, c, d, e] = runs.map(u32::from);
    if 5 * c < 7 * a.max(e) || 10 * c < 9 * b.max(d) {
        return None;
    }
    let runs = runs.map(f32::from);
    let [a, b, c, d, e] = runs;
    let outer = (a + c + e) / 5.0;
    let inner = f32::midpoint(b, d);
    if outer > 3.5 * inner + 1.0 || inner > 3.0 * outer + 1.0 {
        return None;
    }
    let near = |run: f32, expected: f32, unit: f32| (run - expected).abs() <= 0.6 * unit + 0.7;
    let fits = near(a, outer, outer)
        && near(e, outer, outer)
        && near(c, 3.0 * outer, 1.5 * outer)
        && near(b, inner, inner)
        && near(d, inner, inner);
    fits.then(|| runs.iter().sum::<f32>() / 7.0)
}

/// Crosses a row's hit downward and along the row again: the centre and the larger module size.
fn crossed(ground: Ground<'_>, centre: Point, inverted: bool) -> Option<(Point, f32)> {
    let (x, y) = (centre.x as usize, centre.y as usize);
    let up = steps(ground, x, y, Toward::Up, inverted)?;
    let down = steps(ground, x, y, Toward::Down, inverted)?;
    let vertical = runs_module(runs_through(up, down))?;
    let y = middle(y, up, down);
    let left = steps(ground, x, y, Toward::Left, inverted)?;
    let right = steps(ground, x, y, Toward::Right, inverted)?;
    let horizontal = runs_module(runs_through(left, right))?;
    if vertical > 4.0 * horizontal || horizontal > 4.0 * vertical {
        return None;
    }
    let x = x as f32 + 0.5 + (f32::from(right[2]) - f32::from(left[2])) / 2.0;
    Some((Point::new(x, y as f32 + 0.5), if vertical > horizontal { vertical } else { horizontal }))
}

/// Between the ends of both outer rings.
fn middle(at: usize, behind: [u16; 3], ahead: [u16; 3]) -> usize {
    let (behind, ahead) = (usize::from(behind[2]), usize::from(ahead[2]));
    // Halves are cut toward `at`.
    if ahead > behind { at + (ahead - behind) / 2 } else { at - (behind - ahead) / 2 }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Toward {
    Up,
    Down,
    Left,
    Right,
}

/// Pixels to the end of the core, of the light ring and of the dark ring.
fn steps(
    ground: Ground<'_>,
    mut x: usize,
    mut y: usize,
    toward: Toward,
    inverted: bool,
) -> Option<[u16; 3]> {
    const LIMIT: u16 = 400;
    let mut ends = [0; 3];
    let mut met = 0;
    for step in 0..LIMIT {
        // The picture's border ends the outer ring.
        let dark = match ground.is_dark(x, y) {
            Some(dark) => dark != inverted,
            None if met == 2 => false,
            None => return None,
        };
        if dark == (met == 1) {
            ends[met] = step;
            met += 1;
            if met == 3 {
                return Some(ends);
            }
        }
        // Before the first lies what no picture reaches.
        match toward {
            Toward::Up => y = y.wrapping_sub(1),
            Toward::Down => y += 1,
            Toward::Left => x = x.wrapping_sub(1),
            Toward::Right => x += 1,
        }
    }
    None
}

fn runs_through(behind: [u16; 3], ahead: [u16; 3]) -> [u16; 5] {
    [
        behind[2] - behind[1],
        behind[1] - behind[0],
        (behind[0] + ahead[0]).saturating_sub(1),
        ahead[1] - ahead[0],
        ahead[2] - ahead[1],
    ]
}

/// Distances of the three outlines from the centre, interpolated between pixels.
fn outlines_on_ray(
    ground: Ground<'_>,
    centre: Point,
    direction: Point,
    module_px: f32,
    inverted: bool,
) -> Option<[f32; 3]> {
    let sign = if inverted { -1.0 } else { 1.0 };
    let step = if module_px < 3.0 { 0.5 } else { 1.0f32.max(module_px / 8.0) };
    let limit = 7.0 * module_px + 3.0;
    let mut before = sign * ground.darkness(centre)?;
    let mut outlines = [0.0; 3];
    let mut met = 0;
    let mut distance = 0.0;
    if before <= 0.0 {
        return None;
    }
    while distance < limit {
        distance += step;
        let here = match ground.darkness(centre.plus(direction.times(distance))) {
            Some(darkness) => sign * darkness,
            None if met == 2 => -before.abs().max(1.0),
            None => return None,
        };
        if (here > 0.0) == (met == 1) {
            outlines[met] = distance - step * here / (here - before);
            met += 1;
            if met == 3 {
                let reach = reach_of(outlines);
                let [core, ring, outer] = outlines;
                let good = (0.7..2.4).contains(&(core / reach))
                    && ring - core > 0.3 * reach
                    && outer - ring > 0.3 * reach
                    && (2.7..4.4).contains(&(outer / reach));
                return good.then_some(outlines);
            }
        }
        before = here;
    }
    None
}

/// Rays that agree with the opposite one, as they do in a parallelogram.
fn good_rays(reach: &[Option<f32>; RAYS]) -> usize {
    (0..RAYS)
        .filter(|at| match (reach[*at], reach[(at + RAYS / 2) % RAYS]) {
            (Some(a), Some(b)) => (a - b).abs() < 0.3 * a.max(b),
            _ => false,
        })
        .count()
}

/// Pixels per module; ink that spreads by a constant moves the outlines by +1, −1, +1 and cancels out.
fn reach_of([core, ring, outer]: [f32; 3]) -> f32 {
    (core + 2.0 * ring + outer) / 10.0
}
