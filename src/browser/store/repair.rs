//! A log whose end cannot be continued, put right: what cannot be read is set aside, not thrown away.
//!
//! Shape: `repair` → how many rows were set aside; they lie in `settings`, as they were.
//! Limits and errors: `StoreFault`; where the device's key itself is lost, all rows are set aside, as
//! one key has one log.
//! Not here: when (somebody has to tap), and the gap that the new end of the log begins with (session).

use super::database::{Database, Durability, Mode};
use super::device_key::{self, DeviceKey};
use super::{Store, aside, log, row};
use crate::audit_log::read_entry;
use crate::session::StoreFault;
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::IdbKeyRange;

const BATCH_ROWS: u64 = 512;

impl Store {
    /// To be called while no tab writes: the page could not open the log.
    pub async fn repair(&self, now_unix_ms: i64) -> Result<u64, StoreFault> {
        let database = &self.shared.database;
        let key_is_lost = DeviceKey::of(database).await.is_err();
        let rows = log::sequences(database).await?;
        let first_bad =
            if key_is_lost { rows.start } else { first_after_good(database, rows.end).await? };
        if rows.end > first_bad || key_is_lost {
            set_aside(database, first_bad, key_is_lost, now_unix_ms).await?;
        }
        Ok(rows.end.saturating_sub(first_bad.max(rows.start)))
    }
}

/// The number after the last row that can be continued; 0 where there is none.
async fn first_after_good(database: &Database, end: u64) -> Result<u64, StoreFault> {
    let mut before = end;
    while before > 0 {
        let first = before.saturating_sub(BATCH_ROWS);
        let rows = log::rows_between(database, first, before).await?;
        let is_good = |(_, stored): &&(u64, Result<_, _>)| {
            stored.as_ref().is_ok_and(|stored| read_entry(stored).is_ok())
        };
        if let Some((sequence, _)) = rows.iter().rev().find(is_good) {
            return Ok(sequence + 1);
        }
        before = first;
    }
    Ok(0)
}

async fn set_aside(
    database: &Database,
    first: u64,
    key_is_lost: bool,
    now_unix_ms: i64,
) -> Result<(), StoreFault> {
    let unknown = |_| StoreFault::Unknown;
    let range = IdbKeyRange::lower_bound(&row::entry_key(first)?).map_err(unknown)?;
    let found = database
        .run(&[row::ENTRIES], Mode::Read, |transaction| {
            let entries = transaction.object_store(row::ENTRIES)?;
            Ok((entries.get_all_keys_with_key(&range)?, entries.get_all_with_key(&range)?))
        })
        .await?;
    let [keys, rows] = [found.0, found.1].map(|request| request.result());
    let lost = |_| StoreFault::Lost;
    let kept = Array::of2(&keys.map_err(lost)?, &rows.map_err(lost)?);
    let name = JsValue::from_str(&aside::repair_key(now_unix_ms));
    let written = database
        .run(&[row::ENTRIES, row::SETTINGS], Mode::Write(Durability::Strict), |transaction| {
            let settings = transaction.object_store(row::SETTINGS)?;
            settings.put_with_key(&kept, &name)?;
            if key_is_lost {
                settings.delete(&JsValue::from_str(device_key::GUARDED))?;
                settings.delete(&JsValue::from_str(device_key::PLAIN))?;
            }
            transaction.object_store(row::ENTRIES)?.delete(&range).map(|_| ())
        })
        .await;
    written.map_err(StoreFault::from)
}
