//! What counts as dark, block by block.
//!
//! Shape: `LumaFrame` → one threshold per 8×8 pixels; the picture itself stays grey.
//! Where blocks are flat, the threshold comes from their neighbours.

use crate::{LumaFrame, Point};

/// Pixels on a block's side, as a power of two.
pub const BLOCK_SHIFT: usize = 3;
const BLOCK_PX: usize = 1 << BLOCK_SHIFT;

/// How a block's threshold follows from the pixels around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Between the darkest and the brightest nearby; blocks whose range is below `flat_below` take their neighbours'.
    /// So do those whose range is below `flat_percent` of the greatest nearby: grain on large modules.
    MidRange { flat_below: u8, flat_percent: u8 },
    /// The same without what is narrower than the reach, and not smoothed: follows the edge of a shadow.
    Lit { flat_below: u8, reach_blocks: usize },
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
    mean: Vec<u8>,
    /// The greatest range nearby.
    contrast: Vec<u8>,
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
        for field in [
            &mut self.darkest,
            &mut self.brightest,
            &mut self.mean,
            &mut self.contrast,
            &mut self.at,
        ] {
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
                &mut self.mean[start..start + self.columns],
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

    /// After `measure`.
    pub fn apply(&mut self, rule: Rule) {
        match rule {
            Rule::MidRange { flat_below, flat_percent } => {
                self.apply_mid_range(flat_below.max(self.grain()), flat_percent);
            }
            Rule::Lit { flat_below, reach_blocks } => {
                self.apply_lit(flat_below.max(self.grain()), reach_blocks);
            }
            Rule::Mean { divisor } => self.apply_mean(divisor),
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
        self.measure_contrast();
        self.sums.clear();
        self.sums.resize(self.columns * self.rows * 2, 0);
        // Sums along rows first, then along columns.
        for row in 0..self.rows {
            let start = row * self.columns;
            for column in 0..self.columns {
                let (from, to) =
                    (column.saturating_sub(REACH), (column + REACH + 1).min(self.columns));
                let (mut weights, mut levels) = (0, 0);
                for at in start + from..start + to {
                    let range = self.brightest[at] - self.darkest[at];
                    let grain = u16::from(self.contrast[at]) * u16::from(flat_percent) / 100;
                    if range >= flat_below && u16::from(range) >= grain {
                        let weight = u32::from(range);
                        weights += weight;
                        levels +=
                            weight * (u32::from(self.darkest[at]) + u32::from(self.brightest[at]));
                    }
                }
                self.sums[2 * (start + column)] = weights;
                self.sums[2 * (start + column) + 1] = levels;
            }
        }
        for row in 0..self.rows {
            let (from, to) = (row.saturating_sub(REACH), (row + REACH + 1).min(self.rows));
            for column in 0..self.columns {
                let (mut weights, mut levels) = (0, 0);
                for at in from..to {
                    let at = 2 * (at * self.columns + column);
                    weights += self.sums[at];
                    levels += self.sums[at + 1];
                }
                let level = if weights == 0 { 0 } else { levels / (2 * weights) };
                // Zero marks what is still unknown.
                self.at[row * self.columns + column] =
                    if weights == 0 { 0 } else { u8::try_from(level).unwrap_or(u8::MAX).max(1) };
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

    /// Greatest range of a tile of blocks and of the eight tiles around.
    fn measure_contrast(&mut self) {
        const TILE: usize = 6;
        let (across, down) = (self.columns.div_ceil(TILE), self.rows.div_ceil(TILE));
        self.sums.clear();
        self.sums.resize(across * down, 0);
        for row in 0..self.rows {
            for column in 0..self.columns {
                let at = row * self.columns + column;
                let range = u32::from(self.brightest[at] - self.darkest[at]);
                let tile = &mut self.sums[row / TILE * across + column / TILE];
                *tile = range.max(*tile);
            }
        }
        for row in 0..self.rows {
            for column in 0..self.columns {
                let (y, x) = (row / TILE, column / TILE);
                let mut greatest = 0;
                for y in y.saturating_sub(1)..(y + 2).min(down) {
                    let tiles = &self.sums
                        [y * across + x.saturating_sub(1)..y * across + (x + 2).min(across)];
                    greatest = tiles.iter().fold(greatest, |m, t| *t.max(&m));
                }
                self.contrast[row * self.columns + column] =
                    u8::try_from(greatest).unwrap_or(u8::MAX);
            }
        }
    }

    /// Opens what is dark and closes what is bright, which leaves the edges of shadows where they are. What `measure`
    /// found is then gone.
    fn apply_lit(&mut self, flat_below: u8, reach: usize) {
        for (extreme, masks) in
            [(&mut self.darkest, [u8::MAX, 0]), (&mut self.brightest, [0, u8::MAX])]
        {
            // The least is the greatest of what is inverted.
            for mask in masks {
                extreme.iter_mut().for_each(|level| *level ^= mask);
                spread(extreme, self.columns, reach);
                extreme.iter_mut().for_each(|level| *level ^= mask);
            }
        }
        for ((at, dark), bright) in self.at.iter_mut().zip(&self.darkest).zip(&self.brightest) {
            let is_flat = bright.saturating_sub(*dark) < flat_below;
            *at = if is_flat { 0 } else { dark.midpoint(*bright).max(1) };
        }
        self.fill_unknown();
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

    fn apply_mean(&mut self, divisor: usize) {
        let (columns, rows) = (self.columns, self.rows);
        let reach = (columns.max(rows) / divisor.max(1) / 2).max(1);
        // An integral image over blocks, with a row and a column of zeros.
        self.sums.clear();
        self.sums.resize((columns + 1) * (rows + 1), 0);
        for row in 0..rows {
            let mut sum = 0;
            for column in 0..columns {
                sum += u32::from(self.mean[row * columns + column]);
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

/// Greatest within `reach` blocks each way.
fn spread(blocks: &mut [u8], columns: usize, reach: usize) {
    let mut line = [0; LumaFrame::SIDE_PX_MAX / BLOCK_PX];
    let rows = blocks.len() / columns.max(1);
    for (count, len, across, along) in [(rows, columns, columns, 1), (columns, rows, 1, columns)] {
        for start in 0..count {
            for at in 0..len {
                line[at] = blocks[start * across + at * along];
            }
            for at in 0..len {
                let window = &line[at.saturating_sub(reach)..(at + reach + 1).min(len)];
                blocks[start * across + at * along] = window.iter().fold(0, |a, b| a.max(*b));
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

/// Darkest, brightest and mean of one row of blocks.
fn measure_row(
    frame: LumaFrame<'_>,
    top: usize,
    darkest: &mut [u8],
    brightest: &mut [u8],
    mean: &mut [u8],
) {
    darkest.fill(u8::MAX);
    brightest.fill(0);
    let bottom = (top + BLOCK_PX).min(frame.height_px());
    let mut sums = [0u16; LumaFrame::SIDE_PX_MAX / BLOCK_PX];
    for row in (top..bottom).filter_map(|y| frame.row(y)) {
        let (blocks, rest) = row.as_chunks::<BLOCK_PX>();
        for (((block, dark), bright), sum) in
            blocks.iter().zip(darkest.iter_mut()).zip(brightest.iter_mut()).zip(&mut sums)
        {
            let (mut low, mut high, mut total) = (*dark, *bright, 0u16);
            for &luma in block {
                low = low.min(luma);
                high = high.max(luma);
                total += u16::from(luma);
            }
            (*dark, *bright) = (low, high);
            *sum += total;
        }
        if let (false, Some(dark), Some(bright)) =
            (rest.is_empty(), darkest.last_mut(), brightest.last_mut())
        {
            *dark = rest.iter().fold(*dark, |low, luma| low.min(*luma));
            *bright = rest.iter().fold(*bright, |high, luma| high.max(*luma));
        }
    }
    let area = u16::try_from((bottom - top) * BLOCK_PX).unwrap_or(1).max(1);
    for (at, mean) in mean.iter_mut().enumerate() {
        let whole = (at + 1) * BLOCK_PX <= frame.width_px();
        *mean = if whole {
            u8::try_from(sums[at] / area).unwrap_or(u8::MAX)
        } else {
            darkest[at].midpoint(brightest[at])
        };
    }
}
