//! Bytes to text, by Extended Channel Interpretation or as practice has it.
//!
//! Not here: the tables of Shift-JIS, GB 18030, Big5, EUC-KR and of ISO 8859 beyond part 1. They would outweigh the
//! whole decoder, and no credential needs them; every browser and `encoding_rs` has them by the names given here.
//! Source: AIM ECI register (ITS/04-023); names as in the Encoding Standard.

use super::bit_stream::{Mode, Segment};
use std::str;

/// The name of the character set that an assignment stands for.
pub fn charset(eci: u32) -> Option<&'static str> {
    const ISO_8859: [&str; 14] = [
        "iso-8859-2",
        "iso-8859-3",
        "iso-8859-4",
        "iso-8859-5",
        "iso-8859-6",
        "iso-8859-7",
        "iso-8859-8",
        "iso-8859-9",
        "iso-8859-10",
        "iso-8859-11",
        // Part 12 was never issued.
        "",
        "iso-8859-13",
        "iso-8859-14",
        "iso-8859-15",
    ];
    Some(match eci {
        1 | 3 => "iso-8859-1",
        4..=17 => ISO_8859.get(usize::try_from(eci - 4).ok()?).filter(|name| !name.is_empty())?,
        18 => "iso-8859-16",
        20 => "shift_jis",
        21 => "windows-1250",
        22 => "windows-1251",
        23 => "windows-1252",
        24 => "windows-1256",
        25 => "utf-16be",
        26 => "utf-8",
        27 | 170 => "us-ascii",
        28 => "big5",
        29 | 31 | 32 => "gb18030",
        30 => "euc-kr",
        33 => "utf-16le",
        _ => return None,
    })
}

/// The segments' text; `decode` is asked for character sets that are not known here. `None` where a part is no text.
pub fn of(
    bytes: &[u8],
    segments: &[Segment],
    mut decode: impl FnMut(&str, &[u8]) -> Option<String>,
) -> Option<String> {
    let mut text = String::with_capacity(bytes.len());
    let has_kanji = segments.iter().any(|segment| segment.mode == Mode::Kanji);
    let mut start = 0;
    // Neighbours of one interpretation are decoded together: a character may lie across them.
    for run in segments.chunk_by(|a, b| set_of(*a) == set_of(*b)) {
        let end = run.last()?.bytes_end;
        let part = bytes.get(start..end)?;
        let decoded = match set_of(*run.first()?) {
            Set::Named(name) => decoded(name, part).or_else(|| decode(name, part)),
            Set::Unknown => part.is_ascii().then(|| latin_1(part)),
            // §7.4.6 in a symbol with Kanji leaves bytes beside it to the same set.
            Set::Default if has_kanji && !part.is_ascii() => {
                decoded("utf-8", part).or_else(|| decode("shift_jis", part))
            }
            Set::Default => {
                decoded("utf-8", part).or_else(|| is_latin_1_text(part).then(|| latin_1(part)))
            }
        };
        text.push_str(&decoded?);
        start = end;
    }
    Some(text)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Set {
    Named(&'static str),
    /// An assignment that names no character set known to us.
    Unknown,
    Default,
}

fn set_of(segment: Segment) -> Set {
    match (segment.mode, segment.eci) {
        (Mode::Kanji, _) => Set::Named("shift_jis"),
        (Mode::Hanzi, _) => Set::Named("gb18030"),
        (_, None) => Set::Default,
        (_, Some(eci)) => charset(eci).map_or(Set::Unknown, Set::Named),
    }
}

/// What needs no tables.
fn decoded(charset: &str, bytes: &[u8]) -> Option<String> {
    match charset {
        "utf-8" => str::from_utf8(bytes).ok().map(str::to_owned),
        "iso-8859-1" => Some(latin_1(bytes)),
        "utf-16be" => utf_16(bytes, u16::from_be_bytes),
        "utf-16le" => utf_16(bytes, u16::from_le_bytes),
        "shift_jis" => None,
        _ => bytes.is_ascii().then(|| latin_1(bytes)),
    }
}

fn latin_1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
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
