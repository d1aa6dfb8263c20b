//! How far evaluators agree on one item of a form, and how far each of them is from a reference.

use super::{
    Kappa, Level, Weights, alpha_interval, cohen_kappa, fleiss_kappa, krippendorff_alpha, student, wilson,
};
use std::collections::BTreeMap;

/// One evaluator's rating of one record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rating {
    /// The record.
    pub record: usize,
    /// The evaluator.
    pub evaluator: usize,
    /// The rating; categories by number.
    pub value: f64,
}

/// What all evaluators come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Records that several have rated.
    pub records: usize,
    /// Pairs of ratings of one record, and how many are alike.
    pub pairs: [u64; 2],
    /// The 95 % interval of their share (Wilson, 1927).
    pub interval: Option<[f64; 2]>,
    /// Krippendorff's alpha with its interval.
    pub alpha: Option<(f64, Option<[f64; 2]>)>,
    /// Fleiss' kappa, where all records have as many ratings.
    pub fleiss: Option<f64>,
    /// Cohen's kappa of two evaluators: plain, linear, quadratic.
    pub kappa: [Option<Kappa>; 3],
}

/// How one evaluator stands to the reference, or without one to the mean of the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bias {
    /// The evaluator.
    pub evaluator: usize,
    /// Records that both have rated.
    pub n: u64,
    /// How many of them alike; the mean of others is met within half a point.
    pub alike: u64,
    /// The mean of the differences: above 0 where the evaluator rates higher.
    pub mean: f64,
    /// Its 95 % interval (Student, 1908); `None` of one record.
    pub interval: Option<[f64; 2]>,
}

/// What a bias means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tolerance {
    /// It is within the tolerance.
    Within,
    /// It is beyond, by no more than chance may do.
    Unclear,
    /// It is beyond, by more than chance.
    Out,
}

impl Tolerance {
    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Unclear => "unclear",
            Self::Out => "out",
        }
    }
}

impl Bias {
    /// Held to a tolerance.
    #[must_use]
    pub fn held_to(&self, tolerance: f64) -> Tolerance {
        let beyond = |it: [f64; 2]| it[0] > tolerance || it[1] < -tolerance;
        if self.mean.abs() <= tolerance {
            Tolerance::Within
        } else if self.interval.is_some_and(beyond) {
            Tolerance::Out
        } else {
            Tolerance::Unclear
        }
    }
}

fn by_record(ratings: &[Rating]) -> BTreeMap<usize, Vec<Rating>> {
    let mut records: BTreeMap<usize, Vec<Rating>> = BTreeMap::new();
    ratings.iter().for_each(|it| records.entry(it.record).or_default().push(*it));
    records.retain(|_, it| it.len() > 1);
    records
}

