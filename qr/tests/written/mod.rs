//! An encoder for tests: segments and headers as asked for, at any version, level and mask.
//!
//! Shape: `Stream` (bits, §7.4) → `code(version, level, mask)` → modules → `Picture`. Error correction codewords and
//! placement come from crate `qrcode`, so that reader and writer share nothing.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::cast_possible_truncation, reason = "pixel arithmetic within small pictures")]

use gerbang_qr::{LumaFrame, Mode, Segment, StructuredAppend};
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::{Color, EcLevel, Version};

pub const LEVELS: [EcLevel; 4] = [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H];
/// By their number.
pub const MASKS: [MaskPattern; 8] = [
    MaskPattern::Checkerboard,
    MaskPattern::HorizontalLines,
    MaskPattern::VerticalLines,
    MaskPattern::DiagonalLines,
    MaskPattern::LargeCheckerboard,
    MaskPattern::Fields,
    MaskPattern::Diamonds,
    MaskPattern::Meadow,
];
const LETTERS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const QUIET_MODULES: usize = 4;
/// §7.4.10.
pub const PADS: [u8; 2] = [0xec, 0x11];

/// Bits for a symbol of one version.
#[derive(Clone)]
pub struct Stream {
    version: i16,
    bits: Vec<bool>,
}

impl Stream {
    pub fn new(version: i16) -> Self {
        Self { version, bits: Vec::new() }
    }

    /// The lowest `width` bits, the highest first.
    pub fn push(mut self, value: usize, width: usize) -> Self {
        self.bits.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
        self
    }

    pub fn append(self, header: StructuredAppend) -> Self {
        let StructuredAppend { index, total, parity } = header;
        self.push(3, 4).push(index.into(), 4).push(usize::from(total) - 1, 4).push(parity.into(), 8)
    }

    pub fn eci(self, assignment: u32) -> Self {
        let value = usize::try_from(assignment).expect("small");
        match assignment {
            0..0x80 => self.push(7, 4).push(value, 8),
            0x80..0x4000 => self.push(7, 4).push(0b10 << 14 | value, 16),
            _ => self.push(7, 4).push(0b110 << 21 | value, 24),
        }
    }

    /// A segment of bytes as the mode has them: two a character for Kanji (Shift-JIS) and Hanzi (GB 2312).
    pub fn segment(self, mode: Mode, bytes: &[u8]) -> Self {
        let class = match self.version {
            ..=9 => 0,
            10..=26 => 1,
            _ => 2,
        };
        match mode {
            Mode::Numeric => {
                let counted = self.push(1, 4).push(bytes.len(), [10, 12, 14][class]);
                bytes.chunks(3).fold(counted, |stream, digits| {
                    let value = digits.iter().fold(0, |v, d| 10 * v + usize::from(d - b'0'));
                    stream.push(value, [4, 7, 10][digits.len() - 1])
                })
            }
            Mode::Alphanumeric => {
                let place = |letter| LETTERS.iter().position(|l| *l == letter).expect("a letter");
                let counted = self.push(2, 4).push(bytes.len(), [9, 11, 13][class]);
                bytes.chunks(2).fold(counted, |stream, pair| match *pair {
                    [a, b] => stream.push(45 * place(a) + place(b), 11),
                    [a] => stream.push(place(a), 6),
                    _ => stream,
                })
            }
            Mode::Byte => {
                let counted = self.push(4, 4).push(bytes.len(), [8, 16, 16][class]);
                bytes.iter().fold(counted, |stream, byte| stream.push((*byte).into(), 8))
            }
            Mode::Kanji => {
                let counted = self.push(8, 4).push(bytes.len() / 2, [8, 10, 12][class]);
                counted.pairs(bytes, 0xc0, |c| c - if c < 0xe040 { 0x8140 } else { 0xc140 })
            }
            Mode::Hanzi => {
                let counted = self.push(13, 4).push(1, 4).push(bytes.len() / 2, [8, 10, 12][class]);
                counted.pairs(bytes, 0x60, |c| c - if c < 0xb0a1 { 0xa1a1 } else { 0xa6a1 })
            }
        }
    }

    fn pairs(self, bytes: &[u8], base: usize, offset: fn(usize) -> usize) -> Self {
        bytes.as_chunks::<2>().0.iter().fold(self, |stream, [lead, trail]| {
            let value = offset(usize::from(*lead) << 8 | usize::from(*trail));
            stream.push((value >> 8) * base + (value & 0xff), 13)
        })
    }

