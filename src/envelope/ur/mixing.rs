//! Which fragments a part is the sum of: its number and the message's checksum say so.
//!
//! Shape: SHA-256(number ‖ checksum) seeds xoshiro256**; it draws how many (1 ÷ n is as likely as
//! the weights say, by Vose's alias method), then which, by taking one after another out of a row.
//! Source: BCR-2024-001; D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators"
//! (2018); M. D. Vose (1991).

use sha2::{Digest, Sha256};

pub(super) fn fragments(number: u32, count: usize, checksum: u32) -> Vec<usize> {
    let index = usize::try_from(number - 1).unwrap_or(usize::MAX);
    if index < count {
        return vec![index];
    }
    let mut dice = Dice::seeded(number, checksum);
    let degree = draw_degree(count, &mut dice);
    let mut row: Vec<usize> = (0..count).collect();
    (0..degree.min(count)).map(|_| row.remove(dice.below(row.len()))).collect()
}

/// One of 1 to `count`, n with weight 1 ÷ n.
fn draw_degree(count: usize, dice: &mut Dice) -> usize {
    let total: f64 = (1..=count).map(|n| 1.0 / n as f64).sum();
    let mut weights: Vec<f64> =
        (1..=count).map(|n| 1.0 / n as f64 * (count as f64 / total)).collect();
    let mut aliases = vec![0; count];
    let (mut small, mut large): (Vec<usize>, Vec<usize>) =
        (0..count).rev().partition(|index| weights.get(*index).is_some_and(|w| *w < 1.0));
    while let Some(a) = small.pop() {
        let Some(g) = large.pop() else {
            small.push(a);
            break;
        };
        if let Some(alias) = aliases.get_mut(a) {
            *alias = g;
        }
        let lent = weights.get(a).copied().unwrap_or(1.0) - 1.0;
        let Some(weight) = weights.get_mut(g) else { break };
        *weight += lent;
        if *weight < 1.0 { small.push(g) } else { large.push(g) }
    }
    // What is left would be exactly one, but for rounding.
    for index in small.into_iter().chain(large) {
        weights.get_mut(index).into_iter().for_each(|weight| *weight = 1.0);
    }
    let index = dice.below(count);
    let keeps = weights.get(index).is_some_and(|weight| dice.unit() < *weight);
    1 + if keeps { index } else { aliases.get(index).copied().unwrap_or_default() }
}

/// xoshiro256**.
struct Dice([u64; 4]);

impl Dice {
    fn seeded(number: u32, checksum: u32) -> Self {
        let seed = Sha256::new()
            .chain_update(number.to_be_bytes())
            .chain_update(checksum.to_be_bytes())
            .finalize();
        let hash: [u8; 32] = seed.into();
        let mut state = [0; 4];
        for (word, bytes) in state.iter_mut().zip(hash.as_chunks::<8>().0) {
            *word = u64::from_be_bytes(*bytes);
        }
        Self(state)
    }

    fn next(&mut self) -> u64 {
        let Self([s0, s1, s2, s3]) = self;
        let drawn = s1.wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = *s1 << 17;
        *s2 ^= *s0;
        *s3 ^= *s1;
        *s1 ^= *s2;
        *s0 ^= *s3;
        *s2 ^= shifted;
        *s3 = s3.rotate_left(45);
        drawn
    }

    /// 0 up to, not including, 1.
    fn unit(&mut self) -> f64 {
        const SCALE: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.next() >> 11) as f64 * SCALE
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below `end`")]
    fn below(&mut self, end: usize) -> usize {
        (self.unit() * end as f64) as usize
    }
}
