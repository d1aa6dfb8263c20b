//! Every example in the built-in packs and in the samples' own packs holds: the record is judged by
//! its rule as it would be in an audit, and the verdict is the one that the example expects.

use std::path::Path;
use touchstone::{
    diagnostic::{Sources, render_all},
    project::{LoadOptions, Project, load, load_files},
    rule::Outcome,
    trial::try_examples,
    wording::Lang,
};

/// 2026-03-31, somewhere.
const AS_OF: i64 = 1_775_000_000_000_000;

/// Runs all examples of a project's own rules; gives how many there were.
fn check(project: &Project, sources: &Sources, own: bool) -> usize {
    let packs = try_examples(project, AS_OF, |pack, _| !own || !pack.from.starts_with("builtin:"));
    let examples: Vec<_> = packs.iter().flat_map(|it| it.examples()).collect();
    let wrong: Vec<_> = examples.iter().flat_map(|it| it.diagnostics.clone()).collect();
    assert!(wrong.is_empty(), "\n{}\n", render_all(&wrong, sources, Lang::En, false));
    examples.len()
}

#[test]
fn examples_of_the_built_in_packs_hold() {
    for (pack, least) in [
        ("standards", 20),
        ("complaints", 45),
        ("survey", 20),
        ("servqual", 20),
        ("kano", 12),
        ("monitoring", 18),
        ("moments", 18),
        ("appraisal", 17),
        ("process", 30),
        ("lifecycle", 20),
        ("customer-file", 22),
        ("workload", 14),
    ] {
        let options = LoadOptions { rules: vec![pack.into()], ..LoadOptions::default() };
        let loaded = load_files(&options);
        let project = loaded.project.unwrap();
        assert!(check(&project, &loaded.sources, false) > least, "{pack}");
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
    for (sample, least) in [("support-desk", 10), ("citizen-hotline", 10), ("after-sales", 7)] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(sample);
        let loaded = load(&folder, &LoadOptions::default());
        // Built-in packs stand above; there and here by parameters of their own.
        assert!(check(&loaded.project.unwrap(), &loaded.sources, true) > least, "{sample}");
    }
}
