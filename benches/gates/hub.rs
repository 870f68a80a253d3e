//! A hub's requests, as the page's `annex/hub/talk.rs` makes them, and what they cost.

use super::gate::{Clock, lock};
use data_encoding::{BASE64, HEXLOWER};
use gerbang::audit_log::LogId;
use gerbang::issue::simulate::GateLog;
use gerbang::sync::{
    Ask, Documents, FIRST_DOCUMENTS_MAX, Got, Heard, How, PARTS_SUFFIX, SegmentId, timing,
};
use gerbang::trust::{HubUser, hub_database};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use ureq::http::{Request, Response};

const RULE: &str = include_str!("../../src/cli/hub/rule.js");
const PASSWORD: &str = "a gate of a bench";
const LIMIT_MS: u64 = 50_000;
const ROWS_MAX: usize = 2_000;
const HEARTBEAT_MS: u32 = 20_000;
const ANSWER_BYTES_MAX: u64 = 64 << 20;

pub struct User {
    pub name: HubUser,
    database: String,
    authorization: String,
    /// To send and to hear, as a browser keeps its connections.
    agents: [ureq::Agent; 2],
}

pub struct Hub {
    address: String,
    authorization: String,
    sums: [AtomicU64; 4],
    /// How long each write took to be answered.
    answers: Mutex<Vec<i64>>,
    clock: Clock,
}

/// Requests, and bytes of their bodies both ways.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    pub requests: u64,
    pub sends: u64,
    pub sent_bytes: u64,
    pub hears: u64,
    pub heard_bytes: u64,
}

impl Spent {
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            requests: self.requests - earlier.requests,
            sends: self.sends - earlier.sends,
            sent_bytes: self.sent_bytes - earlier.sent_bytes,
            hears: self.hears - earlier.hears,
            heard_bytes: self.heard_bytes - earlier.heard_bytes,
        }
    }
}

const SENDS: usize = 0;
const SENT_BYTES: usize = 1;
const HEARS: usize = 2;
const HEARD_BYTES: usize = 3;

/// Why there is no answer.
enum NoAnswer {
    Failed,
    Retired,
}

fn agent(limit_ms: u64) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_millis(limit_ms)))
        .build();
    config.into()
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", BASE64.encode(format!("{user}:{password}").as_bytes()))
}

impl Hub {
    pub fn new(address: &str, password: &str, clock: Clock) -> Self {
        Self {
            address: address.to_owned(),
            authorization: basic("admin", password),
            sums: Default::default(),
            answers: Mutex::default(),
            clock,
        }
    }

    /// Ascending.
    pub fn take_answers(&self) -> Vec<i64> {
        let mut answers = std::mem::take(&mut *lock(&self.answers));
        answers.sort_unstable();
        answers
    }

    /// A venue's database and its gates' users, as `gerbang hub init --apart` and `enrol` make them.
    pub fn open_venue(&self, venue_id: &str, logs: &[GateLog]) -> Vec<User> {
        let database = hub_database(venue_id);
        let agent = agent(LIMIT_MS);
        let put = |path: &str, body: &Value| {
            let url = format!("{}/{path}", self.address);
            let answer = ask(&agent, ("PUT", &url), &self.authorization, Some(&body.to_string()));
            assert!(answer.is_ok(), "{path}");
        };
        put(&database, &json!({}));
        let security = json!({
            "admins": { "names": [], "roles": ["_admin"] },
            "members": { "names": [], "roles": [database] },
        });
        put(&format!("{database}/_security"), &security);
        let rule = json!({ "language": "javascript", "validate_doc_update": RULE });
        put(&format!("{database}/_design/gerbang"), &rule);
        let user = |log: &GateLog| {
            let name = HubUser::of(venue_id, &log.name.gate).expect("short");
            let document = json!({
                "name": name.as_str(), "password": PASSWORD, "roles": [database], "type": "user",
            });
            put(&format!("_users/org.couchdb.user:{name}"), &document);
            let authorization = basic(name.as_str(), PASSWORD);
            let agents = [LIMIT_MS, timing::FOLLOW_MS.unsigned_abs()].map(self::agent);
            User { name, database: format!("{}/{database}", self.address), authorization, agents }
        };
        logs.iter().map(user).collect()
    }

    pub fn spent(&self) -> Spent {
        let [sends, sent_bytes, hears, heard_bytes] =
            [SENDS, SENT_BYTES, HEARS, HEARD_BYTES].map(|at| self.sums[at].load(Ordering::Relaxed));
        Spent { requests: sends + hears, sends, sent_bytes, hears, heard_bytes }
    }

    fn add(&self, what: usize, amount: usize) {
        self.sums[what].fetch_add(amount as u64, Ordering::Relaxed);
    }

    pub fn list(&self, user: &User, log: LogId, from: u64) -> Heard {
        let own = format!("{}:{}", user.name, HEXLOWER.encode(&log.0));
        let url = format!(
            "{}/_all_docs?startkey=%22{own}:{from:012}%22&endkey=%22{own};%22&limit={ROWS_MAX}",
            user.database
        );
        self.add(SENDS, 1);
        let answer = match ask(&user.agents[0], ("GET", &url), &user.authorization, None) {
            Ok(answer) => answer,
            Err(why) => return failed(&why),
        };
        let rows = answer.1["rows"].as_array().into_iter().flatten();
        let ids: Vec<&str> = rows.filter_map(|row| row["id"].as_str()).collect();
        let parts: BTreeSet<&str> =
            ids.iter().filter_map(|id| id.strip_suffix(PARTS_SUFFIX)).collect();
        let (mut next, mut last) = (from, None);
        for id in &ids {
            let Ok(found) = SegmentId::parse(id) else { continue };
            if parts.contains(id) && (from..=next).contains(&found.first) && found.next > next {
                next = found.next;
                last = Some(found.first..next);
            }
        }
        Heard::Listed { next, last }
    }

