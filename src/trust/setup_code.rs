//! The set-up code: which gate a phone is, in the supervisor's keeping.
//!
//! Shape: `GBS1:` + Base45 → COSE_Sign1 (EdDSA, kid = a root's) → map → `SetupCode`.
//! Limits and errors: `SetupError`; only a root's signature counts, and only before it expires. It
//! holds the venue's keys, so it is never a URL and its `Debug` shows the venue alone.
//! Source: docs/setup-code.md.
//! Not here: asking the supervisor to confirm (session).

use super::hub::HubAccess;
use super::root_signed::{self, RootSignedError};
use super::site::{Direction, NAME_BYTES_MAX, RootKey};
use crate::credential::date;
use crate::envelope::base45;
use crate::envelope::cbor::{self, Lengths, Limits, Value};
use crate::envelope::cose::{HeaderRule, KeyIdType, Profile, TagRule};
use std::fmt;

pub const PREFIX: &str = "GBS1:";
pub const VENUE_KEYS_MAX: usize = 13;

/// The keys of the map, as docs/setup-code.md names them.
pub mod setup_key {
    pub const TYPE: &str = "type";
    pub const TYPE_SETUP: &str = "gerbang-setup";
    pub const FORMAT: &str = "v";
    pub const VENUE_ID: &str = "id";
    pub const VENUE: &str = "venue";
    pub const GATE: &str = "gate";
    pub const EXIT: &str = "exit";
    pub const CAPACITY: &str = "max";
    pub const POLICY: &str = "policy";
    pub const EXPIRES: &str = "exp";
    pub const VENUE_KEYS: &str = "keys";
    pub const HUB: &str = "hub";
    pub const HUB_USER: &str = "user";
    pub const HUB_PASSWORD: &str = "password";
}

const PROFILE: Profile = Profile {
    cbor: Limits { bytes_max: 2864, depth_max: 4, items_max: 128, lengths: Lengths::Definite },
    tag: TagRule::Required,
    headers: HeaderRule::Protected,
    key_id: KeyIdType::Bytes,
};

/// What a phone becomes when the supervisor confirms.
#[derive(Clone, PartialEq, Eq)]
pub struct SetupCode {
    pub venue_id: String,
    pub venue: String,
    pub gate: String,
    pub direction: Direction,
    /// People at once; `None`: no limit.
    pub capacity: Option<u32>,
    pub policy_id: String,
    pub expires_unix_s: i64,
    /// One a month.
    pub venue_keys: Vec<VenueKey>,
    /// By which the gate reaches the venue's hub; `None`: it asks none.
    pub hub: Option<HubAccess>,
}

/// By which a venue's gates make pseudonyms in one month.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VenueKey {
    /// YYYYMM.
    pub month: u32,
    pub key: [u8; 32],
}

impl VenueKey {
    /// The local month of a moment, as YYYYMM.
    pub fn month_of(now_unix_ms: i64, utc_offset_min: i16) -> u32 {
        let local_min = now_unix_ms.div_euclid(60_000).saturating_add(utc_offset_min.into());
        let date = date::date_of_days(local_min.div_euclid(24 * 60)).unwrap_or_default();
        let digits = date.chars().filter(char::is_ascii_digit).take(6);
        digits.filter_map(|digit| digit.to_digit(10)).fold(0, |month, digit| month * 10 + digit)
    }
}

impl fmt::Debug for SetupCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetupCode").field("venue_id", &self.venue_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for VenueKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VenueKey({})", self.month)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupError {
    /// It does not begin with `GBS1:`.
    Prefix,
    /// It cannot be decoded: scan again.
    Unreadable,
    /// Of no root that this site believes.
    Root,
    Signature,
    /// Signed by the root, but no set-up code, or of a later version.
    Type,
    /// A field is missing, of another kind or out of range.
    Field(&'static str),
    Expired {
        at_unix_s: i64,
    },
}

impl SetupError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Prefix => "SETUP-PREFIX",
            Self::Unreadable => "SETUP-READ",
            Self::Root => "SETUP-ROOT",
            Self::Signature => "SETUP-SIG",
            Self::Type => "SETUP-TYPE",
            Self::Field(_) => "SETUP-FIELD",
            Self::Expired { .. } => "SETUP-EXP",
        }
    }
}

