//! Clocks on cases: pauses while a state holds, cases that are opened again, targets that change (SEMANTICS, 4.5 to
//! 4.7), each policy on the same events; what is said where they cannot be judged.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{Dice, project_of, run};
use serde_json::Value;
use std::fs;

const AS_OF: &str = "2026-03-09T11:00";

const AUDIT: &str = r#"
[project]
name = "Desk"
timezone = "UTC"
packs = ["./rules"]
[[source]]
id = "tickets"
kind = "ticket"
key = "id"
path = "tickets.csv"
[source.events]
path = "events*.csv"
case = "id"
activity = "step"
at = "time"
fields = { sla = { type = "amount" }, minutes_left = { type = "int" } }
[source.fields]
sla = { type = "amount" }
[source.derive]
important = 'tier == "vip"'
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-17:00"] }
[[calendar]]
id = "always"
hours = { mon-sun = ["00:00-24:00"] }
"#;

/// A promise from opening to closing with these lines of its own.
fn promise(id: &str, lines: &str) -> String {
    let head = format!("[[promise]]\nid = \"{id}\"\ntitle = \"Solved: {id}\"\non = \"ticket\"\n");
    format!("{head}start = {{ step = \"open\" }}\nstop = {{ step = \"close\" }}\n{lines}\n")
}

fn rules() -> String {
    let waits = "pause = [{ while = 'state == \"waiting\"' }]";
    let reopen = |policy: &str| format!("reopen = {{ on = {{ step = \"reopen\" }}, policy = \"{policy}\" }}");
    let change =
        |policy: &str| format!("target_change = {{ on = {{ step = \"priority\" }}, policy = \"{policy}\" }}");
    let by_priority = "target = { table = \"target\" }\ncalendar = 'if priority == \"p1\" { \"always\" } else { \"office\" }'";
    let mut all = String::new();
    for policy in ["resume", "restart", "ignore"] {
        all += &promise(policy, &format!("target = \"4h\"\n{waits}\n{}", reopen(policy)));
    }
    for (id, policy) in [("recompute", "recompute"), ("carry", "carry"), ("anew", "restart")] {
        all += &promise(id, &format!("{by_priority}\n{waits}\n{}", change(policy)));
    }
    all += &promise("told", &format!("target = 'sla'\n{}", change("recompute")));
    all += &promise("negotiated", &format!("target = 'agreed'\n{}", change("recompute")));
    all += &promise(
        "length",
        &format!(
            "target = 'if important {{ hours(1) }} else {{ minutes(minutes_left) }}'\n{}",
            change("recompute")
        ),
    );
    all += &promise(
        "in-days",
        &format!("target = {{ table = \"days\" }}\ncalendar = \"office\"\n{}", change("carry")),
    );
    all + r#"
[[table]]
id = "target"
inputs = ["priority"]
output = "amount"
rows = [["p1", "2h"], ["p2", "6h"], ["*", "12h"]]

[[table]]
id = "days"
inputs = ["priority"]
output = "amount"
rows = [["p1", "1d"], ["*", "2bd"]]

[[rule]]
id = "runs"
title = "Not opened again"
on = "ticket"
severity = "minor"
check = 'restart.cycles == 1 && restart.worst <= hours(5) && restart.last <= restart.worst && restart.total < hours(9)'
"#
}

const TICKETS: &str =
    "id,tier,priority,sla\nA,vip,p2,6h\nB,basic,p1,2h\nC,basic,p2,4h\nD,basic,,\nE,basic,p3,\n";

