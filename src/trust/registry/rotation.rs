//! From one root to the next: statements by which a root names its successor.
//!
//! Shape: COSE_Sign1 (EdDSA, kid = the old root's) over `{"type", "v", "key"}`, oldest first.
//! Limits and errors: at most `ROTATIONS_MAX`; a statement that does not hold leads nowhere.
//! Source: docs/registry.md, "Changing the root"; The Update Framework 1.0 §5.3.

use super::{FORMAT_VERSION, PROFILE, key};
use crate::credential::Algorithm;
use crate::envelope::cbor::{self, Value};
use crate::envelope::cose;
use crate::trust::signature::check_signature;
use crate::trust::site::RootKey;

pub const ROTATIONS_MAX: usize = 16;

/// The root of that key id: a pinned one, or one that the pinned ones' successors lead to.
///
/// `payload` is the registry's, not believed yet: nothing of it is used but the statements, each of
/// which a root that is believed already must have signed.
pub(super) fn find_root(pinned: &[RootKey], kid: &[u8], payload: &[u8]) -> Option<RootKey> {
    let named = |root: &&RootKey| root.key_id().as_slice() == kid;
    if let Some(root) = pinned.iter().find(named) {
        return Some(*root);
    }
    let mut believed = pinned.to_vec();
    for statement in statements(payload) {
        if let Some(next) = successor(&statement, &believed) {
            believed.push(next);
        }
    }
    believed.iter().find(named).copied()
}

fn statements(payload: &[u8]) -> Vec<Vec<u8>> {
    let Ok(Value::Map(map)) = cbor::decode(payload, &PROFILE.cbor) else { return Vec::new() };
    let roots = map.into_iter().find(|(name, _)| name.as_text() == Some(key::ROOTS));
    let Some((_, Value::Array(list))) = roots else { return Vec::new() };
    list.into_iter().take(ROTATIONS_MAX).filter_map(|item| item.into_bytes().ok()).collect()
}

/// Whom a believed root names in this statement.
fn successor(statement: &[u8], believed: &[RootKey]) -> Option<RootKey> {
    let sign1 = cose::parse(statement, &PROFILE).ok()?;
    let old = believed.iter().find(|root| root.key_id().as_slice() == sign1.kid)?;
    if sign1.alg != cose::EDDSA {
        return None;
    }
    check_signature(Algorithm::EdDsa, &old.0, &sign1.to_be_signed, &sign1.signature).ok()?;
    let Value::Map(map) = cbor::decode(&sign1.payload, &PROFILE.cbor).ok()? else { return None };
    let get = |name: &str| map.iter().find(|(key, _)| key.as_text() == Some(name));
    let (_, kind) = get(key::TYPE)?;
    let (_, format) = get(key::FORMAT)?;
    if kind.as_text() != Some(key::TYPE_ROOT) || *format != Value::from(FORMAT_VERSION) {
        return None;
    }
    let (_, new) = get(key::PUBLIC_KEY)?;
    new.as_bytes()?.as_slice().try_into().ok().map(RootKey)
}
