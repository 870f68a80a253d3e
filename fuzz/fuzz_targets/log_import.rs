//! An export of the log as it comes (`t`), or one stored entry's bytes (`e`).
#![no_main]

use gerbang::audit_log::{StoredEntry, read_entry, read_export};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    match input.split_first() {
        Some((b'e', bytes)) => {
            let _ = StoredEntry::parse(bytes).map(|stored| read_entry(&stored));
        }
        Some((_, text)) => {
            for stored in read_export(text).flatten() {
                let _ = read_entry(&stored);
            }
        }
        None => {}
    }
});
