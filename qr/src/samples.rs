//! The grey of each module, and what of it counts as dark.
//!
//! Shape: a sample per module → `cut` by one of several rules → `Modules`, dark or light and how surely.
//! Not here: where modules lie.

use crate::grid::Grid;
use crate::learned;
use crate::symbol::Modules;
use crate::{LumaFrame, Point};

/// The grey of each module.
#[derive(Debug, Default)]
pub struct Samples {
    side: usize,
    luma: Vec<f32>,
    /// Where in the picture.
    places: Vec<Point>,
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
    /// The same, and how neighbours show through is learned and undone.
    Learned { reach: usize },
}

impl Samples {
    pub fn reset(&mut self, side: usize) {
        self.side = side;
        for field in [&mut self.luma].into_iter().chain(&mut self.work) {
            field.clear();
            field.resize(side * side, 0.0);
        }
        self.places.clear();
        self.places.resize(side * side, Point::default());
        self.missing.clear();
        self.missing.resize(side * side, false);
    }

    pub fn set(&mut self, x: usize, y: usize, place: Point, luma: Option<f32>) {
        let at = y * self.side + x;
        self.places[at] = place;
        self.luma[at] = luma.unwrap_or(0.0);
        self.missing[at] = luma.is_none();
    }

    /// How far the modules of this grid, bent, are from the thresholds that these samples have, function patterns
    /// counted by what they must be.
    pub fn clearness(&self, frame: LumaFrame<'_>, grid: &Grid, sign: f32) -> f32 {
        let side = self.side;
        let mut total = 0.0;
        for y in 0..side {
            for x in 0..side {
                let at = y * side + x;
                let module = Point::new(x as f32 + 0.5, y as f32 + 0.5);
                let luma = frame.interpolated(grid.bent(module, self.places[at]));
                let off = luma.map_or(0.0, |luma| self.level[at] - sign * luma);
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
        self.level.clone_from(&self.luma);
        in_windows(&mut self.level, self.side, reach, mean);
    }

    /// Decides each module, and how surely.
    pub fn cut(&mut self, cut: Cut, modules: &mut Modules) {
        let side = self.side;
        let Self { luma, missing, work: [values, low, high], .. } = self;
        if let Level::Learned { reach } = cut.level {
            high.copy_from_slice(luma);
            in_windows(high, side, reach, mean);
            low.iter_mut().zip(&*luma).zip(&*high).for_each(|((to, luma), mean)| *to = luma - mean);
            learned::undo(low, values, side);
            // So that zero is between dark and light, and a module's distance from it is some levels of grey.
            values.iter_mut().for_each(|value| *value *= 64.0);
        } else {
            sharpen(luma, values, side, cut.sharpen);
        }
        low.copy_from_slice(values);
        high.copy_from_slice(values);
        match cut.level {
            Level::MidRange { reach } | Level::Lit { reach } => {
                let is_lit = matches!(cut.level, Level::Lit { .. });
                negate(low);
                for extreme in [&mut *low, &mut *high] {
                    in_windows(extreme, side, reach, greatest);
                    if is_lit {
                        negate(extreme);
                        in_windows(extreme, side, reach, greatest);
                        negate(extreme);
                    }
                }
                negate(low);
            }
            Level::Mean { reach } => {
                in_windows(low, side, reach, mean);
                high.copy_from_slice(low);
            }
            Level::Learned { .. } => {
                low.fill(0.0);
                high.fill(0.0);
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
                    Level::Mean { .. } | Level::Learned { .. } => 1.5 * mean_range,
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

fn negate(values: &mut [f32]) {
    values.iter_mut().for_each(|value| *value = -*value);
}

/// Not by `f32::max`, which wasm has only as a call.
fn greatest(window: &[f32]) -> f32 {
    window.iter().fold(f32::MIN, |a, b| if *b > a { *b } else { a })
}

fn mean(window: &[f32]) -> f32 {
    window.iter().sum::<f32>() / window.len() as f32
}

/// What `of` gives within `reach` modules each way, along rows first, then along columns. A pointer, so that it is
/// there once.
fn in_windows(values: &mut [f32], side: usize, reach: usize, of: fn(&[f32]) -> f32) {
    let mut line = [0.0; crate::symbol::SIDE_MODULES_MAX];
    let line = &mut line[..side];
    for (across, along) in [(side, 1), (1, side)] {
        for start in 0..side {
            for (at, to) in line.iter_mut().enumerate() {
                *to = values[start * across + at * along];
            }
            for at in 0..side {
                let window = &line[at.saturating_sub(reach)..(at + reach + 1).min(side)];
                values[start * across + at * along] = of(window);
            }
        }
    }
}
