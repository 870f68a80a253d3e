//! SMART Health Cards' keys: an issuer's JWKS, or the VCI directory's snapshot of all of them.
//!
//! Shape: { keys: [JWK..] }, or { issuerInfo: [{ issuer: { iss, name }, keys: [JWK..],
//! crls: [CRL..] }..] }.
//! Source: "SMART Health Cards Framework" 1.4; `the-commons-project/vci-directory`,
//! `logs/vci_snapshot.json`; RFC 7638 (2015-09) §3.

use super::{ALWAYS, Found, texts};
use crate::cli::registry::issuer::IssuerSource;
use crate::trust::{p256_of_jwk, shc_crl};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub(super) fn of_snapshot(snapshot: &Value) -> Found {
    let mut found = Found::default();
    for entry in snapshot["issuerInfo"].as_array().into_iter().flatten() {
        match entry["issuer"]["iss"].as_str() {
            Some(iss) => keys(entry, iss, entry["issuer"]["name"].as_str(), &mut found),
            None => found.skip("an issuer", "without iss"),
        }
    }
    found
}

pub(super) fn of_keys(list: &Value, iss: &str, name: Option<&str>) -> Found {
    let mut found = Found::default();
    keys(list, iss, name, &mut found);
    found
}

fn keys(entry: &Value, iss: &str, name: Option<&str>, found: &mut Found) {
    for jwk in entry["keys"].as_array().into_iter().flatten() {
        let kid = jwk["kid"].as_str().unwrap_or("a key");
        let Some(spki) = p256_of_jwk(jwk) else {
            found.skip(kid, "not of the curve P-256");
            continue;
        };
        if thumbprint(jwk) != kid {
            found.skip(kid, "its key id is not its thumbprint");
            continue;
        }
        let crls = entry["crls"].as_array().into_iter().flatten();
        let revoked = crls.filter(|crl| crl["kid"] == kid).flat_map(shc_crl);
        let source = IssuerSource {
            name: name.unwrap_or(iss).chars().take(60).collect(),
            iss: Some(iss.to_owned()),
            kid: Some(kid.to_owned()),
            public_key_b64: Some(BASE64.encode(&spki)),
            families: texts(&["shc"]),
            purposes: texts(&["vaccination", "test", "entry"]),
            from: ALWAYS.0.to_owned(),
            until: ALWAYS.1.to_owned(),
            revoked_hex: revoked.map(|(id, before)| written(&id, before)).collect(),
            ..IssuerSource::default()
        };
        found.take(kid, source);
    }
}

fn written(id: &[u8], before_unix_s: i64) -> String {
    match before_unix_s {
        i64::MAX => HEXLOWER.encode(id),
        before => format!("{}.{before}", HEXLOWER.encode(id)),
    }
}

fn thumbprint(jwk: &Value) -> String {
    let part = |name: &str| jwk[name].as_str().unwrap_or_default();
    let (x, y) = (part("x"), part("y"));
    let needed = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    BASE64URL_NOPAD.encode(&Sha256::digest(needed))
}
