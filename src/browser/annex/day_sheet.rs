//! The supervisor's sheet of one day: looked at, printed to be signed, or handed on as PDF.
//!
//! Shape: day → its rows, found by their times → counts and chain → the sheet as `issue::day_sheet`
//! draws it.
//! Limits and errors: where somebody set the clock back, a day may begin some rows too late; a log that
//! cannot be read is said.
//! Not here: other phones' days (`gerbang log stats`).

use super::app::{Desk, Message as DeskMessage, Scene};
use super::probe;
use super::reading::Reading;
use super::text::DeskText;
use crate::audit_log::{ChainStart, Days, Verifier, read_entry};
use crate::browser::clock;
use crate::browser::ui::icon::{Icon, icon};
use crate::browser::ui::text::{LocalTime, Text};
use crate::desk::BATCH_ROWS;
use crate::issue::day_sheet::{self, Sheet};
use crate::issue::paper::{self, Page};
use crate::session::StoreFault;
use js_sys::{Array, Uint8Array};
use std::ops::Range;
use web_sys::{File, FilePropertyBag, Url};
use yew::prelude::*;

const DAY_MS: i64 = 86_400_000;

pub enum Message {
    Turn(i64),
    Read { day: i64, read: u64, of: u64 },
    Made { day: i64, sheets: Result<Vec<Page>, StoreFault> },
    Print,
    Give,
}

#[derive(Default)]
pub struct DaySheet {
    /// From 1970-01-01, by this phone's clock.
    day: i64,
    made: Made,
}

#[derive(Default)]
enum Made {
    #[default]
    Nothing,
    Reading {
        read: u64,
        of: u64,
    },
    /// Where to find the pictures, a gate each, and all of them as PDF.
    Sheets {
        pictures: Vec<String>,
        pdf: Option<File>,
    },
    Failed,
}

pub fn entered(desk: &mut Desk, context: &Context<Desk>) {
    turn_to(desk, context, today());
}

fn today() -> i64 {
    (clock::now_unix_ms() + i64::from(clock::utc_offset_min()) * 60_000).div_euclid(DAY_MS)
}

fn turn_to(desk: &mut Desk, context: &Context<Desk>, day: i64) {
    forget(&desk.day_sheet.made);
    desk.day_sheet = DaySheet { day, made: Made::Reading { read: 0, of: 1 } };
    let (reading, link) = (desk.reading.clone(), context.link().clone());
    let language = desk.told.language();
    let paper = Paper {
        words: &DeskText::of(language).day_sheet.paper,
        date: local_noon(day).date(&Text::of(language).time),
    };
    context.link().send_future(async move {
        let tell = |read, of| {
            link.send_message(DeskMessage::DaySheet(Message::Read { day, read, of }));
        };
        let sheets = sheets(&reading, day, &paper, tell).await;
        DeskMessage::DaySheet(Message::Made { day, sheets })
    });
}

/// Answers whether the page has to be drawn again.
pub fn update(desk: &mut Desk, context: &Context<Desk>, message: Message) -> bool {
    match message {
        Message::Turn(days) => turn_to(desk, context, (desk.day_sheet.day + days).min(today())),
        Message::Read { day, read, of } if day == desk.day_sheet.day => {
            desk.day_sheet.made = Made::Reading { read, of };
        }
        Message::Made { day, sheets } if day == desk.day_sheet.day => {
            desk.day_sheet.made = match sheets {
                Ok(pages) => Made::Sheets { pictures: pictures(&pages), pdf: pdf(&pages, day) },
                Err(_) => Made::Failed,
            };
        }
        Message::Read { .. } | Message::Made { .. } => return false,
        Message::Print => {
            probe::print();
            return false;
        }
        Message::Give => {
            if let Made::Sheets { pdf: Some(file), .. } = &desk.day_sheet.made {
                let given = probe::give(file);
                context.link().send_future_batch(async move {
                    given.await;
                    Vec::new()
                });
            }
            return false;
        }
    }
    true
}

/// In which language, and how a date is written in it.
struct Paper {
    words: &'static day_sheet::Words,
    date: String,
}

fn local_noon(day: i64) -> LocalTime {
    LocalTime::of_unix_s(day * DAY_MS / 1_000 + 43_200, 0)
}

