//! One connection to one database: opened late, reopened when it is lost, never waited for forever.
//!
//! Shape: `run(stores, mode, work)`: all requests are made at once, then `complete` is awaited.
//! Limits and errors: `OPEN_MS_MAX`, `SETTLE_MS_MAX`; `Failure`.
//! Source: Indexed Database API 3.0 §2.7 (lifetime), §4.9 (durability); WebKit 277615 (lost
//! connections on iOS).
//! Not here: waiting for anything else inside a transaction, which would end it.

use super::row;
use crate::browser::wait::{Turnstile, Unsettled, within};
use crate::session::StoreFault;
use js_sys::{Array, Function, Object, Promise, Reflect};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DomException, IdbDatabase, IdbOpenDbRequest, IdbTransaction};

/// Of the object stores in `row`.
pub const DATABASE_VERSION: u32 = 1;

/// Also how long an upgrade waits for the other tabs to let go.
const OPEN_MS_MAX: u32 = 5_000;
/// A strict commit takes some 40 ms; a phone that is busy, a second.
const SETTLE_MS_MAX: u32 = 10_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Read,
    Write(Durability),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// On disk before `complete`.
    Strict,
    /// In the operating system's hands before `complete`.
    Relaxed,
}

/// Why a piece of work was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Private mode, broken files, a later version's database.
    CannotOpen,
    /// Another tab keeps an older version open.
    Blocked,
    /// The connection went away, or nothing was heard of the work.
    Lost,
    Full,
    /// A key that exists already.
    Constraint,
    Unknown,
}

impl From<Failure> for StoreFault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::CannotOpen => Self::CannotOpen,
            Failure::Blocked => Self::Blocked,
            Failure::Lost => Self::Lost,
            Failure::Full => Self::Full,
            Failure::Constraint => Self::Fork,
            Failure::Unknown => Self::Unknown,
        }
    }
}

impl Failure {
    /// By the names of W3C's IndexedDB and WebIDL.
    fn of(error: &JsValue) -> Self {
        let name = Reflect::get(error, &JsValue::from_str("name")).ok();
        match name.and_then(|name| name.as_string()).as_deref() {
            Some("QuotaExceededError") => Self::Full,
            Some("ConstraintError") => Self::Constraint,
            // WebKit's "Connection to Indexed Database server lost" is an UnknownError.
            Some(
                "InvalidStateError" | "AbortError" | "UnknownError" | "TransactionInactiveError",
            ) => Self::Lost,
            Some("VersionError" | "SecurityError") => Self::CannotOpen,
            _ => Self::Unknown,
        }
    }

    /// Whether a new connection may do better.
    fn may_pass(self) -> bool {
        matches!(self, Self::Lost | Self::Unknown)
    }
}

pub struct Database {
    name: String,
    version: u32,
    connection: RefCell<Option<Connection>>,
    opening: Turnstile,
}

struct Connection {
    database: IdbDatabase,
    lost: Rc<Cell<bool>>,
    _on_close: Closure<dyn FnMut()>,
    _on_version_change: Closure<dyn FnMut()>,
}

impl Database {
    pub fn new(name: String, version: u32) -> Self {
        Self { name, version, connection: RefCell::new(None), opening: Turnstile::default() }
    }

    /// Does all of `work` or nothing; what `work` returns may be looked at once this has returned.
    /// On a lost connection it is done once more, so `work` must bear being repeated.
    pub async fn run<T>(
        &self,
        stores: &[&str],
        mode: Mode,
        work: impl Fn(&IdbTransaction) -> Result<T, JsValue>,
    ) -> Result<T, Failure> {
        match self.attempt(stores, mode, &work).await {
            Err(failure) if failure.may_pass() => {
                self.close();
                self.attempt(stores, mode, &work).await
            }
            outcome => outcome,
        }
    }

    pub fn close(&self) {
        self.connection.replace(None);
    }

    async fn attempt<T>(
        &self,
        stores: &[&str],
        mode: Mode,
        work: &impl Fn(&IdbTransaction) -> Result<T, JsValue>,
    ) -> Result<T, Failure> {
        let database = self.connect().await?;
        let transaction = begin(&database, stores, mode).map_err(|error| Failure::of(&error))?;
        let made = match work(&transaction) {
            Ok(made) => made,
            Err(error) => {
                // It can fail only where the transaction is over.
                let _ = transaction.abort();
                return Err(Failure::of(&error));
            }
        };
        settle(&transaction).await?;
        Ok(made)
    }

    async fn connect(&self) -> Result<IdbDatabase, Failure> {
        let _passing = self.opening.pass().await;
        if let Some(connection) = &*self.connection.borrow()
            && !connection.lost.get()
        {
            return Ok(connection.database.clone());
        }
        let database = open(&self.name, self.version).await?;
        self.connection.replace(Some(Connection::new(database.clone())));
        Ok(database)
    }
}

