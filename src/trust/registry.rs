//! `registry.cose`: issuers, policies, venues and the block list, under the root's signature.
//!
//! Shape: COSE_Sign1 (EdDSA, kid = the root's) over a CBOR map → `RegistryBody` → `Registry`.
//! Limits and errors: `limits`; only a signature of a root that the site pins counts; a version
//! below the one known is refused; what is expired is `Stale`, never refused, so that no gate
//! locks at midnight. Unknown keys are ignored. Never panics.
//! Source: docs/registry.md; the rules of trust follow The Update Framework 1.0.
//! Not here: fetching the revocation lists that it names.

mod read;
mod rotation;

use super::block_list::BlockList;
use super::demo;
use super::elsewhere::Elsewhere;
use super::revocation::{PartError, RevocationList, RevocationPart};
use super::signature::check_signature;
use super::site::{RootKey, Site};
use crate::credential::{Algorithm, Family};
use crate::envelope::cbor::{CborError, Lengths, Limits};
use crate::envelope::cose::{self, CoseError, HeaderRule, KeyIdType, Profile, TagRule};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What a registry may hold.
pub mod limits {
    pub const REGISTRY_BYTES_MAX: usize = 4 * 1024 * 1024;
    pub const ITEMS_MAX: usize = 500_000;
    pub const DEPTH_MAX: usize = 6;
    pub const ISSUERS_MAX: usize = 10_000;
    pub const POLICIES_MAX: usize = 64;
    pub const POLICY_BYTES_MAX: usize = 256 * 1024;
    pub const VENUES_MAX: usize = 10_000;
    pub const ZONES_MAX: usize = 32;
    pub const BLOCKED_MAX: usize = 100_000;
    /// Withdrawn credentials of one issuer.
    pub const REVOKED_MAX: usize = 10_000;
    pub const REVOCATIONS_MAX: usize = 1_000;
    pub const KEY_ID_BYTES_MAX: usize = 64;
    pub const PUBLIC_KEY_BYTES_MAX: usize = 1024;
    pub const PRODUCTS_MAX: usize = 1_000;
    /// One month's key opens one month's entries.
    pub const SEALING_S_MAX: i64 = 31 * 24 * 3600;
}

/// The keys of the maps, as docs/registry.md names them.
pub mod key {
    pub const TYPE: &str = "type";
    pub const TYPE_REGISTRY: &str = "gerbang-registry";
    pub const TYPE_ROOT: &str = "gerbang-root";
    pub const FORMAT: &str = "v";
    pub const VERSION: &str = "version";
    pub const ISSUED: &str = "issued";
    pub const EXPIRES: &str = "expires";
    pub const FRESH: &str = "fresh";
    pub const WARN: &str = "warn";
    pub const ISSUERS: &str = "issuers";
    pub const POLICIES: &str = "policies";
    pub const VENUES: &str = "venues";
    pub const BLOCK: &str = "block";
    pub const ROOTS: &str = "roots";
    pub const REVOCATIONS: &str = "revocations";
    pub const SEALING: &str = "sealing";
    pub const HUB: &str = "hub";

    pub const KID: &str = "kid";
    pub const ALG: &str = "alg";
    /// Of COSE's numbers for private use: the key signs certificates, and each says how.
    pub const CERTIFICATES: i64 = -65_537;
    pub const PUBLIC_KEY: &str = "key";
    pub const NAME: &str = "name";
    pub const COUNTRY: &str = "country";
    pub const CLAIMED_AS: &str = "iss";
    pub const FAMILIES: &str = "families";
    pub const PURPOSES: &str = "purposes";
    pub const FROM: &str = "from";
    pub const UNTIL: &str = "until";
    pub const SPECIMEN: &str = "specimen";
    pub const REVOKED: &str = "revoked";
    pub const PRODUCTS: &str = "products";
    pub const STATE: &str = "state";
    pub const LISTS: &str = "lists";

    pub const ID: &str = "id";
    pub const ZONES: &str = "zones";
    pub const POLICY: &str = "policy";
    pub const PARTS: &str = "parts";
    pub const ADDRESS: &str = "address";
    pub const SHA256: &str = "sha256";
    pub const BLOCK_KEY: &str = "key";
    pub const BLOCK_LIST: &str = "list";
}

/// The version of the format itself.
pub(crate) const FORMAT_VERSION: i64 = 1;
pub const FRESH_S: i64 = 24 * 3600;
pub const WARN_S: i64 = 14 * 24 * 3600;

