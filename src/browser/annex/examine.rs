//! Exports of any phone, looked through here: what was changed, cut, put in order anew or is missing.
//!
//! Shape: files that were chosen → lines → `Examiner`, with the checkpoints that this phone keeps.
//! Limits and errors: a file is kept only on a tap, and as long as this phone's own entries.
//! Not here: tracing, opening what is sealed: the authority's keys never enter a phone.

use super::app::{Desk, Message as DeskMessage, Scene};
use super::lines::each_line;
use super::probe;
use super::reading::Reading;
use crate::audit_log::{
    ChainHead, ChainState, Checkpoint, Examined, Examiner, read_entry, read_line,
};
use crate::browser::store::Import;
use crate::browser::ui::icon::{Icon, icon};
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

const FAULTS_SHOWN_MAX: usize = 20;

pub enum Message {
    Chosen(Vec<File>),
    Read { of: f64, read: f64 },
    Done(Vec<Looked>),
    Keep(usize),
    Kept(Vec<Import>),
    Give(usize),
    Drop(usize),
}

/// A file's name and what it holds; `None`: it could not be read.
pub struct Looked {
    file: File,
    /// Of its last entry.
    newest_unix_ms: i64,
    examined: Option<Examined>,
    /// Checkpoints of its log were at hand.
    anchored: bool,
}

#[derive(Default)]
pub struct Examine {
    /// Bytes read, of how many.
    reading: Option<(f64, f64)>,
    looked: Vec<Looked>,
    kept: Vec<Import>,
}

pub fn entered(desk: &Desk, context: &Context<Desk>) {
    let reading = desk.reading.clone();
    context.link().send_future(async move { kept(&reading).await });
}

async fn kept(reading: &Reading) -> DeskMessage {
    let imports = reading.store().imports().await.unwrap_or_default();
    DeskMessage::Examine(Message::Kept(imports))
}

pub fn update(desk: &mut Desk, context: &Context<Desk>, message: Message) -> bool {
    match message {
        Message::Chosen(files) if files.is_empty() => return false,
        Message::Chosen(files) => {
            desk.examine.reading = Some((0.0, 1.0));
            desk.examine.looked.clear();
            let (reading, link) = (desk.reading.clone(), context.link().clone());
            context.link().send_future(async move {
                let kept = reading.store().checkpoints().await.unwrap_or_default();
                let heads: Vec<ChainHead> = kept
                    .iter()
                    .filter_map(|kept| Checkpoint::parse(&kept.text).ok()?.verify().ok())
                    .collect();
                let of: f64 = files.iter().map(|file| file.size()).sum();
                let (mut before, mut looked) = (0.0, Vec::new());
                for file in &files {
                    let tell = |read| {
                        let read = before + read;
                        link.send_message(DeskMessage::Examine(Message::Read { of, read }));
                    };
                    looked.push(look_at(file, &heads, tell).await);
                    before += file.size();
                }
                DeskMessage::Examine(Message::Done(looked))
            });
        }
        Message::Read { of, read } => desk.examine.reading = Some((read, of)),
        Message::Done(looked) => {
            desk.examine.reading = None;
            desk.examine.looked = looked;
        }
        Message::Kept(imports) => desk.examine.kept = imports,
        Message::Keep(at) => {
            let Some(looked) = desk.examine.looked.get(at) else { return false };
            let head = looked.examined.as_ref().and_then(|examined| examined.report.head);
            let Some(head) = head else { return false };
            let count = looked.examined.as_ref().map_or(0, |examined| examined.report.count);
            let (file, newest_unix_ms) = (looked.file.clone(), looked.newest_unix_ms);
            let reading = desk.reading.clone();
            context.link().send_future(async move {
                let import = (&*file.name(), count, file.as_ref());
                // Where there is no room the list shows that it was not kept.
                let _kept = reading.store().keep_import(head.log(), newest_unix_ms, import).await;
                kept(&reading).await
            });
        }
        Message::Give(at) => {
            if let Some(file) = desk.examine.kept.get(at).and_then(file_of) {
                let given = probe::give(&file);
                context.link().send_future_batch(async move {
                    given.await;
                    Vec::new()
                });
            }
        }
        Message::Drop(at) => {
            let Some(import) = desk.examine.kept.get(at).cloned() else { return false };
            let reading = desk.reading.clone();
            context.link().send_future(async move {
                // The list shows what is still there.
                let _gone = reading.store().drop_import(&import.key).await;
                kept(&reading).await
            });
        }
    }
    true
}

async fn look_at(file: &File, heads: &[ChainHead], tell: impl Fn(f64)) -> Looked {
    let of_log = |log| heads.iter().copied().filter(|head: &ChainHead| head.log() == log).collect();
    let mut examiner = Examiner::new(of_log);
    let mut newest_unix_ms = 0;
    let take = |line: &[u8]| {
        let entry = read_line(line);
        let at = entry.as_ref().ok().and_then(|entry| Some(read_entry(entry).ok()?.at_unix_ms));
        newest_unix_ms = newest_unix_ms.max(at.unwrap_or_default());
        examiner.push(entry)
    };
    let read = each_line(file, tell, take).await;
    let examined = read.is_ok().then(|| examiner.finish());
    let log = examined.as_ref().and_then(|found| found.report.head).map(|head| head.log());
    let anchored = heads.iter().any(|head| Some(head.log()) == log);
    Looked { file: file.clone(), newest_unix_ms, examined, anchored }
}

