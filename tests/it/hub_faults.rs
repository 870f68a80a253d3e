//! Gates send to a real peer through a proxy that loses, repeats, cuts off and refuses what goes through it.
//! In the end everything is there once and believed.
//!
//! `GERBANG_HUB_RUNS` says how many runs, `GERBANG_HUB_SEED` runs one again. The faults follow from the seed:
//! one request is on its way at a time.

use crate::audit_log::{admitted, draft};
use crate::chance::Chance;
use crate::hub_peer::{Hub, signed};
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::SigningKey;
use gerbang::audit_log::{ChainHead, KeyedPart, LogId, StoredEntry};
use gerbang::sync::{
    Heard, Moment, PARTS_SUFFIX, Segment, SegmentId, Sender, Standing, Wish, read_parts,
    read_segment,
};
use gerbang::trust::{HubUser, hub_database};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::ops::Range;
use std::thread;
use std::time::Duration;
use ureq::http::Request;

const RUNS: u64 = 3;
const GATES: usize = 2;
const ROUNDS: u8 = 40;
const REQUEST_BYTES_MAX: u64 = 8 << 20;

/// Answers where it listens.
fn proxy(hub: &str, seed: u64) -> String {
    let target = hub.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("bound"));
    let mut chance = Chance(seed ^ 0x5eed);
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            // Whoever asked may have given up.
            let _ = pass(client, &target, &mut chance);
        }
    });
    address
}

fn pass(mut client: TcpStream, target: &str, chance: &mut Chance) -> io::Result<()> {
    let request = read_request(&mut client)?;
    let said = |status: &str, body: &str| {
        let length = body.len();
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
    };
    match chance.below(24) {
        // Lost on the way there.
        0..3 => return client.shutdown(Shutdown::Both),
        3 => return client.write_all(said("500 Internal", "{\"error\":\"oh\"}").as_bytes()),
        4 => return client.write_all(said("409 Conflict", "{\"error\":\"conflict\"}").as_bytes()),
        // Twice.
        5..7 => drop(forward(&request, target)?),
        _ => {}
    }
    let answer = forward(&request, target)?;
    match chance.below(24) {
        // Lost on the way back: it is done, and nobody knows.
        0..3 => client.shutdown(Shutdown::Both),
        // Cut off.
        3..6 => {
            let half = usize::try_from(chance.below(answer.len().max(1) as u64)).unwrap_or(0);
            client.write_all(answer.get(..half).unwrap_or_default())
        }
        _ => client.write_all(&answer),
    }
}

/// Head and body, as far as its `Content-Length` says; the connection closes behind it.
fn read_request(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && head.len() < 65_536 {
        client.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = text.split("content-length:").nth(1).and_then(|rest| rest.lines().next());
    let length: u64 = length.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    let mut body = Vec::new();
    client.take(length.min(REQUEST_BYTES_MAX)).read_to_end(&mut body)?;
    let closing = text.contains("\r\nconnection:");
    let blank = head.len() - 2;
    let added: &[u8] = if closing { b"" } else { b"Connection: close\r\n" };
    Ok([&head[..blank], added, b"\r\n", &body].concat())
}

fn forward(request: &[u8], target: &str) -> io::Result<Vec<u8>> {
    let mut hub = TcpStream::connect(target)?;
    hub.write_all(request)?;
    let mut answer = Vec::new();
    hub.read_to_end(&mut answer)?;
    Ok(answer)
}

struct Gate<'a> {
    address: &'a str,
    database: String,
    user: HubUser,
    password: String,
    device: SigningKey,
    head: ChainHead,
    log: Vec<StoredEntry>,
    sender: Sender,
    now_ms: i64,
}

