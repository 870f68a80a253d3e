//! Certificates of countries' signing authorities (CSCA), for VDS-NC.
//!
//! Shape: [{ country, der_b64 | certificate }..], PEM with one or more certificates, or DER.
//! Source: ICAO Doc 9303-12 (8th ed., 2021) §7.1; RFC 5280 §4.2.1.9; country codes: ISO 3166-1.
//! Not here: ICAO's signed master lists (CMS).

use super::{Found, texts};
use crate::cli::moment;
use crate::cli::public_key::base64;
use crate::cli::registry::issuer::IssuerSource;
use crate::trust::Certificate;
use data_encoding::{BASE64, HEXLOWER};
use serde_json::Value;

pub(super) fn is_list(list: &Value) -> bool {
    let first = list.as_array().and_then(|entries| entries.first());
    first.is_some_and(|entry| der_of(entry).is_some())
}

fn der_of(entry: &Value) -> Option<&str> {
    ["der_b64", "csca"].iter().find_map(|name| entry[*name].as_str())
}

pub(super) fn of_list(list: &Value, iss: Option<&str>) -> Found {
    let mut found = Found::default();
    for (at, entry) in list.as_array().into_iter().flatten().enumerate() {
        let which = format!("entry {}", at + 1);
        let state = entry["country"].as_str().or(iss);
        match der_of(entry).and_then(base64) {
            Some(der) => certificate(&which, &der, state, &mut found),
            None => found.skip(which, "no Base64 of a certificate"),
        }
    }
    found
}

pub(super) fn of_certificates(bytes: &[u8], iss: Option<&str>) -> Found {
    let mut found = Found::default();
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    if !text.contains("-----BEGIN CERTIFICATE-----") {
        certificate("the file", bytes, iss, &mut found);
        return found;
    }
    for (at, part) in text.split("-----BEGIN CERTIFICATE-----").skip(1).enumerate() {
        let which = format!("certificate {}", at + 1);
        let body = part.split("-----END").next().unwrap_or_default();
        match base64(&body.split_whitespace().collect::<String>()) {
            Some(der) => certificate(&which, &der, iss, &mut found),
            None => found.skip(which, "no Base64"),
        }
    }
    found
}

/// `state`: as the seals of that country call it, three letters.
fn certificate(which: &str, der: &[u8], state: Option<&str>, found: &mut Found) {
    let Ok(certificate) = Certificate::parse(der) else {
        return found.skip(which, "no certificate that can be read");
    };
    if !certificate.is_authority {
        return found.skip(which, "not an authority's certificate");
    }
    let Some(state) = state.filter(|state| state.len() == 3) else {
        return found.skip(which, "of no country: name its three letters with --iss");
    };
    let source = IssuerSource {
        name: certificate
            .name
            .clone()
            .unwrap_or_else(|| state.to_owned())
            .chars()
            .take(60)
            .collect(),
        country: certificate.country.clone(),
        iss: Some(state.to_owned()),
        public_key_b64: Some(BASE64.encode(&certificate.public_key)),
        alg: Some("certificates".to_owned()),
        kid_hex: Some(HEXLOWER.encode(&certificate.subject_id)),
        families: texts(&["vds-nc"]),
        purposes: texts(&["vaccination", "test"]),
        from: moment::rfc3339(certificate.from_unix_s),
        until: moment::rfc3339(certificate.until_unix_s),
        ..IssuerSource::default()
    };
    found.take(which, source);
}
