//! What lies beside the log until its time is over: rows that a repair set aside, and other phones'
//! exports that were kept here.
//!
//! Shape: `aside:` + time in milliseconds, 15 digits + `:` + name → what it is, in `settings`; so all
//! that is older than a time is one range.
//! Limits and errors: `StoreFault`; a row that cannot be read is passed over.
//! Not here: whether an export is whole (audit_log), and when a time is over (session).

use super::database::{Database, Durability, Mode};
use super::{Store, row, settings};
use crate::audit_log::{LogId, StoredEntry};
use crate::session::StoreFault;
use data_encoding::HEXLOWER;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, IdbKeyRange};

const PREFIX: &str = "aside:";
/// Follows the prefix's last character.
const END: &str = "aside;";
const REPAIR: &str = "repair";

/// Another phone's export, as it was handed over.
#[derive(Debug, Clone)]
pub struct Import {
    pub key: String,
    pub name: String,
    pub entries: u64,
    pub lines: Blob,
}

fn key(at_unix_ms: i64, name: &str) -> String {
    format!("{PREFIX}{:015}:{name}", at_unix_ms.max(0))
}

impl Import {
    /// The log's id in hexadecimal digits.
    pub fn log(&self) -> &str {
        log_of(&self.key)
    }
}

fn log_of(key: &str) -> &str {
    key.rsplit(':').next().unwrap_or_default()
}

/// Where a repair of that time puts what it takes out of the log.
pub(super) fn repair_key(now_unix_ms: i64) -> String {
    key(now_unix_ms, REPAIR)
}

impl Store {
    pub async fn imports(&self) -> Result<Vec<Import>, StoreFault> {
        let rows = all(&self.shared.database).await?;
        Ok(rows.into_iter().filter_map(|(key, row)| import(key, &row)).collect())
    }

    /// Until `newest_unix_ms`, the time of its last entry, is over. A later export of that log with the
    /// same end takes its place.
    pub async fn keep_import(
        &self,
        log: LogId,
        newest_unix_ms: i64,
        (name, entries, lines): (&str, u64, &Blob),
    ) -> Result<(), StoreFault> {
        let row = Object::new();
        let parts = [
            ("name", JsValue::from_str(name)),
            ("entries", JsValue::from_f64(entries as f64)),
            ("lines", lines.into()),
        ];
        for (name, value) in parts {
            Reflect::set(&row, &name.into(), &value).map_err(|_| StoreFault::Unknown)?;
        }
        let key = key(newest_unix_ms, &HEXLOWER.encode(&log.0));
        settings::write(&self.shared.database, &[(&key, row.into())]).await
    }

    /// The same export with other lines: something in it was struck.
    pub async fn replace_import(&self, import: &Import, lines: &Blob) -> Result<(), StoreFault> {
        let row = settings::read(&self.shared.database, &import.key).await?;
        Reflect::set(&row, &"lines".into(), lines).map_err(|_| StoreFault::Unknown)?;
        settings::write(&self.shared.database, &[(&import.key, row)]).await
    }

    pub async fn drop_import(&self, key: &str) -> Result<(), StoreFault> {
        self.drop_aside(&IdbKeyRange::only(&key.into())).await
    }

    pub async fn drop_outdated_aside(&self, before_unix_ms: i64) -> Result<(), StoreFault> {
        let (first, end) = (PREFIX.into(), key(before_unix_ms, "").into());
        self.drop_aside(&IdbKeyRange::bound_with_lower_open(&first, &end, true)).await
    }

    /// With the second copies of those that were this phone's own logs.
    async fn drop_aside(&self, range: &Result<IdbKeyRange, JsValue>) -> Result<(), StoreFault> {
        let Ok(range) = range else { return Err(StoreFault::Unknown) };
        let database = &self.shared.database;
        let keys = database
            .run(&[row::SETTINGS], Mode::Read, |transaction| {
                transaction.object_store(row::SETTINGS)?.get_all_keys_with_key(range)
            })
            .await?;
        let keys = keys.result().map_err(|_| StoreFault::Lost)?;
        for key in Array::from(&keys).iter().filter_map(|key| key.as_string()) {
            self.drop_copy(log_of(&key)).await;
        }
        let gone = database.run(&[row::SETTINGS], Mode::Write(Durability::Strict), |transaction| {
            transaction.object_store(row::SETTINGS)?.delete(range)
        });
        Ok(gone.await.map(drop)?)
    }

    /// Takes these pseudonyms out of the rows that a repair set aside; a damaged row goes whole.
    pub async fn strike_set_aside(&self, pseudonyms: &[Vec<u8>]) -> Result<(), StoreFault> {
        for (key, kept) in all(&self.shared.database).await? {
            let Some(rows) = key.ends_with(REPAIR).then(|| rows_of(&kept)).flatten() else {
                continue;
            };
            let mut changed = false;
            for at in 0..rows.length() {
                if let Some(struck) = struck(&rows.get(at), pseudonyms) {
                    rows.set(at, struck);
                    changed = true;
                }
            }
            if changed {
                settings::write(&self.shared.database, &[(&key, kept)]).await?;
            }
        }
        Ok(())
    }
}

/// Of `[keys, rows]`.
fn rows_of(kept: &JsValue) -> Option<Array> {
    kept.dyn_ref::<Array>()?.get(1).dyn_into().ok()
}

/// `None`: the row holds none of them.
fn struck(row: &JsValue, pseudonyms: &[Vec<u8>]) -> Option<JsValue> {
    let bytes = row::bytes_from_js(&Reflect::get(row, &"entry".into()).ok()?)?;
    let holds = |name: &Vec<u8>| bytes.windows(name.len().max(1)).any(|some| some == name);
    if !pseudonyms.iter().any(holds) {
        return None;
    }
    Some(match StoredEntry::parse(&bytes) {
        Ok(mut entry) => {
            entry.strike();
            row::entry_to_js(&entry)
        }
        Err(_) => JsValue::NULL,
    })
}

fn import(key: String, row: &JsValue) -> Option<Import> {
    let part = |name: &str| Reflect::get(row, &name.into()).ok();
    let entries = part("entries")?.as_f64()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
    let entries = entries as u64;
    let lines = part("lines")?.dyn_into().ok()?;
    Some(Import { key, name: part("name")?.as_string()?, entries, lines })
}

async fn all(database: &Database) -> Result<Vec<(String, JsValue)>, StoreFault> {
    let requests = database
        .run(&[row::SETTINGS], Mode::Read, |transaction| {
            let settings = transaction.object_store(row::SETTINGS)?;
            let range = IdbKeyRange::bound(&PREFIX.into(), &END.into())?;
            Ok((settings.get_all_keys_with_key(&range)?, settings.get_all_with_key(&range)?))
        })
        .await?;
    let list = |request: &web_sys::IdbRequest| {
        request.result().ok().and_then(|found| found.dyn_into::<Array>().ok())
    };
    let (keys, rows) = list(&requests.0).zip(list(&requests.1)).ok_or(StoreFault::Lost)?;
    Ok(keys.iter().filter_map(|key| key.as_string()).zip(rows.iter()).collect())
}
