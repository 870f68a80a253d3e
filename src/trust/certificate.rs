//! An issuer's X.509 certificate: which key it holds, for what, from when until when.
//!
//! Shape: DER → `Certificate`.
//! Limits and errors: at most `CERTIFICATE_BYTES_MAX` bytes; nothing may follow the certificate.
//! Real ones are not always strict DER, so the parser is a lenient one; the key itself is read
//! strictly, when a signature is checked. Never panics.
//! Source: RFC 5280 §4.1; hcert_spec 1.0.8 §3.3.2 (kid); key usages: eu-dcc "Certificate
//! Governance" 1.01 §4, and the misspelt numbers that many certificates carry instead.
//! Not here: who signed the certificate (`chain`): a registry's root vouches for what it lists.

use super::registry::Purpose;
use super::signature::Curve;
use crate::credential::Algorithm;
use sha2::{Digest, Sha256};
use x509_parser::asn1_rs::{Tag, oid};
use x509_parser::oid_registry::{OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_RSAENCRYPTION};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::{SubjectPublicKeyInfo, X509Name};

pub const CERTIFICATE_BYTES_MAX: usize = 16 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The first 8 bytes of the SHA-256 of the certificate.
    pub key_id: [u8; 8],
    /// What its key signs with: ES256 for an elliptic curve, PS256 for RSA.
    pub algorithm: Algorithm,
    /// SubjectPublicKeyInfo in DER, its curve by name.
    pub public_key: Vec<u8>,
    /// Under which name it is looked up as an authority: a hash over the subject.
    pub subject_id: [u8; 8],
    /// Under which name its own authority is looked up: a hash over the issuer.
    pub authority_id: [u8; 8],
    /// C of the subject.
    pub country: Option<String>,
    /// CN of the subject.
    pub name: Option<String>,
    /// May sign certificates.
    pub is_authority: bool,
    pub from_unix_s: i64,
    pub until_unix_s: i64,
    /// Those health facts that the key usages name; all where they name none.
    pub purposes: Vec<Purpose>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateError {
    TooLong,
    /// No certificate, or something follows it.
    Malformed,
    /// A key that is neither of an elliptic curve nor RSA.
    KeyType,
}

impl CertificateError {
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "CERT-LONG",
            Self::Malformed => "CERT-DER",
            Self::KeyType => "CERT-KEY",
        }
    }
}

impl Certificate {
    pub fn in_force(&self, now_unix_s: i64) -> bool {
        (self.from_unix_s..=self.until_unix_s).contains(&now_unix_s)
    }

    pub fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        Self::of(&lenient(der)?, der)
    }

    /// `der`: what `certificate` was read from.
    pub(super) fn of(
        certificate: &X509Certificate<'_>,
        der: &[u8],
    ) -> Result<Self, CertificateError> {
        let validity = certificate.validity();
        let subject = certificate.subject();
        let text = |value: &str| value.to_owned();
        Ok(Self {
            key_id: first_8(Sha256::digest(der).into()),
            algorithm: algorithm(certificate)?,
            public_key: plain_key(certificate.public_key()),
            subject_id: name_id(subject),
            authority_id: name_id(certificate.issuer()),
            country: subject.iter_country().find_map(|value| value.as_str().ok().map(text)),
            name: subject.iter_common_name().find_map(|value| value.as_str().ok().map(text)),
            is_authority: is_authority(certificate),
            from_unix_s: validity.not_before.timestamp(),
            until_unix_s: validity.not_after.timestamp(),
            purposes: purposes(certificate),
        })
    }
}

fn lenient(der: &[u8]) -> Result<X509Certificate<'_>, CertificateError> {
    if der.len() > CERTIFICATE_BYTES_MAX {
        return Err(CertificateError::TooLong);
    }
    let (rest, certificate) =
        X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
    if rest.is_empty() { Ok(certificate) } else { Err(CertificateError::Malformed) }
}

/// RFC 5280 §4.2.1.9.
fn is_authority(certificate: &X509Certificate<'_>) -> bool {
    let constraints = certificate.basic_constraints().ok().flatten();
    constraints.is_some_and(|constraints| constraints.value.ca)
}

