//! The demonstration authority: a site, its registry, and a pass for each thing a gate can answer.
//!
//! Shape: now → `DemoSite`; the same `now` gives the same bytes.
//! Not here: pages and pictures (the command writes them).
//!
//! Its keys are below for everybody to see, so nothing it signs proves anything; `trust::demo`
//! makes sure of that on every other site.

use super::foreign::{self, Foreign};
use super::pass::{self, Health, PassDraft};
use super::{poster, registry, revocation, setup_code};
use crate::credential::{
    self, Algorithm, CredentialId, Entitlement, Family, Holder, Parsed, Payload, Unverified,
    Vaccination,
};
use crate::envelope::base45;
use crate::rules::SHIPPED;
use crate::trust::poster::Poster;
use crate::trust::setup_code::{SetupCode, VenueKey};
use crate::trust::{
    BlockEntry, BlockList, Direction, FRESH_S, Issuer, KeyState, PartSource, PolicyText, Purpose,
    RegistryBody, RevocationSource, Site, SiteGate, SiteName, Venue, WARN_S, demo,
};
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};

pub const ROOT_SEED: [u8; 32] = *b"GERBANG-DEMO-ROOT-NOT-A-SECRET-0";
pub const HEALTH_SEED: [u8; 32] = *b"GERBANG-DEMO-ISSUER-NOT-SECRET-1";
pub const STAFF_SEED: [u8; 32] = *b"GERBANG-DEMO-ISSUER-NOT-SECRET-2";
/// In no registry.
pub const STRANGER_SEED: [u8; 32] = *b"GERBANG-DEMO-STRANGER-NO-SECRET3";
/// Of the venues' keys.
pub const CITY_SECRET: [u8; 32] = *b"GERBANG-DEMO-TRACE-KEY-NO-SECRET";
const BLOCK_KEY: [u8; 32] = *b"GERBANG-DEMO-BLOCK-KEY-NO-SECRET";

const DAY_S: i64 = 24 * 3600;
const YEAR_S: i64 = 365 * DAY_S;
/// A demonstration is built once and looked at for years.
const LASTS_S: i64 = 20 * YEAR_S;

#[derive(Debug, Clone)]
pub struct DemoSite {
    pub site: Site,
    /// `registry.cose`.
    pub registry: Vec<u8>,
    /// The next version, for a gate that takes it without a network.
    pub newer_registry: Vec<u8>,
    /// Three days and three weeks old, by the usual tiers: what a gate says of its list's age.
    pub aged_registries: [Vec<u8>; 2],
    /// The next version once more, in which the green pass stands on a list of the revoked; and that
    /// list's file, at `REVOKED_ADDRESS`.
    pub revoking_registry: Vec<u8>,
    pub revoked: Vec<u8>,
    pub passes: Vec<DemoPass>,
    /// Of the families that others issue.
    pub foreign: Vec<Foreign>,
}

/// One ready-made pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPass {
    /// Of its files and its link: lower-case letters.
    pub name: &'static str,
    pub title: Said,
    /// What the gate does with it, and why.
    pub expected: Said,
    /// What stands on it, for the page.
    pub holder: &'static str,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub id: &'static str,
    pub en: &'static str,
}

/// What a phone needs to try itself: the demonstration's authority, and a pass that it lets in.
#[derive(Debug, Clone)]
pub struct Trial {
    pub site: Site,
    /// `registry.cose`.
    pub registry: Vec<u8>,
    pub pass: String,
}

pub fn trial(now_unix_s: i64) -> Option<Trial> {
    let body = registry_body(now_unix_s, BlockList::new(BLOCK_KEY, []));
    let registry = registry::build(&body, &SigningKey::from_bytes(&ROOT_SEED)).ok()?;
    let green = passes(now_unix_s).into_iter().find(|pass| pass.name == "green")?;
    Some(Trial { site: site_file(), registry, pass: green.text })
}

