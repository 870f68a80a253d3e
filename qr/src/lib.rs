//! QR codes in a luma plane: pixels in, codes and a hint out.
//!
//! Shape: `Scanner::scan(LumaFrame, Effort)` → `Scan { codes, hint, pending }`.
//! Limits and errors: never panics, never works longer than its `Effort` allows (counted in work, not in time).
//! Source: ISO/IEC 18004:2015, model 2, versions 1 to 40.
//! Not here: cameras, clocks, threads, what the bytes mean; Micro QR and other kinds of code.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "pixel arithmetic: sides are at most 8192, samples at most 255"
)]

mod frame;
mod lanes;
mod threshold;

mod order;

mod finder;

mod triple;

mod third;

mod geometry;

mod grid;

mod samples;

mod learned;

pub mod symbol;

mod view;

mod hint;

mod pass;

mod last_resort;

mod scanner;

pub mod append;

pub use append::{Added, Assembler, Message};
pub use frame::{FrameError, LumaFrame};
pub use scanner::{Ecc, Effort, Hint, Point, Scan, ScannedCode, Scanner};
pub use symbol::bit_stream::{Fnc1, Mode, Segment, StructuredAppend};
