//! Removing what may not be kept any longer, with the signed tombstone that says so.
//!
//! Shape: a statement → `sign` → tombstone → `Burial`, in the transaction that appends the tombstone:
//! there is no moment at which something is gone and nothing says why.
//! Limits and errors: at most `REMOVED_ROWS_MAX` rows at a time.
//! Not here: when, and for whom. The browser's own files may hold deleted bytes until it tidies
//! them up; no page can make it.

use super::database::Database;
use super::device_key::DeviceKey;
use super::{Store, log, row};
use crate::audit_log::{
    Entry, EntryBody, LogId, SignedBody, SignedPlace, Statement, StoredEntry, read_entry,
};
use crate::session::StoreFault;
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{IdbKeyRange, IdbObjectStore};

/// A day of a busy gate; the next run removes the next.
const REMOVED_ROWS_MAX: u64 = 10_000;

impl Store {
    /// What may be said of the entries before `cutoff_unix_ms`: `None` where there are none.
    pub async fn outdated(&self, cutoff_unix_ms: i64) -> Result<Option<Statement>, StoreFault> {
        let database = &self.shared.database;
        let Some(first) = log::first_sequence(database).await? else { return Ok(None) };
        let rows = log::rows_between(database, first, first + REMOVED_ROWS_MAX).await?;
        // The last row stays: the log goes on from it.
        let last_sequence = rows.last().map(|(sequence, _)| *sequence);
        let last_removed = rows
            .into_iter()
            .map_while(|(sequence, stored)| {
                let stored = stored.ok()?;
                let entry = read_entry(&stored).ok()?;
                let outdated = entry.at_unix_ms < cutoff_unix_ms && Some(sequence) != last_sequence;
                outdated.then_some((sequence, stored.hash))
            })
            .last();
        Ok(last_removed.map(|(sequence, last_removed)| Statement::Removed {
            before: sequence + 1,
            last_removed,
        }))
    }

    /// Which log this phone writes.
    pub async fn log_id(&self) -> Result<LogId, StoreFault> {
        let key = DeviceKey::of(&self.shared.database).await?;
        Ok(LogId::of_device(&key.public_key()))
    }

    /// The statement as this device's entry body at that place.
    pub async fn sign(
        &self,
        place: &SignedPlace,
        statement: Statement,
    ) -> Result<EntryBody, StoreFault> {
        let key = DeviceKey::of(&self.shared.database).await?;
        let device_public_key = key.public_key();
        let signature = key.sign(&statement.message(place, &device_public_key)).await?;
        Ok(EntryBody::Signed(SignedBody { statement, device_public_key, signature }))
    }
}

/// What a tombstone does to the rows, beside being one itself.
pub(super) enum Burial {
    Nothing,
    Remove(IdbKeyRange),
    /// Keys, and the rows that take the place of what stands there.
    Strike(Vec<(JsValue, JsValue)>),
}

impl Burial {
    pub(super) async fn of(database: &Database, entry: &StoredEntry) -> Result<Self, StoreFault> {
        let Ok(Entry { body: EntryBody::Signed(body), .. }) = read_entry(entry) else {
            return Ok(Self::Nothing);
        };
        match body.statement {
            Statement::Checkpoint => Ok(Self::Nothing),
            Statement::Removed { before, .. } => {
                let range = IdbKeyRange::upper_bound_with_open(&row::entry_key(before)?, true);
                range.map(Self::Remove).map_err(|_| StoreFault::Unknown)
            }
            Statement::Struck(sequences) => {
                let mut rows = Vec::new();
                for sequence in sequences {
                    let key = row::entry_key(sequence)?;
                    // What is not there, or cannot be read, has nothing to strike.
                    if let Some(Ok(mut entry)) = log::entry_at(database, &key).await? {
                        entry.strike();
                        rows.push((key, row::entry_to_js(&entry)));
                    }
                }
                Ok(Self::Strike(rows))
            }
        }
    }

    /// `owed`: what the second copy has to do after it, under the tombstone's own key.
    pub(super) fn perform(
        &self,
        entries: &IdbObjectStore,
        (owed, tombstone): (&IdbObjectStore, &JsValue),
    ) -> Result<(), JsValue> {
        let struck = Array::new();
        match self {
            Self::Nothing => return Ok(()),
            Self::Remove(range) => drop(entries.delete(range)?),
            Self::Strike(rows) => {
                for (key, row) in rows {
                    entries.put_with_key(row, key)?;
                    struck.push(key);
                }
            }
        }
        owed.put_with_key(&struck, tombstone).map(|_| ())
    }
}
