//! Cases put together from events: what rules ask about steps, in audits, `eval`, `explain` and examples; the same
//! report whatever the order of records, files and threads; what is said of events that are left out.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{AS_OF, Dice, audit, project_of, report, run};
use serde_json::Value;
use std::fs;

const AUDIT: &str = r#"
[project]
name = "Complaints"
timezone = "Asia/Shanghai"
packs = ["./rules"]

[[source]]
id = "complaints"
path = "cases*.csv"
kind = "complaint"
key = "case_id"
date = "opened_at"
subject = { owner = "owner" }
events = { path = "events*.csv", case = "case", activity = "step", at = "time", actor = "who" }

[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
"#;

const RULES: &str = r#"
[[rule]]
id = "in-order"
title = { en = "Accepted, handled, replied, archived", zh = "受理、处理、回复、归档" }
on = "complaint"
severity = "major"
check = 'in_order(["accept", "handle", "reply", "archive"])'
[[rule.example]]
name = "all in order"
events = [
  { step = "accept", time = "2026-03-02T09:00", who = "Li" },
  { step = "handle", time = "2026-03-02T10:00", who = "Li" },
  { step = "reply", time = "2026-03-02T11:00", who = "Wu" },
  { step = "archive", time = "2026-03-02T12:00", who = "Wu" },
]
expect = "pass"
[[rule.example]]
name = "archived without a reply"
events = [
  { step = "accept", time = "2026-03-02T09:00", who = "Li" },
  { step = "archive", time = "2026-03-02T12:00", who = "Wu" },
]
expect = "fail"

[[rule]]
id = "quick"
title = { en = "Replied within a day", zh = "一天内回复" }
on = "complaint"
severity = "minor"
check = 'between("accept", "reply") <= hours(24)'

[[rule]]
id = "first-owner"
title = { en = "Who owns the case replies", zh = "首问负责人回复" }
on = "complaint"
severity = "minor"
when = 'count("reply") > 0'
check = 'first("reply").actor == owner && hand_offs() <= 1'

[[rule]]
id = "followed"
title = { en = "Escalations are answered within four hours", zh = "升级后四小时内回复" }
on = "complaint"
severity = "major"
check = '随后有("escalate", "reply", "4h")'

[[promise]]
id = "replied"
title = { en = "A reply within nine opening hours", zh = "九个工作小时内回复" }
on = "complaint"
start = { step = "accept" }
stop = { step = "reply", which = "last" }
target = "9h"
calendar = "office"

[[rule]]
id = "replied-rate"
title = { en = "Nine of ten cases have a reply", zh = "九成案件有回复" }
on = "complaint"
severity = "minor"
per = ["owner"]
check = 'rate(count("reply") >= 1) >= 0.9'
"#;

const CASES: [&str; 4] = [
    "C-1,Li,2026-03-02T09:00",
    "C-2,Wu,2026-03-02T09:00",
    "C-3,Li,2026-03-03T09:00",
    "C-4,Li,2026-03-04T09:00",
];

const EVENTS: [&str; 13] = [
    "C-1,accept,2026-03-02T09:00,Li",
    "C-1,handle,2026-03-02T10:00,Li",
    "C-1,reply,2026-03-02T11:00,Li",
    "C-1,archive,2026-03-02T12:00,Li",
    "C-2,accept,2026-03-02T09:00,Li",
    "C-2,escalate,2026-03-02T09:30,Zhao",
    "C-2,reply,2026-03-03T14:00,Li",
    "C-2,archive,2026-03-03T15:00,Li",
    "C-3,accept,2026-03-03T09:00,Li",
    "C-9,accept,2026-03-03T09:00,Li",
    ",accept,2026-03-03T09:00,Li",
    "C-3,handle,,Li",
    "C-1,note,2026-03-02T12:00,Li",
];

fn project(cases: &[Vec<&str>], events: &[Vec<&str>]) -> tempfile::TempDir {
    let folder = project_of(AUDIT, &[], RULES);
    for (name, head, files) in
        [("cases", "case_id,owner,opened_at", cases), ("events", "case,step,time,who", events)]
    {
        for (number, lines) in files.iter().enumerate() {
            let text = format!("{head}\n{}\n", lines.join("\n"));
            fs::write(folder.path().join(format!("{name}{number}.csv")), text).unwrap();
        }
    }
    folder
}

fn plain() -> tempfile::TempDir {
    project(&[CASES.to_vec()], &[EVENTS.to_vec()])
}

fn outcomes(report: &Value, rule: &str) -> [u64; 4] {
    let all = report["rules"].as_array().unwrap();
    let found = all.iter().find(|it| it["id"] == format!("desk/{rule}")).unwrap();
    ["pass", "fail", "not_applicable", "no_evidence"].map(|it| found["outcomes"][it].as_u64().unwrap())
}

#[test]
fn rules_ask_about_steps() {
    let report = report(plain().path(), &[]).1;
    assert_eq!(outcomes(&report, "in-order"), [1, 3, 0, 0]);
    assert_eq!(outcomes(&report, "quick"), [1, 1, 0, 2]);
    assert_eq!(outcomes(&report, "first-owner"), [1, 1, 2, 0]);
    assert_eq!(outcomes(&report, "followed"), [3, 1, 0, 0]);
    let promise = &report["promises"][0];
    assert_eq!((&promise["outcomes"]["kept"], &promise["outcomes"]["breached"]), (&1.into(), &2.into()));
    assert_eq!(promise["outcomes"]["no_evidence"], 1, "C-4 has no events");
    let groups = report["groups"].as_array().unwrap();
    assert!(groups.iter().any(|it| it["owner"] == "Wu" && it["figure"] == 1.0), "{groups:?}");
    // What was asked stands in the evidence as it was written.
    let finding =
        report["findings"].as_array().unwrap().iter().find(|it| it["rule"] == "desk/quick").unwrap();
    assert!(finding["evidence"].to_string().contains("between(\\\"accept\\\", \\\"reply\\\")"), "{finding}");
    // One event has no case id, one no time; one case has no record.
    let said = report["diagnostics"].to_string();
    for told in [
        "1 without a case id, 1 without a time",
        "no record does: 1",
        "kept in the order of files and rows: 1",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let inputs = report["inputs"].as_array().unwrap();
    assert!(inputs.iter().any(|it| it["source"] == "complaints.events" && it["records"] == 13), "{inputs:?}");
    assert_eq!(report["summary"]["records"], 4);
}

#[test]
fn cases_do_not_depend_on_files_order_or_threads() {
    let verdicts = |report: &Value| {
        let mut findings: Vec<Value> = report["findings"].as_array().unwrap().clone();
        findings.iter_mut().for_each(|it| drop(it.as_object_mut().unwrap().remove("origin")));
        findings.sort_by_key(|it| it["id"].as_str().map(str::to_owned));
        (report["rules"].clone(), report["promises"].clone(), report["groups"].clone(), findings)
    };
    let whole = verdicts(&report(plain().path(), &[]).1);
    for more in [&["--threads", "1"][..], &["--threads", "3"], &["--row-by-row"]] {
        let mut other = verdicts(&report(plain().path(), more).1);
        let paths = |it: &mut Value| {
            it.as_array_mut().unwrap().iter_mut().for_each(|it| {
                drop(it.as_object_mut().unwrap().remove("path"));
                drop(it.as_object_mut().unwrap().remove("reason"));
            });
        };
        let mut own = whole.clone();
        paths(&mut own.0);
        paths(&mut other.0);
        assert_eq!(own, other, "{more:?}");
    }
    let mut dice = Dice(3);
    for files in [1, 2, 3] {
        let (mut cases, mut events) = (CASES.to_vec(), EVENTS.to_vec());
        dice.shuffle(&mut cases);
        dice.shuffle(&mut events);
        let parts = |all: &[&'static str]| {
            all.chunks(all.len().div_ceil(files)).map(<[_]>::to_vec).collect::<Vec<_>>()
        };
        let other = verdicts(&report(project(&parts(&cases), &parts(&events)).path(), &[]).1);
        assert_eq!(whole, other, "{files} files");
    }
}

#[test]
fn cases_may_be_no_more_than_their_events() {
    let folder = plain();
    let audit = AUDIT.replace("path = \"cases*.csv\"\n", "").replace("date = \"opened_at\"\n", "");
    let audit = audit.replace("subject = { owner = \"owner\" }\n", "");
    fs::write(folder.path().join("audit.toml"), audit).unwrap();
    let rules: String =
        RULES.split("\n[[").filter(|it| !it.contains("owner")).collect::<Vec<_>>().join("\n[[");
    fs::write(folder.path().join("rules/pack.toml"), format!("[pack]\nid = \"desk\"\n{rules}")).unwrap();
    let report = report(folder.path(), &[]).1;
    assert_eq!(report["summary"]["records"], 4);
    assert_eq!(outcomes(&report, "in-order"), [1, 3, 0, 0]);
    let first = &report["findings"][0];
    assert_eq!((&first["key"], &first["origin"]["row"]), (&"C-2".into(), &6.into()), "{first}");
}

#[test]
fn steps_are_asked_everywhere() {
    let folder = plain();
    let told =
        run(folder.path(), &["eval", "first(\"reply\").at - first(\"accept\").at", "--format", "json"]);
    let values: Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(values[0]["value"], "2h", "{values}");
    assert_eq!(values[3]["value"], Value::Null);
    let told =
        run(folder.path(), &["eval", "count(count(\"reply\") > 0)", "--per", "owner", "--format", "json"]);
    assert!(told.out.contains("Wu"), "{}{}", told.out, told.err);
    for lang in ["en", "zh"] {
        let arguments = [
            "explain",
            ".",
            "--rule",
            "desk/first-owner",
            "--record",
            "C-2",
            "--as-of",
            AS_OF,
            "--lang",
            lang,
        ];
        let told = run(folder.path(), &arguments);
        insta::assert_snapshot!(format!("case-explained-{lang}"), told.out);
        let arguments = [
            "explain",
            ".",
            "--rule",
            "desk/promise:replied",
            "--record",
            "C-2",
            "--as-of",
            AS_OF,
            "--lang",
            lang,
        ];
        insta::assert_snapshot!(format!("case-clock-{lang}"), run(folder.path(), &arguments).out);
    }
    let told = run(folder.path(), &["test", "."]);
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
    let shown = audit(folder.path(), &[]).out;
    assert!(shown.contains("in_order([\"accept\""), "{shown}");
    assert!(!shown.contains("step0"), "{shown}");
}

#[test]
fn waivers_ask_about_steps() {
    let folder = plain();
    let waiver = |rule: &str, condition: &str| {
        format!(
            "[[waiver]]\nrule = \"{rule}\"\nwhere = '{condition}'\nreason = \"x\"\napprover = \"y\"\nexpires = 2099-01-01\n"
        )
    };
    let write = |text: String| fs::write(folder.path().join("waivers.toml"), text).unwrap();
    let by_steps = waiver("desk/in-order", "count(\"escalate\") > 0 && owner == \"Wu\"");
    write(by_steps + &waiver("desk/promise:replied", "count(\"handle\") == 0"));
    let report = report(folder.path(), &[]).1;
    let waived = report["findings"].as_array().unwrap().iter().filter(|it| it["standing"] == "waived");
    let told: Vec<_> = waived.map(|it| (it["rule"].as_str().unwrap(), it["key"].as_str().unwrap())).collect();
    // The event that says that C-3 is handled has no time.
    let replied = "desk/promise:replied";
    assert_eq!(told, [("desk/in-order", "C-2"), (replied, "C-2"), (replied, "C-3")]);
    assert_eq!(report["waivers"][0]["where"], "count(\"escalate\") > 0 && owner == \"Wu\"");
    // A step that no event has, and a question that is none, are told as those of rules are.
    write(waiver("desk/in-order", "count(\"escalat\") > 0"));
    let told = audit(folder.path(), &[]);
    assert!(told.err.contains("escalat") && told.err.contains("`escalate`"), "{}", told.err);
    write(waiver("desk/in-order", "between(\"accept\") > hours(1)"));
    let told = run(folder.path(), &["check"]);
    assert!(
        told.code == 2 && told.err.contains("step-arguments") && told.err.contains("waivers.toml:3"),
        "{}",
        told.err
    );
}

#[test]
fn the_owner_at_a_moment_of_the_record() {
    let folder = plain();
    let cases =
        "C-1,Li,2026-03-02T11:30\nC-2,Wu,2026-03-02T09:45\nC-3,Li,2026-03-03T08:00\nC-4,Li,2026-03-04T09:00";
    fs::write(folder.path().join("cases0.csv"), format!("case_id,owner,opened_at\n{cases}\n")).unwrap();
    let told = run(folder.path(), &["eval", "owner_at(opened_at)", "--as-of", AS_OF, "--format", "json"]);
    let values: Value = serde_json::from_str(&told.out).unwrap();
    let values: Vec<Option<&str>> =
        values.as_array().unwrap().iter().map(|it| it["value"].as_str()).collect();
    assert_eq!(values, [Some("Li"), Some("Zhao"), None, None], "{}", told.out);
    let wrong = [
        ("owner_at(owner)", "not-a-time"),
        ("owner_at(opend_at)", "unknown-event-field"),
        ("owner_at(opened_at + hours(1))", "step-arguments"),
    ];
    for (text, code) in wrong {
        let told = run(folder.path(), &["eval", text, "--as-of", AS_OF]);
        assert!(told.code == 2 && told.err.contains(code), "{text}: {}", told.err);
    }
    let rule = "[[rule]]\nid = \"owned\"\ntitle = \"Owned by whom it names\"\non = \"complaint\"\nseverity = \"minor\"\ncheck = 'owner_at(opened_at) == owner'\n\
                [[rule.example]]\nname = \"its owner\"\nrecord = { owner = \"Wu\", opened_at = \"2026-03-02T11:00\" }\n\
                events = [{ step = \"accept\", time = \"2026-03-02T09:00\", who = \"Li\" }, { step = \"handle\", time = \"2026-03-02T10:00\", who = \"Wu\" }, { step = \"reply\", time = \"2026-03-02T12:00\", who = \"Li\" }]\nexpect = \"pass\"\n";
    let pack = folder.path().join("rules/owned.toml");
    fs::write(&pack, rule).unwrap();
    let told = run(folder.path(), &["test"]);
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
    let report = report(folder.path(), &["--rule", "desk/owned"]).1;
    assert_eq!(outcomes(&report, "owned"), [1, 1, 0, 2]);
}

/// So many events that all of them have to leave memory, in any order and in one file or four.
#[test]
fn memory_changes_no_byte_of_what_is_told_of_cases() {
    let (mut cases, mut events) = (Vec::new(), Vec::new());
    let steps = ["accept", "handle", "reply", "archive", "escalate", "note"];
    for case in 0..300_usize {
        let id = format!("C-with-an-id-of-some-length-{case:04}");
        cases.push(format!("{id},{},2026-03-02T09:00", ["Li", "Wu"][case % 2]));
        for number in 0..12 {
            let (step, hour, minute) = (steps[(case * 7 + number * 5) % 6], 8 + number, case % 60);
            events.push(format!(
                "{id},{step},2026-03-0{}T{hour:02}:{minute:02},P{}",
                2 + case % 3,
                number % 4
            ));
        }
    }
    let cases: Vec<&str> = cases.iter().map(String::as_str).collect();
    let mut events: Vec<&str> = events.iter().map(String::as_str).collect();
    let told = |folder: &std::path::Path, more: &[&str]| {
        let mut report = report(folder, more).1;
        report.as_object_mut().unwrap().remove("inputs");
        for finding in report["findings"].as_array_mut().unwrap() {
            finding.as_object_mut().unwrap().remove("origin");
        }
        report.to_string()
    };
    let whole = told(project(std::slice::from_ref(&cases), std::slice::from_ref(&events)).path(), &[]);
    assert!(whole.len() > 100_000, "{}", whole.len());
    let mut dice = Dice(5);
    for parts in [1, 4] {
        dice.shuffle(&mut events);
        let files: Vec<Vec<&str>> = events.chunks(events.len() / parts).map(<[_]>::to_vec).collect();
        let folder = project(std::slice::from_ref(&cases), &files);
        for more in [&["--memory", "1K"][..], &["--memory", "1K", "--threads", "1"], &["--threads", "3"]] {
            assert!(told(folder.path(), more) == whole, "{parts} {more:?}");
        }
    }
}
