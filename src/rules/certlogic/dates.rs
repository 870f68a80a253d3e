//! Date-times of CertLogic: how they are read, and how time is added.
//!
//! Shape: `YYYY[-MM[-DD]]` or `YYYY-MM-DDThh:mm:ss[.S...][Z|±h[h][[:]mm]]` → milliseconds since 1970.
//! What is missing: the last day of the month or year, midnight, UTC. Digits behind the
//! milliseconds are cut off.
//! Limits and errors: at most `TEXT_BYTES_MAX` bytes; days that no calendar has are refused, as are
//! leap seconds and 24 o'clock; never panics.
//! Source: CertLogic 1.3.2, "Offset date-time" and "DCC Date of birth"; adding is ECMA-262
//! `MakeDay`, so 31 January and a month is 3 March. Civil dates: Hinnant, "chrono-compatible
//! low-level date algorithms".
//! Not here: time zones and their rules; CertLogic knows offsets only.

use std::fmt;

use super::LogicError;

/// Milliseconds with any number of further digits; nobody writes more.
const TEXT_BYTES_MAX: usize = 64;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// As far as ECMA-262 counts: 100 million days either way.
const UNIX_MS_MAX: i64 = 100_000_000 * DAY_MS;

/// A point in time, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    unix_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Year,
    Month,
    Day,
    Hour,
}

impl Unit {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "year" => Self::Year,
            "month" => Self::Month,
            "day" => Self::Day,
            "hour" => Self::Hour,
            _ => return None,
        })
    }
}

impl DateTime {
    /// `LogicError::Range` beyond 100 million days from 1970.
    pub fn from_unix_ms(unix_ms: i64) -> Result<Self, LogicError> {
        if (-UNIX_MS_MAX..=UNIX_MS_MAX).contains(&unix_ms) {
            Ok(Self { unix_ms })
        } else {
            Err(LogicError::Range)
        }
    }

    pub fn unix_ms(self) -> i64 {
        self.unix_ms
    }

    /// A date, perhaps partial, or a date-time: what `plusTime` takes.
    pub fn parse(text: &str) -> Result<Self, LogicError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(LogicError::Date);
        }
        let unix_ms = read_date_time(text.as_bytes()).ok_or(LogicError::Date)?;
        Self::from_unix_ms(unix_ms)
    }

    /// A date of birth: a date, perhaps partial, without a time.
    pub fn parse_date_of_birth(text: &str) -> Result<Self, LogicError> {
        if text.len() > "YYYY-MM-DD".len() {
            return Err(LogicError::Date);
        }
        Self::parse(text)
    }

    /// Days and hours are fixed spans; months and years keep the day of the month and run over
    /// where the month is shorter.
    pub fn plus(self, amount: i64, unit: Unit) -> Result<Self, LogicError> {
        let span_ms = |unit_ms| {
            let amount_ms = amount.checked_mul(unit_ms)?;
            self.unix_ms.checked_add(amount_ms)
        };
        let unix_ms = match unit {
            Unit::Hour => span_ms(HOUR_MS),
            Unit::Day => span_ms(DAY_MS),
            Unit::Month => self.plus_months(amount),
            Unit::Year => amount.checked_mul(12).and_then(|months| self.plus_months(months)),
        };
        Self::from_unix_ms(unix_ms.ok_or(LogicError::Range)?)
    }

    fn plus_months(self, amount: i64) -> Option<i64> {
        // Nothing further away can come out in range, and the calendar's sums stay small.
        const MONTHS_MAX: i64 = 12 * 600_000;
        let (year, month, day) = civil_from_days(self.unix_ms.div_euclid(DAY_MS));
        let months = (year * 12 + month - 1).checked_add(amount)?;
        if !(-MONTHS_MAX..=MONTHS_MAX).contains(&months) {
            return None;
        }
        let first = days_from_civil(months.div_euclid(12), months.rem_euclid(12) + 1, 1);
        Some((first + day - 1) * DAY_MS + self.unix_ms.rem_euclid(DAY_MS))
    }
}

/// As `toISOString` of ECMA-262 writes it.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.unix_ms.div_euclid(DAY_MS));
        let ms = self.unix_ms.rem_euclid(DAY_MS);
        if (0..=9999).contains(&year) {
            write!(f, "{year:04}")?;
        } else {
            write!(f, "{year:+07}")?;
        }
        let (hour, minute, second) = (ms / HOUR_MS, ms / 60_000 % 60, ms / 1000 % 60);
        write!(f, "-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1000)
    }
}

fn read_date_time(text: &[u8]) -> Option<i64> {
    let mut rest = Reader(text);
    let year = rest.number(4)?;
    if rest.is_at_end() {
        return Some(days_from_civil(year, 12, 31) * DAY_MS);
    }
    rest.eat(b'-')?;
    let month = rest.number(2).filter(|month| (1..=12).contains(month))?;
    let last_day = days_in_month(year, month);
    if rest.is_at_end() {
        return Some(days_from_civil(year, month, last_day) * DAY_MS);
    }
    rest.eat(b'-')?;
    let day = rest.number(2).filter(|day| (1..=last_day).contains(day))?;
    let day_ms = days_from_civil(year, month, day) * DAY_MS;
    if rest.is_at_end() {
        return Some(day_ms);
    }
    rest.eat(b'T')?;
    let time_ms = read_time(&mut rest)?;
    let offset_min = read_offset(&mut rest)?;
    rest.is_at_end().then_some(day_ms + time_ms - offset_min * 60_000)
}

/// `hh:mm:ss[.S...]`, in milliseconds.
fn read_time(rest: &mut Reader) -> Option<i64> {
    let hour = rest.number(2).filter(|hour| *hour < 24)?;
    rest.eat(b':')?;
    let minute = rest.number(2).filter(|minute| *minute < 60)?;
    rest.eat(b':')?;
    let second = rest.number(2).filter(|second| *second < 60)?;
    let mut ms = 0;
    if rest.eat(b'.').is_some() {
        ms = rest.number(1)? * 100;
        for place in [10, 1] {
            ms += rest.number(1).unwrap_or(0) * place;
        }
        while rest.number(1).is_some() {}
    }
    Some(hour * HOUR_MS + minute * 60_000 + second * 1000 + ms)
}

/// Nothing, `Z`, or a sign with `h`, `hh`, `hmm`, `hhmm`, `h:mm`, `hh:mm`; in minutes.
fn read_offset(rest: &mut Reader) -> Option<i64> {
    if rest.is_at_end() || rest.eat(b'Z').is_some() {
        return Some(0);
    }
    let sign = if rest.eat(b'-').is_some() { -1 } else { rest.eat(b'+').map(|()| 1)? };
    let hour_digits = match rest.0 {
        [_] | [_, b':', ..] | [_, _, _] => 1,
        _ => 2,
    };
    let hour = rest.number(hour_digits).filter(|hour| *hour < 24)?;
    let has_colon = rest.eat(b':').is_some();
    let minute = if rest.is_at_end() && !has_colon { 0 } else { rest.number(2)? };
    (minute < 60).then_some(sign * (hour * 60 + minute))
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let mut value = 0;
        for byte in number {
            if !byte.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(byte - b'0');
        }
        self.0 = rest;
        Some(value)
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let (next_year, next_month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    days_from_civil(next_year, next_month, 1) - days_from_civil(year, month, 1)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar. Years begin in March here, so that
/// the leap day is the last of its year.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a number of days since 1970-01-01.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}
