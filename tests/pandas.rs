//! Groups, windows and cases held to pandas, where Python has it: `target/ci-python`, else the system's.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

mod common;

use common::{audit, copy, held, root, run};
use std::{fmt::Write as _, fs, path::PathBuf};

const AUDIT: &str = r#"
[project]
name = "Desk"
packs = ["./rules"]
[[source]]
id = "tickets"
path = "tickets.csv"
kind = "ticket"
key = "id"
[source.fields]
score = { type = "float" }
share = { type = "float" }
"#;

const RULES: &str = r#"
[pack]
id = "desk"
[[rule]]
id = "group"
title = "Group"
on = "ticket"
severity = "info"
per = ["team", "month(at)"]
rollup = true
check = '''rate(kept) < 0.0 && count(kept) < 0 && count() < 0 && sum(share) < 0.0 && mean(share) < 0.0 && min(share) < 0.0 && max(share) < 0.0
 && median(share) < 0.0 && percentile(share, 90) < 0.0 && percentile(score, 12.5) < 0.0 && distinct(score) < 0'''
[[rule]]
id = "window"
title = "Window"
on = "ticket"
severity = "info"
within = { of = ["team"], time = "at", last = "7d" }
check = 'count() < 0 && sum(share) < 0.0 && mean(share) < 0.0 && max(share) < 0.0 && median(share) < 0.0'
"#;

/// Records that look random and are always the same.
fn records() -> String {
    let mut dice = 3_u64;
    let mut below = |bound: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % bound
    };
    let mut out = "id,team,kept,score,share,at\n".to_owned();
    for number in 0..4_000 {
        let team = ["a", "b", "c", ""][usize::try_from(below(4)).unwrap()];
        let kept = ["true", "false", ""][usize::try_from(below(3)).unwrap()];
        let score = if below(10) == 0 { String::new() } else { below(9).to_string() };
        let (whole, part) = (below(1_000), below(1_000));
        let (month, day, hour) = (below(3) + 1, below(28) + 1, below(24));
        writeln!(
            out,
            "T-{number},{team},{kept},{score},{whole}.{part:03},2026-{month:02}-{day:02}T{hour:02}:00"
        )
        .unwrap();
    }
    out
}

#[test]
fn groups_and_windows_are_those_of_pandas() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("rules")).unwrap();
    for (name, text) in
        [("audit.toml", AUDIT), ("rules/pack.toml", RULES), ("tickets.csv", records().as_str())]
    {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let run = audit(folder.path(), &["--quiet", "--memory", "1KB", "-o", "report.json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    held(folder.path(), "groups_pandas.py", &["tickets.csv", "report.json"]);
}

/// Figures of the cases of a project of `tests/real`, held to pandas; `log` names case, step, time, actor and the
/// form of times.
fn cases_are_those_of_pandas(name: &str, file: &str, log: [&str; 5], asked: &[&str]) {
    let shared =
        std::env::var_os("TOUCHSTONE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let data = shared.join("data").join(file);
    if !data.exists() {
        eprintln!("skipped: there are no real records `{file}` (TOUCHSTONE_SHARED may name their folder)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("tests/real").join(name), folder.path());
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::copy(&data, folder.path().join("data/log.csv")).unwrap();
    let mut figures = serde_json::Map::new();
    for expression in asked {
        let told = run(folder.path(), &["eval", expression, "--format", "json"]);
        let values: Vec<serde_json::Value> = serde_json::from_str(&told.out).unwrap();
        let by_case =
            values.into_iter().map(|it| (it["key"].as_str().unwrap().to_owned(), it["value"].clone()));
        figures.insert((*expression).to_owned(), serde_json::Value::Object(by_case.collect()));
    }
    fs::write(folder.path().join("figures.json"), serde_json::to_vec(&figures).unwrap()).unwrap();
    let [case, step, time, actor, form] = log;
    held(folder.path(), "cases_pandas.py", &["data/log.csv", case, step, time, actor, form, "figures.json"]);
}

#[test]
fn cases_of_the_help_desk_are_those_of_pandas() {
    let log = ["case:concept:name", "concept:name", "time:timestamp", "org:resource", "ISO8601"];
    let asked = [
        "count(\"Wait\")",
        "count(\"Take in charge ticket\")",
        "between(\"Assign seriousness\", \"Take in charge ticket\").seconds",
        "between(\"Assign seriousness\", \"Closed\").seconds",
        "in_order([\"Assign seriousness\", \"Take in charge ticket\", \"Resolve ticket\", \"Closed\"])",
        "never_after(\"Resolve ticket\", \"Closed\")",
        "hand_offs()",
        "idle_max().seconds",
        "last(\"Closed\").actor",
    ];
    cases_are_those_of_pandas("helpdesk_cases", "helpdesk/helpdesk.csv", log, &asked);
}

#[test]
fn cases_of_the_incident_desk_are_those_of_pandas() {
    let log = ["number", "incident_state", "sys_updated_at", "sys_updated_by", "%d/%m/%Y %H:%M"];
    let asked = [
        "count(\"Active\")",
        "count(\"Closed\")",
        "between(\"New\", \"Resolved\").seconds",
        "between(\"Resolved\", \"Closed\").seconds",
        "in_order([\"New\", \"Active\", \"Resolved\", \"Closed\"])",
        "hand_offs()",
        "idle_max().seconds",
        "last(\"Resolved\").actor",
    ];
    cases_are_those_of_pandas("incidents_cases", "incidents/incident_events.csv", log, &asked);
}

/// Violations of restaurants joined to their inspections. A business that was inspected twice on one day has two
/// partners, which is an error: of these three the first is kept.
#[test]
fn joined_records_are_those_of_pandas() {
    let shared =
        std::env::var_os("TOUCHSTONE_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let data = shared.join("data/inspections_sf");
    if !data.exists() {
        eprintln!(
            "skipped: there are no real records `inspections_sf` (TOUCHSTONE_SHARED may name their folder)"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let project = r#"
[project]
name = "Inspections"
[[source]]
id = "violations"
path = "violations.csv"
kind = "violation"
[[source.join]]
source = "inspections"
as = "inspection"
on = ["business_id", "date"]
[[source]]
id = "inspections"
path = "inspections.csv"
kind = "inspection"
key = ["business_id", "date"]
"#;
    fs::write(folder.path().join("audit.toml"), project).unwrap();
    fs::copy(data.join("violations.csv"), folder.path().join("violations.csv")).unwrap();
    let text = fs::read_to_string(data.join("inspections.csv")).unwrap();
    let mut seen = std::collections::HashSet::new();
    let day = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].to_owned(), cells[2].to_owned())
    };
    let once: Vec<&str> = text.lines().filter(|it| seen.insert(day(it))).collect();
    assert_eq!(text.lines().count() - once.len(), 3);
    fs::write(folder.path().join("inspections.csv"), once.join("\n") + "\n").unwrap();
    for (file, expression, per) in [
        ("counts.json", "count()", "inspection.score"),
        ("sums.json", "sum(inspection.score)", "business_id"),
    ] {
        let arguments = ["eval", expression, ".", "--source", "violations", "--per", per, "--format", "json"];
        let told = run(folder.path(), &arguments);
        assert_eq!(told.code, 0, "{}", told.err);
        fs::write(folder.path().join(file), told.out).unwrap();
    }
    held(
        folder.path(),
        "joins_pandas.py",
        &["violations.csv", "inspections.csv", "counts.json", "sums.json"],
    );
}
