//! What is wrong with examples: verdicts that are not those expected, and examples that exercise nothing.

use super::{ExampleTrial, judged::Judged, kinds::Kind};
use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    expr::canonical,
    finding::value_text,
    project::Project,
    record::Value,
    rule::{Example, Outcome, Promise, Rule, Script},
    script::names_in,
    wording,
};

/// The examples of a rule with what is wrong with each.
pub(super) fn of_rule(
    project: &Project,
    kind: Option<&Kind<'_>>,
    rule: &Rule,
    judged: Vec<Judged>,
) -> Vec<ExampleTrial> {
    let reads = Reads::new(project, rule, kind);
    let mut all: Vec<ExampleTrial> = Vec::new();
    for (example, judged) in rule.examples.iter().zip(judged) {
        let mut diagnostics = reads.complaints(rule, example);
        let untyped = kind.filter(|_| judged.outcome.is_none() && judged.wrong.is_empty());
        let wrong: Vec<&Diagnostic> =
            untyped.iter().flat_map(|it| &it.diagnostics).chain(&judged.wrong).collect();
        let twin = || all.iter().find(|it| reads.are_alike(&it.example, example));
        match judged.outcome {
            None => diagnostics.push(unplanned(rule, example, &wrong)),
            // A field misspelt explains the verdict.
            Some(_) if !diagnostics.is_empty() => {}
            Some(found) if found != example.expect => {
                diagnostics.push(mismatch(project, rule, example, &judged, found));
            }
            Some(_) => diagnostics.extend(twin().map(|it| is_twin(rule, example, &it.example))),
        }
        if example.as_of.is_none() && reads.deciding.iter().any(|it| canonical(it) == "as_of") {
            diagnostics.push(
                about(Diagnostic::note(wording::EXAMPLE_AS_OF), rule, example)
                    .at(example.place.clone())
                    .help(wording::HELP_EXAMPLE_AS_OF),
            );
        }
        let values = judged.values;
        all.push(ExampleTrial { example: example.clone(), found: judged.outcome, values, diagnostics });
    }
    all
}

fn about(diagnostic: Diagnostic, rule: &Rule, example: &Example) -> Diagnostic {
    diagnostic.with("rule", rule.id.clone()).with("example", example.name.clone())
}

fn is_twin(rule: &Rule, example: &Example, twin: &Example) -> Diagnostic {
    about(Diagnostic::note(wording::EXAMPLE_TWIN), rule, example)
        .at(example.place.clone())
        .also(twin.place.clone(), wording::FIRST_HERE)
        .help(wording::HELP_EXAMPLE_TWIN)
}

/// An example that could not be judged, with the first reason.
fn unplanned(rule: &Rule, example: &Example, wrong: &[&Diagnostic]) -> Diagnostic {
    let mut diagnostic =
        about(Diagnostic::error(wording::EXAMPLE_NOT_JUDGED), rule, example).at(example.place.clone());
    if let Some(first) = wrong.first() {
        diagnostic.help.push(first.says.clone());
        diagnostic.help.extend(first.help.iter().cloned());
        if let Some(place) = &first.place {
            diagnostic = diagnostic.also(place.clone(), wording::WRONG_HERE);
        }
    }
    diagnostic
}

/// What a rule reads of a record.
struct Reads {
    /// What decides its verdict.
    deciding: Vec<String>,
    /// What is read besides: by messages, derived fields, keys; and what the source declares.
    besides: Vec<String>,
}

impl Reads {
    fn new(project: &Project, rule: &Rule, kind: Option<&Kind<'_>>) -> Self {
        let mut deciding: Vec<String> = rule.scripts().flat_map(names_in).collect();
        deciding.extend(rule.fields().map(str::to_owned));
        for pack in &project.packs {
            let read = pack.promises.iter().filter(|it| it.on == rule.on && deciding.contains(&it.name));
            let read: Vec<&Promise> = read.collect();
            for promise in read {
                deciding.extend(promise.scripts().flat_map(names_in));
                deciding.extend(pack.table_of(&promise.target).into_iter().flat_map(|it| it.inputs.clone()));
            }
        }
        let templates = rule.message.iter().flat_map(|(en, zh)| [en, zh]);
        let mut besides: Vec<String> = templates
            .flat_map(|it| it.names().map(|(name, _)| name.to_owned()).collect::<Vec<_>>())
            .collect();
        if let Some(source) = kind.and_then(|it| it.source) {
            // In reverse: a derived field may read those before it.
            for derived in source.derive.iter().rev() {
                let names = names_in(&derived.script);
                let decides = deciding.contains(&derived.name.text);
                if decides { deciding.extend(names) } else { besides.extend(names) }
            }
            if !rule.effective.is_always() {
                deciding.extend(source.date.iter().map(|it| it.text.clone()));
            }
            let known = source.key.iter().chain(&source.date).chain(source.subject.iter().map(|it| &it.1));
            besides.extend(known.map(|it| it.text.clone()));
            besides.extend(source.spec.fields.iter().map(|it| it.name.clone()));
        }
        Self { deciding, besides }
    }

