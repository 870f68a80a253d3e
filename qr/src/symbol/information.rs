//! Format and version information: which error correction level, mask and version, protected by BCH codes.
//!
//! Source: ISO/IEC 18004:2015, §7.9, §7.10, annexes C and D.

use super::{Modules, Version};
use crate::Ecc;

/// Bits that may be wrong: what BCH(15,5) and BCH(18,6) correct.
const WRONG_BITS_MAX: u32 = 3;
const FORMAT_MASK: u32 = 0x5412;

/// Level and mask of a symbol, and how far what was seen is from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    pub ecc: Ecc,
    pub mask: u8,
    pub wrong_bits: u32,
}

/// The better of the two copies; `None` if both are too far from any valid one.
pub fn format(modules: &Modules) -> Option<Format> {
    let n = modules.side();
    let mut near = 0;
    let mut far = 0;
    // Bit 14 first: around the top left finder, then along the other two.
    for i in 0..15 {
        let (x, y) = match i {
            0..=5 => (i, 8),
            6 => (7, 8),
            7 => (8, 8),
            8 => (8, 7),
            _ => (8, 14 - i),
        };
        near = near << 1 | u32::from(modules.is_dark(x, y));
        let (x, y) = if i < 7 { (8, n - 1 - i) } else { (n - 15 + i, 8) };
        far = far << 1 | u32::from(modules.is_dark(x, y));
    }
    (0..32u32)
        .map(|data| {
            let valid = (data << 10 | remainder(data << 10, 0x537, 10)) ^ FORMAT_MASK;
            ((valid ^ near).count_ones().min((valid ^ far).count_ones()), data)
        })
        .min()
        .filter(|(wrong_bits, _)| *wrong_bits <= WRONG_BITS_MAX)
        .map(|(wrong_bits, data)| Format {
            ecc: [Ecc::M, Ecc::L, Ecc::H, Ecc::Q][(data >> 3) as usize],
            mask: (data & 7).to_le_bytes()[0],
            wrong_bits,
        })
}

/// The version that the symbol names itself, from version 7; the better of the two copies.
pub fn version(modules: &Modules) -> Option<Version> {
    let n = modules.side();
    let mut right = 0;
    let mut below = 0;
    for i in (0..18).rev() {
        let (a, b) = (i / 3, n - 11 + i % 3);
        right = right << 1 | u32::from(modules.is_dark(b, a));
        below = below << 1 | u32::from(modules.is_dark(a, b));
    }
    nearest_version(right, below)
}

/// Both copies as 18 bits, the highest first.
pub fn nearest_version(right: u32, below: u32) -> Option<Version> {
    (7..=40u32)
        .map(|data| {
            let valid = data << 12 | remainder(data << 12, 0x1f25, 12);
            ((valid ^ right).count_ones().min((valid ^ below).count_ones()), data)
        })
        .min()
        .filter(|(wrong_bits, _)| *wrong_bits <= WRONG_BITS_MAX)
        .and_then(|(_, data)| Version::new(data as usize))
}

fn remainder(mut value: u32, generator: u32, degree: u32) -> u32 {
    while value >> degree != 0 {
        value ^= generator << (31 - value.leading_zeros() - degree);
    }
    value
}