fn first_8(hash: [u8; 32]) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = hash;
    [a, b, c, d, e, f, g, h]
}

/// RFC 5280 §7.1: names are compared without regard to case and to the type of their strings, so
/// that is how they are hashed.
fn name_id(name: &X509Name<'_>) -> [u8; 8] {
    let mut hash = Sha256::new();
    for attribute in name.iter_attributes() {
        let text = attribute.as_str().unwrap_or_default().to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        hash.update(attribute.attr_type().as_bytes());
        hash.update([0]);
        hash.update(words.join(" "));
        hash.update([0]);
    }
    first_8(hash.finalize().into())
}

/// An RSA key for RSASSA-PSS alone (RFC 4055 §3.1) is an RSA key. And some authorities write their
/// curve's numbers out instead of its name. The numbers tell just
/// which curve is meant, by its order; the signature is checked on the standard's own curve, so
/// others beside that order gain nothing (CVE-2020-0601 is about believing them).
fn plain_key(key: &SubjectPublicKeyInfo<'_>) -> Vec<u8> {
    if key.algorithm.algorithm == oid!(1.2.840.113549.1.1.10) {
        return rsa_spki(&key.subject_public_key.data);
    }
    let parameters = key.algorithm.parameters.as_ref().filter(|given| given.tag() == Tag::Sequence);
    let named = parameters.and_then(|numbers| {
        let has = |order: &[u8]| numbers.data.windows(order.len()).any(|part| part == order);
        Curve::ALL.into_iter().find(|curve| has(&curve.order()))
    });
    match named {
        Some(curve) => curve.spki(&key.subject_public_key.data).unwrap_or_else(|| key.raw.to_vec()),
        None => key.raw.to_vec(),
    }
}

/// SubjectPublicKeyInfo of an RSAPublicKey (RFC 3279 §2.3.1).
fn rsa_spki(key: &[u8]) -> Vec<u8> {
    const ALGORITHM: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    let tlv = |tag: u8, parts: &[&[u8]]| {
        let content = parts.concat();
        // A certificate is shorter than 64 KiB.
        let [.., high, low] = content.len().to_be_bytes();
        [&[tag, 0x82, high, low], content.as_slice()].concat()
    };
    tlv(0x30, &[ALGORITHM, &tlv(0x03, &[&[0], key])])
}

fn algorithm(certificate: &X509Certificate<'_>) -> Result<Algorithm, CertificateError> {
    let key_type = &certificate.public_key().algorithm.algorithm;
    if *key_type == OID_KEY_TYPE_EC_PUBLIC_KEY {
        Ok(Algorithm::Es256)
    } else if *key_type == OID_PKCS1_RSAENCRYPTION || *key_type == oid!(1.2.840.113549.1.1.10) {
        Ok(Algorithm::Ps256)
    } else {
        Err(CertificateError::KeyType)
    }
}

fn purposes(certificate: &X509Certificate<'_>) -> Vec<Purpose> {
    const USAGES: [(&str, Purpose); 6] = [
        ("1.3.6.1.4.1.1847.2021.1.1", Purpose::Test),
        ("1.3.6.1.4.1.1847.2021.1.2", Purpose::Vaccination),
        ("1.3.6.1.4.1.1847.2021.1.3", Purpose::Recovery),
        ("1.3.6.1.4.1.0.1847.2021.1.1", Purpose::Test),
        ("1.3.6.1.4.1.0.1847.2021.1.2", Purpose::Vaccination),
        ("1.3.6.1.4.1.0.1847.2021.1.3", Purpose::Recovery),
    ];
    let usages = certificate.extended_key_usage().ok().flatten();
    let named: Vec<String> = usages
        .map(|usages| usages.value.other.iter().map(|usage| usage.to_id_string()).collect())
        .unwrap_or_default();
    let found: Vec<Purpose> = USAGES
        .into_iter()
        .filter(|(usage, _)| named.iter().any(|name| name == usage))
        .map(|(_, purpose)| purpose)
        .collect();
    if found.is_empty() {
        vec![Purpose::Vaccination, Purpose::Test, Purpose::Recovery]
    } else {
        found
    }
}
