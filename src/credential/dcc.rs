//! The EU's certificate content (`dcc`), as claim −260 carries it: in EU certificates, and in a
//! Gerbang pass in its full form.
//!
//! Shape: map { nam { fn, gn, fnt, gnt }, dob, v [..], t [..], r [..] } → holder and facts.
//! Limits and errors: at most `ENTRIES_MAX` entries a list, `TEXT_BYTES_MAX` bytes a text. Read as
//! leniently as real certificates need (missing and empty fields are absent, a date may carry a
//! time), but a field of another type is an error, not an absence.
//! Source: EU DCC JSON schema 1.3.0 (2021-06), `ehn-dcc-development/eu-dcc-schema`.
//! Not here: value sets; the rules (`rules`) look codes up. `co` is not the issuer's country.

use super::claims::{Recovery, TestResult, Vaccination};
use super::{Holder, date};
use crate::envelope::cbor::Value;

pub(crate) const ENTRIES_MAX: usize = 16;
pub(crate) const TEXT_BYTES_MAX: usize = 256;

/// SNOMED CT: "Detected".
pub(crate) const DETECTED: &str = "260373001";
/// SNOMED CT: "Not detected".
pub(crate) const NOT_DETECTED: &str = "260415000";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DccError {
    /// No map, or a key that is no text.
    Shape,
    /// The name is no map of texts, or too long.
    Name,
    BirthDate,
    /// A list of entries is no list of maps, or too long.
    Entries,
    Vaccination,
    Test,
    Recovery,
}

impl DccError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Shape => "DCC-SHAPE",
            Self::Name => "DCC-NAM",
            Self::BirthDate => "DCC-DOB",
            Self::Entries => "DCC-ENTRIES",
            Self::Vaccination => "DCC-V",
            Self::Test => "DCC-T",
            Self::Recovery => "DCC-R",
        }
    }
}

#[derive(Default)]
pub(crate) struct Dcc {
    /// `ci` of each entry; revocation lists of EU certificates name them.
    #[cfg_attr(not(feature = "families"), expect(dead_code, reason = "a pass has its own id"))]
    pub certificate_ids: Vec<String>,
    pub holder: Holder,
    pub vaccinations: Vec<Vaccination>,
    pub tests: Vec<TestResult>,
    pub recoveries: Vec<Recovery>,
}

pub(crate) fn read(value: &Value) -> Result<Dcc, DccError> {
    let map = Map::of(value, DccError::Shape)?;
    Ok(Dcc {
        certificate_ids: certificate_ids(&map)?,
        holder: Holder { name: name(&map)?, birth_date: birth_date(&map)? },
        vaccinations: entries(&map, "v", vaccination)?,
        tests: entries(&map, "t", test)?,
        recoveries: entries(&map, "r", recovery)?,
    })
}

/// Given name and family name; the transliterated ones where a certificate has only those.
fn name(map: &Map<'_>) -> Result<Option<String>, DccError> {
    let Some(nam) = map.get("nam").filter(|nam| **nam != Value::Null) else { return Ok(None) };
    let nam = Map::of(nam, DccError::Name)?;
    let part = |plain, transliterated| {
        let plain = nam.text(plain, DccError::Name)?;
        Ok(plain.or(nam.text(transliterated, DccError::Name)?))
    };
    let parts: Vec<String> =
        [part("gn", "gnt")?, part("fn", "fnt")?].into_iter().flatten().collect();
    Ok((!parts.is_empty()).then(|| parts.join(" ")))
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; some add a time.
fn birth_date(map: &Map<'_>) -> Result<Option<String>, DccError> {
    let text = map.text("dob", DccError::BirthDate)?;
    Ok(text.map(|text| text.split('T').next().unwrap_or_default().to_owned()))
}

fn certificate_ids(map: &Map<'_>) -> Result<Vec<String>, DccError> {
    let mut ids = Vec::new();
    for list in ["v", "t", "r"] {
        ids.extend(entries(map, list, |entry| entry.text("ci", DccError::Entries))?);
    }
    Ok(ids.into_iter().flatten().collect())
}

fn entries<T>(
    map: &Map<'_>,
    key: &str,
    read: impl Fn(&Map<'_>) -> Result<T, DccError>,
) -> Result<Vec<T>, DccError> {
    match map.get(key) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) if list.len() <= ENTRIES_MAX => {
            let entries = list.iter().filter(|entry| **entry != Value::Null);
            entries.map(|entry| read(&Map::of(entry, DccError::Entries)?)).collect()
        }
        Some(_) => Err(DccError::Entries),
    }
}

