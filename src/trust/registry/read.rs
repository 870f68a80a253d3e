//! The registry's CBOR map to `RegistryBody`, field by field.

use super::rotation::ROTATIONS_MAX;
use super::{
    FORMAT_VERSION, FRESH_S, Issuer, KeyState, PartSource, PolicyText, Purpose, RegistryBody,
    RegistryError, RevocationSource, SealingKey, Venue, WARN_S, key, limits,
};
use crate::credential::{Algorithm, Family};
use crate::envelope::cbor::{self, Limits, Value};
use crate::trust::block_list::{BlockEntry, BlockList};
use crate::trust::hub::is_hub_address;
use crate::trust::revocation::PARTS_MAX;
use crate::trust::site::{NAME_BYTES_MAX, stays_here};
use std::collections::BTreeMap;

type Result<T> = std::result::Result<T, RegistryError>;

pub(super) fn body(payload: &[u8], cbor_limits: &Limits) -> Result<RegistryBody> {
    let value = cbor::decode(payload, cbor_limits).map_err(RegistryError::Body)?;
    let map = Fields::of(&value, key::TYPE).map_err(|_| RegistryError::Type)?;
    if map.optional(key::TYPE).and_then(Value::as_text) != Some(key::TYPE_REGISTRY) {
        return Err(RegistryError::Type);
    }
    if map.integer(key::FORMAT)? != FORMAT_VERSION {
        return Err(RegistryError::Format);
    }
    let body = RegistryBody {
        version: u64::try_from(map.integer(key::VERSION)?)
            .map_err(|_| RegistryError::Field(key::VERSION))?,
        issued_unix_s: map.integer(key::ISSUED)?,
        expires_unix_s: map.integer(key::EXPIRES)?,
        fresh_s: map.optional_integer(key::FRESH)?.unwrap_or(FRESH_S),
        warn_s: map.optional_integer(key::WARN)?.unwrap_or(WARN_S),
        issuers: issuers(&map)?,
        policies: map.list(key::POLICIES, limits::POLICIES_MAX, policy)?,
        venues: map.list(key::VENUES, limits::VENUES_MAX, venue)?,
        block_list: block_list(&map)?,
        rotations: map.list(key::ROOTS, ROTATIONS_MAX, |value| {
            value.as_bytes().cloned().ok_or(RegistryError::Field(key::ROOTS))
        })?,
        revocations: map.list(key::REVOCATIONS, limits::REVOCATIONS_MAX, revocation)?,
        sealing: map.optional(key::SEALING).map(sealing).transpose()?,
        hub: map.optional(key::HUB).map(hub).transpose()?,
    };
    if body.expires_unix_s <= body.issued_unix_s {
        return Err(RegistryError::Field(key::EXPIRES));
    }
    if body.fresh_s < 0 || body.warn_s < body.fresh_s {
        return Err(RegistryError::Field(key::WARN));
    }
    Ok(body)
}

/// An issuer whose algorithm this build does not know is left out: a newer registry still opens.
fn issuers(map: &Fields<'_>) -> Result<Vec<Issuer>> {
    let found = map.list(key::ISSUERS, limits::ISSUERS_MAX, issuer)?;
    Ok(found.into_iter().flatten().collect())
}

fn issuer(value: &Value) -> Result<Option<Issuer>> {
    let map = Fields::of(value, key::ISSUERS)?;
    let algorithm = match map.integer(key::ALG)? {
        -8 => Algorithm::EdDsa,
        -7 => Algorithm::Es256,
        -37 => Algorithm::Ps256,
        key::CERTIFICATES => Algorithm::Certificates,
        _ => return Ok(None),
    };
    let public_key = map.bytes(key::PUBLIC_KEY, limits::PUBLIC_KEY_BYTES_MAX)?;
    if algorithm == Algorithm::EdDsa && public_key.len() != 32 {
        return Err(RegistryError::Field(key::PUBLIC_KEY));
    }
    let families = map.words(key::FAMILIES)?;
    let purposes = map.words(key::PURPOSES)?;
    Ok(Some(Issuer {
        key_id: map.bytes(key::KID, limits::KEY_ID_BYTES_MAX)?,
        algorithm,
        public_key,
        state: state(&map)?,
        name: map.name(key::NAME)?,
        country: map.optional_name(key::COUNTRY)?,
        claimed_as: map.optional_name(key::CLAIMED_AS)?,
        // Families and purposes of later versions are not this build's affair.
        families: Family::CREDENTIALS
            .into_iter()
            .filter(|f| families.contains(&f.name()))
            .collect(),
        purposes: Purpose::ALL.into_iter().filter(|p| purposes.contains(&p.name())).collect(),
        from_unix_s: map.integer(key::FROM)?,
        until_unix_s: map.integer(key::UNTIL)?,
        specimen: map.flag(key::SPECIMEN)?,
        // One by one: collecting into a map brings a whole sort into the page.
        revoked: map.list(key::REVOKED, limits::REVOKED_MAX, revoked_id)?.into_iter().fold(
            BTreeMap::new(),
            |mut revoked, (id, before)| {
                revoked.insert(id, before);
                revoked
            },
        ),
        lists: map.list(key::LISTS, limits::ZONES_MAX, |value| {
            value.as_text().map(str::to_owned).ok_or(RegistryError::Field(key::LISTS))
        })?,
        products: map.list(key::PRODUCTS, limits::PRODUCTS_MAX, |value| {
            let product = value.as_integer().and_then(|product| u64::try_from(product).ok());
            product.ok_or(RegistryError::Field(key::PRODUCTS))
        })?,
    }))
}

