//! A database that speaks CouchDB's protocol, and gates that write into it over HTTP.
//!
//! `tools/peer.mjs` unless `GERBANG_COUCHDB_URL` names a CouchDB, whose admin is `admin` with the password in
//! `GERBANG_HUB_PASSWORD`. Each test has venues of its own, so that several may share one.

use crate::audit_log_signed::sign;
use crate::authority::{body, root};
use crate::command::{folder, gerbang_with, json_lines, status, text};
use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::SigningKey;
use gerbang::audit_log::{ChainHead, Checkpoint, Statement, StoredEntry, read_entry};
use gerbang::issue::registry::build;
use gerbang::sync::{Documents, write_segment};
use gerbang::trust::{HubUser, RegistryBody, Venue, hub_database};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use ureq::http::Request;
use ureq::tls::{RootCerts, TlsConfig};

pub struct Hub {
    peer: Option<Child>,
    pub address: String,
    pub password: String,
    pub folder: PathBuf,
    pub venues: Vec<String>,
}

impl Drop for Hub {
    fn drop(&mut self) {
        if let Some(peer) = &mut self.peer {
            // It is gone already where the test killed it.
            let _ = peer.kill();
            let _ = peer.wait();
        }
    }
}

static MAKING: Mutex<()> = Mutex::new(());

/// What the hub says, and its status.
pub type Said = (u16, Value);

impl Hub {
    /// With databases for venues of that test alone.
    pub fn with_venues(test: &str, count: usize) -> Self {
        Self::made(test, count, &[])
    }

    /// The same, gathered nowhere.
    pub fn apart(test: &str, count: usize) -> Self {
        Self::made(test, count, &["--apart"])
    }

    fn made(test: &str, count: usize, how: &[&str]) -> Self {
        let mut hub = Self::start(test, count);
        let registry = hub.registry();
        // Of two that are made at once in one CouchDB, each would give the replications' user a password.
        let _one_at_a_time = MAKING.lock();
        let made = [&["init", "--registry", &registry, "--json"], how].concat();
        let made = hub.gerbang(&made);
        assert_eq!(status(&made), 0, "{}", text(&made.stderr));
        hub.venues = (0..count).map(|at| venue(test, at)).collect();
        hub
    }

    /// Without any database of ours.
    pub fn start(test: &str, venues: usize) -> Self {
        let (peer, address, password) = match std::env::var("GERBANG_COUCHDB_URL") {
            Ok(address) => {
                let password = std::env::var("GERBANG_HUB_PASSWORD");
                (None, address, password.expect("GERBANG_HUB_PASSWORD is its admin's password"))
            }
            Err(_) => start_peer(),
        };
        let folder = folder(&format!("hub-{test}"));
        let hub = Self { peer, address, password, folder, venues: Vec::new() };
        let venues = (0..venues).map(|at| Venue {
            id: venue(test, at),
            name: format!("Tempat {at}"),
            zones: Vec::new(),
        });
        let said =
            RegistryBody { hub: Some(hub.address.clone()), venues: venues.collect(), ..body() };
        let registry = build(&said, &root()).expect("in order");
        std::fs::write(hub.folder.join("registry.cose"), registry).expect("our own folder");
        hub
    }

    pub fn registry(&self) -> String {
        self.path("registry.cose")
    }

    pub fn path(&self, file: &str) -> String {
        self.folder.join(file).to_str().expect("UTF-8").to_owned()
    }

    /// `gerbang hub …` as the admin.
    pub fn gerbang(&self, arguments: &[&str]) -> Output {
        let root = HEXLOWER.encode(&root().verifying_key().to_bytes());
        let mut arguments = [&["hub"], arguments].concat();
        arguments.extend(["--root", &root]);
        gerbang_with(&[("GERBANG_HUB_PASSWORD", &self.password)], &arguments, "")
    }

