//! What this venue wants: a policy as data, evaluated over proven facts.
//!
//! Shape: `Policy` (JSON) + one or two `Verified` + `Here` + now → `facts` → each rule's logic →
//! `Verdict`, with every step that led to it.
//! Limits and errors: a policy has a size limit and named errors; a rule that cannot be evaluated
//! gives an error, never an admission.
//! Source: docs/policy.md; the logic is CertLogic.
//! Not here: whether a credential is proven (`trust`), what an answer looks like (`browser`).

mod cases;
pub mod certlogic;
pub mod country;
pub mod dcc;
mod evaluate;
mod facts;
mod policy;

pub use cases::{CASES_BYTES_MAX, Case, CasesError, Expected, Tried, parse_cases};
pub use evaluate::{Step, Verdict, evaluate, judge};
pub use facts::{Here, facts, has_role};
pub use policy::{
    GateRules, Instead, POLICY_BYTES_MAX, Policy, PolicyError, RuleReason, Ruling, SHIPPED,
    Sentence, Status,
};
