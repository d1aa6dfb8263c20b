//! Gates of one's own: conditions over the whole result, in every report and in the exit code.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{audit, project_of, report, run};
use serde_json::Value;
use std::fmt::Write as _;

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
"#;

/// Two of four tickets are greeted, one note is missing; three of four replies are in time.
const TICKETS: &str = "id,agent,opened,replied,greeted,note\n\
    T1,Li,2026-03-02T09:00,2026-03-02T09:10,true,a\n\
    T2,Li,2026-03-02T09:00,2026-03-02T12:00,false,b\n\
    T3,Wu,2026-03-02T09:00,2026-03-02T09:20,true,\n\
    T4,Wu,2026-03-02T09:00,2026-03-02T09:30,false,d\n";

const RULES: &str = r#"
[[rule]]
id = "greeting"
title = "The customer is greeted"
on = "ticket"
severity = "critical"
dimension = "empathy"
check = "greeted"

[[rule]]
id = "note"
title = "There is a short note"
on = "ticket"
severity = "minor"
dimension = "assurance"
check = 'note.len() < 9'

[[rule]]
id = "never"
title = "Never looked at"
on = "ticket"
severity = "info"
when = 'id == "T9"'
check = "greeted"

[[promise]]
id = "reply"
title = "A reply within an hour"
on = "ticket"
severity = "major"
dimension = "responsiveness"
start = "opened"
stop = "replied"
target = "1h"

[[scorecard]]
id = "month"
title = "Month"
subject = "agent"
min_records = 2
[[scorecard.section]]
id = "all"
weight = 100
items = [{ rule = "desk/greeting", deduct = 30 }]
"#;

fn desk(gates: &[(&str, &str)]) -> tempfile::TempDir {
    let mut text = AUDIT.to_owned();
    for (id, rest) in gates {
        writeln!(text, "[[gate]]\nid = \"{id}\"\n{rest}").unwrap();
    }
    project_of(&text, &[("tickets.csv", TICKETS)], RULES)
}

