//! Hexadecimal digits to bytes. A crate's reader of all bases weighs 3 KB in the page.

/// Of either case; `None` where it is anything else.
pub fn decode(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let bytes = pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect();
    if rest.is_empty() { bytes } else { None }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn digits_of_either_case_are_bytes_and_nothing_else_is() {
        assert_eq!(decode("00fFA5"), Some(vec![0x00, 0xff, 0xa5]));
        assert_eq!(decode(""), Some(Vec::new()));
        for no in ["0", "0g", "é0", "+1", " 0", "0x00"] {
            assert_eq!(decode(no), None, "{no}");
        }
    }
}
