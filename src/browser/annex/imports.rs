//! Other phones' exports that are kept here: looked through for a pass, and struck like the log itself.
//!
//! Shape: `Import`s → the entries of a pass, or its traces taken out of the lines.
//! Limits and errors: a line that is no entry stays as it is; `StoreFault`.
//! Not here: the files' screen (`examine`).

use super::lines::each_line;
use super::reading::Reading;
use crate::audit_log::{Entry, StoredEntry, read_entry, read_line, write_line};
use crate::session::StoreFault;
use js_sys::Array;
use web_sys::Blob;

/// What the kept exports hold of whom `is_of` knows.
pub async fn of(reading: &Reading, is_of: impl Fn(&Entry) -> bool) -> Vec<Entry> {
    let mut found = Vec::new();
    for import in reading.store().imports().await.unwrap_or_default() {
        let look = |line: &[u8]| {
            found.extend(entry(line).map(|(_, entry)| entry).filter(&is_of));
            true
        };
        // What cannot be read now has been said when it was kept.
        let _read = each_line(&import.lines, |_| (), look).await;
    }
    found
}

pub async fn strike(reading: &Reading, is_of: impl Fn(&Entry) -> bool) -> Result<(), StoreFault> {
    for import in reading.store().imports().await? {
        let (lines, mut struck) = (Array::new(), Vec::new());
        let look = |line: &[u8]| {
            let text = match entry(line) {
                Some((mut stored, entry)) if is_of(&entry) => {
                    stored.strike();
                    let line = write_line(&stored);
                    struck.push(stored);
                    line
                }
                _ => String::from_utf8_lossy(line).into_owned(),
            };
            lines.push(&(text + "\n").into());
            true
        };
        each_line(&import.lines, |_| (), look).await.map_err(|_| StoreFault::Unknown)?;
        if !struck.is_empty() {
            let lines = Blob::new_with_str_sequence(&lines).map_err(|_| StoreFault::Unknown)?;
            reading.store().replace_import(&import, &lines).await?;
            reading.store().strike_copy(import.log(), &struck).await;
        }
    }
    Ok(())
}

fn entry(line: &[u8]) -> Option<(StoredEntry, Entry)> {
    let stored = read_line(line).ok()?;
    let entry = read_entry(&stored).ok()?;
    Some((stored, entry))
}
