//! What this phone remembers beside the log: settings, pinned root, last registry, its own keys.
//!
//! Shape: name → value in the object store `settings`; bytes as `Uint8Array`, settings as JSON.
//! Limits and errors: what cannot be read is treated as absent, but for the device's key: without
//! it the log would go on under another name.
//! Not here: verification (whoever reads a registry or a root decides what it is worth).

use super::database::{Database, Durability, Mode};
use super::{Store, bytes_to_js, draw_random, row};
use crate::audit_log::Direction;
use crate::browser::language;
use crate::envelope::hex;
use crate::session::{GateProfile, Loudness, Settings, StoreFault};
use crate::trust::HubAccess;
use crate::trust::setup_code::VenueKey;
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

const SETTINGS: &str = "settings";
const PINNED_ROOT: &str = "pinned-root";
const SITE: &str = "site";
const REGISTRY: &str = "registry";
const REGISTRY_VERSION: &str = "registry-version";
const HANDED_OVER: &str = "handed-over";
const PROBE: &str = "probe";
/// Of other phones' logs, as their supervisor keeps them.
const CHECKPOINTS: &str = "checkpoints";
/// More phones than a supervisor has.
const CHECKPOINTS_MAX: usize = 1_000;
/// How far the hub had the log; the annex's to understand.
const HUB_MARK: &str = "hub-mark";
const PIN: &str = "pin";
const VENUE_KEY: &str = "venue-key";

/// The last registry that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryCopy {
    pub version: u64,
    pub bytes: Vec<u8>,
}

/// When the log last left this phone, and how far it went then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    pub at_unix_ms: i64,
    /// Entries before this one.
    pub before: u64,
}

/// Another log's checkpoint, whose signature was found to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCheckpoint {
    /// `GBC1:…`
    pub text: String,
    pub kept_unix_ms: i64,
}

/// The row; `Settings` itself may change with the session.
#[derive(Serialize, Deserialize)]
struct SettingsRow {
    language: String,
    venue_id: String,
    venue: String,
    gate: String,
    direction: String,
    #[serde(default)]
    capacity: Option<u32>,
    policy_id: String,
    /// Months and keys, these in hexadecimal digits.
    #[serde(default)]
    venue_keys: Vec<(u32, String)>,
    /// The hub's user and password, a blank between them; empty: none.
    #[serde(default)]
    hub: String,
    /// The sealing key that the supervisor agreed to, in hexadecimal digits; empty: none.
    #[serde(default)]
    sealing_agreed: String,
    #[serde(default)]
    kiosk: bool,
    /// `Loudness::name`.
    #[serde(default)]
    loudness: String,
}

impl Store {
    pub async fn load_settings(&self) -> Result<Option<Settings>, StoreFault> {
        let json = read(&self.shared.database, SETTINGS).await?.as_string();
        let row = json.and_then(|json| serde_json::from_slice::<SettingsRow>(json.as_bytes()).ok());
        Ok(row.and_then(SettingsRow::into_settings))
    }

    pub async fn save_settings(&self, settings: &Settings) -> Result<(), StoreFault> {
        let json = serde_json::to_string(&SettingsRow::from(settings))
            .expect("a row of texts is always JSON");
        write(&self.shared.database, &[(SETTINGS, JsValue::from_str(&json))]).await
    }

