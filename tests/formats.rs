//! Formats that pipelines read: what they say is what the JSON report says, at places that version control knows,
//! within the limits of those who read them.
#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

mod common;

use common::{project_of, root, run};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const AUDIT: &str = r#"
[project]
name = "Desk"
packs = ["./rules"]
[[source]]
id = "tickets"
path = "data/tickets.csv"
kind = "ticket"
key = "id"
[source.fields]
note = { type = "text" }
"#;

const RULES: &str = r#"
[[rule]]
id = "greeting"
title = "The customer is greeted"
on = "ticket"
severity = "critical"
check = "greeted"
message = "not greeted: {note}"
[[rule]]
id = "calm"
title = "Few are angry"
on = "ticket"
severity = "minor"
check = "angry <= 3"
[[rule]]
id = "often"
title = "Greetings are common"
on = "ticket"
severity = "major"
per = ["agent"]
min = 1
check = "rate(greeted) > 0.5"
"#;

/// A project in the folder `desk 台` of the folder that is given.
fn desk(rows: &str) -> tempfile::TempDir {
    let folder = project_of(AUDIT, &[], RULES);
    let home = folder.path().join("desk 台");
    fs::create_dir_all(home.join("data")).unwrap();
    for name in ["audit.toml", "rules"] {
        fs::rename(folder.path().join(name), home.join(name)).unwrap();
    }
    fs::write(home.join("data/tickets.csv"), format!("id,greeted,angry,agent,note\n{rows}")).unwrap();
    folder
}

const ROWS: &str = "T1,true,0,Li,a\nT2,false,9,Li,b\nT3,false,1,Wu,\"::error::x\n::warning::y %0A [a](b)\"\n";

fn format(folder: &Path, format: &str, more: &[&str]) -> String {
    let arguments = ["audit", "desk 台", "--as-of", "2026-04-01", "--format", format];
    run(folder, &[&arguments, more].concat()).out
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn texts<'a>(list: &'a Value, pointer: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|it| it.pointer(pointer).unwrap().as_str().unwrap()).collect()
}

#[test]
fn sarif_says_what_the_report_says_and_where() {
    let folder = desk(ROWS);
    let folder = folder.path();
    let (whole, sarif) = (json(&format(folder, "json", &[])), json(&format(folder, "sarif", &[])));
    let results = &sarif["runs"][0]["results"];
    let ids = texts(results, "/partialFingerprints/primaryLocationLineHash");
    assert_eq!(ids, texts(&whole["findings"], "/id"));
    assert_eq!(ids.len(), 5);
    let of = |rule: &str| results.as_array().unwrap().iter().find(|it| it["ruleId"] == rule).unwrap();
    let at = |it: &Value| it["physicalLocation"].clone();
    let first = of("desk/greeting");
    let file = "desk%20%E5%8F%B0/data/tickets.csv";
    let place = serde_json::json!({ "artifactLocation": { "uri": file }, "region": { "startLine": 3 } });
    assert_eq!(at(&first["locations"][0]), place);
    let rules = "desk%20%E5%8F%B0/rules/pack.toml";
    let text = fs::read_to_string(folder.join("desk 台/rules/pack.toml")).unwrap();
    let line = |id: &str| {
        let before = text.lines().position(|it| it == format!("id = \"{id}\"")).unwrap();
        serde_json::json!({ "artifactLocation": { "uri": rules }, "region": { "startLine": before } })
    };
    assert_eq!(at(&first["relatedLocations"][0]), line("greeting"));
    assert_eq!(at(&of("desk/often")["locations"][0]), line("often"), "a finding on a group is at its rule");
    for rule in sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        for name in ["shortDescription", "fullDescription", "help"] {
            assert!(!rule[name]["text"].as_str().unwrap().is_empty(), "{rule}");
        }
    }
}

