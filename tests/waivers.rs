//! Waivers: findings that are excused stay in every output, leave gates and rates, and cost no points.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{audit, csv, project_of, report, run};
use serde_json::Value;
use std::fs;

const AUDIT: &str = r#"
[project]
name = "Desk"
timezone = "Asia/Shanghai"
packs = ["./rules"]

[[source]]
id = "tickets"
path = "tickets.csv"
kind = "ticket"
key = "id"
date = "opened"
subject = { agent = "agent" }
[source.fields]
opened = { type = "time" }
replied = { type = "time" }

[[gate]]
id = "greeted"
check = 'findings("critical") == 0'
[[gate]]
id = "rate"
check = 'rate("greeting") >= 1.0'
[[gate]]
id = "kept"
check = 'kept("reply") >= 1.0'
[[gate]]
id = "excused"
check = 'findings("critical", "waived") == 0'
[[gate]]
id = "waivers"
check = 'waivers("expired") == 0 && waivers("unused") == 0 && waivers("broad") == 0'
"#;

/// Two of four tickets are not greeted; the reply to one is late; Wu's pass the phone on too often.
const TICKETS: &str = "id,agent,opened,replied,greeted,passed_on\n\
    T1,Li,2026-03-02T09:00,2026-03-02T09:10,true,0\n\
    T2,Li,2026-03-02T09:00,2026-03-02T12:00,false,1\n\
    T3,Wu,2026-03-02T09:00,2026-03-02T09:20,true,3\n\
    T4,Wu,2026-03-02T09:00,2026-03-02T09:30,false,3\n";

const RULES: &str = r#"
[[rule]]
id = "greeting"
title = "The customer is greeted"
on = "ticket"
severity = "critical"
check = "greeted"

[[rule]]
id = "passed-on"
title = "Tickets are seldom passed on"
on = "ticket"
severity = "major"
per = ["agent"]
min = 1
check = "mean(passed_on) <= 2"

[[promise]]
id = "reply"
title = "A reply within an hour"
on = "ticket"
severity = "major"
start = "opened"
stop = "replied"
target = "1h"

[[scorecard]]
id = "month"
title = "Month"
subject = "agent"
min_records = 1
[[scorecard.section]]
id = "all"
weight = 100
items = [{ rule = "desk/greeting", deduct = 30 }, { promise = "desk/reply", deduct = 10 }]
"#;

/// A waiver; `selector` is its key or condition.
fn waiver(rule: &str, selector: &str, expires: &str) -> String {
    let rest = format!("reason = \"outage\"\napprover = \"quality\"\nexpires = {expires}\n");
    format!("[[waiver]]\nrule = \"{rule}\"\n{selector}\n{rest}")
}

fn desk(waivers: &[String]) -> tempfile::TempDir {
    let folder = project_of(AUDIT, &[("tickets.csv", TICKETS)], RULES);
    fs::write(folder.path().join("waivers.toml"), waivers.concat()).unwrap();
    folder
}

fn all_excused() -> tempfile::TempDir {
    desk(&[
        waiver("desk/greeting", "key = \"T2\"", "2026-12-31"),
        waiver("desk/greeting", "where = 'agent == \"Wu\" && passed_on > 2'", "2026-12-31"),
        waiver("desk/passed-on", "key = \"Wu\"", "2026-12-31"),
        waiver("desk/reply", "where = 'replied >= opened + hours(3)'", "2026-12-31"),
    ])
}

/// Rule, key and standing of every finding.
fn standings(report: &Value) -> Vec<[&str; 3]> {
    let all = report["findings"].as_array().unwrap().iter();
    all.map(|it| ["rule", "key", "standing"].map(|name| it[name].as_str().unwrap())).collect()
}

fn verdicts(report: &Value) -> Vec<(&str, &str)> {
    let gates = report["gates"].as_array().unwrap().iter();
    gates.map(|it| (it["id"].as_str().unwrap(), it["verdict"].as_str().unwrap())).collect()
}

fn score(report: &Value, agent: &str) -> f64 {
    let mut all = report["scorecards"].as_array().unwrap().iter();
    all.find(|it| it["subject"] == agent).unwrap()["score"].as_f64().unwrap()
}

#[test]
fn what_is_excused_is_told_and_does_not_count() {
    let (_, without) = report(desk(&[]).path(), &[]);
    let before: Vec<&str> = standings(&without).iter().map(|it| it[2]).collect();
    assert_eq!(before, ["new"; 4]);
    assert_eq!((score(&without, "Li"), score(&without, "Wu")), (80.0, 85.0));
    let folder = all_excused();
    let (_, report) = report(folder.path(), &[]);
    assert_eq!(
        standings(&report),
        [
            ["desk/greeting", "T2", "waived"],
            ["desk/promise:reply", "T2", "waived"],
            ["desk/greeting", "T4", "waived"],
            ["desk/passed-on", "Wu", "waived"],
        ]
    );
    let failed = verdicts(&report).into_iter().filter(|it| it.1 == "failed").map(|it| it.0);
    assert_eq!(failed.collect::<Vec<_>>(), ["excused"], "the gate on waived ones alone");
    assert_eq!((score(&report, "Li"), score(&report, "Wu")), (100.0, 100.0));
    assert_eq!(report["summary"]["findings"]["critical"], 2, "they stay in every output");
    assert_eq!(report["summary"]["standings"]["waived"], 4);
    let told = report["waivers"].as_array().unwrap();
    let counts: Vec<u64> = told.iter().map(|it| it["findings"].as_u64().unwrap()).collect();
    assert_eq!(counts, [1, 1, 1, 1]);
    let text = audit(folder.path(), &["--format", "csv", "--columns", "key,standing"]).out;
    assert!(csv(&text).iter().all(|row| row[1] == "waived"), "{text}");
}

