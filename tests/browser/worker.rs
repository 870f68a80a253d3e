//! The reader's bargain with its worker: nothing is lost, nothing is sent early, nobody of another build reads.

use fast_qr::{ECL, QRBuilder};
use gerbang::browser::pixels::{PixelKind, Pixels};
use gerbang::browser::reader::{Answer, Place, Reader, WorkerPlan};
use gerbang::scan::Look;
use js_sys::{Array, Promise, Uint8Array};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Blob, Url};

const BUILD: &str = "this-build";
/// Longer than any test waits for what does come.
const LONG_MS: u32 = 60_000;
const SHORT_MS: u32 = 300;

/// Answers each frame with its width and with what the page did wrong until then.
const LATE_AND_SLOW: &str = r#"
let ready = false, busy = false, fault = "";
self.onmessage = ({ data }) => {
  if (data.kind === "start") {
    setTimeout(() => { ready = true; self.postMessage({ kind: "ready", build: data.build }); }, 300);
    return;
  }
  if (!ready) fault += "sent before ready;";
  if (busy) fault += "second frame in flight;";
  busy = true;
  setTimeout(() => {
    busy = false;
    const text = fault + data.width;
    const payloads = [{ bytes: new TextEncoder().encode(text), text }];
    self.postMessage({ kind: "reading", payloads, decode_ms: 1, bytes: data.bytes }, [data.bytes.buffer]);
  }, 30);
};"#;

const REFUSES: &str = r#"
self.onmessage = () => self.postMessage({ kind: "refused", build: "another-build" });"#;

const OF_ANOTHER_BUILD: &str = r#"
self.onmessage = ({ data }) => {
  if (data.kind === "start") self.postMessage({ kind: "ready", build: "another-build" });
  else self.postMessage({ kind: "reading", payloads: [{ bytes: new Uint8Array([88]), text: "X" }], decode_ms: 1 });
};"#;

const NEVER_STARTS: &str = "throw new Error('no such file');";

const BROKEN: &str = r#"
self.onmessage = () => self.postMessage({ kind: "broken", build: "this-build" });"#;

const SILENT: &str = "self.onmessage = () => {};";

/// Falls over a frame of 13 pixels, reads every other as "worker".
const CRASHES_AT_13: &str = r#"
self.onmessage = ({ data }) => {
  if (data.kind === "start") { self.postMessage({ kind: "ready", build: data.build }); return; }
  if (data.width === 13) throw new Error("out of memory");
  const payloads = [{ bytes: new TextEncoder().encode("worker"), text: "worker" }];
  self.postMessage({ kind: "reading", payloads, decode_ms: 1, bytes: data.bytes }, [data.bytes.buffer]);
};"#;

const DEAF_AT_13: &str = r#"
self.onmessage = ({ data }) => {
  if (data.kind === "start") { self.postMessage({ kind: "ready", build: data.build }); return; }
  if (data.width === 13) return;
  const payloads = [{ bytes: new TextEncoder().encode("worker"), text: "worker" }];
  self.postMessage({ kind: "reading", payloads, decode_ms: 1, bytes: data.bytes }, [data.bytes.buffer]);
};"#;

#[wasm_bindgen_test]
async fn frames_offered_before_ready_wait_and_are_read_in_order_one_at_a_time() {
    let (reader, places) = reader(LATE_AND_SLOW, LONG_MS, LONG_MS);
    let offered = [21, 22, 23].map(|width_px| offer(&reader, blank(width_px)));
    assert_eq!(reader.place(), Place::Starting);
    for (offer, expected) in offered.into_iter().zip(["21", "22", "23"]) {
        assert_eq!(texts(&offer.answer().await), [expected]);
    }
    assert_eq!(*places.borrow(), [Place::Worker]);
}

#[wasm_bindgen_test]
async fn a_frames_bytes_come_back_to_be_used_again() {
    let (reader, _) = reader(LATE_AND_SLOW, LONG_MS, LONG_MS);
    let answer = offer(&reader, blank(21)).answer().await;
    assert_eq!(answer.bytes.expect("the bytes come back").length(), 21 * 21);
}

#[wasm_bindgen_test]
async fn a_worker_that_refuses_the_page_is_replaced_by_the_page() {
    page_reads_instead_of(REFUSES, LONG_MS).await;
}

#[wasm_bindgen_test]
async fn a_worker_of_another_build_reads_nothing() {
    page_reads_instead_of(OF_ANOTHER_BUILD, LONG_MS).await;
}

#[wasm_bindgen_test]
async fn a_worker_that_never_starts_is_replaced_by_the_page() {
    page_reads_instead_of(NEVER_STARTS, LONG_MS).await;
    page_reads_instead_of(BROKEN, LONG_MS).await;
}