const EVENTS: [&str; 20] = [
    // Waits two hours, is closed, opened again, and takes five and a half hours more.
    "A,open,2026-03-02T09:00,open,p2,6h,2026-03-02T17:00,90",
    "A,wait,2026-03-02T10:00,waiting,,,,",
    "A,back,2026-03-02T12:00,open,,,,",
    "A,close,2026-03-02T13:00,closed,,,,",
    "A,reopen,2026-03-02T15:00,open,,,,",
    "A,close,2026-03-02T20:30,closed,,,,",
    // Over a weekend, then more urgent.
    "B,open,2026-03-06T16:00,open,p2,6h,2026-03-09T12:00,600",
    "B,priority,2026-03-09T10:00,,p1,2h,2026-03-09T10:15,30",
    "B,close,2026-03-09T10:30,closed,,,,",
    "B,priority,2026-03-09T10:30,,p2,9h,2026-03-10T10:15,900",
    // Waiting while it becomes more urgent, and still open; opened again without having been closed.
    "C,open,2026-03-09T09:00,open,p2,4h,2026-03-09T12:00,600",
    "C,wait,2026-03-09T09:30,waiting,,,,",
    "C,priority,2026-03-09T10:00,,p1,1h,2026-03-09T10:45,60",
    "C,back,2026-03-09T10:30,open,,,,",
    "C,reopen,2026-03-09T10:40,open,,,,",
    // Nobody tells its priority before it changes; a wait of no time.
    "D,open,2026-03-09T09:00,open,,,,",
    "D,wait,2026-03-09T09:30,waiting,,,,",
    "D,back,2026-03-09T09:30,open,,,,",
    "D,priority,2026-03-09T10:00,,p2,,,",
    // Never changes: what the record says counts.
    "E,open,2026-03-09T09:00,open,,,,",
];

fn project(events: &[Vec<&str>]) -> tempfile::TempDir {
    let folder = project_of(AUDIT, &[("tickets.csv", TICKETS)], &rules());
    for (number, lines) in events.iter().enumerate() {
        let text = format!("id,step,time,state,priority,sla,agreed,minutes_left\n{}\n", lines.join("\n"));
        fs::write(folder.path().join(format!("events{number}.csv")), text).unwrap();
    }
    folder
}

/// How a promise stands on a case: outcome, due, minutes of open time, runs.
fn standing(folder: &std::path::Path, promise: &str, case: &str) -> (String, String, Option<i64>, i64) {
    let rule = format!("desk/promise:{promise}");
    let told =
        run(folder, &["explain", "--rule", &rule, "--record", case, "--as-of", AS_OF, "--format", "json"]);
    assert_eq!(told.code, 0, "{}", told.err);
    let told: Value = serde_json::from_str(&told.out).unwrap();
    let told = &told["records"][0];
    let due = told["due"].as_str().unwrap_or("-");
    let due = due.trim_start_matches("2026-03-").replace('T', " ").replace(":00+00:00", "");
    let minutes = told["open_seconds"].as_i64().map(|it| it / 60);
    (
        told["outcome"].as_str().unwrap().to_owned(),
        due,
        minutes,
        told["cycles"]["count"].as_i64().unwrap_or(1),
    )
}

