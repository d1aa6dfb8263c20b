//! Rules over groups of records, end to end: the cases of `tests/data/groups.toml`, over columns and row by
//! row; the same report whatever the order of records and files, threads and memory; what people read.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

mod common;

use common::{Dice, audit, project_of, report, run, texts};
use serde_json::Value;
use std::{fmt::Write as _, fs};

const PROJECT: &str = r#"
[project]
name = "Desk"
timezone = "Asia/Shanghai"
packs = ["./rules"]

[[source]]
id = "tickets"
path = "tickets*.csv"
kind = "ticket"
key = "id"
subject = { team = "team" }
[source.fields]
amount = { type = "decimal" }
"#;

const RECORDS: &str = "\
id,team,kept,score,amount,day
1,a,true,5,1.50,2026-02-27
2,a,true,3,2.10,2026-02-28
3,a,false,1,,2026-03-01
4,a,true,4,3.10,2026-03-02
5,a,,,1.10,2026-03-01
6,b,true,5,10.10,2026-03-01
7,b,false,4,10.10,2026-03-01
8,b,,,10.10,2026-03-01
9,,true,5,2.00,2026-03-01
";

fn project(records: &[(&str, &str)], fields: &str, rules: &str) -> tempfile::TempDir {
    project_of(&format!("{PROJECT}{fields}\n"), records, rules)
}

fn rule(id: &str, keys: &str) -> String {
    format!("[[rule]]\nid = \"{id}\"\ntitle = \"{id}\"\non = \"ticket\"\nseverity = \"major\"\n{keys}\n")
}

