//! The `gerbang` command.

mod log;
pub mod rules;
mod scan;

use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(name = "gerbang", version, about = "The gate scanner's tools.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Codes in images.
    Scan(scan::ScanArgs),
    /// Policies and the rules they are made of.
    Rules(rules::RulesArgs),
    /// Exports of gates' logs.
    Log(log::LogArgs),
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let ran = match Cli::parse().command {
        Command::Scan(args) => scan::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Log(args) => log::run(&args),
    };
    ran.unwrap_or_else(|error| {
        // Nowhere left to say it if this fails too.
        let _ = writeln!(io::stderr(), "{error}");
        ExitCode::from(2)
    })
}
