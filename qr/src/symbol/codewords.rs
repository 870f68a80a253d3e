//! Modules to corrected data codewords: unmasking, reading order, blocks.
//!
//! Source: ISO/IEC 18004:2015, §7.6 to §7.8.

use super::version::CODEWORDS_MAX;
use super::{Modules, Version, information::Format, reed_solomon};
use crate::order;

/// Check codewords that erasures leave unspent, so that a wrong answer stays unlikely (2⁻³² a block).
const UNSPENT_BY_ERASURES: usize = 4;
const BLOCK_LEN_MAX: usize = 255;

/// Reads codewords; keeps its memory between symbols.
#[derive(Debug, Default)]
pub struct CodewordReader {
    codewords: Vec<u8>,
    /// The least sure module of each codeword, 0 to 127.
    sureness: Vec<u8>,
    data: Vec<u8>,
    /// One byte per module, row by row, of `function_of`.
    function: Vec<bool>,
    function_of: Option<Version>,
}

/// What error correction did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Corrected {
    pub changed: usize,
    /// Codewords given up as unsure before correcting.
    pub erased: usize,
}

impl CodewordReader {
    /// The data codewords of the last symbol that was read.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// `None` if a block has more errors than the standard lets correct.
    pub fn read(
        &mut self,
        modules: &Modules,
        version: Version,
        format: Format,
    ) -> Option<Corrected> {
        self.gather(modules, version, format.mask);
        let blocks = version.blocks(format.ecc);
        self.data.clear();
        let mut total = Corrected::default();
        for block in 0..blocks.count {
            let mut codewords = [0; BLOCK_LEN_MAX];
            let mut sureness = [0; BLOCK_LEN_MAX];
            let len = blocks.len_of(block);
            for at in 0..len {
                let position = blocks.position(block, at);
                codewords[at] = *self.codewords.get(position)?;
                sureness[at] = *self.sureness.get(position)?;
            }
            let corrected = correct(
                &mut codewords[..len],
                &sureness[..len],
                blocks.check_len,
                blocks.reserved,
            )?;
            total.changed += corrected.changed;
            total.erased += corrected.erased;
            self.data.extend_from_slice(&codewords[..blocks.data_len_of(block)]);
        }
        Some(total)
    }

    fn gather(&mut self, modules: &Modules, version: Version, mask: u8) {
        let side = version.side();
        self.mark_function_modules(version);
        self.codewords.clear();
        self.sureness.clear();
        let codewords = version.codewords().min(CODEWORDS_MAX);
        let (mut bits, mut bit_count, mut sure) = (0u8, 0, u8::MAX);
        for pair in 0..(side - 1) / 2 {
            // From the right, two columns at a time, past the vertical timing pattern; up and down in turn.
            let right = side - 1 - 2 * pair;
            let right = if right <= 6 { right - 1 } else { right };
            for step in 0..side {
                let y = if pair % 2 == 0 { side - 1 - step } else { step };
                for x in [right, right - 1] {
                    if self.function[y * side + x] {
                        continue;
                    }
                    let darkness = modules.darkness(x, y);
                    bits = bits << 1 | u8::from((darkness > 0) != is_masked(mask, x, y));
                    sure = sure.min(darkness.unsigned_abs());
                    bit_count += 1;
                    if bit_count == 8 && self.codewords.len() < codewords {
                        self.codewords.push(bits);
                        self.sureness.push(sure);
                        (bits, bit_count, sure) = (0, 0, u8::MAX);
                    }
                }
            }
        }
    }

    fn mark_function_modules(&mut self, version: Version) {
        if self.function_of == Some(version) {
            return;
        }
        let side = version.side();
        self.function.clear();
        self.function.extend((0..side * side).map(|at| version.is_function(at % side, at / side)));
        self.function_of = Some(version);
    }
}

/// Table 10.
fn is_masked(mask: u8, x: usize, y: usize) -> bool {
    match mask {
        0 => (x + y).is_multiple_of(2),
        1 => y.is_multiple_of(2),
        2 => x.is_multiple_of(3),
        3 => (x + y).is_multiple_of(3),
        4 => (y / 2 + x / 3).is_multiple_of(2),
        5 => (x * y) % 2 + (x * y) % 3 == 0,
        6 => ((x * y) % 2 + (x * y) % 3).is_multiple_of(2),
        _ => ((x + y) % 2 + (x * y) % 3).is_multiple_of(2),
    }
}

/// Plain first; then with the 2, 4, 8… least sure codewords given up, where their sureness differs.
fn correct(
    block: &mut [u8],
    sureness: &[u8],
    check_len: usize,
    reserved: usize,
) -> Option<Corrected> {
    let syndromes = reed_solomon::Syndromes::of(block, check_len)?;
    if let Some(changed) = reed_solomon::correct(block, &syndromes, check_len, &[], reserved) {
        return Some(Corrected { changed, erased: 0 });
    }
    let unspent = reserved.max(UNSPENT_BY_ERASURES);
    let mut order = [0usize; BLOCK_LEN_MAX];
    let order = &mut order[..block.len()];
    order.iter_mut().enumerate().for_each(|(at, place)| *place = at);
    order::sort(order, |a, b| sureness[*a] < sureness[*b]);
    let (Some(first), Some(last)) = (order.first(), order.last()) else { return None };
    if sureness[*first] == sureness[*last] {
        return None;
    }
    let mut erased = 2;
    while erased + unspent <= check_len {
        let given_up = &order[..erased];
        if let Some(changed) =
            reed_solomon::correct(block, &syndromes, check_len, given_up, unspent)
        {
            return Some(Corrected { changed, erased });
        }
        erased += 2 + erased / 4;
    }
    None
}
