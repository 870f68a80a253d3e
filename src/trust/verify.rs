//! From decoded to proven: the only door.

use super::registry::{Issuer, Purpose, Registry};
use super::signature::{SignatureError, check_signature};
use crate::credential::{Claims, CredentialId, Family, Unverified};
use std::fmt;

/// What can be said of a credential's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureState {
    Valid,
    Invalid,
    UnknownKey,
    /// Nothing that could be checked.
    Unchecked,
}

/// Why a decoded credential is not `Verified`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustError {
    /// No key in force in the registry fits: cannot be judged.
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

    /// What the signature was found to be before this went wrong.
    pub fn signature(self) -> SignatureState {
        match self {
            Self::UnknownKey => SignatureState::UnknownKey,
            Self::BadSignature => SignatureState::Invalid,
            _ => SignatureState::Valid,
        }
    }
}

/// A credential whose signature, times and issuer hold. Only `verify` makes one.
#[derive(Clone)]
pub struct Verified {
    family: Family,
    credential_id: CredentialId,
    issuer: String,
    country: Option<String>,
    specimen: bool,
    blocked: bool,
    claims: Claims,
}

/// Who it is and what they may is not for consoles.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("family", &self.family).finish_non_exhaustive()
    }
}

impl Verified {
    pub fn family(&self) -> Family {
        self.family
    }

    pub fn credential_id(&self) -> CredentialId {
        self.credential_id
    }

    /// The issuer's name in the registry.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The issuer's country in the registry, ISO 3166-1 alpha-2.
    pub fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }

    /// Of a demonstration issuer, or marked by the credential itself.
    pub fn specimen(&self) -> bool {
        self.specimen
    }

    /// On the authority's block list; what that means is the policy's affair.
    pub fn blocked(&self) -> bool {
        self.blocked
    }

    pub fn claims(&self) -> &Claims {
        &self.claims
    }
}

/// Signature first, then what the issuer may sign and has withdrawn, then the credential's times.
pub fn verify(
    unverified: Unverified,
    registry: &Registry,
    now_unix_ms: i64,
) -> Result<Verified, TrustError> {
    let now_unix_s = now_unix_ms.div_euclid(1000);
    let issuer = find_signer(&unverified, registry, now_unix_s)?;
    let claims = unverified.claims();
    if !needed_purposes(claims).iter().all(|purpose| issuer.purposes.contains(purpose)) {
        return Err(TrustError::Purpose);
    }
    if unverified.revocation_ids().iter().any(|id| issuer.revoked.contains(id)) {
        return Err(TrustError::Revoked);
    }
    let last_unix_s = last_second(unverified.family(), claims.expires_unix_s);
    if let Some(at_unix_s) = claims.expires_unix_s.filter(|_| last_unix_s < Some(now_unix_s)) {
        return Err(TrustError::Expired { at_unix_s });
    }
    if let Some(from_unix_s) = claims.not_before_unix_s.filter(|from| now_unix_s < *from) {
        return Err(TrustError::NotYetValid { from_unix_s });
    }
    let (family, ids) = (unverified.family(), unverified.revocation_ids());
    match registry.lists_revoke(issuer, family, ids, now_unix_s) {
        Some(false) => {}
        Some(true) => return Err(TrustError::Revoked),
        None => return Err(TrustError::RevocationUnchecked),
    }
    let credential_id = unverified.credential_id();
    Ok(Verified {
        family: unverified.family(),
        credential_id,
        issuer: issuer.name.clone(),
        country: issuer.country.clone(),
        specimen: claims.specimen || registry.is_specimen(issuer),
        blocked: registry.block_list().blocks(credential_id, now_unix_s),
        claims: unverified.into_claims(),
    })
}

/// RFC 8392 §3.1.4 ends a token before `exp`; the EU's validators and test data end it after.
fn last_second(family: Family, expires_unix_s: Option<i64>) -> Option<i64> {
    match family {
        Family::Hc1 => expires_unix_s,
        _ => expires_unix_s.map(|at| at.saturating_sub(1)),
    }
}

/// The issuer whose key made the signature. Short key ids collide, so every key of that id is tried.
fn find_signer<'a>(
    unverified: &Unverified,
    registry: &'a Registry,
    now_unix_s: i64,
) -> Result<&'a Issuer, TrustError> {
    let mut outcome = TrustError::UnknownKey;
    for issuer in registry.issuers_of(unverified.family(), unverified.key_id()) {
        let named = issuer.claimed_as.as_deref();
        if !issuer.in_force(now_unix_s) || (named.is_some() && named != unverified.issuer()) {
            continue;
        }
        // A key is for one algorithm: the same key id under another one is nobody's signature.
        if issuer.algorithm != unverified.algorithm() {
            outcome = TrustError::BadSignature;
            continue;
        }
        let check = check_signature(
            issuer.algorithm,
            &issuer.public_key,
            unverified.signed(),
            unverified.signature(),
        );
        match check {
            Ok(()) => return Ok(issuer),
            Err(SignatureError::Invalid | SignatureError::Key) => {
                outcome = TrustError::BadSignature;
            }
        }
    }
    Err(outcome)
}

/// Each kind of fact needs its own purpose; a pass without health facts is an entitlement.
fn needed_purposes(claims: &Claims) -> Vec<Purpose> {
    let mut needed = Vec::new();
    for (present, purpose) in [
        (!claims.vaccinations.is_empty(), Purpose::Vaccination),
        (!claims.tests.is_empty(), Purpose::Test),
        (!claims.recoveries.is_empty(), Purpose::Recovery),
    ] {
        if present {
            needed.push(purpose);
        }
    }
    if claims.entitlement.is_some() || needed.is_empty() {
        needed.push(Purpose::Entry);
    }
    needed
}
