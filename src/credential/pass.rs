//! The Gerbang pass: `GB1:` + Base45 → COSE_Sign1 → CWT → claims.
//!
//! Shape: docs/pass.md, to the last key.
//! Limits and errors: the constants below; each thing that can be malformed is a `PassError` with
//! a code of its own. Claims that we do not know are ignored (RFC 8392 §3), within the limits.
//! Source: RFC 9285 (Base45), RFC 9052 (COSE_Sign1), RFC 8392 (CWT), MOSIP claim 169 1.0, EU DCC
//! schema 1.3.0; the claims below −65536 are of the range for private use and are ours.
//! Not here: the signature and the clock (`trust`); making passes (`issue::pass`).

use super::claims::{Algorithm, Claims, Entitlement, Unverified, Vaccination};
use super::dcc::{self, DccError};
use super::{Family, Fault, Holder, date};
use crate::envelope::base45::{self, Base45Error};
use crate::envelope::cbor::{self, CborError, Lengths, Limits, Value};
use crate::envelope::cose::{self, CoseError, HeaderRule, KeyIdType, Profile, TagRule};

pub const PREFIX: &str = "GB1:";

pub const KEY_ID_BYTES: usize = 8;
pub const PASS_ID_BYTES: usize = 16;
pub const ISSUER_BYTES_MAX: usize = 64;
pub const SUBJECT_BYTES_MAX: usize = 64;
pub const NAME_BYTES_MAX: usize = 128;
pub const ROLE_BYTES_MAX: usize = 32;
pub const VENUE_BYTES_MAX: usize = 32;
pub const VENUES_MAX: usize = 16;
pub const PRODUCT_BYTES_MAX: usize = 32;
pub const VACCINATIONS_MAX: usize = 8;
/// Minutes of a day, and one more as the end of a window that lasts until midnight.
pub const DAY_MIN: u16 = 24 * 60;

/// The whole message; a code of version 35 at level M holds it.
pub const MESSAGE_BYTES_MAX: usize = 1792;

const SIGNATURE_BYTES: usize = 64;

pub(crate) const PROFILE: Profile = Profile {
    cbor: Limits {
        bytes_max: MESSAGE_BYTES_MAX,
        depth_max: 8,
        items_max: 512,
        lengths: Lengths::Definite,
    },
    tag: TagRule::Required,
    headers: HeaderRule::Protected,
    key_id: KeyIdType::Bytes,
};

/// Keys of the CWT's map, and of the maps in it.
pub(crate) mod key {
    pub const ISSUER: i64 = 1;
    pub const SUBJECT: i64 = 2;
    pub const EXPIRES: i64 = 4;
    pub const NOT_BEFORE: i64 = 5;
    pub const ISSUED: i64 = 6;
    pub const PASS_ID: i64 = 7;
    pub const IDENTITY: i64 = 169;
    pub const HEALTH: i64 = -260;
    pub const ENTITLEMENT: i64 = -65_537;
    pub const VACCINATIONS: i64 = -65_538;
    pub const SPECIMEN: i64 = -65_539;

    pub const IDENTITY_NAME: i64 = 4;
    pub const IDENTITY_BIRTH_DATE: i64 = 8;

    pub const HEALTH_DCC: i64 = 1;

    pub const ENTITLEMENT_ROLE: i64 = 1;
    pub const ENTITLEMENT_VENUES: i64 = 2;
    pub const ENTITLEMENT_HOURS: i64 = 3;
}

/// A field of a pass, for errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Issuer,
    Subject,
    Expires,
    NotBefore,
    Issued,
    PassId,
    Identity,
    Name,
    BirthDate,
    Entitlement,
    Role,
    Venues,
    Hours,
    Vaccinations,
    Product,
    Dose,
    Total,
    Date,
    Health,
    Specimen,
}

/// Why a text that begins with `GB1:` is no pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassError {
    Base45(Base45Error),
    Cose(CoseError),
    /// The payload's CBOR.
    Cbor(CborError),
    /// Another algorithm than EdDSA.
    Algorithm,
    /// A kid that is not of 8 bytes.
    KeyIdLength,
    /// A signature that is not of 64 bytes.
    SignatureLength,
    /// The payload is no map of claims.
    Claims,
    Missing(Field),
    Type(Field),
    /// Too long, too many, or out of range.
    Limit(Field),
    /// It ends before it begins.
    Order,
    Dcc(DccError),
    /// Vaccinations both in compact and in full form.
    HealthTwice,
}

