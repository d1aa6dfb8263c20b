//! From a source's settings to its files and its frozen schema.

use super::{
    cells::reach,
    clock::TimeFormat,
    csv::{Grid, Shape},
    discover::{discover, format_of},
    faults,
    feed::{Block, ReaderOptions},
    infer::{Guess, Slashed},
    json::{self, Kind, Token},
    layout::{Layout, cell_text},
    reader::open_feed,
    spec::{FileInfo, Format, GivenField, Opened, SourceSpec},
};
use crate::{
    diagnostic::Diagnostic,
    record::{Element, Field, Schema, Type},
};
use std::{collections::HashMap, sync::Arc};

/// Types are inferred from this many records of a file …
pub const SAMPLE_RECORDS: usize = 1000;
/// … and from this many files.
pub const SAMPLE_FILES: usize = 20;

/// Finds a source's files, finds out how they are written, samples them and freezes the schema.
///
/// Fields come in the order of the data, those that only later files have at the end, under the
/// names and types that `spec.fields` gives; types that it does not give are those that fit every
/// value in the first [`SAMPLE_RECORDS`] records of each of the first [`SAMPLE_FILES`] files.
/// `None` exactly if a diagnostic is an error.
#[must_use]
pub fn open(spec: &SourceSpec) -> (Option<Opened>, Vec<Diagnostic>) {
    let files = match discover(spec) {
        Ok(files) => files,
        Err(diagnostics) => return (None, diagnostics),
    };
    let mut diagnostics = Vec::new();
    let mut opened = Opened {
        spec: spec.clone(),
        files: Vec::new(),
        schema: Schema::default(),
        sampled: 0,
        layouts: Vec::new(),
    };
    for info in files {
        match layout(&info, spec) {
            Ok(layout) => {
                opened.files.push(info);
                opened.layouts.push(layout);
            }
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    let mut sample = Sample::new(spec);
    sample.take_headers(&opened);
    for file in 0..opened.files.len().min(SAMPLE_FILES) {
        match sample.take_file(&opened, file) {
            Ok(records) => opened.sampled += records,
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    if !opened.files.is_empty() {
        opened.schema = sample.schema(&opened, &mut diagnostics);
        check_formats(&opened, &mut diagnostics);
        if sample.seen.is_empty() && !diagnostics.iter().any(Diagnostic::is_error) {
            diagnostics.push(faults::empty_source(&opened.files[0], spec));
        }
    }
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    ((!failed).then_some(opened), diagnostics)
}

fn layout(info: &FileInfo, spec: &SourceSpec) -> Result<Layout, Diagnostic> {
    let format = spec.format.or_else(|| format_of(&info.path)).ok_or_else(|| faults::unknown_ending(info))?;
    Layout::detect(info.store(), format, spec).map_err(|it| faults::bad_layout(info, spec, &it))
}

fn check_formats(opened: &Opened, diagnostics: &mut Vec<Diagnostic>) {
    for field in &opened.schema.fields {
        if matches!(field.ty, Type::Date | Type::Time)
            && let Err(error) = TimeFormat::new(field.format.as_deref(), field.ty == Type::Time)
        {
            diagnostics.push(faults::bad_format(opened, field, &error));
        }
    }
}

/// A column or key that the data have.
struct Seen {
    name: String,
    from: String,
    guess: Guess,
    /// The first file that has it.
    file: usize,
}

/// What the beginnings of the files show.
struct Sample<'a> {
    spec: &'a SourceSpec,
    seen: Vec<Seen>,
    by_from: HashMap<String, usize>,
    slashed: Slashed,
}

impl<'a> Sample<'a> {
    fn new(spec: &'a SourceSpec) -> Self {
        Self { spec, seen: Vec::new(), by_from: HashMap::new(), slashed: Slashed::new() }
    }

    fn add(&mut self, from: &str, name: &str, file: usize) -> usize {
        if let Some(at) = self.by_from.get(from) {
            return *at;
        }
        let at = self.seen.len();
        self.by_from.insert(from.to_owned(), at);
        self.seen.push(Seen { name: name.to_owned(), from: from.to_owned(), guess: Guess::default(), file });
        at
    }

    fn is_missing(&self, text: &str) -> bool {
        self.spec.missing.iter().any(|it| it == text)
    }

    fn take_headers(&mut self, opened: &Opened) {
        for (file, layout) in opened.layouts.iter().enumerate() {
            for heading in &layout.columns {
                self.add(&heading.from, &heading.name, file);
            }
        }
    }

    /// Looks at the first records of a file; gives their number.
    fn take_file(&mut self, opened: &Opened, file: usize) -> Result<usize, Diagnostic> {
        let layout = &opened.layouts[file];
        let mut feed = open_feed(opened, file, &Arc::default())?;
        let (mut block, options) = (Block::default(), ReaderOptions::default());
        let mut records = 0;
        let most = if self.spec.held.is_some() { usize::MAX } else { SAMPLE_RECORDS };
        while records < most {
            let more =
                feed.next(&mut block, options).map_err(|it| faults::unreadable(&opened.files[file], &it));
            if !more? {
                break;
            }
            records += match layout.format {
                Format::Csv | Format::Tsv => self.take_rows(&block, layout, most - records),
                Format::Ndjson | Format::Json | Format::Toml => {
                    self.take_objects(&block, file, most - records)
                }
            };
        }
        Ok(records)
    }

    fn take_rows(&mut self, block: &Block, layout: &Layout, records_max: usize) -> usize {
        let mut grid = Grid::default();
        let (dialect, width) = (layout.dialect, layout.columns.len());
        grid.fill(&block.bytes, Shape { dialect, width, regular: block.regular, broken: &block.broken });
        let seen: Vec<usize> = layout.columns.iter().map(|it| self.by_from[&it.from]).collect();
        let count = grid.len().min(records_max);
        for (ends, first) in grid.ends().chunks_exact(width.max(1)).zip(&grid.starts).take(count) {
            let mut start = *first as usize;
            for (end, seen) in ends.iter().zip(&seen) {
                let mut raw = &block.bytes[start..*end as usize];
                start = *end as usize + 1;
                if ends.last() == Some(end) {
                    raw = raw.strip_suffix(b"\r").unwrap_or(raw);
                }
                // Bytes that mean nothing make a bad cell, which says nothing about the type.
                let Ok(raw) = std::str::from_utf8(raw) else { continue };
                let cell = cell_text(raw, dialect);
                if !cell.is_empty() && !self.is_missing(&cell) {
                    self.seen[*seen].guess.see_cell(&cell, &self.slashed);
                }
            }
        }
        count
    }

    fn take_objects(&mut self, block: &Block, file: usize, records_max: usize) -> usize {
        let bytes = &block.bytes;
        let mut extents: Vec<(usize, usize)> = Vec::new();
        if block.elements.is_empty() {
            let mut start = 0;
            for end in memchr::memchr_iter(b'\n', bytes) {
                extents.push((start, end));
                start = end + 1;
            }
        } else {
            extents.extend(block.elements.iter().map(|(from, to)| (*from as usize, *to as usize)));
        }
        let dotted: Vec<String> =
            self.spec.fields.iter().filter_map(|it| it.from.clone()).filter(|it| it.contains('.')).collect();
        let mut count = 0;
        let mut members = Vec::new();
        for (start, end) in extents {
            let start = json::skip_space(bytes, start);
            if start >= end || count == records_max {
                continue;
            }
            members.clear();
            let read = json::object(&bytes[..end], start, |key, value| members.push((key, value)));
            if read.is_err() {
                continue;
            }
            count += 1;
            for (key, value) in &members {
                self.see_member(&unescaped(bytes, *key), *value, bytes, file);
            }
            for path in &dotted {
                let direct = members.iter().any(|(key, _)| unescaped(bytes, *key) == *path);
                if let Some(value) = reach(&bytes[..end], start, path).filter(|_| !direct) {
                    self.see_member(path, value, bytes, file);
                }
            }
        }
        count
    }

    fn see_member(&mut self, key: &str, value: Token, text: &[u8], file: usize) {
        let at = self.add(key, key, file);
        let cell = unescaped(text, value);
        if value.kind != Kind::Null && !self.is_missing(&cell) {
            self.seen[at].guess.see_json(value.kind, &cell, &self.slashed);
        }
    }

    /// Brings together what is given and what is seen.
    fn schema(&self, opened: &Opened, diagnostics: &mut Vec<Diagnostic>) -> Schema {
        let tabular = opened.layouts.iter().all(|it| matches!(it.format, Format::Csv | Format::Tsv));
        let known: Vec<&str> = self.seen.iter().map(|it| it.from.as_str()).collect();
        // For each column the fields given from it.
        let mut given_from: Vec<Vec<&GivenField>> = self.seen.iter().map(|_| Vec::new()).collect();
        let mut unseen = Vec::new();
        for given in &self.spec.fields {
            let from = given.from.as_deref().unwrap_or(&given.name);
            let at =
                self.by_from.get(from).copied().or_else(|| self.seen.iter().position(|it| it.name == from));
            match at {
                Some(at) => given_from[at].push(given),
                None => {
                    unseen.push(given);
                }
            }
        }
        // A source without any record or header proves nothing; a table with none of many columns
        // is not the table that was meant.
        if tabular && !known.is_empty() && unseen.len() == self.spec.fields.len() && unseen.len() > 2 {
            diagnostics.push(faults::no_column_fits(&opened.files[0], &known, self.spec));
        } else if !known.is_empty() {
            let unknown = |given: &&GivenField| faults::unknown_column(given, &known, self.spec, tabular);
            diagnostics.extend(unseen.iter().map(unknown));
        }
        let mut fields: Vec<Field> = Vec::new();
        for (seen, given) in self.seen.iter().zip(&given_from) {
            if given.is_empty() {
                fields.push(self.field(seen, None, opened, diagnostics));
            }
            for given in given {
                fields.push(self.field(seen, Some(given), opened, diagnostics));
            }
        }
        for given in unseen {
            let from = given.from.clone().unwrap_or_else(|| given.name.clone());
            let seen = Seen { name: given.name.clone(), from, guess: Guess::default(), file: 0 };
            fields.push(self.field(&seen, Some(given), opened, diagnostics));
        }
        for given in &self.spec.fields {
            // A column that is not there was complained about; what follows from it is not.
            let from = given.from.as_deref().unwrap_or(&given.name);
            if known.contains(&from) && fields.iter().filter(|it| it.name == given.name).count() > 1 {
                diagnostics.push(faults::same_name(given, self.spec));
            }
        }
        Schema { fields }
    }

    fn field(
        &self,
        seen: &Seen,
        given: Option<&GivenField>,
        opened: &Opened,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Field {
        let told = given.and_then(given_type);
        let mut field = Field {
            name: given.map_or(&seen.name, |it| &it.name).clone(),
            from: seen.from.clone(),
            ty: Type::Text,
            choices: given.map(|it| it.choices.clone()).unwrap_or_default(),
            format: given.and_then(|it| it.format.clone()),
            separator: given.and_then(|it| it.separator.clone()),
            inferred: told.is_none(),
        };
        if let Some(ty) = told {
            field.ty = ty;
            return field;
        }
        let inferred = seen.guess.result(&self.slashed);
        field.ty = inferred.ty;
        field.format = inferred.format;
        if let Some((example, [first, second])) = inferred.ambiguous {
            let info = &opened.files[seen.file];
            diagnostics.push(faults::ambiguous_dates(&field.name, &example, [&first, &second], info));
        }
        field
    }
}

/// The type that a given field has by what is said about it.
fn given_type(given: &GivenField) -> Option<Type> {
    given.ty.or_else(|| {
        if !given.choices.is_empty() {
            return Some(Type::Text);
        }
        if let Some(format) = &given.format {
            return Some(if TimeFormat::gives_time(format) { Type::Time } else { Type::Date });
        }
        given.separator.as_ref().map(|_| Type::List(Element::Text))
    })
}

fn unescaped(text: &[u8], token: Token) -> String {
    let raw = String::from_utf8_lossy(&text[token.start..token.end]);
    let mut out = String::new();
    if token.escaped && json::unescape(&raw, &mut out).is_some() { out } else { raw.into_owned() }
}
