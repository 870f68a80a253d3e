//! What is held up: a code on paper or on a phone's screen, and what has befallen it.

use super::Noise;
use qrcode::{Color, EcLevel, QrCode, Version};

const QUIET_MODULES: f32 = 4.0;

/// A screen's own grid, which beats with the camera's.
#[derive(Clone, Copy)]
pub struct Screen {
    /// Its pixels per module.
    pub pixels_per_module: f32,
    /// How much darker the seams between its pixels are, 0 to 1.
    pub seam: f32,
}

/// A code and its carrier; lengths in modules.
#[derive(Clone)]
pub struct Medium {
    pub content: Vec<u8>,
    pub version: i16,
    pub ecc: EcLevel,
    pub inverted: bool,
    pub mirrored: bool,
    /// Radius of curvature in code widths; infinite is flat.
    pub bend_radius: f32,
    /// How far the paper rises at a crease across it.
    pub crease: f32,
    /// Reach of a finger that covers the corner without a finder, or another one.
    pub finger: Option<(usize, f32)>,
    /// Spots of dirt, each about a module wide.
    pub spots: usize,
    /// Light lines across a broken screen.
    pub cracks: usize,
    /// Ink that missed, module by module, as a share.
    pub worn: f32,
    pub screen: Option<Screen>,
    pub seed: u64,
}

impl Default for Medium {
    fn default() -> Self {
        Self {
            content: b"Gerbang".to_vec(),
            version: 4,
            ecc: EcLevel::M,
            inverted: false,
            mirrored: false,
            bend_radius: f32::INFINITY,
            crease: 0.0,
            finger: None,
            spots: 0,
            cracks: 0,
            worn: 0.0,
            screen: None,
            seed: 1,
        }
    }
}

/// A medium with its modules and its damage worked out.
pub struct Drawn<'a> {
    medium: &'a Medium,
    dark: Vec<bool>,
    modules: usize,
    /// Centre and radius.
    spots: Vec<(f32, f32, f32)>,
    /// A point on each line and its direction.
    cracks: Vec<(f32, f32, f32)>,
    crease: (f32, f32),
}

impl Medium {
    /// Modules on a side.
    pub fn side(&self) -> f32 {
        f32::from(17 + 4 * self.version)
    }

    pub fn drawn(&self) -> Drawn<'_> {
        let code = QrCode::with_version(&self.content, Version::Normal(self.version), self.ecc)
            .expect("fits");
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        let side = self.side();
        let mut noise = Noise::new(self.seed);
        let mut place = |most: f32| noise.between(-most, most);
        let spots = (0..self.spots)
            .map(|_| (place(side / 2.0), place(side / 2.0), 0.7 + place(0.4)))
            .collect();
        let cracks =
            (0..self.cracks).map(|_| (place(side / 2.0), place(side / 2.0), place(1.6))).collect();
        let crease = (place(side / 5.0), place(1.6));
        Drawn { medium: self, dark, modules: code.width(), spots, cracks, crease }
    }
}

impl Drawn<'_> {
    /// 0 dark to 1 light at a point measured from the code's middle; `None` beside the paper.
    pub fn light_at(&self, x: f32, y: f32) -> Option<f32> {
        let medium = self.medium;
        let side = self.modules as f32;
        let (mut x, y) = self.uncreased(x, y);
        if medium.bend_radius.is_finite() {
            let radius = medium.bend_radius * side;
            x = radius * (x / radius).clamp(-1.0, 1.0).asin();
        }
        if medium.mirrored {
            x = -x;
        }
        let half = side / 2.0;
        if x.abs() >= half + QUIET_MODULES || y.abs() >= half + QUIET_MODULES {
            return None;
        }
        if let Some((corner, reach)) = medium.finger {
            let sign = |bit: usize| if corner & bit == 0 { half } else { -half };
            if (x - sign(1)).hypot(y - sign(2)) < reach {
                return Some(0.55);
            }
        }
        if self.cracks.iter().any(|crack| is_near(crack, x, y)) {
            return Some(0.9);
        }
        let paper = if medium.inverted { 0.0 } else { 1.0 };
        if self.spots.iter().any(|(sx, sy, radius)| (x - sx).hypot(y - sy) < *radius) {
            return Some(0.3);
        }
        let module = |at: f32| (0.0..side).contains(&at).then_some(at as usize);
        let Some((column, row)) = module(x + half).zip(module(y + half)) else {
            return Some(paper);
        };
        let at = row * self.modules + column;
        let worn = medium.worn > 0.0 && Noise::new(at as u64 ^ medium.seed).happens(medium.worn);
        let lit = if self.dark[at] && !worn { 1.0 - paper } else { paper };
        Some(lit * self.seams(x, y))
    }

    /// Along a crease the paper rises toward the camera, and what is there looks larger.
    fn uncreased(&self, x: f32, y: f32) -> (f32, f32) {
        if self.medium.crease == 0.0 {
            return (x, y);
        }
        let (offset, angle) = self.crease;
        let (sin, cos) = angle.sin_cos();
        let away = x * cos + y * sin - offset;
        let slope = 6.0f32;
        let shift = self.medium.crease * away.signum() * (-away.abs() / slope).exp();
        (x - shift * cos, y - shift * sin)
    }

    fn seams(&self, x: f32, y: f32) -> f32 {
        let Some(screen) = self.medium.screen else { return 1.0 };
        let in_seam = |at: f32| (at * screen.pixels_per_module).rem_euclid(1.0) < 0.3;
        if in_seam(x) || in_seam(y) { 1.0 - screen.seam } else { 1.0 }
    }
}

fn is_near(&(x, y, angle): &(f32, f32, f32), at_x: f32, at_y: f32) -> bool {
    let (sin, cos) = angle.sin_cos();
    ((at_x - x) * sin - (at_y - y) * cos).abs() < 0.25
}
