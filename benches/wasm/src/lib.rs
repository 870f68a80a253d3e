//! The decoder for node: `frame(bytes)` gives room for a luma plane, `scan` reads it, `code` says where a content lies.
//!
//! The caller writes into the memory at the address that `frame` gave, before each `scan`.

use gerbang_qr::{Effort, LumaFrame, Scan, Scanner};
use std::cell::RefCell;

#[derive(Default)]
struct State {
    luma: Vec<u8>,
    scanner: Scanner,
    scan: Scan,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

#[unsafe(no_mangle)]
pub extern "C" fn frame(bytes: usize) -> *const u8 {
    STATE.with_borrow_mut(|state| {
        state.luma.resize(bytes, 0);
        state.luma.as_ptr()
    })
}

/// `effort`: 0 light, 1 hard, 2 a glance. Codes read; 1000 more where work is left for the next call.
#[unsafe(no_mangle)]
pub extern "C" fn scan(width: usize, height: usize, effort: u32) -> usize {
    STATE.with_borrow_mut(|state| {
        let Ok(frame) = LumaFrame::new(&state.luma, width, height, width) else { return 0 };
        let effort = match effort {
            0 => Effort::Light,
            1 => Effort::Hard,
            _ => Effort::Glance,
        };
        state.scan = state.scanner.scan(frame, effort);
        state.scan.codes.len() + if state.scan.pending { 1000 } else { 0 }
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn code(at: usize) -> *const u8 {
    STATE.with_borrow(|state| {
        state.scan.codes.get(at).map_or(std::ptr::null(), |c| c.bytes.as_ptr())
    })
}

#[unsafe(no_mangle)]
pub extern "C" fn code_len(at: usize) -> usize {
    STATE.with_borrow(|state| state.scan.codes.get(at).map_or(0, |c| c.bytes.len()))
}
