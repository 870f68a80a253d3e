//! Finding and sampling by `rqrr`, on a picture reduced to a bounded size.
//!
//! Not here: `rqrr`'s decoding, which links 72 KB of tables.

use crate::symbol::{CodewordReader, Modules, SIDE_MODULES_MAX, Symbol, read};
use crate::{LumaFrame, Point};
use rqrr::BitGrid;

/// Grids that are looked at in one picture.
const GRIDS_MAX: usize = 8;

/// Reads what `rqrr` finds on the frame reduced to `side_px_max`.
pub fn read_frame(
    frame: LumaFrame<'_>,
    side_px_max: usize,
    modules: &mut Modules,
    reader: &mut CodewordReader,
    mut on_symbol: impl FnMut(Symbol, [Point; 4], &Modules),
) {
    let step = frame.width_px().max(frame.height_px()).div_ceil(side_px_max).max(1);
    let (width, height) = (frame.width_px() / step, frame.height_px() / step);
    if width < 21 || height < 21 {
        return;
    }
    let mut picture =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| mean(frame, x, y, step));
    for grid in picture.detect_grids().iter().take(GRIDS_MAX) {
        let side = grid.grid.size();
        if !(21..=SIDE_MODULES_MAX).contains(&side) {
            continue;
        }
        modules.resize(side);
        for y in 0..side {
            for x in 0..side {
                modules.set(x, y, if grid.grid.bit(y, x) { 127 } else { -127 });
            }
        }
        if let Ok(symbol) = read(modules, reader) {
            // rqrr's corners lie one module too far from the first.
            let shrink = side as f32 / (side + 1) as f32;
            let [first, ..] = grid.bounds.map(|corner| in_frame(corner, step));
            on_symbol(
                symbol,
                grid.bounds
                    .map(|corner| in_frame(corner, step))
                    .map(|corner| first.plus(corner.minus(first).times(shrink))),
                modules,
            );
        }
    }
}

fn mean(frame: LumaFrame<'_>, x: usize, y: usize, step: usize) -> u8 {
    let sum: usize = (y * step..(y + 1) * step)
        .filter_map(|y| frame.row(y)?.get(x * step..(x + 1) * step))
        .flatten()
        .map(|luma| usize::from(*luma))
        .sum();
    u8::try_from(sum / (step * step)).unwrap_or(u8::MAX)
}

fn in_frame(corner: rqrr::Point, step: usize) -> Point {
    Point { x: corner.x as f32 * step as f32, y: corner.y as f32 * step as f32 }
}