/// Verdict, figure, limit and reason of a gate.
fn told(report: &Value, id: &str) -> (String, Value, Value, Value) {
    let gate = report["gates"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap();
    let verdict = gate["verdict"].as_str().unwrap().to_owned();
    (verdict, gate["figure"].clone(), gate["limit"].clone(), gate["reason"].clone())
}

#[test]
fn every_figure_is_what_the_report_says() {
    // By hand: findings critical 2 (T2, T4), major 1 (T2), minor 0; 3 of 4 notes assessed.
    let cases: [(&str, f64); 20] = [
        ("findings()", 3.0),
        ("findings(\"critical\")", 2.0),
        ("findings(\"critical\", \"new\")", 2.0),
        ("findings(\"critical\", \"waived\")", 0.0),
        ("findings(\"empathy\")", 2.0),
        ("findings(\"responsiveness\")", 1.0),
        ("findings(\"desk/greeting\")", 2.0),
        ("findings(\"desk/promise:reply\")", 1.0),
        ("rate(\"greeting\")", 0.5),
        ("rate(\"assurance\")", 1.0),
        ("rate(\"minor\")", 1.0),
        ("rate()", 5.0 / 7.0),
        ("kept(\"reply\")", 0.75),
        ("kept(\"desk/reply\")", 0.75),
        ("coverage(\"note\")", 0.75),
        ("coverage()", 7.0 / 8.0),
        ("score(\"month\", \"Li\")", 85.0),
        ("score(\"month\", \"*\", \"2026-03\")", 85.0),
        ("worst(\"desk/month\")", 85.0),
        ("records + rejected + bad_cells", 4.0),
    ];
    let ids: Vec<String> = (0..cases.len()).map(|it| format!("g{it}")).collect();
    let checks: Vec<String> = cases.iter().map(|it| format!("check = '{} >= 0'", it.0)).collect();
    let gates: Vec<(&str, &str)> =
        ids.iter().map(String::as_str).zip(checks.iter().map(String::as_str)).collect();
    let (_, report) = report(desk(&gates).path(), &[]);
    for (id, (text, expected)) in ids.iter().zip(cases) {
        let (verdict, figure, limit, _) = told(&report, id);
        let off = (figure.as_f64().unwrap() - expected).abs();
        assert!(off < 1e-12 && limit == 0.0 && verdict == "held", "{text}: {figure}, not {expected}");
    }
}

#[test]
fn a_figure_that_does_not_exist_fails_the_gate() {
    let gates = [
        ("never", "check = 'rate(\"never\") >= 0.9'"),
        ("hold", "check = 'rate(\"never\") >= 0.9'\nmissing = \"hold\""),
        ("else", "check = '(rate(\"never\") ?? 1.0) >= 0.9'"),
        ("nobody", "check = 'score(\"month\", \"Nobody\") >= 60'"),
        ("decided", "check = 'findings(\"critical\") > 5 && rate(\"never\") >= 0.9'"),
        ("zero", "check = 'findings() / rejected < 3'"),
    ];
    let folder = desk(&gates);
    let (_, report) = report(folder.path(), &[]);
    let verdicts = gates.map(|it| told(&report, it.0).0);
    assert_eq!(verdicts, ["failed", "held", "held", "failed", "failed", "failed"]);
    assert!(told(&report, "never").1.is_null());
    assert!(told(&report, "never").3.as_str().unwrap().contains("rate(\"never\")"));
    assert!(told(&report, "zero").3.as_str().unwrap().contains("zero"), "{:?}", told(&report, "zero"));
    // What is false does not wait for what is missing.
    assert!(told(&report, "decided").3.is_null());
}

#[test]
fn gates_decide_the_exit_code() {
    let lenient = [("few", "check = 'findings(\"critical\") <= 2'")];
    assert_eq!(audit(desk(&lenient).path(), &["--quiet"]).code, 0, "own gates replace the one on critical");
    assert_eq!(audit(desk(&lenient).path(), &["--quiet", "--fail-on", "critical"]).code, 1);
    assert_eq!(audit(desk(&[]).path(), &["--quiet"]).code, 1);
    let strict = [("few", "check = 'findings(\"critical\") <= 1'")];
    assert_eq!(audit(desk(&strict).path(), &["--quiet"]).code, 1);
    let checked = run(desk(&strict).path(), &["check"]);
    assert!(checked.code == 0 && checked.out.contains("Gates: 1."), "{}", checked.out);
}

#[test]
fn gates_are_read_by_people() {
    let gates = [
        ("no-critical", "check = 'findings(\"critical\") == 0'"),
        ("kept", "check = 'kept(\"reply\") >= 0.7 && coverage() >= 0.8'"),
        ("either", "check = 'findings() < 3 || rejected == 0'"),
        ("never", "check = '覆盖率(\"never\") > 0.5'"),
    ];
    let folder = desk(&gates);
    let shown = |arguments: &[&str]| {
        let out = audit(folder.path(), arguments).out;
        out[out.find("Gates").or_else(|| out.find("门禁")).unwrap()..].to_owned()
    };
    insta::assert_snapshot!("terminal-en", shown(&[]));
    insta::assert_snapshot!("terminal-zh", shown(&["--lang", "zh"]));
    insta::assert_snapshot!("markdown", shown(&["--format", "markdown"]));
}

/// The figure of a group by its key, and the ends of its interval: 1 of 2 greeted, 20.7 minutes' mean of Li's replies.
#[test]
fn every_comparison_of_a_gate_is_told() {
    let check = "check = 'kept(\"reply\") >= 0.7 && 1 >= findings(\"critical\") && rate(\"note\") == 1.0'";
    let (_, report) = report(desk(&[("several", check)]).path(), &[]);
    let gate = &report["gates"].as_array().unwrap().iter().find(|it| it["id"] == "several").unwrap();
    assert_eq!(
        (&gate["figure"], &gate["limit"], &gate["verdict"]),
        (&2.0.into(), &1.0.into(), &"failed".into())
    );
    let part = |of: &str, figure: f64, relation: &str, limit: f64, verdict: &str| serde_json::json!({ "of": of, "figure": figure, "relation": relation, "limit": limit, "verdict": verdict });
    assert_eq!(
        gate["parts"],
        Value::Array(vec![
            part("kept(\"reply\")", 0.75, ">=", 0.7, "held"),
            part("findings(\"critical\")", 2.0, "<=", 1.0, "failed"),
            part("rate(\"note\")", 1.0, "==", 1.0, "held"),
        ])
    );
}

#[test]
fn gates_look_at_groups() {
    let rules = r#"
[[rule]]
id = "greeted-enough"
title = "Most are greeted"
on = "ticket"
severity = "minor"
per = ["agent", "month(opened)"]
min = 2
check = "rate(greeted) >= 0.5"
[[rule]]
id = "replied-soon"
title = "Replies are soon"
on = "ticket"
severity = "minor"
per = []
min = 1
check = "mean(replied - opened) <= hours(2)"
[[rule]]
id = "enough"
title = "Enough notes"
on = "ticket"
severity = "minor"
per = ["agent"]
min = 2
check = "count(note != \"\") >= 1"
"#;
    let wilson = [0.094_531_205_734_230_2, 0.905_468_794_265_769_7];
    let cases = [
        ("figure(\"greeted-enough\", \"Li|2026-03\")", Some(0.5)),
        ("lower(\"desk/greeted-enough\", \"Wu|2026-03\")", Some(wilson[0])),
        ("分组上限(\"greeted-enough\", \"Wu|2026-03\")", Some(wilson[1])),
        ("figure(\"replied-soon\", \"*\")", Some(60.0 * 60.0)),
        ("figure(\"greeted-enough\", \"Li\")", None),
        ("figure(\"enough\", \"Wu\")", None),
        ("lower(\"enough\", \"Li\")", None),
    ];
    let mut text = AUDIT.to_owned();
    for (number, (figure, _)) in cases.iter().enumerate() {
        writeln!(text, "[[gate]]\nid = \"g{number}\"\ncheck = '{figure} >= 0'").unwrap();
    }
    let (_, report) = report(project_of(&text, &[("tickets.csv", TICKETS)], rules).path(), &[]);
    for (number, (text, expected)) in cases.iter().enumerate() {
        let (verdict, figure, ..) = told(&report, &format!("g{number}"));
        assert_eq!(verdict, if expected.is_some() { "held" } else { "failed" }, "{text}");
        let off = expected.map(|it| (figure.as_f64().unwrap() - it).abs());
        assert!(off.is_none_or(|it| it < 1e-12), "{text}: {figure}");
    }
    let wrong = format!("{AUDIT}[[gate]]\nid = \"g\"\ncheck = 'figure(\"greeting\", \"Li\") > 0'\n");
    let said = run(project_of(&wrong, &[("tickets.csv", TICKETS)], rules).path(), &["check"]);
    assert!(said.code == 2 && said.err.contains("unknown-in-gate"), "{}", said.err);
}
