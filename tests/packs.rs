//! Every example in the built-in packs and in the samples' own packs holds: the record is judged by
//! its rule as it would be in an audit, and the verdict is the one that the example expects.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing it cannot read")]

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{Arc, atomic::AtomicU64},
};
use touchstone::{
    calendar::{Zone, format_date, format_time},
    diagnostic::Diagnostic,
    engine::{Duplicates, Filter, FindingSink, Judge, Judging, SourceAsk, Wanted, plan_source},
    finding::Finding,
    ingest::{self, Block, Decoder, Format, GivenField, Reader, ReaderOptions, SourceSpec, Want},
    project::{LoadOptions, Project, load, load_files},
    record::{Batch, Value},
    rule::{Example, Outcome, Rule},
    wording::Lang,
};

struct NoSink;

impl FindingSink for NoSink {
    fn wanted(&self) -> Wanted {
        Wanted::default()
    }

    fn outputs(&self) -> usize {
        0
    }

    fn encode(&self, _: &Finding<'_>, _: &mut [Vec<u8>]) {}
}

fn json(value: &Value) -> String {
    match value {
        Value::Missing | Value::Unreadable => "null".to_owned(),
        Value::Bool(it) => it.to_string(),
        Value::Int(it) => it.to_string(),
        Value::Float(it) => format!("{it:?}"),
        Value::Decimal(it) => it.to_string(),
        Value::Text(it) => serde_json::to_string(&**it).unwrap(),
        Value::Date(it) => format!("{:?}", format_date(*it)),
        Value::Time(it) => format!("{:?}", format_time(*it, 0)),
        Value::Duration(it) => format!("\"{}s\"", it / 1_000_000),
        Value::Amount(it) => format!("\"{it}\""),
        Value::List(all) => format!("[{}]", all.iter().map(json).collect::<Vec<_>>().join(",")),
    }
}

fn line(example: &Example) -> String {
    let parts = example
        .record
        .iter()
        .map(|(name, value)| format!("{}:{}", serde_json::to_string(name).unwrap(), json(value)));
    format!("{{{}}}\n", parts.collect::<Vec<_>>().join(","))
}

fn spec(folder: &Path, file: &str, zone: &Zone, fields: Vec<GivenField>) -> SourceSpec {
    SourceSpec {
        format: Some(Format::Ndjson),
        fields,
        ..SourceSpec::plain("examples", folder, file, zone.clone())
    }
}

/// The schema's fields as a project would give them, so that one record alone is read as all are.
fn given(schema: &touchstone::record::Schema, rule: &Rule) -> Vec<GivenField> {
    let field = |it: &touchstone::record::Field| GivenField {
        name: it.name.clone(),
        from: None,
        ty: Some(it.ty),
        choices: it.choices.clone(),
        format: None,
        separator: None,
        place: rule.place.clone(),
    };
    schema.fields.iter().map(field).collect()
}

fn outcome(
    folder: &Path,
    project: &Project,
    rule: &Rule,
    example: &Example,
    fields: &[GivenField],
) -> Outcome {
    let file = folder.join("one.ndjson");
    fs::write(&file, line(example)).unwrap();
    let (opened, _) = ingest::open(&spec(folder, "one.ndjson", &project.zone, fields.to_vec()));
    let opened = Arc::new(opened.unwrap());
    let source = project.sources.iter().find(|it| it.kind == rule.on);
    let own: Vec<String> = opened.schema.fields.iter().map(|it| it.name.clone()).collect();
    let derive = source.iter().flat_map(|it| &it.derive).filter(|it| !own.contains(&it.name.text));
    let ask = SourceAsk {
        id: "examples".into(),
        kind: rule.on.clone(),
        key: Vec::new(),
        date: None,
        subject: Vec::new(),
        derive: derive.map(|it| (it.name.text.clone(), it.script.clone())).collect(),
    };
    let as_of = 1_775_000_000_000_000;
    let mut packs = project.packs.clone();
    for param in packs
        .iter_mut()
        .flat_map(|it| &mut it.rules)
        .filter(|it| it.id == rule.id)
        .flat_map(|it| &mut it.params)
    {
        if let Some((_, value)) = example.params.iter().find(|(name, _)| *name == param.name) {
            param.value = value.clone();
        }
    }
    let filter = Filter { rules: vec![rule.id.clone()], ..Filter::default() };
    let (plan, diagnostics) =
        plan_source(&ask, &opened.schema, &packs, (&project.zone, as_of, Lang::En), &filter, false);
    let errors: Vec<String> =
        diagnostics.iter().filter(|it| it.is_error()).map(|it| it.message(Lang::En)).collect();
    let plan = plan.unwrap_or_else(|| panic!("{}: {errors:?}", rule.id));
    let wants = plan
        .columns
        .iter()
        .map(|it| Want { field: it.field, as_written: it.as_written, coded: it.coded })
        .collect();
    let reader = Reader::new(opened, wants, ReaderOptions::default()).unwrap();
    let (mut block, mut batch, mut faults) = (Block::default(), Batch::default(), Vec::new());
    assert!(reader.next_block(&mut block).unwrap());
    Decoder::new(&reader).decode(&reader, &mut block, &mut batch, &mut faults);
    let committed = [0, 0, 0, 0].map(AtomicU64::new);
    let duplicates = Duplicates::default();
    let judging = Judging {
        plan: &plan,
        sink: &NoSink,
        duplicates: &duplicates,
        files: &[],
        zone: &project.zone,
        committed: &committed,
        hash_keys: &std::sync::atomic::AtomicBool::new(false),
    };
    let counts = Judge::new(&judging).judge(&mut batch).counts[0];
    let found = Outcome::ALL.into_iter().find(|it| counts.get(*it) == 1);
    found.unwrap_or(Outcome::NotApplicable)
}

/// Runs all examples of a project's rules; gives how many there were.
fn check(project: &Project) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let rules = || project.packs.iter().flat_map(|it| &it.rules);
    let mut all: BTreeMap<&str, String> = BTreeMap::new();
    for rule in rules() {
        let lines: String = rule.examples.iter().map(line).collect();
        all.entry(&rule.on).or_default().push_str(&lines);
    }
    let mut wrong = Vec::new();
    let mut count = 0;
    for rule in rules() {
        fs::write(folder.path().join("all.ndjson"), &all[rule.on.as_str()]).unwrap();
        let source = project.sources.iter().find(|it| it.kind == rule.on);
        let declared = source.map(|it| it.spec.fields.clone()).unwrap_or_default();
        let declared = declared.into_iter().map(|it| GivenField { from: None, format: None, ..it }).collect();
        let (opened, diagnostics) = ingest::open(&spec(folder.path(), "all.ndjson", &project.zone, declared));
        let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|it| it.is_error()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let fields = given(&opened.unwrap().schema, rule);
        for example in &rule.examples {
            count += 1;
            let found = outcome(folder.path(), project, rule, example, &fields);
            if found != example.expect {
                wrong.push(format!(
                    "{} / {}: {} expected, {} found",
                    rule.id,
                    example.name,
                    example.expect.name(),
                    found.name()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    count
}

#[test]
fn examples_of_the_built_in_packs_hold() {
    for pack in ["standards", "complaints"] {
        let options = LoadOptions { rules: vec![pack.into()], ..LoadOptions::default() };
        let project = load_files(&options).project.unwrap();
        assert!(check(&project) > 20, "{pack}");
        for rule in project.packs.iter().flat_map(|it| &it.rules) {
            assert!(
                rule.examples.iter().any(|it| it.expect == Outcome::Fail),
                "{} has no failing example",
                rule.id
            );
        }
    }
}

#[test]
fn examples_of_the_samples_hold() {
    for sample in ["support-desk", "citizen-hotline"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(sample);
        let loaded = load(&folder, &LoadOptions::default());
        let mut project = loaded.project.unwrap();
        // Built-in packs run with their own parameters, above.
        project.packs.retain(|it| !it.from.starts_with("builtin:"));
        assert!(check(&project) > 10, "{sample}");
    }
}
