//! Rules over windows: each record is judged by those with the same key in the time before it.
//!
//! Such a rule is an ordinary one whose aggregates are columns. A pass of its own, before the judging, files
//! every record under its key and moment, sorts, and sweeps each key once with a window that slides; the
//! figures are kept by record number, and stand in the batch's last columns when the record is judged. What
//! is needed at once are the records of one window; the rest spills.

mod pass;
mod ranked;
mod store;
mod sweep;

pub use pass::{WindowPart, WindowPass, sweep_windows};

use super::{
    cut::{Cut, cut},
    groups::Call,
    plan::hash_of,
};
use crate::{
    diagnostic::{Diagnostic, Place, nearest},
    expr::{Cause, ExprId, Mask, Program},
    record::{Batch, Column, Type, Value, Values},
    rule::{Rule, Within},
    script::{CompiledRule, FieldName, Names, Registry},
    wording,
};
use std::io;
use store::Store;

/// Microseconds of a day of a window, which has no clock changes.
const DAY: i64 = 86_400 * crate::record::MICROS_PER_SECOND;

/// A window of the plan.
#[derive(Debug)]
pub struct PlannedWindow {
    /// Columns that must be the same.
    of: Vec<u32>,
    /// The column of the moment, and whether it is a time or a date.
    time: (u32, Type),
    /// The length in microseconds.
    last: i64,
    calls: Vec<Call>,
    /// The types of the aggregates.
    types: Vec<Type>,
    /// The aggregates as written.
    names: Vec<String>,
    /// Whether some argument runs row by row.
    pub(super) by_rows: bool,
}

/// A rule over windows, compiled.
pub(super) struct WindowRule {
    pub(super) window: PlannedWindow,
    pub(super) compiled: CompiledRule,
    pub(super) hash: String,
    /// What its messages may name beside the record's fields.
    pub(super) fields: Vec<FieldName>,
}

/// Plans a rule over windows; its aggregates become columns from `first_column` on.
pub(super) fn plan_window_rule<'p>(
    program: &mut Program,
    registry: &mut Registry,
    names: &mut Names<'p>,
    (rule, within): (&Rule, &Within),
    (first_column, row_by_row): (u32, bool),
) -> (Option<WindowRule>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let of: Vec<Option<(u32, Type)>> =
        within.of.iter().map(|it| column_of(names, it, &mut diagnostics)).collect();
    let time = column_of(names, &within.time, &mut diagnostics);
    if let Some((_, ty)) = time.filter(|it| !matches!(it.1, Type::Time | Type::Date)) {
        let said = Diagnostic::error(wording::WINDOW_TIME_TYPE).with("name", within.time.0.clone());
        let said = said.with("found", ty.name()).at(within.time.1.clone());
        let name = vec![("name", within.time.0.clone())];
        diagnostics.push(said.help_with(wording::HELP_WINDOW_TIME_TYPE, name));
    }
    let cut = match cut(program, registry, names, rule, row_by_row) {
        Ok(cut) => Some(cut),
        Err(mut wrong) => {
            diagnostics.append(&mut wrong);
            None
        }
    };
    let (Some(cut), Some(time), false) = (cut, time, diagnostics.iter().any(Diagnostic::is_error)) else {
        return (None, diagnostics);
    };
    let fields = cut.fields(first_column);
    let known = names.fields.len();
    names.fields.extend(fields.iter().cloned());
    let (compiled, mut found) = cut.compile((program, registry), names, rule, &[], row_by_row);
    names.fields.truncate(known);
    diagnostics.append(&mut found);
    let Some(mut compiled) = compiled else { return (None, diagnostics) };
    let of: Vec<u32> = of.into_iter().flatten().map(|it| it.0).collect();
    // What a verdict of a window rests on is also whose it is, and when.
    let besides = of.iter().chain([&time.0]).filter(|it| !compiled.evidence.contains(it));
    let besides: Vec<u32> = besides.copied().collect();
    compiled.evidence.extend(besides);
    let Cut { written, calls, types, .. } = cut;
    let by_rows = calls.iter().any(|it| it.argument.as_ref().is_some_and(|it| it.node.is_none()));
    let names = written.into_iter().map(|it| it.text).collect();
    let window = PlannedWindow { of, time, last: within.last, calls, types, names, by_rows };
    (Some(WindowRule { window, compiled, hash: hash_of(rule), fields }), diagnostics)
}

