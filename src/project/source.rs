//! `[[source]]`: where records come from.

use super::{
    Derived, Events, Name, Source,
    audit_file::{name, zone},
    joins, names,
    read::{Entry, File, Reader, Text, pick, suggest},
};
use crate::{
    calendar::Zone,
    diagnostic::{Diagnostic, Place},
    ingest::{Format, GivenField, SourceSpec},
    record::{Element, Type},
    wording,
};
use std::{
    ops::Range,
    path::{Component, Path},
};

/// The types that a field may be given; a choice is text from a closed list.
const TYPES: [(&str, Given); 11] = [
    ("bool", Given::Is(Type::Bool)),
    ("int", Given::Is(Type::Int)),
    ("float", Given::Is(Type::Float)),
    ("decimal", Given::Is(Type::Decimal)),
    ("text", Given::Is(Type::Text)),
    ("date", Given::Is(Type::Date)),
    ("time", Given::Is(Type::Time)),
    ("duration", Given::Is(Type::Duration)),
    ("amount", Given::Is(Type::Amount)),
    ("choice", Given::Choice),
    ("list", Given::List),
];

const ELEMENTS: [(&str, Element); 4] =
    [("bool", Element::Bool), ("int", Element::Int), ("float", Element::Float), ("text", Element::Text)];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    Is(Type),
    Choice,
    List,
}

/// Reads one source, with the bytes of its id. `None` where its id or path is missing.
pub(super) fn read(
    mut table: Reader<'_>,
    folder: &Path,
    project_zone: &Zone,
) -> Option<(Source, Range<usize>)> {
    let file = table.file;
    let id = table.required_id("id");
    let events = table.entry("events").and_then(|it| events(&it, folder, project_zone));
    // A case may be no more than what its events say.
    let path = if table.has("events") { table.text("path") } else { table.required_text("path") };
    let kind = table.text("kind");
    let key = key(&mut table);
    let date = table.text("date").map(|it| name(file, it));
    let subject = subject(&mut table);
    let settings = Settings::read(&mut table);
    let derive = derive(&mut table, &settings.fields);
    let joins = joins::read(&mut table);
    let place = table.place();
    let has_events = table.has("events");
    table.finish();
    if let Some(kind) = kind.as_ref().filter(|it| !names::is_id(&it.text)) {
        file.error(wording::BAD_ID, &kind.text, kind.span.clone());
    }
    if let Some(path) = &path {
        confined(file, path);
    }
    let id = id?;
    if has_events && key.len() != 1 {
        let said = Diagnostic::error(wording::EVENTS_WITHOUT_KEY).at(place);
        file.report(said.help(wording::HELP_EVENTS_KEY));
        return None;
    }
    let (spec, events) = match (path, events) {
        (Some(path), events) => (settings.spec(&id.text, path, file, folder, project_zone), events),
        (None, Some(mut events)) => {
            events.alone = true;
            (SourceSpec { id: id.text.clone(), ..events.spec.clone() }, Some(events))
        }
        (None, None) => return None,
    };
    let kind = kind.map_or_else(|| id.text.clone(), |it| it.text);
    Some((Source { id: id.text, kind, spec, key, date, subject, derive, joins, events }, id.span))
}

/// How files are read.
struct Settings {
    zone: Option<Zone>,
    format: Option<Format>,
    encoding: Option<String>,
    bytes: [Option<u8>; 3],
    skip_lines: usize,
    missing: Vec<String>,
    fields: Vec<GivenField>,
}

impl Settings {
    fn read(table: &mut Reader<'_>) -> Self {
        let zone = table.entry("timezone").and_then(|it| zone(&it));
        let format = format(table);
        let encoding = encoding(table);
        let bytes = ["delimiter", "quote", "escape"].map(|it| one_byte(table, it));
        let skip_lines = skip_lines(table);
        let missing = table.entry("missing").and_then(|it| it.texts()).unwrap_or_default();
        let missing = missing.into_iter().map(|it| it.text).collect();
        let fields = fields(table);
        Self { zone, format, encoding, bytes, skip_lines, missing, fields }
    }

    fn spec(self, id: &str, path: Text, file: &File<'_>, folder: &Path, project_zone: &Zone) -> SourceSpec {
        let [delimiter, quote, escape] = self.bytes;
        SourceSpec {
            id: id.to_owned(),
            root: folder.to_owned(),
            pattern: path.text,
            place: Some(file.place(path.span)),
            format: self.format,
            encoding: self.encoding,
            delimiter,
            quote,
            escape,
            skip_lines: self.skip_lines,
            zone: self.zone.unwrap_or_else(|| project_zone.clone()),
            missing: self.missing,
            fields: self.fields,
            held: None,
        }
    }
}

