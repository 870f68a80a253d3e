//! Posters for venues' doors: the mirror of `trust::poster`, and a page of A4 to print.
//!
//! Shape: `Poster` + the site's address → the code's text → `Page`.
//! Limits and errors: what a phone would refuse is not made.
//! Source: docs/poster.md.

use super::paper::{A4_WIDTH_MM, Anchor, Area, BRICK, Font, INDIGO, INK, Page, SOFT_INK, WHITE};
use super::qr::QrCode;
use super::registry::{map, sign};
use crate::credential::poster::address;
use crate::envelope::cbor::{self, Value};
use crate::trust::RootKey;
use crate::trust::poster::{Poster, PosterError, poster_key};
use ed25519_dalek::SigningKey;

/// The address to put into the poster's QR code; `site` ends in a slash.
pub fn write(poster: &Poster, site: &str, root: &SigningKey) -> Result<String, PosterError> {
    let descriptor = sign(&cbor::encode(&poster_value(poster)), root);
    let root_key = RootKey(root.verifying_key().to_bytes());
    Poster::open(&descriptor, &[root_key], poster.expires_unix_s.saturating_sub(1))?;
    Ok(address(site, &descriptor))
}

/// The map before it is signed; the forge makes broken posters of it.
pub fn poster_value(poster: &Poster) -> Value {
    let text = |text: &str| Value::from(text);
    let mut entries = vec![
        (poster_key::TYPE, text(poster_key::TYPE_POSTER)),
        (poster_key::FORMAT, Value::from(1)),
        (poster_key::VENUE_ID, text(&poster.venue_id)),
        (poster_key::VENUE, text(&poster.venue)),
        (poster_key::OFFICE, text(&poster.office)),
        (poster_key::EXPIRES, Value::from(poster.expires_unix_s)),
    ];
    if let Some(gate) = &poster.gate {
        entries.push((poster_key::GATE, text(gate)));
    }
    if let Some(policy) = &poster.policy_id {
        entries.push((poster_key::POLICY, text(policy)));
    }
    map(entries)
}

const MIDDLE_MM: f64 = A4_WIDTH_MM / 2.0;
const MARGIN_MM: f64 = 16.0;
const CODE_MM: f64 = 98.0;
const CODE_TOP_MM: f64 = 93.0;
/// Where the gate stands.
const GROUND_MM: f64 = 201.0;

/// Readable in black alone.
pub fn page(poster: &Poster, code: QrCode) -> Page {
    let mut page = Page::default();
    page.gate_mark(MARGIN_MM, 12.0, 11.0);
    page.text((MARGIN_MM + 14.0, 19.5), Anchor::Start, Font::bold(13.0), INK, &poster.office);
    let right_mm = A4_WIDTH_MM - MARGIN_MM;
    page.text((right_mm, 19.5), Anchor::End, Font::regular(13.0), INK, "Gerbang");
    draw_venue(&mut page, poster);
    draw_gate(&mut page);
    page.code(MIDDLE_MM - CODE_MM / 2.0, CODE_TOP_MM, CODE_MM, code);
    draw_steps(&mut page);
    let foot = "Ponsel petugas mencatat waktu dan hasil tanpa nama. Anda boleh minta jejak pas Anda \
                dihapus: tanya penanggung jawab pintu.";
    let font = Font::regular(10.5);
    for (line, base_mm) in font.wrap(foot, 128.0, 2).iter().zip([279.0, 284.2]) {
        page.text((MARGIN_MM, base_mm), Anchor::Start, font, SOFT_INK, line);
    }
    let id = Font::bold(10.5).fitting(&poster.venue_id, 45.0);
    page.text((right_mm, 284.2), Anchor::End, id, INK, &poster.venue_id);
    page
}

