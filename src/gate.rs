//! The whole decision on one screen: a payload to a `Decision`.
//!
//! Shape: `decide(payload, &Policy, &Registry, &History, now)` = parse → verify → evaluate.
//! Limits and errors: anything not proven is not admitted; each cause has its own `Reason`.
//! Not here: recording (the session appends the entry), sounds, screens, clocks.

pub use crate::credential::{CredentialError, CredentialId, Family, Holder, OtherCode, Payload};
pub use crate::rules::{Policy, RuleReason, Sentence, Status};
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

/// Judges one payload. Same payload, policy, registry, history and `now`: same answer.
pub fn decide(
    _payload: &Payload,
    _policy: &Policy,
    _registry: &Registry,
    _history: &History,
    _now_unix_ms: i64,
) -> Decision {
    todo!()
}
