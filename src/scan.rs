//! What the gate needs of package `gerbang-qr`: effort per frame, and a frame's reading.

use crate::credential::Payload;
pub use gerbang_qr::{Effort, LumaFrame};
use gerbang_qr::{ScannedCode, Scanner};

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

/// Reads the frames of one camera; owns the decoder's memory.
#[derive(Debug, Default)]
pub struct FrameScanner {
    scanner: Scanner,
}

impl FrameScanner {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn read(&mut self, frame: LumaFrame<'_>, effort: Effort) -> FrameReading {
        let scan = self.scanner.scan(frame, effort);
        let mut reading = FrameReading { payloads: Vec::new(), hint: scan.hint.map(Hint::from) };
        for ScannedCode { bytes, text, .. } in scan.codes {
            let payload = Payload::from_bytes(bytes, text);
            if !reading.payloads.contains(&payload) {
                reading.payloads.push(payload);
            }
        }
        reading
    }
}

impl From<gerbang_qr::Hint> for Hint {
    fn from(hint: gerbang_qr::Hint) -> Self {
        use gerbang_qr::Hint as Seen;
        match hint {
            Seen::TooDark => Self::TooDark,
            Seen::Glare => Self::Glare,
            Seen::Blurred => Self::HoldStill,
            Seen::TooSmall => Self::Closer,
            Seen::TooLarge => Self::Farther,
            Seen::SeenUnread => Self::SeenUnread,
        }
    }
}