/// `events = { path = …, case = …, activity = …, at = …, actor = … }`: the log that cases are put together from.
fn events(entry: &Entry<'_>, folder: &Path, project_zone: &Zone) -> Option<Events> {
    let mut table = entry.table()?;
    let file = table.file;
    let path = table.required_text("path");
    let mut field = |key| table.required_text(key).map(|it| name(file, it));
    let (case, activity, at) = (field("case"), field("activity"), field("at"));
    let actor = table.text("actor").map(|it| name(file, it));
    let steps = steps(&mut table);
    let settings = Settings::read(&mut table);
    let place = table.place();
    table.finish();
    let path = path?;
    confined(file, &path);
    let spec = settings.spec("events", path, file, folder, project_zone);
    Some(Events { spec, case: case?, activity: activity?, at: at?, actor, steps, place, alone: false })
}

/// `steps = { accept = ["受理", "登记"], reply = "答复" }`: what the steps that rules ask about are called in the log.
fn steps(table: &mut Reader<'_>) -> Vec<(String, String)> {
    let Some(table) = table.entry("steps").and_then(|it| it.table()) else { return Vec::new() };
    let mut all: Vec<(String, String)> = Vec::new();
    for entry in table.entries() {
        let written =
            if entry.value.get_ref().is_array() { entry.texts() } else { entry.text().map(|it| vec![it]) };
        for text in written.unwrap_or_default() {
            if all.iter().any(|it| it.0 == text.text) {
                entry.file.error(wording::ID_TWICE, &text.text, text.span);
            } else {
                all.push((text.text, entry.key.clone()));
            }
        }
    }
    all
}

/// Complains about a path that leaves the project folder; true where it stays.
pub(super) fn confined(file: &File<'_>, path: &Text) -> bool {
    let stays = stays_below(&path.text);
    if !stays {
        file.error(wording::PATH_LEAVES, &path.text, path.span.clone());
    }
    stays
}

/// True for a path that goes neither up nor to the root, on any system.
pub(super) fn stays_below(path: &str) -> bool {
    let plain = |it: Component<'_>| matches!(it, Component::Normal(_) | Component::CurDir);
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    !drive && Path::new(&path.replace('\\', "/")).components().all(plain)
}

fn key(table: &mut Reader<'_>) -> Vec<Name> {
    let Some(entry) = table.entry("key") else { return Vec::new() };
    let texts =
        if entry.value.get_ref().is_array() { entry.texts() } else { entry.text().map(|it| vec![it]) };
    texts.unwrap_or_default().into_iter().map(|it| name(entry.file, it)).collect()
}

fn format(table: &mut Reader<'_>) -> Option<Format> {
    let entry = table.entry("format")?;
    let text = entry.text()?;
    if ["xlsx", "parquet", "sqlite"].contains(&text.text.as_str()) {
        entry.file.error(wording::NOT_BUILT, &text.text, text.span);
        return None;
    }
    pick(&entry, &text, &Format::ALL)
}

fn encoding(table: &mut Reader<'_>) -> Option<String> {
    let entry = table.entry("encoding")?;
    let text = entry.text()?;
    if text.text == "auto" {
        return None;
    }
    if encoding_rs::Encoding::for_label(text.text.as_bytes()).is_none() {
        let common =
            ["auto", "utf-8", "utf-16le", "utf-16be", "gb18030", "gbk", "big5", "shift_jis", "windows-1252"];
        let said =
            Diagnostic::error(wording::UNKNOWN_CHOICE).with("name", "encoding").with("text", &text.text);
        let said = suggest(said, &text.text, common);
        let said = said.help_with(wording::KNOWN_CHOICES, vec![("names", common.join(", "))]);
        entry.file.report(said.at(entry.place()));
        return None;
    }
    Some(text.text)
}

fn one_byte(table: &mut Reader<'_>, key: &'static str) -> Option<u8> {
    let entry = table.entry(key)?;
    match entry.text()?.text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r') => Some(*byte),
        _ => {
            entry.wrong_type(wording::WANTS_ASCII);
            None
        }
    }
}

fn skip_lines(table: &mut Reader<'_>) -> usize {
    let Some(entry) = table.entry("skip_lines") else { return 0 };
    let count =
        entry.value.get_ref().as_integer().and_then(|it| usize::from_str_radix(it.as_str(), it.radix()).ok());
    if count.is_none() {
        entry.wrong_type(wording::WANTS_COUNT);
    }
    count.unwrap_or(0)
}

