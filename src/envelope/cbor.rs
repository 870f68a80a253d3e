//! Whether foreign bytes are one well-formed, small CBOR item; only then ciborium reads them.
//!
//! Shape: bytes → `check` (one pass, no copies) → `ciborium::Value`.
//! Limits and errors: `Limits`; every length is compared with what is left before anything is
//! allocated; map keys are integers or texts, and none is there twice; nothing follows the item.
//! Never panics.
//! Source: RFC 8949 (2020-12) §3, §5.3.1, Appendix C; duplicate keys: §5.6.
//! Not here: the log's own encoding (`audit_log::cbor`), which allows one form only. Certificates
//! of others are not deterministic, and the signature covers their bytes as they are.

use std::collections::BTreeSet;

pub use ciborium::Value;

/// How large an item may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub bytes_max: usize,
    pub depth_max: usize,
    /// All items together, keys, tags and chunks included.
    pub items_max: usize,
    pub lengths: Lengths,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lengths {
    Definite,
    /// Indefinite ones too: real EU certificates have them.
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CborError {
    /// The input ends inside an item.
    End,
    /// Bytes follow the item.
    Trailing,
    /// More bytes than `Limits` allows.
    TooLong,
    TooDeep,
    TooManyItems,
    /// An indefinite length where the format has none.
    Indefinite,
    /// A reserved head, a break outside of an indefinite item, or a chunk of another type.
    Malformed,
    /// A text that is no UTF-8.
    Utf8,
    DuplicateKey,
    /// A map key that is neither an integer nor a text.
    KeyType,
}

impl CborError {
    pub fn code(self) -> &'static str {
        match self {
            Self::End => "CBOR-END",
            Self::Trailing => "CBOR-TRAILING",
            Self::TooLong => "CBOR-LONG",
            Self::TooDeep => "CBOR-DEPTH",
            Self::TooManyItems => "CBOR-ITEMS",
            Self::Indefinite => "CBOR-INDEFINITE",
            Self::Malformed => "CBOR-MALFORMED",
            Self::Utf8 => "CBOR-UTF8",
            Self::DuplicateKey => "CBOR-DUPLICATE",
            Self::KeyType => "CBOR-KEY",
        }
    }
}

/// Checks, then reads.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Value, CborError> {
    check(bytes, limits)?;
    ciborium::from_reader(bytes).map_err(|_| CborError::Malformed)
}

pub fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("writing a CBOR value to memory cannot fail");
    bytes
}

pub fn check(bytes: &[u8], limits: &Limits) -> Result<(), CborError> {
    if bytes.len() > limits.bytes_max {
        return Err(CborError::TooLong);
    }
    let mut walk = Walk { rest: bytes, limits, items: 0 };
    walk.item(0)?;
    if walk.rest.is_empty() { Ok(()) } else { Err(CborError::Trailing) }
}

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const BREAK: u8 = 0xff;

/// An item's first bytes: its major type and its argument.
struct Head {
    major: u8,
    argument: Argument,
}

enum Argument {
    Number(u64),
    Indefinite,
}

/// A map key by its meaning: 1 is the same key in one byte and in nine.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Unsigned(u64),
    Negative(u64),
    Text(&'a [u8]),
}

struct Walk<'a> {
    rest: &'a [u8],
    limits: &'a Limits,
    items: usize,
}

impl<'a> Walk<'a> {
    fn item(&mut self, depth: usize) -> Result<(), CborError> {
        if depth > self.limits.depth_max {
            return Err(CborError::TooDeep);
        }
        let Head { major, argument } = self.head()?;
        match (major, argument) {
            (UNSIGNED | NEGATIVE, Argument::Number(_)) => Ok(()),
            (BYTES | TEXT, Argument::Number(length)) => self.string(major, length).map(|_| ()),
            (BYTES | TEXT, Argument::Indefinite) => self.chunks(major),
            // Each item takes a byte at least, so a lying count ends with the input.
            (ARRAY, Argument::Number(count)) => (0..count).try_for_each(|_| self.item(depth + 1)),
            (ARRAY, Argument::Indefinite) => {
                while !self.at_break()? {
                    self.item(depth + 1)?;
                }
                Ok(())
            }
            (MAP, argument) => self.map(argument, depth),
            (TAG, Argument::Number(_)) => self.item(depth + 1),
            // Simple values and floats; a break here has nothing to end.
            (_, Argument::Number(_)) => Ok(()),
            _ => Err(CborError::Malformed),
        }
    }

