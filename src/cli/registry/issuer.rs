//! An issuer as the registry's source has it, written by people or by `gerbang registry import`.

use crate::cli::failure::Failure;
use crate::cli::{moment, public_key};
use crate::credential::{Algorithm, Family};
use crate::issue::key::key_id;
use crate::trust::{Issuer, KeyState, Purpose, key_is_usable};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Unknown keys are typing errors.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IssuerSource {
    pub name: String,
    /// Where the key was published; for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// 32 bytes for EdDSA, SubjectPublicKeyInfo for the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_hex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key_b64: Option<String>,
    /// Only where the key does not tell: `certificates` for an authority's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Missing: the first 8 bytes of the key's SHA-256, as passes have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid_hex: Option<String>,
    /// The same as a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    pub families: Vec<String>,
    pub purposes: Vec<String>,
    pub from: String,
    pub until: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub specimen: bool,
    /// `ID` or `ID.SECOND`: only what holds from before that second.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub revoked_hex: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<u64>,
}

impl IssuerSource {
    pub fn issuer(self) -> Result<Issuer, Failure> {
        let wrong = |words: &str| wrong(&format!("{}: {words}", self.name));
        let (algorithm, public_key) = self.public_key().ok_or_else(|| wrong("no usable key"))?;
        let kid = match (&self.kid_hex, &self.kid) {
            (Some(hex), _) => {
                HEX.decode(hex.as_bytes()).map_err(|_| wrong("kid_hex is not hexadecimal"))?
            }
            (None, Some(kid)) => kid.as_bytes().to_vec(),
            (None, None) => match <[u8; 32]>::try_from(public_key.as_slice()) {
                Ok(raw) => key_id(&raw).to_vec(),
                Err(_) => return Err(wrong("kid or kid_hex is missing")),
            },
        };
        let family = |word: &String| {
            let known = Family::CREDENTIALS.into_iter().find(|family| family.name() == word);
            known.ok_or_else(|| wrong(&format!("{word} is no family")))
        };
        let purpose = |word: &String| {
            let known = Purpose::ALL.into_iter().find(|purpose| purpose.name() == word);
            known.ok_or_else(|| wrong(&format!("{word} is no purpose")))
        };
        let state = match &self.state {
            None => KeyState::Current,
            Some(word) => KeyState::ALL
                .into_iter()
                .find(|state| state.name() == word)
                .ok_or_else(|| wrong("state is current, terminated or revoked"))?,
        };
        let time = |text: &str| moment::parse(text).map_err(|words| wrong(&words));
        Ok(Issuer {
            key_id: kid,
            algorithm,
            public_key,
            state,
            families: self.families.iter().map(family).collect::<Result<_, _>>()?,
            purposes: self.purposes.iter().map(purpose).collect::<Result<_, _>>()?,
            from_unix_s: time(&self.from)?,
            until_unix_s: time(&self.until)?,
            specimen: self.specimen,
            revoked: self
                .revoked_hex
                .iter()
                .map(|entry| revoked(entry).ok_or_else(|| wrong("revoked_hex is not in order")))
                .collect::<Result<_, _>>()?,
            country: self.country,
            claimed_as: self.iss,
            lists: self.lists,
            products: self.products,
            name: self.name,
        })
    }

    fn public_key(&self) -> Option<(Algorithm, Vec<u8>)> {
        let authority = self.alg.as_deref() == Some("certificates");
        let key = public_key::read(&json!({
            "public_key_hex": self.public_key_hex,
            "public_key_b64": self.public_key_b64,
            "alg": self.alg.as_ref().filter(|_| !authority),
        }))?;
        let algorithm = if authority { Algorithm::Certificates } else { key.algorithm };
        key_is_usable(algorithm, &key.bytes).then_some((algorithm, key.bytes))
    }
}

fn revoked(entry: &str) -> Option<(Vec<u8>, i64)> {
    let (id, before_unix_s) = match entry.split_once('.') {
        Some((id, second)) => (id, second.parse().ok()?),
        None => (entry, i64::MAX),
    };
    Some((HEX.decode(id.as_bytes()).ok()?, before_unix_s))
}

fn wrong(words: &str) -> Failure {
    Failure::new("SOURCE-FIELD", words)
}
