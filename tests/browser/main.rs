//! Tests that need a browser: run by wasm-bindgen-test in headless Chromium.
#![cfg(target_arch = "wasm32")]

mod language;
mod store;
mod ui;
mod worker;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
