//! The answers of `touchstone eval`, for people and tools.

use super::{
    test_report::{percent, pretty},
    verdict_report::json_value,
};
use crate::{
    calendar::Zone,
    engine::{Figure, GroupValue},
    expr::Cause,
    finding::{rounded, value_text},
    record::Value,
    report::{Style, visible, width},
    wording::{self, Lang, Wording},
};
use serde_json::{Map, Value as Json};

/// All answers.
pub(super) struct Answers {
    zone: Zone,
    lang: Lang,
    columns: Vec<String>,
    /// The expressions that make the groups, as written.
    pub(super) per: Vec<String>,
    pub(super) of_groups: bool,
    pub(super) all: Vec<Answer>,
    pub(super) records: u64,
    /// Records that are in no group.
    pub(super) without: u64,
    pub(super) rejected: u64,
    pub(super) bad_cells: u64,
}

/// One answer: of a record, or of a group.
pub(super) struct Answer {
    pub(super) key: String,
    pub(super) group: Vec<Value>,
    pub(super) value: Result<Value, Cause>,
    pub(super) figures: Vec<Figure>,
}

impl Answer {
    pub(super) fn of_group(group: GroupValue) -> Self {
        Self { key: String::new(), group: group.key, value: group.value, figures: group.figures }
    }

    /// The records behind the smallest of its aggregates, and the lowest coverage.
    fn weight(&self) -> (u64, Option<f64>) {
        let n = self.figures.iter().map(|it| it.n).min().unwrap_or_default();
        let coverages = self.figures.iter().filter_map(Figure::coverage);
        (n, coverages.min_by(f64::total_cmp))
    }

    /// How many records an aggregate left out as errors, the most of all, and why it did with its first.
    fn error_left_out(&self) -> Option<(u64, &Cause)> {
        let figures = self.figures.iter().filter_map(|it| Some((it.left_out[1], it.first_error.as_ref()?)));
        figures.max_by_key(|it| it.0)
    }
}

impl Answers {
    pub(super) fn new(zone: Zone, lang: Lang, columns: Vec<String>) -> Self {
        Self {
            zone,
            lang,
            columns,
            per: Vec::new(),
            of_groups: false,
            all: Vec::new(),
            records: 0,
            without: 0,
            rejected: 0,
            bad_cells: 0,
        }
    }

    fn error(&self, cause: &Cause) -> String {
        let (said, detail) = cause.says();
        said.fill(self.lang, &[("detail", detail)])
    }

    /// A value or the reason why there is none, as text.
    fn text(&self, value: &Result<Value, Cause>) -> (String, Style) {
        let lang = self.lang;
        match value {
            Ok(value) if !value.is_there() => (value_text(value, &self.zone, lang), Style::Yellow),
            Ok(value) => (value_text(&rounded(value, DECIMALS), &self.zone, lang), Style::Plain),
            Err(cause) if cause.is_missing() && !self.of_groups => {
                let field = cause.missing(&self.columns).unwrap_or_default();
                (no_evidence(cause).fill(lang, &[("name", field)]), Style::Yellow)
            }
            Err(cause) if cause.is_missing() => (wording::NO_EVIDENCE.text(lang).to_owned(), Style::Yellow),
            Err(cause) => (wording::EVAL_ERROR.fill(lang, &[("reason", self.error(cause))]), Style::Red),
        }
    }
}

fn no_evidence(cause: &Cause) -> Wording {
    let unreadable = matches!(cause, Cause::Unreadable { .. });
    if unreadable { wording::EVAL_UNREADABLE } else { wording::EVAL_NO_EVIDENCE }
}

/// Decimals of fractions for people; tools are given all digits.
const DECIMALS: u32 = 6;

/// The answers as an aligned table.
pub(super) fn terminal(answers: &Answers, colour: bool) -> String {
    let lang = answers.lang;
    let mut head: Vec<String> = Vec::new();
    if answers.of_groups {
        head.extend(answers.per.iter().cloned());
    } else {
        head.push(wording::KEY.text(lang).to_owned());
    }
    head.push(wording::EVAL_VALUE.text(lang).to_owned());
    if answers.of_groups {
        head.push("n".to_owned());
        head.push(wording::COVERAGE.text(lang).to_owned());
    }
    let mut rows: Vec<Vec<(String, Style)>> = vec![head.into_iter().map(|it| (it, Style::Dim)).collect()];
    let plain = |text: String| (text, Style::Plain);
    for answer in &answers.all {
        let mut row: Vec<(String, Style)> = Vec::new();
        if answers.of_groups {
            row.extend(answer.group.iter().map(|it| plain(value_text(it, &answers.zone, lang))));
        } else {
            row.push(plain(answer.key.clone()));
        }
        row.push(answers.text(&answer.value));
        if answers.of_groups {
            let (n, coverage) = answer.weight();
            row.push(plain(n.to_string()));
            row.push(plain(coverage.map_or_else(|| "–".to_owned(), percent)));
        }
        rows.push(row);
    }
    let mut out = String::new();
    aligned(&rows, colour, &mut out);
    for answer in &answers.all {
        if let Some((count, cause)) = answer.error_left_out() {
            let group: Vec<String> =
                answer.group.iter().map(|it| value_text(it, &answers.zone, lang)).collect();
            let said = if group.is_empty() { wording::EVAL_LEFT_OUT } else { wording::EVAL_LEFT_OUT_OF };
            let (count, reason) = (count.to_string(), answers.error(cause));
            let arguments = [("group", group.join(", ")), ("count", count), ("reason", reason)];
            out.push_str(&visible(&said.fill(lang, &arguments)));
            out.push('\n');
        }
    }
    if answers.without > 0 {
        let arguments = [("count", answers.without.to_string())];
        out.push_str(&wording::EVAL_WITHOUT_GROUP.fill(lang, &arguments));
        out.push('\n');
    }
    out
}

