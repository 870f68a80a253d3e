//! `gerbang registry import`: the lists that issuers publish → issuers of a registry's source.
//!
//! Shape: files, each in one of the forms below, told apart by what is in them → a JSON list for
//! "imports", or of published rules a policy for "policies"; on stderr what was taken, and what was skipped and why.
//! Limits and errors: `FILE_BYTES_MAX` a file. Lenient in what is read: one entry that is no good
//! never costs the others. Strict in what is then trusted: a key must be usable, a key id its own,
//! an EU certificate of a country, an authority's certificate an authority's.
//! Source: the forms' own documents, named in each file of `import/`.
//! Not here: fetching; whether a list is signed by who published it: the importer is an officer at
//! her desk, who says by importing it that she believes it.

mod csca;
mod dcc;
mod did;
mod jwks;
mod pretix;
mod rules;

use super::issuer::IssuerSource;
use crate::cli::failure::Failure;
use crate::cli::trusted::read_at_most;
use clap::Args;
use serde_json::Value;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// For keys whose list gives no time: the list is the authority's word, and is imported anew.
const ALWAYS: (&str, &str) = ("2020-01-01", "2100-01-01");

/// Take keys from the lists that issuers publish.
///
/// Reads lists of EU certificates (key id and certificate or public key), VCI snapshots and JWKS of
/// SMART Health Cards, DID documents (New Zealand; DIVOC), certificates of countries' signing
/// authorities (JSON, PEM or DER), and pretix's event keys. Of the rules and value sets that a country
/// published for EU certificates it makes a policy, dcc-country, for the gate's country (--iss).
#[derive(Debug, Args)]
#[command(after_help = r#"Examples:
  gerbang registry import trust-list.json --out eu.json
  gerbang registry import vci_snapshot.json --out health-cards.json
  gerbang registry import jwks.json --iss https://example.org/issuer --out hospital.json
  gerbang registry import AUS.der JPN.pem --iss AUS --out csca.json
  gerbang registry import rules.json value-sets.json --iss AT --out dcc-country.json
then in the registry's source:  "imports": ["eu.json", "health-cards.json"], "policies": ["dcc-country.json"]"#)]
pub struct ImportArgs {
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What credentials must call their issuer, where the list does not say it.
    #[arg(long, value_name = "TEXT")]
    iss: Option<String>,
    /// The issuer's name, where the list does not say it.
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Where to write the issuers. Default: standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What one file gave.
#[derive(Debug, Default)]
struct Found {
    taken: Vec<IssuerSource>,
    /// Which, and why.
    skipped: Vec<(String, &'static str)>,
}

impl Found {
    fn skip(&mut self, which: impl Into<String>, why: &'static str) {
        self.skipped.push((which.into(), why));
    }

    /// Only what a registry would take.
    fn take(&mut self, which: &str, source: IssuerSource) {
        let copy = serde_json::to_value(&source).and_then(serde_json::from_value::<IssuerSource>);
        match copy.map(IssuerSource::issuer) {
            Ok(Ok(_)) => self.taken.push(source),
            _ => self.skip(which, "its key cannot be used"),
        }
    }
}

pub fn run(args: &ImportArgs) -> Result<ExitCode, Failure> {
    let mut said = io::stderr().lock();
    let mut taken = Vec::new();
    let mut published = rules::Published::default();
    for path in &args.files {
        let found = read(path, args, &mut published)?;
        let (count, skipped) = (found.taken.len(), found.skipped.len());
        writeln!(said, "{}: {count} taken, {skipped} skipped", path.display())?;
        for (which, why) in &found.skipped {
            writeln!(said, "  {which}: {why}")?;
        }
        taken.extend(found.taken);
    }
    if !published.is_empty() && !taken.is_empty() {
        let words = "rules become a policy and keys issuers: import them one after the other";
        return Err(Failure::new("IMPORT-MIXED", words));
    }
    let json = if published.is_empty() {
        serde_json::to_string_pretty(&taken).expect("texts and numbers are JSON") + "\n"
    } else {
        writeln!(said, "{}", published.said())?;
        published.policy(args.iss.as_deref())?
    };
    match &args.out {
        Some(path) => fs::write(path, json).map_err(|error| Failure::writing(path, &error))?,
        None => io::stdout().lock().write_all(json.as_bytes())?,
    }
    Ok(if taken.is_empty() && published.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn read(
    path: &Path,
    args: &ImportArgs,
    published: &mut rules::Published,
) -> Result<Found, Failure> {
    let bytes = read_at_most(path, FILE_BYTES_MAX)?;
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Failure::new("IMPORT-LONG", format!("{} is too long", path.display())));
    }
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    // Germany's list has its signature in a line before the JSON.
    let json = text.get(text.find(['{', '[']).unwrap_or_default()..).unwrap_or_default();
    let Ok(list) = serde_json::from_str::<Value>(json) else {
        return Ok(csca::of_certificates(&bytes, args.iss.as_deref()));
    };
    if published.take(&list) {
        return Ok(Found::default());
    }
    let unknown = || {
        let words = format!("{} is no list of a form that is known", path.display());
        Failure::new("IMPORT-FORM", words)
    };
    read_json(&list, args).ok_or_else(unknown)
}

/// By what only one form has.
fn read_json(list: &Value, args: &ImportArgs) -> Option<Found> {
    let (iss, name) = (args.iss.as_deref(), args.name.as_deref());
    if list.get("issuerInfo").is_some() {
        Some(jwks::of_snapshot(list))
    } else if list.get("keys").is_some_and(Value::is_array) {
        Some(jwks::of_keys(list, iss?, name))
    } else if did::is_document(list) {
        Some(did::of_document(list, name))
    } else if pretix::is_list(list) {
        Some(pretix::of_events(list, name))
    } else if csca::is_list(list) {
        Some(csca::of_list(list, iss))
    } else {
        Some(dcc::of_list(list, iss))
            .filter(|found| !found.taken.is_empty() || !found.skipped.is_empty())
    }
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
