//! CouchDB over HTTP, as the admin.
//!
//! Shape: method, path, JSON → status and JSON; the password from the environment or a prompt, in a header.
//! Limits and errors: an answer has at most `ANSWER_BYTES_MAX`, no redirect is followed; `HUB-ADDRESS`,
//! `HUB-REACH`, `HUB-ADMIN`, `HUB-ANSWER`, `HUB-REFUSED`, `HUB-PASSWORD`.
//! Source: CouchDB 3 HTTP API; RFC 7617 for the header.
//! Not here: what the documents mean.

use super::super::failure::Failure;
use super::super::trusted::{self, RootArgs};
use crate::trust::{Registry, is_hub_address};
use clap::Args;
use data_encoding::BASE64;
use serde_json::Value;
use std::env;
use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;
use ureq::http::Request;
use ureq::tls::{RootCerts, TlsConfig};

const PASSWORD_VARIABLE: &str = "GERBANG_HUB_PASSWORD";
const ANSWER_BYTES_MAX: u64 = 64 << 20;
const ANSWER_S_MAX: u64 = 120;
/// The code of an answer that is longer.
pub const TOO_LONG: &str = "HUB-ANSWER-LONG";
/// Reading is tried so often before it is given up.
const TRIES: u32 = 3;

#[derive(Debug, Args)]
pub struct CouchArgs {
    /// The hub's address: https://, or http:// on this machine. Default: what the registry says.
    #[arg(long, value_name = "ADDRESS")]
    hub: Option<String>,
    /// The registry that names venues and hub.
    #[arg(long, value_name = "FILE")]
    registry: Option<PathBuf>,
    #[command(flatten)]
    roots: RootArgs,
    /// The admin's name; the password is asked for, or taken from GERBANG_HUB_PASSWORD.
    #[arg(long, value_name = "NAME", default_value = "admin")]
    admin: String,
}

impl CouchArgs {
    /// The registry, where one is named.
    pub fn registry(&self) -> Result<Option<Registry>, Failure> {
        self.registry.as_deref().map(|path| trusted::open(path, &self.roots)).transpose()
    }

    pub fn needed_registry(&self) -> Result<Registry, Failure> {
        let missing = || Failure::new("HUB-REGISTRY", "name the registry with --registry");
        self.registry()?.ok_or_else(missing)
    }

    pub fn open(&self, registry: Option<&Registry>) -> Result<Couch, Failure> {
        let said = registry.and_then(Registry::hub);
        let Some(address) = self.hub.as_deref().or(said) else {
            let words = "no hub: name it with --hub, or a registry that has one with --registry";
            return Err(Failure::new("HUB-ADDRESS", words));
        };
        if !is_hub_address(address) || address.starts_with('/') {
            let words = "a hub's address is https://HOST, or http://localhost, maybe with :PORT and \
                         /PATH, and with nothing else: no user, password or last slash";
            return Err(Failure::new("HUB-ADDRESS", words));
        }
        let credentials = format!("{}:{}", self.admin, password()?);
        Ok(Couch::new(address, &credentials))
    }
}

fn password() -> Result<String, Failure> {
    if let Some(password) = env::var_os(PASSWORD_VARIABLE) {
        return Ok(password.into_string().unwrap_or_default());
    }
    if !io::stdin().is_terminal() {
        let words =
            format!("the admin's password is needed, nobody can be asked: set {PASSWORD_VARIABLE}");
        return Err(Failure::new("HUB-PASSWORD", words));
    }
    Ok(rpassword::prompt_password("The admin's password: ")?)
}

pub struct Couch {
    agent: ureq::Agent,
    address: String,
    authorization: String,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    /// As `{"error": "..."}` says it.
    fn error(&self) -> &str {
        self.body.get("error").and_then(Value::as_str).unwrap_or_default()
    }

    pub fn refused(&self, what: &str) -> Failure {
        let reason = self.body.get("reason").and_then(Value::as_str).unwrap_or_default();
        // Whatever a server says, in one short line.
        let plain = |text: &str| -> String {
            text.chars().filter(|letter| !letter.is_control()).take(120).collect()
        };
        if matches!(self.status, 401 | 403) {
            let words = format!("{what}: the hub does not take this admin's name and password");
            return Failure::new("HUB-ADMIN", words);
        }
        let said = plain(&format!("{} {reason}", self.error()));
        Failure::new("HUB-REFUSED", format!("{what}: the hub says {} {said}", self.status))
    }
}