const PROFILE: Profile = Profile {
    cbor: Limits {
        bytes_max: limits::REGISTRY_BYTES_MAX,
        depth_max: limits::DEPTH_MAX,
        items_max: limits::ITEMS_MAX,
        lengths: Lengths::Definite,
    },
    tag: TagRule::Required,
    headers: HeaderRule::Protected,
    key_id: KeyIdType::Bytes,
};

/// What a registry says; believed once it is inside a `Registry`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryBody {
    pub version: u64,
    pub issued_unix_s: i64,
    /// From then on it is stale, however young.
    pub expires_unix_s: i64,
    /// Younger than this is fresh.
    pub fresh_s: i64,
    /// Older than this is stale; between the two, a warning.
    pub warn_s: i64,
    pub issuers: Vec<Issuer>,
    pub policies: Vec<PolicyText>,
    pub venues: Vec<Venue>,
    pub block_list: BlockList,
    /// How this root came after earlier ones: the statements, oldest first.
    pub rotations: Vec<Vec<u8>>,
    pub revocations: Vec<RevocationSource>,
    /// Who it was is sealed to this key; `None`: nobody's identity is recorded at all.
    pub sealing: Option<SealingKey>,
    /// Where the venue's gates know of each other: `is_hub_address`; `None`: each is alone.
    pub hub: Option<String>,
}

/// The authority's key of the month. Its private half opens what a trace looks for, and is destroyed
/// when the log's time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealingKey {
    /// X25519.
    pub public_key: [u8; 32],
    pub from_unix_s: i64,
    pub until_unix_s: i64,
}

impl SealingKey {
    pub fn in_force(&self, now_unix_s: i64) -> bool {
        (self.from_unix_s..self.until_unix_s).contains(&now_unix_s)
    }
}

/// A revocation list, which lies beside the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationSource {
    pub id: String,
    /// From then on nothing on it is in force any more, and it is not asked for.
    pub until_unix_s: i64,
    /// Oldest first.
    pub parts: Vec<PartSource>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSource {
    /// Relative to the site, same origin.
    pub address: String,
    pub sha256: [u8; 32],
}

/// A key and what it may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    pub key_id: Vec<u8>,
    pub algorithm: Algorithm,
    /// 32 raw bytes for EdDSA, SubjectPublicKeyInfo in DER for the others.
    pub public_key: Vec<u8>,
    pub state: KeyState,
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// What the credential must call its issuer (CWT `iss`, DID, URL); `None`: anything.
    pub claimed_as: Option<String>,
    pub families: Vec<Family>,
    pub purposes: Vec<Purpose>,
    pub from_unix_s: i64,
    pub until_unix_s: i64,
    /// For training: whatever it signs gives grey.
    pub specimen: bool,
    /// Ids of credentials that it has withdrawn, such as a pass's `cti`. Only what holds from
    /// before the second beside it is meant; `i64::MAX`: all.
    pub revoked: BTreeMap<Vec<u8>, i64>,
    /// Ids of the revocation lists that it publishes.
    pub lists: Vec<String>,
    /// Of an event: what its tickets may be for; empty: anything.
    pub products: Vec<u64>,
}

/// Whether an issuer still stands by a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    Current,
    /// Given up in good order: what it signed cannot be judged any more.
    Terminated,
    /// Lost or misused: what it signed is nobody's.
    Revoked,
}

impl KeyState {
    pub const ALL: [Self; 3] = [Self::Current, Self::Terminated, Self::Revoked];

    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Terminated => "terminated",
            Self::Revoked => "revoked",
        }
    }
}

impl Issuer {
    pub fn in_force(&self, now_unix_s: i64) -> bool {
        (self.from_unix_s..self.until_unix_s).contains(&now_unix_s)
    }
}

/// What an issuer may vouch for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Who may come in: role, venues, hours.
    Entry,
    Vaccination,
    Test,
    Recovery,
}

impl Purpose {
    pub const ALL: [Self; 4] = [Self::Entry, Self::Vaccination, Self::Test, Self::Recovery];

    pub fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Vaccination => "vaccination",
            Self::Test => "test",
            Self::Recovery => "recovery",
        }
    }
}

/// A policy as its author wrote it: JSON, read by `rules`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyText {
    pub id: String,
    pub json: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Venue {
    pub id: String,
    pub name: String,
    /// Names that passes may use for several venues together.
    pub zones: Vec<String>,
}

/// Age of the registry in three tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    Fresh,
    Warn,
    Stale,
}

