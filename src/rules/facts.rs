//! Proven claims of any family as one document, so that a rule is written once.
//!
//! Shape: one or two `Verified` + `Here` + now → JSON, as docs/policy.md lists it.
//! Not here: names. Rules decide on facts; who it is, the officer compares.

use crate::credential::dcc::{DETECTED, NOT_DETECTED};
use crate::credential::{Claims, Entitlement, Recovery, TestResult, Vaccination, date};
use crate::trust::{Registry, Verified};
use serde_json::{Map, Value};

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
    let (mut entries, mut payload) = entries(visitor);
    entries[0] = vaccinations.iter().map(|given| vaccination_fact(given)).collect();
    let first = visitor.first();
    let times = first.map(|verified| verified.claims());
    payload.insert("ver".to_owned(), "1.3.0".into());
    payload
        .insert("dob".to_owned(), text(times.and_then(|claims| claims.holder.birth_date.as_ref())));
    let now = time(Some(now_unix_ms.div_euclid(1000)));
    let name = |text: Option<&str>| Value::from(text);
    let country = name(first.and_then(|verified| verified.country()));
    let issued = time(times.and_then(|claims| claims.issued_unix_s));
    let expires = time(times.and_then(|claims| claims.expires_unix_s));
    let own = |of: &str| parameters.get(of).cloned().into();
    let mut facts = members(vec![
        ("family", name(first.map(|verified| verified.family().name()))),
        (
            "issuer",
            object(vec![
                ("name", name(first.map(|verified| verified.issuer()))),
                ("country", country.clone()),
            ]),
        ),
        ("blocked", visitor.iter().any(|verified| verified.blocked()).into()),
        (
            "holder",
            object(vec![(
                "birth_date",
                text(times.and_then(|claims| claims.holder.birth_date.as_ref())),
            )]),
        ),
        ("entitlement", entitlement.map(entitlement_fact).into()),
        ("vaccination", furthest(&vaccinations).map(vaccination_fact).into()),
        (
            "times",
            object(vec![
                ("issued", issued.clone()),
                ("not_before", time(times.and_then(|claims| claims.not_before_unix_s))),
                ("expires", expires.clone()),
            ]),
        ),
        (
            "here",
            object(vec![
                ("venue", here.venue_id.into()),
                ("zones", zones(registry, here).to_vec().into()),
                ("in_place", entitlement.is_none_or(|e| in_place(e, registry, here)).into()),
                ("in_hours", entitlement.is_none_or(|e| in_hours(e, here, now_unix_ms)).into()),
                ("now", now.clone()),
            ]),
        ),
        ("payload", payload.into()),
        (
            "external",
            object(vec![
                ("validationClock", now),
                ("valueSets", own("valueSets")),
                ("countryCode", own("country")),
                ("issuerCountryCode", country),
                ("iat", issued),
                ("exp", expires),
            ]),
        ),
        ("parameters", parameters.clone()),
    ]);
    for (list, entries) in LISTS.iter().zip(entries) {
        facts.insert(list.ours.to_owned(), entries.into());
    }
    facts.into()
}

/// A list of the facts, and what the EU's schema (1.3.0) calls it and its members.
struct List {
    ours: &'static str,
    published: &'static str,
    members: &'static [(&'static str, &'static str)],
}

const LISTS: [List; 3] = [
    List {
        ours: "vaccinations",
        published: "v",
        members: &[("dn", "dose"), ("dt", "date"), ("mp", "product"), ("sd", "total")],
    },
    List {
        ours: "tests",
        published: "t",
        members: &[("sc", "sampled_at"), ("tr", "detected"), ("tt", "kind")],
    },
    List {
        ours: "recoveries",
        published: "r",
        members: &[("df", "valid_from"), ("du", "valid_until"), ("fr", "first_positive")],
    },
];