impl PassError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Base45(error) => error.code(),
            Self::Cose(error) => error.code(),
            Self::Cbor(error) => error.code(),
            Self::Algorithm => "PASS-ALG",
            Self::KeyIdLength => "PASS-KID",
            Self::SignatureLength => "PASS-SIG",
            Self::Claims => "PASS-CLAIMS",
            Self::Missing(field) => field.codes()[0],
            Self::Type(field) => field.codes()[1],
            Self::Limit(field) => field.codes()[2],
            Self::Order => "PASS-ORDER",
            Self::Dcc(error) => error.code(),
            Self::HealthTwice => "PASS-HEALTH-TWICE",
        }
    }

    pub(super) fn fault(self) -> Fault {
        match self {
            Self::Cose(error) if error.forbids_proof() => Fault::Unprovable,
            Self::Algorithm | Self::KeyIdLength | Self::SignatureLength => Fault::Unprovable,
            _ => Fault::Unreadable,
        }
    }
}

impl Field {
    /// Missing, wrong type, beyond a limit.
    #[rustfmt::skip]
    fn codes(self) -> [&'static str; 3] {
        match self {
            Self::Issuer => ["PASS-ISS-MISSING", "PASS-ISS-TYPE", "PASS-ISS-LIMIT"],
            Self::Subject => ["PASS-SUB-MISSING", "PASS-SUB-TYPE", "PASS-SUB-LIMIT"],
            Self::Expires => ["PASS-EXP-MISSING", "PASS-EXP-TYPE", "PASS-EXP-LIMIT"],
            Self::NotBefore => ["PASS-NBF-MISSING", "PASS-NBF-TYPE", "PASS-NBF-LIMIT"],
            Self::Issued => ["PASS-IAT-MISSING", "PASS-IAT-TYPE", "PASS-IAT-LIMIT"],
            Self::PassId => ["PASS-CTI-MISSING", "PASS-CTI-TYPE", "PASS-CTI-LIMIT"],
            Self::Identity => ["PASS-169-MISSING", "PASS-169-TYPE", "PASS-169-LIMIT"],
            Self::Name => ["PASS-NAME-MISSING", "PASS-NAME-TYPE", "PASS-NAME-LIMIT"],
            Self::BirthDate => ["PASS-DOB-MISSING", "PASS-DOB-TYPE", "PASS-DOB-LIMIT"],
            Self::Entitlement => ["PASS-ENT-MISSING", "PASS-ENT-TYPE", "PASS-ENT-LIMIT"],
            Self::Role => ["PASS-ROLE-MISSING", "PASS-ROLE-TYPE", "PASS-ROLE-LIMIT"],
            Self::Venues => ["PASS-VENUES-MISSING", "PASS-VENUES-TYPE", "PASS-VENUES-LIMIT"],
            Self::Hours => ["PASS-HOURS-MISSING", "PASS-HOURS-TYPE", "PASS-HOURS-LIMIT"],
            Self::Vaccinations => ["PASS-VAC-MISSING", "PASS-VAC-TYPE", "PASS-VAC-LIMIT"],
            Self::Product => ["PASS-PRODUCT-MISSING", "PASS-PRODUCT-TYPE", "PASS-PRODUCT-LIMIT"],
            Self::Dose => ["PASS-DOSE-MISSING", "PASS-DOSE-TYPE", "PASS-DOSE-LIMIT"],
            Self::Total => ["PASS-TOTAL-MISSING", "PASS-TOTAL-TYPE", "PASS-TOTAL-LIMIT"],
            Self::Date => ["PASS-DATE-MISSING", "PASS-DATE-TYPE", "PASS-DATE-LIMIT"],
            Self::Health => ["PASS-HEALTH-MISSING", "PASS-HEALTH-TYPE", "PASS-HEALTH-LIMIT"],
            Self::Specimen => ["PASS-SPECIMEN-MISSING", "PASS-SPECIMEN-TYPE", "PASS-SPECIMEN-LIMIT"],
        }
    }
}

/// `text` is what follows the prefix.
pub(super) fn parse(text: &str) -> Result<Unverified, PassError> {
    let bytes = base45::decode(text).map_err(PassError::Base45)?;
    let message = cose::parse(&bytes, &PROFILE).map_err(PassError::Cose)?;
    if message.alg != cose::EDDSA {
        return Err(PassError::Algorithm);
    }
    if message.kid.len() != KEY_ID_BYTES {
        return Err(PassError::KeyIdLength);
    }
    if message.signature.len() != SIGNATURE_BYTES {
        return Err(PassError::SignatureLength);
    }
    let payload = cbor::decode(&message.payload, &PROFILE.cbor).map_err(PassError::Cbor)?;
    let cwt = Map(payload.as_map().ok_or(PassError::Claims)?);
    Ok(Unverified {
        family: Family::Gerbang,
        issuers: vec![cwt.need(Field::Issuer, cwt.text(key::ISSUER, Field::Issuer)?)?],
        certificate: Vec::new(),
        key_id: message.kid,
        algorithm: Algorithm::EdDsa,
        revocation_ids: vec![pass_id(&cwt)?],
        claims: claims(&cwt)?,
        signed: message.to_be_signed,
        signature: message.signature,
    })
}

