//! QR codes in a luma plane: pixels in, codes and a hint out.
//!
//! Shape: `Scanner::scan(LumaFrame, Effort)` → `Scan { codes, hint, pending }`.
//! Limits and errors: never panics, never works longer than its `Effort` allows (counted in work, not in time).
//! Not here: cameras, clocks, threads, what the bytes mean.

mod frame;
mod scanner;

pub use frame::{FrameError, LumaFrame};
pub use scanner::{Ecc, Effort, Hint, Point, Scan, ScannedCode, Scanner};
