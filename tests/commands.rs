//! `touchstone test`, `explain`, `eval` and `diff` as a user meets them.

mod common;

use common::{Run, audit, copy, root, run};
use serde_json::Value;
use std::{fs, path::PathBuf};

/// A project of the folder `tests/data`.
fn data(name: &str) -> PathBuf {
    root().join("tests/data").join(name)
}

fn snapshot(name: &str, runs: &[(&str, Run)]) {
    let mut text = String::new();
    for (command, run) in runs {
        text.push_str(&format!("$ touchstone {command}\n{}", run.out));
        if !run.err.is_empty() {
            text.push_str(&format!("--- standard error\n{}", run.err));
        }
        text.push_str(&format!("--- exit code {}\n\n", run.code));
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path(root().join("tests/snapshots"));
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Runs commands, parted by spaces, in a folder of `tests/data`.
fn shown<'c>(folder: &str, commands: &[&'c str]) -> Vec<(&'c str, Run)> {
    let run = |it: &&'c str| (*it, run(&data(folder), &it.split(' ').collect::<Vec<_>>()));
    commands.iter().map(run).collect()
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}{}", run.out, run.err))
}

// ---- test

#[test]
fn examples_that_hold_are_told_in_a_few_lines() {
    snapshot("test-green", &shown("desk", &["test", "test --lang zh", "test --quiet", "test rules/desk"]));
}

#[test]
fn every_fault_of_an_example_is_told_with_its_place() {
    snapshot("test-red-en", &shown("red", &["test"]));
    snapshot("test-red-zh", &shown("red", &["test --lang zh"]));
    snapshot("test-red-junit", &shown("red", &["test --format junit"]));
}

#[test]
fn coverage_is_asked_for() {
    for (wanted, code) in [("66%", 0), ("66.6", 0), ("67%", 1), ("100％", 1), ("101", 2), ("much", 2)] {
        let run = run(&data("desk"), &["test", "--min-coverage", wanted]);
        assert_eq!(run.code, code, "{wanted}: {}{}", run.out, run.err);
    }
}

#[test]
fn results_of_tests_are_data() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let arguments = ["test", "--format", "json", "-o", &path("a.xml"), "-o", &format!("junit:{}", path("b"))];
    let run = run(&data("red"), &arguments);
    let report = json(&run);
    assert_eq!((run.code, &report["holds"], &report["failed"]), (1, &Value::from(false), &Value::from(8)));
    let first = &report["packs"][0]["rules"][0]["examples"][0];
    assert_eq!((&first["expect"], &first["found"]), (&Value::from("pass"), &Value::from("fail")));
    assert_eq!((&first["file"], &first["line"]), (&Value::from("rules/red/pack.toml"), &Value::from(14)));
    let (a, b) = (fs::read_to_string(path("a.xml")).unwrap(), fs::read_to_string(path("b")).unwrap());
    assert!(a == b && a.contains("tests=\"11\" failures=\"8\" errors=\"0\""), "{a}");
}

/// Examples are judged by the rule's own parameters, whatever the project sets.
#[test]
fn house_values_do_not_change_examples() {
    let report = json(&run(&data("desk"), &["test", "--format", "json", "--rule", "desk/answered-soon"]));
    assert_eq!(report["examples"], 3);
    let set = run(&data("desk"), &["test", "--rule", "desk/answered-soon", "--rule", "desk/answerd"]);
    assert!(set.code == 2 && set.err.contains("did you mean `desk/answered-soon`?"), "{}", set.err);
}

#[test]
fn no_test_is_never_green() {
    let none = run(&data("desk"), &["test", "--rule", "desk/no-tricks"]);
    assert!(none.code == 2 && none.out.is_empty() && none.err.contains("no-tests"), "{}", none.err);
    assert_eq!(run(&data("desk"), &["test", "--format", "sarif"]).code, 2);
    assert_eq!(run(&data("desk"), &["test", "-o", "report.pdf"]).code, 2);
}

