//! The log once more, outside the database: where the browser throws that away, this stays, and a disk
//! that is full refuses this first.
//!
//! Shape: `follow` does to the copy what it lacks of the log; then each entry goes there before the
//! database has it.
//! Limits and errors: `ANSWER_MS_MAX`; a phone without such files, or whose files fail, has its database
//! alone. Only a full disk is a fault of an append.
//! Source: static/copy.js; File System (WHATWG) §2.6.
//! Not here: what becomes of a log whose database is gone (annex/saved).

use super::bytes_to_js;
use crate::audit_log::{LogId, StoredEntry};
use crate::browser::bindings::second_copy;
use crate::browser::wait::{Unsettled, within};
use crate::session::StoreFault;
use data_encoding::HEXLOWER;
use js_sys::{Array, Reflect};
use std::cell::Cell;
use wasm_bindgen::JsValue;

const ANSWER_MS_MAX: u32 = 10_000;
/// A month of a busy gate, the first time.
const FOLLOW_MS_MAX: u32 = 300_000;

#[derive(Default)]
pub(super) struct SecondCopy {
    /// The copy holds everything before it; 0: nothing can be written to it.
    end: Cell<f64>,
}

impl SecondCopy {
    /// Answers whether other logs' copies are there.
    pub async fn follow(&self, scope: &str, log: LogId) -> bool {
        let log = HEXLOWER.encode(&log.0);
        let given = Array::of2(&scope.into(), &log.into());
        let found = ask("follow", &given, FOLLOW_MS_MAX).await;
        let part = |at| Reflect::get_u32(found.as_ref().ok()?, at).ok();
        // An empty log has an empty copy.
        let end = part(0).and_then(|end| end.as_f64());
        self.end.set(end.map_or(-1.0, |end| end));
        part(1).is_some_and(|others| others.is_truthy())
    }

    /// Before the database has the entry.
    pub async fn put(&self, entry: &StoredEntry) -> Result<(), StoreFault> {
        let sequence = entry.sequence as f64;
        if sequence > self.end.get() {
            return Ok(());
        }
        let given = Array::of2(&sequence.into(), &bytes_to_js(&entry.to_bytes()));
        match ask("put", &given, ANSWER_MS_MAX).await {
            Ok(_) => self.end.set(sequence + 1.0),
            Err(fault) if fault == "QuotaExceededError" => return Err(StoreFault::Full),
            Err(_) => self.end.set(-1.0),
        }
        Ok(())
    }

    /// Another log's.
    pub async fn remove(&self, scope: &str, log: &str) {
        // Most have none.
        let _gone = ask("remove", &Array::of2(&scope.into(), &log.into()), ANSWER_MS_MAX).await;
    }

    /// In another log's copy; answers whether it was done.
    pub async fn strike(&self, log: &str, struck: &[StoredEntry]) -> bool {
        let sequences: Array =
            struck.iter().map(|entry| JsValue::from_f64(entry.sequence as f64)).collect();
        let rows: Array = struck.iter().map(|entry| bytes_to_js(&entry.to_bytes())).collect();
        ask("strike", &Array::of3(&log.into(), &sequences, &rows), ANSWER_MS_MAX).await.is_ok()
    }

    /// Whether there is a copy, and it lacks this entry.
    pub fn is_behind(&self, sequence: u64) -> bool {
        (0.0..=sequence as f64).contains(&self.end.get())
    }

    /// Lets go of the files.
    pub fn close(&self) {
        self.end.set(-1.0);
        drop(second_copy("close", &Array::new()));
    }
}

/// What was wrong is told by its name in WebIDL.
async fn ask(kind: &str, given: &Array, limit_ms: u32) -> Result<JsValue, String> {
    let asked = second_copy(kind, given).map_err(|_| String::new())?;
    within(&asked, limit_ms).await.map_err(|unsettled| match unsettled {
        Unsettled::Rejected(error) => {
            let name = Reflect::get(&error, &"name".into()).ok();
            name.and_then(|name| name.as_string()).unwrap_or_default()
        }
        Unsettled::TooLate => String::new(),
    })
}
