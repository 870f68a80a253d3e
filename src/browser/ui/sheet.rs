//! Over the live camera: what was seen and is no pass, or could not be read. Never a refusal.

use super::icon::{Icon, icon};
use super::part::{Weight, button, picture_picker};
use super::sign::{Sign, plain};
use super::text::{Said, Text};
use super::{Scene, scan};
use crate::session::{Event, Sheet};
use yew::prelude::*;

pub fn said(text: &Text, sheet: Sheet) -> &Said {
    match sheet {
        Sheet::Unread => &text.sheet.unread,
        Sheet::Other(other) => text.other_code(other),
        Sheet::NothingInPicture => &text.sheet.nothing_in_picture,
        Sheet::NoDesk => &text.sheet.no_desk,
        Sheet::Second => &text.sheet.second,
    }
}

pub fn sheet(scene: &Scene, sheet: Sheet) -> Html {
    let text = &scene.text.sheet;
    let said = said(scene.text, sheet);
    let (name, code, picture) = match sheet {
        Sheet::Unread => ("unread", "", plain(Sign::Unread)),
        Sheet::Other(other) => {
            ("other", other.code(), html! { <span class="seal">{ icon(Icon::NoCode) }</span> })
        }
        Sheet::NothingInPicture => {
            ("nothing-in-picture", "", html! { <span class="seal">{ icon(Icon::Picture) }</span> })
        }
        Sheet::Second => ("second", "", html! { <span class="seal">{ icon(Icon::Code) }</span> }),
        Sheet::NoDesk => ("no-desk", "", html! { <span class="seal">{ icon(Icon::List) }</span> }),
    };
    html! {
        <section class="slip" data-sheet={name} data-code={code}>
            <button class="icb close" data-action="close-sheet" aria-label={text.close}
                onclick={scene.tap(|| Event::SheetClosed)}>
                { icon(Icon::Close) }
            </button>
            <div class="h">
                { picture }
                <div><h2>{ said.happened.clone() }</h2><p class="do">{ said.to_do.clone() }</p></div>
            </div>
            if sheet == Sheet::Unread {
                <p class="sm">{ text.unread_note }</p>
            }
            { actions(scene, sheet) }
            { scan::counts(scene) }
        </section>
    }
}

fn actions(scene: &Scene, sheet: Sheet) -> Html {
    let text = &scene.text.scan;
    let torch = scene.model.camera.torch.is_some() && sheet == Sheet::Unread;
    html! {
        <div class="acts two">
            if torch {
                { button(Weight::Second, "torch", html! { <>{ icon(Icon::Torch) }{ text.torch }</> },
                    scene.tap(|| Event::TorchTapped)) }
            }
            if sheet == Sheet::NothingInPicture {
                { picture_picker("btn sec", text.picture) }
            } else {
                { button(Weight::Second, "manual", html! { <>{ icon(Icon::NoCode) }{ text.manual }</> },
                    scene.tap(|| Event::ManualTapped)) }
            }
        </div>
    }
}
