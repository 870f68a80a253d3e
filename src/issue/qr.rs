//! Content to a QR code: the smallest version that holds it.
//!
//! Shape: bytes → modules, row by row → SVG. Base45 behind `GB1:` goes into alphanumeric mode.
//! Limits and errors: `None` where no version holds it at that level.
//! Source: ISO/IEC 18004:2015; quiet zone: §5.3.8. PNG is the command's business.

use fast_qr::{ECL, QRBuilder};
use std::fmt::Write;

/// Light modules around the code.
pub const QUIET_ZONE_MODULES: usize = 4;

/// How much of a code may be lost: 7, 15, 25, 30 percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    L,
    M,
    Q,
    H,
}

#[derive(Clone, PartialEq, Eq)]
pub struct QrCode {
    /// `true` is dark; a square without the quiet zone.
    rows: Vec<Vec<bool>>,
}

impl std::fmt::Debug for QrCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "QrCode(version {})", self.version())
    }
}

pub fn encode(content: &[u8], level: Level) -> Option<QrCode> {
    let level = match level {
        Level::L => ECL::L,
        Level::M => ECL::M,
        Level::Q => ECL::Q,
        Level::H => ECL::H,
    };
    let code = QRBuilder::new(content).ecl(level).build().ok()?;
    let rows = (0..code.size).map(|y| code[y].iter().map(|module| module.value()).collect());
    Some(QrCode { rows: rows.collect() })
}

impl QrCode {
    /// 1 to 40.
    pub fn version(&self) -> usize {
        (self.rows.len() - 17) / 4
    }

    /// `true` is dark; a square without the quiet zone.
    pub fn rows(&self) -> &[Vec<bool>] {
        &self.rows
    }

    /// One text a row, `1` is dark: what a page needs to draw it.
    pub fn row_texts(&self) -> Vec<String> {
        let digit = |dark: &bool| if *dark { '1' } else { '0' };
        self.rows.iter().map(|row| row.iter().map(digit).collect()).collect()
    }

    /// Modules a side, without the quiet zone.
    pub fn side_modules(&self) -> f64 {
        u32::try_from(self.rows.len()).map_or(0.0, f64::from)
    }

    /// Dark modules side by side: column, row, how many.
    pub fn runs(&self) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
        self.rows.iter().enumerate().flat_map(|(y, row)| {
            let mut x = 0;
            row.chunk_by(|a, b| a == b).filter_map(move |run| {
                let left = x;
                x += run.len();
                run[0].then_some((left, y, run.len()))
            })
        })
    }

    /// One unit a module, quiet zone included; as large as its frame.
    pub fn svg(&self) -> String {
        let side = self.rows.len() + 2 * QUIET_ZONE_MODULES;
        let mut path = String::new();
        for (x, y, width) in self.runs() {
            let (left, top) = (x + QUIET_ZONE_MODULES, y + QUIET_ZONE_MODULES);
            write!(path, "M{left} {top}h{width}v1h-{width}z")
                .expect("writing to a String cannot fail");
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
             shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
             <path d=\"{path}\"/></svg>\n"
        )
    }
}
