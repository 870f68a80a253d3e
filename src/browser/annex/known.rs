//! What this phone keeps, of whom, and until when: for a visitor who asks, and for the supervisor.
//!
//! Shape: a pass that was shown → its entries → struck, if she wants; this log's checkpoint as a code,
//! and other logs' checkpoints, kept.
//! Limits and errors: reading is done in batches; `STRUCK_MAX` entries go with one tombstone.
//! Not here: whose pass it is (the page tells pseudonyms, under every key of this phone).

use super::app::{Desk, Message as DeskMessage, Page, Scene};
use super::imports;
use super::probe;
use super::told::Wish;
use crate::audit_log::{CHECKPOINT_PREFIX, Checkpoint, Entry, STRUCK_MAX};
use crate::browser::clock;
use crate::browser::store::KeptCheckpoint;
use crate::browser::ui::entry::outcome;
use crate::browser::ui::icon::{Icon, icon};
use crate::browser::ui::sign::mark;
use crate::desk::BATCH_ROWS;
use crate::envelope::hex;
use crate::issue::qr::{self, Level};
use crate::session::StoreFault;
use std::ops::Range;
use yew::prelude::*;

/// More rows than anybody reads.
const ROWS_SHOWN_MAX: usize = 30;
const DAY_MS: i64 = 86_400_000;

pub enum Message {
    Range {
        range: Result<Range<u64>, StoreFault>,
        imported: Vec<Entry>,
    },
    /// What lies beside the log is struck; these of the log itself are next.
    StruckElsewhere(Vec<u64>),
    Rows {
        asked: Range<u64>,
        found: Result<Vec<Entry>, StoreFault>,
    },
    AskStrike,
    Strike,
    KeepAsItIs,
    Kept {
        checkpoints: Vec<KeptCheckpoint>,
        news: News,
        guarded: bool,
    },
    ShowCheckpoint,
    Code(Option<String>),
    Print,
}

/// What became of a checkpoint that was shown.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum News {
    #[default]
    None,
    Kept,
    /// No checkpoint, or one whose signature does not hold.
    Refused,
}

#[derive(Default)]
pub struct Known {
    search: Search,
    checkpoints: Vec<KeptCheckpoint>,
    news: News,
    /// Of the pass, in other phones' exports that are kept here.
    imported: Vec<Entry>,
    /// Whether the device's key cannot be copied; `None`: not looked at yet.
    guarded: Option<bool>,
    /// This log's checkpoint, as text.
    code: Option<String>,
    coding: bool,
}

#[derive(Default)]
enum Search {
    #[default]
    Idle,
    Reading {
        range: Range<u64>,
        read: u64,
        found: Vec<Entry>,
    },
    Found {
        entries: Vec<Entry>,
        step: Step,
    },
    Failed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Shown,
    Asked,
    /// So many entries are to be struck; the tombstones are on their way.
    Striking(usize),
}

pub fn entered(desk: &mut Desk, context: &Context<Desk>) {
    desk.known = Known::default();
    let shown = desk.told.shown.clone();
    let is_checkpoint = shown.starts_with(CHECKPOINT_PREFIX);
    if !shown.is_empty() && !is_checkpoint {
        search(desk, context);
    }
    let reading = desk.reading.clone();
    context.link().send_future(async move {
        let mut checkpoints = reading.store().checkpoints().await.unwrap_or_default();
        let news = match (is_checkpoint, Checkpoint::parse(&shown)) {
            (false, _) => News::None,
            (true, Ok(checkpoint)) if checkpoint.verify().is_ok() => {
                let kept = KeptCheckpoint { text: shown, kept_unix_ms: clock::now_unix_ms() };
                match reading.store().keep_checkpoint(&kept).await {
                    Ok(all) => {
                        checkpoints = all;
                        News::Kept
                    }
                    Err(_) => News::Refused,
                }
            }
            _ => News::Refused,
        };
        let guarded = reading.store().guards_its_key().await.unwrap_or_default();
        DeskMessage::Known(Message::Kept { checkpoints, news, guarded })
    });
}

fn search(desk: &Desk, context: &Context<Desk>) {
    let reading = desk.reading.clone();
    let subject = desk.told.shown.clone();
    context.link().send_future(async move {
        let imported = imports::of(&reading, |entry| is_of(entry, &subject)).await;
        DeskMessage::Known(Message::Range { range: reading.range().await, imported })
    });
}

