//! The supervisor's daily sheet: proof that checking happened, to sign and to file. A4.
//!
//! Shape: `Sheet` → `Page`: sums, who was let through hour by hour, what people decided themselves, and
//! the log's head, against which a later export is checked.
//! Not here: languages but the command's (the page brings its own `Words`).

use super::paper::{A4_WIDTH_MM, Anchor, Area, BRICK, Font, INDIGO, INK, LINE, Page, SOFT_INK};
use crate::audit_log::{Answer, ByHandKind, Day, DayKey};

#[derive(Debug, Clone)]
pub struct Sheet<'a> {
    pub key: &'a DayKey,
    /// The key's, as whoever reads the sheet writes it.
    pub date: String,
    pub day: &'a Day,
    /// COUNT:HASH at the export's end.
    pub head: &'a str,
    pub is_whole: bool,
    pub words: &'a Words,
}

/// What the sheet says, in one language.
#[derive(Debug)]
pub struct Words {
    pub title: &'static str,
    pub came_in: &'static str,
    pub went_out: &'static str,
    pub referred: &'static str,
    pub turned_away: &'static str,
    pub unanswered: &'static str,
    pub refused: &'static str,
    pub alerts: &'static str,
    pub overridden: &'static str,
    pub without_code: &'static str,
    pub undone: &'static str,
    pub by_hour: &'static str,
    pub by_hand: &'static str,
    pub by_hand_override: &'static str,
    pub by_hand_allowed: &'static str,
    pub by_hand_turned_away: &'static str,
    pub by_hand_undo: &'static str,
    pub none: &'static str,
    pub and_more: fn(usize) -> String,
    /// Of an hour and a minute.
    pub clock: fn(i64, i64) -> String,
    pub chain_whole: &'static str,
    pub chain_broken: &'static str,
    /// Of the first and last entry's numbers; what follows is the chain's head.
    pub entries: fn(u64, u64) -> String,
    pub officer: &'static str,
    pub supervisor: &'static str,
}

/// Of the command, and of a page that speaks it.
pub const INDONESIAN: Words = Words {
    title: "Lembar harian gerbang",
    came_in: "Masuk",
    went_out: "Keluar",
    referred: "Diperiksa lebih dekat",
    turned_away: "Ditolak petugas",
    unanswered: "Tidak dijawab",
    refused: "Ditolak aturan",
    alerts: "Dengan alarm",
    overridden: "Ditolak, lalu diizinkan penanggung jawab",
    without_code: "Tanpa QR",
    undone: "Dibatalkan",
    by_hour: "Yang dilewatkan, per jam",
    by_hand: "Diputuskan orang, bukan aturan",
    by_hand_override: "penolakan dibatalkan penanggung jawab",
    by_hand_allowed: "tanpa QR, diizinkan",
    by_hand_turned_away: "tanpa QR, ditolak",
    by_hand_undo: "pindaian dibatalkan",
    none: "Tidak ada.",
    and_more: |count| format!("dan {count} lagi"),
    clock: |hour, minute| format!("{hour:02}.{minute:02}"),
    chain_whole: "Rantai catatan utuh.",
    chain_broken: "RANTAI CATATAN TIDAK UTUH: jalankan gerbang log verify.",
    entries: |first, last| format!("Catatan nomor {first} sampai {last}. Kepala rantai:"),
    officer: "Petugas",
    supervisor: "Penanggung jawab",
};

const LEFT_MM: f64 = 18.0;
const RIGHT_MM: f64 = A4_WIDTH_MM - LEFT_MM;
const BY_HAND_LINES: usize = 12;

pub fn page(sheet: &Sheet<'_>) -> Page {
    let mut page = Page::default();
    let words = sheet.words;
    let DayKey { venue, gate, .. } = sheet.key;
    page.gate_mark(LEFT_MM, 14.0, 12.0);
    let start = |page: &mut Page, base_mm: f64, font: Font, ink, text: &str| {
        page.text((LEFT_MM, base_mm), Anchor::Start, font, ink, text);
    };
    page.text((LEFT_MM + 16.0, 20.0), Anchor::Start, Font::bold(18.0), INK, words.title);
    let place = format!("{venue} · {gate} · {}", sheet.date);
    let font = Font::regular(12.0).fitting(&place, RIGHT_MM - LEFT_MM - 16.0);
    page.text((LEFT_MM + 16.0, 26.0), Anchor::Start, font, SOFT_INK, &place);
    draw_counts(&mut page, sheet.day, words);
    start(&mut page, 104.0, Font::bold(12.0), INK, words.by_hour);
    draw_hours(&mut page, &sheet.day.hours);
    start(&mut page, 168.0, Font::bold(12.0), INK, words.by_hand);
    draw_by_hand(&mut page, sheet.day, words);
    let (state, ink) = match sheet.is_whole {
        true => (words.chain_whole, INK),
        false => (words.chain_broken, BRICK),
    };
    start(&mut page, 252.0, Font::bold(12.0), ink, state);
    let numbers = (words.entries)(sheet.day.first_sequence, sheet.day.last_sequence);
    start(&mut page, 258.0, Font::regular(10.0), SOFT_INK, &numbers);
    start(&mut page, 263.0, Font::regular(9.0), SOFT_INK, sheet.head);
    for (x_mm, who) in [(LEFT_MM, words.officer), (RIGHT_MM - 70.0, words.supervisor)] {
        page.fill(Area { x_mm, y_mm: 281.0, width_mm: 70.0, height_mm: 0.3 }, INK);
        page.text((x_mm, 286.0), Anchor::Start, Font::regular(10.0), SOFT_INK, who);
    }
    page
}

fn draw_counts(page: &mut Page, day: &Day, words: &Words) {
    let counts = &day.counts;
    let rows = [
        (words.came_in, counts.came_in),
        (words.went_out, counts.went_out),
        (words.referred, counts.referred),
        (words.turned_away, counts.turned_away),
        (words.unanswered, counts.unanswered),
        (words.refused, counts.refused),
        (words.alerts, counts.alerts),
        (words.overridden, counts.overridden),
        (words.without_code, counts.without_code),
        (words.undone, counts.undone),
    ];
    let mut base_mm = 40.0;
    for (name, count) in rows {
        let font = Font::regular(11.0).fitting(name, 88.0);
        page.text((LEFT_MM, base_mm), Anchor::Start, font, INK, name);
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

fn draw_by_hand(page: &mut Page, day: &Day, words: &Words) {
    let mut base_mm = 174.5;
    let mut line = |text: &str| {
        page.text((LEFT_MM, base_mm), Anchor::Start, Font::regular(10.0), INK, text);
        base_mm += 5.4;
    };
    for by_hand in day.by_hand.iter().take(BY_HAND_LINES) {
        let local_min = by_hand.at_unix_ms.div_euclid(60_000) + i64::from(by_hand.utc_offset_min);
        let clock =
            (words.clock)(local_min.div_euclid(60).rem_euclid(24), local_min.rem_euclid(60));
        let what = match by_hand.what {
            ByHandKind::Override => words.by_hand_override,
            ByHandKind::WithoutCode(Answer::Allowed) => words.by_hand_allowed,
            ByHandKind::WithoutCode(_) => words.by_hand_turned_away,
            ByHandKind::Undo => words.by_hand_undo,
        };
        line(&format!("{clock}  {what}  {}", by_hand.reason));
    }
    match day.by_hand.len() {
        0 => line(words.none),
        count if count > BY_HAND_LINES => line(&(words.and_more)(count - BY_HAND_LINES)),
        _ => {}
    }
}
