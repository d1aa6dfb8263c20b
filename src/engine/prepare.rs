//! What a block goes through before rules look at it: derived fields, promises; whose its records are.

use super::{PlannedPromise, SourcePlan};
use crate::{
    calendar::Zone,
    expr::{CHUNK_LEN, Evaluator, ExprId, Program, Scratch, append_to_column},
    promise::{InForce, Lack, OpenTimes, Parts, Watch},
    record::{Batch, Column, MICROS_PER_SECOND, TextColumn, Type, Values},
};
use xxhash_rust::xxh3::xxh3_64;

/// Judges the promises and appends their columns; gives the parts of those that are reported, their columns
/// taken out.
pub(super) fn promised<'a>(
    plan: &'a SourcePlan,
    batch: &mut Batch,
    watch: &mut Watch,
) -> Vec<(&'a PlannedPromise, Parts)> {
    let clocks = run_clocks(&plan.promises, plan.date, &plan.program.zone, batch, watch);
    clocks.into_iter().filter(|it| it.0.is_reported).collect()
}

/// Judges the clocks of promises, each of which may read those before it, and appends their columns. `date` is
/// the column of the record's own date.
pub(super) fn run_clocks<'a>(
    promises: &'a [PlannedPromise],
    date: Option<(u32, Type)>,
    zone: &Zone,
    batch: &mut Batch,
    watch: &mut Watch,
) -> Vec<(&'a PlannedPromise, Parts)> {
    let mut all = Vec::with_capacity(promises.len());
    watch.marks.forget();
    watch.open.resize_with(promises.len(), OpenTimes::default);
    for (promise, open) in promises.iter().zip(&mut watch.open) {
        let effective = &promise.as_rule.rule.effective;
        let on_date = |row: usize| {
            day_of(date, zone, batch, row).map(|day| day.is_none_or(|it| effective.includes(it)))
        };
        let in_force: Option<InForce<'_>> = if effective.is_always() { None } else { Some(&on_date) };
        let mut parts = promise.clock.run(batch, &mut watch.marks, open, in_force);
        batch.columns.append(&mut parts.columns);
        all.push((promise, parts));
    }
    all
}

/// The day of a record by its own date; `None` where the source has no such field.
fn day_of(date: Option<(u32, Type)>, zone: &Zone, batch: &Batch, row: usize) -> Result<Option<i64>, Lack> {
    let Some((column, ty)) = date else { return Ok(None) };
    let date = &batch.columns[column as usize];
    let Values::Int(values) = &date.values else { return Ok(None) };
    if !date.valid.get(row) {
        return Err(Lack::Value(column, date.unreadable.as_ref().is_some_and(|it| it.get(row))));
    }
    let local = || zone.to_local(values[row]).div_euclid(86_400 * MICROS_PER_SECOND);
    Ok(Some(if ty == Type::Time { local() } else { values[row] }))
}

/// Appends derived fields to a batch's columns.
pub(super) fn derive(
    derived: &[(ExprId, Type)],
    program: &Program,
    scratch: &mut Scratch,
    batch: &mut Batch,
) {
    for (node, ty) in derived {
        let mut column = Column::new(*ty);
        if *ty == Type::Text {
            column.values = Values::Text(TextColumn::Owned(Vec::new(), String::new()));
        }
        let mut evaluator = Evaluator::new(program, batch, scratch);
        let mut low = 0;
        while evaluator.go_to(low) {
            append_to_column(&mut evaluator, *node, &mut column);
            low += CHUNK_LEN;
        }
        batch.columns.push(column);
    }
}

/// 64 bits of XXH3 over a key, for the check of duplicates.
#[must_use]
pub fn key_hash(key: &str) -> u64 {
    xxh3_64(key.as_bytes())
}

impl SourcePlan {
    /// Appends the derived fields to a batch of all of the plan's columns.
    pub fn derive(&self, batch: &mut Batch) {
        derive(&self.derived, &self.program, &mut Scratch::default(), batch);
    }

    /// A record's key as written, the parts of a list key joined with `|`; `None` where a part is
    /// missing or the source has no key.
    pub fn key_of<'t>(&self, batch: &'t Batch, row: usize, joined: &'t mut String) -> Option<&'t str> {
        key_in(&self.key, batch, row, joined)
    }

    /// Appends a record's key, and is true, where [`SourcePlan::key_of`] gives one.
    pub(super) fn put_key(&self, batch: &Batch, row: usize, out: &mut String) -> bool {
        put_key_in(&self.key, batch, row, out)
    }
}

/// The key that stands in these columns; see [`SourcePlan::key_of`].
pub fn key_in<'t>(columns: &[u32], batch: &'t Batch, row: usize, joined: &'t mut String) -> Option<&'t str> {
    if let [only] = columns {
        return batch.columns[*only as usize].text(row, &batch.text);
    }
    joined.clear();
    put_key_in(columns, batch, row, joined).then_some(joined.as_str())
}

/// Appends the key that stands in these columns, and is true, where all its parts are there.
fn put_key_in(columns: &[u32], batch: &Batch, row: usize, out: &mut String) -> bool {
    let begin = out.len();
    for (number, column) in columns.iter().enumerate() {
        let Some(part) = batch.columns[*column as usize].text(row, &batch.text) else {
            out.truncate(begin);
            return false;
        };
        if number > 0 {
            out.push('|');
        }
        out.push_str(part);
    }
    !columns.is_empty()
}