#[test]
fn sarif_tells_how_findings_stand() {
    let folder = desk(ROWS);
    let folder = folder.path();
    let waiver = "[[waiver]]\nrule = \"desk/calm\"\nkey = \"T2\"\nreason = \"x\"\napprover = \"y\"\nexpires = 2099-01-01\n";
    fs::write(folder.join("desk 台/waivers.toml"), waiver).unwrap();
    assert_eq!(run(folder, &["baseline", "write", "known.txt", "desk 台", "-q"]).code, 0);
    fs::write(
        folder.join("desk 台/data/tickets.csv"),
        format!("id,greeted,angry,agent,note\n{ROWS}T4,false,0,Wu,\n"),
    )
    .unwrap();
    let sarif = json(&format(folder, "sarif", &["--baseline", "known.txt"]));
    let told = sarif["runs"][0]["results"].as_array().unwrap().iter().map(|it| {
        let why = it["suppressions"][0]["justification"].as_str();
        (it["ruleId"].as_str().unwrap(), it["baselineState"].as_str(), why)
    });
    let known = Some("unchanged");
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("desk/greeting", known, None),
            ("desk/calm", None, Some("x (y, until 2099-01-01)")),
            ("desk/greeting", known, None),
            ("desk/greeting", Some("new"), None),
            ("desk/often", known, None),
            ("desk/often", known, None),
        ]
    );
}

#[test]
fn more_than_code_scanning_takes_becomes_a_result_a_rule() {
    let rows = |count: usize| -> String { (0..count).map(|it| format!("T{it},false,0,Li,\n")).collect() };
    let results = |count: usize| {
        let folder = desk(&rows(count));
        let sarif = json(&format(folder.path(), "sarif", &["--lang", "zh"]));
        let run = sarif["runs"][0].clone();
        let said = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].clone();
        (run["results"].as_array().unwrap().clone(), said)
    };
    let (all, said) = results(24_999);
    assert!(all.len() == 25_000 && said.is_null());
    // Judged twice, since a key stands twice, and still all there.
    let folder = desk(&(rows(20_000) + "T0,false,0,Li,\n"));
    let twice = json(&format(folder.path(), "sarif", &[]));
    assert_eq!(twice["runs"][0]["results"].as_array().unwrap().len(), 20_002);
    let (by_rule, said) = results(25_000);
    assert_eq!(by_rule.len(), 2);
    assert_eq!(by_rule[0]["message"]["text"], "25000 个发现项：The customer is greeted");
    let said = said.as_str().unwrap();
    assert!(said.contains("25001") && said.ends_with("因此每条规则只有一个结果"), "{said}");
}

/// A source with subjects, judged once and twice: a result for each rule and widest subject, and what they count is
/// all there is.
#[test]
fn more_than_code_scanning_takes_becomes_a_result_a_rule_and_group() {
    let audit =
        AUDIT.replace("key = \"id\"", "key = \"id\"\nsubject = { agent = \"agent\", team = \"note\" }");
    let rows: String = (0..26_000).map(|it| format!("T{it},false,{},Li,team {}\n", it % 9, it % 3)).collect();
    for more in ["", "T0,false,0,Li,team 0\n"] {
        let folder = desk(&(rows.clone() + more));
        fs::write(folder.path().join("desk 台/audit.toml"), &audit).unwrap();
        let sarif = json(&format(folder.path(), "sarif", &[]));
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let said = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
        assert!(said.as_str().unwrap().ends_with("there is one result for each rule and group"), "{said}");
        let told: Vec<&str> = texts(&sarif["runs"][0]["results"], "/message/text");
        let greeted = 8_667 + more.lines().count();
        let first = format!("{greeted} findings: The customer is greeted (team team 0)");
        assert_eq!(told.iter().filter(|it| **it == first).count(), 1, "{told:?}");
        assert_eq!(told.len(), 3 + 3 + 1, "{told:?}");
        let counts = told.iter().map(|it| it.split(' ').next().unwrap().parse::<u64>().unwrap());
        assert_eq!(Some(counts.sum::<u64>()), sarif["runs"][0]["properties"]["findings"].as_u64());
        let ids: BTreeSet<&str> =
            texts(&sarif["runs"][0]["results"], "/partialFingerprints/primaryLocationLineHash")
                .into_iter()
                .collect();
        assert_eq!(ids.len(), results.len());
    }
}

#[test]
fn gitlab_has_fingerprints_and_paths_of_its_own() {
    let folder = desk(ROWS);
    let list = json(&format(folder.path(), "gitlab", &[]));
    let ids: BTreeSet<&str> = texts(&list, "/fingerprint").into_iter().collect();
    assert_eq!(ids.len(), list.as_array().unwrap().len());
    assert_eq!(
        list[0]["location"],
        serde_json::json!({ "path": "desk 台/data/tickets.csv", "lines": { "begin": 3 } })
    );
    assert_eq!(format(desk("T1,true,0,Li,a\n").path(), "gitlab", &[]), "[\n]\n");
}

