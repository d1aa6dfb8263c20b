//! `[calibration]`: which ratings of evaluators are compared.

use super::{read::Reader, values::number_where};
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
    let is_distance = |it: &f64| it.is_finite() && *it >= 0.0;
    let tolerance = table.entry("tolerance");
    let tolerance = tolerance.map(|it| number_where(&it, wording::WANTS_DISTANCE, is_distance));
    table.finish();
    let tolerance = tolerance.map_or(Some(None), |it| it.map(Some))?;
    let (source, record, evaluator) = (source?, record?, evaluator?);
    Some(Calibration { source, record, evaluator, items: items?, level, reference, tolerance, place })
}