// ---- diff

#[test]
fn what_another_rule_set_means_is_told_by_rule_and_subject() {
    let arguments = "desk desk-new --project desk --as-of 2026-04-01";
    let (en, zh) = (format!("diff {arguments}"), format!("diff {arguments} --lang zh"));
    snapshot("diff", &shown("", &[&en, &zh]));
}

#[test]
fn differences_are_data() {
    let arguments = ["diff", "desk", "desk-new", "--project", "desk", "--format", "json"];
    let report = json(&run(&data(""), &arguments));
    assert_eq!(report["summary"]["newly_failing"], 2);
    let rule = |id: &str| report["rules"].as_array().unwrap().iter().find(|it| it["id"] == id).unwrap();
    let soon = rule("desk/answered-soon");
    assert_eq!(soon["newly_failing"]["keys"], serde_json::json!(["C1", "C6"]));
    assert_eq!(soon["newly_failing"]["subjects"]["agent"], serde_json::json!({ "Ann": 1, "王芳": 1 }));
    assert_eq!(soon["other"][0]["from"], "fail");
    assert_eq!(soon["other"][0]["to"], "no_evidence");
    assert_eq!(rule("desk/long-calls")["status"], "added");
    assert_eq!(rule("desk/no-tricks")["new"], Value::Null);
    // Against itself nothing differs.
    let same = json(&run(&data(""), &["diff", "desk", "desk", "--format", "json"]));
    let summary = serde_json::json!({ "newly_failing": 0, "newly_passing": 0, "other": 0, "added": 0, "removed": 0, "changed": 0 });
    assert_eq!(same["summary"], summary);
}

/// A level that is a derived field names who newly fails as a column does.
#[test]
fn derived_levels_are_told() {
    let home = tempfile::tempdir().unwrap();
    for name in ["desk", "desk-new"] {
        copy(&data(name), &home.path().join(name));
        let path = home.path().join(name).join("audit.toml");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let text = text.replace("agent = \"agent\"", "agent = \"who\"");
        let text = text.replace(
            "[source.derive]\n",
            "[source.derive]\nwho = 'if agent == \"Ann\" { \"A.\" } else { \"others\" }'\n",
        );
        if !text.is_empty() {
            fs::write(&path, text).unwrap();
        }
    }
    let report =
        json(&run(home.path(), &["diff", "desk", "desk-new", "--project", "desk", "--format", "json"]));
    let all = report["rules"].as_array().unwrap();
    let soon = all.iter().find(|it| it["id"] == "desk/answered-soon").unwrap();
    assert_eq!(soon["newly_failing"]["keys"], serde_json::json!(["C1", "C6"]));
    assert_eq!(soon["newly_failing"]["subjects"]["agent"], serde_json::json!({ "A.": 1, "others": 1 }));
}

#[test]
fn packs_alone_are_compared_on_records_that_are_named() {
    let packs = ["diff", "desk/rules/desk", "desk-new/rules/desk", "--rule", "desk/fee-told"];
    let with = |more: &[&str]| run(&data(""), &[&packs[..], more].concat());
    let none = with(&[]);
    assert!(none.code == 2 && none.err.contains("no-data"), "{}", none.err);
    for more in [&["--project", "desk"][..], &["--data", "desk/data/calls.csv"]] {
        let run = with(more);
        assert!(run.code == 0 && run.out.contains("newly passing: 1"), "{}{}", run.out, run.err);
    }
    assert_eq!(run(&data(""), &["diff", "desk", "nowhere"]).code, 2);
    assert_eq!(run(&data(""), &["diff", "desk", "desk", "--rule", "desk/none"]).code, 2);
}

// ---- explain