/// A state of a later version is not ours to guess: the key counts as terminated.
fn state(map: &Fields<'_>) -> Result<KeyState> {
    let Some(value) = map.optional(key::STATE) else { return Ok(KeyState::Current) };
    let word = value.as_text().ok_or(RegistryError::Field(key::STATE))?;
    let known = KeyState::ALL.into_iter().find(|state| state.name() == word);
    Ok(known.unwrap_or(KeyState::Terminated))
}

fn sealing(value: &Value) -> Result<SealingKey> {
    let wrong = RegistryError::Field(key::SEALING);
    let map = Fields::of(value, key::SEALING)?;
    let public_key = map.bytes(key::PUBLIC_KEY, 32)?.try_into().map_err(|_| wrong)?;
    let (from_unix_s, until_unix_s) = (map.integer(key::FROM)?, map.integer(key::UNTIL)?);
    let lasts_s = until_unix_s.saturating_sub(from_unix_s);
    if !(0..=limits::SEALING_S_MAX).contains(&lasts_s) {
        return Err(wrong);
    }
    Ok(SealingKey { public_key, from_unix_s, until_unix_s })
}

fn hub(value: &Value) -> Result<String> {
    let address = value.as_text().filter(|text| is_hub_address(text));
    address.map(str::to_owned).ok_or(RegistryError::Field(key::HUB))
}

fn revocation(value: &Value) -> Result<RevocationSource> {
    let map = Fields::of(value, key::REVOCATIONS)?;
    Ok(RevocationSource {
        id: map.name(key::ID)?,
        until_unix_s: map.integer(key::UNTIL)?,
        parts: map.list(key::PARTS, PARTS_MAX, part)?,
    })
}

fn part(value: &Value) -> Result<PartSource> {
    let map = Fields::of(value, key::PARTS)?;
    let address = map.name(key::ADDRESS)?;
    if !stays_here(&address) {
        return Err(RegistryError::Field(key::ADDRESS));
    }
    let sha256 = map.bytes(key::SHA256, 32)?.try_into();
    Ok(PartSource { address, sha256: sha256.map_err(|_| RegistryError::Field(key::SHA256))? })
}

/// An id, or `[id, before]`.
fn revoked_id(value: &Value) -> Result<(Vec<u8>, i64)> {
    let wrong = RegistryError::Field(key::REVOKED);
    let (id, before_unix_s) = match value {
        Value::Bytes(id) => (id, i64::MAX),
        Value::Array(parts) => match parts.as_slice() {
            [Value::Bytes(id), Value::Integer(before)] => {
                (id, i64::try_from(*before).map_err(|_| wrong)?)
            }
            _ => return Err(wrong),
        },
        _ => return Err(wrong),
    };
    let in_range = (1..=limits::KEY_ID_BYTES_MAX).contains(&id.len());
    if in_range { Ok((id.clone(), before_unix_s)) } else { Err(wrong) }
}

fn policy(value: &Value) -> Result<PolicyText> {
    let map = Fields::of(value, key::POLICIES)?;
    let json = map.text(key::POLICY)?;
    if json.len() > limits::POLICY_BYTES_MAX {
        return Err(RegistryError::Limit(key::POLICY));
    }
    Ok(PolicyText { id: map.name(key::ID)?, json: json.to_owned() })
}

fn venue(value: &Value) -> Result<Venue> {
    let map = Fields::of(value, key::VENUES)?;
    let zones = map.words(key::ZONES)?;
    Ok(Venue {
        id: map.name(key::ID)?,
        name: map.name(key::NAME)?,
        zones: zones.into_iter().map(str::to_owned).collect(),
    })
}

