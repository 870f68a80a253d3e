//! Today's word: with the clock, the mark of a living screen. A picture of a green screen has
//! yesterday's, or another venue's.
//!
//! Shape: HMAC-SHA-256(venue key, SHA-256(`gerbang word` + local day)) → one of `WORDS`, at all gates of the venue.
//! Limits: 64 words say nothing about the key; whoever stands at the gate today knows today's.
//! Not here: translations. It is a mark to be compared, not a sentence.

use super::model::Model;
use crate::audit_log::{Hash, pseudonym};

const DAY_MS: i64 = 86_400_000;
/// Common things, all different at a glance.
const WORDS: [&str; 64] = [
    "anggur", "apel", "awan", "ayam", "badak", "bambu", "batu", "bintang", "bulan", "bunga",
    "burung", "cabai", "cangkir", "daun", "delima", "durian", "ember", "gajah", "garam", "gelas",
    "gitar", "gunung", "hujan", "ikan", "jagung", "jambu", "jeruk", "kapal", "kelapa", "kendi",
    "kuda", "kunci", "kursi", "lampu", "langit", "layar", "lebah", "madu", "mangga", "melati",
    "merpati", "nanas", "ombak", "padi", "paku", "payung", "pensil", "perahu", "pisang", "pohon",
    "rambutan", "roda", "rusa", "sawah", "sepatu", "sungai", "tangga", "tebu", "telur", "teratai",
    "topi", "ubi", "wayang", "zaitun",
];

impl Model {
    pub fn word_of_day(&self, now_unix_ms: i64, utc_offset_min: i16) -> &'static str {
        let day = (now_unix_ms + i64::from(utc_offset_min) * 60_000).div_euclid(DAY_MS);
        let said = Hash::of(format!("gerbang word {day}").as_bytes());
        let [first, ..] = pseudonym(&self.history.door.venue_key, &said.0);
        WORDS[usize::from(first) % WORDS.len()]
    }
}
