//! What functions, statements and closures give, row by row and as the rule is run of itself: the table
//! `tests/data/functions.toml`.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

mod support;

use std::fs;
use support::Subject;
use touchstone::{engine::BlockResult, expr::Cause, script::Form};

const PROJECT: &str = r#"
[project]
name = "Functions"
timezone = "Asia/Shanghai"
packs = ["./rules"]
[[source]]
id = "records"
path = "records.ndjson"
kind = "record"
key = "id"
[source.fields]
id = { type = "text" }
n = { type = "int" }
gone = { type = "int" }
gone_list = { type = "list", of = "int" }
text = { type = "text" }
scores = { type = "list", of = "int" }
tags = { type = "list", of = "text" }
wait = { type = "duration" }
opened = { type = "time" }
"#;

const RECORD: &str = r#"{"id":"1","n":3,"text":"a;b,c","scores":[4,2,5],"tags":["x","y","x"],"wait":"90m","opened":"2026-03-02T01:30:00Z"}"#;

#[derive(serde::Deserialize)]
struct Cases {
    cases: Vec<(String, String)>,
}

fn said(result: &BlockResult) -> String {
    let counts = result.counts[0];
    if counts.pass > 0 {
        return "pass".to_owned();
    }
    if counts.fail > 0 {
        let line = String::from_utf8_lossy(&result.outputs[0]).into_owned();
        let finding: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
        return match finding["evidence"]["reason"].as_str() {
            Some(why) => format!("fail: {why}"),
            None => "fail".to_owned(),
        };
    }
    if let Some((_, it)) = result.unassessed.first() {
        return format!("no_evidence: {}", it.field);
    }
    let name = |it: &Cause| format!("{it:?}").split('(').next().unwrap_or_default().to_owned();
    result.errors.first().map_or("not_applicable".to_owned(), |it| format!("error: {}", name(&it.2)))
}

/// A pack's library: functions that call each other.
const LIBRARY: &str =
    "fn above(x, limit) { x > limit }\nfn between(x, low, high) { above(x, low) && !above(x, high) }\n";

fn tried(script: &str) -> String {
    tried_by(script, true).0
}

/// What a rule says, and whether it runs over columns.
fn tried_by(script: &str, row_by_row: bool) -> (String, bool) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("rules/lib")).unwrap();
    fs::write(folder.path().join("rules/lib/limits.rhai"), LIBRARY).unwrap();
    fs::write(folder.path().join("audit.toml"), PROJECT).unwrap();
    fs::write(folder.path().join("records.ndjson"), RECORD).unwrap();
    let head = "[pack]\nid = \"pack\"\ntitle = \"Rules\"\n[[rule]]\nid = \"r\"\ntitle = \"Rule\"\non = \"record\"\nseverity = \"minor\"\n";
    fs::write(folder.path().join("rules/pack.toml"), format!("{head}script = '''{script}'''\n")).unwrap();
    let subject = Subject::load(folder.path()).unwrap();
    match subject.plan(&[], row_by_row) {
        Ok(plan) => {
            let by_columns = matches!(plan.rules[0].compiled.form, Form::Columns(_));
            (said(&subject.judge(&plan, &mut subject.batches(&plan).unwrap(), true)[0]), by_columns)
        }
        Err(why) if std::env::var_os("SHOW_STATIC").is_some() => (why, false),
        Err(_) => ("static".to_owned(), false),
    }
}

#[test]
fn the_table_of_functions_holds() {
    let cases: Cases = toml::from_str(include_str!("data/functions.toml")).unwrap();
    let wrong: Vec<String> = cases
        .cases
        .iter()
        .filter_map(|(script, wanted)| {
            let (rows, columns) = (tried(script), tried_by(script, false).0);
            let both = rows == *wanted && columns == *wanted;
            (!both).then(|| format!("{script}\n  wanted  {wanted}\n  rows    {rows}\n  columns {columns}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn a_pack_has_a_library_of_functions_and_no_other_file() {
    for (script, says, by_columns) in [
        ("above(n, 2)", "pass", true),
        ("between(n, 3, 9)", "fail", true),
        ("above(gone, 2)", "no_evidence: gone", true),
        ("import \"limits\" as l; l::between(n, 2, 3)", "pass", true),
        ("import \"lib/limits.rhai\" as l; l::above(n, 2)", "pass", true),
        ("scores.all(|it| above(it, 1))", "pass", false),
        ("fn above(x, limit) { false } above(n, 2)", "fail", true),
        ("above(n)", "static", false),
        ("import \"limit\" as l; true", "static", false),
        ("import \"../limits\" as l; true", "static", false),
        ("import \"/etc/passwd\" as l; true", "static", false),
        ("let file = \"limits\"; import file as l; true", "static", false),
        ("if n > 2 { import \"https://example.org/x\" as l; } true", "static", false),
    ] {
        assert_eq!(tried_by(script, false), (says.to_owned(), by_columns), "{script}");
        assert_eq!(tried(script), says, "{script}");
    }
}
