//! The command line as a user meets it.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

mod common;

use common::{Run, audit, csv, desk, names, run, sample, touchstone, without_times};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};
use unicode_width::UnicodeWidthStr;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn replace(folder: &Path, name: &str, from: &str, to: &str) {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    fs::write(folder.join(name), text.replace(from, to)).unwrap();
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}{}", run.out, run.err))
}

/// The rules that have findings.
fn rules_found(run: &Run) -> BTreeSet<String> {
    csv(&run.out).into_iter().map(|row| row[1].clone()).collect()
}

// ---- Exit codes

#[test]
fn a_gate_that_holds_is_0_and_one_that_fails_is_1() {
    let folder = desk();
    for (arguments, code) in [
        (&[][..], 0),
        (&["--fail-on", "major"], 0),
        (&["--fail-on", "minor"], 1),
        (&["--fail-on", "info"], 1),
        (&["--fail-on", "minor", "--rule", "desk/signed"], 0),
    ] {
        let run = audit(folder.path(), arguments);
        assert_eq!(run.code, code, "{arguments:?}: {}", run.err);
    }
    assert_eq!(audit(&sample("support-desk"), &["--fail-on", "critical"]).code, 1);
    assert_eq!(audit(&sample("support-desk"), &["--severity", "minor"]).code, 0);
}

/// A rule that met records and could assess none of them fails the built-in gate `assessed`.
#[test]
fn a_rule_that_could_assess_nothing_fails() {
    let folder = desk();
    replace(
        folder.path(),
        "rules/desk.toml",
        "'transfers <= 1'",
        "'first_reply_at > resolved_at && amount < 0.0'",
    );
    write(
        folder.path(),
        "data/tickets.csv",
        &fs::read_to_string(folder.path().join("data/tickets.csv"))
            .unwrap()
            .replace("2026-03-02 12:00,vip", ",vip"),
    );
    let run = audit(folder.path(), &["--rule", "desk/transfers", "--format", "json"]);
    let report = json(&run);
    assert_eq!(report["summary"]["outcomes"]["no_evidence"], 3, "{report:#}");
    let gates = report["gates"].as_array().unwrap();
    let gate = gates.iter().find(|it| it["id"] == "assessed").unwrap();
    assert_eq!((run.code, &gate["verdict"]), (1, &Value::from("failed")));
}

#[test]
fn what_cannot_be_done_as_asked_is_2() {
    let folder = desk();
    let empty = tempfile::tempdir().unwrap();
    for (arguments, said) in [
        (&["--rule", "desk/none"][..], "there is no rule `desk/none`"),
        (&["--rule", "desk/transfer"], "did you mean `desk/transfers`?"),
        (&["--severity", "critical"], "there is no rule to judge by"),
        (&["--severity", "severe"], "severe"),
        (&["--dimension", "none"], "there is no rule to judge by"),
        (&["--threads", "0"], "--threads"),
        (&["--threads", "many"], "--threads"),
        (&["--fail-on", "never"], "never"),
        (&["--format", "pdf"], "pdf"),
        (&["--columns", "key,rulle"], "did you mean `rule`?"),
        (&["--memory", "lots"], "--memory"),
        (&["--as-of", "yesterday"], "yesterday"),
        (&["--lang", "fr"], "fr"),
        (&["--set", "desk/transfers.most=2"], "no parameter `most`"),
        (&["--set", "nonsense"], "nonsense"),
        (&["-o", "report.pdf"], "formats:"),
        (&["--no-such-option"], "--no-such-option"),
        (&["nowhere"], "nowhere"),
        (&["data/tickets.csv"], "--rules"),
        (
            &["data/tickets.csv", "--rules", "standard"],
            "built-in packs: appraisal, complaints, customer-file, kano, lifecycle, moments, monitoring, process,",
        ),
        (&["data/tickets.csv", "--rules", "./nothing"], "there is no folder"),
    ] {
        let run = run(folder.path(), &[&["audit", "--as-of", "2026-04-01"], arguments].concat());
        // An option that stands twice is told too, which is not what these cases are about.
        let run = if arguments[0] == "--as-of" {
            common::run(folder.path(), &[&["audit"], arguments].concat())
        } else {
            run
        };
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(said), "{arguments:?}: {}", run.err);
        assert_eq!(run.out, "", "{arguments:?}");
    }
    for command in ["audit", "check", "rules"] {
        let run = run(empty.path(), &[command]);
        assert_eq!(run.code, 2);
        assert!(run.err.contains("audit.toml"), "{}", run.err);
    }
    assert_eq!(run(folder.path(), &[]).code, 2);
    assert_eq!(run(folder.path(), &["audits"]).code, 2);
}

