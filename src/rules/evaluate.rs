//! Facts under a policy: a colour, an answer, and the reasons.

use super::certlogic::{self, LogicError};
use super::facts::{Here, facts};
use super::policy::{Failing, Policy, RuleReason, Ruling, Sentence, Status};
use crate::trust::{Registry, Verified};
use serde_json::Value;

/// What the policy says of one visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub status: Status,
    pub ruling: Ruling,
    /// Of every rule that does not hold, the worst first.
    pub reasons: Vec<RuleReason>,
    /// Every rule, in the policy's order.
    pub steps: Vec<Step>,
}

/// One rule, looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Of the rule's reason.
    pub code: String,
    /// What holds; or, where the rule does not hold or has no title, what happened.
    pub said: Sentence,
    /// What comes of it; `None`: the rule holds.
    pub failed: Option<Ruling>,
}

/// `Err` where a rule cannot be evaluated: then nobody is admitted by it.
pub fn evaluate(
    visitor: &[&Verified],
    policy: &Policy,
    registry: &Registry,
    here: &Here<'_>,
    now_unix_ms: i64,
) -> Result<Verdict, LogicError> {
    judge(policy, &facts(visitor, registry, here, now_unix_ms, &policy.parameters))
}

/// The policy over a document of facts, wherever that came from.
pub fn judge(policy: &Policy, facts: &Value) -> Result<Verdict, LogicError> {
    let mut status = Status::Green;
    let mut failed = Vec::new();
    let mut steps = Vec::new();
    for rule in &policy.rules {
        let holds = certlogic::is_truthy(&certlogic::evaluate(&rule.logic, facts)?);
        let ruling = match rule.failing {
            Failing::Status(worse) => policy.outcomes.of(worse),
            Failing::Ruling(ruling) => ruling,
        };
        let said = rule.title.as_ref().filter(|_| holds).unwrap_or(&rule.reason.happened);
        steps.push(Step {
            code: rule.reason.code.clone(),
            said: sentence(said, facts),
            failed: (!holds).then_some(ruling),
        });
        if holds {
            continue;
        }
        if let Failing::Status(worse) = rule.failing {
            status = status.max(worse);
        }
        // The gravest first; rules that weigh the same are told in the policy's order.
        let at = failed.partition_point(|(other, _)| *other >= ruling);
        failed.insert(at, (ruling, &rule.reason));
    }
    let ruling = failed.first().map_or(Ruling::Admit, |(ruling, _)| *ruling);
    let reasons = failed.into_iter().map(|(_, reason)| filled_in(reason, facts)).collect();
    Ok(Verdict { status, ruling: ruling.max(policy.outcomes.of(status)), reasons, steps })
}

fn filled_in(reason: &RuleReason, facts: &Value) -> RuleReason {
    RuleReason {
        code: reason.code.clone(),
        happened: sentence(&reason.happened, facts),
        to_do: sentence(&reason.to_do, facts),
    }
}

fn sentence(sentence: &Sentence, facts: &Value) -> Sentence {
    Sentence { id: fill_in(&sentence.id, facts), en: fill_in(&sentence.en, facts) }
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
