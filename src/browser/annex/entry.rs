//! One entry: what was answered and why, what is kept of it and until when.

use super::app::{Message as DeskMessage, Page, Scene};
use super::history::about_the_log;
use super::hub;
use super::text::DeskText;
use crate::audit_log::{Answer, Direction, Entry, EntryBody};
use crate::browser::ui::entry::outcome;
use crate::browser::ui::icon::{Icon, icon};
use crate::browser::ui::sign::{Sign, mark};
use crate::browser::ui::text::{LocalTime, Text};
use crate::desk::Row;
use crate::gate::ATTENTION_MS;
use crate::session::{ManualReason, ReferReason};
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use yew::prelude::*;

pub fn entry(scene: &Scene, sequence: u64) -> Html {
    let title = (scene.words.entry.title)(sequence);
    let found = scene.desk.look.found.as_ref().and_then(|found| found.row(sequence));
    let Some(row) = found else { return scene.page(&title, html! {}) };
    let entry = &row.entry;
    let (picture, word) = match outcome(scene.text, entry) {
        Some((sign, word)) => (mark(sign), word.to_owned()),
        None => about_the_log(scene, entry),
    };
    let body = html! { <>
        <section class="eh">
            { picture }
            <div>
                <p class="ew">{ word }</p>
                <p class="sm">{ when(scene, entry) }<br />{ place(scene, entry) }</p>
            </div>
        </section>
        if row.undone {
            <p class="card ov">{ icon(Icon::Undo) }<b>{ scene.words.list.undone }</b></p>
        }
        if let Some(answer) = row.answer {
            <p class="card ov">{ icon(Icon::Person) }<b>{ scene.text.answer(answer) }</b></p>
        }
        if let Some(since) = attention(scene, row) {
            <p class="card ov" data-attention="raised">{ icon(Icon::Flag) }<b>{ raised_at(scene, since) }</b></p>
        }
        { why(scene, entry) }
        { kept(scene, entry) }
        if about_whom(scene, entry).is_some() {
            <div class="px">
                <button class="btn sec" data-action="go-attention"
                    onclick={scene.tap(move || DeskMessage::Go(Page::Attention(sequence)))}>
                    { icon(Icon::Flag) }{ scene.words.entry.flag }
                </button>
            </div>
        }
    </> };
    scene.page(&title, body)
}

/// Asks that whoever this entry is about be looked at closer, or no longer.
pub fn flag(scene: &Scene, sequence: u64) -> Html {
    let text = &scene.words.entry;
    let row = scene.desk.look.found.as_ref().and_then(|found| found.row(sequence));
    let who = row.and_then(|row| Some((row, about_whom(scene, &row.entry)?)));
    let Some((row, (of, who))) = who else { return scene.page(text.flag, html! {}) };
    let since = attention(scene, row);
    let raised = since.is_none();
    let (action, word) = if raised { ("raise", text.raise) } else { ("lower", text.lower) };
    let body = html! { <>
        if let Some(since) = since {
            <p class="card ov" data-attention="raised">{ icon(Icon::Flag) }<b>{ raised_at(scene, since) }</b></p>
        }
        <p class="lead">{ text.attention_means }</p>
        <div class="px">
            <button class="btn pri" data-action={action}
                onclick={scene.tap(move || DeskMessage::Attention { of, who, raised })}>
                { icon(Icon::Flag) }{ word }
            </button>
        </div>
    </> };
    scene.page(text.flag, body)
}

/// The decision and its visitor, where the gate would know her again.
fn about_whom(scene: &Scene, entry: &Entry) -> Option<(u64, [u8; 32])> {
    let of = match entry.body {
        EntryBody::Decision { specimen: false, .. } => entry.sequence,
        EntryBody::Attention { of, .. } => of,
        _ => return None,
    };
    let part = entry.pseudonym.as_ref()?;
    let known = HEXLOWER.encode(&part.key.0) == scene.told.pseudonym_key;
    let who = part.erasable.as_ref()?.bytes.as_slice().try_into().ok()?;
    known.then_some((of, who))
}

