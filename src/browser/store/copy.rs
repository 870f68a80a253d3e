//! The log once more, outside the database: where the browser throws that away, this stays, and a disk
//! that is full refuses this first.
//!
//! Shape: `follow` does to the copy what it lacks of the log; then each entry goes there before the
//! database has it.
//! Limits and errors: a phone without such files, or whose files fail, has its database alone; only a
//! full disk is told. No wait is endless.
//! Source: static/copy.js, which keeps how far the copy reaches.
//! Not here: what becomes of a log whose database is gone (annex/saved).

use super::{bytes_to_js, row};
use crate::audit_log::{LogId, StoredEntry};
use crate::browser::bindings::second_copy;
use data_encoding::HEXLOWER;
use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Outside the site's own page there is no copy, and the promise of it is rejected.
fn ask(kind: &str, given: &Array) -> JsFuture {
    second_copy(kind, given).unwrap_or_else(|error| Promise::reject(&error)).into()
}

/// Answers whether there is a copy of another log, of which the database knows nothing.
pub(super) fn follow(scope: &str, log: LogId) -> JsFuture {
    ask("follow", &Array::of2(&scope.into(), &HEXLOWER.encode(&log.0).into()))
}

/// Before the database has the entry; answers whether the disk is full.
pub(super) fn put(key: &JsValue, bytes: &JsValue) -> JsFuture {
    ask("put", &Array::of2(key, bytes))
}

/// After the database has the entry: `owed` says that it erased others.
pub(super) fn settle(key: &JsValue, owed: bool) -> JsFuture {
    ask("settle", &Array::of2(key, &owed.into()))
}

/// The database could not take the entry.
pub(super) fn take_back(key: &JsValue) -> JsFuture {
    ask("takeBack", &Array::of1(key))
}

/// Another log's; most have none.
pub(super) fn remove(scope: &str, log: &str) -> JsFuture {
    ask("remove", &Array::of2(&scope.into(), &log.into()))
}

/// In another log's copy; where that fails, the copy goes.
pub(super) fn strike(scope: &str, log: &str, struck: &[StoredEntry]) -> JsFuture {
    let keys: Array = struck.iter().filter_map(|e| row::entry_key(e.sequence).ok()).collect();
    let rows: Array = struck.iter().map(|entry| bytes_to_js(&entry.to_bytes())).collect();
    ask("strike", &Array::of4(&scope.into(), &log.into(), &keys, &rows))
}

/// Lets go of the files.
pub(super) fn close() {
    drop(second_copy("close", &Array::new()));
}
