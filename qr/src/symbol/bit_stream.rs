//! The data codewords as segments: numbers, letters, bytes, Kanji and what tells how to take them.
//!
//! Limits and errors: what ends early, holds an impossible value or an unknown mode is a `StreamError`.
//! Source: ISO/IEC 18004:2015, §7.4.

use super::{Version, text};
use std::fmt;

/// One run of content in one mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Numeric,
    Alphanumeric,
    Byte,
    /// Two bytes of Shift-JIS a character.
    Kanji,
    /// Two bytes of GB 2312 a character (GB/T 18284).
    Hanzi,
}

/// Where a segment lies in the content's bytes, and under which Extended Channel Interpretation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    pub mode: Mode,
    pub bytes_end: usize,
    /// ECI assignment in force; `None` before any.
    pub eci: Option<u32>,
}

/// One of up to sixteen symbols that belong together (§8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StructuredAppend {
    /// From 0.
    pub index: u8,
    pub total: u8,
    /// XOR of all bytes of the whole message.
    pub parity: u8,
}

/// GS1 or industry data (§7.4.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fnc1 {
    First,
    /// With the application indicator as encoded.
    Second(u8),
}

/// What a symbol holds; `Debug` tells only how much.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Content {
    pub bytes: Vec<u8>,
    pub text: Option<String>,
    pub segments: Vec<Segment>,
    pub structured_append: Option<StructuredAppend>,
    pub fnc1: Option<Fnc1>,
    /// After the end follow zeros to the byte and then 0xEC, 0x11 in turn.
    pub is_padded_by_the_book: bool,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes)", self.bytes.len())
    }
}

/// Why corrected data is no content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StreamError {
    /// The data ends within a segment.
    EndsEarly,
    /// A mode indicator that the standard does not know.
    UnknownMode,
    /// Three digits above 999, or the like.
    ImpossibleValue,
    /// No segment holds anything.
    Empty,
}

/// Reads data codewords of a symbol of `version`.
pub fn parse(data: &[u8], version: Version) -> Result<Content, StreamError> {
    let mut bits = Bits { data, at: 0 };
    let mut content = Content::default();
    let mut eci = None;
    while let Some(indicator) = bits.take(4).ok().filter(|mode| *mode != 0) {
        let mode = match indicator {
            1 => Mode::Numeric,
            2 => Mode::Alphanumeric,
            4 => Mode::Byte,
            8 => Mode::Kanji,
            13 => {
                // Subset 1 is GB 2312, the only one assigned.
                if bits.take(4)? != 1 {
                    return Err(StreamError::ImpossibleValue);
                }
                Mode::Hanzi
            }
            3 => {
                let index = bits.take_u8(4)?;
                let total = bits.take_u8(4)? + 1;
                let parity = bits.take_u8(8)?;
                content.structured_append = Some(StructuredAppend { index, total, parity });
                continue;
            }
            5 => {
                content.fnc1 = Some(Fnc1::First);
                continue;
            }
            9 => {
                content.fnc1 = Some(Fnc1::Second(bits.take_u8(8)?));
                continue;
            }
            7 => {
                eci = Some(eci_assignment(&mut bits)?);
                continue;
            }
            _ => return Err(StreamError::UnknownMode),
        };
        let count = bits.take(count_bits(mode, version))?;
        segment(&mut bits, mode, count, &mut content)?;
        content.segments.push(Segment { mode, bytes_end: content.bytes.len(), eci });
    }
    if content.bytes.is_empty() {
        return Err(StreamError::Empty);
    }
    content.is_padded_by_the_book = bits.rest_is_padding();
    content.text = text::of(&content.bytes, &content.segments, |_, _| None);
    Ok(content)
}

fn count_bits(mode: Mode, version: Version) -> usize {
    let size = match version.number() {
        ..=9 => 0,
        10..=26 => 1,
        _ => 2,
    };
    match mode {
        Mode::Numeric => [10, 12, 14][size],
        Mode::Alphanumeric => [9, 11, 13][size],
        Mode::Byte => [8, 16, 16][size],
        Mode::Kanji | Mode::Hanzi => [8, 10, 12][size],
    }
}

fn eci_assignment(bits: &mut Bits<'_>) -> Result<u32, StreamError> {
    let first = bits.take(8)?;
    match first {
        0..=0x7f => Ok(first),
        0x80..=0xbf => Ok((first & 0x3f) << 8 | bits.take(8)?),
        0xc0..=0xdf => Ok((first & 0x1f) << 16 | bits.take(16)?),
        _ => Err(StreamError::ImpossibleValue),
    }
}

