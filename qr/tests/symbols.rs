//! What an encoder of other people writes is read back; what nobody wrote is not read.

use gerbang_qr::symbol::bit_stream::Fnc1;
use gerbang_qr::symbol::{CodewordReader, Modules, Symbol, Version, bit_stream, read};
use qrcode::bits::{Bits, ExtendedMode};
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::{Color, EcLevel, Version as EncoderVersion};

const LEVELS: [EcLevel; 4] = [EcLevel::L, EcLevel::M, EcLevel::Q, EcLevel::H];
const MASKS: [MaskPattern; 8] = [
    MaskPattern::Checkerboard,
    MaskPattern::HorizontalLines,
    MaskPattern::VerticalLines,
    MaskPattern::DiagonalLines,
    MaskPattern::LargeCheckerboard,
    MaskPattern::Fields,
    MaskPattern::Diamonds,
    MaskPattern::Meadow,
];

fn modules_of(bits: Bits, level: EcLevel, mask: MaskPattern) -> Modules {
    let version = bits.version();
    let data = bits.into_bytes();
    let (data, check) = qrcode::ec::construct_codewords(&data, version, level).expect("fits");
    let mut canvas = Canvas::new(version, level);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &check);
    canvas.apply_mask(mask);
    let colors = canvas.into_colors();
    let side = usize::try_from(version.width()).expect("positive");
    Modules::from_fn(side, |x, y| colors[y * side + x] == Color::Dark)
}

fn bits(number: i16, level: EcLevel, fill: impl FnOnce(&mut Bits)) -> Bits {
    let mut bits = Bits::new(EncoderVersion::Normal(number));
    fill(&mut bits);
    bits.push_terminator(level).expect("fits");
    bits
}

fn read_back(modules: &mut Modules) -> Symbol {
    read(modules, &mut CodewordReader::default()).expect("readable")
}

/// Xorshift: the same noise in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("small")
    }
}

#[test]
fn every_version_level_and_mask_is_read_back() {
    let mut noise = Noise(7);
    for number in 1..=40 {
        for level in LEVELS {
            let bytes: Vec<u8> = (0..7).map(|_| noise.next().to_le_bytes()[0]).collect();
            for (at, mask) in MASKS.into_iter().enumerate() {
                let bits = bits(number, level, |bits| bits.push_byte_data(&bytes).expect("fits"));
                let symbol = read_back(&mut modules_of(bits, level, mask));
                assert_eq!(symbol.content.bytes, bytes);
                assert!(symbol.content.is_padded_by_the_book);
                assert_eq!(i16::from(symbol.version), number);
                assert_eq!(usize::from(symbol.mask), at);
                assert_eq!(format!("{:?}", symbol.ecc), format!("{level:?}"));
                assert_eq!((symbol.corrected, symbol.mirrored), (0, false));
            }
        }
    }
}

#[test]
fn full_symbols_of_every_version_and_level_are_read_back() {
    let mut noise = Noise(3);
    for number in 1..=40 {
        for level in LEVELS {
            let mut bytes = Vec::new();
            let most = Bits::new(EncoderVersion::Normal(number)).max_len(level).expect("known") / 8;
            bytes.resize_with(most - 3, || noise.next().to_le_bytes()[0]);
            let bits = bits(number, level, |bits| bits.push_byte_data(&bytes).expect("fits"));
            let symbol = read_back(&mut modules_of(bits, level, MaskPattern::Fields));
            assert_eq!(symbol.content.bytes, bytes);
        }
    }
}

#[test]
fn numbers_letters_bytes_and_kanji_are_read_back_in_every_size_class() {
    // 茗荷 and 点 in Shift-JIS.
    let kanji = [0xe4, 0xaa, 0x89, 0xd7, 0x93, 0x5f];
    for number in [2, 9, 10, 26, 27, 40] {
        let bits = bits(number, EcLevel::L, |bits| {
            bits.push_numeric_data(b"0123456789012345").expect("fits");
            bits.push_numeric_data(b"00").expect("fits");
            bits.push_numeric_data(b"9").expect("fits");
            bits.push_alphanumeric_data(b"HC1:6B $%*+-./").expect("fits");
            bits.push_alphanumeric_data(b"A").expect("fits");
            bits.push_kanji_data(&kanji).expect("fits");
        });
        let symbol = read_back(&mut modules_of(bits, EcLevel::L, MaskPattern::Meadow));
        let expected = [b"0123456789012345009HC1:6B $%*+-./A".as_slice(), &kanji].concat();
        assert_eq!(symbol.content.bytes, expected);
        assert_eq!(symbol.content.text, None);
    }
}

#[test]
fn text_follows_the_eci_and_else_utf_8_and_else_latin_1() {
    let text = |eci: Option<u32>, bytes: &[u8]| {
        let bits = bits(3, EcLevel::M, |bits| {
            if let Some(eci) = eci {
                bits.push_eci_designator(eci).expect("fits");
            }
            bits.push_byte_data(bytes).expect("fits");
        });
        let symbol = read_back(&mut modules_of(bits, EcLevel::M, MaskPattern::Diamonds));
        assert_eq!(symbol.content.bytes, bytes);
        symbol.content.text
    };
    assert_eq!(text(None, "Selamat, é".as_bytes()).as_deref(), Some("Selamat, é"));
    assert_eq!(text(None, b"caf\xe9").as_deref(), Some("café"));
    assert_eq!(text(None, b"PK\x03\x04\xff\x00\x80"), None);
    assert_eq!(text(Some(3), "é".as_bytes()).as_deref(), Some("Ã©"));
    assert_eq!(text(Some(26), "é".as_bytes()).as_deref(), Some("é"));
    assert_eq!(text(Some(26), b"\xe9"), None);
    assert_eq!(text(Some(25), &[0, b'A', 0x20, 0xac]).as_deref(), Some("A€"));
    assert_eq!(text(Some(20), b"\x93\x5f"), None);
    assert_eq!(text(Some(899), b"\xff"), None);
}

