//! The log, newest first: sums and hours of the newest day, search, filters, the chain's state.

use super::app::{Desk, Message as DeskMessage, Page, Scene};
use super::entry;
use super::text::DeskText;
use super::told::Wish;
use crate::audit_log::{ChainReport, ChainState, Entry, EntryBody, LogError, ShiftTurn};
use crate::browser::ui::entry::outcome;
use crate::browser::ui::icon::{Icon, icon};
use crate::browser::ui::sign::{Sign, logo, mark};
use crate::browser::ui::text::{Said, Text};
use crate::desk::{History, Hour, Row, Show};
use crate::session::StoreFault;
use std::ops::Range;
use yew::prelude::*;

/// Drawn at once; more on a tap.
const ROWS_STEP: usize = 100;

pub enum Message {
    Ready(Result<Range<u64>, StoreFault>),
    Rows { look: u32, asked: Range<u64>, entries: Result<Vec<Result<Entry, LogError>>, StoreFault> },
    Show(Show),
    Search(String),
    More,
    CheckChain,
    ChainRead { read: u64, of: u64 },
    ChainChecked(Result<ChainReport, StoreFault>),
}

/// What is being looked for, and how far that is.
#[derive(Default)]
pub struct Look {
    /// Answers to an earlier look are too late.
    number: u32,
    pub range: Option<Range<u64>>,
    pub found: Option<History>,
    show: Show,
    search: String,
    fault: Option<StoreFault>,
    chain: Chain,
}

/// The whole chain, checked whenever the history is opened.
#[derive(Default)]
enum Chain {
    #[default]
    Unasked,
    Checking {
        read: u64,
        of: u64,
    },
    Whole(u64),
    Broken {
        at: Option<u64>,
        code: &'static str,
    },
}

pub fn entered(desk: &mut Desk, context: &Context<Desk>) {
    if desk.look.range.is_none() {
        entries_came(desk, context);
    }
}

/// The log has grown, or is looked at for the first time.
pub fn entries_came(desk: &Desk, context: &Context<Desk>) {
    let reading = desk.reading.clone();
    context
        .link()
        .send_future(async move { DeskMessage::History(Message::Ready(reading.range().await)) });
}

/// Answers whether the page has to be drawn again.
pub fn update(desk: &mut Desk, context: &Context<Desk>, message: Message) -> bool {
    match message {
        Message::Ready(Ok(range)) => {
            desk.look.range = Some(range);
            // What was asked for stays in sight.
            let rows = desk.look.found.as_ref().map_or(ROWS_STEP, History::rows_wanted);
            look_anew(desk, context, rows);
            check_chain(desk, context);
        }
        Message::Ready(Err(fault)) => desk.look.fault = Some(fault),
        Message::Rows { look, .. } if look != desk.look.number => return false,
        Message::Rows { asked, entries: Ok(entries), .. } => {
            let language = desk.told.language();
            let (text, words) = (Text::of(language), DeskText::of(language));
            let needle = desk.look.search.trim().to_lowercase();
            if let Some(found) = &mut desk.look.found {
                found.take(asked, entries.into_iter(), |entry| {
                    needle.is_empty() || entry::words(text, words, entry).contains(&needle)
                });
            }
            read_on(desk, context);
        }
        Message::Rows { entries: Err(fault), .. } => desk.look.fault = Some(fault),
        Message::Show(show) => {
            desk.look.show = if desk.look.show == show { Show::All } else { show };
            look_anew(desk, context, ROWS_STEP);
        }
        Message::Search(search) => {
            desk.look.search = search;
            look_anew(desk, context, ROWS_STEP);
        }
        Message::More => {
            if let Some(found) = &mut desk.look.found {
                found.want_more(ROWS_STEP);
            }
            read_on(desk, context);
        }
        Message::CheckChain => check_chain(desk, context),
        Message::ChainRead { read, of } => desk.look.chain = Chain::Checking { read, of },
        Message::ChainChecked(report) => {
            desk.look.chain = report.as_ref().map(chain_of).unwrap_or_default();
        }
    }
    true
}

