//! Pictures and clips of codes as a phone would take them: seeded, the same in every run.
//!
//! Shape: `Scene` (what is held up, and how it is seen) → `Picture`; `Clip` → a picture for each frame.
//! `draw` makes scenes of a difficulty, `clip` lets them move; the truth is the scene's own content.
//! Not here: colour; lenses that distort; rolling shutters.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::cast_possible_truncation, reason = "pixel arithmetic within small pictures")]

pub mod clip;
pub mod draw;
mod medium;
mod optics;
pub mod y4m;

pub use medium::{Medium, Screen};
pub use optics::Optics;

use gerbang_qr::LumaFrame;

/// Xorshift.
#[derive(Clone)]
pub struct Noise(pub u64);

impl Noise {
    /// Neighbouring seeds give unlike sequences; 0 is a seed too.
    pub fn new(seed: u64) -> Self {
        let mut noise = Self(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        noise.next();
        noise
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("small")
    }

    /// Evenly from `low` to `high`.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.next() >> 40) as f32 / (1u64 << 24) as f32)
    }

    pub fn happens(&mut self, chance: f32) -> bool {
        self.between(0.0, 1.0) < chance
    }

    /// −1 to 1, most often near 0.
    pub fn spread(&mut self) -> f32 {
        let die = |n: u64| (n & 0xffff) as f32 / 65_535.0;
        let n = self.next();
        (die(n) + die(n >> 16) + die(n >> 32)) / 1.5 - 1.0
    }
}

#[derive(Clone)]
pub struct Picture {
    pub luma: Vec<u8>,
    pub width: usize,
    pub height: usize,
}

impl Picture {
    pub fn frame(&self) -> LumaFrame<'_> {
        LumaFrame::new(&self.luma, self.width, self.height, self.width).expect("a frame")
    }
}

/// What is seen and how.
#[derive(Clone)]
pub struct Scene {
    /// `None`: the empty wall or lobby.
    pub medium: Option<Medium>,
    pub width: usize,
    pub height: usize,
    /// Size of a module in the middle of the code.
    pub module_px: f32,
    pub turn_rad: f32,
    /// 0 is straight on; 1 halves the far side.
    pub tilt: f32,
    /// Toward where the far side lies.
    pub tilt_rad: f32,
    pub centre: Option<(f32, f32)>,
    /// Things on the wall.
    pub clutter: usize,
    pub dark: f32,
    pub light: f32,
    pub optics: Optics,
    pub wall_seed: u64,
    /// Of the grain.
    pub seed: u64,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            medium: Some(Medium::default()),
            width: 480,
            height: 360,
            module_px: 6.0,
            turn_rad: 0.0,
            tilt: 0.0,
            tilt_rad: 0.0,
            centre: None,
            clutter: 0,
            dark: 40.0,
            light: 200.0,
            optics: Optics::default(),
            wall_seed: 1,
            seed: 1,
        }
    }
}

impl Scene {
    /// Renders by asking each pixel (four points of it) what it sees, then the camera's faults.
    pub fn picture(&self) -> Picture {
        let mut grey = self.wall();
        if let Some(medium) = &self.medium {
            self.paint(medium, &mut grey);
        }
        let code_px = self.medium.as_ref().map_or(0.0, |medium| medium.side()) * self.module_px;
        let centre = self.centre_px();
        let luma = self.optics.seen(grey, self.width, self.height, (centre, code_px), self.seed);
        Picture { luma, width: self.width, height: self.height }
    }

    fn centre_px(&self) -> (f32, f32) {
        self.centre.unwrap_or((self.width as f32 / 2.0, self.height as f32 / 2.0))
    }

    /// A plain wall, and on it boards of stripes and flat grey, as doors, blinds, shelves and notices are.
    fn wall(&self) -> Vec<f32> {
        let middle = f32::midpoint(self.dark, self.light);
        let mut grey = vec![middle; self.width * self.height];
        let mut noise = Noise::new(self.wall_seed);
        for _ in 0..self.clutter {
            let (width, height) = (self.width as f32, self.height as f32);
            let (left, top) = (noise.between(-0.1, 1.0) * width, noise.between(-0.1, 1.0) * height);
            let (wide, high) =
                (noise.between(0.02, 0.3) * width, noise.between(0.02, 0.4) * height);
            let (base, other) =
                (noise.between(self.dark, self.light), noise.between(self.dark, self.light));
            let pitch = noise.between(3.0, 40.0);
            let kind = noise.below(3);
            let rows = top.max(0.0) as usize..((top + high).max(0.0) as usize).min(self.height);
            let columns = left.max(0.0) as usize..((left + wide).max(0.0) as usize).min(self.width);
            for y in rows {
                for x in columns.clone() {
                    let stripe = match kind {
                        0 => 0.0,
                        1 => x as f32 / pitch,
                        _ => y as f32 / pitch + (x as f32 / (pitch * 0.7)).sin(),
                    };
                    let level = if stripe.rem_euclid(2.0) < 1.0 { base } else { other };
                    grey[y * self.width + x] = level;
                }
            }
        }
        grey
    }

    fn paint(&self, medium: &Medium, grey: &mut [f32]) {
        let drawn = medium.drawn();
        let (cx, cy) = self.centre_px();
        let (sin, cos) = self.turn_rad.sin_cos();
        let (tilt_sin, tilt_cos) = self.tilt_rad.sin_cos();
        let side = medium.side();
        let reach = side * self.module_px * (1.2 + self.tilt);
        let within = |at: f32, most: usize| (at.max(0.0) as usize).min(most);
        for y in within(cy - reach, self.height)..within(cy + reach, self.height) {
            for x in within(cx - reach, self.width)..within(cx + reach, self.width) {
                let at = y * self.width + x;
                let mut sum = 0.0;
                for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                    let dx = (x as f32 + dx - cx) / self.module_px;
                    let dy = (y as f32 + dy - cy) / self.module_px;
                    let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
                    let depth = 1.0 + self.tilt * (u * tilt_cos + v * tilt_sin) / side;
                    let lit = drawn.light_at(u / depth, v / depth);
                    sum += lit.map_or(grey[at], |lit| self.dark + (self.light - self.dark) * lit);
                }
                grey[at] = sum / 4.0;
            }
        }
    }
}
