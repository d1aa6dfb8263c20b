//! Two evaluators, one meaning: what the columns say of a record, Rhai says row by row.
//!
//! A table of cases by hand (`tests/data/semantics.toml`) and random projects: random records with
//! missing and bad cells, and random rules. Outcomes, findings with their evidence, records without
//! a verdict and errors must be the same either way.

mod random;
mod support;

use proptest::{
    prelude::*,
    test_runner::{RngSeed, TestRunner},
};
use random::{
    records::{FIELDS, as_csv, as_ndjson},
    rules::{Tried, rule},
};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path, sync::Arc};
use support::Subject;
use touchstone::{
    engine::{BlockResult, SourcePlan},
    expr::{Arithmetic, Cause, Comparison, Fold, Node, functions_named},
    record::Type,
    script::Form,
    wording::Lang,
};

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
"#;

/// It reaches from 1970 to 2100; many of the times that are drawn lie beyond.
const CALENDAR: &str = r#"
[[calendar]]
id = "office"
timezone = "Europe/Berlin"
hours = { mon-fri = ["09:00-12:00", "13:30-18:00"], sat = ["22:00-06:00"] }
holidays = ["*-12-25", "2026-03-03"]
"#;

const PACK: &str = r#"
[pack]
id = "pack"
title = "Rules"

[[phrases]]
id = "taboo"
words = ["不知道", "no way", "ab"]

[[phrases]]
id = "禁语"
words = ["电话", "É", "😀"]

[[table]]
id = "limit-of"
inputs = ["channel"]
output = "int"
rows = [["phone", 15], ["电话", 30], ["chat", 9223372036854775807]]

[[table]]
id = "限额"
inputs = ["备注"]
output = "int"
rows = [["我不知道", 1], ["电话", 2], ["*", 3]]

[[table]]
id = "grade-of"
inputs = ["m", "ok"]
output = "text"
rows = [[1, true, "phone"], ["*", false, "ab"], [3, "*", "电话"]]
"#;

/// Writes a project with these rules, named `pack/r0` and so on.
fn write_project(folder: &Path, rules: &[Tried], records: &str, format: &str) -> std::io::Result<()> {
    let mut pack = PACK.to_owned();
    for (number, rule) in rules.iter().enumerate() {
        let _ = write!(
            pack,
            "\n[[rule]]\nid = \"r{number}\"\ntitle = \"Rule {number}\"\non = \"record\"\nseverity = \"minor\"\n"
        );
        let _ = writeln!(pack, "params = {{ p = 3, q = 2.5, \"上限\" = 4 }}\ncheck = '''{}'''", rule.check);
        if let Some(when) = &rule.when {
            let _ = writeln!(pack, "when = '''{when}'''");
        }
        if let Some(missing) = &rule.missing {
            let _ = writeln!(pack, "missing = \"{missing}\"");
        }
    }
    fs::create_dir_all(folder.join("rules"))?;
    fs::write(folder.join("rules/pack.toml"), pack)?;
    let declared = FIELDS.iter().map(|(name, declared, _)| format!("\"{name}\" = {{ {declared} }}\n"));
    let settings: String = std::iter::once(SETTINGS.replace("FORMAT", format))
        .chain(declared)
        .chain([CALENDAR.to_owned()])
        .collect();
    fs::write(folder.join("audit.toml"), settings)?;
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
            all[*number].push(format!("{key} (row {}) error: {cause:?}", row.row));
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
    let rule = Tried {
        check: case.check.clone(),
        when: case.when.clone(),
        missing: case.missing.clone(),
        twin: None,
    };
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

// ---- both ways

/// What came of rules judged both ways.
#[derive(Default)]
struct Both {
    /// Rules that were planned.
    planned: usize,
    /// How many of them run over columns, and how often each reason was given for running row by row.
    columns: usize,
    fell_back: BTreeMap<String, usize>,
    /// Verdicts compared, and of them those of twins.
    pairs: u64,
    twins: u64,
    /// How often each outcome was the verdict.
    outcomes: BTreeMap<&'static str, u64>,
    /// The first difference.
    difference: Option<String>,
}

/// The rules, and after them their twins as rules of their own.
fn with_twins(rules: &[Tried]) -> Vec<Tried> {
    let twin =
        |it: &Tried| Tried { check: it.twin.clone().unwrap_or_else(|| "true".to_owned()), ..it.clone() };
    rules.iter().cloned().chain(rules.iter().map(twin)).collect()
}

/// How a plan is changed before it is judged over columns: nothing, or a kernel broken on purpose.
type Breaking = fn(&Node) -> Option<Node>;

fn sound(_: &Node) -> Option<Node> {
    None
}

/// Rules and their twins in a project, those of them that can be planned.
struct Trial<'a> {
    rules: &'a [Tried],
    subject: Subject,
    /// Numbers of rules, and beyond those of twins.
    good: Vec<usize>,
    ids: Vec<String>,
}

