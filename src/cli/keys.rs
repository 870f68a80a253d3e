//! Key files: an Ed25519 key pair as JSON.

use super::failure::Failure;
use crate::issue::key::{SigningKey, key_id};
use clap::Args;
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde_json::{Value, json};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Make a key pair: for a root, which signs registries, or for an issuer, which signs passes.
///
/// The file holds the private key. Whoever has it can sign in your name: keep it off the site, and
/// keep a copy. Printed are the public key (for site.json or for the registry's source) and the key
/// id.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  gerbang keygen root.key.json\n  gerbang keygen issuer.key.json"
)]
pub struct KeygenArgs {
    /// One JSON object instead of text.
    #[arg(long)]
    json: bool,
    /// Written readable for you alone; never overwritten.
    file: PathBuf,
}

pub fn run(args: &KeygenArgs) -> Result<ExitCode, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)
        .map_err(|error| Failure::new("RANDOM", format!("no random bytes: {error}")))?;
    let key = SigningKey::from_bytes(&seed);
    let public_key = key.verifying_key().to_bytes();
    let (public_hex, kid_hex) = (HEX.encode(&public_key), HEX.encode(&key_id(&public_key)));
    let content = json!({
        "v": 1,
        "alg": "EdDSA",
        "private_key_hex": HEX.encode(&seed),
        "public_key_hex": public_hex,
        "kid_hex": kid_hex,
    });
    write_private(&args.file, format!("{content:#}\n").as_bytes())?;
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", json!({ "public_key_hex": public_hex, "kid_hex": kid_hex }))?;
    } else {
        writeln!(out, "public key {public_hex}\nkey id     {kid_hex}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The private key of a key file.
pub fn read(path: &Path) -> Result<SigningKey, Failure> {
    let text = fs::read(path).map_err(|error| Failure::reading(path, &error))?;
    let no_key = || {
        let words = format!("{} is no key file as `gerbang keygen` writes it", path.display());
        Failure::new("KEY-FILE", words)
    };
    let content: Value = serde_json::from_slice(&text).map_err(|_| no_key())?;
    let hex = content.get("private_key_hex").and_then(Value::as_str).ok_or_else(no_key)?;
    let seed = HEX.decode(hex.as_bytes()).ok().and_then(|seed| <[u8; 32]>::try_from(seed).ok());
    Ok(SigningKey::from_bytes(&seed.ok_or_else(no_key)?))
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| Failure::writing(path, &error))?;
    file.write_all(bytes).map_err(|error| Failure::writing(path, &error))
}
