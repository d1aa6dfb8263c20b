//! `[[source.join]]`: fields brought in from a reference source.

use super::{
    Join, Source,
    audit_file::name,
    names,
    read::{Entry, Reader, Sink, suggest},
};
use crate::{diagnostic::Diagnostic, wording};

/// Reads the joins of a source.
pub(super) fn read(table: &mut Reader<'_>) -> Vec<Join> {
    let all = table.entry("join").map(|it| it.tables()).unwrap_or_default();
    all.into_iter().filter_map(one).collect()
}

fn one(mut table: Reader<'_>) -> Option<Join> {
    let file = table.file;
    let source = table.required_text("source").map(|it| name(file, it));
    let own = table.text("as");
    let on = table.required("on").and_then(|it| on(&it));
    let place = table.place();
    table.finish();
    let source = source?;
    let own = own.map_or_else(|| source.clone(), |it| name(file, it));
    if !names::is_name(&own.text) {
        let said = Diagnostic::error(wording::JOIN_NAME).with("name", &own.text).at(own.place.clone());
        file.report(said.help(wording::HELP_JOIN_NAME));
        return None;
    }
    Some(Join { source, name: own, on: on?, place })
}

/// A field, several, or each with the field of the partner that it meets.
fn on(entry: &Entry<'_>) -> Option<Vec<(super::Name, Option<super::Name>)>> {
    let file = entry.file;
    if entry.value.get_ref().is_table() {
        let mut all = Vec::new();
        for pair in entry.table()?.entries() {
            let other = pair.text()?;
            let own = super::Name { text: pair.key.clone(), place: file.place(pair.key_span.clone()) };
            all.push((own, Some(name(file, other))));
        }
        return (!all.is_empty()).then_some(all);
    }
    let texts = if entry.value.get_ref().is_array() { entry.texts()? } else { vec![entry.text()?] };
    (!texts.is_empty()).then(|| texts.into_iter().map(|it| (name(file, it), None)).collect())
}

/// What must hold between the joins of all sources.
pub(super) fn check(sources: &[Source], sink: &Sink) {
    let mut said = Vec::new();
    for source in sources {
        for (number, join) in source.joins.iter().enumerate() {
            let ids = || sources.iter().map(|it| it.id.as_str());
            let Some(other) = sources.iter().find(|it| it.id == join.source.text) else {
                let unknown = Diagnostic::error(wording::UNKNOWN_JOIN).with("name", &join.source.text);
                let unknown = suggest(unknown.at(join.source.place.clone()), &join.source.text, ids());
                said.push(unknown.help_with(
                    wording::KNOWN_CHOICES,
                    vec![("names", ids().collect::<Vec<_>>().join(", "))],
                ));
                continue;
            };
            if let Some(ring) = ring(source, other, sources) {
                let circle = Diagnostic::error(wording::JOIN_CYCLE).with("names", ring.join(" → "));
                said.push(circle.at(join.place.clone()).help(wording::HELP_JOIN_CYCLE));
                continue;
            }
            if source.joins[..number].iter().any(|it| it.name.text == join.name.text) {
                let taken = Diagnostic::error(wording::JOIN_NAME).with("name", &join.name.text);
                said.push(taken.at(join.name.place.clone()).help(wording::HELP_JOIN_NAME));
            }
            let untold = join.on.iter().all(|it| it.1.is_none());
            if untold && join.on.len() != other.key.len() {
                let keys = Diagnostic::error(wording::JOIN_KEYS).with("found", join.on.len().to_string());
                let keys = keys.with("expected", other.key.len().to_string()).with("source", &other.id);
                said.push(keys.at(join.place.clone()).help(wording::HELP_JOIN_KEYS));
            }
        }
    }
    sink.borrow_mut().extend(said);
}

/// The way from `source` over `other` back to it, where there is one; a source that joins itself is one too.
fn ring(source: &Source, other: &Source, sources: &[Source]) -> Option<Vec<String>> {
    let mut ways = vec![vec![source, other]];
    while let Some(way) = ways.pop() {
        let last = way[way.len() - 1];
        if last.id == source.id {
            return Some(way.iter().map(|it| it.id.clone()).collect());
        }
        for next in last.joins.iter().filter_map(|join| sources.iter().find(|it| it.id == join.source.text)) {
            // A ring elsewhere is told where it begins.
            if next.id == source.id || way.iter().all(|it| it.id != next.id) {
                ways.push([&way[..], &[next]].concat());
            }
        }
    }
    None
}
