//! Logs that the browser threw away with its database, brought back from their second copies: kept as
//! another phone's export would be, so they can be examined, handed over, struck, and go when their time is over.
//! The copy stays as long: the next database may be thrown away too.
//!
//! Shape: `bring_back` → whose log reaches how far, log id and next sequence.
//! Limits and errors: a copy that cannot be kept now stays where it is, and is tried again when the gate
//! is next opened; a record that is no entry is left out, which examining then shows.
//! Not here: telling of the loss (session); the copy itself (store).

use crate::audit_log::{ChainHead, LogId, StoredEntry, read_entry, write_line};
use crate::browser::bindings::second_copy;
use crate::browser::site;
use crate::browser::store::Store;
use crate::session::StoreFault;
use data_encoding::HEXLOWER;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// Read at a time.
const SLICE_BYTES: f64 = 1_000_000.0;
/// Room u32, length u32, sequence f64, little-endian; static/copy.js.
const RECORD_HEAD: usize = 16;

pub async fn bring_back() -> Vec<(LogId, u64)> {
    let store = Store::new(&site::scope(), || ());
    let mut back = Vec::new();
    for name in saved(&store).await.unwrap_or_default() {
        match keep(&store, &name).await {
            Ok(Some(head)) => back.push((head.log(), head.next_sequence())),
            Ok(None) => store.drop_copy(&name).await,
            Err(_) => {}
        }
    }
    back
}

/// The names of the copies of logs that are neither the one which is written nor kept already.
async fn saved(store: &Store) -> Result<Vec<String>, StoreFault> {
    let written = HEXLOWER.encode(&store.log_id().await?.0);
    let names = of_copy("logs", "").await?.dyn_into::<Array>().map_err(|_| StoreFault::Unknown)?;
    let imports = store.imports().await?;
    let is_kept =
        |name: &String| *name == written || imports.iter().any(|kept| kept.log() == *name);
    Ok(names.iter().filter_map(|name| name.as_string()).filter(|name| !is_kept(name)).collect())
}

async fn of_copy(kind: &str, log: &str) -> Result<JsValue, StoreFault> {
    let given = Array::of2(&site::scope().into(), &log.into());
    let asked = second_copy(kind, &given).map_err(|_| StoreFault::CannotOpen)?;
    JsFuture::from(asked).await.map_err(|_| StoreFault::CannotOpen)
}

/// `None`: nothing of it can be read.
async fn keep(store: &Store, name: &str) -> Result<Option<ChainHead>, StoreFault> {
    let unknown = |_| StoreFault::Unknown;
    let records: Blob = of_copy("read", name).await?.dyn_into().map_err(unknown)?;
    let export = export_of(&records).await.map_err(unknown)?;
    let Export { lines, count, last: Some(last) } = export else { return Ok(None) };
    let (Ok(head), Ok(entry)) = (ChainHead::after(&last), read_entry(&last)) else {
        return Ok(None);
    };
    let lines = Blob::new_with_blob_sequence(&lines).map_err(unknown)?;
    let name = format!("{}-{}.jsonl", entry.gate.gate, name.chars().take(8).collect::<String>());
    store.keep_import(head.log(), entry.at_unix_ms, (&name, count, &lines)).await?;
    Ok(Some(head))
}

#[derive(Default)]
struct Export {
    /// Blobs of lines.
    lines: Array,
    count: u64,
    last: Option<StoredEntry>,
}

async fn export_of(records: &Blob) -> Result<Export, JsValue> {
    let (size, mut from, mut rest) = (records.size(), 0.0, Vec::new());
    let mut export = Export::default();
    while from < size {
        let slice = records.slice_with_f64_and_f64(from, from + SLICE_BYTES)?;
        rest.extend(Uint8Array::new(&JsFuture::from(slice.array_buffer()).await?).to_vec());
        from += SLICE_BYTES;
        let (entries, read) = read_records(&rest);
        rest.drain(..read);
        let lines: Array =
            entries.iter().map(|entry| JsValue::from(write_line(entry) + "\n")).collect();
        export.lines.push(&Blob::new_with_str_sequence(&lines)?.into());
        export.count += entries.len() as u64;
        export.last = entries.into_iter().next_back().or(export.last);
    }
    Ok(export)
}

/// The entries of the records that are whole, and how many bytes those are; what was removed is
/// passed over.
fn read_records(records: &[u8]) -> (Vec<StoredEntry>, usize) {
    let (mut entries, mut read) = (Vec::new(), 0);
    while let Some((head, rest)) = records.get(read..).and_then(|r| r.split_at_checked(RECORD_HEAD))
    {
        let (Some(room), Some(length)) = (number(head, 0), number(head, 4)) else { break };
        let Some(record) = rest.get(..room) else { break };
        read += RECORD_HEAD + room;
        entries.extend(record.get(..length).and_then(|bytes| StoredEntry::parse(bytes).ok()));
    }
    (entries, read)
}

fn number(head: &[u8], at: usize) -> Option<usize> {
    let bytes = head.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}
