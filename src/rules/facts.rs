//! Proven claims of any family as one document, so that a rule is written once.
//!
//! Shape: `Verified` + `Here` + now → JSON, as docs/policy.md lists it.
//! Not here: names. Rules decide on facts; who it is, the officer compares.

use crate::credential::{Entitlement, Vaccination, date};
use crate::trust::{Registry, Verified};
use serde_json::{Value, json};

const DAY_MIN: i64 = 24 * 60;

/// Where and when a code is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Here<'a> {
    pub venue_id: &'a str,
    /// Local time minus UTC.
    pub utc_offset_min: i16,
}

/// `parameters` are the policy's own.
pub fn facts(
    verified: &Verified,
    registry: &Registry,
    here: &Here<'_>,
    now_unix_ms: i64,
    parameters: &Value,
) -> Value {
    let claims = verified.claims();
    let entitlement = claims.entitlement.as_ref();
    json!({
        "family": verified.family().name(),
        "issuer": { "name": verified.issuer(), "country": verified.country() },
        "blocked": verified.blocked(),
        "holder": { "birth_date": claims.holder.birth_date },
        "entitlement": entitlement.map(entitlement_fact),
        "vaccinations": claims.vaccinations.iter().map(vaccination_fact).collect::<Vec<_>>(),
        "vaccination": furthest(&claims.vaccinations).map(vaccination_fact),
        "tests": claims.tests.iter().map(|test| json!({
            "detected": test.detected,
            "kind": test.kind,
            "sampled_at": test.sampled_unix_s.and_then(rfc3339),
        })).collect::<Vec<_>>(),
        "recoveries": claims.recoveries.iter().map(|recovery| json!({
            "first_positive": recovery.first_positive_date,
            "valid_from": recovery.valid_from_date,
            "valid_until": recovery.valid_until_date,
        })).collect::<Vec<_>>(),
        "times": {
            "issued": claims.issued_unix_s.and_then(rfc3339),
            "not_before": claims.not_before_unix_s.and_then(rfc3339),
            "expires": claims.expires_unix_s.and_then(rfc3339),
        },
        "here": {
            "venue": here.venue_id,
            "in_place": entitlement.is_none_or(|e| in_place(e, registry, here)),
            "in_hours": entitlement.is_none_or(|e| in_hours(e, here, now_unix_ms)),
            "now": rfc3339(now_unix_ms.div_euclid(1000)),
        },
        "parameters": parameters,
    })
}

fn entitlement_fact(entitlement: &Entitlement) -> Value {
    let hours = entitlement.hours_min.map(|(from_min, until_min)| {
        json!({
            "from_min": from_min,
            "until_min": until_min,
            "id": format!("{}–{}", clock(from_min, '.'), clock(until_min, '.')),
            "en": format!("{}–{}", clock(from_min, ':'), clock(until_min, ':')),
        })
    });
    json!({ "role": entitlement.role, "venues": entitlement.venues, "hours": hours })
}

fn clock(minute: u16, separator: char) -> String {
    format!("{:02}{separator}{:02}", minute / 60, minute % 60)
}

fn vaccination_fact(vaccination: &Vaccination) -> Value {
    json!({
        "product": vaccination.product,
        "dose": vaccination.dose,
        "total": vaccination.total,
        "date": vaccination.date,
    })
}

/// The vaccination that says most: a finished series first, then the higher dose, then the later.
fn furthest(vaccinations: &[Vaccination]) -> Option<&Vaccination> {
    vaccinations.iter().max_by_key(|vaccination| {
        let finished = vaccination.dose.is_some() && vaccination.dose >= vaccination.total;
        (finished, vaccination.dose, vaccination.date.as_deref())
    })
}

/// An entitlement without places is for all of them.
fn in_place(entitlement: &Entitlement, registry: &Registry, here: &Here<'_>) -> bool {
    let zones = registry.venue(here.venue_id).map_or(&[][..], |venue| &venue.zones);
    let named = |name: &String| name == here.venue_id || zones.contains(name);
    entitlement.venues.is_empty() || entitlement.venues.iter().any(named)
}

/// A window over midnight has its end before its start.
fn in_hours(entitlement: &Entitlement, here: &Here<'_>, now_unix_ms: i64) -> bool {
    let Some((from, until)) = entitlement.hours_min else { return true };
    let (from, until) = (i64::from(from), i64::from(until));
    let local_min = now_unix_ms.div_euclid(60_000).saturating_add(here.utc_offset_min.into());
    let minute = local_min.rem_euclid(DAY_MIN);
    if from <= until { (from..until).contains(&minute) } else { minute >= from || minute < until }
}

fn rfc3339(unix_s: i64) -> Option<String> {
    let date = date::date_of_days(unix_s.div_euclid(86_400))?;
    let second = unix_s.rem_euclid(86_400);
    Some(format!("{date}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60))
}