impl<'a> Trial<'a> {
    fn new(rules: &'a [Tried], folder: &Path) -> Result<Self, String> {
        let subject = Subject::load(folder)?;
        let ids: Vec<String> = (0..2 * rules.len()).map(|it| format!("pack/r{it}")).collect();
        let mut refused = String::new();
        let mut can_be_planned = |number: &usize| {
            let said = subject.plan(std::slice::from_ref(&ids[*number]), false);
            refused.extend(said.as_ref().err().cloned());
            said.is_ok()
        };
        let good: Vec<usize> = (0..ids.len()).filter(|it| can_be_planned(it)).collect();
        if let Ok(path) = std::env::var("TOUCHSTONE_SHOW_REFUSED") {
            fs::write(path, refused).map_err(|it| it.to_string())?;
        }
        let ids = good.iter().map(|it| ids[*it].clone()).collect();
        Ok(Self { rules, subject, good, ids })
    }

    /// Whether the number is that of a rule that has a twin, and both were planned.
    fn has_twin(&self, number: usize) -> bool {
        number < self.rules.len()
            && self.rules[number].twin.is_some()
            && self.good.contains(&(number + self.rules.len()))
    }

    /// What is said of every rule and twin, one way.
    fn run(&self, row_by_row: bool, breaking: Breaking, both: &mut Both) -> Result<Vec<Vec<String>>, String> {
        let mut plan = self.subject.plan(&self.ids, row_by_row)?;
        if !row_by_row {
            both.census(&plan, &self.good, self.rules.len());
            let program = Arc::get_mut(&mut plan.program).ok_or("a plan of its own")?;
            program.replace_nodes(breaking);
        }
        let mut batches = self.subject.batches(&plan)?;
        let mut results = self.subject.judge(&plan, &mut batches, true);
        if !row_by_row {
            self.count(&results, both);
        }
        // Numbers of planned rules become numbers of all rules.
        for result in &mut results {
            result.unassessed.iter_mut().for_each(|it| it.0 = self.good[it.0]);
            result.errors.iter_mut().for_each(|it| it.0 = self.good[it.0]);
            let mut counts = vec![Default::default(); 2 * self.rules.len()];
            self.good.iter().zip(&result.counts).for_each(|(at, it)| counts[*at] = *it);
            result.counts = counts;
        }
        Ok(told(&results, 2 * self.rules.len()))
    }

    fn count(&self, results: &[BlockResult], both: &mut Both) {
        for result in results {
            for (number, counts) in self.good.iter().zip(&result.counts).filter(|it| *it.0 < self.rules.len())
            {
                let of = result.records;
                let rest = of - counts.pass - counts.fail - counts.no_evidence - counts.error;
                let names = ["pass", "fail", "no_evidence", "error", "not_applicable"];
                let all = [counts.pass, counts.fail, counts.no_evidence, counts.error, rest];
                for (name, count) in names.into_iter().zip(all) {
                    *both.outcomes.entry(name).or_default() += count;
                }
                both.pairs += of;
                both.twins += if self.has_twin(*number) { of } else { 0 };
            }
        }
    }

    /// The first rule of which the two ways say different things, and what.
    fn difference(&self, columns: &[Vec<String>], rows: &[Vec<String>]) -> Option<String> {
        for number in self.good.iter().copied().filter(|it| *it < self.rules.len()) {
            let rule = &self.rules[number];
            if columns[number] != rows[number] {
                return Some(apart(rule, ("columns", &columns[number]), ("rows", &rows[number])));
            }
            if self.has_twin(number) {
                // In other words the text and the order of the evidence may differ; outcomes and causes may not.
                let bare =
                    |it: &[String]| it.iter().filter(|it| !it.starts_with('{')).cloned().collect::<Vec<_>>();
                let (one, other) = (bare(&rows[number]), bare(&columns[number + self.rules.len()]));
                if one != other {
                    return Some(apart(rule, ("rows", &one), ("twin over columns", &other)));
                }
            }
        }
        None
    }
}

/// A rule, with what only one of two ways says.
fn apart(rule: &Tried, (name, a): (&str, &[String]), (other, b): (&str, &[String])) -> String {
    let only = |here: &[String], there: &[String]| {
        let lines: Vec<&str> =
            here.iter().filter(|it| !there.contains(it)).map(String::as_str).take(4).collect();
        lines.join("\n    ")
    };
    format!("{rule:?}\n  {name} only:\n    {}\n  {other} only:\n    {}", only(a, b), only(b, a))
}

