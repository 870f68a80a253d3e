//! Set-up codes and the venue keys in them: the mirror of `trust::setup_code`.
//!
//! Source: docs/setup-code.md.

use super::paper::{A4_WIDTH_MM, Anchor, Font, INK, Page, SOFT_INK};
use super::qr::QrCode;
use super::registry::{map, sign};
use crate::envelope::base45;
use crate::envelope::cbor::{self, Value};
use crate::trust::setup_code::{PREFIX, SetupCode, SetupError, VenueKey, setup_key};
use crate::trust::{Direction, RootKey};
use ed25519_dalek::SigningKey;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The text to put into the supervisor's QR code. What a gate would refuse is not made.
pub fn write(code: &SetupCode, root: &SigningKey) -> Result<String, SetupError> {
    let text = sign_payload(&cbor::encode(&setup_value(code)), root);
    let root_key = RootKey(root.verifying_key().to_bytes());
    SetupCode::open(&text, &[root_key], code.expires_unix_s.saturating_sub(1))?;
    Ok(text)
}

/// Any payload; the forge makes broken codes of it.
pub fn sign_payload(payload: &[u8], root: &SigningKey) -> String {
    format!("{PREFIX}{}", base45::encode(&sign(payload, root)))
}

pub fn setup_value(code: &SetupCode) -> Value {
    let text = |text: &str| Value::from(text);
    let mut entries = vec![
        (setup_key::TYPE, text(setup_key::TYPE_SETUP)),
        (setup_key::FORMAT, Value::from(1)),
        (setup_key::VENUE_ID, text(&code.venue_id)),
        (setup_key::VENUE, text(&code.venue)),
        (setup_key::GATE, text(&code.gate)),
        (setup_key::POLICY, text(&code.policy_id)),
        (setup_key::EXPIRES, Value::from(code.expires_unix_s)),
    ];
    if code.direction == Direction::Exit {
        entries.push((setup_key::EXIT, Value::from(true)));
    }
    if let Some(people) = code.capacity {
        entries.push((setup_key::CAPACITY, Value::from(people)));
    }
    if !code.venue_keys.is_empty() {
        let pair = |key: &VenueKey| {
            Value::Array(vec![Value::from(key.month), Value::Bytes(key.key.to_vec())])
        };
        let pairs = code.venue_keys.iter().map(pair).collect();
        entries.push((setup_key::VENUE_KEYS, Value::Array(pairs)));
    }
    if let Some(access) = &code.hub {
        let hub = map(vec![
            (setup_key::HUB_USER, text(access.user.as_str())),
            (setup_key::HUB_PASSWORD, text(access.password())),
        ]);
        entries.push((setup_key::HUB, hub));
    }
    map(entries)
}

/// HKDF-SHA-256 (RFC 5869) of the city's tracing secret, without salt, for one venue and month.
pub fn venue_key(city_secret: &[u8; 32], venue_id: &str, month: u32) -> VenueKey {
    let hmac = |key: &[u8], message: &[&[u8]]| -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any length");
        message.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    };
    let extracted = hmac(&[0; 32], &[city_secret]);
    let month_text = month.to_string();
    let info = [b"gerbang venue key".as_slice(), &[0], venue_id.as_bytes(), &[0]];
    let message = [&info[..], &[month_text.as_bytes(), &[1]]].concat();
    VenueKey { month, key: hmac(&extracted, &message) }
}

/// A sheet for the supervisor to keep; `until` is the last day, in words.
pub fn page(code: &SetupCode, until: &str, picture: QrCode) -> Page {
    const LEFT_MM: f64 = 20.0;
    const WIDTH_MM: f64 = A4_WIDTH_MM - 2.0 * LEFT_MM;
    const CODE_MM: f64 = 110.0;
    let mut page = Page::default();
    page.gate_mark(LEFT_MM, 18.0, 12.0);
    page.text(
        (LEFT_MM + 16.0, 27.0),
        Anchor::Start,
        Font::bold(18.0),
        INK,
        "Kode penyiapan gerbang",
    );
    let capacity =
        code.capacity.map_or("tanpa batas".to_owned(), |people| format!("{people} orang"));
    let direction = match code.direction {
        Direction::Entry => "masuk",
        Direction::Exit => "keluar",
    };
    let months: Vec<_> = code.venue_keys.iter().map(|key| key.month.to_string()).collect();
    let lines = [
        ("Tempat", code.venue.clone()),
        ("Pintu", format!("{}, arah {direction}", code.gate)),
        ("Isi paling banyak", capacity),
        ("Aturan", code.policy_id.clone()),
        ("Berlaku sampai", until.to_owned()),
        ("Kunci bulan", if months.is_empty() { "tidak ada".to_owned() } else { months.join(", ") }),
    ];
    for ((name, said), row) in lines.into_iter().zip([0.0, 1.0, 2.0, 3.0, 4.0, 5.0]) {
        let base_mm = 45.0 + row * 9.0;
        page.text((LEFT_MM, base_mm), Anchor::Start, Font::regular(12.0), SOFT_INK, name);
        let font = Font::bold(14.0).fitting(&said, WIDTH_MM - 45.0);
        page.text((LEFT_MM + 45.0, base_mm), Anchor::Start, font, INK, &said);
    }
    page.code((A4_WIDTH_MM - CODE_MM) / 2.0, 108.0, CODE_MM, picture);
    let keep = "Simpan seperti kunci. Pindai di menu Pintu untuk menjadikan ponsel gerbang ini, juga \
                ponsel pengganti. Jangan difoto, dikirim, atau ditempel.";
    for (line, base_mm) in
        Font::regular(12.0).wrap(keep, WIDTH_MM, 3).iter().zip([238.0, 244.0, 250.0])
    {
        page.text((LEFT_MM, base_mm), Anchor::Start, Font::regular(12.0), INK, line);
    }
    page
}
