//! A registry's file: the body as deterministic CBOR, signed by the root.
//!
//! Shape: `RegistryBody` → CBOR map, keys sorted as RFC 8949 §4.2.1 says → COSE_Sign1, EdDSA.
//! Limits and errors: what `Registry::open` would refuse is not written.
//! Source: docs/registry.md.

use crate::credential::Algorithm;
use crate::envelope::cbor::{self, Value};
use crate::envelope::cose;
use crate::trust::{
    BLOCK_DAYS_MAX, Issuer, KeyState, PartSource, Registry, RegistryBody, RegistryError,
    RevocationSource, RootKey, SealingKey, Site, Venue, demo, key,
};
use ed25519_dalek::{Signer, SigningKey};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuildError {
    /// A block list entry holds longer than `BLOCK_DAYS_MAX` days after the registry's issue.
    BlockTooLong,
    /// Gates would refuse this registry.
    Refused(RegistryError),
}

impl BuildError {
    pub fn code(self) -> &'static str {
        match self {
            Self::BlockTooLong => "REG-BLOCK-DAYS",
            Self::Refused(error) => error.code(),
        }
    }
}

/// The file that gates load. Ed25519 is deterministic: the same body gives the same bytes.
pub fn build(body: &RegistryBody, root: &SigningKey) -> Result<Vec<u8>, BuildError> {
    let root_key = RootKey(root.verifying_key().to_bytes());
    // The demonstration's blocked person is nobody, and its site must work for years.
    if root_key != demo::ROOT {
        let latest = body.issued_unix_s.saturating_add(BLOCK_DAYS_MAX * 24 * 3600);
        if body.block_list.entries().any(|entry| entry.until_unix_s > latest) {
            return Err(BuildError::BlockTooLong);
        }
    }
    let bytes = sign(&cbor::encode(&body_value(body)), root);
    Registry::open(&bytes, &Site::pinning(root_key), 0).map_err(BuildError::Refused)?;
    Ok(bytes)
}

/// Any payload under the root's signature; the forge signs broken ones with it.
pub fn sign(payload: &[u8], root: &SigningKey) -> Vec<u8> {
    let root_key = RootKey(root.verifying_key().to_bytes());
    let protected = cose::protected_header(cose::EDDSA, &root_key.key_id());
    let signature = root.sign(&cose::to_be_signed(&protected, payload));
    cose::write(&protected, payload, &signature.to_bytes())
}

/// The registry's CBOR map, before it is signed.
pub fn body_value(body: &RegistryBody) -> Value {
    let issuers = body.issuers.iter().map(issuer_value).collect();
    let venues = body.venues.iter().map(venue_value).collect();
    let policies = body.policies.iter().map(|policy| {
        map(vec![
            (key::ID, Value::from(policy.id.as_str())),
            (key::POLICY, Value::from(policy.json.as_str())),
        ])
    });
    let mut entries = vec![
        (key::TYPE, Value::from(key::TYPE_REGISTRY)),
        (key::FORMAT, Value::from(1)),
        (key::VERSION, Value::from(body.version)),
        (key::ISSUED, Value::from(body.issued_unix_s)),
        (key::EXPIRES, Value::from(body.expires_unix_s)),
        (key::FRESH, Value::from(body.fresh_s)),
        (key::WARN, Value::from(body.warn_s)),
        (key::ISSUERS, Value::Array(issuers)),
        (key::POLICIES, Value::Array(policies.collect())),
        (key::VENUES, Value::Array(venues)),
    ];
    if !body.block_list.is_empty() {
        let list = body.block_list.entries().map(|entry| {
            Value::Array(vec![Value::Bytes(entry.hash.to_vec()), entry.until_unix_s.into()])
        });
        let block_key = Value::Bytes(body.block_list.key().to_vec());
        let block =
            map(vec![(key::BLOCK_KEY, block_key), (key::BLOCK_LIST, Value::Array(list.collect()))]);
        entries.push((key::BLOCK, block));
    }
    if !body.rotations.is_empty() {
        let statements = body.rotations.iter().map(|bytes| Value::Bytes(bytes.clone())).collect();
        entries.push((key::ROOTS, Value::Array(statements)));
    }
    if !body.revocations.is_empty() {
        let sources = body.revocations.iter().map(revocation_value).collect();
        entries.push((key::REVOCATIONS, Value::Array(sources)));
    }
    if let Some(SealingKey { public_key, from_unix_s, until_unix_s }) = body.sealing {
        let sealing = map(vec![
            (key::PUBLIC_KEY, Value::Bytes(public_key.to_vec())),
            (key::FROM, from_unix_s.into()),
            (key::UNTIL, until_unix_s.into()),
        ]);
        entries.push((key::SEALING, sealing));
    }
    if let Some(hub) = &body.hub {
        entries.push((key::HUB, Value::from(hub.as_str())));
    }
    map(entries)
}

