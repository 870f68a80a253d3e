//! Rows of QR codes: every row that the crate `ur` writes is read, whatever is missed of it.

use gerbang::envelope::ur::{FRAGMENTS_MAX, Progress, Sequence};
use proptest::prelude::*;

fn message(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|index| u8::try_from(index * 7 % 251).unwrap_or_default()).collect()
}

/// An endless row of codes.
fn row(message: &[u8], fragment_bytes: usize) -> impl Iterator<Item = String> {
    let mut encoder = ur::Encoder::bytes(message, fragment_bytes).expect("a message and a length");
    std::iter::from_fn(move || Some(encoder.next_part().expect("a part")))
}

/// The first `count` of them.
fn codes(message: &[u8], fragment_bytes: usize, count: usize) -> Vec<String> {
    row(message, fragment_bytes).take(count).collect()
}

/// After how many of the codes the message was whole.
fn read(codes: impl IntoIterator<Item = String>, message: &[u8]) -> Option<usize> {
    let mut sequence = Sequence::default();
    codes.into_iter().enumerate().find_map(|(index, code)| match sequence.take(&code) {
        Progress::Whole(bytes) => {
            assert_eq!(bytes, message);
            Some(index + 1)
        }
        Progress::Taken => None,
        Progress::NoPart => panic!("a part is one"),
    })
}

#[test]
fn the_first_parts_are_enough_in_any_order_and_in_capitals() {
    let message = message(5_000);
    let mut codes = codes(&message, 200, 25);
    assert_eq!(read(codes.clone(), &message), Some(25));
    codes.reverse();
    codes.iter_mut().for_each(|code| *code = code.to_uppercase());
    assert_eq!(read(codes, &message), Some(25));
}

#[test]
fn a_reader_that_comes_late_and_misses_every_third_still_gets_it() {
    let message = message(7_777);
    let late = row(&message, 220).skip(60).enumerate();
    let seen = late.filter(|(at, _)| at % 3 != 0).map(|(_, code)| code);
    let needed = read(seen.take(200), &message).expect("enough");
    assert!(needed <= 90, "36 fragments took {needed} codes");
}

#[test]
fn another_message_begins_anew() {
    let (one, other) = (message(2_000), message(2_001));
    let mut sequence = Sequence::default();
    for code in codes(&one, 200, 9) {
        assert_eq!(sequence.take(&code), Progress::Taken);
    }
    let last = codes(&other, 200, 11).into_iter().map(|code| sequence.take(&code)).last();
    assert_eq!(last, Some(Progress::Whole(other)));
}

#[test]
fn what_is_no_part_is_none() {
    for text in
        ["", "ur:", "ur:bytes/1-2", "ur:bytes/1-2/", "ur:bytes/1-2/aeae", "GB1:X", "ur:a/b/ä"]
    {
        assert_eq!(Sequence::default().take(text), Progress::NoPart, "{text}");
    }
    let broken = codes(&message(900), 200, 1).remove(0);
    assert_eq!(Sequence::default().take(&broken.replace("ae", "ad")), Progress::NoPart);
    let huge = codes(&message(20_000), 4, 1).remove(0);
    assert_eq!(Sequence::default().take(&huge), Progress::NoPart, "more than {FRAGMENTS_MAX}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_row_is_read(bytes in 1_usize..4_000, fragment in 30_usize..400, skip in 0_usize..50) {
        let message = message(bytes);
        prop_assert!(read(row(&message, fragment).skip(skip).take(2_000), &message).is_some());
    }

    #[test]
    fn nothing_that_is_read_panics(text in "(?i)ur:[a-z]{1,5}/[0-9]{1,9}-[0-9]{1,9}/[a-z]{0,80}") {
        Sequence::default().take(&text);
    }
}