#[test]
fn no_records_is_never_a_green_0() {
    let folder = desk();
    let header = fs::read_to_string(folder.path().join("data/tickets.csv"))
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    write(folder.path(), "data/tickets.csv", &(header + "\n"));
    let run = audit(folder.path(), &["--quiet"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("there is no record to judge"), "{}", run.err);
}

#[test]
fn rule_errors_are_2_unless_allowed() {
    let folder = desk();
    replace(folder.path(), "rules/desk.toml", "'transfers <= 1'", "'6 / transfers > 1'");
    let run = audit(folder.path(), &["--format", "json"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("division by zero") && run.err.contains("--allow-errors"), "{}", run.err);
    assert_eq!(json(&run)["summary"]["outcomes"]["error"], 1);
    assert_eq!(audit(folder.path(), &["--quiet", "--allow-errors"]).code, 0);
}

#[test]
fn help_and_version_are_0() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["--help"][..], &["-h"], &["audit", "--help"], &["--version"], &["-V"]] {
        let run = run(folder.path(), arguments);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{arguments:?}");
        assert!(run.out.contains(
            if arguments[0].eq_ignore_ascii_case("-v") || arguments[0] == "--version" {
                env!("CARGO_PKG_VERSION")
            } else {
                "touchstone"
            }
        ));
    }
}

// ---- What is judged

#[test]
fn filters_leave_only_what_they_name() {
    let folder = sample("support-desk");
    let found = |arguments: &[&str]| audit(&folder, &[&["--quiet", "--format", "csv"], arguments].concat());
    let one = found(&["--rule", "standards/greeting"]);
    assert_eq!(rules_found(&one), BTreeSet::from(["standards/greeting".to_owned()]));
    let two = found(&["--rule", "standards/greeting", "--rule", "desk/p1-team"]);
    assert_eq!(rules_found(&two).len(), 2);
    for (option, value, column) in [("--severity", "critical", 2), ("--dimension", "empathy", 3)] {
        let rows = csv(&found(&[option, value]).out);
        assert!(!rows.is_empty() && rows.iter().all(|row| row[column] == value), "{option} {value}");
    }
    let both = csv(&found(&["--severity", "critical", "--severity", "major"]).out);
    assert!(both.iter().any(|it| it[2] == "critical") && both.iter().all(|it| it[2] != "minor"));
}

#[test]
fn set_changes_a_parameter_for_one_run() {
    let folder = sample("support-desk");
    let findings = |set: &[&str]| {
        let run =
            audit(&folder, &[&["--quiet", "--format", "csv", "--rule", "standards/hold-time"], set].concat());
        csv(&run.out).len()
    };
    let (house, strict, lax) = (
        findings(&[]),
        findings(&["--set", "standards/hold-time.hold_max_seconds=60"]),
        findings(&["--set", "standards/hold-time.hold_max_seconds=100000"]),
    );
    assert!(strict > house && house > lax && lax == 0, "{strict} {house} {lax}");
}

#[test]
fn as_of_is_printed_and_may_carry_an_offset() {
    let folder = desk();
    for (given, shown) in [
        ("2026-04-01", "2026-04-01T00:00:00+01:00"),
        ("2026-02-01T09:30", "2026-02-01T09:30:00+00:00"),
        ("2026-04-01T08:00+08:00", "2026-04-01T01:00:00+01:00"),
    ] {
        let run = run(folder.path(), &["audit", "--as-of", given, "--quiet", "--format", "json"]);
        assert_eq!(json(&run)["as_of"], shown);
    }
    let now = json(&run(folder.path(), &["audit", "--quiet", "--format", "json"]));
    assert!(now["as_of"].as_str().unwrap() > "2026", "{}", now["as_of"]);
}

// ---- Outputs