    /// All segments of a reading again, with their interpretations.
    pub fn segments(mut self, bytes: &[u8], segments: &[Segment]) -> Self {
        let (mut start, mut eci) = (0, None);
        for segment in segments {
            if let Some(assignment) = segment.eci.filter(|_| segment.eci != eci) {
                self = self.eci(assignment);
            }
            eci = segment.eci;
            self = self.segment(segment.mode, &bytes[start..segment.bytes_end]);
            start = segment.bytes_end;
        }
        self
    }

    /// How many the content and its terminator fill, where there is room for both.
    pub fn codewords(&self) -> usize {
        (self.bits.len() + 4).div_ceil(8)
    }

    /// Terminator, zeros to the byte, padding codewords (§7.4.9, §7.4.10); then placed and masked.
    pub fn code(self, level: EcLevel, mask: MaskPattern) -> Code {
        self.padded(|at| PADS[at % 2], level, mask)
    }

    /// Padding codewords by their number behind the content.
    pub fn padded(mut self, pad: impl Fn(usize) -> u8, level: EcLevel, mask: MaskPattern) -> Code {
        let version = Version::Normal(self.version);
        let room = qrcode::bits::Bits::new(version).max_len(level).expect("known");
        assert!(self.bits.len() <= room, "does not fit");
        let end = (self.bits.len() + 4).min(room);
        self.bits.resize(end, false);
        self.bits.resize(end.next_multiple_of(8), false);
        let whole = |bits: &[bool]| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
        let mut data: Vec<u8> = self.bits.chunks(8).map(whole).collect();
        data.extend((0..room / 8 - data.len()).map(pad));
        let (data, check) =
            qrcode::ec::construct_codewords(&data, version, level).expect("as long as it must be");
        let mut canvas = Canvas::new(version, level);
        canvas.draw_all_functional_patterns();
        canvas.draw_data(&data, &check);
        canvas.apply_mask(mask);
        let dark = canvas.into_colors().into_iter().map(|color| color == Color::Dark).collect();
        Code { dark, side: usize::try_from(version.width()).expect("positive") }
    }
}

/// Modules, true where dark.
#[derive(Clone)]
pub struct Code {
    pub dark: Vec<bool>,
    pub side: usize,
}

pub struct Picture {
    pub luma: Vec<u8>,
    pub width: usize,
    pub height: usize,
}

impl Picture {
    pub fn frame(&self) -> LumaFrame<'_> {
        LumaFrame::new(&self.luma, self.width, self.height, self.width).expect("a frame")
    }

    /// Both, with nothing between but their margins.
    pub fn beside(&self, other: &Self) -> Self {
        let (width, height) = (self.width + other.width, self.height.max(other.height));
        let mut luma = vec![220; width * height];
        for (picture, left) in [(self, 0), (other, self.width)] {
            for (y, row) in picture.luma.chunks(picture.width).enumerate() {
                luma[y * width + left..][..row.len()].copy_from_slice(row);
            }
        }
        Self { luma, width, height }
    }
}

impl Code {
    /// Columns become rows.
    pub fn mirrored(&self) -> Self {
        let side = self.side;
        let dark = (0..side * side).map(|at| self.dark[at % side * side + at / side]).collect();
        Self { dark, side }
    }

    /// Drawn straight, sharp, with its margin.
    pub fn picture(&self, module_px: usize) -> Picture {
        self.turned(module_px as f32, 0.0, [30, 220])
    }

    /// Drawn turned about its middle; `colours` of dark and light modules, the margin light.
    pub fn turned(&self, module_px: f32, angle_rad: f32, colours: [u8; 2]) -> Picture {
        let (sin, cos) = angle_rad.sin_cos();
        let modules = (self.side + 2 * QUIET_MODULES) as f32;
        let side = (modules * module_px * (sin.abs() + cos.abs())).round() as usize;
        let module = |along: f32| {
            let at = (along / module_px + self.side as f32 / 2.0).floor();
            (0.0..self.side as f32).contains(&at).then_some(at as usize)
        };
        let middle = side as f32 / 2.0;
        let luma = (0..side * side).map(|at| {
            let (x, y) = ((at % side) as f32 + 0.5 - middle, (at / side) as f32 + 0.5 - middle);
            let place = module(x * cos + y * sin).zip(module(y * cos - x * sin));
            let dark = place.is_some_and(|(x, y)| self.dark[y * self.side + x]);
            colours[usize::from(!dark)]
        });
        Picture { luma: luma.collect(), width: side, height: side }
    }
}
