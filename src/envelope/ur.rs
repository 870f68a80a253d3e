//! A message that comes in a row of QR codes, in any order and with some missed.
//!
//! Shape: `ur:TYPE/NUMBER-COUNT/BYTEWORDS` → CBOR [number, count, bytes, CRC-32, fragment] → `Part`;
//! enough of them → the message. The first COUNT parts are its fragments, each later one the sum
//! (XOR) of several, which ones its number tells.
//! Limits and errors: `MESSAGE_BYTES_MAX`, `FRAGMENTS_MAX`; a part of another message begins anew;
//! what does not have the message's checksum is not given out. Never panics.
//! Source: BCR-2020-005 (uniform resources), BCR-2020-012 (bytewords), BCR-2024-001 (multipart).
//! Not here: the crate `ur`, which the command writes with: its reader brings its own SHA-256, CRC,
//! CBOR and tables, and the first scan has no room for them.

mod mixing;

use super::cbor::{self, Lengths, Limits, Value};

pub const MESSAGE_BYTES_MAX: usize = 256 * 1024;
pub const FRAGMENTS_MAX: usize = 2_000;
const LIMITS: Limits =
    Limits { bytes_max: 4_300, depth_max: 1, items_max: 6, lengths: Lengths::Definite };

/// First and last letters of the 256 words, of which the shortest form is made.
const WORDS: &[u8; 512] = b"\
    aeadaoaxaaahamatayasbkbdbnbtbabsbebybgbwbbbzcmchcscfcycwcecackct\
    cxclcpcndkdadsdidedtdrdndwdpdmdldyeheyeoeeecenemetesftfrfnfsfmfh\
    fzfpfwfxfyfefgflfdgagegrgsgtglgwgdgygmgughgohfhghdhkhthphhhlhyhe\
    hnhsidiaieihiyioisinimjejzjnjtjljojsjpjkjykpkoktkskkknkgkekikblb\
    lalylflslrlplnltloldlelulklgmnmymhmemomumwmdmtmsmknlnyndnsntnnne\
    nboyoeotoxonolospdptpkpypspmplpepfpaprqdqzrerprlrorhrdrkrfryrnrs\
    rtsesasrssskswstspsosgsbsfsntotktitttdtetytltbtstptatnuyuoutueur\
    vtvyvovlvevwvavdvswlwdwmwpwewywswtwnwzwfwkykynylyaytzszoztzczezm";

/// What one more code brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Not of a message in several parts.
    NoPart,
    Taken,
    Whole(Vec<u8>),
}

/// The parts of one message, as far as they have come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sequence {
    message: Option<Message>,
    fragments: Vec<Option<Vec<u8>>>,
    /// Sums of fragments that are not all known.
    sums: Vec<(Vec<usize>, Vec<u8>)>,
    /// Numbers of parts that have been looked at.
    seen: Vec<u32>,
}

/// What all parts of one message say alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Message {
    count: usize,
    bytes: usize,
    checksum: u32,
    fragment_bytes: usize,
}

struct Part {
    message: Message,
    number: u32,
    fragment: Vec<u8>,
}

impl Sequence {
    pub fn take(&mut self, text: &str) -> Progress {
        let Some(part) = read(text) else { return Progress::NoPart };
        let message = part.message;
        if self.message != Some(message) {
            let fragments = vec![None; message.count];
            *self = Self { message: Some(message), fragments, ..Self::default() };
        }
        // More sums than that tell nothing new.
        if self.seen.len() < 4 * FRAGMENTS_MAX && !self.seen.contains(&part.number) {
            self.seen.push(part.number);
            let of = mixing::fragments(part.number, message.count, message.checksum);
            self.sums.push((of, part.fragment));
            self.solve();
        }
        if self.fragments.iter().any(Option::is_none) {
            return Progress::Taken;
        }
        let mut bytes: Vec<u8> = self.fragments.iter().flatten().flatten().copied().collect();
        bytes.truncate(message.bytes);
        *self = Self::default();
        // A sum that was made of other fragments spoils all: begin again.
        if crc32(&bytes) == message.checksum { Progress::Whole(bytes) } else { Progress::Taken }
    }

    /// Fragments known, and how many there are; `None` before the first part.
    pub fn known(&self) -> Option<(usize, usize)> {
        self.message.map(|message| (self.fragments.iter().flatten().count(), message.count))
    }

    /// Takes out of each sum what is known, until none is left with a single fragment.
    fn solve(&mut self) {
        loop {
            for (of, sum) in &mut self.sums {
                of.retain(|index| match self.fragments.get(*index).and_then(Option::as_ref) {
                    Some(known) => {
                        sum.iter_mut().zip(known).for_each(|(byte, known)| *byte ^= known);
                        false
                    }
                    None => true,
                });
            }
            self.sums.retain(|(of, _)| !of.is_empty());
            let Some(at) = self.sums.iter().position(|(of, _)| of.len() == 1) else { return };
            let (of, fragment) = self.sums.swap_remove(at);
            if let Some(place) = of.first().and_then(|index| self.fragments.get_mut(*index)) {
                *place = Some(fragment);
            }
        }
    }
}

fn read(text: &str) -> Option<Part> {
    let text = text.to_ascii_lowercase();
    let (_kind, rest) = text.strip_prefix("ur:")?.split_once('/')?;
    let (_sequence, words) = rest.split_once('/')?;
    let Ok(Value::Array(fields)) = cbor::decode(&read_words(words)?, &LIMITS) else { return None };
    let [
        Value::Integer(number),
        Value::Integer(count),
        Value::Integer(bytes),
        Value::Integer(checksum),
        Value::Bytes(fragment),
    ] = fields.as_slice()
    else {
        return None;
    };
    let message = Message {
        count: usize::try_from(*count).ok()?,
        bytes: usize::try_from(*bytes).ok()?,
        checksum: u32::try_from(*checksum).ok()?,
        fragment_bytes: fragment.len(),
    };
    let number = u32::try_from(*number).ok().filter(|number| *number > 0)?;
    let fits = (1..=FRAGMENTS_MAX).contains(&message.count)
        && (1..=MESSAGE_BYTES_MAX).contains(&message.bytes)
        && message.bytes.div_ceil(message.count) == message.fragment_bytes;
    fits.then(|| Part { message, number, fragment: fragment.clone() })
}

/// Two letters a byte; the last four bytes are the CRC-32 of those before.
fn read_words(words: &str) -> Option<Vec<u8>> {
    if words.len() > 2 * LIMITS.bytes_max {
        return None;
    }
    let (pairs, rest) = words.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| {
        let at = WORDS.as_chunks::<2>().0.iter().position(|word| word == pair)?;
        u8::try_from(at).ok()
    };
    let bytes = pairs.iter().map(byte).collect::<Option<Vec<u8>>>()?;
    let (body, checksum) = bytes.split_last_chunk::<4>()?;
    (rest.is_empty() && crc32(body) == u32::from_be_bytes(*checksum)).then(|| body.to_vec())
}

/// ISO-HDLC, as in Ethernet and ZIP; bit by bit, as a table would weigh more than it saves.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}
