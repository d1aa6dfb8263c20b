//! `[[table]]` and `[[phrases]]`.

use super::{
    pack::Reading,
    read::{Entry, Reader},
    table_file, values,
};
use crate::{
    calendar::parse_iso_time,
    diagnostic::{Diagnostic, Place},
    record::{Type, Value},
    rule::{Bound, Phrases, Table, TableCell, TableRow},
    wording,
};
use toml::de::DeValue;

/// What a table may answer.
const OUTPUTS: [(&str, Type); 9] = [
    ("bool", Type::Bool),
    ("int", Type::Int),
    ("float", Type::Float),
    ("decimal", Type::Decimal),
    ("text", Type::Text),
    ("date", Type::Date),
    ("time", Type::Time),
    ("duration", Type::Duration),
    ("amount", Type::Amount),
];

/// The most phrases of one list, and bytes in all: the automaton that finds them is built anew in every run, in time
/// that grows with the square of their number.
const PHRASES_MAX: usize = 20_000;
const PHRASE_BYTES_MAX: usize = 1 << 20;

/// Reads one word list.
pub(super) fn phrases(mut table: Reader<'_>) -> Option<(Phrases, Place)> {
    let file = table.file;
    let id = table.required_id("id");
    let words = table.required("words");
    let fold = table.bool("fold").unwrap_or_default();
    let place = table.place();
    table.finish();
    let words = words.and_then(|entry| {
        let texts = entry.texts()?;
        if texts.is_empty() {
            entry.error(wording::EMPTY_LIST);
        }
        for text in texts.iter().filter(|it| it.text.trim().is_empty()) {
            file.error(wording::EMPTY_TEXT, &entry.key, text.span.clone());
        }
        let bytes: usize = texts.iter().map(|it| it.text.len()).sum();
        if texts.len() > PHRASES_MAX || bytes > PHRASE_BYTES_MAX {
            let said = Diagnostic::error(wording::TOO_MANY_PHRASES).with("words", PHRASES_MAX.to_string());
            let said =
                said.with("bytes", PHRASE_BYTES_MAX.to_string()).at(file.place(entry.key_span.clone()));
            file.report(said.help(wording::HELP_SEVERAL_LISTS));
            return None;
        }
        Some(texts.into_iter().map(|it| it.text).collect())
    });
    let id = id?;
    Some((Phrases { id: id.text, words: words?, fold, place }, file.place(id.span)))
}

/// Reads one decision table.
pub(super) fn table(mut table: Reader<'_>, reading: &mut Reading<'_>) -> Option<(Table, Place)> {
    let file = table.file;
    let id = table.required_id("id");
    let inputs = table.required("inputs");
    let output = table.required("output").and_then(|_| table.one_of("output", &OUTPUTS));
    let from_file = table.entry("file");
    let rows = if from_file.is_some() { table.entry("rows") } else { table.required("rows") };
    if let Some(rows) = rows.as_ref().filter(|_| from_file.is_some()) {
        rows.error(wording::ROWS_AND_FILE);
    }
    let place = table.place();
    table.finish();
    let inputs = inputs.and_then(|entry| {
        let texts = entry.texts()?;
        if texts.is_empty() {
            entry.error(wording::EMPTY_LIST);
        }
        Some(texts.into_iter().map(|it| it.text).collect::<Vec<_>>())
    });
    let (id, inputs, output) = (id?, inputs?, output?);
    if let Some(entry) = from_file {
        let rows = table_file::rows(&entry, &inputs, output, reading)?;
        return Some((Table { id: id.text, inputs, output, rows, place }, file.place(id.span)));
    }
    let rows = rows?;
    let items = rows.list()?;
    if items.is_empty() {
        rows.error(wording::EMPTY_LIST);
    }
    let rows = items.iter().filter_map(|it| row(it, inputs.len(), output, reading)).collect();
    Some((Table { id: id.text, inputs, output, rows, place }, file.place(id.span)))
}

