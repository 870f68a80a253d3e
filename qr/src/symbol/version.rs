//! What follows from a version: size, function patterns, error correction blocks.
//!
//! Source: ISO/IEC 18004:2015, tables 1 and 9, annex E.

use crate::Ecc;

/// Side of version 40.
pub const SIDE_MODULES_MAX: usize = 177;
/// Codewords of version 40.
pub const CODEWORDS_MAX: usize = 3706;

/// 1 to 40.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u8);

/// How the codewords of a symbol fall into Reed–Solomon blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocks {
    pub count: usize,
    /// The first `short_count` blocks hold one data codeword less than the rest.
    pub short_count: usize,
    pub short_data_len: usize,
    pub check_len: usize,
    /// Check codewords kept for detection only (table 9, `p`).
    pub reserved: usize,
}

impl Version {
    pub fn new(number: usize) -> Option<Self> {
        u8::try_from(number).ok().filter(|n| (1..=40).contains(n)).map(Self)
    }

    pub fn from_side(side: usize) -> Option<Self> {
        (side >= 21 && side % 4 == 1).then(|| Self::new((side - 17) / 4))?
    }

    pub fn number(self) -> u8 {
        self.0
    }

    fn index(self) -> usize {
        usize::from(self.0)
    }

    /// Modules on a side.
    pub fn side(self) -> usize {
        17 + 4 * self.index()
    }

    /// Rows and columns in which alignment patterns have their centres, ascending.
    pub fn alignment_centres(self) -> Centres {
        let v = self.index();
        let mut centres = Centres { at: [0; 7], len: 0 };
        if v == 1 {
            return centres;
        }
        centres.len = v / 7 + 2;
        let intervals = centres.len - 1;
        let step = if v == 32 { 26 } else { (v * 4 + centres.len * 2 + 1) / (2 * intervals) * 2 };
        centres.at[0] = 6;
        for (back, at) in centres.at[1..centres.len].iter_mut().rev().enumerate() {
            *at = self.side() - 7 - back * step;
        }
        centres
    }

    pub fn codewords(self) -> usize {
        let v = self.index();
        let mut modules = (16 * v + 128) * v + 64;
        if v >= 2 {
            let n = v / 7 + 2;
            modules -= (25 * n - 10) * n - 55;
        }
        if v >= 7 {
            modules -= 36;
        }
        modules / 8
    }

    pub fn blocks(self, ecc: Ecc) -> Blocks {
        let level = match ecc {
            Ecc::L => 0,
            Ecc::M => 1,
            Ecc::Q => 2,
            Ecc::H => 3,
        };
        let at = self.index() - 1;
        let count = usize::from(BLOCK_COUNT[level][at]);
        let check_len = usize::from(CHECK_LEN[level][at]);
        let total = self.codewords();
        let reserved = match (self.0, ecc) {
            (1, Ecc::L) => 3,
            (1, Ecc::M) | (2, Ecc::L) => 2,
            (1, _) | (3, Ecc::L) => 1,
            _ => 0,
        };
        Blocks {
            count,
            short_count: count - total % count,
            short_data_len: total / count - check_len,
            check_len,
            reserved,
        }
    }

    /// Whether a module belongs to a pattern, the format or the version information: everything but data.
    pub fn is_function(self, x: usize, y: usize) -> bool {
        let n = self.side();
        let corner = (x < 9 && (y < 9 || y >= n - 8)) || (x >= n - 8 && y < 9);
        let timing = x == 6 || y == 6;
        let version = |a: usize, b: usize| a < 6 && (n - 11..n - 8).contains(&b);
        corner
            || timing
            || (self.0 >= 7 && (version(x, y) || version(y, x)))
            || self.is_alignment(x, y)
    }

