//! The two certificates of a seal: a signing authority's, and the signer's that it certified.
//!
//! Shape: keys and times → DER.
//! Source: RFC 5280 §4.1; ITU-T X.690 §8 (lengths), §11.7 (GeneralizedTime).
//! Not here: anything that a real authority's certificate needs beside.

use crate::credential::date;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::EncodePublicKey;

const AUTHORITY: &str = "CSCA Contoh";
const SIGNER: &str = "Penanda tangan contoh";

/// From and until, in Unix seconds.
pub(super) type Validity = (i64, i64);

pub(super) fn authority(key: &SigningKey, validity: Validity) -> Vec<u8> {
    // basicConstraints, critical: a certificate authority.
    let constraints = sequence(&[
        &tlv(0x06, &[0x55, 0x1d, 0x13]),
        &tlv(0x01, &[0xff]),
        &tlv(0x04, &sequence(&[&tlv(0x01, &[0xff])])),
    ]);
    certificate(key, AUTHORITY, key, validity, &constraints)
}

pub(super) fn signer(authority: &SigningKey, key: &SigningKey, validity: Validity) -> Vec<u8> {
    // Countries put their policies and addresses in; what they weigh belongs to a code's real size.
    let comment = "Sertifikat contoh, bukan milik negara mana pun. ".repeat(13);
    let extension = sequence(&[
        // netscape-comment.
        &tlv(0x06, &[0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x0d]),
        &tlv(0x04, &tlv(0x16, comment.as_bytes())),
    ]);
    certificate(authority, SIGNER, key, validity, &extension)
}

fn certificate(
    authority: &SigningKey,
    subject: &str,
    key: &SigningKey,
    validity: Validity,
    extension: &[u8],
) -> Vec<u8> {
    // ecdsa-with-SHA256.
    let algorithm = sequence(&[&tlv(0x06, &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])]);
    let spki = key.verifying_key().to_public_key_der().expect("a key has its DER").into_vec();
    let signed = sequence(&[
        &tlv(0xa0, &tlv(0x02, &[2])),
        &tlv(0x02, &[1]),
        &algorithm,
        &name(AUTHORITY),
        &sequence(&[&time(validity.0), &time(validity.1)]),
        &name(subject),
        &spki,
        &tlv(0xa3, &sequence(&[extension])),
    ]);
    let signature: DerSignature = authority.sign(&signed);
    let signature = [&[0], signature.as_bytes()].concat();
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
