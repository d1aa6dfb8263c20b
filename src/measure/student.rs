//! How far from the truth a mean of few may be.

use std::sync::LazyLock;

/// The 97.5 % point of the normal distribution.
pub const NORMAL: f64 = 1.959_963_984_540_054;

/// Up to here the distribution is summed up, beyond it is developed around the normal one.
const SUMMED_MAX: u64 = 100;

/// The 97.5 % point of Student's distribution: "The probable error of a mean" (1908). By the finite series
/// of Abramowitz and Stegun, 26.7.3 and 26.7.4; beyond 100 degrees of freedom by 26.7.5, whose error is
/// below 1e-10 there.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
#[must_use]
pub fn student(freedom: u64) -> f64 {
    if let Some(known) = usize::try_from(freedom).ok().and_then(|it| SUMMED.get(it)) {
        return *known;
    }
    let n = freedom as f64;
    let z = NORMAL;
    let square = z * z;
    let first = z * (square + 1.0) / 4.0;
    let second = z * ((5.0 * square + 16.0) * square + 3.0) / 96.0;
    let third = z * (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0;
    let fourth =
        z * ((((79.0 * square + 776.0) * square + 1482.0) * square - 1920.0) * square - 945.0) / 92_160.0;
    z + (first + (second + (third + fourth / n) / n) / n) / n
}

/// The points up to 100 degrees of freedom.
static SUMMED: LazyLock<Vec<f64>> = LazyLock::new(|| (0..=SUMMED_MAX).map(summed).collect());

fn summed(freedom: u64) -> f64 {
    let (mut low, mut high) = (0.0, 16.0);
    for _ in 0..64 {
        let middle = (low + high) / 2.0;
        if within(middle, freedom) < 0.95 { low = middle } else { high = middle }
    }
    low
}

/// How much of the distribution lies within `t` on either side of 0.
#[expect(clippy::cast_precision_loss, reason = "at most 100")]
fn within(t: f64, freedom: u64) -> f64 {
    let n = freedom as f64;
    let square = n / (n + t * t);
    let (sine, cosine) = (t / (n + t * t).sqrt(), square.sqrt());
    let is_odd = freedom % 2 == 1;
    let mut term = if is_odd { cosine } else { 1.0 };
    let mut sum = if freedom == 1 { 0.0 } else { term };
    let mut next = if is_odd { 3 } else { 2 };
    while next < freedom {
        term *= square * (next - 1) as f64 / next as f64;
        sum += term;
        next += 2;
    }
    if is_odd { std::f64::consts::FRAC_2_PI * ((t / n.sqrt()).atan() + sine * sum) } else { sine * sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_those_of_r() {
        // qt(0.975, df) of R 4.
        let cases = [
            (1, 12.706_204_736_432_095),
            (2, 4.302_652_729_911_275),
            (3, 3.182_446_305_284_263),
            (4, 2.776_445_105_197_799),
            (9, 2.262_157_162_740_992),
            (30, 2.042_272_456_301_238),
            (100, 1.983_971_518_449_633),
            (101, 1.983_731_002_885_281),
            (1000, 1.962_339_080_826_407),
            (1_000_000, 1.959_966_356_846_797),
        ];
        for (freedom, expected) in cases {
            let found = student(freedom);
            assert!((found - expected).abs() < 1e-8, "{freedom}: {found}");
        }
    }
}
