//! `gerbang hub`: the databases in which the gates of a venue know of each other.
//!
//! Shape: a registry and an admin's password → databases, users, replications; documents → what is
//! wrong with them, export files, what has to go.
//! Limits and errors: `HUB-…`; answers are bounded and never believed beyond what the gates signed.
//! Source: docs/hub.md.

mod access;
mod couch;
mod gates;
mod init;
mod look;
mod mark;
mod pull;
mod purge;
mod reading;
mod verify;
mod watch;

pub use access::access;

use super::failure::Failure;
use clap::{Args, Subcommand};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct HubArgs {
    #[command(subcommand)]
    command: HubCommand,
}

#[derive(Debug, Subcommand)]
enum HubCommand {
    Init(init::InitArgs),
    Enrol(gates::EnrolArgs),
    Retire(gates::RetireArgs),
    Verify(verify::VerifyArgs),
    Pull(pull::PullArgs),
    Watch(watch::WatchArgs),
    Purge(purge::PurgeArgs),
}

pub fn run(args: &HubArgs) -> Result<ExitCode, Failure> {
    match &args.command {
        HubCommand::Init(args) => init::run(args),
        HubCommand::Enrol(args) => gates::enrol(args),
        HubCommand::Retire(args) => gates::retire(args),
        HubCommand::Verify(args) => verify::run(args),
        HubCommand::Pull(args) => pull::run(args),
        HubCommand::Watch(args) => watch::run(args),
        HubCommand::Purge(args) => purge::run(args),
    }
}
