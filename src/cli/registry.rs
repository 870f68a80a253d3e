//! `gerbang registry`: a source that people edit → registry.cose, and back to something readable.

use super::failure::Failure;
use super::trusted::{self, RootArgs};
use super::{keys, moment, verify};
use crate::credential::{self, Algorithm, CredentialId, Family, Parsed, Payload};
use crate::issue::key::key_id;
use crate::issue::registry::{self, BuildError};
use crate::rules::{Policy, PolicyError, SHIPPED};
use crate::trust::{
    BLOCK_DAYS_MAX, BlockEntry, BlockList, Issuer, PolicyText, Purpose, RegistryBody, RootKey,
    Venue,
};
use clap::{Args, Subcommand};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde::Deserialize;
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
    Rotate(RotateArgs),
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
    "policies": ["pedulilindungi-2021", "our-policy.json"],
    "venues": [{"id": "balai-kota", "name": "Balai Kota", "zones": ["kantor"]}],
    "block": {"key_hex": "(64 digits)", "days": 14, "passes": ["GB1:..."]}
  }
`version` must grow with every registry. `policies` are shipped ones by name, or files beside the
source. With a new root, "roots_hex" lists
what `gerbang registry rotate` printed, oldest first. Of an issuer "iss", "country", "kid_hex", "specimen" and "revoked_hex" may be missing.

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

/// Let the old root name its successor: prints a statement for the registry's "roots_hex".
///
/// Gates that know the old root then believe a registry of the new one, and a site.json that names
/// it. Keep every statement: a gate that slept through two changes needs both.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  gerbang registry rotate --old root.key.json --new root-2.key.json"
)]
struct RotateArgs {
    /// The old root's key file.
    #[arg(long, value_name = "FILE")]
    old: PathBuf,
    /// The new root's key file.
    #[arg(long, value_name = "FILE")]
    new: PathBuf,
}

fn rotate(args: &RotateArgs) -> Result<ExitCode, Failure> {
    let (old, new) = (keys::read(&args.old)?, keys::read(&args.new)?);
    let statement = registry::rotation(&old, RootKey(new.verifying_key().to_bytes()));
    writeln!(io::stdout().lock(), "{}", HEX.encode(&statement))?;
    Ok(ExitCode::SUCCESS)
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
        RegistryCommand::Rotate(args) => rotate(args),
    }
}

