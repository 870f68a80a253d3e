//! All native tests: one binary.
mod audit_log;
mod certlogic;
mod tidy;