#[test]
fn a_verdict_is_explained_step_by_step() {
    let all = [
        "explain --as-of 2026-04-01 --rule desk/answered-soon --record C2",
        "explain --as-of 2026-04-01 --rule desk/answered-soon --record C2 --set desk/answered-soon.limit_seconds=60",
        "explain --as-of 2026-04-01 --rule desk/answered-soon --record C3",
        "explain --as-of 2026-04-01 --rule desk/fee-told --record C4",
        "explain --as-of 2026-04-01 --rule desk/fee-told --record data/calls.csv:6",
        "explain --as-of 2026-04-01 --rule desk/no-tricks --record C6",
    ];
    snapshot("explain-en", &shown("desk", &all));
    snapshot(
        "explain-zh",
        &shown("desk", &all.map(|it| format!("{it} --lang zh")).each_ref().map(|it| &**it)),
    );
}

#[test]
fn a_verdict_is_explained_to_tools() {
    let arguments = ["explain", "--rule", "desk/answered-soon", "--record", "C2", "--format", "json"];
    let report = json(&run(&data("desk"), &arguments));
    let record = &report["records"][0];
    assert_eq!(record["outcome"], "fail");
    assert_eq!(record["decided_by"], "wait <= seconds(limit_seconds)");
    assert_eq!(record["check"][1]["parts"][0]["value"], "50s");
    let param = &record["params"][0];
    assert_eq!((&param["value"], &param["own"], &param["set_by"]), (&45.into(), &30.into(), &"house".into()));
    assert_eq!(param["place"], "audit.toml:24");
}

#[test]
fn what_cannot_be_explained_has_a_way_out() {
    for (arguments, said) in [
        (&["--rule", "desk/fee-told", "--record", "C11"][..], "did you mean `C1`?"),
        (&["--rule", "desk/fee-told", "--record", "nobody"], "such as C1, C2, C3"),
        (&["--rule", "desk/fee", "--record", "C1"], "there is no rule `desk/fee`"),
        (&["--rule", "desk/fee-told"], "`--record <KEY>` is missing"),
        (&["desk"], "--rule ID --record KEY"),
    ] {
        let run = run(&data("desk"), &[&["explain"], arguments].concat());
        assert!(run.code == 2 && run.out.is_empty() && run.err.contains(said), "{arguments:?}: {}", run.err);
    }
}

// ---- eval

/// Runs `touchstone eval ARGUMENTS…` on the small desk.
fn eval(arguments: &[&str]) -> Run {
    run(&data("desk"), &[&["eval"], arguments].concat())
}

/// A stricter table, a promise that is gone and one that is new: who is breached by it, and the kept rates.
#[test]
fn promises_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let sample = root().join("samples/after-sales");
    let rules = |name: &str| folder.path().join(name).join("rules/service");
    for name in ["old", "new"] {
        copy(&sample, &folder.path().join(name));
    }
    let targets = rules("new").join("targets.csv");
    let text = fs::read_to_string(&targets).unwrap();
    fs::write(targets, text.replacen("2h", "1h", 1)).unwrap();
    let house = |name: &str, text: &str| fs::write(rules(name).join("more.toml"), text).unwrap();
    let promise = |id: &str, target: &str| {
        format!(
            "[[promise]]\nid = \"{id}\"\ntitle = \"{id}\"\non = \"ticket\"\nstart = \"opened_at\"\nstop = \"resolved_at\"\ntarget = \"{target}\"\n"
        )
    };
    house("old", &promise("gone", "30d"));
    house("new", &promise("fresh", "1d"));
    let diff = |more: &[&str]| {
        let arguments = ["diff", "old", "new", "--as-of", "2026-04-01"];
        run(folder.path(), &[&arguments[..], more].concat())
    };
    let shown =
        [("diff old new", diff(&["--lang", "en"])), ("diff old new --lang zh", diff(&["--lang", "zh"]))];
    snapshot("promises-compared", &shown);
    let found = json(&diff(&["--format", "json"]));
    let promises = found["promises"].as_array().unwrap();
    let of = |id: &str| promises.iter().find(|it| it["id"].as_str().unwrap().ends_with(id)).unwrap();
    assert_eq!(of(":到场")["newly_breached"]["count"], 3);
    assert_eq!(
        of(":到场")["old"]["breached"].as_u64().unwrap() + 3,
        of(":到场")["new"]["breached"].as_u64().unwrap()
    );
    assert_eq!(
        (of(":gone")["status"].as_str(), of(":fresh")["status"].as_str()),
        (Some("removed"), Some("added"))
    );
    assert!(of(":gone")["new"].is_null() && of(":fresh")["old"].is_null());
}

