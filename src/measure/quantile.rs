//! Quantiles, by the definitions that other programs have.

/// How a quantile between two values is defined (R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages",
/// 1996; names as in NumPy).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Definition {
    /// Type 7: that of R, NumPy and spreadsheets, and of `percentile` in rules.
    Linear,
    /// Type 1: the nearest rank.
    InvertedCdf,
    /// The value below.
    Lower,
    /// The value above.
    Higher,
    /// The nearer value; of two as near the one of even rank.
    Nearest,
    /// Type 6.
    Weibull,
    /// Type 5.
    Hazen,
    /// Type 8.
    MedianUnbiased,
}

/// The value below which `p` of 100 of `values` lie; `None` where there is none. The order of `values` is no matter.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub fn percentile(values: &[f64], p: f64, definition: Definition) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (n, q) = (sorted.len() as f64, p / 100.0);
    let between = |alpha: f64, beta: f64| n * q + alpha + q * (1.0 - alpha - beta) - 1.0;
    let at = match definition {
        Definition::Linear => (n - 1.0) * q,
        Definition::InvertedCdf => (n * q).ceil() - 1.0,
        Definition::Lower => ((n - 1.0) * q).floor(),
        Definition::Higher => ((n - 1.0) * q).ceil(),
        Definition::Nearest => ((n - 1.0) * q).round_ties_even(),
        Definition::Weibull => between(0.0, 0.0),
        Definition::Hazen => between(0.5, 0.5),
        Definition::MedianUnbiased => between(1.0 / 3.0, 1.0 / 3.0),
    };
    let at = at.clamp(0.0, (n - 1.0).max(0.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let low = at.floor() as usize;
    let first = sorted.get(low)?;
    let next = sorted.get(low + 1).unwrap_or(first);
    Some(first + (next - first) * (at - at.floor()))
}
