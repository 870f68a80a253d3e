//! A registry that comes in a row of QR codes, to a gate without a network.
//!
//! Source: docs/registry.md, "By QR codes".

use crate::envelope::cbor::{self, Lengths, Limits, Value};
use crate::envelope::ur;
pub use ur::Progress;

/// The codes of one registry, as far as they have come. What it says is believed only once
/// `Registry::open` has looked at it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sequence(ur::Sequence);

const BYTES: Limits = Limits {
    bytes_max: ur::MESSAGE_BYTES_MAX,
    depth_max: 0,
    items_max: 1,
    lengths: Lengths::Definite,
};

impl Sequence {
    pub fn take(&mut self, text: &str) -> Progress {
        match self.0.take(text) {
            // The type `bytes` of uniform resources is a CBOR byte string; some leave its head out.
            Progress::Whole(message) => Progress::Whole(match cbor::decode(&message, &BYTES) {
                Ok(Value::Bytes(bytes)) => bytes,
                _ => message,
            }),
            other => other,
        }
    }

    /// Parts known, and how many are needed.
    pub fn known(&self) -> Option<(usize, usize)> {
        self.0.known()
    }
}
