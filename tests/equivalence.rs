//! Two evaluators, one meaning: what the columns say of a record, Rhai says row by row.
//!
//! A table of cases by hand (`tests/data/semantics.toml`) and random projects: random records with
//! missing and bad cells, and random rules. Outcomes, findings with their evidence, records without
//! a verdict and errors must be the same either way.

mod support;

use proptest::{
    prelude::*,
    strategy::Union,
    test_runner::{RngSeed, TestRunner},
};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};
use support::Subject;
use touchstone::{engine::BlockResult, expr::Cause};

const SETTINGS: &str = r#"
[project]
name = "Either way"
timezone = "Asia/Shanghai"
packs = ["./rules"]

[[source]]
id = "records"
path = "records.FORMAT"
kind = "record"
key = "id"
[source.fields]
id = { type = "text" }
m = { type = "int" }
n = { type = "int" }
x = { type = "float" }
y = { type = "float" }
amount = { type = "decimal" }
paid = { type = "decimal" }
ok = { type = "bool" }
closed = { type = "bool" }
a = { type = "time" }
b = { type = "time" }
day = { type = "date" }
wait = { type = "duration" }
channel = { type = "text" }
"备注" = { type = "text" }
scores = { type = "list", of = "int", separator = ";" }
tags = { type = "list", of = "text", separator = ";" }
"#;

const PACK: &str = r#"
[pack]
id = "pack"
title = "Rules"

[[phrases]]
id = "taboo"
words = ["不知道", "no way", "ab"]

[[table]]
id = "limit-of"
inputs = ["channel"]
output = "int"
rows = [["phone", 15], ["电话", 30], ["chat", 9223372036854775807]]

[[table]]
id = "grade-of"
inputs = ["m", "ok"]
output = "text"
rows = [[1, true, "phone"], ["*", false, "ab"], [3, "*", "电话"]]
"#;

/// A rule of a project.
#[derive(Clone, Debug, Default, serde::Deserialize)]
struct Tried {
    check: String,
    when: Option<String>,
    missing: Option<String>,
}

/// Writes a project with these rules, named `pack/r0` and so on.
fn write_project(folder: &Path, rules: &[Tried], records: &str, format: &str) -> std::io::Result<()> {
    let mut pack = PACK.to_owned();
    for (number, rule) in rules.iter().enumerate() {
        let _ = write!(
            pack,
            "\n[[rule]]\nid = \"r{number}\"\ntitle = \"Rule {number}\"\non = \"record\"\nseverity = \"minor\"\n"
        );
        let _ = writeln!(pack, "params = {{ p = 3, q = 2.5 }}\ncheck = '''{}'''", rule.check);
        if let Some(when) = &rule.when {
            let _ = writeln!(pack, "when = '''{when}'''");
        }
        if let Some(missing) = &rule.missing {
            let _ = writeln!(pack, "missing = \"{missing}\"");
        }
    }
    fs::create_dir_all(folder.join("rules"))?;
    fs::write(folder.join("rules/pack.toml"), pack)?;
    fs::write(folder.join("audit.toml"), SETTINGS.replace("FORMAT", format))?;
    fs::write(folder.join(format!("records.{format}")), records)
}

/// What a run said, rule by rule, in a form that can be compared and read.
fn told(results: &[BlockResult], rules: usize) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new(); rules];
    for result in results {
        for (number, counts) in result.counts.iter().enumerate() {
            all[number].push(format!("{counts:?}"));
        }
        for (number, it) in &result.unassessed {
            let unreadable = if it.unreadable { " (unreadable)" } else { "" };
            all[*number].push(format!("{} no_evidence: {}{unreadable}", it.key, it.field));
        }
        for (number, key, cause, row) in &result.errors {
            all[*number].push(format!("{key} (row {row}) error: {cause:?}"));
        }
        for line in String::from_utf8_lossy(&result.outputs[0]).lines() {
            let id = line.split("\"rule\":\"pack/r").nth(1).and_then(|it| it.split('"').next());
            if let Some(number) = id.and_then(|it| it.parse::<usize>().ok()) {
                all[number].push(line.to_owned());
            }
        }
    }
    all
}

// ---- the table

#[derive(serde::Deserialize)]
struct Case {
    #[serde(rename = "check")]
    check: String,
    when: Option<String>,
    missing: Option<String>,
    record: toml::Table,
    says: String,
}

