//! Short: what the signs mean, how to scan, what is kept.

use super::app::{Message, Scene};
use super::told::Wish;
use crate::browser::ui::icon::{Icon, icon};
use crate::browser::ui::sign::{Sign, swatch};
use yew::prelude::*;

pub fn help(scene: &Scene) -> Html {
    let text = &scene.words.help;
    let words = &scene.text.words;
    let signs = [
        (Sign::Admit, words.enter, text.admit),
        (Sign::Refer, words.check, text.check),
        (Sign::Refuse, words.refuse, text.refuse),
        (Sign::Alert, words.refuse, text.alert),
        (Sign::Unread, words.unread, text.unread),
        (Sign::Specimen, words.specimen, text.specimen),
    ];
    let signs = signs.into_iter().map(|(sign, word, meaning)| {
        html! {
            <li class="row">{ swatch(sign) }<span class="t"><b>{ word }</b><small>{ meaning }</small></span></li>
        }
    });
    let body = html! { <>
        <h2 class="sec-t">{ text.signs }</h2>
        <ul class="card">{ for signs }</ul>
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

fn tip(picture: Icon, words: &'static str) -> Html {
    html! { <li class="row">{ icon(picture) }<span class="t">{ words }</span></li> }
}
