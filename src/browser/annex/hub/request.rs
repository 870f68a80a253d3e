//! Requests to the hub: to the one address that the registry names, with user and password in the header.
//!
//! Shape: `Line::ask(path, body, limits)` → the answer's bytes, or why there are none; `Line::follow` the lines of
//! one that goes on.
//! Limits and errors: time and bytes are the caller's; what is longer is not read on. One that goes on is
//! alive while its line says something (`SILENT_MS_MAX`). Bodies are compressed where the browser can, and as
//! they are after one that failed: not every hub allows it to a page of another origin.
//! Source: CouchDB 3.x, HTTP API; Fetch and Compression Streams (WHATWG).
//! Not here: what is asked, what an answer means.

use crate::browser::clock;
use crate::browser::wait::within;
use crate::trust::HubAccess;
use data_encoding::BASE64;
use gloo::timers::future::TimeoutFuture;
use js_sys::{Array, Reflect, Uint8Array};
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AbortController, Blob, Headers, ReadableStreamDefaultReader, ReadableWritablePair,
    ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestRedirect, Response,
};

/// One that goes on and said nothing for so long is a line that is cut.
const SILENT_MS_MAX: u32 = 25_000;
/// Shorter bodies are not worth it.
const PACKED_BYTES_MIN: usize = 300;
const PACK_MS_MAX: u32 = 5_000;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// No network, not in time, or a status that says nothing.
    Failed,
    TooLarge,
    /// 401 or 403: the hub does not know the gate's user, or lets it in no more.
    Retired,
    /// 404.
    Missing,
    /// The hub, or what is in front of it, does not take it as it was asked.
    Misunderstood,
}

/// How one that goes on came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The hub ended it, or its time was over.
    Over,
    Cut(NoAnswer),
}

pub struct Line {
    /// Of the venue's database, without a slash at its end.
    database: String,
    authorization: String,
    packs: Cell<bool>,
    /// Of the request that goes on.
    following: RefCell<Option<AbortController>>,
}

impl Line {
    pub fn new(address: &str, database: &str, access: &HubAccess) -> Self {
        let pair = format!("{}:{}", access.user, access.password());
        Self {
            database: format!("{address}/{database}"),
            authorization: format!("Basic {}", BASE64.encode(pair.as_bytes())),
            packs: Cell::new(true),
            following: RefCell::default(),
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
        let response = self.open(path, body, limit_ms, &abort).await?;
        let mut bytes = Vec::new();
        let mut chunks = Chunks::of(&response)?;
        loop {
            let left_ms = f64::from(limit_ms) - (clock::running_ms() - began_ms);
            let chunk = chunks.next(whole(left_ms)).await;
            let chunk = chunk.inspect_err(|_| abort.abort())?;
            let Some(mut chunk) = chunk else { return Ok(bytes) };
            bytes.append(&mut chunk);
            if bytes.len() > bytes_max {
                abort.abort();
                return Err(NoAnswer::TooLarge);
            }
        }
    }

    /// `take` gets each line, and an empty one where the hub says that it is there; it answers whether to read on.
    pub async fn follow(
        &self,
        (path, body): (&str, Option<&str>),
        limit_ms: i64,
        line_bytes_max: usize,
        take: impl AsyncFn(&[u8]) -> bool,
    ) -> End {
        self.hang_up();
        let Ok(abort) = AbortController::new() else { return End::Cut(NoAnswer::Failed) };
        self.following.replace(Some(abort.clone()));
        let end = match self.open(path, body, SILENT_MS_MAX, &abort).await {
            Ok(response) => lines(&response, limit_ms, line_bytes_max, take).await,
            Err(why) => Err(why),
        };
        abort.abort();
        end.map_or_else(End::Cut, |()| End::Over)
    }

    /// What goes on is not waited for any more.
    pub fn hang_up(&self) {
        if let Some(abort) = self.following.take() {
            abort.abort();
        }
    }

    async fn open(
        &self,
        path: &str,
        body: Option<&str>,
        limit_ms: u32,
        abort: &AbortController,
    ) -> Result<Response, NoAnswer> {
        let packed = match body {
            Some(body) if body.len() >= PACKED_BYTES_MIN && self.packs.get() => packed(body).await,
            _ => None,
        };
        let (is_packed, has_body) = (packed.is_some(), body.is_some());
        let body = packed.or(body.map(JsValue::from_str));
        let init = self.init(body, is_packed, abort).map_err(|_| NoAnswer::Failed)?;
        let url = format!("{}/{path}", self.database);
        let asked = clock::window().fetch_with_str_and_init(&url, &init);
        let response = within(&asked, limit_ms).await;
        let status =
            response.as_ref().map(|response| response.unchecked_ref::<Response>().status());
        if !matches!(status, Ok(200..=299)) {
            abort.abort();
            // Whichever way a body was sent, the next time it is the other.
            self.packs.set(if has_body { !is_packed } else { self.packs.get() });
        }
        match status {
            Ok(401 | 403) => Err(NoAnswer::Retired),
            Ok(404) => Err(NoAnswer::Missing),
            Ok(400 | 405 | 415) => Err(NoAnswer::Misunderstood),
            Ok(200..=299) => response.map(JsCast::unchecked_into).map_err(|_| NoAnswer::Failed),
            _ => Err(NoAnswer::Failed),
        }
    }

    fn init(
        &self,
        body: Option<JsValue>,
        is_packed: bool,
        abort: &AbortController,
    ) -> Result<RequestInit, JsValue> {
        let headers = Headers::new()?;
        headers.set("Authorization", &self.authorization)?;
        headers.set("Accept", "application/json")?;
        let init = RequestInit::new();
        if let Some(body) = body {
            headers.set("Content-Type", "application/json")?;
            if is_packed {
                headers.set("Content-Encoding", "gzip")?;
            }
            init.set_method("POST");
            init.set_body(&body);
        } else {
            // Answers to a POST are not kept; and with this Chromium would ask before each whether it may.
            init.set_cache(RequestCache::NoStore);
        }
        init.set_headers(&headers);
        init.set_credentials(RequestCredentials::Omit);
        init.set_redirect(RequestRedirect::Error);
        init.set_referrer_policy(ReferrerPolicy::NoReferrer);
        init.set_signal(Some(&abort.signal()));
        Ok(init)
    }
}

async fn lines(
    response: &Response,
    limit_ms: i64,
    line_bytes_max: usize,
    take: impl AsyncFn(&[u8]) -> bool,
) -> Result<(), NoAnswer> {
    let until_ms = clock::moment().running_ms + limit_ms;
    let mut chunks = Chunks::of(response)?;
    let mut rest = Vec::new();
    while clock::moment().running_ms < until_ms
        && let Some(mut chunk) = chunks.next(SILENT_MS_MAX).await?
    {
        rest.append(&mut chunk);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let after = rest.split_off(end + 1);
            let line = std::mem::replace(&mut rest, after);
            if !take(line.trim_ascii()).await {
                return Ok(());
            }
        }
        if rest.len() > line_bytes_max {
            return Err(NoAnswer::TooLarge);
        }
    }
    Ok(())
}

