//! `[[table]]` and `[[phrases]]`.

use super::{
    pack::Reading,
    read::{Entry, Reader},
    values,
};
use crate::{
    diagnostic::{Diagnostic, Place},
    record::Type,
    rule::{Phrases, Table, TableCell, TableRow},
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
pub(super) fn table(mut table: Reader<'_>, reading: &Reading<'_>) -> Option<(Table, Place)> {
    let file = table.file;
    let id = table.required_id("id");
    let inputs = table.required("inputs");
    let output = table.required("output").and_then(|_| table.one_of("output", &OUTPUTS));
    let from_file = table.entry("file");
    table.not_built(&["file"]);
    let rows = if from_file.is_some() { table.entry("rows") } else { table.required("rows") };
    let place = table.place();
    table.finish();
    let inputs = inputs.and_then(|entry| {
        let texts = entry.texts()?;
        if texts.is_empty() {
            entry.error(wording::EMPTY_LIST);
        }
        Some(texts.into_iter().map(|it| it.text).collect::<Vec<_>>())
    });
    let (id, inputs, output, rows) = (id?, inputs?, output?, rows?);
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
        DeValue::String(text) if is_range(text) => not_built(entry, text),
        DeValue::Array(_) => not_built(entry, "[…]"),
        DeValue::Table(_) => not_built(entry, "{…}"),
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => values::value(entry, reading.zone).map(TableCell::Is),
    }
}

fn not_built(entry: &Entry<'_>, what: &str) -> Option<TableCell> {
    let said = Diagnostic::error(wording::NOT_BUILT).with("name", what).at(entry.place());
    entry.file.report(said.help(wording::HELP_CELLS));
    None
}

/// `<= 5`, `>3`, `1..5`, `..5`: what will be ranges one day, and must not be read as text until then.
fn is_range(text: &str) -> bool {
    let number = |it: &str| it.trim_start_matches('=').trim().parse::<f64>().is_ok();
    let compared = ["<", ">", "="].iter().any(|it| text.trim_start().starts_with(it));
    compared
        || text.split_once("..").is_some_and(|(a, b)| {
            (a.trim().is_empty() || number(a)) && (b.trim().is_empty() || number(b)) && text.len() > 2
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_told_from_text() {
        for range in ["<= 5", ">3", "1..5", "..5", "1..=5", "= 4"] {
            assert!(is_range(range), "{range}");
        }
        for text in ["vip", "*", "v1..beta", "..", "a < b"] {
            assert!(!is_range(text), "{text}");
        }
    }
}