/// Tombstones have been stored, or a checkpoint.
pub fn entries_came(desk: &Desk, context: &Context<Desk>) {
    if matches!(desk.known.search, Search::Found { step: Step::Striking(_), .. }) {
        search(desk, context);
    }
    if desk.known.coding {
        let reading = desk.reading.clone();
        context.link().send_future(async move {
            let range = reading.range().await.unwrap_or_default();
            let last = range.end.saturating_sub(1)..range.end;
            let rows = reading.entries(last).await.unwrap_or_default();
            let checkpoint = rows.iter().flatten().last().and_then(Checkpoint::of);
            DeskMessage::Known(Message::Code(checkpoint.map(|found| found.to_text())))
        });
    }
}

/// Answers whether the page has to be drawn again.
pub fn update(desk: &mut Desk, context: &Context<Desk>, message: Message) -> bool {
    match message {
        Message::Range { range: Ok(range), imported } => {
            desk.known.imported = imported;
            let read = range.start;
            read_on(desk, context, read, &range);
            desk.known.search = Search::Reading { range, read, found: Vec::new() };
        }
        Message::Range { range: Err(_), .. } | Message::Rows { found: Err(_), .. } => {
            desk.known.search = Search::Failed;
        }
        Message::Rows { asked, found: Ok(some) } => rows_came(desk, context, &asked, some),
        Message::StruckElsewhere(sequences) => {
            if sequences.is_empty() {
                search(desk, context);
            }
            for some in sequences.chunks(STRUCK_MAX) {
                context.link().send_message(DeskMessage::Ask(Wish::Strike(some.to_vec())));
            }
        }
        Message::AskStrike => step(desk, Step::Asked),
        Message::KeepAsItIs => step(desk, Step::Shown),
        Message::Strike => strike(desk, context),
        Message::Kept { checkpoints, news, guarded } => {
            desk.known.guarded = Some(guarded);
            desk.known.checkpoints = checkpoints;
            desk.known.news = news;
        }
        Message::ShowCheckpoint => {
            desk.known.coding = true;
            context.link().send_message(DeskMessage::Ask(Wish::Checkpoint));
        }
        // Another entry came in between: the checkpoint is still on its way.
        Message::Code(None) => return false,
        Message::Code(Some(text)) => {
            desk.known.coding = false;
            desk.known.code = Some(text);
        }
        Message::Print => {
            probe::print();
        }
    }
    true
}

fn step(desk: &mut Desk, to: Step) {
    if let Search::Found { step, .. } = &mut desk.known.search {
        *step = to;
    }
}

fn read_on(desk: &Desk, context: &Context<Desk>, from: u64, range: &Range<u64>) {
    let reading = desk.reading.clone();
    let subject = desk.told.shown.clone();
    let asked = from..(from + BATCH_ROWS).min(range.end);
    context.link().send_future(async move {
        let found = reading.entries(asked.clone()).await.map(|rows| {
            rows.into_iter().flatten().filter(|entry| is_of(entry, &subject)).collect()
        });
        DeskMessage::Known(Message::Rows { asked, found })
    });
}

fn is_of(entry: &Entry, subject: &str) -> bool {
    let kept = entry.pseudonym.as_ref().and_then(|part| part.erasable.as_ref());
    kept.is_some_and(|part| {
        subject.split(' ').any(|name| hex::decode(name).as_deref() == Some(&part.bytes))
    })
}

fn rows_came(desk: &mut Desk, context: &Context<Desk>, asked: &Range<u64>, some: Vec<Entry>) {
    let Search::Reading { range, read, found } = &mut desk.known.search else { return };
    found.extend(some);
    *read = asked.end;
    if asked.end < range.end {
        let range = range.clone();
        return read_on(desk, context, asked.end, &range);
    }
    let entries = std::mem::take(found);
    desk.known.search = Search::Found { entries, step: Step::Shown };
}

/// What lies beside the log goes first: the search that the tombstones bring about then finds none of it.
fn strike(desk: &mut Desk, context: &Context<Desk>) {
    let Search::Found { entries, step } = &mut desk.known.search else { return };
    *step = Step::Striking(entries.len());
    let sequences: Vec<u64> = entries.iter().map(|entry| entry.sequence).collect();
    let (reading, subject) = (desk.reading.clone(), desk.told.shown.clone());
    context.link().send_future(async move {
        let pseudonyms: Vec<Vec<u8>> = subject.split(' ').filter_map(hex::decode).collect();
        // What could not be struck is found again, and shown.
        let _struck = imports::strike(&reading, |entry| is_of(entry, &subject)).await;
        let _struck = reading.store().strike_set_aside(&pseudonyms).await;
        DeskMessage::Known(Message::StruckElsewhere(sequences))
    });
}