    /// The root that this phone trusts since its first start.
    pub async fn pinned_root(&self) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(row::bytes_from_js(&read(&self.shared.database, PINNED_ROOT).await?))
    }

    pub async fn pin_root(&self, root: &[u8]) -> Result<(), StoreFault> {
        write(&self.shared.database, &[(PINNED_ROOT, bytes_to_js(root))]).await
    }

    /// The `site.json` that was last believed.
    pub async fn last_site(&self) -> Result<Option<Vec<u8>>, StoreFault> {
        Ok(row::bytes_from_js(&read(&self.shared.database, SITE).await?))
    }

    pub async fn keep_site(&self, json: &[u8]) -> Result<(), StoreFault> {
        write(&self.shared.database, &[(SITE, bytes_to_js(json))]).await
    }

    pub async fn last_registry(&self) -> Result<Option<RegistryCopy>, StoreFault> {
        let database = &self.shared.database;
        let request = database
            .run(&[row::SETTINGS], Mode::Read, |transaction| {
                let settings = transaction.object_store(row::SETTINGS)?;
                Ok((
                    settings.get(&JsValue::from_str(REGISTRY_VERSION))?,
                    settings.get(&JsValue::from_str(REGISTRY))?,
                ))
            })
            .await?;
        let version = request.0.result().map_err(|_| StoreFault::Lost)?.as_string();
        let bytes = row::bytes_from_js(&request.1.result().map_err(|_| StoreFault::Lost)?);
        let version = version.and_then(|version| version.parse().ok());
        Ok(version.zip(bytes).map(|(version, bytes)| RegistryCopy { version, bytes }))
    }

    pub async fn handed_over(&self) -> Result<Option<HandedOver>, StoreFault> {
        handed_over(&self.shared.database).await
    }

    pub async fn remember_hand_over(&self, handed: HandedOver) -> Result<(), StoreFault> {
        let json = serde_json::to_string(&handed).expect("two numbers are always JSON");
        write(&self.shared.database, &[(HANDED_OVER, JsValue::from_str(&json))]).await
    }

    pub async fn hub_mark(&self) -> Result<Option<String>, StoreFault> {
        Ok(read(&self.shared.database, HUB_MARK).await?.as_string())
    }

    pub async fn keep_hub_mark(&self, mark: Option<&str>) -> Result<(), StoreFault> {
        write(&self.shared.database, &[(HUB_MARK, JsValue::from(mark))]).await
    }

    /// The annex's to understand.
    pub async fn pin(&self) -> Result<Option<String>, StoreFault> {
        Ok(read(&self.shared.database, PIN).await?.as_string())
    }

    /// `None` forgets it.
    pub async fn keep_pin(&self, pin: Option<&str>) -> Result<(), StoreFault> {
        write(&self.shared.database, &[(PIN, JsValue::from(pin))]).await
    }

    /// Newest first.
    pub async fn checkpoints(&self) -> Result<Vec<KeptCheckpoint>, StoreFault> {
        let json = read(&self.shared.database, CHECKPOINTS).await?.as_string();
        let kept = json.and_then(|json| serde_json::from_slice(json.as_bytes()).ok());
        Ok(kept.unwrap_or_default())
    }

    /// Answers all that are kept now.
    pub async fn keep_checkpoint(
        &self,
        kept: &KeptCheckpoint,
    ) -> Result<Vec<KeptCheckpoint>, StoreFault> {
        let mut all = self.checkpoints().await?;
        all.retain(|other| other.text != kept.text);
        all.insert(0, kept.clone());
        all.truncate(CHECKPOINTS_MAX);
        let json = serde_json::to_string(&all).expect("texts and numbers are always JSON");
        write(&self.shared.database, &[(CHECKPOINTS, JsValue::from_str(&json))]).await?;
        Ok(all)
    }

    /// Writes a row beside the log and reads it back.
    pub async fn probe(&self) -> Result<(), StoreFault> {
        let written = super::draw_random::<16>()?;
        write(&self.shared.database, &[(PROBE, bytes_to_js(&written))]).await?;
        let read = row::bytes_from_js(&read(&self.shared.database, PROBE).await?);
        if read.as_deref() == Some(&written) { Ok(()) } else { Err(StoreFault::Lost) }
    }

    pub async fn keep_registry(&self, copy: &RegistryCopy) -> Result<(), StoreFault> {
        let version = JsValue::from_str(&copy.version.to_string());
        let rows = [(REGISTRY_VERSION, version), (REGISTRY, bytes_to_js(&copy.bytes))];
        write(&self.shared.database, &rows).await
    }
}

