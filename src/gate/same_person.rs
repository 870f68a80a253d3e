//! Whether two credentials name one person, as far as names and birth dates tell.
//!
//! Shape: names are compared by their words, whatever the order, the case and the signs between;
//! birth dates by as much as both say.
//! Limits and errors: what one does not say cannot differ. A difference is a question to the
//! officer, never a refusal: certificates spell names in many ways.

use crate::credential::Holder;
use std::collections::BTreeSet;

pub(super) fn same_person(a: &Holder, b: &Holder) -> bool {
    let both = |a: &Option<String>, b: &Option<String>, alike: fn(&str, &str) -> bool| match (a, b)
    {
        (Some(a), Some(b)) => alike(a, b),
        _ => true,
    };
    both(&a.name, &b.name, |a, b| words(a) == words(b))
        && both(&a.birth_date, &b.birth_date, |a, b| a.starts_with(b) || b.starts_with(a))
}

fn words(name: &str) -> BTreeSet<String> {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}
