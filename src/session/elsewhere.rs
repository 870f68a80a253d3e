//! The build's other binary: loaded when a code needs it, asked from then on.
//!
//! Shape: a code of a family that this binary does not read → `Effect::LoadElsewhere` → the same
//! code again, now read; or, where the files do not come, referred.
//! Not here: what is asked (`trust::Elsewhere`), loading (browser).

use super::event::{Effect, Moment, TrustBundle};
use super::model::{Model, Screen};
use super::scanning;
use crate::gate::{CredentialError, Decision, Payload, Reason};
use crate::trust::Elsewhere;

#[derive(Debug, Default)]
pub(super) enum OtherBinary {
    #[default]
    NotAsked,
    /// It is coming for the sake of this code.
    Coming(Payload),
    Here(Elsewhere),
    /// It did not come; the code that waited is referred, the next one asks again.
    Failed,
}

impl OtherBinary {
    pub(super) fn help(&self, bundle: &mut TrustBundle) {
        if let Self::Here(elsewhere) = self {
            bundle.registry.ask_elsewhere(elsewhere.clone());
        }
    }
}

/// Whether a decision would only say that this binary cannot read the code, and the other one can
/// still be had.
pub(super) fn is_waited_for(
    model: &mut Model,
    decision: &Decision,
    payload: &Payload,
    now_unix_ms: i64,
    effects: &mut Vec<Effect>,
) -> bool {
    let lacks =
        |reason: &Reason| matches!(reason, Reason::Credential(CredentialError::Unsupported(_)));
    let needed = decision.reasons.iter().any(lacks) || model.waits_to_seal(now_unix_ms);
    if !needed {
        return false;
    }
    match model.trust.other {
        OtherBinary::NotAsked => effects.push(Effect::LoadElsewhere),
        OtherBinary::Coming(_) => {}
        OtherBinary::Here(_) => return false,
        OtherBinary::Failed => {
            model.trust.other = OtherBinary::NotAsked;
            return false;
        }
    }
    model.trust.other = OtherBinary::Coming(payload.clone());
    true
}

pub(super) fn loaded(
    model: &mut Model,
    elsewhere: Elsewhere,
    moment: &Moment,
    effects: &mut Vec<Effect>,
) {
    arrived(model, OtherBinary::Here(elsewhere), moment, effects);
}

pub(super) fn failed(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    arrived(model, OtherBinary::Failed, moment, effects);
}

/// The code that waited is decided, if no other screen has come up since.
fn arrived(model: &mut Model, other: OtherBinary, moment: &Moment, effects: &mut Vec<Effect>) {
    let before = std::mem::replace(&mut model.trust.other, other);
    if let Some(bundle) = &mut model.trust.bundle {
        model.trust.other.help(bundle);
    }
    match before {
        OtherBinary::Coming(payload) if model.screen == Screen::Scan => {
            scanning::decide(model, &payload, moment, effects);
        }
        _ => {}
    }
}