#[wasm_bindgen_test]
async fn a_worker_that_is_never_ready_is_replaced_by_the_page() {
    page_reads_instead_of(SILENT, SHORT_MS).await;
}

#[wasm_bindgen_test]
async fn a_worker_that_crashes_is_restarted_once_then_the_page_reads() {
    crash_and_crash_again(CRASHES_AT_13, LONG_MS).await;
}

#[wasm_bindgen_test]
async fn a_worker_that_does_not_answer_counts_as_crashed() {
    crash_and_crash_again(DEAF_AT_13, SHORT_MS).await;
}

async fn crash_and_crash_again(script: &str, answer_ms_max: u32) {
    let (reader, places) = reader(script, LONG_MS, answer_ms_max);
    assert!(texts(&offer(&reader, blank(13)).answer().await).is_empty());
    assert_eq!(texts(&offer(&reader, blank(21)).answer().await), ["worker"]);
    assert!(texts(&offer(&reader, blank(13)).answer().await).is_empty());
    assert_eq!(texts(&offer(&reader, code("read here")).answer().await), ["read here"]);
    assert_eq!(
        *places.borrow(),
        [Place::Worker, Place::Starting, Place::Worker, Place::Page],
        "restarted once, not twice"
    );
}

async fn page_reads_instead_of(script: &str, ready_ms_max: u32) {
    let (reader, _) = reader(script, ready_ms_max, LONG_MS);
    let before = offer(&reader, code("offered at once"));
    assert_eq!(texts(&before.answer().await), ["offered at once"]);
    assert_eq!(reader.place(), Place::Page);
    assert_eq!(texts(&offer(&reader, code("later")).answer().await), ["later"]);
}

/// A reader with a worker of this script, and the places it has been at.
fn reader(
    script: &str,
    ready_ms_max: u32,
    answer_ms_max: u32,
) -> (Reader, Rc<RefCell<Vec<Place>>>) {
    let blob = Blob::new_with_str_sequence(&Array::of1(&JsValue::from(script))).expect("a blob");
    let script_url = Url::create_object_url_with_blob(&blob).expect("an address");
    let plan = WorkerPlan { script_url, build: BUILD.to_owned(), ready_ms_max, answer_ms_max };
    let places = Rc::new(RefCell::new(Vec::new()));
    let heard = places.clone();
    (Reader::start(plan, move |place| heard.borrow_mut().push(place)), places)
}

/// A frame under way.
struct Offer {
    answered: Promise,
    answer: Rc<RefCell<Option<Answer>>>,
}

impl Offer {
    async fn answer(self) -> Answer {
        JsFuture::from(self.answered).await.expect("never rejected");
        self.answer.take().expect("the promise resolves after the answer")
    }
}

fn offer(reader: &Reader, pixels: Pixels) -> Offer {
    let answer = Rc::new(RefCell::new(None));
    let mut pixels = Some(pixels);
    let answered = Promise::new(&mut |resolve, _| {
        let answer = answer.clone();
        let pixels = pixels.take().expect("called once");
        reader.read(pixels, Look::Video, move |given| {
            *answer.borrow_mut() = Some(given);
            resolve.call0(&JsValue::NULL).expect("a resolver never throws");
        });
    });
    Offer { answered, answer }
}

fn texts(answer: &Answer) -> Vec<&str> {
    answer.reading.payloads.iter().filter_map(|payload| payload.text()).collect()
}

fn blank(side_px: u32) -> Pixels {
    luma(vec![128; usize::try_from(side_px * side_px).expect("small")], side_px)
}

/// A code of 6 pixels a module, with its quiet zone.
fn code(text: &str) -> Pixels {
    const MODULE_PX: usize = 6;
    const QUIET: usize = 4;
    let code = QRBuilder::new(text).ecl(ECL::M).build().expect("a short text fits");
    let side = (code.size + 2 * QUIET) * MODULE_PX;
    let dark = |x: usize, y: usize| {
        let (x, y) = ((x / MODULE_PX).wrapping_sub(QUIET), (y / MODULE_PX).wrapping_sub(QUIET));
        x < code.size && y < code.size && code[y][x].value()
    };
    let pixels = (0..side * side).map(|i| if dark(i % side, i / side) { 20 } else { 235 });
    luma(pixels.collect(), u32::try_from(side).expect("small"))
}

fn luma(pixels: Vec<u8>, side_px: u32) -> Pixels {
    Pixels {
        bytes: Uint8Array::from(pixels.as_slice()),
        kind: PixelKind::Luma,
        width_px: side_px,
        height_px: side_px,
        stride_bytes: side_px,
        offset_bytes: 0,
    }
}