/// Whom this gate believes, signed by a root that the site pins.
#[derive(Debug, Clone)]
pub struct Registry {
    body: RegistryBody,
    root: RootKey,
    digest: [u8; 32],
    demo: DemoRule,
    /// By the list's id.
    attached: BTreeMap<String, RevocationList>,
    /// Where this binary does not read every family.
    elsewhere: Option<Elsewhere>,
}

/// What the keys of the demonstration authority are worth here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DemoRule {
    /// On a demonstration site, which wears its ribbon.
    Accepted,
    /// Everywhere else: grey.
    Specimen,
}

/// What is wrong with a `registry.cose`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistryError {
    TooLong,
    Envelope(CoseError),
    /// Signed by a root that the site neither pins nor is led to: an alarm, not an update.
    Root,
    /// The pinned root is named, but its signature does not hold: damaged or forged.
    Signature,
    Body(CborError),
    /// A thing that the root signed, but no registry.
    Type,
    /// A version of the format that this build does not know.
    Format,
    /// A field is missing, of another kind or out of range.
    Field(&'static str),
    /// More of something than `limits` allows.
    Limit(&'static str),
    /// Older than the one already known.
    Rollback,
}

impl RegistryError {
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "REG-LONG",
            Self::Envelope(_) => "REG-COSE",
            Self::Root => "REG-ROOT",
            Self::Signature => "REG-SIG",
            Self::Body(_) => "REG-CBOR",
            Self::Type => "REG-TYPE",
            Self::Format => "REG-FORMAT",
            Self::Field(_) => "REG-FIELD",
            Self::Limit(_) => "REG-LIMIT",
            Self::Rollback => "REG-ROLLBACK",
        }
    }
}

/// Whether a site may take another's place on a phone that pinned `kept`: its registry must be
/// signed by one of the new roots, and the old ones must have named that root their successor.
pub fn follows(kept: &Site, offered: &Site, registry: &[u8]) -> bool {
    let opened = Registry::open(registry, kept, 0);
    opened.is_ok_and(|registry| offered.roots.contains(&registry.root()))
}

impl Registry {
    /// `version_min`: the version that this phone has seen, or 0.
    pub fn open(bytes: &[u8], site: &Site, version_min: u64) -> Result<Self, RegistryError> {
        if bytes.len() > limits::REGISTRY_BYTES_MAX {
            return Err(RegistryError::TooLong);
        }
        let sign1 = cose::parse(bytes, &PROFILE).map_err(RegistryError::Envelope)?;
        let root = rotation::find_root(&site.roots, &sign1.kid, &sign1.payload)
            .ok_or(RegistryError::Root)?;
        if sign1.alg != cose::EDDSA {
            return Err(RegistryError::Signature);
        }
        check_signature(Algorithm::EdDsa, &root.0, &sign1.to_be_signed, &sign1.signature)
            .map_err(|_| RegistryError::Signature)?;
        let body = read::body(&sign1.payload, &PROFILE.cbor)?;
        if body.version < version_min {
            return Err(RegistryError::Rollback);
        }
        let demo = if site.demo { DemoRule::Accepted } else { DemoRule::Specimen };
        // Issuers of the demonstration root are demonstration issuers, whatever their keys.
        let all_specimen = demo == DemoRule::Specimen && root == demo::ROOT;
        let mut registry = Self {
            body,
            root,
            digest: Sha256::digest(bytes).into(),
            demo,
            attached: BTreeMap::new(),
            elsewhere: None,
        };
        if all_specimen {
            registry.body.issuers.iter_mut().for_each(|issuer| issuer.specimen = true);
        }
        Ok(registry)
    }

    /// For suites and tests, which name their trust themselves: no root stands behind it, and an
    /// issuer with an empty key id answers to any.
    pub fn standing_in(body: RegistryBody) -> Self {
        Self {
            body,
            root: RootKey([0; 32]),
            digest: [0; 32],
            demo: DemoRule::Specimen,
            attached: BTreeMap::new(),
            elsewhere: None,
        }
    }

    /// Lets another binary of this build read and check what this one cannot.
    pub fn ask_elsewhere(&mut self, elsewhere: Elsewhere) {
        self.elsewhere = Some(elsewhere);
    }

    pub(super) fn elsewhere(&self) -> Option<&Elsewhere> {
        self.elsewhere.as_ref()
    }

    pub fn version(&self) -> u64 {
        self.body.version
    }

