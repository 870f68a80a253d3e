//! Codes in drawn pictures are read where they are; nothing is read in noise.

use gerbang_qr::{Effort, LumaFrame, Scanner};
use qrcode::{Color, EcLevel, QrCode, Version};

const QUIET_MODULES: usize = 4;

struct Picture {
    luma: Vec<u8>,
    width: usize,
    height: usize,
}

impl Picture {
    fn frame(&self) -> LumaFrame<'_> {
        LumaFrame::new(&self.luma, self.width, self.height, self.width).expect("a frame")
    }

    fn of_code(content: &[u8], version: i16, module_px: usize) -> Self {
        let code =
            QrCode::with_version(content, Version::Normal(version), EcLevel::M).expect("fits");
        let colors = code.to_colors();
        let modules = code.width();
        let side = (modules + 2 * QUIET_MODULES) * module_px;
        let dark = |x: usize, y: usize| {
            let module = |at: usize| (at / module_px).checked_sub(QUIET_MODULES);
            match (module(x), module(y)) {
                (Some(x), Some(y)) if x < modules && y < modules => {
                    colors[y * modules + x] == Color::Dark
                }
                _ => false,
            }
        };
        let luma =
            (0..side * side).map(|at| if dark(at % side, at / side) { 30 } else { 220 }).collect();
        Self { luma, width: side, height: side }
    }
}

fn read(picture: &Picture) -> Vec<gerbang_qr::ScannedCode> {
    Scanner::new().scan(picture.frame(), Effort::Hard).codes
}

#[test]
fn a_drawn_code_is_read_with_its_corners() {
    let codes = read(&Picture::of_code(b"Gerbang", 3, 6));
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
    for round in 0..200 {
        assert!(read(&noise(1 + round % 5, &mut state)).is_empty());
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
            let codes = read(&Picture::of_code(b"Gerbang", version, module_px));
            assert_eq!(codes.len(), 1, "version {version} at {module_px} px");
        }
    }
}
