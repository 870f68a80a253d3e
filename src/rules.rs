//! What this venue wants: a policy as data, evaluated over proven facts.

pub mod certlogic;
pub mod dcc;

/// The four colours of 2021; what earns which is the policy's affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Green,
    Yellow,
    Red,
    Black,
}

/// One thing said in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub id: String,
    pub en: String,
}

/// A venue's rules, as data.
#[derive(Debug, Clone)]
pub struct Policy {}

/// What a policy says of a credential, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleReason {
    pub code: String,
    pub happened: Sentence,
    pub to_do: Sentence,
}
