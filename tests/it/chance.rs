//! What seeded tests leave to chance, and the phones that they make.

use ed25519_dalek::SigningKey;
use gerbang::audit_log::{ChainHead, LogId};

/// A phone's key, the same for the same seed, and where its log begins.
pub fn new_log(seed: u64) -> (SigningKey, ChainHead) {
    let mut key = [7; 32];
    key[..8].copy_from_slice(&seed.to_be_bytes());
    let device = SigningKey::from_bytes(&key);
    let head = ChainHead::genesis(LogId::of_device(&device.verifying_key().to_bytes()));
    (device, head)
}

/// SplitMix64.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}