/// Two projects with other hours: each side's clocks run by its own calendars, as in an audit of it.
#[test]
fn hours_of_calendars_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["old", "new"] {
        copy(&root().join("samples/after-sales"), &folder.path().join(name));
    }
    let settings = folder.path().join("new/audit.toml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(settings, text.replacen("13:30-18:00", "13:30-17:00", 1)).unwrap();
    let report = |command: &[&str]| {
        json(&run(folder.path(), &[command, &["--as-of", "2026-04-01", "--format", "json"]].concat()))
    };
    let of = |report: &Value, id: &str| {
        let found = report["promises"].as_array().unwrap().iter().find(|it| it["id"] == id);
        found.unwrap().clone()
    };
    let id = "service/promise:到场";
    // Records read again by name are read as the project says, its calendars included.
    let data: &[&str] = &["diff", "old", "new", "--data", "new/data/报修单.csv"];
    for command in [&["diff", "old", "new"], data] {
        let found = of(&report(command), id);
        assert_eq!(found["changes"], serde_json::json!(["[[calendar]]"]));
        assert_eq!(found["newly_kept"]["count"], 4);
        for side in ["old", "new"] {
            let audited = audit(&folder.path().join(side), &["--format", "json"]);
            let audited = of(&serde_json::from_str(&audited.out).unwrap(), id);
            for outcome in ["kept", "breached", "running", "at_risk"] {
                assert_eq!(found[side][outcome], audited["outcomes"][outcome], "{side}: {outcome}");
            }
        }
    }
    // What a rule reads of a clock is another, though its own text is the same.
    let found = report(&["diff", "old", "new", "--rule", "service/延误须提前告知"]);
    assert_eq!(found["rules"][0]["status"], "changed");
    let same = report(&["diff", "old", "old"]);
    assert!(same["promises"].as_array().unwrap().iter().all(|it| it["status"] == "same"));
}

/// Packs that hold promises only are compared on a file by its name.
#[test]
fn packs_of_promises_are_compared_on_a_file() {
    let folder = tempfile::tempdir().unwrap();
    for (name, target) in [("old", "1h"), ("new", "2h")] {
        let pack = format!(
            "[pack]\nid = \"p\"\ntitle = \"p\"\n\n[[promise]]\nid = \"reply\"\ntitle = \"reply\"\non = \"ticket\"\nstart = \"asked\"\nstop = \"told\"\ntarget = \"{target}\"\n"
        );
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join("pack.toml"), pack).unwrap();
    }
    let records = "asked,told\n2026-03-02T09:00,2026-03-02T10:30\n2026-03-02T09:00,2026-03-02T09:30\n";
    fs::write(folder.path().join("march.csv"), records).unwrap();
    let found = json(&run(
        folder.path(),
        &["diff", "old", "new", "--data", "march.csv", "--as-of", "2026-04-01", "--format", "json"],
    ));
    let promise = &found["promises"][0];
    assert_eq!(promise["changes"], serde_json::json!(["target: 1h → 2h"]));
    assert_eq!(promise["newly_kept"]["keys"], serde_json::json!(["march.csv:2"]));
    assert_eq!((&promise["old"]["kept_rate"], &promise["new"]["kept_rate"]), (&0.5.into(), &1.0.into()));
}

