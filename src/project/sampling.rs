//! `[sampling]`: which records people should review.

use super::{
    read::{Entry, Reader},
    values::number_where,
};
use crate::{
    rule::{Sampling, Stratum},
    wording,
};

/// Reads it. `None` where something it cannot be without is missing or wrong.
pub(super) fn read(mut table: Reader<'_>) -> Option<Sampling> {
    let file = table.file;
    let place = table.place();
    let source = table.required_text("source").map(|it| (it.text, file.place(it.span)));
    let seed = table.required_text("seed").map(|it| it.text);
    let mut whole = |key| table.entry(key).map(|it| count(&it));
    let (budget, min) = (whole("budget"), whole("min"));
    // A minimum is for each of something.
    let per = if table.has("min") { table.required_text("per") } else { table.text("per") };
    let per = per.map(|it| (it.text, file.place(it.span)));
    let margin = table.entry("margin").map(|it| share(&it));
    let entry = table.required("strata");
    let strata = entry.as_ref().map(Entry::tables).unwrap_or_default();
    if strata.is_empty() {
        entry.iter().for_each(|it| it.wrong_type(wording::WANTS_STRATA));
        return None;
    }
    let strata: Vec<Option<Stratum>> = strata.into_iter().map(stratum).collect();
    table.finish();
    let strata = strata.into_iter().collect::<Option<Vec<_>>>()?;
    let optional = |it: Option<Option<u64>>| it.map_or(Some(None), |it| it.map(Some));
    let margin = margin.map_or(Some(None), |it| it.map(Some))?;
    let (budget, min) = (optional(budget)?, optional(min)?.unwrap_or(0));
    Some(Sampling { source: source?, seed: seed?, budget, per, min, strata, margin, place })
}

fn stratum(mut table: Reader<'_>) -> Option<Stratum> {
    let when = table.required("when").and_then(|it| it.script());
    let rate = table.required("rate").and_then(|it| share(&it));
    table.finish();
    Some(Stratum { when: when?, rate: rate? })
}

/// A number from 0 to 1.
fn share(entry: &Entry<'_>) -> Option<f64> {
    number_where(entry, wording::WANTS_RATE, |it| (0.0..=1.0).contains(it))
}

/// A whole number of 0 or more.
fn count(entry: &Entry<'_>) -> Option<u64> {
    number_where(entry, wording::WANTS_COUNT, |_| true)
}
