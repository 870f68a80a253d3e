//! Files of this site, and of no other.

use super::clock;
use super::wait::{Unsettled, within};
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::{RequestCache, RequestInit, Response};

/// Why a file of the site is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchError {
    /// No network, or not in time.
    Unreachable,
    /// The host answered with this status.
    Status(u16),
    TooLarge,
}

/// A file, past the browser's own cache: what was revoked yesterday must not be read from it.
pub async fn bytes(url: &str, limit_ms: u32, bytes_max: usize) -> Result<Vec<u8>, FetchError> {
    let options = RequestInit::new();
    options.set_cache(RequestCache::NoCache);
    let request = clock::window().fetch_with_str_and_init(url, &options);
    let response: Response = within(&request, limit_ms).await?.unchecked_into();
    if !response.ok() {
        return Err(FetchError::Status(response.status()));
    }
    let body = response.array_buffer().map_err(|_| FetchError::Unreachable)?;
    let body: ArrayBuffer = within(&body, limit_ms).await?.unchecked_into();
    let bytes = Uint8Array::new(&body);
    if usize::try_from(bytes.length()).map_or(true, |length| length > bytes_max) {
        return Err(FetchError::TooLarge);
    }
    Ok(bytes.to_vec())
}

impl From<Unsettled> for FetchError {
    fn from(_: Unsettled) -> Self {
        Self::Unreachable
    }
}