/// `check` tells by what promises count, and the handbook tells it in words: tables, pauses, calendars.
#[test]
fn promises_are_listed_and_described() {
    let sample = root().join("samples/after-sales");
    let commands = ["check --lang en", "rules --docs --lang en", "check --lang zh", "rules --docs --lang zh"];
    let runs = commands.map(|command| {
        let mut run = run(&sample, &command.split(' ').collect::<Vec<_>>());
        if command.contains("--docs") {
            // The functions of the language have tests of their own.
            let end = run.out.rfind("\n## ").unwrap();
            run.out.truncate(end + 1);
        }
        (command, run)
    });
    snapshot("promises-described", &runs);
}

/// Clocks are read like fields: of records, of groups, and in what stands around aggregates.
#[test]
fn promises_are_evaluated() {
    let sample = root().join("samples/after-sales");
    let eval = |expression: &str, more: &[&str]| {
        let arguments = ["eval", expression, ".", "--as-of", "2026-04-01", "--format", "json"];
        json(&run(&sample, &[&arguments[..], more].concat()))
    };
    // What the audit says of the same records.
    let report = run(&sample, &["audit", ".", "--as-of", "2026-04-01", "--format", "json"]);
    let report: Value = serde_json::from_str(&report.out).unwrap();
    let audited = report["promises"].as_array().unwrap();
    let audited = audited.iter().find(|it| it["id"].as_str().unwrap().ends_with(":到场")).unwrap();
    for outcome in ["kept", "breached", "running", "at_risk", "not_applicable"] {
        let found = eval(&format!("count(到场.outcome == \"{outcome}\")"), &[]);
        assert_eq!(found[0]["value"], audited["outcomes"][outcome], "{outcome}");
    }
    let rate = eval(
        "count(到场.outcome == \"kept\") / (0.0 + count(到场.outcome in [\"kept\", \"breached\"]))",
        &[],
    );
    assert_eq!(rate[0]["value"], audited["kept_rate"]);
    let by_tier = eval("count(到场.outcome == \"breached\")", &["--per", "tier"]);
    let sum: u64 = by_tier.as_array().unwrap().iter().map(|it| it["value"].as_u64().unwrap()).sum();
    let whole = audited["outcomes"]["breached"].as_u64().unwrap();
    // A record whose tier cannot be read is in no group.
    assert!(sum == whole || sum + 1 == whole, "{sum} of {whole}");
    let records = eval("到场.open", &[]);
    assert_eq!(records.as_array().unwrap().len() as u64, report["summary"]["records"].as_u64().unwrap());
}

#[test]
fn expressions_are_evaluated_for_records_and_groups() {
    let of = |arguments: &'static [&'static str]| {
        let shown: Vec<String> = arguments
            .iter()
            .map(|it| if it.contains(' ') { format!("'{it}'") } else { (*it).to_owned() })
            .collect();
        (format!("eval {}", shown.join(" ")), eval(arguments))
    };
    let runs = [
        of(&["fee / minutes"]),
        of(&["fee / minutes", "--lang", "zh"]),
        of(&["wait.minutes", "--source", "calls"]),
        of(&["let x = 0; for i in 0..minutes { x += i; } x"]),
        of(&["rate(channel == \"phone\")", "--per", "team"]),
        of(&["count()", "--per", "agent", "--per", "month(started_at)"]),
        of(&["median(wait)", "--per", "team", "--lang", "zh"]),
        of(&["percentile(minutes, 90) > 5 && count() > 2", "--per", "team"]),
        of(&["mean(fee / minutes)", "--per", "team"]),
        of(&["distinct(agent)", "--per", "fee"]),
        of(&["sum(1 / 0)"]),
        of(&["sum(1 / 0)", "--per", "team", "--lang", "zh"]),
        of(&["`${team}: ${mean(minutes)} of ${count()}`", "--per", "team"]),
        of(&["max([minutes, 3])"]),
    ];
    let runs: Vec<(&str, Run)> = runs
        .iter()
        .map(|(shown, run)| (&**shown, Run { code: run.code, out: run.out.clone(), err: run.err.clone() }))
        .collect();
    snapshot("eval", &runs);
}

