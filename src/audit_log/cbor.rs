//! The log's own CBOR: a writer that knows one encoding, a reader that takes no other.
//!
//! Shape: integers, byte strings, text, booleans, arrays, and maps with integer keys.
//! Limits and errors: every length is checked against what is left of the input before anything
//! is copied; nesting at most `DEPTH_MAX`; never panics.
//! Source: RFC 8949 (2020-12) §4.2.1, core deterministic encoding requirements.
//! Not here: floats, tags, null, indefinite lengths, text keys: the log has no use for them, and
//! each would be a second way to write the same entry. Not ciborium: it takes longer heads than
//! needed, duplicate keys and trailing bytes.

use std::fmt;

/// An entry nests three deep; the rest is for kinds of entry that do not exist yet.
pub const DEPTH_MAX: usize = 8;

/// Why bytes are not what our writer would have written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CborError {
    /// The input ends inside an item.
    End,
    /// Bytes follow the last item.
    Trailing,
    /// A head longer than it needs to be, or an indefinite length.
    NotShortest,
    /// Another type than the field's, or one that the log does not use.
    Type,
    /// A text that is no UTF-8.
    Utf8,
    /// A length or number beyond the field's limit.
    Limit,
    /// A map's keys are not in ascending order, or one is there twice.
    KeyOrder,
    /// A field is missing, or there is one that this version does not know.
    Field,
    /// Nested deeper than `DEPTH_MAX`.
    Depth,
}

impl CborError {
    pub fn code(self) -> &'static str {
        match self {
            Self::End => "LOG-CBOR-END",
            Self::Trailing => "LOG-CBOR-TRAILING",
            Self::NotShortest => "LOG-CBOR-SHORTEST",
            Self::Type => "LOG-CBOR-TYPE",
            Self::Utf8 => "LOG-CBOR-UTF8",
            Self::Limit => "LOG-CBOR-LIMIT",
            Self::KeyOrder => "LOG-CBOR-ORDER",
            Self::Field => "LOG-CBOR-FIELD",
            Self::Depth => "LOG-CBOR-DEPTH",
        }
    }
}

impl fmt::Display for CborError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const SIMPLE: u8 = 7;
const FALSE: u64 = 20;
const TRUE: u64 = 21;

/// Writes items one after another.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    pub fn uint(&mut self, value: u64) -> &mut Self {
        self.head(UNSIGNED, value)
    }

    pub fn int(&mut self, value: i64) -> &mut Self {
        // −1 − value is the bitwise complement, which no i64 overflows.
        match u64::try_from(value) {
            Ok(value) => self.head(UNSIGNED, value),
            Err(_) => self.head(NEGATIVE, (!value).unsigned_abs()),
        }
    }

    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.head(BYTES, value.len() as u64);
        self.raw(value)
    }

    pub fn text(&mut self, value: &str) -> &mut Self {
        self.head(TEXT, value.len() as u64);
        self.raw(value.as_bytes())
    }

    pub fn flag(&mut self, value: bool) -> &mut Self {
        self.head(SIMPLE, if value { TRUE } else { FALSE })
    }

    pub fn array(&mut self, items: usize) -> &mut Self {
        self.head(ARRAY, items as u64)
    }

    pub fn map(&mut self, map: MapWriter) -> &mut Self {
        self.head(MAP, map.count);
        self.raw(&map.fields.out)
    }

    /// Bytes that are an item of this encoding already.
    pub fn raw(&mut self, item: &[u8]) -> &mut Self {
        self.out.extend_from_slice(item);
        self
    }

    fn head(&mut self, major: u8, value: u64) -> &mut Self {
        let major = major << 5;
        let [a, b, c, d, e, f, g, h] = value.to_be_bytes();
        match value {
            0..24 => self.out.push(major | h),
            24..0x100 => self.out.extend_from_slice(&[major | 24, h]),
            0x100..0x1_0000 => self.out.extend_from_slice(&[major | 25, g, h]),
            0x1_0000..0x1_0000_0000 => self.out.extend_from_slice(&[major | 26, e, f, g, h]),
            _ => self.out.extend_from_slice(&[major | 27, a, b, c, d, e, f, g, h]),
        }
        self
    }
}

/// Collects the fields of one map; keys must be given in ascending order.
#[derive(Debug, Default)]
pub struct MapWriter {
    count: u64,
    last: Option<u64>,
    fields: Writer,
}

impl MapWriter {
    /// The value is to be written into what this returns.
    pub fn key(&mut self, key: u64) -> &mut Writer {
        debug_assert!(self.last < Some(key), "keys are written in ascending order");
        self.last = Some(key);
        self.count += 1;
        self.fields.uint(key)
    }
}