#[test]
fn every_policy_on_the_same_events() {
    let folder = project(&[EVENTS.to_vec()]);
    let table = [
        // The wait and the closed span leave the clock alone: 1 + 1 + 5.5 hours.
        ("resume", "A", "breached", "02 17:00", Some(450), 2),
        // The second run decides.
        ("restart", "A", "breached", "02 19:00", Some(330), 2),
        ("ignore", "A", "kept", "02 15:00", Some(120), 1),
        ("resume", "C", "kept_open", "09 14:00", Some(60), 1),
        // Friday to Monday counts once the new calendar has every hour.
        ("recompute", "B", "breached", "06 18:00", Some(66 * 60 + 30), 1),
        // One office hour on Friday, one on Monday, then half an hour.
        ("carry", "B", "breached", "09 10:00", Some(150), 1),
        ("anew", "B", "kept", "09 12:00", Some(30), 1),
        // Pauses are carried: half an hour before the change, half an hour after it, the rest is a wait.
        ("recompute", "C", "running", "09 12:00", Some(60), 1),
        ("carry", "C", "running", "09 12:00", Some(60), 1),
        ("anew", "C", "running", "09 12:30", Some(30), 1),
        ("carry", "D", "running", "09 15:00", Some(120), 1),
        // Told by nobody but the record.
        ("recompute", "E", "running", "10 13:00", Some(120), 1),
        // Amounts, instants and lengths that events tell.
        ("told", "B", "breached", "06 18:00", Some(66 * 60 + 30), 1),
        ("told", "A", "kept", "02 15:00", Some(240), 1),
        ("negotiated", "B", "breached", "09 10:15", Some(66 * 60 + 30), 1),
        ("length", "A", "breached", "02 10:00", Some(240), 1),
        ("length", "C", "breached", "09 10:00", Some(120), 1),
        ("length", "D", "no_evidence", "-", None, 1),
        // Days count from the start, whatever is carried.
        ("in-days", "B", "breached", "07 16:00", Some(150), 1),
    ];
    for (promise, case, outcome, due, open, runs) in table {
        let outcome = if outcome == "kept_open" { "running" } else { outcome };
        let found = standing(folder.path(), promise, case);
        assert_eq!(found, (outcome.to_owned(), due.to_owned(), open, runs), "{promise} of {case}");
    }
}

/// The JSON report of an audit.
fn report(folder: &std::path::Path, more: &[&str]) -> Value {
    let told = run(folder, &[&["audit", "--as-of", AS_OF, "--format", "json"], more].concat());
    serde_json::from_str(&told.out).unwrap()
}

#[test]
fn rules_read_all_runs() {
    let folder = project(&[EVENTS.to_vec()]);
    let report = report(folder.path(), &["--rule", "desk/runs"]);
    assert_eq!(report["rules"][0]["outcomes"]["pass"], 3, "{}", report["rules"][0]);
    let finding = &report["findings"][0];
    assert_eq!(
        (finding["key"].as_str(), finding["evidence"]["fields"]["restart.cycles"].as_i64()),
        (Some("A"), Some(2)),
        "{finding}"
    );
    let told = run(folder.path(), &["eval", "resume.total", "--as-of", AS_OF]);
    assert!(told.out.contains("7h 30m"), "{}", told.out);
}

#[test]
fn nothing_depends_on_the_order_of_events_or_on_threads() {
    let verdicts = |folder: &std::path::Path, more: &[&str]| {
        let report = report(folder, more);
        let mut findings = report["findings"].as_array().unwrap().clone();
        findings.iter_mut().for_each(|it| drop(it.as_object_mut().unwrap().remove("origin")));
        (report["promises"].clone(), findings)
    };
    let whole = verdicts(project(&[EVENTS.to_vec()]).path(), &[]);
    assert!(whole.1.len() > 8, "{whole:?}");
    let mut dice = Dice(11);
    for files in 1..4 {
        let mut events = EVENTS.to_vec();
        // Some events of B and of D are at one moment: they keep their order.
        let tied = [17, 16, 9].map(|it| events.remove(it));
        dice.shuffle(&mut events);
        events.extend(tied.into_iter().rev());
        let parts: Vec<Vec<&str>> = events.chunks(events.len().div_ceil(files)).map(<[_]>::to_vec).collect();
        for more in [&["--threads", "1"][..], &["--threads", "3"], &["--row-by-row"], &["--memory", "1M"]] {
            assert_eq!(verdicts(project(&parts).path(), more), whole, "{files} {more:?}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_no_evidence() {
    let mut events = EVENTS.to_vec();
    events[7] = "B,priority,2026-03-09T10:00,,p1,soon,2026-03-09T10:15,30";
    let folder = project(&[events]);
    assert_eq!(standing(folder.path(), "told", "B").0, "no_evidence");
    let told = report(folder.path(), &[])["unassessed"].to_string();
    assert!(told.contains("sla"), "{told}");
    assert_eq!(standing(folder.path(), "carry", "B").0, "breached");
}
