//! The grey of each module, and what of it counts as dark.
//!
//! Shape: a sample per module → `cut` by one of several rules → `Modules`, dark or light and how surely.
//! Not here: where modules lie.

use crate::grid::Grid;
use crate::symbol::Modules;
use crate::{LumaFrame, Point};

/// The grey of each module.
#[derive(Debug, Default)]
pub struct Samples {
    side: usize,
    luma: Vec<f32>,
    /// Outside the picture.
    missing: Vec<bool>,
    work: [Vec<f32>; 3],
    level: Vec<f32>,
    pub module_px: f32,
}

/// How grey becomes dark or light.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    pub level: Level,
    /// How much of the neighbours' mean is taken away: undoes blur.
    pub sharpen: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Between the darkest and the lightest of the modules around.
    MidRange { reach: usize },
    /// The same without what is narrower than that: follows the edge of a shadow, as what is bright beyond it does not
    /// reach over.
    Lit { reach: usize },
    /// The mean of the modules around.
    Mean { reach: usize },
}

impl Samples {
    pub fn reset(&mut self, side: usize) {
        self.side = side;
        for field in [&mut self.luma].into_iter().chain(&mut self.work) {
            field.clear();
            field.resize(side * side, 0.0);
        }
        self.missing.clear();
        self.missing.resize(side * side, false);
    }

    pub fn set(&mut self, x: usize, y: usize, luma: Option<f32>) {
        let at = y * self.side + x;
        self.luma[at] = luma.unwrap_or(0.0);
        self.missing[at] = luma.is_none();
    }

    /// Mean distance of samples at a grid's modules from the thresholds that these samples have, function patterns
    /// counted by what they must be.
    pub fn clearness(&self, frame: LumaFrame<'_>, grid: &Grid, sign: f32) -> f32 {
        let side = self.side;
        let mut total = 0.0;
        for y in 0..side {
            for x in 0..side {
                let place = Point::new(x as f32 + 0.5, y as f32 + 0.5);
                let threshold = self.level[y * side + x];
                let off =
                    frame.interpolated(grid.map(place)).map_or(0.0, |luma| threshold - sign * luma);
                total += match grid.version.pattern(x, y) {
                    Some(true) => 2.0 * off,
                    Some(false) => -2.0 * off,
                    None => off.abs(),
                };
            }
        }
        total
    }

    /// Sets the thresholds that `clearness` measures from: the mean over a wide window.
    pub fn level(&mut self) {
        let reach = 6;
        self.level.clear();
        self.level.resize(self.luma.len(), 0.0);
        average(&self.luma, &mut self.level, self.side, reach);
    }

    /// Decides each module, and how surely.
    pub fn cut(&mut self, cut: Cut, modules: &mut Modules) {
        let side = self.side;
        let Self { luma, missing, work: [values, low, high], .. } = self;
        sharpen(luma, values, side, cut.sharpen);
        match cut.level {
            Level::MidRange { reach } | Level::Lit { reach } => {
                low.copy_from_slice(values);
                high.copy_from_slice(values);
                spread(low, side, reach, less);
                spread(high, side, reach, more);
                if let Level::Lit { .. } = cut.level {
                    spread(low, side, reach, more);
                    spread(high, side, reach, less);
                }
            }
            Level::Mean { reach } => {
                average(values, low, side, reach);
                high.copy_from_slice(low);
            }
        }
        modules.resize(side);
        let mean_range = {
            let total: f32 = values
                .iter()
                .zip(low.iter())
                .zip(high.iter())
                .map(|((value, low), high)| (value - f32::midpoint(*low, *high)).abs())
                .sum();
            total / (side * side).max(1) as f32
        };
        for y in 0..side {
            for x in 0..side {
                let at = y * side + x;
                let threshold = f32::midpoint(low[at], high[at]);
                let half_range = match cut.level {
                    Level::MidRange { .. } | Level::Lit { .. } => (high[at] - low[at]) / 2.0,
                    Level::Mean { .. } => 1.5 * mean_range,
                };
                let half_range = if half_range > 1.0 { half_range } else { 1.0 };
                let off = (threshold - values[at]) / half_range;
                let darkness = if missing[at] { 0.0 } else { (off * 127.0).clamp(-127.0, 127.0) };
                // Away from zero from a half on; `round` is a call.
                modules.set(x, y, (darkness + 0.5f32.copysign(darkness)) as i8);
            }
        }
    }
}

/// Takes away `amount` of the difference to the four neighbours.
fn sharpen(from: &[f32], to: &mut [f32], side: usize, amount: f32) {
    if amount == 0.0 {
        to.copy_from_slice(from);
        return;
    }
    for y in 0..side {
        for x in 0..side {
            let at = y * side + x;
            let up = if y > 0 { from[at - side] } else { from[at] };
            let down = if y + 1 < side { from[at + side] } else { from[at] };
            let left = if x > 0 { from[at - 1] } else { from[at] };
            let right = if x + 1 < side { from[at + 1] } else { from[at] };
            to[at] = from[at] + amount * (from[at] - (up + down + left + right) / 4.0);
        }
    }
}

/// Not `f32::min` and `f32::max`, which wasm has only as calls.
fn less(a: f32, b: f32) -> f32 {
    if b < a { b } else { a }
}

fn more(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// Least or greatest within `reach` modules each way.
fn spread(values: &mut [f32], side: usize, reach: usize, pick: impl Fn(f32, f32) -> f32 + Copy) {
    let mut line = [0.0; crate::symbol::SIDE_MODULES_MAX];
    let mut out = [0.0; crate::symbol::SIDE_MODULES_MAX];
    for row in values.chunks_exact_mut(side) {
        line[..side].copy_from_slice(row);
        spread_line(&line[..side], row, reach, pick);
    }
    for x in 0..side {
        for y in 0..side {
            line[y] = values[y * side + x];
        }
        spread_line(&line[..side], &mut out[..side], reach, pick);
        for y in 0..side {
            values[y * side + x] = out[y];
        }
    }
}

fn spread_line(from: &[f32], to: &mut [f32], reach: usize, pick: impl Fn(f32, f32) -> f32 + Copy) {
    for (at, to) in to.iter_mut().enumerate() {
        let window = &from[at.saturating_sub(reach)..(at + reach + 1).min(from.len())];
        *to = window.iter().copied().fold(from[at], pick);
    }
}

fn average(from: &[f32], to: &mut [f32], side: usize, reach: usize) {
    let mut line = [0.0; crate::symbol::SIDE_MODULES_MAX];
    let mut out = [0.0; crate::symbol::SIDE_MODULES_MAX];
    for (row, to) in from.chunks_exact(side).zip(to.chunks_exact_mut(side)) {
        average_line(row, to, reach);
    }
    for x in 0..side {
        for y in 0..side {
            line[y] = to[y * side + x];
        }
        average_line(&line[..side], &mut out[..side], reach);
        for y in 0..side {
            to[y * side + x] = out[y];
        }
    }
}

fn average_line(from: &[f32], to: &mut [f32], reach: usize) {
    for (at, to) in to.iter_mut().enumerate() {
        let window = &from[at.saturating_sub(reach)..(at + reach + 1).min(from.len())];
        *to = window.iter().sum::<f32>() / window.len() as f32;
    }
}
