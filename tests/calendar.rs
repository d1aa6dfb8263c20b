//! `touchstone calendar` as a manager meets it: what it answers in both languages, what it writes for other
//! programs, and what it refuses.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::run;
use std::fs;

const PROJECT: &str = r#"
[project]
name = "Office"
timezone = "Asia/Shanghai"

[[calendar]]
id = "cn-office"
hours = { mon-fri = ["09:00-12:00", "13:30-18:00"] }
region = "CN"
breaks = { "2026-03-02" = ["15:00-16:00"] }

[[calendar]]
id = "nights"
timezone = "Europe/Berlin"
hours = { mon-fri = ["22:00-06:00"] }
holidays = ["holidays.ics", "*-12-24"]
"#;

const HOLIDAYS: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260403\r\nSUMMARY:Good Friday\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("audit.toml"), PROJECT).unwrap();
    fs::write(folder.path().join("holidays.ics"), HOLIDAYS).unwrap();
    folder
}

/// Runs `touchstone calendar …`, each line one command, and shows what was said.
fn session(commands: &[&str]) -> String {
    let folder = project();
    let one = |command: &&str| {
        let arguments: Vec<&str> = ["calendar"].into_iter().chain(command.split(' ')).collect();
        let run = run(folder.path(), &arguments);
        format!("$ touchstone calendar {command}\n{}{}[{}]\n", run.out, run.err, run.code)
    };
    commands.iter().map(one).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_manager_is_answered_in_both_languages() {
    insta::assert_snapshot!(session(&[
        "elapsed --calendar cn-office 2026-02-27T16:00 2026-03-03T09:30",
        "elapsed --calendar cn-office 2026-02-27T16:00 2026-03-03T09:30 --lang zh",
        "elapsed --calendar cn-office 2026-03-03T09:30 2026-02-27T16:00",
        "elapsed --calendar cn-office 2026-03-07T09:00 2026-03-08T09:00",
        "due --calendar cn-office 2026-03-02T11:00 1h",
        "due --calendar cn-office 2026-03-02T20:00 3bd --lang zh",
        "due --calendar cn-office 2026-03-02T20:00 3bd --day-end close",
        "due --calendar cn-office 2026-03-06T20:00 1d --roll next_open",
        "due --calendar nights 2026-03-28T01:00 4h",
        "days --calendar cn-office 2026-02-27 2026-03-02 --lang zh",
        "days --calendar nights 2026-04-02 2026-04-03",
    ]));
}

#[test]
fn other_programs_are_answered_in_json() {
    insta::assert_snapshot!(session(&[
        "elapsed --calendar cn-office 2026-03-02T14:00 2026-03-02T17:00:30 --format json",
        "elapsed --calendar nights 2026-03-02T14:00 2026-03-01T14:00 --format json",
        "due --calendar cn-office 2026-03-02T11:00 1h --format json",
        "due --calendar cn-office 2026-03-02T12:30 0h --format json",
        "days --calendar cn-office 2026-02-28 2026-03-01 --format json",
    ]));
}

#[test]
fn what_cannot_be_answered_is_said() {
    insta::assert_snapshot!(session(&[
        "due 2026-03-02T11:00 1h",
        "due --calendar office 2026-03-02T11:00 1h",
        "due --calendar cn-office 2026-03-02T11:00 3x",
        "due --calendar cn-office 2026-03-02T11:00 -3h",
        "due --calendar cn-office 2026-12-31T17:00 2h",
        "elapsed --calendar cn-office 2017-12-31T11:00 2026-03-02T11:00 --lang zh",
        "elapsed --calendar cn-office yesterday 2026-03-02T11:00",
        "days --calendar cn-office 2026-12-31 2027-01-01",
    ]));
}
