//! Pages as PDF: shapes, standard fonts, compressed contents, and nothing else.
//!
//! Shape: catalog, page tree, two fonts, then a page and its contents each.
//! Source: ISO 32000-1:2008 §7.5 (file), §8.5 (paths), §9.4 (text); zlib is RFC 1950.

use super::font::{MM_PER_PT, latin};
use super::{A4_HEIGHT_MM, A4_WIDTH_MM, Anchor, Area, Ink, Mark, Page, Weight};
use miniz_oxide::deflate::compress_to_vec_zlib;
use std::fmt::Write;

const ZLIB_LEVEL: u8 = 6;
/// Catalog, page tree, two fonts.
const OBJECTS_BEFORE_PAGES: usize = 4;

/// One file with all pages. No date and no name in it: the same pages give the same bytes.
pub fn pdf(pages: &[Page]) -> Vec<u8> {
    let mut file = File { bytes: b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec(), offsets: Vec::new() };
    let page_object = |at: usize| OBJECTS_BEFORE_PAGES + 1 + 2 * at;
    let kids: Vec<_> = (0..pages.len()).map(|at| format!("{} 0 R", page_object(at))).collect();
    file.object(b"<</Type/Catalog/Pages 2 0 R>>");
    let tree = format!("<</Type/Pages/Count {}/Kids[{}]>>", pages.len(), kids.join(" "));
    file.object(tree.as_bytes());
    for font in ["Helvetica", "Helvetica-Bold"] {
        let font = format!("<</Type/Font/Subtype/Type1/BaseFont/{font}/Encoding/WinAnsiEncoding>>");
        file.object(font.as_bytes());
    }
    for (at, page) in pages.iter().enumerate() {
        let head = format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 {:.3} {:.3}]\
             /Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>/Contents {} 0 R>>",
            A4_WIDTH_MM / MM_PER_PT,
            A4_HEIGHT_MM / MM_PER_PT,
            page_object(at) + 1
        );
        file.object(head.as_bytes());
        let packed = compress_to_vec_zlib(contents(page).as_bytes(), ZLIB_LEVEL);
        let head = format!("<</Length {}/Filter/FlateDecode>>\nstream\n", packed.len());
        file.object(&[head.as_bytes(), &packed, b"\nendstream"].concat());
    }
    file.finish()
}

struct File {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl File {
    fn object(&mut self, content: &[u8]) {
        self.offsets.push(self.bytes.len());
        let head = format!("{} 0 obj\n", self.offsets.len());
        self.bytes.extend_from_slice(&[head.as_bytes(), content, b"\nendobj\n"].concat());
    }

    fn finish(mut self) -> Vec<u8> {
        let start = self.bytes.len();
        let count = self.offsets.len() + 1;
        let mut table = format!("xref\n0 {count}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            writeln!(table, "{offset:010} 00000 n ").expect("writing to a String cannot fail");
        }
        let tail = format!("trailer\n<</Size {count}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
        self.bytes.extend_from_slice(table.as_bytes());
        self.bytes.extend_from_slice(tail.as_bytes());
        self.bytes
    }
}

/// Millimetres from the top left, by one transformation to points from the bottom left.
fn contents(page: &Page) -> String {
    let unit = 1.0 / MM_PER_PT;
    let mut out = format!("{unit:.6} 0 0 -{unit:.6} 0 {:.3} cm\n", A4_HEIGHT_MM * unit);
    for mark in &page.marks {
        push_mark(&mut out, mark).expect("writing to a String cannot fail");
    }
    out
}

fn push_mark(out: &mut String, mark: &Mark) -> std::fmt::Result {
    match mark {
        Mark::Filled(area, ink) => writeln!(out, "{} rg {} re f", colour(*ink), sides(area)),
        Mark::Framed { area, line_mm, ink, dashed } => {
            let dash = if *dashed { "[1.5 1] 0 d" } else { "[] 0 d" };
            writeln!(out, "{} RG {line_mm} w {dash} {} re S", colour(*ink), sides(area))
        }
        Mark::Shape(corners, ink) => {
            write!(out, "{} rg ", colour(*ink))?;
            for (at, (x, y)) in corners.iter().enumerate() {
                write!(out, "{x:.3} {y:.3} {} ", if at == 0 { "m" } else { "l" })?;
            }
            out.write_str("h f\n")
        }
        Mark::Text { x_mm, base_mm, anchor, font, ink, text } => {
            let name = if font.weight == Weight::Bold { "F2" } else { "F1" };
            let back_mm = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => font.width_mm(text) / 2.0,
                Anchor::End => font.width_mm(text),
            };
            // The page's transformation stands on its head, and so would the letters.
            writeln!(
                out,
                "BT {} rg /{name} {:.3} Tf 1 0 0 -1 {:.3} {base_mm:.3} Tm <{}> Tj ET",
                colour(*ink),
                font.size_pt * MM_PER_PT,
                x_mm - back_mm,
                hex(text)
            )
        }
        Mark::Code { area, code } => {
            let module_mm = area.width_mm / code.side_modules();
            let Area { x_mm, y_mm, .. } = area;
            writeln!(out, "q {module_mm:.6} 0 0 {module_mm:.6} {x_mm:.3} {y_mm:.3} cm 0 0 0 rg")?;
            for (x, y, length) in code.runs() {
                writeln!(out, "{x} {y} {length} 1 re")?;
            }
            out.write_str("f Q\n")
        }
    }
}

fn hex(text: &str) -> String {
    let bytes = text.chars().map(|letter| latin(letter).unwrap_or(b'?'));
    bytes.fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn sides(area: &Area) -> String {
    let Area { x_mm, y_mm, width_mm, height_mm } = area;
    format!("{x_mm:.3} {y_mm:.3} {width_mm:.3} {height_mm:.3}")
}

fn colour(Ink(red, green, blue): Ink) -> String {
    let part = |part: u8| f64::from(part) / 255.0;
    format!("{:.3} {:.3} {:.3}", part(red), part(green), part(blue))
}
