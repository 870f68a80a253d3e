//! `gerbang log`: what exports of the gates' logs say, and whether they are whole.

mod exports;
mod sealed;
mod simulate;
mod stats;
mod trace;
mod verify;

pub use exports::Lines;

use super::failure::Failure;
use clap::{Args, Subcommand};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct LogArgs {
    #[command(subcommand)]
    command: LogCommand,
}

#[derive(Debug, Subcommand)]
enum LogCommand {
    Verify(verify::VerifyArgs),
    Stats(stats::StatsArgs),
    Trace(trace::TraceArgs),
    Simulate(simulate::SimulateArgs),
    Seal(sealed::SealArgs),
    Open(sealed::OpenArgs),
}

pub fn run(args: &LogArgs) -> Result<ExitCode, Failure> {
    match &args.command {
        LogCommand::Verify(args) => verify::run(args),
        LogCommand::Stats(args) => stats::run(args),
        LogCommand::Trace(args) => trace::run(args),
        LogCommand::Simulate(args) => simulate::run(args),
        LogCommand::Seal(args) => sealed::seal(args),
        LogCommand::Open(args) => sealed::open(args),
    }
}
