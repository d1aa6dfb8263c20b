//! Rules over windows, end to end: the cases of `tests/data/windows.toml`, over columns and row by row; figures
//! held to a slow reckoning; the same whatever the order of records and files, threads and memory.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{Dice, audit, project_of, run, texts};
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

const PROJECT: &str = r#"
[project]
name = "Desk"
timezone = "Asia/Shanghai"
packs = ["./rules"]

[[source]]
id = "complaints"
path = "complaints*.csv"
kind = "complaint"
key = "id"
"#;

fn project(records: &[(&str, &str)], rules: &str) -> tempfile::TempDir {
    project_of(PROJECT, records, rules)
}

fn rule(id: &str, keys: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\ntitle = \"{id}\"\non = \"complaint\"\nseverity = \"major\"\n{keys}\n")
}

fn report(folder: &Path, arguments: &[&str]) -> Value {
    common::report(folder, arguments).1
}

/// The outcome of each record: findings fail, the unassessed are listed, and how many others there are of each
/// kind is looked at besides.
fn verdicts(json: &Value, csv: &str, expected: &[String]) -> Vec<String> {
    let keys = csv.lines().skip(1).filter_map(|it| it.split(',').next());
    let is_in = |list: &str, key: &str| json[list].as_array().unwrap().iter().any(|it| it["key"] == key);
    let outcome = |key: &str| match () {
        () if is_in("unassessed", key) => "no_evidence",
        () if is_in("findings", key) => "fail",
        // Passed or not applicable: the counts say how many of each.
        () if expected.contains(&format!("{key} not_applicable")) => "not_applicable",
        () => "pass",
    };
    keys.map(|key| format!("{key} {}", outcome(key))).collect()
}

