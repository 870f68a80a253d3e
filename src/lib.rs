//! Gerbang: the scanner at a public building's door. The rooms, in reading order.

pub mod envelope;

pub mod credential;

pub mod trust;

pub mod rules;

pub mod audit_log;

pub mod scan;

pub mod gate;

pub mod session;

pub mod desk;

pub mod sync;

pub mod issue;

#[cfg(feature = "browser")]
pub mod browser;

#[cfg(feature = "cli")]
pub mod cli;
