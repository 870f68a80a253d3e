//! Our own scenes, by difficulty: at least so many are read, and nothing is ever misread.

mod scene;

use gerbang_qr::{Effort, Scanner};
use scene::draw::{self, DIFFICULTIES, FAMILIES};

/// Scenes of each family and difficulty.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=4;
/// Least reads of 36: easy, usual, hard. Raised with every gain, never lowered.
const RATCHET: [usize; 3] = [36, 32, 22];
/// Calls for one picture.
const SLICES_MAX: usize = 64;

#[test]
fn scenes_are_read_at_least_as_well_as_before_and_never_misread() {
    let mut scanner = Scanner::new();
    let read = DIFFICULTIES.map(|difficulty| {
        let lots = SEEDS
            .flat_map(|seed| FAMILIES.iter().zip(0..).map(move |(f, at)| (f, seed * 100 + at)));
        lots.filter(|(family, seed)| {
            let scene = draw::scene(family, difficulty, *seed);
            let picture = scene.picture();
            let content = &scene.medium.as_ref().expect("a code").content;
            let mut is_read = false;
            for _ in 0..SLICES_MAX {
                let scan = scanner.scan(picture.frame(), Effort::Hard);
                for code in &scan.codes {
                    assert_eq!(&code.bytes, content, "{difficulty:?} {} {seed}", family.name);
                    is_read = true;
                }
                if !scan.pending {
                    break;
                }
            }
            is_read
        })
        .count()
    });
    println!("{read:?}");
    assert!(read.iter().zip(RATCHET).all(|(read, least)| *read >= least), "{read:?}");
}
