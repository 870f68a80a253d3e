//! A registry's source: the JSON that people edit.

use super::super::failure::Failure;
use super::super::{moment, verify};
use crate::credential::{self, Algorithm, CredentialId, Family, Parsed, Payload};
use crate::issue::key::key_id;
use crate::rules::{Policy, PolicyError, SHIPPED};
use crate::trust::{
    BlockEntry, BlockList, Issuer, KeyState, PartSource, PolicyText, Purpose, RegistryBody,
    RevocationSource, Venue,
};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde::Deserialize;
use std::fs;
use std::path::Path;

/// The source file's own shape. Unknown keys are typing errors.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
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
    #[serde(default)]
    revocations: Vec<RevocationFileSource>,
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
    #[serde(default)]
    lists: Vec<String>,
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
        revocations: source.revocations.into_iter().map(revocation).collect::<Result<_, _>>()?,
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
        Family::CREDENTIALS
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
            .map(|hex| Ok((hex_of("revoked_hex", hex)?, i64::MAX)))
            .collect::<Result<_, Failure>>()?,
        lists: source.lists,
        products: Vec::new(),
        state: KeyState::Current,
        name,
    })
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
