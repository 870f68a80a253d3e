//! What this venue wants: a policy as data, evaluated over proven facts.
//!
//! Shape: `Policy` (JSON) + `Verified` + `Here` + now → facts → each rule's logic → `Verdict`.
//! Limits and errors: a policy has a size limit and named errors; a rule that cannot be evaluated
//! gives an error, never an admission.
//! Source: docs/policy.md; the logic is CertLogic.
//! Not here: whether a credential is proven (`trust`), what an answer looks like (`browser`).

pub mod certlogic;
pub mod dcc;
mod evaluate;
mod facts;
mod policy;

pub use evaluate::{Verdict, evaluate};
pub use facts::{Here, facts};
pub use policy::{
    POLICY_BYTES_MAX, Policy, PolicyError, RuleReason, Ruling, SHIPPED, Sentence, StaleRule, Status,
};
