//! The scan screen on the wall: what a visitor does, and a lock for who put it there.

use super::Scene;
use super::icon::{Icon, icon};
use super::part::{Heading, language_button};
use crate::session::{DeskPage, Event};
use yew::prelude::*;

pub fn header(scene: &Scene) -> Html {
    html! {
        <header class="stop">
            <div class="g"><Heading>{ scene.model.gate.gate.clone() }</Heading></div>
            { language_button(scene, "tog", None) }
            { leave(scene, "tog") }
        </header>
    }
}

/// The way out, by the PIN.
pub fn leave(scene: &Scene, class: &'static str) -> Html {
    let leave = scene.tap(|| Event::DeskTapped(DeskPage::LeaveKiosk));
    html! {
        <button {class} data-action="leave-kiosk" aria-label={scene.text.kiosk.leave} onclick={leave}>
            { icon(Icon::Close) }
        </button>
    }
}

pub fn steps(scene: &Scene) -> Html {
    let steps = scene.text.kiosk.steps.iter().map(|step| html! { <li>{ *step }</li> });
    html! { <section class="deck pm"><ol>{ for steps }</ol></section> }
}
