//! Whom we believe: the site, the registry, and `verify`, the only maker of `Verified`.
//!
//! Shape: `site.json` → `Site` (pins the root); `registry.cose` + `Site` → `Registry`;
//! `Unverified` + `Registry` + now → `Verified`.
//! Limits and errors: each file has a size limit and an error with a stable code for each thing
//! that can be wrong with it; nothing of a credential comes back beside an error.
//! Source: docs/registry.md.
//! Not here: fetching, storing, policies (rules reads them).

mod block_list;
mod certificate;
mod chain;
mod crl;
pub mod demo;
mod elsewhere;
mod hub;
mod jwk;
pub mod poster;
mod registry;
pub mod revocation;
mod root_signed;
pub mod sealing;
pub mod sequence;
pub mod setup_code;
mod signature;
mod site;
mod verify;

pub use block_list::{BLOCK_DAYS_MAX, BlockEntry, BlockList};
pub use certificate::{CERTIFICATE_BYTES_MAX, Certificate, CertificateError};
pub use crl::shc_crl;
pub use elsewhere::{Elsewhere, answer};
pub use hub::{
    HUB_ADDRESS_BYTES_MAX, HUB_USER_BYTES_MAX, HubAccess, HubUser, hub_database, is_hub_address,
};
pub use jwk::p256_of_jwk;
pub use registry::{
    FRESH_S, Freshness, Issuer, KeyState, PartSource, PolicyText, Purpose, Registry, RegistryBody,
    RegistryError, RevocationSource, SealingKey, Venue, WARN_S, follows, key, limits,
};
pub use signature::{SignatureError, check_ed25519, check_signature, key_is_usable};
pub use site::{Direction, RootKey, SITE_BYTES_MAX, Site, SiteError, SiteGate, SiteName};
pub use verify::{SignatureState, TrustError, Verified, parse, verify};
