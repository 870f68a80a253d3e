//! `gerbang registry`: a source that people edit → registry.cose, and back to something readable.

mod codes;
mod import;
mod issuer;
mod rotate;
mod source;

pub use codes::codes;

use super::failure::Failure;
use super::trusted::{self, RootArgs};
use super::{keys, moment};
use crate::credential::Family;
use crate::issue::key::SigningKey;
use crate::issue::registry::{self, BuildError};
use crate::issue::revocation;
use crate::trust::{BLOCK_DAYS_MAX, Issuer, RootKey};
use clap::{Args, Subcommand};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Make and read registry.cose: whom the gates believe.
#[derive(Debug, Args)]
pub struct RegistryArgs {
    #[command(subcommand)]
    command: RegistryCommand,
}

#[derive(Debug, Subcommand)]
enum RegistryCommand {
    Build(BuildArgs),
    Inspect(InspectArgs),
    Import(import::ImportArgs),
    Codes(codes::CodesArgs),
    Rotate(rotate::RotateArgs),
    Revoke(RevokeArgs),
}

/// Sign a registry from its source, a JSON file.
#[derive(Debug, Args)]
#[command(after_help = r#"The source:
  {
    "version": 1,
    "valid_days": 90,
    "issuers": [{
      "name": "Dinas Kesehatan", "country": "ID", "iss": "dinkes.example.go.id",
      "public_key_hex": "(printed by gerbang keygen)",
      "families": ["gerbang"], "purposes": ["entry", "vaccination"],
      "from": "2026-01-01", "until": "2027-01-01"
    }],
    "imports": ["indonesia", "eu.json"],
    "policies": ["pedulilindungi-2021", "our-policy.json"],
    "venues": [{"id": "balai-kota", "name": "Balai Kota", "zones": ["kantor"]}],
    "block": {"key_hex": "(64 digits)", "days": 14, "passes": ["GB1:..."]},
    "sealing": {"key_hex": "(printed by gerbang keygen --sealing)", "days": 31},
    "hub": "https://hub.example.go.id"
  }
