//! The store: what it called stored is there, and nobody writes beside it.

use gerbang::audit_log::{
    Answer, ChainHead, ChainReport, ChainState, ClockFlag, Direction, EntryBody, EntryDraft,
    FaultCause, GateName, Hash, KeyedPart, LogError, LogId, SignedPlace, Statement, StoredEntry,
    pseudonym,
};
use gerbang::browser::store::{
    Claim, DATABASE_VERSION, Opened, RegistryCopy, Store, database_name,
};
use gerbang::session::{GateProfile, Language, LogSnapshot, Loudness, Settings, StoreFault};
use gerbang::trust::HubAccess;
use gerbang::trust::setup_code::VenueKey;
use js_sys::{Function, Promise, Reflect};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

const MIDNIGHT_UNIX_MS: i64 = 1_764_000_000_000;

/// A scope that no other test and no earlier run has.
fn scope() -> String {
    format!("/test/{}/", js_sys::Math::random())
}

fn store(scope: &str) -> Store {
    Store::new(scope, || panic!("nobody takes this log"))
}

async fn verify(store: &Store) -> ChainReport {
    store.verify(|_, _| ()).await.expect("it can be read")
}

async fn open(store: &Store) -> LogSnapshot {
    match store.open_log(Claim::Ask, MIDNIGHT_UNIX_MS).await {
        Ok(Opened::Log(snapshot)) => *snapshot,
        other => panic!("the log should open: {other:?}"),
    }
}

fn entry(head: &mut ChainHead, at_unix_ms: i64) -> StoredEntry {
    let body = EntryBody::Manual { answer: Answer::Allowed, reason: "MANUAL-CHILD".into() };
    entry_of(head, at_unix_ms, body)
}

fn entry_of(head: &mut ChainHead, at_unix_ms: i64, body: EntryBody) -> StoredEntry {
    let visitor = matches!(body, EntryBody::Manual { .. });
    head.append(EntryDraft {
        at_unix_ms,
        utc_offset_min: 420,
        clock: ClockFlag::Steady,
        gate: GateName { venue: "pasar".into(), gate: "Pintu 1".into() },
        direction: Direction::Entry,
        body,
        policy_digest: Hash::of(b"policy"),
        registry_digest: Hash::of(b"registry"),
        app_version: "test".into(),
        pseudonym: visitor.then(|| KeyedPart::pseudonym(&[1; 32], &[2; 32], [3; 16])),
        sealed: None,
    })
}

async fn append(store: &Store, head: &mut ChainHead, count: i64) -> Vec<StoredEntry> {
    let mut entries = Vec::new();
    for index in 0..count {
        let entry = entry(head, MIDNIGHT_UNIX_MS + index);
        assert_eq!(store.append(&entry).await, Ok(()));
        entries.push(entry);
    }
    entries
}

/// Runs JavaScript that answers a promise.
async fn js(body: &str, argument: &str) -> JsValue {
    let made = Function::new_with_args("argument", &format!("return (async () => {{ {body} }})()"))
        .call1(&JsValue::NULL, &JsValue::from_str(argument))
        .expect("the test's script is sound");
    JsFuture::from(made.unchecked_into::<Promise>()).await.expect("the test's script succeeds")
}

const OPEN_RAW: &str = "
    const request = indexedDB.open(argument);
    const database = await new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = reject;
    });";

/// Changes the rows of a closed database; `change` sees `entries`, an object store.
async fn tamper(scope: &str, change: &str) {
    let script = format!(
        "{OPEN_RAW}
        const transaction = database.transaction(['entries', 'settings'], 'readwrite');
        const entries = transaction.objectStore('entries');
        {change}
        await new Promise(resolve => transaction.oncomplete = resolve);
        database.close();"
    );
    js(&script, &database_name(scope)).await;
}

