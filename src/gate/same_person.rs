//! Whether two credentials name one person, as far as names and birth dates tell.
//!
//! Shape: names are compared by their words, whatever the order, the case and the signs between;
//! birth dates by as much as both say.
//! Limits and errors: what one does not say cannot differ. A difference is a question to the
//! officer, never a refusal: certificates spell names in many ways.

use crate::credential::Holder;

pub(super) fn same_person(a: &Holder, b: &Holder) -> bool {
    let both = |a: &Option<String>, b: &Option<String>, alike: fn(&str, &str) -> bool| match (a, b)
    {
        (Some(a), Some(b)) => alike(a, b),
        _ => true,
    };
    both(&a.name, &b.name, same_words)
        && both(&a.birth_date, &b.birth_date, |a, b| a.starts_with(b) || b.starts_with(a))
}

fn same_words(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    a.iter().all(|word| b.contains(word)) && b.iter().all(|word| a.contains(word))
}

fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| c.is_ascii_punctuation() || c.is_whitespace());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}