fn segment(
    bits: &mut Bits<'_>,
    mode: Mode,
    count: u32,
    content: &mut Content,
) -> Result<(), StreamError> {
    match mode {
        Mode::Numeric => digits(bits, count, &mut content.bytes),
        Mode::Alphanumeric => letters(bits, count, content),
        Mode::Byte => {
            for _ in 0..count {
                content.bytes.push(bits.take_u8(8)?);
            }
            Ok(())
        }
        // §7.4.6: 13 bits are (lead − 0x81 or 0xC1) · 0xC0 + (trail − 0x40).
        Mode::Kanji => double_bytes(bits, count, &mut content.bytes, 0xc0, |value| {
            value + if value < 0x1f00 { 0x8140 } else { 0xc140 }
        }),
        Mode::Hanzi => double_bytes(bits, count, &mut content.bytes, 0x60, |value| {
            value + if value < 0x0a00 { 0xa1a1 } else { 0xa6a1 }
        }),
    }
}

fn digits(bits: &mut Bits<'_>, count: u32, out: &mut Vec<u8>) -> Result<(), StreamError> {
    let mut left = count;
    while left > 0 {
        let take = left.min(3);
        let (width, limit) = [(4, 10), (7, 100), (10, 1000)][take as usize - 1];
        let value = bits.take(width)?;
        if value >= limit {
            return Err(StreamError::ImpossibleValue);
        }
        let digits = [value / 100, value / 10 % 10, value % 10];
        out.extend(digits[3 - take as usize..].iter().map(|d| b'0' + d.to_le_bytes()[0]));
        left -= take;
    }
    Ok(())
}

fn letters(bits: &mut Bits<'_>, count: u32, content: &mut Content) -> Result<(), StreamError> {
    const LETTERS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let start = content.bytes.len();
    let mut left = count;
    while left > 0 {
        let pair = left > 1;
        let value = bits.take(if pair { 11 } else { 6 })? as usize;
        if pair {
            let first = LETTERS.get(value / 45).ok_or(StreamError::ImpossibleValue)?;
            content.bytes.push(*first);
        } else if value >= 45 {
            return Err(StreamError::ImpossibleValue);
        }
        content.bytes.push(LETTERS[value % 45]);
        left -= if pair { 2 } else { 1 };
    }
    if content.fnc1.is_some() {
        unescape_percent(&mut content.bytes, start);
    }
    Ok(())
}

/// §7.4.8.2: `%` stands for GS, `%%` for a percent sign.
fn unescape_percent(bytes: &mut Vec<u8>, start: usize) {
    let (mut from, mut to) = (start, start);
    while let Some(&byte) = bytes.get(from) {
        let doubled = byte == b'%' && bytes.get(from + 1) == Some(&b'%');
        bytes[to] = if byte == b'%' && !doubled { 0x1d } else { byte };
        from += if doubled { 2 } else { 1 };
        to += 1;
    }
    bytes.truncate(to);
}

fn double_bytes(
    bits: &mut Bits<'_>,
    count: u32,
    out: &mut Vec<u8>,
    base: u32,
    place: impl Fn(u32) -> u32,
) -> Result<(), StreamError> {
    for _ in 0..count {
        let value = bits.take(13)?;
        let character = place(((value / base) << 8) | (value % base));
        let [_, _, lead, trail] = character.to_be_bytes();
        out.extend([lead, trail]);
    }
    Ok(())
}

struct Bits<'a> {
    data: &'a [u8],
    /// In bits.
    at: usize,
}

impl Bits<'_> {
    /// At most 24 bits, the highest first.
    fn take(&mut self, count: usize) -> Result<u32, StreamError> {
        if self.at + count > self.data.len() * 8 {
            return Err(StreamError::EndsEarly);
        }
        let mut value = 0;
        for at in self.at..self.at + count {
            value = value << 1 | u32::from(self.data[at / 8] >> (7 - at % 8) & 1);
        }
        self.at += count;
        Ok(value)
    }

    fn take_u8(&mut self, count: usize) -> Result<u8, StreamError> {
        Ok(self.take(count)?.to_le_bytes()[0])
    }

    fn rest_is_padding(&mut self) -> bool {
        while !self.at.is_multiple_of(8) && self.at < self.data.len() * 8 {
            if self.take(1) != Ok(0) {
                return false;
            }
        }
        let pads = self.data.get(self.at / 8..).unwrap_or_default();
        pads.iter().enumerate().all(|(i, pad)| *pad == [0xec, 0x11][i % 2])
    }
}
