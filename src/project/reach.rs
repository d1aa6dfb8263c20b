//! `per`, `min`, `rollup` and `within`: how far a rule looks.

use super::read::{Entry, Reader};
use crate::{
    diagnostic::Diagnostic,
    record::{Amount, Decimal, MICROS_PER_SECOND},
    rule::{Per, Reach, Within},
    wording,
};
use rust_decimal::prelude::ToPrimitive;

const SECONDS_PER_DAY: i64 = 86_400;

/// Reads how far a rule looks; `None` where that is wrong.
pub(super) fn read(table: &mut Reader<'_>) -> Option<Reach> {
    let per = table.entry("per");
    let parts = [table.entry("min"), table.entry("rollup")];
    let within = table.entry("within");
    match (per, within) {
        (Some(per), Some(within)) => {
            let said = Diagnostic::error(wording::PER_AND_WITHIN).at(within.file.place(within.key_span));
            let said = said.also(per.file.place(per.key_span), wording::FIRST_HERE);
            table.file.report(said.help(wording::HELP_PER_AND_WITHIN));
            None
        }
        (Some(per), None) => groups(&per, &parts).map(Reach::Groups),
        (None, within) => {
            for part in parts.into_iter().flatten() {
                let said = Diagnostic::error(wording::NEEDS_PER).with("name", &part.key);
                let said = said.at(part.file.place(part.key_span.clone()));
                part.file.report(said.help(wording::HELP_NEEDS_PER));
            }
            within.map_or(Some(Reach::Record), |it| window(&it).map(Reach::Window))
        }
    }
}

fn groups(entry: &Entry<'_>, [min, rollup]: &[Option<Entry<'_>>; 2]) -> Option<Per> {
    let by: Option<Vec<_>> = entry.list()?.iter().map(Entry::script).collect();
    let min = match min {
        Some(min) => count(min)?.max(1),
        None => 1,
    };
    let rollup = match rollup {
        Some(rollup) => rollup.bool()?,
        None => false,
    };
    Some(Per { by: by?, min, rollup, place: entry.file.place(entry.key_span.clone()) })
}

/// A whole number from 0 up.
pub(super) fn count(entry: &Entry<'_>) -> Option<u64> {
    let text = super::values::number_text(entry.value.get_ref());
    let found = text.and_then(|it| it.replace('_', "").parse().ok());
    if found.is_none() {
        entry.wrong_type(wording::WANTS_COUNT);
    }
    found
}

fn window(entry: &Entry<'_>) -> Option<Within> {
    let mut table = entry.table()?;
    let of = table.required("of").and_then(|it| {
        let texts = it.texts()?;
        if texts.is_empty() {
            let said = Diagnostic::error(wording::WINDOW_OF_NOTHING).at(it.place());
            it.file.report(said.help(wording::HELP_WINDOW_OF));
            return None;
        }
        Some(texts.into_iter().map(|text| (text.text, it.file.place(text.span))).collect())
    });
    let time = match table.entry("time") {
        Some(it) => it.text().map(|text| (text.text, it.file.place(text.span))),
        None => {
            let said = Diagnostic::error(wording::WINDOW_WITHOUT_TIME).at(table.place());
            table.file.report(said.help(wording::HELP_WINDOW_TIME));
            None
        }
    };
    let last = table.required("last").and_then(|it| length(&it));
    table.finish();
    let (last, last_text) = last?;
    Some(Within { of: of?, time: time?, last, last_text })
}

/// The length of a window in microseconds, and as written.
fn length(entry: &Entry<'_>) -> Option<(i64, String)> {
    let text = entry.text()?;
    let micros = match text.text.parse::<Amount>() {
        Ok(Amount::Open(micros)) => Some(micros),
        Ok(Amount::Days(days)) => {
            days.checked_mul(Decimal::from(SECONDS_PER_DAY * MICROS_PER_SECOND)).and_then(|it| it.to_i64())
        }
        Ok(Amount::BusinessDays(_)) => {
            let said = Diagnostic::error(wording::WINDOW_LENGTH).with("text", &text.text).at(entry.place());
            entry.file.report(said.help(wording::HELP_WINDOW_BUSINESS_DAYS));
            return None;
        }
        Err(_) => None,
    };
    match micros.filter(|it| *it > 0) {
        Some(micros) => Some((micros, text.text)),
        None => {
            let said = Diagnostic::error(wording::WINDOW_LENGTH).with("text", &text.text).at(entry.place());
            entry.file.report(said.help(wording::HELP_WINDOW_LENGTH));
            None
        }
    }
}
