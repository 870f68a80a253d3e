//! Times and dates as people write them, each language its own way: 08.14 and 24 November 2026, 08:14 in English.
//!
//! Source: Gregorian calendar from days, after H. Hinnant, "chrono-Compatible Low-Level Date
//! Algorithms", `civil_from_days`.

use super::TimeText;

/// January first.
pub type Months = [&'static str; 12];

const DAY_S: i64 = 86_400;

/// A moment on the wall clock of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
}

impl LocalTime {
    pub fn of_unix_ms(unix_ms: i64, utc_offset_min: i16) -> Self {
        Self::of_unix_s(unix_ms.div_euclid(1_000), utc_offset_min)
    }

    pub fn of_unix_s(unix_s: i64, utc_offset_min: i16) -> Self {
        let local_s = unix_s.saturating_add(i64::from(utc_offset_min) * 60);
        let (days, of_day_s) = (local_s.div_euclid(DAY_S), local_s.rem_euclid(DAY_S));
        let (year, month, day) = civil(days);
        let (hour, minute) = (of_day_s / 3_600, of_day_s / 60 % 60);
        Self { year, month, day, hour, minute, second: of_day_s % 60 }
    }

    pub fn same_day(self, other: Self) -> bool {
        (self.year, self.month, self.day) == (other.year, other.month, other.day)
    }

    /// `08.14`.
    pub fn hour_minute(self, text: &TimeText) -> String {
        format!("{:02}{}{:02}", self.hour, text.separator, self.minute)
    }

    /// `08.14.07`.
    pub fn clock(self, text: &TimeText) -> String {
        format!("{}{}{:02}", self.hour_minute(text), text.separator, self.second)
    }

    /// `24 November 2026`.
    pub fn date(self, text: &TimeText) -> String {
        (text.with_year)(&self.day_month(text), &self.year.to_string())
    }

    /// `24 November`: where the year is this one.
    pub fn day_month(self, text: &TimeText) -> String {
        let month = usize::try_from(self.month - 1).ok().and_then(|index| text.months.get(index));
        (text.day_month)(self.day, month.copied().unwrap_or_default())
    }

    /// Without the year where it goes without saying.
    pub fn date_seen_from(self, today: Self, text: &TimeText) -> String {
        if self.year == today.year { self.day_month(text) } else { self.date(text) }
    }
}

/// Days since 1970-01-01 to year, month, day.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// `YYYY-MM-DD`, `YYYY-MM` or `YYYY` in words; anything else as it is.
pub fn birth_date(iso: &str, text: &TimeText) -> String {
    let mut parts = iso.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let month = month
        .and_then(|month| month.parse::<usize>().ok())
        .and_then(|month| text.months.get(month.wrapping_sub(1)));
    let day = day.and_then(|day| day.parse::<u8>().ok()).map(i64::from);
    match (year, month, day, parts.next()) {
        (Some(year), Some(month), Some(day), None) => {
            (text.with_year)(&(text.day_month)(day, month), year)
        }
        (Some(year), Some(month), None, None) => (text.with_year)(month, year),
        _ => iso.to_owned(),
    }
}