    /// Whether a field decides; `agent.years` of a partner is mentioned as two names.
    fn decides(&self, name: &str) -> bool {
        let has = |name: &str| self.deciding.iter().any(|it| it == name);
        has(name) || name.split_once('.').is_some_and(|(partner, field)| has(partner) && has(field))
    }

    /// Fields that nobody reads, and records of which nothing is read.
    fn complaints(&self, rule: &Rule, example: &Example) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        let given = |name: &str| example.record.iter().any(|it| it.0 == name);
        for ((name, _), place) in example.record.iter().zip(&example.field_places) {
            if self.decides(name) || self.besides.contains(name) {
                continue;
            }
            let diagnostic =
                about(Diagnostic::error(wording::EXAMPLE_UNREAD), rule, example).with("name", name.clone());
            let others = self.deciding.iter().map(String::as_str).filter(|it| !given(it));
            let diagnostic = match nearest(name, others) {
                Some(near) => diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
                None => diagnostic.help(wording::HELP_EXAMPLE_UNREAD),
            };
            all.push(diagnostic.at(place.clone()));
        }
        // That a record without these fields gives no evidence is worth showing.
        let idle = example.expect != Outcome::NoEvidence
            && !example.record.is_empty()
            && !example.record.iter().any(|it| self.decides(&it.0));
        if idle && all.is_empty() {
            all.push(
                about(Diagnostic::error(wording::EXAMPLE_IDLE), rule, example)
                    .at(example.place.clone())
                    .help(wording::HELP_EXAMPLE_IDLE),
            );
        }
        all
    }

    /// Whether two examples are the same for all that decides the verdict.
    fn are_alike(&self, a: &Example, b: &Example) -> bool {
        let part = |it: &Example| {
            let mut read: Vec<(String, Value)> = it.record.clone();
            read.retain(|(name, value)| value.is_there() && self.decides(name));
            read.sort_by(|a, b| a.0.cmp(&b.0));
            read
        };
        a.as_of == b.as_of
            && a.params == b.params
            && (&a.before, a.min) == (&b.before, b.min)
            && part(a) == part(b)
    }
}

/// The verdict is not the one expected: what decided it, and the values that it rests on.
fn mismatch(
    project: &Project,
    rule: &Rule,
    example: &Example,
    judged: &Judged,
    found: Outcome,
) -> Diagnostic {
    let lang = project.lang;
    let mut diagnostic = about(Diagnostic::error(wording::EXAMPLE_MISMATCH), rule, example)
        .with("expected", example.expect.wording().text(lang))
        .with("found", found.wording().text(lang))
        .at(example.expect_place.clone());
    match found {
        Outcome::Fail => {
            if let Some(reason) = &judged.reason {
                diagnostic =
                    diagnostic.help_with(wording::HELP_SCRIPT_SAID, vec![("reason", reason.clone())]);
            } else if let Some(place) = judged.conjunct.as_deref().and_then(|it| part(&rule.check, it)) {
                diagnostic = diagnostic.also(place, wording::IS_FALSE);
            }
        }
        Outcome::NotApplicable => {
            if let Some(when) = &rule.when {
                diagnostic = diagnostic.also(when.place(0..when.text.trim_end().len()), wording::IS_FALSE);
            } else if !rule.effective.is_always() {
                diagnostic = diagnostic.help(wording::HELP_NOT_IN_FORCE);
            }
        }
        Outcome::NoEvidence => {
            if let Some((field, unreadable)) = &judged.missing {
                let said = if *unreadable { wording::HELP_UNREADABLE } else { wording::HELP_MISSING };
                diagnostic = diagnostic.help_with(said, vec![("name", field.clone())]);
            }
        }
        Outcome::Error => {
            if let Some((wording, detail)) = judged.error.as_ref().map(crate::expr::Cause::says) {
                diagnostic = diagnostic.help_with(wording, vec![("detail", detail.to_owned())]);
            }
        }
        Outcome::Pass => {}
    }
    for (field, text) in &judged.bad_cells {
        let arguments = vec![("name", field.clone()), ("text", text.clone())];
        diagnostic = diagnostic.help_with(wording::HELP_BAD_CELL, arguments);
    }
    let shown =
        |(name, value): &(String, Value)| format!("{name} = {}", value_text(value, &project.zone, lang));
    let mut values = judged.values.clone();
    values.sort_by(|a, b| a.0.cmp(&b.0));
    values.dedup_by(|a, b| a.0 == b.0);
    let values: Vec<String> = values.iter().map(shown).collect();
    if values.is_empty() {
        return diagnostic;
    }
    diagnostic
        .help_with(wording::HELP_VALUES_READ, vec![("values", values.join(wording::LIST_COMMA.text(lang)))])
}

/// Where a part of a script stands.
fn part(script: &Script, text: &str) -> Option<Place> {
    let start = script.text.find(text)?;
    Some(script.place(start..start + text.len()))
}
