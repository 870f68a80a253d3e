//! What this binary lacks, asked of the build's other one: families beyond the Gerbang pass.
//!
//! Shape: the page asks, by `Elsewhere`; the annex answers, by `answer`: bytes to bytes, CBOR
//! arrays. Five questions: read this payload; does this signature hold; who must have issued this
//! certificate; was it issued with this key, and what does it say; seal this.
//! Limits and errors: `LIMITS`; an answer that is none is a refusal to judge. Judging itself stays
//! here: `verify` alone makes `Verified`, in every binary.
//! Not here: loading the other binary (browser).

use super::certificate::Certificate;
use super::chain::{self, ChainError};
use super::sealing;
use super::signature::{self, SignatureError};
use crate::credential::wire::{self, Fields};
use crate::credential::{self, Algorithm, CredentialError, Family, Parsed, Payload};
use crate::envelope::cbor::{self, Lengths, Limits, Value};
use std::fmt;
use std::rc::Rc;

const LIMITS: Limits = Limits {
    bytes_max: 512 * 1024,
    depth_max: 8,
    items_max: 16 * 1024,
    lengths: Lengths::Definite,
};

const PARSE: i64 = 1;
const SIGNATURE: i64 = 2;
const AUTHORITY: i64 = 3;
const SIGNER: i64 = 4;
const SEAL: i64 = 5;

/// The other binary. What it answers to the same question is always the same.
#[derive(Clone)]
pub struct Elsewhere(Rc<Ask>);

/// A question to its answer; `None` where there is none.
type Ask = dyn Fn(&[u8]) -> Option<Vec<u8>>;

impl fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Elsewhere(..)")
    }
}

/// What `verify` needs of a certificate that a credential carries.
pub(super) struct Signer {
    pub(super) public_key: Vec<u8>,
    from_unix_s: i64,
    until_unix_s: i64,
}

impl Signer {
    pub(super) fn of(certificate: Certificate) -> Self {
        let Certificate { public_key, from_unix_s, until_unix_s, .. } = certificate;
        Self { public_key, from_unix_s, until_unix_s }
    }

    pub(super) fn in_force(&self, now_unix_s: i64) -> bool {
        (self.from_unix_s..=self.until_unix_s).contains(&now_unix_s)
    }
}

impl Elsewhere {
    pub fn new(ask: impl Fn(&[u8]) -> Option<Vec<u8>> + 'static) -> Self {
        Self(Rc::new(ask))
    }

    pub(super) fn parse(
        &self,
        payload: &Payload,
        family: Family,
    ) -> Result<Parsed, CredentialError> {
        let text = payload.text().map_or(Value::Null, Value::from);
        let answer = self.ask([PARSE.into(), Value::Bytes(payload.bytes().to_vec()), text]);
        answer.and_then(wire::from_value).unwrap_or(Err(CredentialError::Unsupported(family)))
    }

    pub(super) fn check_signature(
        &self,
        algorithm: Algorithm,
        public_key: &[u8],
        signed: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let bytes = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
        let answer = self.ask([
            SIGNATURE.into(),
            wire::algorithm_number(algorithm).into(),
            bytes(public_key),
            bytes(signed),
            bytes(signature),
        ]);
        match answer {
            Some(Value::Bool(true)) => Ok(()),
            Some(Value::Bool(false)) => Err(SignatureError::Invalid),
            _ => Err(SignatureError::Key),
        }
    }

    pub(super) fn authority_id(&self, certificate: &[u8]) -> Vec<u8> {
        let answer = self.ask([AUTHORITY.into(), Value::Bytes(certificate.to_vec())]);
        answer.and_then(|id| id.into_bytes().ok()).unwrap_or_default()
    }

    pub(super) fn signer(
        &self,
        certificate: &[u8],
        authority_key: &[u8],
    ) -> Result<Signer, ChainError> {
        let answer = self.ask([
            SIGNER.into(),
            Value::Bytes(certificate.to_vec()),
            Value::Bytes(authority_key.to_vec()),
        ]);
        match answer {
            Some(Value::Bool(_)) => Err(ChainError::NotCertified),
            other => other.and_then(signer_of).ok_or(ChainError::Certificate),
        }
    }

    /// `sealing::seal`: the phone cannot open it any more.
    pub fn seal(
        &self,
        public_key: &[u8; 32],
        purpose: &[u8],
        bound: &[u8],
        bytes: &[u8],
        entropy: [u8; 32],
    ) -> Option<Vec<u8>> {
        let given = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
        let answer = self.ask([
            SEAL.into(),
            given(public_key),
            given(purpose),
            given(bound),
            given(bytes),
            given(&entropy),
        ]);
        answer?.into_bytes().ok()
    }

    fn ask<const N: usize>(&self, question: [Value; N]) -> Option<Value> {
        let answer = (self.0)(&cbor::encode(&Value::Array(question.into())))?;
        cbor::decode(&answer, &LIMITS).ok()
    }
}

fn signer_of(value: Value) -> Option<Signer> {
    let mut fields = Fields::of(value)?;
    Some(Signer {
        public_key: fields.bytes()?,
        from_unix_s: fields.integer()?,
        until_unix_s: fields.integer()?,
    })
}

/// The other side; `null` to what is no question.
pub fn answer(question: &[u8]) -> Vec<u8> {
    let question = cbor::decode(question, &LIMITS).ok();
    cbor::encode(&question.and_then(answered).unwrap_or(Value::Null))
}

fn answered(question: Value) -> Option<Value> {
    let mut fields = Fields::of(question)?;
    match fields.integer()? {
        PARSE => {
            let bytes = fields.bytes()?;
            let text = fields.text();
            Some(wire::to_value(&credential::parse(&Payload::from_bytes(bytes, text))))
        }
        SIGNATURE => {
            let algorithm = wire::algorithm_of(fields.integer()?)?;
            let (key, signed, made) = (fields.bytes()?, fields.bytes()?, fields.bytes()?);
            match signature::check_signature(algorithm, &key, &signed, &made) {
                Ok(()) => Some(true.into()),
                Err(SignatureError::Invalid) => Some(false.into()),
                Err(SignatureError::Key) => None,
            }
        }
        AUTHORITY => Some(Value::Bytes(chain::authority_id(&fields.bytes()?))),
        SIGNER => match chain::signer(&fields.bytes()?, &fields.bytes()?) {
            Ok(signer) => Some(Value::Array(vec![
                Value::Bytes(signer.public_key),
                signer.from_unix_s.into(),
                signer.until_unix_s.into(),
            ])),
            Err(ChainError::NotCertified) => Some(false.into()),
            Err(ChainError::Certificate) => None,
        },
        SEAL => {
            let public_key = fields.bytes()?.try_into().ok()?;
            let (purpose, bound, bytes) = (fields.bytes()?, fields.bytes()?, fields.bytes()?);
            let entropy = fields.bytes()?.try_into().ok()?;
            sealing::seal(&public_key, &purpose, &bound, &bytes, entropy).ok().map(Value::Bytes)
        }
        _ => None,
    }
}
