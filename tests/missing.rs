//! Missing is never a pass: every operator (`tests/data/operators.toml`) and every function of the table, in both
//! evaluators, with each operand missing, unreadable, or faulty in turn. A missing operand leaves no evidence and is
//! told by name, guards hold, and the first fault in the order of evaluation decides (SEMANTICS 2.2 and 2.3).

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its project has failed")]

#[path = "support/mod.rs"]
mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
};
use support::Subject;
use touchstone::{
    engine::BlockResult,
    expr::{FUNCTIONS, Function},
    record::Type,
};

/// Of each type: what holes call it, how it is declared, how its fields begin, a value, a value that cannot be read (all
/// JSON can be read as text), the field that is always there, and an expression that faults.
struct Kind {
    name: &'static str,
    declared: &'static str,
    stem: &'static str,
    value: &'static str,
    broken: Option<&'static str>,
    there: &'static str,
    faulty: Option<&'static str>,
}

#[rustfmt::skip] // A table.
const KINDS: &[Kind] = &[
    Kind { name: "int", declared: "type = \"int\"", stem: "i", value: "2", broken: Some("\"?!\""), there: "zi", faulty: Some("(zi / none)") },
    Kind { name: "float", declared: "type = \"float\"", stem: "f", value: "2.5", broken: Some("\"?!\""), there: "zf", faulty: Some("(zf / none)") },
    Kind { name: "decimal", declared: "type = \"decimal\"", stem: "d", value: "\"2.50\"", broken: Some("\"?!\""), there: "zd", faulty: Some("(zd / none)") },
    Kind { name: "text", declared: "type = \"text\"", stem: "t", value: "\"ab\"", broken: None, there: "zt", faulty: Some("gap_of(zt)") },
    Kind { name: "time", declared: "type = \"time\"", stem: "at", value: "\"2026-03-02T09:00:00Z\"", broken: Some("\"?!\""), there: "zat", faulty: Some("(zat + zw * large)") },
    Kind { name: "date", declared: "type = \"date\"", stem: "on", value: "\"2026-03-02\"", broken: Some("\"?!\""), there: "zon", faulty: Some("date(zat + zw * large)") },
    Kind { name: "duration", declared: "type = \"duration\"", stem: "w", value: "\"10m\"", broken: Some("\"?!\""), there: "zw", faulty: Some("(zw / none)") },
    Kind { name: "bool", declared: "type = \"bool\"", stem: "b", value: "true", broken: Some("\"?!\""), there: "zb", faulty: Some("(zi / none == 1)") },
    Kind { name: "ints", declared: "type = \"list\", of = \"int\"", stem: "li", value: "[1, 2]", broken: Some("\"?!\""), there: "", faulty: None },
    Kind { name: "texts", declared: "type = \"list\", of = \"text\"", stem: "lt", value: "[\"ab\"]", broken: None, there: "", faulty: None },
];

/// Fields of each type that holes can have.
const FIELDS_OF_A_TYPE: usize = 3;

const PACK: &str = r#"
[pack]
id = "pack"
title = "Rules"

[[phrases]]
id = "taboo"
words = ["ab", "不知道"]

[[table]]
id = "limit-of"
inputs = ["t1"]
output = "int"
rows = [["ab", 15], ["*", 30]]

[[table]]
id = "grade-of"
inputs = ["i1", "b1"]
output = "text"
rows = [[2, true, "ab"], ["*", "*", "b"]]

[[table]]
id = "gap-of"
inputs = ["t1"]
output = "text"
rows = [["nothing", "x"]]
"#;

fn kind(name: &str) -> &'static Kind {
    KINDS.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("no type is called {name}"))
}

fn kind_of(ty: Type) -> &'static Kind {
    if matches!(ty, Type::List(_)) { kind("ints") } else { kind(ty.name()) }
}

