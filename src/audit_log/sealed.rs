//! Who it was, and whole exports, sealed to the authority.
//!
//! Shape: `Identity` → 80 bytes, so that no length tells a name → sealed, bound to log, time and venue
//! → an entry's erasable part. An export → `GBX1` ‖ sealed bytes.
//! Limits and errors: what is too long of a name is cut; `SealedError`.
//! Source: docs/log.md, "Sealed identities" and "The sealed export".
//! Not here: the private key's whereabouts. The phone has the public one alone.

use super::cbor::{Reader, Writer};
use super::parts::{Erasable, KeyId, KeyedPart, SALT_BYTES};
use super::{CborError, Entry, LogId};
use crate::trust::sealing::{self, SealingError};

/// Of every sealed identity before it is sealed. Names on identity cards have at most 60 letters
/// (Permendagri 73/2022, article 4), and each byte here is sent for each visitor.
pub const IDENTITY_BYTES: usize = 80;
/// As it was before.
const IDENTITY_BYTES_ONCE: usize = 256;
/// Of a sealed identity's commitment: whoever would test a guess has to guess the random key that it was sealed with, so
/// that another salt would hide nothing more.
pub const SEALED_SALT: [u8; SALT_BYTES] = [0; SALT_BYTES];
/// What a sealed export begins with.
pub const EXPORT_MAGIC: &[u8; 4] = b"GBX1";

/// What is left beside the date and the heads.
const NAME_BYTES_MAX: usize = 66;
const NAME_BYTES_MAX_ONCE: usize = 200;
const BIRTH_DATE_BYTES_MAX: usize = 10;
const IDENTITY_PURPOSE: &[u8] = b"gerbang log identity";
const EXPORT_PURPOSE: &[u8] = b"gerbang log export";

/// As a pass says it; lives in the authority's memory while a contact is looked at.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Identity {
    pub name: String,
    /// Empty where it is not known.
    pub birth_date: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(..)")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedError {
    /// The entry has none, or it was struck.
    Absent,
    /// It was sealed to another key.
    OtherKey,
    Sealing(SealingError),
    /// What was sealed is no identity.
    Cbor(CborError),
    /// No sealed export.
    Magic,
}

impl SealedError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Absent => "SEAL-ABSENT",
            Self::OtherKey => "SEAL-OTHER-KEY",
            Self::Sealing(error) => error.code(),
            Self::Cbor(error) => error.code(),
            Self::Magic => "SEAL-EXPORT",
        }
    }
}

/// For an entry of that log, time and venue; `entropy` is random and used once, and so is `salt`, or `SEALED_SALT`.
pub fn seal_identity(
    identity: &Identity,
    public_key: &[u8; 32],
    place: (LogId, i64, &str),
    salt: [u8; SALT_BYTES],
    entropy: [u8; 32],
) -> Result<KeyedPart, SealingError> {
    seal_identity_by(identity, public_key, place, salt, |purpose, bound, bytes| {
        sealing::seal(public_key, purpose, bound, bytes, entropy)
    })
}

/// The same where something else seals: what for, bound to what, which bytes.
pub fn seal_identity_by<E>(
    identity: &Identity,
    public_key: &[u8; 32],
    place: (LogId, i64, &str),
    salt: [u8; SALT_BYTES],
    seal: impl FnOnce(&[u8], &[u8], &[u8]) -> Result<Vec<u8>, E>,
) -> Result<KeyedPart, E> {
    let bytes = seal(IDENTITY_PURPOSE, &bound(place), &padded(identity))?;
    Ok(KeyedPart { key: KeyId::of(public_key), erasable: Erasable { salt, bytes } })
}

pub fn open_identity(entry: &Entry, private_key: &[u8; 32]) -> Result<Identity, SealedError> {
    let part = entry.sealed.as_ref().ok_or(SealedError::Absent)?;
    let erasable = part.erasable.as_ref().ok_or(SealedError::Absent)?;
    let public_key = sealing::public_key(private_key).map_err(SealedError::Sealing)?;
    if part.key != KeyId::of(&public_key) {
        return Err(SealedError::OtherKey);
    }
    let place = bound((entry.log, entry.at_unix_ms, &entry.gate.venue));
    let bytes = sealing::open(private_key, IDENTITY_PURPOSE, &place, &erasable.bytes);
    read(&bytes.map_err(SealedError::Sealing)?).map_err(SealedError::Cbor)
}

/// `[log id, at, venue]`: moved to another entry it does not open.
fn bound((log, at_unix_ms, venue): (LogId, i64, &str)) -> Vec<u8> {
    let mut out = Writer::default();
    out.array(3).bytes(&log.0).int(at_unix_ms).text(venue);
    out.into_bytes()
}

/// `[name, birth date]` and zeros.
fn padded(identity: &Identity) -> [u8; IDENTITY_BYTES] {
    let cut = |text: &str, bytes_max: usize| {
        text.split_at(text.floor_char_boundary(bytes_max)).0.to_owned()
    };
    let mut out = Writer::default();
    out.array(2).text(&cut(&identity.name, NAME_BYTES_MAX));
    out.text(&cut(&identity.birth_date, BIRTH_DATE_BYTES_MAX));
    let mut padded = [0; IDENTITY_BYTES];
    padded.iter_mut().zip(out.into_bytes()).for_each(|(to, from)| *to = from);
    padded
}

fn read(bytes: &[u8]) -> Result<Identity, CborError> {
    if ![IDENTITY_BYTES, IDENTITY_BYTES_ONCE].contains(&bytes.len()) {
        return Err(CborError::Limit);
    }
    let mut reader = Reader::new(bytes);
    if reader.array(2)? != 2 {
        return Err(CborError::Field);
    }
    let name = reader.text(NAME_BYTES_MAX_ONCE)?.to_owned();
    Ok(Identity { name, birth_date: reader.text(BIRTH_DATE_BYTES_MAX)?.to_owned() })
}

pub fn seal_export(
    export: &[u8],
    public_key: &[u8; 32],
    entropy: [u8; 32],
) -> Result<Vec<u8>, SealingError> {
    let sealed = sealing::seal(public_key, EXPORT_PURPOSE, EXPORT_MAGIC, export, entropy)?;
    Ok([EXPORT_MAGIC.as_slice(), &sealed].concat())
}

pub fn open_export(sealed: &[u8], private_key: &[u8; 32]) -> Result<Vec<u8>, SealedError> {
    let sealed = sealed.strip_prefix(EXPORT_MAGIC).ok_or(SealedError::Magic)?;
    sealing::open(private_key, EXPORT_PURPOSE, EXPORT_MAGIC, sealed).map_err(SealedError::Sealing)
}
