//! How far the log has come, kept outside the database: a browser that finds a database damaged
//! deletes it (Chromium after the disk was full), and then the new log has to say what is missing.
//!
//! Shape: log id, next sequence, hash of the last entry, 56 bytes in hexadecimal digits, in
//! `localStorage` under the database's name. Nothing of a visitor is in it.
//! Not here: what is done about it (session).

use crate::audit_log::{ChainHead, Hash, LogId, StoredEntry};
use crate::browser::clock;
use data_encoding::HEXLOWER;
use web_sys::Storage;

/// After an entry is stored. Not kept, a loss would go unnoticed, and nothing else.
pub fn keep(database_name: &str, last: &StoredEntry) {
    if let (Some(storage), Ok(head)) = (storage(), ChainHead::after(last)) {
        let sequence = head.next_sequence().to_be_bytes();
        let bytes = [&head.log().0[..], &sequence, &head.previous().0].concat();
        let _kept = storage.set_item(database_name, &HEXLOWER.encode(&bytes));
    }
}

/// What was kept, where the log does not reach that far.
pub fn lost(database_name: &str, head: &ChainHead) -> Option<ChainHead> {
    let kept = storage()?.get_item(database_name).ok()??;
    let bytes: [u8; 56] = HEXLOWER.decode(kept.as_bytes()).ok()?.try_into().ok()?;
    let (log, rest) = bytes.split_first_chunk()?;
    let (sequence, previous) = rest.split_first_chunk()?;
    let sequence = u64::from_be_bytes(*sequence);
    let kept = ChainHead::known(LogId(*log), sequence, Hash(previous.try_into().ok()?));
    let reaches = kept.log() == head.log() && kept.next_sequence() <= head.next_sequence();
    (!reaches).then_some(kept)
}

fn storage() -> Option<Storage> {
    clock::window().local_storage().ok()?
}