/// A page for each gate that this phone was on that day.
async fn sheets(
    reading: &Reading,
    day: i64,
    paper: &Paper,
    tell: impl Fn(u64, u64),
) -> Result<Vec<Page>, StoreFault> {
    let from_unix_ms = day * DAY_MS - i64::from(clock::utc_offset_min()) * 60_000;
    let all = reading.range().await?;
    let first = first_since(reading, all.clone(), from_unix_ms).await?;
    let end = first_since(reading, first..all.end, from_unix_ms + DAY_MS).await?;
    let mut days = Days::default();
    let mut verifier = Verifier::new(ChainStart::Anywhere, &[]);
    let mut next = first;
    while next < end {
        let asked = next..(next + BATCH_ROWS).min(end);
        next = asked.end;
        for row in reading.stored(asked).await? {
            match row.and_then(|stored| read_entry(&stored)) {
                Ok(entry) => {
                    verifier.push_entry(&entry);
                    days.push(&entry);
                }
                Err(error) => verifier.push_unreadable(error),
            }
        }
        tell(next - first, end - first);
    }
    let report = verifier.finish();
    let head = report.head.map(|head| format!("{}:{}", head.next_sequence(), head.previous()));
    let head = head.unwrap_or_default();
    let is_whole = report.faults_count == 0;
    let sheet = |(key, day)| {
        let Paper { words, date } = paper;
        let date = date.clone();
        day_sheet::page(&Sheet { key, date, day, head: &head, is_whole, words })
    };
    Ok(days.finish().iter().map(sheet).collect())
}

/// The first row of those that is not older.
async fn first_since(
    reading: &Reading,
    rows: Range<u64>,
    at_unix_ms: i64,
) -> Result<u64, StoreFault> {
    let Range { mut start, mut end } = rows;
    while start < end {
        let middle = start + (end - start) / 2;
        let row = reading.entries(middle..middle + 1).await?.into_iter().next();
        if row.and_then(Result::ok).is_some_and(|entry| entry.at_unix_ms < at_unix_ms) {
            start = middle + 1;
        } else {
            end = middle;
        }
    }
    Ok(start)
}

fn pictures(pages: &[Page]) -> Vec<String> {
    let picture = |page| {
        let svg = Array::of1(&paper::svg(page).into());
        let file = file(&svg, "lembar.svg", "image/svg+xml")?;
        Url::create_object_url_with_blob(&file).ok()
    };
    pages.iter().filter_map(picture).collect()
}

/// `None`: on that day nothing happened.
fn pdf(pages: &[Page], day: i64) -> Option<File> {
    if pages.is_empty() {
        return None;
    }
    let date = crate::credential::date::date_of_days(day).unwrap_or_default();
    let bytes = Array::of1(&Uint8Array::from(paper::pdf(pages).as_slice()));
    file(&bytes, &format!("gerbang-{date}.pdf"), "application/pdf")
}

fn file(parts: &Array, name: &str, kind: &str) -> Option<File> {
    let options = FilePropertyBag::new();
    options.set_type(kind);
    File::new_with_blob_sequence_and_options(parts, name, &options).ok()
}

/// The pictures of a day that is no longer looked at.
fn forget(made: &Made) {
    if let Made::Sheets { pictures, .. } = made {
        for url in pictures {
            let _gone = Url::revoke_object_url(url);
        }
    }
}

pub fn day_sheet(scene: &Scene) -> Html {
    let text = &scene.words.day_sheet;
    let sheet = &scene.desk.day_sheet;
    let turn = |action: &'static str, label: &'static str, picture, days| {
        html! {
            <button class="icb" data-action={action} aria-label={label} disabled={days > 0 && sheet.day >= today()}
                onclick={scene.tap(move || DeskMessage::DaySheet(Message::Turn(days)))}>{ icon(picture) }</button>
        }
    };
    let body = html! { <>
        <div class="turn noprint">
            { turn("earlier", text.earlier, Icon::Back, -1) }
            <p role="status"><b>{ local_noon(sheet.day).date(&scene.text.time) }</b></p>
            { turn("later", text.later, Icon::Next, 1) }
        </div>
        { made(scene) }
    </> };
    scene.page(text.title, body)
}

fn made(scene: &Scene) -> Html {
    let text = &scene.words.day_sheet;
    match &scene.desk.day_sheet.made {
        Made::Nothing => html! {},
        Made::Failed => html! { <p class="lead" role="alert">{ text.failed }</p> },
        Made::Reading { read, of } => html! {
            <div class="card prog">
                <p role="status">{ text.reading }</p>
                <progress value={read.to_string()} max={of.to_string()}></progress>
            </div>
        },
        Made::Sheets { pictures, .. } if pictures.is_empty() => {
            html! { <p class="lead" data-sheets="0">{ text.nothing }</p> }
        }
        Made::Sheets { pictures, .. } => {
            let drawn = pictures.iter().map(|url| {
                html! { <img class="paper" src={url.clone()} alt={text.title} /> }
            });
            html! { <>
                <div class="px acts noprint" data-sheets={pictures.len().to_string()}>
                    <button class="btn pri" data-action="print"
                        onclick={scene.tap(|| DeskMessage::DaySheet(Message::Print))}>
                        { icon(Icon::List) }{ text.print }
                    </button>
                    <button class="btn sec" data-action="give-pdf"
                        onclick={scene.tap(|| DeskMessage::DaySheet(Message::Give))}>
                        { icon(Icon::Share) }{ text.give }
                    </button>
                </div>
                { for drawn }
            </> }
        }
    }
}
