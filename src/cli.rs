//! The `gerbang` command.
//!
//! Shape: arguments and files → the pure rooms → text, JSON and files.
//! Limits and errors: each failure is one line on stderr, in words, with its stable code, and exit
//! status 2.
//! Source: the design's "The command"; `--help` teaches.

mod demo;
mod failure;
mod hub;
mod init;
mod issue;
mod keys;
mod log;
mod moment;
mod picture;
mod poster;
mod public_key;
mod registry;
pub mod rules;
mod said;
mod scan;
mod setup_code;
pub mod suite;
mod table;
mod trusted;
mod verify;
pub mod verify_line;

use clap::{Parser, Subcommand};
use failure::Failure;
use std::io::{self, Write};
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(name = "gerbang", version, about = "Makes and checks what the gate scanner reads.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitArgs),
    Keygen(keys::KeygenArgs),
    Issue(issue::IssueArgs),
    Registry(registry::RegistryArgs),
    SetupCode(setup_code::SetupCodeArgs),
    Poster(poster::PosterArgs),
    Verify(verify::VerifyArgs),
    /// Codes in images.
    Scan(scan::ScanArgs),
    /// Policies and the rules they are made of.
    Rules(rules::RulesArgs),
    /// Exports of gates' logs.
    Log(log::LogArgs),
    /// The databases in which the gates of a venue know of each other.
    Hub(hub::HubArgs),
    Demo(demo::DemoArgs),
    Suite(suite::SuiteArgs),
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let ran = match Cli::parse().command {
        Command::Init(args) => init::run(&args),
        Command::Keygen(args) => keys::run(&args),
        Command::Issue(args) => issue::run(&args),
        Command::Registry(args) => registry::run(&args),
        Command::SetupCode(args) => setup_code::run(&args),
        Command::Poster(args) => poster::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Scan(args) => scan::run(&args).map_err(Failure::from),
        Command::Rules(args) => rules::run(&args),
        Command::Log(args) => log::run(&args),
        Command::Hub(args) => hub::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Suite(args) => suite::run(&args),
    };
    ran.unwrap_or_else(|failure| {
        if failure.nobody_reads() {
            return ExitCode::SUCCESS;
        }
        // Nowhere left to say it if this fails too.
        let _ = writeln!(io::stderr(), "gerbang: {failure}");
        ExitCode::from(2)
    })
}
