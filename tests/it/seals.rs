//! VDS-NC: signers and authorities of each curve, and whole chains of certificates.

use crate::authority;
use data_encoding::{BASE64, BASE64URL};
use ecdsa::SigningKey;
use ecdsa::hazmat::sign_prehashed;
use gerbang::credential::{self, Algorithm, Family, Parsed, Payload};
use gerbang::envelope::jcs;
use gerbang::issue::foreign::x509::{
    self, ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512, SIGNER, Validity,
};
use gerbang::issue::foreign::{self, Foreign};
use gerbang::trust::{Certificate, Issuer, Registry, TrustError, verify};
use p256::pkcs8::EncodePublicKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384, Sha512};

const NOW_UNIX_S: i64 = 1_700_000_000;
const DAY_S: i64 = 86_400;
const IN_FORCE: Validity = (NOW_UNIX_S - DAY_S, NOW_UNIX_S + DAY_S);

/// A key of any curve.
struct Key {
    spki: Vec<u8>,
    sign: Box<Sign>,
}

type Sign = dyn Fn(&[u8]) -> Made;

/// A signature in both of its forms.
struct Made {
    fixed: Vec<u8>,
    der: Vec<u8>,
}

impl Key {
    fn fixed(&self, hash: Hash, signed: &[u8]) -> Vec<u8> {
        (self.sign)(&hash.digest(signed)).fixed
    }

    fn der(&self, hash: Hash, signed: &[u8]) -> Vec<u8> {
        (self.sign)(&hash.digest(signed)).der
    }
}

#[derive(Clone, Copy, Debug)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    fn algorithm(self) -> (&'static str, &'static [u8]) {
        match self {
            Self::Sha256 => ("ES256", ECDSA_SHA256),
            Self::Sha384 => ("ES384", ECDSA_SHA384),
            Self::Sha512 => ("ES512", ECDSA_SHA512),
        }
    }
}

macro_rules! key {
    ($curve:ty, $bytes:literal, $seed:expr) => {{
        let mut scalar = [0u8; $bytes];
        scalar[$bytes - 32..].fill($seed);
        let key = SigningKey::<$curve>::from_slice(&scalar).expect("below the order");
        let spki = key.verifying_key().to_public_key_der().expect("a key has its DER").into_vec();
        let nonce = SigningKey::<$curve>::from_slice(&[&[0; $bytes - 32][..], &[99; 32]].concat());
        let nonce = nonce.expect("below the order");
        let sign = move |digest: &[u8]| {
            let padded = [vec![0; ($bytes as usize).saturating_sub(digest.len())], digest.to_vec()];
            let made = sign_prehashed::<$curve>(
                key.as_nonzero_scalar(),
                nonce.as_nonzero_scalar(),
                &padded.concat(),
            );
            let (made, _) = made.expect("a signature");
            Made { fixed: made.to_bytes().to_vec(), der: made.to_der().as_bytes().to_vec() }
        };
        Key { spki, sign: Box::new(sign) }
    }};
}

fn p256(seed: u8) -> Key {
    key!(p256::NistP256, 32, seed)
}

/// Of each curve, with its name.
fn each_curve() -> Vec<(&'static str, Key)> {
    vec![
        ("P-256", p256(21)),
        ("P-384", key!(p384::NistP384, 48, 22)),
        ("P-521", key!(p521::NistP521, 66, 23)),
        ("Brainpool 256", key!(bp256::BrainpoolP256r1, 32, 24)),
        ("Brainpool 384", key!(bp384::BrainpoolP384r1, 48, 25)),
    ]
}

const HASHES: [Hash; 3] = [Hash::Sha256, Hash::Sha384, Hash::Sha512];

struct Draft<'a> {
    authority: &'a str,
    subject: &'a str,
    validity: Validity,
    extension: Vec<u8>,
}

fn certificate(draft: &Draft<'_>, of: &Key, by: &Key, hash: Hash) -> Vec<u8> {
    let draft = x509::Draft {
        authority: draft.authority,
        subject: draft.subject,
        validity: draft.validity,
        public_key: &of.spki,
        extension: &draft.extension,
        algorithm: hash.algorithm().1,
    };
    x509::certificate(&draft, |signed| by.der(hash, signed))
}

fn authority_draft(subject: &str) -> Draft<'_> {
    Draft { authority: ROOT, subject, validity: IN_FORCE, extension: x509::may_certify() }
}

fn signer_draft(authority: &str) -> Draft<'_> {
    Draft { authority, subject: SIGNER, validity: IN_FORCE, extension: x509::comment() }
}

