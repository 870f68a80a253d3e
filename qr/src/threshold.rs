//! What counts as dark, block by block.
//!
//! Shape: `LumaFrame` → one threshold per 8×8 pixels; the picture itself stays grey.
//! Where blocks are flat, the threshold comes from their neighbours.

use crate::{LumaFrame, Point, lanes};

/// Pixels on a block's side, as a power of two.
pub const BLOCK_SHIFT: usize = 3;
const BLOCK_PX: usize = 1 << BLOCK_SHIFT;

/// How a block's threshold follows from the pixels around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Between the darkest and the brightest nearby; blocks whose range is below `flat_below` take their neighbours'.
    /// So do those whose range is below `flat_percent` of the greatest nearby: grain on large modules.
    MidRange { flat_below: u8, flat_percent: u8 },
    /// The mean over a window of the picture's longer side / `divisor`.
    Mean { divisor: usize },
}

/// Thresholds of one picture; keeps its memory.
#[derive(Debug, Default)]
pub struct Thresholds {
    columns: usize,
    rows: usize,
    at: Vec<u8>,
    darkest: Vec<u8>,
    brightest: Vec<u8>,
    /// Ranges below that are no more than grain on what is nearby.
    grain: Vec<u8>,
    sums: Vec<u32>,
    ranges: Vec<u32>,
}

impl Thresholds {
    /// Of the block that holds the pixel; 0 outside.
    pub fn at_px(&self, x: usize, y: usize) -> u8 {
        let (column, row) = (x >> BLOCK_SHIFT, y >> BLOCK_SHIFT);
        if column >= self.columns {
            return 0;
        }
        self.at.get(row * self.columns + column).copied().unwrap_or(0)
    }

    /// Of the blocks that the row of pixels runs through.
    pub fn row(&self, y: usize) -> &[u8] {
        let start = (y >> BLOCK_SHIFT) * self.columns;
        self.at.get(start..start + self.columns).unwrap_or_default()
    }

    /// Looks at every pixel once.
    pub fn measure(&mut self, frame: LumaFrame<'_>) {
        self.columns = frame.width_px().div_ceil(BLOCK_PX);
        self.rows = frame.height_px().div_ceil(BLOCK_PX);
        let blocks = self.columns * self.rows;
        for field in [&mut self.darkest, &mut self.brightest, &mut self.grain, &mut self.at] {
            field.clear();
            field.resize(blocks, 0);
        }
        for row in 0..self.rows {
            let start = row * self.columns;
            measure_row(
                frame,
                row * BLOCK_PX,
                &mut self.darkest[start..start + self.columns],
                &mut self.brightest[start..start + self.columns],
            );
        }
        self.ranges.clear();
        self.ranges.resize(256, 0);
        for (darkest, brightest) in self.darkest.iter().zip(&self.brightest) {
            self.ranges[usize::from(brightest - darkest)] += 1;
        }
        self.join_neighbours();
    }

    /// How many blocks have each range from dark to bright.
    pub fn ranges(&self) -> &[u32] {
        &self.ranges
    }