pub fn known(scene: &Scene) -> Html {
    let text = &scene.words.known;
    let days = scene.told.keep_ms / DAY_MS;
    let body = html! { <>
        <p class="lead">{ (text.lead)(days) }</p>
        <ul class="card">
            <li class="row">{ icon(Icon::Clock) }<span class="t">{ text.what_kept }</span></li>
            <li class="row" data-sealed={scene.told.sealing_agreed.to_string()}>
                { icon(Icon::Person) }<span class="t">{ who(scene) }</span>
            </li>
            <li class="row">{ icon(Icon::Chain) }<span class="t">{ (text.until)(days) }</span></li>
            if let Some(guarded) = scene.desk.known.guarded {
                <li class="row noprint" data-key-guarded={guarded.to_string()}>
                    { icon(if guarded { Icon::Check } else { Icon::Warn }) }
                    <span class="t">{ if guarded { text.key_guarded } else { text.key_plain } }</span>
                </li>
            }
        </ul>
        { agree(scene) }
        { subject(scene) }
        <div class="px acts noprint">
            <button class="btn sec" data-action="show" onclick={scene.tap(|| DeskMessage::Ask(Wish::Show))}>
                { icon(Icon::Code) }{ text.ask }
            </button>
            <button class="btn sec" data-action="print" onclick={scene.tap(|| DeskMessage::Known(Message::Print))}>
                { icon(Icon::List) }{ text.print }
            </button>
        </div>
        { checkpoints(scene) }
    </> };
    scene.page(text.title, body)
}

fn who(scene: &Scene) -> String {
    let text = &scene.words.known;
    match scene.told.sealing_until_unix_s {
        Some(until_unix_s) if scene.told.sealing_agreed => {
            (text.sealed)(&last_day(scene, until_unix_s))
        }
        _ => text.what_not.to_owned(),
    }
}

fn last_day(scene: &Scene, until_unix_s: i64) -> String {
    scene.local(until_unix_s * 1_000).date(&scene.text.time)
}

/// What the registry asks for begins with the supervisor's tap and not before.
fn agree(scene: &Scene) -> Html {
    let text = &scene.words.known;
    let Some(until_unix_s) = scene.told.sealing_until_unix_s else { return html! {} };
    if scene.told.sealing_agreed {
        return html! {};
    }
    html! {
        <section class="card keep" data-seal="asked">
            <p>{ (text.seal_asked)(&last_day(scene, until_unix_s)) }</p>
            <button class="btn pri" data-action="seal" onclick={scene.tap(|| DeskMessage::Ask(Wish::Seal))}>
                { icon(Icon::Check) }{ text.seal_agree }
            </button>
        </section>
    }
}

fn subject(scene: &Scene) -> Html {
    let text = &scene.words.known;
    match &scene.desk.known.search {
        Search::Idle => html! {},
        Search::Failed => html! { <p class="lead" data-known="failed">{ text.cannot_read }</p> },
        Search::Reading { range, read, .. } => html! {
            <div class="card prog" data-known="reading">
                <p role="status">{ text.searching }</p>
                <progress value={(read - range.start).to_string()} max={(range.end - range.start).max(1).to_string()}></progress>
            </div>
        },
        Search::Found { entries, .. }
            if entries.is_empty() && scene.desk.known.imported.is_empty() =>
        {
            html! {
                <p class="card empty" role="status" data-known="nothing">{ icon(Icon::Check) }<b>{ text.nothing }</b></p>
            }
        }
        Search::Found { entries, step } => found(scene, entries, *step),
    }
}

