//! Promises end to end: the built-in pack on a house's own times and hours, as people and other programs
//! read it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{audit, run};
use std::fs;

const PROJECT: &str = r#"
[project]
name = "Desk"
timezone = "Asia/Shanghai"
packs = ["promises"]

[[source]]
id = "tickets"
path = "tickets.csv"
kind = "ticket"
key = "ticket_id"
[source.fields]
first_response_at = { type = "time" }
resolved_at = { type = "time" }
pending_at = { type = "time" }
resumed_at = { type = "time" }
call_back_due_at = { type = "time" }
called_back_at = { type = "time" }
followed_up_at = { type = "time" }

[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-12:00", "13:30-18:00"] }
region = "CN"

[rules."promises/promise:first-response"]
calendar = "office"
reason = "answered in office hours"

[rules."promises/promise:resolution"]
target = "2bd"
calendar = "office"
reason = "service charter"

[rules."promises/promise:hand-over"]
enabled = false
reason = "one desk"
"#;

const TICKETS: &str = "\
ticket_id,tier,priority,opened_at,first_response_at,resolved_at,pending_at,resumed_at,call_back_due_at,called_back_at,followed_up_at
T-1,vip,normal,2026-02-13T17:50,2026-02-14T09:20,2026-02-24T17:50,,,,,
T-2,vip,normal,2026-02-13T17:50,2026-02-14T09:21,2026-02-24T17:51,,,,,2026-03-02T10:00
T-3,gold,urgent,2026-03-02T10:00,2026-03-02T10:59,2026-03-04T14:00,2026-03-03T09:00,2026-03-03T11:30,2026-03-02T15:00,2026-03-02T15:30,
T-4,gold,normal,2026-03-31T16:00,,,,,,,
T-5,gold,normal,2026-03-02T10:00,2026-03-01T10:00,,,,,,
";

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("audit.toml"), PROJECT).unwrap();
    fs::write(folder.path().join("tickets.csv"), TICKETS).unwrap();
    folder
}

#[test]
fn people_read_how_promises_stand() {
    let folder = project();
    for lang in ["en", "zh"] {
        let run = audit(folder.path(), &["--lang", lang, "--no-progress"]);
        insta::assert_snapshot!(format!("promises-{lang}"), run.out);
    }
}

#[test]
fn other_programs_read_how_promises_stand() {
    let folder = project();
    let run = audit(folder.path(), &["--format", "json", "-q"]);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let promise = |id: &str| {
        let all = report["promises"].as_array().unwrap();
        all.iter().find(|it| it["id"] == format!("promises/promise:{id}")).cloned()
    };
    let first = promise("first-response").unwrap();
    let outcomes = |it: &serde_json::Value| {
        ["kept", "breached", "running", "at_risk", "no_evidence", "not_applicable"]
            .map(|name| it["outcomes"][name].as_u64().unwrap())
    };
    // T-2 took 31 minutes of open time, T-4 is open since two of its four hours, T-5 was answered before it came.
    assert_eq!(outcomes(&first), [2, 1, 1, 0, 1, 0]);
    assert_eq!((&first["n"], &first["coverage"]), (&3.into(), &0.8.into()));
    assert_eq!(first["open_elapsed"]["median"], 1860.0);
    // T-3 was paused for two and a half hours of open time, which move the second day's 10:00 to 14:00.
    assert_eq!(outcomes(&promise("resolution").unwrap()), [2, 2, 1, 0, 0, 0]);
    assert_eq!(outcomes(&promise("call-back").unwrap()), [0, 1, 0, 0, 0, 4]);
    assert_eq!(promise("hand-over"), None);
    let breach = report["findings"].as_array().unwrap().iter();
    let breach = breach.clone().find(|it| it["rule"] == "promises/promise:first-response").unwrap();
    assert_eq!(breach["key"], "T-2");
    let line: Vec<&String> = breach["evidence"]["fields"].as_object().unwrap().keys().collect();
    assert!(
        line.iter().any(|it| *it == "due") && line.iter().any(|it| *it == "first_response_at"),
        "{line:?}"
    );
}

#[test]
fn an_unknown_promise_is_asked_for() {
    let folder = project();
    let run = run(folder.path(), &["audit", "--rule", "promises/promise:first-respons", "-q"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean `promises/promise:first-response`?"), "{}", run.err);
}