#[test]
fn commands_are_few_and_no_text_becomes_one() {
    let rows: String = (0..60)
        .map(|it| format!("K{it},false,9,Li,\"::error::x\n::stop-commands::\r\n##[error]z\"\n"))
        .collect();
    let text = format(desk(&rows).path(), "github", &[]);
    let of = |level: &str| text.lines().filter(|it| it.starts_with(level)).count();
    assert_eq!((of("::error "), of("::warning "), of("::"), of("##")), (10, 10, 20, 0), "{text}");
    assert_eq!(text.lines().count(), 22);
    assert!(text.starts_with("::error title=gate%3A fail-on%3Acritical::"), "{text}");
}

#[test]
fn junit_has_a_case_for_each_gate_and_rule() {
    let text = format(desk(ROWS).path(), "junit", &[]);
    let cases: Vec<&str> = text.lines().filter(|it| it.contains("<testcase")).collect();
    assert_eq!(cases.len(), 2 + 3);
    assert_eq!(cases.iter().collect::<BTreeSet<_>>().len(), cases.len());
    assert!(text.contains("tests=\"5\" failures=\"4\" errors=\"0\""), "{text}");
}

/// Formulas, markup, commands, escape sequences, marks that turn text round, NUL, a lone surrogate and a megabyte.
#[test]
fn hostile_cells_stay_text_in_every_format() {
    let home = project_of(&AUDIT.replace("tickets.csv", "tickets.ndjson"), &[], RULES);
    fs::create_dir(home.path().join("data")).unwrap();
    let huge = "x".repeat(1 << 20);
    let notes =
        ["=1+1", "<script>", "]]>", "::error::x", "\\u001b[2J", "\\u202efdp", "\\u0000", "\\ud800", &huge];
    let line = |(number, note): (usize, &&str)| {
        format!(
            "{{\"id\":\"T{number}\",\"greeted\":false,\"angry\":0,\"agent\":\"Li\",\"note\":\"{note}\"}}\n"
        )
    };
    let lines: String = notes.iter().enumerate().map(line).collect();
    fs::write(home.path().join("data/tickets.ndjson"), lines).unwrap();
    for format in ["sarif", "gitlab", "junit", "github", "json", "ndjson", "csv", "markdown", "terminal"] {
        let run = run(home.path(), &["audit", "--as-of", "2026-04-01", "--format", format]);
        assert_eq!(run.code, 1, "{format}: {}", run.err);
        assert!(!run.out.contains(['\u{1b}', '\0']), "{format}");
        assert!(run.out.lines().all(|it| !it.starts_with('=') && !it.starts_with("::error::")), "{format}");
        let findings = match format {
            "sarif" => json(&run.out)["runs"][0]["results"].as_array().unwrap().len(),
            "gitlab" => json(&run.out).as_array().unwrap().len(),
            "json" => json(&run.out)["findings"].as_array().unwrap().len(),
            "ndjson" => run.out.lines().map(json).count(),
            "csv" => common::csv(&run.out).len(),
            _ => continue,
        };
        assert!(findings >= notes.len(), "{format}: {findings}");
    }
}

/// The validator of SARIF by Microsoft, where it was installed for the checks.
fn multitool() -> Option<PathBuf> {
    let path = "target/ci-node/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool";
    let path =
        std::env::var_os("TOUCHSTONE_SARIF_MULTITOOL").map_or_else(|| root().join(path), PathBuf::from);
    path.is_file().then_some(path)
}

