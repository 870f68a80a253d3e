//! One request to the hub: to the one address that the registry names, with user and password in the header.
//!
//! Shape: `Line::ask(method, path, body, limits)` → the answer's bytes, or why there are none.
//! Limits and errors: time and bytes are the caller's; what is longer is not read on. A long poll is
//! alive while its line says something (`SILENT_MS_MAX`).
//! Source: CouchDB 3.x, HTTP API; Fetch (WHATWG).
//! Not here: what is asked, what an answer means.

use crate::browser::clock;
use crate::browser::wait::{Unsettled, within};
use crate::trust::HubAccess;
use data_encoding::BASE64;
use gloo::timers::future::TimeoutFuture;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache,
    RequestCredentials, RequestInit, RequestRedirect, Response,
};

/// A long poll that said nothing for so long is a line that is cut.
const SILENT_MS_MAX: f64 = 25_000.0;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// No network, not in time, or a status that says nothing.
    Failed,
    /// The line was alive, and there was nothing to say.
    Quiet,
    TooLarge,
    /// 401 or 403: the hub does not know the gate's user, or lets it in no more.
    Retired,
    /// 404.
    Missing,
}

pub struct Line {
    /// Of the venue's database, without a slash at its end.
    database: String,
    authorization: String,
}

impl Line {
    pub fn new(address: &str, database: &str, access: &HubAccess) -> Self {
        let pair = format!("{}:{}", access.user, access.password());
        Self {
            database: format!("{address}/{database}"),
            authorization: format!("Basic {}", BASE64.encode(pair.as_bytes())),
        }
    }

    pub fn database(&self) -> &str {
        &self.database
    }

    /// `path` begins behind the database's slash. With a body it is a POST.
    pub async fn ask(
        &self,
        path: &str,
        body: Option<&str>,
        limit_ms: u32,
        bytes_max: usize,
    ) -> Result<Vec<u8>, NoAnswer> {
        let began_ms = clock::running_ms();
        let abort = AbortController::new().map_err(|_| NoAnswer::Failed)?;
        let init = self.init(body, &abort).map_err(|_| NoAnswer::Failed)?;
        let url = format!("{}/{path}", self.database);
        let asked = clock::window().fetch_with_str_and_init(&url, &init);
        let Ok(response) = within(&asked, limit_ms).await else {
            abort.abort();
            return Err(NoAnswer::Failed);
        };
        let response: Response = response.unchecked_into();
        match response.status() {
            401 | 403 => return Err(NoAnswer::Retired),
            404 => return Err(NoAnswer::Missing),
            200..=299 => {}
            _ => return Err(NoAnswer::Failed),
        }
        let deadline_ms = began_ms + f64::from(limit_ms);
        let read = read(&response, deadline_ms, bytes_max).await;
        if read.is_err() {
            abort.abort();
        }
        read
    }

    fn init(&self, body: Option<&str>, abort: &AbortController) -> Result<RequestInit, JsValue> {
        let headers = Headers::new()?;
        headers.set("Authorization", &self.authorization)?;
        headers.set("Accept", "application/json")?;
        let init = RequestInit::new();
        if let Some(body) = body {
            headers.set("Content-Type", "application/json")?;
            init.set_method("POST");
            init.set_body(&JsValue::from_str(body));
        }
        init.set_headers(&headers);
        init.set_cache(RequestCache::NoStore);
        init.set_credentials(RequestCredentials::Omit);
        init.set_redirect(RequestRedirect::Error);
        init.set_referrer_policy(ReferrerPolicy::NoReferrer);
        init.set_signal(Some(&abort.signal()));
        Ok(init)
    }
}

async fn read(
    response: &Response,
    deadline_ms: f64,
    bytes_max: usize,
) -> Result<Vec<u8>, NoAnswer> {
    let Some(body) = response.body() else { return Ok(Vec::new()) };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut bytes: Vec<u8> = Vec::new();
    let mut heard_ms = clock::running_ms();
    loop {
        let now_ms = clock::running_ms();
        let quiet = || {
            let is_alive = clock::running_ms() - heard_ms < SILENT_MS_MAX;
            if is_alive { NoAnswer::Quiet } else { NoAnswer::Failed }
        };
        let left_ms = deadline_ms - now_ms;
        if left_ms <= 0.0 {
            return Err(quiet());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a minute")]
        let chunk = within(&reader.read(), left_ms as u32 + 1).await;
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(Unsettled::TooLate) => return Err(quiet()),
            Err(Unsettled::Rejected(_)) => return Err(NoAnswer::Failed),
        };
        heard_ms = clock::running_ms();
        if is_done(&chunk) {
            return Ok(bytes);
        }
        let value = Reflect::get(&chunk, &"value".into()).map_err(|_| NoAnswer::Failed)?;
        bytes.append(&mut Uint8Array::new(&value).to_vec());
        if bytes.len() > bytes_max {
            return Err(NoAnswer::TooLarge);
        }
    }
}

fn is_done(chunk: &JsValue) -> bool {
    Reflect::get(chunk, &"done".into()).ok().and_then(|done| done.as_bool()).unwrap_or(true)
}

/// Lets the page draw before going on.
pub async fn breathe() {
    TimeoutFuture::new(0).await;
}