#[test]
fn fnc1_and_structured_append_are_told() {
    let mut modules = modules_of(
        bits(3, EcLevel::M, |bits| {
            bits.push_mode_indicator(ExtendedMode::Fnc1First).expect("fits");
            bits.push_alphanumeric_data(b"01%10%%").expect("fits");
        }),
        EcLevel::M,
        MaskPattern::Checkerboard,
    );
    let content = read_back(&mut modules).content;
    assert_eq!(content.fnc1, Some(Fnc1::First));
    assert_eq!(content.bytes, b"01\x1d10%");

    // The third of five, parity 0xab; then the digit 7.
    let header = [0x32, 0x4a, 0xb1, 0x00, 0x5c, 0x00, 0xec];
    let version = Version::new(1).expect("exists");
    let content = bit_stream::parse(&header, version).expect("readable");
    let append = content.structured_append.expect("told");
    assert_eq!((append.index, append.total, append.parity), (2, 5, 0xab));
}

#[test]
fn mirrored_symbols_are_read() {
    for number in [1, 6, 7, 20] {
        let bits = bits(number, EcLevel::M, |bits| bits.push_byte_data(b"mirror").expect("fits"));
        let modules = modules_of(bits, EcLevel::M, MaskPattern::DiagonalLines);
        let mut mirrored = Modules::from_fn(modules.side(), |x, y| modules.is_dark(y, x));
        let symbol = read_back(&mut mirrored);
        assert_eq!(
            (symbol.content.bytes.as_slice(), symbol.mirrored),
            (b"mirror".as_slice(), true)
        );
    }
}

#[test]
fn damage_within_the_limit_is_corrected_and_beyond_it_is_refused() {
    let mut noise = Noise(11);
    let mut refused = 0;
    for round in 0..400 {
        let number = 2 + i16::try_from(noise.below(12)).expect("small");
        let bytes: Vec<u8> = (0..14).map(|_| noise.next().to_le_bytes()[0]).collect();
        let bits = bits(number, EcLevel::Q, |bits| bits.push_byte_data(&bytes).expect("fits"));
        let mut modules = modules_of(bits, EcLevel::Q, MaskPattern::VerticalLines);
        let side = modules.side();
        for _ in 0..side * side * round / 4000 {
            let (x, y) = (noise.below(side), noise.below(side));
            let flipped = if modules.is_dark(x, y) { -127 } else { 127 };
            modules.set(x, y, flipped);
        }
        match read(&mut modules, &mut CodewordReader::default()) {
            Ok(symbol) => assert_eq!(symbol.content.bytes, bytes),
            Err(_) => refused += 1,
        }
    }
    assert!((100..350).contains(&refused), "{refused}");
}

#[test]
fn unsure_modules_are_given_up_and_more_damage_is_repaired() {
    let mut noise = Noise(5);
    let (mut plain, mut graded) = (0, 0);
    for _ in 0..60 {
        let bits = bits(5, EcLevel::M, |bits| bits.push_byte_data(b"erasures").expect("fits"));
        let mut modules = modules_of(bits, EcLevel::M, MaskPattern::Fields);
        let mut unsure = modules.clone();
        for _ in 0..34 {
            let (x, y) = (9 + noise.below(19), 9 + noise.below(19));
            let wrong: i8 = if modules.is_dark(x, y) { -1 } else { 1 };
            unsure.set(x, y, wrong);
            modules.set(x, y, wrong * 127);
        }
        let mut reader = CodewordReader::default();
        plain += usize::from(read(&mut modules, &mut reader).is_ok());
        if let Ok(symbol) = read(&mut unsure, &mut reader) {
            assert_eq!(symbol.content.bytes, b"erasures");
            graded += 1;
        }
    }
    assert!(graded > plain + 10, "{graded} against {plain}");
}

#[test]
fn a_hundred_thousand_random_matrices_are_never_read() {
    let mut noise = Noise(1);
    let mut reader = CodewordReader::default();
    for round in 0..100_000 {
        let number = if round % 16 == 0 { 1 + noise.below(40) } else { 1 + noise.below(6) };
        let mut modules = Modules::from_fn(17 + 4 * number, |_, _| false);
        for y in 0..modules.side() {
            for x in 0..modules.side() {
                modules.set(x, y, i8::from_le_bytes([noise.next().to_le_bytes()[3]]));
            }
        }
        assert!(read(&mut modules, &mut reader).is_err());
    }
}

#[test]
fn sides_that_no_version_has_are_refused() {
    for side in (0..300).filter(|side| side % 4 != 1 || !(21..=177).contains(side)) {
        let mut modules = Modules::from_fn(side, |x, y| (x ^ y) & 1 == 1);
        // Longer ones are cut to version 40, whose format they do not bear.
        assert!(read(&mut modules, &mut CodewordReader::default()).is_err(), "{side}");
    }
}