fn pass_id(cwt: &Map<'_>) -> Result<Vec<u8>, PassError> {
    let field = Field::PassId;
    let id = cwt.need(field, cwt.get(key::PASS_ID))?;
    let id = id.as_bytes().ok_or(PassError::Type(field))?;
    if id.len() == PASS_ID_BYTES { Ok(id.clone()) } else { Err(PassError::Limit(field)) }
}

fn claims(cwt: &Map<'_>) -> Result<Claims, PassError> {
    let issued_unix_s = cwt.need(Field::Issued, cwt.time(key::ISSUED, Field::Issued)?)?;
    let expires_unix_s = cwt.need(Field::Expires, cwt.time(key::EXPIRES, Field::Expires)?)?;
    let not_before_unix_s = cwt.time(key::NOT_BEFORE, Field::NotBefore)?;
    if not_before_unix_s.is_some_and(|from| from >= expires_unix_s) {
        return Err(PassError::Order);
    }
    let mut claims = Claims {
        subject: cwt.text(key::SUBJECT, Field::Subject)?,
        holder: holder(cwt)?,
        issued_unix_s: Some(issued_unix_s),
        not_before_unix_s,
        expires_unix_s: Some(expires_unix_s),
        specimen: specimen(cwt)?,
        entitlement: entitlement(cwt)?,
        ..Claims::default()
    };
    health(cwt, &mut claims)?;
    Ok(claims)
}

/// Only `true` is ever written: a pass that is no specimen has no such claim.
fn specimen(cwt: &Map<'_>) -> Result<bool, PassError> {
    match cwt.get(key::SPECIMEN) {
        None => Ok(false),
        Some(Value::Bool(true)) => Ok(true),
        Some(_) => Err(PassError::Type(Field::Specimen)),
    }
}

fn holder(cwt: &Map<'_>) -> Result<Holder, PassError> {
    let Some(identity) = cwt.map(key::IDENTITY, Field::Identity)? else {
        return Ok(Holder::default());
    };
    let birth_date = match identity.text(key::IDENTITY_BIRTH_DATE, Field::BirthDate)? {
        Some(digits) => Some(birth_date(&digits).ok_or(PassError::Limit(Field::BirthDate))?),
        None => None,
    };
    Ok(Holder { name: identity.text(key::IDENTITY_NAME, Field::Name)?, birth_date })
}

/// `YYYYMMDD` as claim 169 has it, or its beginning where no more is known.
fn birth_date(digits: &str) -> Option<String> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = digits.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2).unwrap_or((rest, ""));
    let whole = |month, day| date::days_of_date(&format!("{year}-{month}-{day}"));
    match (month.len(), day.len()) {
        (0, 0) => Some(year.to_owned()),
        (2, 0) => whole(month, "01").map(|_| format!("{year}-{month}")),
        (2, 2) => whole(month, day).map(|_| format!("{year}-{month}-{day}")),
        _ => None,
    }
}

fn entitlement(cwt: &Map<'_>) -> Result<Option<Entitlement>, PassError> {
    let Some(map) = cwt.map(key::ENTITLEMENT, Field::Entitlement)? else { return Ok(None) };
    Ok(Some(Entitlement {
        role: map.text(key::ENTITLEMENT_ROLE, Field::Role)?,
        venues: venues(&map)?,
        hours_min: hours(&map)?,
        product: None,
    }))
}

/// No list means all venues, so an empty one would mean its opposite to some readers.
fn venues(map: &Map<'_>) -> Result<Vec<String>, PassError> {
    let field = Field::Venues;
    let Some(list) = map.get(key::ENTITLEMENT_VENUES) else { return Ok(Vec::new()) };
    let list = list.as_array().ok_or(PassError::Type(field))?;
    if list.is_empty() || list.len() > VENUES_MAX {
        return Err(PassError::Limit(field));
    }
    list.iter().map(|venue| text(venue, field)).collect()
}

fn hours(map: &Map<'_>) -> Result<Option<(u16, u16)>, PassError> {
    let field = Field::Hours;
    let Some(pair) = map.get(key::ENTITLEMENT_HOURS) else { return Ok(None) };
    let Some([start, end]) = pair.as_array().map(Vec::as_slice) else {
        return Err(PassError::Type(field));
    };
    let (start, end) = (count(start, field)?, count(end, field)?);
    // A window over midnight has its end before its start; an empty one is a mistake.
    if start >= DAY_MIN || end > DAY_MIN || start == end {
        return Err(PassError::Limit(field));
    }
    Ok(Some((start, end)))
}