#[wasm_bindgen_test]
async fn what_was_stored_is_there_in_the_same_bytes_after_reopening() {
    let scope = scope();
    let first = store(&scope);
    let LogSnapshot { mut head, recent, latest_entry_unix_ms, venue_key, .. } = open(&first).await;
    assert_eq!((head.next_sequence(), recent.len(), latest_entry_unix_ms), (0, 0, None));
    assert_eq!(verify(&first).await.state, ChainState::Whole);
    let yesterday = entry(&mut head, MIDNIGHT_UNIX_MS - 1);
    assert_eq!(first.append(&yesterday).await, Ok(()));
    let entries = append(&first, &mut head, 3).await;
    first.close();

    let second = store(&scope);
    let again = open(&second).await;
    assert_eq!(again.head, head);
    assert_eq!(again.venue_key, venue_key);
    assert_eq!(verify(&second).await.state, ChainState::Whole);
    assert_eq!(again.latest_entry_unix_ms, Some(MIDNIGHT_UNIX_MS + 2));
    let hashes = |entries: &[StoredEntry]| entries.iter().map(|e| e.hash).collect::<Vec<_>>();
    let all = [vec![yesterday], entries.clone()].concat();
    assert_eq!(again.recent.iter().map(|e| e.hash).collect::<Vec<_>>(), hashes(&all));
    let kept = js(
        &format!(
            "{OPEN_RAW}
            const request2 = database.transaction('entries').objectStore('entries').get(3);
            await new Promise(resolve => request2.onsuccess = resolve);
            database.close();
            return request2.result.entry;"
        ),
        &database_name(&scope),
    )
    .await;
    assert_eq!(js_sys::Uint8Array::new(&kept).to_vec(), entries[2].to_bytes());
}

#[wasm_bindgen_test]
async fn appends_ask_for_strict_durability() {
    let store = store(&scope());
    let mut head = open(&store).await.head;
    js(
        "globalThis.asked = [];
        globalThis.plainTransaction = IDBDatabase.prototype.transaction;
        IDBDatabase.prototype.transaction = function (...given) {
            const made = globalThis.plainTransaction.apply(this, given);
            globalThis.asked.push(made.durability);
            return made;
        };",
        "",
    )
    .await;
    append(&store, &mut head, 1).await;
    let asked = js(
        "IDBDatabase.prototype.transaction = globalThis.plainTransaction;
        return globalThis.asked.join();",
        "",
    )
    .await;
    assert_eq!(asked.as_string().as_deref(), Some("strict"));
}

#[wasm_bindgen_test]
async fn a_lost_connection_is_opened_anew() {
    js(
        "globalThis.plainTransaction = IDBDatabase.prototype.transaction;
        IDBDatabase.prototype.transaction = function (...given) {
            globalThis.lastDatabase = this;
            return globalThis.plainTransaction.apply(this, given);
        };",
        "",
    )
    .await;
    let scope = scope();
    let store = store(&scope);
    let mut head = open(&store).await.head;
    append(&store, &mut head, 1).await;
    // Closed without a word, as iOS does …
    js("globalThis.lastDatabase.close()", "").await;
    append(&store, &mut head, 1).await;
    // … and with one.
    js(
        "globalThis.lastDatabase.close();
        globalThis.lastDatabase.dispatchEvent(new Event('close'));",
        "",
    )
    .await;
    append(&store, &mut head, 1).await;
    js("IDBDatabase.prototype.transaction = globalThis.plainTransaction;", "").await;
    store.close();
    let second = self::store(&scope);
    assert_eq!(open(&second).await.recent.len(), 3);
    assert_eq!(verify(&second).await.state, ChainState::Whole);
}

#[wasm_bindgen_test]
async fn an_upgrade_that_another_tab_blocks_is_told_and_succeeds_later() {
    let scope = scope();
    let old = store(&scope);
    let mut head = open(&old).await.head;
    append(&old, &mut head, 2).await;
    old.close();
    // A tab that does not let go: it has no ear for `versionchange`.
    js(&format!("{OPEN_RAW} globalThis.deaf = database;"), &database_name(&scope)).await;
    let newer = Store::with_version(&scope, DATABASE_VERSION + 1, || {});
    let blocked = newer.open_log(Claim::Ask, MIDNIGHT_UNIX_MS).await;
    assert_eq!(blocked.err(), Some(StoreFault::Blocked));
    js("globalThis.deaf.close();", "").await;
    assert_eq!(open(&newer).await.recent.len(), 2);
}

#[wasm_bindgen_test]
async fn a_store_lets_go_when_a_later_version_comes() {
    let scope = scope();
    let old = store(&scope);
    let mut head = open(&old).await.head;
    append(&old, &mut head, 1).await;
    // Another tab of a later version, which has not the lock but needs the database.
    let newer = Store::with_version(&scope, DATABASE_VERSION + 1, || {});
    assert_eq!(newer.load_settings().await, Ok(None));
    let late = entry(&mut head, MIDNIGHT_UNIX_MS);
    assert_eq!(old.append(&late).await, Err(StoreFault::CannotOpen));
}

