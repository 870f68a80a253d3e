//! The same picture at another size, or with its grey treated.

use crate::{LumaFrame, Point};
use std::ops::Range;

/// On each side of a picture that is equalised.
const TILES: usize = 4;
/// Around a pixel that is sharpened: a module or two of a code that is small enough to need it.
const SHARPEN_REACH_PX: usize = 3;

/// How a picture is shown to a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    Whole,
    /// Means of squares of that many pixels: undoes grain, moiré and sheer size.
    Reduced(usize),
    /// The same, and what a pixel differs by from the mean around it is added once more, so many halves of it: undoes
    /// blur as far as the light ring of a finder is lighter than the dark one again.
    Sharpened {
        factor: usize,
        halves: u8,
    },
    /// Each level moved to its rank: faint contrast in the dark becomes strong, however bright the lamp beside it.
    Equalised,
}

/// A picture of its own; keeps its memory.
#[derive(Debug, Default)]
pub struct Plane {
    luma: Vec<u8>,
    work: Vec<u8>,
    /// Of the pixels of each column that are around a row.
    sums: Vec<u16>,
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
            if factor == 1 {
                out.copy_from_slice(frame.row(y).unwrap_or_default());
                continue;
            }
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

    /// Reduced, then sharpened; `halves` as in `View::Sharpened`.
    pub fn sharpen(&mut self, frame: LumaFrame<'_>, factor: usize, halves: u8) {
        const SIDE: usize = 2 * SHARPEN_REACH_PX + 1;
        const AREA: i32 = (SIDE * SIDE) as i32;
        self.reduce(frame, factor);
        let Self { luma, work: from, sums, width_px: width, height_px: height, .. } = self;
        let (width, height) = (*width, *height);
        if luma.is_empty() {
            return;
        }
        from.clone_from(luma);
        // Beyond the edges lies the edge.
        let row = |y: usize| {
            let start = y.saturating_sub(SHARPEN_REACH_PX).min(height - 1) * width;
            &from[start..start + width]
        };
        sums.clear();
        sums.resize(width + 2 * SHARPEN_REACH_PX, 0);
        let inside = SHARPEN_REACH_PX..SHARPEN_REACH_PX + width;
        for y in 0..SIDE - 1 {
            add(&mut sums[inside.clone()], row(y));
        }
        let scale = i32::from(halves) * (1 << 15) / AREA;
        for (y, out) in luma.chunks_exact_mut(width).enumerate() {
            add(&mut sums[inside.clone()], row(y + SIDE - 1));
            let (first, last) = (sums[inside.start], sums[inside.end - 1]);
            sums[..inside.start].fill(first);
            sums[inside.end..].fill(last);
            let mut around = sums[..SIDE - 1].iter().map(|sum| i32::from(*sum)).sum::<i32>();
            for ((to, come), gone) in out.iter_mut().zip(&sums[SIDE - 1..]).zip(&*sums) {
                around += i32::from(*come);
                let level = i32::from(*to);
                let sharp = level + (((level * AREA - around) * scale) >> 16);
                *to = u8::try_from(sharp.clamp(0, 255)).unwrap_or(0);
                around -= i32::from(*gone);
            }
            for (sum, luma) in sums[inside.clone()].iter_mut().zip(row(y)) {
                *sum -= u16::from(*luma);
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

fn add(sums: &mut [u16], row: &[u8]) {
    for (sum, luma) in sums.iter_mut().zip(row) {
        *sum += u16::from(*luma);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Each pixel by itself: its level, and so many halves of what it differs by from the mean of the 49 around it.
    fn sharpened(luma: &[u8], width: usize, height: usize, halves: i32) -> Vec<i32> {
        let near = |at: usize, by: usize, end: usize| (at + by).saturating_sub(3).min(end - 1);
        let level = |x: usize, y: usize| i32::from(luma[y * width + x]);
        let one = |at: usize| {
            let (x, y) = (at % width, at / width);
            let around: i32 =
                (0..49).map(|i| level(near(x, i % 7, width), near(y, i / 7, height))).sum();
            (level(x, y) + (halves * (49 * level(x, y) - around)).div_euclid(98)).clamp(0, 255)
        };
        (0..luma.len()).map(one).collect()
    }

    #[test]
    fn a_picture_is_sharpened_as_each_pixel_by_itself() {
        let (width, height) = (31, 12);
        let mut seed = 1u32;
        let luma: Vec<u8> = (0..width * height)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                seed.to_be_bytes()[0]
            })
            .collect();
        let frame = LumaFrame::new(&luma, width, height, width).expect("a frame");
        let mut plane = Plane::default();
        for halves in [1, 8] {
            plane.sharpen(frame, 1, halves);
            let expected = sharpened(&luma, width, height, i32::from(halves));
            for (level, expected) in plane.luma.iter().zip(expected) {
                assert!(i32::from(*level).abs_diff(expected) <= 1, "{level}, not {expected}");
            }
        }
    }

    #[test]
    fn what_is_flat_stays_flat() {
        let frame = LumaFrame::new(&[77; 900], 30, 30, 30).expect("a frame");
        let mut plane = Plane::default();
        for factor in [1, 2] {
            plane.sharpen(frame, factor, 8);
            assert!(plane.luma.iter().all(|level| *level == 77));
        }
    }
}
