//! The supervisor's daily sheet: proof that checking happened, to sign and to file. A4.
//!
//! Shape: `Sheet` → `Page`: sums, who was let through hour by hour, what people decided themselves, and
//! the log's head, against which a later export is checked.

use super::paper::{A4_WIDTH_MM, Anchor, Area, BRICK, Font, INDIGO, INK, LINE, Page, SOFT_INK};
use crate::audit_log::{Answer, ByHandKind, Day, DayKey, rfc3339};
use crate::credential::date;

#[derive(Debug, Clone)]
pub struct Sheet<'a> {
    pub key: &'a DayKey,
    pub day: &'a Day,
    /// COUNT:HASH at the export's end.
    pub head: &'a str,
    pub is_whole: bool,
}

const LEFT_MM: f64 = 18.0;
const RIGHT_MM: f64 = A4_WIDTH_MM - LEFT_MM;
const BY_HAND_LINES: usize = 12;

pub fn page(sheet: &Sheet<'_>) -> Page {
    let mut page = Page::default();
    let DayKey { venue, gate, day } = sheet.key;
    page.gate_mark(LEFT_MM, 14.0, 12.0);
    let start = |page: &mut Page, base_mm: f64, font: Font, ink, text: &str| {
        page.text((LEFT_MM, base_mm), Anchor::Start, font, ink, text);
    };
    page.text(
        (LEFT_MM + 16.0, 20.0),
        Anchor::Start,
        Font::bold(18.0),
        INK,
        "Lembar harian gerbang",
    );
    let date = date::date_of_days(*day).unwrap_or_default();
    let place = format!("{venue} · {gate} · {date}");
    let font = Font::regular(12.0).fitting(&place, RIGHT_MM - LEFT_MM - 16.0);
    page.text((LEFT_MM + 16.0, 26.0), Anchor::Start, font, SOFT_INK, &place);
    draw_counts(&mut page, sheet.day);
    start(&mut page, 104.0, Font::bold(12.0), INK, "Yang dilewatkan, per jam");
    draw_hours(&mut page, &sheet.day.hours);
    start(&mut page, 168.0, Font::bold(12.0), INK, "Diputuskan orang, bukan aturan");
    draw_by_hand(&mut page, sheet.day);
    let (state, ink) = match sheet.is_whole {
        true => ("Rantai catatan utuh.", INK),
        false => ("RANTAI CATATAN TIDAK UTUH: jalankan gerbang log verify.", BRICK),
    };
    start(&mut page, 252.0, Font::bold(12.0), ink, state);
    let numbers = format!(
        "Catatan nomor {} sampai {}. Kepala rantai:",
        sheet.day.first_sequence, sheet.day.last_sequence
    );
    start(&mut page, 258.0, Font::regular(10.0), SOFT_INK, &numbers);
    start(&mut page, 263.0, Font::regular(9.0), SOFT_INK, sheet.head);
    for (x_mm, who) in [(LEFT_MM, "Petugas"), (RIGHT_MM - 70.0, "Penanggung jawab")] {
        page.fill(Area { x_mm, y_mm: 281.0, width_mm: 70.0, height_mm: 0.3 }, INK);
        page.text((x_mm, 286.0), Anchor::Start, Font::regular(10.0), SOFT_INK, who);
    }
    page
}

fn draw_counts(page: &mut Page, day: &Day) {
    let counts = &day.counts;
    let rows = [
        ("Masuk", counts.came_in),
        ("Keluar", counts.went_out),
        ("Diperiksa lebih dekat", counts.referred),
        ("Ditolak petugas", counts.turned_away),
        ("Tidak dijawab", counts.unanswered),
        ("Ditolak aturan", counts.refused),
        ("Dengan alarm", counts.alerts),
        ("Ditolak, lalu diizinkan penanggung jawab", counts.overridden),
        ("Tanpa QR", counts.without_code),
        ("Dibatalkan", counts.undone),
    ];
    let mut base_mm = 40.0;
    for (name, count) in rows {
        page.text((LEFT_MM, base_mm), Anchor::Start, Font::regular(11.0), INK, name);
        let count = count.to_string();
        page.text((118.0, base_mm), Anchor::End, Font::bold(12.0), INK, &count);
        let line = Area { x_mm: LEFT_MM, y_mm: base_mm + 1.6, width_mm: 100.0, height_mm: 0.2 };
        page.fill(line, LINE);
        base_mm += 5.8;
    }
}

fn draw_hours(page: &mut Page, hours: &[u32; 24]) {
    const BOTTOM_MM: f64 = 154.0;
    const HIGHEST_MM: f64 = 40.0;
    let most = f64::from(hours.iter().copied().max().unwrap_or(0).max(1));
    let width_mm = (RIGHT_MM - LEFT_MM) / 24.0;
    let mut x_mm = LEFT_MM;
    for (hour, count) in (0..24).zip(hours) {
        let height_mm = f64::from(*count) / most * HIGHEST_MM;
        let y_mm = BOTTOM_MM - height_mm;
        page.fill(Area { x_mm: x_mm + 0.6, y_mm, width_mm: width_mm - 1.2, height_mm }, INDIGO);
        let middle_mm = x_mm + width_mm / 2.0;
        if *count > 0 {
            let at_mm = (middle_mm, y_mm - 1.2);
            page.text(at_mm, Anchor::Middle, Font::regular(8.0), INK, &count.to_string());
        }
        let clock = format!("{hour:02}");
        page.text(
            (middle_mm, BOTTOM_MM + 4.5),
            Anchor::Middle,
            Font::regular(8.0),
            SOFT_INK,
            &clock,
        );
        x_mm += width_mm;
    }
    let line =
        Area { x_mm: LEFT_MM, y_mm: BOTTOM_MM, width_mm: RIGHT_MM - LEFT_MM, height_mm: 0.3 };
    page.fill(line, SOFT_INK);
}

fn draw_by_hand(page: &mut Page, day: &Day) {
    let mut base_mm = 174.5;
    let mut line = |text: &str| {
        page.text((LEFT_MM, base_mm), Anchor::Start, Font::regular(10.0), INK, text);
        base_mm += 5.4;
    };
    for by_hand in day.by_hand.iter().take(BY_HAND_LINES) {
        let time = rfc3339(by_hand.at_unix_ms, by_hand.utc_offset_min);
        let clock = time.get(11..16).unwrap_or_default().replace(':', ".");
        let what = match by_hand.what {
            ByHandKind::Override => "penolakan dibatalkan penanggung jawab",
            ByHandKind::WithoutCode(Answer::Allowed) => "tanpa QR, diizinkan",
            ByHandKind::WithoutCode(_) => "tanpa QR, ditolak",
            ByHandKind::Undo => "pindaian dibatalkan",
        };
        line(&format!("{clock}  {what}  {}", by_hand.reason));
    }
    match day.by_hand.len() {
        0 => line("Tidak ada."),
        count if count > BY_HAND_LINES => line(&format!("dan {} lagi", count - BY_HAND_LINES)),
        _ => {}
    }
}