fn row(entry: &Entry<'_>, inputs: usize, output: Type, reading: &Reading<'_>) -> Option<TableRow> {
    let cells = entry.list()?;
    if cells.len() != inputs + 1 {
        let said = Diagnostic::error(wording::CELL_COUNT).with("found", cells.len().to_string());
        entry.file.report(said.with("expected", (inputs + 1).to_string()).at(entry.place()));
        return None;
    }
    let (answer, cells) = cells.split_last()?;
    let places = cells.iter().map(Entry::place).collect();
    let cells: Vec<Option<TableCell>> = cells.iter().map(|it| cell(it, reading)).collect();
    let output = values::output(answer, output, reading.zone);
    Some(TableRow {
        cells: cells.into_iter().collect::<Option<_>>()?,
        places,
        output: output?,
        place: entry.place(),
    })
}

fn cell(entry: &Entry<'_>, reading: &Reading<'_>) -> Option<TableCell> {
    match entry.value.get_ref() {
        DeValue::String(text) if text == "*" => Some(TableCell::Any),
        DeValue::String(text) if is_range(text) => {
            let found = range(text);
            if found.is_none() {
                let said = Diagnostic::error(wording::BAD_RANGE).with("text", text.as_ref());
                entry.file.report(said.at(entry.place()).help(wording::HELP_RANGES));
            }
            found
        }
        DeValue::Array(_) => {
            let values = values::value(entry, reading.zone)?;
            if let Value::List(values) = values
                && !values.is_empty()
            {
                return Some(TableCell::OneOf(values));
            }
            entry.error(wording::EMPTY_LIST);
            None
        }
        DeValue::Table(_) => {
            entry.wrong_type(wording::HELP_RANGES);
            None
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => values::value(entry, reading.zone).map(TableCell::Is),
    }
}

/// `<= 5`, `>3`, `1..5`, `..5`: a range, well written or not. Text that merely has dots in it is none.
pub(super) fn is_range(text: &str) -> bool {
    let end = |it: &str| bound_value(it.trim_start_matches('=')).is_some();
    let compared = ["<", ">", "="].iter().any(|it| text.trim_start().starts_with(it));
    compared
        || text.split_once("..").is_some_and(|(a, b)| {
            (a.trim().is_empty() || end(a)) && (b.trim().is_empty() || end(b)) && text.len() > 2
        })
}

/// `>= 1000`, `10..20` (without 20, as in rules), `10..=20`, `= 4`.
pub(super) fn range(text: &str) -> Option<TableCell> {
    let text = text.trim();
    if let Some((low, high)) = text.split_once("..") {
        let (how, high) = match high.strip_prefix('=') {
            Some(high) => (Bound::AtMost, high),
            None => (Bound::Below, high),
        };
        let mut bounds = Vec::new();
        for (how, end) in [(Bound::AtLeast, low.trim()), (how, high.trim())] {
            if !end.is_empty() {
                bounds.push((how, bound_value(end)?));
            }
        }
        return (!bounds.is_empty()).then_some(TableCell::Within(bounds));
    }
    let signs = [(">=", Bound::AtLeast), ("<=", Bound::AtMost), (">", Bound::Above), ("<", Bound::Below)];
    if let Some((sign, how)) = signs.into_iter().find(|it| text.starts_with(it.0)) {
        return bound_value(&text[sign.len()..]).map(|it| TableCell::Within(vec![(how, it)]));
    }
    let value = text.strip_prefix("==").or_else(|| text.strip_prefix('='))?;
    bound_value(value).map(TableCell::Is)
}

/// A number, a date or time, or a length of time.
fn bound_value(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        return Some(Value::Int(number));
    }
    if let Some(number) = text.parse::<f64>().ok().filter(|it| it.is_finite()) {
        return Some(Value::Float(number));
    }
    if parse_iso_time(text).is_some() {
        return Some(Value::Text(text.into()));
    }
    values::duration(text).map(Value::Duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_told_from_text() {
        for range in ["<= 5", ">3", "1..5", "..5", "1..=5", "= 4", ">= 2026-01-01", "2h..4h", ">= 0.5"] {
            assert!(is_range(range) && super::range(range).is_some(), "{range}");
        }
        for bad in [">= many", "<", "=>3"] {
            assert!(is_range(bad) && range(bad).is_none(), "{bad}");
        }
        for text in ["vip", "*", "v1..beta", "..", "a < b"] {
            assert!(!is_range(text), "{text}");
        }
    }
}
