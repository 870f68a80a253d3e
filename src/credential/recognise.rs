//! Which family a code's content belongs to, by its first characters alone.
//!
//! Shape: `Payload` → `Recognised`; nothing is decoded here.
//! Limits and errors: one pass over at most `PAYLOAD_BYTES_MAX` bytes; never panics.
//! Source: the prefixes of each family's specification; ZIP: APPNOTE 6.3.10 §4.3.7; DIVOC's `B64:`
//! and the byte mode ZIP: "Indonesia International COVID-19 Certificate Specifications" 1.5.

use super::{Family, OtherCode, Payload};

pub(super) enum Recognised<'a> {
    /// And the text that follows its prefix.
    Family(Family, &'a str),
    /// A ZIP archive, which is DIVOC's.
    Zip(&'a [u8]),
    Other(OtherCode),
}

const HC1: &str = "HC1:";
pub(super) const SHC: &str = "shc:/";
const NZCP: &str = "NZCP:/";
const DIVOC: &str = "B64:";

const PREFIXES: [(&str, Family); 5] = [
    (super::pass::PREFIX, Family::Gerbang),
    (HC1, Family::Hc1),
    (SHC, Family::Shc),
    (NZCP, Family::Nzcp),
    (DIVOC, Family::Divoc),
];

pub(super) fn recognise(payload: &Payload) -> Recognised<'_> {
    const ZIP: &[u8] = b"PK\x03\x04";
    if payload.bytes().starts_with(ZIP) {
        return Recognised::Zip(payload.bytes());
    }
    let Some(text) = payload.text().or_else(|| std::str::from_utf8(payload.bytes()).ok()) else {
        return Recognised::Other(OtherCode::Unknown);
    };
    for (prefix, family) in PREFIXES {
        if let Some(rest) = text.strip_prefix(prefix) {
            return Recognised::Family(family, rest);
        }
    }
    if text.as_bytes().starts_with(ZIP) {
        Recognised::Zip(text.as_bytes())
    } else if is_vds_nc(text) {
        Recognised::Family(Family::VdsNc, text)
    } else {
        other(text)
    }
}

/// A JSON object with the two members that every VDS-NC has.
fn is_vds_nc(text: &str) -> bool {
    text.starts_with('{')
        && text.contains("\"data\"")
        && text.contains("\"sig\"")
        && text.contains("\"hdr\"")
}

fn other(text: &str) -> Recognised<'_> {
    if text.starts_with("GBS1:") {
        return Recognised::Other(OtherCode::SetupCode);
    }
    if is_check_in_2021(text) {
        return Recognised::Other(OtherCode::CheckIn2021);
    }
    let scheme = |scheme: &str| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    if scheme("https://") || scheme("http://") {
        if text.contains(super::poster::FRAGMENT) {
            return Recognised::Other(OtherCode::Poster);
        }
        return Recognised::Other(web_address(text));
    }
    if scheme("WIFI:") {
        return Recognised::Other(OtherCode::Wifi);
    }
    if is_pretix(text) {
        return Recognised::Family(Family::Pretix, text);
    }
    if is_claim169(text) {
        return Recognised::Family(Family::Claim169, text);
    }
    Recognised::Other(OtherCode::Unknown)
}

/// By the host alone: what follows names a person.
fn web_address(text: &str) -> OtherCode {
    const HOSTS: [&str; 2] = ["pedulilindungi.id", "satusehat.kemkes.go.id"];
    let after_scheme = text.split_once("://").map_or("", |(_, rest)| rest);
    let host = after_scheme.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let host = host.to_ascii_lowercase();
    let below = |known: &str| host.strip_suffix(known).is_some_and(|start| start.ends_with('.'));
    if HOSTS.iter().any(|known| host == *known || below(known)) {
        OtherCode::DomesticCertificate
    } else {
        OtherCode::WebAddress
    }
}

/// `checkin:` and a 24-digit hexadecimal object id.
fn is_check_in_2021(text: &str) -> bool {
    text.strip_prefix("checkin:")
        .is_some_and(|id| id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Base64, reversed, of a message that begins with version 1 and a two-byte length below 256:
/// the text ends in the reverse of `AQA`.
fn is_pretix(text: &str) -> bool {
    const CHARS: std::ops::RangeInclusive<usize> = 96..=256;
    CHARS.contains(&text.len())
        && text.ends_with("AQA")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}

/// Base45 without a prefix, of a zlib stream (RFC 1950 §2.2: CMF 0x78, FLG one of four).
fn is_claim169(text: &str) -> bool {
    const CHARS_MIN: usize = 60;
    text.len() >= CHARS_MIN
        && text
            .get(..3)
            .and_then(|start| crate::envelope::base45::decode(start).ok())
            .is_some_and(|head| matches!(head[..], [0x78, 0x01 | 0x5e | 0x9c | 0xda]))
}
