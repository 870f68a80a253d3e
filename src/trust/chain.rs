//! The certificates that a credential carries, and the authority at their end.
//!
//! Shape: DER of the signer's certificate, then of who certified it, and so on + the key of the
//! authority that certified the last → the signer's `Certificate`, in force as long as all of them.
//! Limits and errors: at most `CERTIFICATES_MAX` certificates; `ChainError`. Whoever certifies
//! others must be allowed to by its own certificate. Signatures with SHA-1 do not count. What
//! follows the last certificate and is none is ignored, as Japan's has it: nobody signed it, and
//! nothing is read from it. Never panics.
//! Source: ICAO Doc 9303-12 (8th ed., 2021) §4, §7.1; RFC 5280 §4.1.1, §4.2.1.3, §4.2.1.9, §6.1;
//! RFC 4055 §3 (RSASSA-PSS); RFC 5758 §3.2 (ECDSA).
//! Not here: name constraints and policies; lists of withdrawn certificates; whether the authority
//! itself is in force (`verify`).

use super::certificate::{CERTIFICATE_BYTES_MAX, Certificate};
use super::signature::{self, Hash};
use x509_parser::der_parser::asn1_rs::oid;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::AlgorithmIdentifier;

/// ICAO's scheme has one below the authority, or two with a link certificate.
pub(super) const CERTIFICATES_MAX: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChainError {
    /// What the credential carries is no certificate, or too many.
    Certificate,
    /// Not signed by this authority.
    NotCertified,
}

/// By which name the authority of a chain is looked up; empty where it is none.
pub(super) fn authority_id(der: &[u8]) -> Vec<u8> {
    let id = |links: Vec<Link<'_>>| Some(links.last()?.read().ok()?.authority_id.to_vec());
    links(der).ok().and_then(id).unwrap_or_default()
}

pub(super) fn signer(der: &[u8], authority_key: &[u8]) -> Result<Certificate, ChainError> {
    let links = links(der)?;
    let mut key = authority_key.to_vec();
    let (mut from_unix_s, mut until_unix_s) = (i64::MIN, i64::MAX);
    for (below, link) in links.iter().enumerate().rev() {
        if !holds(&link.certificate, &key) {
            return Err(ChainError::NotCertified);
        }
        let mut certificate = link.read()?;
        from_unix_s = from_unix_s.max(certificate.from_unix_s);
        until_unix_s = until_unix_s.min(certificate.until_unix_s);
        match below {
            0 => {
                (certificate.from_unix_s, certificate.until_unix_s) = (from_unix_s, until_unix_s);
                return Ok(certificate);
            }
            _ if link.may_certify(below) => key = certificate.public_key,
            _ => return Err(ChainError::NotCertified),
        }
    }
    Err(ChainError::Certificate)
}

/// A certificate of the chain.
struct Link<'a> {
    der: &'a [u8],
    certificate: X509Certificate<'a>,
}

impl Link<'_> {
    fn read(&self) -> Result<Certificate, ChainError> {
        Certificate::of(&self.certificate, self.der).map_err(|_| ChainError::Certificate)
    }

    /// `below`: how many certificates it vouches for, the signer's among them.
    fn may_certify(&self, below: usize) -> bool {
        let constraints = self.certificate.basic_constraints().ok().flatten();
        let is_authority = constraints.is_some_and(|constraints| {
            let most = constraints.value.path_len_constraint;
            constraints.value.ca && most.is_none_or(|most| below - 1 <= most as usize)
        });
        let usage = self.certificate.key_usage().ok().flatten();
        is_authority && usage.is_none_or(|usage| usage.value.key_cert_sign())
    }
}

fn links(der: &[u8]) -> Result<Vec<Link<'_>>, ChainError> {
    if der.len() > CERTIFICATE_BYTES_MAX {
        return Err(ChainError::Certificate);
    }
    let mut links = Vec::new();
    let mut left = der;
    while let Ok((rest, certificate)) = X509Certificate::from_der(left) {
        let length = left.len() - rest.len();
        let der = left.get(..length).ok_or(ChainError::Certificate)?;
        links.push(Link { der, certificate });
        left = rest;
        if links.len() > CERTIFICATES_MAX {
            return Err(ChainError::Certificate);
        }
    }
    if links.is_empty() { Err(ChainError::Certificate) } else { Ok(links) }
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
