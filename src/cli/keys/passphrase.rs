//! Where a passphrase comes from: the environment for scripts, else a prompt.
//!
//! Limits and errors: one line, without the line's end; an empty one protects nothing and is refused.

use super::super::failure::Failure;
use std::env;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// Holds the passphrase itself.
const VARIABLE: &str = "GERBANG_PASSPHRASE";
/// Names a file whose first line is the passphrase.
const FILE_VARIABLE: &str = "GERBANG_PASSPHRASE_FILE";

/// For a file that exists.
pub fn ask(file: &Path) -> Result<String, Failure> {
    match from_environment()? {
        Some(passphrase) => Ok(passphrase),
        None => prompt(&format!("Passphrase of {}: ", file.display())),
    }
}

/// For files that are to be made: asked twice, since nobody can ask it back.
pub fn choose() -> Result<String, Failure> {
    if let Some(passphrase) = from_environment()? {
        return Ok(passphrase);
    }
    let passphrase = prompt("Passphrase for the new keys: ")?;
    if prompt("The same again: ")? == passphrase {
        Ok(passphrase)
    } else {
        Err(Failure::new("PASSPHRASE", "the two passphrases differ; nothing was written"))
    }
}

fn from_environment() -> Result<Option<String>, Failure> {
    if let Some(passphrase) = env::var_os(VARIABLE) {
        let passphrase = passphrase.into_string().unwrap_or_default();
        return some(&passphrase).map(Some);
    }
    let Some(path) = env::var_os(FILE_VARIABLE).map(PathBuf::from) else { return Ok(None) };
    let text = fs::read_to_string(&path).map_err(|error| Failure::reading(&path, &error))?;
    some(text.lines().next().unwrap_or_default()).map(Some)
}

fn prompt(words: &str) -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        let words = format!(
            "a passphrase is needed and nobody can be asked: set {VARIABLE} or {FILE_VARIABLE}"
        );
        return Err(Failure::new("PASSPHRASE-NONE", words));
    }
    some(&rpassword::prompt_password(words)?)
}

fn some(passphrase: &str) -> Result<String, Failure> {
    match passphrase {
        "" => Err(Failure::new("PASSPHRASE", "an empty passphrase protects nothing")),
        some => Ok(some.to_owned()),
    }
}