fn found(scene: &Scene, entries: &[Entry], step: Step) -> Html {
    let text = &scene.words.known;
    let imported = &scene.desk.known.imported;
    let count = entries.len() + imported.len();
    let all = imported.iter().chain(entries).rev();
    let rows = all.take(ROWS_SHOWN_MAX).map(|entry| {
        let local = scene.local(entry.at_unix_ms);
        let shown = outcome(scene.text, entry);
        html! {
            <li class="row">
                if let Some((sign, _)) = shown { { mark(sign) } }
                <span class="t">
                    <b>{ shown.map_or("", |(_, word)| word) }</b>
                    <small>{ local.date(&scene.text.time) }{ " " }{ local.clock(&scene.text.time) }</small>
                </span>
            </li>
        }
    });
    let button = |action, class, label, message: fn() -> Message| {
        html! {
            <button {class} data-action={action}
                onclick={scene.tap(move || DeskMessage::Known(message()))}>{ label }</button>
        }
    };
    html! { <>
        <div role="status"><h2 class="sec-t" data-known={count.to_string()}>{ (text.found)(count) }</h2></div>
        <ul class="card">{ for rows }</ul>
        <div class="px acts noprint">
            { match step {
                Step::Shown => button("strike", "btn sec", text.strike, || Message::AskStrike),
                Step::Asked => html! { <>
                    <p>{ text.strike_means }</p>
                    { button("strike-sure", "btn pri", text.strike_sure, || Message::Strike) }
                    { button("strike-not", "btn sec", text.strike_not, || Message::KeepAsItIs) }
                </> },
                Step::Striking(_) => html! { <p role="status">{ text.searching }</p> },
            } }
        </div>
    </> }
}

fn checkpoints(scene: &Scene) -> Html {
    let text = &scene.words.known;
    let known = &scene.desk.known;
    let news = match known.news {
        News::None => None,
        News::Kept => Some(("kept", text.checkpoint_kept)),
        News::Refused => Some(("refused", text.checkpoint_refused)),
    };
    let rows = known.checkpoints.iter().filter_map(|kept| {
        let place = Checkpoint::parse(&kept.text).ok()?.place;
        let local = scene.local(place.at_unix_ms);
        let log = data_encoding::HEXLOWER.encode(place.head.log().0.get(..4)?);
        Some(html! {
            <li key={kept.text.clone()} class="row">
                { icon(Icon::Chain) }
                <span class="t">
                    <b>{ (text.checkpoint)(place.head.next_sequence()) }</b>
                    <small>{ log }{ " · " }{ local.date(&scene.text.time) }{ " " }{ local.clock(&scene.text.time) }</small>
                </span>
            </li>
        })
    });
    html! {
        <section class="noprint">
            <h2 class="sec-t">{ text.checkpoints }</h2>
            if let Some((name, words)) = news {
                <p class="lead" role="status" data-checkpoint={name}>{ words }</p>
            }
            <p class="lead">{ text.checkpoints_for }</p>
            if let Some(code) = known.code.as_deref().and_then(|text| qr::encode(text.as_bytes(), Level::M)) {
                <div class="card qr" data-checkpoint-code={known.code.clone()}>{ picture(&code, text.checkpoints) }</div>
            } else {
                <div class="px acts">
                    <button class="btn sec" data-action="checkpoint" disabled={known.coding}
                        onclick={scene.tap(|| DeskMessage::Known(Message::ShowCheckpoint))}>
                        { icon(Icon::Code) }{ text.checkpoint_show }
                    </button>
                </div>
            }
            if !known.checkpoints.is_empty() {
                <ul class="card" data-checkpoints={known.checkpoints.len().to_string()}>{ for rows }</ul>
            }
            <nav class="card menu">
                <button class="row" data-action="examine" onclick={scene.tap(|| DeskMessage::Go(Page::Examine))}>
                    { icon(Icon::Check) }
                    <span class="t"><b>{ scene.words.examine.title }</b><small>{ scene.words.examine.note }</small></span>
                    { icon(Icon::Next) }
                </button>
            </nav>
        </section>
    }
}

/// Dark on white, whatever the theme: a camera has to read it.
fn picture(code: &qr::QrCode, label: &'static str) -> Html {
    let side = code.rows().len() + 2 * qr::QUIET_ZONE_MODULES;
    let path: String = code
        .runs()
        .map(|(x, y, width)| {
            let (x, y) = (x + qr::QUIET_ZONE_MODULES, y + qr::QUIET_ZONE_MODULES);
            format!("M{x} {y}h{width}v1h-{width}z")
        })
        .collect();
    html! {
        <svg viewBox={format!("0 0 {side} {side}")} role="img" aria-label={label} shape-rendering="crispEdges">
            <rect width={side.to_string()} height={side.to_string()} fill="#fff" />
            <path d={path} fill="#000" />
        </svg>
    }
}
