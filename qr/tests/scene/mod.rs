//! Pictures of codes as a phone would take them: seeded, the same in every run.
#![allow(dead_code, reason = "each test binary uses a part")]
#![allow(clippy::cast_possible_truncation, reason = "pixel arithmetic within small pictures")]

use gerbang_qr::LumaFrame;
use qrcode::{Color, EcLevel, QrCode, Version};

const QUIET_MODULES: f32 = 4.0;

/// Xorshift.
pub struct Noise(pub u64);

impl Noise {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("small")
    }

    /// −1 to 1, most often near 0.
    pub fn spread(&mut self) -> f32 {
        let die = |n: u64| (n & 0xffff) as f32 / 65_535.0;
        let n = self.next();
        (die(n) + die(n >> 16) + die(n >> 32)) / 1.5 - 1.0
    }
}

/// What is seen and how.
#[derive(Clone)]
pub struct Scene {
    pub content: Vec<u8>,
    pub version: i16,
    pub ecc: EcLevel,
    pub width: usize,
    pub height: usize,
    pub module_px: f32,
    pub turn_rad: f32,
    /// 0 is straight on; 1 halves the far side.
    pub tilt: f32,
    /// Radius of curvature of the paper in code widths; infinite is flat.
    pub bend_radius: f32,
    pub dark: f32,
    pub light: f32,
    /// Standard deviations of the blur, in pixels.
    pub blur_px: f32,
    pub noise: f32,
    /// Brightness added in a spot in the middle, its radius in code widths.
    pub glare: Option<(f32, f32)>,
    /// Brightness falls by this share from left to right.
    pub shade: f32,
    pub inverted: bool,
    pub mirrored: bool,
    pub centre: Option<(f32, f32)>,
    pub seed: u64,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            content: b"Gerbang".to_vec(),
            version: 4,
            ecc: EcLevel::M,
            width: 480,
            height: 360,
            module_px: 6.0,
            turn_rad: 0.0,
            tilt: 0.0,
            bend_radius: f32::INFINITY,
            dark: 40.0,
            light: 200.0,
            blur_px: 0.7,
            noise: 3.0,
            glare: None,
            shade: 0.0,
            inverted: false,
            mirrored: false,
            centre: None,
            seed: 1,
        }
    }
}

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

impl Scene {
    /// Renders by asking each pixel (four points of it) which module it sees.
    pub fn picture(&self) -> Picture {
        let code = QrCode::with_version(&self.content, Version::Normal(self.version), self.ecc)
            .expect("fits");
        let colors = code.to_colors();
        let modules = code.width();
        let side = modules as f32;
        let (cx, cy) = self.centre.unwrap_or((self.width as f32 / 2.0, self.height as f32 / 2.0));
        let (sin, cos) = self.turn_rad.sin_cos();
        let code_px = side * self.module_px;
        let ink = |px: f32, py: f32| {
            let (dx, dy) = ((px - cx) / self.module_px, (py - cy) / self.module_px);
            let (mut x, mut y) = (dx * cos + dy * sin, dy * cos - dx * sin);
            let depth = 1.0 + self.tilt * x / side;
            (x, y) = (x / depth, y / depth);
            if self.bend_radius.is_finite() {
                let radius = self.bend_radius * side;
                x = radius * (x / radius).clamp(-1.0, 1.0).asin();
            }
            if self.mirrored {
                x = -x;
            }
            let (x, y) = (x + side / 2.0, y + side / 2.0);
            let on_paper = |at: f32| (-QUIET_MODULES..side + QUIET_MODULES).contains(&at);
            if !on_paper(x) || !on_paper(y) {
                return None;
            }
            let module = |at: f32| (0.0..side).contains(&at).then_some(at as usize);
            let dark = match (module(x), module(y)) {
                (Some(x), Some(y)) => colors[y * modules + x] == Color::Dark,
                _ => false,
            };
            Some(dark != self.inverted)
        };
        let mut grey = Vec::with_capacity(self.width * self.height);
        for y in 0..self.height {
            for x in 0..self.width {
                let mut sum = 0.0;
                for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                    sum += match ink(x as f32 + dx, y as f32 + dy) {
                        Some(true) => self.dark,
                        Some(false) => self.light,
                        None => f32::midpoint(self.dark, self.light),
                    };
                }
                grey.push(sum / 4.0);
            }
        }
        if self.blur_px > 0.0 {
            blur(&mut grey, self.width, self.height, self.blur_px);
        }
        let mut noise = Noise(self.seed * 0x9e37_79b9 + 1);
        let luma = grey.iter().enumerate().map(|(at, grey)| {
            let (x, y) = ((at % self.width) as f32, (at / self.width) as f32);
            let spot = self.glare.map_or(0.0, |(strength, radius)| {
                let far = ((x - cx).hypot(y - cy) / (radius * code_px)).powi(4);
                strength / (1.0 + far)
            });
            let shade = 1.0 - self.shade * x / self.width as f32;
            (grey * shade + spot + self.noise * 2.0 * noise.spread()).clamp(0.0, 255.0) as u8
        });
        Picture { luma: luma.collect(), width: self.width, height: self.height }
    }
}

/// Three box blurs each way come close to a Gaussian.
fn blur(grey: &mut [f32], width: usize, height: usize, deviation_px: f32) {
    let reach = deviation_px;
    let mut line = Vec::new();
    for _ in 0..3 {
        for y in 0..height {
            line.clear();
            line.extend_from_slice(&grey[y * width..(y + 1) * width]);
            for x in 0..width {
                grey[y * width + x] = box_mean(&line, x, reach);
            }
        }
        for x in 0..width {
            line.clear();
            line.extend((0..height).map(|y| grey[y * width + x]));
            for y in 0..height {
                grey[y * width + x] = box_mean(&line, y, reach);
            }
        }
    }
}

/// Mean over `reach` to both sides, the last ones in part.
fn box_mean(line: &[f32], at: usize, reach: f32) -> f32 {
    let whole = reach as usize;
    let part = reach - whole as f32;
    let value = |at: isize| line[at.clamp(0, line.len() as isize - 1) as usize];
    let middle = at as isize;
    let mut sum = 0.0;
    for d in -(whole as isize)..=whole as isize {
        sum += value(middle + d);
    }
    let beyond = whole as isize + 1;
    sum += part * (value(middle - beyond) + value(middle + beyond));
    sum / (1.0 + 2.0 * reach)
}
