//! The certificates of a seal: a signing authority's, and those that it certified.
//!
//! Shape: `Draft` and how it is signed → DER.
//! Source: RFC 5280 §4.1; ITU-T X.690 §8 (lengths), §11.7 (GeneralizedTime).
//! Not here: anything that a real authority's certificate needs beside.

use crate::credential::date;

pub const AUTHORITY: &str = "CSCA Contoh";
pub const SIGNER: &str = "Penanda tangan contoh";

/// `ecdsa-with-SHA256`, `-SHA384`, `-SHA512`: RFC 5758 §3.2.
pub const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
pub const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
pub const ECDSA_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04];

/// From and until, in Unix seconds.
pub type Validity = (i64, i64);

/// What a certificate says.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// Common names; both are of Utopia.
    pub authority: &'a str,
    pub subject: &'a str,
    pub validity: Validity,
    /// SubjectPublicKeyInfo.
    pub public_key: &'a [u8],
    pub extension: &'a [u8],
    /// The body of an object identifier: how it is signed.
    pub algorithm: &'a [u8],
}

/// basicConstraints, critical: a certificate authority.
pub fn may_certify() -> Vec<u8> {
    sequence(&[
        &tlv(0x06, &[0x55, 0x1d, 0x13]),
        &tlv(0x01, &[0xff]),
        &tlv(0x04, &sequence(&[&tlv(0x01, &[0xff])])),
    ])
}

/// A comment; countries put their policies and addresses in, and what they weigh belongs to a code's
/// real size.
pub fn comment() -> Vec<u8> {
    let comment = "Sertifikat contoh, bukan milik negara mana pun. ".repeat(13);
    sequence(&[
        // netscape-comment.
        &tlv(0x06, &[0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x0d]),
        &tlv(0x04, &tlv(0x16, comment.as_bytes())),
    ])
}

/// `sign` makes a signature in DER.
pub fn certificate(draft: &Draft<'_>, sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let algorithm = sequence(&[&tlv(0x06, draft.algorithm)]);
    let (from, until) = draft.validity;
    let signed = sequence(&[
        &tlv(0xa0, &tlv(0x02, &[2])),
        &tlv(0x02, &[1]),
        &algorithm,
        &name(draft.authority),
        &sequence(&[&time(from), &time(until)]),
        &name(draft.subject),
        draft.public_key,
        &tlv(0xa3, &sequence(&[draft.extension])),
    ]);
    let signature = [&[0], sign(&signed).as_slice()].concat();
    sequence(&[&signed, &algorithm, &tlv(0x03, &signature)])
}

fn name(common_name: &str) -> Vec<u8> {
    let attribute = |kind: u8, tag: u8, text: &str| {
        let pair = sequence(&[&tlv(0x06, &[0x55, 0x04, kind]), &tlv(tag, text.as_bytes())]);
        tlv(0x31, &pair)
    };
    sequence(&[&attribute(6, 0x13, "UT"), &attribute(3, 0x0c, common_name)])
}

fn time(unix_s: i64) -> Vec<u8> {
    let date = date::date_of_days(unix_s.div_euclid(86_400)).expect("a day of our years");
    let second = unix_s.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let text = format!("{}{hour:02}{minute:02}{second:02}Z", date.replace('-', ""));
    tlv(0x18, text.as_bytes())
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let [high, low] = u16::try_from(length).expect("a small certificate").to_be_bytes();
    match length {
        0..0x80 => [&[tag, low], content].concat(),
        0x80..0x100 => [&[tag, 0x81, low], content].concat(),
        _ => [&[tag, 0x82, high, low], content].concat(),
    }
}
