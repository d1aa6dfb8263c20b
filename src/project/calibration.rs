//! `[calibration]`: which ratings of evaluators are compared.

use super::{
    read::{Entry, Reader},
    values::number_text,
};
use crate::{
    rule::{Calibration, RatingLevel},
    wording,
};

/// Reads it. `None` where something it cannot be without is missing or wrong.
pub(super) fn read(mut table: Reader<'_>) -> Option<Calibration> {
    let file = table.file;
    let place = table.place();
    let mut name = |key| table.required_text(key).map(|it| (it.text, file.place(it.span)));
    let (source, record, evaluator) = (name("source"), name("record"), name("evaluator"));
    let items = table.required("items").and_then(|it| it.texts());
    let items = items.map(|all| all.into_iter().map(|it| (it.text, file.place(it.span))).collect());
    let levels = [
        ("nominal", RatingLevel::Nominal),
        ("ordinal", RatingLevel::Ordinal),
        ("interval", RatingLevel::Interval),
    ];
    let level = table.one_of("level", &levels);
    let reference = table.text("reference").map(|it| it.text);
    let tolerance = table.entry("tolerance").map(|it| distance(&it));
    table.finish();
    let tolerance = tolerance.map_or(Some(None), |it| it.map(Some))?;
    let (source, record, evaluator) = (source?, record?, evaluator?);
    Some(Calibration { source, record, evaluator, items: items?, level, reference, tolerance, place })
}

/// A number of 0 or more.
fn distance(entry: &Entry<'_>) -> Option<f64> {
    let found = number_text(entry.value.get_ref()).and_then(|it| it.parse::<f64>().ok());
    let found = found.filter(|it| it.is_finite() && *it >= 0.0);
    if found.is_none() {
        entry.wrong_type(wording::WANTS_DISTANCE);
    }
    found
}
