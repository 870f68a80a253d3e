//! Handing the log over: a checkpoint, then every entry as lines and as a table, ready before the tap.
//!
//! Shape: `entered` → the page signs a checkpoint → the rows, batch by batch → two files → share
//! sheet or download.
//! Limits and errors: each batch's text becomes a blob at once, which the browser keeps outside the
//! page, on disk where it is large; a share sheet that was closed handed nothing over.
//! Source: Web Share API (W3C); a share must follow the tap at once, so the files are made before.
//! Not here: the lines themselves (audit_log).

use super::app::{Desk, Message as DeskMessage, Scene};
use super::probe::{self, Room};
use super::told::Wish;
use crate::audit_log::{CSV_HEADER, seal_export, write_csv_row, write_line};
use crate::browser::clock;
use crate::browser::store::HandedOver;
use crate::browser::ui::icon::{Icon, icon};
use crate::desk::BATCH_ROWS;
use crate::envelope::hex;
use crate::session::StoreFault;
use gloo::timers::future::TimeoutFuture;
use js_sys::{Array, Uint8Array};
use std::ops::Range;
use yew::prelude::*;

/// A log that nobody took over for a day is worth a word.
const OVERDUE_MS: i64 = 86_400_000;
/// Sealed in one piece, which takes three times the lines' memory.
const SEALED_ENTRIES_MAX: u64 = 50_000;
/// A page that holds entries in memory writes no checkpoint: what is stored is handed over.
const NOTE_MS_MAX: u32 = 3_000;

pub enum Message {
    LookedUp { last: Option<HandedOver>, room: Room },
    NoteLate,
    Ready(Result<Range<u64>, StoreFault>),
    Rows { asked: Range<u64>, parts: Parts, read: bool },
    Give(Form),
    Given { handed: bool },
}

/// As what the log is given away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The verifiable one.
    Lines,
    /// For a spreadsheet.
    Table,
    /// The lines, for the authority's eyes alone.
    Sealed,
}

#[derive(Default)]
pub struct HandOver {
    step: Step,
    last: Option<HandedOver>,
    looked_up: bool,
    pub room: Room,
}

#[derive(Default)]
enum Step {
    #[default]
    Idle,
    /// Waiting for the checkpoint's entry.
    Noting,
    Reading {
        range: Range<u64>,
        read: u64,
    },
    Ready {
        range: Range<u64>,
        files: Files,
    },
    Given {
        range: Range<u64>,
        files: Files,
    },
    Failed,
}

/// What was read so far: blobs of lines, blobs of the table's rows, and the lines once more where they will be sealed.
pub struct Parts {
    lines: Array,
    table: Array,
    to_seal: Option<String>,
}

#[derive(Clone)]
struct Files {
    lines: web_sys::File,
    table: web_sys::File,
    /// Where the registry names a key to seal to, and the log is not too long for one piece.
    sealed: Option<web_sys::File>,
}

impl HandOver {
    /// `Some`: entries wait since then (`None`: since ever) to be handed over.
    pub fn overdue(&self, now_unix_ms: i64, entries: u64) -> Option<Option<i64>> {
        match self.last {
            _ if !self.looked_up || entries == 0 => None,
            None => Some(None),
            Some(last) => {
                let waits = last.before < entries && now_unix_ms - last.at_unix_ms > OVERDUE_MS;
                waits.then_some(Some(last.at_unix_ms))
            }
        }
    }
}

/// When was it last handed over, and how much room is there?
pub fn look_up(desk: &Desk, context: &Context<Desk>) {
    let reading = desk.reading.clone();
    context.link().send_future(async move {
        let last = reading.store().handed_over().await.ok().flatten();
        let room = probe::room().await;
        DeskMessage::HandOver(Message::LookedUp { last, room })
    });
}

pub fn entered(desk: &mut Desk, context: &Context<Desk>) {
    desk.handover.step = Step::Noting;
    look_up(desk, context);
    context.link().send_message(DeskMessage::Ask(Wish::Checkpoint));
    context.link().send_future(async {
        TimeoutFuture::new(NOTE_MS_MAX).await;
        DeskMessage::HandOver(Message::NoteLate)
    });
}