fn revocation_value(source: &RevocationSource) -> Value {
    let part = |part: &PartSource| {
        map(vec![
            (key::ADDRESS, Value::from(part.address.as_str())),
            (key::SHA256, Value::Bytes(part.sha256.to_vec())),
        ])
    };
    map(vec![
        (key::ID, Value::from(source.id.as_str())),
        (key::UNTIL, Value::from(source.until_unix_s)),
        (key::PARTS, Value::Array(source.parts.iter().map(part).collect())),
    ])
}

/// The old root names its successor, for `RegistryBody::rotations`.
pub fn rotation(old: &SigningKey, new: RootKey) -> Vec<u8> {
    let statement = map(vec![
        (key::TYPE, Value::from(key::TYPE_ROOT)),
        (key::FORMAT, Value::from(1)),
        (key::PUBLIC_KEY, Value::Bytes(new.0.to_vec())),
    ]);
    sign(&cbor::encode(&statement), old)
}

fn issuer_value(issuer: &Issuer) -> Value {
    let words = |names: Vec<&str>| Value::Array(names.into_iter().map(Value::from).collect());
    let mut entries = vec![
        (key::KID, Value::Bytes(issuer.key_id.clone())),
        (key::ALG, Value::from(cose_number(issuer.algorithm))),
        (key::PUBLIC_KEY, Value::Bytes(issuer.public_key.clone())),
        (key::NAME, Value::from(issuer.name.as_str())),
        (key::FAMILIES, words(issuer.families.iter().map(|family| family.name()).collect())),
        (key::PURPOSES, words(issuer.purposes.iter().map(|purpose| purpose.name()).collect())),
        (key::FROM, Value::from(issuer.from_unix_s)),
        (key::UNTIL, Value::from(issuer.until_unix_s)),
    ];
    if let Some(country) = &issuer.country {
        entries.push((key::COUNTRY, Value::from(country.as_str())));
    }
    if let Some(claimed_as) = &issuer.claimed_as {
        entries.push((key::CLAIMED_AS, Value::from(claimed_as.as_str())));
    }
    if issuer.specimen {
        entries.push((key::SPECIMEN, Value::from(true)));
    }
    if !issuer.revoked.is_empty() {
        let ids = issuer.revoked.iter().map(|(id, before_unix_s)| match *before_unix_s {
            i64::MAX => Value::Bytes(id.clone()),
            before => Value::Array(vec![Value::Bytes(id.clone()), before.into()]),
        });
        entries.push((key::REVOKED, Value::Array(ids.collect())));
    }
    if issuer.state != KeyState::Current {
        entries.push((key::STATE, Value::from(issuer.state.name())));
    }
    if !issuer.products.is_empty() {
        let products = issuer.products.iter().map(|product| Value::from(*product)).collect();
        entries.push((key::PRODUCTS, Value::Array(products)));
    }
    if !issuer.lists.is_empty() {
        let lists = issuer.lists.iter().map(|id| Value::from(id.as_str())).collect();
        entries.push((key::LISTS, Value::Array(lists)));
    }
    map(entries)
}

/// The IANA registry of COSE algorithms.
fn cose_number(algorithm: Algorithm) -> i64 {
    match algorithm {
        Algorithm::EdDsa => cose::EDDSA,
        Algorithm::Es256 => -7,
        Algorithm::Ps256 => -37,
        Algorithm::Es384 => -35,
        Algorithm::Es512 => -36,
        Algorithm::Certificates => key::CERTIFICATES,
    }
}

fn venue_value(venue: &Venue) -> Value {
    let zones = venue.zones.iter().map(|zone| Value::from(zone.as_str())).collect();
    map(vec![
        (key::ID, Value::from(venue.id.as_str())),
        (key::NAME, Value::from(venue.name.as_str())),
        (key::ZONES, Value::Array(zones)),
    ])
}

/// Shorter keys first, then by their bytes: the order of their encodings.
pub(super) fn map(mut entries: Vec<(&str, Value)>) -> Value {
    entries.sort_by_key(|(name, _)| (name.len(), *name));
    Value::Map(entries.into_iter().map(|(name, value)| (Value::from(name), value)).collect())
}
