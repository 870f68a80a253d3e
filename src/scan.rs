//! What the gate needs of package `gerbang-qr`: effort per frame, and a frame's reading.
//!
//! Shape: frame after frame of a video, each looked at lightly; after one that promised a code that could not
//! be read, the next are looked at hard, a slice of the work each, at first with a glance between them. A still is looked at until nothing is left.
//! A message cut into several codes is a payload once all of them were seen, in whatever frames.
//! Limits and errors: a still takes at most `STILL_SLICES_MAX` slices.

mod chunks;
pub mod lens;

use crate::credential::Payload;
use chunks::{Chunks, Joined};
pub use gerbang_qr::LumaFrame;
use gerbang_qr::{Added, Assembler, Effort, Scan, Scanner};

/// Far more than the decoder has means.
const STILL_SLICES_MAX: usize = 64;
/// Parts of a message are forgotten so many frames after the last that was seen: half a minute.
const PARTS_FRAMES_MAX: u32 = 400;

/// So many hard looks have a glance after them: a code that is still on its way may stand clear in any frame. Later it
/// is there, and looks the same to every glance.
const GLANCED_LOOKS_MAX: u32 = 8;

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
    /// So many of so many codes of one message are there.
    pub parts: Option<(u8, u8)>,
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
    chunks: Chunks,
    /// The message that was whole last, by its parts' number and parity: the last stays in view.
    done: Option<(u8, u8)>,
    /// What of a message is there.
    waiting: Option<(u8, u8)>,
    /// Parts are remembered for so many more frames.
    frames: u32,
    /// How the frame before was looked at, where it promised more than could be read with so little work.
    promised: Option<Effort>,
    /// Hard looks since a frame promised nothing.
    hard_looks: u32,
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
        let effort = match self.promised {
            None => Effort::Light,
            Some(Effort::Hard) if self.hard_looks < GLANCED_LOOKS_MAX => Effort::Glance,
            Some(_) => Effort::Hard,
        };
        let scan = self.scanner.scan(frame, effort);
        let is_read = !scan.codes.is_empty();
        self.promised = (scan.pending && !is_read).then_some(effort);
        self.hard_looks = match effort {
            Effort::Light if !scan.pending => 0,
            _ if is_read => 0,
            Effort::Hard => self.hard_looks.saturating_add(1),
            Effort::Light | Effort::Glance => self.hard_looks,
        };
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
        self.promised = None;
        self.reading(scan)
    }

    fn reading(&mut self, scan: Scan) -> FrameReading {
        let hint = scan.hint.and_then(Hint::of);
        let mut reading = FrameReading { hint, ..FrameReading::default() };
        self.age();
        for code in scan.codes {
            let message = code.structured_append.map(|part| (part.total, part.parity));
            if message.is_some() && message == self.done {
                continue;
            }
            let payload = match self.assembler.add(&code) {
                Added::NotAPart => {
                    match self.chunks.add(code.text.as_deref().unwrap_or_default()) {
                        Joined::Alone => Payload::from_bytes(code.bytes, code.text),
                        Joined::Done => continue,
                        Joined::Waiting { have, total } => {
                            self.wait_for_more(have, total);
                            continue;
                        }
                        Joined::Whole(text) => {
                            self.frames = PARTS_FRAMES_MAX;
                            Payload::from_text(text)
                        }
                    }
                }
                Added::Waiting { have, total } => {
                    self.wait_for_more(have, total);
                    continue;
                }
                Added::Complete(whole) => {
                    (self.done, self.frames) = (message, PARTS_FRAMES_MAX);
                    let text = whole.text();
                    Payload::from_bytes(whole.bytes, text)
                }
            };
            self.waiting = None;
            if !reading.payloads.contains(&payload) {
                reading.payloads.push(payload);
            }
        }
        reading.parts = self.waiting;
        reading
    }

    fn wait_for_more(&mut self, have: u8, total: u8) {
        self.waiting = Some((have, total));
        self.frames = PARTS_FRAMES_MAX;
    }

    /// One frame further; nobody's half a message waits for the next visitor.
    fn age(&mut self) {
        if self.frames == 0 {
            return;
        }
        self.frames -= 1;
        if self.frames == 0 {
            self.waiting = None;
            self.assembler = Assembler::default();
            self.chunks = Chunks::default();
            self.done = None;
        }
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
