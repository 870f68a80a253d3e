//! The parts of a revocation list: the mirror of `trust::revocation`.
//!
//! Shape: ids → sorted 56-bit values → Golomb-Rice codes behind a header.
//! Source: docs/registry.md, "Revocation lists".

use crate::credential::Family;
use crate::trust::revocation::{MAGIC, SALT_BYTES, VALUE_BITS, value};

/// One part's file. `salt` is random, and the same for all parts of a list or not, as you like.
pub fn part<'a>(
    salt: &[u8; SALT_BYTES],
    family: Family,
    added: impl IntoIterator<Item = &'a [u8]>,
    removed: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<u8> {
    let added = added.into_iter().map(|id| value(salt, family, id)).collect();
    let removed = removed.into_iter().map(|id| value(salt, family, id)).collect();
    part_of_values(salt, added, removed)
}

/// Values below 2⁵⁶, in any order.
pub fn part_of_values(
    salt: &[u8; SALT_BYTES],
    mut added: Vec<u64>,
    mut removed: Vec<u64>,
) -> Vec<u8> {
    for set in [&mut added, &mut removed] {
        set.sort_unstable();
        set.dedup();
    }
    let mut file = MAGIC.to_vec();
    file.extend(salt);
    for set in [&added, &removed] {
        file.extend(u32::try_from(set.len()).unwrap_or(u32::MAX).to_be_bytes());
    }
    file.extend([rice_parameter(added.len()), rice_parameter(removed.len()), 0, 0]);
    for set in [&added, &removed] {
        push_codes(&mut file, set);
    }
    file
}

/// The k that makes codes shortest for values spread evenly: log₂(mean distance · ln 2), rounded.
fn rice_parameter(count: usize) -> u8 {
    let count = u64::try_from(count.max(1)).unwrap_or(u64::MAX);
    let mean = (1u64 << VALUE_BITS) / count;
    // ln 2 ≈ 0.693; times √2, so that cutting off rounds.
    let scaled = (u128::from(mean) * 980 / 1000).max(1);
    u8::try_from(scaled.ilog2()).unwrap_or(0).min(VALUE_BITS - 1)
}

fn push_codes(file: &mut Vec<u8>, values: &[u64]) {
    let k = rice_parameter(values.len());
    let mut writer = BitWriter { file, open: 0, open_bits: 0 };
    let mut least = 0;
    for value in values {
        let distance = value - least;
        (0..distance >> k).for_each(|_| writer.push(1, 1));
        writer.push(0, 1);
        writer.push(distance & ((1 << k) - 1), k);
        least = value + 1;
    }
    writer.finish();
}

struct BitWriter<'a> {
    file: &'a mut Vec<u8>,
    open: u8,
    open_bits: u8,
}

impl BitWriter<'_> {
    fn push(&mut self, bits: u64, count: u8) {
        for at in (0..count).rev() {
            self.open = self.open << 1 | u8::from(bits >> at & 1 == 1);
            self.open_bits += 1;
            if self.open_bits == 8 {
                self.file.push(self.open);
                (self.open, self.open_bits) = (0, 0);
            }
        }
    }

    fn finish(self) {
        if self.open_bits > 0 {
            self.file.push(self.open << (8 - self.open_bits));
        }
    }
}