/// Judges the rules over columns and row by row, and twins over columns.
fn compare(rules: &[Tried], records: &str, format: &str, breaking: Breaking) -> Result<Both, String> {
    let folder = tempfile::tempdir().map_err(|it| it.to_string())?;
    write_project(folder.path(), &with_twins(rules), records, format).map_err(|it| it.to_string())?;
    let trial = Trial::new(rules, folder.path())?;
    let planned = trial.good.iter().filter(|it| **it < rules.len()).count();
    let mut both = Both { planned, ..Both::default() };
    if planned > 0 {
        let columns = trial.run(false, breaking, &mut both)?;
        let rows = trial.run(true, sound, &mut both)?;
        both.difference = trial.difference(&columns, &rows);
    }
    Ok(both)
}

impl Both {
    fn census(&mut self, plan: &SourcePlan, good: &[usize], rules: usize) {
        for (_, rule) in good.iter().zip(&plan.rules).filter(|it| *it.0 < rules) {
            match &rule.compiled.form {
                Form::Columns(_) => self.columns += 1,
                Form::Rows(rows) => *self.fell_back.entry(rows.reason.text(Lang::En)).or_default() += 1,
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.planned += other.planned;
        self.columns += other.columns;
        self.pairs += other.pairs;
        self.twins += other.twins;
        for (reason, count) in &other.fell_back {
            *self.fell_back.entry(reason.clone()).or_default() += count;
        }
        for (outcome, count) in &other.outcomes {
            *self.outcomes.entry(outcome).or_default() += count;
        }
    }
}

/// Random rules and records, always the same: other ones by `PROPTEST_RNG_SEED`, more by `PROPTEST_CASES`.
fn random<T>(
    cases: u32,
    rules: usize,
    records: std::ops::Range<usize>,
    mut test: impl FnMut(&[Tried], &str, &str) -> Result<T, String>,
) {
    let number = |name: &str| std::env::var(name).ok().and_then(|it| it.parse::<u64>().ok());
    let cases = number("PROPTEST_CASES").and_then(|it| u32::try_from(it).ok()).unwrap_or(cases);
    let config = ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(number("PROPTEST_RNG_SEED").unwrap_or(20_260_331)),
        failure_persistence: None,
        max_shrink_iters: 400,
        ..ProptestConfig::default()
    };
    let given = (proptest::collection::vec(rule(), rules), random::records::records(records), any::<bool>());
    let test = std::cell::RefCell::new(&mut test);
    let outcome = TestRunner::new(config).run(&given, |(rules, records, csv)| {
        let (text, format) = if csv { (as_csv(&records), "csv") } else { (as_ndjson(&records), "ndjson") };
        let said = test.borrow_mut()(&rules, &text, format);
        said.map(drop).map_err(|it| TestCaseError::fail(format!("{it}\n{text}")))
    });
    if let Err(error) = outcome {
        let said = error.to_string();
        panic!("{}", said.split("minimal failing input").next().unwrap_or_default());
    }
}

#[test]
fn random_rules_say_the_same_of_random_records_both_ways() {
    const CASES: u32 = 40;
    const RULES: usize = 40;
    let (mut all, mut tried) = (Both::default(), 0);
    random(CASES, RULES, 120..180, |rules, records, format| {
        let both = compare(rules, records, format, sound)?;
        tried += rules.len();
        all.add(&both);
        both.difference.map_or(Ok(()), Err)
    });
    all.print(tried);
    assert!(all.planned * 10 > tried * 8, "only {} of {tried} rules could be planned", all.planned);
    // Neither evaluator may be left without work, nor any outcome unseen.
    assert!(all.columns * 2 > all.planned, "only {} of {} rules run over columns", all.columns, all.planned);
    assert!(all.fell_back.len() >= 5, "too few ways to fall back: {:?}", all.fell_back);
    assert!(all.twins * 8 > all.pairs, "only {} of {} pairs have a twin", all.twins, all.pairs);
    assert!(all.outcomes.len() == 5 && all.outcomes.values().all(|it| *it > 1000), "{:?}", all.outcomes);
    if std::env::var("PROPTEST_CASES").is_err() {
        assert!(all.pairs >= 200_000, "only {} pairs", all.pairs);
    }
}

impl Both {
    #[expect(clippy::print_stdout, reason = "the census is for reading: cargo test -- --nocapture")]
    fn print(&self, tried: usize) {
        println!(
            "{tried} rules, {} planned, {} over columns; {} rule × record pairs, {} with a twin",
            self.planned, self.columns, self.pairs, self.twins
        );
        println!("outcomes: {:?}", self.outcomes);
        let mut reasons: Vec<_> = self.fell_back.iter().collect();
        reasons.sort_by_key(|it| std::cmp::Reverse(it.1));
        for (reason, count) in reasons {
            println!("{count:6} row by row: {reason}");
        }
    }
}

// ---- broken on purpose

/// Function number of the table, by name and the types it takes.
fn function(name: &str, params: &[Type]) -> u32 {
    functions_named(name, false).find(|it| it.1.params == params).map_or(u32::MAX, |it| it.0)
}

/// Calls of one function become calls of another.
fn swapped(node: &Node, types: &[Type], from: &str, to: &str) -> Option<Node> {
    let Node::Call(number, operands) = node else { return None };
    (*number == function(from, types)).then(|| Node::Call(function(to, types), operands.clone()))
}

/// What is broken, and how.
type Broken = (&'static str, Breaking);

/// Kernels that answer wrongly, one at a time.
#[rustfmt::skip] // A table.
#[expect(clippy::wildcard_enum_match_arm, reason = "each breaks the nodes it names")]
const BROKEN: &[Broken] = &[
    ("< lets equal values through", |it| match it {
        Node::Compare(Comparison::Less, a, b) => Some(Node::Compare(Comparison::LessOrEqual, *a, *b)),
        _ => None,
    }),
    (">= leaves equal values out", |it| match it {
        Node::Compare(Comparison::GreaterOrEqual, a, b) => Some(Node::Compare(Comparison::Greater, *a, *b)),
        _ => None,
    }),
    ("== is !=", |it| match it {
        Node::Compare(Comparison::Equal, a, b) => Some(Node::Compare(Comparison::NotEqual, *a, *b)),
        _ => None,
    }),
    ("the operands of - are swapped", |it| match it {
        Node::Arithmetic(Arithmetic::Subtract, a, b) => Some(Node::Arithmetic(Arithmetic::Subtract, *b, *a)),
        _ => None,
    }),
    ("the remainder is the quotient", |it| match it {
        Node::Arithmetic(Arithmetic::Remainder, a, b) => Some(Node::Arithmetic(Arithmetic::Divide, *a, *b)),
        _ => None,
    }),
    ("a negation is lost", |it| match it {
        Node::Negate(a) => Some(Node::Then(*a, *a)),
        _ => None,
    }),
    ("&& evaluates its operands from the right", |it| match it {
        Node::And(all) => Some(Node::And(all.iter().rev().copied().collect())),
        _ => None,
    }),
    ("|| is &&", |it| match it {
        Node::Or(all) => Some(Node::And(all.clone())),
        _ => None,
    }),
    ("the branches of if are swapped", |it| match it {
        Node::If(c, a, b) => Some(Node::If(*c, *b, *a)),
        _ => None,
    }),
    ("?? takes the default", |it| match it {
        Node::Coalesce(a, b) => Some(Node::Coalesce(*b, *a)),
        _ => None,
    }),
    ("a range takes its end in", |it| match it {
        Node::InRange(a, b, c, false) => Some(Node::InRange(*a, *b, *c, true)),
        _ => None,
    }),
    ("a sum is a maximum", |it| match it {
        Node::FoldList(Fold::Sum, a) => Some(Node::FoldList(Fold::Max, *a)),
        _ => None,
    }),
    ("a text is sought in its part", |it| match it {
        Node::InText(part, text) => Some(Node::InText(*text, *part)),
        _ => None,
    }),
    ("min is max", |it| swapped(it, &[Type::Int, Type::Int], "min", "max")),
    ("floor is ceil", |it| swapped(it, &[Type::Float], "floor", "ceil")),
    ("lower is upper", |it| swapped(it, &[Type::Text], "lower", "upper")),
    ("fold is trim", |it| swapped(it, &[Type::Text], "fold", "trim")),
    ("starts_with is ends_with", |it| swapped(it, &[Type::Text, Type::Text], "starts_with", "ends_with")),
    ("hours are minutes", |it| swapped(it, &[Type::Float], "hours", "minutes")),
];

/// A harness that cannot fail proves nothing: each broken kernel is noticed.
#[test]
fn a_broken_kernel_is_noticed() {
    let mut unnoticed: Vec<&str> = BROKEN.iter().map(|it| it.0).collect();
    random(40, 60, 60..90, |rules, records, format| {
        let mut left = Vec::new();
        for (name, kernel) in BROKEN.iter().filter(|it| unnoticed.contains(&it.0)) {
            if compare(rules, records, format, *kernel)?.difference.is_none() {
                left.push(*name);
            }
        }
        unnoticed = left;
        Ok(())
    });
    assert!(unnoticed.is_empty(), "nobody noticed that {}", unnoticed.join("; that "));
}