impl Connection {
    fn new(database: IdbDatabase) -> Self {
        let lost = Rc::new(Cell::new(false));
        let on_close = {
            let lost = lost.clone();
            Closure::<dyn FnMut()>::new(move || lost.set(true))
        };
        // Another tab brings a later version: letting go is better than hanging it.
        let on_version_change = {
            let (lost, database) = (lost.clone(), database.clone());
            Closure::<dyn FnMut()>::new(move || {
                lost.set(true);
                database.close();
            })
        };
        database.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        database.set_onversionchange(Some(on_version_change.as_ref().unchecked_ref()));
        Self { database, lost, _on_close: on_close, _on_version_change: on_version_change }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.database.set_onclose(None);
        self.database.set_onversionchange(None);
        self.database.close();
    }
}

async fn open(name: &str, version: u32) -> Result<IdbDatabase, Failure> {
    let factory = web_sys::window()
        .and_then(|window| window.indexed_db().ok().flatten())
        .ok_or(Failure::CannotOpen)?;
    let request = factory.open_with_u32(name, version).map_err(|error| Failure::of(&error))?;
    let on_upgrade = {
        let request = request.clone();
        Closure::<dyn FnMut()>::new(move || upgrade(&request))
    };
    request.set_onupgradeneeded(Some(on_upgrade.as_ref().unchecked_ref()));
    let blocked = Rc::new(Cell::new(false));
    let on_blocked = {
        let blocked = blocked.clone();
        Closure::<dyn FnMut()>::new(move || blocked.set(true))
    };
    request.set_onblocked(Some(on_blocked.as_ref().unchecked_ref()));
    let opened = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    let waited = within(&opened, OPEN_MS_MAX).await;
    request.set_onblocked(None);
    match waited {
        Ok(_) => request
            .result()
            .ok()
            .and_then(|result| result.dyn_into().ok())
            .ok_or(Failure::CannotOpen),
        Err(Unsettled::Rejected(_)) => match error_of(request.error().ok().flatten()) {
            Failure::Lost | Failure::Unknown => Err(Failure::CannotOpen),
            failure => Err(failure),
        },
        Err(Unsettled::TooLate) => {
            // It may still come: then it is made well and closed, so that nobody waits for it.
            on_upgrade.forget();
            let late = request.clone();
            let close = Closure::once_into_js(move || {
                if let Some(database) =
                    late.result().ok().and_then(|result| result.dyn_into::<IdbDatabase>().ok())
                {
                    database.close();
                }
            });
            request.set_onsuccess(Some(close.unchecked_ref()));
            request.set_onerror(None);
            Err(if blocked.get() { Failure::Blocked } else { Failure::CannotOpen })
        }
    }
}

/// Makes the object stores that are missing; there is one schema so far.
fn upgrade(request: &IdbOpenDbRequest) {
    let Some(database) =
        request.result().ok().and_then(|result| result.dyn_into::<IdbDatabase>().ok())
    else {
        return;
    };
    let names = database.object_store_names();
    for store in [row::ENTRIES, row::SETTINGS, row::WRITER] {
        if !names.contains(store) && database.create_object_store(store).is_err() {
            // A database without all its stores must not come to be.
            if let Some(transaction) = request.transaction() {
                let _ = transaction.abort();
            }
            return;
        }
    }
}

/// By reflection: web-sys has the options only among what it calls unstable.
fn begin(database: &IdbDatabase, stores: &[&str], mode: Mode) -> Result<IdbTransaction, JsValue> {
    let names: Array = stores.iter().copied().map(JsValue::from_str).collect();
    let options = Object::new();
    let (mode, durability) = match mode {
        Mode::Read => ("readonly", "default"),
        Mode::Write(Durability::Strict) => ("readwrite", "strict"),
        Mode::Write(Durability::Relaxed) => ("readwrite", "relaxed"),
    };
    Reflect::set(&options, &JsValue::from_str("durability"), &JsValue::from_str(durability))?;
    let transaction: Function =
        Reflect::get(database, &JsValue::from_str("transaction"))?.dyn_into()?;
    Ok(transaction.call3(database, &names, &JsValue::from_str(mode), &options)?.unchecked_into())
}

/// Until `complete`, and not before.
async fn settle(transaction: &IdbTransaction) -> Result<(), Failure> {
    let settled = Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    });
    let waited = within(&settled, SETTLE_MS_MAX).await;
    transaction.set_oncomplete(None);
    transaction.set_onabort(None);
    match waited {
        Ok(_) => Ok(()),
        Err(Unsettled::Rejected(_)) => Err(error_of(transaction.error())),
        Err(Unsettled::TooLate) => Err(Failure::Lost),
    }
}

/// A transaction that was aborted for no fault of its own has no error.
fn error_of(error: Option<DomException>) -> Failure {
    error.map_or(Failure::Lost, |error| Failure::of(&error))
}
