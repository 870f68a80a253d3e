//! Counts as people write them.

/// Digits in threes from the right, with this between them: '.' in Indonesian, ',' in English.
pub fn grouped(count: u64, between: char) -> String {
    let digits = count.to_string();
    let mut written = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push(between);
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn digits_stand_in_threes_from_the_right() {
        let written = [0, 12, 999, 1_000, 100_010, 1_234_567].map(|count| grouped(count, '.'));
        assert_eq!(written, ["0", "12", "999", "1.000", "100.010", "1.234.567"]);
    }
}
