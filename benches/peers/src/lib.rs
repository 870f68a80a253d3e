//! Gerbang's decoder and others', each as a function from a picture to the contents it read.
//!
//! Shape: `Peer::all()` → `peer.read(&Picture)`; `median_ms`, `percentile` over what a thread spent.
//! Not here: who reads what in the outside pictures is judged by the suite's own script.

pub mod peer;
pub mod spent;

/// A grey picture in memory, rows without gaps.
#[derive(Debug, Clone)]
pub struct Picture {
    pub luma: Vec<u8>,
    pub width: usize,
    pub height: usize,
}
