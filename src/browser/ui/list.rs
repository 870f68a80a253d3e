//! Today's entries, newest first, with the counts and the state of the chain. No names: there are none.

use super::icon::{Icon, icon};
use super::part::{Weight, button, page};
use super::sign::{Sign, mark};
use super::text::{Text, short_reason};
use super::{Scene, banner};
use crate::audit_log::{Answer, ChainState, Direction, Entry, EntryBody, Outcome};
use crate::session::{Event, ManualReason, ReferReason, Tally};
use std::collections::BTreeSet;
use yew::prelude::*;

/// A busy day has thousands of entries, a phone draws some hundreds at once.
const ROWS_MAX: usize = 300;

pub fn list(scene: &Scene) -> Html {
    let text = &scene.text.list;
    let body = html! { <>
        { banner::banners(scene) }
        { sums(scene) }
        { chain(scene) }
        { undo(scene) }
        { entries(scene) }
    </> };
    page(scene, text.title, body)
}

/// The sign and the word of an entry that is about a visitor.
pub fn outcome(text: &Text, entry: &Entry) -> Option<(Sign, &'static str)> {
    let words = &text.words;
    let shown = match &entry.body {
        EntryBody::Decision { specimen: true, .. } => (Sign::Specimen, words.specimen),
        EntryBody::Decision { outcome, .. } => match outcome {
            Outcome::Admit if entry.direction == Direction::Exit => (Sign::Admit, words.exit),
            Outcome::Admit => (Sign::Admit, words.enter),
            Outcome::Refer => (Sign::Refer, words.check),
            Outcome::Refuse => (Sign::Refuse, words.refuse),
            Outcome::RefuseAndAlert => (Sign::Alert, words.refuse),
            Outcome::Unreadable => (Sign::Unread, words.unread),
            Outcome::NotACredential => (Sign::Unread, words.other_code),
        },
        EntryBody::Resolution { answer, .. } | EntryBody::Manual { answer, .. } => {
            let sign = match answer {
                Answer::Allowed => Sign::Admit,
                Answer::TurnedAway => Sign::Refuse,
                Answer::Unanswered => Sign::Unread,
            };
            (sign, text.answer(*answer))
        }
        EntryBody::Override { .. } => (Sign::Admit, words.allowed),
        EntryBody::Undo { .. } | EntryBody::Gap(_) | EntryBody::Signed(_) | EntryBody::Other(_) => {
            return None;
        }
    };
    Some(shown)
}

fn sums(scene: &Scene) -> Html {
    let text = &scene.text.list;
    let Tally { admitted, referred, refused, inside } = scene.model.tally();
    let sum = |name: &'static str, count: usize, picture: Html, label: &'static str| {
        html! { <div data-count={name}><b>{ picture }{ count }</b><span>{ label }</span></div> }
    };
    html! {
        <section class="card sums">
            { sum("admitted", admitted, mark(Sign::Admit), text.admitted) }
            { sum("referred", referred, mark(Sign::Refer), text.referred) }
            { sum("refused", refused, mark(Sign::Refuse), text.refused) }
            { sum("inside", inside, icon(Icon::Person), text.inside) }
        </section>
    }
}

fn chain(scene: &Scene) -> Html {
    let text = &scene.text.list;
    let (state, picture, words) = match &scene.model.chain {
        None => ("unknown", Icon::Clock, text.chain_unknown.to_owned()),
        Some(report) => match report.state {
            ChainState::Whole => {
                let last = scene.model.today.last().map_or(0, |entry| entry.sequence + 1);
                ("whole", Icon::Chain, (text.chain_whole)(report.count.max(last)))
            }
            ChainState::Broken(fault) => {
                ("broken", Icon::Warn, (text.chain_broken)(fault.at, fault.cause.code()))
            }
        },
    };
    html! { <p class="chn" data-chain={state}>{ icon(picture) }<b>{ words }</b></p> }
}

