//! The columns of a plan: which fields are read, as what, and under which names.

use super::plan::{PlanColumn, Planning, SourcePlan};
use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    record::Type,
    script::{FieldName, Form, Names, StepCalls, names_in},
    wording,
};
use std::sync::Arc;

impl Planning<'_> {
    /// The schema's fields as names; those that are mentioned, here or by a derived field, get a column.
    pub(super) fn fields(&mut self, mut mentioned: Vec<String>) -> Vec<FieldName> {
        mentioned.extend(self.ask.derive.iter().flat_map(|(_, script)| names_in(script)));
        mentioned.sort_unstable();
        mentioned.dedup();
        let mut fields = Vec::new();
        for (index, field) in self.schema.fields.iter().enumerate() {
            let is_mentioned = |name: &str| mentioned.binary_search_by(|it| it.as_str().cmp(name)).is_ok();
            // `agent.tenure` of a join is mentioned as two names.
            let parts = field.name.split_once('.');
            let wanted = is_mentioned(&field.name)
                || parts.is_some_and(|(join, part)| is_mentioned(join) && is_mentioned(part));
            let column =
                wanted.then(|| self.column(PlanColumn { field: index, as_written: false, coded: false }));
            let choices = field.choices.clone();
            fields.push(FieldName { name: field.name.clone(), ty: field.ty, choices, column });
        }
        fields
    }

    fn column(&mut self, column: PlanColumn) -> u32 {
        self.columns.push(column);
        u32::try_from(self.columns.len() - 1).unwrap_or(u32::MAX)
    }

    /// Columns with the text of fields as written.
    pub(super) fn written(&mut self, fields: &[(String, Place)]) -> Vec<u32> {
        let mut columns = Vec::new();
        for (name, place) in fields {
            let Some(field) = self.position(name, place) else { continue };
            let wanted = PlanColumn { field, as_written: true, coded: false };
            let known =
                self.columns.iter().position(|it| *it == wanted).and_then(|it| u32::try_from(it).ok());
            columns.push(known.unwrap_or_else(|| self.column(wanted)));
        }
        columns
    }

    /// The levels of who is scored, each with its column as written; derived fields get theirs later.
    pub(super) fn levels(&mut self) -> Vec<(String, Option<u32>)> {
        let of_derived = |field: &str| self.ask.derive.iter().any(|it| it.0 == field);
        let levels = self.ask.subject.iter().map(|(level, field, place)| {
            let written = (!of_derived(field)).then(|| (field.clone(), place.clone()));
            (level.clone(), written)
        });
        let levels: Vec<_> = levels.collect();
        levels
            .into_iter()
            .map(|(level, field)| (level, field.and_then(|it| self.written(&[it]).pop())))
            .collect()
    }

    /// Who is scored: levels with their columns, those of derived fields among them, which must be text.
    pub(super) fn subject(
        &mut self,
        levels: Vec<(String, Option<u32>)>,
        names: &Names<'_>,
    ) -> Vec<(String, u32)> {
        let mut all = Vec::new();
        for ((level, column), (_, field, place)) in levels.into_iter().zip(&self.ask.subject) {
            if let Some(column) = column {
                all.push((level, column));
                continue;
            }
            // A field that is neither of the records nor derived has been told.
            let Some(field) = names.field(field).filter(|it| it.column.is_some()) else { continue };
            if field.ty == Type::Text {
                all.extend(field.column.map(|column| (level, column)));
            } else {
                let said = Diagnostic::error(wording::UNLIKE_TYPES).with("left", field.ty.name());
                self.diagnostics.push(said.with("right", Type::Text.name()).at(place.clone()));
            }
        }
        all
    }

    fn position(&mut self, name: &str, place: &Place) -> Option<usize> {
        let found = self.schema.position(name);
        if found.is_none() {
            let mut diagnostic = Diagnostic::error(wording::UNKNOWN_FIELD)
                .with("name", name)
                .with("kind", self.ask.kind.clone());
            let known = || self.schema.fields.iter().map(|it| it.name.as_str());
            diagnostic = match nearest(name, known()) {
                Some(near) => diagnostic.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
                None => {
                    let names = known().take(12).collect::<Vec<_>>().join(", ");
                    diagnostic.help_with(
                        wording::HELP_FIELDS,
                        vec![("kind", self.ask.kind.clone()), ("names", names)],
                    )
                }
            };
            self.diagnostics.push(diagnostic.at(place.clone()));
        }
        found
    }

    /// The record's own date, typed.
    pub(super) fn date(&mut self, fields: &mut [FieldName]) -> Option<(u32, Type)> {
        let (name, place) = self.ask.date.clone()?;
        let field = self.position(&name, &place)?;
        let ty = self.schema.fields[field].ty;
        if !matches!(ty, Type::Date | Type::Time) {
            let diagnostic = Diagnostic::error(wording::UNLIKE_TYPES)
                .with("left", ty.name())
                .with("right", Type::Date.name());
            self.diagnostics.push(diagnostic.at(place));
            return None;
        }
        let column = fields[field]
            .column
            .unwrap_or_else(|| self.column(PlanColumn { field, as_written: false, coded: false }));
        fields[field].column = Some(column);
        Some((column, ty))
    }
}

impl SourcePlan {
    /// The plan with questions about the steps of cases as they were written, for people.
    #[must_use]
    pub fn with_steps(mut self, steps: &StepCalls) -> Self {
        if steps.calls.is_empty() {
            return self;
        }
        let shown = |text: &mut String| *text = steps.as_written(text);
        self.column_names.iter_mut().for_each(shown);
        let rules = self.rules.iter_mut().chain(self.groups.iter_mut().map(|it| &mut it.as_rule));
        for planned in rules {
            planned.evidence_names.iter_mut().for_each(shown);
            let rule = Arc::make_mut(&mut planned.rule);
            rule.check.text = steps.as_written(&rule.check.text);
            rule.when.iter_mut().for_each(|it| it.text = steps.as_written(&it.text));
            match &mut planned.compiled.form {
                Form::Columns(columns) => columns.conjuncts.iter_mut().for_each(|it| shown(&mut it.text)),
                Form::Rows(rows) => rows.show_check_as(&rule.check.text),
            }
        }
        for groups in &mut self.groups {
            groups.column_names.iter_mut().for_each(shown);
            groups.names = groups.names.iter().map(|it| steps.as_written(it)).collect();
            groups.texts = groups.texts.iter().map(|it| steps.as_written(it)).collect();
        }
        for promise in &mut self.promises {
            shown(&mut promise.moments.0);
            shown(&mut promise.moments.1);
            promise.pause_names.iter_mut().for_each(|it| {
                shown(&mut it.0);
                shown(&mut it.1);
            });
        }
        self
    }
}
