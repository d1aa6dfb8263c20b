//! Reports in the eyes of others: readers and validators that are not ours, over the samples, an empty result,
//! a project with everything in it, hostile text and 100,000 findings; run where Python has them.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use calamine::{Data, Reader, Xlsx, open_workbook};
use common::{held, project_of, root, run};
use std::{fs, path::Path};

const AUDIT: &str = r#"
[project]
name = "Desk & Co <台>"
packs = ["./rules"]
[[source]]
id = "tickets"
path = "tickets.csv"
kind = "ticket"
key = "id"
date = "opened_at"
subject = { team = "team", agent = "agent" }
[source.fields]
note = { type = "text" }
greeted = { type = "bool" }
opened_at = { type = "time" }
answered_at = { type = "time" }
amount = { type = "decimal" }
[[gate]]
id = "few"
check = 'findings("critical") <= 3'
[[gate]]
id = "kept"
check = 'kept("desk/answered") >= 0.5'
"#;

const RULES: &str = r#"
[[rule]]
id = "greeting"
title = { en = "The customer is greeted", zh = "问候客户" }
on = "ticket"
severity = "critical"
dimension = "empathy"
check = 'greeted && note != "x" && amount > 0 && opened_at < answered_at && answered_at - opened_at > minutes(0) && date(opened_at) == date(opened_at)'
message = "{id}: not greeted: {note}"
[[rule]]
id = "walked"
title = "Row by row"
on = "ticket"
severity = "minor"
check = 'let n = 0; for x in [1, 2] { n += x } n == 3 && greeted'
[[rule]]
id = "often"
title = "Greetings are common"
on = "ticket"
severity = "major"
per = ["team"]
rollup = true
min = 1
check = "rate(greeted) > 0.9"
[[promise]]
id = "answered"
title = "Answered within two hours"
on = "ticket"
start = "opened_at"
stop = "answered_at"
target = "2h"
severity = "major"
[[scorecard]]
id = "agent"
title = "Agents"
subject = "agent"
min_records = 1
grades = [[90, "A"], [0, "B"]]
[[scorecard.section]]
id = "behaviour"
title = "Behaviour"
weight = 70
items = [{ rule = "desk/greeting", deduct = 20 }]
[[scorecard.section]]
id = "promises"
title = "Promises"
weight = 30
items = [{ promise = "desk/answered", scale = [[0.5, 0], [0.9, 100]] }]
"#;

const HEAD: &str = "id,greeted,agent,team,opened_at,answered_at,amount,note\n";

/// What workbooks, pages and pipelines would run, take apart or break on.
const HOSTILE: [&str; 9] = [
    "=1+1",
    "+SUM(A1)",
    "<script>alert(1)</script>",
    "]]>",
    "::error::x",
    "\u{1b}[2J\u{7}",
    "\u{202e}fdp",
    "_x0041_ & \"\"q\"\"",
    "@x",
];

fn rows(count: usize, note: impl Fn(usize) -> String) -> String {
    let row = |it: usize| {
        format!(
            "T{it},{},A{},{},2026-03-{:02} 09:00,2026-03-{:02} {:02}:30,12.5{},\"{}\"\n",
            ["true", "false", ""][usize::from(it.is_multiple_of(2)) + usize::from(it.is_multiple_of(14))],
            it % 7,
            ["north", "south", "=cmd"][it % 3],
            1 + it % 28,
            1 + it % 28,
            9 + it % 5,
            it % 10,
            note(it)
        )
    };
    HEAD.to_owned() + &(0..count).map(row).collect::<String>()
}

/// A project, and its reports in every format below `out/NAME`.
fn reported(home: &Path, out: &Path, name: &str, more: &[&str]) {
    let out = out.join(name);
    fs::create_dir_all(&out).unwrap();
    let files = ["report.json", "report.ndjson", "report.csv", "report.xml", "report.xlsx"];
    let named: Vec<String> = files.iter().map(|it| out.join(it).display().to_string()).collect();
    let mut arguments = vec!["audit", "-q", "--no-sync", "--as-of", "2026-04-01"];
    arguments.extend(named.iter().flat_map(|it| ["-o", it.as_str()]));
    arguments.extend(more);
    let run = run(home, &arguments);
    assert!(run.code < 2, "{name}: {}", run.err);
}

fn desk(text: &str) -> tempfile::TempDir {
    project_of(AUDIT, &[("tickets.csv", text)], RULES)
}

