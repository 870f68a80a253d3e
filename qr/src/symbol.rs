//! From sampled modules to content.
//!
//! Shape: `Modules` → format → codewords → Reed–Solomon → bit stream → `Symbol`.
//! Limits and errors: any grid of any values gives an answer or a `SymbolError`; never more than version 40.
//! Source: ISO/IEC 18004:2015, §12.

pub mod bit_stream;
mod codewords;
mod information;
mod reed_solomon;
pub mod text;
mod version;

use crate::Ecc;
use bit_stream::{Content, StreamError};
pub use codewords::CodewordReader;
pub use information::{format, nearest_version};
pub(crate) use version::Centres;
pub use version::{SIDE_MODULES_MAX, Version};

/// A square of modules: how dark each is, and by the distance from zero how surely.
#[derive(Debug, Clone, Default)]
pub struct Modules {
    side: usize,
    /// Positive: dark. Row by row.
    darkness: Vec<i8>,
    transposed: bool,
}

/// What a symbol says, vouched for by its error correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    pub content: Content,
    pub version: u8,
    pub ecc: Ecc,
    /// 0 to 7.
    pub mask: u8,
    pub mirrored: bool,
    /// Codewords that error correction changed.
    pub corrected: usize,
}

/// Why modules are no symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SymbolError {
    /// No version has that many modules.
    Side,
    /// Neither copy of the format information is within three bits of a valid one.
    Format,
    /// The version information names another version.
    Version,
    /// More codewords are wrong than can be corrected.
    TooManyErrors,
    /// The corrected data is no sequence of segments.
    Stream(StreamError),
}

impl Modules {
    pub fn from_fn(side: usize, mut is_dark: impl FnMut(usize, usize) -> bool) -> Self {
        let mut modules = Self::default();
        modules.resize(side);
        for y in 0..modules.side {
            for x in 0..modules.side {
                modules.set(x, y, if is_dark(x, y) { 127 } else { -127 });
            }
        }
        modules
    }

    /// Makes it `side` × `side`, at most version 40; keeps its memory.
    pub fn resize(&mut self, side: usize) {
        self.side = side.min(SIDE_MODULES_MAX);
        self.transposed = false;
        self.darkness.clear();
        self.darkness.resize(self.side * self.side, 0);
    }

    pub fn side(&self) -> usize {
        self.side
    }

    pub fn set(&mut self, x: usize, y: usize, darkness: i8) {
        let at = self.index(x, y);
        self.darkness[at] = darkness;
    }

    pub fn darkness(&self, x: usize, y: usize) -> i8 {
        self.darkness[self.index(x, y)]
    }

    /// Row by row as the symbol is meant to be read, true where dark.
    pub fn to_matrix(&self, mirrored: bool) -> Vec<bool> {
        let side = self.side;
        let places = (0..side * side).map(|at| (at % side, at / side));
        places
            .map(|(x, y)| if mirrored { self.is_dark(y, x) } else { self.is_dark(x, y) })
            .collect()
    }

    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        self.darkness(x, y) > 0
    }

    fn index(&self, x: usize, y: usize) -> usize {
        if self.transposed { x * self.side + y } else { y * self.side + x }
    }

    /// Swaps rows and columns: what a mirrored symbol needs.
    pub fn transpose(&mut self) {
        self.transposed = !self.transposed;
    }
}

/// Reads modules as they are and mirrored.
pub fn read(modules: &mut Modules, reader: &mut CodewordReader) -> Result<Symbol, SymbolError> {
    let straight = read_straight(modules, reader);
    if straight.is_ok() || matches!(straight, Err(SymbolError::Side)) {
        return straight;
    }
    modules.transpose();
    let mirrored = read_straight(modules, reader).map(|s| Symbol { mirrored: true, ..s });
    modules.transpose();
    match (straight, mirrored) {
        (Err(a), Err(b)) => Err(a.max(b)),
        (_, mirrored) => mirrored,
    }
}

fn read_straight(modules: &Modules, reader: &mut CodewordReader) -> Result<Symbol, SymbolError> {
    let version = Version::from_side(modules.side()).ok_or(SymbolError::Side)?;
    let format = format(modules).ok_or(SymbolError::Format)?;
    if version.number() >= 7 && information::version(modules).is_some_and(|named| named != version)
    {
        return Err(SymbolError::Version);
    }
    let corrected = reader.read(modules, version, format).ok_or(SymbolError::TooManyErrors)?;
    let content = bit_stream::parse(reader.data(), version).map_err(SymbolError::Stream)?;
    if corrected.erased > 0 && !content.is_padded_by_the_book {
        return Err(SymbolError::TooManyErrors);
    }
    Ok(Symbol {
        content,
        version: version.number(),
        ecc: format.ecc,
        mask: format.mask,
        mirrored: false,
        corrected: corrected.changed,
    })
}