fn look_anew(desk: &mut Desk, context: &Context<Desk>, rows: usize) {
    let look = &mut desk.look;
    look.number += 1;
    look.fault = None;
    let Some(range) = look.range.clone() else { return };
    look.found = Some(History::new(look.show, rows, range));
    read_on(desk, context);
}

fn read_on(desk: &Desk, context: &Context<Desk>) {
    let Some(asked) = desk.look.found.as_ref().and_then(History::wants) else { return };
    let (reading, look) = (desk.reading.clone(), desk.look.number);
    context.link().send_future(async move {
        let entries = reading.entries(asked.clone()).await;
        DeskMessage::History(Message::Rows { look, asked, entries })
    });
}

/// Reads all of it beside what is shown.
fn check_chain(desk: &mut Desk, context: &Context<Desk>) {
    if matches!(desk.look.chain, Chain::Checking { .. }) {
        return;
    }
    desk.look.chain = Chain::Checking { read: 0, of: 0 };
    let (reading, link) = (desk.reading.clone(), context.link().clone());
    context.link().send_future(async move {
        let read =
            |read, of| link.send_message(DeskMessage::History(Message::ChainRead { read, of }));
        let report = reading.store().verify(read).await;
        DeskMessage::History(Message::ChainChecked(report))
    });
}

fn chain_of(report: &ChainReport) -> Chain {
    match report.state {
        ChainState::Whole => Chain::Whole(report.count),
        ChainState::Broken(fault) => Chain::Broken { at: fault.at, code: fault.cause.code() },
    }
}

pub fn history(scene: &Scene) -> Html {
    let text = &scene.words.list;
    let body = html! { <>
        { sums(scene) }
        { search(scene) }
        { chain(scene) }
        { undo(scene) }
        { entries(scene) }
    </> };
    scene.page(text.title, body)
}

fn sums(scene: &Scene) -> Html {
    let n = scene.words.number;
    let text = &scene.words.list;
    let sums = scene.desk.look.found.as_ref().map(|found| found.sums().clone()).unwrap_or_default();
    let Hour { admitted, referred, refused } = sums.day();
    let sum = |name: &'static str, count: String, picture: Html, label: &'static str| {
        html! { <div data-count={name}><b>{ picture }{ count }</b><span>{ label }</span></div> }
    };
    html! {
        <section class="card">
            <div class="sums">
                { sum("admitted", n(admitted as u64), mark(Sign::Admit), text.admitted) }
                { sum("referred", n(referred as u64), mark(Sign::Refer), text.referred) }
                { sum("refused", n(refused as u64), mark(Sign::Refuse), text.refused) }
                { sum("inside", n(scene.told.inside), icon(Icon::Person), text.inside) }
            </div>
            { plot(scene, &sums.hours) }
        </section>
    }
}

/// A bar an hour, from the first to the last that had a visitor: solid, hatched, plain.
pub fn plot(scene: &Scene, hours: &[Hour; 24]) -> Html {
    let busy = |hour: &&Hour| hour.total() > 0;
    let Some(first) = hours.iter().position(|hour| busy(&hour)) else { return html! {} };
    let last = hours.iter().rposition(|hour| busy(&hour)).unwrap_or(first);
    // At least eight, so that a lone hour is no billboard.
    let last = last.max((first + 7).min(23));
    let first = first.min(last.saturating_sub(7));
    let highest = hours.iter().map(|hour| hour.total()).max().unwrap_or(1).max(1);
    let step = 320 / (last - first + 1);
    let bars = (first..=last).map(|hour| {
        let x = 34 + (hour - first) * step;
        bar(hours[hour], x, step * 3 / 4, highest, hour)
    });
    let spoken = (first..=last)
        .filter(|hour| hours[*hour].total() > 0)
        .map(|hour| format!("{hour:02}: {}", hours[hour].total()))
        .collect::<Vec<_>>()
        .join(", ");
    html! {
        <svg class="plot" viewBox="0 0 358 140" role="img"
            aria-label={format!("{}. {spoken}", scene.words.list.plot)}>
            <defs>
                <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <path d="M0 0V6" class="p-h" />
                </pattern>
            </defs>
            <path class="p-l" d="M30 102H352M30 12H352" />
            <text x="26" y="106" text-anchor="end">{ "0" }</text>
            <text x="26" y="16" text-anchor="end">{ highest }</text>
            { for bars }
        </svg>
    }
}

