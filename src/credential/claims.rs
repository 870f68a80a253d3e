//! What a credential says, in one shape for every family, and the signature that ought to vouch for it.

use super::{CredentialId, Family, Holder};
use std::fmt;

/// The claims of one credential; believed by nobody until `trust::verify` made them `Verified`.
#[derive(Clone, PartialEq, Default)]
pub struct Claims {
    /// The issuer's name for the person: CWT `sub`.
    pub subject: Option<String>,
    pub holder: Holder,
    pub issued_unix_s: Option<i64>,
    pub not_before_unix_s: Option<i64>,
    pub expires_unix_s: Option<i64>,
    /// For training: never admits.
    pub specimen: bool,
    pub entitlement: Option<Entitlement>,
    pub vaccinations: Vec<Vaccination>,
    pub tests: Vec<TestResult>,
    pub recoveries: Vec<Recovery>,
    /// Of an EU certificate its entries as they are (`v`, `t`, `r`), for the rules of countries.
    pub published: Option<serde_json::Value>,
}

/// Health data: not for consoles and logs.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("vaccinations", &self.vaccinations.len())
            .field("tests", &self.tests.len())
            .field("recoveries", &self.recoveries.len())
            .finish_non_exhaustive()
    }
}

/// What the holder may do where.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entitlement {
    /// Such as `asn` (civil servant) or `tamu` (guest).
    pub role: Option<String>,
    /// Venues or zones; empty: all.
    pub venues: Vec<String>,
    /// Minutes of the local day, start inclusive, end exclusive; `None`: all day.
    pub hours_min: Option<(u16, u16)>,
    /// What was bought, as the shop numbers it.
    pub product: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Vaccination {
    /// As the family names it, such as `EU/1/20/1528`.
    pub product: Option<String>,
    pub dose: Option<u16>,
    pub total: Option<u16>,
    /// ISO 8601 date, as precise as the credential is.
    pub date: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestResult {
    /// Whether the disease was found.
    pub detected: Option<bool>,
    /// SNOMED or LOINC code of the method.
    pub kind: Option<String>,
    pub sampled_unix_s: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recovery {
    pub first_positive_date: Option<String>,
    pub valid_from_date: Option<String>,
    pub valid_until_date: Option<String>,
}

/// How a signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519, RFC 8032.
    EdDsa,
    /// Whichever curve the key is of, as with the two next: RFC 9053 §2.1.
    Es256,
    Ps256,
    Es384,
    Es512,
    /// Of a country's certificate authority: signs certificates, each of which says how.
    Certificates,
}

/// A decoded credential whose signature nobody has checked. Only `trust` looks inside.
#[derive(Clone)]
pub struct Unverified {
    pub(super) family: Family,
    /// What the credential calls its issuer: CWT `iss`, DID, URL; of a linked-data proof both the
    /// document's and the key's. Empty: it names nobody.
    pub(super) issuers: Vec<String>,
    /// Empty where the family names no key.
    pub(super) key_id: Vec<u8>,
    /// The signer's certificate in DER, where the credential carries it; else empty.
    pub(super) certificate: Vec<u8>,
    pub(super) algorithm: Algorithm,
    /// The bytes that the signature covers.
    pub(super) signed: Vec<u8>,
    pub(super) signature: Vec<u8>,
    /// By what a list may name this credential as revoked: a pass's `cti`.
    pub(super) revocation_ids: Vec<Vec<u8>>,
    pub(super) claims: Claims,
}

impl fmt::Debug for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("family", &self.family).finish_non_exhaustive()
    }
}

impl Unverified {
    pub fn family(&self) -> Family {
        self.family
    }

    pub(crate) fn issuers(&self) -> &[String] {
        &self.issuers
    }

    pub(crate) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    pub(crate) fn key_id(&self) -> &[u8] {
        &self.key_id
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn signed(&self) -> &[u8] {
        &self.signed
    }

    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    pub(crate) fn revocation_ids(&self) -> &[Vec<u8>] {
        &self.revocation_ids
    }

    pub(crate) fn claims(&self) -> &Claims {
        &self.claims
    }

    pub(crate) fn into_claims(self) -> Claims {
        self.claims
    }

    pub fn credential_id(&self) -> CredentialId {
        CredentialId::of(self.family, &self.signed)
    }
}
