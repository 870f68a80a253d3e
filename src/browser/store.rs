//! The log and the settings in IndexedDB.
//!
//! Shape: `Store::new(scope, …)` → `open_log` → `LogSnapshot`, then `append` entry by entry;
//! beside the log a key–value part (`settings`).
//! Limits and errors: `StoreFault`; nothing is called stored before its transaction's `complete`;
//! a lost connection is opened anew once and the work done again; no wait is endless.
//! Source: Indexed Database API 3.0 (W3C), Web Locks API (W3C).
//! Not here: export; what the entries mean.
//!
//! One writer at a time: a Web Lock says which tab, and a token in the database, read in the same
//! transaction that appends, fences off a tab that has lost the lock and does not know it yet.

mod aside;
mod copy;
mod database;
mod device_key;
mod lock;
mod log;
mod parts;
mod persist;
mod removal;
mod repair;
mod row;
mod settings;
mod witness;

pub use aside::Import;
pub use database::DATABASE_VERSION;
pub use lock::Claim;
pub use persist::{Persistence, ask_to_persist};
pub use settings::{HandedOver, KeptCheckpoint, RegistryCopy};

use super::bindings::renew_database;
use super::wait::Turnstile;
use crate::audit_log::{ChainReport, LogError, LogId, StoredEntry};
use crate::session::{LogSnapshot, StoreFault};
use database::{Database, Durability, Failure, Mode};
use js_sys::Uint8Array;
use lock::Lock;
use removal::Burial;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbObjectStore, IdbTransaction};

/// The name of the database and of the lock; `scope` is the path that the site is served from.
pub fn database_name(scope: &str) -> String {
    format!("gerbang:{scope}")
}

/// Fills with what the browser calls cryptographically strong.
pub(crate) fn draw_random<const N: usize>() -> Result<[u8; N], StoreFault> {
    let mut bytes = [0; N];
    web_sys::window()
        .and_then(|window| window.crypto().ok())
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok())
        .ok_or(StoreFault::CannotOpen)?;
    Ok(bytes)
}

/// A handle; clones share the connection and the lock.
#[derive(Clone)]
pub struct Store {
    shared: Rc<Shared>,
}

struct Shared {
    database: Database,
    scope: String,
    lock_name: String,
    /// There while this tab may write.
    writer: RefCell<Option<Writer>>,
    /// An append failed, and none has succeeded since.
    has_failed: Cell<bool>,
    /// Two claims of one tab must not take each other for another tab.
    claims: Turnstile,
    on_taken: Rc<dyn Fn()>,
}

struct Writer {
    token: String,
    /// `None` where the browser has no locks; the token alone decides then.
    _lock: Option<Lock>,
}

/// What became of the wish to write the log.
#[derive(Debug)]
pub enum Opened {
    Log(Box<LogSnapshot>),
    /// Another tab of this site writes it.
    HeldElsewhere,
}

impl Store {
    /// Opens nothing yet. `on_taken` is called when another tab takes the log from this one.
    pub fn new(scope: &str, on_taken: impl Fn() + 'static) -> Self {
        Self::with_version(scope, DATABASE_VERSION, on_taken)
    }

    /// For a database of another schema than today's.
    pub fn with_version(scope: &str, version: u32, on_taken: impl Fn() + 'static) -> Self {
        let name = database_name(scope);
        Self {
            shared: Rc::new(Shared {
                database: Database::new(name.clone(), version),
                scope: scope.to_owned(),
                lock_name: name,
                writer: RefCell::new(None),
                has_failed: Cell::new(false),
                claims: Turnstile::default(),
                on_taken: Rc::new(on_taken),
            }),
        }
    }

    /// Becomes the writer and reads what the log holds; to be called again after a fault.
    ///
    /// `today_start_unix_ms`: the local midnight from which on entries are wanted.
    pub async fn open_log(
        &self,
        claim: Claim,
        today_start_unix_ms: i64,
    ) -> Result<Opened, StoreFault> {
        if !self.become_writer(claim).await? {
            return Ok(Opened::HeldElsewhere);
        }
        let snapshot =
            log::snapshot(&self.shared.database, &self.shared.lock_name, today_start_unix_ms)
                .await?;
        Ok(Opened::Log(Box::new(snapshot)))
    }

