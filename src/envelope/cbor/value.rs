//! A CBOR item as a value, and its bytes.
//!
//! Source: RFC 8949 (2020-12) §3; heads are written in their shortest form (§4.2.1), maps in the
//! order that they are given in.
//! Not here: a crate for it. ciborium and coset weigh a tenth of what the first scan may fetch;
//! tests/it/cbor_peers.rs holds ours to them.

/// Any integer of CBOR: from −2⁶⁴ to 2⁶⁴ − 1.
pub type Integer = i128;

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Integer(Integer),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Self>),
    Map(Vec<(Self, Self)>),
    Tag(u64, Box<Self>),
    Bool(bool),
    /// `null` and `undefined`.
    Null,
    Float(f64),
}

pub(super) mod major {
    pub const UNSIGNED: u8 = 0;
    pub const NEGATIVE: u8 = 1;
    pub const BYTES: u8 = 2;
    pub const TEXT: u8 = 3;
    pub const ARRAY: u8 = 4;
    pub const MAP: u8 = 5;
    pub const TAG: u8 = 6;
    pub const SIMPLE: u8 = 7;
}

pub(super) const FALSE: u8 = 0xf4;
pub(super) const TRUE: u8 = 0xf5;
pub(super) const NULL: u8 = 0xf6;
pub(super) const FLOAT: u8 = 0xfb;

pub fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Integer(integer) => {
            // RFC 8949 §3.1: −1 − n stands for a negative integer, which is its bits turned over.
            let (major, argument) = if *integer < 0 {
                (major::NEGATIVE, !*integer)
            } else {
                (major::UNSIGNED, *integer)
            };
            write_head(major, u64::try_from(argument).unwrap_or(u64::MAX), out);
        }
        Value::Bytes(bytes) => write_string(major::BYTES, bytes, out),
        Value::Text(text) => write_string(major::TEXT, text.as_bytes(), out),
        Value::Array(items) => {
            write_head(major::ARRAY, length(items.len()), out);
            items.iter().for_each(|item| write(item, out));
        }
        Value::Map(entries) => {
            write_head(major::MAP, length(entries.len()), out);
            for (key, value) in entries {
                write(key, out);
                write(value, out);
            }
        }
        Value::Tag(tag, inner) => {
            write_head(major::TAG, *tag, out);
            write(inner, out);
        }
        Value::Bool(value) => out.push(if *value { TRUE } else { FALSE }),
        Value::Null => out.push(NULL),
        Value::Float(float) => {
            out.push(FLOAT);
            out.extend(float.to_be_bytes());
        }
    }
}

fn write_string(major: u8, bytes: &[u8], out: &mut Vec<u8>) {
    write_head(major, length(bytes.len()), out);
    out.extend(bytes);
}

fn write_head(major: u8, argument: u64, out: &mut Vec<u8>) {
    let [_, _, _, _, e, f, g, h] = argument.to_be_bytes();
    let first = major << 5;
    match argument {
        0..24 => out.push(first | h),
        24..0x100 => out.extend([first | 24, h]),
        0x100..0x1_0000 => out.extend([first | 25, g, h]),
        0x1_0000..0x1_0000_0000 => out.extend([first | 26, e, f, g, h]),
        _ => {
            out.push(first | 27);
            out.extend(argument.to_be_bytes());
        }
    }
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl Value {
    pub fn as_integer(&self) -> Option<Integer> {
        if let Self::Integer(integer) = self { Some(*integer) } else { None }
    }

    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    pub fn as_bytes(&self) -> Option<&Vec<u8>> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub fn as_array(&self) -> Option<&Vec<Self>> {
        if let Self::Array(items) = self { Some(items) } else { None }
    }

    pub fn as_map(&self) -> Option<&Vec<(Self, Self)>> {
        if let Self::Map(entries) = self { Some(entries) } else { None }
    }

    /// What stands under this tag; itself where it has none, or another.
    pub fn without_tag(&self, tag: u64) -> &Self {
        match self {
            Self::Tag(own, inner) if *own == tag => inner,
            value => value,
        }
    }

    pub fn into_bytes(self) -> Result<Vec<u8>, Self> {
        if let Self::Bytes(bytes) = self { Ok(bytes) } else { Err(self) }
    }

    pub fn into_array(self) -> Result<Vec<Self>, Self> {
        if let Self::Array(items) = self { Ok(items) } else { Err(self) }
    }

    pub fn into_map(self) -> Result<Vec<(Self, Self)>, Self> {
        if let Self::Map(entries) = self { Ok(entries) } else { Err(self) }
    }
}

macro_rules! from_integers {
    ($($integer:ty)*) => {
        $(impl From<$integer> for Value {
            fn from(integer: $integer) -> Self {
                Self::Integer(integer.into())
            }
        })*
    };
}

from_integers!(i32 i64 u8 u16 u32 u64);

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(float: f64) -> Self {
        Self::Float(float)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
