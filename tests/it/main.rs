//! All native tests: one binary.

mod audit_log;
mod authority;
mod certlogic;
mod forge;
mod pass;
mod registry;
mod tidy;
mod dcc_rules;
#[cfg(feature = "cli")]
mod rules_eval;
