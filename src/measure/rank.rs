//! Whether two lists are in the same order.

/// The mean ranks of values, from 1 on.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    for tied in order.chunk_by(|a, b| values[*a].total_cmp(&values[*b]).is_eq()) {
        let before = order.iter().position(|it| *it == tied[0]).unwrap_or_default();
        let rank = before as f64 + (tied.len() as f64 + 1.0) / 2.0;
        tied.iter().for_each(|it| ranks[*it] = rank);
    }
    ranks
}

/// The correlation of ranks (C. Spearman, "The proof and measurement of association between two things", 1904), ties by
/// their mean rank; `None` of lists of different or no length, or where one of them never changes.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() || a.is_empty() {
        return None;
    }
    let middle = (a.len() as f64 + 1.0) / 2.0;
    let [a, b] = [a, b].map(|it| ranks(it).into_iter().map(|it| it - middle).collect::<Vec<_>>());
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let whole = (product(&a, &a) * product(&b, &b)).sqrt();
    (whole > 0.0).then(|| product(&a, &b) / whole)
}

/// Pairs in the same order against pairs in the other (M. G. Kendall, "The treatment of ties in ranking problems",
/// 1945), tau-b; `None` of lists of different length, or where one of them never changes. Takes the square of the length.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub fn kendall_tau_b(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let (mut agree, mut apart_a, mut apart_b) = (0_i64, 0_u64, 0_u64);
    for first in 0..a.len() {
        for second in 0..first {
            let [a, b] = [a, b].map(|it| it[first].total_cmp(&it[second]) as i64);
            agree += a * b;
            apart_a += a.unsigned_abs();
            apart_b += b.unsigned_abs();
        }
    }
    let whole = (apart_a as f64 * apart_b as f64).sqrt();
    (whole > 0.0).then(|| agree as f64 / whole)
}
