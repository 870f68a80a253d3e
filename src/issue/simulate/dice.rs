//! Chance from a seed: splitmix64, the same on every machine.
//!
//! Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014), §4.
//! Not here: secrets. Whoever knows the seed knows all.

#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut dice = Self(seed);
        let start = dice.next() ^ stream.wrapping_mul(0xd134_2543_de82_ef95);
        Self(start)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// Below `sides`, or 0. The bias of a remainder is far below what anybody would count.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.next().checked_rem(sides).unwrap_or(0)
    }

    pub fn within(&mut self, span: std::ops::Range<i64>) -> i64 {
        let sides = u64::try_from(span.end.saturating_sub(span.start)).unwrap_or(0);
        span.start + i64::try_from(self.below(sides)).unwrap_or(0)
    }

    /// About `middle`, rarely further off than `spread`: the mean of four throws.
    pub fn around(&mut self, middle: i64, spread: i64) -> i64 {
        let sum: i64 = (0..4).map(|_| self.within(-spread..spread + 1)).sum();
        middle + sum / 2
    }
}