fn subject(table: &mut Reader<'_>) -> Vec<(String, Name)> {
    let Some(table) = table.entry("subject").and_then(|it| it.table()) else { return Vec::new() };
    let mut out = Vec::new();
    for entry in table.entries() {
        if !names::is_id(&entry.key) {
            entry.file.error(wording::BAD_ID, &entry.key, entry.key_span.clone());
        }
        out.extend(entry.text().map(|it| (entry.key.clone(), name(entry.file, it))));
    }
    out
}

fn fields(table: &mut Reader<'_>) -> Vec<GivenField> {
    let Some(table) = table.entry("fields").and_then(|it| it.table()) else { return Vec::new() };
    table.entries().iter().filter_map(field).collect()
}

fn field(entry: &Entry<'_>) -> Option<GivenField> {
    name_of_field(entry);
    let mut table = entry.table()?;
    let from = table.text("from").map(|it| it.text);
    let given = table.one_of("type", &TYPES);
    let choices = table.entry("choices");
    let of = table.one_of("of", &ELEMENTS);
    let format = table.text("format").map(|it| it.text);
    let separator = table.text("separator").map(|it| it.text);
    let is_list = given == Some(Given::List);
    for (key, there, fits) in [
        ("of", of.is_some(), is_list),
        ("separator", separator.is_some(), is_list),
        ("format", format.is_some(), matches!(given, Some(Given::Is(Type::Time | Type::Date)))),
    ] {
        if there && !fits && (given.is_some() || key == "of") {
            let misplaced = table.entry(key);
            misplaced.iter().for_each(|it| it.error(wording::NOT_FOR_TYPE));
        }
    }
    let choices = choices_of(entry, choices, given);
    table.finish();
    let ty = given.map(|it| match it {
        Given::Is(ty) => ty,
        Given::Choice => Type::Text,
        Given::List => Type::List(of.unwrap_or(Element::Text)),
    });
    Some(GivenField {
        name: entry.key.clone(),
        from,
        ty,
        choices,
        format,
        separator,
        place: key_place(entry),
    })
}

fn choices_of(field: &Entry<'_>, choices: Option<Entry<'_>>, given: Option<Given>) -> Vec<String> {
    let is_choice = given == Some(Given::Choice);
    let Some(entry) = choices else {
        if is_choice {
            let said =
                Diagnostic::error(wording::MISSING_KEY).with("name", "choices").with("table", &field.key);
            field.file.report(said.help(wording::HELP_CHOICES).at(field.place()));
        }
        return Vec::new();
    };
    if !is_choice && given.is_some() {
        entry.error(wording::NOT_FOR_TYPE);
    }
    let texts = entry.texts().unwrap_or_default();
    if texts.is_empty() {
        entry.error(wording::EMPTY_LIST);
    }
    texts.into_iter().map(|it| it.text).collect()
}

fn key_place(entry: &Entry<'_>) -> Place {
    entry.file.place(entry.key_span.clone())
}

/// Complains about the name of a field that rules could not write.
fn name_of_field(entry: &Entry<'_>) {
    if !names::is_name(&entry.key) {
        let code = if names::RESERVED.contains(&entry.key.as_str()) {
            wording::RESERVED_NAME
        } else {
            wording::BAD_NAME
        };
        let said = Diagnostic::error(code).with("name", &entry.key).at(key_place(entry));
        let quoted = format!("{:?}", entry.key);
        entry.file.report(said.help_with(wording::HELP_FROM, vec![("name", quoted)]));
    }
}

fn derive(table: &mut Reader<'_>, fields: &[GivenField]) -> Vec<Derived> {
    let Some(table) = table.entry("derive").and_then(|it| it.table()) else { return Vec::new() };
    let mut out = Vec::new();
    for entry in table.entries() {
        let place = key_place(&entry);
        if !names::is_name(&entry.key) {
            entry.file.error(wording::BAD_NAME, &entry.key, entry.key_span.clone());
        }
        if let Some(field) = fields.iter().find(|it| it.name == entry.key) {
            let said = Diagnostic::error(wording::ID_TWICE).with("name", &entry.key).at(place.clone());
            entry.file.report(said.also(field.place.clone(), wording::FIRST_HERE));
        }
        out.extend(
            entry.script().map(|script| Derived { name: Name { text: entry.key.clone(), place }, script }),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below_the_project() {
        for good in ["a.csv", "./a/b.csv", "data/**/*.csv", "a..b/c"] {
            assert!(stays_below(good), "{good}");
        }
        for bad in ["/etc/passwd", "../a", "a/../../b", "C:\\a", "a\\..\\b", "\\\\host\\a"] {
            assert!(!stays_below(bad), "{bad}");
        }
    }
}
