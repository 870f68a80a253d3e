//! Writes a clip of a code as a phone would take it, for a camera that is a file.
//!
//!   clip DIFFICULTY SEED HEX_CONTENT OUT.y4m

#[path = "../tests/scene/mod.rs"]
mod scene;

use qrcode::{QrCode, Version};
use scene::clip::{Clip, FRAMES};
use scene::draw::{Difficulty, FAMILIES};
use std::fs::File;
use std::io::BufWriter;

fn main() -> std::io::Result<()> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [difficulty, seed, hex, out] = given.as_slice() else {
        panic!("clip DIFFICULTY SEED HEX_CONTENT OUT.y4m");
    };
    let difficulty = match difficulty.as_str() {
        "easy" => Difficulty::Easy,
        "usual" => Difficulty::Usual,
        _ => Difficulty::Hard,
    };
    let mut clip = Clip::new(&FAMILIES[0], difficulty, seed.parse().expect("a number"));
    let content: Vec<u8> = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            let digits = std::str::from_utf8(pair).expect("digits");
            u8::from_str_radix(digits, 16).expect("hexadecimal digits")
        })
        .collect();
    let medium = clip.scene.medium.as_mut().expect("a clip is of a code");
    let code = QrCode::with_error_correction_level(&content, medium.ecc).expect("fits");
    let Version::Normal(version) = code.version() else { unreachable!("no Micro QR is asked for") };
    // As large as the code of the family that was drawn.
    clip.scene.module_px *= f32::from(17 + 4 * medium.version) / f32::from(17 + 4 * version);
    (medium.content, medium.version) = (content, version);
    let mut file = BufWriter::new(File::create(out)?);
    scene::y4m::write(&mut file, (0..FRAMES).map(|at| clip.frame(at)))
}