/// What a rule must say: with all there, and of each record with something gone.
#[derive(Clone, Debug)]
enum Says {
    /// No evidence where one of these is gone, told by the first of them; else a verdict.
    Needs(Vec<String>),
    /// An error on every record.
    Errs,
    /// What a table says, by what is gone: nothing, the field missing, the field unreadable.
    Given(String, [String; 3]),
}

#[derive(Clone, Debug)]
struct Tried {
    check: String,
    says: Says,
}

/// A form with its holes filled by fields.
fn filled(form: &str) -> Tried {
    let (check, fields) = with_holes(form, |_, field| field.to_owned());
    Tried { check, says: Says::Needs(fields) }
}

/// A form with what `fill` puts into each of its holes, and the fields that stand for the holes.
fn with_holes(form: &str, mut fill: impl FnMut(usize, &str) -> String) -> (String, Vec<String>) {
    let (mut check, mut rest, mut fields) = (String::new(), form, Vec::new());
    while let Some(open) = rest.find('{') {
        let word = rest[open + 1..].split('}').next().unwrap_or_default();
        let Some(kind) = KINDS.iter().find(|it| it.name == word) else {
            check.push_str(&rest[..=open]);
            rest = &rest[open + 1..];
            continue;
        };
        // `${int}` interpolates the field.
        let interpolates = rest[..open].ends_with('$');
        check.push_str(&rest[..open]);
        let number = fields.iter().filter(|it: &&String| it.trim_end_matches(char::is_numeric) == kind.stem);
        let field = format!("{}{}", kind.stem, number.count() + 1);
        let text = fill(fields.len(), &field);
        check.push_str(&if interpolates { format!("{{{text}}}") } else { text });
        fields.push(field);
        rest = &rest[open + 2 + word.len()..];
    }
    check.push_str(rest);
    (check, fields)
}

/// The form with each hole in turn faulty: an error, whatever else is gone, for all operands are computed first.
fn faulty(form: &str) -> Vec<Tried> {
    let (_, fields) = with_holes(form, |_, field| field.to_owned());
    let one = |at: usize| {
        let stem = fields[at].trim_end_matches(char::is_numeric);
        let faulty = KINDS.iter().find(|it| it.stem == stem)?.faulty?;
        let fill = |number, field: &str| if number == at { faulty.to_owned() } else { field.to_owned() };
        Some(Tried { check: with_holes(form, fill).0, says: Says::Errs })
    };
    (0..fields.len()).filter_map(one).collect()
}

#[derive(serde::Deserialize)]
struct Operators {
    comparisons: Comparisons,
    forms: Forms,
}

#[derive(serde::Deserialize)]
struct Comparisons {
    ordered: Vec<String>,
    types: Vec<String>,
    mixed: Vec<(String, String)>,
}

#[derive(serde::Deserialize)]
struct Forms {
    strict: Vec<String>,
    nested: Vec<(String, String)>,
}

fn table() -> Operators {
    toml::from_str(include_str!("data/operators.toml")).unwrap()
}

fn operators() -> Vec<String> {
    let all = table();
    let of_one_type = all.comparisons.types.iter().map(|it| (it.clone(), it.clone()));
    let pairs: Vec<_> = of_one_type.chain(all.comparisons.mixed.iter().cloned()).collect();
    let mut forms = all.forms.strict;
    for operator in &all.comparisons.ordered {
        forms.extend(pairs.iter().map(|(a, b)| format!("{{{a}}} {operator} {{{b}}}")));
    }
    forms
}

/// Calls of a function of the table, as a function and as a method, whose value is looked at.
fn calls(function: &Function) -> Vec<String> {
    let holes: Vec<String> = function.params.iter().map(|it| format!("{{{}}}", kind_of(*it).name)).collect();
    let seen = |call: &str| match kind_of(function.returns) {
        it if it.name == "bool" => format!("{call} == zb"),
        it if it.there.is_empty() => format!("{call}.len() >= 0"),
        it => format!("{call} != {}", it.there),
    };
    if function.property {
        return vec![seen(&format!("{}.{}", holes[0], function.name))];
    }
    let mut forms = vec![seen(&format!("{}({})", function.name, holes.join(", ")))];
    if !holes.is_empty() {
        forms.push(seen(&format!("{}.{}({})", holes[0], function.name, holes[1..].join(", "))));
    }
    forms
}

