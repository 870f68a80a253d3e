//! The whole decision on one screen: a payload to a `Decision`.
//!
//! Shape: `decide(payload, &Policy, &Registry, &Here, &History, now)` = parse → verify → evaluate →
//! what the door itself has to say. `decide_together`: two credentials of one visitor.
//! Limits and errors: anything not proven is not admitted; each cause has its own `Reason`.
//! Not here: recording (the session appends the entry), sounds, screens, clocks.

mod door;
mod others;
mod same_person;
mod supervisor;
mod visits;

use crate::audit_log::Direction;
pub use crate::credential::{
    CredentialError, CredentialId, Family, Fault, Holder, OtherCode, Payload,
};
use crate::credential::{Parsed, Unverified};
use crate::rules::{self, Instead, Ruling};
pub use crate::rules::{Here, Policy, RuleReason, Sentence, Status, Step};
use crate::trust::{self, Freshness, Verified};
pub use crate::trust::{Registry, SignatureState, TrustError};
pub use door::{Door, INSIDE_HOLDS_MS};
pub use others::{Flag, Others, Seen};
use std::rc::Rc;
pub use supervisor::{SupervisorFault, holder_of, officer, supervisor};
pub use visits::{ATTENTION_MS, Visits};

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
    /// Every rule that was looked at, in the policy's order.
    pub steps: Vec<Step>,
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

/// Why the gate itself cannot judge, or asks the officer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateReason {
    /// The pass has been used here, and its holder has not left since.
    Used {
        at_unix_ms: i64,
    },
    /// The same of another gate of the venue, as of when it was last heard of.
    UsedElsewhere {
        at_unix_ms: i64,
        gate: Rc<str>,
        heard_unix_ms: i64,
    },
    /// A supervisor asks to look closer at her.
    Attention {
        since_unix_ms: i64,
    },
    /// The same at another gate of the venue.
    AttentionElsewhere {
        since_unix_ms: i64,
        gate: Rc<str>,
    },
    Full {
        inside: u32,
        capacity: u32,
    },
    /// By all doors of the venue, as of when they were heard of.
    FullByAllDoors {
        inside: u32,
        capacity: u32,
        heard_unix_ms: i64,
    },
    /// Two credentials that count together name different people.
    NamesDiffer,
    /// `now` is earlier than what has already happened.
    ClockBack,
    /// Something of ours failed; scan again.
    Fault,
}