/// The checkpoint is in the log.
pub fn entries_came(desk: &Desk, context: &Context<Desk>) {
    if matches!(desk.handover.step, Step::Noting) {
        let reading = desk.reading.clone();
        context.link().send_future(async move {
            DeskMessage::HandOver(Message::Ready(reading.range().await))
        });
    }
}

/// Answers whether the page has to be drawn again.
pub fn update(desk: &mut Desk, context: &Context<Desk>, message: Message) -> bool {
    match message {
        Message::LookedUp { last, room } => {
            desk.handover.last = last;
            desk.handover.room = room;
            desk.handover.looked_up = true;
        }
        Message::NoteLate => {
            entries_came(desk, context);
            return false;
        }
        Message::Ready(Ok(range)) if matches!(desk.handover.step, Step::Noting) => {
            let sealed =
                !desk.told.sealing_key.is_empty() && range.end - range.start <= SEALED_ENTRIES_MAX;
            let parts = Parts {
                lines: Array::new(),
                table: Array::of1(&CSV_HEADER.into()),
                to_seal: sealed.then(String::new),
            };
            read(desk, context, range.start, &range, parts);
            desk.handover.step = Step::Reading { read: range.start, range };
        }
        Message::Ready(Ok(_)) => return false,
        Message::Ready(Err(_)) | Message::Rows { read: false, .. } => {
            desk.handover.step = Step::Failed;
        }
        Message::Rows { asked, parts, .. } => rows_came(desk, context, &asked, parts),
        Message::Give(form) => {
            give(desk, context, form);
            return false;
        }
        Message::Given { handed } => given(desk, context, handed),
    }
    true
}

fn read(desk: &Desk, context: &Context<Desk>, from: u64, range: &Range<u64>, mut parts: Parts) {
    let reading = desk.reading.clone();
    let asked = from..(from + BATCH_ROWS).min(range.end);
    context.link().send_future(async move {
        let stored = reading.stored(asked.clone()).await;
        let read = stored.is_ok();
        let (mut lines, mut rows) = (String::new(), String::new());
        // What cannot be read as an entry cannot be written as a line; the chain's check names it.
        for row in stored.unwrap_or_default().into_iter().flatten() {
            lines.push_str(&write_line(&row));
            lines.push('\n');
            rows.push_str(&write_csv_row(&row));
        }
        let read = read && add(&parts.lines, &lines) && add(&parts.table, &rows);
        if let Some(to_seal) = &mut parts.to_seal {
            to_seal.push_str(&lines);
        }
        DeskMessage::HandOver(Message::Rows { asked, parts, read })
    });
}

fn add(parts: &Array, text: &str) -> bool {
    let blob = web_sys::Blob::new_with_str_sequence(&Array::of1(&text.into()));
    blob.map(|blob| parts.push(&blob)).is_ok()
}

fn rows_came(desk: &mut Desk, context: &Context<Desk>, asked: &Range<u64>, parts: Parts) {
    let Step::Reading { range, .. } = &desk.handover.step else { return };
    let range = range.clone();
    if asked.end < range.end {
        read(desk, context, asked.end, &range, parts);
        desk.handover.step = Step::Reading { read: asked.end, range };
        return;
    }
    let name = file_name(desk);
    let Parts { lines, table, to_seal } = parts;
    let files = || {
        Some(Files {
            sealed: to_seal
                .and_then(|text| sealed(&text, &desk.told.sealing_key, &format!("{name}.gbx"))),
            lines: file(&lines, &format!("{name}.jsonl"), "text/plain")?,
            table: file(&table, &format!("{name}.csv"), "text/csv")?,
        })
    };
    desk.handover.step = match files() {
        Some(files) => Step::Ready { range, files },
        None => Step::Failed,
    };
}

fn sealed(lines: &str, key: &str, name: &str) -> Option<web_sys::File> {
    let key = hex::decode(key)?.try_into().ok()?;
    let sealed = seal_export(lines.as_bytes(), &key, clock::entropy()).ok()?;
    let bytes = Array::of1(&Uint8Array::from(sealed.as_slice()));
    file(&bytes, name, "application/octet-stream")
}

