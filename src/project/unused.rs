//! What a project declares and nothing mentions: fields, word lists, decision tables.
//!
//! A mention is the name as a word anywhere in the files that people wrote, so that whatever reads it
//! counts; a comment does as well, and then nothing is said.

use super::{Source, pack::Draft};
use crate::{
    diagnostic::{Diagnostic, Place, Sources},
    rule::snake_case,
    wording::{self, Code},
};
use std::collections::HashMap;

/// Looks for what is declared in vain.
pub(super) fn check(sources: &[Source], drafts: &[Draft], texts: &Sources) -> Vec<Diagnostic> {
    let mentions = Mentions::of(texts);
    let mut said: Vec<Diagnostic> = sources.iter().filter_map(|it| fields(it, &mentions)).collect();
    let mut unused = |code: Code, names: &[&str], place: &Place| {
        if names.iter().map(|it| mentions.count(it)).sum::<usize>() <= 1 {
            let diagnostic = Diagnostic::warning(code).with("name", names[0]).at(place.clone());
            said.push(diagnostic.help(wording::HELP_UNUSED));
        }
    };
    // A pack of the product is often used in part.
    for draft in drafts.iter().filter(|it| !it.pack.from.starts_with("builtin:")) {
        for (phrases, place) in draft.pack.phrases.iter().zip(&draft.phrases_ids) {
            unused(wording::UNUSED_PHRASES, &[&phrases.id], place);
        }
        for (table, place) in draft.pack.tables.iter().zip(&draft.table_ids) {
            let snake = snake_case(&table.id);
            let names: &[&str] = if snake == table.id { &[&table.id] } else { &[&table.id, &snake] };
            unused(wording::UNUSED_TABLE, names, place);
        }
    }
    said
}

/// Fields of a source, in one note: a type that is told beforehand does no harm.
fn fields(source: &Source, mentions: &Mentions<'_>) -> Option<Diagnostic> {
    let given = source.spec.fields.iter().map(|it| (it.name.as_str(), &it.place));
    let derived = source.derive.iter().map(|it| (it.name.text.as_str(), &it.name.place));
    let unused: Vec<(&str, &Place)> = given.chain(derived).filter(|it| mentions.count(it.0) <= 1).collect();
    let (_, place) = unused.first()?;
    let names = unused.iter().map(|it| it.0).collect::<Vec<_>>().join(", ");
    let said = Diagnostic::note(wording::UNUSED_FIELD).with("names", names).with("source", &source.id);
    Some(said.at((*place).clone()).help(wording::HELP_UNUSED))
}

/// How often each word stands in the files.
struct Mentions<'a> {
    counts: HashMap<&'a str, usize>,
}

impl<'a> Mentions<'a> {
    fn of(texts: &'a Sources) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for text in texts.texts() {
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            for word in text.split(|c| !is_part(c)).filter(|it| !it.is_empty()) {
                *counts.entry(word).or_default() += 1;
            }
            // Ids in kebab-case; `a-b` in an expression was counted as two words above.
            let kebab = text.split(|c| !is_part(c) && c != '-').filter(|it| it.contains('-'));
            for word in kebab {
                *counts.entry(word).or_default() += 1;
            }
        }
        Self { counts }
    }

    fn count(&self, name: &str) -> usize {
        self.counts.get(name).copied().unwrap_or(0)
    }
}