/// Since when its visitor is flagged, if still; the later word counts, of whichever gate.
pub fn attention(scene: &Scene, row: &Row) -> Option<i64> {
    let here = row.attention_since_unix_ms;
    let there = about_whom(scene, &row.entry).and_then(|(_, who)| hub::flag_elsewhere(&who));
    let there = there.filter(|flag| here.is_none_or(|here| here < flag.at_unix_ms));
    let since = match there {
        Some(flag) => Some(flag.at_unix_ms).filter(|_| flag.raised),
        None => here,
    }?;
    (since > scene.now_unix_ms - ATTENTION_MS).then_some(since)
}

fn raised_at(scene: &Scene, since_unix_ms: i64) -> String {
    (scene.words.entry.raised)(&scene.local(since_unix_ms).hour_minute(&scene.text.time))
}

fn when(scene: &Scene, entry: &Entry) -> String {
    // The gate's own clock then, not this phone's now.
    let at = LocalTime::of_unix_ms(entry.at_unix_ms, entry.utc_offset_min);
    let zone = zone(entry.utc_offset_min);
    format!("{}, {} {zone}", at.date(&scene.text.time), at.clock(&scene.text.time))
}

/// Indonesia's three have names.
pub fn zone(utc_offset_min: i16) -> String {
    match utc_offset_min {
        420 => "WIB".to_owned(),
        480 => "WITA".to_owned(),
        540 => "WIT".to_owned(),
        minutes => {
            let sign = if minutes < 0 { '−' } else { '+' };
            let minutes = minutes.unsigned_abs();
            format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    }
}

fn place(scene: &Scene, entry: &Entry) -> String {
    let words = &scene.text.words;
    let direction = match entry.direction {
        Direction::Entry => words.direction_entry,
        Direction::Exit => words.direction_exit,
    };
    format!("{}, {}", entry.gate.gate, direction.to_lowercase())
}

/// Each reason with its code, and each rule that held.
fn why(scene: &Scene, entry: &Entry) -> Html {
    let text = &scene.words.entry;
    let reasons: Vec<(String, String)> = match &entry.body {
        EntryBody::Decision { reasons, .. } => reasons
            .iter()
            .map(|code| (scene.words.short_reason(code).into_owned(), code.clone()))
            .collect(),
        body => match detail(scene.text, scene.words, body) {
            words if words.is_empty() => Vec::new(),
            words => vec![(words, code_of(body).to_owned())],
        },
    };
    let held = held(scene, entry);
    if reasons.is_empty() && held.is_empty() {
        return html! {};
    }
    let row = |picture: Html, words: String, code: String| {
        html! {
            <li class="row" data-step={code.clone()}>
                { picture }<span class="t"><b>{ words }</b><small>{ code }</small></span>
            </li>
        }
    };
    let reasons = reasons.into_iter().map(|(words, code)| row(icon(Icon::Speak), words, code));
    let held = held.into_iter().map(|(words, code)| row(mark(Sign::Admit), words, code));
    html! { <>
        <h2 class="sec-t">{ text.why }</h2>
        <ul class="card">{ for reasons }{ for held }</ul>
    </> }
}

/// The rules that held: told where the gate still has the policy that judged then.
fn held(scene: &Scene, entry: &Entry) -> Vec<(String, String)> {
    let EntryBody::Decision { reasons, status: Some(_), .. } = &entry.body else {
        return Vec::new();
    };
    if entry.policy_digest.to_string() != scene.told.policy_digest {
        return Vec::new();
    }
    let holds = |(code, _): &&(String, String)| !reasons.contains(code);
    let rules = scene.told.rules.iter().filter(holds);
    rules.map(|(code, title)| (title.clone(), code.clone())).collect()
}

fn code_of(body: &EntryBody) -> &str {
    match body {
        EntryBody::Resolution { reason, .. }
        | EntryBody::Manual { reason, .. }
        | EntryBody::Override { reason, .. } => reason,
        EntryBody::Gap(gap) => gap.cause.word(),
        _ => "",
    }
}

/// No name, and why there is a mark of the pass.
fn kept(scene: &Scene, entry: &Entry) -> Html {
    let text = &scene.words.entry;
    let row = |name: &'static str, value: String| {
        html! { <div class="row"><dt class="t">{ name }</dt><dd class="v">{ value }</dd></div> }
    };
    let pseudonym = match &entry.pseudonym {
        None => text.none.to_owned(),
        Some(part) => match &part.erasable {
            None => text.struck.to_owned(),
            Some(kept) => short_mark(&kept.bytes),
        },
    };
    let issuer = match &entry.body {
        EntryBody::Decision { issuer, .. } => issuer.clone(),
        _ => None,
    };
    html! { <>
        <h2 class="sec-t">{ text.kept }</h2>
        <dl class="card kv">
            { row(text.name, text.not_kept.to_owned()) }
            { row(text.mark, pseudonym) }
            if let Some(issuer) = issuer {
                { row(text.issuer, issuer) }
            }
            { row(text.version, entry.app_version.clone()) }
            { row(text.hash, short_mark(&entry.hash.0)) }
        </dl>
    </> }
}

