//! The log's rows for the desk, and what the desk remembers beside them.
//!
//! Limits and errors: `StoreFault`; rows that cannot be read come as the reason.
//! Not here: writing entries.

use crate::audit_log::{Entry, LogError, StoredEntry, read_entry};
use crate::browser::site;
use crate::browser::store::Store;
use crate::session::StoreFault;
use std::ops::Range;

/// The store, for reading; the page's own handle is the writer.
#[derive(Clone, Debug)]
pub struct Reading {
    store: Store,
}

impl Reading {
    pub fn new() -> Self {
        Self { store: Store::new(&site::scope(), || ()) }
    }

    /// The sequences that are there.
    pub async fn range(&self) -> Result<Range<u64>, StoreFault> {
        self.store.sequences().await
    }

    pub async fn stored(
        &self,
        rows: Range<u64>,
    ) -> Result<Vec<Result<StoredEntry, LogError>>, StoreFault> {
        self.store.rows(rows).await
    }

    pub async fn entries(
        &self,
        rows: Range<u64>,
    ) -> Result<Vec<Result<Entry, LogError>>, StoreFault> {
        let stored = self.stored(rows).await?;
        Ok(stored.into_iter().map(|row| row.and_then(|row| read_entry(&row))).collect())
    }

    pub fn store(&self) -> &Store {
        &self.store
    }
}
