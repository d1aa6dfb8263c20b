//! Baselines: what is known does not fail the audit, what is fixed is told, and the file is whole at any moment.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{Dice, audit, names, project_of, report, run, touchstone};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

const AUDIT: &str = r#"
[project]
name = "Desk"
timezone = "Asia/Shanghai"
packs = ["./rules"]

[[source]]
id = "tickets"
path = "tickets*.csv"
kind = "ticket"
key = "id"
"#;

const RULES: &str = r#"
[[rule]]
id = "greeting"
title = "The customer is greeted"
on = "ticket"
severity = "critical"
check = "greeted"

[[rule]]
id = "calm"
title = "Few are angry"
on = "ticket"
severity = "major"
params = { most = 3 }
check = "angry <= most"
message = "{angry} were angry"
"#;

const HEAD: &str = "id,greeted,angry\n";
const ROWS: [&str; 6] =
    ["T1,true,0\n", "T2,false,9\n", "T3,true,8\n", "T4,false,0\n", "T5,false,7\n", "T6,true,1\n"];

fn tickets(rows: &[&str]) -> String {
    HEAD.to_owned() + &rows.concat()
}

fn desk() -> tempfile::TempDir {
    project_of(AUDIT, &[("tickets.csv", &tickets(&ROWS))], RULES)
}

fn put(folder: &Path, rows: &[&str]) {
    fs::write(folder.join("tickets.csv"), tickets(rows)).unwrap();
}

fn write(folder: &Path) -> common::Run {
    run(folder, &["baseline", "write", "known.txt", "--as-of", "2026-04-01", "--no-progress"])
}

fn counts(report: &Value) -> [u64; 3] {
    ["new", "known", "waived"].map(|it| report["summary"]["standings"][it].as_u64().unwrap())
}

