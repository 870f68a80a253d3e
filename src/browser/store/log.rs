//! What the log holds when it is opened: its head, the entries of today and of the day before,
//! and, when that is asked for, whether all of it hangs together.
//!
//! Limits and errors: at most `TODAY_ROWS_MAX` rows are read; rows are fetched `BATCH_ROWS` at a
//! time, from the end, until a whole batch is older than today, so a clock that jumped hides
//! nothing nearby.
//! Not here: the whole log's verification.

use super::database::{Database, Failure, Mode};
use super::device_key::DeviceKey;
use super::{row, settings, witness};
use crate::audit_log::{
    ChainHead, ChainReport, ChainStart, Entry, LogError, LogId, StoredEntry, Verifier, read_entry,
};
use crate::session::{LogSnapshot, StoreFault};
use js_sys::Array;
use std::ops::Range;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbCursorDirection, IdbCursorWithValue, IdbKeyRange};

const BATCH_ROWS: u64 = 512;
const DAY_MS: i64 = 86_400_000;
/// Checked in one go, between two looks of the browser at its screen.
const VERIFIED_ROWS: u64 = 1_000;
/// Two visitors a second for ten hours.
const TODAY_ROWS_MAX: u64 = 72_000;

/// A row as it was found; the key says which sequence it stands at.
type Row = (u64, Result<StoredEntry, LogError>);

pub async fn snapshot(
    database: &Database,
    database_name: &str,
    today_start_unix_ms: i64,
) -> Result<LogSnapshot, StoreFault> {
    let log = LogId::of_device(&DeviceKey::of(database).await?.public_key());
    let venue_key = settings::venue_key(database).await?;
    let Some((last_sequence, last)) = row_at_the(database, IdbCursorDirection::Prev).await? else {
        let genesis = ChainHead::genesis(log);
        return Ok(LogSnapshot {
            head: genesis,
            lost: witness::lost(database_name, &genesis),
            recent: Vec::new(),
            latest_entry_unix_ms: None,
            kept_alone_since_unix_ms: None,
            venue_key,
        });
    };
    // A log whose end cannot be read cannot be continued.
    let head = last.and_then(|last| ChainHead::after(&last)).map_err(|_| StoreFault::CannotOpen)?;
    // Whoever entered before midnight may still be inside.
    let since_unix_ms = today_start_unix_ms - DAY_MS;
    let rows = rows_since(database, last_sequence, since_unix_ms).await?;
    // What cannot be read is no reason to keep the gate shut: checking the chain names it.
    let rows = rows.into_iter().filter_map(|(_, stored)| stored.ok());
    let mut entries: Vec<Entry> = rows.filter_map(|stored| read_entry(&stored).ok()).collect();
    let latest_entry_unix_ms = entries.last().map(|entry| entry.at_unix_ms);
    entries.retain(|entry: &Entry| entry.at_unix_ms >= since_unix_ms);
    let kept_alone_since_unix_ms = kept_alone_since(database, last_sequence).await?;
    Ok(LogSnapshot {
        head,
        lost: witness::lost(database_name, &head),
        recent: entries,
        latest_entry_unix_ms,
        kept_alone_since_unix_ms,
        venue_key,
    })
}

/// The time of the first entry that no export holds.
async fn kept_alone_since(
    database: &Database,
    last_sequence: u64,
) -> Result<Option<i64>, StoreFault> {
    let before = settings::handed_over(database).await?.map_or(0, |handed| handed.before);
    if before > last_sequence {
        return Ok(None);
    }
    let first = before.max(first_sequence(database).await?.unwrap_or(0));
    let stored = entry_at(database, &row::entry_key(first)?).await?;
    let entry = stored.and_then(Result::ok).and_then(|stored| read_entry(&stored).ok());
    Ok(entry.map(|entry| entry.at_unix_ms))
}

/// Reads the whole log; `read` hears how many rows of how many.
pub async fn verify(
    database: &Database,
    read: impl Fn(u64, u64),
) -> Result<ChainReport, StoreFault> {
    let log = LogId::of_device(&DeviceKey::of(database).await?.public_key());
    let Range { start, end } = sequences(database).await?;
    // Where retention removed the first entries, a tombstone further on must say so.
    let chain_start = if start == 0 { ChainStart::Genesis(log) } else { ChainStart::Anywhere };
    let mut verifier = Verifier::new(chain_start, &[]);
    let mut next = start;
    while next < end {
        let before = (next + VERIFIED_ROWS).min(end);
        for (sequence, stored) in rows_between(database, next, before).await? {
            match stored {
                Ok(mut stored) => {
                    stored.sequence = sequence;
                    verifier.push(&stored);
                }
                Err(error) => verifier.push_unreadable(error),
            }
        }
        next = before;
        read(next - start, end - start);
    }
    Ok(verifier.finish())
}

