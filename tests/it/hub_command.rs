//! `gerbang hub` against a database that speaks CouchDB's protocol.

use crate::audit_log::{admitted, draft};
use crate::audit_log_signed::sign;
use crate::authority::root;
use crate::command::{check_fails, gerbang, gerbang_with, status, text};
use crate::hub_peer::{Hub, segments, signed};
use ed25519_dalek::SigningKey;
use gerbang::audit_log::{ChainHead, LogId, Statement, StoredEntry, write_line};
use gerbang::issue::simulate::{GateLog, Plan};
use gerbang::sync::Documents;
use gerbang::trust::setup_code::SetupCode;
use gerbang::trust::{HubUser, RootKey, hub_database};
use serde_json::{Value, json};
use std::fs;

/// 2026-11-02T00:00:00Z.
const DAY_UNIX_S: i64 = 1_793_577_600;

fn enrol(hub: &Hub, gate: &str, file: &str) -> (String, String) {
    let out = hub.path(file);
    let registry = hub.registry();
    let venue = &hub.venues[0];
    let arguments = ["enrol", "--registry", &registry, "--venue-id", venue, gate, "--out", &out];
    let output = hub.gerbang(&arguments);
    assert_eq!(status(&output), 0, "{}", text(&output.stderr));
    let file: Value = serde_json::from_slice(&fs::read(&out).expect("written")).expect("JSON");
    let text = |name: &str| file[name].as_str().expect("a text").to_owned();
    assert_eq!(self::text(&output.stdout).trim(), text("user"));
    (text("user"), text("password"))
}

fn fails(hub: &Hub, arguments: &[&str], code: &str) {
    let registry = hub.registry();
    let output = hub.gerbang(&[arguments, &["--registry", &registry]].concat());
    assert_eq!(status(&output), 2);
    let said = text(&output.stderr);
    assert!(said.trim_end().ends_with(&format!("({code})")), "{said}");
    assert!(!said.contains(&hub.password));
}

#[test]
fn what_is_there_already_is_left_alone() {
    let hub = Hub::start("init", 2);
    let (first, said) = hub.json(&["init"]);
    assert_eq!(first, 0);
    assert!(said["made"].as_u64() >= Some(2), "{said}");
    let database = said["databases"][0].as_str().expect("a name");
    let rule = || hub.admin("GET", &format!("{database}/_design/gerbang"), None).1;
    let before = rule();
    let (again, repeated) = hub.json(&["init"]);
    assert_eq!((again, &repeated["made"]), (0, &json!(0)));
    assert_eq!(before["_rev"], rule()["_rev"]);
}

