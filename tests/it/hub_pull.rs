//! `gerbang hub pull` that was stopped goes on where it was, and asks for little again.

use crate::chance::new_log;
use crate::command::{status, text};
use crate::hub_hearers::do_something;
use crate::hub_peer::{Hub, segments};
use crate::hub_proxy::tiring;
use gerbang::audit_log::{StoredEntry, write_line};
use gerbang::trust::{HubUser, hub_database};
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const AT_UNIX_MS: i64 = 1_764_000_000_000;
const LOGS: u64 = 12;
/// More than a pull of all asks.
const PLENTY: usize = 10_000;

struct Gate {
    user: HubUser,
    device: ed25519_dalek::SigningKey,
    entries: Vec<StoredEntry>,
}

impl Gate {
    fn new(hub: &Hub, at: u64) -> Self {
        let user = HubUser::of(&hub.venues[0], &format!("pintu-{at}")).expect("short");
        let (device, mut head) = new_log(900 + at);
        let mut chance = crate::chance::Chance(at);
        let mut entries = Vec::new();
        for minute in 0..80 {
            let at_unix_ms = AT_UNIX_MS + minute * 60_000;
            entries.extend(do_something(&mut head, "pintu", at_unix_ms, &mut chance).0);
        }
        Self { user, device, entries }
    }

    fn put(&self, hub: &Hub, range: std::ops::Range<usize>) {
        let written = segments(&self.user, &self.device, &self.entries[range], 2);
        hub.put_segments(&hub_database(&hub.venues[0]), &written);
    }
}

#[test]
fn a_pull_that_was_stopped_in_the_middle_goes_on_where_it_was() {
    let hub = Hub::apart("stopped", 1);
    let database = hub_database(&hub.venues[0]);
    let gates: Vec<Gate> = (0..LOGS).map(|at| Gate::new(&hub, at)).collect();
    gates.iter().for_each(|gate| gate.put(&hub, 0..70));
    let left = Arc::new(AtomicUsize::new(PLENTY));
    let address = tiring(&hub.address, &left);
    let pull = |folder: &str, requests: usize| {
        left.store(requests, Ordering::SeqCst);
        let out = hub.path(folder);
        let pulled =
            hub.gerbang(&["pull", "--hub", &address, "--database", &database, "--out", &out]);
        (status(&pulled), requests - left.load(Ordering::SeqCst), text(&pulled.stderr))
    };
    // Of the first ones more.
    let is_whole = |folder: &str, more: usize| {
        gates.iter().enumerate().all(|(at, gate)| {
            let count = if at < more { 80 } else { 70 };
            let files = fs::read_dir(hub.path(folder)).expect("a folder").flatten();
            let mut files = files.filter(|file| {
                file.file_name().to_string_lossy().starts_with(&format!("{}--", gate.user))
            });
            let text = files.next().map(|file| fs::read_to_string(file.path()).expect("written"));
            let lines = gate.entries[..count].iter().map(|entry| write_line(entry) + "\n");
            text == Some(lines.collect::<String>())
        })
    };
    let (ended, whole, said) = pull("at-once", PLENTY);
    assert_eq!(ended, 0, "{said}");
    assert!(is_whole("at-once", 0));
    // Stopped three times, and while it is, more comes.
    let most = whole * 2 / 3;
    assert_eq!(pull("stopped", most).0, 2);
    gates[0].put(&hub, 70..80);
    assert_eq!(pull("stopped", 6).0, 2);
    gates[1].put(&hub, 70..80);
    let (ended, asked, said) = pull("stopped", PLENTY);
    assert_eq!(ended, 0, "{said}");
    assert!(is_whole("stopped", 2));
    assert!(asked < whole, "{asked} requests after {most}, of {whole} in all");
    let (ended, asked, _) = pull("stopped", PLENTY);
    assert_eq!(ended, 0);
    assert!(asked <= 6 && is_whole("stopped", 2), "{asked} requests where nothing is new");
}
