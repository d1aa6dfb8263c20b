//! The rows of a decision table from a CSV file beside pack.toml.

use super::{
    holidays::cells,
    pack::Reading,
    read::Entry,
    source::confined,
    tables::{is_range, range},
    values,
};
use crate::{
    diagnostic::{Diagnostic, Place},
    record::{Amount, Decimal, Type, Value},
    rule::{TableCell, TableRow},
    wording,
};
use std::{ops::Range, str::FromStr};

/// Reads the rows of the file that `entry` names: a header with the inputs in their order and a name
/// for the answer, then one row a line. Cells are as in TOML, without quotes; several values are
/// separated by `;`, and an empty cell is `*`.
pub(super) fn rows(
    entry: &Entry<'_>,
    inputs: &[String],
    output: Type,
    reading: &mut Reading<'_>,
) -> Option<Vec<TableRow>> {
    let name = entry.text()?;
    if !confined(entry.file, &name) {
        return None;
    }
    let (shown, text) = match reading.home.read(&name.text) {
        Ok(found) => found,
        Err(said) => {
            entry.file.report(said.at(entry.place()));
            return None;
        }
    };
    reading.sources.insert(shown.clone(), text.as_str());
    let place = |span: Range<usize>| Place::Text { file: shown.clone(), span };
    let (lines, open) = quoted_lines(&text, false);
    if let Some(quote) = open {
        entry.file.report(never_closed(place(quote)));
        return None;
    }
    let mut lines = lines.into_iter();
    let header: Vec<String> = lines.next().map(|it| cells(it.1)).unwrap_or_default();
    let named = header.iter().map(|it| it.trim()).take(inputs.len());
    if header.len() != inputs.len() + 1 || !named.eq(inputs.iter().map(String::as_str)) {
        let said = Diagnostic::error(wording::TABLE_HEADER)
            .with("name", &name.text)
            .with("found", header.join(", "))
            .with("expected", format!("{}, …", inputs.join(", ")));
        let end = text.lines().next().map_or(0, str::len);
        entry.file.report(said.at(place(0..end)).help(wording::HELP_TABLE_HEADER));
        return None;
    }
    let mut rows = Vec::new();
    let mut wrong = false;
    for (span, line) in lines {
        let found = cells(line);
        if found.len() != inputs.len() + 1 {
            let said = Diagnostic::error(wording::CELL_COUNT).with("found", found.len().to_string());
            entry.file.report(said.with("expected", (inputs.len() + 1).to_string()).at(place(span)));
            wrong = true;
            continue;
        }
        let (tests, answers) = found.split_at(inputs.len());
        let tests: Option<Vec<TableCell>> = tests.iter().map(|it| cell(it.trim())).collect();
        let answer = answers.first().and_then(|it| answer(it.trim(), output, reading));
        match (tests, answer) {
            (Some(tests), Some(output)) => {
                let places = vec![place(span.clone()); tests.len()];
                rows.push(TableRow { cells: tests, places, output, place: place(span) });
            }
            (tests, _) => {
                let code = if tests.is_none() { wording::BAD_RANGE } else { wording::BAD_OUTPUT };
                let said = Diagnostic::error(code).with("text", line).with("type", output.name());
                let said = said.at(place(span));
                entry.file.report(if tests.is_none() { said.help(wording::HELP_RANGES) } else { said });
                wrong = true;
            }
        }
    }
    if rows.is_empty() && !wrong {
        entry.error(wording::EMPTY_LIST);
    }
    (!wrong && !rows.is_empty()).then_some(rows)
}

/// The bytes of a line, and its text.
type Line<'t> = (Range<usize>, &'t str);

/// Each line with its bytes.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let from = start;
        start += line.len();
        let plain = line.trim_end_matches(['\n', '\r']);
        let shift = if from == 0 && plain.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        (from + shift..from + plain.len(), &plain[shift..])
    })
}