/// Everything that a demonstration site adds to the built app.
pub fn site(now_unix_s: i64) -> DemoSite {
    let passes = passes(now_unix_s);
    let blocked = passes.iter().filter(|pass| pass.name == "black");
    let block_list = BlockList::new(
        BLOCK_KEY,
        blocked.map(|pass| BlockEntry {
            hash: BlockList::hash(&BLOCK_KEY, credential_id(&pass.text)),
            until_unix_s: now_unix_s + LASTS_S,
        }),
    );
    let foreign = foreign::all(now_unix_s);
    let mut body = registry_body(now_unix_s, block_list);
    body.issuers.extend(foreign.iter().map(|made| made.issuer.clone()));
    let signed = |body: &RegistryBody| {
        registry::build(body, &SigningKey::from_bytes(&ROOT_SEED))
            .expect("the demonstration's registry is within all limits")
    };
    let aged = |days: i64| {
        signed(&RegistryBody {
            issued_unix_s: now_unix_s - days * DAY_S,
            fresh_s: FRESH_S,
            warn_s: WARN_S,
            ..body.clone()
        })
    };
    let revoked = revoked(&passes);
    DemoSite {
        site: site_file(),
        revoking_registry: signed(&revoking(&body, &revoked)),
        revoked,
        registry: signed(&body),
        newer_registry: signed(&RegistryBody { version: body.version + 1, ..body.clone() }),
        aged_registries: [aged(3), aged(21)],
        passes,
        foreign,
    }
}

/// Relative to the registry's.
pub const REVOKED_ADDRESS: &str = "demo/revoked.bin";

/// A list with the green pass alone.
fn revoked(passes: &[DemoPass]) -> Vec<u8> {
    const SALT: [u8; 16] = *b"GERBANG-DEMO-REV";
    let green = passes.iter().filter(|pass| pass.name == "green");
    let ids: Vec<Vec<u8>> = green.flat_map(|pass| revocation_ids(&pass.text)).collect();
    revocation::part(&SALT, Family::Gerbang, ids.iter().map(Vec::as_slice), [])
}

/// The next version, whose passes' issuers name this list.
fn revoking(body: &RegistryBody, revoked: &[u8]) -> RegistryBody {
    const ID: &str = "contoh";
    let mut next = body.clone();
    next.version += 1;
    for issuer in &mut next.issuers {
        if issuer.families.contains(&Family::Gerbang) {
            issuer.lists = vec![ID.to_owned()];
        }
    }
    let part =
        PartSource { address: REVOKED_ADDRESS.to_owned(), sha256: Sha256::digest(revoked).into() };
    next.revocations = vec![RevocationSource {
        id: ID.to_owned(),
        until_unix_s: body.expires_unix_s,
        parts: vec![part],
    }];
    next
}

fn site_file() -> Site {
    Site {
        name: SiteName {
            id: "Kota Contoh (peragaan)".to_owned(),
            en: "Example City (demonstration)".to_owned(),
        },
        languages: ["id", "en"].map(str::to_owned).to_vec(),
        gate: SiteGate {
            venue_id: "balai-kota".to_owned(),
            venue: "Balai Kota Contoh".to_owned(),
            gate: "Pintu 1".to_owned(),
            direction: Direction::Entry,
            policy_id: "pedulilindungi-2021".to_owned(),
        },
        registry: "registry.cose".to_owned(),
        roots: vec![demo::ROOT],
        demo: true,
    }
}

