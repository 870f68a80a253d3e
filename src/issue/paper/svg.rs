//! A page as SVG: one unit a millimetre.

use super::font::MM_PER_PT;
use super::{A4_HEIGHT_MM, A4_WIDTH_MM, Anchor, Area, Ink, Mark, Page, Weight};
use crate::issue::qr::QrCode;
use std::fmt::Write;

const FAMILY: &str = "Helvetica, Arial, &quot;Liberation Sans&quot;, sans-serif";

/// A file that prints as A4.
pub fn svg(page: &Page) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{A4_WIDTH_MM}mm\" \
         height=\"{A4_HEIGHT_MM}mm\" viewBox=\"0 0 {A4_WIDTH_MM} {A4_HEIGHT_MM}\" \
         font-family=\"{FAMILY}\">\n<path fill=\"#fff\" d=\"M0 0H{A4_WIDTH_MM}V{A4_HEIGHT_MM}H0Z\"/>\n"
    );
    page.marks.iter().for_each(|mark| push_mark(&mut svg, mark));
    svg.push_str("</svg>\n");
    svg
}

fn push_mark(svg: &mut String, mark: &Mark) {
    let written = match mark {
        Mark::Filled(area, ink) => {
            writeln!(svg, "<rect {} fill=\"{}\"/>", sides(area), colour(*ink))
        }
        Mark::Framed { area, line_mm, ink, dashed } => {
            let dash = if *dashed { " stroke-dasharray=\"1.5 1\"" } else { "" };
            writeln!(
                svg,
                "<rect {} fill=\"none\" stroke=\"{}\" stroke-width=\"{line_mm}\"{dash}/>",
                sides(area),
                colour(*ink)
            )
        }
        Mark::Shape(corners, ink) => {
            let points: Vec<_> = corners.iter().map(|(x, y)| format!("{x:.3},{y:.3}")).collect();
            writeln!(svg, "<polygon points=\"{}\" fill=\"{}\"/>", points.join(" "), colour(*ink))
        }
        Mark::Text { x_mm, base_mm, anchor, font, ink, text } => {
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let weight = if font.weight == Weight::Bold { " font-weight=\"700\"" } else { "" };
            writeln!(
                svg,
                "<text x=\"{x_mm:.3}\" y=\"{base_mm:.3}\" text-anchor=\"{anchor}\" \
                 textLength=\"{:.3}\" lengthAdjust=\"spacingAndGlyphs\" \
                 font-size=\"{:.3}\"{weight} fill=\"{}\">{}</text>",
                // As wide as it was reckoned, whatever font stands in for Helvetica.
                font.width_mm(text),
                font.size_pt * MM_PER_PT,
                colour(*ink),
                escaped(text)
            )
        }
        Mark::Code { area, code } => push_code(svg, area, code),
    };
    written.expect("writing to a String cannot fail");
}

fn push_code(svg: &mut String, area: &Area, code: &QrCode) -> std::fmt::Result {
    let module_mm = area.width_mm / code.side_modules();
    write!(
        svg,
        "<g shape-rendering=\"crispEdges\" transform=\"translate({:.3} {:.3}) scale({module_mm:.6})\">\
         <path d=\"",
        area.x_mm, area.y_mm
    )?;
    for (x, y, length) in code.runs() {
        write!(svg, "M{x} {y}h{length}v1h-{length}z")?;
    }
    svg.write_str("\"/></g>\n")
}

fn sides(area: &Area) -> String {
    let Area { x_mm, y_mm, width_mm, height_mm } = area;
    format!("x=\"{x_mm:.3}\" y=\"{y_mm:.3}\" width=\"{width_mm:.3}\" height=\"{height_mm:.3}\"")
}

fn colour(Ink(red, green, blue): Ink) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Text between tags; names come from tables that others wrote.
pub(in crate::issue) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // XML has no place for these, not even escaped.
            control if control.is_control() => safe.push(' '),
            other => safe.push(other),
        }
    }
    safe
}
