//! What the camera did to the modules, learned from those that every symbol has, and undone.
//!
//! Shape: the grey of each module → weights of it and of its neighbours → light above zero, dark below.
//! Blur and a hand's shake let neighbours show through; the patterns tell how much, and in which direction.

use crate::geometry::{accumulate, solve};
use crate::symbol::Version;

/// A module; its neighbours, opposite ones together, as a shake leaves no side out; and what is off everywhere.
const TAPS: usize = 8;
/// How much the weights are held to the module alone, as a share of all equations.
const HELD: f64 = 0.02;
/// Small symbols have few patterns: what the first round decided teaches a second.
const TWO_ROUNDS_SIDE_MAX: usize = 57;

/// `from`: grey without the light around; `to`: what the modules alone would give, ±1 where all is clear.
pub fn undo(from: &[f32], to: &mut [f32], side: usize) {
    let Some(version) = Version::from_side(side) else { return };
    let count = from.len().max(1) as f32;
    let scale = count / from.iter().fold(1.0, |sum, value| sum + value.abs());
    for round in 0..if side > TWO_ROUNDS_SIDE_MAX { 1 } else { 2 } {
        let mut rows = [[0f64; TAPS + 1]; TAPS];
        let mut held = 0.0;
        for y in 0..side {
            for x in 0..side {
                let light = match version.known(x, y) {
                    Some(is_dark) => !is_dark,
                    None if round > 0 => to[y * side + x] > 0.0,
                    None => continue,
                };
                let mut equation = [if light { 1.0 } else { -1.0 }; TAPS + 1];
                for (to, tap) in equation.iter_mut().zip(taps(from, side, x, y, scale)) {
                    *to = f64::from(tap);
                }
                accumulate(&mut rows, equation, 1.0);
                held += HELD;
            }
        }
        for (at, row) in rows.iter_mut().enumerate() {
            row[at] += held;
        }
        rows[0][TAPS] += held;
        let Some(weights) = solve(&mut rows) else { return };
        for y in 0..side {
            for x in 0..side {
                let taps = taps(from, side, x, y, scale);
                to[y * side + x] =
                    taps.iter().zip(weights).map(|(tap, weight)| tap * weight as f32).sum();
            }
        }
    }
}

fn taps(values: &[f32], side: usize, x: usize, y: usize, scale: f32) -> [f32; TAPS] {
    // Beyond the edge lies the edge.
    let before = |at: usize, by: usize| at.saturating_sub(by);
    let after = |at: usize, by: usize| (at + by).min(side - 1);
    let at = |x: usize, y: usize| values[y * side + x] * scale;
    let (left, right, above, below) = (before(x, 1), after(x, 1), before(y, 1), after(y, 1));
    [
        at(x, y),
        at(left, y) + at(right, y),
        at(x, above) + at(x, below),
        at(left, above) + at(right, below),
        at(right, above) + at(left, below),
        at(before(x, 2), y) + at(after(x, 2), y),
        at(x, before(y, 2)) + at(x, after(y, 2)),
        1.0,
    ]
}