/// Each line with its bytes, where a quoted cell may go on over several; blank ones are left out, and those that
/// start with `#` where these are comments. Besides, where a quote opens that is never closed.
pub(super) fn quoted_lines(text: &str, comments: bool) -> (Vec<Line<'_>>, Option<Range<usize>>) {
    let mut found: Vec<Line<'_>> = Vec::new();
    let mut open = None;
    for (span, line) in lines(text) {
        if open.is_none() && (line.trim().is_empty() || (comments && line.starts_with('#'))) {
            continue;
        }
        let quotes = memchr::memchr_iter(b'"', line.as_bytes());
        let last = quotes.clone().next_back().map(|it| span.start + it..span.start + it + 1);
        let whole = match (open.is_some(), found.pop()) {
            (true, Some((before, _))) => before.start..span.end,
            (_, before) => {
                found.extend(before);
                span
            }
        };
        found.push((whole.clone(), &text[whole]));
        if quotes.count() % 2 == 1 {
            open = if open.is_some() { None } else { last };
        }
    }
    (found, open)
}

/// The complaint about a quote that is never closed.
pub(super) fn never_closed(quote: Place) -> Diagnostic {
    Diagnostic::error(wording::LIST_OPEN_QUOTE).at(quote).help(wording::HELP_LIST_QUOTE)
}

fn cell(text: &str) -> Option<TableCell> {
    if text.is_empty() || text == "*" {
        return Some(TableCell::Any);
    }
    if is_range(text) {
        return range(text);
    }
    if text.contains(';') {
        return Some(TableCell::OneOf(text.split(';').map(|it| value(it.trim())).collect()));
    }
    Some(TableCell::Is(value(text)))
}

/// A whole number, a fraction, true or false, else text. Digits with leading zeros are text.
fn value(text: &str) -> Value {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let coded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ if coded || !digits.starts_with(|it: char| it.is_ascii_digit()) => Value::Text(text.into()),
        _ => match (text.parse(), text.parse::<f64>()) {
            (Ok(number), _) => Value::Int(number),
            (_, Ok(number)) if number.is_finite() => Value::Float(number),
            _ => Value::Text(text.into()),
        },
    }
}

fn answer(text: &str, ty: Type, reading: &Reading<'_>) -> Option<Value> {
    match ty {
        Type::Bool => text.parse().ok().map(Value::Bool),
        Type::Int => text.parse().ok().map(Value::Int),
        Type::Float => text.parse().ok().filter(|it: &f64| it.is_finite()).map(Value::Float),
        Type::Decimal => Decimal::from_str(text).ok().map(Value::Decimal),
        Type::Text => Some(Value::Text(text.into())),
        Type::Date => crate::calendar::parse_iso_date(text).map(Value::Date),
        Type::Time => reading.zone.instant(text).map(Value::Time),
        Type::Duration => values::duration(text).map(Value::Duration),
        Type::Amount => Amount::from_str(text).ok().map(Value::Amount),
        Type::List(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cells_in_quotes_go_on_over_lines() {
        let texts = |text, comments| {
            let (lines, open) = quoted_lines(text, comments);
            (lines.into_iter().map(|it| it.1.to_owned()).collect::<Vec<_>>(), open)
        };
        let plain = "a,b\n\n# c \"\nd,\"e\n\n# f\"\"\ng\",h\r\n\"i\"\n";
        let whole = vec!["a,b".to_owned(), "d,\"e\n\n# f\"\"\ng\",h".into(), "\"i\"".into()];
        assert_eq!(texts(plain, true), (whole, None));
        assert_eq!(texts("a\n# b\n", false), (vec!["a".into(), "# b".into()], None));
        let (_, open) = texts("a,\"b\"\nc,\"\"\"d\ne\n", false);
        assert_eq!(open, Some(10..11), "the last quote of the line that opens one");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_places_are_right(text in "[a\",#\n\r电]{0,40}") {
            let (lines, open) = quoted_lines(&text, false);
            for (span, line) in &lines {
                prop_assert_eq!(&text[span.clone()], *line);
            }
            let letters = |text: &str| text.replace(['\n', '\r'], "");
            prop_assert_eq!(lines.iter().map(|it| letters(it.1)).collect::<String>(), letters(&text));
            prop_assert_eq!(open.is_some(), text.matches('"').count() % 2 == 1);
        }
    }
}
