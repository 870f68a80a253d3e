//! DIVOC's certificate: Indonesia's international one, and India's, Sri Lanka's, the Philippines'.
//!
//! Shape: ZIP { certificate.json } in bytes (or `B64:` + Base64 of it) → W3C credential in JSON-LD
//! with a linked-data proof. Signed are the JWS header, a full stop, SHA-256 of the proof's
//! canonical N-Quads and SHA-256 of the document's.
//! Limits and errors: `JSON_BYTES_MAX` after inflation; each thing that can be malformed is a
//! `DivocError` with a code of its own; a context that we do not hold cannot be judged.
//! The vocabulary gives one IRI to several members (dose and total; three dates; vaccine, maker,
//! batch and certificate number), so the signature does not tell them apart, and two of them can be
//! exchanged unseen. So facts are read from the signed graph, never from the JSON: of two doses the
//! lower is the dose, of several dates the first is the day, and which vaccine it was is not read.
//! Source: "Indonesia International COVID-19 Certificate Specifications" 1.5; DIVOC (MIT),
//! `certificate_signer_library`; Ed25519Signature2018, RsaSignature2018 (W3C CCG "Linked Data Proofs"
//! 2018); "Verifiable Credentials Data Model" 1.0.
//! Not here: keys, which the DID names (`trust`); fetching contexts; `effectiveUntil` as an end: it
//! is often the day of the dose itself.

mod terms;

use super::claims::{Algorithm, Claims, Unverified, Vaccination};
use super::{Family, Fault, Holder, date};
use crate::envelope::json::{self, JsonError};
use crate::envelope::json_ld::{Graph, JsonLdError};
use crate::envelope::jws::{self, JwsError};
use crate::envelope::rdf::{Escapes, RdfError, Term};
use crate::envelope::rdf_canon;
use crate::envelope::zip::{self, ZipError};
use data_encoding::{BASE64, BASE64_NOPAD};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

pub const JSON_BYTES_MAX: usize = 64 * 1024;
pub const EVIDENCE_MAX: usize = 16;
const FILE_NAME: &str = "certificate.json";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DivocError {
    Base64,
    Zip(ZipError),
    Json(JsonError),
    /// No object with a context.
    Shape,
    /// A context that we do not hold: its credentials cannot be judged.
    Context,
    /// No proof of the two types, for an assertion.
    Proof,
    Jws(JwsError),
    /// The header's algorithm is not the proof type's.
    Algorithm,
    /// The document in RDF.
    Document(JsonLdError),
    /// The proof in RDF.
    ProofOptions(JsonLdError),
    Canonical(RdfError),
    /// No subject, or several; no issuer.
    Subject,
    /// More entries than `EVIDENCE_MAX`.
    Evidence,
    Time,
}

impl DivocError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Base64 => "DIVOC-BASE64",
            Self::Zip(error) => error.code(),
            Self::Json(error) => error.code(),
            Self::Shape => "DIVOC-SHAPE",
            Self::Context => "DIVOC-CONTEXT",
            Self::Proof => "DIVOC-PROOF",
            Self::Jws(error) => error.code(),
            Self::Algorithm => "DIVOC-ALG",
            Self::Document(error) | Self::ProofOptions(error) => error.code(),
            Self::Canonical(error) => error.code(),
            Self::Subject => "DIVOC-SUBJECT",
            Self::Evidence => "DIVOC-EVIDENCE",
            Self::Time => "DIVOC-TIME",
        }
    }

    pub(super) fn fault(self) -> Fault {
        match self {
            Self::Base64 | Self::Zip(_) | Self::Json(_) | Self::Shape => Fault::Unreadable,
            Self::Context => Fault::Unsupported,
            _ => Fault::Unprovable,
        }
    }
}

/// `text` is what follows `B64:`.
pub(super) fn parse(text: &str) -> Result<Unverified, DivocError> {
    let bytes = BASE64.decode(text.as_bytes()).or_else(|_| BASE64_NOPAD.decode(text.as_bytes()));
    parse_archive(&bytes.map_err(|_| DivocError::Base64)?)
}

/// Some readers take the bytes for Latin-1 and hand them on in UTF-8; that can be undone.
pub(super) fn parse_zip(bytes: &[u8]) -> Result<Unverified, DivocError> {
    let as_they_are = parse_archive(bytes);
    match as_they_are {
        Err(DivocError::Zip(_) | DivocError::Json(_)) => match from_latin_1(bytes) {
            Some(bytes) => parse_archive(&bytes),
            None => as_they_are,
        },
        outcome => outcome,
    }
}

fn from_latin_1(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.chars().map(|character| u8::try_from(character).ok()).collect()
}

fn parse_archive(bytes: &[u8]) -> Result<Unverified, DivocError> {
    let json = zip::only_file(bytes, FILE_NAME, JSON_BYTES_MAX).map_err(DivocError::Zip)?;
    let document = json::decode(&json, JSON_BYTES_MAX).map_err(DivocError::Json)?;
    let Value::Object(mut document) = document else { return Err(DivocError::Shape) };
    let node = match document.get("@context").and_then(Value::as_array).map(Vec::as_slice) {
        Some([first, second]) if first == terms::CREDENTIALS => {
            let known = terms::VOCABULARIES.iter().find(|(name, _)| second == name);
            known.ok_or(DivocError::Context)?.1
        }
        Some(_) => return Err(DivocError::Context),
        None => return Err(DivocError::Shape),
    };
    let Some(Value::Object(proof)) = document.remove("proof") else {
        return Err(DivocError::Proof);
    };
    let graph = Graph::of(&document, node, terms::COMPACT).map_err(DivocError::Document)?;
    let proof = Proof::read(proof)?;
    Ok(Unverified {
        family: Family::Divoc,
        issuers: vec![issuer(&graph)?, proof.method.clone()],
        key_id: proof.method.into_bytes(),
        certificate: Vec::new(),
        algorithm: proof.algorithm,
        signed: [proof.signed_before.as_slice(), &hash(&graph)?].concat(),
        signature: proof.signature,
        revocation_ids: evidence(&graph).flat_map(|entry| texts(&graph, entry, ID)).collect(),
        claims: claims(&graph)?,
    })
}

