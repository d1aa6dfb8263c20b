//! Promises end to end: the built-in pack on a house's own times and hours, as people and other programs
//! read it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{audit, project_of, report, run};
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

#[test]
fn a_clock_is_drawn_as_a_time_line() {
    let folder = project();
    let mut text = String::new();
    // Kept on the dot; too late; paused and kept; open; stopped before it started; not given; open for long.
    for (promise, key, lang) in [
        ("first-response", "T-1", "en"),
        ("first-response", "T-2", "zh"),
        ("resolution", "T-3", "en"),
        ("first-response", "T-4", "en"),
        ("first-response", "T-5", "zh"),
        ("call-back", "T-4", "en"),
        ("resolution", "T-5", "zh"),
    ] {
        let id = format!("promises/promise:{promise}");
        let as_of = ["--as-of", "2026-03-31T18:00", "--lang", lang];
        let run = run(folder.path(), &[&["explain", "--rule", &id, "--record", key][..], &as_of].concat());
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{promise} {key}");
        text.push_str(&format!("{}\n", run.out));
    }
    insta::assert_snapshot!("promises-explain", text);
}

/// A pack whose rule reads a promise.
const READER: &str = r#"
[pack]
id = "own"
title = { en = "Own", zh = "自有" }

[[rule]]
id = "late-but-short"
title = { en = "Late replies are late by little", zh = "响应超时不多" }
on = "ticket"
severity = "minor"
check = 'first_response.outcome == "kept" || first_response.overrun <= minutes(limit)'
[rule.params]
limit = 0
"#;

#[test]
fn a_rule_that_reads_a_promise_is_explained() {
    let folder = project();
    let own = folder.path().join("own");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("pack.toml"), READER).unwrap();
    let packs = PROJECT.replace(r#"["promises"]"#, r#"["promises", "./own"]"#);
    fs::write(folder.path().join("audit.toml"), packs).unwrap();
    let arguments = ["explain", "--rule", "own/late-but-short", "--record", "T-2", "--as-of", "2026-03-31"];
    insta::assert_snapshot!("promises-explain-rule", run(folder.path(), &arguments).out);
}

#[test]
fn a_clock_is_data() {
    let folder = project();
    let arguments =
        ["explain", "--rule", "promises/promise:first-response", "--record", "T-2", "--format", "json"];
    let run = run(folder.path(), &arguments);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let record = &report["records"][0];
    assert_eq!((&record["outcome"], &record["target"]["value"]), (&"breached".into(), &"30m".into()));
    assert_eq!(record["due"], "2026-02-14T09:20:00+08:00");
    assert_eq!((&record["open_seconds"], &record["overrun_seconds"]), (&1860.into(), &60.into()));
    let kinds: Vec<(&str, i64)> = record["intervals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["kind"].as_str().unwrap(), it["seconds"].as_i64().unwrap()))
        .collect();
    assert_eq!(kinds, [("open", 600), ("closed", 54_000), ("open", 1200), ("over", 60)]);
    let events: Vec<&str> =
        record["timeline"].as_array().unwrap().iter().map(|it| it["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["start", "due", "stop"]);
}

/// A record may name a calendar that is not there, or make its target negative: neither is a breach, and neither
/// passes for something else.
#[test]
fn a_clock_that_cannot_run_says_why() {
    let audit = r#"
[project]
name = "Desk"
timezone = "Asia/Shanghai"
packs = ["./rules"]
[[source]]
id = "tickets"
path = "tickets.csv"
kind = "ticket"
key = "id"
[[calendar]]
id = "office"
hours = { mon-fri = ["09:00-18:00"] }
"#;
    let rules = r#"
[[promise]]
id = "answered"
title = "Answered in time"
on = "ticket"
start = "opened_at"
stop = "answered_at"
target = "minutes(allowed)"
calendar = "desk"
"#;
    let tickets = "id,opened_at,answered_at,allowed,desk\n\
        T-1,2026-03-02T10:00,2026-03-02T10:20,30,office\n\
        T-2,2026-03-02T10:00,2026-03-02T10:20,30,ofice\n\
        T-3,2026-03-02T10:00,2026-03-02T10:20,-30,office\n";
    let folder = project_of(audit, &[("tickets.csv", tickets)], rules);
    let report = report(folder.path(), &[]).1;
    assert_eq!(report["promises"][0]["outcomes"]["kept"], 1);
    assert_eq!(report["promises"][0]["outcomes"]["no_evidence"], 2);
    for (record, lang, told) in [
        ("T-2", "en", "there is no calendar `ofice`"),
        ("T-2", "zh", "没有工作日历“ofice”"),
        ("T-3", "en", "the target `minutes(allowed)` is below 0"),
        ("T-3", "zh", "时限“minutes(allowed)”小于 0"),
    ] {
        let arguments =
            ["explain", ".", "--rule", "desk/promise:answered", "--record", record, "--lang", lang];
        let run = run(folder.path(), &arguments);
        assert!(run.out.contains(told), "{record} {lang}: {}{}", run.out, run.err);
        assert!(!run.out.contains("every hour counts"), "{}", run.out);
    }
}