impl Gate<'_> {
    fn record(&mut self, who: u8) {
        let mut decision = draft(1_764_000_000_000 + self.now_ms, admitted());
        decision.pseudonym = Some(KeyedPart::pseudonym(&[1; 32], &[who; 32], [who; 16]));
        self.log.push(self.head.append(decision));
    }

    /// Tells the sender, and does what it wishes until it waits; answers until when.
    fn hear(&mut self, heard: Heard, chance: &mut Chance) -> Option<i64> {
        let mut heard = heard;
        loop {
            let entropy = u32::try_from(chance.below(1 << 32)).expect("32 bits");
            let moment = Moment { running_ms: self.now_ms, entropy };
            heard = match self.sender.hear(heard, moment) {
                Wish::List { from } => self.list(from),
                Wish::Send(entries) => self.send(entries),
                Wish::Wait { until_running_ms } => return Some(until_running_ms),
                Wish::Rest => return None,
            };
            self.now_ms += 50;
        }
    }

    /// `None`: nothing came, or half of it.
    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Option<(u16, Value)> {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build();
        let agent = ureq::Agent::from(config);
        let credentials = format!("{}:{}", self.user, self.password);
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/{}/{path}", self.address, self.database))
            .header("Authorization", format!("Basic {}", BASE64.encode(credentials.as_bytes())))
            .header("Content-Type", "application/json")
            .header("Connection", "close");
        let answer = match body {
            Some(body) => agent.run(request.body(body.to_string()).ok()?),
            None => agent.run(request.body(()).ok()?),
        };
        let mut answer = answer.ok()?;
        let body = answer.body_mut().read_to_vec().ok()?;
        Some((answer.status().as_u16(), serde_json::from_slice(&body).ok()?))
    }

    fn list(&self, from: u64) -> Heard {
        let own = format!("{}:{}:", self.user, HEXLOWER.encode(&self.head.log().0));
        let [low, high] = [own.clone(), own + "~"].map(|key| format!("%22{key}%22"));
        let path = format!("_all_docs?include_docs=true&startkey={low}&endkey={high}");
        let Some((200, said)) = self.ask("GET", &path, None) else { return Heard::Failed };
        let Some(rows) = said["rows"].as_array() else { return Heard::Failed };
        let documents: BTreeMap<&str, String> = rows
            .iter()
            .filter_map(|row| Some((row["id"].as_str()?, row["doc"].to_string())))
            .collect();
        let (mut next, mut last) = (from, None);
        for (id, text) in documents.iter().filter(|(id, _)| !id.ends_with(PARTS_SUFFIX)) {
            let Ok(segment) = read_segment(id, text.as_bytes()) else { continue };
            let parts = documents.get(&*segment.id.of_parts());
            let is_whole =
                parts.is_some_and(|parts| read_parts(&segment, parts.as_bytes()).is_ok());
            let fits = (from..=next).contains(&segment.id.first) && segment.id.next > next;
            if is_whole && fits {
                next = segment.id.next;
                last = Some(segment.id.first..next);
            }
        }
        Heard::Listed { next, last }
    }

    fn send(&self, entries: Range<u64>) -> Heard {
        let [first, end] =
            [entries.start, entries.end].map(|at| usize::try_from(at).expect("small"));
        let written = signed(&self.user, &self.device, &self.log[first..end]);
        let parts = written.parts.map(|parts| (written.id.of_parts(), parts));
        for (id, text) in parts.into_iter().chain([(written.id.to_string(), written.segment)]) {
            let document: Value = serde_json::from_str(&text).expect("our own");
            let mut with_id = document.clone();
            with_id["_id"] = id.as_str().into();
            let body = json!({ "docs": [with_id] });
            let Some((201, said)) = self.ask("POST", "_bulk_docs", Some(&body)) else {
                return Heard::Failed;
            };
            if said[0]["error"].is_null() {
                continue;
            }
            // There already: is it ours?
            let path = id.replace(':', "%3A");
            let Some((200, there)) = self.ask("GET", &path, None) else { return Heard::Failed };
            let members = document.as_object().expect("an object");
            if members.iter().any(|(name, value)| there[name] != *value) {
                return Heard::Occupied;
            }
        }
        Heard::Taken(entries)
    }
}

