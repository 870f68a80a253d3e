//! A sorted set of 56-bit values in little more room than it must take.
//!
//! Shape: each value's distance from the one before, less one, as a Golomb-Rice code: quotient by
//! 2ᵏ in unary (ones, then a zero), remainder in k bits; most significant bit first, zeros to the
//! next byte. Every `BLOCK`th value is kept aside, so that a look-up reads at most one block.
//! Source: S. W. Golomb, "Run-length encodings" (1966); R. F. Rice (1979).

pub const VALUE_BITS: u8 = 56;
const VALUE_END: u64 = 1 << VALUE_BITS;
/// Values between two that are kept aside.
const BLOCK: u32 = 64;

#[derive(Clone)]
pub struct CodedSet {
    codes: Vec<u8>,
    k: u8,
    count: u32,
    blocks: Vec<Block>,
}

#[derive(Clone, Copy)]
struct Block {
    first: u64,
    /// Where the code after `first` begins.
    next_bit: usize,
}

impl CodedSet {
    /// The set, and what follows it. `None` where codes are cut off or beyond 56 bits.
    pub fn read(bytes: &[u8], count: u32, k: u8) -> Option<(Self, &[u8])> {
        if k >= VALUE_BITS {
            return None;
        }
        let mut reader = BitReader { bytes, at_bit: 0 };
        let mut blocks = Vec::new();
        let mut end = 0;
        for index in 0..count {
            let value = reader.value(end, k)?;
            if index % BLOCK == 0 {
                blocks.push(Block { first: value, next_bit: reader.at_bit });
            }
            end = value + 1;
        }
        let (codes, rest) = bytes.split_at_checked(reader.at_bit.div_ceil(8))?;
        Some((Self { codes: codes.to_vec(), k, count, blocks }, rest))
    }

    pub fn len(&self) -> u32 {
        self.count
    }

    pub fn contains(&self, wanted: u64) -> bool {
        let at = self.blocks.partition_point(|block| block.first <= wanted);
        let Some(block) = at.checked_sub(1).and_then(|at| self.blocks.get(at)) else {
            return false;
        };
        let before = u32::try_from(at - 1).unwrap_or(u32::MAX).saturating_mul(BLOCK);
        let mut reader = BitReader { bytes: &self.codes, at_bit: block.next_bit };
        let mut value = block.first;
        for _ in 1..BLOCK.min(self.count.saturating_sub(before)) {
            if value >= wanted {
                break;
            }
            let Some(next) = reader.value(value + 1, self.k) else { return false };
            value = next;
        }
        value == wanted
    }
}

struct BitReader<'a> {
    bytes: &'a [u8],
    at_bit: usize,
}

impl BitReader<'_> {
    /// The value whose code is next, counted from `least`.
    fn value(&mut self, least: u64, k: u8) -> Option<u64> {
        let quotient_max = VALUE_END >> k;
        let mut quotient = 0;
        loop {
            let (window, valid) = self.window()?;
            let ones = window.leading_ones().min(valid);
            quotient += u64::from(ones);
            if quotient > quotient_max {
                return None;
            }
            self.skip(ones);
            if ones < valid {
                break;
            }
        }
        self.skip(1);
        let remainder = self.bits(k)?;
        let value = least.checked_add(quotient << k)?.checked_add(remainder)?;
        (value < VALUE_END).then_some(value)
    }

    fn bits(&mut self, k: u8) -> Option<u64> {
        if k == 0 {
            return Some(0);
        }
        let (window, valid) = self.window()?;
        if u32::from(k) > valid {
            return None;
        }
        self.skip(k.into());
        Some(window >> (64 - u32::from(k)))
    }

    /// The next bits, first bit highest, and how many of them are there: 57 at least, but at the end.
    fn window(&self) -> Option<(u64, u32)> {
        let rest = self.bytes.get(self.at_bit / 8..).filter(|rest| !rest.is_empty())?;
        let mut eight = [0; 8];
        let there = rest.len().min(8);
        eight.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        let shift = u32::try_from(self.at_bit % 8).ok()?;
        let valid = u32::try_from(there * 8).ok()? - shift;
        Some((u64::from_be_bytes(eight) << shift, valid))
    }

    fn skip(&mut self, bits: u32) {
        self.at_bit += usize::try_from(bits).unwrap_or(usize::MAX);
    }
}
