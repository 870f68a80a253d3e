//! An officer begins or ends a shift with her own pass before the camera.

use super::event::{Effect, Moment, Signal};
use super::model::{Model, Screen, SeenCode, ShiftScreen};
use super::{recording, reply, scanning, timing};
use crate::audit_log::ShiftTurn;
use crate::gate::{self, Here};
use crate::scan::FrameReading;

/// From the desk's menu, which is where an officer comes by at such times.
pub(super) fn open(model: &mut Model, turn: ShiftTurn, moment: &Moment, effects: &mut Vec<Effect>) {
    if !matches!(model.screen, Screen::Desk(_)) {
        return;
    }
    effects.push(Effect::CloseDesk);
    effects.push(Effect::StartReading);
    let until_unix_ms = moment.now_unix_ms + timing::SECOND_MS;
    model.screen = Screen::Shift(ShiftScreen { turn, fault: None, until_unix_ms });
}

pub(super) fn frame(
    model: &mut Model,
    reading: &FrameReading,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    model.hint = reading.hint;
    model.two_codes = reading.payloads.len() > 1;
    let ([payload], Screen::Shift(screen)) = (reading.payloads.as_slice(), &model.screen) else {
        return;
    };
    let turn = screen.turn;
    if scanning::is_ignored(model, payload, moment) {
        return;
    }
    model.prepare_door(moment);
    let Some(bundle) = &model.trust.bundle else { return };
    let here = Here { venue_id: &model.gate.venue_id, utc_offset_min: moment.utc_offset_min };
    let (policy, registry, history) = (&bundle.policy, &bundle.registry, &model.history);
    let now_unix_ms = moment.now_unix_ms;
    let officer = gate::officer(payload, policy, registry, &here, history, now_unix_ms);
    model.ignored = Some(SeenCode { payload: payload.clone(), last_seen_unix_ms: now_unix_ms });
    match officer {
        Ok(officer) => {
            recording::shift(model, turn, officer, moment, effects);
            effects.push(Effect::Signal(Signal::Admit));
            if turn == ShiftTurn::End {
                // What the shift leaves behind is signed at once.
                recording::checkpoint_wanted(model, moment, effects);
            }
            reply::to_scan(model, moment, effects);
        }
        Err(fault) => {
            effects.push(Effect::Signal(Signal::Unread));
            if let Screen::Shift(screen) = &mut model.screen {
                screen.fault = Some(fault);
            }
        }
    }
}

impl Model {
    /// Whether the last turn was a beginning.
    pub fn on_shift(&self) -> bool {
        self.today.turn == Some(ShiftTurn::Start)
    }
}
