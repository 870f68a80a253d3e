//! Scenes by lot: which credential, on what, how hard to read.

use super::{Medium, Noise, Optics, Scene, Screen};
use qrcode::EcLevel;

/// A kind of credential as its code looks: how the text begins, in what letters, at which versions.
pub struct Family {
    pub name: &'static str,
    prefix: &'static str,
    letters: Letters,
    versions: [i16; 2],
    ecc: EcLevel,
}

#[derive(Clone, Copy)]
enum Letters {
    Digits,
    Base45,
    /// Lower case: byte mode.
    Base64,
    Binary,
}

/// With the versions at which they are met.
pub const FAMILIES: [Family; 9] = [
    Family::new("gerbang", "GB1:", Letters::Base45, [9, 12], EcLevel::M),
    Family::new("hc1", "HC1:", Letters::Base45, [12, 18], EcLevel::Q),
    Family::new("shc", "shc:/", Letters::Digits, [18, 22], EcLevel::L),
    Family::new("nzcp", "NZCP:/1/", Letters::Base45, [12, 14], EcLevel::M),
    Family::new("divoc", "PK\u{3}\u{4}", Letters::Binary, [25, 30], EcLevel::L),
    Family::new("vds-nc", "{\"data\":", Letters::Base64, [24, 33], EcLevel::L),
    Family::new("claim169", "", Letters::Base45, [14, 22], EcLevel::L),
    Family::new("pretix", "", Letters::Base64, [4, 6], EcLevel::M),
    Family::new("poster", "https://gerbang.example/#", Letters::Base64, [7, 10], EcLevel::Q),
];

/// How much stands between the code and the camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difficulty {
    Easy,
    Usual,
    Hard,
}

pub const DIFFICULTIES: [Difficulty; 3] = [Difficulty::Easy, Difficulty::Usual, Difficulty::Hard];

impl Family {
    const fn new(
        name: &'static str,
        prefix: &'static str,
        letters: Letters,
        versions: [i16; 2],
        ecc: EcLevel,
    ) -> Self {
        Self { name, prefix, letters, versions, ecc }
    }

    /// A code of this kind with random content that fills its version to four fifths.
    pub fn medium(&self, noise: &mut Noise) -> Medium {
        let [least, most] = self.versions;
        let span = usize::try_from(most - least + 1).expect("positive");
        let version = least + i16::try_from(noise.below(span)).expect("small");
        let bits = qrcode::bits::Bits::new(qrcode::Version::Normal(version))
            .max_len(self.ecc)
            .expect("known");
        let tenths_of_a_bit = match self.letters {
            Letters::Digits => 34,
            Letters::Base45 => 55,
            Letters::Base64 | Letters::Binary => 80,
        };
        let room = bits * 8 / tenths_of_a_bit;
        let mut content = self.prefix.as_bytes().to_vec();
        while content.len() < room.saturating_sub(self.prefix.len()) {
            content.push(self.letters.pick(noise));
        }
        Medium { content, version, ecc: self.ecc, seed: noise.next(), ..Medium::default() }
    }
}

impl Letters {
    fn pick(self, noise: &mut Noise) -> u8 {
        let letters: &[u8] = match self {
            Self::Digits => b"0123456789",
            Self::Base45 => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:",
            Self::Base64 => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            Self::Binary => return noise.next().to_le_bytes()[2],
        };
        letters[noise.below(letters.len())]
    }
}

