//! Calendar dates and times as certificates write them, and Unix seconds.
//!
//! Source: RFC 3339 (2002-07) §5.6; days since 1970-01-01 in the proleptic Gregorian calendar.
//! Not here: time zones by name, leap seconds (`:60` is refused).

const SECONDS_A_DAY: i64 = 86_400;

/// The last second of the year 9999: no text form reaches beyond it.
pub const UNIX_S_MAX: i64 = 253_402_300_799;

/// `YYYY-MM-DD` to days since 1970-01-01; `None` where there is no such day.
pub fn days_of_date(date: &str) -> Option<i64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date.as_bytes().first_chunk::<10>()? else {
        return None;
    };
    if date.len() != 10 {
        return None;
    }
    let (year, month, day) = (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
    is_day(year, month, day).then(|| days_of(year, month, day))
}

/// Days since 1970-01-01 to `YYYY-MM-DD`; `None` outside of the years 0 to 9999.
pub fn date_of_days(days: i64) -> Option<String> {
    const ERA_DAYS: i64 = 146_097;
    let days = days.checked_add(719_468)?;
    let (era, day_of_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months counted from March, so that the leap day is the last of its year.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (0..=9999).contains(&year).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)` to Unix seconds; fractions are cut off.
pub fn unix_s_of_time(text: &str) -> Option<i64> {
    let (date, time) = text.split_at_checked(10)?;
    let time = time.strip_prefix(['T', 't', ' '])?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *time.as_bytes().first_chunk::<8>()? else {
        return None;
    };
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let zone = time.get(8..)?;
    let zone = match zone.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            (zone.len() < fraction.len()).then_some(zone)?
        }
        None => zone,
    };
    let unix_s = days_of_date(date)? * SECONDS_A_DAY + hour * 3600 + minute * 60 + second;
    Some(unix_s - zone_offset_s(zone)?)
}

/// Without its fraction; `None` where it is not finite or beyond the year 9999.
pub fn whole_unix_s(unix_s: f64) -> Option<i64> {
    // Within this range a float's whole part is exact.
    #[expect(clippy::cast_precision_loss, reason = "the limit is below 2^53")]
    let range = 0.0..=UNIX_S_MAX as f64;
    #[expect(clippy::cast_possible_truncation, reason = "cutting the fraction off is the purpose")]
    range.contains(&unix_s).then_some(unix_s as i64)
}

fn zone_offset_s(zone: &str) -> Option<i64> {
    if let "Z" | "z" = zone {
        return Some(0);
    }
    // Certificates also write `+0700` and `+07`.
    let (sign, digits) = match zone.as_bytes() {
        [sign, h1, h2, b':', m1, m2] | [sign, h1, h2, m1, m2] => (sign, [*h1, *h2, *m1, *m2]),
        [sign, h1, h2] => (sign, [*h1, *h2, b'0', b'0']),
        _ => return None,
    };
    let [h1, h2, m1, m2] = digits;
    let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
    let offset_s = hours * 3600 + minutes * 60;
    match sign {
        _ if hours > 23 || minutes > 59 => None,
        b'+' => Some(offset_s),
        b'-' => Some(-offset_s),
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |value, digit| {
        digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0'))
    })
}

fn is_day(year: i64, month: i64, day: i64) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month_from_march = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::{date_of_days, days_of_date, unix_s_of_time};

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        for days in -150_000..150_000 {
            let date = date_of_days(days).expect("within the years 0 to 9999");
            assert_eq!(days_of_date(&date), Some(days), "{date}");
        }
        assert_eq!(days_of_date("1970-01-01"), Some(0));
        assert_eq!(days_of_date("2021-09-13"), Some(18_883));
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for date in ["2021-02-29", "2021-13-01", "2021-00-10", "2021-04-31", "2021-4-3", "20210403"]
        {
            assert_eq!(days_of_date(date), None, "{date}");
        }
        for days in [i64::MIN, i64::MAX, -800_000, 3_000_000] {
            assert_eq!(date_of_days(days), None, "{days}");
        }
    }

    #[test]
    fn times_are_read_with_their_zone() {
        let check = |text, unix_s| assert_eq!(unix_s_of_time(text), unix_s, "{text}");
        check("2021-09-13T08:00:00Z", Some(1_631_520_000));
        check("2021-09-13T15:00:00+07:00", Some(1_631_520_000));
        check("2021-09-13T15:00:00.123+0700", Some(1_631_520_000));
        check("2021-09-13T08:00:00", None);
        check("2021-09-13T24:00:00Z", None);
        check("2021-09-13T08:00:00.Z", None);
        check("2021-09-13é08:00:00Z", None);
    }
}
