//! The rules that countries published for the EU Digital COVID Certificate, run as they are.
//!
//! Shape: rule files and value sets (JSON) → `Rulebook`; with a certificate's payload → one outcome
//! a rule, and what they come to together.
//! Limits and errors: at most `RULES_MAX` rules; a book with one unreadable rule is refused whole,
//! for a rule left out would be a rule passed. A rule that ends in an error, or in anything but true
//! and false, is `Open`: it has not been passed.
//! Source: EU DCC Validation Rules (eHealth Network, 2021) §3 to §5; the gateway's
//! validation-rule.schema.json.
//! Not here: signatures of rule files (the registry carries them), and colours: those are the
//! policy's affair.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::certlogic::{self, DateTime, Issue, LogicError};

/// All of Europe's countries together published fewer.
pub const RULES_MAX: usize = 2000;

/// The CertLogic that we speak: 1.3, and all before it.
const ENGINE: &str = "CERTLOGIC";
const ENGINE_NEWEST: Version = Version([1, 3, u32::MAX]);

/// One published rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Such as `VR-EU-0002`.
    pub identifier: String,
    pub version: Version,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// Part of the country where the rule holds; `None`: all of it.
    pub region: Option<String>,
    pub purpose: Purpose,
    pub certificate_type: CertificateType,
    pub valid_from: DateTime,
    pub valid_to: DateTime,
    pub description: Vec<Description>,
    pub logic: Value,
    engine: String,
    engine_version: Version,
    schema_version: Version,
}

/// Which country's rules of a kind apply: acceptance asks the country of the gate, invalidation the
/// country that issued the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Purpose {
    Acceptance,
    Invalidation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum CertificateType {
    /// Every certificate.
    General,
    Vaccination,
    Test,
    Recovery,
}

/// What the rule says, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Description {
    /// Such as `en`.
    pub lang: String,
    pub desc: String,
}

/// Major, minor, patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub [u32; 3]);

impl Version {
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|part| part.parse().ok());
        let version = [parts.next()??, parts.next()??, parts.next()??];
        parts.next().is_none().then_some(Self(version))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

/// Why a rule file is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleError {
    /// A field is missing or of another type.
    Field,
    /// `Version`, `EngineVersion` or `SchemaVersion` is not three numbers.
    Version,
    /// `ValidFrom` or `ValidTo` is no date-time, or the end is before the beginning.
    Validity,
    /// More than `RULES_MAX` rules.
    Count,
    /// A value set has no id or no values.
    ValueSet,
    /// Written for another engine: it cannot become a policy's.
    Engine,
}

impl RuleError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Field => "RULE-FIELD",
            Self::Version => "RULE-VERSION",
            Self::Validity => "RULE-VALIDITY",
            Self::Count => "RULE-COUNT",
            Self::ValueSet => "RULE-VALUE-SET",
            Self::Engine => "RULE-ENGINE",
        }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for RuleError {}

/// The fields as they are published.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Published {
    identifier: String,
    version: String,
    country: String,
    #[serde(default)]
    region: Option<String>,
    #[serde(rename = "Type")]
    purpose: Purpose,
    certificate_type: CertificateType,
    valid_from: String,
    valid_to: String,
    description: Vec<Description>,
    logic: Value,
    engine: String,
    engine_version: String,
    schema_version: String,
}

impl Rule {
    pub fn parse(published: &Value) -> Result<Self, RuleError> {
        let rule = Published::deserialize(published).map_err(|_| RuleError::Field)?;
        let version = |text: &str| Version::parse(text).ok_or(RuleError::Version);
        let time = |text: &str| DateTime::parse(text).map_err(|_| RuleError::Validity);
        let (valid_from, valid_to) = (time(&rule.valid_from)?, time(&rule.valid_to)?);
        if valid_to < valid_from {
            return Err(RuleError::Validity);
        }
        Ok(Self {
            version: version(&rule.version)?,
            engine_version: version(&rule.engine_version)?,
            schema_version: version(&rule.schema_version)?,
            valid_from,
            valid_to,
            identifier: rule.identifier,
            country: rule.country.to_ascii_uppercase(),
            region: rule.region.filter(|region| !region.trim().is_empty()),
            purpose: rule.purpose,
            certificate_type: rule.certificate_type,
            description: rule.description,
            logic: rule.logic,
            engine: rule.engine,
        })
    }