fn registry_body(now_unix_s: i64, block_list: BlockList) -> RegistryBody {
    let venue = |id: &str, name: &str| Venue {
        id: id.to_owned(),
        name: name.to_owned(),
        zones: vec!["kantor".to_owned()],
    };
    let policy =
        |(id, json): &(&str, &str)| PolicyText { id: (*id).to_owned(), json: (*json).to_owned() };
    RegistryBody {
        // A demonstration that is built later must not look like an older one.
        version: u64::try_from(now_unix_s).unwrap_or(0),
        issued_unix_s: now_unix_s,
        expires_unix_s: now_unix_s + LASTS_S,
        fresh_s: LASTS_S,
        warn_s: LASTS_S,
        issuers: vec![
            issuer(
                HEALTH_SEED,
                "Dinas Kesehatan Kota Contoh",
                &[Purpose::Entry, Purpose::Vaccination],
                now_unix_s,
            ),
            issuer(STAFF_SEED, "Badan Kepegawaian Kota Contoh", &[Purpose::Entry], now_unix_s),
        ],
        policies: SHIPPED.iter().map(policy).collect(),
        venues: vec![
            venue("balai-kota", "Balai Kota Contoh"),
            venue("pasar-contoh", "Pasar Contoh"),
        ],
        block_list,
        rotations: Vec::new(),
        revocations: Vec::new(),
        sealing: None,
        hub: None,
    }
}

fn issuer(seed: [u8; 32], name: &str, purposes: &[Purpose], now_unix_s: i64) -> Issuer {
    let public_key = SigningKey::from_bytes(&seed).verifying_key().to_bytes();
    Issuer {
        key_id: super::key::key_id(&public_key).to_vec(),
        algorithm: Algorithm::EdDsa,
        public_key: public_key.to_vec(),
        name: name.to_owned(),
        country: Some("ID".to_owned()),
        claimed_as: Some(ISSUER_NAME.to_owned()),
        families: vec![Family::Gerbang],
        purposes: purposes.to_vec(),
        from_unix_s: now_unix_s - YEAR_S,
        until_unix_s: now_unix_s + LASTS_S,
        specimen: false,
        revoked: [].into(),
        lists: Vec::new(),
        products: Vec::new(),
        state: KeyState::Current,
    }
}

/// `iss` of every pass here.
const ISSUER_NAME: &str = "kota-contoh.example";

fn passes(now_unix_s: i64) -> Vec<DemoPass> {
    let health = SigningKey::from_bytes(&HEALTH_SEED);
    let sign = |draft: &PassDraft| signed(draft, &health);
    let draft = |name, holder, doses| draft(name, holder, doses, now_unix_s);
    let whole = draft("green", "Siti Contoh Lestari", 2);
    let early = PassDraft {
        not_before_unix_s: Some(now_unix_s + LASTS_S - YEAR_S),
        ..draft("early", "Rina Kelak Wijaya", 2)
    };
    let expired = PassDraft {
        not_before_unix_s: Some(now_unix_s - YEAR_S),
        issued_unix_s: now_unix_s - YEAR_S,
        expires_unix_s: now_unix_s - DAY_S,
        ..draft("expired", "Joko Lampau Santoso", 2)
    };
    let stranger = signed(
        &PassDraft {
            issuer: "kota-lain.example".to_owned(),
            ..draft("unknown", "Wati Seberang Utami", 2)
        },
        &SigningKey::from_bytes(&STRANGER_SEED),
    );
    let supervisor = PassDraft {
        entitlement: Some(Entitlement {
            role: Some("penanggung-jawab".to_owned()),
            ..Entitlement::default()
        }),
        ..draft("supervisor", "Ratna Panutan Kusuma", 2)
    };
    let certificate =
        PassDraft { entitlement: None, ..draft("certificate", "Agus Umpama Hidayat", 2) };
    let specimen = PassDraft { specimen: true, ..draft("specimen", "Eko Latihan Saputra", 2) };
    let texts = [
        sign(&whole),
        sign(&draft("yellow", "Budi Misal Pratama", 1)),
        sign(&draft("red", "Agus Umpama Hidayat", 0)),
        sign(&draft("black", "Dewi Andai Rahayu", 2)),
        sign(&expired),
        sign(&early),
        forged(&whole, &health),
        stranger,
        sign(&specimen),
        sign(&certificate),
        sign(&supervisor),
        setup_code::write(&gate(now_unix_s), &SigningKey::from_bytes(&ROOT_SEED))
            .expect("the demonstration's set-up code is within all limits"),
        poster::write(&venue_poster(now_unix_s), SITE_URL, &SigningKey::from_bytes(&ROOT_SEED))
            .expect("the demonstration's poster is within all limits"),
    ];
    let pass =
        |((name, title, holder, expected), text)| DemoPass { name, title, expected, holder, text };
    DESCRIPTIONS.into_iter().zip(texts).map(pass).collect()
}

