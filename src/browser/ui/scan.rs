//! The live camera: where the officer spends the day. A frame, one hint, the last result.

use super::icon::{Icon, icon};
use super::part::{language_button, picture_picker};
use super::sign::{Sign, mark};
use super::{Scene, banner, entry, kiosk, sheet};
use crate::audit_log::Direction;
use crate::scan::Hint;
use crate::session::{DeskPage, Event, Freshness, HubStanding, StoreState, Tally};
use std::borrow::Cow;
use yew::prelude::*;

pub fn scan(scene: &Scene) -> Html {
    html! {
        <main class="scan">
            { banner::demo(scene) }
            { if scene.model.kiosk { kiosk::header(scene) } else { header(scene) } }
            { banner::banners(scene) }
            <section class="view">
                { frame() }
                { hint(scene) }
            </section>
            {
                match scene.model.sheet {
                    Some(sheet) => sheet::sheet(scene, sheet),
                    None if scene.model.kiosk => kiosk::steps(scene),
                    None => deck(scene),
                }
            }
        </main>
    }
}

/// For the ear: only what asks for a movement; "point at the code" would be said all day.
pub fn announcement(scene: &Scene) -> String {
    match scene.model.sheet {
        Some(sheet) => {
            let said = sheet::said(scene.text, sheet);
            format!("{}. {}", said.happened.trim_end_matches('.'), said.to_do)
        }
        None if scene.model.two_codes
            || scene.model.parts.is_some()
            || scene.model.hint.is_some() =>
        {
            current_hint(scene).words.into_owned()
        }
        None => String::new(),
    }
}

fn header(scene: &Scene) -> Html {
    let gate = &scene.model.gate;
    let words = &scene.text.words;
    let (direction, word, picture) = match gate.direction {
        Direction::Entry => ("entry", words.direction_entry, Icon::Enter),
        Direction::Exit => ("exit", words.direction_exit, Icon::Exit),
    };
    html! {
        <header class="stop">
            <div class="g">
                <h1>
                    <button data-action="setup" aria-label={(scene.text.gate.change)(&gate.gate)}
                        onclick={scene.tap(|| Event::SetupTapped)}>{ gate.gate.clone() }</button>
                </h1>
                { trust(scene) }
            </div>
            { language_button(scene, "tog", None) }
            <button class="tog dir" data-action="direction" data-direction={direction}
                aria-label={(scene.text.scan.direction)(word)}
                onclick={scene.tap(|| Event::DirectionTapped)}>
                { icon(picture) }{ word }
            </button>
        </header>
    }
}

/// Whether the issuer list is there and how old; the place beside it.
fn trust(scene: &Scene) -> Html {
    let text = &scene.text.scan;
    let venue = scene.model.gate.venue.clone();
    let Some(bundle) = &scene.model.trust.bundle else {
        return html! { <p data-trust="none">{ mark(Sign::Unread) }{ text.no_list }</p> };
    };
    let (tier, sign) = match bundle.freshness {
        Freshness::Fresh => ("fresh", Sign::Admit),
        Freshness::Warn => ("warn", Sign::Refer),
        Freshness::Stale => ("stale", Sign::Refer),
    };
    let age = scene.text.time.age(scene.now_unix_ms / 1_000 - bundle.issued_unix_s);
    html! {
        <p data-trust={tier} title={(text.list_fresh)(&age)}>
            { mark(sign) }<span class="age">{ (text.list_age_short)(&age) }</span>
            <span class="venue">{ venue }</span>
        </p>
    }
}

/// Four stepped corners, as a code's squares are stepped.
pub fn frame() -> Html {
    const CORNER: &str = "M0 78V22h11V11h11V0h56v10H32v11H21v11H10v46z";
    const CORNERS: [&str; 4] = [
        "translate(0 0)",
        "translate(280 0) scale(-1 1)",
        "translate(0 280) scale(1 -1)",
        "translate(280 280) scale(-1 -1)",
    ];
    let corners = || {
        CORNERS
            .iter()
            .map(|place| html! { <path transform={*place} d={CORNER} /> })
            .collect::<Html>()
    };
    html! {
        <svg class="frame" viewBox="-6 -6 292 292" aria-hidden="true">
            <g class="f-o">{ corners() }</g>
            <g class="f-i">{ corners() }</g>
        </svg>
    }
}

struct HintShown {
    name: &'static str,
    words: Cow<'static, str>,
    icon: Icon,
}

/// One hint at a time, the one that helps most.
fn current_hint(scene: &Scene) -> HintShown {
    let text = &scene.text.scan;
    let camera = &scene.model.camera;
    if let Some((have, total)) = scene.model.parts {
        return HintShown {
            name: "parts",
            words: (text.parts)(have, total).into(),
            icon: Icon::Code,
        };
    }
    let (name, words, icon) = if scene.model.two_codes {
        ("two-codes", text.two_codes, Icon::Warn)
    } else if !camera.running && camera.cameras == 0 {
        ("camera-opens", text.camera_opens, Icon::Camera)
    } else if !camera.running {
        ("camera-stopped", text.camera_stopped, Icon::Camera)
    } else {
        match scene.model.hint {
            None => ("point", text.point, Icon::Code),
            Some(Hint::TooDark) => ("too-dark", text.too_dark, Icon::Torch),
            Some(Hint::Glare) => ("glare", text.glare, Icon::Bright),
            Some(Hint::HoldStill) => ("hold-still", text.hold_still, Icon::Camera),
            Some(Hint::Closer) => ("closer", text.closer, Icon::Closer),
            Some(Hint::Farther) => ("farther", text.farther, Icon::Farther),
            Some(Hint::SeenUnread) => ("seen", text.hold_still, Icon::Camera),
        }
    };
    HintShown { name, words: words.into(), icon }
}

