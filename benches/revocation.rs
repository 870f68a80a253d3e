//! Revocation lists of a country: bytes, time to open, time to look up, beside two usual ways.
//!
//! Values are drawn evenly, as hashes are. The naive way is a sorted list of 16-byte hashes; the
//! Bloom filter has the EU's parameters (false refusals once in 10⁷).

use gerbang::credential::Family;
use gerbang::issue::revocation::part_of_values;
use gerbang::trust::revocation::{RevocationList, RevocationPart, VALUE_BITS};
use sha2::{Digest, Sha256};
use std::hint::black_box;
use std::io::{self, Write};
use std::time::Instant;

const LOOK_UPS: u32 = 100_000;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for count in [1_000_000, 10_000_000] {
        bench(count, &mut out)?;
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn bench(count: usize, out: &mut impl Write) -> io::Result<()> {
    let salt = [7; 16];
    let file = part_of_values(&salt, values(1, count), Vec::new());
    let changes = part_of_values(&salt, values(2, 9_000), values(3, 1_000));
    let (hash, changes_hash) = (Sha256::digest(&file).into(), Sha256::digest(&changes).into());
    let started = Instant::now();
    let part = RevocationPart::open(&file, &hash).expect("just written");
    let open_ms = started.elapsed().as_secs_f64() * 1e3;
    let changes_part = RevocationPart::open(&changes, &changes_hash).expect("just written");
    let list = RevocationList::new(vec![part, changes_part]);
    let started = Instant::now();
    for id in 0..LOOK_UPS {
        black_box(list.revokes(Family::Gerbang, &id.to_be_bytes()));
    }
    let look_up_us = started.elapsed().as_secs_f64() * 1e6 / f64::from(LOOK_UPS);
    let bloom_bits = count as f64 * 1e7_f64.ln() / std::f64::consts::LN_2.powi(2);
    writeln!(
        out,
        "{count} revoked: {} bytes, update of 10,000 changes {} bytes, open {open_ms:.0} ms, \
         look-up {look_up_us:.2} us (sorted hashes {} bytes, Bloom 1e-7 {:.0} bytes)",
        file.len(),
        changes.len(),
        count * 16,
        bloom_bits / 8.0,
    )
}

/// SplitMix64, cut to 56 bits.
fn values(seed: u64, count: usize) -> Vec<u64> {
    let mut state = seed;
    let next = move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) >> (64 - VALUE_BITS)
    };
    std::iter::repeat_with(next).take(count).collect()
}
