//! What is known of a rule before any record is judged: every case of `tests/data/checks.toml` is a rule
//! with what is said about it: level and code, the text under the caret, a part of the help.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its cases has failed")]

use serde::Deserialize;
use std::{collections::BTreeMap, fs, ops::Range};
use touchstone::{
    calendar::Zone,
    diagnostic::{Diagnostic, Level, Place, Sources, render_all},
    engine::{Filter, SourceAsk, plan_source},
    ingest,
    project::{LoadOptions, load},
    wording::Lang,
};

#[derive(Deserialize)]
struct Cases {
    audit: String,
    data: String,
    pack: String,
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    check: String,
    when: Option<String>,
    params: Option<String>,
    message: Option<String>,
    /// A decision table, which `check` calls as `TABLE`.
    table: Option<String>,
    /// What an example expects.
    example: Option<String>,
    /// Level and code, what stands over the carets, a part of the help.
    #[serde(default)]
    expect: Vec<[String; 3]>,
}

impl Case {
    fn rule(&self, number: usize) -> String {
        let mut text = String::new();
        if let Some(table) = &self.table {
            text.push_str(&format!("[[table]]\nid = \"table-{number}\"\n{table}\n"));
        }
        text += &format!(
            "[[rule]]\nid = \"case-{number}\"\ntitle = \"Case\"\non = \"ticket\"\nseverity = \"minor\"\n"
        );
        for (key, value) in [("when", &self.when), ("check", &Some(self.check.clone()))] {
            let called = format!("table_{number}(");
            text.extend(value.iter().map(|it| format!("{key} = '''{}'''\n", it.replace("TABLE(", &called))));
        }
        text.extend(self.params.iter().map(|it| format!("params = {{ {it} }}\n")));
        text.extend(self.message.iter().map(|it| format!("message = \"{it}\"\n")));
        if let Some(expect) = &self.example {
            text += &format!("[[rule.example]]\nname = \"x\"\nrecord = {{ }}\nexpect = \"{expect}\"\n");
        }
        text
    }
}

/// All that is said about the cases' rules, which stand in one pack, with the bytes of each rule.
fn said(cases: &Cases) -> (Vec<Diagnostic>, Sources, Vec<Range<usize>>) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("rules")).unwrap();
    let mut text = cases.pack.clone();
    let mut ranges = Vec::new();
    for (number, case) in cases.case.iter().enumerate() {
        let start = text.len();
        text.push_str(&case.rule(number));
        ranges.push(start..text.len());
    }
    for (name, text) in [("audit.toml", &cases.audit), ("rules/pack.toml", &text), ("data.csv", &cases.data)]
    {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let loaded = load(folder.path(), &LoadOptions::default());
    let mut diagnostics = loaded.diagnostics;
    let project = loaded.project.unwrap();
    let source = &project.sources[0];
    let ask = SourceAsk {
        id: source.id.clone(),
        kind: source.kind.clone(),
        key: source.key.iter().map(|it| (it.text.clone(), it.place.clone())).collect(),
        date: None,
        subject: Vec::new(),
        derive: Vec::new(),
        calendars: project.calendars.clone(),
        waivers: Vec::new(),
    };
    let (opened, mut found) = ingest::open(&source.spec);
    diagnostics.append(&mut found);
    let setting = (&Zone::utc(), 0, Lang::En);
    let schema = &opened.unwrap().schema;
    let (_, mut found) = plan_source(&ask, schema, &project.packs, setting, &Filter::default(), false);
    diagnostics.append(&mut found);
    (diagnostics, loaded.sources, ranges)
}

fn cases() -> Cases {
    toml::from_str(&fs::read_to_string("tests/data/checks.toml").unwrap()).unwrap()
}

#[test]
fn every_rule_is_told_what_is_wrong_with_it() {
    let cases = cases();
    let (diagnostics, sources, ranges) = said(&cases);
    let mut by_case: BTreeMap<usize, Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in &diagnostics {
        let Some(Place::Text { file, span }) = &diagnostic.place else { panic!("{diagnostic:?}") };
        assert_eq!(&**file, "rules/pack.toml", "{diagnostic:?}");
        let case = ranges.iter().position(|it| it.contains(&span.start));
        by_case.entry(case.unwrap_or_else(|| panic!("{diagnostic:?}"))).or_default().push(diagnostic);
    }
    let mut faults = String::new();
    for (number, case) in cases.case.iter().enumerate() {
        let found = by_case.remove(&number).unwrap_or_default();
        let all = found.len() == case.expect.len();
        if !all
            || !found.iter().zip(&case.expect).all(|(it, expected)| is_as_expected(it, expected, &sources))
        {
            let shown: Vec<Diagnostic> = found.into_iter().cloned().collect();
            let shown = render_all(&shown, &sources, Lang::En, false);
            faults.push_str(&format!("{}\nexpected {:?}, but:\n{shown}\n", case.check, case.expect));
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

/// The first complaint of each kind as people read it, in both languages.
#[test]
fn complaints_read_well() {
    let mut shown: BTreeMap<&str, String> = BTreeMap::new();
    for it in &said(&cases()).0 {
        shown.entry(it.code).or_insert_with(|| {
            let lines = |lang| {
                let help: String = it.help.iter().map(|help| format!("\n    {}", help.text(lang))).collect();
                format!("  {}{help}\n", it.message(lang))
            };
            format!("{}\n{}{}", it.code, lines(Lang::En), lines(Lang::Zh))
        });
    }
    let shown: Vec<String> = shown.into_values().collect();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, filters => vec![(r"(case|table)-\d+", "$1-N")] }, {
        insta::assert_snapshot!("static-checks", shown.join("\n"));
    });
}

fn is_as_expected(said: &Diagnostic, expected: &[String; 3], sources: &Sources) -> bool {
    let [code, under, help] = expected;
    let level = match said.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    let Some(Place::Text { file, span }) = &said.place else { return false };
    let text = &sources.get(file).unwrap()[span.clone()];
    let told = said.help.iter().map(|it| it.text(Lang::En)).collect::<Vec<_>>().join("\n");
    format!("{level} {}", said.code) == *code && text == under && told.contains(help)
}