/// What was given or tested in our words, list by list, and as countries' rules ask for it: of an
/// EU certificate its own entries, of other families what they say.
fn entries(visitor: &[&Verified]) -> ([Vec<Value>; 3], Map<String, Value>) {
    let mut payload = Map::new();
    let all = [0, 1, 2].map(|index| {
        let list = &LISTS[index];
        let (mut ours, mut in_schema) = (Vec::new(), Vec::new());
        for claims in visitor.iter().map(|verified| verified.claims()) {
            let own = said(claims, index);
            match claims.published.as_ref().and_then(|published| published.get(list.published)) {
                Some(Value::Array(entries)) => in_schema.extend_from_slice(entries),
                _ => in_schema.extend(own.iter().map(|fact| renamed(fact, list))),
            }
            ours.extend(own);
        }
        payload.insert(list.published.to_owned(), in_schema.into());
        ours
    });
    (all, payload)
}

fn said(claims: &Claims, list: usize) -> Vec<Value> {
    match list {
        0 => claims.vaccinations.iter().map(vaccination_fact).collect(),
        1 => claims.tests.iter().map(test_fact).collect(),
        _ => claims.recoveries.iter().map(recovery_fact).collect(),
    }
}

/// There is one disease in the schema: the EU's value set has no other.
fn renamed(fact: &Value, list: &List) -> Value {
    const COVID_19: &str = "840539006";
    let mut entry = members(vec![("tg", COVID_19.into())]);
    for (published, ours) in list.members {
        let value = match fact.get(ours) {
            Some(Value::Bool(true)) => DETECTED.into(),
            Some(Value::Bool(false)) => NOT_DETECTED.into(),
            value => value.cloned().into(),
        };
        entry.insert((*published).to_owned(), value);
    }
    entry.into()
}

fn test_fact(test: &TestResult) -> Value {
    object(vec![
        ("detected", test.detected.into()),
        ("kind", text(test.kind.as_ref())),
        ("sampled_at", time(test.sampled_unix_s)),
    ])
}

fn recovery_fact(recovery: &Recovery) -> Value {
    object(vec![
        ("first_positive", text(recovery.first_positive_date.as_ref())),
        ("valid_from", text(recovery.valid_from_date.as_ref())),
        ("valid_until", text(recovery.valid_until_date.as_ref())),
    ])
}

/// What `json!` would make of it, in a fraction of the bytes that everybody downloads.
fn members(named: Vec<(&str, Value)>) -> Map<String, Value> {
    let mut members = Map::new();
    for (name, value) in named {
        members.insert(name.to_owned(), value);
    }
    members
}

fn object(named: Vec<(&str, Value)>) -> Value {
    members(named).into()
}

fn text(text: Option<&String>) -> Value {
    text.map(String::as_str).into()
}

fn time(unix_s: Option<i64>) -> Value {
    unix_s.and_then(rfc3339).into()
}

fn entitlement_fact(entitlement: &Entitlement) -> Value {
    let hours = entitlement.hours_min.map(|(from_min, until_min)| {
        let between =
            |separator| format!("{}–{}", clock(from_min, separator), clock(until_min, separator));
        object(vec![
            ("from_min", from_min.into()),
            ("until_min", until_min.into()),
            ("id", between('.').into()),
            ("en", between(':').into()),
        ])
    });
    object(vec![
        ("role", text(entitlement.role.as_ref())),
        ("venues", entitlement.venues.clone().into()),
        ("hours", hours.into()),
        ("product", entitlement.product.into()),
    ])
}

fn clock(minute: u16, separator: char) -> String {
    format!("{:02}{separator}{:02}", minute / 60, minute % 60)
}

pub(super) fn vaccination_fact(vaccination: &Vaccination) -> Value {
    object(vec![
        ("product", text(vaccination.product.as_ref())),
        ("dose", vaccination.dose.into()),
        ("total", vaccination.total.into()),
        ("date", text(vaccination.date.as_ref())),
    ])
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
    let zones = zones(registry, here);
    let named = |name: &String| name == here.venue_id || zones.contains(name);
    entitlement.venues.is_empty() || entitlement.venues.iter().any(named)
}

fn zones<'a>(registry: &'a Registry, here: &Here<'_>) -> &'a [String] {
    registry.venue(here.venue_id).map_or(&[], |venue| &venue.zones)
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