fn is_alike(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// What all evaluators come to; an evaluator rates a record once.
#[must_use]
pub fn agreement(ratings: &[Rating], level: Level) -> Agreement {
    let records = by_record(ratings);
    let mut pairs = [0_u64; 2];
    for of in records.values() {
        for (at, one) in of.iter().enumerate() {
            pairs[0] += at as u64;
            pairs[1] += of[..at].iter().filter(|it| is_alike(it.value, one.value)).count() as u64;
        }
    }
    let values: Vec<Vec<f64>> = records.values().map(|of| of.iter().map(|it| it.value).collect()).collect();
    let alpha = krippendorff_alpha(&values, level).map(|it| (it, alpha_interval(&values, level)));
    Agreement {
        records: records.len(),
        pairs,
        interval: wilson(pairs[1], pairs[0]),
        alpha,
        fleiss: fleiss_kappa(&counted(&values)),
        kappa: of_two(&records),
    }
}

/// For each record how many have given each rating.
fn counted(values: &[Vec<f64>]) -> Vec<Vec<u64>> {
    let mut known: Vec<f64> = values.iter().flatten().copied().collect();
    known.sort_by(f64::total_cmp);
    known.dedup_by(|a, b| is_alike(*a, *b));
    let count = |of: &Vec<f64>, value: f64| of.iter().filter(|it| is_alike(**it, value)).count() as u64;
    values.iter().map(|of| known.iter().map(|it| count(of, *it)).collect()).collect()
}

/// Kappa, where there are two evaluators and no more.
fn of_two(records: &BTreeMap<usize, Vec<Rating>>) -> [Option<Kappa>; 3] {
    let mut who: Vec<usize> = records.values().flatten().map(|it| it.evaluator).collect();
    who.sort_unstable();
    who.dedup();
    let [first, _] = who[..] else { return [None; 3] };
    // Ratings by their order: kappa looks at categories.
    let mut known: Vec<f64> = records.values().flatten().map(|it| it.value).collect();
    known.sort_by(f64::total_cmp);
    known.dedup_by(|a, b| is_alike(*a, *b));
    let at = |value: f64| known.iter().position(|it| is_alike(*it, value)).unwrap_or_default();
    let pair = |of: &Vec<Rating>| {
        let (a, b) = if of[0].evaluator == first { (of[0], of[1]) } else { (of[1], of[0]) };
        (at(a.value), at(b.value))
    };
    let pairs: Vec<(usize, usize)> = records.values().map(pair).collect();
    [Weights::Plain, Weights::Linear, Weights::Quadratic].map(|it| cohen_kappa(&pairs, it))
}

/// How each evaluator stands to the reference, or without one to the mean of the others on the same records; in the
/// order of evaluators.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
pub fn biases(ratings: &[Rating], reference: Option<usize>) -> Vec<Bias> {
    let mut found: BTreeMap<usize, Vec<(f64, bool)>> = BTreeMap::new();
    for of in by_record(ratings).values() {
        for one in of.iter().filter(|it| Some(it.evaluator) != reference) {
            let others: Vec<f64> = match reference {
                Some(reference) => {
                    of.iter().filter(|it| it.evaluator == reference).map(|it| it.value).collect()
                }
                None => of.iter().filter(|it| it.evaluator != one.evaluator).map(|it| it.value).collect(),
            };
            if others.is_empty() {
                continue;
            }
            let difference = one.value - others.iter().sum::<f64>() / others.len() as f64;
            let within = if reference.is_some() { 1e-9 } else { 0.5 + 1e-9 };
            found.entry(one.evaluator).or_default().push((difference, difference.abs() <= within));
        }
    }
    let bias = |(evaluator, all): (usize, Vec<(f64, bool)>)| {
        let n = all.len() as f64;
        let mean = all.iter().map(|it| it.0).sum::<f64>() / n;
        let squares: f64 = all.iter().map(|it| (it.0 - mean).powi(2)).sum();
        let half = (all.len() > 1).then(|| student(all.len() as u64 - 1) * (squares / (n - 1.0) / n).sqrt());
        Bias {
            evaluator,
            n: all.len() as u64,
            alike: all.iter().filter(|it| it.1).count() as u64,
            mean,
            interval: half.map(|it| [mean - it, mean + it]),
        }
    };
    found.into_iter().map(bias).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratings(table: &[&[f64]]) -> Vec<Rating> {
        let of = |(record, values): (usize, &&[f64])| {
            let all = values.iter().enumerate().filter(|it| it.1.is_finite());
            all.map(|(evaluator, value)| Rating { record, evaluator, value: *value }).collect::<Vec<_>>()
        };
        table.iter().enumerate().flat_map(of).collect()
    }

    #[test]
    fn evaluators_are_held_to_the_reference() {
        const NONE: f64 = f64::NAN;
        let table: [&[f64]; 6] = [
            &[3.0, 4.0, 3.0],
            &[2.0, 3.0, 2.0],
            &[4.0, 5.0, NONE],
            &[1.0, 2.0, 2.0],
            &[5.0, 5.0, 4.0],
            &[NONE, 3.0, 3.0],
        ];
        let all = biases(&ratings(&table), Some(0));
        assert_eq!(
            all.iter().map(|it| (it.evaluator, it.n, it.alike)).collect::<Vec<_>>(),
            [(1, 5, 1), (2, 4, 2)]
        );
        assert!((all[0].mean - 0.8).abs() < 1e-12 && all[1].mean.abs() < 1e-12);
        // 0.8 ± 2.776 × 0.2.
        assert!((all[0].interval.unwrap()[0] - 0.244_710_9).abs() < 1e-6);
        assert_eq!([0.2, 0.5, 0.9].map(|it| all[0].held_to(it).name()), ["out", "unclear", "within"]);
        let all = biases(&ratings(&table), None);
        assert_eq!(all.iter().map(|it| it.n).collect::<Vec<_>>(), [5, 6, 5]);
    }

    #[test]
    fn agreement_counts_pairs_within_records() {
        let found = agreement(&ratings(&[&[1.0, 1.0, 2.0], &[2.0, 2.0, 2.0]]), Level::Nominal);
        assert_eq!((found.records, found.pairs), (2, [6, 4]));
        assert!(found.fleiss.is_some() && found.kappa[0].is_none());
        let two = agreement(&ratings(&[&[1.0, 1.0], &[2.0, 2.0], &[1.0, 2.0]]), Level::Ordinal);
        assert!((two.kappa[0].unwrap().kappa - 0.4).abs() < 1e-12);
        let none = agreement(&ratings(&[&[1.0], &[2.0]]), Level::Nominal);
        assert_eq!((none.records, none.alpha, none.interval), (0, None, None));
    }
}
