//! A test authority: a root, an issuer, a site and a registry that everything else starts from.

use ed25519_dalek::SigningKey;
use gerbang::credential::{Algorithm, Family};
use gerbang::issue::registry;
use gerbang::trust::{
    BlockEntry, BlockList, Direction, Issuer, KeyState, PolicyText, Purpose, Registry,
    RegistryBody, RegistryError, RootKey, Site, SiteGate, SiteName, Venue,
};

/// 2026-01-01T00:00:00Z.
pub const ISSUED_UNIX_S: i64 = 1_767_225_600;
pub const HOUR_S: i64 = 3600;
pub const DAY_S: i64 = 24 * HOUR_S;
pub const BLOCK_KEY: [u8; 32] = [0x42; 32];
pub const ISSUER_KEY_ID: [u8; 8] = *b"kid-0001";

pub fn root() -> SigningKey {
    SigningKey::from_bytes(&[0x01; 32])
}

pub fn other_root() -> SigningKey {
    SigningKey::from_bytes(&[0x02; 32])
}

pub fn issuer_key() -> SigningKey {
    SigningKey::from_bytes(&[0x03; 32])
}

pub fn issuer() -> Issuer {
    Issuer {
        key_id: ISSUER_KEY_ID.to_vec(),
        algorithm: Algorithm::EdDsa,
        public_key: issuer_key().verifying_key().to_bytes().to_vec(),
        name: "Dinas Kesehatan Uji".to_owned(),
        country: Some("ID".to_owned()),
        claimed_as: None,
        families: vec![Family::Gerbang],
        purposes: Purpose::ALL.to_vec(),
        from_unix_s: ISSUED_UNIX_S - DAY_S,
        until_unix_s: ISSUED_UNIX_S + 365 * DAY_S,
        specimen: false,
        revoked: [(vec![0xcc; 16], i64::MAX)].into(),
        lists: Vec::new(),
        products: Vec::new(),
        state: KeyState::Current,
    }
}

pub fn body() -> RegistryBody {
    RegistryBody {
        version: 7,
        issued_unix_s: ISSUED_UNIX_S,
        expires_unix_s: ISSUED_UNIX_S + 90 * DAY_S,
        fresh_s: DAY_S,
        warn_s: 14 * DAY_S,
        issuers: vec![issuer()],
        policies: vec![PolicyText { id: "uji".to_owned(), json: "{}".to_owned() }],
        venues: vec![Venue {
            id: "balai-kota".to_owned(),
            name: "Balai Kota".to_owned(),
            zones: vec!["kantor".to_owned()],
        }],
        block_list: BlockList::new(
            BLOCK_KEY,
            [BlockEntry { hash: [0x0b; 16], until_unix_s: ISSUED_UNIX_S + 14 * DAY_S }],
        ),
        rotations: Vec::new(),
        revocations: Vec::new(),
        sealing: None,
        hub: None,
    }
}

pub fn site() -> Site {
    Site {
        name: SiteName { id: "Kota Uji".to_owned(), en: "Test City".to_owned() },
        languages: ["id", "en"].map(str::to_owned).to_vec(),
        gate: SiteGate {
            venue_id: "balai-kota".to_owned(),
            venue: "Balai Kota".to_owned(),
            gate: "Pintu 1".to_owned(),
            direction: Direction::Entry,
            policy_id: "pedulilindungi-2021".to_owned(),
        },
        registry: "registry.cose".to_owned(),
        roots: vec![RootKey(root().verifying_key().to_bytes())],
        demo: false,
    }
}

pub fn bytes(body: &RegistryBody) -> Vec<u8> {
    registry::build(body, &root()).expect("the test's registry is in order")
}

pub fn open(body: &RegistryBody) -> Result<Registry, RegistryError> {
    Registry::open(&bytes(body), &site(), 0)
}
