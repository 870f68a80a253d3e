//! An authority's own table of cases: facts, and what a policy shall make of them.
//!
//! Shape: JSON → `Case`s; a case's facts over a blank document → `judge` → `Verdict` → what differs.
//! Limits and errors: `CASES_BYTES_MAX`; `CasesError`; unknown members are typing errors.
//! Source: docs/policy.md, "Testing a policy".

use super::evaluate::{Verdict, judge};
use super::facts::{furthest, vaccination_fact};
use super::policy::{Policy, Ruling, Status};
use crate::credential::Vaccination;
use serde::Deserialize;
use serde_json::Value;

pub const CASES_BYTES_MAX: usize = 4 * 1024 * 1024;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    /// Only what matters; the rest is as in a credential that says nothing.
    #[serde(default)]
    facts: Value,
    pub expect: Expected,
}

/// What is not named is not compared.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub status: Option<Status>,
    pub decision: Option<Ruling>,
    /// Codes, in the order in which the officer sees them.
    pub reasons: Option<Vec<String>>,
    /// The policy must fail to judge: then nobody is admitted.
    #[serde(default)]
    pub fault: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CasesError {
    TooLong,
    /// No JSON list of cases; line and column, from 1.
    Json {
        line: usize,
        column: usize,
    },
    /// The case of this index expects nothing.
    Expects(usize),
}

impl CasesError {
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "CASES-LONG",
            Self::Json { .. } => "CASES-JSON",
            Self::Expects(_) => "CASES-EXPECT",
        }
    }
}

/// `{"cases": [{"name", "facts", "expect": {"status", "decision", "reasons", "fault"}}]}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CasesFile {
    cases: Vec<Case>,
}

pub fn parse_cases(json: &[u8]) -> Result<Vec<Case>, CasesError> {
    if json.len() > CASES_BYTES_MAX {
        return Err(CasesError::TooLong);
    }
    let file: CasesFile = serde_json::from_slice(json)
        .map_err(|error| CasesError::Json { line: error.line(), column: error.column() })?;
    let expects = |case: &Case| {
        let Expected { status, decision, reasons, fault } = &case.expect;
        status.is_some() || decision.is_some() || reasons.is_some() || *fault
    };
    match file.cases.iter().position(|case| !expects(case)) {
        Some(index) => Err(CasesError::Expects(index)),
        None => Ok(file.cases),
    }
}

/// What came of a case; `None`: the policy failed to judge.
#[derive(Debug, Clone)]
pub struct Tried {
    pub verdict: Option<Verdict>,
    pub as_expected: bool,
}

impl Case {
    /// `blank`: the facts of a credential that says nothing (`facts` of no visitor).
    pub fn run(&self, policy: &Policy, blank: &Value) -> Tried {
        let verdict = judge(policy, &self.facts_over(blank)).ok();
        let as_expected = match &verdict {
            None => self.expect.fault,
            Some(verdict) => !self.expect.fault && self.expect.fits(verdict),
        };
        Tried { verdict, as_expected }
    }

    fn facts_over(&self, blank: &Value) -> Value {
        let mut facts = blank.clone();
        lay_over(&mut facts, &self.facts);
        // As gates derive it, unless the case says otherwise.
        if self.facts.get("vaccination").is_none()
            && let Some(given) = facts.get("vaccinations").and_then(Value::as_array)
        {
            let given: Vec<Vaccination> = given.iter().map(vaccination).collect();
            let given: Vec<&Vaccination> = given.iter().collect();
            let furthest = furthest(&given).map(vaccination_fact);
            facts["vaccination"] = furthest.unwrap_or(Value::Null);
        }
        facts
    }
}

impl Expected {
    fn fits(&self, verdict: &Verdict) -> bool {
        let codes = || verdict.reasons.iter().map(|reason| &reason.code);
        self.status.is_none_or(|status| status == verdict.status)
            && self.decision.is_none_or(|ruling| ruling == verdict.ruling)
            && self.reasons.as_ref().is_none_or(|reasons| codes().eq(reasons))
    }
}

/// Maps are joined member by member; anything else is replaced.
fn lay_over(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                lay_over(under.entry(key).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (under, over) => *under = over.clone(),
    }
}

fn vaccination(given: &Value) -> Vaccination {
    let text = |name: &str| given.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| {
        given.get(name).and_then(Value::as_u64).and_then(|number| u16::try_from(number).ok())
    };
    Vaccination {
        product: text("product"),
        dose: number("dose"),
        total: number("total"),
        date: text("date"),
    }
}
