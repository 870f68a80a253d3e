//! What is on this phone and what can be done about it.

use super::app::{Message, Page, Scene};
use super::entry::zone;
use super::hub;
use super::probe;
use super::situation::Situation;
use super::told::Wish;
use crate::audit_log::ShiftTurn;
use crate::browser::ui::icon::{Icon, icon};
use crate::browser::ui::text::Text;
use crate::session::Loudness;
use yew::prelude::*;

const DAY_MS: i64 = 86_400_000;

pub fn menu(scene: &Scene) -> Html {
    let text = &scene.words.menu;
    let told = scene.told;
    let fact = |count: String, label: &'static str| html! { <div><b>{ count }</b><span>{ label }</span></div> };
    let body = html! { <>
        <section class="card keep">
            <h2>{ text.on_this_phone }</h2>
            <div class="kn">
                { fact((scene.words.number)(told.entries), text.records) }
                { fact("0".to_owned(), text.names) }
                { fact((told.keep_ms / DAY_MS).to_string(), text.days) }
            </div>
            <p class="sm">{ storage(scene) }</p>
        </section>
        if let Some(since) = scene.desk.handover.overdue(scene.now_unix_ms, told.entries) {
            <p class="remind" data-overdue="true">
                { icon(Icon::Warn) }
                <b>{ match since {
                    Some(at) => (text.not_handed_over)(&scene.local(at).date(&scene.text.time)),
                    None => text.never_handed_over.to_owned(),
                } }</b>
            </p>
        }
        if told.sealing_until_unix_s.is_some() && !told.sealing_agreed {
            <p class="remind" data-seal="waits">
                { icon(Icon::Warn) }<b>{ scene.words.known.seal_waits }</b>
            </p>
        }
        <div class="px">
            <button class="btn pri" data-action="handover" onclick={scene.tap(|| Message::Go(Page::HandOver))}>
                { icon(Icon::Share) }{ text.hand_over }
            </button>
        </div>
        <nav class="card menu">
            { shift(scene) }
            if hub::is_on() {
                { go(scene, "gates", Icon::Person, scene.words.gates.title, scene.words.gates.note, Page::Gates) }
            }
            { go(scene, "history", Icon::List, scene.words.list.title, "", Page::History) }
            { go(scene, "day-sheet", Icon::IdCard, scene.words.day_sheet.title, scene.words.day_sheet.note, Page::DaySheet) }
            { go(scene, "selftest", Icon::Check, text.selftest, text.selftest_note, Page::SelfTest) }
            { go(scene, "gate", Icon::Place, scene.words.gate.title, "", Page::Gate) }
            { go(scene, "kiosk", Icon::Picture, scene.words.kiosk.title, scene.words.kiosk.note, Page::Kiosk) }
            { go(scene, "pin", Icon::Check, scene.words.pin.title, "", Page::Pin) }
            { go(scene, "known", Icon::Person, scene.words.known.title, scene.words.known.note, Page::Known) }
            if !probe::is_installed() {
                { go(scene, "install", Icon::Enter, scene.words.help.install.title, scene.words.help.install.seen, Page::Situation(Situation::Install)) }
            }
            { go(scene, "help", Icon::Help, text.help, "", Page::Help) }
        </nav>
        <h2 class="sec-t">{ text.trust }</h2>
        <section class="card">
            { row(Icon::List, text.registry, registry(scene)) }
            { row(Icon::Clock, text.clock, zone(scene.utc_offset_min)) }
        </section>
        <h2 class="sec-t">{ text.gate }</h2>
        <section class="card">
            { row(Icon::Place, &told.gate, told.venue.clone()) }
            { language(scene) }
            { loudness(scene) }
            { row(Icon::Code, text.version, told.app_version.clone()) }
        </section>
    </> };
    scene.page(text.title, body)
}