/// What the set-up code makes of a phone.
fn gate(now_unix_s: i64) -> SetupCode {
    let venue_id = "pasar-contoh";
    let month = VenueKey::month_of(now_unix_s * 1000, 0);
    SetupCode {
        venue_id: venue_id.to_owned(),
        venue: "Pasar Contoh".to_owned(),
        gate: "Pintu Timur".to_owned(),
        direction: Direction::Entry,
        capacity: Some(3),
        policy_id: "pedulilindungi-2021".to_owned(),
        expires_unix_s: now_unix_s + LASTS_S,
        venue_keys: vec![setup_code::venue_key(&CITY_SECRET, venue_id, month)],
        hub: None,
    }
}

/// Where a poster's address leads; nobody answers there.
const SITE_URL: &str = "https://kota-contoh.example/";

fn venue_poster(now_unix_s: i64) -> Poster {
    Poster {
        venue_id: "balai-kota".to_owned(),
        venue: "Balai Kota Contoh".to_owned(),
        gate: Some("Pintu 1".to_owned()),
        office: "Pemerintah Kota Contoh".to_owned(),
        policy_id: Some("pedulilindungi-2021".to_owned()),
        expires_unix_s: now_unix_s + LASTS_S,
    }
}

const fn said(id: &'static str, en: &'static str) -> Said {
    Said { id, en }
}

/// Name, title, holder, what the gate answers; in the page's order.
type Description = (&'static str, Said, &'static str, Said);

const DESCRIPTIONS: [Description; 13] = [
    (
        "green",
        said("Hijau", "Green"),
        "Siti Contoh Lestari",
        said("MASUK: dua dosis, berlaku.", "ENTER: two doses, in force."),
    ),
    (
        "yellow",
        said("Kuning", "Yellow"),
        "Budi Misal Pratama",
        said("PERIKSA: baru satu dosis.", "CHECK: one dose only."),
    ),
    (
        "red",
        said("Merah", "Red"),
        "Agus Umpama Hidayat",
        said("TOLAK: belum ada vaksin.", "NO ENTRY: no vaccination."),
    ),
    (
        "black",
        said("Hitam", "Black"),
        "Dewi Andai Rahayu",
        said(
            "TOLAK dengan alarm: hubungi petugas kesehatan.",
            "NO ENTRY with alarm: call the health officer.",
        ),
    ),
    (
        "expired",
        said("Kedaluwarsa", "Expired"),
        "Joko Lampau Santoso",
        said("TOLAK: masa berlaku sudah lewat.", "NO ENTRY: no longer in force."),
    ),
    (
        "early",
        said("Belum berlaku", "Not yet valid"),
        "Rina Kelak Wijaya",
        said("TOLAK: belum mulai berlaku.", "NO ENTRY: not in force yet."),
    ),
    (
        "forged",
        said("Palsu", "Forged"),
        "Tono Palsu Gunawan",
        said(
            "TOLAK: nama diganti sesudah ditandatangani.",
            "NO ENTRY: the name was changed after signing.",
        ),
    ),
    (
        "unknown",
        said("Penerbit tidak dikenal", "Unknown issuer"),
        "Wati Seberang Utami",
        said("PERIKSA: penerbit tidak terdaftar.", "CHECK: the issuer is not on the list."),
    ),
    (
        "specimen",
        said("Contoh", "Specimen"),
        "Eko Latihan Saputra",
        said("CONTOH: untuk latihan, abu\u{2011}abu.", "SPECIMEN: for training, grey."),
    ),
    (
        "certificate",
        said("Sertifikat kedua", "Second certificate"),
        "Agus Umpama Hidayat",
        said(
            "Sesudah Merah: ketuk Kode kedua, lalu tunjukkan ini.",
            "After Red: tap Second code, then show this one.",
        ),
    ),
    (
        "supervisor",
        said("Penanggung jawab", "Supervisor"),
        "Ratna Panutan Kusuma",
        said(
            "MASUK; atau mengubah penolakan bila ditunjukkan di sana.",
            "ENTER; or overrides a refusal when shown there.",
        ),
    ),
    (
        "setup",
        said("Kode penyiapan", "Set\u{2011}up code"),
        "Pasar Contoh, Pintu Timur",
        said(
            "Bukan pas: di layar Pintu menjadikan ponsel pintu ini.",
            "No pass: on the Gate screen it makes a phone this gate.",
        ),
    ),
    (
        "poster",
        said("Poster tempat", "Venue's poster"),
        "Balai Kota Contoh",
        said(
            "Bukan pas: ponsel tamu membukanya sebagai alamat web.",
            "No pass: a visitor's phone opens it as a web address.",
        ),
    ),
];

