//! A certificate that a credential carries, and the authority that must have issued it.
//!
//! Shape: DER + the key of who signs certificates → the `Certificate`, if that key signed it.
//! Limits and errors: one step from authority to signer, as countries' signing authorities have
//! it; `ChainError`. Signatures with SHA-1 do not count. Never panics.
//! Source: ICAO Doc 9303-12 (8th ed., 2021) §4, §7.1; RFC 5280 §4.1.1; RFC 4055 §3 (RSASSA-PSS);
//! RFC 5758 §3.2 (ECDSA).
//! Not here: intermediate authorities, which ICAO's scheme has none of; lists of withdrawn
//! certificates; whether either is in force (`verify`).

use super::certificate::{Certificate, lenient};
use super::signature::{self, Hash};
use x509_parser::der_parser::asn1_rs::oid;
use x509_parser::prelude::X509Certificate;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::AlgorithmIdentifier;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChainError {
    /// What the credential carries is no certificate.
    Certificate,
    /// Not signed by this authority.
    NotCertified,
}

/// By which name the authority of a certificate is looked up; empty where it is no certificate.
pub(super) fn authority_id(der: &[u8]) -> Vec<u8> {
    Certificate::parse(der).map(|signer| signer.authority_id.to_vec()).unwrap_or_default()
}

pub(super) fn signer(der: &[u8], authority_key: &[u8]) -> Result<Certificate, ChainError> {
    let certificate = lenient(der).map_err(|_| ChainError::Certificate)?;
    if !holds(&certificate, authority_key) {
        return Err(ChainError::NotCertified);
    }
    Certificate::of(&certificate, der).map_err(|_| ChainError::Certificate)
}

fn holds(certificate: &X509Certificate<'_>, authority_key: &[u8]) -> bool {
    let Some(scheme) = scheme(&certificate.signature_algorithm) else { return false };
    let signed = certificate.tbs_certificate.as_ref();
    let signature = &certificate.signature_value.data;
    let held = match scheme {
        Scheme::Ecdsa(hash) => signature::ecdsa_der(hash, authority_key, signed, signature),
        Scheme::RsaPkcs1(hash) => signature::rsa_pkcs1(hash, authority_key, signed, signature),
        Scheme::RsaPss(hash) => signature::rsa_pss(hash, authority_key, signed, signature),
    };
    held.is_ok()
}

enum Scheme {
    Ecdsa(Hash),
    RsaPkcs1(Hash),
    /// With the same hash in MGF1, and a salt as long as the hash.
    RsaPss(Hash),
}

fn scheme(algorithm: &AlgorithmIdentifier<'_>) -> Option<Scheme> {
    let named = &algorithm.algorithm;
    let found = [
        (oid!(1.2.840.10045.4.3.2), Scheme::Ecdsa(Hash::Sha256)),
        (oid!(1.2.840.10045.4.3.3), Scheme::Ecdsa(Hash::Sha384)),
        (oid!(1.2.840.10045.4.3.4), Scheme::Ecdsa(Hash::Sha512)),
        (oid!(1.2.840.113549.1.1.11), Scheme::RsaPkcs1(Hash::Sha256)),
        (oid!(1.2.840.113549.1.1.12), Scheme::RsaPkcs1(Hash::Sha384)),
        (oid!(1.2.840.113549.1.1.13), Scheme::RsaPkcs1(Hash::Sha512)),
    ];
    if let Some((_, scheme)) = found.into_iter().find(|(known, _)| known == named) {
        return Some(scheme);
    }
    if *named != oid!(1.2.840.113549.1.1.10) {
        return None;
    }
    let given = RsaSsaPssParams::try_from(algorithm.parameters.as_ref()?).ok()?;
    let hash = given.hash_algorithm_oid();
    let hash = [
        (oid!(2.16.840.1.101.3.4.2.1), Hash::Sha256),
        (oid!(2.16.840.1.101.3.4.2.2), Hash::Sha384),
        (oid!(2.16.840.1.101.3.4.2.3), Hash::Sha512),
    ]
    .into_iter()
    .find_map(|(oid, known)| (oid == *hash).then_some(known))?;
    Some(Scheme::RsaPss(hash))
}