fn text_of(value: &Value) -> String {
    if value.is_null() {
        return "-".to_owned();
    }
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A group as the cases write it: its values in the order of their names, `*` where there is none.
fn group(it: &Value) -> String {
    let own =
        ["rule", "source", "figure", "n", "coverage", "interval", "limit", "outcome", "records", "figures"];
    let values = it.as_object().unwrap().iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let part = |value: &Value| if value.is_null() { "*".to_owned() } else { text_of(value) };
    let key: Vec<String> = values.map(|(_, value)| part(value)).collect();
    let key = if key.is_empty() { "*".to_owned() } else { key.join("|") };
    format!("{key} {} {} {}", text_of(&it["figure"]), it["n"], it["outcome"].as_str().unwrap())
}

#[test]
fn cases_come_out_as_written_both_ways() {
    let text = fs::read_to_string(common::root().join("tests/data/groups.toml")).unwrap();
    let cases: toml::Table = toml::from_str(&text).unwrap();
    let mut faults = String::new();
    for case in cases["case"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let records = case.get("csv").map_or(RECORDS, |it| it.as_str().unwrap().trim_start());
        let fields = case.get("fields").map_or("", |it| it.as_str().unwrap());
        let rules = rule("rule", case["rule"].as_str().unwrap());
        let folder = project(&[("tickets.csv", records)], fields, &rules);
        for how in [&[][..], &["--row-by-row"]] {
            let (_, json) = report(folder.path(), how);
            let found: Vec<String> = json["groups"].as_array().unwrap().iter().map(group).collect();
            let expected = texts(&case["groups"]);
            if found != expected {
                writeln!(faults, "{name} {how:?}: {found:?}, not {expected:?}").unwrap();
            }
            for (outcome, count) in case["outcomes"].as_table().unwrap() {
                let found = json["rules"][0]["outcomes"][outcome].as_i64();
                if found != count.as_integer() {
                    writeln!(faults, "{name} {how:?}: {outcome} {found:?}, not {count:?}").unwrap();
                }
            }
            if let Some(expected) = case.get("findings").map(texts) {
                let found: Vec<String> = json["findings"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|it| format!("{} {}", it["key"].as_str().unwrap(), it["outcome"].as_str().unwrap()))
                    .collect();
                if found != expected {
                    writeln!(faults, "{name} {how:?}: findings {found:?}").unwrap();
                }
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

fn many(dice: &mut Dice, count: u64) -> Vec<String> {
    let line = |number: u64| {
        let team = ["a", "b", "", "电话组", "d\u{e9}"][usize::try_from(dice.below(5)).unwrap()];
        let kept = ["true", "false", ""][usize::try_from(dice.below(3)).unwrap()];
        let share = format!("{}e{}", dice.below(1_000_000), i64::try_from(dice.below(30)).unwrap() - 15);
        let (score, cents, day) = (dice.below(9), dice.below(100_000), dice.below(28) + 1);
        let month = dice.below(3) + 1;
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        format!("T-{number:06},{team},{kept},{score},{amount},2026-{month:02}-{day:02},{share}")
    };
    (0..count).map(line).collect()
}

const HEAD: &str = "id,team,kept,score,amount,day,share";

const OF_ALL_KINDS: &str = r#"
per = ["team", "month(day)"]
rollup = true
check = '''rate(kept) > 0.6 && sum(share) < 1.0 && mean(share) < 1.0 && median(share) < 1.0 && percentile(amount, 37.5) < 1.0
 && sum(amount) < 1.0 && mean(amount) < 1.0 && min(day) < date("2026-01-01") && max(share) < 1.0 && distinct(id) < 2 && distinct(amount) < 2 && mean(score) > 9.0'''
"#;

/// Everything in a report but where its records came from, and the list of the first that have no verdict.
fn without_origins(text: &str) -> String {
    let mut json: Value = serde_json::from_str(text).unwrap();
    json["inputs"] = Value::Null;
    json["unassessed"] = Value::Null;
    serde_json::to_string_pretty(&json).unwrap()
}

#[test]
fn order_files_threads_and_memory_do_not_show() {
    let mut dice = Dice(7);
    let mut lines = many(&mut dice, 6_000);
    let rules = rule("all", OF_ALL_KINDS) + &rule("largest", "per = [\"team\"]\ncheck = 'max(amount) < 1.0'");
    let rules = rules + &rule("fine", "per = [\"id\"]\ncheck = 'mean(share) < 1e9 && median(score) >= 1'");
    let mut first = None;
    for round in 0..3 {
        let files = 1 + usize::try_from(dice.below(4)).unwrap();
        let texts: Vec<(String, String)> = lines
            .chunks(lines.len().div_ceil(files))
            .enumerate()
            .map(|(number, it)| (format!("tickets-{number}.csv"), format!("{HEAD}\n{}\n", it.join("\n"))))
            .collect();
        let texts: Vec<(&str, &str)> = texts.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        let folder = project(&texts, "", &rules);
        for how in [&["--threads", "1"][..], &["--threads", "4"], &["--threads", "2", "--memory", "1KB"]] {
            let (text, json) = report(folder.path(), how);
            assert!(json["groups"].as_array().unwrap().len() > 6_000);
            let text = without_origins(&text);
            let first = first.get_or_insert_with(|| text.clone());
            if *first != text {
                let differ = first.lines().zip(text.lines()).find(|(a, b)| a != b);
                panic!("round {round}, {how:?}: {differ:?}");
            }
        }
        let (_, by_rows) = report(folder.path(), &["--row-by-row", "--memory", "1KB"]);
        let (_, by_columns) = report(folder.path(), &[]);
        for part in ["groups", "findings"] {
            let pairs = by_rows[part].as_array().unwrap().iter().zip(by_columns[part].as_array().unwrap());
            let differ = pairs.clone().find(|(a, b)| a != b);
            assert!(differ.is_none(), "round {round}: {part} are others row by row: {differ:#?}");
            assert_eq!(by_rows[part].as_array().unwrap().len(), by_columns[part].as_array().unwrap().len());
        }
        dice.shuffle(&mut lines);
    }
}

const SHOWN: &str = r#"
per = ["team", "month(day)"]
min = 2
rollup = true
params = { least = 0.8 }
when = 'score > 0'
check = 'rate(kept) >= least && mean(score) >= 2.0'
message = { en = "{team}, {month(day)}: {figure} of {n} kept, {least} is wanted", zh = "{team}，{month(day)}：{n} 件中及时率 {figure}，要求 {least}" }
"#;

#[test]
fn people_and_tools_read_groups() {
    let rules = rule("kept-rate", SHOWN) + &rule("money", "per = [\"team\"]\ncheck = 'max(amount) <= 5.00'");
    let folder = project(&[("tickets.csv", RECORDS)], "", &rules);
    let mut shown = String::new();
    for lang in ["en", "zh"] {
        for format in ["terminal", "markdown", "csv"] {
            let run = audit(folder.path(), &["--lang", lang, "--format", format]);
            writeln!(shown, "==== {lang} {format} {}\n{}{}", run.code, run.out, run.err).unwrap();
        }
        let docs = run(folder.path(), &["rules", "--docs", "--lang", lang]);
        let (docs, _) = docs.out.split_once("\n## ").and_then(|it| it.1.split_once("\n## ")).unwrap();
        writeln!(shown, "==== {lang} handbook\n{docs}").unwrap();
        let explained =
            run(folder.path(), &["explain", "--rule", "desk/kept-rate", "--record", "1", "--lang", lang]);
        writeln!(shown, "==== {lang} explain {}\n{}", explained.code, explained.err).unwrap();
    }
    let (text, _) = report(folder.path(), &[]);
    let (_, groups) = text.split_once("\"groups\"").unwrap();
    writeln!(shown, "==== json\n\"groups\"{groups}").unwrap();
    let seconds = regex::Regex::new(r"\d+\.\d\d (s|秒)").unwrap();
    let shown = seconds.replace_all(&shown, "0.00 $1");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("groups", shown);
    });
}

#[test]
fn mistakes_are_told_before_any_record_is_read() {
    let mut shown = String::new();
    for keys in [
        "per = [\"tema\"]\ncheck = 'count() > 0'",
        "per = [\"team\"]\ncheck = 'score > 0'",
        "per = [\"team\"]\ncheck = 'count() > score'",
        "per = [\"team\"]\ncheck = 'count() > scoer'",
        "per = [\"team\"]\ncheck = 'rate(score) > 0.5'",
        "per = [\"team\"]\ncheck = 'sum(team) > 0'",
        "per = [\"team\"]\ncheck = 'percentile(score) > 0'",
        "per = [\"team\"]\ncheck = 'rate(kept) > \"high\"'",
        "per = [\"team\"]\ncheck = 'rate(kept)'",
        "per = [\"team\"]\nwhen = 'score'\ncheck = 'count() > 0'",
        "per = [\"score / 2.0\"]\ncheck = 'count() > 0'",
        "per = \"team\"\nmin = -1\ncheck = 'count() > 0'",
        "per = [\"team\"]\nmin = -1\nrollup = \"yes\"\ncheck = 'count() > 0'",
        "per = [\"team\"]\nparams = { least = 3, team = 1, idle = 2 }\ncheck = 'count(score > least) > 0'",
        "per = [\"team\"]\ncheck = 'count() > 0'\nmessage = \"{tame}: {figure}\"",
        "per = [\"team\"]\ncheck = 'count(kept) / count() >= 1'",
    ] {
        let folder = project(&[("tickets.csv", RECORDS)], "", &rule("rule", keys));
        for lang in ["en", "zh"] {
            let run = audit(folder.path(), &["--lang", lang, "--quiet"]);
            writeln!(shown, "==== {} {lang} {}\n{}", keys.replace('\n', " · "), run.code, run.err).unwrap();
        }
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("group-mistakes", shown);
    });
}

const EXAMPLES: &str = r#"
per = ["team"]
min = 30
check = 'rate(kept) >= 0.5'
[[rule.example]]
name = "one of two"
records = [{ team = "a", kept = true }, { team = "a", kept = false }]
expect = "pass"
[[rule.example]]
name = "other teams are other groups"
records = [{ team = "a", kept = true }, { team = "b", kept = false }]
expect = "fail"
[[rule.example]]
name = "too few"
records = [{ team = "a", kept = true }]
min = 2
expect = "no_evidence"
[[rule.example]]
name = "no team"
records = [{ team = "a", kept = true }, { kept = true }]
expect = "no_evidence"
[[rule.example]]
name = "wrong on purpose"
records = [{ team = "a", kept = true }, { team = "a", kept = false }]
expect = "fail"
"#;

#[test]
fn examples_are_tried() {
    let folder = project(&[("tickets.csv", RECORDS)], "", &rule("kept-rate", EXAMPLES));
    let mut shown = String::new();
    for lang in ["en", "zh"] {
        let run = run(folder.path(), &["test", "--lang", lang]);
        writeln!(shown, "==== {lang} {}\n{}{}", run.code, run.out, run.err).unwrap();
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("group-examples", shown);
    });
}

/// Groups below `min` are no verdict, and alone no fault.
#[test]
fn the_built_in_gate_leaves_small_groups_alone() {
    let small = rule("rule", "per = [\"team\"]\nmin = 100\ncheck = 'count() > 0'");
    let gate = |rules: &str, records: &str| {
        let folder = project(&[("tickets.csv", records)], "", rules);
        let (_, json) = report(folder.path(), &[]);
        json["gates"][1]["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(gate(&small, RECORDS), "held");
    let none = "id,team,kept,score,amount,day\n1,,true,5,1.50,2026-02-27\n";
    let typed = "id,team,kept,score,amount,day\n1,,true,5,1.50,2026-02-27\n2,,true,5,1.50,2026-02-27\n";
    assert_eq!(gate(&rule("rule", "per = [\"team\"]\ncheck = 'count() > 0'"), none), "failed");
    assert_eq!(gate(&rule("rule", "per = [\"team\"]\ncheck = 'count() > 0'"), typed), "failed");
}