    pub fn send(&self, user: &User, documents: &Documents, range: Range<u64>) -> Heard {
        let body = documents.to_bulk();
        self.add(SENDS, 1);
        self.add(SENT_BYTES, body.len());
        let url = format!("{}/_bulk_docs", user.database);
        let asked_ms = self.clock.now_ms();
        let answer = ask(&user.agents[0], ("POST", &url), &user.authorization, Some(&body));
        lock(&self.answers).push(self.clock.now_ms() - asked_ms);
        match answer {
            Ok((_, said)) => {
                let errors =
                    said.as_array().into_iter().flatten().filter_map(|row| row["error"].as_str());
                let is_other = |error: &str| !matches!(error, "conflict" | "forbidden");
                // What is there already an earlier try wrote: nobody else writes here.
                if errors.into_iter().any(is_other) { Heard::Failed } else { Heard::Taken(range) }
            }
            Err(why) => failed(&why),
        }
    }

    /// One request; `line` is told of each that comes of one that goes on.
    pub fn listen(
        &self,
        user: &User,
        ask: &Ask,
        mut take: impl FnMut(&str, &[u8]),
        line: impl Fn(Got),
    ) -> Got {
        let since = ask.since.as_deref().unwrap_or("0");
        let how = match ask.how {
            How::Newest => format!("descending=true&limit={FIRST_DOCUMENTS_MAX}"),
            How::Next { documents_max } => {
                format!("limit={documents_max}&include_docs=true&since={since}")
            }
            How::Over => format!("limit=1&since={since}"),
            How::Where => String::new(),
            How::Follow => {
                let heartbeat = HEARTBEAT_MS;
                format!("feed=continuous&heartbeat={heartbeat}&include_docs=true&since={since}")
            }
        };
        let url = match ask.how {
            How::Where => user.database.clone(),
            _ => format!("{}/_changes?{how}", user.database),
        };
        self.add(HEARS, 1);
        let mut take = |change: &Value| {
            if change["doc"].is_object() {
                let document = change["doc"].to_string();
                take(change["id"].as_str().unwrap_or_default(), document.as_bytes());
            }
        };
        if ask.how == How::Follow {
            let Ok(mut answer) = open(&user.agents[1], ("GET", &url), &user.authorization, None)
            else {
                return Got::Failed;
            };
            for text in BufReader::new(answer.body_mut().as_reader()).lines() {
                let Ok(text) = text else { return Got::Failed };
                self.add(HEARD_BYTES, text.len() + 1);
                let seq = match serde_json::from_str::<Value>(&text) {
                    Ok(change) => {
                        take(&change);
                        seq_of(&change["seq"])
                    }
                    Err(_) => None,
                };
                line(Got::Line { seq });
            }
            return Got::Ended;
        }
        let (bytes, said) =
            match self::ask(&user.agents[0], ("GET", &url), &user.authorization, None) {
                Ok(answer) => answer,
                Err(NoAnswer::Retired) => return Got::Retired,
                Err(NoAnswer::Failed) => return Got::Failed,
            };
        self.add(HEARD_BYTES, bytes);
        if ask.how == How::Where {
            return seq_of(&said["update_seq"]).map_or(Got::Failed, |seq| Got::Where { seq });
        }
        let Some(results) = said["results"].as_array() else { return Got::Failed };
        let seq = match ask.how {
            How::Newest if results.len() < FIRST_DOCUMENTS_MAX => Some("0".to_owned()),
            How::Newest => results.last().and_then(|change| seq_of(&change["seq"])),
            _ => seq_of(&said["last_seq"]),
        };
        let Some(seq) = seq else { return Got::Failed };
        results.iter().for_each(take);
        Got::Answer { seq, documents: results.len() }
    }
}

fn seq_of(seq: &Value) -> Option<String> {
    match seq {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// How many bytes came, and what they say.
fn ask(
    agent: &ureq::Agent,
    what: (&str, &str),
    authorization: &str,
    body: Option<&str>,
) -> Result<(usize, Value), NoAnswer> {
    let mut answer = open(agent, what, authorization, body)?;
    let bytes = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
    let bytes = bytes.map_err(|_| NoAnswer::Failed)?;
    let said = serde_json::from_slice(&bytes).map_err(|_| NoAnswer::Failed)?;
    Ok((bytes.len(), said))
}

fn open(
    agent: &ureq::Agent,
    (method, url): (&str, &str),
    authorization: &str,
    body: Option<&str>,
) -> Result<Response<ureq::Body>, NoAnswer> {
    let request = Request::builder()
        .method(method)
        .uri(url)
        .header("Authorization", authorization)
        .header("Accept", "application/json")
        .header("Content-Type", "application/json");
    let run = match body {
        Some(body) => agent.run(request.body(body).map_err(|_| NoAnswer::Failed)?),
        None => agent.run(request.body(()).map_err(|_| NoAnswer::Failed)?),
    };
    let answer = run.map_err(|_| NoAnswer::Failed)?;
    match answer.status().as_u16() {
        200..=299 => Ok(answer),
        401 | 403 => Err(NoAnswer::Retired),
        _ => Err(NoAnswer::Failed),
    }
}

fn failed(why: &NoAnswer) -> Heard {
    if matches!(why, NoAnswer::Retired) { Heard::Retired } else { Heard::Failed }
}
