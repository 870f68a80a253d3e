//! The `gerbang` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    gerbang::cli::run()
}