#[test]
fn others_read_and_validate_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    for sample in ["support-desk", "citizen-hotline", "after-sales"] {
        reported(&root().join("samples").join(sample), out, sample, &[]);
    }
    reported(desk("id,greeted,agent,team,opened_at,answered_at,amount,note\nT1,true,A,n,2026-03-01 09:00,2026-03-01 10:00,1,\n").path(), out, "none", &[]);
    let hostile = desk(&rows(90, |it| HOSTILE[it % HOSTILE.len()].to_owned()));
    let home = hostile.path();
    let waivers = "[[waiver]]\nrule = \"desk/greeting\"\nkey = \"T4\"\nreason = \"=x\"\napprover = \"y\"\nexpires = 2099-01-01\n\
                   [[waiver]]\nrule = \"desk/greeting\"\nwhere = 'agent == \"A1\"'\nreason = \"x\"\napprover = \"y\"\nexpires = 2026-01-01\n";
    fs::write(home.join("waivers.toml"), waivers).unwrap();
    let known = ["baseline", "write", "known.txt", "--as-of", "2026-04-01", "-q"];
    assert_eq!(run(home, &known).code, 0);
    let text = fs::read_to_string(home.join("known.txt")).unwrap();
    fs::write(home.join("known.txt"), text.replace("|T8|", "|gone|").replace("\tT8", "\tgone")).unwrap();
    fs::write(home.join("tickets.csv"), rows(96, |it| HOSTILE[it % HOSTILE.len()].to_owned())).unwrap();
    let more = ["--baseline", "known.txt", "--sheet-per", "agent", "--lang", "zh"];
    reported(home, out, "everything", &more);
    reported(desk(&rows(70_000, |_| "n".to_owned())).path(), out, "many", &[]);
    fs::write(out.join("report.schema.json"), run(home, &["schema"]).out).unwrap();
    fs::write(out.join("finding.schema.json"), run(home, &["schema", "finding"]).out).unwrap();
    let schemas = root().join("target/ci-xsd");
    held(out, "validators.py", &[".", &schemas.display().to_string()]);
}

#[test]
fn a_workbook_holds_every_finding_with_its_fields_and_no_formula() {
    let folder = desk(&rows(90, |it| HOSTILE[it % HOSTILE.len()].to_owned()));
    let out = tempfile::tempdir().unwrap();
    reported(folder.path(), out.path(), "a", &["--sheet-per", "agent"]);
    reported(folder.path(), out.path(), "b", &["--sheet-per", "agent", "--threads", "1"]);
    let bytes = |name: &str| fs::read(out.path().join(name).join("report.xlsx")).unwrap();
    assert!(bytes("a") == bytes("b"), "the same audit gives the same workbook");
    let mut book: Xlsx<_> = open_workbook(out.path().join("a/report.xlsx")).unwrap();
    let names = book.sheet_names();
    let expected = [
        "Summary",
        "Findings",
        "Rules",
        "Promises",
        "Scorecards",
        "Points",
        "Groups",
        "Not assessed",
        "A0",
        "A1",
        "A2",
        "A3",
        "A4",
        "A5",
        "A6",
    ];
    assert_eq!(names, expected);
    for name in &names {
        assert!(book.worksheet_formula(name).unwrap().cells().all(|it| it.2.is_empty()), "{name}");
    }
    let findings = book.worksheet_range("Findings").unwrap();
    let head: Vec<String> = findings.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let column = |name: &str| head.iter().position(|it| it == name).unwrap_or_else(|| panic!("{head:?}"));
    let row = findings.rows().find(|it| it[column("note")] == Data::String("=1+1".into())).unwrap();
    assert_eq!(row[column("key")], Data::String("T18".into()));
    assert!(matches!(row[column("opened_at")], Data::DateTime(_)), "{row:?}");
    assert!(matches!(row[column("amount")], Data::Float(_)), "{row:?}");
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(out.path().join("a/report.json")).unwrap()).unwrap();
    assert_eq!(findings.rows().count() - 1, json["findings"].as_array().unwrap().len());
    // The points of every score add up to it.
    let points = book.worksheet_range("Points").unwrap();
    for score in book.worksheet_range("Scorecards").unwrap().rows().skip(1) {
        let of = points.rows().filter(|it| it[..4] == score[..4]);
        let sum: f64 = of.map(|it| it.last().and_then(calamine::DataType::as_f64).unwrap()).sum();
        assert!((sum - score[4].to_string().parse::<f64>().unwrap()).abs() < 1e-9, "{score:?}: {sum}");
    }
}

/// Programs keep a million rows on a sheet, and 32,767 characters in a cell.
#[test]
fn what_a_cell_cannot_hold_is_cut_and_told() {
    let long = "张".repeat(40_000);
    let folder = desk(&rows(3, |_| long.clone()));
    let out = tempfile::tempdir().unwrap();
    reported(folder.path(), out.path(), "a", &[]);
    let mut book: Xlsx<_> = open_workbook(out.path().join("a/report.xlsx")).unwrap();
    let findings = book.worksheet_range("Findings").unwrap();
    let longest = findings.used_cells().map(|it| it.2.to_string().chars().count()).max().unwrap();
    assert_eq!(longest, 32_767);
    let summary = book.worksheet_range("Summary").unwrap();
    let said = summary.rows().any(|it| it[0].to_string().starts_with("texts too long for a cell, cut: "));
    assert!(said, "{summary:?}");
}

#[test]
fn a_level_that_nobody_has_is_told() {
    let folder = desk(HEAD);
    let run = run(folder.path(), &["audit", "-o", "a.xlsx", "--sheet-per", "agnt"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("agent, team"), "{}", run.err);
    assert!(!folder.path().join("a.xlsx").exists());
}
