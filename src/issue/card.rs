//! Passes as cards, eight on a sheet of A4, to cut out along the dashes.
//!
//! Shape: `Card`s → `Page`s. On a card: role, name, validity, places, issuer, and the code, whose
//! modules span `CODE_MM`. Readable in black alone.
//! Not here: identity numbers and birth dates. Whoever finds a card need not learn them, and the gate
//! compares the name with the identity card.

use super::paper::{Anchor, Area, EDGE, Font, INK, Page, SOFT_INK};
use super::qr::QrCode;
use crate::credential::date;

/// Wide enough for a cheap phone at arm's length.
pub const CODE_MM: f64 = 46.0;
pub const CARDS_A_PAGE: usize = 8;

/// What stands on one.
#[derive(Clone)]
pub struct Card {
    pub name: Option<String>,
    pub role: Option<String>,
    /// First and last day, as `day` writes them.
    pub valid: (Option<String>, String),
    /// None: every place.
    pub places: Vec<String>,
    pub office: String,
    pub specimen: bool,
    pub code: QrCode,
}

impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Card").field("code", &self.code).finish_non_exhaustive()
    }
}

const WIDTH_MM: f64 = 96.0;
const HEIGHT_MM: f64 = 70.0;
const LEFT_MM: f64 = 9.0;
const TOP_MM: f64 = 8.5;
const PADDING_MM: f64 = 5.0;
const CODE_LEFT_MM: f64 = WIDTH_MM - CODE_MM - 4.0;
const CODE_TOP_MM: f64 = HEIGHT_MM - CODE_MM - 4.0;
/// Leaves the code its quiet zone.
const TEXT_WIDTH_MM: f64 = CODE_LEFT_MM - PADDING_MM - 4.0;

pub fn sheets(cards: &[Card]) -> Vec<Page> {
    let sheet = |cards: &[Card]| {
        let mut page = Page::default();
        let places = [0.0, 1.0, 2.0, 3.0].into_iter().flat_map(|row| [(0.0, row), (1.0, row)]);
        for (card, (column, row)) in cards.iter().zip(places) {
            draw(&mut page, card, LEFT_MM + column * WIDTH_MM, TOP_MM + row * HEIGHT_MM);
        }
        page
    };
    cards.chunks(CARDS_A_PAGE).map(sheet).collect()
}

fn draw(page: &mut Page, card: &Card, x_mm: f64, y_mm: f64) {
    let at = |x: f64, y: f64| (x_mm + x, y_mm + y);
    let edge = Area { x_mm, y_mm, width_mm: WIDTH_MM, height_mm: HEIGHT_MM };
    page.frame_dashed(edge, 0.25, EDGE);
    page.gate_mark(x_mm + PADDING_MM, y_mm + 4.0, 7.0);
    page.text(at(14.0, 9.0), Anchor::Start, Font::bold(10.5), INK, "Pas masuk");
    if card.specimen {
        page.text(
            at(WIDTH_MM / 2.0, 9.0),
            Anchor::Middle,
            Font::bold(8.0),
            SOFT_INK,
            "C O N T O H",
        );
    }
    if let Some(role) = &card.role {
        draw_role(page, &shown_role(role), x_mm + WIDTH_MM - 4.0, y_mm + 4.2);
    }
    page.code(x_mm + CODE_LEFT_MM, y_mm + CODE_TOP_MM, CODE_MM, card.code.clone());
    let mut base_mm = 17.0;
    let mut lines = |font: Font, ink, text: &str, lines_max: usize, step_mm: f64| {
        for line in font.wrap(text, TEXT_WIDTH_MM, lines_max) {
            page.text(at(PADDING_MM, base_mm), Anchor::Start, font, ink, &line);
            base_mm += step_mm;
        }
    };
    if let Some(name) = &card.name {
        lines(name_font(name), INK, name, NAME_LINES_MAX, 5.3);
    }
    lines(Font::regular(8.5), SOFT_INK, "Berlaku", 1, 3.9);
    let (from, until) = &card.valid;
    match from {
        Some(from) => {
            lines(Font::bold(8.5), INK, &format!("{from} sampai"), 1, 3.9);
            lines(Font::bold(8.5), INK, until, 1, 3.9);
        }
        None => lines(Font::bold(8.5), INK, &format!("sampai {until}"), 1, 3.9),
    }
    lines(Font::regular(8.5), SOFT_INK, "Untuk", 1, 3.9);
    let places = match card.places.as_slice() {
        [] => "Semua pintu".to_owned(),
        places => places.join(", "),
    };
    lines(Font::bold(8.5), INK, &places, 2, 3.9);
    let font = Font::regular(7.5);
    let mut foot = font.wrap(&card.office, TEXT_WIDTH_MM, 2);
    foot.extend(font.wrap("Bawa KTP. Jangan dipinjamkan.", TEXT_WIDTH_MM, 2));
    let mut base_mm = HEIGHT_MM - 4.5;
    for line in foot.iter().rev() {
        page.text(at(PADDING_MM, base_mm), Anchor::Start, font, SOFT_INK, line);
        base_mm -= 3.4;
    }
}

const NAME_LINES_MAX: usize = 3;

/// The largest at which the whole name stands on the card, since it is compared letter by letter.
fn name_font(name: &str) -> Font {
    let fits = |font: &Font| font.wrap(name, TEXT_WIDTH_MM, usize::MAX).len() <= NAME_LINES_MAX;
    let whole =
        |font: &Font| name.split_whitespace().all(|word| font.width_mm(word) <= TEXT_WIDTH_MM);
    let sizes = [13.0, 12.0, 11.0, 10.0, 9.0].map(Font::bold);
    sizes.into_iter().find(|font| fits(font) && whole(font)).unwrap_or(Font::bold(8.0))
}

/// Right-aligned, in a frame.
fn draw_role(page: &mut Page, role: &str, right_mm: f64, top_mm: f64) {
    let font = Font::bold(9.5).fitting(role, 30.0);
    let width_mm = font.width_mm(role) + 4.4;
    let area = Area { x_mm: right_mm - width_mm, y_mm: top_mm, width_mm, height_mm: 6.2 };
    page.frame(area, 0.4, INK);
    page.text((right_mm - width_mm / 2.0, top_mm + 4.3), Anchor::Middle, font, INK, role);
}

/// `tamu` → Tamu; an abbreviation stays one.
fn shown_role(role: &str) -> String {
    let mut letters = role.chars();
    match letters.next() {
        _ if role.len() <= 3 => role.to_uppercase(),
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The day of a moment at that offset from UTC, as `1 Des 2026`.
pub fn day(unix_s: i64, utc_offset_min: i16) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"];
    let local_s = unix_s.saturating_add(i64::from(utc_offset_min) * 60);
    let text = date::date_of_days(local_s.div_euclid(86_400)).unwrap_or_default();
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return text };
    let month = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    format!("{} {} {year}", day.trim_start_matches('0'), month.unwrap_or(&""))
}

#[cfg(test)]
mod tests {
    use super::{day, shown_role};

    #[test]
    fn days_and_roles_read_as_people_write_them() {
        // 2026-11-30T17:30:00Z is the first of December in Jakarta.
        assert_eq!(day(1_796_059_800, 420), "1 Des 2026");
        assert_eq!(day(1_796_059_800, 0), "30 Nov 2026");
        assert_eq!([shown_role("tamu"), shown_role("asn")], ["Tamu", "ASN"]);
    }
}