/// What a run over one record and one rule said, as the table writes it.
fn verdict(result: &BlockResult) -> String {
    let counts = result.counts[0];
    let lines = String::from_utf8_lossy(&result.outputs[0]).into_owned();
    if counts.pass > 0 {
        return "pass".to_owned();
    }
    if counts.fail > 0 {
        let finding: serde_json::Value = serde_json::from_str(&lines).unwrap_or_default();
        return match finding["evidence"]["reason"].as_str() {
            Some(why) => format!("fail: {why}"),
            None => "fail".to_owned(),
        };
    }
    if let Some((_, it)) = result.unassessed.first() {
        let unreadable = if it.unreadable { " (unreadable)" } else { "" };
        let found = if lines.is_empty() { "" } else { ", found" };
        return format!("no_evidence: {}{unreadable}{found}", it.field);
    }
    match result.errors.first() {
        Some((_, _, cause, _)) => format!("error: {}", name_of(cause)),
        None => "not_applicable".to_owned(),
    }
}

fn name_of(cause: &Cause) -> String {
    format!("{cause:?}").split('(').next().unwrap_or_default().to_owned()
}

fn try_case(case: &Case) -> Result<Vec<(&'static str, String)>, String> {
    let folder = tempfile::tempdir().map_err(|it| it.to_string())?;
    let rule = Tried { check: case.check.clone(), when: case.when.clone(), missing: case.missing.clone() };
    let mut record = case.record.clone();
    record.insert("id".to_owned(), "1".into());
    let line = serde_json::to_string(&record).map_err(|it| it.to_string())?;
    write_project(folder.path(), &[rule], &line, "ndjson").map_err(|it| it.to_string())?;
    let subject = Subject::load(folder.path())?;
    let mut said = Vec::new();
    for (name, row_by_row) in [("columns", false), ("rows", true)] {
        said.push((
            name,
            match subject.plan(&[], row_by_row) {
                Ok(plan) => {
                    let mut batches = subject.batches(&plan)?;
                    verdict(&subject.judge(&plan, &mut batches, true)[0])
                }
                Err(_) => "static".to_owned(),
            },
        ));
    }
    Ok(said)
}