fn draw_venue(page: &mut Page, poster: &Poster) {
    let width_mm = A4_WIDTH_MM - 2.0 * MARGIN_MM;
    let middle = |page: &mut Page, base_mm: f64, font: Font, text: &str| {
        page.text((MIDDLE_MM, base_mm), Anchor::Middle, font, INK, text);
    };
    middle(page, 37.0, Font::regular(16.0), "Anda berada di");
    // One line where it can be large, else two smaller ones.
    let one = Font::bold(44.0).fitting(&poster.venue, width_mm);
    let gate_mm = if one.size_pt >= 30.0 {
        middle(page, 53.0, one, &poster.venue);
        64.0
    } else {
        let font = Font::bold(26.0);
        let lines = font.wrap(&poster.venue, width_mm, 2);
        for (line, base_mm) in lines.iter().zip([47.5, 58.0]) {
            middle(page, base_mm, font, line);
        }
        68.0
    };
    if let Some(gate) = &poster.gate {
        middle(page, gate_mm, Font::regular(22.0).fitting(gate, width_mm), gate);
    }
}

/// The split gate of Java, stepped like a code's squares, around the code.
fn draw_gate(page: &mut Page) {
    // From the middle and from the top of the drawing, in its own units.
    const STEPS: [(f64, f64); 22] = [
        (212.0, 10.0),
        (230.5, 10.0),
        (230.5, 47.0),
        (249.0, 47.0),
        (249.0, 58.1),
        (239.8, 58.1),
        (239.8, 87.7),
        (267.5, 87.7),
        (267.5, 98.8),
        (256.4, 98.8),
        (256.4, 132.1),
        (293.4, 132.1),
        (293.4, 146.9),
        (278.6, 146.9),
        (278.6, 187.6),
        (323.0, 187.6),
        (323.0, 204.3),
        (304.5, 204.3),
        (304.5, 259.8),
        (352.6, 259.8),
        (352.6, 280.1),
        (334.1, 280.1),
    ];
    const UNIT_MM: f64 = A4_WIDTH_MM / 780.0;
    const TOP_MM: f64 = 80.0;
    let half = |side: f64| {
        let steps = STEPS.map(|(x, y)| (MIDDLE_MM + side * x * UNIT_MM, TOP_MM + y * UNIT_MM));
        let foot = [334.1, 212.0].map(|x| (MIDDLE_MM + side * x * UNIT_MM, GROUND_MM));
        steps.into_iter().chain(foot).collect()
    };
    page.shape(half(-1.0), BRICK);
    page.shape(half(1.0), BRICK);
    let ground = Area { x_mm: 0.0, y_mm: GROUND_MM, width_mm: A4_WIDTH_MM, height_mm: 3.0 };
    page.fill(ground, BRICK);
}

fn draw_steps(page: &mut Page) {
    const STEPS: [(&str, &str, &str); 3] = [
        ("1", "Siapkan QR pas Anda", "di kertas atau di ponsel"),
        ("2", "Tunjukkan ke petugas", "di pintu ini"),
        ("3", "Siapkan KTP", "nama dicocokkan, tidak disimpan"),
    ];
    const WIDTH_MM: f64 = 54.0;
    for ((number, title, more), column) in STEPS.into_iter().zip([0.0, 1.0, 2.0]) {
        let x_mm = MARGIN_MM + column * (WIDTH_MM + 8.0);
        let area = Area { x_mm, y_mm: 215.0, width_mm: 10.0, height_mm: 10.0 };
        page.fill(area, INDIGO);
        page.text((x_mm + 5.0, 222.4), Anchor::Middle, Font::bold(20.0), WHITE, number);
        let font = Font::bold(15.0).fitting(title, WIDTH_MM);
        page.text((x_mm, 234.0), Anchor::Start, font, INK, title);
        let font = Font::regular(12.5);
        for (line, base_mm) in font.wrap(more, WIDTH_MM, 2).iter().zip([240.5, 246.0]) {
            page.text((x_mm, base_mm), Anchor::Start, font, INK, line);
        }
    }
}
