//! What a root signs besides registries: a small COSE_Sign1 whose payload is then believed.

use super::signature::check_signature;
use super::site::RootKey;
use crate::credential::Algorithm;
use crate::envelope::cose::{self, Profile};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RootSignedError {
    /// No COSE_Sign1 within the profile.
    Unreadable,
    /// Of no root that this site believes.
    Root,
    Signature,
}

/// The payload that one of `roots` signed.
pub(super) fn payload(
    message: &[u8],
    profile: &Profile,
    roots: &[RootKey],
) -> Result<Vec<u8>, RootSignedError> {
    let sign1 = cose::parse(message, profile).map_err(|_| RootSignedError::Unreadable)?;
    let root = roots.iter().find(|root| root.key_id().as_slice() == sign1.kid);
    let root = root.ok_or(RootSignedError::Root)?;
    if sign1.alg != cose::EDDSA {
        return Err(RootSignedError::Signature);
    }
    check_signature(Algorithm::EdDsa, &root.0, &sign1.to_be_signed, &sign1.signature)
        .map_err(|_| RootSignedError::Signature)?;
    Ok(sign1.payload)
}