/// Guards over a field, with what they say where it is there, missing and unreadable.
fn guards() -> Vec<Tried> {
    let mut all = Vec::new();
    for it in KINDS {
        let field = format!("{}1", it.stem);
        let (used, default) = match it.name {
            "ints" | "texts" => (format!("{field}.len() > 0"), None),
            _ => (format!("{field} == {}", it.there), Some(it.there)),
        };
        let no = format!("no_evidence: {field}");
        let unreadable = format!("no_evidence: {field} (unreadable)");
        let mut add = |check: String, there: &str, missing: &str, broken: &str| {
            let says = [there, missing, broken].map(str::to_owned);
            all.push(Tried { check, says: Says::Given(field.clone(), says) });
        };
        add(format!("is_missing({field})"), "fail", "pass", &unreadable);
        add(format!("!is_missing({field})"), "pass", "fail", &unreadable);
        add(format!("is_missing({field}) || {used}"), "pass", "pass", &unreadable);
        add(format!("!is_missing({field}) && {used}"), "pass", "fail", &unreadable);
        add(format!("if is_missing({field}) {{ zb }} else {{ {used} }}"), "pass", "pass", &unreadable);
        add(format!("if !is_missing({field}) {{ {used} }} else {{ !zb }}"), "pass", "fail", &unreadable);
        add(format!("switch is_missing({field}) {{ true => zb, _ => {used} }}"), "pass", "pass", &unreadable);
        add(format!("let v = {field}; is_missing(v) || zb"), "pass", "pass", &unreadable);
        // What is not reached is not looked at.
        add(format!("zb || {used}"), "pass", "pass", "pass");
        add(format!("!zb && {used}"), "fail", "fail", "fail");
        add(format!("if zb {{ zb }} else {{ {used} }}"), "pass", "pass", "pass");
        add(format!("switch zb {{ true => zb, _ => {used} }}"), "pass", "pass", "pass");
        add(format!("{used} || zb"), "pass", &no, &unreadable);
        add(format!("{used} && !zb"), "fail", &no, &unreadable);
        // A default guards a value, not a computation.
        add(format!("({used}) ?? zb"), "pass", &no, &unreadable);
        if let Some(default) = default {
            add(format!("({field} ?? {default}) == {default}"), "pass", "pass", &unreadable);
            add(format!("({default} ?? {field}) == {default}"), "pass", "pass", "pass");
            add(format!("({field} ?? {field}) == {default}"), "pass", &no, &unreadable);
            add(format!("({field} ?? {field} ?? {default}) == {default}"), "pass", "pass", &unreadable);
        }
        if let (Some(default), Some(faulty)) = (default, it.faulty) {
            // A default that faults is not computed where the value is there.
            add(format!("({field} ?? {faulty}) == {default}"), "pass", "error", &unreadable);
            add(format!("is_missing({field}) || {faulty} == {default}"), "error", "pass", &unreadable);
        }
    }
    all
}