/// Of a gate that was set up by hand: traceable on this phone only.
pub(super) async fn venue_key(database: &Database) -> Result<[u8; 32], StoreFault> {
    let kept = row::bytes_from_js(&read(database, VENUE_KEY).await?);
    match kept.and_then(|kept| kept.try_into().ok()) {
        Some(key) => Ok(key),
        None => draw_and_keep(database, VENUE_KEY).await,
    }
}

pub(super) async fn handed_over(database: &Database) -> Result<Option<HandedOver>, StoreFault> {
    let json = read(database, HANDED_OVER).await?.as_string();
    Ok(json.and_then(|json| serde_json::from_slice(json.as_bytes()).ok()))
}

async fn draw_and_keep(database: &Database, name: &str) -> Result<[u8; 32], StoreFault> {
    let key = draw_random()?;
    write(database, &[(name, bytes_to_js(&key))]).await?;
    Ok(key)
}

pub(super) async fn read(database: &Database, name: &str) -> Result<JsValue, StoreFault> {
    let request = database
        .run(&[row::SETTINGS], Mode::Read, |transaction| {
            transaction.object_store(row::SETTINGS)?.get(&JsValue::from_str(name))
        })
        .await?;
    request.result().map_err(|_| StoreFault::Lost)
}

/// Strict: settings change rarely, and a key that was used must not be forgotten.
pub(super) async fn write(database: &Database, rows: &[(&str, JsValue)]) -> Result<(), StoreFault> {
    let mode = Mode::Write(Durability::Strict);
    let written = database
        .run(&[row::SETTINGS], mode, |transaction| {
            let settings = transaction.object_store(row::SETTINGS)?;
            rows.iter().try_for_each(|(name, value)| {
                settings.put_with_key(value, &JsValue::from_str(name)).map(|_| ())
            })
        })
        .await;
    written.map_err(StoreFault::from)
}

impl SettingsRow {
    fn from(settings: &Settings) -> Self {
        let gate = settings.gate.clone();
        let hub = gate.hub.as_ref();
        let hub = hub.map_or_else(String::new, |hub| [hub.user.as_str(), hub.password()].join(" "));
        Self {
            hub,
            language: settings.language.tag().to_owned(),
            venue_id: gate.venue_id,
            venue: gate.venue,
            gate: gate.gate,
            direction: gate.direction.word().to_owned(),
            capacity: gate.capacity,
            policy_id: gate.policy_id,
            venue_keys: gate
                .venue_keys
                .iter()
                .map(|VenueKey { month, key }| (*month, HEXLOWER.encode(key)))
                .collect(),
            sealing_agreed: settings
                .sealing_agreed
                .map_or_else(String::new, |key| HEXLOWER.encode(&key)),
            kiosk: settings.kiosk,
            loudness: settings.loudness.name().to_owned(),
        }
    }

    fn into_settings(self) -> Option<Settings> {
        let direction =
            Direction::ALL.iter().copied().find(|direction| direction.word() == self.direction)?;
        Some(Settings {
            // In a language that this build lacks the gate is still the same gate.
            language: language::named(&self.language).unwrap_or_default(),
            kiosk: self.kiosk,
            loudness: Loudness::named(&self.loudness),
            sealing_agreed: hex::decode(&self.sealing_agreed).and_then(|key| key.try_into().ok()),
            gate: GateProfile {
                venue_id: self.venue_id,
                venue: self.venue,
                gate: self.gate,
                direction,
                capacity: self.capacity,
                policy_id: self.policy_id,
                hub: self
                    .hub
                    .split_once(' ')
                    .and_then(|(user, password)| HubAccess::new(user, password)),
                venue_keys: self.venue_keys.iter().filter_map(venue_key_from_row).collect(),
            },
        })
    }
}

fn venue_key_from_row((month, key): &(u32, String)) -> Option<VenueKey> {
    Some(VenueKey { month: *month, key: hex::decode(key)?.try_into().ok()? })
}