#[wasm_bindgen_test]
async fn the_same_entry_again_is_no_fault_and_another_at_its_place_is_a_fork() {
    let store = store(&scope());
    let mut head = open(&store).await.head;
    let mut other_head = head;
    let first = entry(&mut head, MIDNIGHT_UNIX_MS);
    assert_eq!(store.append(&first).await, Ok(()));
    assert_eq!(store.append(&first).await, Ok(()));
    let other = entry(&mut other_head, MIDNIGHT_UNIX_MS + 1);
    assert_eq!(store.append(&other).await, Err(StoreFault::Fork));
    let again = open(&store).await;
    assert_eq!(again.head, head);
}

#[wasm_bindgen_test]
async fn two_scopes_do_not_see_each_other() {
    let (one, two) = (scope(), scope());
    let (one, two) = (store(&one), store(&two));
    let mut head = open(&one).await.head;
    append(&one, &mut head, 2).await;
    one.save_settings(&settings()).await.expect("room is there");
    let other = open(&two).await;
    assert_eq!(other.head.next_sequence(), 0);
    assert_ne!(other.head.log(), head.log());
    assert_eq!(two.load_settings().await, Ok(None));
}

#[wasm_bindgen_test]
async fn a_second_writer_is_refused_until_the_first_lets_go() {
    let scope = scope();
    let first = store(&scope);
    let mut head = open(&first).await.head;
    let second = store(&scope);
    let refused = second.open_log(Claim::Ask, MIDNIGHT_UNIX_MS).await;
    assert!(matches!(refused, Ok(Opened::HeldElsewhere)), "{refused:?}");
    let early = entry(&mut head.clone(), MIDNIGHT_UNIX_MS);
    assert_eq!(second.append(&early).await, Err(StoreFault::Fork));
    append(&first, &mut head, 1).await;
    first.close();
    assert_eq!(open(&second).await.head, head);
}

#[wasm_bindgen_test]
async fn a_tab_that_opens_twice_at_once_is_one_writer() {
    let store = store(&scope());
    let (first, second) = (store.clone(), store.clone());
    let opened = Rc::new(Cell::new(0));
    let counter = opened.clone();
    let in_background = wasm_bindgen_futures::future_to_promise(async move {
        open(&first).await;
        counter.set(counter.get() + 1);
        Ok(JsValue::UNDEFINED)
    });
    open(&second).await;
    JsFuture::from(in_background).await.expect("it opened too");
    assert_eq!(opened.get(), 1);
}

#[wasm_bindgen_test]
async fn the_log_can_be_taken_over_and_the_loser_is_told_once_and_writes_nothing() {
    let scope = scope();
    let told = Rc::new(Cell::new(0));
    let counter = told.clone();
    let loser = Store::new(&scope, move || counter.set(counter.get() + 1));
    let mut loser_head = open(&loser).await.head;
    append(&loser, &mut loser_head, 1).await;

    let winner = store(&scope);
    let taken = winner.open_log(Claim::Steal, MIDNIGHT_UNIX_MS).await;
    let Ok(Opened::Log(taken)) = taken else { panic!("{taken:?}") };
    assert_eq!(taken.head, loser_head);
    let late = entry(&mut loser_head, MIDNIGHT_UNIX_MS + 1);
    assert_eq!(loser.append(&late).await, Err(StoreFault::Fork));
    assert_eq!(told.get(), 1);
    let mut head = taken.head;
    append(&winner, &mut head, 2).await;
    // And back again.
    winner.close();
    assert_eq!(open(&loser).await.head, head);
    assert_eq!(told.get(), 1);
}

#[wasm_bindgen_test]
async fn without_locks_the_token_alone_keeps_the_first_writer_from_writing() {
    js("Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true })", "")
        .await;
    let scope = scope();
    let told = Rc::new(Cell::new(0));
    let counter = told.clone();
    let first = Store::new(&scope, move || counter.set(counter.get() + 1));
    let mut first_head = open(&first).await.head;
    append(&first, &mut first_head, 1).await;
    let second = store(&scope);
    let mut head = open(&second).await.head;
    js("delete navigator.locks", "").await;
    let late = entry(&mut first_head, MIDNIGHT_UNIX_MS + 1);
    assert_eq!(first.append(&late).await, Err(StoreFault::Fork));
    assert_eq!(told.get(), 1);
    append(&second, &mut head, 1).await;
}

