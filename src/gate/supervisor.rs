//! Whether a pass before the camera is of staff: may override a refusal, may begin a shift.
//!
//! Shape: payload → parse → verify → a role that the policy names, here and now → the pass's id.
//! Limits and errors: `SupervisorFault`; a specimen overrides nothing, nor does anybody while the
//! clock lags, as an expired pass would look valid then.

use super::{History, clock_is_back};
use crate::credential::{self, CredentialId, Parsed, Payload};
use crate::rules::{self, Here, Policy};
use crate::trust::{self, Registry};

/// Why a code is not a supervisor's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SupervisorFault {
    /// No pass, or one that cannot be read.
    NotAPass,
    /// Forged, expired, revoked, unknown.
    NotTrusted,
    /// A pass, but of nobody who may do this here and now.
    NotSupervisor,
}

/// Who may override a refusal.
pub fn supervisor(
    payload: &Payload,
    policy: &Policy,
    registry: &Registry,
    here: &Here<'_>,
    history: &History,
    now_unix_ms: i64,
) -> Result<CredentialId, SupervisorFault> {
    let roles = &policy.gate().supervisors;
    staff(payload, roles, registry, here, history, now_unix_ms)
}

/// Who may begin and end a shift.
pub fn officer(
    payload: &Payload,
    policy: &Policy,
    registry: &Registry,
    here: &Here<'_>,
    history: &History,
    now_unix_ms: i64,
) -> Result<CredentialId, SupervisorFault> {
    let rules = policy.gate();
    let roles: Vec<String> = rules.officers.iter().chain(&rules.supervisors).cloned().collect();
    staff(payload, &roles, registry, here, history, now_unix_ms)
}

/// Whose pass it is, in force or not: for whoever asks what is known of it.
pub fn holder_of(
    payload: &Payload,
    registry: &Registry,
    now_unix_ms: i64,
) -> Result<CredentialId, SupervisorFault> {
    let Ok(Parsed::Credential(unverified)) = trust::parse(payload, registry) else {
        return Err(SupervisorFault::NotAPass);
    };
    let verified = trust::verify(*unverified, registry, now_unix_ms);
    Ok(verified.map_err(|_| SupervisorFault::NotTrusted)?.credential_id())
}

fn staff(
    payload: &Payload,
    roles: &[String],
    registry: &Registry,
    here: &Here<'_>,
    history: &History,
    now_unix_ms: i64,
) -> Result<CredentialId, SupervisorFault> {
    let Ok(Parsed::Credential(unverified)) = credential::parse(payload) else {
        return Err(SupervisorFault::NotAPass);
    };
    if clock_is_back(registry, history, now_unix_ms) {
        return Err(SupervisorFault::NotTrusted);
    }
    let verified = trust::verify(*unverified, registry, now_unix_ms)
        .map_err(|_| SupervisorFault::NotTrusted)?;
    let may = rules::has_role(&verified, roles, registry, here, now_unix_ms);
    if may && !verified.specimen() && !verified.blocked() {
        Ok(verified.credential_id())
    } else {
        Err(SupervisorFault::NotSupervisor)
    }
}