/// How much room there is, and whether the browser promised to keep it.
fn storage(scene: &Scene) -> String {
    let text = &scene.words.menu;
    let room = scene.desk.handover.room;
    let used = match (room.used_bytes, room.quota_bytes) {
        (Some(used), Some(quota)) => {
            format!("{} ", (text.room)(&bytes(scene, used), &bytes(scene, quota)))
        }
        _ => String::new(),
    };
    let kept = match room.kept {
        Some(true) => text.kept_by_browser,
        Some(false) => text.not_kept_by_browser,
        None => "",
    };
    used + kept
}

/// With one decimal, as people write it in the language.
pub fn bytes(scene: &Scene, bytes: f64) -> String {
    let (value, unit) = if bytes >= 1e9 {
        (bytes / 1e9, "GB")
    } else if bytes >= 1e6 {
        (bytes / 1e6, "MB")
    } else {
        (bytes / 1e3, "kB")
    };
    let tenths = format!("{value:.1}").replace('.', scene.words.decimal.encode_utf8(&mut [0; 4]));
    format!("{tenths} {unit}")
}

fn registry(scene: &Scene) -> String {
    let told = scene.told;
    let age = scene.text.time.age(scene.now_unix_ms / 1_000 - told.registry_issued_unix_s);
    (scene.words.menu.registry_age)(told.registry_version, &age)
}

fn row(picture: Icon, name: &str, value: String) -> Html {
    html! {
        <div class="row">{ icon(picture) }<span class="t"><b>{ name.to_owned() }</b><small>{ value }</small></span></div>
    }
}

fn go(
    scene: &Scene,
    action: &'static str,
    picture: Icon,
    name: &'static str,
    note: &'static str,
    page: Page,
) -> Html {
    html! {
        <button class="row" data-action={action} onclick={scene.tap(move || Message::Go(page))}>
            { icon(picture) }
            <span class="t"><b>{ name }</b>if !note.is_empty() { <small>{ note }</small> }</span>
            { icon(Icon::Next) }
        </button>
    }
}

/// An officer comes or goes, with her own pass.
fn shift(scene: &Scene) -> Html {
    let (turn, action, name, picture) = if scene.told.on_shift {
        (ShiftTurn::End, "shift-end", scene.text.gate.shift_end, Icon::Exit)
    } else {
        (ShiftTurn::Start, "shift-start", scene.text.gate.shift_start, Icon::Enter)
    };
    html! {
        <button class="row" data-action={action}
            onclick={scene.tap(move || Message::Ask(Wish::Shift(turn)))}>
            { icon(picture) }
            <span class="t"><b>{ name }</b><small>{ scene.words.menu.shift_note }</small></span>
            { icon(Icon::Next) }
        </button>
    }
}

/// Each in itself: who cannot read the one that is spoken finds the own.
fn language(scene: &Scene) -> Html {
    let spoken = scene.told.language();
    let choices = scene.told.offered().into_iter().map(|language| {
        html! {
            <button class="chip" data-action={format!("language-{}", language.tag())} lang={language.tag()}
                aria-pressed={(language == spoken).to_string()}
                onclick={scene.tap(move || Message::Ask(Wish::Language(language)))}>
                { Text::of(language).language.name }
            </button>
        }
    });
    html! {
        <div class="row" role="group" aria-label={scene.words.menu.language}>
            { icon(Icon::Language) }
            <span class="t"><b>{ scene.words.menu.language }</b><span class="chips">{ for choices }</span></span>
        </div>
    }
}

/// Sounds at the tap, so that the choice is heard.
fn loudness(scene: &Scene) -> Html {
    let text = &scene.words.menu;
    let now = Loudness::named(&scene.told.loudness);
    let words = [text.loud, text.soft, text.mute];
    let choices = Loudness::ALL.into_iter().zip(words).map(|(loudness, word)| {
        html! {
            <button class="chip" data-action={loudness.name()} aria-pressed={(loudness == now).to_string()}
                onclick={scene.tap(move || Message::Ask(Wish::Loudness(loudness)))}>{ word }</button>
        }
    });
    html! {
        <div class="row" role="group" aria-label={text.sound}>
            { icon(Icon::Sound) }
            <span class="t"><b>{ text.sound }</b><span class="chips">{ for choices }</span></span>
        </div>
    }
}
