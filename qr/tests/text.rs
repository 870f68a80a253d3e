//! Text by the character set that a code names, or that practice has it in.

mod written;

use gerbang_qr::{Effort, Mode, ScannedCode, Scanner};
use written::{LEVELS, MASKS, Stream};

fn read(stream: Stream) -> ScannedCode {
    let picture = stream.code(LEVELS[0], MASKS[2]).picture(4);
    let scan = Scanner::new().scan(picture.frame(), Effort::Light);
    let [code] = scan.codes.as_slice() else { panic!("{} codes", scan.codes.len()) };
    code.clone()
}

/// With the tables that the decoder itself does not hold.
fn full_text(code: &ScannedCode) -> Option<String> {
    code.text_with(|charset, bytes| {
        let encoding = encoding_rs::Encoding::for_label(charset.as_bytes())?;
        encoding.decode_without_bom_handling_and_without_replacement(bytes).map(Into::into)
    })
}

#[test]
fn every_assigned_character_set_is_named_so_that_its_text_can_be_had() {
    let cases: [(u32, &[u8], &str); 17] = [
        (3, b"caf\xe9", "café"),
        (4, b"\xa3\xf3d\xbc", "Łódź"),
        (7, b"\xbc\xd8\xe0", "Мир"),
        (9, b"\xc1\xe8\xde\xed\xe1", "Αθήνα"),
        (10, b"\xf9\xec\xe5\xed", "שלום"),
        (11, b"\xddstanbul", "İstanbul"),
        (13, b"\xa1\xa2", "กข"),
        (17, b"\xa4", "€"),
        (20, b"\x93\x5f\x83e", "点テ"),
        (22, b"\xcc\xe8\xf0", "Мир"),
        (25, b"\x20\xac\x00A", "€A"),
        (26, "ꦒꦼꦧꦁ".as_bytes(), "ꦒꦼꦧꦁ"),
        (28, b"\xa4\xa4\xa4\xe5", "中文"),
        (29, b"\xd6\xd0\xce\xc4", "中文"),
        (30, b"\xc7\xd1\xb1\xdb", "한글"),
        (32, b"\xd6\xd0\x81\x30\x84\x36", "中¥"),
        (33, b"\xac\x20A\x00", "€A"),
    ];
    for (eci, bytes, expected) in cases {
        let code = read(Stream::new(4).eci(eci).segment(Mode::Byte, bytes));
        assert_eq!(code.bytes, bytes);
        assert_eq!(full_text(&code).as_deref(), Some(expected), "ECI {eci}");
        let own = matches!(eci, 3 | 25 | 26 | 33);
        assert_eq!(code.text.is_some(), own, "ECI {eci}");
    }
}

#[test]
fn kanji_and_hanzi_are_text_with_the_tables_and_bytes_without() {
    let code = read(Stream::new(4).segment(Mode::Kanji, b"\xe4\xaa\x89\xd7\x93\x5f"));
    assert_eq!((code.text.as_deref(), full_text(&code).as_deref()), (None, Some("茗荷点")));
    let mixed = Stream::new(4)
        .segment(Mode::Alphanumeric, b"A1:")
        .segment(Mode::Kanji, b"\x93\x5f")
        .segment(Mode::Byte, b"\x83\x65!");
    assert_eq!(full_text(&read(mixed)).as_deref(), Some("A1:点テ!"));
    let hanzi = read(Stream::new(4).segment(Mode::Hanzi, b"\xd6\xd0\xce\xc4"));
    assert_eq!(full_text(&hanzi).as_deref(), Some("中文"));
}

#[test]
fn interpretations_change_within_a_code_and_characters_may_lie_across_segments() {
    let two = Stream::new(4)
        .eci(9)
        .segment(Mode::Byte, b"\xc1")
        .eci(26)
        .segment(Mode::Byte, "é".as_bytes());
    assert_eq!(full_text(&read(two)).as_deref(), Some("Αé"));
    let [first, second] = [0xc3, 0xa9];
    let cut = Stream::new(4).segment(Mode::Byte, &[b'a', first]).segment(Mode::Byte, &[second]);
    assert_eq!(read(cut).text.as_deref(), Some("aé"));
}

#[test]
fn binary_content_arrives_untouched_and_is_no_text() {
    let zip: Vec<u8> = (0..=255).chain([b'P', b'K', 3, 4]).collect();
    let code = read(Stream::new(12).segment(Mode::Byte, &zip));
    assert_eq!((code.bytes.as_slice(), full_text(&code)), (zip.as_slice(), None));
}

#[test]
fn an_assignment_that_nobody_knows_gives_text_only_for_ascii() {
    let code = |bytes: &[u8]| read(Stream::new(4).eci(811_799).segment(Mode::Byte, bytes));
    assert_eq!(full_text(&code(b"plain")).as_deref(), Some("plain"));
    assert_eq!(full_text(&code(b"\xff\xfe")), None);
}

#[test]
fn what_the_code_is_made_of_is_told() {
    let stream = Stream::new(7).segment(Mode::Numeric, b"2021").eci(26).segment(Mode::Byte, b"x");
    let code = read(stream);
    let told: Vec<_> = code.segments.iter().map(|s| (s.mode, s.bytes_end, s.eci)).collect();
    assert_eq!(told, [(Mode::Numeric, 4, None), (Mode::Byte, 5, Some(26))]);
    assert_eq!(
        (code.version, code.mask, code.corrected, code.mirrored, code.inverted),
        (7, 2, 0, false, false)
    );
    assert!((code.module_px - 4.0).abs() < 0.1, "{}", code.module_px);
    assert_eq!(code.modules.len(), 45 * 45);
}
