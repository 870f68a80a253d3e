//! Frame after frame: what a light look misses, harder looks at the next frames read.

use fast_qr::{ECL, QRBuilder};
use gerbang::scan::{FrameScanner, Look, LumaFrame};

#[test]
fn video_and_still_tell_the_same_code_with_its_exact_content() {
    let picture = Picture::of("GB1:EXAMPLE", 4, 30, 225);
    for look in [Look::Video, Look::Still] {
        let reading = FrameScanner::new().read(picture.frame(), look);
        let [payload] = reading.payloads.as_slice() else { panic!("{look:?}: {reading:?}") };
        assert_eq!(payload.text(), Some("GB1:EXAMPLE"));
        assert_eq!(reading.hint, None);
    }
}

#[test]
fn the_same_content_twice_in_one_frame_is_told_once_and_two_contents_are_two() {
    let (a, b) = (Picture::of("A", 4, 30, 225), Picture::of("B", 4, 30, 225));
    for look in [Look::Video, Look::Still] {
        let twice = FrameScanner::new().read(a.beside(&a).frame(), look);
        assert_eq!(twice.payloads.len(), 1, "{look:?}");
        let both = FrameScanner::new().read(a.beside(&b).frame(), look);
        assert_eq!(both.payloads.len(), 2, "{look:?}");
    }
}

#[test]
fn a_hard_frame_before_does_not_keep_a_clear_code_from_being_read() {
    let mut scanner = FrameScanner::new();
    let torn = Picture::of("TORN", 4, 30, 225).torn();
    let clear = Picture::of("CLEAR", 4, 30, 225);
    for _ in 0..5 {
        assert!(scanner.read(torn.frame(), Look::Video).payloads.is_empty());
        let reading = scanner.read(clear.frame(), Look::Video);
        assert_eq!(reading.payloads.len(), 1, "whatever slice of work was under way");
    }
}

#[test]
fn a_card_cut_into_codes_is_told_part_by_part_and_then_whole() {
    let mut scanner = FrameScanner::new();
    let wall = Picture { luma: vec![200; 200 * 200], width_px: 200, height_px: 200 };
    let chunk = |number: u8| Picture::of(&format!("shc:/{number}/3/{number}{number}"), 4, 30, 225);
    let mut see = |picture: &Picture| scanner.read(picture.frame(), Look::Video);
    assert_eq!(see(&chunk(2)).parts, Some((1, 3)));
    assert_eq!(see(&wall).parts, Some((1, 3)), "while the next one is fetched");
    assert_eq!(see(&chunk(1)).parts, Some((2, 3)));
    let reading = see(&chunk(3));
    let [payload] = reading.payloads.as_slice() else { panic!("{reading:?}") };
    assert_eq!((payload.text(), reading.parts), (Some("shc:/112233"), None));
    // Its last code stays in view for a while.
    let again = see(&chunk(3));
    assert_eq!((again.payloads.len(), again.parts), (0, None));
    // A part that nobody completes is not the next visitor's.
    assert_eq!(see(&Picture::of("shc:/1/3/99", 4, 30, 225)).parts, Some((1, 3)));
    let forgotten = (0..500).any(|_| see(&wall).parts.is_none());
    assert!(forgotten);
    assert_eq!(see(&chunk(2)).parts, Some((1, 3)));
}

/// A code on paper.
struct Picture {
    luma: Vec<u8>,
    width_px: usize,
    height_px: usize,
}

impl Picture {
    fn of(text: &str, module_px: usize, ink: u8, paper: u8) -> Self {
        const QUIET_MODULES: usize = 4;
        let code = QRBuilder::new(text).ecl(ECL::M).build().expect("a short text fits");
        let side_px = (code.size + 2 * QUIET_MODULES) * module_px;
        let is_dark = |x: usize, y: usize| {
            let at = |px: usize| (px / module_px).checked_sub(QUIET_MODULES);
            let (Some(x), Some(y)) = (at(x), at(y)) else { return false };
            x < code.size && y < code.size && code[y][x].value()
        };
        let luma = (0..side_px * side_px)
            .map(|i| if is_dark(i % side_px, i / side_px) { ink } else { paper })
            .collect();
        Self { luma, width_px: side_px, height_px: side_px }
    }

    /// Of the same height.
    fn beside(&self, other: &Self) -> Self {
        let rows = self.luma.chunks(self.width_px).zip(other.luma.chunks(other.width_px));
        let luma = rows.flat_map(|(left, right)| [left, right].concat()).collect();
        let width_px = self.width_px + other.width_px;
        Self { luma, width_px, height_px: self.height_px }
    }

    /// Its finders are there, its data is not.
    fn torn(mut self) -> Self {
        let (from, to) = (self.height_px * 5 / 12, self.height_px * 7 / 12);
        for (row, luma) in self.luma.chunks_mut(self.width_px).enumerate() {
            for (column, pixel) in luma.iter_mut().enumerate() {
                if (from..to).contains(&row) || (from..to).contains(&column) {
                    *pixel = if (row / 4 + column / 4) % 3 == 0 { 30 } else { 225 };
                }
            }
        }
        self
    }

    fn frame(&self) -> LumaFrame<'_> {
        LumaFrame::new(&self.luma, self.width_px, self.height_px, self.width_px).expect("a frame")
    }
}