fn run(hub: &Hub, seed: u64) {
    let address = proxy(&hub.address, seed);
    let mut chance = Chance(seed);
    let database = hub_database(&hub.venues[0]);
    let mut gates: Vec<Gate<'_>> = (0..GATES)
        .map(|at| {
            let user = HubUser::of(&hub.venues[0], &format!("g{seed}-{at}")).expect("short");
            let password = "abcdefghijklmnop".to_owned();
            let document = json!({
                "name": user.as_str(), "password": password, "roles": [database], "type": "user",
            });
            let path = format!("_users/org.couchdb.user:{user}");
            assert_eq!(hub.admin("PUT", &path, Some(&document)).0, 201);
            let mut key = [7; 32];
            key[..8].copy_from_slice(&(seed * 16 + at as u64).to_be_bytes());
            let device = SigningKey::from_bytes(&key);
            let log = LogId::of_device(&device.verifying_key().to_bytes());
            Gate {
                address: &address,
                database: database.clone(),
                user,
                password,
                device,
                head: ChainHead::genesis(log),
                log: Vec::new(),
                sender: Sender::new(0..0),
                now_ms: 0,
            }
        })
        .collect();
    for round in 0..ROUNDS {
        for gate in &mut gates {
            gate.now_ms += i64::try_from(chance.below(9_000)).expect("small");
            (0..chance.below(4)).for_each(|_| gate.record(round));
            let log = 0..gate.head.next_sequence();
            gate.hear(Heard::Log(log), &mut chance);
            if chance.below(12) == 0 {
                // Killed: what it had in memory is gone, the log is not.
                gate.sender = Sender::new(0..gate.head.next_sequence());
            }
        }
    }
    for gate in &mut gates {
        for _ in 0..200 {
            if matches!(gate.sender.standing(), Standing::Level { .. }) {
                break;
            }
            if let Some(until_ms) = gate.hear(Heard::Nothing, &mut chance) {
                gate.now_ms = gate.now_ms.max(until_ms);
            }
        }
        assert!(matches!(gate.sender.standing(), Standing::Level { .. }), "{:?}", gate.sender);
        assert!(gate.log.len() > 10);
        check(hub, gate);
    }
}

/// What the hub has of this gate is its log, every entry believed.
fn check(hub: &Hub, gate: &Gate<'_>) {
    let own = format!("startkey=%22{0}:%22&endkey=%22{0}:~%22", gate.user);
    let path = format!("{}/_all_docs?include_docs=true&{own}", gate.database);
    let (_, said) = hub.admin("GET", &path, None);
    let rows = said["rows"].as_array().expect("rows");
    let text = |id: &str| {
        let row = rows.iter().find(|row| row["id"] == id);
        row.map(|row| row["doc"].to_string())
    };
    let mut there: BTreeMap<u64, StoredEntry> = BTreeMap::new();
    for id in rows.iter().filter_map(|row| row["id"].as_str()) {
        let Ok(parsed) = SegmentId::parse(id) else { continue };
        let read: Result<Segment, _> = read_segment(id, text(id).expect("listed").as_bytes());
        let segment = read.expect("nobody but the gate wrote");
        let parts = text(&parsed.of_parts()).expect("parts come first");
        for entry in read_parts(&segment, parts.as_bytes()).expect("its own") {
            let kept = there.entry(entry.sequence).or_insert_with(|| entry.clone());
            assert_eq!(*kept, entry, "one place, one entry");
        }
    }
    assert!(there.values().eq(gate.log.iter()), "{} of {}", there.len(), gate.log.len());
}

#[test]
fn whatever_the_network_does_everything_is_there_once_in_the_end() {
    let hub = Hub::with_venues("faults", 1);
    if let Some(seed) = std::env::var("GERBANG_HUB_SEED").ok().and_then(|seed| seed.parse().ok()) {
        return run(&hub, seed);
    }
    let asked = std::env::var("GERBANG_HUB_RUNS").ok().and_then(|count| count.parse().ok());
    for seed in 0..asked.unwrap_or(RUNS) {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&hub, seed)));
        assert!(outcome.is_ok(), "run {seed}: run it again with GERBANG_HUB_SEED={seed}");
    }
}
