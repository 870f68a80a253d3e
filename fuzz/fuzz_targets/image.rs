//! A picture through the decoder: the first byte is its width in pixels, the rest is luma.
#![no_main]

use gerbang_qr::{Effort, LumaFrame, Scanner};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((width_px, luma)) = input.split_first() else { return };
    let width_px = usize::from(*width_px);
    let height_px = luma.len() / width_px.max(1);
    let Ok(frame) = LumaFrame::new(luma, width_px, height_px, width_px) else { return };
    let mut scanner = Scanner::new();
    for effort in [Effort::Light, Effort::Hard, Effort::Glance, Effort::Hard] {
        let _ = scanner.scan(frame, effort);
    }
});
