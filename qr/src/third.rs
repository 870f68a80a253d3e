//! The third finder where only two were seen: worn, washed out or smeared, but in grey still like one.
//!
//! Shape: two finders → the places where a third may be → around each, what is most like a finder.
//! Not here: whether it is one; the code that is read, or not, tells.

use crate::finder::{Finder, FinderSearch};
use crate::geometry::{Homography, Pair};
use crate::triple::leg_modules;
use crate::{LumaFrame, Point};

/// Finders with fewer good rays are no ground to look for another.
const RAYS_MIN: u8 = 20;
/// Such finders that are paired.
const FINDERS_MAX: usize = 6;
/// What is less alike is none; 1 is a finder in print.
const LIKENESS_MIN: f32 = 0.6;
/// Half modules around the place where it is expected, the more the farther that is.
const STEPS_MIN: i32 = 4;
const STEPS_MAX: i32 = 14;
/// Sine of the least angle between a finder's axis and the way to another across the diagonal.
const ASLANT_MIN: f32 = 0.35;
/// Of a finder's modules, and of those that are dark.
const MODULES: f32 = 49.0;
const DARK: f32 = 33.0;

/// A finder that was looked for, and the two it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Third {
    pub finder: Finder,
    /// Indices of the two.
    pub pair: [usize; 2],
    pub corner: Corner,
}

/// Which of the three lies between the other two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corner {
    First,
    Second,
    Third,
}

/// Where two finders and the third lie in a symbol, in legs.
#[derive(Clone, Copy)]
struct Layout {
    at: [(f32, f32); 3],
    corner: Corner,
}

const ALONG_A_LEG: [Layout; 2] = [
    Layout { at: [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)], corner: Corner::First },
    Layout { at: [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)], corner: Corner::Second },
];
const DIAGONAL: [Layout; 2] = [
    Layout { at: [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)], corner: Corner::Third },
    Layout { at: [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0)], corner: Corner::Third },
];

/// Fills `thirds` for pairs of finders none of which is `placed`; says what it cost, which may exceed `work_max` by one place.
pub fn look_for(
    frame: LumaFrame<'_>,
    search: &FinderSearch,
    placed: &[bool],
    work_max: usize,
    thirds: &mut Vec<Third>,
) -> usize {
    thirds.clear();
    let is_sure = |at: &usize| search.found[*at].good_rays >= RAYS_MIN && !placed[*at];
    let mut spent = 0;
    for b in (0..search.found.len()).filter(is_sure).take(FINDERS_MAX) {
        for a in (0..b).filter(is_sure) {
            let (first, second) = (&search.found[a], &search.found[b]);
            let way = second.centre.minus(first.centre);
            let across = Point::new(-way.y, way.x);
            let Some(modules) =
                leg_modules(first, second).filter(|_| first.inverted == second.inverted)
            else {
                continue;
            };
            for (layouts, u, v) in [
                (ALONG_A_LEG, way, across),
                (ALONG_A_LEG, way, across.times(-1.0)),
                (DIAGONAL, across.minus(way), across.plus(way)),
            ] {
                let frames = [first, second].map(|finder| {
                    let (u, v) = search.axes(finder, u, v);
                    (finder.centre, u, v)
                });
                let is_along =
                    |axis: Point| axis.cross(way).abs() < ASLANT_MIN * axis.length() * way.length();
                let is_diagonal = layouts[0].corner == Corner::Third;
                if frames.iter().any(|(_, u, v)| is_along(*u) == is_diagonal || is_along(*v)) {
                    continue;
                }
                for layout in layouts {
                    if spent >= work_max {
                        return spent;
                    }
                    let place = Place { frame, frames, modules, inverted: first.inverted };
                    let found = place.third(layout, &mut spent);
                    thirds.extend(found.map(|(centre, u, v)| Third {
                        finder: search.drawn(centre, u, v, first.inverted),
                        pair: [a, b],
                        corner: layout.corner,
                    }));
                }
            }
        }
    }
    spent
}

/// Two finders, each as its centre and pixels per module to the right and downward.
struct Place<'a> {
    frame: LumaFrame<'a>,
    frames: [(Point, Point, Point); 2],
    /// Of a leg.
    modules: f32,
    inverted: bool,
}

impl Place<'_> {
    fn third(&self, layout: Layout, spent: &mut usize) -> Option<(Point, Point, Point)> {
        let [first, second, third] =
            layout.at.map(|(x, y)| Point::new(x, y).times(self.modules).plus(Point::new(3.5, 3.5)));
        let mut pairs = [Pair { module: first, px: first, weight: 1.0 }; 10];
        for ((to, at), (centre, u, v)) in
            pairs.as_chunks_mut::<5>().0.iter_mut().zip([first, second]).zip(self.frames)
        {
            let ends = [(0.0, 0.0), (-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)];
            for (to, (x, y)) in to.iter_mut().zip(ends) {
                let px = centre.plus(u.times(x)).plus(v.times(y));
                let weight = if x == 0.0 { 4.0 } else { 0.5 };
                *to = Pair { module: at.plus(Point::new(x, y)), px, weight };
            }
        }
        let homography = Homography::fit(&pairs, self.modules as usize + 7)?;
        let expected = homography.map(third);
        let (u, v) = homography.axes(third);
        let (long, short) = (u.length().max(v.length()), u.length().min(v.length()));
        // Also false for what is no number.
        if !(short > 0.7 && long < 5.0 * short && long < 400.0) {
            return None;
        }
        self.frame.interpolated(expected)?;
        let steps = ((self.modules / 4.0) as i32).clamp(STEPS_MIN, STEPS_MAX);
        let mut best = (LIKENESS_MIN, None);
        for (step, steps) in [(0.5, steps), (0.25, 1), (0.12, 1)] {
            let from = best.1.unwrap_or(expected);
            for down in -steps..=steps {
                for across in -steps..=steps {
                    let off = u.times(across as f32 * step).plus(v.times(down as f32 * step));
                    let at = from.plus(off);
                    let like = self.likeness(at, u, v, spent);
                    if like > best.0 {
                        best = (like, Some(at));
                    }
                }
            }
            best.1?;
        }
        best.1.map(|centre| (centre, u, v))
    }

    /// How the grey goes with that of a finder, −1 to 1.
    fn likeness(&self, at: Point, u: Point, v: Point, spent: &mut usize) -> f32 {
        let luma = |x: i16, y: i16| {
            self.frame.interpolated(at.plus(u.times(f32::from(x))).plus(v.times(f32::from(y))))
        };
        let sign = if self.inverted { -1.0 } else { 1.0 };
        *spent += 3;
        // Most places are refused by three modules.
        let (Some(core), Some(right), Some(below)) = (luma(0, 0), luma(2, 0), luma(0, 2)) else {
            return -1.0;
        };
        if sign * (right + below - 2.0 * core) < 4.0 {
            return -1.0;
        }
        *spent += MODULES as usize;
        let (mut sum, mut squares, mut dark) = (0.0, 0.0, 0.0);
        for y in -3..=3i16 {
            for x in -3..=3i16 {
                let Some(luma) = luma(x, y) else { return -1.0 };
                sum += luma;
                squares += luma * luma;
                dark += if x.abs().max(y.abs()) == 2 { 0.0 } else { luma };
            }
        }
        let mean = sum / MODULES;
        let variance = squares / MODULES - mean * mean;
        let share = DARK / MODULES;
        let covariance = sign * share * (mean - dark / DARK);
        if variance < 4.0 { -1.0 } else { covariance / (variance * share * (1.0 - share)).sqrt() }
    }
}
