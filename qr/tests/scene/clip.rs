//! A visitor's hand before the gate: how one scene moves through some seconds at 30 frames a second.

use super::draw::{self, Difficulty, Family};
use super::{Noise, Picture, Scene};
use std::f32::consts::{PI, TAU};

/// Nobody waits longer for a clip.
pub const FRAMES: usize = 45;
/// Frames until the code is where it will be held.
const ARRIVAL: f32 = 10.0;

/// The scene as it is at last, and what the way there looks like.
pub struct Clip {
    pub scene: Scene,
    /// Cycles of the hand's tremor in each direction, with their phase.
    tremor: [(f32, f32); 2],
    /// Pixels.
    tremor_px: f32,
    /// Frames between the focus's extremes, and its blur at worst.
    hunting: (f32, f32),
    /// Frame at which exposure jumps back from that factor.
    step: (f32, f32),
}

impl Clip {
    pub fn new(family: &Family, difficulty: Difficulty, seed: u64) -> Self {
        let scene = draw::scene(family, difficulty, seed);
        let mut noise = Noise::new(seed ^ 0xc11f);
        let worst = match difficulty {
            Difficulty::Easy => 0.3,
            Difficulty::Usual => 0.7,
            Difficulty::Hard => 1.2,
        };
        let cycle = |noise: &mut Noise| (noise.between(4.0, 9.0), noise.between(0.0, 6.2));
        Self {
            tremor: [cycle(&mut noise), cycle(&mut noise)],
            tremor_px: noise.between(0.5, 5.0) * worst,
            hunting: (noise.between(8.0, 20.0), noise.between(0.2, 1.0) * worst),
            step: (noise.between(2.0, 14.0), noise.between(0.6, 1.9)),
            scene,
        }
    }

    /// The code comes in from below, and trembles; focus and exposure find it.
    pub fn frame(&self, at: usize) -> Picture {
        let time = at as f32;
        let mut scene = self.scene.clone();
        let (x, y) = scene.centre.unwrap_or((0.0, 0.0));
        let swing =
            |(cycle, phase): (f32, f32), time: f32| (time / 30.0 * cycle * TAU + phase).sin();
        let away = |time: f32| {
            let left = (1.0 - time / ARRIVAL).max(0.0);
            (
                self.tremor_px * swing(self.tremor[0], time),
                self.tremor_px * swing(self.tremor[1], time)
                    + left * left * scene.height as f32 * 0.6,
            )
        };
        let (here, before) = (away(time), away(time - 0.4));
        scene.centre = Some((x + here.0, y + here.1));
        let shake = scene.optics.shake_px;
        scene.optics.shake_px = (shake.0 + here.0 - before.0, shake.1 + here.1 - before.1);
        let (cycle, blur) = self.hunting;
        let wandering = (time / cycle * PI).cos().powi(2) * (-time / 30.0).exp();
        scene.optics.blur_px = scene.optics.blur_px.max(blur * wandering * scene.module_px);
        if time < self.step.0 {
            scene.optics.exposure *= self.step.1;
        }
        scene.seed = scene.seed.wrapping_add(at as u64 * 7919);
        scene.picture()
    }
}