fn bar(hour: Hour, x: usize, width: usize, highest: usize, name: usize) -> Html {
    let height = |count: usize| count * 90 / highest;
    let (go, look, no) = (height(hour.admitted), height(hour.referred), height(hour.refused));
    let piece = |class: &'static str, bottom: usize, height: usize| {
        html! {
            <rect {class} x={x.to_string()} y={(102 - bottom - height).to_string()}
                width={width.to_string()} height={height.to_string()} />
        }
    };
    html! { <>
        { piece("p-g", 0, go) }
        { piece("p-y", go, look) }
        { piece("p-n", go + look, no) }
        <text x={(x + width / 2).to_string()} y="124" text-anchor="middle">{ format!("{name:02}") }</text>
    </> }
}

fn search(scene: &Scene) -> Html {
    let text = &scene.words.list;
    let chip = |show: Show, name: &'static str, label: &'static str| {
        let chosen = scene.desk.look.show == show;
        html! {
            <button class="chip" data-action={name} aria-pressed={chosen.to_string()}
                onclick={scene.tap(move || DeskMessage::History(Message::Show(show)))}>
                { label }
            </button>
        }
    };
    html! {
        <div class="flt">
            <label class="field">
                { icon(Icon::Search) }
                <input type="search" data-action="search" placeholder={text.search} aria-label={text.search}
                    value={scene.desk.look.search.clone()} autocomplete="off"
                    oninput={scene.typed(|typed| DeskMessage::History(Message::Search(typed)))} />
            </label>
            <div class="chips">
                { chip(Show::Admitted, "show-admitted", text.show_admitted) }
                { chip(Show::Referred, "show-referred", text.show_referred) }
                { chip(Show::Refused, "show-refused", text.show_refused) }
                { chip(Show::ByHand, "show-by-hand", text.show_by_hand) }
            </div>
        </div>
    }
}

fn chain(scene: &Scene) -> Html {
    let text = &scene.words.list;
    let (state, picture, words) = match &scene.desk.look.chain {
        Chain::Checking { read, of } => {
            ("checking", Icon::Clock, (text.chain_checking)(*read, *of))
        }
        Chain::Whole(count) => ("whole", Icon::Chain, (text.chain_whole)(*count)),
        Chain::Broken { at, code } => ("broken", Icon::Warn, (text.chain_broken)(*at, code)),
        Chain::Unasked => ("unknown", Icon::Clock, text.chain_unknown.to_owned()),
    };
    let idle = !matches!(scene.desk.look.chain, Chain::Checking { .. });
    html! {
        <p class="chn" data-chain={state}>
            { icon(picture) }<b>{ words }</b>
            if idle {
                <button class="lnk" data-action="check-chain"
                    onclick={scene.tap(|| DeskMessage::History(Message::CheckChain))}>
                    { text.chain_check }
                </button>
            }
        </p>
    }
}

/// Offered while the last scan can still be taken back.
fn undo(scene: &Scene) -> Html {
    let text = &scene.words.list;
    if scene.told.undoable.is_none() {
        return html! {};
    }
    html! {
        <section class="card undo">
            <p><b>{ text.undo.happened.clone() }</b>{ " " }{ text.undo.to_do.clone() }</p>
            <button class="btn sec" data-action="undo"
                onclick={scene.tap(|| DeskMessage::Ask(Wish::Undo))}>
                { icon(Icon::Undo) }{ text.undo_button }
            </button>
        </section>
    }
}

