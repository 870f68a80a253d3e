//! What is wrong with a picture is told, each with a picture of it.

mod scene;
mod written;

use gerbang_qr::{Effort, Hint, Mode, Scanner};
use scene::{Medium, Optics, Picture, Scene};
use written::{LEVELS, MASKS, Stream};

/// With grey over its middle.
fn scratched(scene: &Scene) -> Picture {
    let mut picture = scene.picture();
    for y in 120..250 {
        for x in 185..300 {
            picture.luma[y * picture.width + x] = 120;
        }
    }
    picture
}

fn seen_by(optics: Optics) -> Scene {
    Scene { optics, ..Scene::default() }
}

fn version(version: i16) -> Option<Medium> {
    Some(Medium { version, ..Medium::default() })
}

fn check(scene: &Scene, expected: Option<Hint>) {
    check_picture(&scene.picture(), expected);
}

fn check_picture(picture: &Picture, expected: Option<Hint>) {
    let scan = Scanner::new().scan(picture.frame(), Effort::Light);
    assert!(scan.codes.is_empty());
    assert_eq!(scan.hint, expected);
}

#[test]
fn a_code_that_is_read_needs_no_hint() {
    let scan = Scanner::new().scan(Scene::default().picture().frame(), Effort::Light);
    assert_eq!((scan.codes.len(), scan.hint), (1, None));
}

#[test]
fn an_unlit_code_is_too_dark() {
    let optics = Optics { noise: 4.0, ..Optics::default() };
    check(&Scene { dark: 8.0, light: 13.0, ..seen_by(optics) }, Some(Hint::TooDark));
}

#[test]
fn a_lamp_on_the_code_is_glare() {
    let optics = Optics { glare: Some((400.0, 0.33)), ..Optics::default() };
    check(&seen_by(optics), Some(Hint::Glare));
}

#[test]
fn an_overexposed_picture_is_glare() {
    let optics = Optics { noise: 0.5, ..Optics::default() };
    check(&Scene { dark: 251.0, light: 255.0, ..seen_by(optics) }, Some(Hint::Glare));
}

#[test]
fn a_defocused_code_is_blurred() {
    let optics = Optics { blur_px: 4.5, ..Optics::default() };
    check(&Scene { dark: 20.0, light: 230.0, ..seen_by(optics) }, Some(Hint::Blurred));
}

#[test]
fn tiny_modules_are_too_small() {
    let optics = Optics { noise: 1.0, blur_px: 0.2, ..Optics::default() };
    let scene = Scene { module_px: 1.9, medium: version(14), ..seen_by(optics) };
    check_picture(&scratched(&scene), Some(Hint::TooSmall));
}

#[test]
fn a_code_that_is_cut_off_is_too_large() {
    let scene = Scene {
        medium: version(1),
        module_px: 19.0,
        centre: Some((240.0, 330.0)),
        ..Scene::default()
    };
    check(&scene, Some(Hint::TooLarge));
}

#[test]
fn a_code_with_its_middle_scratched_away_is_seen_but_unread() {
    let picture = scratched(&Scene::default());
    let scan = Scanner::new().scan(picture.frame(), Effort::Light);
    assert!(scan.codes.is_empty());
    assert_eq!((scan.hint, scan.pending), (Some(Hint::SeenUnread), true));
}

#[test]
fn two_codes_beside_each_other_are_told_unless_they_say_the_same() {
    let picture =
        |text: &[u8]| Stream::new(2).segment(Mode::Byte, text).code(LEVELS[1], MASKS[0]).picture(4);
    let hint = |other: &[u8]| {
        let both = picture(b"Gerbang").beside(&picture(other));
        let scan = Scanner::new().scan(both.frame(), Effort::Light);
        (scan.codes.len(), scan.hint)
    };
    assert_eq!(hint(b"other"), (2, Some(Hint::TwoCodes)));
    assert_eq!(hint(b"Gerbang"), (2, None));
}

#[test]
fn a_wall_gives_no_hint() {
    let luma: Vec<u8> =
        (0..640 * 480u32).map(|at| 120 + (at % 640 / 20).to_le_bytes()[0]).collect();
    let frame = gerbang_qr::LumaFrame::new(&luma, 640, 480, 640).expect("a frame");
    let scan = Scanner::new().scan(frame, Effort::Light);
    assert_eq!((scan.codes.len(), scan.hint, scan.pending), (0, None, false));
}
