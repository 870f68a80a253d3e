//! `site.json`: what this site is called, where its registry lies, and whose signature counts.
//!
//! Limits and errors: at most `SITE_BYTES_MAX` bytes; unknown keys are ignored; the registry's
//! address stays on this origin.
//! Source: docs/registry.md, "site.json".

use crate::envelope::hex;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

pub const SITE_BYTES_MAX: usize = 64 * 1024;
pub const ROOTS_MAX: usize = 8;
/// Names of site, venue and gate; the log cuts them there too.
pub const NAME_BYTES_MAX: usize = 120;
const ADDRESS_BYTES_MAX: usize = 512;

/// What this deployment is; changed by changing the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub name: SiteName,
    /// Tags of BCP 47, the first spoken where the phone asks for none of them; empty: all that the page can.
    pub languages: Vec<String>,
    pub gate: SiteGate,
    /// Relative to the site, same origin.
    pub registry: String,
    /// A registry counts only if one of these signed it; never empty.
    pub roots: Vec<RootKey>,
    /// Demonstration: every screen wears a ribbon, demonstration passes are accepted.
    pub demo: bool,
}

/// The site's name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteName {
    pub id: String,
    pub en: String,
}

/// The gate that a phone is until somebody sets it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteGate {
    pub venue_id: String,
    pub venue: String,
    pub gate: String,
    pub direction: Direction,
    #[serde(rename = "policy")]
    pub policy_id: String,
}

/// Which way the visitor goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Entry,
    Exit,
}

/// The authority's Ed25519 public key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RootKey(pub [u8; 32]);

impl RootKey {
    /// As the registry's header names it: the first 8 bytes of the key's SHA-256.
    pub fn key_id(&self) -> [u8; 8] {
        let hash: [u8; 32] = Sha256::digest(self.0).into();
        let [a, b, c, d, e, f, g, h, ..] = hash;
        [a, b, c, d, e, f, g, h]
    }

    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    pub fn from_hex(text: &str) -> Option<Self> {
        hex::decode(text)?.try_into().ok().map(Self)
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({})", self.hex())
    }
}

/// What is wrong with a `site.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteError {
    TooLong,
    /// No JSON, or a field is missing or of another kind.
    Json,
    /// A version of the format that this build does not know.
    Version,
    /// A name is empty or too long.
    Name,
    /// The registry's address would leave this origin.
    Address,
    /// No root, too many, or one that is no 32 bytes in hexadecimal.
    Root,
}

impl SiteError {
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "SITE-LONG",
            Self::Json => "SITE-JSON",
            Self::Version => "SITE-VERSION",
            Self::Name => "SITE-NAME",
            Self::Address => "SITE-ADDRESS",
            Self::Root => "SITE-ROOT",
        }
    }
}

/// The file's own shape.
#[derive(Serialize, Deserialize)]
struct SiteFile {
    v: u64,
    name: SiteName,
    #[serde(default)]
    languages: Vec<String>,
    gate: SiteGate,
    registry: String,
    roots: Vec<String>,
    #[serde(default)]
    demo: bool,
}

impl Site {
    pub fn parse(json: &[u8]) -> Result<Self, SiteError> {
        if json.len() > SITE_BYTES_MAX {
            return Err(SiteError::TooLong);
        }
        let file: SiteFile = serde_json::from_slice(json).map_err(|_| SiteError::Json)?;
        if file.v != 1 {
            return Err(SiteError::Version);
        }
        let gate = &file.gate;
        let names = [&file.name.id, &file.name.en, &gate.venue_id, &gate.venue, &gate.gate];
        if names.iter().any(|name| name.is_empty() || name.len() > NAME_BYTES_MAX) {
            return Err(SiteError::Name);
        }
        if !stays_here(&file.registry) {
            return Err(SiteError::Address);
        }
        if file.roots.is_empty() || file.roots.len() > ROOTS_MAX {
            return Err(SiteError::Root);
        }
        let roots = file.roots.iter().map(|text| RootKey::from_hex(text).ok_or(SiteError::Root));
        Ok(Self {
            name: file.name,
            languages: file.languages,
            gate: file.gate,
            registry: file.registry,
            roots: roots.collect::<Result<_, _>>()?,
            demo: file.demo,
        })
    }

    /// Nothing but a root: for commands that open a registry beside no site.
    pub fn pinning(root: RootKey) -> Self {
        let unnamed = || "-".to_owned();
        Self {
            name: SiteName { id: unnamed(), en: unnamed() },
            languages: Vec::new(),
            gate: SiteGate {
                venue_id: unnamed(),
                venue: unnamed(),
                gate: unnamed(),
                direction: Direction::Entry,
                policy_id: unnamed(),
            },
            registry: unnamed(),
            roots: vec![root],
            demo: false,
        }
    }

    /// The file's text, for the commands that write sites.
    pub fn to_json(&self) -> String {
        let file = SiteFile {
            v: 1,
            name: self.name.clone(),
            languages: self.languages.clone(),
            gate: self.gate.clone(),
            registry: self.registry.clone(),
            roots: self.roots.iter().map(RootKey::hex).collect(),
            demo: self.demo,
        };
        serde_json::to_string_pretty(&file).expect("strings, numbers and booleans are JSON")
    }

    /// One hash over all pinned roots: what a phone remembers from its first start.
    pub fn roots_digest(&self) -> [u8; 32] {
        let mut roots: Vec<[u8; 32]> = Vec::new();
        for RootKey(root) in &self.roots {
            roots.insert(roots.partition_point(|known| known < root), *root);
        }
        roots.iter().fold(Sha256::new(), |hash, root| hash.chain_update(root)).finalize().into()
    }
}

/// True for a relative address below the site: no scheme, no host, no way up, no query.
pub(super) fn stays_here(address: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    !address.is_empty()
        && address.len() <= ADDRESS_BYTES_MAX
        && address.chars().all(plain)
        && !address.starts_with('/')
        && address.split('/').all(|part| !part.is_empty() && part != ".." && part != ".")
}
