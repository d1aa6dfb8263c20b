//! Joins: fields of reference sources in rules, promises, groups, subjects, `eval`, `explain` and examples; partners
//! that are missing are counted, keys that stand twice refused.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{AS_OF, Dice, audit, project_of, report, run};
use serde_json::Value;
use std::fs;

const AUDIT: &str = r#"
[project]
name = "Calls"
timezone = "Asia/Shanghai"
packs = ["./rules"]

[[source]]
id = "calls"
path = "calls*.csv"
kind = "call"
key = "call_id"
date = "at"
subject = { agent = "agent_id", team = "agent.team" }
[source.derive]
newcomer = "agent.tenure_months < 6"
[[source.join]]
source = "agents"
as = "agent"
on = "agent_id"
[[source.join]]
source = "sites"
as = "site"
on = { site_no = "no", region = "region" }

[[source]]
id = "agents"
path = "agents.csv"
kind = "agent"
key = "id"

[[source]]
id = "sites"
path = "sites.csv"
kind = "site"
key = ["no", "region"]
"#;

const RULES: &str = r#"
[[rule]]
id = "newcomers-are-brief"
title = "Newcomers keep calls below ten minutes"
on = "call"
severity = "minor"
when = "newcomer"
check = "minutes < 10"

[[rule]]
id = "own-site"
title = "Calls are taken at the agent's own site"
on = "call"
severity = "major"
check = 'agent.site == site.name'
message = "{agent.name} at {site.name}"
[[rule.example]]
name = "at home"
record = { agent = { site = "North" }, site = { name = "North" } }
expect = "pass"
[[rule.example]]
name = "elsewhere"
record = { agent = { site = "North" }, site = { name = "South" } }
expect = "fail"
[[rule.example]]
name = "an agent whom nobody knows"
record = { site = { name = "South" } }
expect = "no_evidence"

[[rule]]
id = "by-team"
title = "Calls take five minutes on average"
on = "call"
severity = "minor"
per = ["agent.team"]
check = 'mean(minutes) <= 5.0'
"#;

const CALLS: [&str; 6] = [
    "K-1,A1,1,n,4,2026-03-02T09:00",
    "K-2,A1,2,n,12,2026-03-02T10:00",
    "K-3,A2,1,n,5,2026-03-02T11:00",
    "K-4,A3,1,n,5,2026-03-02T12:00",
    "K-5,,1,n,5,2026-03-02T13:00",
    "K-6,A2,9,n,8,2026-03-02T14:00",
];
const AGENTS: &str = "id,name,team,site,tenure_months\nA1,Li,red,North,3\nA2,Wu,blue,North,30\n";
const SITES: &str = "no,region,name\n1,n,North\n2,n,South\n1,s,East\n";

fn project(calls: &[Vec<&str>]) -> tempfile::TempDir {
    let folder = project_of(AUDIT, &[("agents.csv", AGENTS), ("sites.csv", SITES)], RULES);
    for (number, lines) in calls.iter().enumerate() {
        let text = format!("call_id,agent_id,site_no,region,minutes,at\n{}\n", lines.join("\n"));
        fs::write(folder.path().join(format!("calls{number}.csv")), text).unwrap();
    }
    folder
}

fn outcomes(report: &Value, rule: &str) -> [u64; 4] {
    let all = report["rules"].as_array().unwrap();
    let found = all.iter().find(|it| it["id"] == format!("desk/{rule}")).unwrap();
    ["pass", "fail", "not_applicable", "no_evidence"].map(|it| found["outcomes"][it].as_u64().unwrap())
}

#[test]
fn rules_read_partners() {
    let folder = project(&[CALLS.to_vec()]);
    let report = report(folder.path(), &[]).1;
    // K-4 names an agent whom nobody knows, K-5 none, K-6 a site that is not there.
    assert_eq!(outcomes(&report, "newcomers-are-brief"), [1, 1, 2, 2]);
    assert_eq!(outcomes(&report, "own-site"), [2, 1, 0, 3]);
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|it| it["rule"] == "desk/own-site").unwrap();
    assert_eq!((&found["key"], &found["message"]), (&"K-2".into(), &"Li at South".into()));
    assert_eq!(found["subject"]["team"], "red", "{found}");
    assert!(found["evidence"].to_string().contains("agent.site"), "{found}");
    let groups = report["groups"].as_array().unwrap();
    let of = |team: &str| groups.iter().find(|it| it["agent.team"] == team).unwrap();
    assert_eq!((&of("red")["figure"], &of("blue")["figure"]), (&8.0.into(), &6.5.into()));
    let said = report["diagnostics"].to_string();
    for told in
        ["no partner in `agents`: 1, that name none: 1", "no partner in `sites`: 1, that name none: 0"]
    {
        assert!(said.contains(told), "{told}: {said}");
    }
}

#[test]
fn joins_stand_everywhere() {
    let folder = project(&[CALLS.to_vec()]);
    let told = run(
        folder.path(),
        &["eval", "mean(minutes)", "--per", "agent.team", "--source", "calls", "--format", "json"],
    );
    assert!(told.out.contains("\"red\"") && told.out.contains("8.0"), "{}{}", told.out, told.err);
    let arguments = ["explain", ".", "--rule", "desk/own-site", "--record", "K-2", "--as-of", AS_OF];
    let told = run(folder.path(), &arguments);
    assert!(told.out.contains("agent.site") && told.out.contains("\"South\""), "{}{}", told.out, told.err);
    let told = run(folder.path(), &["test", "."]);
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
    let told = run(folder.path(), &["check", "."]);
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
}

#[test]
fn partners_do_not_depend_on_files_order_or_threads() {
    let verdicts = |report: &Value| {
        let mut findings: Vec<Value> = report["findings"].as_array().unwrap().clone();
        findings.iter_mut().for_each(|it| drop(it.as_object_mut().unwrap().remove("origin")));
        findings.sort_by_key(|it| it["id"].as_str().map(str::to_owned));
        (report["groups"].clone(), findings)
    };
    let whole = verdicts(&report(project(&[CALLS.to_vec()]).path(), &[]).1);
    let mut dice = Dice(9);
    for files in [1, 2, 3] {
        let mut calls = CALLS.to_vec();
        dice.shuffle(&mut calls);
        let parts: Vec<Vec<&str>> = calls.chunks(calls.len().div_ceil(files)).map(<[_]>::to_vec).collect();
        for more in [&["--threads", "1"][..], &["--threads", "3"], &["--row-by-row"]] {
            assert_eq!(whole, verdicts(&report(project(&parts).path(), more).1), "{files} files, {more:?}");
        }
    }
}

#[test]
fn a_key_that_stands_twice_is_an_error_with_both_places() {
    let folder = project(&[CALLS.to_vec()]);
    fs::write(folder.path().join("agents.csv"), format!("{AGENTS}A1,Lu,red,North,5\n")).unwrap();
    let run = audit(folder.path(), &[]);
    assert_eq!(run.code, 2);
    for told in ["join-twice", "two records of `agents` have the key `A1`", "agents.csv:4", "agents.csv:2"] {
        assert!(run.err.contains(told), "{told}: {}", run.err);
    }
}
