//! Examples of rules over groups: the verdict is that of the group that the last record is in.

use super::{
    judged::{Judged, Kept, Trying, Variant, read},
    kinds::{line, lines},
};
use crate::{
    audit::GroupResult,
    diagnostic::Diagnostic,
    engine::{Bench, BlockResult, Judge, Windows, judge_groups},
    record::Value,
    rule::{Example, Outcome},
};
use std::sync::PoisonError;

/// What came of some records.
struct Found {
    records: BlockResult,
    groups: Vec<GroupResult>,
    conjunct: Option<String>,
    values: Vec<(String, Value)>,
}

/// Judges an example.
pub(super) fn judged(
    trying: &Trying<'_>,
    variant: &Variant,
    example: &Example,
) -> Result<Judged, Vec<Diagnostic>> {
    // Alone, the last record tells its group.
    let own = found(trying, variant, line(&example.record))?;
    let all = found(trying, variant, lines(example))?;
    let counts = own.records.counts.first().copied().unwrap_or_default();
    let missing = own.records.unassessed.into_iter().next().map(|it| (it.1.field, it.1.unreadable));
    let error = all.records.errors.into_iter().next().map(|it| it.2);
    let group = own.groups.first();
    let group = group.and_then(|it| all.groups.iter().find(|other| other.values == it.values));
    let outcome = match group {
        _ if counts.error > 0 || error.is_some() => Outcome::Error,
        Some(group) => group.outcome,
        None if counts.no_evidence > 0 => Outcome::NoEvidence,
        None => Outcome::NotApplicable,
    };
    let mut values = all.values;
    for (text, (value, n)) in group.iter().flat_map(|it| it.texts.iter().zip(&it.figures)) {
        values.push((text.clone(), value.clone()));
        values.push(("n".to_owned(), Value::Int(i64::try_from(*n).unwrap_or(i64::MAX))));
    }
    let conjunct = all.conjunct.filter(|_| outcome == Outcome::Fail);
    Ok(Judged { outcome: Some(outcome), values, missing, error, conjunct, ..Judged::default() })
}

fn found(trying: &Trying<'_>, variant: &Variant, text: String) -> Result<Found, Vec<Diagnostic>> {
    let opened = trying.opened(text)?;
    let plan = trying.plan(variant, &opened, false)?;
    let (mut batches, _) = read(&opened, &plan.columns).map_err(|it| vec![*it])?;
    let sink = Kept::default();
    let bench = Bench::new(Vec::new(), &trying.project.zone, Windows::default());
    let judging = bench.judging(&plan, &sink);
    let mut judge = Judge::new(&judging);
    let mut records = BlockResult::default();
    let mut values = Vec::new();
    for batch in &mut batches {
        records = judge.judge(batch);
        let columns = plan.column_names.iter().enumerate().filter(|(_, name)| !name.is_empty());
        let last = batch.len.saturating_sub(1);
        values = columns.map(|(column, name)| (name.clone(), batch.value(column, last))).collect();
    }
    let mut groups = Vec::new();
    let in_memory = judge.into_part().and_then(|part| {
        judge_groups(
            &judging,
            vec![part.groups],
            &mut |_, judged, _| {
                groups.extend(judged.groups.into_iter().map(|it| it.1));
                Ok(())
            },
            &mut |_, _, _| (),
        )
    });
    // Nothing goes to a file.
    drop(in_memory);
    let failed = std::mem::take(&mut *sink.kept().lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Found { records, groups, conjunct: failed.into_iter().find_map(|it| it.conjunct), values })
}