/// A 720p picture of a medium in a visitor's hand, or 1080p where the code is large.
pub fn scene(family: &Family, difficulty: Difficulty, seed: u64) -> Scene {
    let mut noise = Noise::new(seed);
    let medium = family.medium(&mut noise);
    let large = medium.version > 18;
    let (width, height) = if large { (1920, 1080) } else { (1280, 720) };
    let side = medium.side();
    let share = match difficulty {
        Difficulty::Easy => noise.between(0.5, 0.75),
        Difficulty::Usual => noise.between(0.35, 0.75),
        Difficulty::Hard => noise.between(0.25, 0.7),
    };
    let module_px = share * height as f32 / side;
    let play = |share: f32, noise: &mut Noise| noise.between(0.5 - share, 0.5 + share);
    let centre = (
        play(0.2, &mut noise) * width as f32,
        play(0.5 - share / 2.0 - 0.07, &mut noise) * height as f32,
    );
    let mut scene = Scene {
        width,
        height,
        module_px,
        turn_rad: noise.spread() * 0.3,
        tilt: noise.between(0.0, 0.15),
        tilt_rad: noise.between(0.0, 6.2),
        centre: Some(centre),
        clutter: 12,
        medium: Some(medium),
        optics: Optics { noise: noise.between(1.0, 3.0), ..Optics::default() },
        wall_seed: noise.next(),
        seed: noise.next(),
        ..Scene::default()
    };
    if difficulty != Difficulty::Easy {
        let strength = if difficulty == Difficulty::Hard { 1.0 } else { 0.5 };
        trouble(&mut scene, strength, &mut noise);
    }
    scene
}

/// Some of all that goes wrong at a gate, each by lot, the stronger the harder.
fn trouble(scene: &mut Scene, strength: f32, noise: &mut Noise) {
    let module_px = scene.module_px;
    let chance = 0.2 + 0.15 * strength;
    let comes = |noise: &mut Noise| noise.happens(chance);
    if comes(noise) {
        scene.optics.blur_px = noise.between(0.15, 0.25 + 0.3 * strength) * module_px;
    }
    if comes(noise) {
        let (way, turn) = (noise.between(0.2, 1.3 * strength) * module_px, noise.between(0.0, 6.2));
        scene.optics.shake_px = (way * turn.cos(), way * turn.sin());
    }
    if comes(noise) {
        scene.optics.noise = noise.between(3.0, 3.0 + 13.0 * strength);
    }
    if comes(noise) {
        scene.dark = noise.between(25.0, 60.0);
        scene.light = scene.dark + noise.between(70.0 - 45.0 * strength, 90.0);
    }
    if comes(noise) {
        scene.optics.shade = noise.between(0.2, 0.75 * strength + 0.1);
    }
    if comes(noise) {
        scene.optics.shadow =
            Some((noise.between(0.3, 0.7), noise.between(0.2, 0.3 + 0.4 * strength)));
    }
    if comes(noise) {
        let radius = noise.between(0.05, 0.1 + 0.12 * strength);
        scene.optics.glare = Some((noise.between(80.0, 240.0), radius));
    }
    if comes(noise) {
        scene.optics.exposure = noise.between(1.0, 1.0 + 0.8 * strength);
    }
    if comes(noise) {
        scene.optics.blocks = noise.between(0.1, 1.1 * strength);
    }
    if comes(noise) {
        scene.tilt = noise.between(0.15, 0.2 + 0.55 * strength);
        scene.turn_rad = noise.between(0.0, 6.2);
    }
    let Some(medium) = &mut scene.medium else { return };
    damage(medium, strength, chance, noise);
}

/// What happens to paper, or to a phone.
fn damage(medium: &mut Medium, strength: f32, chance: f32, noise: &mut Noise) {
    let comes = |noise: &mut Noise| noise.happens(chance);
    let spots = (medium.side() * 0.25 * strength) as usize + 1;
    if noise.happens(0.5) {
        if comes(noise) {
            medium.bend_radius = noise.between(1.4 - 0.8 * strength, 2.5);
        }
        if comes(noise) {
            medium.crease = noise.between(0.2, 1.2 * strength);
        }
        if comes(noise) {
            medium.spots = noise.below(spots) + 1;
        }
        if comes(noise) {
            medium.worn = noise.between(0.0, 0.05 * strength);
        }
    } else {
        let pixels_per_module = noise.between(3.0, 9.0);
        medium.screen = Some(Screen { pixels_per_module, seam: noise.between(0.1, 0.4) });
        if comes(noise) {
            medium.cracks = noise.below((3.0 * strength) as usize + 1) + 1;
        }
        medium.inverted = comes(noise) && noise.happens(0.3);
    }
    if noise.happens(chance / 2.0) {
        // Corner 0 is the bottom right one, which has no finder.
        medium.finger = Some((0, noise.between(2.0, 3.0 + 0.06 * strength * medium.side())));
    }
}