/// Columns side by side; those of numbers stand right.
fn aligned(rows: &[Vec<(String, Style)>], colour: bool, out: &mut String) {
    let shown: Vec<Vec<(String, Style)>> = rows
        .iter()
        .map(|row| row.iter().map(|(text, style)| (visible(text).into_owned(), *style)).collect())
        .collect();
    let columns = shown.first().map_or(0, Vec::len);
    let is_last = |column: usize| column + 1 == columns;
    let counts = |column: usize, cell: &(String, Style)| {
        !is_last(column) || cell.1 != Style::Yellow && cell.1 != Style::Red
    };
    let size = |column: usize| {
        let cells = shown.iter().map(|row| &row[column]).filter(|it| counts(column, it));
        let widest = cells.map(|it| width(&it.0)).max().unwrap_or_default();
        let mut below =
            shown.iter().skip(1).map(|row| &row[column]).filter(|it| it.1 == Style::Plain).peekable();
        (widest, below.peek().is_some() && below.all(|it| is_number(&it.0)))
    };
    let sizes: Vec<(usize, bool)> = (0..columns).map(size).collect();
    for row in &shown {
        let mut line = String::new();
        for (column, (cell, (size, right))) in row.iter().zip(&sizes).enumerate() {
            let (text, style) = cell;
            let pad = " ".repeat(size.saturating_sub(width(text)));
            // Reasons behind the last column may be long.
            let right = *right && counts(column, cell);
            line.push_str(if column > 0 { "  " } else { "" });
            line.push_str(if right { &pad } else { "" });
            style.paint(text, colour, &mut line);
            line.push_str(if right { "" } else { &pad });
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches('-').trim_end_matches(" %");
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// What an answer of a group says of itself: a group's value of that name stands in its `group`.
const TAKEN: [&str; 9] =
    ["value", "fault", "missing", "error", "n", "coverage", "left_out_missing", "left_out_errors", "group"];

/// The answers as a list of objects: `{"key" or the group's values, "value"}`. Where there is no value,
/// `fault` says why; groups have their `n` and `coverage`. Groups by something that is called like one
/// of these have those values in an object of their own, `group`.
pub(super) fn json(answers: &Answers) -> String {
    let all = answers.all.iter().map(|answer| {
        let mut object = Map::new();
        if answers.of_groups {
            let parts = answers.per.iter().zip(&answer.group);
            let parts = parts.map(|(name, value)| (name.clone(), json_value(value, &answers.zone)));
            let (taken, free): (Vec<_>, Vec<_>) = parts.partition(|it| TAKEN.contains(&it.0.as_str()));
            object.extend(free);
            if !taken.is_empty() {
                object.insert("group".into(), taken.into_iter().collect::<Map<_, _>>().into());
            }
        } else {
            object.insert("key".into(), answer.key.clone().into());
        }
        let (value, fault) = match &answer.value {
            Ok(Value::Missing) => (Json::Null, Some("missing")),
            Ok(Value::Unreadable) => (Json::Null, Some("unreadable")),
            Ok(value) => (json_value(value, &answers.zone), None),
            Err(cause) if cause.is_missing() => (Json::Null, Some("no_evidence")),
            Err(_) => (Json::Null, Some("error")),
        };
        object.insert("value".into(), value);
        object.extend(fault.map(|it| ("fault".to_owned(), it.into())));
        if let Err(cause) = &answer.value {
            if let Some(field) = cause.missing(&answers.columns).filter(|_| !answers.of_groups) {
                object.insert("missing".into(), field.into());
            } else if !cause.is_missing() {
                object.insert("error".into(), answers.error(cause).into());
            }
        }
        if answers.of_groups {
            let (n, coverage) = answer.weight();
            object.insert("n".into(), n.into());
            object.insert("coverage".into(), coverage.into());
            let left_out = |which: usize| answer.figures.iter().map(|it| it.left_out[which]).max();
            object.insert("left_out_missing".into(), left_out(0).into());
            object.insert("left_out_errors".into(), left_out(1).into());
        }
        Json::Object(object)
    });
    pretty(&all.collect::<Vec<_>>())
}
