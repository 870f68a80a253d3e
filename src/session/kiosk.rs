//! A tablet on the wall: visitors show their passes themselves, and nobody stands beside it.
//!
//! Shape: on, from the desk; off, from the desk behind its PIN. Meanwhile nothing that is an officer's to do
//! is heard: no answer, no visitor by hand, no way to the desk but the one that asks for the PIN.
//! Limits: a question is left unanswered, so nobody enters by it; a verdict leaves by itself.
//! Not here: the PIN, a deterrent that the annex asks for.

use super::event::{Effect, Event};
use super::model::{DeskPage, Model, Screen};
use super::{reply, timing};

pub(super) fn turn(model: &mut Model, on: bool, effects: &mut Vec<Effect>) {
    if !matches!(model.screen, Screen::Desk(_)) {
        return;
    }
    model.kiosk = on;
    effects.push(Effect::SaveSettings(reply::settings(model)));
    effects.push(Effect::FaceVisitors(on));
    effects.push(Effect::CloseDesk);
    reply::enter_scan(model, effects);
}

/// Whether a visitor alone with the tablet may not do that.
pub(super) fn is_an_officers(event: &Event) -> bool {
    match event {
        Event::DeskTapped(page) => *page != DeskPage::LeaveKiosk,
        Event::ReferTapped(_)
        | Event::ReferAnswered { .. }
        | Event::ManualTapped
        | Event::UndoTapped
        | Event::AttentionTapped { .. }
        | Event::SecondTapped
        | Event::WhyTapped
        | Event::OverrideTapped
        | Event::SetupTapped
        | Event::DirectionTapped
        | Event::CameraChangeTapped
        | Event::PassWanted(_)
        | Event::GateEntered(_)
        | Event::SealingAgreed => true,
        _ => false,
    }
}

/// How long a verdict stays where nobody goes on to the next visitor.
pub(super) fn stays_ms(admits: bool) -> i64 {
    if admits { timing::KIOSK_ADMIT_MS } else { timing::KIOSK_MS }
}