#[wasm_bindgen_test]
async fn a_changed_and_a_missing_row_are_reported() {
    let scope = scope();
    let first = store(&scope);
    let mut head = open(&first).await.head;
    append(&first, &mut head, 6).await;
    first.close();
    tamper(
        &scope,
        "entries.delete(2);
        const request2 = entries.get(4);
        request2.onsuccess = () => {
            const row = request2.result;
            row.hash[0] ^= 1;
            entries.put(row, 4);
        };",
    )
    .await;
    let second = store(&scope);
    open(&second).await;
    let report = verify(&second).await;
    let faults: Vec<_> = report.faults.iter().map(|fault| (fault.at, fault.cause)).collect();
    assert!(faults.contains(&(Some(2), FaultCause::Gap { before: 3 })), "{faults:?}");
    assert!(faults.contains(&(Some(4), FaultCause::Entry(LogError::Hash))), "{faults:?}");
}

#[wasm_bindgen_test]
async fn only_the_end_of_a_long_log_is_read_at_the_start_and_all_of_it_when_it_is_checked() {
    let scope = scope();
    let first = store(&scope);
    let mut head = open(&first).await.head;
    // 1,100 entries of earlier days, written at once, then three of today.
    let day_ms = 86_400_000;
    let old: Vec<_> = (0..1_100).map(|_| entry(&mut head, MIDNIGHT_UNIX_MS - 9 * day_ms)).collect();
    first.close();
    let bulk = js_sys::Array::new();
    for entry in &old {
        let row = js_sys::Object::new();
        let bytes = |bytes: &[u8]| JsValue::from(js_sys::Uint8Array::from(bytes));
        Reflect::set(&row, &"entry".into(), &bytes(&entry.to_bytes())).expect("a plain object");
        Reflect::set(&row, &"hash".into(), &bytes(&entry.hash.0)).expect("a plain object");
        bulk.push(&row);
    }
    Reflect::set(&js_sys::global(), &"bulk".into(), &bulk).expect("a plain object");
    tamper(&scope, "globalThis.bulk.forEach((row, sequence) => entries.add(row, sequence));").await;
    let again = store(&scope);
    assert_eq!(open(&again).await.head, head);
    append(&again, &mut head, 3).await;
    again.close();

    let second = store(&scope);
    let snapshot = open(&second).await;
    assert_eq!((snapshot.head, snapshot.recent.len()), (head, 3));
    let progress = Cell::new((0, 0));
    let report = second.verify(|read, of| progress.set((read, of))).await.expect("it can be read");
    assert_eq!((report.state, report.count), (ChainState::Whole, 1_103));
    assert_eq!(progress.get(), (1_103, 1_103));
}

#[wasm_bindgen_test]
async fn a_log_whose_end_cannot_be_read_is_not_continued() {
    let scope = scope();
    let first = store(&scope);
    let mut head = open(&first).await.head;
    append(&first, &mut head, 2).await;
    first.close();
    tamper(&scope, "entries.put({ entry: 'nothing' }, 1);").await;
    let opened = store(&scope).open_log(Claim::Ask, MIDNIGHT_UNIX_MS).await;
    assert_eq!(opened.err(), Some(StoreFault::CannotOpen));
}

#[wasm_bindgen_test]
async fn settings_root_and_registry_are_remembered() {
    let scope = scope();
    let first = store(&scope);
    assert_eq!(first.load_settings().await, Ok(None));
    assert_eq!(first.pinned_root().await, Ok(None));
    assert_eq!(first.last_registry().await, Ok(None));
    let copy = RegistryCopy { version: u64::MAX, bytes: vec![1, 2, 3] };
    first.save_settings(&settings()).await.expect("room is there");
    first.pin_root(&[7; 32]).await.expect("room is there");
    first.keep_registry(&copy).await.expect("room is there");
    first.close();
    let again = store(&scope);
    assert_eq!(again.load_settings().await, Ok(Some(settings())));
    assert_eq!(again.pinned_root().await, Ok(Some(vec![7; 32])));
    assert_eq!(again.last_registry().await, Ok(Some(copy)));
}

