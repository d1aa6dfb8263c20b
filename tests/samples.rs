//! The sample projects are audited, and what comes out is exactly what was planted in them.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

mod common;

use common::{AS_OF, Run, audit, csv, root, run, sample, triples};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path, process::Command};

const SAMPLES: [&str; 3] = ["support-desk", "citizen-hotline", "after-sales"];

fn planted(name: &str) -> BTreeSet<[String; 3]> {
    triples(&fs::read_to_string(sample(name).join("planted.csv")).unwrap(), [0, 1, 2])
}

fn json(name: &str, arguments: &[&str]) -> Run {
    audit(&sample(name), &[&["--quiet", "--format", "json"], arguments].concat())
}

/// The verdicts that are no pass: findings as CSV tells them, the rest as JSON lists them.
fn verdicts(name: &str, arguments: &[&str]) -> BTreeSet<[String; 3]> {
    let columns = ["--quiet", "--format", "csv", "--columns", "key,rule,outcome"];
    let mut found = triples(&audit(&sample(name), &[&columns[..], arguments].concat()).out, [1, 0, 2]);
    let report: Value = serde_json::from_str(&json(name, arguments).out).unwrap();
    for it in report["unassessed"].as_array().unwrap() {
        let text = |name: &str| it[name].as_str().unwrap().to_owned();
        found.insert([text("rule"), text("key"), "no_evidence".to_owned()]);
    }
    found
}

/// Each fault of a sample with the rule that tells it, however it is read.
fn has_what_was_planted(sample: &str, least: usize) {
    let wanted = planted(sample);
    assert!(wanted.len() > least);
    for arguments in
        [&[][..], &["--threads", "1"], &["--threads", "7"], &["--row-by-row"], &["--memory", "1M"]]
    {
        assert_eq!(verdicts(sample, arguments), wanted, "{arguments:?}");
    }
}

/// Cases, patterns, orders, files and the load of hours.
#[test]
fn the_office_has_what_was_planted() {
    has_what_was_planted("service-office", 35);
}

/// Answers of customers, marks of listeners and mystery shoppers.
#[test]
fn the_voice_of_customers_has_what_was_planted() {
    has_what_was_planted("customer-voice", 25);
}

fn assert_same(found: &BTreeSet<[String; 3]>, wanted: &BTreeSet<[String; 3]>, what: &str) {
    let more: Vec<_> = found.difference(wanted).collect();
    let less: Vec<_> = wanted.difference(found).collect();
    assert!(more.is_empty() && less.is_empty(), "{what}\nnot planted: {more:#?}\nnot found: {less:#?}");
    assert!(wanted.len() > 60, "{what}: only {} verdicts", wanted.len());
}

#[test]
fn what_was_planted_is_found_and_nothing_else() {
    for name in SAMPLES {
        for arguments in [&[][..], &["--threads", "1"], &["--threads", "7"], &["--row-by-row"]] {
            assert_same(&verdicts(name, arguments), &planted(name), &format!("{name} {arguments:?}"));
        }
    }
}

