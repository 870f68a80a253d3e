//! A pass before the camera that is no visit: a supervisor lets in whom the gate refused, with a
//! reason; an officer begins or ends a shift; somebody asks what this phone knows.

use super::icon::{Icon, icon};
use super::part::{Heading, page};
use super::text::Said;
use super::{Scene, banner, scan};
use crate::audit_log::ShiftTurn;
use crate::gate::SupervisorFault;
use crate::session::{Event, OverrideReason, PresentScreen, Wanted};
use yew::prelude::*;

pub fn presenting(scene: &Scene, screen: PresentScreen) -> Html {
    let text = &scene.text.gate;
    let title = match screen.wanted {
        Wanted::Override { reason: None, .. } => return reasons(scene),
        Wanted::Override { .. } => text.override_title,
        Wanted::Shift(ShiftTurn::Start) => text.shift_start,
        Wanted::Shift(ShiftTurn::End) => text.shift_end,
        Wanted::ForDesk => text.show_title,
    };
    wanted(scene, title, screen.fault, said(scene, screen))
}

pub fn name(screen: PresentScreen) -> &'static str {
    match screen.wanted {
        Wanted::Override { .. } => "override",
        Wanted::Shift(_) => "shift",
        Wanted::ForDesk => "show",
    }
}

/// The live camera, and whose pass it waits for.
fn wanted(scene: &Scene, title: &'static str, fault: Option<SupervisorFault>, said: &Said) -> Html {
    html! {
        <main class="scan">
            { banner::demo(scene) }
            <header class="stop">
                <button class="icb" data-action="back" aria-label={scene.text.verdict.back}
                    onclick={scene.tap(|| Event::BackTapped)}>{ icon(Icon::Back) }</button>
                <div class="g"><Heading>{ title }</Heading></div>
            </header>
            <section class="view">{ scan::frame() }{ scan::hint(scene) }</section>
            <section class="slip" data-override={fault_name(fault)}>
                <div><h2>{ said.happened.clone() }</h2><p class="do">{ said.to_do.clone() }</p></div>
            </section>
        </main>
    }
}

pub fn announcement(scene: &Scene, screen: PresentScreen) -> String {
    let said = said(scene, screen);
    format!("{} {}", said.happened, said.to_do)
}

fn fault_name(fault: Option<SupervisorFault>) -> &'static str {
    match fault {
        None => "waiting",
        Some(SupervisorFault::NotAPass) => "not-a-pass",
        Some(SupervisorFault::NotTrusted) => "not-trusted",
        Some(SupervisorFault::NotSupervisor) => "not-supervisor",
    }
}

fn said<'a>(scene: &Scene<'a>, screen: PresentScreen) -> &'a Said {
    let text = &scene.text.gate;
    match (screen.fault, screen.wanted) {
        (_, Wanted::Override { reason: None, .. }) => &text.override_reason,
        (Some(SupervisorFault::NotAPass), _) => &text.not_a_pass,
        (Some(SupervisorFault::NotTrusted), _) => &text.not_trusted,
        (Some(SupervisorFault::NotSupervisor), _) => &text.not_supervisor,
        (None, Wanted::Override { .. }) => &text.override_scan,
        (None, Wanted::Shift(_)) => &text.shift_scan,
        (None, Wanted::ForDesk) => &text.show_scan,
    }
}

fn reasons(scene: &Scene) -> Html {
    let text = &scene.text.gate;
    let rows = OverrideReason::ALL.into_iter().map(|reason| {
        html! {
            <button key={reason.code()} class="row" data-action="override-reason"
                data-reason={reason.code()}
                onclick={scene.tap(move || Event::OverrideReasonChosen(reason))}>
                <span class="t"><b>{ scene.text.override_reason(reason) }</b></span>
            </button>
        }
    });
    let body = html! { <>
        <p class="lead">
            { text.override_reason.happened.clone() }{ " " }{ text.override_reason.to_do.clone() }
        </p>
        <div class="card">{ for rows }</div>
    </> };
    page(scene, text.override_title, body)
}
