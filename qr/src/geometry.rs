//! Planes seen in perspective.

use crate::Point;

/// One place known in the symbol (modules) and in the picture (pixels).
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    pub module: Point,
    pub px: Point,
    pub weight: f32,
}

/// Modules to pixels. Coordinates are kept near one inside, so that single precision suffices.
#[derive(Debug, Clone, Copy)]
pub struct Homography {
    coefficients: [f32; 8],
    per_module: f32,
    origin_px: Point,
}

const PX_SCALE: f64 = 256.0;

impl Point {
    pub fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub fn plus(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }

    pub fn minus(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }

    pub fn times(self, factor: f32) -> Self {
        Self::new(self.x * factor, self.y * factor)
    }

    pub fn length(self) -> f32 {
        self.x.hypot(self.y)
    }

    pub fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y
    }

    pub fn cross(self, other: Self) -> f32 {
        self.x * other.y - self.y * other.x
    }
}

impl Homography {
    /// Least squares over four pairs or more; `side`: modules on a side.
    #[expect(clippy::cast_possible_truncation, reason = "f64 to f32 loses digits only")]
    pub fn fit(pairs: &[Pair], side: usize) -> Option<Self> {
        let origin_px = pairs.first()?.px;
        let per_module = 1.0 / side.max(1) as f32;
        let mut rows = [[0f64; 9]; 8];
        for pair in pairs {
            let (x, y) = (
                f64::from(pair.module.x * per_module - 0.5),
                f64::from(pair.module.y * per_module - 0.5),
            );
            let target = pair.px.minus(origin_px);
            let (px, py) = (f64::from(target.x) / PX_SCALE, f64::from(target.y) / PX_SCALE);
            let weight = f64::from(pair.weight);
            accumulate(&mut rows, [x, y, 1.0, 0.0, 0.0, 0.0, -x * px, -y * px, px], weight);
            accumulate(&mut rows, [0.0, 0.0, 0.0, x, y, 1.0, -x * py, -y * py, py], weight);
        }
        let solved = solve(&mut rows)?;
        Some(Self { coefficients: solved.map(|c| c as f32), per_module, origin_px })
    }

    pub fn map(&self, module: Point) -> Point {
        let (x, y) = (module.x * self.per_module - 0.5, module.y * self.per_module - 0.5);
        let [a, b, c, d, e, f, g, h] = self.coefficients;
        let scale = PX_SCALE as f32 / (g * x + h * y + 1.0);
        Point::new(
            (a * x + b * y + c) * scale + self.origin_px.x,
            (d * x + e * y + f) * scale + self.origin_px.y,
        )
    }

    /// Pixels per step of one module to the right and downward.
    pub fn axes(&self, module: Point) -> (Point, Point) {
        let at = |dx, dy| self.map(module.plus(Point::new(dx, dy)));
        (at(0.5, 0.0).minus(at(-0.5, 0.0)), at(0.0, 0.5).minus(at(0.0, -0.5)))
    }
}

pub fn accumulate<const N: usize, const M: usize>(
    rows: &mut [[f64; M]; N],
    equation: [f64; M],
    weight: f64,
) {
    for (i, row) in rows.iter_mut().enumerate() {
        for (j, cell) in row.iter_mut().enumerate() {
            *cell += weight * equation[i] * equation[j];
        }
    }
}

/// Gaussian elimination with row pivots; the last column is the right side.
pub fn solve<const N: usize, const M: usize>(rows: &mut [[f64; M]; N]) -> Option<[f64; N]> {
    for column in 0..N {
        let pivot =
            (column..N).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        if rows[pivot][column].abs() < 1e-12 {
            return None;
        }
        rows.swap(column, pivot);
        let lead = rows[column];
        for row in &mut rows[column + 1..] {
            let factor = row[column] / lead[column];
            for (cell, from) in row.iter_mut().zip(&lead).skip(column) {
                *cell -= factor * from;
            }
        }
    }
    let mut solved = [0.0; N];
    for i in (0..N).rev() {
        let known: f64 = (i + 1..N).map(|j| rows[i][j] * solved[j]).sum();
        solved[i] = (rows[i][M - 1] - known) / rows[i][i];
    }
    solved.iter().all(|s| s.is_finite()).then_some(solved)
}
