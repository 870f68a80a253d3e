//! `gerbang registry rotate`: from one root to the next.

use super::super::failure::Failure;
use super::super::keys;
use crate::issue::registry;
use crate::trust::{RootKey, Site};
use clap::Args;
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde_json::{Value, json};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Let the old root name its successor: prints a statement for the registry's "roots_hex".
///
/// Gates that know the old root then believe a registry of the new one, and a site.json that names
/// it. Keep every statement: a gate that slept through two changes needs both. With --source the
/// statement is put into the registry's source and its version raised, with --site the new root is
/// put in the old one's place; sign the registry with the new root then.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  gerbang keygen --protect kota/keys/root-2.key.json
  gerbang registry rotate --old kota/keys/root.key.json --new kota/keys/root-2.key.json \\
      --source kota/registry.json --site kota/site.json
  gerbang registry build kota/registry.json --root kota/keys/root-2.key.json \\
      --out kota/registry.cose")]
pub struct RotateArgs {
    /// The old root's key file.
    #[arg(long, value_name = "FILE")]
    old: PathBuf,
    /// The new root's key file.
    #[arg(long, value_name = "FILE")]
    new: PathBuf,
    /// The registry's source, to take the statement.
    #[arg(long, value_name = "FILE")]
    source: Option<PathBuf>,
    /// The site.json, to name the new root.
    #[arg(long, value_name = "FILE")]
    site: Option<PathBuf>,
}

pub fn run(args: &RotateArgs) -> Result<ExitCode, Failure> {
    let (old, new) = (keys::read(&args.old)?, keys::read(&args.new)?);
    let old_root = RootKey(old.verifying_key().to_bytes());
    let new_root = RootKey(new.verifying_key().to_bytes());
    let statement = HEX.encode(&registry::rotation(&old, new_root));
    // Both are made before either is written.
    let site = args.site.as_deref().map(|path| site_with(path, old_root, new_root)).transpose()?;
    let source = args.source.as_deref().map(|path| source_with(path, &statement)).transpose()?;
    for (path, text) in [(&args.source, source), (&args.site, site)] {
        if let (Some(path), Some(text)) = (path, text) {
            fs::write(path, text).map_err(|error| Failure::writing(path, &error))?;
        }
    }
    writeln!(io::stdout().lock(), "{statement}")?;
    Ok(ExitCode::SUCCESS)
}

fn source_with(path: &Path, statement: &str) -> Result<String, Failure> {
    let wrong = |words: &str| Failure::new("SOURCE-JSON", format!("{}: {words}", path.display()));
    let text = fs::read(path).map_err(|error| Failure::reading(path, &error))?;
    let mut source: Value = serde_json::from_slice(&text).map_err(|_| wrong("no JSON"))?;
    let version =
        source.get("version").and_then(Value::as_u64).ok_or_else(|| wrong("no version"))?;
    let roots = source.get("roots_hex").cloned().unwrap_or_else(|| json!([]));
    let Value::Array(mut roots) = roots else { return Err(wrong("roots_hex is no list")) };
    roots.push(json!(statement));
    let object = source.as_object_mut().ok_or_else(|| wrong("no object"))?;
    object.insert("version".to_owned(), json!(version + 1));
    object.insert("roots_hex".to_owned(), Value::Array(roots));
    Ok(format!("{source:#}\n"))
}

fn site_with(path: &Path, old: RootKey, new: RootKey) -> Result<String, Failure> {
    let json = fs::read(path).map_err(|error| Failure::reading(path, &error))?;
    let mut site = Site::parse(&json).map_err(|error| {
        Failure::new(error.code(), format!("{} is no site.json in order", path.display()))
    })?;
    let root = site.roots.iter_mut().find(|root| **root == old).ok_or_else(|| {
        Failure::new("ROOT-OTHER", format!("{} does not pin the old root", path.display()))
    })?;
    *root = new;
    Ok(site.to_json())
}