/// Offered while the last scan can still be taken back.
fn undo(scene: &Scene) -> Html {
    let text = &scene.text.list;
    if scene.model.undoable(scene.now_unix_ms).is_none() {
        return html! {};
    }
    let label = html! { <>{ icon(Icon::Undo) }{ text.undo_button }</> };
    html! {
        <section class="card undo">
            <p><b>{ text.undo.happened.clone() }</b>{ " " }{ text.undo.to_do.clone() }</p>
            { button(Weight::Second, "undo", label, scene.tap(|| Event::UndoTapped)) }
        </section>
    }
}

fn entries(scene: &Scene) -> Html {
    let text = &scene.text.list;
    let today = &scene.model.today;
    let Some(newest) = today.last() else {
        return html! {
            <section class="card empty" data-empty="true">
                { super::sign::logo("mark") }
                <p><b>{ text.empty.happened.clone() }</b><br />{ text.empty.to_do.clone() }</p>
            </section>
        };
    };
    let undone: BTreeSet<u64> = today
        .iter()
        .filter_map(|entry| match entry.body {
            EntryBody::Undo { of } => Some(of),
            _ => None,
        })
        .collect();
    let rows = today.iter().rev().take(ROWS_MAX).map(|entry| row(scene, entry, &undone));
    let hidden = today.len().saturating_sub(ROWS_MAX);
    html! { <>
        <h2 class="sec-t">{ scene.local(newest.at_unix_ms).date(&scene.text.time) }</h2>
        <ol class="card">{ for rows }</ol>
        if hidden > 0 {
            <p class="sec-t">{ (text.more)(hidden) }</p>
        }
    </> }
}

fn row(scene: &Scene, entry: &Entry, undone: &BTreeSet<u64>) -> Html {
    let taken_back = undone.contains(&entry.sequence);
    let (picture, word) = match outcome(scene.text, entry) {
        Some((sign, word)) => (mark(sign), word.to_owned()),
        None => about_the_log(scene.text, entry),
    };
    html! {
        <li key={entry.sequence} class={classes!("row", "entry", taken_back.then_some("undone"))}
            data-entry={entry.sequence.to_string()}>
            <span class="tm">{ scene.local(entry.at_unix_ms).hour_minute(&scene.text.time) }</span>
            { picture }
            <span class="t">
                <b>{ word }</b>
                if taken_back {
                    <i>{ scene.text.list.undone }</i>
                }
                <small>{ detail(scene.text, &entry.body) }</small>
            </span>
            <span class="no">{ (scene.text.verdict.number)(entry.sequence) }</span>
        </li>
    }
}

/// An entry that is about other entries.
fn about_the_log(text: &Text, entry: &Entry) -> (Html, String) {
    match &entry.body {
        EntryBody::Undo { of } => (icon(Icon::Undo), (text.list.undo_of)(*of)),
        EntryBody::Gap(_) => (icon(Icon::Warn), text.list.gap.to_owned()),
        _ => (icon(Icon::List), text.list.other_kind.to_owned()),
    }
}

fn refer_reason(code: &str) -> Option<ReferReason> {
    [Answer::Allowed, Answer::TurnedAway]
        .into_iter()
        .flat_map(|answer| ReferReason::list_for(answer).iter().copied())
        .find(|reason| reason.code() == code)
}

fn detail(text: &Text, body: &EntryBody) -> String {
    match body {
        EntryBody::Decision { specimen: true, .. } => text.list.not_counted.to_owned(),
        EntryBody::Decision { reasons, .. } => {
            reasons.first().map_or_else(String::new, |code| short_reason(code, text).into_owned())
        }
        EntryBody::Resolution { of, reason, .. } => {
            let to = (text.list.answer_to)(*of);
            match refer_reason(reason) {
                Some(reason) => format!("{to}: {}", text.refer_reason(reason)),
                None => to,
            }
        }
        EntryBody::Override { of, .. } => (text.list.override_of)(*of),
        EntryBody::Manual { reason, .. } => {
            let reason = ManualReason::ALL.into_iter().find(|known| known.code() == reason);
            let words = reason.map_or("", |reason| text.manual_reason(reason));
            format!("{}: {words}", text.list.manual)
        }
        EntryBody::Gap(gap) => gap.count.map_or_else(String::new, text.list.gap_count),
        EntryBody::Undo { .. } | EntryBody::Signed(_) | EntryBody::Other(_) => String::new(),
    }
}
