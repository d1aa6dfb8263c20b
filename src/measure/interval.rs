//! How far from the truth a share or a net score of few may be: intervals of 95 %.

use super::NORMAL;

/// The interval of a share (E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
/// 1927); `None` of none.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub fn wilson(hits: u64, n: u64) -> Option<[f64; 2]> {
    if n == 0 {
        return None;
    }
    let (n, share) = (n as f64, hits as f64 / n as f64);
    let z = NORMAL;
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + z * z / n;
    Some([((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0)])
}

/// The interval of a share by adding successes and failures (A. Agresti, B. A. Coull, "Approximate is better than
/// 'exact' for interval estimation of binomial proportions", 1998); `None` of none.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub fn agresti_coull(hits: u64, n: u64) -> Option<[f64; 2]> {
    let more = n as f64 + NORMAL * NORMAL;
    let share = (hits as f64 + NORMAL * NORMAL / 2.0) / more;
    (n > 0).then(|| around(share, more))
}

/// The interval of a share by the normal distribution (A. Wald, J. Wolfowitz, 1939), which is too narrow for shares
/// near 0 and 1; `None` of none.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub fn wald(hits: u64, n: u64) -> Option<[f64; 2]> {
    (n > 0).then(|| around(hits as f64 / n as f64, n as f64))
}

fn around(share: f64, n: f64) -> [f64; 2] {
    let half = NORMAL * (share * (1.0 - share) / n).sqrt();
    [(share - half).max(0.0), (share + half).min(1.0)]
}

/// The interval of a share that is never too narrow (C. J. Clopper, E. S. Pearson, "The use of confidence or fiducial
/// limits illustrated in the case of the binomial", 1934); `None` of none.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub fn clopper_pearson(hits: u64, n: u64) -> Option<[f64; 2]> {
    let (x, rest) = (hits as f64, n.checked_sub(hits)? as f64);
    let low = if hits == 0 { 0.0 } else { beta_point(x, rest + 1.0, 0.025) };
    let high = if rest < 0.5 { 1.0 } else { beta_point(x + 1.0, rest, 0.975) };
    (n > 0).then_some([low, high])
}

/// The point below which so much of a beta distribution lies, by halving.
fn beta_point(a: f64, b: f64, share: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if beta_below(a, b, middle) < share { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// The regularised incomplete beta function, by the continued fraction of DLMF 8.17.22.
fn beta_below(a: f64, b: f64, x: f64) -> f64 {
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_below(b, a, 1.0 - x);
    }
    if x <= 0.0 {
        return 0.0;
    }
    let front = (a * x.ln() + b * (-x).ln_1p() + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b)).exp() / a;
    // Lentz' way of reckoning a continued fraction, from the front on.
    const TINY: f64 = 1e-300;
    let (mut value, mut c, mut d) = (1.0, 1.0, 0.0);
    for step in 0..10_000_u32 {
        let m = f64::from(step / 2);
        let numerator = match step {
            0 => 1.0,
            odd if odd % 2 == 1 => -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
            _ => m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
        };
        d = 1.0 + numerator * d;
        d = if d.abs() < TINY { 1.0 / TINY } else { 1.0 / d };
        c = 1.0 + numerator / c;
        c = if c.abs() < TINY { TINY } else { c };
        let change = c * d;
        value *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    front * (value - 1.0)
}

/// The logarithm of the gamma function, by Stirling's series (DLMF 5.11.1) from where it is exact to 16 digits.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 15.0 {
        shift += x.ln();
        x += 1.0;
    }
    let square = x * x;
    let series = 1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square) / square;
    (x - 0.5) * x.ln() - x + (2.0 * std::f64::consts::PI).ln() / 2.0 + series / x - shift
}

/// What one answer to "would you recommend us?", 0 to 10, is worth: 100 a promoter's (9, 10), -100 a detractor's
/// (0 to 6), 0 one between; `None` for what is no answer.
#[must_use]
pub fn nps_points(answer: f64) -> Option<f64> {
    match answer {
        it if !(0.0..=10.0).contains(&it) => None,
        it if it >= 9.0 => Some(100.0),
        it if it >= 7.0 => Some(0.0),
        _ => Some(-100.0),
    }
}

/// A net promoter score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nps {
    /// -100 to 100.
    pub score: f64,
    /// Its standard error, in points.
    pub error: f64,
}

/// The net promoter score (F. F. Reichheld, "The one number you need to grow", 2003) of so many promoters, passives
/// and detractors, with the standard error of the three-point distribution; `None` of none.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub fn nps(promoters: u64, passives: u64, detractors: u64) -> Option<Nps> {
    let n = promoters + passives + detractors;
    let [p, d] = [promoters, detractors].map(|it| it as f64 / n as f64);
    let variance = p + d - (p - d) * (p - d);
    (n > 0).then(|| Nps { score: 100.0 * (p - d), error: 100.0 * (variance / n as f64).max(0.0).sqrt() })
}