#[test]
fn csv_has_the_columns_asked_for() {
    let folder = desk();
    let first = |arguments: &[&str]| {
        let run = audit(folder.path(), &[&["--quiet", "--format", "csv"], arguments].concat());
        run.out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let header =
        "id,rule,severity,dimension,kind,key,subject,outcome,message,evidence,file,row,standing,points";
    assert_eq!(first(&[])[0], header);
    assert_eq!(first(&["--columns", "row,key,rule"]), ["row,key,rule", "4,T-3,desk/transfers"]);
    assert_eq!(first(&["--bom", "--columns", "key"])[0], "\u{feff}key");
}

#[test]
fn several_reports_at_once_and_all_whole() {
    let folder = desk();
    let reports = ["out/report.json", "out/findings.csv", "out/findings.ndjson", "out/report.md"];
    let mut arguments = vec!["--quiet", "-o", "csv:out/findings.txt", "--output", "terminal:out/summary.txt"];
    for report in reports {
        arguments.extend(["-o", report]);
    }
    let ran = audit(folder.path(), &arguments);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert_eq!(ran.err, "", "a quiet run says nothing when all is well");
    let out = folder.path().join("out");
    assert_eq!(
        names(&out),
        ["findings.csv", "findings.ndjson", "findings.txt", "report.json", "report.md", "summary.txt"]
    );
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    assert_eq!(read("findings.csv"), read("findings.txt"));
    for (name, format) in [
        ("report.json", "json"),
        ("findings.csv", "csv"),
        ("findings.ndjson", "ndjson"),
        ("report.md", "markdown"),
        ("summary.txt", "terminal"),
    ] {
        assert_eq!(read(name), audit(folder.path(), &["--format", format]).out, "{name}");
    }
    // A second run takes the place of the first.
    assert_eq!(audit(folder.path(), &arguments).code, 0);
    assert_eq!(names(&out).len(), 6);
}

#[test]
fn a_failed_gate_still_writes_its_reports() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let run = audit(&sample("support-desk"), &["--quiet", "-o", report.to_str().unwrap()]);
    assert_eq!(run.code, 1);
    assert!(fs::read_to_string(report).unwrap().contains("\"gates\""));
}

