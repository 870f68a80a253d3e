//! All native tests: one binary.
mod audit_log;
mod certlogic;
mod forge;
mod pass;
mod tidy;
mod authority;
mod registry;
