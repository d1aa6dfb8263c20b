//! Good projects: what is resolved, and from where.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its files has failed")]

use proptest::prelude::*;
use std::{fs, path::Path};
use touchstone::{
    diagnostic::{Diagnostic, render_all},
    project::{LoadOptions, Loaded, Project, builtin_packs, load, load_files},
    record::{Amount, MICROS_PER_SECOND, Type, Value},
    rule::{ParamOrigin, Severity},
    wording::Lang,
};

const AUDIT: &str = r#"
[project]
name = "云川市民热线"
timezone = "Asia/Shanghai"
language = "zh"
packs = ["complaints", "./rules/house/"]

[[source]]
id = "工单"
path = "data/*.csv"
kind = "complaint"
key = ["case_id", "渠道"]
date = "accepted_at"
encoding = "auto"
delimiter = ";"
subject = { agent = "owner" }
missing = ["-", "无"]
[source.fields]
case_id = { from = "工单编号", type = "text" }
tags = { type = "list", of = "int", separator = "|" }
tier = { type = "choice", choices = ["vip", "gold"] }
[source.derive]
b = 'closed_at - accepted_at'
a = 'b.hours'

[params."house/kept"]
rate = 1
[rules."complaints/first-owner"]
severity = "critical"
reason = "this year's focus"
[rules."house/off"]
enabled = false
reason = "no telephone"
[output]
files = ["out/report.html"]
"#;

const HOUSE: &str = r#"
[[rule]]
id = "kept"
title = "Kept"
on = "complaint"
severity = "major"
params = { rate = 0.5, since = 2026-03-01, at = 2026-03-01T09:00:00, name = "x", list = [1, 2.5] }
script = "kept.rhai"
effective = { to = 2026-06-30 }

[[rule]]
id = "kept"
title = { zh = "守时" }
on = "complaint"
severity = "major"
params = { rate = 0.7 }
effective = { from = "2026-07-01" }
check = """
tier == \"vip\" \
  && rate > 1"""
message = { zh = "{case_id}：超时" }

[[rule]]
id = "off"
title = "Off"
on = "complaint"
severity = "minor"
check = "true"

[[table]]
id = "reply-target"
inputs = ["tier"]
output = "amount"
rows = [["vip", "30m"], ["*", "1bd"]]

[[table]]
id = "patience"
inputs = ["tier"]
output = "duration"
rows = [["vip", "2h30m"]]

# No rule asks them yet: reply-target, patience. Nor the field tags.
"#;

fn errors(loaded: &Loaded) -> String {
    render_all(&loaded.diagnostics, &loaded.sources, Lang::En, false)
}

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn example(set: &[&str]) -> (Project, Vec<Diagnostic>) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "audit.toml", &format!("\u{feff}{AUDIT}"));
    write(folder.path(), "rules/house/pack.toml", "[pack]\nid = \"house\"\n");
    write(folder.path(), "rules/house/a.toml", HOUSE);
    write(folder.path(), "rules/house/kept.rhai", "let late = false;\n!late\n");
    let set = set.iter().map(|it| (*it).to_owned()).collect();
    let loaded = load(folder.path(), &LoadOptions { set, ..LoadOptions::default() });
    assert_eq!(errors(&loaded), "");
    assert_eq!(loaded.sources.get("rules/house/kept.rhai"), Some("let late = false;\n!late\n"));
    (loaded.project.unwrap(), loaded.diagnostics)
}