    pub fn issued_unix_s(&self) -> i64 {
        self.body.issued_unix_s
    }

    /// An address of CouchDB, or a path of the site's own origin.
    pub fn hub(&self) -> Option<&str> {
        self.body.hub.as_deref()
    }

    pub fn body(&self) -> &RegistryBody {
        &self.body
    }

    /// Who signed it: a pinned root, or one that the pinned ones lead to.
    pub fn root(&self) -> RootKey {
        self.root
    }

    /// SHA-256 of the file: what the log keeps of it.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    pub fn freshness(&self, now_unix_ms: i64) -> Freshness {
        let now_unix_s = now_unix_ms.div_euclid(1000);
        let age_s = now_unix_s.saturating_sub(self.body.issued_unix_s);
        if now_unix_s >= self.body.expires_unix_s || age_s >= self.body.warn_s {
            Freshness::Stale
        } else if age_s >= self.body.fresh_s {
            Freshness::Warn
        } else {
            Freshness::Fresh
        }
    }

    /// The text of a policy that the authority publishes.
    pub fn policy(&self, id: &str) -> Option<&str> {
        let policy = self.body.policies.iter().find(|policy| policy.id == id)?;
        Some(&policy.json)
    }

    pub fn venue(&self, id: &str) -> Option<&Venue> {
        self.body.venues.iter().find(|venue| venue.id == id)
    }

    /// The keys that such a credential may be signed with. Tickets and identity cards need not name
    /// a key: then each of the family's is tried.
    pub(super) fn issuers_of<'a, 'k>(
        &'a self,
        family: Family,
        key_id: &'k [u8],
    ) -> impl Iterator<Item = &'a Issuer> + use<'a, 'k> {
        let any = key_id.is_empty() && matches!(family, Family::Pretix | Family::Claim169);
        // A registry that was read has no empty key id.
        let named =
            move |issuer: &Issuer| any || issuer.key_id.is_empty() || issuer.key_id == key_id;
        let fits = move |issuer: &&Issuer| named(issuer) && issuer.families.contains(&family);
        self.body.issuers.iter().filter(fits)
    }

    /// Takes a revocation list's files, in the registry's order; each must have the hash that the
    /// registry gives.
    pub fn attach(&mut self, list_id: &str, files: &[&[u8]]) -> Result<(), PartError> {
        let named = self.body.revocations.iter().find(|source| source.id == list_id);
        let source = named.ok_or(PartError::Unknown)?;
        if source.parts.len() != files.len() {
            return Err(PartError::Unknown);
        }
        let parts = source.parts.iter().zip(files);
        let parts = parts.map(|(part, file)| RevocationPart::open(file, &part.sha256));
        let list = RevocationList::new(parts.collect::<Result<_, _>>()?);
        self.attached.insert(list_id.to_owned(), list);
        Ok(())
    }

    /// Takes over the revocation lists of the registry before this one, where both name the same.
    pub fn inherit(&mut self, before: Self) {
        for (id, list) in before.attached {
            let parts = |body: &RegistryBody| {
                let named = body.revocations.iter().find(|source| source.id == id);
                named.map(|source| source.parts.iter().map(|p| p.sha256).collect::<Vec<_>>())
            };
            let (old, new) = (parts(&before.body), parts(&self.body));
            if old.is_some() && old == new {
                self.attached.insert(id, list);
            }
        }
    }

    /// Whether the lists that an issuer publishes name one of these ids; `None` where a list that
    /// still counts is not at hand.
    pub(super) fn lists_revoke(
        &self,
        issuer: &Issuer,
        family: Family,
        ids: &[Vec<u8>],
        now_unix_s: i64,
    ) -> Option<bool> {
        let mut complete = true;
        for id in &issuer.lists {
            let source = self.body.revocations.iter().find(|source| source.id == *id);
            if source.is_some_and(|source| source.until_unix_s <= now_unix_s) {
                continue;
            }
            match self.attached.get(id) {
                Some(list) if ids.iter().any(|id| list.revokes(family, id)) => return Some(true),
                Some(_) => {}
                None => complete = false,
            }
        }
        complete.then_some(false)
    }

    pub(super) fn is_specimen(&self, issuer: &Issuer) -> bool {
        let demo_key = demo::ISSUERS.iter().any(|key| issuer.public_key == key);
        issuer.specimen || (demo_key && self.demo == DemoRule::Specimen)
    }

    pub(super) fn block_list(&self) -> &BlockList {
        &self.body.block_list
    }
}
