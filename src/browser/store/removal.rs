//! Removing what may not be kept any longer, with the signed tombstone that says so.
//!
//! Shape: a statement → `sign` → tombstone → `remove` or `strike`, in the transaction that appends
//! the tombstone: there is no moment at which something is gone and nothing says why.
//! Limits and errors: at most `REMOVED_ROWS_MAX` rows at a time.
//! Not here: when, and for whom. The browser's own files may hold deleted bytes until it tidies
//! them up; no page can make it.

use super::{Store, log, row};
use crate::audit_log::{EntryBody, SignedBody, SignedPlace, Statement, StoredEntry, read_entry};
use crate::session::StoreFault;
use ed25519_dalek::Signer;
use wasm_bindgen::JsValue;
use web_sys::IdbKeyRange;

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

    /// The statement as this device's entry body at that place.
    pub async fn sign(
        &self,
        place: &SignedPlace,
        statement: Statement,
    ) -> Result<EntryBody, StoreFault> {
        let key = log::device_key(&self.shared.database).await?;
        let device_public_key = key.verifying_key().to_bytes();
        let signature = key.sign(&statement.message(place, &device_public_key)).to_bytes();
        Ok(EntryBody::Signed(SignedBody { statement, device_public_key, signature }))
    }

    /// Does what a tombstone says, and appends it.
    pub async fn bury(&self, tombstone: &StoredEntry) -> Result<(), StoreFault> {
        let entry = read_entry(tombstone).map_err(|_| StoreFault::Unknown)?;
        let EntryBody::Signed(SignedBody { statement, .. }) = entry.body else {
            return Err(StoreFault::Unknown);
        };
        match statement {
            Statement::Checkpoint => Err(StoreFault::Unknown),
            Statement::Removed { before, .. } => self.remove(before, tombstone).await,
            Statement::Struck(sequences) => self.strike(&sequences, tombstone).await,
        }
    }

    async fn remove(&self, before: u64, tombstone: &StoredEntry) -> Result<(), StoreFault> {
        let (before, key) = (row::entry_key(before)?, row::entry_key(tombstone.sequence)?);
        let row = row::entry_to_js(tombstone);
        let written = self
            .write(|entries| {
                entries.add_with_key(&row, &key)?;
                let range = IdbKeyRange::upper_bound_with_open(&before, true)?;
                entries.delete(&range).map(|_| ())
            })
            .await;
        written.map_err(StoreFault::from)
    }

    async fn strike(&self, sequences: &[u64], tombstone: &StoredEntry) -> Result<(), StoreFault> {
        let mut rows: Vec<(JsValue, JsValue)> = Vec::new();
        for sequence in sequences {
            let key = row::entry_key(*sequence)?;
            // What is not there, or cannot be read, has nothing to strike.
            if let Some(Ok(mut entry)) = log::entry_at(&self.shared.database, &key).await? {
                entry.strike();
                rows.push((key, row::entry_to_js(&entry)));
            }
        }
        let (key, row) = (row::entry_key(tombstone.sequence)?, row::entry_to_js(tombstone));
        let written = self
            .write(|entries| {
                entries.add_with_key(&row, &key)?;
                rows.iter().try_for_each(|(key, row)| entries.put_with_key(row, key).map(|_| ()))
            })
            .await;
        written.map_err(StoreFault::from)
    }
}
