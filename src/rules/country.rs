//! A country's published rules as a policy of this gate's: the policy `dcc-country`.
//!
//! Shape: rule files and value sets (JSON) + the gate's country → policy (JSON). Of each identifier
//! the newest version that is in force decides; a failed rule is red; a kind of certificate for
//! which the country has no acceptance rule in force is referred. A rule without a region is the
//! whole country's; one of a region holds at the venues that the registry lists in a zone of its name.
//! Limits and errors: those of `dcc`; a rule for another engine is refused, for leaving it out would
//! be passing it; and those of a policy.
//! Source: as `dcc`; docs/policy.md, "A country's published rules".

use super::dcc::{CertificateType, Purpose, Rule, RuleError, Rulebook};
use super::policy::SENTENCE_BYTES_MAX;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub const ID: &str = "dcc-country";

/// The one that comes with the command: of a country that there is not, to try, train and start from.
/// Made by `gerbang registry import` of `dcc-country.rules.json` beside it.
pub const SHIPPED: (&str, &str) = (ID, include_str!("policies/dcc-country.json"));

/// `country`: ISO 3166-1 alpha-2 of the gate. Invalidation rules of all countries are taken, of
/// acceptance rules the gate's own.
pub fn policy(rules: &[Value], value_sets: &[Value], country: &str) -> Result<Value, RuleError> {
    let book = Rulebook::parse(rules, value_sets)?;
    if book.rules().iter().any(|rule| !rule.is_for_this_engine()) {
        return Err(RuleError::Engine);
    }
    let own = |rule: &&Rule| {
        rule.purpose == Purpose::Invalidation || rule.country.eq_ignore_ascii_case(country)
    };
    let mut versions: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in book.rules().iter().filter(own) {
        versions.entry(&rule.identifier).or_default().push(rule);
    }
    let mut said: Vec<Value> = vec![no_rules(versions.values().flatten().copied())];
    said.extend(versions.values_mut().map(|versions| newest_decides(versions)));
    Ok(json!({
        "v": 1,
        "id": ID,
        "title": {
            "id": format!("Aturan negara {country} untuk sertifikat COVID-19"),
            "en": format!("The rules of {country} for COVID-19 certificates"),
        },
        "parameters": { "country": country, "valueSets": book.value_sets() },
        "stale": "refer",
        "outcomes": { "green": "admit", "yellow": "refer", "red": "refuse", "black": "alert" },
        "rules": said,
    }))
}

/// The logic of the newest version that is in force, else of the next; true where none is.
fn newest_decides(versions: &mut [&Rule]) -> Value {
    versions.sort_by_key(|rule| rule.version);
    let mut logic = json!(true);
    for rule in versions.iter() {
        // A value that is no truth value is not passed.
        let holds = json!({ "===": [rule.logic, true] });
        logic = json!({ "if": [applies(rule), holds, logic] });
    }
    let newest = versions.last().expect("of each identifier there is one");
    let said = |language: &str| {
        let in_language = |lang: &str| {
            newest.description.iter().find(|said| said.lang.eq_ignore_ascii_case(lang))
        };
        let found = in_language(language).or_else(|| in_language("en"));
        let text = found.or(newest.description.first()).map(|said| said.desc.trim());
        shortened(text.filter(|text| !text.is_empty()).unwrap_or(&newest.identifier))
    };
    let (in_indonesian, in_english) = (said("id"), said("en"));
    json!({
        "title": { "id": in_indonesian, "en": in_english },
        "logic": logic,
        "status": "red",
        "reason": {
            "code": code(&newest.identifier),
            "happened": {
                "id": format!("Syarat tidak terpenuhi: {in_indonesian}"),
                "en": format!("Rule not met: {in_english}"),
            },
            "to_do": { "id": "Arahkan ke meja layanan.", "en": "Send to the service desk." },
        },
    })
}

/// Whether a certificate shown has, for each kind of its entries, an acceptance rule in force.
fn no_rules<'a>(rules: impl Iterator<Item = &'a Rule>) -> Value {
    let acceptance: Vec<&Rule> = rules.filter(|rule| rule.purpose == Purpose::Acceptance).collect();
    let kinds = [CertificateType::Vaccination, CertificateType::Test, CertificateType::Recovery];
    let each = kinds.into_iter().map(|kind| {
        let fitting = acceptance
            .iter()
            .filter(|rule| [CertificateType::General, kind].contains(&rule.certificate_type));
        let entry = entry(kind).unwrap_or_default();
        json!({ "if": [entry, either(fitting.map(|rule| in_force_here(rule))), true] })
    });
    let any = either(kinds.into_iter().filter_map(entry));
    let all = each.fold(any, |all, one| json!({ "and": [all, one] }));
    json!({
        "title": {
            "id": "Ada aturan untuk jenis sertifikat ini.",
            "en": "There are rules for this kind of certificate.",
        },
        "logic": all,
        "decision": "refer",
        "reason": {
            "code": "DCC-NO-RULES",
            "happened": {
                "id": "Belum ada aturan untuk sertifikat ini.",
                "en": "No rules for this certificate.",
            },
            "to_do": { "id": "Tanya penanggung jawab.", "en": "Ask the supervisor." },
        },
    })
}

fn applies(rule: &Rule) -> Value {
    let mut all = in_force_here(rule);
    if let Some(entry) = entry(rule.certificate_type) {
        all = json!({ "and": [all, entry] });
    }
    if rule.purpose == Purpose::Invalidation {
        let issuer = json!({ "===": [{ "var": "external.issuerCountryCode" }, rule.country] });
        all = json!({ "and": [all, issuer] });
    }
    all
}

fn in_force_here(rule: &Rule) -> Value {
    let clock = json!({ "plusTime": [{ "var": "external.validationClock" }, 0, "day"] });
    let at = |time: &str| json!({ "plusTime": [time, 0, "day"] });
    let (from, until) = (rule.valid_from.to_string(), rule.valid_to.to_string());
    let in_force = json!({ "and": [
        { "not-before": [clock, at(&from)] },
        { "not-after": [clock, at(&until)] },
    ] });
    match rule.region.as_deref().filter(|_| rule.purpose == Purpose::Acceptance) {
        Some(region) => {
            json!({ "and": [in_force, { "in": [region.trim(), { "var": "here.zones" }] }] })
        }
        None => in_force,
    }
}

/// The first entry of a kind; a general rule asks for none.
fn entry(kind: CertificateType) -> Option<Value> {
    let list = match kind {
        CertificateType::General => return None,
        CertificateType::Vaccination => "payload.v.0",
        CertificateType::Test => "payload.t.0",
        CertificateType::Recovery => "payload.r.0",
    };
    Some(json!({ "var": list }))
}

/// CertLogic has no `or`.
fn either(expressions: impl Iterator<Item = Value>) -> Value {
    expressions
        .map(|one| json!({ "!": [one] }))
        .reduce(|all, one| json!({ "and": [all, one] }))
        .map_or(json!(false), |none| json!({ "!": [none] }))
}

/// A policy's codes are of capitals, digits and hyphens.
fn code(identifier: &str) -> String {
    const CHARS_MAX: usize = 40;
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '-' };
    identifier.chars().map(plain).take(CHARS_MAX).collect()
}

/// With room for the words before it. Braces would be filled in.
fn shortened(text: &str) -> String {
    let mut short = String::new();
    for character in text.chars().filter(|c| !matches!(c, '{' | '}')) {
        if short.len() + character.len_utf8() > SENTENCE_BYTES_MAX - 40 {
            break;
        }
        short.push(character);
    }
    short
}