/// The column and type of a field; complains where there is none.
fn column_of(
    names: &Names<'_>,
    (name, place): &(String, Place),
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(u32, Type)> {
    if let Some(field) = names.field(name) {
        return field.column.map(|it| (it, field.ty));
    }
    let said = Diagnostic::error(wording::UNKNOWN_FIELD).with("name", name.clone());
    let said = said.with("kind", names.kind.clone()).at(place.clone());
    let known = names.fields.iter().map(|it| it.name.as_str());
    diagnostics.push(match nearest(name, known) {
        Some(near) => said.help_with(wording::DID_YOU_MEAN, vec![("name", near.to_owned())]),
        None => said.help(wording::HELP_WINDOW_FIELD),
    });
    None
}

impl PlannedWindow {
    /// The names of its columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The types of its columns.
    pub(super) fn types(&self) -> &[Type] {
        &self.types
    }

    /// The nodes of its arguments.
    pub(super) fn roots(&self) -> impl Iterator<Item = ExprId> {
        self.calls.iter().filter_map(|it| it.argument.as_ref()?.node)
    }

    /// The moment of a record in microseconds; `None` where it has none.
    fn moment(&self, batch: &Batch, row: usize) -> Option<i64> {
        let column = &batch.columns[self.time.0 as usize];
        let Values::Int(values) = &column.values else { return None };
        let scale = if self.time.1 == Type::Date { DAY } else { 1 };
        column.valid.get(row).then(|| values[row].saturating_mul(scale))
    }

    /// Why a record has no window: a part of its key, or its moment, is not there.
    pub(super) fn lack(&self, batch: &Batch, row: usize) -> Option<Cause> {
        let lacks = |it: &&u32| !batch.columns[**it as usize].valid.get(row);
        let column = *self.of.iter().chain([&self.time.0]).find(lacks)?;
        let unreadable = batch.columns[column as usize].unreadable.as_ref().is_some_and(|it| it.get(row));
        Some(if unreadable { Cause::Unreadable { column } } else { Cause::Missing { column } })
    }

    /// The window of a record, for people: the columns of its key, and from when, to when; `None` where it
    /// has none.
    #[must_use]
    pub fn of_record(&self, batch: &Batch, row: usize) -> Option<(&[u32], Value, Value)> {
        let to = self.moment(batch, row).filter(|_| self.lack(batch, row).is_none())?;
        let from = to.saturating_sub(self.last);
        if self.time.1 == Type::Date && self.last % DAY == 0 {
            return Some((&self.of, Value::Date(from / DAY), Value::Date(to / DAY)));
        }
        Some((&self.of, Value::Time(from), Value::Time(to)))
    }

    /// Rows without a key or moment, with the reason: no window is theirs.
    pub(super) fn lacking(&self, batch: &Batch, low: usize, rows: &Mask) -> Vec<(Mask, Cause)> {
        let mut lacking: Vec<(Mask, Cause)> = Vec::new();
        let columns = self.of.iter().chain([&self.time.0]).map(|it| &batch.columns[*it as usize].valid);
        let whole = columns.map(|it| Mask::from_words(&it.words()[low / 64..]));
        let whole = whole.fold(Mask::ALL, |all, it| all.and(&it));
        for row in rows.without(&whole).rows() {
            let Some(cause) = self.lack(batch, low + row) else { continue };
            match lacking.iter_mut().find(|it| it.1 == cause) {
                Some((rows, _)) => rows.insert(row),
                None => {
                    let mut one = Mask::NONE;
                    one.insert(row);
                    lacking.push((one, cause));
                }
            }
        }
        lacking
    }
}

/// The figures of all windows of a source.
#[derive(Default)]
pub struct Windows {
    /// Of each window of the plan, with the first moment of all records.
    all: Vec<(Store, Option<i64>)>,
}

impl Windows {
    /// The columns of all windows for the records of a batch.
    pub(super) fn columns(&self, batch: &Batch) -> io::Result<Vec<Column>> {
        let mut columns = Vec::new();
        for (store, _) in &self.all {
            columns.append(&mut store.columns(batch.first_record, batch.len)?);
        }
        Ok(columns)
    }

    /// How many of these rows have a window that reaches before the first record of all.
    pub(super) fn reaching(
        &self,
        (number, window): (usize, &PlannedWindow),
        batch: &Batch,
        low: usize,
        rows: &Mask,
    ) -> u64 {
        let Some((_, Some(first))) = self.all.get(number) else { return 0 };
        let before = |row: &usize| {
            window.moment(batch, low + row).is_some_and(|it| it.saturating_sub(window.last) < *first)
        };
        rows.rows().filter(before).count() as u64
    }
}
