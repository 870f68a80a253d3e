//! The same picture at another size, or with its grey treated.

use crate::{LumaFrame, Point};
use std::ops::Range;

/// On each side of a picture that is equalised.
const TILES: usize = 4;

/// How a picture is shown to a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    Whole,
    /// Means of squares of that many pixels: undoes grain, moiré and sheer size.
    Reduced(usize),
    /// Twice the size by a cubic kernel.
    Doubled,
    /// Each level moved to its rank: faint contrast in the dark becomes strong, however bright the lamp beside it.
    Equalised,
}

/// A picture of its own; keeps its memory.
#[derive(Debug, Default)]
pub struct Plane {
    luma: Vec<u8>,
    work: Vec<u8>,
    /// `between_tiles` of each column.
    columns: Vec<(u8, u8)>,
    width_px: usize,
    height_px: usize,
}

impl Plane {
    pub fn frame(&self) -> Option<LumaFrame<'_>> {
        LumaFrame::new(&self.luma, self.width_px, self.height_px, self.width_px).ok()
    }

    fn reset(&mut self, width_px: usize, height_px: usize) {
        self.width_px = width_px;
        self.height_px = height_px;
        self.luma.clear();
        self.luma.resize(width_px * height_px, 0);
    }

    pub fn reduce(&mut self, frame: LumaFrame<'_>, factor: usize) {
        self.reset(frame.width_px() / factor, frame.height_px() / factor);
        if self.luma.is_empty() {
            return;
        }
        for (y, out) in self.luma.chunks_exact_mut(self.width_px).enumerate() {
            if factor == 2
                && let (Some(a), Some(b)) = (frame.row(2 * y), frame.row(2 * y + 1))
            {
                let (a, b) = (a.as_chunks::<2>().0, b.as_chunks::<2>().0);
                for ((to, a), b) in out.iter_mut().zip(a).zip(b) {
                    let sum = u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
                    *to = ((sum + 2) / 4).to_le_bytes()[0];
                }
                continue;
            }
            let rows = y * factor..(y + 1) * factor;
            for (x, to) in out.iter_mut().enumerate() {
                let sum: u32 = rows
                    .clone()
                    .filter_map(|y| frame.row(y)?.get(x * factor..(x + 1) * factor))
                    .flatten()
                    .map(|luma| u32::from(*luma))
                    .sum();
                *to = (sum / u32::try_from(factor * factor).unwrap_or(1)).to_le_bytes()[0];
            }
        }
    }

    /// Catmull-Rom at quarter steps: pixel centres of the double lie at ±¼ of the original's.
    pub fn double(
        &mut self,
        frame: LumaFrame<'_>,
        left: usize,
        top: usize,
        width: usize,
        height: usize,
    ) {
        self.reset(2 * width, 2 * height);
        self.work.clear();
        self.work.resize(2 * width * height, 0);
        let column =
            |x: usize, d: isize| (left + x).saturating_add_signed(d).min(frame.width_px() - 1);
        for (y, out) in self.work.chunks_exact_mut(2 * width).enumerate() {
            let Some(row) = frame.row((top + y).min(frame.height_px() - 1)) else { return };
            for (x, pair) in out.as_chunks_mut::<2>().0.iter_mut().enumerate() {
                let near = [-2, -1, 0, 1, 2].map(|d| i32::from(row[column(x, d)]));
                *pair = quarter_steps(near);
            }
        }
        for y in 0..height {
            let rows = [-2isize, -1, 0, 1, 2]
                .map(|d| y.saturating_add_signed(d).min(height - 1) * 2 * width);
            for x in 0..2 * width {
                let near = rows.map(|row| i32::from(self.work[row + x]));
                let [upper, lower] = quarter_steps(near);
                self.luma[2 * y * 2 * width + x] = upper;
                self.luma[(2 * y + 1) * 2 * width + x] = lower;
            }
        }
    }

    /// Histogram equalisation, tile by tile with smooth passage between.
    pub fn equalise(&mut self, frame: LumaFrame<'_>) {
        let (width, height) = (frame.width_px(), frame.height_px());
        self.reset(width, height);
        let (tile_width, tile_height) = (width.div_ceil(TILES), height.div_ceil(TILES));
        let mut ranks = [[[0u8; 256]; TILES]; TILES];
        for (row, tiles) in ranks.iter_mut().enumerate() {
            for (column, tile) in tiles.iter_mut().enumerate() {
                let (left, top) = (column * tile_width, row * tile_height);
                *tile = ranks_within(
                    frame,
                    left..(left + tile_width).min(width),
                    top..(top + tile_height).min(height),
                );
            }
        }
        self.columns.clear();
        self.columns.extend((0..width).map(|x| between_tiles(x, tile_width)));
        for (y, out) in self.luma.chunks_exact_mut(width).enumerate() {
            let Some(row) = frame.row(y) else { return };
            let (upper, down) = between_tiles(y, tile_height);
            let (upper, down) = (usize::from(upper), u32::from(down));
            let (above, below) = (&ranks[upper], &ranks[(upper + 1).min(TILES - 1)]);
            // Between the rows of tiles first: that is the same for the whole row of pixels. With the next tile's in
            // the upper half, so that a pixel is looked up once.
            let mut blended = [[0u32; 256]; TILES];
            for (column, tile) in blended.iter_mut().enumerate().rev() {
                let next = (column + 1).min(TILES - 1);
                for (level, to) in tile.iter_mut().enumerate() {
                    let between = |column: usize| {
                        u32::from(above[column][level]) * (256 - down)
                            + u32::from(below[column][level]) * down
                    };
                    *to = between(next) << 16 | between(column);
                }
            }
            let mut start = 0;
            for (tile, blended) in blended.iter().enumerate() {
                let end = self.columns.partition_point(|(left, _)| usize::from(*left) <= tile);
                let pixels = out[start..end].iter_mut().zip(&row[start..end]);
                for ((to, luma), (_, across)) in pixels.zip(&self.columns[start..end]) {
                    let (both, across) = (blended[usize::from(*luma)], u32::from(*across));
                    let level = (both & 0xffff) * (256 - across) + (both >> 16) * across;
                    *to = (level >> 16).to_le_bytes()[0];
                }
                start = end;
            }
        }
    }
}

