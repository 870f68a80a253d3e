//! What the gate needs of package `gerbang-qr`: effort per frame, and a frame's reading.
//!
//! Shape: frame after frame of a video, each looked at lightly; after one that promised a code that could not
//! be read, the next are looked at hard, a slice of the work each. A still is looked at until nothing is left.
//! A message cut into several codes is a payload once all of them were seen, in whatever frames.
//! Limits and errors: a still takes at most `STILL_SLICES_MAX` slices.

pub mod lens;

use crate::credential::Payload;
pub use gerbang_qr::LumaFrame;
use gerbang_qr::{Added, Assembler, Effort, Scan, Scanner};

/// Far more than the decoder has means.
const STILL_SLICES_MAX: usize = 64;

/// What a frame is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The next frame is not far.
    Video,
    /// There is no other.
    Still,
}

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
    assembler: Assembler,
    /// The frame before promised more than could be read with so little work.
    pending: bool,
}

impl FrameScanner {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn read(&mut self, frame: LumaFrame<'_>, look: Look) -> FrameReading {
        match look {
            Look::Video => self.read_video(frame),
            Look::Still => self.read_still(frame),
        }
    }

    fn read_video(&mut self, frame: LumaFrame<'_>) -> FrameReading {
        let effort = if self.pending { Effort::Hard } else { Effort::Light };
        let scan = self.scanner.scan(frame, effort);
        self.pending = scan.pending && scan.codes.is_empty();
        self.reading(scan)
    }

    fn read_still(&mut self, frame: LumaFrame<'_>) -> FrameReading {
        // A light call ends whatever slices were under way.
        let mut scan = self.scanner.scan(frame, Effort::Light);
        for _ in 0..STILL_SLICES_MAX {
            let next = self.scanner.scan(frame, Effort::Hard);
            scan.codes.extend(next.codes);
            scan.hint = next.hint;
            if !next.pending {
                break;
            }
        }
        self.pending = false;
        self.reading(scan)
    }

    fn reading(&mut self, scan: Scan) -> FrameReading {
        let mut reading = FrameReading { payloads: Vec::new(), hint: scan.hint.and_then(Hint::of) };
        for code in scan.codes {
            let payload = match self.assembler.add(&code) {
                Added::NotAPart => Payload::from_bytes(code.bytes, code.text),
                Added::Waiting { .. } => continue,
                Added::Complete(message) => {
                    let text = message.text();
                    Payload::from_bytes(message.bytes, text)
                }
            };
            if !reading.payloads.contains(&payload) {
                reading.payloads.push(payload);
            }
        }
        reading
    }
}

impl Hint {
    /// `None` for what the readings themselves tell.
    fn of(hint: gerbang_qr::Hint) -> Option<Self> {
        use gerbang_qr::Hint as Seen;
        Some(match hint {
            Seen::TooDark => Self::TooDark,
            Seen::Glare => Self::Glare,
            Seen::Blurred => Self::HoldStill,
            Seen::TooSmall => Self::Closer,
            Seen::TooLarge => Self::Farther,
            Seen::SeenUnread => Self::SeenUnread,
            Seen::TwoCodes => return None,
        })
    }
}
