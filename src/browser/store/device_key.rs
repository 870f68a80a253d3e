//! The device's key, which names the log and signs its checkpoints and tombstones.
//!
//! Shape: a key that the browser makes and never gives out, kept as it is; where the browser cannot,
//! 32 random bytes beside the log. A log that began with one kind of key goes on with it.
//! Limits and errors: `StoreFault::CannotOpen` where a key was kept and cannot be used any more.
//! Source: Web Cryptography Level 2 (W3C), Ed25519: Chrome 137, Firefox 129, Safari 17.
//! Not here: what is signed (`audit_log`).

use super::database::{Database, Durability, Mode};
use super::{Store, bytes_to_js, draw_random, row, settings};
use crate::browser::bindings::{export_public_key, generate_key, sign_with};
use crate::session::StoreFault;
use crate::trust;
use ed25519_dalek::{Signer, SigningKey};
use js_sys::{Array, ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// `{public: Uint8Array, private: CryptoKey}`.
pub(super) const GUARDED: &str = "device-key";
/// The seed of a key that is kept as bytes.
pub(super) const PLAIN: &str = "device-seed";

const PUBLIC: &str = "public";
const PRIVATE: &str = "private";
const PROBE: &[u8] = b"gerbang device key";

pub(super) enum DeviceKey {
    Guarded { public: [u8; 32], private: JsValue },
    Plain(SigningKey),
}

impl DeviceKey {
    /// Makes one where there is none yet.
    pub async fn of(database: &Database) -> Result<Self, StoreFault> {
        let kept = settings::read(database, GUARDED).await?;
        if !kept.is_undefined() {
            return guarded(&kept).ok_or(StoreFault::CannotOpen);
        }
        let kept = settings::read(database, PLAIN).await?;
        if !kept.is_undefined() {
            let seed = row::bytes_from_js(&kept).and_then(|seed| seed.try_into().ok());
            return Ok(Self::Plain(SigningKey::from_bytes(&seed.ok_or(StoreFault::CannotOpen)?)));
        }
        if let Some(key) = make_guarded(database).await {
            return Ok(key);
        }
        let seed = draw_random()?;
        settings::write(database, &[(PLAIN, bytes_to_js(&seed))]).await?;
        Ok(Self::Plain(SigningKey::from_bytes(&seed)))
    }

    pub fn public_key(&self) -> [u8; 32] {
        match self {
            Self::Guarded { public, .. } => *public,
            Self::Plain(key) => key.verifying_key().to_bytes(),
        }
    }

    pub async fn sign(&self, message: &[u8]) -> Result<[u8; 64], StoreFault> {
        match self {
            Self::Guarded { private, .. } => {
                signature(private, message).await.ok_or(StoreFault::Unknown)
            }
            Self::Plain(key) => Ok(key.sign(message).to_bytes()),
        }
    }
}

impl Store {
    /// Whether whoever reads this phone's storage still cannot sign as this device.
    pub async fn guards_its_key(&self) -> Result<bool, StoreFault> {
        let kept = settings::read(&self.shared.database, GUARDED).await?;
        Ok(!kept.is_undefined())
    }
}

/// `None`: this browser makes no such key, or cannot keep it; then no trace of it is left.
async fn make_guarded(database: &Database) -> Option<DeviceKey> {
    let usages = Array::of2(&"sign".into(), &"verify".into());
    let pair = settled(generate_key("Ed25519", false, &usages)).await?;
    let part = |name: &str| Reflect::get(&pair, &name.into()).ok();
    let public = settled(export_public_key("raw", &part("publicKey")?)).await?;
    let row = Object::new();
    Reflect::set(&row, &PUBLIC.into(), &Uint8Array::new(&public)).ok()?;
    Reflect::set(&row, &PRIVATE.into(), &part("privateKey")?).ok()?;
    settings::write(database, &[(GUARDED, row.into())]).await.ok()?;
    let key = read_back(database).await;
    if key.is_none() {
        let mode = Mode::Write(Durability::Strict);
        let forget = |transaction: &web_sys::IdbTransaction| {
            transaction.object_store(row::SETTINGS)?.delete(&GUARDED.into())
        };
        database.run(&[row::SETTINGS], mode, forget).await.ok()?;
    }
    key
}

/// As it will be found the next time, and used.
async fn read_back(database: &Database) -> Option<DeviceKey> {
    let key = guarded(&settings::read(database, GUARDED).await.ok()?)?;
    let signature = key.sign(PROBE).await.ok()?;
    trust::check_ed25519(&key.public_key(), PROBE, &signature).ok().map(|_| key)
}

fn guarded(kept: &JsValue) -> Option<DeviceKey> {
    let public = row::bytes_from_js(&Reflect::get(kept, &PUBLIC.into()).ok()?)?;
    let private = Reflect::get(kept, &PRIVATE.into()).ok()?;
    let public = public.try_into().ok()?;
    private.is_object().then_some(DeviceKey::Guarded { public, private })
}

async fn signature(private: &JsValue, message: &[u8]) -> Option<[u8; 64]> {
    let signed = settled(sign_with("Ed25519", private, &Uint8Array::from(message))).await?;
    let signed: ArrayBuffer = signed.dyn_into().ok()?;
    Uint8Array::new(&signed).to_vec().try_into().ok()
}

async fn settled(asked: Result<Promise, JsValue>) -> Option<JsValue> {
    JsFuture::from(asked.ok()?).await.ok()
}