fn block_list(map: &Fields<'_>) -> Result<BlockList> {
    let Some(value) = map.optional(key::BLOCK) else { return Ok(BlockList::default()) };
    let map = Fields::of(value, key::BLOCK)?;
    let block_key = map.bytes(key::BLOCK_KEY, 32)?;
    let block_key = block_key.try_into().map_err(|_| RegistryError::Field(key::BLOCK_KEY))?;
    let entries = map.list(key::BLOCK_LIST, limits::BLOCKED_MAX, block_entry)?;
    Ok(BlockList::new(block_key, entries))
}

/// `[hash, until]`.
fn block_entry(value: &Value) -> Result<BlockEntry> {
    let wrong = RegistryError::Field(key::BLOCK_LIST);
    let [Value::Bytes(hash), Value::Integer(until)] =
        value.as_array().map(Vec::as_slice).unwrap_or_default()
    else {
        return Err(wrong);
    };
    let hash = hash.as_slice().try_into().map_err(|_| wrong)?;
    let until_unix_s = i64::try_from(*until).map_err(|_| wrong)?;
    Ok(BlockEntry { hash, until_unix_s })
}

/// A map with text keys; each error names the field.
struct Fields<'a>(&'a [(Value, Value)]);

impl<'a> Fields<'a> {
    fn of(value: &'a Value, within: &'static str) -> Result<Self> {
        value.as_map().map(|map| Self(map)).ok_or(RegistryError::Field(within))
    }

    fn optional(&self, name: &str) -> Option<&'a Value> {
        self.0.iter().find(|(k, _)| k.as_text() == Some(name)).map(|(_, value)| value)
    }

    fn required(&self, name: &'static str) -> Result<&'a Value> {
        self.optional(name).ok_or(RegistryError::Field(name))
    }

    fn integer(&self, name: &'static str) -> Result<i64> {
        self.optional_integer(name)?.ok_or(RegistryError::Field(name))
    }

    fn optional_integer(&self, name: &'static str) -> Result<Option<i64>> {
        let Some(value) = self.optional(name) else { return Ok(None) };
        let integer = value.as_integer().and_then(|integer| i64::try_from(integer).ok());
        integer.map(Some).ok_or(RegistryError::Field(name))
    }

    fn bytes(&self, name: &'static str, bytes_max: usize) -> Result<Vec<u8>> {
        let bytes = self.required(name)?.as_bytes().ok_or(RegistryError::Field(name))?;
        if bytes.is_empty() || bytes.len() > bytes_max {
            return Err(RegistryError::Field(name));
        }
        Ok(bytes.clone())
    }

    fn text(&self, name: &'static str) -> Result<&'a str> {
        self.required(name)?.as_text().ok_or(RegistryError::Field(name))
    }

    /// A text that is shown or compared: neither empty nor long.
    fn name(&self, name: &'static str) -> Result<String> {
        self.optional_name(name)?.ok_or(RegistryError::Field(name))
    }

    fn optional_name(&self, name: &'static str) -> Result<Option<String>> {
        let Some(value) = self.optional(name) else { return Ok(None) };
        let text = value.as_text().ok_or(RegistryError::Field(name))?;
        if text.is_empty() || text.len() > NAME_BYTES_MAX {
            return Err(RegistryError::Field(name));
        }
        Ok(Some(text.to_owned()))
    }

    fn flag(&self, name: &'static str) -> Result<bool> {
        let Some(value) = self.optional(name) else { return Ok(false) };
        value.as_bool().ok_or(RegistryError::Field(name))
    }

    /// A list of short texts; required, so that what an issuer may do is always said.
    fn words(&self, name: &'static str) -> Result<Vec<&'a str>> {
        let list = self.required(name)?.as_array().ok_or(RegistryError::Field(name))?;
        if list.len() > limits::ZONES_MAX {
            return Err(RegistryError::Limit(name));
        }
        list.iter().map(|item| item.as_text().ok_or(RegistryError::Field(name))).collect()
    }

    /// A list of maps; absent is empty.
    fn list<T>(
        &self,
        name: &'static str,
        count_max: usize,
        read: impl Fn(&Value) -> Result<T>,
    ) -> Result<Vec<T>> {
        let Some(value) = self.optional(name) else { return Ok(Vec::new()) };
        let list = value.as_array().ok_or(RegistryError::Field(name))?;
        if list.len() > count_max {
            return Err(RegistryError::Limit(name));
        }
        list.iter().map(read).collect()
    }
}
