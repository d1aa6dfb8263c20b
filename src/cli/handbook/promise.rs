//! The article on a promise.

use super::{code, fact, head, line};
use crate::{
    calendar::{DayEnd, Reopening, Retargeting, Roll, StartAt, Terms},
    finding::value_text,
    project::Project,
    rule::{Bound, Pack, Pause, Promise, Table, TableCell, Target},
    wording::{self, Lang},
};

/// What is promised, from when to when, within which time, by which calendar.
pub(super) fn article(promise: &Promise, pack: &Pack, project: &Project, lang: Lang, out: &mut String) {
    let filed = [&promise.dimension, &promise.touchpoint];
    head(out, promise.title.get(lang), (&promise.id, promise.severity, &promise.on), filed, lang);
    if let Some(when) = &promise.when {
        code(out, wording::HANDBOOK_WHEN, &when.text, lang);
    }
    let written = |text: &str| format!("`{}`", text.trim());
    let span = [("start", written(&promise.start.text)), ("stop", written(&promise.stop.text))];
    fact(out, wording::HANDBOOK_CLOCK, &wording::HANDBOOK_SPAN.fill(lang, &span), lang);
    target(promise, pack, project, lang, out);
    let calendar = match &promise.calendar {
        Some(script) => written(&script.text),
        None => wording::HANDBOOK_ALWAYS.text(lang).to_owned(),
    };
    fact(out, wording::HANDBOOK_CALENDAR, &calendar, lang);
    let pauses = promise.pauses.iter().map(|it| match it {
        Pause::Span(from, Some(to)) => {
            let span = [("start", written(&from.text)), ("stop", written(&to.text))];
            wording::HANDBOOK_SPAN.fill(lang, &span)
        }
        Pause::Span(from, None) => wording::HANDBOOK_FROM.fill(lang, &[("start", written(&from.text))]),
        Pause::While(holds) => wording::HANDBOOK_WHILE.fill(lang, &[("text", written(&holds.script.text))]),
    });
    let pauses = pauses.collect::<Vec<_>>().join(wording::LIST_COMMA.text(lang));
    let said = [
        (wording::HANDBOOK_PAUSES, pauses),
        (wording::HANDBOOK_REOPEN, reopening(promise, lang)),
        (wording::HANDBOOK_CHANGE, retargeting(promise, lang)),
        (wording::HANDBOOK_TERMS, terms(promise.terms, lang)),
        (wording::HANDBOOK_WHY, promise.why.get(lang).to_owned()),
        (wording::HANDBOOK_FIX, promise.fix.get(lang).to_owned()),
        (wording::HANDBOOK_SOURCE, promise.source.clone().unwrap_or_default()),
    ];
    for (heading, text) in said.iter().filter(|it| !it.1.is_empty()) {
        fact(out, *heading, text, lang);
    }
}

/// What becomes of the clock when its case is opened again.
fn reopening(promise: &Promise, lang: Lang) -> String {
    let told = promise.reopen.iter().map(|it| {
        let said = match it.policy {
            Reopening::Resume => wording::HANDBOOK_REOPEN_RESUME,
            Reopening::Restart => wording::HANDBOOK_REOPEN_RESTART,
            Reopening::Ignore => wording::HANDBOOK_REOPEN_IGNORE,
        };
        said.fill(lang, &[("step", it.step.clone())])
    });
    told.collect()
}

/// What becomes of it when its target changes.
fn retargeting(promise: &Promise, lang: Lang) -> String {
    let told = promise.target_change.iter().map(|it| {
        let said = match it.policy {
            Retargeting::Recompute => wording::HANDBOOK_CHANGE_RECOMPUTE,
            Retargeting::Carry => wording::HANDBOOK_CHANGE_CARRY,
            Retargeting::Restart => wording::HANDBOOK_CHANGE_RESTART,
        };
        said.fill(lang, &[("step", it.step.clone())])
    });
    told.collect()
}

/// Conventions that are not the usual ones.
fn terms(terms: Terms, lang: Lang) -> String {
    let mut said = Vec::new();
    if terms.day_end == DayEnd::Close {
        said.push(wording::HANDBOOK_DAY_END_CLOSE);
    }
    said.extend(terms.start_at.map(|it| match it {
        StartAt::NextOpen => wording::HANDBOOK_START_NEXT_OPEN,
        StartAt::AsIs => wording::HANDBOOK_START_AS_IS,
    }));
    if terms.roll == Roll::NextOpen {
        said.push(wording::HANDBOOK_ROLL);
    }
    said.iter().map(|it| it.text(lang)).collect::<Vec<_>>().join(wording::LIST_COMMA.text(lang))
}

fn target(promise: &Promise, pack: &Pack, project: &Project, lang: Lang, out: &mut String) {
    let text = promise.target.text();
    if !matches!(promise.target, Target::Table(..)) {
        return fact(out, wording::HANDBOOK_TARGET, &format!("`{text}`"), lang);
    }
    fact(out, wording::HANDBOOK_TARGET, &wording::HANDBOOK_BY_TABLE.fill(lang, &[("table", text)]), lang);
    if let Some(table) = pack.table_of(&promise.target) {
        rows(table, project, lang, out);
    }
}

fn rows(table: &Table, project: &Project, lang: Lang, out: &mut String) {
    let escaped = |text: String| text.replace('|', "\\|");
    let mut head: Vec<String> = table.inputs.clone();
    head.push(wording::HANDBOOK_TARGET.text(lang).to_owned());
    line(out, &format!("\n| {} |", head.join(" | ")));
    line(out, &format!("|{}", "---|".repeat(head.len())));
    for row in &table.rows {
        let mut cells: Vec<String> = row.cells.iter().map(|it| escaped(cell(it, project, lang))).collect();
        cells.push(escaped(value_text(&row.output, &project.zone, lang)));
        line(out, &format!("| {} |", cells.join(" | ")));
    }
}

fn cell(cell: &TableCell, project: &Project, lang: Lang) -> String {
    let text = |it: &crate::record::Value| value_text(it, &project.zone, lang);
    match cell {
        TableCell::Any => "*".to_owned(),
        TableCell::Is(value) => text(value),
        TableCell::OneOf(values) => {
            values.iter().map(text).collect::<Vec<_>>().join(wording::LIST_COMMA.text(lang))
        }
        TableCell::Within(bounds) => {
            let bound = |(bound, value): &(Bound, crate::record::Value)| {
                let sign = match bound {
                    Bound::AtLeast => ">=",
                    Bound::Above => ">",
                    Bound::AtMost => "<=",
                    Bound::Below => "<",
                };
                format!("{sign} {}", text(value))
            };
            bounds.iter().map(bound).collect::<Vec<_>>().join(wording::LIST_COMMA.text(lang))
        }
    }
}
