//! Parts of a message are put together whatever the order in which they are seen.

mod written;

use gerbang_qr::append::MESSAGES_MAX;
use gerbang_qr::{Added, Assembler, Effort, Message, Mode, ScannedCode, Scanner, StructuredAppend};
use written::{LEVELS, MASKS, Stream};

fn parity(message: &[u8]) -> u8 {
    message.iter().fold(0, |parity, byte| parity ^ byte)
}

/// Each part as it is read from a picture of its symbol.
fn parts(message: &[&str], parity: u8) -> Vec<ScannedCode> {
    let total = u8::try_from(message.len()).expect("few");
    let part = |(index, text): (u8, &&str)| {
        let stream = Stream::new(4)
            .append(StructuredAppend { index, total, parity })
            .segment(Mode::Byte, text.as_bytes());
        read(&stream.code(LEVELS[1], MASKS[3]).picture(4))
    };
    (0..total).zip(message).map(part).collect()
}

fn read(picture: &written::Picture) -> ScannedCode {
    let scan = Scanner::new().scan(picture.frame(), Effort::Light);
    let [code] = scan.codes.as_slice() else { panic!("{} codes", scan.codes.len()) };
    code.clone()
}

fn text(added: &Added) -> Option<String> {
    match added {
        Added::Complete(message) => message.text(),
        _ => None,
    }
}

#[test]
fn parts_make_their_message_in_any_order_and_seen_more_than_once() {
    let message = ["Selamat ", "datang di ", "Mojokerto"];
    let parts = parts(&message, parity(message.concat().as_bytes()));
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1]] {
        let mut assembler = Assembler::new();
        let [first, second, last] = order;
        assert_eq!(assembler.add(&parts[first]), Added::Waiting { have: 1, total: 3 });
        assert_eq!(assembler.add(&parts[first]), Added::Waiting { have: 1, total: 3 });
        assert_eq!(assembler.add(&parts[second]), Added::Waiting { have: 2, total: 3 });
        assert_eq!(text(&assembler.add(&parts[last])), Some(message.concat()));
        assert_eq!(assembler.add(&parts[first]), Added::Waiting { have: 1, total: 3 });
    }
}

#[test]
fn two_messages_are_put_together_side_by_side() {
    let (one, other) = (["one ", "and all"], ["and ", "another"]);
    let one_parts = parts(&one, parity(one.concat().as_bytes()));
    let other_parts = parts(&other, parity(other.concat().as_bytes()));
    let mut assembler = Assembler::new();
    assembler.add(&one_parts[1]);
    assembler.add(&other_parts[0]);
    assert_eq!(text(&assembler.add(&one_parts[0])), Some(one.concat()));
    assert_eq!(text(&assembler.add(&other_parts[1])), Some(other.concat()));
}

#[test]
fn parts_of_other_messages_are_never_mixed_in() {
    // Two messages that agree in number and parity: XOR does not see that letters changed places.
    let (one, other) = (["abcd", "efgh"], ["badc", "hgfe"]);
    let parity = parity(one.concat().as_bytes());
    let (one_parts, other_parts) = (parts(&one, parity), parts(&other, parity));
    let mut assembler = Assembler::new();
    assembler.add(&one_parts[0]);
    assert_eq!(assembler.add(&other_parts[0]), Added::Waiting { have: 1, total: 2 });
    assert_eq!(text(&assembler.add(&other_parts[1])), Some(other.concat()));

    let wrong = parts(&["abcd", "efgX"], parity);
    assembler.add(&one_parts[0]);
    assert_eq!(assembler.add(&wrong[1]), Added::Waiting { have: 1, total: 2 });
}

#[test]
fn only_so_many_messages_wait_and_the_oldest_is_given_up() {
    let mut assembler = Assembler::new();
    let first = parts(&["first ", "of all"], parity(b"first of all"));
    assembler.add(&first[0]);
    for at in 0..MESSAGES_MAX {
        let text = format!("{at}");
        let later = parts(&[text.as_str(), "x"], parity(format!("{text}x").as_bytes()));
        assembler.add(&later[0]);
    }
    assert_eq!(assembler.add(&first[1]), Added::Waiting { have: 1, total: 2 });
}

#[test]
fn a_code_of_its_own_is_no_part_and_neither_is_one_beyond_the_last() {
    let mut assembler = Assembler::new();
    let alone =
        read(&Stream::new(2).segment(Mode::Byte, b"alone").code(LEVELS[0], MASKS[0]).picture(4));
    assert_eq!(assembler.add(&alone), Added::NotAPart);
    let beyond = StructuredAppend { index: 2, total: 2, parity: 0 };
    let stream = Stream::new(2).append(beyond).segment(Mode::Byte, b"beyond");
    assert_eq!(assembler.add(&read(&stream.code(LEVELS[0], MASKS[0]).picture(4))), Added::NotAPart);
}

#[test]
fn the_content_is_not_in_debug() {
    let message = Message { bytes: b"secret".to_vec(), segments: Vec::new() };
    assert_eq!(format!("{message:?}"), "Message(6 bytes)");
}
