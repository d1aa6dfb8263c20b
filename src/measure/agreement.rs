//! Whether evaluators agree by more than chance.

use super::NORMAL;
use std::collections::BTreeMap;

/// How disagreements weigh against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// All alike.
    Plain,
    /// By how many categories lie between.
    Linear,
    /// By the square of it.
    Quadratic,
}

impl Weights {
    /// The disagreement of two of `k` categories, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "few categories")]
    fn of(self, a: usize, b: usize, k: usize) -> f64 {
        let far = a.abs_diff(b) as f64 / (k.max(2) - 1) as f64;
        match self {
            Self::Plain => f64::from(u8::from(a != b)),
            Self::Linear => far,
            Self::Quadratic => far * far,
        }
    }
}

/// Kappa.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kappa {
    /// 1 for full agreement, 0 for what chance would give.
    pub kappa: f64,
    /// Its standard error.
    pub error: f64,
}

impl Kappa {
    /// Its interval of 95 %.
    #[must_use]
    pub fn interval(&self) -> [f64; 2] {
        [self.kappa - NORMAL * self.error, (self.kappa + NORMAL * self.error).min(1.0)]
    }
}

/// The share of pairs that are alike; `None` of none.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub fn percent_agreement<T: PartialEq>(pairs: &[(T, T)]) -> Option<f64> {
    let alike = pairs.iter().filter(|it| it.0 == it.1).count();
    (!pairs.is_empty()).then(|| alike as f64 / pairs.len() as f64)
}

/// Agreement of two evaluators beyond chance: J. Cohen, "A coefficient of agreement for nominal scales" (1960) and
/// "Weighted kappa" (1968); the standard error by J. L. Fleiss, J. Cohen and B. S. Everitt (1969). `None` where there
/// is no pair, or where both have given one rating only, so that chance would give full agreement. Categories are the
/// different ratings, in order.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub fn cohen_kappa<T: Ord + Clone>(pairs: &[(T, T)], weights: Weights) -> Option<Kappa> {
    let mut known: Vec<&T> = pairs.iter().flat_map(|(a, b)| [a, b]).collect();
    known.sort();
    known.dedup();
    let (k, n) = (known.len(), pairs.len() as f64);
    let at = |it: &T| known.binary_search(&it).unwrap_or_default();
    let mut counts = vec![vec![0_u64; k]; k];
    pairs.iter().for_each(|(a, b)| counts[at(a)][at(b)] += 1);
    let share = |count: u64| count as f64 / n;
    let rows: Vec<f64> = counts.iter().map(|it| share(it.iter().sum())).collect();
    let columns: Vec<f64> = (0..k).map(|at| share(counts.iter().map(|it| it[at]).sum())).collect();
    // Told as disagreement, which full agreement has none of, to the last digit.
    let apart = |a: usize, b: usize| weights.of(a, b, k);
    let all = || (0..k).flat_map(|a| (0..k).map(move |b| (a, b)));
    let seen: f64 = all().map(|(a, b)| share(counts[a][b]) * apart(a, b)).sum();
    let chance: f64 = all().map(|(a, b)| rows[a] * columns[b] * apart(a, b)).sum();
    if k < 2 {
        return None;
    }
    let rest = seen / chance;
    let of_row: Vec<f64> = (0..k).map(|a| (0..k).map(|b| columns[b] * apart(a, b)).sum()).collect();
    let of_column: Vec<f64> = (0..k).map(|b| (0..k).map(|a| rows[a] * apart(a, b)).sum()).collect();
    let spread: f64 = all()
        .map(|(a, b)| share(counts[a][b]) * (apart(a, b) - (of_row[a] + of_column[b]) * rest).powi(2))
        .sum();
    let variance = (spread - seen * seen) / (n * chance * chance);
    Some(Kappa { kappa: 1.0 - rest, error: variance.max(0.0).sqrt() })
}

/// Agreement of several evaluators beyond chance (J. L. Fleiss, "Measuring nominal scale agreement among many raters",
/// 1971): for each record how many have given each category; all records have the same number of ratings. `None`
/// otherwise, and where chance would give full agreement.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub fn fleiss_kappa(counts: &[Vec<u64>]) -> Option<f64> {
    let raters = counts.first()?.iter().sum::<u64>();
    let categories = counts.first()?.len();
    if raters < 2 || counts.iter().any(|it| it.iter().sum::<u64>() != raters || it.len() != categories) {
        return None;
    }
    let (n, all) = (raters as f64, counts.len() as f64);
    let alike = |it: &Vec<u64>| it.iter().map(|it| *it as f64 * (*it as f64 - 1.0)).sum::<f64>();
    let seen = counts.iter().map(alike).sum::<f64>() / (all * n * (n - 1.0));
    let share = |at: usize| counts.iter().map(|it| it[at] as f64).sum::<f64>() / (all * n);
    let chance: f64 = (0..categories).map(|it| share(it).powi(2)).sum();
    let used = (0..categories).filter(|it| share(*it) > 0.0).count();
    (used > 1).then(|| (seen - chance) / (1.0 - chance))
}