    /// One strict transaction; returns after its `complete`. A tombstone does what it says in the
    /// same one. Storing the same entry again is no fault: the first try may have arrived without
    /// being able to say so.
    pub async fn append(&self, entry: &StoredEntry) -> Result<(), StoreFault> {
        let key = row::entry_key(entry.sequence)?;
        let row = row::entry_to_js(entry);
        let burial = Burial::of(&self.shared.database, entry).await?;
        // A full disk shows there first: the database would be damaged by it.
        if is_true(copy::put(&key, &bytes_to_js(&entry.to_bytes())).await) {
            return Err(StoreFault::Full);
        }
        let written = self.write(|entries, writer| {
            entries.add_with_key(&row, &key)?;
            burial.perform(entries, (writer, &key))
        });
        match written.await {
            Err(WriteFailure::Failed(Failure::Constraint)) => {
                match log::entry_at(&self.shared.database, &key).await? {
                    Some(Ok(stored)) if stored == *entry => {}
                    _ => {
                        let _taken_back = copy::take_back(&key).await;
                        return Err(StoreFault::Fork);
                    }
                }
            }
            Ok(()) => {}
            Err(failure) => {
                self.shared.has_failed.set(true);
                let _taken_back = copy::take_back(&key).await;
                if matches!(failure, WriteFailure::NotTheWriter) {
                    self.lose_log();
                }
                return Err(failure.into());
            }
        }
        let _settled = copy::settle(&key, !matches!(burial, Burial::Nothing)).await;
        witness::keep(&self.shared.lock_name, entry);
        if self.shared.has_failed.replace(false) {
            // Outside the site's own page nobody renews anything.
            let _renewed = renew_database();
        }
        Ok(())
    }

    /// Makes the second copy level with the log; answers whether copies of other logs are there.
    pub async fn follow(&self, log: LogId) -> bool {
        is_true(copy::follow(&self.shared.scope, log).await)
    }

    /// The second copy of another log; most have none.
    pub async fn drop_copy(&self, log: &str) {
        let _gone = copy::remove(&self.shared.scope, log).await;
    }

    /// Takes entries out of another log's second copy; where that fails, the copy goes.
    pub async fn strike_copy(&self, log: &str, struck: &[StoredEntry]) {
        let _struck = copy::strike(&self.shared.scope, log, struck).await;
    }

    /// The numbers of the entries that are there; retention may have removed the first ones.
    pub async fn sequences(&self) -> Result<Range<u64>, StoreFault> {
        Ok(log::sequences(&self.shared.database).await?)
    }

