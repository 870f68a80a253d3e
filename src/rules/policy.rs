//! A venue's rules as their author wrote them.
//!
//! Shape: JSON → `Policy`. Each rule's logic must hold; where it does not, the rule names a status
//! (which the policy maps to an answer) or an answer itself, and says why in both languages.
//! Limits and errors: `POLICY_BYTES_MAX`, `RULES_MAX`; `PolicyError`.
//! Source: docs/policy.md.

use super::certlogic;
use crate::trust::Registry;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

pub const POLICY_BYTES_MAX: usize = 256 * 1024;
pub const RULES_MAX: usize = 256;
pub const CODE_BYTES_MAX: usize = 40;
pub const SENTENCE_BYTES_MAX: usize = 400;

/// The policies that come with Gerbang; a registry may bring its own under the same names.
pub const SHIPPED: [(&str, &str); 3] = [
    ("pedulilindungi-2021", include_str!("policies/pedulilindungi-2021.json")),
    ("signed-pass", include_str!("policies/signed-pass.json")),
    ("proven", include_str!("policies/proven.json")),
];

/// The four colours of 2021, the worst last; what earns which is the policy's affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Green,
    Yellow,
    Red,
    Black,
}

impl Status {
    /// As in policies, exports and the command's answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
            Self::Black => "black",
        }
    }
}

/// What a policy answers, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ruling {
    Admit,
    Refer,
    Refuse,
    Alert,
}

/// What becomes of whoever would be admitted, but for something that is not about the pass itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Instead {
    Admit,
    #[default]
    Refer,
    Refuse,
}

/// What a policy wants of the gate beside its rules.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct GateRules {
    /// Of a pass whose holder has not left since it was last used here.
    pub again: Instead,
    /// Of whoever comes when the place is full.
    pub full: Instead,
    /// Whoever has not left after so many hours forgot to show it.
    pub stay_h: u16,
    /// Entries of the log stay on the phone for so many days.
    pub keep_days: u16,
    /// Roles whose passes may override a refusal.
    pub supervisors: Vec<String>,
    /// Roles whose passes may also begin and end a shift; supervisors' always may.
    pub officers: Vec<String>,
    /// Two credentials of one visitor count together.
    pub together: bool,
}

/// A long working day.
const STAY_H: u16 = 16;
/// What the notice promises.
const KEEP_DAYS: u16 = 30;

impl Default for GateRules {
    fn default() -> Self {
        Self {
            again: Instead::Refer,
            full: Instead::Refer,
            stay_h: STAY_H,
            keep_days: KEEP_DAYS,
            supervisors: Vec::new(),
            officers: Vec::new(),
            together: false,
        }
    }
}

/// One thing said in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sentence {
    pub id: String,
    pub en: String,
}

/// What a policy says of a credential, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RuleReason {
    pub code: String,
    pub happened: Sentence,
    pub to_do: Sentence,
}

/// A venue's rules, as data.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(super) id: String,
    pub(super) title: Sentence,
    pub(super) bring: Option<Sentence>,
    pub(super) parameters: Value,
    pub(super) stale: Instead,
    pub(super) gate: GateRules,
    pub(super) outcomes: Outcomes,
    pub(super) rules: Vec<Rule>,
    pub(super) digest: [u8; 32],
}

#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// What holds where the logic does.
    pub title: Option<Sentence>,
    pub logic: Value,
    pub failing: Failing,
    pub reason: RuleReason,
}

/// What a rule that does not hold leads to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Failing {
    Status(Status),
    /// The colour stays; the answer is this.
    Ruling(Ruling),
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Outcomes {
    green: Ruling,
    yellow: Ruling,
    red: Ruling,
    black: Ruling,
}

impl Outcomes {
    pub fn of(self, status: Status) -> Ruling {
        match status {
            Status::Green => self.green,
            Status::Yellow => self.yellow,
            Status::Red => self.red,
            Status::Black => self.black,
        }
    }
}

/// What is wrong with a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyError {
    /// Neither the registry nor Gerbang has one of that name.
    Unknown,
    TooLong,
    /// No JSON, or a field is missing or of another kind.
    Json,
    Version,
    /// It calls itself otherwise than the registry does.
    Name,
    TooManyRules,
    /// The rule of this index names neither or both of a status and a decision.
    Failing(usize),
    /// The code of this rule's reason is empty, too long, or not of capitals, digits and hyphens.
    Code(usize),
    /// A sentence of this rule is empty or too long.
    Sentence(usize),
    /// The logic of this rule is not CertLogic.
    Logic(usize),
}

