//! From decoded to proven: the only door.

use super::chain::{self, ChainError};
use super::elsewhere::{Elsewhere, Signer};
use super::registry::{Issuer, KeyState, Purpose, Registry};
use super::signature::check_signature;
use crate::credential::{
    self, Algorithm, Claims, CredentialError, CredentialId, FAMILIES, Family, Parsed, Payload,
    Unverified,
};
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
    /// No key in the registry fits: cannot be judged.
    UnknownKey,
    /// The credential names no key, and its family's must.
    KeyMissing,
    /// The signature holds, under a key that is not in force now.
    KeyExpired,
    /// The signature holds, under a key that its issuer gave up.
    KeyTerminated,
    /// The signature holds, under a key that its issuer disowns.
    KeyRevoked,
    /// The certificate that the credential carries is no certificate, or not of a key we know.
    Certificate,
    /// The certificate that the credential carries is not in force now.
    CertificateExpired,
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
    /// A ticket for something that the event does not sell.
    Product,
}

impl TrustError {
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownKey => "TRUST-KID",
            Self::KeyMissing => "TRUST-KID-MISSING",
            Self::KeyExpired => "TRUST-KEY-EXPIRED",
            Self::KeyTerminated => "TRUST-KEY-TERMINATED",
            Self::KeyRevoked => "TRUST-KEY-REVOKED",
            Self::Certificate => "TRUST-CERT",
            Self::CertificateExpired => "TRUST-CERT-EXPIRED",
            Self::BadSignature => "TRUST-SIG",
            Self::Expired { .. } => "PASS-EXP",
            Self::NotYetValid { .. } => "PASS-NBF",
            Self::Revoked => "TRUST-REVOKED",
            Self::RegistryStale => "TRUST-STALE",
            Self::RevocationUnchecked => "TRUST-UNCHECKED",
            Self::Purpose => "TRUST-PURPOSE",
            Self::Product => "TRUST-PRODUCT",
        }
    }

    /// What the signature was found to be before this went wrong.
    pub fn signature(self) -> SignatureState {
        match self {
            Self::UnknownKey | Self::KeyMissing | Self::KeyExpired | Self::KeyTerminated => {
                SignatureState::UnknownKey
            }
            Self::BadSignature => SignatureState::Invalid,
            Self::Certificate => SignatureState::Unchecked,
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

/// Decodes, here or in the build's other binary, and believes nothing.
pub fn parse(payload: &Payload, registry: &Registry) -> Result<Parsed, CredentialError> {
    match (credential::parse(payload), registry.elsewhere()) {
        (Err(CredentialError::Unsupported(family)), Some(elsewhere)) => {
            elsewhere.parse(payload, family)
        }
        (outcome, _) => outcome,
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
    let product = claims.entitlement.as_ref().and_then(|entitlement| entitlement.product);
    if product.is_some_and(|product| !sells(issuer, product)) {
        return Err(TrustError::Product);
    }
    if revoked(issuer, &unverified) {
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
        // As pretix has it too.
        Family::Hc1 | Family::Pretix => expires_unix_s,
        _ => expires_unix_s.map(|at| at.saturating_sub(1)),
    }
}

fn sells(issuer: &Issuer, product: u64) -> bool {
    issuer.products.is_empty() || issuer.products.contains(&product)
}

/// By name, in the registry itself; lists come later.
fn revoked(issuer: &Issuer, unverified: &Unverified) -> bool {
    let from_unix_s = unverified.claims().not_before_unix_s.unwrap_or(i64::MIN);
    let withdrawn = |id| issuer.revoked.get(id).is_some_and(|before| from_unix_s < *before);
    unverified.revocation_ids().iter().any(withdrawn)
}

/// The issuer whose key made the signature. Short key ids collide, so every key of that id is tried.
fn find_signer<'a>(
    unverified: &Unverified,
    registry: &'a Registry,
    now_unix_s: i64,
) -> Result<&'a Issuer, TrustError> {
    let must_name_key =
        !matches!(unverified.family(), Family::Pretix | Family::Claim169 | Family::VdsNc);
    let mut outcome = match unverified.key_id() {
        [] if must_name_key => TrustError::KeyMissing,
        _ => TrustError::UnknownKey,
    };
    // What failed under one key says less than what holds under another that has ended.
    let mut ended = None;
    let elsewhere = registry.elsewhere();
    let authority_id = match unverified.certificate() {
        [] => None,
        certificate => match elsewhere {
            Some(elsewhere) => Some(elsewhere.authority_id(certificate)),
            None if FAMILIES => Some(chain::authority_id(certificate)),
            None => None,
        },
    };
    if authority_id.as_ref().is_some_and(Vec::is_empty) {
        return Err(TrustError::Certificate);
    }
    let key_id = authority_id.as_deref().unwrap_or(unverified.key_id());
    for issuer in registry.issuers_of(unverified.family(), key_id) {
        if !names(unverified, issuer) {
            continue;
        }
        match signed_by(unverified, issuer, elsewhere, now_unix_s) {
            Ok(()) => match standing(issuer, now_unix_s) {
                Ok(()) => return Ok(issuer),
                Err(error) => ended = Some(error),
            },
            // A forger's signature says nothing of a key that nobody may use.
            Err(_) if standing(issuer, now_unix_s).is_err() => {}
            Err(TrustError::UnknownKey) => {}
            Err(error) => outcome = error,
        }
    }
    Err(ended.unwrap_or(outcome))
}

/// A key is for one name: what one country signed is not another's. Tickets name nobody.
fn names(unverified: &Unverified, issuer: &Issuer) -> bool {
    let named = |claimed_as| unverified.issuers().contains(claimed_as);
    unverified.family() == Family::Pretix || issuer.claimed_as.as_ref().is_none_or(named)
}

fn standing(issuer: &Issuer, now_unix_s: i64) -> Result<(), TrustError> {
    match issuer.state {
        KeyState::Revoked => Err(TrustError::KeyRevoked),
        KeyState::Terminated => Err(TrustError::KeyTerminated),
        KeyState::Current if issuer.in_force(now_unix_s) => Ok(()),
        KeyState::Current => Err(TrustError::KeyExpired),
    }
}

/// By the issuer's own key, or by one that it certified.
fn signed_by(
    unverified: &Unverified,
    issuer: &Issuer,
    elsewhere: Option<&Elsewhere>,
    now_unix_s: i64,
) -> Result<(), TrustError> {
    let holds = |public_key: &[u8]| {
        let (signed, signature) = (unverified.signed(), unverified.signature());
        let held = match (unverified.algorithm(), elsewhere) {
            (Algorithm::EdDsa, _) | (_, None) => {
                check_signature(unverified.algorithm(), public_key, signed, signature)
            }
            (algorithm, Some(elsewhere)) => {
                elsewhere.check_signature(algorithm, public_key, signed, signature)
            }
        };
        held.map_err(|_| TrustError::BadSignature)
    };
    if issuer.algorithm == Algorithm::Certificates {
        let signer = match elsewhere {
            Some(elsewhere) => elsewhere.signer(unverified.certificate(), &issuer.public_key),
            None if FAMILIES => {
                chain::signer(unverified.certificate(), &issuer.public_key).map(Signer::of)
            }
            None => return Err(TrustError::UnknownKey),
        };
        let signer = signer.map_err(|error| match error {
            ChainError::Certificate => TrustError::Certificate,
            ChainError::NotCertified => TrustError::UnknownKey,
        })?;
        holds(&signer.public_key)?;
        let in_force = signer.in_force(now_unix_s);
        return if in_force { Ok(()) } else { Err(TrustError::CertificateExpired) };
    }
    // A key is for one algorithm: the same key id under another one is nobody's signature.
    if issuer.algorithm == unverified.algorithm() {
        holds(&issuer.public_key)
    } else {
        Err(TrustError::BadSignature)
    }
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
