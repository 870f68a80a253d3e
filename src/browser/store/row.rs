//! What the database holds: object stores, keys, and the row of an entry.
//!
//! Shape: `entries`: sequence → `{entry: Uint8Array, hash: Uint8Array}`; `settings`: name → value;
//! `writer`: `token` → the token of the tab that may append.
//! Limits and errors: a row that is not of this shape is `LogError::Part`; `SEQUENCE_MAX`.

use super::bytes_to_js;
use crate::audit_log::{Hash, LogError, StoredEntry};
use crate::session::StoreFault;
use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

pub const ENTRIES: &str = "entries";
pub const SETTINGS: &str = "settings";
pub const WRITER: &str = "writer";
pub const WRITER_TOKEN: &str = "token";

const ENTRY: &str = "entry";
const HASH: &str = "hash";

/// Keys are IEEE 754 doubles: 2^53 − 1, `Number.MAX_SAFE_INTEGER`.
const SEQUENCE_MAX: u64 = (1 << 53) - 1;

pub fn entry_key(sequence: u64) -> Result<JsValue, StoreFault> {
    if sequence > SEQUENCE_MAX {
        return Err(StoreFault::Full);
    }
    Ok(JsValue::from_f64(sequence as f64))
}

/// `None` where the key is no sequence: nothing of ours wrote it.
#[expect(clippy::cast_possible_truncation, reason = "an integer in this range is exact")]
pub fn sequence_from_key(key: &JsValue) -> Option<u64> {
    let number = key.as_f64().filter(|number| number.fract() == 0.0)?;
    (0.0..=SEQUENCE_MAX as f64).contains(&number).then_some(number as u64)
}

pub fn entry_to_js(entry: &StoredEntry) -> JsValue {
    let row = Object::new();
    set(&row, ENTRY, &bytes_to_js(&entry.to_bytes()));
    set(&row, HASH, &bytes_to_js(&entry.hash.0));
    row.into()
}

/// The hash is the one that was stored, so that a changed entry is told by `read_entry`.
pub fn entry_from_js(row: &JsValue) -> Result<StoredEntry, LogError> {
    let bytes = bytes_field(row, ENTRY).ok_or(LogError::Part)?;
    let hash = bytes_field(row, HASH).ok_or(LogError::Part)?;
    let mut entry = StoredEntry::parse(&bytes)?;
    entry.hash = Hash(hash.try_into().map_err(|_| LogError::Part)?);
    Ok(entry)
}

pub fn bytes_from_js(value: &JsValue) -> Option<Vec<u8>> {
    value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec)
}

fn bytes_field(row: &JsValue, name: &str) -> Option<Vec<u8>> {
    bytes_from_js(&Reflect::get(row, &JsValue::from_str(name)).ok()?)
}

fn set(object: &Object, name: &str, value: &JsValue) {
    Reflect::set(object, &JsValue::from_str(name), value)
        .expect("a fresh plain object takes any property");
}
