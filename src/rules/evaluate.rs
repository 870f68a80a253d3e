//! Facts under a policy: a colour, an answer, and the reasons.

use super::certlogic::{self, LogicError};
use super::facts::{Here, facts};
use super::policy::{Failing, Policy, RuleReason, Ruling, Sentence, Status};
use crate::trust::{Registry, Verified};
use serde_json::Value;

/// What the policy says of one proven credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub status: Status,
    pub ruling: Ruling,
    /// Of every rule that does not hold, the worst first.
    pub reasons: Vec<RuleReason>,
}

/// `Err` where a rule cannot be evaluated: then nobody is admitted by it.
pub fn evaluate(
    verified: &Verified,
    policy: &Policy,
    registry: &Registry,
    here: &Here<'_>,
    now_unix_ms: i64,
) -> Result<Verdict, LogicError> {
    let facts = facts(verified, registry, here, now_unix_ms, &policy.parameters);
    let mut status = Status::Green;
    let mut failed = Vec::new();
    for rule in &policy.rules {
        if certlogic::is_truthy(&certlogic::evaluate(&rule.logic, &facts)?) {
            continue;
        }
        let ruling = match rule.failing {
            Failing::Status(worse) => {
                status = status.max(worse);
                policy.outcomes.of(worse)
            }
            Failing::Ruling(ruling) => ruling,
        };
        failed.push((ruling, &rule.reason));
    }
    let ruling = failed.iter().map(|(ruling, _)| *ruling).max().unwrap_or(Ruling::Admit);
    // Stable: rules that weigh the same are told in the policy's order.
    failed.sort_by_key(|(ruling, _)| std::cmp::Reverse(*ruling));
    let reasons = failed.into_iter().map(|(_, reason)| filled_in(reason, &facts)).collect();
    Ok(Verdict { status, ruling: ruling.max(policy.outcomes.of(status)), reasons })
}

fn filled_in(reason: &RuleReason, facts: &Value) -> RuleReason {
    let sentence = |sentence: &Sentence| Sentence {
        id: fill_in(&sentence.id, facts),
        en: fill_in(&sentence.en, facts),
    };
    RuleReason {
        code: reason.code.clone(),
        happened: sentence(&reason.happened),
        to_do: sentence(&reason.to_do),
    }
}

/// Replaces each `{path}` by the fact at that path; what is unknown becomes a dash.
fn fill_in(template: &str, facts: &Value) -> String {
    let mut said = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((path, behind)) = after.split_once('}') else { break };
        said.push_str(before);
        let fact = path.split('.').try_fold(facts, |fact, part| fact.get(part));
        match fact {
            Some(Value::String(text)) => said.push_str(text),
            Some(Value::Number(number)) => said.push_str(&number.to_string()),
            _ => said.push('–'),
        }
        rest = behind;
    }
    said.push_str(rest);
    said
}
