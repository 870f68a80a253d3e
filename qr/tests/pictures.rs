//! Codes in drawn pictures are read where they are; nothing is read in noise.

mod written;

use gerbang_qr::{Effort, Mode, Scanner};
use std::f32::consts::TAU;
use written::{Code, LEVELS, MASKS, Picture, Stream};

fn code(content: &[u8], version: i16) -> Code {
    Stream::new(version).segment(Mode::Byte, content).code(LEVELS[1], MASKS[4])
}

fn read(picture: &Picture) -> Vec<gerbang_qr::ScannedCode> {
    Scanner::new().scan(picture.frame(), Effort::Hard).codes
}

/// By every means there is.
fn read_to_the_end(picture: &Picture) -> Vec<gerbang_qr::ScannedCode> {
    let mut scanner = Scanner::new();
    let mut codes = Vec::new();
    loop {
        let scan = scanner.scan(picture.frame(), Effort::Hard);
        codes.extend(scan.codes);
        if !scan.pending {
            return codes;
        }
    }
}

#[test]
fn a_drawn_code_is_read_with_its_corners() {
    let codes = read(&code(b"Gerbang", 3).picture(6));
    let [code] = codes.as_slice() else { panic!("{}", codes.len()) };
    assert_eq!(
        (code.bytes.as_slice(), code.text.as_deref()),
        (b"Gerbang".as_slice(), Some("Gerbang"))
    );
    assert_eq!(code.version, 3);
    let corners = code.corners_px.map(|corner| (corner.x, corner.y));
    for ((x, y), (expected_x, expected_y)) in
        corners.into_iter().zip([(24.0, 24.0), (198.0, 24.0), (198.0, 198.0), (24.0, 198.0)])
    {
        assert!((x - expected_x).hypot(y - expected_y) < 9.0, "{corners:?}");
    }
}

#[test]
fn a_glance_leaves_a_hard_scan_under_way_and_ends_it_when_it_reads() {
    let whole = code(b"Gerbang", 3).picture(6);
    let mut half = code(b"Gerbang", 3).picture(6);
    // Nothing is left of the code's lower half.
    half.luma[whole.width * whole.height / 2..].fill(255);
    let hard_calls = |glances: bool| {
        let mut scanner = Scanner::new();
        let mut calls = 1;
        while scanner.scan(half.frame(), Effort::Hard).pending {
            calls += 1;
            assert!(!glances || scanner.scan(half.frame(), Effort::Glance).pending);
            assert!(calls < 20);
        }
        calls
    };
    assert!(hard_calls(false) > 1);
    assert_eq!(hard_calls(true), hard_calls(false));
    let mut scanner = Scanner::new();
    assert!(scanner.scan(half.frame(), Effort::Hard).pending);
    let seen = scanner.scan(whole.frame(), Effort::Glance);
    assert_eq!((seen.codes.len(), seen.pending), (1, false));
}

/// A white picture with codes, each with the place of its top left pixel.
fn placed(codes: &[(&Picture, usize, usize)]) -> Picture {
    let (width, height) = (800, 600);
    let mut luma = vec![255; width * height];
    for (code, left, top) in codes {
        for (y, row) in code.luma.chunks(code.width).enumerate() {
            luma[(top + y) * width + left..][..code.width].copy_from_slice(row);
        }
    }
    Picture { luma, width, height }
}