fn entries(scene: &Scene) -> Html {
    let text = &scene.words.list;
    let look = &scene.desk.look;
    if look.fault.is_some() {
        return note(&text.cannot_read, "fault");
    }
    let Some(found) = &look.found else { return html! {} };
    let working = found.wants().is_some();
    let rows = found.rows();
    if rows.is_empty() && !working {
        let said = if look.search.is_empty() && look.show == Show::All {
            &text.empty
        } else {
            &text.nothing_found
        };
        return note(said, "true");
    }
    html! { <>
        { for days(scene, rows) }
        if working {
            <p class="sec-t" role="status">{ (text.reading)(found.progress().0, found.progress().1) }</p>
        } else if found.has_more() {
            <div class="foot">
                <button class="btn sec" data-action="more"
                    onclick={scene.tap(|| DeskMessage::History(Message::More))}>{ text.more }</button>
            </div>
        }
    </> }
}

fn note(said: &Said, empty: &'static str) -> Html {
    html! {
        <section class="card empty" data-empty={empty}>
            { logo("mark") }
            <p><b>{ said.happened.clone() }</b><br />{ said.to_do.clone() }</p>
        </section>
    }
}

/// A heading a day, its rows below.
fn days<'a>(scene: &'a Scene, rows: &'a [Row]) -> impl Iterator<Item = Html> + 'a {
    rows.chunk_by(|a, b| scene.local(a.entry.at_unix_ms).same_day(scene.local(b.entry.at_unix_ms)))
        .map(|day| {
            let date =
                day.first().map(|row| scene.local(row.entry.at_unix_ms).date(&scene.text.time));
            let date = date.unwrap_or_default();
            html! { <section key={date.clone()}>
                <h2 class="sec-t">{ date }</h2>
                <ol class="card">{ for day.iter().map(|row| line(scene, row)) }</ol>
            </section> }
        })
}

fn line(scene: &Scene, row: &Row) -> Html {
    let entry = &row.entry;
    let sequence = entry.sequence;
    let (picture, word) = match outcome(scene.text, entry) {
        Some((sign, word)) => (mark(sign), word.to_owned()),
        None => about_the_log(scene, entry),
    };
    html! {
        <li key={sequence} data-entry={sequence.to_string()}>
            <button class={classes!("row", "entry", row.undone.then_some("undone"))} data-action="entry"
                onclick={scene.tap(move || DeskMessage::Go(Page::Entry(sequence)))}>
                <span class="tm">{ scene.local(entry.at_unix_ms).hour_minute(&scene.text.time) }</span>
                { picture }
                <span class="t">
                    <b>{ word }</b>
                    if row.undone {
                        <i>{ scene.words.list.undone }</i>
                    } else if let Some(answer) = row.answer {
                        <i>{ scene.text.answer(answer) }</i>
                    }
                    if entry::attention(scene, row).is_some() {
                        <i>{ scene.words.entry.flagged }</i>
                    }
                    <small>{ entry::detail(scene.text, scene.words, &entry.body) }</small>
                </span>
                <span class="no">{ (scene.text.verdict.number)(sequence) }</span>
            </button>
        </li>
    }
}

/// An entry that is about other entries.
pub fn about_the_log(scene: &Scene, entry: &Entry) -> (Html, String) {
    let text = &scene.words.list;
    match &entry.body {
        EntryBody::Undo { of } => (icon(Icon::Undo), (text.undo_of)(*of)),
        EntryBody::Attention { of, raised: true } => (icon(Icon::Flag), (text.flag_of)(*of)),
        EntryBody::Attention { of, raised: false } => (icon(Icon::Flag), (text.unflag_of)(*of)),
        EntryBody::Shift(ShiftTurn::Start) => (icon(Icon::Enter), text.shift_start.to_owned()),
        EntryBody::Shift(ShiftTurn::End) => (icon(Icon::Exit), text.shift_end.to_owned()),
        EntryBody::Gap(_) => (icon(Icon::Warn), text.gap.to_owned()),
        EntryBody::Signed(signed) => (icon(Icon::Chain), text.signed(&signed.statement)),
        _ => (icon(Icon::List), text.other_kind.to_owned()),
    }
}