    /// The object that it prints, and its status.
    pub fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let registry = self.registry();
        let arguments = [arguments, &["--registry", &registry, "--json"]].concat();
        let output = self.gerbang(&arguments);
        let said = json_lines(&output).pop();
        (status(&output), said.unwrap_or_else(|| panic!("{}", text(&output.stderr))))
    }

    /// Whether it is one, and not the peer.
    pub fn is_couchdb(&self) -> bool {
        self.admin("GET", "", None).1["couchdb"].is_string()
    }

    pub fn ask(&self, who: (&str, &str), method: &str, path: &str, body: Option<&Value>) -> Said {
        let agent = agent();
        let authorization = BASE64.encode(format!("{}:{}", who.0, who.1).as_bytes());
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/{path}", self.address))
            .header("Authorization", format!("Basic {authorization}"))
            .header("Content-Type", "application/json");
        let answer = match body {
            Some(body) => agent.run(request.body(body.to_string()).expect("a request")),
            None => agent.run(request.body(()).expect("a request")),
        };
        let mut answer = answer.expect("the hub answers");
        let text = answer.body_mut().read_to_string().expect("UTF-8");
        (answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub fn admin(&self, method: &str, path: &str, body: Option<&Value>) -> Said {
        self.ask(("admin", &self.password), method, path, body)
    }

    /// As the admin, and so also what no gate may write.
    pub fn put(&self, database: &str, id: &str, document: &str) {
        let document = serde_json::from_str(document).expect("a test's own JSON");
        let path = format!("{database}/{}", id.replace(':', "%3A"));
        let (status, said) = self.admin("PUT", &path, Some(&document));
        assert_eq!(status / 100, 2, "{said}");
    }

    pub fn put_segment(&self, database: &str, written: &Documents) {
        if let Some(parts) = &written.parts {
            self.put(database, &written.id.of_parts(), parts);
        }
        self.put(database, &written.id.to_string(), &written.segment);
    }

    /// Many at once, as gates write.
    pub fn put_segments(&self, database: &str, written: &[Documents]) {
        let document = |id: String, text: &str| {
            let mut document: Value = serde_json::from_str(text).expect("our own");
            document["_id"] = id.into();
            document
        };
        for batch in written.chunks(20) {
            let docs = batch.iter().flat_map(|segment| {
                let parts = segment.parts.iter();
                let parts = parts.map(|parts| document(segment.id.of_parts(), parts));
                parts.chain([document(segment.id.to_string(), &segment.segment)])
            });
            let body = json!({ "docs": docs.collect::<Vec<_>>() });
            let (status, said) = self.admin("POST", &format!("{database}/_bulk_docs"), Some(&body));
            assert_eq!(status, 201);
            let refused = |row: &Value| row.get("error").is_some();
            assert!(!said.as_array().expect("a row each").iter().any(refused), "{said}");
        }
    }

    /// Waits until as many documents are gathered as the venues hold.
    pub fn wait_until_gathered(&self) {
        let count = |database: &str, venue: &str| {
            let of_venue = format!("startkey=%22{venue}.%22&endkey=%22{venue}%2F%22");
            let (_, said) = self.admin("GET", &format!("{database}/_all_docs?{of_venue}"), None);
            said["rows"].as_array().map_or(0, Vec::len)
        };
        for venue in &self.venues {
            let there = count(&hub_database(venue), venue);
            let is_gathered = |_| count("gerbang-all", venue) == there;
            assert!((0..2_000).any(is_gathered), "{venue} is not gathered");
        }
    }
}

/// Believes whom the operating system believes, as the command does.
fn agent() -> ureq::Agent {
    // Only the first call of a process has anything to do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    ureq::Agent::config_builder().http_status_as_error(false).tls_config(tls).build().into()
}

/// A name that needs no escaping.
pub fn venue(test: &str, at: usize) -> String {
    let process = std::process::id();
    format!("uji-{test}-{process}-{at}")
}

fn start_peer() -> (Option<Child>, String, String) {
    const PASSWORD: &str = "rahasia uji";
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tools/peer.mjs");
    let mut peer = Command::new("node")
        .arg(script)
        .env("GERBANG_HUB_PASSWORD", PASSWORD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is there, as tools/setup sees to");
    let mut line = String::new();
    let out = peer.stdout.take().expect("piped");
    BufReader::new(out).read_line(&mut line).expect("it says its address");
    assert!(line.starts_with("http://127.0.0.1:"), "npm ci has fetched what it needs: {line:?}");
    (Some(peer), line.trim().to_owned(), PASSWORD.to_owned())
}

/// These entries as segments of so many, each signed by the device for its own end.
pub fn segments(
    user: &HubUser,
    device: &SigningKey,
    entries: &[StoredEntry],
    size: usize,
) -> Vec<Documents> {
    entries.chunks(size).map(|row| signed(user, device, row)).collect()
}

pub fn signed(user: &HubUser, device: &SigningKey, row: &[StoredEntry]) -> Documents {
    let last = row.last().expect("not empty");
    signed_at(user, device, row, read_entry(last).expect("an entry").at_unix_ms)
}

pub fn signed_at(
    user: &HubUser,
    device: &SigningKey,
    row: &[StoredEntry],
    at_unix_ms: i64,
) -> Documents {
    let mut head = ChainHead::after(row.last().expect("not empty")).expect("an entry");
    let signed = sign(&mut head, at_unix_ms, Statement::Checkpoint, device);
    let checkpoint = Checkpoint::of(&read_entry(&signed).expect("our own")).expect("a checkpoint");
    write_segment(user, row, &checkpoint).expect("in order")
}