#[test]
fn a_gate_adds_its_own_documents_reads_its_venue_and_does_nothing_else_until_it_is_withdrawn() {
    let hub = Hub::with_venues("rights", 2);
    let (user, password) = enrol(&hub, "Pintu 1", "pintu-1.json");
    let (other, _) = enrol(&hub, "Pintu 2", "pintu-2.json");
    let gate = (user.as_str(), password.as_str());
    let [own, foreign] = [0, 1].map(|at| hub_database(&hub.venues[at]));
    let add = |id: &str, document: Value| {
        let mut document = document;
        document["_id"] = id.into();
        let body = json!({ "docs": [document] });
        let (status, said) = hub.ask(gate, "POST", &format!("{own}/_bulk_docs"), Some(&body));
        if status == 201 {
            said[0]["error"].as_str().map(str::to_owned)
        } else {
            Some(status.to_string())
        }
    };
    let one = json!({ "v": 1, "parts": [] });
    assert_eq!(add(&format!("{user}:1"), one.clone()), None);
    // Same id: whatever its content, it is not written.
    assert!(add(&format!("{user}:1"), json!({ "v": 1, "parts": ["x"] })).is_some());
    assert!(add(&format!("{other}:1"), one.clone()).is_some());
    assert!(add(&user, one.clone()).is_some());
    assert!(add(&format!("{user}:2"), json!({ "v": 1, "name": "Siti" })).is_some());
    let (_, there) = hub.ask(gate, "GET", &format!("{own}/{user}%3A1"), None);
    assert_eq!(there["parts"], json!([]));
    let revision = there["_rev"].as_str().expect("a revision");
    let mut changed = one.clone();
    changed["_rev"] = revision.into();
    let path = format!("{own}/{user}%3A1");
    assert!(hub.ask(gate, "PUT", &path, Some(&changed)).0 >= 400);
    assert!(hub.ask(gate, "DELETE", &format!("{path}?rev={revision}"), None).0 >= 400);
    let changes = |database: &str| hub.ask(gate, "GET", &format!("{database}/_changes"), None).0;
    assert_eq!(changes(&own), 200);
    assert!(matches!(changes(&foreign), 401 | 403));
    assert!(matches!(changes("gerbang-all"), 401 | 403));
    if hub.is_couchdb() {
        // The peer dies of being asked.
        assert!(hub.ask(gate, "PUT", "gerbang-mine", None).0 >= 400);
    }

    let venue = hub.venues[0].as_str();
    let out = hub.path("again.json");
    let again = ["enrol", "--venue-id", venue, "Pintu 1", "--out", &out];
    fails(&hub, &again, "HUB-USER");
    assert!(!std::path::Path::new(&out).exists());
    fails(&hub, &["enrol", "--venue-id", "lain", "Pintu 1", "--out", &out], "HUB-VENUE");
    let registry = hub.registry();
    let renewed = hub.gerbang(&[&again[..], &["--renew", "--registry", &registry]].concat());
    assert_eq!(status(&renewed), 0, "{}", text(&renewed.stderr));
    assert_eq!(changes(&own), 401, "the old password is worth nothing");
    let file: Value = serde_json::from_slice(&fs::read(&out).expect("written")).expect("JSON");
    let renewed = (user.as_str(), file["password"].as_str().expect("a text"));
    let path = format!("{own}/_changes");
    assert_eq!(hub.ask(renewed, "GET", &path, None).0, 200);
    let retire = ["retire", "--venue-id", venue, "Pintu 1", "--registry", &registry];
    assert_eq!(status(&hub.gerbang(&retire)), 0);
    assert_eq!(hub.ask(renewed, "GET", &path, None).0, 401);
    fails(&hub, &retire[..4], "HUB-USER");
}

