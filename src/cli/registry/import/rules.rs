//! Rules that a country published for the EU's certificates, and value sets → a policy.
//!
//! Shape: rules as the gateway has them, one or a list; value sets, one or a list; or an object that
//! holds such under "rules" and "valueSets" → the policy `dcc-country`, see `rules::country`.
//! Source: validation-rule.schema.json and valueset.schema.json of the EU's gateway.
//! Not here: a list's signature (COSE or CMS), which whoever fetched it has checked.

use crate::cli::failure::Failure;
use crate::rules::Policy;
use crate::rules::country;
use serde_json::Value;

#[derive(Debug, Default)]
pub(super) struct Published {
    rules: Vec<Value>,
    value_sets: Vec<Value>,
}

impl Published {
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.value_sets.is_empty()
    }

    /// Whether the file was of that kind: then it is taken.
    pub(super) fn take(&mut self, list: &Value) -> bool {
        let before = self.rules.len() + self.value_sets.len();
        self.walk(list, 0);
        self.rules.len() + self.value_sets.len() > before
    }

    fn walk(&mut self, value: &Value, depth: usize) {
        const DEPTH_MAX: usize = 3;
        if depth > DEPTH_MAX {
            return;
        }
        if value.get("Identifier").is_some() && value.get("Logic").is_some() {
            self.rules.push(value.clone());
        } else if value.get("valueSetId").is_some() {
            self.value_sets.push(value.clone());
        } else if let Some(list) = value.as_array() {
            list.iter().for_each(|item| self.walk(item, depth + 1));
        } else {
            for name in ["rules", "valueSets"] {
                value.get(name).into_iter().for_each(|list| self.walk(list, depth + 1));
            }
        }
    }

    pub(super) fn policy(&self, country: Option<&str>) -> Result<String, Failure> {
        let country = country.filter(|country| country.len() == 2).ok_or_else(|| {
            Failure::new("IMPORT-COUNTRY", "name the gate's country in two letters with --iss")
        })?;
        let failure = |code| {
            Failure::new(code, "the rules cannot become a policy; none was left out, none written")
        };
        let policy = country::policy(&self.rules, &self.value_sets, &country.to_ascii_uppercase());
        let policy = policy.map_err(|error| failure(error.code()))?;
        let json = serde_json::to_string(&policy).expect("texts and numbers are JSON");
        Policy::parse(&json).map_err(|error| failure(error.code()))?;
        Ok(json + "\n")
    }

    pub(super) fn said(&self) -> String {
        format!("{} rules, {} value sets", self.rules.len(), self.value_sets.len())
    }
}