/// `None`: there is no such row.
pub async fn entry_at(
    database: &Database,
    key: &JsValue,
) -> Result<Option<Result<StoredEntry, LogError>>, Failure> {
    let request = database
        .run(&[row::ENTRIES], Mode::Read, |transaction| {
            transaction.object_store(row::ENTRIES)?.get(key)
        })
        .await?;
    let found = request.result().map_err(|_| Failure::Lost)?;
    Ok((!found.is_undefined()).then(|| row::entry_from_js(&found)))
}

/// Retention may have removed the first ones.
pub async fn first_sequence(database: &Database) -> Result<Option<u64>, Failure> {
    Ok(row_at_the(database, IdbCursorDirection::Next).await?.map(|(sequence, _)| sequence))
}

pub async fn sequences(database: &Database) -> Result<Range<u64>, Failure> {
    let first = row_at_the(database, IdbCursorDirection::Next).await?;
    let last = row_at_the(database, IdbCursorDirection::Prev).await?;
    let (first, last) = (first.map(|(first, _)| first), last.map(|(last, _)| last));
    Ok(first.unwrap_or(0)..last.map_or(0, |last| last + 1))
}

async fn row_at_the(
    database: &Database,
    direction: IdbCursorDirection,
) -> Result<Option<Row>, Failure> {
    let request = database
        .run(&[row::ENTRIES], Mode::Read, |transaction| {
            let entries = transaction.object_store(row::ENTRIES)?;
            entries.open_cursor_with_range_and_direction(&JsValue::NULL, direction)
        })
        .await?;
    let found = request.result().map_err(|_| Failure::Lost)?;
    let Ok(cursor) = found.dyn_into::<IdbCursorWithValue>() else { return Ok(None) };
    let key =
        cursor.key().ok().and_then(|key| row::sequence_from_key(&key)).ok_or(Failure::Unknown)?;
    let value = cursor.value().map_err(|_| Failure::Lost)?;
    Ok(Some((key, row::entry_from_js(&value))))
}

/// Ascending, up to and with the last row.
async fn rows_since(
    database: &Database,
    last_sequence: u64,
    since_unix_ms: i64,
) -> Result<Vec<Row>, StoreFault> {
    let mut batches = Vec::new();
    let mut before = last_sequence + 1;
    while before > 0 && last_sequence + 1 - before < TODAY_ROWS_MAX {
        let first = before.saturating_sub(BATCH_ROWS);
        let batch = rows_between(database, first, before).await?;
        let any_since = batch.iter().any(|(_, stored)| {
            stored
                .as_ref()
                .is_ok_and(|s| read_entry(s).is_ok_and(|e| e.at_unix_ms >= since_unix_ms))
        });
        let empty = batch.is_empty();
        batches.push(batch);
        if !any_since || empty {
            break;
        }
        before = first;
    }
    Ok(batches.into_iter().rev().flatten().collect())
}

/// `first..before`, in one transaction, so that keys and values belong together.
pub async fn rows_between(
    database: &Database,
    first: u64,
    before: u64,
) -> Result<Vec<Row>, StoreFault> {
    let (first, before) = (row::entry_key(first)?, row::entry_key(before)?);
    let (keys, values) = database
        .run(&[row::ENTRIES], Mode::Read, |transaction| {
            let range =
                IdbKeyRange::bound_with_lower_open_and_upper_open(&first, &before, false, true)?;
            let entries = transaction.object_store(row::ENTRIES)?;
            Ok((entries.get_all_keys_with_key(&range)?, entries.get_all_with_key(&range)?))
        })
        .await?;
    let array = |found: Result<JsValue, JsValue>| {
        found.ok().and_then(|found| found.dyn_into::<Array>().ok()).ok_or(StoreFault::Lost)
    };
    let (keys, values) = (array(keys.result())?, array(values.result())?);
    keys.iter()
        .zip(values.iter())
        .map(|(key, value)| {
            let sequence = row::sequence_from_key(&key).ok_or(StoreFault::Unknown)?;
            Ok((sequence, row::entry_from_js(&value)))
        })
        .collect()
}