    /// For reading: the rows of these numbers, ascending, each as it is or why it cannot be read.
    pub async fn rows(
        &self,
        rows: Range<u64>,
    ) -> Result<Vec<Result<StoredEntry, LogError>>, StoreFault> {
        let rows = log::rows_between(&self.shared.database, rows.start, rows.end).await?;
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// Whether the whole log is the one that was written; `read` hears how far the reading is.
    pub async fn verify(&self, read: impl Fn(u64, u64)) -> Result<ChainReport, StoreFault> {
        log::verify(&self.shared.database, read).await
    }

    /// Lets another tab write, and closes the connection.
    pub fn close(&self) {
        if self.shared.writer.replace(None).is_some() {
            copy::close();
        }
        self.shared.database.close();
    }

    /// One strict transaction over the entries, which only the writer gets through.
    async fn write(
        &self,
        work: impl Fn(&IdbObjectStore, &IdbObjectStore) -> Result<(), JsValue>,
    ) -> Result<(), WriteFailure> {
        let Some(token) = self.token() else { return Err(WriteFailure::NotTheWriter) };
        let taken = Rc::new(Cell::new(false));
        let mode = Mode::Write(Durability::Strict);
        let written = self
            .shared
            .database
            .run(&[row::ENTRIES, row::WRITER], mode, |transaction| {
                let guard = fence(transaction, &token, &taken)?;
                let store = |name| transaction.object_store(name);
                work(&store(row::ENTRIES)?, &store(row::WRITER)?)?;
                Ok(guard)
            })
            .await;
        if taken.get() {
            return Err(WriteFailure::NotTheWriter);
        }
        // Only now may the guard go: the browser called it before `complete`.
        written.map(drop).map_err(WriteFailure::Failed)
    }

    fn token(&self) -> Option<String> {
        self.shared.writer.borrow().as_ref().map(|writer| writer.token.clone())
    }

    /// Answers whether this tab may write now.
    async fn become_writer(&self, claim: Claim) -> Result<bool, StoreFault> {
        let _passing = self.shared.claims.pass().await;
        if self.token().is_some() {
            return Ok(true);
        }
        let weak = Rc::downgrade(&self.shared);
        let on_stolen = move || {
            if let Some(shared) = weak.upgrade() {
                Self { shared }.lose_log();
            }
        };
        let lock = match lock::request(&self.shared.lock_name, claim, on_stolen).await? {
            lock::Grant::Held(lock) => Some(lock),
            lock::Grant::Refused => return Ok(false),
            lock::Grant::Unsupported => None,
        };
        let token = data_encoding::HEXLOWER.encode(&draw_random::<16>()?);
        let mode = Mode::Write(Durability::Relaxed);
        self.shared
            .database
            .run(&[row::WRITER], mode, |transaction| {
                let fence = transaction.object_store(row::WRITER)?;
                let (token, key) =
                    (JsValue::from_str(&token), JsValue::from_str(row::WRITER_TOKEN));
                fence.put_with_key(&token, &key).map(|_| ())
            })
            .await?;
        self.shared.writer.replace(Some(Writer { token, _lock: lock }));
        Ok(true)
    }

    /// Another tab has the log: nothing is written any more, and the shell is told, once.
    fn lose_log(&self) {
        if self.shared.writer.replace(None).is_some() {
            copy::close();
            (self.shared.on_taken)();
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("name", &self.shared.lock_name).finish_non_exhaustive()
    }
}

/// Why nothing was written.
enum WriteFailure {
    NotTheWriter,
    Failed(Failure),
}

impl From<WriteFailure> for StoreFault {
    fn from(failure: WriteFailure) -> Self {
        match failure {
            WriteFailure::NotTheWriter => Self::Fork,
            WriteFailure::Failed(failure) => failure.into(),
        }
    }
}

/// Aborts the transaction, and says so in `taken`, where another tab's token is found.
fn fence(
    transaction: &IdbTransaction,
    token: &str,
    taken: &Rc<Cell<bool>>,
) -> Result<Closure<dyn FnMut()>, JsValue> {
    let asked =
        transaction.object_store(row::WRITER)?.get(&JsValue::from_str(row::WRITER_TOKEN))?;
    let (found, transaction) = (asked.clone(), transaction.clone());
    let (taken, token) = (taken.clone(), token.to_owned());
    let guard = Closure::<dyn FnMut()>::new(move || {
        let found = found.result().ok().and_then(|found| found.as_string());
        if found.as_ref() != Some(&token) {
            taken.set(true);
            // It can fail only where the transaction is over.
            let _ = transaction.abort();
        }
    });
    asked.set_onsuccess(Some(guard.as_ref().unchecked_ref()));
    Ok(guard)
}

/// Without a second copy the answer is no.
fn is_true(answer: Result<JsValue, JsValue>) -> bool {
    answer.is_ok_and(|answer| answer.is_truthy())
}

/// A copy whose buffer is its own: IndexedDB stores the whole buffer that a view looks at.
fn bytes_to_js(bytes: &[u8]) -> JsValue {
    Uint8Array::from(bytes).into()
}