    /// What is wrong with the expression: such a rule stays `Open`.
    pub fn issues(&self) -> Vec<Issue<'_>> {
        certlogic::validate(&self.logic)
    }

    pub fn is_for_this_engine(&self) -> bool {
        self.engine == ENGINE && self.engine_version <= ENGINE_NEWEST
    }

    /// `data` holds `payload` and `external`, see `Certificate::data`.
    pub fn evaluate(&self, data: &Value) -> Outcome {
        if !self.is_for_this_engine() {
            return Outcome::Open(Open::Engine);
        }
        let schema = data.pointer("/payload/ver").and_then(Value::as_str).map(Version::parse);
        if schema.is_some_and(|schema| !self.knows_schema(schema)) {
            return Outcome::Open(Open::Schema);
        }
        match certlogic::evaluate(&self.logic, data) {
            Ok(Value::Bool(true)) => Outcome::Passed,
            Ok(Value::Bool(false)) => Outcome::Failed,
            Ok(_) => Outcome::Open(Open::NotBoolean),
            Err(error) => Outcome::Open(Open::Logic(error)),
        }
    }

    /// Rules are written for a schema and those after it, up to the next major version.
    fn knows_schema(&self, schema: Option<Version>) -> bool {
        schema.is_some_and(|schema| {
            schema.0.first() == self.schema_version.0.first() && schema >= self.schema_version
        })
    }
}

/// What a rule says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed,
    /// It cannot be judged.
    Open(Open),
}

/// Why a rule could not be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Written for another engine, or a newer one.
    Engine,
    /// The certificate's schema is not the one the rule was written for.
    Schema,
    /// The value is neither true nor false.
    NotBoolean,
    Logic(LogicError),
}

impl Open {
    pub fn code(self) -> &'static str {
        match self {
            Self::Engine => "RULE-ENGINE",
            Self::Schema => "RULE-SCHEMA",
            Self::NotBoolean => "RULE-NOT-BOOLEAN",
            Self::Logic(error) => error.code(),
        }
    }
}

/// A certificate and where and when it is shown.
#[derive(Debug, Clone, Copy)]
pub struct Certificate<'a> {
    /// The DCC: claim −260, key 1.
    pub payload: &'a Value,
    pub at: DateTime,
    /// ISO 3166-1 alpha-2 of the gate.
    pub country: &'a str,
    pub region: Option<&'a str>,
    /// CWT `iss`, never the payload's `co`.
    pub issuer_country: &'a str,
    pub issued: Option<DateTime>,
    pub expires: Option<DateTime>,
    pub key_id: &'a [u8],
}

/// Rules and value sets, as the registry carries them.
#[derive(Debug, Clone, Default)]
pub struct Rulebook {
    rules: Vec<Rule>,
    /// Name of a set → array of its codes.
    value_sets: Map<String, Value>,
}

