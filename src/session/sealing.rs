//! Who it was, sealed to the authority's key of the month, where the registry names one and the
//! supervisor has agreed to it.
//!
//! Shape: registry's key → `SealingAgreed` → every decision about a proven holder carries a sealed part.
//! Limits and errors: the other binary seals; where it cannot be had, entries are written without.
//! Not here: opening, which only the authority can; the words (annex).

use super::elsewhere::OtherBinary;
use super::event::{Effect, Moment};
use super::model::Model;
use super::reply;
use crate::audit_log::{
    Direction, Hash, Identity, KeyedPart, SALT_BYTES, SEALED_SALT, seal_identity_by,
};
use crate::gate::Holder;
use crate::trust::SealingKey;

pub(super) fn agreed(model: &mut Model, moment: &Moment, effects: &mut Vec<Effect>) {
    if let Some(key) = model.sealing_asked(moment.now_unix_ms) {
        model.sealing_agreed = Some(key.public_key);
        effects.push(Effect::SaveSettings(reply::settings(model)));
        effects.push(Effect::LoadElsewhere);
    }
}

/// On the way out: whether this gate's log holds who it is from the way in. Whoever traces opens the way in first.
pub(super) fn is_sealed_already(model: &Model, pseudonym: &KeyedPart) -> bool {
    let who = <&[u8; 32]>::try_from(&*pseudonym.erasable.bytes);
    let is_inside = who.is_ok_and(|who| model.history.door.visits.entered_sealed(who));
    model.gate.direction == Direction::Exit && is_inside
}

/// For the entry that is written at that moment.
pub(super) fn seal(model: &Model, holder: &Holder, moment: &Moment) -> Option<KeyedPart> {
    let key = model.sealing_key(moment.now_unix_ms)?;
    let OtherBinary::Here(elsewhere) = &model.trust.other else { return None };
    let identity = Identity {
        name: holder.name.clone()?,
        birth_date: holder.birth_date.clone().unwrap_or_default(),
    };
    // The first half of the moment's chance is the pseudonym's salt, and stays in the log beside it.
    let (_, secret) = moment.entropy.split_at(SALT_BYTES);
    let Hash(entropy) = Hash::of(&[b"key", secret].concat());
    let place = (model.head?.log(), moment.now_unix_ms, &*model.gate.venue_id);
    seal_identity_by(&identity, &key.public_key, place, SEALED_SALT, |purpose, bound, bytes| {
        elsewhere.seal(&key.public_key, purpose, bound, bytes, entropy).ok_or(())
    })
    .ok()
}

impl Model {
    /// The key that the registry names, while it is in force.
    pub fn sealing_asked(&self, now_unix_ms: i64) -> Option<SealingKey> {
        let key = self.trust.bundle.as_ref()?.registry.body().sealing?;
        key.in_force(now_unix_ms.div_euclid(1_000)).then_some(key)
    }

    /// The same, once the supervisor has agreed.
    pub fn sealing_key(&self, now_unix_ms: i64) -> Option<SealingKey> {
        let key = self.sealing_asked(now_unix_ms)?;
        (self.sealing_agreed == Some(key.public_key)).then_some(key)
    }

    /// Whether a decision has to wait until the binary that seals is here.
    pub(super) fn waits_to_seal(&self, now_unix_ms: i64) -> bool {
        let can = matches!(self.trust.other, OtherBinary::Here(_) | OtherBinary::Failed);
        !can && self.sealing_key(now_unix_ms).is_some()
    }
}