/// Which fault decides: of two operands, and of an operator and its own operands.
fn firsts() -> Vec<Tried> {
    let mut all = Vec::new();
    let mut add = |field: &str, check: &str, there: &str, missing: &str| {
        let broken = if missing.starts_with("no_evidence") {
            format!("{missing} (unreadable)")
        } else {
            missing.to_owned()
        };
        let says = [there.to_owned(), missing.to_owned(), broken];
        all.push(Tried { check: check.to_owned(), says: Says::Given(field.to_owned(), says) });
    };
    let (division, overflow, gone) = ("error: DivisionByZero", "error: Overflow", "no_evidence: i1");
    add("i1", "i1 > 1 / 0", division, division);
    add("i1", "1 / 0 > i1", division, division);
    add("i1", "i1 / 0 > 1", division, gone);
    add("i1", "i1 % 0 > 1", division, gone);
    add("i1", "i1 / none > 1", division, gone);
    add("i1", "zi / none > i1", division, division);
    add("i1", "i1 + 9223372036854775807 > 1", overflow, gone);
    add("i1", "i1 * large * large * large * large * large > 1", overflow, gone);
    add("i1", "large * large * large * large * large > i1", overflow, overflow);
    add("i1", "(i1 > 1) == (1 / none > 1)", division, gone);
    add("i1", "(1 / none > 1) == (i1 > 1)", division, division);
    add("i1", "i1 > 1 && 1 / none > 1", division, gone);
    add("i1", "1 / none > 1 && i1 > 1", division, division);
    add("i1", "i1 < 1 || 1 / none > 1", division, gone);
    add("i1", "if i1 > 1 { 1 / none > 1 } else { zb }", division, gone);
    add("i1", "if 1 / none > 1 { i1 > 1 } else { i1 > 1 }", division, division);
    add("i1", "let v = 1 / none; i1 > v", division, division);
    add("i1", "let v = i1 + 1; v > 1 / none", division, gone);
    add("i1", "switch i1 { 2 => 1 / none > 1, _ => zb }", division, gone);
    add("i1", "switch 1 / none { 2 => i1 > 1, _ => i1 > 2 }", division, division);
    add("i1", "limit_of(gap_of(zt)) > i1", "error: TableGap", "error: TableGap");
    add("i1", "`${i1} ${1 / none}` != zt", division, gone);
    add("i1", "`${1 / none} ${i1}` != zt", division, division);
    add("i1", "i1 in [1 / none, 2]", division, division);
    add("i1", "max(i1, 1 / none) > 1", division, division);
    add("i1", "max(1 / none, i1) > 1", division, division);
    add("f1", "f1 / 0.0 > 1.0", division, "no_evidence: f1");
    add("f1", "f1 * 1e308 * 1e308 > 1.0", "error: NotFinite", "no_evidence: f1");
    add("d1", "d1 / 0 > 1", division, "no_evidence: d1");
    add("w1", "w1 / 0 > hours(1)", division, "no_evidence: w1");
    add("w1", "w1 * large > hours(1)", overflow, "no_evidence: w1");
    all
}

/// A record without these fields: the first missing, the others too or, with the flag, unreadable.
type Gone = Vec<(String, bool)>;

fn records(gone: &BTreeSet<Gone>) -> String {
    let mut text = String::new();
    for (number, gone) in gone.iter().enumerate() {
        let mut members = vec![
            format!("\"id\":\"{number}\""),
            "\"none\":0".to_owned(),
            "\"large\":4611686018427387904".to_owned(),
        ];
        for kind in KINDS {
            for field in 1..=FIELDS_OF_A_TYPE {
                let name = format!("{}{field}", kind.stem);
                match gone.iter().find(|it| it.0 == name) {
                    None => members.push(format!("\"{name}\":{}", kind.value)),
                    Some((_, true)) => {
                        members.push(format!("\"{name}\":{}", kind.broken.unwrap_or("null")));
                    }
                    Some((_, false)) if number % 2 == 0 => members.push(format!("\"{name}\":null")),
                    Some((_, false)) => {}
                }
            }
            if !kind.there.is_empty() {
                members.push(format!("\"{}\":{}", kind.there, kind.value));
            }
        }
        let _ = writeln!(text, "{{{}}}", members.join(","));
    }
    text
}