impl Rulebook {
    pub fn parse(rules: &[Value], value_sets: &[Value]) -> Result<Self, RuleError> {
        if rules.len() > RULES_MAX {
            return Err(RuleError::Count);
        }
        Ok(Self {
            rules: rules.iter().map(Rule::parse).collect::<Result<_, _>>()?,
            value_sets: value_sets.iter().map(value_set).collect::<Result<_, _>>()?,
        })
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Name of a set → its codes.
    pub fn value_sets(&self) -> &Map<String, Value> {
        &self.value_sets
    }

    /// The rules that apply to a certificate: of each identifier the newest version in force.
    pub fn in_force(&self, certificate: &Certificate) -> Vec<&Rule> {
        let mut newest: BTreeMap<&str, &Rule> = BTreeMap::new();
        for rule in self.rules.iter().filter(|rule| applies(rule, certificate)) {
            let kept = newest.entry(&rule.identifier).or_insert(rule);
            if rule.version > kept.version {
                *kept = rule;
            }
        }
        newest.into_values().collect()
    }

    /// What each rule in force says, in the order of their identifiers.
    pub fn evaluate(&self, certificate: &Certificate) -> Vec<(&Rule, Outcome)> {
        let data = certificate.data(&self.value_sets);
        let rules = self.in_force(certificate).into_iter();
        rules.map(|rule| (rule, rule.evaluate(&data))).collect()
    }
}

/// What a certificate's rules come to.
#[derive(Debug, Clone, Copy)]
pub enum Judgement<'a> {
    /// There are acceptance rules, and all rules were passed.
    Passed,
    /// The first rule that was not.
    Failed(&'a Rule),
    /// None failed, but this one cannot be judged.
    Open(&'a Rule, Open),
    /// The country published no acceptance rule for such a certificate at this time.
    NoRules,
}

/// A failed rule weighs more than an open one, and that more than any number passed.
pub fn judge<'a>(outcomes: &[(&'a Rule, Outcome)]) -> Judgement<'a> {
    let failed = outcomes.iter().find(|(_, outcome)| *outcome == Outcome::Failed);
    if let Some((rule, _)) = failed {
        return Judgement::Failed(rule);
    }
    let open = outcomes.iter().find_map(|(rule, outcome)| match outcome {
        Outcome::Open(why) => Some(Judgement::Open(rule, *why)),
        _ => None,
    });
    let has_acceptance = outcomes.iter().any(|(rule, _)| rule.purpose == Purpose::Acceptance);
    open.unwrap_or(if has_acceptance { Judgement::Passed } else { Judgement::NoRules })
}

fn applies(rule: &Rule, certificate: &Certificate) -> bool {
    let country = match rule.purpose {
        Purpose::Acceptance => certificate.country,
        Purpose::Invalidation => certificate.issuer_country,
    };
    let is_in_region = match (&rule.region, certificate.region) {
        (None, _) => true,
        (Some(region), Some(here)) => region.eq_ignore_ascii_case(here),
        (Some(_), None) => false,
    };
    rule.country.eq_ignore_ascii_case(country)
        && (rule.purpose == Purpose::Invalidation || is_in_region)
        && certificate.is_of(rule.certificate_type)
        && (rule.valid_from..=rule.valid_to).contains(&certificate.at)
}

impl Certificate<'_> {
    fn is_of(&self, certificate_type: CertificateType) -> bool {
        let events = match certificate_type {
            CertificateType::General => return true,
            CertificateType::Vaccination => "v",
            CertificateType::Test => "t",
            CertificateType::Recovery => "r",
        };
        self.payload.get(events).is_some_and(certlogic::is_truthy)
    }

    /// What rules see. Specification, "external parameters".
    fn data(&self, value_sets: &Map<String, Value>) -> Value {
        let text = |time: Option<DateTime>| time.map(|time| time.to_string());
        json!({
            "payload": self.payload,
            "external": {
                "validationClock": self.at.to_string(),
                "valueSets": value_sets,
                "countryCode": self.country,
                "region": self.region,
                "issuerCountryCode": self.issuer_country,
                "iat": text(self.issued),
                "exp": text(self.expires),
                "kid": data_encoding::BASE64.encode(self.key_id),
            },
        })
    }
}

/// A set as published: `{"valueSetId", "valueSetValues": {code: ...}}` → its name and its codes.
fn value_set(published: &Value) -> Result<(String, Value), RuleError> {
    let name = published.get("valueSetId").and_then(Value::as_str);
    let values = published.get("valueSetValues").and_then(Value::as_object);
    let (Some(name), Some(values)) = (name, values) else {
        return Err(RuleError::ValueSet);
    };
    Ok((name.to_owned(), values.keys().cloned().collect()))
}
