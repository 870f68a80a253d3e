//! Which gate this phone is: a set-up code before the camera, then a question, then it is.

use super::icon::{Icon, icon};
use super::part::{Heading, Weight, button};
use super::text::{Said, Text};
use super::{Scene, banner, scan};
use crate::browser::registry_file;
use crate::session::{DeskPage, Event, SetupFault, SetupScreen, SetupStep};
use crate::trust::setup_code::{SetupCode, SetupError};
use crate::trust::{Direction, RegistryError};
use yew::prelude::*;

pub fn setup(scene: &Scene, screen: &SetupScreen) -> Html {
    html! {
        <main class="scan">
            { banner::demo(scene) }
            <header class="stop">
                <button class="icb" data-action="back" aria-label={scene.text.verdict.back}
                    onclick={scene.tap(|| Event::BackTapped)}>{ icon(Icon::Back) }</button>
                <div class="g"><Heading>{ scene.text.gate.title }</Heading></div>
            </header>
            <section class="view">
                { scan::frame() }
                if matches!(screen.step, SetupStep::Scanning(_)) {
                    { scan::hint(scene) }
                }
            </section>
            <section class="slip" data-setup={step_name(&screen.step)}>
                { body(scene, screen) }
            </section>
        </main>
    }
}

/// Stable, for whoever reports it.
pub fn code(screen: &SetupScreen) -> Option<&'static str> {
    match screen.step {
        SetupStep::Scanning(Some(fault)) => Some(fault.code()),
        _ => None,
    }
}

pub fn announcement(scene: &Scene, screen: &SetupScreen) -> String {
    let text = &scene.text.gate;
    match &screen.step {
        SetupStep::Scanning(fault) => {
            let said = fault.map_or_else(|| text.setup.clone(), |fault| said(scene, fault));
            format!("{} {}", said.happened, said.to_do)
        }
        SetupStep::Offered(code) => format!("{} {}, {}", text.offered, code.gate, code.venue),
        SetupStep::RegistryTaken { version } => (text.taken)(*version),
    }
}

fn step_name(step: &SetupStep) -> &'static str {
    match step {
        SetupStep::Scanning(None) => "scanning",
        SetupStep::Scanning(Some(_)) => "fault",
        SetupStep::Offered(_) => "offered",
        SetupStep::RegistryTaken { .. } => "taken",
    }
}

fn body(scene: &Scene, screen: &SetupScreen) -> Html {
    let text = &scene.text.gate;
    match &screen.step {
        SetupStep::Scanning(fault) => scanning(scene, screen, *fault),
        SetupStep::Offered(code) => offered(scene, code),
        SetupStep::RegistryTaken { version } => html! { <>
            <h2>{ (text.taken)(*version) }</h2>
            <div class="acts">
                { button(Weight::Primary, "done", text.done, scene.tap(|| Event::BackTapped)) }
            </div>
        </> },
    }
}

fn scanning(scene: &Scene, screen: &SetupScreen, fault: Option<SetupFault>) -> Html {
    let text = &scene.text.gate;
    let said = fault.map_or_else(|| text.setup.clone(), |fault| said(scene, fault));
    html! { <>
        <div><h2>{ said.happened }</h2><p class="do">{ said.to_do }</p></div>
        if let Some((known, count)) = screen.sequence.known() {
            <p class="sm" data-parts={known.to_string()}>{ (text.parts)(known, count) }</p>
        }
        if let Some(fault) = fault {
            <p class="xs code">{ fault.code() }</p>
        }
        <div class="acts two">
            <label class="btn sec" data-action="registry-file">
                <span>{ text.from_file }</span>
                <input id={registry_file::INPUT} class="heard" type="file" />
            </label>
            { button(Weight::Second, "by-hand", text.by_hand,
                scene.tap(|| Event::DeskTapped(DeskPage::Gate))) }
        </div>
    </> }
}

fn offered(scene: &Scene, code: &SetupCode) -> Html {
    let text = &scene.text.gate;
    let words = &scene.text.words;
    let (direction, picture) = match code.direction {
        Direction::Entry => (words.direction_entry, Icon::Enter),
        Direction::Exit => (words.direction_exit, Icon::Exit),
    };
    let keys = if code.venue_keys.is_empty() { text.no_keys } else { text.keys };
    html! { <>
        <h2>{ text.offered }</h2>
        <div class="offer">
            <p><b>{ code.gate.clone() }</b><br />{ code.venue.clone() }</p>
            <p class="do">{ icon(picture) }<span>{ direction }</span></p>
            if let Some(people) = code.capacity {
                <p class="do">{ icon(Icon::Person) }<span>{ (text.at_most)(people) }</span></p>
            }
            <p class="do">{ icon(Icon::List) }<span>{ policy(scene, &code.policy_id) }</span></p>
            <p class="sm">{ keys }{ " " }{ text.own_count }</p>
        </div>
        <div class="acts">
            { button(Weight::Primary, "confirm", text.confirm, scene.tap(|| Event::SetupConfirmed)) }
        </div>
    </> }
}

/// The policy's title where the registry has it.
fn policy(scene: &Scene, id: &str) -> String {
    let bundle = scene.model.trust.bundle.as_ref();
    let policy = bundle.and_then(|b| crate::gate::Policy::choose(&b.registry, id).ok());
    policy.map_or_else(|| id.to_owned(), |policy| scene.in_language(policy.title()))
}

fn said(scene: &Scene, fault: SetupFault) -> Said {
    let all: &Text = scene.text;
    let text = &all.gate;
    match fault {
        SetupFault::OtherCode => text.other_code.clone(),
        SetupFault::Code(SetupError::Prefix | SetupError::Unreadable) => all.sheet.unread.clone(),
        SetupFault::Code(SetupError::Expired { .. }) => text.expired.clone(),
        SetupFault::Code(_) => text.foreign.clone(),
        SetupFault::Policy => text.no_policy.clone(),
        SetupFault::Locked { until_unix_ms } => {
            (text.locked)(&scene.local(until_unix_ms).hour_minute(&all.time))
        }
        SetupFault::Registry(RegistryError::Root | RegistryError::Signature) => {
            all.banner.root.clone()
        }
        SetupFault::Registry(RegistryError::Rollback) => all.banner.rollback.clone(),
        SetupFault::Registry(_) => all.banner.damaged.clone(),
    }
}
