//! Bytes to text, by Extended Channel Interpretation or as practice has it.
//!
//! Not here: the tables of Shift-JIS, GB 18030, Big5 and EUC-KR; such content has bytes and no text.

use super::bit_stream::{Content, Mode, Segment};
use std::str;

/// `None` where a part is no text, or in a character set that is not known here.
pub fn of(content: &Content) -> Option<String> {
    let mut text = String::with_capacity(content.bytes.len());
    let mut start = 0;
    let mut at = 0;
    while let Some(segment) = content.segments.get(at) {
        // Neighbours of one interpretation are decoded together: a character may lie across them.
        let mut end = segment.bytes_end;
        let mut kinds = [segment.mode == Mode::Kanji, segment.mode == Mode::Hanzi];
        while let Some(next) = content.segments.get(at + 1).filter(|next| next.eci == segment.eci) {
            end = next.bytes_end;
            kinds[0] |= next.mode == Mode::Kanji;
            kinds[1] |= next.mode == Mode::Hanzi;
            at += 1;
        }
        if kinds != [false, false] {
            return None;
        }
        text.push_str(&decoded(content.bytes.get(start..end)?, *segment)?);
        start = end;
        at += 1;
    }
    Some(text)
}

fn decoded(bytes: &[u8], segment: Segment) -> Option<String> {
    let latin_1 = || bytes.iter().copied().map(char::from).collect();
    match segment.eci {
        None => match str::from_utf8(bytes) {
            Ok(text) => Some(text.to_owned()),
            Err(_) => is_latin_1_text(bytes).then(latin_1),
        },
        Some(1 | 3) => Some(latin_1()),
        Some(2 | 27 | 170) => bytes.is_ascii().then(latin_1),
        Some(25) => utf_16(bytes, u16::from_be_bytes),
        Some(33) => utf_16(bytes, u16::from_le_bytes),
        Some(26) => str::from_utf8(bytes).ok().map(str::to_owned),
        Some(_) => bytes.is_ascii().then(latin_1),
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<_, _>>().ok()
}

/// Without control characters of either half, as no binary payload of some length is.
fn is_latin_1_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| matches!(b, 9 | 10 | 13 | 0x1d | 0x20..=0x7e | 0xa0..))
}
