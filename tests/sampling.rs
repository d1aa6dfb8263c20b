//! `touchstone sample`: the records that people review, the same whatever the order of records, and with a reason each.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{Dice, project_of, run};
use std::{collections::BTreeMap, fs, path::Path};

const AUDIT: &str = r#"
[project]
name = "Desk"
[[source]]
id = "calls"
path = "calls*.csv"
kind = "call"
key = "id"
subject = { agent = "agent" }
[sampling]
source = "calls"
seed = "2026-03"
budget = 400
per = "agent"
min = 2
margin = 0.05
strata = [ { when = 'tenure < 90', rate = 0.10 }, { when = 'tenure >= 90', rate = 0.03 } ]
"#;

/// A thousand calls of 37 agents: the last ten are new, and each of them has few.
fn rows() -> Vec<String> {
    let of = |it: usize| if it.is_multiple_of(10) { 30 + it / 10 % 10 } else { it % 30 };
    let row = |it: usize| {
        let agent = of(it);
        let tenure = if it == 7 { String::new() } else { if agent < 30 { 900 } else { 12 }.to_string() };
        format!("C{it:04},A{agent:02},{tenure},=note {it}")
    };
    (0..1_000).map(row).collect()
}

fn project(audit: &str, files: &[&[String]]) -> tempfile::TempDir {
    let home = project_of(audit, &[], "");
    for (number, rows) in files.iter().enumerate() {
        let text = format!("id,agent,tenure,note\n{}\n", rows.join("\n"));
        fs::write(home.path().join(format!("calls{number}.csv")), text).unwrap();
    }
    home
}

/// Key, agent, stratum, weight and reason of each record that is drawn.
fn drawn(home: &Path) -> Vec<Vec<String>> {
    let said = run(home, &["sample", ".", "--format", "csv"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let all = common::csv(&said.out);
    all.into_iter().map(|row| row.into_iter().take(5).collect()).collect()
}

#[test]
fn each_stratum_has_its_rate_and_each_agent_the_minimum() {
    let rows = rows();
    let home = project(AUDIT, &[&rows]);
    let all = drawn(home.path());
    let by_rate = |stratum: &str| all.iter().filter(|it| it[2] == stratum && it[4].contains('%')).count();
    // A record whose tenure is missing is in no stratum.
    assert_eq!((by_rate("1"), by_rate("2")), (10, 27));
    let mut of_agent: BTreeMap<&str, usize> = BTreeMap::new();
    all.iter().for_each(|it| *of_agent.entry(&it[1]).or_default() += 1);
    assert!(of_agent.len() == 37 && of_agent.values().all(|it| *it >= 2), "{of_agent:?}");
    let told = run(home.path(), &["sample", "."]).out;
    for part in ["of 1000 records", "20 / 100", "records in no stratum: 1", "for ± 5.0 %: 278 records"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(told.lines().all(|it| it.chars().count() <= 80), "{told}");
}

#[test]
fn the_same_records_are_drawn_in_any_order_and_from_any_files() {
    let rows = rows();
    let first = drawn(project(AUDIT, &[&rows]).path());
    let mut shuffled = rows.clone();
    Dice(5).shuffle(&mut shuffled);
    assert_eq!(drawn(project(AUDIT, &[&shuffled]).path()), first);
    let (one, other) = shuffled.split_at(333);
    assert_eq!(drawn(project(AUDIT, &[one, other]).path()), first);
    let other_seed = AUDIT.replace("2026-03", "2026-04");
    assert_ne!(drawn(project(&other_seed, &[&rows]).path()), first);
    // What is drawn once stays drawn when the budget grows.
    let small = drawn(project(&AUDIT.replace("budget = 400", "budget = 30"), &[&rows]).path());
    assert_eq!(small.len(), 30);
    let keys: Vec<&String> = first.iter().map(|it| &it[0]).collect();
    assert!(small.iter().all(|it| keys.contains(&&it[0])));
}

#[test]
fn worklists_are_written_and_read_by_tools() {
    let rows = rows();
    let home = project(AUDIT, &[&rows]);
    let said = run(home.path(), &["sample", ".", "-o", "list.csv", "-o", "list.ndjson", "--lang", "zh"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with("共 1000 条记录"), "{}", said.out);
    let csv = common::csv(&fs::read_to_string(home.path().join("list.csv")).unwrap());
    let lines = fs::read_to_string(home.path().join("list.ndjson")).unwrap();
    let lines: Vec<serde_json::Value> = lines.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(lines.len(), csv.len());
    for (line, row) in lines.iter().zip(&csv) {
        assert_eq!((line["key"].as_str(), line["subject"].as_str()), (Some(&*row[0]), Some(&*row[1])));
        assert_eq!(line["told"], row[4]);
    }
    // Weights make the records again.
    let whole: f64 = lines.iter().map(|it| it["weight"].as_f64().unwrap()).sum();
    assert!((whole - 999.0).abs() < 1e-6, "{whole}");
}

#[test]
fn what_cannot_be_drawn_is_told() {
    let rows = rows();
    let broken = [
        ("source = \"calls\"\nseed", "source = \"cals\"\nseed", "did you mean `calls`"),
        ("rate = 0.10", "rate = 10", "a number from 0 to 1"),
        ("tenure < 90", "tenur < 90", "tenur"),
        ("'tenure < 90'", "'tenure'", "true or false"),
        ("per = \"agent\"", "per = \"agnt\"", "agnt"),
        ("budget = 400", "budget = -1", "whole number"),
        ("seed = \"2026-03\"\n", "", "seed"),
        ("min = 2", "minimum = 2", "minimum"),
        ("per = \"agent\"\n", "", "`per` is missing"),
    ];
    for (old, new, told) in broken {
        assert!(AUDIT.contains(old), "{old}");
        let home = project(&AUDIT.replace(old, new), &[&rows]);
        let said = run(home.path(), &["sample", "."]);
        assert_eq!(said.code, 2, "{new}: {}", said.out);
        assert!(said.err.contains(told) && said.err.contains("audit.toml"), "{new}: {}", said.err);
    }
    let none = project(AUDIT.split("[sampling]").next().unwrap(), &[&rows]);
    let said = run(none.path(), &["sample", "."]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("[sampling]"), "{}", said.err);
}

/// Whoever checks a project learns of mistakes in its sample before somebody draws.
#[test]
fn checks_look_at_the_sample() {
    let rule =
        "[[rule]]\nid = \"new\"\ntitle = \"New\"\non = \"call\"\nseverity = \"info\"\ncheck = 'tenure > 0'\n";
    let audit = AUDIT.replace("[[source]]", "packs = [\"./rules\"]\n[[source]]");
    let text = format!("id,agent,tenure,note\n{}\n", rows().join("\n"));
    let check = |audit: &str| run(project_of(audit, &[("calls0.csv", &text)], rule).path(), &["check", "."]);
    assert_eq!(check(&audit).code, 0, "{}", check(&audit).err);
    let broken = check(&audit.replace("tenure >= 90", "tenur >= 90"));
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("tenur") && broken.err.contains("audit.toml"), "{}", broken.err);
}