fn draft(name: &str, holder: &str, doses: u16, now_unix_s: i64) -> PassDraft {
    let dose = |dose: u16| Vaccination {
        product: Some("CoronaVac".to_owned()),
        dose: Some(dose),
        total: Some(2),
        date: Some(if dose == 1 { "2021-07-05" } else { "2021-08-02" }.to_owned()),
    };
    let given: Vec<Vaccination> = (1..=doses).map(dose).collect();
    PassDraft {
        issuer: ISSUER_NAME.to_owned(),
        subject: None,
        pass_id: pass_id(name),
        issued_unix_s: now_unix_s,
        not_before_unix_s: Some(now_unix_s - DAY_S),
        expires_unix_s: now_unix_s + LASTS_S,
        holder: Holder { name: Some(holder.to_owned()), birth_date: Some("1990-01-01".to_owned()) },
        entitlement: Some(Entitlement { role: Some("tamu".to_owned()), ..Entitlement::default() }),
        health: if given.is_empty() { Health::None } else { Health::Compact(given) },
        specimen: false,
    }
}

/// The same in every demonstration; nobody revokes these.
fn pass_id(name: &str) -> [u8; 16] {
    let hash: [u8; 32] =
        Sha256::new().chain_update("gerbang demo ").chain_update(name).finalize().into();
    let (id, _) = hash.split_first_chunk().expect("32 bytes hold 16");
    *id
}

fn signed(draft: &PassDraft, key: &SigningKey) -> String {
    pass::sign(draft, key).expect("the demonstration's passes are within all limits")
}

/// A good pass whose holder was changed afterwards: the signature is the other one's.
fn forged(honest: &PassDraft, key: &SigningKey) -> String {
    let holder = Holder { name: Some("Tono Palsu Gunawan".to_owned()), ..honest.holder.clone() };
    let changed = signed(&PassDraft { holder, ..honest.clone() }, key);
    let bytes_of = |text: &str| {
        let base45_text = text.strip_prefix(credential::pass::PREFIX).unwrap_or_default();
        base45::decode(base45_text).expect("what was just written can be read")
    };
    let mut forged = bytes_of(&changed);
    // The signature is a message's last 64 bytes.
    let signature: Vec<u8> = bytes_of(&signed(honest, key)).into_iter().rev().take(64).collect();
    for (to, from) in forged.iter_mut().rev().zip(signature) {
        *to = from;
    }
    pass::text_of(&forged)
}

fn credential_id(text: &str) -> CredentialId {
    read(text).credential_id()
}

fn revocation_ids(text: &str) -> Vec<Vec<u8>> {
    read(text).revocation_ids().to_vec()
}

fn read(text: &str) -> Unverified {
    match credential::parse(&Payload::from_text(text)) {
        Ok(Parsed::Credential(unverified)) => *unverified,
        _ => unreachable!("the demonstration's passes are passes"),
    }
}