fn vaccination(entry: &Map<'_>) -> Result<Vaccination, DccError> {
    Ok(Vaccination {
        product: entry.text("mp", DccError::Vaccination)?,
        dose: entry.count("dn", DccError::Vaccination)?,
        total: entry.count("sd", DccError::Vaccination)?,
        date: entry.text("dt", DccError::Vaccination)?,
    })
}

fn test(entry: &Map<'_>) -> Result<TestResult, DccError> {
    let sampled = entry.text("sc", DccError::Test)?;
    Ok(TestResult {
        detected: entry.text("tr", DccError::Test)?.as_deref().and_then(was_detected),
        kind: entry.text("tt", DccError::Test)?,
        sampled_unix_s: match sampled {
            Some(time) => sampled_unix_s(&time)?,
            None => None,
        },
    })
}

/// Some leave the zone out, or all but the day: then nobody knows when it was.
pub(super) fn sampled_unix_s(time: &str) -> Result<Option<i64>, DccError> {
    let known = date::unix_s_of_time(time);
    let is_time = known.is_some()
        || date::days_of_date(time).is_some()
        || date::unix_s_of_time(&format!("{time}Z")).is_some();
    if is_time { Ok(known) } else { Err(DccError::Test) }
}

pub(super) fn was_detected(code: &str) -> Option<bool> {
    match code {
        DETECTED => Some(true),
        NOT_DETECTED => Some(false),
        _ => None,
    }
}

fn recovery(entry: &Map<'_>) -> Result<Recovery, DccError> {
    Ok(Recovery {
        first_positive_date: entry.text("fr", DccError::Recovery)?,
        valid_from_date: entry.text("df", DccError::Recovery)?,
        valid_until_date: entry.text("du", DccError::Recovery)?,
    })
}

pub(super) struct Map<'a>(&'a [(Value, Value)]);

impl<'a> Map<'a> {
    pub(super) fn of(value: &'a Value, otherwise: DccError) -> Result<Self, DccError> {
        value.as_map().map(|map| Self(map)).ok_or(otherwise)
    }

    pub(super) fn get(&self, wanted: &str) -> Option<&'a Value> {
        let value = self.0.iter().find(|(key, _)| key.as_text() == Some(wanted))?;
        match &value.1 {
            // Some write dates with their tag (RFC 8943).
            Value::Tag(_, inner) => Some(inner),
            value => Some(value),
        }
    }

    /// Missing, null and empty are all absent.
    pub(super) fn text(&self, key: &str, otherwise: DccError) -> Result<Option<String>, DccError> {
        match self.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) if text.len() > TEXT_BYTES_MAX => Err(otherwise),
            Some(Value::Text(text)) => {
                let text = text.trim();
                Ok((!text.is_empty()).then(|| text.to_owned()))
            }
            Some(_) => Err(otherwise),
        }
    }

    pub(super) fn count(&self, key: &str, otherwise: DccError) -> Result<Option<u16>, DccError> {
        match self.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Integer(number)) => u16::try_from(*number).map(Some).map_err(|_| otherwise),
            // As languages with one kind of number write it.
            Some(Value::Float(number)) if number.fract() == 0.0 => {
                let whole = date::whole_unix_s(*number).and_then(|whole| u16::try_from(whole).ok());
                whole.map(Some).ok_or(otherwise)
            }
            Some(_) => Err(otherwise),
        }
    }
}
