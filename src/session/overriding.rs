//! A refusal that a supervisor overrides: a reason, then her own signed pass before the camera.

use super::event::{Effect, Moment, Signal};
use super::model::{Model, OverrideReason, OverrideScreen, Screen, SeenCode};
use super::{recording, reply, scanning, timing};
use crate::audit_log::Direction;
use crate::gate::{self, Here};
use crate::scan::FrameReading;

pub(super) fn open(model: &mut Model, moment: &Moment) {
    let Screen::Verdict(verdict) = &model.screen else { return };
    if !model.may_override(verdict) {
        return;
    }
    model.screen = Screen::Override(OverrideScreen {
        of: verdict.sequence,
        direction: verdict.direction,
        reason: None,
        fault: None,
        until_unix_ms: moment.now_unix_ms + timing::SECOND_MS,
    });
    // The refused pass may still be in view, and it is nobody's second try.
    if let Some(seen) = &mut model.ignored {
        seen.last_seen_unix_ms = moment.now_unix_ms;
    }
}

pub(super) fn reason_chosen(model: &mut Model, reason: OverrideReason, effects: &mut Vec<Effect>) {
    if let Screen::Override(screen) = &mut model.screen {
        screen.reason = Some(reason);
        effects.push(Effect::StartReading);
    }
}

pub(super) fn frame(
    model: &mut Model,
    reading: &FrameReading,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    model.hint = reading.hint;
    model.two_codes = reading.payloads.len() > 1;
    let ([payload], Screen::Override(screen)) = (reading.payloads.as_slice(), &model.screen) else {
        return;
    };
    let OverrideScreen { of, direction, reason: Some(reason), .. } = *screen else { return };
    if scanning::is_ignored(model, payload, moment) {
        return;
    }
    model.prepare_door(moment);
    let Some(bundle) = &model.trust.bundle else { return };
    let here = Here { venue_id: &model.gate.venue_id, utc_offset_min: moment.utc_offset_min };
    let (policy, registry, history) = (&bundle.policy, &bundle.registry, &model.history);
    let now_unix_ms = moment.now_unix_ms;
    let supervisor = gate::supervisor(payload, policy, registry, &here, history, now_unix_ms);
    // Her pass is still in view when the next visitor comes.
    model.ignored = Some(SeenCode { payload: payload.clone(), last_seen_unix_ms: now_unix_ms });
    match supervisor {
        Ok(supervisor) => {
            recording::overridden(model, of, reason, supervisor, moment, effects);
            effects.push(Effect::Signal(match direction {
                Direction::Entry => Signal::Admit,
                Direction::Exit => Signal::Exit,
            }));
            reply::to_scan(model, moment, effects);
        }
        Err(fault) => {
            effects.push(Effect::Signal(Signal::Unread));
            if let Screen::Override(screen) = &mut model.screen {
                screen.fault = Some(fault);
            }
        }
    }
}