pub fn hint(scene: &Scene) -> Html {
    let hint = current_hint(scene);
    let two_codes = scene.model.two_codes.then_some("true");
    html! { <p class="hint" data-hint={hint.name} data-two-codes={two_codes}>{ icon(hint.icon) }{ hint.words }</p> }
}

/// The lowest third, for the thumb: last result, counts, tools.
fn deck(scene: &Scene) -> Html {
    html! {
        <section class="deck">
            { last(scene) }
            { counts(scene) }
            { tools(scene) }
        </section>
    }
}

fn last(scene: &Scene) -> Html {
    let text = &scene.text.scan;
    let shown = scene
        .model
        .today
        .latest
        .as_ref()
        .and_then(|entry| entry::outcome(scene.text, entry).map(|outcome| (entry, outcome)));
    let Some((entry, (sign, word))) = shown else {
        return html! {
            <button class="last" data-action="last" onclick={scene.tap(|| Event::DeskTapped(DeskPage::History))}>
                <span class="sm">{ text.nothing_yet }</span>
            </button>
        };
    };
    let holding = matches!(scene.model.store, StoreState::Holding { .. });
    let (recorded, picture) =
        if holding { (text.not_recorded, Icon::Warn) } else { (text.recorded, Icon::Check) };
    html! {
        <button class="last" data-action="last" onclick={scene.tap(|| Event::DeskTapped(DeskPage::History))}>
            { mark(sign) }
            <b>{ word }</b>
            <span>{ scene.local(entry.at_unix_ms).clock(&scene.text.time) }</span>
            <span class="rec">{ icon(picture) }{ recorded }</span>
        </button>
    }
}

/// Also below a sheet: the way to the list is always there.
pub fn counts(scene: &Scene) -> Html {
    let text = &scene.text.scan;
    let Tally { admitted, referred, refused } = scene.model.today.tally;
    let of = match scene.model.gate.capacity {
        Some(capacity) => (text.inside_of)(capacity),
        None => text.inside.to_owned(),
    };
    html! {
        <div class="count">
            <p class="in"><b data-count="inside">{ scene.model.inside() }</b><span>{ of }</span></p>
            <button class="tally" data-action="list" onclick={scene.tap(|| Event::DeskTapped(DeskPage::History))}>
                <span class="heard">{ tally(scene) }</span>
                <span aria-hidden="true" data-count="admitted">{ mark(Sign::Admit) }{ admitted }</span>
                <span aria-hidden="true" data-count="referred">{ mark(Sign::Refer) }{ referred }</span>
                <span aria-hidden="true" data-count="refused">{ mark(Sign::Refuse) }{ refused }</span>
            </button>
            { hub(scene) }
        </div>
    }
}

/// The day so far, as it is read out.
pub fn tally(scene: &Scene) -> String {
    let Tally { admitted, referred, refused } = scene.model.today.tally;
    (scene.text.scan.tally)(admitted, referred, refused)
}

/// The venue's other gates, where a hub tells of them: who is inside, and how far behind it is.
fn hub(scene: &Scene) -> Option<Html> {
    let text = &scene.text.scan;
    let view = scene.model.hub?;
    let clock = |unix_ms| scene.local(unix_ms).hour_minute(&scene.text.time);
    let (name, words) = match view.standing {
        HubStanding::Level { at_unix_ms } => {
            ("level", [text.in_sync, &clock(at_unix_ms)].join(" "))
        }
        HubStanding::Waiting(entries) => {
            ("waiting", [&entries.to_string(), text.waiting].join(" "))
        }
        HubStanding::Retired => ("retired", text.not_in_sync.to_owned()),
    };
    let inside = view.inside.map(|(inside, heard)| {
        [text.all_gates, " ", &clock(heard), ": ", &inside.to_string(), " · "].concat()
    });
    let count = view.inside.map(|(inside, _)| inside.to_string());
    Some(html! { <p class="hub" data-hub={name} data-venue={count}>{ inside }{ words }</p> })
}

fn tools(scene: &Scene) -> Html {
    let text = &scene.text.scan;
    let camera = &scene.model.camera;
    html! {
        <nav class="tools">
            { tool("manual", Icon::NoCode, text.manual, scene.tap(|| Event::ManualTapped)) }
            if let Some(on) = camera.torch {
                <button class="tool" data-action="torch" aria-pressed={on.to_string()}
                    onclick={scene.tap(|| Event::TorchTapped)}>
                    { icon(Icon::Torch) }<span>{ text.torch }</span>
                </button>
            }
            if let Some(near) = camera.zoom {
                <button class="tool" data-action="zoom" aria-pressed={near.to_string()}
                    onclick={scene.tap(|| Event::ZoomTapped)}>
                    { icon(Icon::Search) }<span>{ text.zoom }</span>
                </button>
            }
            if camera.cameras > 1 {
                { tool("camera", Icon::ChangeCamera, text.camera, scene.tap(|| Event::CameraChangeTapped)) }
            }
            { picture_picker("tool", text.picture) }
            { tool("menu", Icon::Menu, text.menu, scene.tap(|| Event::DeskTapped(DeskPage::Menu))) }
        </nav>
    }
}

fn tool(
    action: &'static str,
    picture: Icon,
    label: &'static str,
    onclick: Callback<MouseEvent>,
) -> Html {
    html! {
        <button class="tool" data-action={action} {onclick}>
            { icon(picture) }<span>{ label }</span>
        </button>
    }
}