#[test]
fn the_table_of_meanings_holds_both_ways() {
    #[derive(serde::Deserialize)]
    struct Cases {
        case: Vec<Case>,
    }
    let all: Cases = toml::from_str(include_str!("data/semantics.toml")).expect("the table is TOML");
    assert!(all.case.len() > 80, "only {} cases", all.case.len());
    let mut wrong = String::new();
    for case in &all.case {
        let said = try_case(case).unwrap_or_else(|error| vec![("setting up", error)]);
        for (name, said) in said.into_iter().filter(|it| it.1 != case.says) {
            let Case { check, when, record, says, .. } = case;
            let _ = writeln!(
                wrong,
                "{check} (when {when:?}) on {record:?}\n  should say {says}\n  {name} say {said}\n"
            );
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

// ---- random records

fn cell(values: &'static [&'static str]) -> BoxedStrategy<Option<String>> {
    prop_oneof![
        1 => Just(None),
        6 => proptest::sample::select(values).prop_map(|it| Some(it.to_owned())),
    ]
    .boxed()
}

/// Of each field, cells as CSV has them: some missing, some that cannot be read.
fn fields() -> Vec<(&'static str, BoxedStrategy<Option<String>>)> {
    const INTS: &[&str] = &[
        "0",
        "1",
        "-1",
        "2",
        "3",
        "-7",
        "15",
        "9223372036854775807",
        "-9223372036854775808",
        "4611686018427387904",
        "?!",
    ];
    const FLOATS: &[&str] =
        &["0.0", "-0.0", "0.1", "0.5", "2.5", "-7.25", "1e308", "-1e308", "1e-300", "9007199254740993", "?!"];
    const DECIMALS: &[&str] = &[
        "0",
        "1.50",
        "0.1",
        "-3.005",
        "2.5",
        "79228162514264337593543950335",
        "0.0000000000000000000000000001",
        "?!",
    ];
    const BOOLS: &[&str] = &["true", "false", "true", "false", "perhaps"];
    const TIMES: &[&str] = &[
        "2026-03-02T09:00:00Z",
        "2026-03-02T09:10:00Z",
        "2026-03-01T23:59:59.999999Z",
        "2025-12-31T16:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "soon",
    ];
    const DATES: &[&str] = &["2026-03-02", "2025-12-29", "2026-01-01", "0001-01-01", "9999-12-31", "soon"];
    const DURATIONS: &[&str] = &["10m", "4h", "0s", "3d", "00:15:00", "long"];
    const TEXTS: &[&str] =
        &["phone", "电话", "chat", "ＡＢ１", " ab ", "no way", "我不知道", "É", "don't", "😀😀", "2026-03"];
    const SCORES: &[&str] = &["1", "1;2;3", "9223372036854775807;1", "-7;0", "x;1"];
    const TAGS: &[&str] = &["phone", "ab;电话", "电话"];
    [
        ("m", INTS),
        ("n", INTS),
        ("x", FLOATS),
        ("y", FLOATS),
        ("amount", DECIMALS),
        ("paid", DECIMALS),
        ("ok", BOOLS),
        ("closed", BOOLS),
        ("a", TIMES),
        ("b", TIMES),
        ("day", DATES),
        ("wait", DURATIONS),
        ("channel", TEXTS),
        ("备注", TEXTS),
        ("scores", SCORES),
        ("tags", TAGS),
    ]
    .into_iter()
    .map(|(name, values)| (name, cell(values)))
    .collect()
}

type Record = Vec<Option<String>>;

fn records() -> BoxedStrategy<Vec<Record>> {
    let record: Vec<_> = fields().into_iter().map(|it| it.1).collect();
    proptest::collection::vec(record, 1..60).boxed()
}

fn as_csv(records: &[Record]) -> String {
    let names: Vec<&str> = fields().iter().map(|it| it.0).collect();
    let mut text = format!("id,{}\n", names.join(","));
    for (number, record) in records.iter().enumerate() {
        let cells: Vec<&str> = record.iter().map(|it| it.as_deref().unwrap_or_default()).collect();
        let _ = writeln!(text, "{number},{}", cells.join(","));
    }
    text
}

/// The same records as NDJSON: numbers and lists as JSON has them, missing values absent or null.
fn as_ndjson(records: &[Record]) -> String {
    let mut text = String::new();
    for (number, record) in records.iter().enumerate() {
        let mut members = vec![format!("\"id\":\"{number}\"")];
        for ((name, _), cell) in fields().iter().zip(record) {
            let quoted = |it: &str| serde_json::Value::from(it).to_string();
            let value = match cell.as_deref() {
                None if number % 2 == 0 => continue,
                None => "null".to_owned(),
                Some(it)
                    if matches!(*name, "m" | "n" | "x" | "y" | "ok" | "closed")
                        && it.is_ascii()
                        && it != "?!"
                        && it != "perhaps" =>
                {
                    it.to_owned()
                }
                Some(it) if *name == "scores" => format!("[{}]", it.replace(';', ",").replace('x', "\"x\"")),
                Some(it) if *name == "tags" => {
                    format!("[{}]", it.split(';').map(quoted).collect::<Vec<_>>().join(","))
                }
                Some(it) => quoted(it),
            };
            members.push(format!("\"{name}\":{value}"));
        }
        let _ = writeln!(text, "{{{}}}", members.join(","));
    }
    text
}

// ---- random rules

type Text = BoxedStrategy<String>;

/// Expressions of each type up to some depth.
#[derive(Clone)]
struct Level {
    bool: Text,
    int: Text,
    float: Text,
    decimal: Text,
    text: Text,
    time: Text,
    date: Text,
    duration: Text,
}

fn leaves(all: &'static [&'static str]) -> Text {
    proptest::sample::select(all).prop_map(str::to_owned).boxed()
}

/// `pattern` with `{}` filled from left to right.
fn shape(pattern: &'static str, parts: &[&Text]) -> Text {
    let parts: Vec<Text> = parts.iter().map(|it| (*it).clone()).collect();
    parts
        .prop_map(move |parts| {
            let mut pieces = pattern.split("{}");
            let mut text = pieces.next().unwrap_or_default().to_owned();
            for (part, piece) in parts.iter().zip(pieces) {
                text.push_str(part);
                text.push_str(piece);
            }
            text
        })
        .boxed()
}

fn any_of(all: Vec<Text>) -> Text {
    Union::new(all).boxed()
}

impl Level {
    fn leaves() -> Self {
        Self {
            bool: leaves(&[
                "ok",
                "closed",
                "true",
                "false",
                "is_missing(m)",
                "is_missing(备注)",
                "is_missing(scores)",
            ]),
            int: leaves(&[
                "m",
                "n",
                "m",
                "n",
                "0",
                "1",
                "3",
                "-7",
                "9223372036854775807",
                "p",
                "scores.len()",
                "sum(scores)",
                "max(scores)",
            ]),
            float: leaves(&["x", "y", "x", "0.0", "0.5", "2.5", "1e300", "q", "mean(scores)"]),
            decimal: leaves(&["amount", "paid"]),
            text: leaves(&[
                "channel",
                "备注",
                "channel",
                "\"phone\"",
                "\"电话\"",
                "\"\"",
                "month(a)",
                "week(day)",
            ]),
            time: leaves(&["a", "b", "as_of", "time(\"2026-03-02T09:00\")"]),
            date: leaves(&["day", "date(\"2026-03-02\")", "date(a)"]),
            duration: leaves(&["wait", "hours(4)", "minutes(10)", "b - a", "days(2)"]),
        }
    }

    /// One operator more.
    #[expect(clippy::too_many_lines, reason = "a table of the language")]
    fn grow(&self) -> Self {
        let Self { bool, int, float, decimal, text, time, date, duration } = self;
        let chosen = |it: &Text| shape("(if {} { {} } else { {} })", &[bool, it, it]);
        let bound = |it: &Text| shape("{ let v = {}; if {} { v } else { {} } }", &[it, bool, it]);
        // A name is bound only where its value is read.
        let mut tests = Vec::new();
        for comparison in ["({} == {})", "({} != {})", "({} < {})", "({} <= {})", "({} > {})", "({} >= {})"] {
            for one in [int, float, decimal, text, time, date, duration] {
                tests.push(shape(comparison, &[one, one]));
            }
            tests.push(shape(comparison, &[int, float]));
            tests.push(shape(comparison, &[decimal, int]));
        }
        for other in ["({} == {})", "({} && {})", "({} || {})", "({} && {})", "({} || {})"] {
            tests.push(shape(other, &[bool, bool]));
        }
        tests.extend([
            shape("!{}", &[bool]),
            shape("!{}", &[bool]),
            // Known difference: where a condition is missing, Rhai does not tell its value, so the field is guessed
            // from the text, wrongly if a branch or default gave it. Comparing makes an operator look at it.
            shape("(true == (if {} { {} } else { {} }))", &[bool, bool, bool]),
            shape("(({} ?? {}) == true)", &[&leaves(&["ok", "closed"]), bool]),
            shape("(true == { let v = {}; if {} { v } else { {} } })", &[bool, bool, bool]),
            shape("({} in [1, 3, -7])", &[int]),
            shape("({} in [0.5, 2.5])", &[float]),
            shape("({} in [\"phone\", \"电话\", \"no way\"])", &[text]),
            shape("({} in 0..{})", &[int, int]),
            shape("({} in -7..={})", &[int, int]),
            shape("({} in scores)", &[int]),
            shape("({} in tags)", &[text]),
            // Known difference: Rhai evaluates the arguments of `a.f(b)` before `a`, so where both fault the
            // other is told. Here only plain names stand before the dot.
            shape("{}.contains({})", &[&leaves(&["channel", "备注"]), text]),
            shape("{}.starts_with({})", &[&leaves(&["channel", "备注"]), text]),
            shape("starts_with({}, {})", &[text, text]),
            shape("ends_with({}, {})", &[text, text]),
            shape("contains_any({}, \"taboo\")", &[text]),
            shape("matches({}, \"^[a-z]+$|话\")", &[text]),
            shape("({} in {})", &[text, text]),
        ]);
        let mut ints = vec![chosen(int), shape("({} ?? {})", &[&leaves(&["m", "n"]), int])];
        for operator in
            ["({} + {})", "({} - {})", "({} * {})", "({} / {})", "({} % {})", "min({}, {})", "max({}, {})"]
        {
            ints.push(shape(operator, &[int, int]));
        }
        ints.extend([
            shape("-{}", &[int]),
            shape("({} ** 3)", &[int]),
            shape("abs({})", &[int]),
            shape("clamp({}, {}, 15)", &[int, int]),
            shape("len({})", &[text]),
            shape("to_int({})", &[float]),
            shape("count_any({}, \"taboo\")", &[text]),
            shape("limit_of({})", &[text]),
            shape("hour({})", &[time]),
            shape("weekday({})", &[date]),
            shape("weekday({})", &[time]),
        ]);
        let mut floats = vec![
            chosen(float),
            shape("({} ?? {})", &[&leaves(&["m", "n"]), float]),
            shape("({} ?? {})", &[&leaves(&["x", "y"]), float]),
        ];
        for operator in
            ["({} + {})", "({} - {})", "({} * {})", "({} / {})", "({} % {})", "min({}, {})", "max({}, {})"]
        {
            floats.push(shape(operator, &[float, float]));
            floats.push(shape(operator, &[int, float]));
        }
        for one in ["-{}", "abs({})", "floor({})", "ceil({})", "round({})", "round({}, 1)", "({} ** 2.0)"] {
            floats.push(shape(one, &[float]));
        }
        floats.extend([
            shape("to_float({})", &[int]),
            shape("({}).minutes", &[duration]),
            shape("({} / {})", &[duration, duration]),
        ]);
        let mut decimals =
            vec![chosen(decimal), shape("({} ?? {})", &[&leaves(&["amount", "paid"]), decimal])];
        for operator in
            ["({} + {})", "({} - {})", "({} * {})", "({} / {})", "({} % {})", "min({}, {})", "max({}, {})"]
        {
            decimals.push(shape(operator, &[decimal, decimal]));
        }
        decimals.extend([
            shape("({} * {})", &[decimal, int]),
            shape("({} + 0.1)", &[decimal]),
            shape("-{}", &[decimal]),
            shape("abs({})", &[decimal]),
            shape("round({})", &[decimal]),
        ]);
        let texts = vec![
            chosen(text),
            shape("({} ?? {})", &[&leaves(&["channel", "备注"]), text]),
            shape("lower({})", &[text]),
            shape("upper({})", &[text]),
            shape("trim({})", &[text]),
            shape("fold({})", &[text]),
            shape("grade_of({}, {})", &[int, bool]),
            shape("month({})", &[time]),
            shape("day({})", &[date]),
        ];
        let times = vec![
            chosen(time),
            shape("(a ?? {})", &[time]),
            shape("({} + {})", &[time, duration]),
            shape("({} - {})", &[time, duration]),
            shape("min({}, {})", &[time, time]),
        ];
        let dates = vec![chosen(date), shape("(day ?? {})", &[date]), shape("date({})", &[time])];
        let mut durations = vec![chosen(duration), shape("(wait ?? {})", &[duration])];
        for operator in ["({} + {})", "({} - {})", "max({}, {})"] {
            durations.push(shape(operator, &[duration, duration]));
        }
        durations.extend([
            shape("({} - {})", &[time, time]),
            shape("({} - {})", &[date, date]),
            shape("({} * {})", &[duration, int]),
            shape("({} / {})", &[duration, int]),
            shape("({} * {})", &[duration, float]),
            shape("minutes({})", &[int]),
            shape("hours({})", &[float]),
            shape("-({})", &[duration]),
        ]);
        let with = |mut all: Vec<Text>, below: &Text, bind: bool| {
            if bind {
                all.push(bound(below));
            }
            // Leaves keep expressions small.
            let weight = all.len() as u32 / 2;
            Union::new_weighted(
                all.into_iter().map(|it| (1, it)).chain([(weight.max(1), below.clone())]).collect(),
            )
            .boxed()
        };
        Self {
            bool: with(tests, bool, false),
            int: with(ints, int, true),
            float: with(floats, float, false),
            decimal: with(decimals, decimal, false),
            text: with(texts, text, true),
            time: with(times, time, false),
            date: with(dates, date, false),
            duration: with(durations, duration, false),
        }
    }
}

fn rule() -> BoxedStrategy<Tried> {
    let one = Level::leaves().grow();
    let deep = one.grow().grow().bool;
    let conjunction = any_of(vec![
        shape("{} && {} && {}", &[&one.bool, &deep, &one.bool]),
        shape("let v = {}; {}", &[&one.int, &deep]),
    ]);
    let check = prop_oneof![4 => deep, 1 => one.bool.clone(), 1 => conjunction];
    let missing = proptest::option::weighted(0.2, Just("fail".to_owned()));
    let rule = (check, proptest::option::weighted(0.3, one.bool), missing);
    rule.prop_map(|(check, when, missing)| Tried { check, when, missing }).boxed()
}

// ---- both ways

/// How many rules were planned of how many, and the first difference between the two ways.
fn compare(rules: &[Tried], records: &str, format: &str) -> Result<(usize, Option<String>), String> {
    let folder = tempfile::tempdir().map_err(|it| it.to_string())?;
    write_project(folder.path(), rules, records, format).map_err(|it| it.to_string())?;
    let subject = Subject::load(folder.path())?;
    let ids: Vec<String> = (0..rules.len()).map(|it| format!("pack/r{it}")).collect();
    let mut refused: BTreeMap<usize, String> = BTreeMap::new();
    for (number, id) in ids.iter().enumerate() {
        if let Err(error) = subject.plan(std::slice::from_ref(id), false) {
            refused.insert(number, error);
        }
    }
    let good: Vec<usize> = (0..rules.len()).filter(|it| !refused.contains_key(it)).collect();
    if good.is_empty() {
        return Ok((0, None));
    }
    let good_ids: Vec<String> = good.iter().map(|it| ids[*it].clone()).collect();
    let run = |row_by_row: bool| -> Result<Vec<Vec<String>>, String> {
        let plan = subject.plan(&good_ids, row_by_row)?;
        let mut batches = subject.batches(&plan)?;
        let mut results = subject.judge(&plan, &mut batches, true);
        // Numbers of planned rules become numbers of all rules.
        for result in &mut results {
            result.unassessed.iter_mut().for_each(|it| it.0 = good[it.0]);
            result.errors.iter_mut().for_each(|it| it.0 = good[it.0]);
            let mut counts = vec![Default::default(); rules.len()];
            good.iter().zip(&result.counts).for_each(|(at, it)| counts[*at] = *it);
            result.counts = counts;
        }
        Ok(told(&results, rules.len()))
    };
    let (columns, rows) = (run(false)?, run(true)?);
    for number in good {
        if columns[number] == rows[number] {
            continue;
        }
        let only = |here: &[String], there: &[String]| {
            let lines: Vec<&str> =
                here.iter().filter(|it| !there.contains(it)).map(String::as_str).take(4).collect();
            lines.join("\n    ")
        };
        let (a, b) = (&columns[number], &rows[number]);
        let both = format!("  columns only:\n    {}\n  rows only:\n    {}", only(a, b), only(b, a));
        return Ok((ids.len() - refused.len(), Some(format!("{:?}\n{both}", rules[number]))));
    }
    if let Ok(path) = std::env::var("TOUCHSTONE_SHOW_REFUSED") {
        let all: String = refused.values().cloned().collect();
        fs::write(path, all).map_err(|it| it.to_string())?;
    }
    Ok((ids.len() - refused.len(), None))
}

#[test]
fn random_rules_say_the_same_of_random_records_both_ways() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(16);
    // The same rules in every run; other seeds by PROPTEST_RNG_SEED.
    let seed = std::env::var("PROPTEST_RNG_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(20_260_331);
    let config = ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 400,
        ..ProptestConfig::default()
    };
    let (mut planned, mut tried) = (0, 0);
    let totals = std::cell::RefCell::new((&mut planned, &mut tried));
    let given = (proptest::collection::vec(rule(), 30), records(), any::<bool>());
    let outcome = TestRunner::new(config).run(&given, |(rules, records, csv)| {
        let (text, format) = if csv { (as_csv(&records), "csv") } else { (as_ndjson(&records), "ndjson") };
        let (good, difference) = compare(&rules, &text, format).map_err(TestCaseError::fail)?;
        let mut totals = totals.borrow_mut();
        *totals.0 += good;
        *totals.1 += rules.len();
        match difference {
            Some(difference) => Err(TestCaseError::fail(format!("{difference}\n{text}"))),
            None => Ok(()),
        }
    });
    if let Err(error) = outcome {
        let said = error.to_string();
        panic!("{}", said.split("minimal failing input").next().unwrap_or_default());
    }
    assert!(planned * 10 > tried * 8, "only {planned} of {tried} rules could be planned");
}