#[test]
fn an_output_that_cannot_be_written_is_2_and_harms_nothing() {
    let folder = desk();
    fs::create_dir_all(folder.path().join("out/folder.json")).unwrap();
    write(folder.path(), "out/kept.csv", "as it was\n");
    write(folder.path(), "out/file", "a file\n");
    let before = names(&folder.path().join("out"));
    for bad in ["out/folder.json", "out/file/report.json", "/proc/nowhere/report.json"] {
        let run = audit(folder.path(), &["--quiet", "-o", "out/kept.csv", "-o", bad]);
        assert_eq!(run.code, 2, "{bad}");
        assert!(run.err.contains("cannot be written") && run.err.contains(bad), "{}", run.err);
        assert_eq!(fs::read_to_string(folder.path().join("out/kept.csv")).unwrap(), "as it was\n");
        assert_eq!(names(&folder.path().join("out")), before, "no temporary files are left");
    }
    let run = audit(folder.path(), &["--quiet", "--rejects", "out/folder.json"]);
    assert_eq!(run.code, 2);
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_to() {
    use std::os::unix::fs::PermissionsExt;
    let folder = desk();
    let out = folder.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::set_permissions(&out, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(out.join("probe"), "").is_ok() {
        #[expect(clippy::print_stderr, reason = "whoever runs the tests should know what was not tested")]
        {
            eprintln!("skipped: this user may write everywhere");
        }
        return;
    }
    let run = audit(folder.path(), &["--quiet", "-o", "out/report.json"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("out/report.json"), "{}", run.err);
}

#[test]
fn a_broken_rule_leaves_the_old_report_alone() {
    let folder = desk();
    write(folder.path(), "report.csv", "as it was\n");
    replace(folder.path(), "rules/desk.toml", "transfers <= 1", "transfer <= 1");
    assert_eq!(audit(folder.path(), &["--quiet", "-o", "report.csv"]).code, 2);
    assert_eq!(fs::read_to_string(folder.path().join("report.csv")).unwrap(), "as it was\n");
    assert_eq!(names(folder.path()), ["audit.toml", "data", "report.csv", "rules"]);
}

#[test]
fn quiet_prints_nothing_on_standard_output_unless_a_format_is_asked_for() {
    let folder = desk();
    assert_eq!(audit(folder.path(), &["--quiet"]).out, "");
    assert_eq!(audit(folder.path(), &["-q"]).out, "");
    assert!(audit(folder.path(), &["-q", "--format", "csv"]).out.starts_with("id,rule"));
    assert!(audit(folder.path(), &[]).out.contains("All gates hold."), "the summary");
}

/// `touchstone audit … | head -1`.
#[test]
fn a_closed_pipe_is_no_error() {
    for (format, code) in [("ndjson", 1), ("json", 1), ("terminal", 1)] {
        let mut command = touchstone(&sample("support-desk"));
        command.args(["audit", "--as-of", common::AS_OF, "--format", format, "--no-progress"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let run = common::ended(child.wait_with_output().unwrap());
        assert_eq!(run.code, code, "{format}: {}", run.err);
        assert!(!run.err.contains("ipe"), "{}", run.err);
    }
    for arguments in [&["rules", "--docs"][..], &["check"], &["completions", "bash"]] {
        let mut child =
            touchstone(&sample("support-desk")).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
    }
}

// ---- Inputs

const KIND: &str = "ticket";

#[test]
fn data_files_with_rules_need_no_project() {
    let folder = desk();
    fs::rename(folder.path().join("data/tickets.csv"), folder.path().join("data/ticket.csv")).unwrap();
    fs::remove_file(folder.path().join("audit.toml")).unwrap();
    // Without a project `-` is text like any other, and an amount would be text.
    replace(folder.path(), "data/ticket.csv", ",-,", ",,");
    let run = audit(folder.path(), &["data/ticket.csv", "--rules", "./rules", "--format", "json"]);
    let report = json(&run);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(report["summary"]["records"], 3);
    assert_eq!(report["findings"][0]["rule"], "desk/transfers");
    assert_eq!(report["findings"][0]["kind"], KIND);
    // Without a project nobody says which field is the key.
    assert_eq!(report["findings"][0]["key"], "data/ticket.csv:4");
    let chinese = audit(folder.path(), &["data/ticket.csv", "--rules", "./rules", "--lang", "zh"]);
    assert!(chinese.out.contains("门禁"), "{}", chinese.out);
}

#[test]
fn the_audit_toml_itself_may_be_named() {
    let folder = desk();
    let by_folder = audit(folder.path(), &[".", "--format", "csv"]);
    let by_file = audit(folder.path(), &["audit.toml", "--format", "csv"]);
    assert_eq!((by_file.code, by_file.out), (by_folder.code, by_folder.out));
}

/// Findings without their origins, and all else that does not depend on files.
fn without_files(folder: &Path) -> (BTreeSet<Vec<String>>, Value) {
    let columns = "id,rule,key,outcome,message,evidence,standing";
    let rows = audit(folder, &["--quiet", "--format", "csv", "--columns", columns]);
    let report = json(&audit(folder, &["--quiet", "--format", "json"]));
    (csv(&rows.out).into_iter().collect(), report["summary"].clone())
}

/// A folder with the support desk's tickets as `put` lays them out.
fn tickets(put: impl Fn(&Path, &str, &str)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    common::copy(&sample("support-desk"), folder.path());
    replace(folder.path(), "audit.toml", "data/tickets/*.csv", "data/tickets/**");
    for month in ["2026-02", "2026-03"] {
        let path = folder.path().join(format!("data/tickets/{month}.csv"));
        let text = fs::read_to_string(&path).unwrap();
        fs::remove_file(path).unwrap();
        put(&folder.path().join("data/tickets"), month, text.trim_start_matches('\u{feff}'));
    }
    folder
}

#[test]
fn packed_files_are_read_as_plain_ones() {
    let plain =
        without_files(tickets(|folder, month, text| write(folder, &format!("{month}.csv"), text)).path());
    let gz = tickets(|folder, month, text| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        out.write_all(text.as_bytes()).unwrap();
        fs::write(folder.join(format!("{month}.csv.gz")), out.finish().unwrap()).unwrap();
    });
    let zst = tickets(|folder, month, text| {
        fs::write(folder.join(format!("{month}.csv.zst")), zstd::encode_all(text.as_bytes(), 3).unwrap())
            .unwrap();
    });
    assert!(plain.0.len() > 50);
    assert_eq!(without_files(gz.path()), plain);
    assert_eq!(without_files(zst.path()), plain);
}

#[test]
fn the_split_over_files_changes_no_finding() {
    let whole =
        without_files(tickets(|folder, month, text| write(folder, &format!("{month}.csv"), text)).path());
    // Into files of about a hundred records, at line breaks outside quotes, one folder a month.
    let split = tickets(|folder, month, text| {
        let (header, mut rest) = text.split_once('\n').unwrap();
        for part in 0.. {
            let (mut quoted, mut lines, mut end) = (false, 0, rest.len());
            for (at, byte) in rest.bytes().enumerate() {
                quoted ^= byte == b'"';
                lines += usize::from(byte == b'\n' && !quoted);
                if lines == 100 {
                    end = at + 1;
                    break;
                }
            }
            write(folder, &format!("{month}/part-{part:02}.csv"), &format!("{header}\n{}", &rest[..end]));
            rest = &rest[end..];
            if rest.is_empty() {
                break;
            }
        }
    });
    assert!(names(&split.path().join("data/tickets/2026-03")).len() > 3);
    assert_eq!(without_files(split.path()), whole);
}

#[test]
fn a_key_that_repeats_is_told_with_both_places_and_its_findings_are_unstable() {
    let folder = desk();
    replace(
        folder.path(),
        "data/tickets.csv",
        "T-1,2026-03-02 09:00,2026-03-02 09:20,2026-03-02 12:00,vip,0",
        "T-3,2026-03-02 09:00,2026-03-02 09:20,2026-03-02 12:00,vip,4",
    );
    let run = audit(folder.path(), &["--rule", "desk/transfers", "--format", "json"]);
    let report = json(&run);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 2, "both are judged");
    assert!(findings.iter().all(|it| it["unstable"] == true && it["key"] == "T-3"), "{report:#}");
    assert_ne!(findings[0]["id"], findings[1]["id"]);
    assert_eq!(report["summary"]["duplicate_keys"], 2);
    for said in
        ["the key `T-3` stands more than once", "data/tickets.csv:4", "first here: data/tickets.csv:2"]
    {
        assert!(run.err.contains(said), "{said}: {}", run.err);
    }
}

// ---- What people read

fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots" }, {
        insta::assert_snapshot!(name, text);
    });
}