impl Reason {
    /// Stable, printed small on the screen and written into the log.
    pub fn code(&self) -> &str {
        match self {
            Self::Credential(CredentialError::Elsewhere(_, _, code)) => code.as_str(),
            Self::Credential(error) => error.code(),
            Self::Other(other) => other.code(),
            Self::Trust(error) => error.code(),
            Self::Rule(reason) => &reason.code,
            Self::Gate(GateReason::Used { .. }) => "GATE-USED",
            Self::Gate(GateReason::UsedElsewhere { .. }) => "GATE-USED-ELSEWHERE",
            Self::Gate(GateReason::Attention { .. } | GateReason::AttentionElsewhere { .. }) => {
                "GATE-ATTENTION"
            }
            Self::Gate(GateReason::Full { .. } | GateReason::FullByAllDoors { .. }) => "GATE-FULL",
            Self::Gate(GateReason::NamesDiffer) => "GATE-NAMES",
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
    pub door: Door,
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
    let mut decision = match verified(payload, registry, now_unix_ms) {
        Err(decision) => *decision,
        Ok(verified) => judged(&[&verified], policy, registry, here, history, now_unix_ms),
    };
    if clock_is_back(registry, history, now_unix_ms) {
        doubt_the_clock(&mut decision);
    }
    decision
}

/// Judges two credentials of one visitor together, in the order that they were shown. Where either
/// is not proven, or both are the same one, the second is judged alone.
pub fn decide_together(
    [first, second]: [&Payload; 2],
    policy: &Policy,
    registry: &Registry,
    here: &Here<'_>,
    history: &History,
    now_unix_ms: i64,
) -> Decision {
    let proven = |payload| verified(payload, registry, now_unix_ms);
    let mut decision = match (proven(first), proven(second)) {
        (Ok(first), Ok(second)) if first.credential_id() != second.credential_id() => {
            judged(&[&first, &second], policy, registry, here, history, now_unix_ms)
        }
        _ => return decide(second, policy, registry, here, history, now_unix_ms),
    };
    if clock_is_back(registry, history, now_unix_ms) {
        doubt_the_clock(&mut decision);
    }
    decision
}

/// Proven, or the answer to whoever is not.
fn verified(
    payload: &Payload,
    registry: &Registry,
    now_unix_ms: i64,
) -> Result<Verified, Box<Decision>> {
    let unverified: Box<Unverified> = match trust::parse(payload, registry) {
        Err(error) => return Err(unread(error).into()),
        Ok(Parsed::Other(other)) => {
            let (outcome, reason) = (Outcome::NotACredential(other), Reason::Other(other));
            let unchecked = SignatureState::Unchecked;
            return Err(unproven(outcome, reason, other.family(), unchecked).into());
        }
        Ok(Parsed::Credential(unverified)) => unverified,
    };
    let family = unverified.family();
    trust::verify(*unverified, registry, now_unix_ms)
        .map_err(|error| distrusted(error, family).into())
}

/// What was recognised, but not decoded.
fn unread(error: CredentialError) -> Decision {
    let family = error.family();
    let outcome = match error.fault() {
        Fault::Unreadable => Outcome::Unreadable,
        Fault::Unprovable => Outcome::Refuse,
        Fault::Unsupported => Outcome::Refer,
        Fault::NoCredential => Outcome::NotACredential(OtherCode::Unknown),
    };
    unproven(outcome, Reason::Credential(error), family, SignatureState::Unchecked)
}

/// What was decoded, but is not believed.
fn distrusted(error: TrustError, family: Family) -> Decision {
    let outcome = match error {
        TrustError::UnknownKey
        | TrustError::KeyMissing
        | TrustError::KeyExpired
        | TrustError::KeyTerminated
        | TrustError::RegistryStale
        | TrustError::RevocationUnchecked => Outcome::Refer,
        TrustError::KeyRevoked
        | TrustError::Certificate
        | TrustError::CertificateExpired
        | TrustError::BadSignature
        | TrustError::Expired { .. }
        | TrustError::NotYetValid { .. }
        | TrustError::Revoked
        | TrustError::Purpose
        | TrustError::Product => Outcome::Refuse,
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
        steps: Vec::new(),
        family,
        signature,
        issuer: None,
        role: None,
        expires_unix_s: None,
        holder: None,
        credential_id: None,
    }
}

/// What is proven, under the venue's policy and at this door.
fn judged(
    visitor: &[&Verified],
    policy: &Policy,
    registry: &Registry,
    here: &Here<'_>,
    history: &History,
    now_unix_ms: i64,
) -> Decision {
    let mut decision = introduced(visitor);
    match rules::evaluate(visitor, policy, registry, here, now_unix_ms) {
        Ok(verdict) => {
            decision.outcome = outcome_of(verdict.ruling);
            decision.status = Some(verdict.status);
            decision.reasons = verdict.reasons.into_iter().map(Reason::Rule).collect();
            decision.steps = verdict.steps;
        }
        Err(_) => decision.reasons.push(Reason::Gate(GateReason::Fault)),
    }
    if registry.freshness(now_unix_ms) == Freshness::Stale && decision.outcome == Outcome::Admit {
        object(&mut decision, policy.stale(), Reason::Trust(TrustError::RegistryStale));
    }
    if let [first, second] = visitor
        && !same_person::same_person(&first.claims().holder, &second.claims().holder)
    {
        object(&mut decision, Instead::Refer, Reason::Gate(GateReason::NamesDiffer));
    }
    // Rules say who comes in. Nobody is kept inside; who is to be called for still is.
    if history.door.direction == Direction::Exit && decision.outcome != Outcome::RefuseAndAlert {
        decision.outcome = Outcome::Admit;
        decision.reasons.clear();
    }
    if !decision.specimen {
        let ids: Vec<_> = visitor.iter().map(|verified| verified.credential_id()).collect();
        for (instead, reason) in history.door.objections(&ids, policy.gate(), now_unix_ms) {
            object(&mut decision, instead, Reason::Gate(reason));
        }
    }
    decision
}

/// Who it is, before anything is judged.
fn introduced(visitor: &[&Verified]) -> Decision {
    let first = visitor.first().expect("somebody is there to be judged");
    let last = visitor.last().unwrap_or(first);
    let entitlements = visitor.iter().filter_map(|v| v.claims().entitlement.as_ref());
    Decision {
        outcome: Outcome::Refer,
        status: None,
        specimen: visitor.iter().any(|verified| verified.specimen()),
        reasons: Vec::new(),
        steps: Vec::new(),
        family: last.family(),
        signature: SignatureState::Valid,
        issuer: Some(first.issuer().to_owned()),
        role: entitlements.into_iter().find_map(|entitlement| entitlement.role.clone()),
        expires_unix_s: first.claims().expires_unix_s,
        holder: Some(first.claims().holder.clone()),
        credential_id: Some(last.credential_id()),
    }
}

/// Something that is not about the pass speaks against an admission. It never makes an answer
/// milder, and the screen says it first where it makes it worse; an alarm is said alone.
fn object(decision: &mut Decision, instead: Instead, reason: Reason) {
    let (weight, outcome) = match instead {
        Instead::Admit => (0, Outcome::Admit),
        Instead::Refer => (1, Outcome::Refer),
        Instead::Refuse => (2, Outcome::Refuse),
    };
    let weight_now = match decision.outcome {
        Outcome::Admit => 0,
        Outcome::Refer => 1,
        _ => 2,
    };
    if weight > weight_now {
        decision.outcome = outcome;
        decision.reasons.insert(0, reason);
    } else if decision.outcome != Outcome::RefuseAndAlert {
        decision.reasons.push(reason);
    }
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
