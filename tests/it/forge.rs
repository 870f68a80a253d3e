//! Makes passes for the tests, whole and broken.

pub mod broken_hc1;
pub mod broken_pass;
pub mod es256;
pub mod json;

use ed25519_dalek::SigningKey;
use gerbang::credential::pass::PREFIX;
use gerbang::credential::{Entitlement, Holder, Vaccination};
use gerbang::envelope::base45;
use gerbang::envelope::cbor::{self, Lengths, Limits, Value};
use gerbang::issue::pass::{Health, PassDraft};

pub const ISSUED_UNIX_S: i64 = 1_631_520_000;
pub const EXPIRES_UNIX_S: i64 = 1_663_056_000;

/// Nobody's key: its seed is in every clone.
pub fn issuer_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// Name, role, validity.
pub fn plain_draft() -> PassDraft {
    PassDraft {
        issuer: "kominfo.mojokertokota.go.id".into(),
        pass_id: *b"0123456789abcdef",
        issued_unix_s: ISSUED_UNIX_S,
        not_before_unix_s: Some(ISSUED_UNIX_S),
        expires_unix_s: EXPIRES_UNIX_S,
        holder: Holder { name: Some("Siti Nurhaliza Wulandari".into()), birth_date: None },
        entitlement: Some(Entitlement { role: Some("asn".into()), ..Entitlement::default() }),
        ..PassDraft::default()
    }
}

/// Two vaccinations, and the rest of what a pass can say short of a certificate.
pub fn compact_draft() -> PassDraft {
    let dose = |dose, date: &str| Vaccination {
        product: Some("EU/1/20/1528".into()),
        dose: Some(dose),
        total: Some(2),
        date: Some(date.into()),
    };
    PassDraft {
        holder: Holder {
            name: Some("Siti Nurhaliza Wulandari".into()),
            birth_date: Some("1990-05-12".into()),
        },
        health: Health::Compact(vec![dose(1, "2021-03-02"), dose(2, "2021-03-30")]),
        ..plain_draft()
    }
}

/// The same two doses as a whole EU certificate's content.
pub fn full_draft() -> PassDraft {
    const DCC: &str = r#"{
        "ver": "1.3.0", "dob": "1990-05-12",
        "nam": {"fn": "Wulandari", "fnt": "WULANDARI", "gn": "Siti Nurhaliza", "gnt": "SITI<NURHALIZA"},
        "v": [
            {"tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215",
             "dn": 1, "sd": 2, "dt": "2021-03-02", "co": "ID",
             "is": "Dinas Kesehatan Kota Mojokerto", "ci": "URN:UVCI:01:ID:9V3K7D2QXB1M#A"},
            {"tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215",
             "dn": 2, "sd": 2, "dt": "2021-03-30", "co": "ID",
             "is": "Dinas Kesehatan Kota Mojokerto", "ci": "URN:UVCI:01:ID:2F8H4S6TWC0P#B"}
        ]}"#;
    PassDraft {
        holder: Holder::default(),
        health: Health::Full(json::cbor_of_json(DCC)),
        ..plain_draft()
    }
}

/// For training, in two places, in office hours.
pub fn specimen_draft() -> PassDraft {
    PassDraft {
        subject: Some("peg-0042".into()),
        entitlement: Some(Entitlement {
            role: Some("tamu".into()),
            venues: vec!["balaikota".into(), "dinkes".into()],
            hours_min: Some((480, 960)),
            product: None,
        }),
        specimen: true,
        ..plain_draft()
    }
}

/// A pass text's message, decoded.
pub fn message(text: &str) -> Vec<u8> {
    let base45_text = text.strip_prefix(PREFIX).expect("a pass begins with its prefix");
    base45::decode(base45_text).expect("a pass is Base45")
}

/// A pass text's protected header and payload.
pub fn parts(text: &str) -> (Vec<u8>, Vec<u8>) {
    let [protected, _, payload, _] = four(&message(text));
    let bytes = |value: Value| value.into_bytes().expect("a byte string");
    (bytes(protected), bytes(payload))
}

/// The items of a COSE_Sign1's array.
pub fn four(message: &[u8]) -> [Value; 4] {
    let Value::Tag(18, inner) = any_cbor(message) else { panic!("tag 18") };
    inner.into_array().expect("an array").try_into().expect("of four")
}

pub fn any_cbor(bytes: &[u8]) -> Value {
    let limits =
        Limits { bytes_max: 1 << 16, depth_max: 64, items_max: 1 << 16, lengths: Lengths::Any };
    cbor::decode(bytes, &limits).expect("well-formed CBOR")
}
