//! Frames to verdicts: debounce, two codes, what is not read.

use super::event::{Effect, Moment, Signal};
use super::model::{FirstShown, Model, ReferStep, Screen, SeenCode, Sheet};
use super::{elsewhere, presenting, recording, reply, setup, timing};
use crate::gate::{self, Here, Outcome, Payload};
use crate::scan::{FrameReading, Hint};

/// One frame of the live camera.
pub(super) fn frame(
    model: &mut Model,
    reading: &FrameReading,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    match &model.screen {
        Screen::Scan => {}
        Screen::Setup(_) => return setup::frame(model, reading, moment, effects),
        Screen::Presenting(_) => return presenting::frame(model, reading, moment, effects),
        // A frame that was already under way when the screen changed decides nothing.
        _ => return,
    }
    model.hint = reading.hint;
    model.parts = reading.parts;
    model.two_codes = reading.payloads.len() > 1;
    match reading.payloads.as_slice() {
        [] => unread(model, reading.hint, moment, effects),
        [payload] => {
            model.unread_since_unix_ms = None;
            if !is_ignored(model, payload, moment) {
                decide(model, payload, moment, effects);
            }
        }
        // Invariant 12: of two different codes neither is decided.
        _ => model.unread_since_unix_ms = None,
    }
}

/// A still picture: chosen on purpose, so nothing of it is ignored.
pub(super) fn picture(
    model: &mut Model,
    reading: &FrameReading,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    if !matches!(model.screen, Screen::Scan | Screen::Problem(super::Problem::Camera(_))) {
        return;
    }
    match reading.payloads.as_slice() {
        [] => show_sheet(model, Sheet::NothingInPicture, moment),
        [payload] => decide(model, payload, moment, effects),
        _ => model.two_codes = true,
    }
}

/// From a scanner that types, or pasted. A verdict that asks nothing makes way: the next visitor is there.
pub(super) fn typed(model: &mut Model, text: String, moment: &Moment, effects: &mut Vec<Effect>) {
    let payload = Payload::from_text(text);
    // Some scanners say everything twice.
    if matches!(model.screen, Screen::Scan | Screen::Verdict(_))
        && is_ignored(model, &payload, moment)
    {
        return;
    }
    if matches!(&model.screen, Screen::Verdict(verdict) if verdict.refer == ReferStep::NotAsked) {
        reply::close_verdict(model, moment, effects);
    }
    let reading = FrameReading { payloads: vec![payload], ..FrameReading::default() };
    match model.screen {
        Screen::Setup(_) | Screen::Presenting(_) => frame(model, &reading, moment, effects),
        _ => picture(model, &reading, moment, effects),
    }
}

/// True while the same content was in view less than `SAME_CODE_MS` ago; being seen extends it.
pub(super) fn is_ignored(model: &mut Model, payload: &Payload, moment: &Moment) -> bool {
    let Some(seen) = &mut model.ignored else { return false };
    let since_ms = moment.now_unix_ms - seen.last_seen_unix_ms;
    // A clock that was set back must not lock a code out.
    if !(0..timing::SAME_CODE_MS).contains(&since_ms) || seen.payload != *payload {
        return false;
    }
    seen.last_seen_unix_ms = moment.now_unix_ms;
    if model.sheet.is_some() {
        model.sheet_until_unix_ms = Some(moment.now_unix_ms + timing::SHEET_MS);
    }
    true
}

pub(super) fn decide(
    model: &mut Model,
    payload: &Payload,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    model.prepare_door(moment);
    let Some(bundle) = &model.trust.bundle else {
        model.screen = Screen::Problem(super::Problem::NoRegistry);
        return;
    };
    if !model.counted {
        // The log is still opening: the code stays in view, the next frames bring it again.
        return;
    }
    let here = Here { venue_id: &model.gate.venue_id, utc_offset_min: moment.utc_offset_min };
    let (policy, registry, history) = (&bundle.policy, &bundle.registry, &model.history);
    let now_unix_ms = moment.now_unix_ms;
    let decision = match &model.first {
        Some(FirstShown { payload: first, .. }) => {
            let both = [first, payload];
            gate::decide_together(both, policy, registry, &here, history, now_unix_ms)
        }
        None => gate::decide(payload, policy, registry, &here, history, now_unix_ms),
    };
    if elsewhere::is_waited_for(model, &decision, payload, now_unix_ms, effects) {
        return;
    }
    model.ignored = Some(SeenCode { payload: payload.clone(), last_seen_unix_ms: now_unix_ms });
    match decision.outcome {
        Outcome::Unreadable => say_unread(model, moment, effects),
        Outcome::NotACredential(other) => {
            effects.push(Effect::Signal(Signal::Unread));
            show_sheet(model, Sheet::Other(other), moment);
        }
        Outcome::Admit | Outcome::Refer | Outcome::Refuse | Outcome::RefuseAndAlert => {
            model.first = None;
            recording::verdict(model, decision, payload, moment, effects);
        }
    }
}

/// The verdict makes way for another credential of the same visitor.
pub(super) fn wait_for_second(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    let Screen::Verdict(verdict) = &model.screen else { return };
    if !model.may_add_second(verdict) {
        return;
    }
    let until_unix_ms = moment.now_unix_ms + timing::SECOND_MS;
    let first = FirstShown { payload: verdict.payload.clone(), until_unix_ms };
    reply::close_verdict(model, moment, effects);
    model.first = Some(first);
    model.sheet = Some(Sheet::Second);
    model.sheet_until_unix_ms = Some(until_unix_ms);
}

/// Something like a code, but not read: said after a while, never as a refusal.
fn unread(model: &mut Model, hint: Option<Hint>, moment: &Moment, effects: &mut Vec<Effect>) {
    if hint != Some(Hint::SeenUnread) {
        model.unread_since_unix_ms = None;
        return;
    }
    let since = *model.unread_since_unix_ms.get_or_insert(moment.now_unix_ms);
    if moment.now_unix_ms - since >= timing::UNREAD_AFTER_MS {
        say_unread(model, moment, effects);
    }
}

fn say_unread(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    let silent_ms = model.unread_signal_unix_ms.map(|at| moment.now_unix_ms - at);
    if silent_ms.is_none_or(|ms| !(0..timing::UNREAD_SIGNAL_MS).contains(&ms)) {
        model.unread_signal_unix_ms = Some(moment.now_unix_ms);
        effects.push(Effect::Signal(Signal::Unread));
    }
    show_sheet(model, Sheet::Unread, moment);
}

fn show_sheet(model: &mut Model, sheet: Sheet, moment: &Moment) {
    model.sheet = Some(sheet);
    model.sheet_until_unix_ms = Some(moment.now_unix_ms + timing::SHEET_MS);
}
