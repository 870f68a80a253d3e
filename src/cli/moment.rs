//! The one clock of the command, and times as arguments.

use crate::credential::date;
use std::time::{SystemTime, UNIX_EPOCH};

/// The machine's clock; commands take `--now` instead, so that what they write can be repeated.
#[expect(clippy::disallowed_methods, reason = "the command's only clock")]
pub fn now_unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// For clap: `2026-11-24T08:00:00Z`, or `2026-11-24` for midnight UTC; to Unix seconds.
pub fn parse(text: &str) -> Result<i64, String> {
    date::unix_s_of_time(text)
        .or_else(|| date::days_of_date(text).map(|days| days * 86_400))
        .ok_or_else(|| "write it as 2026-11-24T08:00:00+07:00 or 2026-11-24".to_owned())
}

/// Unix seconds to `YYYY-MM-DDThh:mm:ssZ`.
pub fn rfc3339(unix_s: i64) -> String {
    let date = date::date_of_days(unix_s.div_euclid(86_400));
    let second = unix_s.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    match date {
        Some(date) => format!("{date}T{hour:02}:{minute:02}:{second:02}Z"),
        None => format!("@{unix_s}"),
    }
}

/// Waits for another process's work, between asking how far it is.
#[expect(clippy::disallowed_methods, reason = "a server is asked again after a while")]
pub fn pause_ms(ms: u64) {
    std::thread::sleep(std::time::Duration::from_millis(ms));
}
