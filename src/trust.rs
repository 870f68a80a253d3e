//! Whom we believe: the registry, and `verify`, the only maker of `Verified`.

use crate::credential::{Claims, CredentialId, Family};

/// What can be said of a credential's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureState {
    Valid,
    Invalid,
    UnknownKey,
    /// Nothing that could be checked.
    Unchecked,
}

/// Whom this gate believes, signed by the site's root.
#[derive(Debug, Clone)]
pub struct Registry {}

/// Why a decoded credential is not `Verified`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustError {
    /// No key in the registry fits: cannot be judged.
    UnknownKey,
    /// The signature does not hold.
    BadSignature,
    Expired {
        at_unix_s: i64,
    },
    NotYetValid {
        from_unix_s: i64,
    },
    Revoked,
    /// The registry is older than the policy bears.
    RegistryStale,
    /// A revocation source is named, but missing or stale.
    RevocationUnchecked,
    /// The issuer may not sign this.
    Purpose,
}

impl TrustError {
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownKey => "TRUST-KID",
            Self::BadSignature => "TRUST-SIG",
            Self::Expired { .. } => "PASS-EXP",
            Self::NotYetValid { .. } => "PASS-NBF",
            Self::Revoked => "TRUST-REVOKED",
            Self::RegistryStale => "TRUST-STALE",
            Self::RevocationUnchecked => "TRUST-UNCHECKED",
            Self::Purpose => "TRUST-PURPOSE",
        }
    }
}

/// A credential whose signature, times and issuer hold. Only `verify` makes one.
#[derive(Debug, Clone)]
pub struct Verified {
    family: Family,
    credential_id: CredentialId,
    /// The issuer's name in the registry.
    issuer: String,
    /// Of a demonstration issuer, or marked by the credential itself.
    specimen: bool,
    claims: Claims,
}

impl Verified {
    pub fn family(&self) -> Family {
        self.family
    }

    pub fn credential_id(&self) -> CredentialId {
        self.credential_id
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    pub fn specimen(&self) -> bool {
        self.specimen
    }

    pub fn claims(&self) -> &Claims {
        &self.claims
    }
}