impl From<RootSignedError> for SetupError {
    fn from(error: RootSignedError) -> Self {
        match error {
            RootSignedError::Unreadable => Self::Unreadable,
            RootSignedError::Root => Self::Root,
            RootSignedError::Signature => Self::Signature,
        }
    }
}

impl SetupCode {
    /// `roots`: the site's pinned ones, and the registry's where it came after them.
    pub fn open(text: &str, roots: &[RootKey], now_unix_s: i64) -> Result<Self, SetupError> {
        let text = text.strip_prefix(PREFIX).ok_or(SetupError::Prefix)?;
        let message = base45::decode(text).map_err(|_| SetupError::Unreadable)?;
        let code = read(&root_signed::payload(&message, &PROFILE, roots)?)?;
        if code.expires_unix_s <= now_unix_s {
            return Err(SetupError::Expired { at_unix_s: code.expires_unix_s });
        }
        Ok(code)
    }
}

fn read(payload: &[u8]) -> Result<SetupCode, SetupError> {
    let Ok(Value::Map(map)) = cbor::decode(payload, &PROFILE.cbor) else {
        return Err(SetupError::Type);
    };
    let get = |name: &str| map.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, v)| v);
    let is_setup = get(setup_key::TYPE).and_then(Value::as_text) == Some(setup_key::TYPE_SETUP);
    if !is_setup || get(setup_key::FORMAT) != Some(&Value::from(1)) {
        return Err(SetupError::Type);
    }
    let name = |field: &'static str| {
        get(field)
            .and_then(Value::as_text)
            .filter(|text| !text.is_empty() && text.len() <= NAME_BYTES_MAX)
            .map(str::to_owned)
            .ok_or(SetupError::Field(field))
    };
    let integer = |field: &'static str, value: &Value| {
        let integer = value.as_integer().and_then(|integer| i64::try_from(integer).ok());
        integer.ok_or(SetupError::Field(field))
    };
    let capacity = get(setup_key::CAPACITY)
        .map(|value| integer(setup_key::CAPACITY, value))
        .transpose()?
        .map(|people| u32::try_from(people).map_err(|_| SetupError::Field(setup_key::CAPACITY)));
    let exits = match get(setup_key::EXIT) {
        None => false,
        Some(value) => value.as_bool().ok_or(SetupError::Field(setup_key::EXIT))?,
    };
    let expires = get(setup_key::EXPIRES).ok_or(SetupError::Field(setup_key::EXPIRES))?;
    Ok(SetupCode {
        venue_id: name(setup_key::VENUE_ID)?,
        venue: name(setup_key::VENUE)?,
        gate: name(setup_key::GATE)?,
        direction: if exits { Direction::Exit } else { Direction::Entry },
        capacity: capacity.transpose()?,
        policy_id: name(setup_key::POLICY)?,
        expires_unix_s: integer(setup_key::EXPIRES, expires)?,
        venue_keys: venue_keys(get(setup_key::VENUE_KEYS))?,
        hub: get(setup_key::HUB).map(hub).transpose()?,
    })
}

fn hub(value: &Value) -> Result<HubAccess, SetupError> {
    let text = |name: &str| {
        let mut members = value.as_map()?.iter();
        members.find(|(key, _)| key.as_text() == Some(name))?.1.as_text()
    };
    let access = text(setup_key::HUB_USER).zip(text(setup_key::HUB_PASSWORD));
    let access = access.and_then(|(user, password)| HubAccess::new(user, password));
    access.ok_or(SetupError::Field(setup_key::HUB))
}

/// `[[YYYYMM, key], ...]`; absent: the phone draws its own.
fn venue_keys(value: Option<&Value>) -> Result<Vec<VenueKey>, SetupError> {
    let wrong = SetupError::Field(setup_key::VENUE_KEYS);
    let Some(value) = value else { return Ok(Vec::new()) };
    let list = value.as_array().filter(|list| list.len() <= VENUE_KEYS_MAX).ok_or(wrong)?;
    let read = |item: &Value| {
        let [Value::Integer(month), Value::Bytes(key)] =
            item.as_array().map(Vec::as_slice).unwrap_or_default()
        else {
            return Err(wrong);
        };
        let month = u32::try_from(*month).map_err(|_| wrong)?;
        if !(1..=12).contains(&(month % 100)) || month > 999_912 {
            return Err(wrong);
        }
        let key = key.as_slice().try_into().map_err(|_| wrong)?;
        Ok(VenueKey { month, key })
    };
    list.iter().map(read).collect()
}