fn assert_fits(text: &str, columns: usize) {
    for line in text.lines() {
        assert!(line.width() <= columns, "{} columns: {line}", line.width());
    }
}

#[test]
fn the_summary_fits_80_columns() {
    for (name, lang) in
        [("support-desk", "en"), ("citizen-hotline", "zh"), ("support-desk", "zh"), ("citizen-hotline", "en")]
    {
        let run = audit(&sample(name), &["--lang", lang]);
        assert_eq!(run.code, 1, "{}", run.err);
        assert_fits(&run.out, 80);
        snapshot(&format!("audit-{name}-{lang}"), &run.out);
        snapshot(&format!("audit-{name}-{lang}-stderr"), &without_times(&run.err));
    }
}

#[test]
fn a_wide_or_narrow_terminal_is_kept_to() {
    for columns in [60, 100, 160] {
        let mut command = touchstone(&sample("citizen-hotline"));
        command.env("COLUMNS", columns.to_string()).args(["audit", "--as-of", common::AS_OF]);
        assert_fits(&common::ended(command.output().unwrap()).out, columns);
    }
}

#[test]
fn check_says_which_path_each_rule_takes() {
    for (name, lang) in [("support-desk", "en"), ("citizen-hotline", "zh")] {
        let run = run(&sample(name), &["check", "--lang", lang]);
        assert_eq!(run.code, 0, "{}", run.err);
        snapshot(&format!("check-{name}"), &run.out);
    }
    let folder = desk();
    replace(
        folder.path(),
        "rules/desk.toml",
        "'transfers <= 1'",
        "'let n = 0; for i in 0..transfers { n += 1; } n <= 1'",
    );
    let mixed = run(folder.path(), &["check"]);
    assert_eq!(mixed.code, 0);
    assert!(mixed.out.contains("row by row: it assigns to a variable"), "{}", mixed.out);
    assert!(mixed.out.contains("3 by columns, 1 row by row"), "{}", mixed.out);
    replace(folder.path(), "rules/desk.toml", "signed ||", "sined ||");
    assert_eq!(run(folder.path(), &["check"]).code, 2);
}

