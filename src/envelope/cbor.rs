//! Foreign bytes to one well-formed, small CBOR item.
//!
//! Shape: bytes → `decode` (one pass) → `Value` → `encode` → bytes.
//! Limits and errors: `Limits`; every length is compared with what is left before anything is
//! allocated; map keys are integers or texts, and none is there twice; nothing follows the item.
//! Never panics.
//! Source: RFC 8949 (2020-12) §3, §5.3.1, Appendix C; duplicate keys: §5.6.
//! Not here: the log's own encoding (`audit_log::cbor`), which allows one form only. Certificates
//! of others are not deterministic, and the signature covers their bytes as they are.

mod value;

use std::collections::BTreeSet;
use value::{FALSE, NULL, TRUE, major};
pub use value::{Integer, Value, encode};

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

pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Value, CborError> {
    if bytes.len() > limits.bytes_max {
        return Err(CborError::TooLong);
    }
    let mut walk = Walk { rest: bytes, limits, items: 0 };
    let value = walk.item(0)?;
    if walk.rest.is_empty() { Ok(value) } else { Err(CborError::Trailing) }
}

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
    Integer(Integer),
    Text(&'a str),
}

struct Walk<'a> {
    rest: &'a [u8],
    limits: &'a Limits,
    items: usize,
}

impl<'a> Walk<'a> {
    fn item(&mut self, depth: usize) -> Result<Value, CborError> {
        if depth > self.limits.depth_max {
            return Err(CborError::TooDeep);
        }
        let first = self.rest.first().copied();
        let Head { major, argument } = self.head()?;
        Ok(match (major, argument) {
            (major::UNSIGNED, Argument::Number(number)) => Value::Integer(number.into()),
            // RFC 8949 §3.1: −1 − n.
            (major::NEGATIVE, Argument::Number(number)) => Value::Integer(!Integer::from(number)),
            (major::BYTES, argument) => Value::Bytes(self.bytes(major, argument)?),
            (major::TEXT, argument) => {
                let text = String::from_utf8(self.bytes(major, argument)?);
                Value::Text(text.map_err(|_| CborError::Utf8)?)
            }
            (major::ARRAY, argument) => Value::Array(self.array(argument, depth)?),
            (major::MAP, argument) => Value::Map(self.map(argument, depth)?),
            (major::TAG, Argument::Number(tag)) => Value::Tag(tag, self.item(depth + 1)?.into()),
            (_, Argument::Number(bits)) => simple(first.unwrap_or_default(), bits)?,
            // A break here has nothing to end.
            (_, Argument::Indefinite) => return Err(CborError::Malformed),
        })
    }

    fn array(&mut self, argument: Argument, depth: usize) -> Result<Vec<Value>, CborError> {
        let mut items = Vec::new();
        // Each item takes a byte at least, so a lying count ends with the input.
        let mut left = argument;
        while self.goes_on(&mut left)? {
            items.push(self.item(depth + 1)?);
        }
        Ok(items)
    }

    fn map(&mut self, argument: Argument, depth: usize) -> Result<Vec<(Value, Value)>, CborError> {
        let mut keys = BTreeSet::new();
        let mut entries = Vec::new();
        let mut left = argument;
        while self.goes_on(&mut left)? {
            let key = self.key()?;
            let value = match &key {
                Key::Integer(integer) => Value::Integer(*integer),
                Key::Text(text) => Value::from(*text),
            };
            if !keys.insert(key) {
                return Err(CborError::DuplicateKey);
            }
            entries.push((value, self.item(depth + 1)?));
        }
        Ok(entries)
    }

    fn key(&mut self) -> Result<Key<'a>, CborError> {
        match self.head()? {
            Head { major: major::UNSIGNED, argument: Argument::Number(number) } => {
                Ok(Key::Integer(number.into()))
            }
            Head { major: major::NEGATIVE, argument: Argument::Number(number) } => {
                Ok(Key::Integer(!Integer::from(number)))
            }
            Head { major: major::TEXT, argument: Argument::Number(length) } => {
                let text = std::str::from_utf8(self.string(major::TEXT, length)?);
                text.map(Key::Text).map_err(|_| CborError::Utf8)
            }
            _ => Err(CborError::KeyType),
        }
    }

    /// Whether another member follows, of as many as were announced or until a break.
    fn goes_on(&mut self, left: &mut Argument) -> Result<bool, CborError> {
        match left {
            Argument::Number(0) => Ok(false),
            Argument::Number(left) => {
                *left -= 1;
                Ok(true)
            }
            Argument::Indefinite => Ok(!self.at_break()?),
        }
    }

    fn bytes(&mut self, major: u8, argument: Argument) -> Result<Vec<u8>, CborError> {
        match argument {
            Argument::Number(length) => Ok(self.string(major, length)?.to_vec()),
            Argument::Indefinite => self.chunks(major),
        }
    }

    fn string(&mut self, major: u8, length: u64) -> Result<&'a [u8], CborError> {
        let length = usize::try_from(length).map_err(|_| CborError::End)?;
        let bytes = self.take(length)?;
        if major == major::TEXT && std::str::from_utf8(bytes).is_err() {
            return Err(CborError::Utf8);
        }
        Ok(bytes)
    }

    /// RFC 8949 §3.2.3: the chunks are definite strings of the same type.
    fn chunks(&mut self, major: u8) -> Result<Vec<u8>, CborError> {
        let mut bytes = Vec::new();
        while !self.at_break()? {
            match self.head()? {
                Head { major: chunk, argument: Argument::Number(length) } if chunk == major => {
                    bytes.extend(self.string(major, length)?);
                }
                _ => return Err(CborError::Malformed),
            }
        }
        Ok(bytes)
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
            31 if (major::BYTES..=major::MAP).contains(&major) => match self.limits.lengths {
                Lengths::Any => Argument::Indefinite,
                Lengths::Definite => return Err(CborError::Indefinite),
            },
            _ => return Err(CborError::Malformed),
        };
        // RFC 8949 §3.3: a simple value below 32 has no two-byte form.
        if let (major::SIMPLE, 24, Argument::Number(0..32)) = (major, short, &argument) {
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

/// Booleans, null and floats; other simple values mean nothing to anybody here.
fn simple(first: u8, bits: u64) -> Result<Value, CborError> {
    const UNDEFINED: u8 = 0xf7;
    match first {
        FALSE => Ok(Value::Bool(false)),
        TRUE => Ok(Value::Bool(true)),
        NULL | UNDEFINED => Ok(Value::Null),
        0xf9 => Ok(Value::Float(half(bits))),
        0xfa => {
            let bits = u32::try_from(bits).map_err(|_| CborError::Malformed)?;
            Ok(Value::Float(f32::from_bits(bits).into()))
        }
        0xfb => Ok(Value::Float(f64::from_bits(bits))),
        _ => Err(CborError::Malformed),
    }
}

/// RFC 8949, Appendix D: a float of two bytes.
fn half(bits: u64) -> f64 {
    let exponent = bits >> 10 & 0x1f;
    let mantissa = bits & 0x3ff;
    let sign = bits >> 15 << 63;
    let magnitude = match exponent {
        // Subnormal: a count of 2⁻²⁴.
        0 => (mantissa as f64) / 16_777_216.0,
        31 if mantissa == 0 => f64::INFINITY,
        31 => f64::NAN,
        // The same exponent under the bias of eight bytes, and the mantissa at its left end.
        _ => f64::from_bits((exponent + 1008) << 52 | mantissa << 42),
    };
    f64::from_bits(magnitude.to_bits() | sign)
}
