//! A health card issuer's list of withdrawn cards.
//!
//! Shape: JSON { kid, method: "rid", ctr, rids: ["id" | "id.timestamp", ..] } → ids, each with the
//! second before which a card must hold from for the entry to mean it.
//! Limits and errors: entries that are no such text are skipped, another method has none.
//! Source: "SMART Health Cards Framework" 1.4, "Revocation".

use serde_json::Value;

pub fn shc_crl(list: &Value) -> Vec<(Vec<u8>, i64)> {
    if list.get("method").is_some_and(|method| method != "rid") {
        return Vec::new();
    }
    let rids = list.get("rids").and_then(Value::as_array);
    rids.into_iter().flatten().filter_map(|rid| entry(rid.as_str()?)).collect()
}

fn entry(text: &str) -> Option<(Vec<u8>, i64)> {
    let (id, before_unix_s) = match text.split_once('.') {
        Some((id, timestamp)) => (id, timestamp.parse().ok()?),
        None => (text, i64::MAX),
    };
    (!id.is_empty()).then(|| (id.as_bytes().to_vec(), before_unix_s))
}
