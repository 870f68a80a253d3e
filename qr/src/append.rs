//! Messages that were cut into several symbols, put together in whatever order they are seen.
//!
//! Shape: `Assembler::add(&ScannedCode)` → `Added`; the header in each part names its place, their number, and the
//! parity of the whole message, which tells messages apart.
//! Limits and errors: `MESSAGES_MAX` messages at a time, the one that waited longest is given up; a part that
//! contradicts one seen before begins its message anew, and so does a whole whose parity is wrong.
//! Source: ISO/IEC 18004:2015, §8.

use crate::ScannedCode;
use crate::symbol::bit_stream::{Segment, StructuredAppend};
use crate::symbol::text;
use std::fmt;

/// Messages under way.
pub const MESSAGES_MAX: usize = 4;
/// §8.1.
const PARTS_MAX: usize = 16;

/// What a code added to what was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// The code stands alone.
    NotAPart,
    /// So many of so many parts are there.
    Waiting {
        have: u8,
        total: u8,
    },
    Complete(Message),
}

/// A message whose parts are all there; `Debug` tells only how much.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    pub bytes: Vec<u8>,
    pub segments: Vec<Segment>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} bytes)", self.bytes.len())
    }
}

impl Message {
    /// As `ScannedCode::text`.
    pub fn text(&self) -> Option<String> {
        self.text_with(|_, _| None)
    }

    /// As `ScannedCode::text_with`.
    pub fn text_with(&self, decode: impl FnMut(&str, &[u8]) -> Option<String>) -> Option<String> {
        text::of(&self.bytes, &self.segments, decode)
    }
}

/// Collects parts; holds contents, so it lives no longer than a scan.
#[derive(Default)]
pub struct Assembler {
    /// The one that was added to last is at the end.
    sets: Vec<Set>,
}

impl fmt::Debug for Assembler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Assembler({} messages)", self.sets.len())
    }
}

struct Set {
    total: u8,
    parity: u8,
    parts: [Option<Message>; PARTS_MAX],
}

impl Assembler {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a code that was read; the parts of a complete message are forgotten.
    pub fn add(&mut self, code: &ScannedCode) -> Added {
        let Some(header) = code.structured_append.filter(|header| header.index < header.total)
        else {
            return Added::NotAPart;
        };
        let part = Message { bytes: code.bytes.clone(), segments: code.segments.clone() };
        let mut set = self.take(header, &part);
        if let Some(place) = set.parts.get_mut(usize::from(header.index)) {
            *place = Some(part);
        }
        let have = set.parts.iter().flatten().count();
        if have == usize::from(header.total) {
            let message = set.joined();
            if message.bytes.iter().fold(0, |parity, byte| parity ^ byte) == header.parity {
                return Added::Complete(message);
            }
            // Parts of two messages with the same parity: only the last is surely of this one.
            set.keep_only(header.index);
        }
        let have = u8::try_from(set.parts.iter().flatten().count()).unwrap_or(u8::MAX);
        self.sets.push(set);
        if self.sets.len() > MESSAGES_MAX {
            self.sets.remove(0);
        }
        Added::Waiting { have, total: header.total }
    }

    /// The set that the part belongs to, out of the list; a new one where none fits.
    fn take(&mut self, header: StructuredAppend, part: &Message) -> Set {
        let fits = |set: &Set| (set.total, set.parity) == (header.total, header.parity);
        let known = self.sets.iter().position(fits).map(|at| self.sets.remove(at));
        let contradicts = |set: &Set| {
            let there = set.parts.get(usize::from(header.index)).and_then(Option::as_ref);
            there.is_some_and(|there| there != part)
        };
        known.filter(|set| !contradicts(set)).unwrap_or_else(|| Set {
            total: header.total,
            parity: header.parity,
            parts: Default::default(),
        })
    }
}

impl Set {
    fn joined(&self) -> Message {
        let mut message = Message { bytes: Vec::new(), segments: Vec::new() };
        for part in self.parts.iter().flatten() {
            let start = message.bytes.len();
            message.bytes.extend_from_slice(&part.bytes);
            let moved = part
                .segments
                .iter()
                .map(|segment| Segment { bytes_end: segment.bytes_end + start, ..*segment });
            message.segments.extend(moved);
        }
        message
    }

    fn keep_only(&mut self, index: u8) {
        for (at, part) in self.parts.iter_mut().enumerate() {
            if at != usize::from(index) {
                *part = None;
            }
        }
    }
}