/// The tile whose centre is before a pixel, and how far the pixel is toward the next one's, in 1/256.
fn between_tiles(at: usize, tile_px: usize) -> (u8, u8) {
    let place = (2 * at + 1) * 128 / tile_px.max(1);
    let place = place.saturating_sub(128).min((TILES - 1) * 256);
    ((place / 256) as u8, (place % 256) as u8)
}

/// Where each level lands; no level takes more than a sixteenth, so that flat tiles stay flat.
fn ranks_within(frame: LumaFrame<'_>, columns: Range<usize>, rows: Range<usize>) -> [u8; 256] {
    // Two, as neighbours are often alike, and a counter takes its time.
    let mut counts = [[0u32; 256]; 2];
    let mut all = 0;
    for row in rows.filter_map(|y| frame.row(y)?.get(columns.clone())) {
        let (pairs, rest) = row.as_chunks::<2>();
        for [a, b] in pairs {
            counts[0][usize::from(*a)] += 1;
            counts[1][usize::from(*b)] += 1;
        }
        for luma in rest {
            counts[0][usize::from(*luma)] += 1;
        }
        all += row.len();
    }
    let [mut counts, others] = counts;
    counts.iter_mut().zip(others).for_each(|(count, other)| *count += other);
    let most = u32::try_from(all / 16).unwrap_or(u32::MAX).max(1);
    let total: u32 = counts.iter().map(|count| (*count).min(most)).sum::<u32>().max(1);
    let mut below = 0;
    counts.map(|count| {
        let count = count.min(most);
        let rank = u64::from(below + count / 2) * 255 / u64::from(total);
        below += count;
        u8::try_from(rank).unwrap_or(u8::MAX)
    })
}

/// Values a quarter step before and after the middle one of five.
fn quarter_steps([a, b, c, d, e]: [i32; 5]) -> [u8; 2] {
    // Catmull-Rom weights at ¾ and at ¼, in 1/128.
    let before = -3 * a + 29 * b + 111 * c - 9 * d;
    let after = -9 * b + 111 * c + 29 * d - 3 * e;
    [before, after].map(|v| u8::try_from((v + 64).div_euclid(128).clamp(0, 255)).unwrap_or(0))
}

/// From a view's pixels to the picture's.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    pub factor: f32,
    pub origin: Point,
}

impl Scale {
    pub const ONE: Self = Self { factor: 1.0, origin: Point { x: 0.0, y: 0.0 } };

    pub fn to_frame(self, at: Point) -> Point {
        at.times(self.factor).plus(self.origin)
    }
}
