//! The rows of `tests/data/measures.jsonl`: known answers of other programs and of publications. `tests/statistics.rs`
//! holds the same functions to those programs on many more inputs.

use super::*;
use serde_json::Value;

fn floats(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().filter_map(Value::as_f64).collect()
}

fn share_from(scores: &Value, from: f64) -> f64 {
    let all = floats(scores);
    100.0 * floats(scores).into_iter().filter(|it| *it >= from).count() as f64 / all.len() as f64
}

/// The named figures of a row.
fn answer(kind: &str, input: &Value) -> Vec<(&'static str, f64)> {
    match kind {
        "nps" => net(&floats(&input["scores"])),
        "csat_top2" => vec![("percent", share_from(&input["scores"], 4.0)), ("n", 10.0)],
        "csat_top1" => vec![("percent", share_from(&input["scores"], 5.0)), ("n", 10.0)],
        "ces_top3" => vec![("percent", share_from(&input["scores"], 5.0))],
        "ces_mean" => {
            let all = floats(&input["scores"]);
            vec![("mean", all.iter().sum::<f64>() / all.len() as f64)]
        }
        "servqual_row" => {
            let of = |it: &str| input[it].as_f64().unwrap();
            vec![("gap", of("perception") - of("expectation"))]
        }
        "rollup" => rollup(&input["agent_scores"]),
        "cohen_kappa" | "cohen_kappa_weighted" => kappa(input),
        "krippendorff_alpha" => alpha(input),
        "proportion_ci95" => proportion(input),
        "percentile" => percentiles(input),
        "spearman" => {
            let [a, b] = [floats(&input["a"]), floats(&input["b"])];
            vec![("rho", spearman(&a, &b).unwrap()), ("tau_b", kendall_tau_b(&a, &b).unwrap())]
        }
        "sample_size" => {
            let of = |it: &str| input[it].as_f64().unwrap();
            let n = sample_size(input["population"].as_u64(), of("p"), of("margin"), of("confidence"));
            vec![("n", n.unwrap() as f64)]
        }
        other => panic!("no answer to {other}"),
    }
}

fn net(scores: &[f64]) -> Vec<(&'static str, f64)> {
    let points: Vec<f64> = scores.iter().map(|it| nps_points(*it).unwrap()).collect();
    let of = |worth: f64| points.iter().filter(|it| (**it - worth).abs() < 0.5).count() as u64;
    let [p, passive, d] = [of(100.0), of(0.0), of(-100.0)];
    let found = nps(p, passive, d).unwrap();
    let counts = [("promoters", p), ("passives", passive), ("detractors", d), ("n", p + passive + d)];
    let counts = counts.into_iter().map(|(name, it)| (name, it as f64));
    counts.chain([("nps", found.score), ("se_points", found.error)]).collect()
}

fn rollup(scores: &Value) -> Vec<(&'static str, f64)> {
    let agents: Vec<Vec<f64>> = scores.as_object().unwrap().values().map(floats).collect();
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    let means: Vec<f64> = agents.iter().map(|it| mean(it)).collect();
    vec![("team_micro", mean(&agents.concat())), ("team_macro", mean(&means))]
}

fn kappa(input: &Value) -> Vec<(&'static str, f64)> {
    let mut pairs = Vec::new();
    if let Some(table) = input["table"].as_array() {
        for (a, row) in table.iter().enumerate() {
            for (b, count) in floats(row).into_iter().enumerate() {
                pairs.extend(std::iter::repeat_n((a as u64, b as u64), count as usize));
            }
        }
    } else {
        let list = |it: &str| floats(&input[it]).into_iter().map(|it| it as u64);
        pairs.extend(list("rater_a").zip(list("rater_b")));
    }
    let weights = if input["weights"] == "linear" { Weights::Linear } else { Weights::Plain };
    let found = cohen_kappa(&pairs, weights).unwrap();
    vec![("kappa", found.kappa), ("std", found.error)]
}

fn alpha(input: &Value) -> Vec<(&'static str, f64)> {
    let coders = input["ratings"].as_array().unwrap();
    let units = coders[0].as_array().unwrap().len();
    let records: Vec<Vec<f64>> =
        (0..units).map(|at| coders.iter().filter_map(|it| it[at].as_f64()).collect()).collect();
    let level = if input["level"] == "ratio" { Level::Ratio } else { Level::Ordinal };
    let [low, high] = alpha_interval(&records, level).unwrap();
    let alpha = krippendorff_alpha(&records, level).unwrap();
    assert!(low <= alpha && alpha <= high, "{low} {alpha} {high}");
    vec![("alpha", alpha)]
}

