//! All native tests: one binary.

mod attention;
mod audit_log;
mod audit_log_export;
mod audit_log_forge;
mod audit_log_golden;
mod audit_log_signed;
mod authority;
mod cbor_peers;
mod certlogic;
mod chance;
mod city;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod command;
mod confusion;
mod days;
mod dcc_country;
mod dcc_rules;
mod desk;
mod door;
mod driver;
mod es256_families;
#[cfg(feature = "cli")]
mod families_suites;
mod foreign;
mod forge;
mod gate;
mod hc1;
#[cfg(feature = "cli")]
mod hub_command;
mod hub_documents;
#[cfg(feature = "cli")]
mod hub_faults;
mod hub_gate;
mod hub_gathering;
mod hub_hearers;
mod hub_hearing;
#[cfg(feature = "cli")]
mod hub_hostile;
#[cfg(feature = "cli")]
mod hub_peer;
#[cfg(feature = "cli")]
mod hub_privacy;
#[cfg(feature = "cli")]
mod hub_proxy;
#[cfg(feature = "cli")]
mod hub_pull;
#[cfg(feature = "cli")]
mod hub_restored;
mod hub_sending;
mod hub_simulation;
mod hub_weight;
#[cfg(feature = "cli")]
mod issue_command;
mod known;
mod lens;
#[cfg(feature = "cli")]
mod log_command;
mod losses;
mod pass;
mod pass_document;
mod pass_properties;
mod policy;
mod poster;
mod registry;
#[cfg(feature = "cli")]
mod registry_import;
mod revocation;
#[cfg(feature = "cli")]
mod rules_eval;
#[cfg(feature = "cli")]
mod rules_test;
mod scan;
mod seals;
mod session;
mod setup_code;
mod setup_journeys;
mod shift;
mod supervisor;
mod tamper;
mod tidy;
#[cfg(feature = "cli")]
mod trace_command;
mod tracing;
mod ur;
mod vectors;