const ROOT: &str = x509::AUTHORITY;

fn template() -> Foreign {
    let made = foreign::all(NOW_UNIX_S).into_iter();
    made.into_iter().find(|made| made.family == Family::VdsNc).expect("one")
}

fn seal(signer: &Key, hash: Hash, certificates: &Value) -> String {
    let mut seal: Value = serde_json::from_slice(&template().valid).expect("JSON");
    let signature = signer.fixed(hash, jcs::canonical(&seal["data"]).as_bytes());
    seal["sig"] = json!({
        "alg": hash.algorithm().0, "sigvl": BASE64URL.encode(&signature), "cer": certificates,
    });
    seal.to_string()
}

fn base64(der: &[u8]) -> Value {
    BASE64.encode(der).into()
}

/// Whoever trusts this authority's certificate.
fn trusting(root: &[u8]) -> Registry {
    let root = Certificate::parse(root).expect("a certificate");
    assert!(root.is_authority);
    let mut body = authority::body();
    body.issued_unix_s = NOW_UNIX_S - 60;
    body.expires_unix_s = NOW_UNIX_S + 3600;
    body.issuers = vec![Issuer {
        key_id: root.subject_id.to_vec(),
        algorithm: Algorithm::Certificates,
        public_key: root.public_key,
        ..template().issuer
    }];
    Registry::standing_in(body)
}

fn prove(seal: &str, registry: &Registry) -> Result<(), &'static str> {
    match credential::parse(&Payload::from_text(seal)) {
        Ok(Parsed::Credential(unverified)) => {
            let verified = verify(*unverified, registry, NOW_UNIX_S * 1000);
            verified.map(|_| ()).map_err(TrustError::code)
        }
        Ok(Parsed::Other(other)) => Err(other.code()),
        Err(error) => Err(error.code()),
    }
}

#[test]
fn a_signer_of_each_curve_proves_with_each_hash_and_no_other() {
    let root_key = p256(31);
    let root = certificate(&authority_draft(ROOT), &root_key, &root_key, Hash::Sha256);
    let registry = trusting(&root);
    for (curve, key) in each_curve() {
        let own = certificate(&signer_draft(ROOT), &key, &root_key, Hash::Sha256);
        for hash in HASHES {
            let whole = seal(&key, hash, &base64(&own));
            assert_eq!(prove(&whole, &registry), Ok(()), "{curve} {hash:?}");
            let (named, _) = hash.algorithm();
            let other = if named == "ES512" { "ES256" } else { "ES512" };
            let renamed = whole.replace(named, other);
            assert_eq!(prove(&renamed, &registry), Err("TRUST-SIG"), "{curve} {hash:?}");
        }
    }
}

#[test]
fn an_authority_of_each_curve_certifies_with_each_hash() {
    let signer = p256(32);
    for (curve, key) in each_curve() {
        for hash in HASHES {
            let root = certificate(&authority_draft(ROOT), &key, &key, hash);
            let own = certificate(&signer_draft(ROOT), &signer, &key, hash);
            let whole = seal(&signer, Hash::Sha256, &base64(&own));
            assert_eq!(prove(&whole, &trusting(&root)), Ok(()), "{curve} {hash:?}");
            let stranger = certificate(&authority_draft(ROOT), &p256(33), &p256(33), Hash::Sha256);
            assert_eq!(prove(&whole, &trusting(&stranger)), Err("TRUST-KID"), "{curve}");
        }
    }
}

