//! The whole decision on one screen: a payload to a `Decision`.
//!
//! Shape: `decide(payload, &Policy, &Registry, &Here, &History, now)` = parse → verify → evaluate.
//! Limits and errors: anything not proven is not admitted; each cause has its own `Reason`.
//! Not here: recording (the session appends the entry), sounds, screens, clocks.

use crate::credential::{self, Parsed};
pub use crate::credential::{CredentialError, CredentialId, Family, Holder, OtherCode, Payload};
use crate::rules::{self, Ruling, StaleRule};
pub use crate::rules::{Here, Policy, RuleReason, Sentence, Status};
use crate::trust::{self, Freshness, Verified};
pub use crate::trust::{Registry, SignatureState, TrustError};

/// What the gate answers. *Unreadable*, *unknown* and *invalid* are three different answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Admit,
    /// The officer looks closer and answers.
    Refer,
    Refuse,
    RefuseAndAlert,
    /// A credential's beginning was seen, but it could not be decoded: scan again.
    Unreadable,
    /// Not a visitor's credential at all: explained, not recorded as a refusal.
    NotACredential(OtherCode),
}

/// The gate's whole answer to one payload. Personal fields are filled only where they are proven.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    pub outcome: Outcome,
    pub status: Option<Status>,
    /// Training only: the screen is grey and `outcome` says what it would have been.
    pub specimen: bool,
    /// The first is the one the screen says.
    pub reasons: Vec<Reason>,
    pub family: Family,
    pub signature: SignatureState,
    /// The issuer's name in the registry.
    pub issuer: Option<String>,
    /// The role of the entitlement, such as `tamu` or `asn`.
    pub role: Option<String>,
    pub expires_unix_s: Option<i64>,
    pub holder: Option<Holder>,
    pub credential_id: Option<CredentialId>,
}

/// Why, nested by the room that found it; each has a stable code.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    Credential(CredentialError),
    Other(OtherCode),
    Trust(TrustError),
    Rule(RuleReason),
    Gate(GateReason),
}

/// Why the gate itself cannot judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateReason {
    /// `now` is earlier than what has already happened.
    ClockBack,
    /// Something of ours failed; scan again.
    Fault,
}

impl Reason {
    /// Stable, printed small on the screen and written into the log.
    pub fn code(&self) -> &str {
        match self {
            Self::Credential(error) => error.code(),
            Self::Other(other) => other.code(),
            Self::Trust(error) => error.code(),
            Self::Rule(reason) => &reason.code,
            Self::Gate(GateReason::ClockBack) => "CLOCK-BACK",
            Self::Gate(GateReason::Fault) => "GATE-FAULT",
        }
    }
}

/// What has happened at this gate that a decision may depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Time of the log's last entry.
    pub latest_entry_unix_ms: Option<i64>,
    /// When this build was made: no honest clock is earlier.
    pub built_unix_ms: i64,
}

/// How far the phone's clock may lag behind what has happened: clocks of two machines differ.
pub const CLOCK_SLACK_MS: i64 = 120_000;

/// Judges one payload. Same payload, policy, registry, place, history and `now`: same answer.
pub fn decide(
    payload: &Payload,
    policy: &Policy,
    registry: &Registry,
    here: &Here<'_>,
    history: &History,
    now_unix_ms: i64,
) -> Decision {
    let mut decision = match credential::parse(payload) {
        Err(error) => unread(error),
        Ok(Parsed::Other(other)) => {
            let outcome = Outcome::NotACredential(other);
            unproven(outcome, Reason::Other(other), other.family(), SignatureState::Unchecked)
        }
        Ok(Parsed::Credential(unverified)) => {
            let family = unverified.family();
            match trust::verify(*unverified, registry, now_unix_ms) {
                Err(error) => distrusted(error, family),
                Ok(verified) => judged(&verified, policy, registry, here, now_unix_ms),
            }
        }
    };
    if clock_is_back(registry, history, now_unix_ms) {
        doubt_the_clock(&mut decision);
    }
    decision
}

/// What was recognised, but not decoded.
fn unread(error: CredentialError) -> Decision {
    let family = error.family();
    let outcome = match error {
        // Perhaps a perfectly good credential: another gate may read it.
        CredentialError::Unsupported(_) => Outcome::Refer,
        CredentialError::TooLong => Outcome::NotACredential(OtherCode::Unknown),
        CredentialError::Pass(_)
        | CredentialError::Hc1(_)
        | CredentialError::Shc(_)
        | CredentialError::Nzcp(_) => Outcome::Unreadable,
    };
    unproven(outcome, Reason::Credential(error), family, SignatureState::Unchecked)
}