fn health(cwt: &Map<'_>, claims: &mut Claims) -> Result<(), PassError> {
    let compact = cwt.get(key::VACCINATIONS);
    let full = cwt.map(key::HEALTH, Field::Health)?;
    if compact.is_some() && full.is_some() {
        return Err(PassError::HealthTwice);
    }
    if let Some(list) = compact {
        claims.vaccinations = vaccinations(list)?;
    }
    if let Some(full) = full {
        let dcc = full.need(Field::Health, full.get(key::HEALTH_DCC))?;
        let dcc = dcc::read(dcc).map_err(PassError::Dcc)?;
        claims.vaccinations = dcc.vaccinations;
        claims.tests = dcc.tests;
        claims.recoveries = dcc.recoveries;
        claims.holder.name = claims.holder.name.take().or(dcc.holder.name);
        claims.holder.birth_date = claims.holder.birth_date.take().or(dcc.holder.birth_date);
    }
    Ok(())
}

fn vaccinations(list: &Value) -> Result<Vec<Vaccination>, PassError> {
    let list = list.as_array().ok_or(PassError::Type(Field::Vaccinations))?;
    if list.is_empty() || list.len() > VACCINATIONS_MAX {
        return Err(PassError::Limit(Field::Vaccinations));
    }
    list.iter().map(vaccination).collect()
}

/// [product, dose, total, days since 1970-01-01].
fn vaccination(entry: &Value) -> Result<Vaccination, PassError> {
    let Some([product, dose, total, days]) = entry.as_array().map(Vec::as_slice) else {
        return Err(PassError::Type(Field::Vaccinations));
    };
    let days = days.as_integer().ok_or(PassError::Type(Field::Date))?;
    let date = i64::try_from(days).ok().and_then(date::date_of_days);
    Ok(Vaccination {
        product: Some(text(product, Field::Product)?),
        dose: Some(count(dose, Field::Dose)?),
        total: Some(count(total, Field::Total)?),
        date: Some(date.ok_or(PassError::Limit(Field::Date))?),
    })
}

struct Map<'a>(&'a [(Value, Value)]);

impl<'a> Map<'a> {
    fn get(&self, wanted: i64) -> Option<&'a Value> {
        let wanted = Value::from(wanted);
        self.0.iter().find(|(key, _)| *key == wanted).map(|(_, value)| value)
    }

    fn need<T>(&self, field: Field, found: Option<T>) -> Result<T, PassError> {
        found.ok_or(PassError::Missing(field))
    }

    fn map(&self, wanted: i64, field: Field) -> Result<Option<Map<'a>>, PassError> {
        match self.get(wanted) {
            None => Ok(None),
            Some(value) => Ok(Some(Map(value.as_map().ok_or(PassError::Type(field))?))),
        }
    }

    fn text(&self, wanted: i64, field: Field) -> Result<Option<String>, PassError> {
        self.get(wanted).map(|value| text(value, field)).transpose()
    }

    /// RFC 8392 §2 allows fractions; our issuers have no use for them.
    fn time(&self, wanted: i64, field: Field) -> Result<Option<i64>, PassError> {
        let Some(value) = self.get(wanted) else { return Ok(None) };
        let unix_s = value.as_integer().ok_or(PassError::Type(field))?;
        match i64::try_from(unix_s) {
            Ok(unix_s @ 0..=date::UNIX_S_MAX) => Ok(Some(unix_s)),
            _ => Err(PassError::Limit(field)),
        }
    }
}

fn text(value: &Value, field: Field) -> Result<String, PassError> {
    let text = value.as_text().ok_or(PassError::Type(field))?;
    let bytes_max = match field {
        Field::Issuer => ISSUER_BYTES_MAX,
        Field::Subject => SUBJECT_BYTES_MAX,
        Field::Role => ROLE_BYTES_MAX,
        Field::Venues => VENUE_BYTES_MAX,
        Field::Product => PRODUCT_BYTES_MAX,
        _ => NAME_BYTES_MAX,
    };
    if !text.is_empty() && text.len() <= bytes_max && !text.chars().any(rearranges) {
        Ok(text.to_owned())
    } else {
        Err(PassError::Limit(field))
    }
}

/// Control characters and bidirectional embeddings, overrides and isolates (Unicode UAX #9) would
/// let a name rearrange the screen it is shown on.
fn rearranges(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn count(value: &Value, field: Field) -> Result<u16, PassError> {
    let number = value.as_integer().ok_or(PassError::Type(field))?;
    u16::try_from(number).map_err(|_| PassError::Limit(field))
}