#[test]
fn columns_rows_and_threads_excuse_the_same() {
    let folder = all_excused();
    let plain = report(folder.path(), &[]).0;
    assert_eq!(report(folder.path(), &["--threads", "1"]).0, plain);
    let (_, by_rows) = report(folder.path(), &["--row-by-row"]);
    let (_, plain) = report(folder.path(), &[]);
    assert_eq!(by_rows["findings"], plain["findings"]);
    assert_eq!(by_rows["scorecards"], plain["scorecards"]);
}

#[test]
fn a_table_excuses_as_toml_does() {
    let folder = all_excused();
    let (text, _) = report(folder.path(), &[]);
    fs::remove_file(folder.path().join("waivers.toml")).unwrap();
    let table = "rule,key,where,reason,approver,expires\n\
        # a \" in a comment opens nothing\n\
        desk/greeting,T2,,outage,quality,2026-12-31\n\
        desk/greeting,,\"agent == \"\"Wu\"\" && passed_on > 2\",outage,quality,2026-12-31\n\
        desk/passed-on,Wu,,outage,quality,2026-12-31\n\
        desk/reply,,replied >= opened + hours(3),outage,quality,2026-12-31\n";
    fs::write(folder.path().join("waivers.csv"), table).unwrap();
    assert_eq!(report(folder.path(), &[]).0, text);
    // Cells in quotes may go on over several lines.
    let broken = table.replace(",T2,,outage,", ",T2,,\"outage,\n\n\"\"the long one\"\"\",");
    fs::write(folder.path().join("waivers.csv"), broken.replace(" && passed_on", "\r\n  && passed_on"))
        .unwrap();
    let (_, told) = report(folder.path(), &[]);
    assert_eq!(told["waivers"][0]["reason"], "outage,\n\n\"the long one\"");
    let standings = told["findings"].as_array().unwrap().iter().map(|it| it["standing"].as_str().unwrap());
    assert!(standings.eq(["waived"; 4]), "{told:.300}");
}

#[test]
fn the_last_day_counts_on_the_clock_of_the_project() {
    let folder = desk(&[waiver("desk/greeting", "key = \"T2\"", "2026-03-31")]);
    let standing = |as_of: &str| {
        let run =
            run(folder.path(), &["audit", "--format", "ndjson", "--rule", "desk/greeting", "--as-of", as_of]);
        let line: Value = serde_json::from_str(run.out.lines().next().unwrap()).unwrap();
        (line["standing"].as_str().unwrap().to_owned(), run.err)
    };
    assert_eq!(standing("2026-03-31T23:59").0, "waived");
    // Still the last of March in Greenwich, April in Shanghai.
    let (over, said) = standing("2026-03-31T16:00Z");
    assert_eq!(over, "new");
    assert!(said.contains("warning[waiver-expired]") && said.contains("waivers.toml:1"), "{said}");
    let checked = run(folder.path(), &["check", "--lang", "zh"]);
    assert!(checked.code == 0 && checked.err.contains("waiver-expired"), "{}", checked.err);
}

#[test]
fn waivers_that_are_none_fail_their_gate() {
    let verdict = |waiver: String| {
        let (_, report) = report(desk(&[waiver]).path(), &[]);
        let found = verdicts(&report).into_iter().find(|it| it.0 == "waivers").unwrap().1.to_owned();
        let codes = report["diagnostics"].as_array().unwrap().iter();
        (found, codes.map(|it| it["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>())
    };
    let good = verdict(waiver("desk/greeting", "key = \"T2\"", "2026-12-31"));
    assert_eq!(good, ("held".into(), vec![]));
    let unused = verdict(waiver("desk/greeting", "key = \"T1\"", "2026-12-31"));
    assert_eq!(unused, ("failed".into(), vec!["waiver-unused".into()]));
    let expired = verdict(waiver("desk/greeting", "key = \"T2\"", "2025-12-31"));
    assert_eq!(expired, ("failed".into(), vec!["waiver-expired".into()]));
}

#[test]
fn a_condition_that_cannot_be_told_excuses_nothing() {
    let folder = desk(&[waiver("desk/greeting", "where = 'replied > opened'", "2026-12-31")]);
    let without_reply = TICKETS.replace("2026-03-02T12:00", "").replace("2026-03-02T09:30", "-");
    fs::write(folder.path().join("tickets.csv"), without_reply).unwrap();
    let (_, report) = report(folder.path(), &["--rule", "desk/greeting"]);
    let standings: Vec<&str> = standings(&report).iter().map(|it| it[2]).collect();
    assert_eq!(standings, ["new", "new"]);
}

#[test]
fn people_read_how_findings_stand() {
    let folder = all_excused();
    let end = |arguments: &[&str]| {
        let out = audit(folder.path(), arguments).out;
        let lines: Vec<&str> = out.lines().collect();
        lines[lines.len() - 3..].join("\n")
    };
    insta::assert_snapshot!(end(&[]), @r"
    1 of 6 gates failed.
    4 records, 2 rules, 4 findings, coverage 100.0%
    new 0 · known 0 · waived 4
    ");
    insta::assert_snapshot!(end(&["--lang", "zh"]), @r"
    6 项门禁中有 1 项未通过。
    4 条记录，2 条规则，4 个发现项，覆盖率 100.0%
    新增 0 · 已知 0 · 豁免 4
    ");
}