struct Proof {
    algorithm: Algorithm,
    /// The DID that names the key.
    method: String,
    /// What is signed before the document's hash.
    signed_before: Vec<u8>,
    signature: Vec<u8>,
}

impl Proof {
    fn read(mut proof: Map<String, Value>) -> Result<Self, DivocError> {
        let Some(Value::String(jws)) = proof.remove("jws") else { return Err(DivocError::Proof) };
        let jws = jws::parse_detached(&jws).map_err(DivocError::Jws)?;
        let text = |name: &str| proof.get(name).and_then(Value::as_str);
        let algorithm = match (text("type"), jws.alg.as_str()) {
            (Some("Ed25519Signature2018"), "EdDSA") => Algorithm::EdDsa,
            (Some("RsaSignature2018"), "PS256") => Algorithm::Ps256,
            (Some("Ed25519Signature2018" | "RsaSignature2018"), _) => {
                return Err(DivocError::Algorithm);
            }
            _ => return Err(DivocError::Proof),
        };
        let method = text("verificationMethod").ok_or(DivocError::Proof)?.to_owned();
        if text("proofPurpose") != Some("assertionMethod") {
            return Err(DivocError::Proof);
        }
        let options = Graph::of(&proof, &terms::PROOF, terms::COMPACT);
        let options = options.map_err(DivocError::ProofOptions)?;
        let signed_before = [jws.header_text.as_bytes(), b".", &hash(&options)?].concat();
        Ok(Self { algorithm, method, signed_before, signature: jws.signature })
    }
}

fn hash(graph: &Graph) -> Result<[u8; 32], DivocError> {
    let steps_max = rdf_canon::STEPS_MAX;
    let text = rdf_canon::canonical::<Sha256>(&graph.quads, Escapes::Urdna2015, steps_max);
    Ok(Sha256::digest(text.map_err(DivocError::Canonical)?).into())
}

const ISSUER: &str = "https://www.w3.org/2018/credentials#issuer";
const SUBJECT: &str = "https://www.w3.org/2018/credentials#credentialSubject";
const EVIDENCE: &str = "https://www.w3.org/2018/credentials#evidence";
const ISSUED: &str = "https://www.w3.org/2018/credentials#issuanceDate";
const EXPIRES: &str = "https://www.w3.org/2018/credentials#expirationDate";
const NAME: &str = "https://schema.org/name";
const DATE: &str = "https://schema.org/date";
const DOSE: &str = "https://schema.org/doseValue";
const ID: &str = "https://schema.org/id";

fn issuer(graph: &Graph) -> Result<String, DivocError> {
    match only(graph.objects(&graph.root, ISSUER)) {
        Some(Term::Iri(issuer)) => Ok(issuer.clone()),
        _ => Err(DivocError::Subject),
    }
}

fn claims(graph: &Graph) -> Result<Claims, DivocError> {
    let subject = only(graph.objects(&graph.root, SUBJECT)).ok_or(DivocError::Subject)?;
    let one = |predicate| only(values(graph, subject, predicate)).map(str::to_owned);
    let time = |predicate| match only(values(graph, &graph.root, predicate)) {
        None => Ok(None),
        Some(time) => date::unix_s_of_time(time).map(Some).ok_or(DivocError::Time),
    };
    if evidence(graph).count() > EVIDENCE_MAX {
        return Err(DivocError::Evidence);
    }
    let issued_unix_s = time(ISSUED)?;
    Ok(Claims {
        holder: Holder { name: one(NAME), birth_date: one(DATE) },
        issued_unix_s,
        not_before_unix_s: issued_unix_s,
        expires_unix_s: time(EXPIRES)?,
        vaccinations: evidence(graph).map(|entry| vaccination(graph, entry)).collect(),
        ..Claims::default()
    })
}

fn evidence(graph: &Graph) -> impl Iterator<Item = &Term> {
    graph.objects(&graph.root, EVIDENCE)
}

/// The least that the signed values can mean, whichever member each stood under.
fn vaccination(graph: &Graph, entry: &Term) -> Vaccination {
    let doses = || values(graph, entry, DOSE).filter_map(|dose| dose.parse::<u16>().ok());
    let day = |date: &str| date.get(..10).map(str::to_owned);
    Vaccination {
        product: None,
        dose: doses().min(),
        total: doses().max(),
        date: values(graph, entry, DATE).filter_map(day).min(),
    }
}

fn values<'a>(
    graph: &'a Graph,
    subject: &'a Term,
    predicate: &'a str,
) -> impl Iterator<Item = &'a str> {
    graph.objects(subject, predicate).filter_map(|term| match term {
        Term::Literal { value, .. } if !value.is_empty() => Some(value.as_str()),
        _ => None,
    })
}

fn texts(graph: &Graph, subject: &Term, predicate: &str) -> Vec<Vec<u8>> {
    values(graph, subject, predicate).map(|text| text.as_bytes().to_vec()).collect()
}

/// What is there once; what is there twice says nothing.
fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next();
    if found.next().is_some() { None } else { first }
}