#[test]
fn what_is_known_does_not_fail_and_what_is_new_does() {
    let folder = desk();
    let folder = folder.path();
    assert_eq!(audit(folder, &["--quiet"]).code, 1);
    let written = write(folder);
    assert_eq!(written.code, 0, "{}", written.err);
    insta::assert_snapshot!(written.err, @"6 findings are known from now on");
    insta::assert_snapshot!(fs::read_to_string(folder.join("known.txt")).unwrap().replace('\t', "  "), @r"
    # touchstone baseline 1
    t1-260716773a2a331d159f8b2ba6741ee2  desk/greeting  T5
    t1-2d170daa3cedd6815884c8d1d62c8573  desk/calm  T3
    t1-4c294abf393078b2cab3a5abe1bc8ddc  desk/greeting  T2
    t1-69fd89abfd44f41def99fc96ab45013f  desk/calm  T2
    t1-be24240e3e36f9054dec95e80e90e78d  desk/greeting  T4
    t1-fe39fff52b3e76c7e419d6729b9242ba  desk/calm  T5
    ");
    let shown = run(folder, &["baseline", "show", "known.txt"]).out;
    assert_eq!(shown, "       3  desk/calm\n       3  desk/greeting\n6 findings of 2 rules\n");
    assert_eq!(audit(folder, &["--quiet", "--baseline", "known.txt"]).code, 0);
    let (_, known) = report(folder, &["--baseline", "known.txt"]);
    assert_eq!(counts(&known), [0, 6, 0]);
    // One more that is not greeted, and one less.
    put(folder, &["T2,true,9\n", "T3,true,8\n", "T4,false,0\n", "T5,false,7\n", "T7,false,0\n"]);
    let (_, grown) = report(folder, &["--baseline", "known.txt"]);
    assert_eq!(counts(&grown), [1, 5, 0]);
    let fixed: Vec<&str> =
        grown["baseline"]["fixed"].as_array().unwrap().iter().map(|it| it["key"].as_str().unwrap()).collect();
    assert_eq!(fixed, ["T2"]);
    let told = audit(folder, &["--baseline", "known.txt"]);
    assert_eq!(told.code, 1, "a new critical finding");
    insta::assert_snapshot!(told.out.lines().last().unwrap(), @"new 1 · known 5 · waived 0 · fixed 1");
    assert_eq!(audit(folder, &["--quiet", "--baseline", "known.txt", "--fail-on", "major"]).code, 1);
}

#[test]
fn a_baseline_only_shrinks_unless_it_is_told_to_grow() {
    let folder = desk();
    let folder = folder.path();
    write(folder);
    let before = fs::read_to_string(folder.join("known.txt")).unwrap();
    put(folder, &[&ROWS[..], &["T7,false,0\n"]].concat());
    let refused = write(folder);
    assert_eq!(refused.code, 2);
    assert!(
        refused.err.contains("baseline-grows") && refused.err.contains("desk/greeting 3 → 4"),
        "{}",
        refused.err
    );
    assert_eq!(fs::read_to_string(folder.join("known.txt")).unwrap(), before);
    assert_eq!(run(folder, &["baseline", "write", "known.txt", "--allow-growth", "-q"]).code, 0);
    assert_ne!(fs::read_to_string(folder.join("known.txt")).unwrap(), before);
    put(folder, &ROWS[3..]);
    let pruned = run(folder, &["baseline", "prune", "known.txt", "--lang", "zh"]);
    assert_eq!(pruned.code, 0, "{}", pruned.err);
    insta::assert_snapshot!(pruned.err, @"已去掉 4 个，剩余 3 个");
    assert_eq!(fs::read_to_string(folder.join("known.txt")).unwrap().lines().count(), 4);
}

#[test]
fn budgets_are_figures_of_gates() {
    let folder = desk();
    let folder = folder.path();
    write(folder);
    let gate = "\n[[gate]]\nid = \"ratchet\"\ncheck = 'over_budget == 0'\n";
    fs::write(folder.join("audit.toml"), AUDIT.to_owned() + gate).unwrap();
    assert_eq!(audit(folder, &["--quiet"]).code, 1, "without a baseline there is no figure");
    assert_eq!(audit(folder, &["--quiet", "--baseline", "known.txt"]).code, 0);
    // Another ticket than before, and as many: within the budget of the rule.
    put(folder, &["T2,false,9\n", "T3,true,8\n", "T4,false,0\n", "T5,true,7\n", "T8,false,0\n"]);
    assert_eq!(audit(folder, &["--quiet", "--baseline", "known.txt"]).code, 0);
    put(folder, &["T2,false,9\n", "T4,false,0\n", "T5,false,7\n", "T8,false,0\n"]);
    let (_, over) = report(folder, &["--baseline", "known.txt"]);
    assert_eq!(
        over["baseline"]["over_budget"],
        serde_json::json!([{ "rule": "desk/greeting", "findings": 4, "budget": 3 }])
    );
    let mut gates = over["gates"].as_array().unwrap().iter();
    assert_eq!(gates.find(|it| it["id"] == "ratchet").unwrap()["verdict"], "failed");
}

#[test]
fn waived_beats_known_and_is_not_taken_in() {
    let folder = desk();
    let folder = folder.path();
    let waiver = "[[waiver]]\nrule = \"desk/calm\"\nkey = \"T2\"\nreason = \"x\"\napprover = \"y\"\nexpires = 2099-01-01\n";
    write(folder);
    fs::write(folder.join("waivers.toml"), waiver).unwrap();
    let (_, both) = report(folder, &["--baseline", "known.txt"]);
    assert_eq!(counts(&both), [0, 5, 1]);
    fs::remove_file(folder.join("known.txt")).unwrap();
    write(folder);
    let text = fs::read_to_string(folder.join("known.txt")).unwrap();
    assert!(text.lines().count() == 6 && !text.contains("desk/calm\tT2"), "{text}");
}

#[test]
fn findings_without_a_key_of_their_own_are_refused() {
    let folder = desk();
    let folder = folder.path();
    put(folder, &["T1,false,0\n", ",false,9\n", "T1,false,0\n", "T2,false,0\n"]);
    let written = write(folder);
    assert!(written.code == 0 && written.err.contains("warning[baseline-unstable]"), "{}", written.err);
    let keys =
        |text: String| text.lines().skip(1).map(|it| it.split('\t').nth(2).unwrap().to_owned()).collect();
    let read = || -> Vec<String> { keys(fs::read_to_string(folder.join("known.txt")).unwrap()) };
    assert_eq!(read(), ["T2"]);
    let options = ["baseline", "write", "known.txt", "--unstable", "--allow-growth", "-q"];
    assert_eq!(run(folder, &options).code, 0);
    assert_eq!(read().len(), 5);
}

/// The fingerprints of all findings.
fn ids(folder: &Path) -> BTreeSet<String> {
    let (_, report) = report(folder, &[]);
    let all = report["findings"].as_array().unwrap().iter();
    let ids: Vec<String> = all.map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    let set: BTreeSet<String> = ids.iter().cloned().collect();
    assert_eq!(set.len(), ids.len(), "no two findings share a fingerprint");
    set
}

#[test]
fn fingerprints_are_of_what_a_finding_is_about() {
    let folder = desk();
    let folder = folder.path();
    let before = ids(folder);
    let rules = folder.join("rules/pack.toml");
    let text = fs::read_to_string(&rules).unwrap();
    // Rows in another order, in other files, a new column; another message, title and parameter.
    let mut rows = ROWS.to_vec();
    Dice(7).shuffle(&mut rows);
    fs::remove_file(folder.join("tickets.csv")).unwrap();
    fs::write(folder.join("tickets-b.csv"), tickets(&rows[..2])).unwrap();
    fs::write(folder.join("tickets-a.csv"), tickets(&rows[2..])).unwrap();
    let reworded = text.replace("were angry", "people were cross").replace("Few are angry", "Calm");
    fs::write(&rules, reworded.replace("most = 3", "most = 4")).unwrap();
    assert_eq!(ids(folder), before);
    // Another source, another rule, other records.
    let other = |name: &str, from: &str, to: &str| {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        fs::write(&path, text.replace(from, to)).unwrap();
        let now = ids(folder);
        fs::write(&path, text).unwrap();
        now.intersection(&before).count()
    };
    assert_eq!(other("audit.toml", "id = \"tickets\"", "id = \"calls\""), 0);
    assert_eq!(other("rules/pack.toml", "id = \"greeting\"", "id = \"hello\""), 3);
    assert_eq!(other("tickets-a.csv", "T", "U") + other("tickets-b.csv", "T", "U"), before.len());
}

/// A file whose lines are all there.
fn is_whole(text: &str, lines: &[usize]) -> bool {
    text.ends_with('\n') && lines.contains(&text.lines().count())
}

#[test]
fn killed_at_any_moment_every_file_is_whole() {
    let folder = desk();
    let folder = folder.path();
    let mut dice = Dice(11);
    let rows: Vec<String> = (0..3000).map(|it| format!("K{it},false,9\n")).collect();
    fs::write(folder.join("tickets.csv"), HEAD.to_owned() + &rows.concat()).unwrap();
    let before = "# touchstone baseline 1\n";
    fs::write(folder.join("known.txt"), before).unwrap();
    fs::write(folder.join("found.ndjson"), "{}\n").unwrap();
    let commands: [&[&str]; 2] = [
        &["baseline", "write", "known.txt", "--allow-growth", "-q"],
        &["audit", "-q", "-o", "found.ndjson", "-o", "csv:found.csv"],
    ];
    // How long it takes to the end, here and now: kills fall before it and, some of them, behind.
    let started = Instant::now();
    for command in commands {
        touchstone(folder).args(command).output().unwrap();
    }
    let longest = u64::try_from(started.elapsed().as_micros()).unwrap() / 2 * 3 / 2;
    let mut finished = 0;
    for round in 0..200 {
        let mut command = touchstone(folder);
        let mut child =
            command.args(commands[round % 2]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_micros(dice.below(longest)));
        child.kill().unwrap();
        finished += u32::from(child.wait().unwrap().code().is_some());
        let known = fs::read_to_string(folder.join("known.txt")).unwrap();
        assert!(is_whole(&known, &[1, 6001]), "round {round}: {} lines", known.lines().count());
        let found = fs::read_to_string(folder.join("found.ndjson")).unwrap();
        assert!(is_whole(&found, &[1, 6000]), "round {round}: {} lines", found.lines().count());
        if let Ok(text) = fs::read_to_string(folder.join("found.csv")) {
            assert!(is_whole(&text, &[6001]), "round {round}: {} lines", text.lines().count());
        }
        if round % 10 == 0 {
            fs::write(folder.join("known.txt"), before).unwrap();
            fs::write(folder.join("found.ndjson"), "{}\n").unwrap();
            drop(fs::remove_file(folder.join("found.csv")));
        }
        // What a killed process leaves is hidden and never taken for data.
        for left in names(folder).iter().filter(|it| it.starts_with(".touchstone-")) {
            fs::remove_file(folder.join(left)).unwrap();
        }
    }
    assert!((5..195).contains(&finished), "{finished} of 200 ran to their end");
}
