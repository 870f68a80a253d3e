//! What the officer could do about a frame in which nothing was read.

use crate::finder::Finder;
use crate::threshold::Thresholds;
use crate::{Hint, LumaFrame, Point};

/// Finders with fewer good rays say nothing.
const RAYS_MIN: u8 = 16;
/// Below it, nothing is bright: an unlit room.
const DARK_BELOW: u8 = 56;
/// From it on, a block has lost its dark modules to light.
const WHITE_FROM: u8 = 248;
/// Modules smaller than that are rarely read.
const MODULE_PX_MIN: f32 = 2.2;
/// Least contrast in which blur can be told.
const CONTRAST_MIN: u8 = 60;
/// Modules of the smallest code, without its margin.
const CODE_MODULES_MIN: f32 = 21.0;

/// `thresholds` as measured on `frame`, `left` the finders of no code that was read.
pub fn of<'a>(
    frame: LumaFrame<'_>,
    thresholds: &Thresholds,
    left: impl Iterator<Item = &'a Finder> + Clone,
) -> Option<Hint> {
    let levels = Levels::of(thresholds);
    if levels.brightest < DARK_BELOW {
        return Some(Hint::TooDark);
    }
    let seen = left.filter(|finder| finder.good_rays >= RAYS_MIN);
    let count = seen.clone().count();
    let Some(module_px) = seen.clone().map(|f| f.module_px).max_by(f32::total_cmp) else {
        if levels.darkest >= WHITE_FROM {
            return Some(Hint::Glare);
        }
        return levels.is_blurred().then_some(Hint::Blurred);
    };
    let shorter_px = frame.width_px().min(frame.height_px()) as f32;
    if white_share(thresholds, seen.map(|f| f.centre), module_px) > 0.1 {
        Some(Hint::Glare)
    } else if module_px < MODULE_PX_MIN {
        Some(Hint::TooSmall)
    } else if count < 3 && module_px * CODE_MODULES_MIN > 0.8 * shorter_px {
        Some(Hint::TooLarge)
    } else if levels.is_blurred() {
        Some(Hint::Blurred)
    } else {
        Some(Hint::SeenUnread)
    }
}

/// Share of washed-out blocks between the finders, or around a single one.
fn white_share(
    thresholds: &Thresholds,
    centres: impl Iterator<Item = Point>,
    module_px: f32,
) -> f32 {
    let (mut least, mut most) = (Point::new(f32::MAX, f32::MAX), Point::new(0.0, 0.0));
    for centre in centres {
        least = Point::new(least.x.min(centre.x), least.y.min(centre.y));
        most = Point::new(most.x.max(centre.x), most.y.max(centre.y));
    }
    let around = 3.5 * module_px;
    let (from, to) =
        (least.plus(Point::new(-around, -around)), most.plus(Point::new(around, around)));
    let (mut white, mut all) = (0.0f32, 0.0f32);
    for (darkest, _) in thresholds.blocks_within(from, to) {
        white += f32::from(u8::from(darkest >= WHITE_FROM));
        all += 1.0;
    }
    // A light module may fill a block where modules are large.
    let fills = if module_px >= 12.0 { 0.55 } else { 0.0 };
    white / all.max(1.0) - fills
}

/// How blocks of the picture are spread from dark to bright, and the steepest of them.
struct Levels {
    darkest: u8,
    brightest: u8,
    steepest: u8,
}

impl Levels {
    fn of(thresholds: &Thresholds) -> Self {
        let mut counts = [[0u32; 256]; 2];
        let mut all = 0;
        for (darkest, brightest) in thresholds.blocks() {
            counts[0][usize::from(darkest)] += 1;
            counts[1][usize::from(brightest)] += 1;
            all += 1;
        }
        let rank = |counts: &[u32], share: u32| {
            let mut left = all * share / 100;
            (0..=u8::MAX)
                .find(|level| {
                    let count = counts.get(usize::from(*level)).copied().unwrap_or(0);
                    let found = count > left;
                    left = left.saturating_sub(count);
                    found
                })
                .unwrap_or(u8::MAX)
        };
        Self {
            darkest: rank(&counts[0], 2),
            brightest: rank(&counts[1], 97),
            steepest: rank(thresholds.ranges(), 99),
        }
    }

    /// Dark and bright are there, but no edge between them within a block.
    fn is_blurred(&self) -> bool {
        let contrast = self.brightest.saturating_sub(self.darkest);
        contrast >= CONTRAST_MIN && u16::from(self.steepest) * 100 < u16::from(contrast) * 64
    }
}