impl Couch {
    fn new(address: &str, credentials: &str) -> Self {
        // Only the first call of a process has anything to do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(ANSWER_S_MAX)))
            .tls_config(tls)
            .build();
        Self {
            agent: config.into(),
            address: address.to_owned(),
            authorization: format!("Basic {}", BASE64.encode(credentials.as_bytes())),
        }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks again where no answer came or the server failed; for what may be asked twice.
    pub fn read(&self, path: &str) -> Result<Answer, Failure> {
        self.again(|| self.ask("GET", path, None))
    }

    /// The same with a body, as `_all_docs` takes keys.
    pub fn read_with(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        self.again(|| self.ask("POST", path, Some(body)))
    }

    fn again(&self, ask: impl Fn() -> Result<Answer, Failure>) -> Result<Answer, Failure> {
        let mut tries = 1;
        loop {
            match ask() {
                Ok(answer) if answer.status < 500 => return Ok(answer),
                Err(failure) if failure.is(TOO_LONG) => return Err(failure),
                answer if tries == TRIES => return answer,
                _ => tries += 1,
            }
        }
    }

    pub fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer, Failure> {
        let unreachable = |error: ureq::Error| {
            let (code, words) = match error {
                ureq::Error::Timeout(_) => ("HUB-REACH", "does not answer in time".to_owned()),
                ureq::Error::BodyExceedsLimit(_) => (TOO_LONG, "answers too much".to_owned()),
                other => ("HUB-REACH", format!("cannot be reached: {other}")),
            };
            Failure::new(code, format!("{} {words}", self.address))
        };
        let no_answer =
            |words: &str| Failure::new("HUB-ANSWER", format!("{} {words}", self.address));
        let text = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/{path}", self.address))
            .header("Authorization", &self.authorization)
            .header("Accept", "application/json")
            .header("Content-Type", "application/json");
        let wrong = |_| no_answer("cannot be asked for that");
        let run = match body {
            Some(_) => self.agent.run(request.body(text).map_err(wrong)?),
            None => self.agent.run(request.body(()).map_err(wrong)?),
        };
        let mut response = run.map_err(unreachable)?;
        let status = response.status().as_u16();
        if (300..400).contains(&status) {
            return Err(no_answer("sends elsewhere, and nothing follows it with a password"));
        }
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let body = body.map_err(unreachable)?;
        match serde_json::from_slice(&body) {
            Ok(body) => Ok(Answer { status, body }),
            Err(_) if status >= 400 => Ok(Answer { status, body: Value::Null }),
            Err(_) => Err(no_answer("does not answer as CouchDB does")),
        }
    }

    /// Creates or changes a document; answers whether it was not so before.
    pub fn write(&self, path: &str, document: Value) -> Result<bool, Failure> {
        let there = self.read(path)?;
        let mut document = document;
        match there.status {
            200 => {
                let revision = there.body.get("_rev").cloned().unwrap_or_default();
                let is_same = document.as_object().is_some_and(|members| {
                    members.iter().all(|(name, value)| there.body.get(name) == Some(value))
                });
                if is_same {
                    return Ok(false);
                }
                if let Some(members) = document.as_object_mut() {
                    members.insert("_rev".to_owned(), revision);
                }
            }
            404 => {}
            _ => return Err(there.refused(path)),
        }
        let answer = self.ask("PUT", path, Some(&document))?;
        if answer.status / 100 == 2 { Ok(true) } else { Err(answer.refused(path)) }
    }

    /// Creates a database; answers whether it was not there.
    pub fn make_database(&self, name: &str) -> Result<bool, Failure> {
        let answer = self.ask("PUT", &segment(name), None)?;
        match answer.status {
            201 | 202 => Ok(true),
            412 => Ok(false),
            _ => Err(answer.refused(name)),
        }
    }

    /// All databases that are ours.
    pub fn databases(&self) -> Result<Vec<String>, Failure> {
        let answer = self.read("_all_dbs")?;
        let names = answer.body.as_array().ok_or_else(|| answer.refused("the databases"))?;
        let names = names.iter().filter_map(Value::as_str).filter(|name| is_ours(name));
        Ok(names.map(str::to_owned).collect())
    }
}

impl std::fmt::Debug for Couch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Couch").field("address", &self.address).finish_non_exhaustive()
    }
}

pub const PREFIX: &str = "gerbang-";
/// Where the city gathers its venues.
pub const GATHERED: &str = "gerbang-all";

fn is_ours(name: &str) -> bool {
    let letter = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    name.starts_with(PREFIX) && name.len() <= 400 && name.bytes().all(letter)
}

/// A text as one part of a path or query (RFC 3986 §2.1).
pub fn segment(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => {
                // Writing to a text does not fail.
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
        escaped
    })
}
