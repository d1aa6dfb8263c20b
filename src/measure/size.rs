//! How many records are enough.

/// The point within which, on either side of 0, so much of the normal distribution lies: 1.96 for 0.95; `None` outside
/// of 0 to 1.
#[must_use]
pub fn normal_point(within: f64) -> Option<f64> {
    if !(0.0..1.0).contains(&within) {
        return None;
    }
    let (mut low, mut high) = (0.0, 9.0);
    for _ in 0..64 {
        let middle = (low + high) / 2.0;
        if normal_within(middle) < within { low = middle } else { high = middle }
    }
    Some((low + high) / 2.0)
}

/// erf(z/√2), by the series of DLMF 7.6.2, whose terms are all positive.
fn normal_within(z: f64) -> f64 {
    let (mut term, mut sum, mut odd) = (z, z, 1.0);
    while term > sum * 1e-17 {
        odd += 2.0;
        term *= z * z / odd;
        sum += term;
    }
    (2.0 / std::f64::consts::PI).sqrt() * (-z * z / 2.0).exp() * sum
}

/// The records that must be drawn to tell a share near `share` with this margin (both from 0 to 1) at this confidence;
/// with a population by the correction for finite ones (W. G. Cochran, "Sampling Techniques", 3rd edition, 4.1 and 4.2).
/// `None` where there is no such number.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
pub fn sample_size(population: Option<u64>, share: f64, margin: f64, confidence: f64) -> Option<u64> {
    let z = normal_point(confidence)?;
    if !(0.0..=1.0).contains(&share) || margin <= 0.0 || !margin.is_finite() {
        return None;
    }
    let endless = z * z * share * (1.0 - share) / (margin * margin);
    let n = match population {
        None => endless,
        Some(0) => 0.0,
        Some(all) => endless / (1.0 + (endless - 1.0) / all as f64),
    };
    // What is whole but for the last digit is not rounded up to the next.
    let n = (n - 1e-9).ceil().max(0.0) as u64;
    Some(population.map_or(n, |all| n.min(all)))
}