/// `None`: this browser cannot.
async fn packed(text: &str) -> Option<JsValue> {
    let made = Reflect::get(&clock::window(), &"CompressionStream".into()).ok()?;
    let gzip = Reflect::construct(made.dyn_ref::<js_sys::Function>()?, &Array::of1(&"gzip".into()))
        .ok()?;
    let blob = Blob::new_with_str_sequence(&Array::of1(&text.into())).ok()?;
    // It has the pair's two members.
    let stream = blob.stream().pipe_through(gzip.unchecked_ref::<ReadableWritablePair>());
    let response = Response::new_with_opt_readable_stream(Some(&stream)).ok()?;
    within(&response.array_buffer().ok()?, PACK_MS_MAX).await.ok()
}

/// An answer's body, as it comes.
struct Chunks(Option<ReadableStreamDefaultReader>);

impl Chunks {
    fn of(response: &Response) -> Result<Self, NoAnswer> {
        Ok(Self(response.body().map(|body| body.get_reader().unchecked_into())))
    }

    /// `None`: that was all.
    async fn next(&mut self, limit_ms: u32) -> Result<Option<Vec<u8>>, NoAnswer> {
        let Some(reader) = &self.0 else { return Ok(None) };
        let chunk = within(&reader.read(), limit_ms).await;
        let chunk = chunk.map_err(|_| NoAnswer::Failed)?;
        if is_done(&chunk) {
            return Ok(None);
        }
        let value = Reflect::get(&chunk, &"value".into()).map_err(|_| NoAnswer::Failed)?;
        Ok(Some(Uint8Array::new(&value).to_vec()))
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a minute, clamped")]
fn whole(ms: f64) -> u32 {
    ms.clamp(1.0, f64::from(u32::MAX)) as u32
}

fn is_done(chunk: &JsValue) -> bool {
    Reflect::get(chunk, &"done".into()).ok().and_then(|done| done.as_bool()).unwrap_or(true)
}

/// Lets the page draw before going on.
pub async fn breathe() {
    TimeoutFuture::new(0).await;
}
