//! What is looked at in rules beside their expressions: messages, libraries, when they are in force.

use super::plan::Planning;
use crate::{
    diagnostic::{Diagnostic, nearest},
    rule::{Pack, Rule},
    script::{Library, Names},
    wording,
};
use std::collections::{BTreeMap, HashSet};

impl Planning<'_> {
    pub(super) fn check_message(&mut self, rule: &Rule, names: &Names<'_>) {
        let Some((en, zh)) = &rule.message else { return };
        let scripts = rule.message_scripts.as_ref();
        let mut told = HashSet::new();
        for (template, script) in [(en, scripts.map(|it| &it.0)), (zh, scripts.map(|it| &it.1))] {
            for (name, range) in template.names() {
                if names.field(name).is_some() || rule.params.iter().any(|it| it.name == name) {
                    continue;
                }
                let place = script.map_or_else(|| rule.place.clone(), |it| it.place(range));
                let mut diagnostic =
                    Diagnostic::error(wording::UNKNOWN_PLACEHOLDER).with("name", name).at(place);
                let known = names
                    .fields
                    .iter()
                    .map(|it| it.name.as_str())
                    .chain(rule.params.iter().map(|it| it.name.as_str()));
                if let Some(near) = nearest(name, known) {
                    diagnostic = diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]);
                }
                // A message in one language is there twice.
                if told.insert(diagnostic.clone()) {
                    self.diagnostics.push(diagnostic);
                }
            }
        }
    }

    /// The function libraries of the rules' packs, by pack.
    pub(super) fn libraries<'p>(&mut self, rules: &[(&'p Pack, &Rule)]) -> BTreeMap<&'p str, Vec<Library>> {
        let mut libraries = BTreeMap::new();
        for (pack, _) in rules {
            if !libraries.contains_key(pack.id.as_str()) {
                let (library, mut diagnostics) = Library::of(&pack.library);
                self.diagnostics.append(&mut diagnostics);
                self.check_library(&library);
                libraries.insert(pack.id.as_str(), library);
            }
        }
        libraries
    }

    /// A library function must not be named like a field.
    fn check_library(&mut self, library: &[Library]) {
        for (name, place) in library.iter().flat_map(Library::functions) {
            if self.schema.position(name).is_some() {
                let diagnostic = Diagnostic::error(wording::FUNCTION_LIKE_FIELD).with("name", name).at(place);
                self.diagnostics.push(diagnostic);
            }
        }
    }

    pub(super) fn check_in_force(&mut self, rule: &Rule, has_date: bool) {
        if !rule.effective.is_always() && !has_date {
            let diagnostic = Diagnostic::error(wording::NO_RECORD_DATE).with("source", self.ask.id.clone());
            self.diagnostics.push(diagnostic.at(rule.place.clone()).help(wording::HELP_RECORD_DATE));
        }
    }
}
