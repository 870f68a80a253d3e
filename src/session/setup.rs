//! What a phone is: set up by a signed code or by hand, and registries that come without a network.
//!
//! Only here do set-up codes and registries before the camera count; while scanning they are
//! explained. Nothing changes before it is confirmed, and the policy not right after a scan.

use super::event::{Effect, Moment, TrustBundle};
use super::model::{
    GateProfile, Model, Problem, Screen, SeenCode, SetupFault, SetupScreen, SetupStep, TrustAlarm,
};
use super::{hub, reply, scanning};
use crate::audit_log::{Direction, Hash};
use crate::gate::{Payload, Policy, Registry};
use crate::scan::FrameReading;
use crate::trust::sequence::Progress;
use crate::trust::setup_code::{self, SetupCode};
use crate::trust::{self, RootKey};

pub(super) fn open(model: &mut Model, effects: &mut Vec<Effect>) {
    match model.screen {
        Screen::Scan => {}
        Screen::Welcome => {
            model.begun = true;
            effects.push(Effect::OpenCamera);
        }
        Screen::Problem(Problem::Camera(_)) => effects.push(Effect::OpenCamera),
        _ => return,
    }
    model.sheet = None;
    // The code that was explained while scanning is often the one that is meant here.
    model.ignored = None;
    model.screen = Screen::Setup(SetupScreen::default());
    effects.push(Effect::StartReading);
}

/// One frame of the live camera, on the set-up screen.
pub(super) fn frame(
    model: &mut Model,
    reading: &FrameReading,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    model.hint = reading.hint;
    model.two_codes = reading.payloads.len() > 1;
    let [payload] = reading.payloads.as_slice() else { return };
    let Screen::Setup(screen) = &mut model.screen else { return };
    if !matches!(screen.step, SetupStep::Scanning(_)) {
        return;
    }
    match payload.text().map(|text| screen.sequence.take(text)) {
        Some(Progress::Whole(bytes)) => return registry(model, bytes, moment, effects),
        Some(Progress::Taken) => {
            screen.step = SetupStep::Scanning(None);
            return;
        }
        Some(Progress::NoPart) | None => {}
    }
    if scanning::is_ignored(model, payload, moment) {
        return;
    }
    let seen = SeenCode { payload: payload.clone(), last_seen_unix_ms: moment.now_unix_ms };
    model.ignored = Some(seen);
    let step = match read_code(model, payload, moment) {
        Ok(code) => {
            effects.push(Effect::PauseReading);
            SetupStep::Offered(Box::new(code))
        }
        Err(fault) => SetupStep::Scanning(Some(fault)),
    };
    show(model, step);
}

/// The phone becomes the gate that the code names.
pub(super) fn confirmed(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    let Screen::Setup(SetupScreen { step: SetupStep::Offered(code), .. }) = &model.screen else {
        return;
    };
    let code = code.as_ref().clone();
    let profile = GateProfile {
        venue_id: code.venue_id,
        venue: code.venue,
        gate: code.gate,
        direction: match code.direction {
            trust::Direction::Entry => Direction::Entry,
            trust::Direction::Exit => Direction::Exit,
        },
        capacity: code.capacity,
        policy_id: code.policy_id,
        venue_keys: code.venue_keys,
        hub: code.hub,
    };
    effects.push(Effect::ForgetPin);
    become_gate(model, profile, moment, effects);
}

/// By hand: the venue's keys and the hub's user stay with a gate of the same venue, another venue has
/// none yet.
pub(super) fn entered(
    model: &mut Model,
    mut profile: GateProfile,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    if profile.venue_id == model.gate.venue_id {
        profile.venue_keys.clone_from(&model.gate.venue_keys);
        profile.hub.clone_from(&model.gate.hub);
    }
    become_gate(model, profile, moment, effects);
}

