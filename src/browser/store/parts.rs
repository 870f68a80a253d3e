//! Revocation lists' parts, each under its hash, so that only what is new is fetched.
//!
//! Shape: `part:` + SHA-256 in hexadecimal digits → bytes, in the object store `settings`.
//! Limits and errors: what is read is worth nothing until its hash has been compared.
//! Not here: which parts there are (the registry says) and what they mean (trust).

use super::database::{Durability, Failure, Mode};
use super::{Store, bytes_to_js, row};
use crate::session::StoreFault;
use data_encoding::HEXLOWER;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbKeyRange;

const PREFIX: &str = "part:";
/// Follows the prefix's last character.
const END: &str = "part;";

fn key(sha256: &[u8; 32]) -> String {
    format!("{PREFIX}{}", HEXLOWER.encode(sha256))
}

impl Store {
    pub async fn part(&self, sha256: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreFault> {
        let database = &self.shared.database;
        let request = database
            .run(&[row::SETTINGS], Mode::Read, |transaction| {
                transaction.object_store(row::SETTINGS)?.get(&JsValue::from_str(&key(sha256)))
            })
            .await?;
        Ok(row::bytes_from_js(&request.result().map_err(|_| StoreFault::Lost)?))
    }

    /// It can be fetched again: not strict.
    pub async fn keep_part(&self, sha256: &[u8; 32], bytes: &[u8]) -> Result<(), StoreFault> {
        let mode = Mode::Write(Durability::Relaxed);
        let kept = self
            .shared
            .database
            .run(&[row::SETTINGS], mode, |transaction| {
                let settings = transaction.object_store(row::SETTINGS)?;
                let key = JsValue::from_str(&key(sha256));
                settings.put_with_key(&bytes_to_js(bytes), &key).map(|_| ())
            })
            .await;
        kept.map_err(StoreFault::from)
    }

    /// Drops what the registry names no longer.
    pub async fn keep_only_parts(&self, named: &[[u8; 32]]) -> Result<(), StoreFault> {
        let database = &self.shared.database;
        let request = database
            .run(&[row::SETTINGS], Mode::Read, |transaction| {
                let (first, end) = (JsValue::from_str(PREFIX), JsValue::from_str(END));
                let range = IdbKeyRange::bound(&first, &end)?;
                transaction.object_store(row::SETTINGS)?.get_all_keys_with_key(&range)
            })
            .await?;
        let kept = request.result().ok().and_then(|keys| keys.dyn_into::<Array>().ok());
        let kept = kept.ok_or(Failure::Lost)?;
        let named: Vec<String> = named.iter().map(key).collect();
        let is_named = |key: &JsValue| key.as_string().is_some_and(|key| named.contains(&key));
        let outdated: Vec<JsValue> = kept.iter().filter(|key| !is_named(key)).collect();
        if outdated.is_empty() {
            return Ok(());
        }
        let mode = Mode::Write(Durability::Relaxed);
        let dropped = database
            .run(&[row::SETTINGS], mode, |transaction| {
                let settings = transaction.object_store(row::SETTINGS)?;
                outdated.iter().try_for_each(|key| settings.delete(key).map(|_| ()))
            })
            .await;
        dropped.map_err(StoreFault::from)
    }
}