    /// Whether a finder's or timing pattern's module is dark; `None` for all others.
    pub fn pattern(self, x: usize, y: usize) -> Option<bool> {
        let n = self.side();
        let in_finder = |x: usize, y: usize| {
            // Distance from the finder's centre along the larger coordinate; 4 is the light separator.
            let ring = x.abs_diff(3).max(y.abs_diff(3));
            (ring != 2) && (ring != 4)
        };
        if x < 8 && y < 8 {
            return Some(in_finder(x, y));
        }
        if x >= n - 8 && y < 8 {
            return Some(in_finder(n - 1 - x, y));
        }
        if x < 8 && y >= n - 8 {
            return Some(in_finder(x, n - 1 - y));
        }
        (x == 6 || y == 6).then(|| (x + y).is_multiple_of(2))
    }

    /// As `pattern`, with the modules of alignment patterns.
    pub fn known(self, x: usize, y: usize) -> Option<bool> {
        self.pattern(x, y).or_else(|| {
            let centres = self.alignment_centres();
            let near = |at: usize| centres.iter().enumerate().find(|(_, c)| c.abs_diff(at) <= 2);
            let ((column, centre_x), (row, centre_y)) = (near(x)?, near(y)?);
            let ring = centre_x.abs_diff(x).max(centre_y.abs_diff(y));
            centres.has(column, row).then_some(ring != 1)
        })
    }

    fn is_alignment(self, x: usize, y: usize) -> bool {
        let centres = self.alignment_centres();
        let near = |at: usize| centres.iter().position(|c| c.abs_diff(at) <= 2);
        match (near(x), near(y)) {
            (Some(column), Some(row)) => centres.has(column, row),
            _ => false,
        }
    }
}

/// Up to seven centre coordinates.
#[derive(Debug, Clone, Copy)]
pub struct Centres {
    at: [usize; 7],
    len: usize,
}

impl Centres {
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.at[..self.len].iter().copied()
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// The interval that a coordinate lies in (or is nearest to), and where within it; outside it goes on straight.
    pub fn cell(&self, at: f32) -> (usize, f32) {
        let mut index = 0;
        while index + 2 < self.len && at > self.at[index + 1] as f32 + 0.5 {
            index += 1;
        }
        let (from, to) = (self.at[index] as f32 + 0.5, self.at[(index + 1).min(6)] as f32 + 0.5);
        (index, ((at - from) / (to - from)).clamp(-0.5, 1.5))
    }

    /// Three corners of the lattice are finders, not alignment patterns.
    pub fn has(&self, column: usize, row: usize) -> bool {
        let last = self.len.wrapping_sub(1);
        let is_finder = match (column, row) {
            (0, row) => row == 0 || row == last,
            (column, 0) => column == last,
            _ => false,
        };
        !is_finder
    }
}

impl Blocks {
    pub fn data_len(&self) -> usize {
        self.count * self.short_data_len + self.count - self.short_count
    }

    /// Length of block `block`, data and check.
    pub fn len_of(&self, block: usize) -> usize {
        self.data_len_of(block) + self.check_len
    }

    pub fn data_len_of(&self, block: usize) -> usize {
        self.short_data_len + usize::from(block >= self.short_count)
    }

    /// Where the interleaved sequence holds codeword `at` of block `block` (§7.6).
    pub fn position(&self, block: usize, at: usize) -> usize {
        let data_len = self.data_len_of(block);
        if at >= data_len {
            self.data_len() + (at - data_len) * self.count + block
        } else if at < self.short_data_len {
            at * self.count + block
        } else {
            self.short_data_len * self.count + block - self.short_count
        }
    }
}

const CHECK_LEN: [[u8; 40]; 4] = [
    [
        7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30,
        30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28,
        28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    ],
    [
        13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30, 30,
        30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
    [
        17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24, 30,
        30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
    ],
];

const BLOCK_COUNT: [[u8; 40]; 4] = [
    [
        1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13,
        14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25,
    ],
    [
        1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23,
        25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
    ],
    [
        1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29,
        34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68,
    ],
    [
        1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35,
        37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81,
    ],
];