/// A whole registry, from a file or a row of codes. What is refused changes nothing but an alarm.
pub(super) fn registry(
    model: &mut Model,
    bytes: Vec<u8>,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    let Some(site) = &model.site else { return };
    let version_min = model.trust.bundle.as_ref().map_or(0, |bundle| bundle.registry_version);
    let opened = Registry::open(&bytes, site, version_min).map_err(SetupFault::Registry);
    let taken = opened.and_then(|registry| {
        let policy = Policy::choose(&registry, &model.gate.policy_id);
        policy.map(|policy| (registry, policy)).map_err(|_| SetupFault::Policy)
    });
    match taken {
        Ok((registry, policy)) => {
            let version = registry.version();
            let mut registry = registry;
            if let Some(before) = model.trust.bundle.take() {
                registry.inherit(before.registry);
            }
            let bundle = TrustBundle::new(registry, policy, None, moment.now_unix_ms);
            model.trust.loaded(bundle, &model.gate.policy_id);
            effects.push(Effect::KeepRegistry { version, bytes });
            show(model, SetupStep::RegistryTaken { version });
        }
        Err(fault) => {
            if let (Some(bundle), SetupFault::Registry(error)) = (&mut model.trust.bundle, fault) {
                bundle.alarm = Some(TrustAlarm::of(error));
            }
            show(model, SetupStep::Scanning(Some(fault)));
        }
    }
    reply::go_on_if_ready(model, moment, effects);
}

fn read_code(model: &Model, payload: &Payload, moment: &Moment) -> Result<SetupCode, SetupFault> {
    let text = payload.text().filter(|text| text.starts_with(setup_code::PREFIX));
    let text = text.ok_or(SetupFault::OtherCode)?;
    let now_unix_s = moment.now_unix_ms.div_euclid(1000);
    SetupCode::open(text, &believed_roots(model), now_unix_s).map_err(SetupFault::Code)
}

/// The pinned ones, and the one that signed the registry where it came after them.
fn believed_roots(model: &Model) -> Vec<RootKey> {
    let pinned = model.site.iter().flat_map(|site| site.roots.iter().copied());
    let signer = model.trust.bundle.iter().map(|bundle| bundle.registry.root());
    pinned.chain(signer).collect()
}

fn become_gate(
    model: &mut Model,
    profile: GateProfile,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    if let Err(fault) = change(model, profile, moment, effects) {
        show(model, SetupStep::Scanning(Some(fault)));
        if matches!(model.screen, Screen::Setup(_)) {
            effects.push(Effect::StartReading);
        }
        return;
    }
    effects.push(Effect::SaveSettings(reply::settings(model)));
    match model.screen {
        Screen::Setup(_) => reply::enter_scan(model, effects),
        Screen::Desk(_) => {
            effects.push(Effect::CloseDesk);
            reply::enter_scan(model, effects);
        }
        _ => {}
    }
}

fn change(
    model: &mut Model,
    profile: GateProfile,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) -> Result<(), SetupFault> {
    if profile.policy_id != model.gate.policy_id
        && let Some(until_unix_ms) = model.locked_until_unix_ms(moment.now_unix_ms)
    {
        return Err(SetupFault::Locked { until_unix_ms });
    }
    let bundle = model.trust.bundle.as_mut().ok_or(SetupFault::Policy)?;
    let policy = Policy::choose(&bundle.registry, &profile.policy_id);
    bundle.policy = policy.map_err(|_| SetupFault::Policy)?;
    bundle.policy_digest = Hash(bundle.policy.digest());
    let renamed = profile.name() != model.gate.name();
    if renamed || profile.hub != model.gate.hub {
        hub::forget(model);
    }
    model.gate = profile;
    if renamed {
        // This phone may have been that gate before: the log knows who is inside.
        model.counted = false;
        effects.push(Effect::ReopenLog);
    }
    Ok(())
}

fn show(model: &mut Model, step: SetupStep) {
    if let Screen::Setup(screen) = &mut model.screen {
        screen.step = step;
    }
}
