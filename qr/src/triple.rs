//! Which three finder patterns belong to one symbol.

use crate::finder::{Finder, RAYS};
use crate::{Point, symbol::SIDE_MODULES_MAX};

/// Neighbours of a finder that are tried as its partners.
const NEIGHBOURS_MAX: usize = 14;
/// Centres of version 1's finders are 14 modules apart, those of version 40 170; perspective and blur blur it.
const LEG_MODULES_MIN: f32 = 10.0;
const LEG_MODULES_MAX: f32 = SIDE_MODULES_MAX as f32 * 1.1;
/// A code held aslant is so much larger on its near side; along the diagonal that shows most.
const SCALE_RATIO_MAX: f32 = 5.0;

/// Indices of three finders: top left, top right, bottom left as seen (a mirrored symbol is sampled transposed).
#[derive(Debug, Clone, Copy)]
pub struct Triple {
    pub corner: usize,
    pub right: usize,
    pub below: usize,
    /// Modules between centres, along the two legs.
    pub legs_modules: (f32, f32),
    /// The lower, the likelier.
    pub doubt: f32,
}

/// Fills `triples`, the likeliest first, at most `most`.
pub fn select(finders: &[Finder], most: usize, triples: &mut Vec<Triple>) {
    triples.clear();
    for corner in 0..finders.len() {
        let (neighbours, count) = neighbours(finders, corner);
        for (at, &(right, leg)) in neighbours[..count].iter().enumerate() {
            for &(below, other_leg) in &neighbours[..at] {
                if let Some(triple) = triple(finders, corner, (right, leg), (below, other_leg)) {
                    let place = triples.partition_point(|other| other.doubt <= triple.doubt);
                    if place < most {
                        triples.truncate(most - 1);
                        triples.insert(place, triple);
                    }
                }
            }
        }
    }
}

/// The nearest in modules, those first that look like a finder of the same symbol.
fn neighbours(finders: &[Finder], of: usize) -> ([(usize, f32); NEIGHBOURS_MAX], usize) {
    let mut nearest = [(0, 0.0, f32::MAX); NEIGHBOURS_MAX];
    let mut count = 0;
    let corner = &finders[of];
    for (at, finder) in finders.iter().enumerate() {
        if at == of || finder.inverted != corner.inverted {
            continue;
        }
        let Some(leg) = leg_modules(corner, finder) else { continue };
        let unlike = (finder.module_px / corner.module_px).ln().abs();
        let bad_rays = (RAYS - usize::from(finder.good_rays)) as f32;
        let rank = leg * (1.0 + 2.0 * unlike) * (1.0 + 0.2 * bad_rays);
        let place = nearest[..count].partition_point(|(_, _, other)| *other <= rank);
        if place < NEIGHBOURS_MAX {
            count = (count + 1).min(NEIGHBOURS_MAX);
            nearest[place..count].rotate_right(1);
            nearest[place] = (at, leg, rank);
        }
    }
    (nearest.map(|(at, leg, _)| (at, leg)), count)
}

/// Modules between two finders. Along a line in perspective that is the distance over the geometric mean of the
/// scales at its ends.
pub fn leg_modules(a: &Finder, b: &Finder) -> Option<f32> {
    let way = b.centre.minus(a.centre);
    let (near, far) = (a.reach_toward(way), b.reach_toward(way));
    let alike = near < SCALE_RATIO_MAX * far && far < SCALE_RATIO_MAX * near;
    let modules = way.length() / (near * far).sqrt();
    (alike && (LEG_MODULES_MIN..LEG_MODULES_MAX).contains(&modules)).then_some(modules)
}

fn triple(
    finders: &[Finder],
    corner: usize,
    (a, leg_a): (usize, f32),
    (b, leg_b): (usize, f32),
) -> Option<Triple> {
    let at = |index: usize| finders[index].centre;
    let (to_a, to_b) = (at(a).minus(at(corner)), at(b).minus(at(corner)));
    let turn = to_a.cross(to_b) / (to_a.length() * to_b.length());
    let unequal = (leg_a - leg_b).abs() / leg_a.max(leg_b);
    if turn.abs() < 0.35 || unequal > 0.35 {
        return None;
    }
    let scale = |index: usize| finders[index].module_px;
    let scales = [scale(corner), scale(a), scale(b)];
    let widest = scales.iter().fold(0.0f32, |m, s| m.max(*s));
    let narrowest = scales.iter().fold(f32::MAX, |m, s| m.min(*s));
    // The diagonal is as many modules long as a leg, counted along the larger coordinate.
    let diagonal = leg_modules(&finders[a], &finders[b])?;
    let leg = f32::midpoint(leg_a, leg_b);
    let bent = (diagonal - leg).abs() / leg;
    let good =
        usize::from(finders[corner].good_rays.min(finders[a].good_rays).min(finders[b].good_rays));
    let doubt = 2.0 * unequal
        + bent
        + 0.7 * (1.0 - narrowest / widest)
        + 0.5 * (1.0 - turn.abs())
        + 0.01 * leg.min(60.0)
        + 0.06 * (RAYS - good) as f32;
    let (right, below, legs_modules) =
        if turn > 0.0 { (a, b, (leg_a, leg_b)) } else { (b, a, (leg_b, leg_a)) };
    Some(Triple { corner, right, below, legs_modules, doubt })
}

/// The triple of three finders, the corner first; `None` where they cannot be of one symbol.
pub fn of(finders: &[Finder], [corner, a, b]: [usize; 3]) -> Option<Triple> {
    let leg = |to: usize| leg_modules(&finders[corner], &finders[to]);
    triple(finders, corner, (a, leg(a)?), (b, leg(b)?))
}

/// Whether a point lies in a quadrilateral given in order around it.
pub fn is_inside(point: Point, corners: &[Point; 4]) -> bool {
    let side = |at: usize| {
        let (from, to) = (corners[at], corners[(at + 1) % 4]);
        to.minus(from).cross(point.minus(from)) >= 0.0
    };
    (0..4).all(side) || (0..4).all(|at| !side(at))
}