`version` must grow with every registry. "policies" are shipped ones by name, or files beside the
source; so are "imports": "indonesia" is the ministry of health's key, files are what `gerbang
registry import` writes. With a new root, "roots_hex" lists what `gerbang registry rotate` printed,
oldest first. Of an issuer "iss", "country", "kid_hex" or "kid", "state", "specimen", "products" and
"revoked_hex" may be missing. "hub" is the address of the CouchDB that the gates of a venue share, or a
path of the site's own origin such as "/hub"; without it each gate is alone.

Example:
  gerbang registry build registry.json --root root.key.json --out registry.cose"#)]
struct BuildArgs {
    source: PathBuf,
    /// The root's key file.
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// When it is issued. Default: now.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    now: Option<i64>,
}

/// Write a revocation list's part from ids, and print what the registry's source says of it.
///
/// Ids are hexadecimal, one a line: of a pass its `cti`. Later parts hold changes only; the last part
/// that names an id decides.
#[derive(Debug, Args)]
#[command(after_help = r#"Example:
  gerbang registry revoke withdrawn.txt --out revocations/2026-1.bin
prints {"address": "revocations/2026-1.bin", "sha256_hex": "..."}, for
  "revocations": [{"id": "2026", "until": "2027-01-01", "parts": [...]}]
in the registry's source, and "lists": ["2026"] at the issuer."#)]
struct RevokeArgs {
    /// Ids that are withdrawn.
    ids: PathBuf,
    /// Ids that no longer are.
    #[arg(long, value_name = "FILE")]
    restore: Option<PathBuf>,
    /// Whose ids: gerbang, hc1, shc and so on.
    #[arg(long, value_name = "NAME", default_value = "gerbang", value_parser = family)]
    family: Family,
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

fn revoke(args: &RevokeArgs) -> Result<ExitCode, Failure> {
    let added = ids(&args.ids)?;
    let removed = args.restore.as_deref().map(ids).transpose()?.unwrap_or_default();
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)
        .map_err(|error| Failure::new("RANDOM", format!("no random bytes: {error}")))?;
    let (added, removed) = (added.iter().map(Vec::as_slice), removed.iter().map(Vec::as_slice));
    let part = revocation::part(&salt, args.family, added, removed);
    fs::write(&args.out, &part).map_err(|error| Failure::writing(&args.out, &error))?;
    let sha256_hex = HEX.encode(&Sha256::digest(&part));
    let said = json!({ "address": args.out.to_string_lossy(), "sha256_hex": sha256_hex });
    writeln!(io::stdout().lock(), "{said}")?;
    Ok(ExitCode::SUCCESS)
}

fn ids(path: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::reading(path, &error))?;
    let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    let decode = |(number, line): (usize, &str)| {
        HEX.decode(line.as_bytes()).map_err(|_| {
            let words = format!("line {} of {} is no id", number + 1, path.display());
            Failure::new("INPUT-HEX", words)
        })
    };
    lines.map(decode).collect()
}

fn family(name: &str) -> Result<Family, String> {
    let known = Family::CREDENTIALS.into_iter().find(|family| family.name() == name);
    known.ok_or_else(|| "no family is called so".to_owned())
}

/// Check a registry against its root and print what it says.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  gerbang registry inspect dist/registry.cose --site dist/site.json"
)]
struct InspectArgs {
    file: PathBuf,
    #[command(flatten)]
    roots: RootArgs,
    /// JSON instead of text.
    #[arg(long)]
    json: bool,
    /// The gate's clock, for the registry's age. Default: now.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    now: Option<i64>,
}

pub fn run(args: &RegistryArgs) -> Result<ExitCode, Failure> {
    match &args.command {
        RegistryCommand::Build(args) => build(args),
        RegistryCommand::Inspect(args) => inspect(args),
        RegistryCommand::Import(args) => import::run(args),
        RegistryCommand::Codes(args) => codes::run(args),
        RegistryCommand::Rotate(args) => rotate::run(args),
        RegistryCommand::Revoke(args) => revoke(args),
    }
}

fn build(args: &BuildArgs) -> Result<ExitCode, Failure> {
    let root = keys::read(&args.root)?;
    let now_unix_s = args.now.unwrap_or_else(|| moment::now_unix_ms() / 1000);
    let (version, bytes) = build_files(&args.source, &root, &args.out, now_unix_s)?;
    let root_key = RootKey(root.verifying_key().to_bytes());
    writeln!(
        io::stdout().lock(),
        "version {version}, {} bytes\ndigest  {}\nroot    {}",
        bytes.len(),
        HEX.encode(&Sha256::digest(&bytes)),
        root_key.hex()
    )?;
    Ok(ExitCode::SUCCESS)
}

/// From a source's file to a registry's; its version and its bytes.
pub fn build_files(
    source_path: &Path,
    root: &SigningKey,
    out: &Path,
    now_unix_s: i64,
) -> Result<(u64, Vec<u8>), Failure> {
    let text = fs::read(source_path).map_err(|error| Failure::reading(source_path, &error))?;
    let source: source::Source = serde_json::from_slice(&text).map_err(|error| {
        Failure::new("SOURCE-JSON", format!("{}: {error}", source_path.display()))
    })?;
    let body = source::body(source, source_path, now_unix_s)?;
    let bytes = registry::build(&body, root).map_err(|error| match error {
        BuildError::BlockTooLong => {
            let words = format!("nobody may be blocked longer than {BLOCK_DAYS_MAX} days");
            Failure::new(error.code(), words)
        }
        BuildError::Refused(error) => trusted::refused(source_path, error),
    })?;
    fs::write(out, &bytes).map_err(|error| Failure::writing(out, &error))?;
    Ok((body.version, bytes))
}

fn inspect(args: &InspectArgs) -> Result<ExitCode, Failure> {
    let registry = trusted::open(&args.file, &args.roots)?;
    let now_unix_ms = args.now.map_or_else(moment::now_unix_ms, |now| now.saturating_mul(1000));
    let body = registry.body();
    let shown = json!({
        "version": body.version,
        "issued": moment::rfc3339(body.issued_unix_s),
        "expires": moment::rfc3339(body.expires_unix_s),
        "age": format!("{:?}", registry.freshness(now_unix_ms)).to_lowercase(),
        "digest": HEX.encode(&registry.digest()),
        "issuers": body.issuers.iter().map(issuer_shown).collect::<Vec<_>>(),
        "policies": body.policies.iter().map(|policy| &policy.id).collect::<Vec<_>>(),
        "venues": body.venues.iter().map(|venue| json!({
            "id": venue.id,
            "name": venue.name,
            "zones": venue.zones,
        })).collect::<Vec<_>>(),
        "blocked": body.block_list.len(),
    });
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{shown}")?;
    } else {
        write_plainly(&shown, &mut out)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn issuer_shown(issuer: &Issuer) -> Value {
    json!({
        "name": issuer.name,
        "country": issuer.country,
        "iss": issuer.claimed_as,
        "kid_hex": HEX.encode(&issuer.key_id),
        "public_key_hex": HEX.encode(&issuer.public_key),
        "families": issuer.families.iter().map(|family| family.name()).collect::<Vec<_>>(),
        "purposes": issuer.purposes.iter().map(|purpose| purpose.name()).collect::<Vec<_>>(),
        "from": moment::rfc3339(issuer.from_unix_s),
        "until": moment::rfc3339(issuer.until_unix_s),
        "specimen": issuer.specimen,
        "revoked": issuer.revoked.len(),
    })
}

fn write_plainly(shown: &Value, out: &mut impl Write) -> io::Result<()> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(words) => {
            words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    for key in ["version", "issued", "expires", "age", "digest", "policies", "blocked"] {
        writeln!(out, "{key:<9} {}", text(&shown[key]))?;
    }
    for issuer in shown["issuers"].as_array().into_iter().flatten() {
        writeln!(out, "issuer    {}", text(&issuer["name"]))?;
        for key in ["iss", "kid_hex", "families", "purposes", "from", "until", "revoked"] {
            writeln!(out, "  {key:<9} {}", text(&issuer[key]))?;
        }
    }
    for venue in shown["venues"].as_array().into_iter().flatten() {
        writeln!(out, "venue     {}: {}", text(&venue["id"]), text(&venue["name"]))?;
    }
    Ok(())
}
