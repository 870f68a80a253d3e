//! A venue's poster: where its reader stands, whose gate it is, and which policy holds there.
//!
//! Shape: COSE_Sign1 (EdDSA, kid = a root's) over a map → `Poster`.
//! Limits and errors: `PosterError`; only a root's signature counts, and only before it expires. It is
//! public and holds no secret.
//! Source: docs/poster.md.
//! Not here: recording. Whoever opens a poster leaves no trace.

use super::root_signed::{self, RootSignedError};
use super::site::{NAME_BYTES_MAX, RootKey};
use crate::envelope::cbor::{self, Lengths, Limits, Value};
use crate::envelope::cose::{HeaderRule, KeyIdType, Profile, TagRule};

/// The keys of the map, as docs/poster.md names them.
pub mod poster_key {
    pub const TYPE: &str = "type";
    pub const TYPE_POSTER: &str = "gerbang-poster";
    pub const FORMAT: &str = "v";
    pub const VENUE_ID: &str = "id";
    pub const VENUE: &str = "venue";
    pub const GATE: &str = "gate";
    pub const OFFICE: &str = "by";
    pub const POLICY: &str = "policy";
    pub const EXPIRES: &str = "exp";
}

const PROFILE: Profile = Profile {
    cbor: Limits { bytes_max: 1_800, depth_max: 3, items_max: 64, lengths: Lengths::Definite },
    tag: TagRule::Required,
    headers: HeaderRule::Protected,
    key_id: KeyIdType::Bytes,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poster {
    pub venue_id: String,
    pub venue: String,
    /// The door, where it hangs at one.
    pub gate: Option<String>,
    /// Whose gate it is.
    pub office: String,
    /// By the policy's title in the registry a visitor learns what to bring.
    pub policy_id: Option<String>,
    pub expires_unix_s: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PosterError {
    /// It cannot be decoded.
    Unreadable,
    /// Of no root that this site believes: another city's, or nobody's.
    Root,
    Signature,
    /// Signed by the root, but no poster, or of a later version.
    Type,
    /// A field is missing, of another kind or out of range.
    Field(&'static str),
    Expired {
        at_unix_s: i64,
    },
}

impl PosterError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "POSTER-READ",
            Self::Root => "POSTER-ROOT",
            Self::Signature => "POSTER-SIG",
            Self::Type => "POSTER-TYPE",
            Self::Field(_) => "POSTER-FIELD",
            Self::Expired { .. } => "POSTER-EXP",
        }
    }
}

impl From<RootSignedError> for PosterError {
    fn from(error: RootSignedError) -> Self {
        match error {
            RootSignedError::Unreadable => Self::Unreadable,
            RootSignedError::Root => Self::Root,
            RootSignedError::Signature => Self::Signature,
        }
    }
}

impl Poster {
    /// `descriptor`: what `credential::poster::descriptor` found. `roots`: the site's pinned ones, and
    /// the registry's where it came after them.
    pub fn open(
        descriptor: &[u8],
        roots: &[RootKey],
        now_unix_s: i64,
    ) -> Result<Self, PosterError> {
        let payload = root_signed::payload(descriptor, &PROFILE, roots)?;
        let poster = read(&payload)?;
        if poster.expires_unix_s <= now_unix_s {
            return Err(PosterError::Expired { at_unix_s: poster.expires_unix_s });
        }
        Ok(poster)
    }
}

fn read(payload: &[u8]) -> Result<Poster, PosterError> {
    let Ok(Value::Map(map)) = cbor::decode(payload, &PROFILE.cbor) else {
        return Err(PosterError::Type);
    };
    let get = |name: &str| map.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, v)| v);
    let is_poster = get(poster_key::TYPE).and_then(Value::as_text) == Some(poster_key::TYPE_POSTER);
    if !is_poster || get(poster_key::FORMAT) != Some(&Value::from(1)) {
        return Err(PosterError::Type);
    }
    let may_have = |field: &'static str| {
        let text = |value: &Value| {
            value
                .as_text()
                .filter(|text| !text.is_empty() && text.len() <= NAME_BYTES_MAX)
                .map(str::to_owned)
                .ok_or(PosterError::Field(field))
        };
        get(field).map(text).transpose()
    };
    let name = |field: &'static str| may_have(field)?.ok_or(PosterError::Field(field));
    let expires = get(poster_key::EXPIRES).and_then(Value::as_integer);
    Ok(Poster {
        venue_id: name(poster_key::VENUE_ID)?,
        venue: name(poster_key::VENUE)?,
        gate: may_have(poster_key::GATE)?,
        office: name(poster_key::OFFICE)?,
        policy_id: may_have(poster_key::POLICY)?,
        expires_unix_s: expires
            .and_then(|expires| i64::try_from(expires).ok())
            .ok_or(PosterError::Field(poster_key::EXPIRES))?,
    })
}