/// What differences between ratings mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Alike or not.
    Nominal,
    /// By rank.
    Ordinal,
    /// By the difference.
    Interval,
    /// By the difference against the sum.
    Ratio,
}

/// Agreement of any number of evaluators beyond chance, with ratings missing (K. Krippendorff, "Content Analysis", 2nd
/// edition 2004, chapter 11): the ratings of each record. Records with fewer than two ratings say nothing. `None` where
/// there are none with more, or where only one rating was ever given.
#[must_use]
pub fn krippendorff_alpha(records: &[Vec<f64>], level: Level) -> Option<f64> {
    let mut alpha = Alpha::of(records, level)?;
    alpha.value(records.iter())
}

/// An interval of 95 % of alpha: records drawn anew, with replacement, a thousand times; always the same draws. `None`
/// where alpha does not exist.
#[must_use]
pub fn alpha_interval(records: &[Vec<f64>], level: Level) -> Option<[f64; 2]> {
    let paired: Vec<&Vec<f64>> = records.iter().filter(|it| it.len() > 1).collect();
    let mut alpha = Alpha::of(records, level)?;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut found = Vec::new();
    for _ in 0..1_000 {
        let drawn = (0..paired.len()).map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            paired[usize::try_from(state >> 33).unwrap_or_default() % paired.len()]
        });
        found.extend(alpha.value(drawn.collect::<Vec<_>>().into_iter()));
    }
    let of = |p| super::percentile(&found, p, super::Definition::Linear);
    Some([of(2.5)?, of(97.5)?])
}

/// The different ratings, and how they differ.
struct Alpha {
    values: Vec<f64>,
    level: Level,
    /// How often a rating stands in each record, kept to be used anew.
    counts: BTreeMap<usize, f64>,
}

impl Alpha {
    fn of(records: &[Vec<f64>], level: Level) -> Option<Self> {
        let mut values: Vec<f64> = records.iter().filter(|it| it.len() > 1).flatten().copied().collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        (values.len() > 1).then_some(Self { values, level, counts: BTreeMap::new() })
    }

    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    fn value<'a>(&mut self, records: impl Iterator<Item = &'a Vec<f64>>) -> Option<f64> {
        let k = self.values.len();
        let mut pairs = vec![vec![0.0; k]; k];
        for record in records.filter(|it| it.len() > 1) {
            self.counts.clear();
            for rating in record {
                let at = self.values.binary_search_by(|it| it.total_cmp(rating)).unwrap_or_default();
                *self.counts.entry(at).or_insert(0.0) += 1.0;
            }
            for (a, in_a) in &self.counts {
                for (b, in_b) in &self.counts {
                    let others = if a == b { in_b - 1.0 } else { *in_b };
                    pairs[*a][*b] += in_a * others / (record.len() as f64 - 1.0);
                }
            }
        }
        let sums: Vec<f64> = pairs.iter().map(|it| it.iter().sum()).collect();
        let all: f64 = sums.iter().sum();
        let (mut seen, mut chance) = (0.0, 0.0);
        for a in 0..k {
            for b in 0..a {
                let far = self.difference(a, b, &sums);
                seen += pairs[a][b] * far;
                chance += sums[a] * sums[b] * far;
            }
        }
        (chance > 0.0).then(|| 1.0 - (all - 1.0) * seen / chance)
    }

    /// The square of the difference of two ratings, the first of them the greater.
    fn difference(&self, a: usize, b: usize, sums: &[f64]) -> f64 {
        let (high, low) = (self.values[a], self.values[b]);
        match self.level {
            Level::Nominal => 1.0,
            Level::Ordinal => {
                let between: f64 = sums[b..=a].iter().sum();
                (between - f64::midpoint(sums[a], sums[b])).powi(2)
            }
            Level::Interval => (high - low).powi(2),
            Level::Ratio => ((high - low) / (high + low)).powi(2),
        }
    }
}
