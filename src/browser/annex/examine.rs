//! Exports of any phone, looked through here: what was changed, cut, put in order anew or is missing.
//!
//! Shape: files that were chosen → lines → `Examiner`, with the checkpoints that this phone keeps.
//! Limits and errors: a file is read a slice at a time; nothing of it is kept.
//! Not here: tracing, opening what is sealed: the authority's keys never enter a phone.

use super::app::{Desk, Message as DeskMessage, Scene};
use crate::audit_log::{
    ChainHead, ChainState, Checkpoint, Examined, Examiner, LINE_BYTES_MAX, read_line,
};
use crate::browser::ui::icon::{Icon, icon};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

/// Read at a time: a tenth of a second on a cheap phone.
const SLICE_BYTES: f64 = 1_000_000.0;
const FAULTS_SHOWN_MAX: usize = 20;

pub enum Message {
    Chosen(Vec<File>),
    Read { of: f64, read: f64 },
    Done(Vec<Looked>),
}

/// A file's name and what it holds; `None`: it could not be read.
pub struct Looked {
    name: String,
    examined: Option<Examined>,
    /// Checkpoints of its log were at hand.
    anchored: bool,
}

#[derive(Default)]
pub struct Examine {
    /// Bytes read, of how many.
    reading: Option<(f64, f64)>,
    looked: Vec<Looked>,
}

pub fn update(desk: &mut Desk, context: &Context<Desk>, message: Message) -> bool {
    match message {
        Message::Chosen(files) if files.is_empty() => return false,
        Message::Chosen(files) => {
            desk.examine = Examine { reading: Some((0.0, 1.0)), looked: Vec::new() };
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
        Message::Done(looked) => desk.examine = Examine { reading: None, looked },
    }
    true
}

async fn look_at(file: &File, heads: &[ChainHead], tell: impl Fn(f64)) -> Looked {
    let of_log = |log| heads.iter().copied().filter(|head: &ChainHead| head.log() == log).collect();
    let mut examiner = Examiner::new(of_log);
    let read = each_line(file, tell, |line| examiner.push(read_line(line))).await;
    let examined = read.is_ok().then(|| examiner.finish());
    let log = examined.as_ref().and_then(|found| found.report.head).map(|head| head.log());
    let anchored = heads.iter().any(|head| Some(head.log()) == log);
    Looked { name: file.name(), examined, anchored }
}

/// Until `take` has had enough.
async fn each_line(
    file: &File,
    tell: impl Fn(f64),
    mut take: impl FnMut(&[u8]) -> bool,
) -> Result<(), JsValue> {
    let (size, mut from, mut rest) = (file.size(), 0.0, Vec::new());
    while from < size {
        let slice = file.slice_with_f64_and_f64(from, from + SLICE_BYTES)?;
        rest.extend(Uint8Array::new(&JsFuture::from(slice.array_buffer()).await?).to_vec());
        from += SLICE_BYTES;
        let mut lines: Vec<&[u8]> = rest.split(|byte| *byte == b'\n').collect();
        let last = lines.pop().unwrap_or_default().to_vec();
        if !lines.into_iter().filter(|line| !line.is_empty()).all(&mut take) {
            return Ok(());
        }
        rest = last;
        // No line is that long: what follows is no export either.
        rest.truncate(LINE_BYTES_MAX + 1);
        tell(from.min(size));
    }
    if !rest.is_empty() {
        take(&rest);
    }
    Ok(())
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
        { for examine.looked.iter().map(|looked| look(scene, looked)) }
    </> };
    scene.page(text.title, body)
}

fn look(scene: &Scene, looked: &Looked) -> Html {
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
                <span class="t"><b role="status">{ said }</b><small>{ looked.name.clone() }</small></span>
            </div>
            <ul>{ for faults }</ul>
            if whole {
                <p class="row"><span class="t"><small>
                    { if looked.anchored { text.anchored } else { text.not_anchored } }
                </small></span></p>
            }
        </section>
    }
}
