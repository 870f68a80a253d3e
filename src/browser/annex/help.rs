//! Short: what the signs mean, how to scan, what to do when, what is kept.

use super::app::{Message, Page, Scene};
use super::situation;
use super::text::HelpText;
use super::told::Wish;
use crate::browser::ui::icon::{Icon, icon};
use crate::browser::ui::sign::{Sign, swatch};
use crate::browser::ui::text::Text;
use yew::prelude::*;

pub fn help(scene: &Scene) -> Html {
    let text = &scene.words.help;
    let signs = signs(scene.text, text);
    let signs = signs.into_iter().map(|(sign, word, meaning)| {
        html! {
            <li class="row">{ swatch(sign) }<span class="t"><b>{ word }</b><small>{ meaning }</small></span></li>
        }
    });
    let body = html! { <>
        <h2 class="sec-t">{ text.signs }</h2>
        <ul class="card">{ for signs }</ul>
        <h2 class="sec-t">{ text.situations }</h2>
        { situation::list(scene) }
        <div class="px">
            <button class="btn sec" data-action="guide" onclick={scene.tap(|| Message::Go(Page::Guide))}>
                { icon(Icon::List) }{ text.guide }
            </button>
        </div>
        <h2 class="sec-t">{ text.scanning }</h2>
        <ul class="card">
            { tip(Icon::Closer, text.distance) }
            { tip(Icon::Clock, text.same_code) }
            { tip(Icon::Code, text.hold) }
            { tip(Icon::NoCode, text.no_code) }
        </ul>
        <h2 class="sec-t">{ text.data }</h2>
        <ul class="card">
            { tip(Icon::Person, text.no_names) }
            { tip(Icon::Chain, text.offline) }
        </ul>
        <div class="foot stick">
            <button class="btn pri" data-action="scan" onclick={scene.tap(|| Message::Ask(Wish::Close))}>
                { text.back_to_scan }
            </button>
        </div>
    </> };
    scene.page(text.title, body)
}

/// Each sign, its word, and what it means to the officer.
pub fn signs(text: &Text, help: &HelpText) -> [(Sign, &'static str, &'static str); 6] {
    let words = &text.words;
    [
        (Sign::Admit, words.enter, help.admit),
        (Sign::Refer, words.check, help.check),
        (Sign::Refuse, words.refuse, help.refuse),
        (Sign::Alert, words.refuse, help.alert),
        (Sign::Unread, words.unread, help.unread),
        (Sign::Specimen, words.specimen, help.specimen),
    ]
}

fn tip(picture: Icon, words: &'static str) -> Html {
    html! { <li class="row">{ icon(picture) }<span class="t">{ words }</span></li> }
}
