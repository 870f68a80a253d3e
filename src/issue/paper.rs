//! A sheet of A4 to print: marks in millimetres, as SVG and as PDF.
//!
//! Shape: `Page` of `Mark`s, from the top left corner → `svg` (a page a file), `pdf` (all in one).
//! Limits and errors: text is set in Helvetica, which every printer has and no file need carry; what
//! a PDF's Latin code page lacks is printed as `?` there (`Page::lacks_letters` tells), not in SVG.
//! Source: ISO 32000-1:2008 (PDF 1.4 and what it keeps of it); SVG 1.1.

mod font;
mod pdf;
pub(super) mod svg;

pub use font::{Font, Weight};
pub use pdf::pdf;
pub use svg::svg;

use super::qr::QrCode;

pub const A4_WIDTH_MM: f64 = 210.0;
pub const A4_HEIGHT_MM: f64 = 297.0;

/// One side of A4.
#[derive(Debug, Clone, Default)]
pub struct Page {
    marks: Vec<Mark>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ink(pub u8, pub u8, pub u8);

pub const INK: Ink = Ink(0x14, 0x20, 0x2b);
pub const SOFT_INK: Ink = Ink(0x4a, 0x56, 0x62);
pub const BRICK: Ink = Ink(0x9b, 0x4a, 0x2b);
pub const EDGE: Ink = Ink(0x85, 0x7c, 0x69);
pub const LINE: Ink = Ink(0xcf, 0xc7, 0xb5);
pub const INDIGO: Ink = Ink(0x1f, 0x4a, 0x7e);
pub const WHITE: Ink = Ink(0xff, 0xff, 0xff);
pub const BLACK: Ink = Ink(0, 0, 0);

/// Where `x_mm` of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// A place and a size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub x_mm: f64,
    pub y_mm: f64,
    pub width_mm: f64,
    pub height_mm: f64,
}

#[derive(Debug, Clone)]
enum Mark {
    Filled(Area, Ink),
    Framed {
        area: Area,
        line_mm: f64,
        ink: Ink,
        dashed: bool,
    },
    Shape(Vec<(f64, f64)>, Ink),
    Text {
        x_mm: f64,
        base_mm: f64,
        anchor: Anchor,
        font: Font,
        ink: Ink,
        text: String,
    },
    /// Without its quiet zone, for which the place around it must be left white.
    Code {
        area: Area,
        code: QrCode,
    },
}

impl Page {
    pub fn fill(&mut self, area: Area, ink: Ink) {
        self.marks.push(Mark::Filled(area, ink));
    }

    pub fn frame(&mut self, area: Area, line_mm: f64, ink: Ink) {
        self.marks.push(Mark::Framed { area, line_mm, ink, dashed: false });
    }

    /// Where to cut.
    pub fn frame_dashed(&mut self, area: Area, line_mm: f64, ink: Ink) {
        self.marks.push(Mark::Framed { area, line_mm, ink, dashed: true });
    }

    /// A polygon.
    pub fn shape(&mut self, corners_mm: Vec<(f64, f64)>, ink: Ink) {
        self.marks.push(Mark::Shape(corners_mm, ink));
    }

    /// One line of text on the base line `at_mm`.
    pub fn text(&mut self, at_mm: (f64, f64), anchor: Anchor, font: Font, ink: Ink, text: &str) {
        let ((x_mm, base_mm), text) = (at_mm, text.to_owned());
        self.marks.push(Mark::Text { x_mm, base_mm, anchor, font, ink, text });
    }

    /// A square code whose modules span `side_mm`; keep `QUIET_ZONE_MODULES` around it white.
    pub fn code(&mut self, x_mm: f64, y_mm: f64, side_mm: f64, code: QrCode) {
        let area = Area { x_mm, y_mm, width_mm: side_mm, height_mm: side_mm };
        self.marks.push(Mark::Code { area, code });
    }

    /// The gate's mark, `size_mm` wide and high.
    pub fn gate_mark(&mut self, x_mm: f64, y_mm: f64, size_mm: f64) {
        const LEFT: [(f64, f64); 9] = [
            (17., 4.),
            (13., 4.),
            (13., 9.),
            (9., 9.),
            (9., 16.),
            (5., 16.),
            (5., 24.),
            (2., 24.),
            (2., 36.),
        ];
        let unit_mm = size_mm / 40.0;
        let at = |x: f64, y: f64| (x_mm + x * unit_mm, y_mm + y * unit_mm);
        let half = |place: &dyn Fn(f64) -> f64| {
            LEFT.iter().copied().chain([(17., 36.)]).map(|(x, y)| at(place(x), y)).collect()
        };
        self.shape(half(&|x| x), BRICK);
        self.shape(half(&|x| 40.0 - x), BRICK);
    }

    /// Whether a text has a letter that the PDF prints as `?`.
    pub fn lacks_letters(&self) -> bool {
        self.marks.iter().any(|mark| match mark {
            Mark::Text { text, .. } => text.chars().any(|letter| font::latin(letter).is_none()),
            _ => false,
        })
    }
}