/// Eight characters that people can compare over a telephone: no 0, 1, 8 in Base32.
fn short_mark(bytes: &[u8]) -> String {
    let text = BASE32_NOPAD.encode(bytes.get(..5).unwrap_or_default());
    let (left, right) = text.split_at(text.floor_char_boundary(4));
    format!("{left} · {right}")
}

/// The small line of a row.
pub fn detail(text: &Text, words: &DeskText, body: &EntryBody) -> String {
    let list = &words.list;
    match body {
        EntryBody::Decision { specimen: true, .. } => list.not_counted.to_owned(),
        EntryBody::Decision { reasons, .. } => {
            reasons.first().map_or_else(String::new, |code| words.short_reason(code).into_owned())
        }
        EntryBody::Resolution { of, reason, .. } => {
            let to = (list.answer_to)(*of);
            match refer_reason(reason) {
                Some(reason) => format!("{to}: {}", text.refer_reason(reason)),
                None => to,
            }
        }
        EntryBody::Override { of, .. } => (list.override_of)(*of),
        EntryBody::Manual { reason, .. } => {
            let reason = ManualReason::ALL.into_iter().find(|known| known.code() == reason);
            let reason = reason.map_or("", |reason| text.manual_reason(reason));
            format!("{}: {reason}", list.manual)
        }
        EntryBody::Gap(gap) => gap.count.map_or_else(String::new, list.gap_count),
        _ => String::new(),
    }
}

fn refer_reason(code: &str) -> Option<ReferReason> {
    [Answer::Allowed, Answer::TurnedAway]
        .into_iter()
        .flat_map(|answer| ReferReason::list_for(answer).iter().copied())
        .find(|reason| reason.code() == code)
}

/// What a search looks into, in lower case: number, time either way, answer, reasons in words and codes.
pub fn words(text: &Text, words: &DeskText, entry: &Entry) -> String {
    let at = LocalTime::of_unix_ms(entry.at_unix_ms, entry.utc_offset_min);
    let mut all = format!(
        "{} {:02}.{:02} {:02}:{:02} {} {} {}",
        (text.verdict.number)(entry.sequence),
        at.hour,
        at.minute,
        at.hour,
        at.minute,
        at.date(&text.time),
        outcome(text, entry).map_or("", |(_, word)| word),
        detail(text, words, &entry.body),
    );
    if let EntryBody::Decision { reasons, issuer, family, .. } = &entry.body {
        for code in reasons {
            all.push(' ');
            all.push_str(&words.short_reason(code));
            all.push(' ');
            all.push_str(code);
        }
        all.push(' ');
        all.push_str(family);
        all.push(' ');
        all.push_str(issuer.as_deref().unwrap_or_default());
    }
    all.to_lowercase()
}