/// Samples, an empty result and 100,000 findings; the validator exits with 0 whatever it finds, so results are
/// counted.
#[test]
fn the_validator_of_sarif_finds_no_error() {
    let Some(multitool) = multitool() else {
        eprintln!("no SARIF multitool here: nothing is validated");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let mut put = |name: &str, text: String| {
        fs::write(folder.path().join(name), text).unwrap();
        files.push(name.to_owned());
    };
    for sample in ["support-desk", "citizen-hotline", "after-sales"] {
        let path = format!("samples/{sample}");
        put(&format!("{sample}.sarif"), run(&root(), &["audit", &path, "--format", "sarif"]).out);
    }
    put("none.sarif", format(desk("T1,true,0,Li,a\n").path(), "sarif", &[]));
    put("hostile.sarif", format(desk(ROWS).path(), "sarif", &[]));
    let many: String = (0..100_000).map(|it| format!("T{it},false,0,Li,\n")).collect();
    put("many.sarif", format(desk(&many).path(), "sarif", &[]));
    for name in files {
        let log = folder.path().join("log.json");
        let mut command = Command::new(&multitool);
        command.args(["validate", &name, "--rule-kind", "Sarif;Ghas", "--log", "ForceOverwrite", "--output"]);
        let said = command.arg(&log).current_dir(folder.path()).output().unwrap();
        assert!(said.status.success(), "{name}: {}", String::from_utf8_lossy(&said.stdout));
        let log = json(&fs::read_to_string(&log).unwrap());
        let results = log["runs"][0]["results"].as_array().unwrap().iter();
        let wrong: Vec<&Value> = results.filter(|it| it["level"] == "error").collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    }
}

/// Reports that encode findings alike share them, wherever each goes and in whatever order they are asked for.
#[test]
fn reports_are_the_same_alone_and_together() {
    // More than is held in memory, so that files are shared too.
    let rows: String = (0..30_000).map(|it| format!("T{it},false,9,A{},note {it}\n", it % 7)).collect();
    let folder = desk(&rows);
    let home = folder.path();
    let audit = |more: &[&str]| {
        run(home, &[&["audit", "desk 台", "--as-of", "2026-04-01", "--no-sync", "-q"], more].concat())
    };
    let read = |name: &str| fs::read(home.join(name)).unwrap();
    audit(&["-o", "alone.json"]);
    audit(&["-o", "alone.ndjson"]);
    let orders = [
        &["-o", "a.json", "-o", "b.ndjson"][..],
        &["-o", "b.ndjson", "-o", "a.json"],
        &["-o", "c.csv", "-o", "b.ndjson", "-o", "d.sarif", "-o", "a.json"],
    ];
    for more in orders {
        audit(more);
        assert!(read("a.json") == read("alone.json") && read("b.ndjson") == read("alone.ndjson"), "{more:?}");
        fs::remove_file(home.join("a.json")).unwrap();
        fs::remove_file(home.join("b.ndjson")).unwrap();
    }
    for (format, file) in [("ndjson", "a.json"), ("json", "b.ndjson"), ("ndjson", "b.ndjson")] {
        let said = audit(&["--format", format, "-o", file]);
        let ending = if format == "json" { "alone.json" } else { "alone.ndjson" };
        assert!(said.out.into_bytes() == read(ending), "{format}");
        let ending = if file == "a.json" { "alone.json" } else { "alone.ndjson" };
        assert!(read(file) == read(ending), "{file}");
    }
}

/// A link stays a link, and what is neither file nor link stays what it is.
#[cfg(unix)]
#[test]
fn reports_replace_files_only() {
    let folder = desk(ROWS);
    let home = folder.path();
    fs::write(home.join("real.json"), "old").unwrap();
    std::os::unix::fs::symlink("real.json", home.join("link.json")).unwrap();
    let audit = |file: &str| run(home, &["audit", "desk 台", "--as-of", "2026-04-01", "-q", "-o", file]);
    assert_eq!(audit("link.json").code, 1);
    assert!(home.join("link.json").is_symlink());
    assert!(json(&fs::read_to_string(home.join("real.json")).unwrap())["findings"].is_array());
    assert!(Command::new("mkfifo").arg(home.join("pipe.json")).status().unwrap().success());
    let refused = audit("pipe.json");
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("not a regular file"), "{}", refused.err);
}

/// Code scanning takes ten megabytes of a file, compressed; these are fewer findings than it takes, and more bytes.
#[test]
fn more_bytes_than_code_scanning_takes_become_a_result_a_rule() {
    let mut dice = common::Dice(5);
    let mut note =
        || (0..62).map(|_| format!("{:x}{:x}", dice.below(1 << 31), dice.below(1 << 31))).collect::<String>();
    let rows: String = (0..24_000).map(|it| format!("T{it},false,0,Li,{}\n", note())).collect();
    let folder = desk(&rows);
    let sarif = json(&format(folder.path(), "sarif", &[]));
    let run = &sarif["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 2);
    let said = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(said.contains("24001") && said.contains("10 MB"), "{said}");
}
