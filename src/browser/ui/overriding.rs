//! Staff before the camera: a supervisor lets in whom the gate refused, with a reason; an officer
//! begins or ends a shift.

use super::icon::{Icon, icon};
use super::part::{Heading, page};
use super::text::Said;
use super::{Scene, banner, scan};
use crate::audit_log::ShiftTurn;
use crate::gate::SupervisorFault;
use crate::session::{Event, OverrideReason, OverrideScreen, ShiftScreen};
use yew::prelude::*;

pub fn overriding(scene: &Scene, screen: OverrideScreen) -> Html {
    if screen.reason.is_none() {
        return reasons(scene);
    }
    wanted(scene, scene.text.gate.override_title, screen.fault, said(scene, screen))
}

pub fn shift(scene: &Scene, screen: ShiftScreen) -> Html {
    let text = &scene.text.gate;
    let title = match screen.turn {
        ShiftTurn::Start => text.shift_start,
        ShiftTurn::End => text.shift_end,
    };
    wanted(scene, title, screen.fault, shift_said(scene, screen))
}

fn shift_said(scene: &Scene, screen: ShiftScreen) -> Said {
    let text = &scene.text.gate;
    screen.fault.map_or(&text.shift_scan, |fault| fault_said(scene, fault)).clone()
}

pub fn shift_announcement(scene: &Scene, screen: ShiftScreen) -> String {
    let said = shift_said(scene, screen);
    format!("{} {}", said.happened, said.to_do)
}

/// The live camera, and whose pass it waits for.
fn wanted(scene: &Scene, title: &'static str, fault: Option<SupervisorFault>, said: Said) -> Html {
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
                <div><h2>{ said.happened }</h2><p class="do">{ said.to_do }</p></div>
            </section>
        </main>
    }
}

pub fn announcement(scene: &Scene, screen: OverrideScreen) -> String {
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

fn said(scene: &Scene, screen: OverrideScreen) -> Said {
    let text = &scene.text.gate;
    match screen.fault {
        _ if screen.reason.is_none() => &text.override_reason,
        None => &text.override_scan,
        Some(fault) => fault_said(scene, fault),
    }
    .clone()
}

fn fault_said<'a>(scene: &Scene<'a>, fault: SupervisorFault) -> &'a Said {
    let text = &scene.text.gate;
    match fault {
        SupervisorFault::NotAPass => &text.not_a_pass,
        SupervisorFault::NotTrusted => &text.not_trusted,
        SupervisorFault::NotSupervisor => &text.not_supervisor,
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
