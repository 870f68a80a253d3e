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
    words.filter(|word| !word.is_empty()).map(|word| word.chars().map(small).collect()).collect()
}

/// The small letter of a Latin one. Other alphabets' names count as alike where they are written so;
/// the standard library's table of all of them weighs more than it is worth here.
fn small(letter: char) -> char {
    let code = u32::from(letter);
    let small = match letter {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' => code + 32,
        'Ā'..='Į' | 'Ĳ'..='Ķ' | 'Ŋ'..='Ŷ' => code | 1,
        'Ĺ'..='Ň' | 'Ź'..='Ž' => code + (code & 1),
        _ => code,
    };
    char::from_u32(small).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::small;

    #[test]
    fn a_latin_letter_is_as_small_as_the_standard_has_it() {
        // Dotted capital İ becomes two characters there, Ÿ one far away.
        let letters = ('A'..='Ž').filter(|letter| !matches!(letter, 'İ' | 'Ÿ'));
        for letter in letters.filter(|letter| letter.is_alphabetic()) {
            assert_eq!(small(letter).to_string(), letter.to_lowercase().to_string(), "{letter}");
        }
    }
}
