//! What must hold between the rules, lists and tables of packs.

use super::{pack::Draft, read::Sink};
use crate::{
    diagnostic::{Diagnostic, Place},
    rule::{Effective, Rule, snake_case},
    wording::{self, Code},
};
use std::collections::HashMap;

/// Checks all packs; complaints stand at the later of two places.
pub(super) fn check(drafts: &[Draft], sink: &Sink) {
    let mut said = Vec::new();
    for (index, draft) in drafts.iter().enumerate() {
        let same = drafts[..index].iter().find(|it| it.pack.id == draft.pack.id && !draft.pack.id.is_empty());
        if let Some(first) = same {
            said.push(twice(wording::PACK_TWICE, &draft.pack.id, &draft.id_place, &first.id_place));
        }
        versions(draft, &mut said);
        library(draft, &mut said);
    }
    sink.borrow_mut().extend(said);
}

fn twice(code: Code, name: &str, place: &Place, first: &Place) -> Diagnostic {
    Diagnostic::error(code).with("name", name).at(place.clone()).also(first.clone(), wording::FIRST_HERE)
}

/// Several versions of a rule may follow each other, but never be in force on one day.
fn versions(draft: &Draft, said: &mut Vec<Diagnostic>) {
    let mut earlier: HashMap<&str, Vec<(&Rule, &Place)>> = HashMap::new();
    for (rule, place) in draft.pack.rules.iter().zip(&draft.rule_ids) {
        let same = earlier.entry(rule.id.as_str()).or_default();
        let clash = same.iter().find(|it| overlap(&it.0.effective, &rule.effective)).copied();
        // Of those that clash, one is enough to clash with.
        if clash.is_none() {
            same.push((rule, place));
        }
        if let Some((other, first)) = clash {
            let unbounded = rule.effective.is_always() && other.effective.is_always();
            let code = if unbounded { wording::ID_TWICE } else { wording::VERSIONS_OVERLAP };
            said.push(twice(code, &rule.id, place, first).help(wording::HELP_VERSIONS));
        }
    }
}

fn overlap(a: &Effective, b: &Effective) -> bool {
    let starts_in_time = |it: &Effective, other: &Effective| match (it.from, other.to) {
        (Some(from), Some(to)) => from <= to,
        _ => true,
    };
    starts_in_time(a, b) && starts_in_time(b, a)
}

/// Names that rules of one pack can use must differ, whatever they stand for.
fn library(draft: &Draft, said: &mut Vec<Diagnostic>) {
    let phrases =
        draft.pack.phrases.iter().zip(&draft.phrases_ids).map(|(it, place)| (snake_case(&it.id), place));
    let tables =
        draft.pack.tables.iter().zip(&draft.table_ids).map(|(it, place)| (snake_case(&it.id), place));
    let mut seen: HashMap<String, &Place> = HashMap::new();
    let promises = draft.pack.promises.iter().map(|it| (it.name.clone(), &it.id_place));
    for (name, place) in phrases.chain(tables).chain(promises) {
        match seen.get(&name) {
            Some(first) => said.push(twice(wording::ID_TWICE, &name, place, first)),
            None => drop(seen.insert(name, place)),
        }
    }
    for param in draft.pack.rules.iter().flat_map(|it| &it.params) {
        if let Some(place) = seen.get(&param.name) {
            said.push(twice(wording::PARAM_CLASH, &param.name, &param.place, place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_common() {
        let range = |from, to| Effective { from, to };
        for (a, b, expected) in [
            (range(None, None), range(None, None), true),
            (range(None, Some(5)), range(Some(6), None), false),
            (range(None, Some(6)), range(Some(6), None), true),
            (range(Some(1), Some(2)), range(Some(3), Some(4)), false),
            (range(Some(1), None), range(Some(3), Some(4)), true),
        ] {
            assert_eq!((overlap(&a, &b), overlap(&b, &a)), (expected, expected), "{a:?} {b:?}");
        }
    }
}