#[test]
fn mistakes_in_expressions_are_told_with_carets() {
    let mut text = String::new();
    for arguments in [
        &["chanel == \"phone\""][..],
        &["sum(channel)"],
        &["count("],
        &["fee / minutes", "--per", "team"],
        &["count()", "--per", "team", "--per", "started_at.blah"],
        &["mean(minutes) > \"5\""],
        &["percentile(minutes, 200)"],
        &["mean(minutes) > 2 && team == \"vip\""],
        &["mean(minutes) > 2 && teem == \"vip\""],
        &["percentile(minutes, 200)", "--lang", "zh"],
        &["wait", "--source", "cals"],
    ] {
        let run = eval(arguments);
        assert!(run.code == 2 && run.out.is_empty(), "{arguments:?}: {}", run.out);
        text.push_str(&run.err);
    }
    snapshot("eval-mistakes", &[("eval …", Run { code: 2, out: text, err: String::new() })]);
}

#[test]
fn values_are_data() {
    let records = json(&eval(&["fee / minutes > 10", "--format", "json"]));
    assert_eq!(records[0], serde_json::json!({ "key": "C1", "value": true }));
    assert_eq!(
        records[3],
        serde_json::json!({ "key": "C4", "value": null, "fault": "no_evidence", "missing": "fee" })
    );
    assert_eq!((&records[4]["fault"], &records[4]["error"]), (&"error".into(), &"division by zero".into()));
    let groups = json(&eval(&["sum(fee)", "--per", "team", "--format", "json"]));
    assert_eq!((&groups[1]["team"], &groups[1]["value"]), (&"vip".into(), &471.0.into()));
    assert_eq!((&groups[0]["n"], &groups[0]["left_out_missing"]), (&2.into(), &1.into()));
    let file = json(&eval(&["count(minutes > 3)", "--data", "data/calls.csv", "--format", "json"]));
    assert_eq!(file[0]["value"], 4);
    let broken = json(&eval(&["sum(1 / 0)", "--format", "json"]));
    assert_eq!((&broken[0]["fault"], &broken[0]["error"]), (&"error".into(), &"division by zero".into()));
    assert_eq!((&broken[0]["n"], &broken[0]["left_out_errors"]), (&0.into(), &7.into()));
}

#[test]
fn groups_keep_values_that_are_called_like_what_is_told_of_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.csv"), "n,value,key\n1,a,x\n2,b,x\n").unwrap();
    let arguments = ["eval", "count()", "--per", "n", "--per", "value", "--per", "key", "--data", "a.csv"];
    let groups = json(&run(folder.path(), &[&arguments[..], &["--format", "json"]].concat()));
    assert_eq!(groups[1]["group"], serde_json::json!({ "n": 2, "value": "b" }));
    assert_eq!(
        (&groups[1]["key"], &groups[1]["value"], &groups[1]["n"]),
        (&"x".into(), &1.into(), &1.into())
    );
}

#[test]
fn what_cannot_be_read_is_not_called_missing() {
    let folder = tempfile::tempdir().unwrap();
    let project = "[project]\nname = \"x\"\n[[source]]\nid = \"a\"\npath = \"a.csv\"\nkey = \"id\"\n";
    let project = project.to_owned() + "[source.fields]\nx = { type = \"int\" }\n";
    std::fs::write(folder.path().join("audit.toml"), project).unwrap();
    std::fs::write(folder.path().join("a.csv"), "id,x\nA,zz\nB,\n").unwrap();
    let shown = run(folder.path(), &["eval", "x + 1"]);
    assert!(shown.out.contains("A    (no evidence: x cannot be read)"), "{}{}", shown.out, shown.err);
    assert!(shown.out.contains("B    (no evidence: x is missing)"), "{}", shown.out);
}
