//! Parts that several screens share: page, top bar, buttons, picture picker.

use super::icon::{Icon, icon};
use super::text::Text;
use super::{Scene, banner};
use crate::browser::language;
use crate::session::Event;
use web_sys::HtmlElement;
use yew::prelude::*;

/// A screen that is read, with a bar to go back; the demo's ribbon above all.
pub fn page(scene: &Scene, title: &str, body: Html) -> Html {
    html! {
        <main class="page">
            { banner::demo(scene) }
            <header class="top">
                <button class="icb" data-action="back" aria-label={scene.text.verdict.back}
                    onclick={scene.tap(|| Event::BackTapped)}>
                    { icon(Icon::Back) }
                </button>
                <Heading>{ title.to_owned() }</Heading>
            </header>
            { body }
        </main>
    }
}

#[derive(Clone, Copy)]
pub enum Weight {
    Primary,
    Second,
}

impl Weight {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn pri",
            Self::Second => "btn sec",
        }
    }
}

/// A large button with a word on it.
pub fn button(
    weight: Weight,
    action: &'static str,
    label: impl Into<Html>,
    onclick: Callback<MouseEvent>,
) -> Html {
    html! {
        <button class={weight.class()} data-action={action} {onclick}>{ label.into() }</button>
    }
}

/// Goes to the site's next language and says so in that one; nothing where there is no other. `short` is what stands
/// beside the picture.
pub fn language_button(scene: &Scene, class: &'static str, short: Option<&'static str>) -> Html {
    let offered = language::offered(scene.model.site_languages());
    let Some(next) = language::next(&offered, scene.model.language) else { return html! {} };
    html! {
        <button {class} data-action={format!("language-{}", next.tag())}
            onclick={scene.tap(move || Event::LanguageChosen(next))}>
            { icon(Icon::Language) }{ short }
            <span class="heard" lang={next.tag()}>{ Text::of(next).language.name }</span>
        </button>
    }
}

/// Lets the officer choose a picture; the shell listens for its change, for drops and for pastes.
pub fn picture_picker(class: &'static str, label: &'static str) -> Html {
    html! {
        <label {class} data-action="picture">
            { icon(Icon::Picture) }<span>{ label }</span>
            <input id="picture" class="heard" type="file" accept="image/*" />
        </label>
    }
}

#[derive(Properties, PartialEq)]
pub struct HeadingProps {
    #[prop_or_default]
    pub class: &'static str,
    pub children: Html,
}

/// The screen's heading, to which the focus goes when the screen comes up.
#[component]
pub fn Heading(props: &HeadingProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            if let Some(heading) = node.cast::<HtmlElement>() {
                // A browser that cannot focus reads from the top instead.
                let _ = heading.focus();
            }
        });
    }
    html! {
        <h1 ref={node} class={props.class} tabindex="-1">{ props.children.clone() }</h1>
    }
}