#[test]
fn a_project_is_resolved() {
    let (project, _) = example(&[]);
    assert_eq!(
        (project.name.as_str(), project.zone.name(), project.lang),
        ("云川市民热线", "Asia/Shanghai", Lang::Zh)
    );
    assert_eq!(project.outputs, ["out/report.html"]);
    let [source] = project.sources.as_slice() else { panic!("one source") };
    assert_eq!(
        (source.id.as_str(), source.kind.as_str(), source.spec.delimiter),
        ("工单", "complaint", Some(b';'))
    );
    assert_eq!(source.key.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["case_id", "渠道"]);
    assert_eq!(source.derive.iter().map(|it| it.name.text.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    let field = |name: &str| source.spec.fields.iter().find(|it| it.name == name).unwrap();
    assert_eq!(field("case_id").from.as_deref(), Some("工单编号"));
    assert_eq!(field("tags").ty.map(Type::name), Some("list of int"));
    assert_eq!((field("tier").ty, field("tier").choices.len()), (Some(Type::Text), 2));
    assert_eq!(project.disabled, [("house/off".to_owned(), "no telephone".to_owned())]);
    let first_owner = project.packs[0].rules.iter().find(|it| it.id == "complaints/first-owner").unwrap();
    assert_eq!(
        (first_owner.severity, first_owner.house_reason.as_deref()),
        (Severity::Critical, Some("this year's focus"))
    );
}

#[test]
fn a_pack_is_resolved() {
    let (project, _) = example(&["house/kept.rate=3", "house/kept.name=12", "house/kept.since=2026-04-01"]);
    let house = &project.packs[1];
    assert_eq!((house.id.as_str(), &*house.from, house.rules.len()), ("house", "rules/house", 2));
    let [first, second] = house.rules.as_slice() else { panic!("two versions") };
    let param = |name: &str| first.params.iter().find(|it| it.name == name).unwrap();
    assert_eq!(
        (&param("rate").value, &param("rate").set_by),
        (&Value::Float(3.0), &ParamOrigin::CommandLine)
    );
    assert_eq!(param("name").value, Value::Text("12".into()));
    assert_eq!(param("since").value, Value::Date(20_544));
    // Nine in the morning in the project's zone.
    assert_eq!(param("at").value, Value::Time((20_513 * 86_400 + 3600) * MICROS_PER_SECOND));
    assert_eq!(param("at").set_by, ParamOrigin::Rule);
    assert_eq!(param("list").value, Value::List(vec![Value::Float(1.0), Value::Float(2.5)]));
    assert_eq!(
        (first.check.file.as_ref(), first.check.runs.as_slice()),
        ("rules/house/kept.rhai", [(0, 0)].as_slice())
    );
    assert_eq!(second.check.text, "tier == \"vip\" && rate > 1");
    let span = second.check.span(8..13);
    assert_eq!(HOUSE.get(span), Some("\\\"vip\\\""));
    assert_eq!(second.title.get(Lang::En), "守时");
    assert!(second.message.is_some() && second.message_scripts.is_some());
    assert_eq!(house.tables[0].rows[1].output, Value::Amount("1bd".parse::<Amount>().unwrap()));
    assert_eq!(house.tables[1].rows[0].output, Value::Duration(9000 * MICROS_PER_SECOND));
}

#[test]
fn house_values_are_known_as_such() {
    let (project, _) = example(&[]);
    for rule in &project.packs[1].rules {
        let rate = rule.params.iter().find(|it| it.name == "rate").unwrap();
        assert_eq!((&rate.value, &rate.set_by), (&Value::Float(1.0), &ParamOrigin::House));
    }
}

#[test]
fn built_in_packs_are_whole() {
    for name in builtin_packs() {
        let loaded = load_files(&LoadOptions { rules: vec![name.into()], ..LoadOptions::default() });
        assert_eq!(errors(&loaded), "", "{name}");
        let project = loaded.project.unwrap();
        assert_eq!(project.packs[0].id, name);
        assert!(!project.packs[0].rules.is_empty());
    }
}

#[test]
fn data_files_make_a_project() {
    let data = vec!["in/tickets.csv".into(), "calls.ndjson.gz".into(), "more/tickets.csv".into()];
    let loaded = load_files(&LoadOptions {
        rules: vec!["standards".into()],
        data: data.clone(),
        ..LoadOptions::default()
    });
    let ids = |loaded: &Loaded| -> Vec<(String, String)> {
        loaded.project.iter().flat_map(|it| &it.sources).map(|it| (it.id.clone(), it.kind.clone())).collect()
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        ids(&loaded),
        [pair("tickets", "tickets"), pair("calls", "calls"), pair("tickets-2", "tickets")]
    );
    let loaded =
        load_files(&LoadOptions { rules: vec!["complaints".into()], data, ..LoadOptions::default() });
    let kinds: Vec<_> = ids(&loaded).into_iter().map(|it| it.1).collect();
    let only = loaded.project.unwrap().packs[0].rules.iter().all(|it| it.on == "complaint");
    assert_eq!(kinds[0] == "complaint", only);
}

#[test]
fn what_is_not_there_is_told() {
    let loaded = load(Path::new("no/such/folder"), &LoadOptions::default());
    assert!(loaded.project.is_none() && errors(&loaded).contains("no-folder"), "{}", errors(&loaded));
    let loaded = load_files(&LoadOptions { rules: vec!["no-such-pack".into()], ..LoadOptions::default() });
    assert!(errors(&loaded).contains("built-in packs: appraisal, complaints"), "{}", errors(&loaded));
}

/// Cuts `len` characters out of `text` and puts `new` in their place.
fn damage(text: &str, at: usize, len: usize, new: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = at % chars.len();
    let end = (at + len).min(chars.len());
    chars[..at].iter().copied().chain(new.chars()).chain(chars[end..].iter().copied()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn damage_is_told_and_never_fatal(at in 0_usize..4000, len in 0_usize..9, new in "[\\[\\]{}\"'=.\\\\中\u{1b} \n1a#-]{0,3}", which: bool) {
        let folder = tempfile::tempdir().unwrap();
        let (audit, house) = (AUDIT.to_owned(), HOUSE.to_owned());
        let (audit, house) = if which { (damage(&audit, at, len, &new), house) } else { (audit, damage(&house, at, len, &new)) };
        write(folder.path(), "audit.toml", &audit);
        write(folder.path(), "rules/house/pack.toml", "[pack]\nid = \"house\"\n");
        write(folder.path(), "rules/house/a.toml", &house);
        let loaded = load(folder.path(), &LoadOptions::default());
        // The script is not there, so that there is always something to tell, unless no rule is left that asks for it:
        // what does not end as a file does is the script itself.
        let mut rules = loaded.project.iter().flat_map(|it| &it.packs).flat_map(|it| &it.rules);
        let asks = loaded.project.is_none() || house.contains("kept.rhai\"") && rules.any(|it| it.id.ends_with("kept"));
        prop_assert!(!loaded.diagnostics.is_empty() || !asks);
        for lang in [Lang::En, Lang::Zh] {
            let shown = render_all(&loaded.diagnostics, &loaded.sources, lang, true);
            prop_assert!(loaded.diagnostics.is_empty() || !shown.is_empty());
        }
    }
}
