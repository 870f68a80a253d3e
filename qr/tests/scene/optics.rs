//! How a phone's camera sees: light, focus, shake, grain and the encoder's blocks.

use super::Noise;
use std::f32::consts::PI;

/// Lengths in pixels, brightness in luma.
#[derive(Clone)]
pub struct Optics {
    /// Standard deviation of the blur.
    pub blur_px: f32,
    /// Way that the hand went while the shutter was open.
    pub shake_px: (f32, f32),
    /// Standard deviation, half of it in the dark.
    pub noise: f32,
    /// Brightness added in a spot in the code's middle, its radius in code widths.
    pub glare: Option<(f32, f32)>,
    /// Brightness falls by this share from left to right.
    pub shade: f32,
    /// A hard shadow: where it begins as a share of the width, and the share of light it takes.
    pub shadow: Option<(f32, f32)>,
    /// Factor on all light; what is above 255 is lost.
    pub exposure: f32,
    /// How coarse blocks of 8×8 are kept; 0 is not at all, 1 is a bad video call.
    pub blocks: f32,
}

impl Default for Optics {
    fn default() -> Self {
        Self {
            blur_px: 0.7,
            shake_px: (0.0, 0.0),
            noise: 3.0,
            glare: None,
            shade: 0.0,
            shadow: None,
            exposure: 1.0,
            blocks: 0.0,
        }
    }
}

impl Optics {
    /// `code`: centre and width, for the glare.
    pub fn seen(
        &self,
        mut grey: Vec<f32>,
        width: usize,
        height: usize,
        code: ((f32, f32), f32),
        seed: u64,
    ) -> Vec<u8> {
        for (at, grey) in grey.iter_mut().enumerate() {
            *grey *= self.light_at(at % width, at / width, width, code, *grey);
        }
        if self.blur_px > 0.0 {
            blur(&mut grey, width, height, self.blur_px);
        }
        if self.shake_px != (0.0, 0.0) {
            grey = shaken(&grey, width, height, self.shake_px);
        }
        let mut noise = Noise::new(seed);
        for grey in &mut grey {
            let grain = self.noise * (0.5 + *grey / 255.0);
            *grey = (*grey + 2.0 * grain * noise.spread()).clamp(0.0, 255.0);
        }
        if self.blocks > 0.0 {
            coarsen(&mut grey, width, height, self.blocks);
        }
        grey.iter().map(|grey| grey.clamp(0.0, 255.0) as u8).collect()
    }

    /// Factor on the light of a pixel.
    fn light_at(
        &self,
        x: usize,
        y: usize,
        width: usize,
        ((cx, cy), code_px): ((f32, f32), f32),
        grey: f32,
    ) -> f32 {
        let across = x as f32 / width as f32;
        let mut light = self.exposure * (1.0 - self.shade * across);
        if let Some((from, taken)) = self.shadow
            && across + 0.1 * y as f32 / width as f32 > from
        {
            light *= 1.0 - taken;
        }
        let spot = self.glare.map_or(0.0, |(strength, radius)| {
            let far = ((x as f32 - cx).hypot(y as f32 - cy) / (radius * code_px.max(1.0))).powi(4);
            strength / (1.0 + far)
        });
        light + spot / grey.max(1.0)
    }
}

/// Three box blurs each way come close to a Gaussian.
fn blur(grey: &mut [f32], width: usize, height: usize, deviation_px: f32) {
    let mut line = Vec::new();
    let mut out = Vec::new();
    for y in 0..height {
        line.clear();
        line.extend_from_slice(&grey[y * width..(y + 1) * width]);
        blur_line(&mut line, &mut out, deviation_px);
        grey[y * width..(y + 1) * width].copy_from_slice(&line);
    }
    for x in 0..width {
        line.clear();
        line.extend((0..height).map(|y| grey[y * width + x]));
        blur_line(&mut line, &mut out, deviation_px);
        for (y, value) in line.iter().enumerate() {
            grey[y * width + x] = *value;
        }
    }
}