    fn map(&mut self, argument: Argument, depth: usize) -> Result<(), CborError> {
        let mut keys = BTreeSet::new();
        let mut left = match argument {
            Argument::Number(count) => Some(count),
            Argument::Indefinite => None,
        };
        loop {
            match &mut left {
                Some(0) => return Ok(()),
                Some(left) => *left -= 1,
                None if self.at_break()? => return Ok(()),
                None => {}
            }
            if !keys.insert(self.key()?) {
                return Err(CborError::DuplicateKey);
            }
            self.item(depth + 1)?;
        }
    }

    fn key(&mut self) -> Result<Key<'a>, CborError> {
        match self.head()? {
            Head { major: UNSIGNED, argument: Argument::Number(value) } => Ok(Key::Unsigned(value)),
            Head { major: NEGATIVE, argument: Argument::Number(value) } => Ok(Key::Negative(value)),
            Head { major: TEXT, argument: Argument::Number(length) } => {
                self.string(TEXT, length).map(Key::Text)
            }
            _ => Err(CborError::KeyType),
        }
    }

    fn string(&mut self, major: u8, length: u64) -> Result<&'a [u8], CborError> {
        let length = usize::try_from(length).map_err(|_| CborError::End)?;
        let bytes = self.take(length)?;
        if major == TEXT && std::str::from_utf8(bytes).is_err() {
            return Err(CborError::Utf8);
        }
        Ok(bytes)
    }

    /// RFC 8949 §3.2.3: the chunks are definite strings of the same type.
    fn chunks(&mut self, major: u8) -> Result<(), CborError> {
        while !self.at_break()? {
            match self.head()? {
                Head { major: chunk, argument: Argument::Number(length) } if chunk == major => {
                    self.string(major, length)?;
                }
                _ => return Err(CborError::Malformed),
            }
        }
        Ok(())
    }

    fn at_break(&mut self) -> Result<bool, CborError> {
        let found = *self.rest.first().ok_or(CborError::End)? == BREAK;
        if found {
            self.take(1)?;
        }
        Ok(found)
    }

    fn head(&mut self) -> Result<Head, CborError> {
        self.items += 1;
        if self.items > self.limits.items_max {
            return Err(CborError::TooManyItems);
        }
        let (first, rest) = self.rest.split_first().ok_or(CborError::End)?;
        self.rest = rest;
        let (major, short) = (first >> 5, first & 0x1f);
        let argument = match short {
            0..24 => Argument::Number(u64::from(short)),
            24 => Argument::Number(self.number(1)?),
            25 => Argument::Number(self.number(2)?),
            26 => Argument::Number(self.number(4)?),
            27 => Argument::Number(self.number(8)?),
            31 if (BYTES..=MAP).contains(&major) => match self.limits.lengths {
                Lengths::Any => Argument::Indefinite,
                Lengths::Definite => return Err(CborError::Indefinite),
            },
            _ => return Err(CborError::Malformed),
        };
        // RFC 8949 §3.3: a simple value below 32 has no two-byte form.
        if let (7, 24, Argument::Number(0..32)) = (major, short, &argument) {
            return Err(CborError::Malformed);
        }
        Ok(Head { major, argument })
    }

    fn number(&mut self, length: usize) -> Result<u64, CborError> {
        Ok(self.take(length)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], CborError> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(CborError::End)?;
        self.rest = rest;
        Ok(bytes)
    }
}