    /// Darkest and brightest of every block with its neighbours to the right and below.
    pub fn blocks(&self) -> impl Iterator<Item = (u8, u8)> + '_ {
        self.darkest.iter().copied().zip(self.brightest.iter().copied())
    }

    /// The same of the blocks in a rectangle of pixels.
    pub fn blocks_within(&self, from: Point, to: Point) -> impl Iterator<Item = (u8, u8)> + '_ {
        let block = |px: f32, blocks: usize| (px.max(0.0) as usize >> BLOCK_SHIFT).min(blocks);
        let columns = block(from.x, self.columns)..block(to.x, self.columns);
        (block(from.y, self.rows)..block(to.y, self.rows)).flat_map(move |row| {
            columns.clone().map(move |column| {
                let at = row * self.columns + column;
                (self.darkest[at], self.brightest[at])
            })
        })
    }

    /// After `measure` of the same frame.
    pub fn apply(&mut self, frame: LumaFrame<'_>, rule: Rule) {
        match rule {
            Rule::MidRange { flat_below, flat_percent } => {
                self.apply_mid_range(flat_below.max(self.grain()), flat_percent);
            }
            Rule::Mean { divisor } => self.apply_mean(frame, divisor),
        }
    }

    /// The range that grain alone gives a block with its neighbours, by the calmest fifth of the picture; 0 where
    /// that may be contrast, as nothing else is much stronger.
    fn grain(&self) -> u8 {
        let blocks = self.ranges.iter().sum::<u32>();
        let rank = |percent: u32| {
            let mut left = blocks * percent / 100;
            self.ranges.iter().position(|count| {
                let found = *count > left;
                left = left.saturating_sub(*count);
                found
            })
        };
        let (calm, strong) = (rank(20).unwrap_or(0), rank(98).unwrap_or(0));
        // Four blocks together have half again the range of one.
        let grain = calm * 3 / 2;
        if 3 * grain <= strong { u8::try_from(grain).unwrap_or(u8::MAX) } else { 0 }
    }

    /// Mean over 5×5 blocks, each weighed by its range; then the flat rest from its neighbours.
    fn apply_mid_range(&mut self, flat_below: u8, flat_percent: u8) {
        const REACH: usize = 2;
        self.measure_grain(flat_below, flat_percent);
        let (columns, rows) = (self.columns, self.rows);
        self.sums.clear();
        self.sums.resize((rows + 1) * columns * 2, 0);
        let (below, sums) = self.sums.as_chunks_mut::<2>().0.split_at_mut(columns);
        for (at, sums) in sums.iter_mut().enumerate() {
            let (dark, bright) = (self.darkest[at], self.brightest[at]);
            if bright - dark >= self.grain[at] {
                let weight = u32::from(bright - dark);
                *sums = [weight, weight * (u32::from(dark) + u32::from(bright))];
            }
        }
        // Sums within reach along rows first; then along columns, `below` of all of them at once.
        for row in sums.chunks_exact_mut(columns) {
            slide(row, REACH);
        }
        for row in 0..rows + REACH {
            if row < rows {
                add(below, &sums[row * columns..]);
            }
            let Some(middle) = row.checked_sub(REACH) else { continue };
            for (to, [weights, levels]) in self.at[middle * columns..].iter_mut().zip(&*below) {
                // Zero marks what is still unknown.
                let level = levels.checked_div(2 * weights).map(|level| level.max(1));
                *to = level.map_or(0, |level| u8::try_from(level).unwrap_or(u8::MAX));
            }
            if let Some(gone) = middle.checked_sub(REACH) {
                subtract(below, &sums[gone * columns..]);
            }
        }
        self.fill_unknown();
    }

    /// Each block takes in the next ones: an edge may run exactly between blocks.
    fn join_neighbours(&mut self) {
        for row in 0..self.rows {
            for column in 0..self.columns {
                let at = row * self.columns + column;
                let right = if column + 1 < self.columns { at + 1 } else { at };
                let below = if row + 1 < self.rows { self.columns } else { 0 };
                for other in [right, at + below, right + below] {
                    self.darkest[at] = self.darkest[at].min(self.darkest[other]);
                    self.brightest[at] = self.brightest[at].max(self.brightest[other]);
                }
            }
        }
    }

    /// A share of the greatest range in a tile of blocks and in the eight tiles around, at least `flat_below`.
    fn measure_grain(&mut self, flat_below: u8, flat_percent: u8) {
        const TILE: usize = 6;
        let (across, down) = (self.columns.div_ceil(TILE), self.rows.div_ceil(TILE));
        self.sums.clear();
        self.sums.resize(across * down, 0);
        for row in 0..self.rows {
            let tiles = &mut self.sums[row / TILE * across..];
            let blocks = row * self.columns..(row + 1) * self.columns;
            let dark = self.darkest[blocks.clone()].chunks(TILE);
            for ((tile, dark), bright) in
                tiles.iter_mut().zip(dark).zip(self.brightest[blocks].chunks(TILE))
            {
                for (dark, bright) in dark.iter().zip(bright) {
                    *tile = u32::from(bright - dark).max(*tile);
                }
            }
        }
        for y in 0..down {
            for x in 0..across {
                let mut greatest = 0;
                for y in y.saturating_sub(1)..(y + 2).min(down) {
                    let tiles = &self.sums
                        [y * across + x.saturating_sub(1)..y * across + (x + 2).min(across)];
                    greatest = tiles.iter().fold(greatest, |m, t| *t.max(&m));
                }
                let grain = greatest * u32::from(flat_percent) / 100;
                let least = u8::try_from(grain).unwrap_or(u8::MAX).max(flat_below);
                for row in y * TILE..((y + 1) * TILE).min(self.rows) {
                    let start = row * self.columns;
                    self.grain[start + x * TILE..start + ((x + 1) * TILE).min(self.columns)]
                        .fill(least);
                }
            }
        }
    }

    fn fill_unknown(&mut self) {
        let columns = self.columns;
        let blocks = self.at.len();
        for at in 0..blocks {
            if self.at[at] == 0 {
                let left = if at % columns > 0 { self.at[at - 1] } else { 0 };
                let above = if at >= columns { self.at[at - columns] } else { 0 };
                self.at[at] = mean_of_known(left, above);
            }
        }
        for at in (0..blocks).rev() {
            if self.at[at] == 0 {
                let right = if at % columns + 1 < columns { self.at[at + 1] } else { 0 };
                let below = if at + columns < blocks { self.at[at + columns] } else { 0 };
                self.at[at] = mean_of_known(right, below);
            }
        }
    }

    fn apply_mean(&mut self, frame: LumaFrame<'_>, divisor: usize) {
        let (columns, rows) = (self.columns, self.rows);
        let reach = (columns.max(rows) / divisor.max(1) / 2).max(1);
        // An integral image over blocks, with a row and a column of zeros.
        self.sums.clear();
        self.sums.resize((columns + 1) * (rows + 1), 0);
        for row in 0..rows {
            let mut sum = 0;
            for column in 0..columns {
                sum += block_mean(frame, column, row);
                self.sums[(row + 1) * (columns + 1) + column + 1] =
                    self.sums[row * (columns + 1) + column + 1] + sum;
            }
        }
        for row in 0..rows {
            let (top, bottom) = (row.saturating_sub(reach), (row + reach + 1).min(rows));
            for column in 0..columns {
                let (left, right) =
                    (column.saturating_sub(reach), (column + reach + 1).min(columns));
                let corner = |row: usize, column: usize| self.sums[row * (columns + 1) + column];
                let sum = corner(bottom, right) + corner(top, left)
                    - corner(top, right)
                    - corner(bottom, left);
                let count = u32::try_from((bottom - top) * (right - left)).unwrap_or(u32::MAX);
                self.at[row * columns + column] = u8::try_from(sum / count).unwrap_or(u8::MAX);
            }
        }
    }
}

