//! A pass before the camera that is no visit: a supervisor overrides a refusal, an officer begins or
//! ends a shift, somebody asks what this phone knows of a pass, or hands a checkpoint over.
//!
//! Shape: `present(wanted)` → frames → whoever's pass it is → what was wanted, or a fault to read.
//! Limits and errors: gives way to scanning after `timing::SECOND_MS`; `SupervisorFault`.
//! Not here: who may (gate), what the desk does with an answer.

use super::event::{Effect, Moment, Signal};
use super::model::{DeskPage, Model, OverrideReason, PresentScreen, Screen, SeenCode, Wanted};
use super::{recording, reply, scanning, timing};
use crate::audit_log::{CHECKPOINT_PREFIX, Direction, ShiftTurn, Statement, pseudonym};
use crate::gate::{self, CredentialId, Here, Payload, SupervisorFault};
use crate::scan::FrameReading;
use data_encoding::HEXLOWER;

pub(super) fn override_refusal(model: &mut Model, moment: &Moment) {
    let Screen::Verdict(verdict) = &model.screen else { return };
    if !model.may_override(verdict) {
        return;
    }
    let (of, direction) = (verdict.sequence, verdict.direction);
    present(model, Wanted::Override { of, direction, reason: None }, moment);
    // The refused pass may still be in view, and it is nobody's second try.
    if let Some(seen) = &mut model.ignored {
        seen.last_seen_unix_ms = moment.now_unix_ms;
    }
}

pub(super) fn reason_chosen(model: &mut Model, chosen: OverrideReason, effects: &mut Vec<Effect>) {
    if let Screen::Presenting(screen) = &mut model.screen
        && let Wanted::Override { reason, .. } = &mut screen.wanted
    {
        *reason = Some(chosen);
        effects.push(Effect::StartReading);
    }
}

/// From the desk, which is where an officer comes by at such times.
pub(super) fn from_desk(
    model: &mut Model,
    wanted: Wanted,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    if !matches!(model.screen, Screen::Desk(_)) {
        return;
    }
    effects.push(Effect::CloseDesk);
    effects.push(Effect::StartReading);
    present(model, wanted, moment);
}

fn present(model: &mut Model, wanted: Wanted, moment: &Moment) {
    let until_unix_ms = moment.now_unix_ms + timing::SECOND_MS;
    model.screen = Screen::Presenting(PresentScreen { wanted, fault: None, until_unix_ms });
}

pub(super) fn frame(
    model: &mut Model,
    reading: &FrameReading,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    model.hint = reading.hint;
    model.two_codes = reading.payloads.len() > 1;
    let ([payload], Screen::Presenting(screen)) = (reading.payloads.as_slice(), &model.screen)
    else {
        return;
    };
    let wanted = screen.wanted;
    if matches!(wanted, Wanted::Override { reason: None, .. })
        || scanning::is_ignored(model, payload, moment)
    {
        return;
    }
    model.prepare_door(moment);
    let presented = read(model, wanted, payload, moment);
    // The pass is still in view when the next visitor comes.
    let last_seen_unix_ms = moment.now_unix_ms;
    model.ignored = Some(SeenCode { payload: payload.clone(), last_seen_unix_ms });
    match presented {
        Ok(id) => act(model, wanted, payload, id, moment, effects),
        Err(fault) => {
            effects.push(Effect::Signal(Signal::Unread));
            if let Screen::Presenting(screen) = &mut model.screen {
                screen.fault = Some(fault);
            }
        }
    }
}

/// Whose pass it is; `None`: a checkpoint, which is nobody's.
fn read(
    model: &Model,
    wanted: Wanted,
    payload: &Payload,
    moment: &Moment,
) -> Result<Option<CredentialId>, SupervisorFault> {
    let bundle = model.trust.bundle.as_ref().ok_or(SupervisorFault::NotTrusted)?;
    let here = Here { venue_id: &model.gate.venue_id, utc_offset_min: moment.utc_offset_min };
    let (policy, registry, history) = (&bundle.policy, &bundle.registry, &model.history);
    let now_unix_ms = moment.now_unix_ms;
    match wanted {
        Wanted::ForDesk if is_checkpoint(payload) => return Ok(None),
        Wanted::ForDesk => gate::holder_of(payload, registry, now_unix_ms),
        Wanted::Override { .. } => {
            gate::supervisor(payload, policy, registry, &here, history, now_unix_ms)
        }
        Wanted::Shift(_) => gate::officer(payload, policy, registry, &here, history, now_unix_ms),
    }
    .map(Some)
}

fn is_checkpoint(payload: &Payload) -> bool {
    payload.text().is_some_and(|text| text.starts_with(CHECKPOINT_PREFIX))
}

fn act(
    model: &mut Model,
    wanted: Wanted,
    payload: &Payload,
    id: Option<CredentialId>,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    let signal = match (wanted, id) {
        (Wanted::Override { of, direction, reason: Some(reason) }, Some(supervisor)) => {
            recording::overridden(model, of, reason, supervisor, moment, effects);
            if direction == Direction::Exit { Signal::Exit } else { Signal::Admit }
        }
        (Wanted::Shift(turn), Some(officer)) => {
            recording::shift(model, turn, officer, moment, effects);
            if turn == ShiftTurn::End {
                // What the shift leaves behind is signed at once.
                recording::signature_wanted(model, Statement::Checkpoint, moment, effects);
            }
            Signal::Admit
        }
        (_, id) => {
            model.shown = match id {
                Some(id) => pseudonyms(model, &id),
                None => payload.text().unwrap_or_default().to_owned(),
            };
            effects.push(Effect::Signal(Signal::Specimen));
            effects.push(Effect::PauseReading);
            model.screen = Screen::Scan;
            return reply::open_desk(model, DeskPage::Known, effects);
        }
    };
    effects.push(Effect::Signal(signal));
    reply::to_scan(model, moment, effects);
}

fn pseudonyms(model: &Model, id: &CredentialId) -> String {
    let months = model.gate.venue_keys.iter().map(|month| &month.key);
    let mut names = String::new();
    for key in months.chain([&model.own_key]) {
        HEXLOWER.encode_append(&pseudonym(key, &id.0), &mut names);
        names.push(' ');
    }
    names
}

impl Model {
    /// Whether the last turn was a beginning.
    pub fn on_shift(&self) -> bool {
        self.today.turn == Some(ShiftTurn::Start)
    }
}