#[test]
fn codes_are_followed_where_they_move_and_others_are_seen_that_come() {
    let [first, second] =
        [b"Gerbang", b"Pintu 2"].map(|content| code(content.as_slice(), 3).picture(6));
    let mut scanner = Scanner::new();
    let mut light = |codes: &[(&Picture, usize, usize)]| {
        let picture = placed(codes);
        let mut seen: Vec<_> = scanner
            .scan(picture.frame(), Effort::Light)
            .codes
            .iter()
            .map(|code| (code.bytes.clone(), code.corners_px[0]))
            .collect();
        seen.sort_by(|a, b| a.0.cmp(&b.0));
        seen
    };
    // As a hand moves, then by a leap.
    let mut places: Vec<_> = (0..12).map(|step| (40 + 9 * step, 30 + 5 * step)).collect();
    places.push((500, 300));
    for (left, top) in places {
        let seen = light(&[(&first, left, top)]);
        let [(bytes, corner)] = seen.as_slice() else { panic!("{}", seen.len()) };
        assert_eq!(bytes, b"Gerbang");
        let expected = (left as f32 + 24.0, top as f32 + 24.0);
        assert!((corner.x - expected.0).hypot(corner.y - expected.1) < 9.0, "{corner:?}");
    }
    // One frame may pass before a code is seen that comes beside another.
    let both = [(&first, 500, 300), (&second, 20, 30)];
    light(&both);
    for _ in 0..4 {
        let seen = light(&both);
        assert_eq!(
            seen.iter().map(|(bytes, _)| bytes.as_slice()).collect::<Vec<_>>(),
            [b"Gerbang", b"Pintu 2"]
        );
    }
    // One leaves, then the other: neither is read where it was.
    assert_eq!(light(&both[..1]).len(), 1);
    assert!(light(&[]).is_empty());
    assert!(light(&[]).is_empty());
}

/// A sample, or as many as a long run asks for.
fn noise_frames() -> usize {
    let asked = std::env::var("GERBANG_NOISE_FRAMES").ok();
    asked.map_or(200, |count| count.parse().expect("a number"))
}

#[test]
fn nothing_is_read_in_noise_or_in_plain_grey() {
    let mut state = 9_u32;
    let noise = |grain: usize, state: &mut u32| {
        let mut luma = vec![0; 160 * 120];
        for y in 0..120 {
            for x in 0..160 {
                *state ^= *state << 13;
                *state ^= *state >> 17;
                *state ^= *state << 5;
                luma[y * 160 + x] = if x % grain + y % grain == 0 {
                    state.to_le_bytes()[1]
                } else {
                    luma[(y - y % grain) * 160 + x - x % grain]
                };
            }
        }
        Picture { luma, width: 160, height: 120 }
    };
    for round in 0..noise_frames() {
        assert!(read_to_the_end(&noise(1 + round % 5, &mut state)).is_empty());
    }
    for grey in [0, 1, 127, 255] {
        assert!(read(&Picture { luma: vec![grey; 300 * 200], width: 300, height: 200 }).is_empty());
    }
    for side in 1..40 {
        assert!(read(&Picture { luma: vec![0; side], width: side, height: 1 }).is_empty());
        assert!(read(&Picture { luma: vec![0; side], width: 1, height: side }).is_empty());
    }
}

#[test]
fn every_version_is_read_from_a_drawn_picture() {
    for version in 1..=40 {
        for module_px in [3, 8] {
            let codes = read(&code(b"Gerbang", version).picture(module_px));
            assert_eq!(codes.len(), 1, "version {version} at {module_px} px");
        }
    }
}

#[test]
fn every_version_is_read_at_any_angle_mirrored_and_light_on_dark() {
    for version in 1..=40i16 {
        let straight = code(b"any angle", version);
        for (turn, mirrored) in [(0.13, false), (0.61, true), (0.38, false), (0.87, true)] {
            for inverted in [false, true] {
                let drawn = if mirrored { straight.mirrored() } else { straight.clone() };
                let colours = if inverted { [225, 35] } else { [35, 225] };
                let angle = TAU * (turn + f32::from(version) / 40.0).fract();
                let codes = read(&drawn.turned(4.3, angle, colours));
                let told: Vec<_> = codes
                    .iter()
                    .map(|c| (c.bytes.as_slice(), i16::from(c.version), c.mirrored, c.inverted))
                    .collect();
                let expected = (b"any angle".as_slice(), version, mirrored, inverted);
                assert_eq!(told, [expected], "version {version}, angle {angle}");
            }
        }
    }
}
