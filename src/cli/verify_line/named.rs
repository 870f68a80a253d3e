//! An issuer as a line of `gerbang verify --jsonl` names it.
//!
//! Shape: {"family", "spki_b64" | "certificate_b64" | "jwk" | "public_key_hex" | "public_key_b64",
//! "alg"?, "issuer"?, "kid"?, "purposes"?, "crl"?, "revoked"?, "blocked"?, "products"?} → `Issuer`.
//! What is absent does not restrict; what this version cannot use is left out.

use crate::cli::public_key::{self, PublicKey};
use crate::credential::{self, CredentialId, Family, Parsed, Payload, pretix};
use crate::trust::{BlockEntry, BlockList, Certificate, Issuer, KeyState, Purpose, shc_crl};
use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde_json::Value;
use std::collections::BTreeMap;

pub fn issuer(named: &Value) -> Option<Issuer> {
    let name = text(named, "family")?;
    let family = Family::CREDENTIALS.into_iter().find(|family| family.name() == name)?;
    let certificate = certificate(named);
    let key = match &certificate {
        Some(certificate) if family == Family::VdsNc => PublicKey::authority(certificate),
        Some(certificate) => PublicKey::of_certificate(certificate),
        None => public_key::read(named)?,
    };
    // Seals name their country by three letters; by two it is the certificate's, which is checked.
    let by_two = |name: &&str| family == Family::VdsNc && name.len() == 2;
    let claimed_as = text(named, "issuer").filter(|name| !by_two(name)).map(str::to_owned);
    Some(Issuer {
        key_id: key_id(named, family, certificate.as_ref()),
        algorithm: key.algorithm,
        public_key: key.bytes,
        state: KeyState::Current,
        name: claimed_as.clone().unwrap_or_else(|| "trusted".to_owned()),
        country: None,
        claimed_as,
        families: vec![family],
        purposes: purposes(named, family, certificate.as_ref()),
        from_unix_s: i64::MIN,
        until_unix_s: i64::MAX,
        specimen: false,
        revoked: revoked(named, family),
        lists: Vec::new(),
        products: numbers(named, "products"),
    })
}

fn certificate(named: &Value) -> Option<Certificate> {
    Certificate::parse(&public_key::base64(text(named, "certificate_b64")?)?).ok()
}

/// Hexadecimal for passes, base64 for EU certificates, the text itself for others.
fn key_id(named: &Value, family: Family, certificate: Option<&Certificate>) -> Vec<u8> {
    let jwk_kid = || named.get("jwk").and_then(|jwk| text(jwk, "kid"));
    match (family, certificate, text(named, "kid").or_else(jwk_kid)) {
        (Family::VdsNc, Some(certificate), _) => certificate.subject_id.to_vec(),
        (Family::Hc1, Some(certificate), None) => certificate.key_id.to_vec(),
        (Family::Gerbang | Family::Claim169, _, Some(kid)) => {
            HEX.decode(kid.as_bytes()).unwrap_or_else(|_| kid.as_bytes().to_vec())
        }
        (Family::Hc1, _, Some(kid)) => {
            public_key::base64(kid).unwrap_or_else(|| kid.as_bytes().to_vec())
        }
        // A DID's key is named by the fragment alone.
        (Family::Nzcp, _, Some(kid)) => {
            kid.rsplit_once('#').map_or(kid, |(_, fragment)| fragment).as_bytes().to_vec()
        }
        (Family::Pretix | Family::VdsNc, ..) | (_, _, None) => Vec::new(),
        (_, _, Some(kid)) => kid.as_bytes().to_vec(),
    }
}

/// What both the line and an EU certificate allow.
fn purposes(named: &Value, family: Family, certificate: Option<&Certificate>) -> Vec<Purpose> {
    let listed = named.get("purposes").and_then(Value::as_array);
    let allowed = |purpose: &Purpose| {
        listed.is_none_or(|names| names.iter().any(|name| name == purpose.name()))
    };
    let certified = certificate.filter(|_| family == Family::Hc1);
    let all = certified.map_or(Purpose::ALL.to_vec(), |certificate| certificate.purposes.clone());
    all.into_iter().filter(allowed).collect()
}

/// Ids in hexadecimal; tickets by their text; a health card's list with its times.
fn revoked(named: &Value, family: Family) -> BTreeMap<Vec<u8>, i64> {
    let mut revoked: BTreeMap<Vec<u8>, i64> = match family {
        Family::Pretix => {
            texts(named, "revoked").map(|text| (pretix::revocation_id(text), i64::MAX)).collect()
        }
        Family::Shc => {
            texts(named, "revoked").map(|rid| (rid.as_bytes().to_vec(), i64::MAX)).collect()
        }
        _ => texts(named, "revoked")
            .filter_map(|id| Some((HEX.decode(id.as_bytes()).ok()?, i64::MAX)))
            .collect(),
    };
    let lists = match named.get("crl") {
        Some(Value::Array(lists)) => lists.as_slice(),
        Some(list) => std::slice::from_ref(list),
        None => &[],
    };
    // A list is of one key.
    let own = |list: &&Value| {
        let kid = text(named, "kid").or_else(|| text(named.get("jwk")?, "kid"));
        kid.is_none() || text(list, "kid").is_none_or(|listed| Some(listed) == kid)
    };
    revoked.extend(lists.iter().filter(own).flat_map(shc_crl));
    revoked
}

/// Credential ids, or the credentials themselves, as this stand-in's own block list.
pub fn blocked(named: &Value) -> impl Iterator<Item = BlockEntry> + '_ {
    texts(named, "blocked")
        .filter_map(credential_id)
        .map(|id| BlockEntry { hash: BlockList::hash(&[0; 32], id), until_unix_s: i64::MAX })
}

fn credential_id(text: &str) -> Option<CredentialId> {
    let id = HEX.decode(text.as_bytes()).ok().and_then(|id| <[u8; 32]>::try_from(id).ok());
    id.map(CredentialId).or_else(|| match credential::parse(&Payload::from_text(text)) {
        Ok(Parsed::Credential(unverified)) => Some(unverified.credential_id()),
        _ => None,
    })
}

fn text<'a>(named: &'a Value, key: &str) -> Option<&'a str> {
    named.get(key)?.as_str()
}

fn texts<'a>(named: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    let list = named.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str)
}

fn numbers(named: &Value, key: &str) -> Vec<u64> {
    let list = named.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_u64).collect()
}
