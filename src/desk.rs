//! What is done away from the queue: looking back over the log, and asking whether the gate is ready.
//!
//! Shape: `History::new` → `wants` (which rows to read) → `take` (those rows) → rows and sums;
//! `selftest::Facts` → one `Finding` a check.
//! Limits and errors: a log of any length is read backwards in batches of `BATCH_ROWS`; what is
//! kept of it is bounded by the rows that are shown and by one day's sums.
//! Not here: storage, sentences, the writing of entries (the session alone writes).

mod count;
pub use count::grouped;

pub mod history;

pub mod selftest;

pub use history::{BATCH_ROWS, History, Hour, Row, Show, Sums};
