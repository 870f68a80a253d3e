//! `gerbang log seal` and `open`: an export that only the authority can read.

use super::super::failure::Failure;
use super::super::keys::{self, KeyUse};
use crate::audit_log::{SealedError, open_export, seal_export};
use clap::Args;
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

/// Seal an export to the authority's public key, to carry it over ways that others may read.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  gerbang keygen --sealing --protect kota/keys/sealing-202611.key.json
  gerbang log seal --to PUBLIC_KEY_HEX --out pintu-1.gbx pintu-1.jsonl
  gerbang log open --key kota/keys/sealing-202611.key.json --out pintu-1.jsonl pintu-1.gbx")]
pub struct SealArgs {
    /// The public key, 64 hexadecimal digits, as `gerbang keygen --sealing` prints it.
    #[arg(long, value_name = "HEX", value_parser = public_key)]
    to: [u8; 32],
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    export: PathBuf,
}

/// Open a sealed export with the authority's sealing key.
#[derive(Debug, Args)]
pub struct OpenArgs {
    /// The sealing key's file.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    sealed: PathBuf,
}

pub fn seal(args: &SealArgs) -> Result<ExitCode, Failure> {
    let export = fs::read(&args.export).map_err(|error| Failure::reading(&args.export, &error))?;
    let sealed = seal_export(&export, &args.to, keys::random()?)
        .map_err(|error| Failure::new(error.code(), "--to is no key that can be sealed to"))?;
    fs::write(&args.out, sealed).map_err(|error| Failure::writing(&args.out, &error))?;
    Ok(ExitCode::SUCCESS)
}

pub fn open(args: &OpenArgs) -> Result<ExitCode, Failure> {
    let key = keys::read_secret(&args.key, KeyUse::Sealing)?;
    let sealed = fs::read(&args.sealed).map_err(|error| Failure::reading(&args.sealed, &error))?;
    let export = open_export(&sealed, &key).map_err(|error| {
        let path = args.sealed.display();
        let words = match error {
            SealedError::Magic => format!("{path} is no sealed export"),
            _ => format!("{path} does not open: sealed to another key, or damaged"),
        };
        Failure::new(error.code(), words)
    })?;
    fs::write(&args.out, export).map_err(|error| Failure::writing(&args.out, &error))?;
    Ok(ExitCode::SUCCESS)
}

fn public_key(text: &str) -> Result<[u8; 32], String> {
    let bytes = HEX.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| "64 hexadecimal digits are needed".to_owned())
}