fn settings() -> String {
    let mut text = String::from(
        "[project]\nname = \"Missing\"\ntimezone = \"Asia/Shanghai\"\npacks = [\"./rules\"]\n[[source]]\nid = \"records\"\n\
         path = \"records.ndjson\"\nkind = \"record\"\nkey = \"id\"\n[source.fields]\nid = { type = \"text\" }\n\
         none = { type = \"int\" }\nlarge = { type = \"int\" }\n",
    );
    for kind in KINDS {
        for field in 1..=FIELDS_OF_A_TYPE {
            let _ = writeln!(text, "{}{field} = {{ {} }}", kind.stem, kind.declared);
        }
        if !kind.there.is_empty() {
            let _ = writeln!(text, "{} = {{ {} }}", kind.there, kind.declared);
        }
    }
    text.push_str("[[calendar]]\nid = \"office\"\nhours = { mon-fri = [\"09:00-18:00\"] }\n");
    text
}

/// What each rule said of each record: rule, record, verdict.
fn verdicts(results: &[BlockResult], rules: usize, records: usize) -> Vec<Vec<String>> {
    let mut said = vec![vec!["pass".to_owned(); records]; rules];
    let at = |key: &str| key.parse::<usize>().unwrap();
    for result in results {
        for line in String::from_utf8_lossy(&result.outputs[0]).lines() {
            let finding: serde_json::Value = serde_json::from_str(line).unwrap();
            let rule = finding["rule"].as_str().unwrap().trim_start_matches("pack/r");
            said[at(rule)][at(finding["key"].as_str().unwrap())] = "fail".to_owned();
        }
        for (rule, it) in &result.unassessed {
            let unreadable = if it.unreadable { " (unreadable)" } else { "" };
            said[*rule][at(&it.key)] = format!("no_evidence: {}{unreadable}", it.field);
        }
        for (rule, key, cause, _) in &result.errors {
            let cause = format!("{cause:?}");
            said[*rule][at(key)] = format!("error: {}", cause.split('(').next().unwrap_or_default());
        }
    }
    said
}

/// What a rule must say of a record; a prefix will do.
fn wanted(rule: &Tried, gone: &Gone) -> Vec<String> {
    match &rule.says {
        Says::Errs => vec!["error".to_owned()],
        Says::Given(field, says) => {
            let state = gone.iter().find(|it| it.0 == *field).map_or(0, |it| if it.1 { 2 } else { 1 });
            vec![says[state].clone()]
        }
        Says::Needs(fields) => {
            let first = fields.iter().find_map(|field| gone.iter().find(|it| it.0 == *field));
            match first {
                Some((field, true)) => vec![format!("no_evidence: {field} (unreadable)")],
                Some((field, false)) => vec![format!("no_evidence: {field}")],
                None => vec!["pass".to_owned(), "fail".to_owned()],
            }
        }
    }
}

/// Every record that these rules call for: nothing gone, one field gone, two of one rule's gone.
fn gones(rules: &[Tried]) -> BTreeSet<Gone> {
    let mut all = BTreeSet::from([Vec::new()]);
    for rule in rules {
        let fields = match &rule.says {
            Says::Needs(fields) => fields.clone(),
            Says::Given(field, _) => vec![field.clone()],
            Says::Errs => Vec::new(),
        };
        let can_break = |field: &str| {
            let stem = field.trim_end_matches(char::is_numeric);
            KINDS.iter().any(|it| it.stem == stem && it.broken.is_some())
        };
        for one in &fields {
            for unreadable in [false, true].into_iter().filter(|it| !it || can_break(one)) {
                all.insert(vec![(one.clone(), unreadable)]);
                for other in fields.iter().filter(|it| *it != one) {
                    let other_unreadable = !unreadable && can_break(other);
                    all.insert(vec![(one.clone(), unreadable), (other.clone(), other_unreadable)]);
                }
            }
        }
    }
    all
}