#[test]
fn the_set_up_code_of_a_gate_brings_its_user_and_password() {
    let hub = Hub::with_venues("setup", 1);
    let (user, password) = enrol(&hub, "Pintu 1", "pintu-1.json");
    let venue = hub.venues[0].as_str();
    let key = hub.path("root.key.json");
    assert_eq!(status(&gerbang(&["keygen", "--json", &key], "")), 0);
    let file: Value = serde_json::from_slice(&fs::read(&key).expect("written")).expect("JSON");
    let root = RootKey::from_hex(file["public_key_hex"].as_str().expect("a text"));
    let access = hub.path("pintu-1.json");
    let code = |gate: &str| {
        let arguments = [
            "setup-code",
            "--root",
            &key,
            "--venue-id",
            venue,
            "--venue",
            "Tempat",
            "--gate",
            gate,
            "--policy",
            "signed-pass",
            "--until",
            "2027-01-01",
            "--hub",
            &access,
        ];
        gerbang(&arguments, "")
    };
    let output = code("Pintu 1");
    let code_text = text(&output.stdout);
    let opened = SetupCode::open(code_text.trim(), &[root.expect("a key")], DAY_UNIX_S);
    let access = opened.expect("our own").hub.expect("it was given");
    assert_eq!((access.user.as_str(), access.password()), (user.as_str(), password.as_str()));
    let other = code("Pintu 2");
    assert!(text(&other.stderr).contains("(HUB-ACCESS)"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(hub.path("pintu-1.json")).expect("written").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// The logs of a plan's venues, under this test's own names.
fn logs(plan: &Plan) -> Vec<GateLog> {
    (0..plan.venues).flat_map(|venue| plan.venue(venue)).collect()
}

/// Another seed in each test: those that share a hub share no phone.
const PLAN: Plan =
    Plan { seed: 10, venues: 2, gates: 3, days: 2, entries: 1_500, first_day_unix_s: DAY_UNIX_S };

fn user_of(hub: &Hub, at: usize) -> (HubUser, String) {
    let venue = &hub.venues[at % hub.venues.len()];
    let user = HubUser::of(venue, &format!("pintu-{at}")).expect("short");
    (user, hub_database(venue))
}

fn lines(entries: &[StoredEntry]) -> String {
    entries.iter().map(|entry| write_line(entry) + "\n").collect()
}

/// What lies in a folder as exports, in their logs' order.
fn exports(folder: &str) -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .collect();
    files.sort();
    files.iter().map(|path| path.to_str().expect("UTF-8").to_owned()).collect()
}

#[test]
fn what_gates_sent_is_whole_and_comes_as_the_exports_that_they_would_write() {
    let hub = Hub::with_venues("pull", 2);
    let logs = logs(&PLAN);
    let half = |log: &GateLog| log.entries.len() / 2;
    for (at, log) in logs.iter().enumerate() {
        let (user, database) = user_of(&hub, at);
        let written = segments(&user, &log.device, &log.entries[..half(log)], 50);
        hub.put_segments(&database, &written);
    }
    hub.wait_until_gathered();
    let days = hub.path("days");
    let database = hub_database(&hub.venues[0]);
    let pull = ["pull", "--database", &database, "--out", &days];
    let (ended, said) = hub.json(&pull);
    let of_first: Vec<&GateLog> = logs.iter().step_by(2).collect();
    let first_half: usize = of_first.iter().map(|log| half(log)).sum();
    assert_eq!((ended, &said["entries"]), (0, &json!(first_half)), "{said}");
    assert_eq!(hub.json(&pull).1["entries"], 0, "nothing is new");

    for (at, log) in logs.iter().enumerate() {
        let (user, database) = user_of(&hub, at);
        hub.put_segments(&database, &segments(&user, &log.device, &log.entries[half(log)..], 70));
    }
    hub.wait_until_gathered();
    // Of one file somebody cut the end off; while another was written the machine went down.
    let [cut, torn] = &exports(&days)[..] else { panic!("a file a log") };
    let text_before = fs::read_to_string(cut).expect("written");
    fs::write(cut, &text_before.as_bytes()[..text_before.len() - 100]).expect("our own");
    let text_before = fs::read_to_string(torn).expect("written");
    fs::write(torn, text_before + "{\"v\":1,\"entry_b64\":\"g1").expect("our own");
    assert_eq!(hub.json(&pull).0, 0);
    let mut pulled: Vec<String> =
        exports(&days).iter().map(|file| fs::read_to_string(file).expect("written")).collect();
    let mut written: Vec<String> = of_first.iter().map(|log| lines(&log.entries)).collect();
    pulled.sort();
    written.sort();
    assert!(pulled == written);
    let files = exports(&days);
    let verified = [&["log", "verify"], &files.iter().map(String::as_str).collect::<Vec<_>>()[..]];
    assert_eq!(status(&gerbang(&verified.concat(), "")), 0);

    // All venues, as the replications gathered them.
    let now = "2026-11-04";
    let (ended, said) = hub.json(&["verify", "--now", now, "--silent", "48"]);
    let entries: usize = logs.iter().map(|log| log.entries.len()).sum();
    let ours = |log: &&Value| log["users"][0].as_str().is_some_and(|user| user.contains("pull"));
    let found = said["logs"].as_array().expect("a list").iter().filter(ours);
    let found: u64 = found.filter_map(|log| log["entries"].as_u64()).sum();
    assert_eq!(found, entries as u64, "{said}");
    if std::env::var("GERBANG_COUCHDB_URL").is_err() {
        assert_eq!((ended, &said["findings"]), (0, &json!([])), "{said}");
    }
}

/// A log of so many decisions from `from_unix_ms` on, a second apart.
fn row(device: &SigningKey, count: i64, from_unix_ms: i64) -> (ChainHead, Vec<StoredEntry>) {
    let log = LogId::of_device(&device.verifying_key().to_bytes());
    let mut head = ChainHead::genesis(log);
    let row = (0..count).map(|at| head.append(draft(from_unix_ms + at * 1000, admitted())));
    let row: Vec<_> = row.collect();
    (head, row)
}

#[test]
fn the_table_of_gates_says_who_is_inside_and_what_was_decided() {
    let hub = Hub::with_venues("watch", 1);
    let plan = Plan { seed: 11, venues: 1, gates: 2, days: 1, entries: 600, ..PLAN };
    for (at, log) in logs(&plan).iter().enumerate() {
        let (user, database) = user_of(&hub, at);
        hub.put_segments(&database, &segments(&user, &log.device, &log.entries, 50));
    }
    let database = hub_database(&hub.venues[0]);
    let watch = |now: &str| {
        hub.json(&["watch", "--database", &database, "--once", "--now", now]).1["venues"][0].clone()
    };
    // Nine in the morning where the gates stand.
    let said = watch("2026-11-02T02:00:00Z");
    let sum = |what: &str| {
        let gates = said["gates"].as_array().expect("a list");
        gates.iter().filter_map(|gate| gate[what].as_u64()).sum::<u64>()
    };
    assert_eq!((said["venue"].as_str(), sum("phones")), (Some("balai-kota-01"), 2), "{said}");
    assert!(said["inside"].as_u64() > Some(0) && sum("admitted") > 10, "{said}");
    assert_eq!(said["gates"][0]["alarms"], json!([]));
    // The next day everybody is counted anew.
    let next = watch("2026-11-03T02:00:00Z");
    assert_eq!((&next["inside"], &next["gates"][0]["admitted"]), (&json!(0), &json!(0)));
    let registry = hub.registry();
    let table = ["watch", "--database", &database, "--once", "--registry", &registry];
    let table = text(&hub.gerbang(&table).stdout);
    assert!(table.contains("balai-kota-01  ") && table.contains("  Pintu 2 "), "{table}");
}

#[test]
fn forks_gaps_rubbish_silent_gates_and_wrong_clocks_are_named() {
    let hub = Hub::with_venues("alarms", 1);
    let database = hub_database(&hub.venues[0]);
    let now_ms = DAY_UNIX_S * 1000;
    let device = |seed: u8| SigningKey::from_bytes(&[seed; 32]);
    let user = |at| user_of(&hub, at).0;
    let put = |user: &HubUser, device: &SigningKey, row: &[StoredEntry]| {
        hub.put_segment(&database, &signed(user, device, row));
    };
    // Two gates that are in order, and say the time to the others.
    for minute in 0..6_u8 {
        for at in [1, 2] {
            let device = device(10 * (minute + 1) + at);
            let at_ms = now_ms + i64::from(minute) * 60_000;
            put(&user(at.into()), &device, &row(&device, 2, at_ms).1);
        }
    }
    // A stolen key, or a phone that was restored.
    let (_, forked) = row(&device(3), 6, now_ms);
    let (_, other) = row(&device(3), 4, now_ms + 77);
    put(&user(3), &device(3), &forked);
    put(&user(3), &device(3), &other);
    // A segment that never came.
    let (_, holed) = row(&device(4), 9, now_ms);
    put(&user(4), &device(4), &holed[..3]);
    put(&user(4), &device(4), &holed[6..]);
    // Somebody with a password writes what is none.
    let (_, true_row) = row(&device(5), 2, now_ms);
    let mut forged = signed(&user(5), &device(5), &true_row);
    forged.segment = forged.segment.replacen("\"v\":2", "\"v\":3", 1);
    hub.put_segment(&database, &forged);
    hub.put(&database, &format!("{}:rubbish", user(5)), r#"{"v": 1}"#);
    // A clock that is half an hour late, a gate that was last heard of two days ago, one that never was.
    put(&user(6), &device(6), &row(&device(6), 2, now_ms - 1_800_000).1);
    put(&user(7), &device(7), &row(&device(7), 2, now_ms - 2 * 86_400_000).1);
    enrol(&hub, "Pintu 8", "pintu-8.json");

    let (ended, said) =
        hub.json(&["verify", "--database", &database, "--now", "2026-11-02T00:10:00Z"]);
    assert_eq!(ended, 1);
    let codes = |list: &str| {
        let list = said[list].as_array().expect("a list");
        let mut codes: Vec<_> = list.iter().map(|found| found["code"].to_string()).collect();
        codes.sort();
        codes.join(" ").replace('"', "")
    };
    assert_eq!(codes("findings"), "HUB-FORK HUB-GAP HUB-ID HUB-VERSION", "{said}");
    let users = |list: &str| {
        let list = said[list].as_array().expect("a list");
        let named = |found: &Value| {
            found["user"].as_str().expect("a user").rsplit('.').next().map(str::to_owned)
        };
        list.iter().filter_map(named).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(users("clocks"), "pintu-6 pintu-7", "{said}");
    assert_eq!(users("silent"), "_50intu_208 pintu-7", "{said}");
    // The first that came stays.
    let days = hub.path("days");
    let (ended, said) = hub.json(&["pull", "--database", &database, "--out", &days]);
    assert_eq!(ended, 1, "{said}");
    let pulled: String =
        exports(&days).iter().map(|file| fs::read_to_string(file).expect("written")).collect();
    assert!(pulled.contains(&lines(&forked)) && !pulled.contains(&lines(&other[..1])));
    // What was missing comes later.
    put(&user(4), &device(4), &holed[3..6]);
    hub.json(&["pull", "--database", &database, "--out", &days]);
    let pulled: String =
        exports(&days).iter().map(|file| fs::read_to_string(file).expect("written")).collect();
    assert!(pulled.contains(&lines(&holed)));
}

#[test]
fn verify_goes_on_from_what_it_saw_and_sees_what_changed_behind_its_back() {
    let hub = Hub::apart("state", 1);
    let database = hub_database(&hub.venues[0]);
    let plan = Plan { seed: 12, venues: 1, gates: 2, days: 1, entries: 600, ..PLAN };
    let logs = logs(&plan);
    let written: Vec<_> = logs
        .iter()
        .enumerate()
        .map(|(at, log)| segments(&user_of(&hub, at).0, &log.device, &log.entries, 20))
        .collect();
    let [first, second] = &written[..] else { panic!("two gates") };
    let put = |segments: &[Documents]| hub.put_segments(&database, segments);
    put(&first[..5]);
    put(&second[..5]);
    let state = hub.path("verify.json");
    let now = ["--now", "2026-11-03"];
    let look = |more: &[&str]| {
        let (_, said) = hub.json(&[&["verify", "--database", &database][..], &now, more].concat());
        let count = |name: &str| said[name].as_u64().expect("a number");
        let codes = said["findings"].as_array().expect("a list");
        let codes: Vec<_> = codes.iter().filter_map(|found| found["code"].as_str()).collect();
        (count("read"), count("entries"), codes.join(" "), said["logs"].clone())
    };
    let on = || look(&["--state", &state]);
    let check = |read: u64, codes: &str| {
        let (count, entries, found, logs) = on();
        assert_eq!((count, found.as_str()), (read, codes));
        // What all that is there says, whoever asks for the first time.
        let all = look(&[]);
        assert_eq!((entries, found.as_str(), &logs), (all.1, all.2.as_str(), &all.3));
    };
    check(10, "");
    check(0, "");
    put(&first[5..8]);
    check(3, "");
    // A segment that is missing is named each time until it has come; then all of that log is read.
    put(&first[9..10]);
    check(1, "HUB-GAP");
    check(9, "HUB-GAP");
    put(&first[8..9]);
    check(10, "");
    check(0, "");
    // An old document that is changed, or goes, whoever did it.
    let path = |at: usize| format!("{database}/{}", second[at].id.to_string().replace(':', "%3A"));
    let (_, there) = hub.admin("GET", &path(2), None);
    let mut changed = there.clone();
    changed["entries"] = hub.admin("GET", &path(1), None).1["entries"].clone();
    assert_eq!(hub.admin("PUT", &path(2), Some(&changed)).0, 201);
    check(5, "LOG-SIGNED-SIGNATURE HUB-GAP");
    let (_, mut back) = hub.admin("GET", &path(2), None);
    back["entries"] = there["entries"].clone();
    assert_eq!(hub.admin("PUT", &path(2), Some(&back)).0, 201);
    check(5, "");
    let revision = hub.admin("GET", &path(4), None).1["_rev"].as_str().expect("one").to_owned();
    assert_eq!(hub.admin("DELETE", &format!("{}?rev={revision}", path(4)), None).0, 200);
    // The last one: nothing of what is there shows that it is gone, but that it was seen.
    let (_, entries, found, _) = on();
    assert_eq!((entries, found.as_str()), (look(&[]).1, "HUB-GAP"));
    hub.put(&database, &second[4].id.to_string(), &second[4].segment);
    check(5, "");
    // Parts that are written over: read again, and named where they are not the segment's own.
    let parts = format!("{database}/{}", second[3].id.of_parts().replace(':', "%3A"));
    let (_, mut of) = hub.admin("GET", &parts, None);
    let kept = of["parts"].clone();
    of["parts"] = json!("gA==");
    assert_eq!(hub.admin("PUT", &parts, Some(&of)).0, 201);
    check(5, "HUB-COUNT HUB-GAP");
    let (_, mut of) = hub.admin("GET", &parts, None);
    of["parts"] = kept;
    assert_eq!(hub.admin("PUT", &parts, Some(&of)).0, 201);
    check(5, "");
    // A hub that was restored knows nothing of this reader: all is read.
    let text = fs::read_to_string(&state).expect("written");
    let mark: Value = serde_json::from_str(&text).expect("JSON");
    let local = format!("{database}/_local/gerbang-{}", mark["mark"].as_str().expect("a text"));
    let (_, mut older) = hub.admin("GET", &local, None);
    older["since"] = "1".into();
    assert_eq!(hub.admin("PUT", &local, Some(&older)).0, 201);
    check(15, "");
    check(0, "");
    // Nor does a pull go on where such a copy may have other things; what its files have they have once.
    let days = hub.path("days");
    let pull = || hub.json(&["pull", "--database", &database, "--out", &days]).1["entries"].clone();
    assert_eq!(pull(), json!(look(&[]).1));
    let text = fs::read_to_string(hub.path("days/pull.json")).expect("written");
    let mut kept: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(pull(), 0);
    kept["since"] = "9999".into();
    fs::write(hub.path("days/pull.json"), kept.to_string()).expect("our own folder");
    put(&first[10..11]);
    assert_eq!(pull(), 20);
    fails(&hub, &["verify", "--database", "gerbang-lain", "--state", &state], "HUB-STATE");
}

#[test]
fn what_a_gate_struck_or_removed_goes_from_the_hub_and_from_what_was_pulled() {
    let hub = Hub::with_venues("purge", 1);
    let (user, database) = user_of(&hub, 0);
    let plan = Plan { seed: 13, venues: 1, gates: 1, days: 1, entries: 300, ..PLAN };
    let log = logs(&plan).pop().expect("one");
    let written = segments(&user, &log.device, &log.entries, 40);
    hub.put_segments(&database, &written);
    let days = hub.path("days");
    let pull = ["pull", "--database", &database, "--out", &days];
    let purge = ["purge", "--database", &database];
    assert_eq!(hub.json(&pull).0, 0);
    let (ended, said) = hub.json(&purge);
    assert_eq!((ended, &said["entries"]), (0, &json!(0)), "{said}");

    // The gate strikes two, and removes what came before another.
    let keeps = |entry: &StoredEntry| entry.pseudonym.kept().is_some();
    let mut left: Vec<StoredEntry> = log.entries.clone();
    let mut head = ChainHead::after(left.last().expect("many")).expect("an entry");
    let with_parts = left.iter().filter(|entry| keeps(entry)).map(|entry| entry.sequence);
    let with_parts: Vec<u64> = with_parts.collect();
    let struck = vec![with_parts[with_parts.len() - 9], with_parts[with_parts.len() - 1]];
    let before = with_parts[60];
    let last_removed = left[usize::try_from(before - 1).expect("small")].hash;
    let statements =
        [Statement::Struck(struck.clone()), Statement::Removed { before, last_removed }];
    let at_ms = (DAY_UNIX_S + 86_400) * 1000;
    let tombstones = statements.map(|statement| sign(&mut head, at_ms, statement, &log.device));
    left.extend(tombstones.clone());
    hub.put_segment(&database, &signed(&user, &log.device, &tombstones));
    let is_erased =
        |entry: &StoredEntry| entry.sequence < before || struck.contains(&entry.sequence);
    let erased = left.iter().filter(|entry| is_erased(entry) && keeps(entry)).count();
    let (ended, said) = hub.json(&purge);
    assert_eq!((ended, &said["entries"]), (0, &json!(erased)), "{said}");
    assert_eq!(said["kept"], 0);
    assert_eq!(hub.json(&purge).1["entries"], 0, "once");
    for entry in left.iter_mut().filter(|entry| is_erased(entry)) {
        entry.strike();
    }
    assert_eq!(hub.json(&pull).0, 0);
    let [file] = &exports(&days)[..] else { panic!("one log") };
    assert!(fs::read_to_string(file).expect("written") == lines(&left));
    let (ended, said) = hub.json(&["verify", "--database", &database, "--now", "2026-11-03"]);
    assert_eq!(ended, 0, "{said}");
    // And by the authority's own word, whatever gates say.
    let kept = left.iter().filter(|entry| keeps(entry)).count();
    let (_, said) = hub.json(&[&purge[..], &["--before", "2026-11-05"]].concat());
    assert_eq!(said["entries"], kept);
}

#[test]
fn whoever_has_no_password_or_asks_for_nothing_that_is_there_is_told_so_by_a_code() {
    let hub = Hub::with_venues("codes", 1);
    let registry = hub.registry();
    let root = data_encoding::HEXLOWER.encode(&root().verifying_key().to_bytes());
    let verify = ["hub", "verify", "--registry", &registry, "--root", &root];
    let said = |variables: &[(&str, &str)], arguments: &[&str]| {
        let output = gerbang_with(variables, arguments, "");
        assert_eq!(status(&output), 2);
        text(&output.stderr)
    };
    assert!(said(&[("GERBANG_HUB_PASSWORD", "wrong")], &verify).contains("(HUB-ADMIN)"));
    fails(&hub, &["verify", "--database", "gerbang-lain"], "HUB-REFUSED");
    let with = |address: &str| {
        let arguments = [&verify[..], &["--hub", address]].concat();
        said(&[("GERBANG_HUB_PASSWORD", "secret")], &arguments)
    };
    assert!(with("http://hub.example").contains("(HUB-ADDRESS)"));
    assert!(with("https://admin:secret@hub.example").contains("(HUB-ADDRESS)"));
    assert!(with("http://127.0.0.1:1").contains("(HUB-REACH)"));
    check_fails(&["hub", "verify", "--hub", &hub.address], "HUB-PASSWORD");
}