#[test]
fn row_by_row_gives_the_same_findings_to_the_byte() {
    for name in SAMPLES {
        for format in ["csv", "ndjson"] {
            let by_columns = audit(&sample(name), &["--quiet", "--format", format]);
            let by_rows = audit(&sample(name), &["--quiet", "--format", format, "--row-by-row"]);
            assert_eq!((by_rows.code, by_rows.out), (by_columns.code, by_columns.out), "{name} {format}");
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    for name in SAMPLES {
        for format in ["json", "csv", "markdown", "terminal"] {
            let with =
                |threads: &str| audit(&sample(name), &["--quiet", "--format", format, "--threads", threads]);
            let one = with("1");
            assert_eq!(one.code, 1, "the planted critical findings fail the default gate: {}", one.err);
            for threads in ["2", "7"] {
                let other = with(threads);
                assert_eq!((other.code, &other.out), (one.code, &one.out), "{name} {format} {threads}");
            }
        }
    }
}

/// Every way in which a clock can end is planted: kept to the second, late by one, late for one day of
/// make-up work only, paused, open, without a start.
#[test]
fn clocks_end_as_they_were_planted() {
    let folder = sample("after-sales");
    let planted = triples(&fs::read_to_string(folder.join("planted-promises.csv")).unwrap(), [0, 1, 2]);
    assert!(planted.len() > 60, "only {} clocks", planted.len());
    let mut met = BTreeSet::new();
    for [promise, key, outcome] in &planted {
        let asked = ["explain", "--rule", promise, "--record", key, "--as-of", AS_OF, "--format", "json"];
        let report: Value = serde_json::from_str(&run(&folder, &asked).out).unwrap();
        let record = &report["records"][0];
        assert_eq!(record["outcome"], outcome.as_str(), "{promise} {key}: {record}");
        met.insert(outcome.as_str());
    }
    let all = ["at_risk", "breached", "kept", "no_evidence", "not_applicable", "running"];
    assert_eq!(met, BTreeSet::from(all));
}

/// Faults of the data: bad cells and rejected rows as `--rejects` lists them, repeated keys as the
/// diagnostics of the report tell them.
#[test]
fn faults_planted_in_the_data_are_told() {
    for name in SAMPLES {
        let folder = tempfile::tempdir().unwrap();
        let rejects = folder.path().join("rejects.csv");
        let report = json(name, &["--rejects", rejects.to_str().unwrap()]);
        let mut found = BTreeSet::new();
        for row in csv(&fs::read_to_string(rejects).unwrap()) {
            found.insert([row[1].clone(), row[2].clone(), row[4].clone()]);
        }
        let report: Value = serde_json::from_str(&report.out).unwrap();
        for it in report["diagnostics"].as_array().unwrap().iter().filter(|it| it["code"] == "duplicate-key")
        {
            let place = &it["place"];
            let file = place["file"].as_str().unwrap().to_owned();
            found.insert([file, place["row"].to_string(), "duplicate_key".to_owned()]);
        }
        let planted = triples(&fs::read_to_string(sample(name).join("planted-data.csv")).unwrap(), [0, 1, 2]);
        assert_eq!(found, planted, "{name}");
        let count = |kind: &str| planted.iter().filter(|it| it[2] == kind).count();
        assert_eq!(report["summary"]["bad_cells"], count("bad_cell"));
        assert_eq!(report["summary"]["rejected"], count("rejected_row"));
        assert_eq!(report["summary"]["duplicate_keys"], 2 * count("duplicate_key"));
    }
}

/// The same seed gives the same bytes, so nobody edited the samples by hand.
#[test]
fn the_samples_are_as_their_script_writes_them() {
    let out = tempfile::tempdir().unwrap();
    let script = root().join("samples/generate.py");
    let ran = Command::new("python3").arg(script).arg("--out").arg(out.path()).output();
    let Ok(ran) = ran else {
        #[expect(clippy::print_stderr, reason = "whoever runs the tests should know what was not tested")]
        {
            eprintln!("skipped: there is no python3 to run samples/generate.py with");
        }
        return;
    };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let mut compared = 0;
    for name in SAMPLES.into_iter().chain(["contact-centre", "service-office", "customer-voice"]) {
        same_bytes(&out.path().join(name), &sample(name), &mut compared);
    }
    assert!(compared >= 20, "only {compared} files");
}

fn same_bytes(written: &Path, kept: &Path, compared: &mut usize) {
    for name in common::names(written) {
        let (written, kept) = (written.join(&name), kept.join(&name));
        if written.is_dir() {
            same_bytes(&written, &kept, compared);
        } else {
            assert!(fs::read(&written).unwrap() == fs::read(&kept).unwrap(), "{} differs", kept.display());
            *compared += 1;
        }
    }
}