/// What was decoded, but is not believed.
fn distrusted(error: TrustError, family: Family) -> Decision {
    let outcome = match error {
        TrustError::UnknownKey | TrustError::RegistryStale | TrustError::RevocationUnchecked => {
            Outcome::Refer
        }
        TrustError::BadSignature
        | TrustError::Expired { .. }
        | TrustError::NotYetValid { .. }
        | TrustError::Revoked
        | TrustError::Purpose => Outcome::Refuse,
    };
    unproven(outcome, Reason::Trust(error), family, error.signature())
}

/// An answer that tells nothing of the credential but the reason.
fn unproven(
    outcome: Outcome,
    reason: Reason,
    family: Family,
    signature: SignatureState,
) -> Decision {
    Decision {
        outcome,
        status: None,
        specimen: false,
        reasons: vec![reason],
        family,
        signature,
        issuer: None,
        role: None,
        expires_unix_s: None,
        holder: None,
        credential_id: None,
    }
}

/// What is proven, under the venue's policy.
fn judged(
    verified: &Verified,
    policy: &Policy,
    registry: &Registry,
    here: &Here<'_>,
    now_unix_ms: i64,
) -> Decision {
    let claims = verified.claims();
    let mut decision = Decision {
        outcome: Outcome::Refer,
        status: None,
        specimen: verified.specimen(),
        reasons: Vec::new(),
        family: verified.family(),
        signature: SignatureState::Valid,
        issuer: Some(verified.issuer().to_owned()),
        role: claims.entitlement.as_ref().and_then(|entitlement| entitlement.role.clone()),
        expires_unix_s: claims.expires_unix_s,
        holder: Some(claims.holder.clone()),
        credential_id: Some(verified.credential_id()),
    };
    match rules::evaluate(verified, policy, registry, here, now_unix_ms) {
        Ok(verdict) => {
            decision.outcome = outcome_of(verdict.ruling);
            decision.status = Some(verdict.status);
            decision.reasons = verdict.reasons.into_iter().map(Reason::Rule).collect();
        }
        Err(_) => decision.reasons.push(Reason::Gate(GateReason::Fault)),
    }
    if registry.freshness(now_unix_ms) == Freshness::Stale && decision.outcome == Outcome::Admit {
        decision.outcome = match policy.stale() {
            StaleRule::Admit => Outcome::Admit,
            StaleRule::Refer => Outcome::Refer,
            StaleRule::Refuse => Outcome::Refuse,
        };
        decision.reasons.insert(0, Reason::Trust(TrustError::RegistryStale));
    }
    decision
}

fn outcome_of(ruling: Ruling) -> Outcome {
    match ruling {
        Ruling::Admit => Outcome::Admit,
        Ruling::Refer => Outcome::Refer,
        Ruling::Refuse => Outcome::Refuse,
        Ruling::Alert => Outcome::RefuseAndAlert,
    }
}

/// An honest clock is not before the build, the registry or the last entry.
fn clock_is_back(registry: &Registry, history: &History, now_unix_ms: i64) -> bool {
    let issued_unix_ms = registry.issued_unix_s().saturating_mul(1000);
    let latest = history.built_unix_ms.max(issued_unix_ms);
    let latest = history.latest_entry_unix_ms.map_or(latest, |entry| entry.max(latest));
    now_unix_ms.saturating_add(CLOCK_SLACK_MS) < latest
}

/// With a clock that lags, nothing that depends on the time is known. What is expired stays
/// expired, what is forged stays forged, and an alarm stays one.
fn doubt_the_clock(decision: &mut Decision) {
    let is_early =
        |reason: &Reason| matches!(reason, Reason::Trust(TrustError::NotYetValid { .. }));
    let hangs_on_time = match decision.outcome {
        Outcome::Admit | Outcome::Refer => true,
        Outcome::Refuse => decision.status.is_some() || decision.reasons.iter().any(is_early),
        Outcome::RefuseAndAlert | Outcome::Unreadable | Outcome::NotACredential(_) => false,
    };
    if hangs_on_time {
        decision.outcome = Outcome::Refer;
        decision.reasons.insert(0, Reason::Gate(GateReason::ClockBack));
    }
}