/// Judges the rules both ways; all that is not as wanted.
fn faults_of(rules: &[Tried]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut pack = PACK.to_owned();
    for (number, rule) in rules.iter().enumerate() {
        let _ = write!(
            pack,
            "\n[[rule]]\nid = \"r{number}\"\ntitle = \"Rule {number}\"\non = \"record\"\nseverity = \"minor\"\ncheck = '''{}'''\n",
            rule.check
        );
    }
    let gone = gones(rules);
    fs::create_dir_all(folder.path().join("rules")).unwrap();
    fs::write(folder.path().join("rules/pack.toml"), pack).unwrap();
    fs::write(folder.path().join("audit.toml"), settings()).unwrap();
    fs::write(folder.path().join("records.ndjson"), records(&gone)).unwrap();
    let subject = Subject::load(folder.path()).unwrap();
    let mut wrong = String::new();
    for (way, row_by_row) in [("columns", false), ("rows", true)] {
        let plan = match subject.plan(&[], row_by_row) {
            Ok(plan) => plan,
            Err(said) => return format!("not planned:\n{said}"),
        };
        let mut batches = subject.batches(&plan).unwrap();
        let said = verdicts(&subject.judge(&plan, &mut batches, true), rules.len(), gone.len());
        for (rule, said) in rules.iter().zip(&said) {
            let differs = gone.iter().zip(said).filter_map(|(gone, said)| {
                let wanted = wanted(rule, gone);
                let fits = wanted.iter().any(|it| said.starts_with(it.as_str()))
                    && (said.ends_with("(unreadable)") == wanted[0].ends_with("(unreadable)"));
                (!fits).then(|| format!("{said} instead of {} without {gone:?}", wanted.join(" or ")))
            });
            let differs: Vec<String> = differs.collect();
            if let Some(first) = differs.first() {
                let _ = writeln!(wrong, "{way}: {}: {first} ({} records)", rule.check, differs.len());
            }
        }
    }
    wrong
}

#[test]
fn an_operator_without_an_operand_has_no_evidence() {
    let forms = operators();
    assert!(forms.len() > 150, "only {} forms", forms.len());
    let nested = table().forms.nested.into_iter().map(|(form, order)| Tried {
        says: Says::Needs(order.split(' ').map(str::to_owned).collect()),
        ..filled(&form)
    });
    let wrong = faults_of(&forms.iter().map(|it| filled(it)).chain(nested).collect::<Vec<_>>());
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn a_function_without_an_argument_has_no_evidence() {
    let forms: Vec<String> = FUNCTIONS.iter().flat_map(calls).collect();
    assert!(forms.len() > FUNCTIONS.len());
    let wrong = faults_of(&forms.iter().map(|it| filled(it)).collect::<Vec<_>>());
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn guards_hold() {
    let wrong = faults_of(&guards());
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_first_fault_decides() {
    let wrong = faults_of(&firsts());
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn all_operands_are_computed_before_one_is_missed() {
    let forms = operators().into_iter().chain(FUNCTIONS.iter().flat_map(calls));
    let rules: Vec<Tried> = forms.flat_map(|it| faulty(&it)).collect();
    let gone: BTreeMap<&str, usize> = rules.iter().map(|it| (it.check.as_str(), 1)).collect();
    assert!(gone.len() > 200, "only {} rules", gone.len());
    // Records with one field gone of each type.
    let probes = KINDS.iter().map(|it| Tried {
        check: if it.there.is_empty() {
            format!("{}1.len() > 0", it.stem)
        } else {
            format!("{}1 == {}2", it.stem, it.stem)
        },
        says: Says::Needs(
            (1..=2)
                .map(|number| format!("{}{number}", it.stem))
                .filter(|name| !it.there.is_empty() || name.ends_with('1'))
                .collect(),
        ),
    });
    let wrong = faults_of(&rules.iter().cloned().chain(probes).collect::<Vec<_>>());
    assert!(wrong.is_empty(), "\n{wrong}");
}