/// Gate and day, in letters that every file system takes.
fn file_name(desk: &Desk) -> String {
    use crate::browser::ui::text::LocalTime;
    let day = LocalTime::of_unix_ms(clock::now_unix_ms(), clock::utc_offset_min());
    let gate: String = desk
        .told
        .gate
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect();
    format!("gerbang-{gate}-{:04}-{:02}-{:02}", day.year, day.month, day.day)
}

fn file(parts: &Array, name: &str, kind: &str) -> Option<web_sys::File> {
    let options = web_sys::FilePropertyBag::new();
    options.set_type(kind);
    web_sys::File::new_with_str_sequence_and_options(parts, name, &options).ok()
}

fn give(desk: &Desk, context: &Context<Desk>, form: Form) {
    let (Step::Ready { files, .. } | Step::Given { files, .. }) = &desk.handover.step else {
        return;
    };
    let file = match form {
        Form::Lines => Some(&files.lines),
        Form::Table => Some(&files.table),
        Form::Sealed => files.sealed.as_ref(),
    };
    let Some(file) = file else { return };
    let given = probe::give(file);
    context
        .link()
        .send_future(async move { DeskMessage::HandOver(Message::Given { handed: given.await }) });
}

fn given(desk: &mut Desk, context: &Context<Desk>, handed: bool) {
    if !handed {
        return;
    }
    if let Step::Ready { range, files } = &desk.handover.step {
        let (range, files) = (range.clone(), files.clone());
        let last = HandedOver { at_unix_ms: clock::now_unix_ms(), before: range.end };
        desk.handover.last = Some(last);
        desk.handover.step = Step::Given { range, files };
        context.link().send_message(DeskMessage::Ask(Wish::HandedOver));
        let reading = desk.reading.clone();
        context.link().send_future_batch(async move {
            // Not remembered, the reminder comes once too often.
            let _kept = reading.store().remember_hand_over(last).await;
            Vec::new()
        });
    }
}

pub fn handover(scene: &Scene) -> Html {
    let text = &scene.words.handover;
    let body = match &scene.desk.handover.step {
        Step::Idle | Step::Noting => waiting(text.noting, 0, 1),
        Step::Reading { range, read } => {
            waiting(text.reading, read - range.start, range.end - range.start)
        }
        Step::Ready { range, files } => ready(scene, range, files, text.ready),
        Step::Given { range, files } => ready(scene, range, files, text.given),
        Step::Failed => html! { <p class="lead" data-failed="true">{ text.failed }</p> },
    };
    let body = html! { <>
        <p class="lead">{ text.lead }</p>
        { body }
        <ul class="card">
            <li class="row">{ icon(Icon::Chain) }<span class="t">{ text.what_lines }</span></li>
            <li class="row">{ icon(Icon::List) }<span class="t">{ text.what_table }</span></li>
            <li class="row">{ icon(Icon::Person) }<span class="t">{ text.what_not }</span></li>
        </ul>
    </> };
    scene.page(scene.words.menu.hand_over, body)
}

fn waiting(words: &'static str, read: u64, of: u64) -> Html {
    html! {
        <div class="card prog">
            <p role="status">{ words }</p>
            <progress value={read.to_string()} max={of.max(1).to_string()}></progress>
        </div>
    }
}

fn ready(scene: &Scene, range: &Range<u64>, files: &Files, words: fn(u64) -> String) -> Html {
    let text = &scene.words.handover;
    let give = |form, action, class, picture, label| {
        html! {
            <button {class} data-action={action}
                onclick={scene.tap(move || DeskMessage::HandOver(Message::Give(form)))}>
                { icon(picture) }{ label }
            </button>
        }
    };
    let done = matches!(scene.desk.handover.step, Step::Given { .. });
    html! {
        <div class="px acts" data-ready={(range.end - range.start).to_string()} data-given={done.to_string()}>
            <p role="status"><b>{ words(range.end - range.start) }</b></p>
            { give(Form::Lines, "give-lines", "btn pri", Icon::Share, text.give_lines) }
            { give(Form::Table, "give-table", "btn sec", Icon::List, text.give_table) }
            if files.sealed.is_some() {
                { give(Form::Sealed, "give-sealed", "btn sec", Icon::Chain, text.give_sealed) }
            }
        </div>
    }
}