#[test]
fn the_schema_can_be_frozen() {
    let folder = desk();
    replace(folder.path(), "audit.toml", "transfers = { type = \"int\" }\n", "");
    let shown = run(folder.path(), &["check", "--schema"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    snapshot("check-schema", &shown.out);
    // What is printed can stand in audit.toml.
    let text = fs::read_to_string(folder.path().join("audit.toml")).unwrap();
    let (head, _) = text.split_once("[source.fields]").unwrap();
    write(folder.path(), "audit.toml", &format!("{head}{}", shown.out));
    assert_eq!(run(folder.path(), &["check", "--schema"]).out, shown.out);
}

#[test]
fn rules_lists_the_standard_and_writes_its_handbook() {
    for (name, lang) in [("support-desk", "en"), ("citizen-hotline", "zh")] {
        let list = run(&sample(name), &["rules", "--lang", lang]);
        assert_eq!(list.code, 0, "{}", list.err);
        snapshot(&format!("rules-{name}"), &list.out);
    }
    for (lang, heading, why) in
        [("en", "# Handbook of the standard: ", "**Why**"), ("zh", "# 服务标准手册：", "**理由**")]
    {
        let docs = run(&sample("support-desk"), &["rules", "--docs", "--lang", lang]);
        assert_eq!(docs.code, 0, "{}", docs.err);
        assert!(docs.out.starts_with(heading), "{}", docs.out);
        assert!(docs.out.matches("\n### ").count() >= 20 && docs.out.contains(why));
    }
}

#[test]
fn help_fits_100_columns_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    for lang in ["en", "zh"] {
        let mut all = String::new();
        for command in [&[][..], &["audit"], &["check"], &["rules"], &["completions"]] {
            let mut process = touchstone(folder.path());
            process.env("COLUMNS", "100").args(command).args(["--help", "--lang", lang]);
            let run = common::ended(process.output().unwrap());
            assert_eq!(run.code, 0, "{}", run.err);
            assert_fits(&run.out, 100);
            all.push_str(&format!(
                "$ touchstone {}\n{}\n",
                [command, &["--help"]].concat().join(" "),
                run.out
            ));
        }
        snapshot(&format!("help-{lang}"), &all);
    }
}

#[test]
fn usage_errors_are_told_in_both_languages() {
    let folder = desk();
    let mut all = String::new();
    for arguments in [
        &["audits"][..],
        &["audit", "--thread", "2"],
        &["audit", "--threads", "0"],
        &["audit", "--fail-on", "severe"],
        &["audit", "--format"],
        &["completions"],
        &["completions", "tcsh"],
        &["audit", "-o", "report.pdf"],
        &["audit", "--columns", "key,rulle"],
        &["audit", "--as-of", "yesterday"],
        &["audit", "--memory", "lots"],
        &["audit", "--format", "pdf"],
        &["audit", "data/tickets.csv"],
        &["audit", "nowhere"],
    ] {
        for lang in ["en", "zh"] {
            let run = run(folder.path(), &[arguments, &["--lang", lang]].concat());
            assert_eq!(run.code, 2);
            all.push_str(&format!("$ touchstone {} --lang {lang}\n{}\n", arguments.join(" "), run.err));
        }
    }
    snapshot("usage-errors", &all);
}

#[test]
fn the_language_comes_from_the_option_the_project_or_the_environment() {
    let folder = desk();
    let summary = |arguments: &[&str], locale: &str| {
        let mut command = touchstone(folder.path());
        command.env("LC_ALL", locale).args(["audit", "--as-of", common::AS_OF]).args(arguments);
        common::ended(command.output().unwrap()).out
    };
    assert!(summary(&["--lang", "zh"], "C").contains("判定"));
    assert!(summary(&["--lang=en"], "zh_CN.UTF-8").contains("Verdicts"));
    replace(folder.path(), "audit.toml", "timezone =", "language = \"zh\"\ntimezone =");
    assert!(summary(&[], "C").contains("判定"));
    let mut help = touchstone(folder.path());
    help.env("LC_ALL", "zh_CN.UTF-8").arg("--help");
    assert!(common::ended(help.output().unwrap()).out.contains("用法"));
}

#[test]
fn completions_name_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let run = run(folder.path(), &["completions", shell]);
        assert_eq!(run.code, 0);
        for word in ["audit", "check", "rules", "completions", "fail-on"] {
            assert!(run.out.contains(word), "{shell} lacks {word}");
        }
        // Where the shell is there, it can read them.
        if shell == "bash"
            && let Ok(mut child) = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn()
        {
            child.stdin.take().unwrap().write_all(run.out.as_bytes()).unwrap();
            assert!(child.wait().unwrap().success());
        }
    }
}

#[test]
fn colour_is_only_where_it_is_asked_for() {
    let folder = desk();
    assert!(!audit(folder.path(), &[]).out.contains('\u{1b}'));
    assert!(!audit(folder.path(), &["--color", "never"]).out.contains('\u{1b}'));
    assert!(audit(folder.path(), &["--color", "always"]).out.contains('\u{1b}'));
}