/// The source file's own shape. Unknown keys are typing errors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    version: u64,
    valid_days: i64,
    #[serde(default)]
    issuers: Vec<IssuerSource>,
    #[serde(default)]
    policies: Vec<String>,
    #[serde(default)]
    venues: Vec<VenueSource>,
    block: Option<BlockSource>,
    #[serde(default)]
    roots_hex: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IssuerSource {
    name: String,
    country: Option<String>,
    iss: Option<String>,
    public_key_hex: String,
    kid_hex: Option<String>,
    families: Vec<String>,
    purposes: Vec<String>,
    from: String,
    until: String,
    #[serde(default)]
    specimen: bool,
    #[serde(default)]
    revoked_hex: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VenueSource {
    id: String,
    name: String,
    #[serde(default)]
    zones: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockSource {
    key_hex: String,
    days: i64,
    passes: Vec<String>,
}

fn build(args: &BuildArgs) -> Result<ExitCode, Failure> {
    let root = keys::read(&args.root)?;
    let text = fs::read(&args.source).map_err(|error| Failure::reading(&args.source, &error))?;
    let source: Source = serde_json::from_slice(&text).map_err(|error| {
        Failure::new("SOURCE-JSON", format!("{}: {error}", args.source.display()))
    })?;
    let now_unix_s = args.now.unwrap_or_else(|| moment::now_unix_ms() / 1000);
    let body = body(source, &args.source, now_unix_s)?;
    let bytes = registry::build(&body, &root).map_err(|error| match error {
        BuildError::BlockTooLong => {
            let words = format!("nobody may be blocked longer than {BLOCK_DAYS_MAX} days");
            Failure::new(error.code(), words)
        }
        BuildError::Refused(error) => trusted::refused(&args.source, error),
    })?;
    fs::write(&args.out, &bytes).map_err(|error| Failure::writing(&args.out, &error))?;
    let root_key = RootKey(root.verifying_key().to_bytes());
    writeln!(
        io::stdout().lock(),
        "version {}, {} bytes\ndigest  {}\nroot    {}",
        body.version,
        bytes.len(),
        HEX.encode(&Sha256::digest(&bytes)),
        root_key.hex()
    )?;
    Ok(ExitCode::SUCCESS)
}

fn body(source: Source, path: &Path, now_unix_s: i64) -> Result<RegistryBody, Failure> {
    const DAY_S: i64 = 24 * 3600;
    let after_days = |days: i64| now_unix_s.saturating_add(days.saturating_mul(DAY_S));
    let issuers = source.issuers.into_iter().map(issuer).collect::<Result<_, _>>()?;
    let policies = source.policies.iter().map(|named| policy(named, path));
    let block_list = match source.block {
        None => BlockList::default(),
        Some(block) => {
            let key = hex_of("key_hex", &block.key_hex)?
                .try_into()
                .map_err(|_| wrong("key_hex of the block list has 64 digits"))?;
            let ids: Vec<CredentialId> =
                block.passes.iter().map(|text| credential_id(text)).collect::<Result<_, _>>()?;
            let until_unix_s = after_days(block.days);
            let entry = |id| BlockEntry { hash: BlockList::hash(&key, id), until_unix_s };
            BlockList::new(key, ids.into_iter().map(entry))
        }
    };
    Ok(RegistryBody {
        version: source.version,
        issued_unix_s: now_unix_s,
        expires_unix_s: after_days(source.valid_days),
        fresh_s: DAY_S,
        warn_s: 14 * DAY_S,
        issuers,
        policies: policies.collect::<Result<_, _>>()?,
        venues: source
            .venues
            .into_iter()
            .map(|venue| Venue { id: venue.id, name: venue.name, zones: venue.zones })
            .collect(),
        block_list,
        rotations: source
            .roots_hex
            .iter()
            .map(|hex| hex_of("roots_hex", hex))
            .collect::<Result<_, _>>()?,
    })
}

fn issuer(source: IssuerSource) -> Result<Issuer, Failure> {
    let name = source.name;
    let key: [u8; 32] = hex_of("public_key_hex", &source.public_key_hex)?
        .try_into()
        .map_err(|_| wrong(&format!("public_key_hex of {name} has 64 digits")))?;
    let kid = match &source.kid_hex {
        Some(hex) => hex_of("kid_hex", hex)?,
        None => key_id(&key).to_vec(),
    };
    let family = |word: &String| {
        FAMILIES
            .into_iter()
            .find(|family| family.name() == word)
            .ok_or_else(|| wrong(&format!("{word} of {name} is no family")))
    };
    let purpose = |word: &String| {
        Purpose::ALL
            .into_iter()
            .find(|purpose| purpose.name() == word)
            .ok_or_else(|| wrong(&format!("{word} of {name} is no purpose")))
    };
    let time = |text: &str| moment::parse(text).map_err(|words| wrong(&format!("{name}: {words}")));
    Ok(Issuer {
        key_id: kid,
        algorithm: Algorithm::EdDsa,
        public_key: key.to_vec(),
        families: source.families.iter().map(family).collect::<Result<_, _>>()?,
        purposes: source.purposes.iter().map(purpose).collect::<Result<_, _>>()?,
        from_unix_s: time(&source.from)?,
        until_unix_s: time(&source.until)?,
        country: source.country,
        claimed_as: source.iss,
        specimen: source.specimen,
        revoked: source
            .revoked_hex
            .iter()
            .map(|hex| hex_of("revoked_hex", hex))
            .collect::<Result<_, _>>()?,
        name,
    })
}

/// What a key of Ed25519 can sign.
const FAMILIES: [Family; 4] = [Family::Gerbang, Family::Divoc, Family::Claim169, Family::Pretix];

/// A shipped policy by its name, or a file beside the source.
fn policy(named: &str, source: &Path) -> Result<PolicyText, Failure> {
    if let Some((id, json)) = SHIPPED.iter().find(|(id, _)| *id == named) {
        return Ok(PolicyText { id: (*id).to_owned(), json: (*json).to_owned() });
    }
    let path = source.with_file_name(named);
    let json = fs::read_to_string(&path).map_err(|error| Failure::reading(&path, &error))?;
    let parsed = Policy::parse(&json);
    let id = match parsed {
        Ok(policy) => policy.id().to_owned(),
        Err(error) => return Err(policy_failure(named, error)),
    };
    Ok(PolicyText { id, json })
}

fn policy_failure(named: &str, error: PolicyError) -> Failure {
    match error {
        PolicyError::Failing(rule) | PolicyError::Code(rule) | PolicyError::Sentence(rule) => {
            let words = format!("rule {} of the policy {named} is not in order", rule + 1);
            Failure::new(error.code(), words)
        }
        _ => verify::policy_failure(named, error),
    }
}

fn credential_id(text: &str) -> Result<CredentialId, Failure> {
    match credential::parse(&Payload::from_text(text)) {
        Ok(Parsed::Credential(unverified)) => Ok(unverified.credential_id()),
        _ => Err(wrong("a text of the block list is no credential")),
    }
}

fn hex_of(field: &str, hex: &str) -> Result<Vec<u8>, Failure> {
    HEX.decode(hex.as_bytes()).map_err(|_| wrong(&format!("{field} is not hexadecimal")))
}

fn wrong(words: &str) -> Failure {
    Failure::new("SOURCE-FIELD", words)
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