impl PolicyError {
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "POLICY-UNKNOWN",
            Self::TooLong => "POLICY-LONG",
            Self::Json => "POLICY-JSON",
            Self::Version => "POLICY-VERSION",
            Self::Name => "POLICY-NAME",
            Self::TooManyRules => "POLICY-RULES",
            Self::Failing(_) => "POLICY-FAILING",
            Self::Code(_) => "POLICY-CODE",
            Self::Sentence(_) => "POLICY-SENTENCE",
            Self::Logic(_) => "POLICY-LOGIC",
        }
    }
}

/// The file's own shape.
#[derive(Deserialize)]
struct PolicyFile {
    v: u64,
    id: String,
    title: Sentence,
    bring: Option<Sentence>,
    #[serde(default)]
    parameters: Value,
    #[serde(default)]
    stale: Instead,
    #[serde(default)]
    gate: GateRules,
    outcomes: Outcomes,
    rules: Vec<RuleFile>,
}

#[derive(Deserialize)]
struct RuleFile {
    title: Option<Sentence>,
    logic: Value,
    status: Option<Status>,
    decision: Option<Ruling>,
    reason: RuleReason,
}

impl Policy {
    pub fn parse(json: &str) -> Result<Self, PolicyError> {
        if json.len() > POLICY_BYTES_MAX {
            return Err(PolicyError::TooLong);
        }
        // From bytes, as all JSON here: a second kind of reader would be downloaded by everybody.
        let file: PolicyFile =
            serde_json::from_slice(json.as_bytes()).map_err(|_| PolicyError::Json)?;
        if file.v != 1 {
            return Err(PolicyError::Version);
        }
        if file.rules.len() > RULES_MAX {
            return Err(PolicyError::TooManyRules);
        }
        let rules = file.rules.into_iter().enumerate().map(|(index, rule)| rule.checked(index));
        Ok(Self {
            id: file.id,
            title: file.title,
            bring: file.bring,
            parameters: file.parameters,
            stale: file.stale,
            gate: file.gate,
            outcomes: file.outcomes,
            rules: rules.collect::<Result<_, _>>()?,
            digest: Sha256::digest(json).into(),
        })
    }

    /// The authority's policy of that name, or else the shipped one.
    pub fn choose(registry: &Registry, id: &str) -> Result<Self, PolicyError> {
        let Some(json) = registry.policy(id) else { return Self::shipped(id) };
        let policy = Self::parse(json)?;
        if policy.id == id { Ok(policy) } else { Err(PolicyError::Name) }
    }

    pub fn shipped(id: &str) -> Result<Self, PolicyError> {
        let found = SHIPPED.iter().find(|(name, _)| *name == id);
        let (_, json) = found.ok_or(PolicyError::Unknown)?;
        Self::parse(json)
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// What rules see as `parameters`.
    pub fn parameters(&self) -> &Value {
        &self.parameters
    }

    pub fn title(&self) -> &Sentence {
        &self.title
    }

    /// What a visitor needs, as posters say it.
    pub fn bring(&self) -> Option<&Sentence> {
        self.bring.as_ref()
    }

    pub fn stale(&self) -> Instead {
        self.stale
    }

    pub fn gate(&self) -> &GateRules {
        &self.gate
    }

    /// Of each rule its reason's code, and what holds where the rule does, if it has a title.
    pub fn titles(&self) -> impl Iterator<Item = (&str, Option<&Sentence>)> {
        self.rules.iter().map(|rule| (rule.reason.code.as_str(), rule.title.as_ref()))
    }

    /// SHA-256 of the policy's text: what the log keeps of it.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

impl RuleFile {
    fn checked(self, index: usize) -> Result<Rule, PolicyError> {
        let failing = match (self.status, self.decision) {
            (Some(status), None) => Failing::Status(status),
            (None, Some(ruling)) => Failing::Ruling(ruling),
            _ => return Err(PolicyError::Failing(index)),
        };
        let code = &self.reason.code;
        let allowed = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'-';
        if code.is_empty() || code.len() > CODE_BYTES_MAX || !code.bytes().all(allowed) {
            return Err(PolicyError::Code(index));
        }
        let RuleReason { happened, to_do, .. } = &self.reason;
        let titled = self.title.iter().flat_map(|title| [&title.id, &title.en]);
        let said = [&happened.id, &happened.en, &to_do.id, &to_do.en];
        let misfit = |text: &String| text.is_empty() || text.len() > SENTENCE_BYTES_MAX;
        if said.into_iter().chain(titled).any(misfit) {
            return Err(PolicyError::Sentence(index));
        }
        if !certlogic::validate(&self.logic).is_empty() {
            return Err(PolicyError::Logic(index));
        }
        Ok(Rule { title: self.title, logic: self.logic, failing, reason: self.reason })
    }
}
