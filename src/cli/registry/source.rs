//! A registry's source: the JSON that people edit.

use super::super::failure::Failure;
use super::super::{moment, verify};
use super::issuer::IssuerSource;
use crate::credential::{self, CredentialId, Parsed, Payload};
use crate::rules::{Policy, PolicyError, SHIPPED, country};
use crate::trust::{
    BlockEntry, BlockList, PartSource, PolicyText, RegistryBody, RevocationSource, SealingKey,
    Venue,
};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// Issuers whose keys are public, each with where it was published.
const SHIPPED_ISSUERS: [(&str, &str); 1] = [("indonesia", include_str!("issuers/indonesia.json"))];

/// The source file's own shape. Unknown keys are typing errors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    version: u64,
    valid_days: i64,
    #[serde(default)]
    issuers: Vec<IssuerSource>,
    /// Shipped lists by name, or files beside the source, as `gerbang registry import` writes them.
    #[serde(default)]
    imports: Vec<String>,
    #[serde(default)]
    policies: Vec<String>,
    #[serde(default)]
    venues: Vec<VenueSource>,
    block: Option<BlockSource>,
    #[serde(default)]
    roots_hex: Vec<String>,
    #[serde(default)]
    revocations: Vec<RevocationFileSource>,
    sealing: Option<SealingSource>,
    hub: Option<String>,
}

/// In force from the moment the registry is built.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SealingSource {
    key_hex: String,
    days: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevocationFileSource {
    id: String,
    until: String,
    parts: Vec<PartFileSource>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartFileSource {
    address: String,
    sha256_hex: String,
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

pub fn body(source: Source, path: &Path, now_unix_s: i64) -> Result<RegistryBody, Failure> {
    const DAY_S: i64 = 24 * 3600;
    let after_days = |days: i64| now_unix_s.saturating_add(days.saturating_mul(DAY_S));
    let mut issuers = source.issuers;
    for named in &source.imports {
        issuers.extend(import(named, path)?);
    }
    let issuers = issuers.into_iter().map(IssuerSource::issuer).collect::<Result<_, _>>()?;
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
        revocations: source.revocations.into_iter().map(revocation).collect::<Result<_, _>>()?,
        sealing: source.sealing.map(|source| sealing(&source, now_unix_s)).transpose()?,
        hub: source.hub,
    })
}

fn sealing(source: &SealingSource, now_unix_s: i64) -> Result<SealingKey, Failure> {
    let public_key = hex_of("key_hex", &source.key_hex)?;
    let public_key =
        public_key.try_into().map_err(|_| wrong("key_hex of the sealing key has 64 digits"))?;
    if !(1..=31).contains(&source.days) {
        return Err(wrong("a sealing key lasts 1 to 31 days"));
    }
    let until_unix_s = now_unix_s.saturating_add(source.days * 24 * 3600);
    Ok(SealingKey { public_key, from_unix_s: now_unix_s, until_unix_s })
}

fn revocation(source: RevocationFileSource) -> Result<RevocationSource, Failure> {
    let part = |part: PartFileSource| {
        let sha256 = hex_of("sha256_hex", &part.sha256_hex)?.try_into();
        let sha256 = sha256.map_err(|_| wrong("sha256_hex has 64 digits"))?;
        Ok(PartSource { address: part.address, sha256 })
    };
    Ok(RevocationSource {
        until_unix_s: moment::parse(&source.until).map_err(|words| wrong(&words))?,
        parts: source.parts.into_iter().map(part).collect::<Result<_, Failure>>()?,
        id: source.id,
    })
}

fn import(named: &str, source: &Path) -> Result<Vec<IssuerSource>, Failure> {
    let (path, text) = match SHIPPED_ISSUERS.iter().find(|(name, _)| *name == named) {
        Some((name, json)) => (PathBuf::from(name), (*json).to_owned()),
        None => {
            let path = source.with_file_name(named);
            let text =
                fs::read_to_string(&path).map_err(|error| Failure::reading(&path, &error))?;
            (path, text)
        }
    };
    serde_json::from_str(&text)
        .map_err(|error| Failure::new("SOURCE-JSON", format!("{}: {error}", path.display())))
}

/// A shipped policy by its name, or a file beside the source.
fn policy(named: &str, source: &Path) -> Result<PolicyText, Failure> {
    if let Some((id, json)) = SHIPPED.iter().chain([&country::SHIPPED]).find(|(id, _)| *id == named)
    {
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