fn mean_of_known(a: u8, b: u8) -> u8 {
    match (a, b) {
        (0, known) | (known, 0) => known,
        _ => a.midpoint(b),
    }
}

/// Each becomes the sum of those within `reach`.
fn slide(values: &mut [[u32; 2]], reach: usize) {
    // What the sums have taken the place of.
    let mut before = [[0; 2]; 8];
    let mut sum = [0; 2];
    for ahead in 0..values.len() + reach {
        if let Some(next) = values.get(ahead) {
            add(std::slice::from_mut(&mut sum), std::slice::from_ref(next));
        }
        let Some(at) = ahead.checked_sub(reach) else { continue };
        before[at % 8] = std::mem::replace(&mut values[at], sum);
        if let Some(gone) = at.checked_sub(reach) {
            subtract(std::slice::from_mut(&mut sum), &before[gone % 8..]);
        }
    }
}

fn add(to: &mut [[u32; 2]], from: &[[u32; 2]]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = [to[0] + from[0], to[1] + from[1]];
    }
}

fn subtract(to: &mut [[u32; 2]], from: &[[u32; 2]]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = [to[0] - from[0], to[1] - from[1]];
    }
}

/// Darkest and brightest of each of one row of blocks.
fn measure_row(frame: LumaFrame<'_>, top: usize, darkest: &mut [u8], brightest: &mut [u8]) {
    // Where the picture ends within the blocks, its last row comes again.
    let last = frame.height_px() - 1;
    let rows: [&[u8]; BLOCK_PX] =
        std::array::from_fn(|y| frame.row((top + y).min(last)).unwrap_or_default());
    let blocks = rows.map(|row| row.as_chunks::<BLOCK_PX>().0);
    for (at, (dark, bright)) in darkest.iter_mut().zip(brightest.iter_mut()).enumerate() {
        let (mut low, mut high) = (u64::MAX, 0);
        for [upper, lower] in blocks.as_chunks::<2>().0 {
            let (Some(upper), Some(lower)) = (upper.get(at), lower.get(at)) else { break };
            let (least, most) =
                lanes::sorted(u64::from_le_bytes(*upper), u64::from_le_bytes(*lower));
            low = lanes::sorted(low, least).0;
            high = lanes::sorted(high, most).1;
        }
        (*dark, *bright) = lanes::extremes(low, high);
    }
    let rest = rows.iter().flat_map(|row| row.as_chunks::<BLOCK_PX>().1);
    if let (Some(least), Some(most)) = (rest.clone().min(), rest.max())
        && let (Some(dark), Some(bright)) = (darkest.last_mut(), brightest.last_mut())
    {
        (*dark, *bright) = (*least, *most);
    }
}

/// Of the pixels that a block holds.
fn block_mean(frame: LumaFrame<'_>, column: usize, row: usize) -> u32 {
    let (mut sum, mut count) = (0, 0);
    for row in (row * BLOCK_PX..(row + 1) * BLOCK_PX).filter_map(|y| frame.row(y)) {
        for luma in row.iter().skip(column * BLOCK_PX).take(BLOCK_PX) {
            sum += u32::from(*luma);
            count += 1;
        }
    }
    sum / count.max(1)
}