fn proportion(input: &Value) -> Vec<(&'static str, f64)> {
    let [hits, n] = ["successes", "n"].map(|it| input[it].as_u64().unwrap());
    let intervals = [
        ("wilson", wilson(hits, n)),
        ("clopper_pearson", clopper_pearson(hits, n)),
        ("agresti_coull", agresti_coull(hits, n)),
        ("wald", wald(hits, n)),
    ];
    intervals.into_iter().flat_map(|(name, it)| it.unwrap().map(|it| (name, it))).collect()
}

fn percentiles(input: &Value) -> Vec<(&'static str, f64)> {
    let definitions = [
        ("linear", Definition::Linear),
        ("inverted_cdf", Definition::InvertedCdf),
        ("higher", Definition::Higher),
        ("lower", Definition::Lower),
        ("nearest", Definition::Nearest),
        ("weibull", Definition::Weibull),
        ("hazen", Definition::Hazen),
        ("median_unbiased", Definition::MedianUnbiased),
    ];
    let (values, p) = (floats(&input["values"]), input["p"].as_f64().unwrap());
    definitions.map(|(name, it)| (name, percentile(&values, p, it).unwrap())).to_vec()
}

#[test]
fn known_answers_hold() {
    let rows = include_str!("../../tests/data/measures.jsonl");
    let mut seen = 0;
    for row in rows.lines().map(|it| serde_json::from_str::<Value>(it).unwrap()) {
        let (kind, input) = (row["kind"].as_str().unwrap(), &row["input"]);
        seen += 1;
        if kind == "kano_cell" {
            let of = |it: &str| KanoAnswer::from_name(input[it].as_str().unwrap()).unwrap();
            assert_eq!(kano(of("functional"), of("dysfunctional")).name(), row["expected"]["category"]);
            continue;
        }
        let (found, tolerance) = (answer(kind, input), row["tolerance"].as_f64().unwrap());
        for (name, expected) in row["expected"].as_object().unwrap() {
            let expected =
                expected.as_array().map_or_else(|| vec![expected.as_f64().unwrap()], |_| floats(expected));
            let found: Vec<f64> = found.iter().filter(|it| it.0 == name).map(|it| it.1).collect();
            let fits = found.iter().zip(&expected).all(|(a, b)| (a - b).abs() <= tolerance);
            assert!(
                found.len() == expected.len() && fits,
                "{} {name}: {found:?}, not {expected:?}",
                row["id"]
            );
        }
    }
    assert_eq!(seen, 30);
}

#[test]
fn what_does_not_exist_has_no_value() {
    assert!(wilson(0, 0).is_none() && clopper_pearson(0, 0).is_none() && nps(0, 0, 0).is_none());
    assert!(nps_points(11.0).is_none() && nps_points(-1.0).is_none() && nps_points(f64::NAN).is_none());
    assert!(cohen_kappa(&[(1, 1), (1, 1)], Weights::Plain).is_none());
    assert!(fleiss_kappa(&[vec![2, 0], vec![1, 0]]).is_none());
    assert!(krippendorff_alpha(&[vec![1.0], vec![2.0]], Level::Nominal).is_none());
    assert!(percentile(&[], 50.0, Definition::Linear).is_none());
    assert!(spearman(&[1.0, 1.0], &[1.0, 2.0]).is_none() && kendall_tau_b(&[], &[]).is_none());
    assert!(sample_size(None, 0.5, 0.0, 0.95).is_none() && sample_size(None, 0.5, 0.1, 1.0).is_none());
    assert_eq!(sample_size(Some(3), 0.5, 0.01, 0.99), Some(3));
}

#[test]
fn ties_between_classes_go_to_what_must_be() {
    assert_eq!(KanoCounts([2, 2, 1, 2, 0, 0]).class(), Some(KanoClass::MustBe));
    assert_eq!(KanoCounts([1, 2, 2, 2, 0, 0]).class(), Some(KanoClass::OneDimensional));
    assert_eq!(KanoCounts::default().class(), None);
    let counts = KanoCounts([1, 2, 3, 4, 5, 6]);
    assert!((counts.better().unwrap() - 0.5).abs() < 1e-12 && (counts.worse().unwrap() + 0.3).abs() < 1e-12);
}