#[test]
fn a_chain_proves_from_the_signer_to_an_authority_that_is_trusted() {
    const BETWEEN: &str = "Di antara";
    let (root_key, between_key, signer) = (p256(41), p256(42), p256(43));
    let root = certificate(&authority_draft(ROOT), &root_key, &root_key, Hash::Sha256);
    let registry = trusting(&root);
    let between = |draft: &Draft<'_>| certificate(draft, &between_key, &root_key, Hash::Sha256);
    let whole = between(&authority_draft(BETWEEN));
    let own = certificate(&signer_draft(BETWEEN), &signer, &between_key, Hash::Sha256);
    let check = |certificates: &[&[u8]], expected: Result<(), &'static str>, what: &str| {
        let list = certificates.iter().map(|der| base64(der)).collect();
        let found = prove(&seal(&signer, Hash::Sha256, &Value::Array(list)), &registry);
        assert_eq!(found, expected, "{what}");
    };
    check(&[&own, &whole], Ok(()), "the chain");
    check(&[&own, &whole, &root], Ok(()), "the chain with its authority");
    check(&[&own], Err("TRUST-KID"), "without the one between");
    check(&[&whole, &own], Err("TRUST-KID"), "in another order");
    check(&[&own, &root], Err("TRUST-KID"), "the authority certified another");
    check(&[&own, &whole, &whole], Err("TRUST-KID"), "one twice");
    check(&[&own, &whole, &root, &root], Ok(()), "the authority twice");
    check(&[own.as_slice(); 5], Err("VDS-CERT"), "too many");
    check(&[], Err("VDS-CERT"), "none");
    let plain = Draft { extension: x509::comment(), ..authority_draft(BETWEEN) };
    check(&[&own, &between(&plain)], Err("TRUST-KID"), "who may certify nobody");
    let past = Draft { validity: (0, NOW_UNIX_S - 1), ..authority_draft(BETWEEN) };
    check(&[&own, &between(&past)], Err("TRUST-CERT-EXPIRED"), "no longer in force");
    let coming = (NOW_UNIX_S + 1, NOW_UNIX_S + DAY_S);
    let coming = Draft { validity: coming, ..authority_draft(BETWEEN) };
    check(&[&own, &between(&coming)], Err("TRUST-CERT-EXPIRED"), "not yet in force");
    // Signed by a stranger who calls himself the same.
    let forged = certificate(&authority_draft(BETWEEN), &between_key, &p256(44), Hash::Sha256);
    check(&[&own, &forged], Err("TRUST-KID"), "a stranger's");
}

#[test]
fn what_follows_a_certificate_and_is_none_changes_nothing() {
    let (root_key, signer) = (p256(51), p256(52));
    let root = certificate(&authority_draft(ROOT), &root_key, &root_key, Hash::Sha256);
    let own = certificate(&signer_draft(ROOT), &signer, &root_key, Hash::Sha256);
    let followed = [own.as_slice(), &[0, 0]].concat();
    let in_lines = |der: &[u8]| {
        let lines: Vec<String> = BASE64
            .encode(der)
            .as_bytes()
            .chunks(64)
            .map(|line| line.escape_ascii().to_string())
            .collect();
        Value::from(lines.join("\n"))
    };
    let in_lines = seal(&signer, Hash::Sha256, &in_lines(&own));
    assert_eq!(prove(&in_lines, &trusting(&root)), Ok(()));
    let id = |der: &[u8]| {
        let text = seal(&signer, Hash::Sha256, &base64(der));
        assert_eq!(prove(&text, &trusting(&root)), Ok(()));
        match credential::parse(&Payload::from_text(text)) {
            Ok(Parsed::Credential(unverified)) => unverified.credential_id(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(id(&followed), id(&own));
}

/// RFC 4055 §3.1: some keys say of themselves that they are for RSASSA-PSS alone.
#[test]
fn a_key_for_pss_alone_is_read_as_the_rsa_key_that_it_is() {
    const PLAIN: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    const PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
    let tlv = |tag: u8, parts: &[&[u8]]| {
        let content = parts.concat();
        let length = u16::try_from(content.len()).expect("short");
        let [high, low] = length.to_be_bytes();
        let head = if length < 0x80 { vec![tag, low] } else { vec![tag, 0x82, high, low] };
        [head, content].concat()
    };
    let modulus = [&[0, 0xc5][..], &[0x5b; 255]].concat();
    let key = tlv(0x30, &[&tlv(0x02, &[&modulus]), &tlv(0x02, &[&[1, 0, 1]])]);
    let spki = |oid: &[u8], parameters: &[u8]| {
        let algorithm = tlv(0x30, &[&tlv(0x06, &[oid]), parameters]);
        tlv(0x30, &[&algorithm, &tlv(0x03, &[&[0], &key])])
    };
    for (oid, parameters) in [(PLAIN, &[0x05, 0x00][..]), (PSS, &[][..])] {
        let draft = x509::Draft {
            authority: ROOT,
            subject: SIGNER,
            validity: IN_FORCE,
            public_key: &spki(oid, parameters),
            extension: &x509::comment(),
            algorithm: ECDSA_SHA256,
        };
        let der = x509::certificate(&draft, |signed| p256(61).der(Hash::Sha256, signed));
        let found = Certificate::parse(&der).expect("a certificate");
        assert_eq!(found.algorithm, Algorithm::Ps256);
        assert_eq!(found.public_key, spki(PLAIN, &[0x05, 0x00]));
    }
}
