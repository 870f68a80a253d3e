//! Before the first scan: what is recorded, in which language, at which gate, and one tap.

use super::icon::{Icon, icon};
use super::part::{Heading, language_button};
use super::sign::logo;
use super::{Scene, banner};
use crate::session::Event;
use yew::prelude::*;

const DAY_MS: i64 = 86_400_000;

/// Site, registry and log are being opened.
pub fn starting(scene: &Scene) -> Html {
    html! {
        <main class="page starting">
            { banner::demo(scene) }
            <div class="middle" role="status">
                { logo("mark") }
                <p>{ scene.text.welcome.starting }</p>
                <p>{ (scene.text.welcome.notice)(scene.model.keep_ms() / DAY_MS) }</p>
            </div>
        </main>
    }
}

pub fn welcome(scene: &Scene) -> Html {
    let text = &scene.text.welcome;
    let gate = &scene.model.gate;
    let notice = if scene.model.known_phone { "done" } else { "now" };
    html! {
        <main class="page welcome">
            { banner::demo(scene) }
            <header class="hero">
                { logo("mark") }
                <div><Heading>{ "Gerbang" }</Heading><p class="sm">{ text.ready }</p></div>
                { language_button(scene, "lang", Some(scene.text.language.short)) }
            </header>
            if scene.model.install_first {
                <p class="card note" data-install-first="true">
                    { icon(Icon::Share) }
                    <span><b>{ text.install.happened.clone() }</b>{ " " }{ text.install.to_do.clone() }</span>
                </p>
            }
            <ol class="steps">
                <li class={notice}>
                    { step(scene.model.known_phone, Icon::List) }
                    <div><h2>{ text.notice_title }</h2><p>{ (text.notice)(scene.model.keep_ms() / DAY_MS) }</p></div>
                </li>
                <li class="done">
                    { step(true, Icon::Place) }
                    <div>
                        <h2>{ text.gate_title }</h2>
                        <p><b>{ gate.gate.clone() }</b><br />{ gate.venue.clone() }</p>
                        <button class="btn sec" data-action="setup"
                            onclick={scene.tap(|| Event::SetupTapped)}>
                            { icon(Icon::Code) }{ scene.text.gate.scan_code }
                        </button>
                    </div>
                </li>
                <li>
                    { step(false, Icon::Camera) }
                    <div><h2>{ text.camera_title }</h2><p>{ text.camera }</p></div>
                </li>
            </ol>
            <div class="foot stick">
                <p class="sm">{ text.nothing_sent }</p>
                <button class="btn pri big" data-action="begin"
                    onclick={scene.tap(|| Event::BeginTapped)}>
                    { icon(Icon::Code) }{ text.begin }
                </button>
            </div>
        </main>
    }
}

fn step(done: bool, picture: Icon) -> Html {
    html! { <span class="no">{ icon(if done { Icon::Check } else { picture }) }</span> }
}