fn blur_line(line: &mut Vec<f32>, out: &mut Vec<f32>, reach: f32) {
    for _ in 0..3 {
        box_means(line, out, reach);
        std::mem::swap(line, out);
    }
}

/// Means over `reach` to both sides, the last ones in part.
fn box_means(line: &[f32], out: &mut Vec<f32>, reach: f32) {
    let whole = reach as isize;
    let part = reach - whole as f32;
    let value = |at: isize| line[at.clamp(0, line.len() as isize - 1) as usize];
    let mut sum: f32 = (-whole..=whole).map(value).sum();
    out.clear();
    for middle in 0..line.len() as isize {
        let beyond = whole + 1;
        let ends = value(middle - beyond) + value(middle + beyond);
        out.push((sum + part * ends) / (1.0 + 2.0 * reach));
        sum += value(middle + beyond) - value(middle - whole);
    }
}

/// Mean along the way.
fn shaken(grey: &[f32], width: usize, height: usize, (dx, dy): (f32, f32)) -> Vec<f32> {
    let steps = (dx.hypot(dy).ceil() as usize).max(1) + 1;
    let mut out = vec![0.0; grey.len()];
    for step in 0..steps {
        let part = step as f32 / (steps - 1) as f32 - 0.5;
        let (x0, y0) = ((dx * part).round() as isize, (dy * part).round() as isize);
        for y in 0..height {
            let from = (y as isize + y0).clamp(0, height as isize - 1) as usize * width;
            for x in 0..width {
                let x_from = (x as isize + x0).clamp(0, width as isize - 1) as usize;
                out[y * width + x] += grey[from + x_from];
            }
        }
    }
    out.iter_mut().for_each(|sum| *sum /= steps as f32);
    out
}

/// Cosine transform of each block, the coefficients rounded to coarser steps the higher they are.
fn coarsen(grey: &mut [f32], width: usize, height: usize, amount: f32) {
    const N: usize = 8;
    let mut basis = [[0.0f32; N]; N];
    for (k, row) in basis.iter_mut().enumerate() {
        let scale = if k == 0 { (1.0 / N as f32).sqrt() } else { (2.0 / N as f32).sqrt() };
        for (n, cell) in row.iter_mut().enumerate() {
            *cell = scale * (PI / N as f32 * (n as f32 + 0.5) * k as f32).cos();
        }
    }
    for top in (0..height.saturating_sub(N - 1)).step_by(N) {
        for left in (0..width.saturating_sub(N - 1)).step_by(N) {
            let mut block = [[0.0f32; N]; N];
            for (y, row) in block.iter_mut().enumerate() {
                let start = (top + y) * width + left;
                row.copy_from_slice(&grey[start..start + N]);
            }
            let mut kept = transformed(&block, &basis, |k, n| (k, n));
            for (k, row) in kept.iter_mut().enumerate() {
                for (l, value) in row.iter_mut().enumerate() {
                    let step = 1.0 + amount * (8.0 + 12.0 * (k + l) as f32);
                    *value = (*value / step).round() * step;
                }
            }
            let back = transformed(&kept, &basis, |k, n| (n, k));
            for (y, row) in back.iter().enumerate() {
                let start = (top + y) * width + left;
                grey[start..start + N].copy_from_slice(row);
            }
        }
    }
}

fn transformed(
    block: &[[f32; 8]; 8],
    basis: &[[f32; 8]; 8],
    place: fn(usize, usize) -> (usize, usize),
) -> [[f32; 8]; 8] {
    let weight = |k: usize, n: usize| {
        let (row, column) = place(k, n);
        basis[row][column]
    };
    let mut half = [[0.0; 8]; 8];
    for (row, out) in block.iter().zip(&mut half) {
        for (k, cell) in out.iter_mut().enumerate() {
            *cell = row.iter().enumerate().map(|(n, value)| value * weight(k, n)).sum();
        }
    }
    let mut whole = [[0.0; 8]; 8];
    for (k, out) in whole.iter_mut().enumerate() {
        for (x, cell) in out.iter_mut().enumerate() {
            *cell = (0..8).map(|n| half[n][x] * weight(k, n)).sum();
        }
    }
    whole
}