#[wasm_bindgen_test]
async fn a_gate_in_a_language_that_this_build_lacks_is_the_same_gate() {
    let scope = scope();
    let newer = store(&scope);
    newer.save_settings(&settings()).await.expect("room is there");
    newer.close();
    tamper(
        &scope,
        "const rows = transaction.objectStore('settings');
        const asked = rows.get('settings');
        asked.onsuccess = () => {
            const other = asked.result.replace('\"language\":\"en\"', '\"language\":\"jv\"');
            if (other === asked.result) throw new Error('nothing changed');
            rows.put(other, 'settings');
        };",
    )
    .await;
    let expected = Settings { language: Language::default(), ..settings() };
    assert_eq!(store(&scope).load_settings().await, Ok(Some(expected)));
}

fn settings() -> Settings {
    Settings {
        language: Language::tagged("en"),
        gate: GateProfile {
            venue_id: "pasar".into(),
            venue: "Pasar \"Tanjung\"".into(),
            gate: "Pintu 1".into(),
            direction: Direction::Exit,
            capacity: Some(120),
            policy_id: "signed-pass".into(),
            venue_keys: vec![VenueKey { month: 202_611, key: [7; 32] }],
            hub: HubAccess::new("balai-kota.pintu", "0123456789abcdef"),
        },
        sealing_agreed: Some([9; 32]),
        loudness: Loudness::Soft,
        kiosk: true,
    }
}

/// Signs, appends and carries out.
async fn bury(store: &Store, head: &mut ChainHead, statement: Statement) {
    let place = SignedPlace { head: *head, at_unix_ms: MIDNIGHT_UNIX_MS + 100 };
    let body = store.sign(&place, statement).await.expect("the device has a key");
    let tombstone = entry_of(head, place.at_unix_ms, body);
    assert_eq!(store.append(&tombstone).await, Ok(()));
}

/// Every byte of every row, as one text of hexadecimal digits.
async fn dump(scope: &str) -> String {
    let script = format!(
        "{OPEN_RAW}
        const request2 = database.transaction('entries').objectStore('entries').getAll();
        await new Promise(resolve => request2.onsuccess = resolve);
        database.close();
        return request2.result.map(row => row.entry.toHex?.() ??
            Array.from(row.entry, byte => byte.toString(16).padStart(2, '0')).join('')).join();"
    );
    js(&script, &database_name(scope)).await.as_string().expect("a text")
}

#[wasm_bindgen_test]
async fn outdated_entries_are_removed_and_the_rest_is_proven_whole() {
    let scope = scope();
    let first = store(&scope);
    let mut head = open(&first).await.head;
    let day_ms = 86_400_000;
    for days_ago in [3, 2, 2, 0] {
        let entry = entry(&mut head, MIDNIGHT_UNIX_MS - days_ago * day_ms);
        assert_eq!(first.append(&entry).await, Ok(()));
    }
    let cutoff_unix_ms = MIDNIGHT_UNIX_MS - day_ms;
    assert_eq!(first.outdated(cutoff_unix_ms - 5 * day_ms).await, Ok(None));
    let statement = first.outdated(cutoff_unix_ms).await.expect("it can be read");
    let statement = statement.expect("three entries are outdated");
    assert!(matches!(statement, Statement::Removed { before: 3, .. }), "{statement:?}");
    bury(&first, &mut head, statement).await;
    assert_eq!(first.outdated(cutoff_unix_ms).await, Ok(None));
    first.close();

    let second = store(&scope);
    assert_eq!(open(&second).await.head, head);
    let report = verify(&second).await;
    assert_eq!((report.state, report.count), (ChainState::Whole, 2));
    assert_eq!(report.removed_before, Some(3));
}

#[wasm_bindgen_test]
async fn a_log_of_outdated_entries_alone_keeps_its_last() {
    let store = store(&scope());
    let mut head = open(&store).await.head;
    append(&store, &mut head, 3).await;
    let statement = store.outdated(i64::MAX).await.expect("it can be read");
    assert!(matches!(statement, Some(Statement::Removed { before: 2, .. })), "{statement:?}");
}

#[wasm_bindgen_test]
async fn a_struck_pseudonym_is_in_no_row_any_more_and_the_chain_is_whole() {
    let scope = scope();
    let first = store(&scope);
    let mut head = open(&first).await.head;
    append(&first, &mut head, 3).await;
    let pseudonym = data_encoding::HEXLOWER.encode(&pseudonym(&[1; 32], &[2; 32]));
    assert_eq!(dump(&scope).await.matches(&pseudonym).count(), 3);
    bury(&first, &mut head, Statement::Struck(vec![0, 1, 2, 77])).await;
    assert_eq!(dump(&scope).await.matches(&pseudonym).count(), 0);
    first.close();
    let second = store(&scope);
    assert_eq!(open(&second).await.head, head);
    let report = verify(&second).await;
    assert_eq!((report.state, report.count), (ChainState::Whole, 4));
}