#[test]
fn cases_come_out_as_written_both_ways() {
    let text = fs::read_to_string(common::root().join("tests/data/windows.toml")).unwrap();
    let cases: toml::Table = toml::from_str(&text).unwrap();
    let mut faults = String::new();
    for case in cases["case"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let csv = case["csv"].as_str().unwrap().trim_start();
        let folder = project(&[("complaints.csv", csv)], &rule("rule", case["rule"].as_str().unwrap()));
        let expected = texts(&case["verdicts"]);
        for how in [&[][..], &["--row-by-row"]] {
            let json = report(folder.path(), how);
            let found = verdicts(&json, csv, &expected);
            if found != expected {
                writeln!(faults, "{name} {how:?}: {found:?}, not {expected:?}").unwrap();
            }
            for outcome in ["pass", "fail", "no_evidence", "not_applicable"] {
                let wanted = expected.iter().filter(|it| it.ends_with(&format!(" {outcome}"))).count();
                if json["rules"][0]["outcomes"][outcome] != wanted {
                    writeln!(faults, "{name} {how:?}: {outcome} {}", json["rules"][0]["outcomes"]).unwrap();
                }
            }
            if let Some(reaching) = case.get("reaching").and_then(toml::Value::as_integer)
                && json["rules"][0]["windows_reaching_before"] != reaching
            {
                writeln!(faults, "{name}: {}", json["rules"][0]).unwrap();
            }
            if let Some(findings) = case.get("findings").and_then(toml::Value::as_integer)
                && json["rules"][0]["findings"] != findings
            {
                writeln!(faults, "{name}: {}", json["rules"][0]).unwrap();
            }
            let missing = json["unassessed"].as_array().unwrap().iter();
            let missing: Vec<String> = missing
                .map(|it| format!("{} {}", it["key"].as_str().unwrap(), it["field"].as_str().unwrap()))
                .collect();
            if case.get("missing").map(texts).unwrap_or_default() != missing {
                writeln!(faults, "{name} {how:?}: missing {missing:?}").unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[derive(Clone)]
struct Record {
    id: u64,
    customer: u64,
    minute: i64,
    /// Missing below 0.
    score: i64,
    line: String,
}

fn many(dice: &mut Dice, count: u64) -> Vec<Record> {
    let one = |id: u64| {
        let customer = if dice.below(3) == 0 { 0 } else { dice.below(40) + 1 };
        let minute = i64::try_from(dice.below(20_000)).unwrap();
        let score = i64::try_from(dice.below(12)).unwrap() - 1;
        let text = if score < 0 { String::new() } else { score.to_string() };
        let (day, hour) = (minute / 1440 + 1, minute / 60 % 24);
        let line = format!("R-{id:05},c{customer},2026-03-{day:02}T{hour:02}:{:02},{text}", minute % 60);
        Record { id, customer, minute, score, line }
    };
    (0..count).map(one).collect()
}

const EVERYTHING: &str = r#"
within = { of = ["customer"], time = "at", last = "1d" }
check = '''count() < 0 && count(score > 4) < 0 && rate(score > 4) < 0.0 && sum(score) < 0 && mean(score) < 0.0 && min(score) < 0
 && max(score) < 0 && median(score) < 0.0 && percentile(score, 90) < 0.0 && distinct(score) < 0'''
"#;

/// What a window holds, reckoned by looking at every other record.
fn slow(record: &Record, all: &[&Record]) -> BTreeMap<String, Value> {
    let inside = |it: &&&Record| it.minute > record.minute - 1440 && it.minute <= record.minute;
    let inside: Vec<&&Record> = all.iter().filter(inside).collect();
    let mut scores: Vec<i64> = inside.iter().map(|it| it.score).filter(|it| *it >= 0).collect();
    scores.sort_unstable();
    let n = scores.len();
    let hits = scores.iter().filter(|it| **it > 4).count();
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let float = |it: i64| it as f64;
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small numbers")]
    let quantile = |q: f64| {
        let at = (n - 1) as f64 * q;
        let low = at.floor() as usize;
        let high = (low + 1).min(n - 1);
        float(scores[low]) + (float(scores[high]) - float(scores[low])) * (at - low as f64)
    };
    let mut different = scores.clone();
    different.dedup();
    let total: i64 = scores.iter().sum();
    let count = i64::try_from(n).unwrap();
    let all: Vec<(&str, Value)> = vec![
        ("count()", inside.len().into()),
        ("count(score > 4)", if n == 0 { Value::Null } else { hits.into() }),
        ("rate(score > 4)", if n == 0 { Value::Null } else { (hits as f64 / n as f64).into() }),
        ("sum(score)", if n == 0 { Value::Null } else { total.into() }),
        ("mean(score)", if n == 0 { Value::Null } else { (float(total) / float(count)).into() }),
        ("min(score)", scores.first().map_or(Value::Null, |it| (*it).into())),
        ("max(score)", scores.last().map_or(Value::Null, |it| (*it).into())),
        ("median(score)", if n == 0 { Value::Null } else { quantile(0.5).into() }),
        ("percentile(score, 90)", if n == 0 { Value::Null } else { quantile(0.9).into() }),
        ("distinct(score)", if n == 0 { Value::Null } else { different.len().into() }),
    ];
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[test]
fn figures_are_those_of_a_slow_reckoning_whatever_the_order_threads_and_memory() {
    let mut dice = Dice(11);
    let mut records = many(&mut dice, 3_000);
    let mut by_customer: BTreeMap<u64, Vec<Record>> = BTreeMap::new();
    for record in &records {
        by_customer.entry(record.customer).or_default().push(record.clone());
    }
    let mut expected: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for all in by_customer.values() {
        let all: Vec<&Record> = all.iter().collect();
        for record in &all {
            expected.insert(format!("R-{:05}", record.id), slow(record, &all));
        }
    }
    for round in 0..3 {
        let files = 1 + usize::try_from(dice.below(4)).unwrap();
        let chunks = records.chunks(records.len().div_ceil(files)).enumerate();
        let texts: Vec<(String, String)> = chunks
            .map(|(number, it)| {
                let lines: Vec<&str> = it.iter().map(|it| it.line.as_str()).collect();
                (format!("complaints-{number}.csv"), format!("id,customer,at,score\n{}\n", lines.join("\n")))
            })
            .collect();
        let texts: Vec<(&str, &str)> = texts.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        let folder = project(&texts, &rule("everything", EVERYTHING));
        for how in [&["--threads", "1"][..], &["--threads", "4"], &["--threads", "2", "--memory", "1KB"]] {
            let json = report(folder.path(), how);
            let mut found = 0;
            for finding in json["findings"].as_array().unwrap() {
                let key = finding["key"].as_str().unwrap();
                for (name, value) in &expected[key] {
                    let own = &finding["evidence"]["fields"][name];
                    // The reader of JSON may miss the last digit of a float.
                    let near = own.as_f64().zip(value.as_f64()).is_some_and(|(a, b)| (a - b).abs() < 1e-9);
                    assert!(
                        own == value || near,
                        "round {round}, {how:?}: {name} of {key}: {own}, not {value}"
                    );
                }
                found += 1;
            }
            // A window without any score has no minimum: there is nothing to compare.
            let lacking = json["rules"][0]["outcomes"]["no_evidence"].as_u64().unwrap();
            assert_eq!(found + lacking, 3_000, "{how:?}");
        }
        dice.shuffle(&mut records);
    }
}

const SHOWN: &str = r#"
within = { of = ["customer"], time = "at", last = "7d" }
params = { most = 1 }
check = 'count() <= most'
message = { en = "{customer}: {count()} complaints in a week, {most} is the most", zh = "{customer}：一周内 {count()} 件投诉，最多 {most} 件" }
[[rule.example]]
name = "one a week"
records = [{ customer = "c", at = "2026-03-02T09:00" }, { customer = "c", at = "2026-03-09T09:00" }]
expect = "pass"
[[rule.example]]
name = "the second within a week"
records = [{ customer = "c", at = "2026-03-02T09:00" }, { customer = "c", at = "2026-03-09T08:59" }]
expect = "fail"
[[rule.example]]
name = "nobody knows whose"
records = [{ at = "2026-03-02T09:00" }]
expect = "no_evidence"
[[rule.example]]
name = "wrong on purpose"
records = [{ customer = "c", at = "2026-03-02T09:00" }, { customer = "d", at = "2026-03-09T08:59" }]
expect = "fail"
"#;

const RECORDS: &str = "\
id,customer,at
1,c1,2026-03-02T09:00
2,c1,2026-03-09T08:59
3,,2026-03-09T08:59
4,c2,2026-03-20T08:59
";

#[test]
fn people_and_tools_read_windows() {
    let folder = project(&[("complaints.csv", RECORDS)], &rule("repeat", SHOWN));
    let mut shown = String::new();
    for lang in ["en", "zh"] {
        for arguments in [
            &["audit", "--as-of", "2026-04-01"][..],
            &["test"],
            &["explain", "--rule", "desk/repeat", "--record", "2", "--as-of", "2026-04-01"],
            &["explain", "--rule", "desk/repeat", "--record", "3", "--as-of", "2026-04-01"],
            &["check"],
        ] {
            let run = run(folder.path(), &[arguments, &["--lang", lang]].concat());
            writeln!(shown, "==== {lang} {} {}\n{}{}", arguments[0], run.code, run.out, run.err).unwrap();
        }
        let docs = run(folder.path(), &["rules", "--docs", "--lang", lang]);
        let (docs, _) = docs.out.split_once("\n## ").and_then(|it| it.1.split_once("\n## ")).unwrap();
        writeln!(shown, "==== {lang} handbook\n{docs}").unwrap();
    }
    let json = report(folder.path(), &[]);
    writeln!(shown, "==== json\n{}\n{}", json["rules"][0], json["findings"][0]).unwrap();
    let seconds = regex::Regex::new(r"\d+\.\d\d (s|秒)").unwrap();
    let shown = seconds.replace_all(&shown, "0.00 $1");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("windows", shown);
    });
}

#[test]
fn mistakes_are_told_before_any_record_is_read() {
    let mut shown = String::new();
    for keys in [
        "within = { of = [], time = \"at\", last = \"7d\" }\ncheck = 'count() <= 1'",
        "within = { of = [\"customer\"], last = \"7d\" }\ncheck = 'count() <= 1'",
        "within = { of = [\"customer\"], time = \"at\" }\ncheck = 'count() <= 1'",
        "within = { of = [\"custmer\"], time = \"att\", last = \"7d\" }\ncheck = 'count() <= 1'",
        "within = { of = [\"customer\"], time = \"customer\", last = \"7d\" }\ncheck = 'count() <= 1'",
        "within = { of = [\"customer\"], time = \"at\", last = \"week\" }\ncheck = 'count() <= 1'",
        "within = { of = [\"customer\"], time = \"at\", last = \"3bd\" }\ncheck = 'count() <= 1'",
        "within = { of = [\"customer\"], time = \"at\", last = 7, every = \"1d\" }\ncheck = 'count() <= 1'",
        "within = { of = [\"customer\"], time = \"at\", last = \"7d\" }\ncheck = 'id > 1'",
        "within = { of = [\"customer\"], time = \"at\", last = \"7d\" }\ncheck = 'count(id) <= idd'",
        "within = { of = [\"customer\"], time = \"at\", last = \"7d\" }\nper = [\"id\"]\ncheck = 'count() <= 1'",
    ] {
        let folder = project(&[("complaints.csv", RECORDS)], &rule("rule", keys));
        for lang in ["en", "zh"] {
            let run = audit(folder.path(), &["--lang", lang, "--quiet"]);
            writeln!(shown, "==== {} {lang} {}\n{}", keys.replace('\n', " · "), run.code, run.err).unwrap();
        }
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("window-mistakes", shown);
    });
}

/// Duplicate keys let a source be judged twice; its windows are those of all its records all the same.
#[test]
fn records_that_share_a_key_are_in_windows_each() {
    let records = "id,customer,at\n1,c1,2026-03-02T09:00\n1,c1,2026-03-02T09:30\n2,c2,2026-03-02T09:30\n";
    let keys = "within = { of = [\"customer\"], time = \"at\", last = \"7d\" }\ncheck = 'count() <= 1'";
    let folder = project(&[("complaints.csv", records)], &rule("rule", keys));
    let json = report(folder.path(), &[]);
    assert_eq!(json["rules"][0]["outcomes"]["fail"], 1, "{}", json["rules"][0]);
    assert_eq!(json["findings"][0]["unstable"], true);
}
