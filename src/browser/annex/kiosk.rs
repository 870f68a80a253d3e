//! Turns the phone round to the visitors: what that means, and the tap that does it.
//!
//! Not here: the PIN that leads out, without which there is no kiosk (`pin`); the kiosk itself (the page).

use super::app::{Message as DeskMessage, Page, Scene};
use super::told::Wish;
use crate::browser::ui::icon::{Icon, icon};
use yew::prelude::*;

pub fn kiosk(scene: &Scene) -> Html {
    let text = &scene.words.kiosk;
    let body = html! { <>
        <p class="lead">{ text.lead }</p>
        <ul class="card">
            <li class="row">{ icon(Icon::ChangeCamera) }<span class="t">{ text.camera }</span></li>
            <li class="row">{ icon(Icon::Person) }<span class="t">{ text.questions }</span></li>
            <li class="row">{ icon(Icon::Warn) }<span class="t">{ text.leave }</span></li>
        </ul>
        <div class="px">
            if scene.desk.pin.is_set() {
                <button class="btn pri" data-action="kiosk-on" onclick={scene.tap(|| DeskMessage::Ask(Wish::Kiosk(true)))}>
                    { icon(Icon::Check) }{ text.on }
                </button>
            } else {
                <button class="btn pri" data-action="go-pin" onclick={scene.tap(|| DeskMessage::Go(Page::Pin))}>
                    { text.pin_first }
                </button>
            }
        </div>
    </> };
    scene.page(text.title, body)
}
