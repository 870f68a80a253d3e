//! Eight bytes compared at once within one word: what SIMD does, for everybody's wasm.
//!
//! Shape: words of eight bytes, the first in the lowest bits → masks, extremes, a bit for each byte.
//! Source: H. S. Warren, Hacker's Delight, 2nd edition, §2-18 (multibyte arithmetic).

const HIGH: u64 = 0x8080_8080_8080_8080;
const LOW_HALF: u64 = 0xffff_ffff;

/// A byte in every lane.
pub fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The highest bit of each lane in which `a` is at least `b`; all others 0.
fn at_least(a: u64, b: u64) -> u64 {
    // No lane borrows from the next: its highest bit is set before.
    let difference = (a | HIGH) - (b & !HIGH);
    ((a & !b) | (!(a ^ b) & difference)) & HIGH
}

/// The lower and the higher of each two lanes.
pub fn sorted(a: u64, b: u64) -> (u64, u64) {
    let at_least = at_least(a, b);
    let swapped = (a ^ b) & (at_least | (at_least - (at_least >> 7)));
    (a ^ swapped, b ^ swapped)
}

/// The least of `low`'s lanes and the greatest of `high`'s.
pub fn extremes(low: u64, high: u64) -> (u8, u8) {
    // The greatest is the least of what is inverted: both halves of one word.
    let high = !high;
    let (mut least, _) =
        sorted((low & LOW_HALF) | (high & LOW_HALF) << 32, (low >> 32) | (high & !LOW_HALF));
    for shift in [16, 8] {
        least = sorted(least, least >> shift).0;
    }
    let lanes = least.to_le_bytes();
    (lanes[0], !lanes[4])
}

/// A bit for each lane in which `a` is below `b`, the first lane's lowest.
pub fn below(a: u64, b: u64) -> u8 {
    let below = (at_least(a, b) ^ HIGH) >> 7;
    below.wrapping_mul(0x0102_0408_1020_4080).to_le_bytes()[7]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_do_as_single_bytes_do() {
        let mut seed = 0x9e37_79b9_7f4a_7c15u64;
        let mut next = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            // Equal lanes are rare else.
            seed & if seed.is_multiple_of(3) { 0x8181_8181_8181_8181 } else { u64::MAX }
        };
        for _ in 0..10_000 {
            let (a, b) = (next(), next());
            let (a_bytes, b_bytes) = (a.to_le_bytes(), b.to_le_bytes());
            let each = |of: fn(u8, u8) -> u8| {
                u64::from_le_bytes(std::array::from_fn(|at| of(a_bytes[at], b_bytes[at])))
            };
            assert_eq!(sorted(a, b), (each(u8::min), each(u8::max)));
            let least = a_bytes.into_iter().min();
            let most = b_bytes.into_iter().max();
            assert_eq!(extremes(a, b), (least.expect("eight"), most.expect("eight")));
            let bits = (0..8).fold(0, |bits, at| bits | u8::from(a_bytes[at] < b_bytes[at]) << at);
            assert_eq!(below(a, b), bits);
        }
        assert_eq!(all(7).to_le_bytes(), [7; 8]);
    }
}