#[wasm_bindgen_test]
async fn a_damaged_end_is_set_aside_and_the_log_goes_on_where_it_can() {
    let scope = scope();
    let first = store(&scope);
    let mut head = open(&first).await.head;
    append(&first, &mut head, 5).await;
    first.close();
    // The last two rows are damaged: one is no row at all, one has lost its hash.
    tamper(
        &scope,
        "entries.put('nothing', 4); const r = entries.get(3); r.onsuccess = () => entries.put({ entry: r.result.entry }, 3);",
    )
    .await;
    let second = store(&scope);
    let fault = second.open_log(Claim::Ask, MIDNIGHT_UNIX_MS).await.err();
    assert_eq!(fault, Some(StoreFault::CannotOpen));
    assert_eq!(second.repair(MIDNIGHT_UNIX_MS).await, Ok(2));
    let mut head = open(&second).await.head;
    assert_eq!(head.next_sequence(), 3);
    append(&second, &mut head, 1).await;
    assert_eq!(verify(&second).await.state, ChainState::Whole);
    // A whole log is left as it is.
    assert_eq!(second.repair(MIDNIGHT_UNIX_MS + 1).await, Ok(0));
    assert_eq!(second.sequences().await, Ok(0..4));
    second.close();
}

#[wasm_bindgen_test]
async fn without_the_devices_key_a_new_log_begins_and_the_old_rows_are_set_aside() {
    let scope = scope();
    let first = store(&scope);
    let mut head = open(&first).await.head;
    append(&first, &mut head, 3).await;
    let log = head.log();
    first.close();
    tamper(&scope, "transaction.objectStore('settings').put('lost', 'device-key');").await;
    let second = store(&scope);
    assert!(second.open_log(Claim::Ask, MIDNIGHT_UNIX_MS).await.is_err());
    assert_eq!(second.repair(MIDNIGHT_UNIX_MS).await, Ok(3));
    let mut head = open(&second).await.head;
    assert_eq!(head.next_sequence(), 0);
    assert_ne!(head.log(), log, "one key has one log");
    append(&second, &mut head, 1).await;
    assert_eq!(verify(&second).await.state, ChainState::Whole);
    second.close();
}

#[wasm_bindgen_test]
async fn the_devices_key_cannot_be_taken_out_of_the_browser() {
    let scope = scope();
    let first = store(&scope);
    let mut head = open(&first).await.head;
    bury(&first, &mut head, Statement::Checkpoint).await;
    assert_eq!(first.guards_its_key().await, Ok(true));
    first.close();
    let kept = js(
        &format!(
            "{OPEN_RAW}
            const settings = database.transaction('settings').objectStore('settings');
            const requests = [settings.get('device-key'), settings.get('device-seed')];
            await new Promise(resolve => requests[1].onsuccess = resolve);
            database.close();
            const [key, seed] = requests.map(request => request.result);
            return [key.private.extractable, key.private.type, seed].join();"
        ),
        &database_name(&scope),
    )
    .await;
    assert_eq!(kept.as_string().as_deref(), Some("false,private,"));
    // Found again, it is the same, and what it signed holds.
    let second = store(&scope);
    let head_again = open(&second).await.head;
    assert_eq!(head_again, head);
    assert_eq!(verify(&second).await.state, ChainState::Whole);
}

#[wasm_bindgen_test]
async fn a_log_that_began_with_a_key_of_bytes_goes_on_with_it() {
    let scope = scope();
    let seed = [5; 32];
    let first = store(&scope);
    assert_eq!(first.load_settings().await, Ok(None));
    first.close();
    tamper(
        &scope,
        "transaction.objectStore('settings').put(new Uint8Array(32).fill(5), 'device-seed');",
    )
    .await;
    let second = store(&scope);
    let mut head = open(&second).await.head;
    let key = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
    assert_eq!(head.log(), LogId::of_device(&key.to_bytes()));
    bury(&second, &mut head, Statement::Checkpoint).await;
    assert_eq!(second.guards_its_key().await, Ok(false));
    assert_eq!(verify(&second).await.state, ChainState::Whole);
}
