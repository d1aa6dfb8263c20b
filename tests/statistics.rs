//! Statistics held to SciPy, statsmodels, scikit-learn and krippendorff on 10,000 random inputs each, where Python has
//! them: our answers are written down beside their inputs, and Python reckons them anew.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{Dice, held};
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufWriter, Write},
};
use touchstone::measure::{
    Definition, Level, Weights, agresti_coull, clopper_pearson, cohen_kappa, fleiss_kappa, kendall_tau_b,
    krippendorff_alpha, normal_point, percentile, spearman, student, wald, wilson,
};

const EACH: usize = 10_000;

/// Makes an input with our answers.
type Make = fn(&mut Dice) -> Value;

fn number(dice: &mut Dice, bound: u64) -> f64 {
    // Some of them alike, so that there are ties; none of them round.
    dice.below(bound) as f64 / 3.0 - 2.0
}

fn numbers(dice: &mut Dice, len: u64) -> Vec<f64> {
    (0..len).map(|_| number(dice, 40)).collect()
}

fn interval(dice: &mut Dice) -> Value {
    let bound = if dice.below(5) == 0 { 100_000 } else { 200 };
    let n = 1 + dice.below(bound);
    let hits = dice.below(n + 1);
    let ours = [wilson(hits, n), clopper_pearson(hits, n), agresti_coull(hits, n), wald(hits, n)];
    json!({ "hits": hits, "n": n, "ours": ours })
}

fn agreement(dice: &mut Dice) -> Value {
    let (len, categories) = (2 + dice.below(40), 2 + dice.below(4));
    let pairs: Vec<(u64, u64)> = (0..len)
        .map(|_| {
            let rating = dice.below(categories);
            (rating, if dice.below(3) == 0 { dice.below(categories) } else { rating })
        })
        .collect();
    let of = |it| cohen_kappa(&pairs, it).map(|it| [it.kappa, it.error]);
    json!({ "pairs": pairs, "ours": [of(Weights::Plain), of(Weights::Linear), of(Weights::Quadratic)] })
}

fn many_raters(dice: &mut Dice) -> Value {
    let (records, raters, categories) = (2 + dice.below(20), 2 + dice.below(5), 2 + dice.below(4));
    let mut row = || {
        let mut counts = vec![0_u64; usize::try_from(categories).unwrap()];
        (0..raters).for_each(|_| counts[usize::try_from(dice.below(categories)).unwrap()] += 1);
        counts
    };
    let counts: Vec<Vec<u64>> = (0..records).map(|_| row()).collect();
    json!({ "counts": counts, "ours": fleiss_kappa(&counts) })
}

fn alpha(dice: &mut Dice) -> Value {
    let (records, raters, top) = (3 + dice.below(15), 2 + dice.below(4), 2 + dice.below(5));
    // One rater in five is silent.
    let mut rating = || (dice.below(5) > 0).then(|| 1.0 + dice.below(top) as f64);
    let table: Vec<Vec<Option<f64>>> =
        (0..records).map(|_| (0..raters).map(|_| rating()).collect()).collect();
    let rated: Vec<Vec<f64>> = table.iter().map(|it| it.iter().flatten().copied().collect()).collect();
    let levels = [
        ("nominal", Level::Nominal),
        ("ordinal", Level::Ordinal),
        ("interval", Level::Interval),
        ("ratio", Level::Ratio),
    ];
    let (name, level) = levels[usize::try_from(dice.below(4)).unwrap()];
    json!({ "table": table, "level": name, "ours": krippendorff_alpha(&rated, level) })
}

fn order(dice: &mut Dice) -> Value {
    let len = 2 + dice.below(30);
    let (a, b) = (numbers(dice, len), numbers(dice, len));
    json!({ "a": a, "b": b, "ours": [spearman(&a, &b), kendall_tau_b(&a, &b)] })
}

fn quantile(dice: &mut Dice) -> Value {
    let definitions = [
        ("linear", Definition::Linear),
        ("inverted_cdf", Definition::InvertedCdf),
        ("lower", Definition::Lower),
        ("higher", Definition::Higher),
        ("nearest", Definition::Nearest),
        ("weibull", Definition::Weibull),
        ("hazen", Definition::Hazen),
        ("median_unbiased", Definition::MedianUnbiased),
    ];
    let len = 1 + dice.below(50);
    let (name, definition) = definitions[usize::try_from(dice.below(8)).unwrap()];
    // Powers of two, so that n × p is the same number for everybody.
    let (values, p) = (numbers(dice, len), 100.0 * dice.below(65) as f64 / 64.0);
    json!({ "values": values, "p": p, "definition": name, "ours": percentile(&values, p, definition) })
}

fn points(dice: &mut Dice) -> Value {
    let bound = if dice.below(2) == 0 { 150 } else { 100_000 };
    let freedom = 1 + dice.below(bound);
    let within = (1 + dice.below(9_998)) as f64 / 10_000.0;
    json!({ "freedom": freedom, "within": within, "ours": [student(freedom), normal_point(within).unwrap()] })
}

#[test]
fn statistics_are_those_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let kinds: [(&str, Make); 7] = [
        ("interval", interval),
        ("agreement", agreement),
        ("many_raters", many_raters),
        ("alpha", alpha),
        ("order", order),
        ("quantile", quantile),
        ("points", points),
    ];
    for (name, make) in kinds {
        let mut dice = Dice(7);
        let mut out = BufWriter::new(fs::File::create(folder.path().join(name)).unwrap());
        (0..EACH).for_each(|_| writeln!(out, "{}", make(&mut dice)).unwrap());
    }
    held(folder.path(), "statistics.py", &["."]);
}
