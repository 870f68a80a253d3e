//! What the gate needs of package `gerbang-qr`: effort per frame, and a frame's reading.

use crate::credential::Payload;

/// What one frame told.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrameReading {
    /// Every code that was read, each content once.
    pub payloads: Vec<Payload>,
    pub hint: Option<Hint>,
}

/// What the officer could do for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    TooDark,
    Glare,
    HoldStill,
    Closer,
    Farther,
    /// A code's corner was seen, but nothing could be read.
    SeenUnread,
}
