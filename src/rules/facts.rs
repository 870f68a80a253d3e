//! Proven claims of any family as one document, so that a rule is written once.
//!
//! Shape: one or two `Verified` + `Here` + now → JSON, as docs/policy.md lists it.
//! Not here: names. Rules decide on facts; who it is, the officer compares.

use crate::credential::dcc::{DETECTED, NOT_DETECTED};
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

/// Of one visitor, whose credentials count together: who it is and until when, the first says; an
/// entitlement is the first that there is; what was given or tested is everything.
/// `parameters` are the policy's own.
pub fn facts(
    visitor: &[&Verified],
    registry: &Registry,
    here: &Here<'_>,
    now_unix_ms: i64,
    parameters: &Value,
) -> Value {
    let claims = || visitor.iter().map(|verified| verified.claims());
    let entitlement = claims().find_map(|claims| claims.entitlement.as_ref());
    let mut vaccinations = Vec::new();
    for vaccination in claims().flat_map(|claims| &claims.vaccinations) {
        // A later certificate often repeats an earlier dose.
        if !vaccinations.contains(&vaccination) {
            vaccinations.push(vaccination);
        }
    }
    let first = visitor.first();
    let times = first.map(|verified| verified.claims());
    json!({
        "family": first.map(|verified| verified.family().name()),
        "issuer": {
            "name": first.map(|verified| verified.issuer()),
            "country": first.and_then(|verified| verified.country()),
        },
        "blocked": visitor.iter().any(|verified| verified.blocked()),
        "holder": { "birth_date": times.and_then(|claims| claims.holder.birth_date.as_ref()) },
        "entitlement": entitlement.map(entitlement_fact),
        "vaccinations": vaccinations.iter().map(|given| vaccination_fact(given)).collect::<Vec<_>>(),
        "vaccination": furthest(&vaccinations).map(vaccination_fact),
        "tests": claims().flat_map(|claims| &claims.tests).map(|test| json!({
            "detected": test.detected,
            "kind": test.kind,
            "sampled_at": test.sampled_unix_s.and_then(rfc3339),
        })).collect::<Vec<_>>(),
        "recoveries": claims().flat_map(|claims| &claims.recoveries).map(|recovery| json!({
            "first_positive": recovery.first_positive_date,
            "valid_from": recovery.valid_from_date,
            "valid_until": recovery.valid_until_date,
        })).collect::<Vec<_>>(),
        "times": {
            "issued": times.and_then(|claims| claims.issued_unix_s).and_then(rfc3339),
            "not_before": times.and_then(|claims| claims.not_before_unix_s).and_then(rfc3339),
            "expires": times.and_then(|claims| claims.expires_unix_s).and_then(rfc3339),
        },
        "here": {
            "venue": here.venue_id,
            "in_place": entitlement.is_none_or(|e| in_place(e, registry, here)),
            "in_hours": entitlement.is_none_or(|e| in_hours(e, here, now_unix_ms)),
            "now": rfc3339(now_unix_ms.div_euclid(1000)),
        },
        "payload": dcc(visitor, &vaccinations),
        "external": {
            "validationClock": rfc3339(now_unix_ms.div_euclid(1000)),
            "valueSets": parameters.get("valueSets"),
            "countryCode": parameters.get("country"),
            "issuerCountryCode": first.and_then(|verified| verified.country()),
            "iat": times.and_then(|claims| claims.issued_unix_s).and_then(rfc3339),
            "exp": times.and_then(|claims| claims.expires_unix_s).and_then(rfc3339),
        },
        "parameters": parameters,
    })
}

/// The same facts in the names of the EU's schema (1.3.0), for the rules that countries published.
/// There is one disease in them: the EU's value set has no other.
fn dcc(visitor: &[&Verified], vaccinations: &[&Vaccination]) -> Value {
    const COVID_19: &str = "840539006";
    let claims = || visitor.iter().map(|verified| verified.claims());
    json!({
        "ver": "1.3.0",
        "dob": claims().next().and_then(|claims| claims.holder.birth_date.as_ref()),
        "v": vaccinations.iter().map(|given| json!({
            "tg": COVID_19, "mp": given.product, "dn": given.dose, "sd": given.total,
            "dt": given.date,
        })).collect::<Vec<_>>(),
        "t": claims().flat_map(|claims| &claims.tests).map(|test| json!({
            "tg": COVID_19, "tt": test.kind,
            "tr": test.detected.map(|found| if found { DETECTED } else { NOT_DETECTED }),
            "sc": test.sampled_unix_s.and_then(rfc3339),
        })).collect::<Vec<_>>(),
        "r": claims().flat_map(|claims| &claims.recoveries).map(|recovery| json!({
            "tg": COVID_19, "fr": recovery.first_positive_date,
            "df": recovery.valid_from_date, "du": recovery.valid_until_date,
        })).collect::<Vec<_>>(),
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
    json!({
        "role": entitlement.role,
        "venues": entitlement.venues,
        "hours": hours,
        "product": entitlement.product,
    })
}

fn clock(minute: u16, separator: char) -> String {
    format!("{:02}{separator}{:02}", minute / 60, minute % 60)
}

pub(super) fn vaccination_fact(vaccination: &Vaccination) -> Value {
    json!({
        "product": vaccination.product,
        "dose": vaccination.dose,
        "total": vaccination.total,
        "date": vaccination.date,
    })
}

/// The vaccination that says most: a finished series first, then the higher dose, then the later.
pub(super) fn furthest<'a>(vaccinations: &[&'a Vaccination]) -> Option<&'a Vaccination> {
    vaccinations.iter().copied().max_by_key(|vaccination| {
        let finished = vaccination.dose.is_some() && vaccination.dose >= vaccination.total;
        (finished, vaccination.dose, vaccination.date.as_deref())
    })
}

/// Whether a pass has one of these roles, here and now.
pub fn has_role(
    verified: &Verified,
    roles: &[String],
    registry: &Registry,
    here: &Here<'_>,
    now_unix_ms: i64,
) -> bool {
    verified.claims().entitlement.as_ref().is_some_and(|entitlement| {
        entitlement.role.as_ref().is_some_and(|role| roles.contains(role))
            && in_place(entitlement, registry, here)
            && in_hours(entitlement, here, now_unix_ms)
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