/// Reads items one after another; whatever our writer would not have written is an error.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub fn end(&self) -> Result<(), CborError> {
        if self.rest.is_empty() { Ok(()) } else { Err(CborError::Trailing) }
    }

    pub fn uint(&mut self) -> Result<u64, CborError> {
        self.expect(UNSIGNED)
    }

    pub fn int(&mut self) -> Result<i64, CborError> {
        let (major, value) = self.head()?;
        let value = i64::try_from(value).map_err(|_| CborError::Limit)?;
        match major {
            UNSIGNED => Ok(value),
            NEGATIVE => Ok(!value),
            _ => Err(CborError::Type),
        }
    }

    pub fn bytes(&mut self, bytes_max: usize) -> Result<&'a [u8], CborError> {
        let length = self.expect(BYTES)?;
        self.take(length, bytes_max)
    }

    pub fn fixed_bytes<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        self.bytes(N)?.try_into().map_err(|_| CborError::Limit)
    }

    pub fn text(&mut self, bytes_max: usize) -> Result<&'a str, CborError> {
        let length = self.expect(TEXT)?;
        std::str::from_utf8(self.take(length, bytes_max)?).map_err(|_| CborError::Utf8)
    }

    pub fn flag(&mut self) -> Result<bool, CborError> {
        match self.expect(SIMPLE)? {
            FALSE => Ok(false),
            TRUE => Ok(true),
            _ => Err(CborError::Type),
        }
    }

    pub fn array(&mut self, items_max: usize) -> Result<usize, CborError> {
        let items = self.expect(ARRAY)?;
        usize::try_from(items).ok().filter(|items| *items <= items_max).ok_or(CborError::Limit)
    }

    pub fn map(&mut self) -> Result<MapReader, CborError> {
        Ok(MapReader { left: self.expect(MAP)?, last: None })
    }

    /// Passes over one item of whatever type, checking its encoding; its bytes.
    pub fn item(&mut self) -> Result<&'a [u8], CborError> {
        let whole = self.rest;
        self.pass(0)?;
        Ok(&whole[..whole.len() - self.rest.len()])
    }

    fn pass(&mut self, depth: usize) -> Result<(), CborError> {
        if depth > DEPTH_MAX {
            return Err(CborError::Depth);
        }
        let (major, value) = self.head()?;
        match major {
            UNSIGNED | NEGATIVE => Ok(()),
            BYTES => self.take(value, usize::MAX).map(|_| ()),
            TEXT => std::str::from_utf8(self.take(value, usize::MAX)?)
                .map(|_| ())
                .map_err(|_| CborError::Utf8),
            // Each item takes a byte at least, so a lying count ends with the input.
            ARRAY => (0..value).try_for_each(|_| self.pass(depth + 1)),
            MAP => {
                let mut map = MapReader { left: value, last: None };
                while map.next_key(self)?.is_some() {
                    self.pass(depth + 1)?;
                }
                Ok(())
            }
            SIMPLE if value == FALSE || value == TRUE => Ok(()),
            _ => Err(CborError::Type),
        }
    }

    fn expect(&mut self, wanted: u8) -> Result<u64, CborError> {
        let (major, value) = self.head()?;
        if major == wanted { Ok(value) } else { Err(CborError::Type) }
    }

    fn head(&mut self) -> Result<(u8, u64), CborError> {
        let (first, rest) = self.rest.split_first().ok_or(CborError::End)?;
        self.rest = rest;
        let (major, short) = (first >> 5, first & 0x1f);
        let (value, least) = match short {
            0..24 => return Ok((major, u64::from(short))),
            24 => (self.number::<1>()?, 24),
            25 => (self.number::<2>()?, 0x100),
            26 => (self.number::<4>()?, 0x1_0000),
            27 => (self.number::<8>()?, 0x1_0000_0000),
            _ => return Err(CborError::NotShortest),
        };
        // RFC 8949 §3.3: a simple value below 32 has no two-byte form; a float is no shorter head.
        if major == SIMPLE {
            return Err(CborError::Type);
        }
        if value < least { Err(CborError::NotShortest) } else { Ok((major, value)) }
    }

    fn number<const N: usize>(&mut self) -> Result<u64, CborError> {
        let (bytes, rest) = self.rest.split_first_chunk::<N>().ok_or(CborError::End)?;
        self.rest = rest;
        Ok(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn take(&mut self, length: u64, bytes_max: usize) -> Result<&'a [u8], CborError> {
        let length = usize::try_from(length).map_err(|_| CborError::Limit)?;
        if length > bytes_max {
            return Err(CborError::Limit);
        }
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(CborError::End)?;
        self.rest = rest;
        Ok(bytes)
    }
}

/// Reads one map's keys, which must ascend, so none can be there twice.
#[derive(Debug)]
pub struct MapReader {
    left: u64,
    last: Option<u64>,
}

impl MapReader {
    /// The next key; its value is then the reader's next item.
    pub fn next_key(&mut self, reader: &mut Reader<'_>) -> Result<Option<u64>, CborError> {
        if self.left == 0 {
            return Ok(None);
        }
        let key = reader.uint()?;
        if self.last >= Some(key) {
            return Err(CborError::KeyOrder);
        }
        self.left -= 1;
        self.last = Some(key);
        Ok(Some(key))
    }

    /// Whether the next key is this one; then its value is the reader's next item.
    pub fn has(&mut self, reader: &mut Reader<'_>, key: u64) -> Result<bool, CborError> {
        let mut ahead = reader.clone();
        let mut map = Self { left: self.left, last: self.last };
        if map.next_key(&mut ahead)? != Some(key) {
            return Ok(false);
        }
        *self = map;
        *reader = ahead;
        Ok(true)
    }

    pub fn need(&mut self, reader: &mut Reader<'_>, key: u64) -> Result<(), CborError> {
        if self.has(reader, key)? { Ok(()) } else { Err(CborError::Field) }
    }

    /// No field is left that nobody asked for.
    pub fn end(&mut self, reader: &mut Reader<'_>) -> Result<(), CborError> {
        match self.next_key(reader)? {
            None => Ok(()),
            Some(_) => Err(CborError::Field),
        }
    }
}
