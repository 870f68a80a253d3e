//! A file's lines, read a slice at a time.
//!
//! Limits and errors: a line is cut at `LINE_BYTES_MAX` and one byte; a file that cannot be read.

use crate::audit_log::LINE_BYTES_MAX;
use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// Read at a time: a tenth of a second on a cheap phone.
const SLICE_BYTES: f64 = 1_000_000.0;

/// Until `take` has had enough.
pub async fn each_line(
    file: &Blob,
    tell: impl Fn(f64),
    mut take: impl FnMut(&[u8]) -> bool,
) -> Result<(), JsValue> {
    let (size, mut from, mut rest) = (file.size(), 0.0, Vec::new());
    while from < size {
        let slice = file.slice_with_f64_and_f64(from, from + SLICE_BYTES)?;
        rest.extend(Uint8Array::new(&JsFuture::from(slice.array_buffer()).await?).to_vec());
        from += SLICE_BYTES;
        let mut lines: Vec<&[u8]> = rest.split(|byte| *byte == b'\n').collect();
        let last = lines.pop().unwrap_or_default().to_vec();
        if !lines.into_iter().filter(|line| !line.is_empty()).all(&mut take) {
            return Ok(());
        }
        rest = last;
        // No line is that long: what follows is no export either.
        rest.truncate(LINE_BYTES_MAX + 1);
        tell(from.min(size));
    }
    if !rest.is_empty() {
        take(&rest);
    }
    Ok(())
}