fn file_of(import: &Import) -> Option<File> {
    let parts = js_sys::Array::of1(&import.lines);
    let options = web_sys::FilePropertyBag::new();
    options.set_type("text/plain");
    File::new_with_blob_sequence_and_options(&parts, &import.name, &options).ok()
}

pub fn examine(scene: &Scene) -> Html {
    let text = &scene.words.examine;
    let examine = &scene.desk.examine;
    let choose = scene.changed(|event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        let files = input.files().map(|files| {
            (0..files.length()).filter_map(|at| files.get(at)?.dyn_into().ok()).collect()
        });
        DeskMessage::Examine(Message::Chosen(files.unwrap_or_default()))
    });
    let body = html! { <>
        <p class="lead">{ text.lead }</p>
        <div class="px">
            <label class="btn pri">
                { icon(Icon::List) }{ text.choose }
                <input class="heard" type="file" multiple=true accept=".jsonl,.txt,text/plain" data-action="examine-files"
                    onchange={choose} />
            </label>
        </div>
        if let Some((read, of)) = examine.reading {
            <div class="card prog">
                <p role="status">{ text.reading }</p>
                <progress value={format!("{read:.0}")} max={format!("{of:.0}")}></progress>
            </div>
        }
        { for examine.looked.iter().enumerate().map(|(at, looked)| look(scene, at, looked)) }
        { imports(scene) }
    </> };
    scene.page(text.title, body)
}

/// What is kept here of other phones.
fn imports(scene: &Scene) -> Html {
    let text = &scene.words.examine;
    let kept = &scene.desk.examine.kept;
    if kept.is_empty() {
        return html! {};
    }
    let act = |action: &'static str, class: &'static str, label: &'static str, message| {
        html! {
            <button {class} data-action={action} onclick={scene.tap(message)}>{ label }</button>
        }
    };
    let rows = kept.iter().enumerate().map(|(at, import)| {
        html! {
            <li class="keep" key={import.key.clone()}>
                <p><b>{ import.name.clone() }</b><br /><small>{ (text.records)(import.entries) }</small></p>
                <div class="acts two">
                    { act("import-give", "btn sec", text.give, Box::new(move || DeskMessage::Examine(Message::Give(at))) as Box<dyn Fn() -> DeskMessage>) }
                    { act("import-drop", "btn txt", text.drop, Box::new(move || DeskMessage::Examine(Message::Drop(at)))) }
                </div>
            </li>
        }
    });
    html! { <>
        <h2 class="sec-t">{ text.kept }</h2>
        <ul class="card" data-imports={kept.len().to_string()}>{ for rows }</ul>
    </> }
}

fn look(scene: &Scene, at: usize, looked: &Looked) -> Html {
    let text = &scene.words.examine;
    let whole = looked.examined.as_ref().is_some_and(|e| e.report.state == ChainState::Whole);
    let said = match &looked.examined {
        None => text.unreadable.to_owned(),
        Some(examined) if examined.report.head.is_none() => text.no_export.to_owned(),
        Some(examined) if whole => (text.whole)(examined.report.count),
        Some(examined) => (text.broken)(examined.report.faults_count),
    };
    let whole = whole && looked.examined.as_ref().is_some_and(|e| e.report.head.is_some());
    let faults = looked.examined.iter().flat_map(|e| e.report.faults.iter());
    let faults = faults.take(FAULTS_SHOWN_MAX).map(|fault| {
        html! {
            <li class="row" data-fault={fault.cause.code()}>
                { icon(Icon::Warn) }
                <span class="t"><b>{ (text.fault)(fault.cause) }</b>
                    <small>{ (text.place)(fault.line + 1, fault.at) }</small></span>
            </li>
        }
    });
    html! {
        <section class="card" data-examined={if whole { "whole" } else { "broken" }}>
            <div class="row">
                { icon(if whole { Icon::Chain } else { Icon::Warn }) }
                <span class="t"><b role="status">{ said }</b><small>{ looked.file.name() }</small></span>
            </div>
            <ul>{ for faults }</ul>
            if looked.examined.as_ref().is_some_and(|examined| examined.report.head.is_some()) {
                <div class="px"><button class="btn sec" data-action="keep-import"
                    onclick={scene.tap(move || DeskMessage::Examine(Message::Keep(at)))}>{ text.keep }</button></div>
            }
            if whole {
                <p class="row"><span class="t"><small>
                    { if looked.anchored { text.anchored } else { text.not_anchored } }
                </small></span></p>
            }
        </section>
    }
}
