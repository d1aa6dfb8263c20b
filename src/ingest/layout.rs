//! What a file's beginning tells: encoding, dialect, header.

use super::{
    bytes::{self, Store, detect_encoding, encoding_marked, encoding_named},
    quotes::{Dialect, unquote},
    spec::{Format, SourceSpec},
};
use encoding_rs::{Encoding, UTF_8, UTF_16LE};
use std::{collections::HashSet, io, sync::Arc};

/// How one file is written.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) format: Format,
    pub(super) encoding: &'static Encoding,
    /// Of CSV and TSV.
    pub(super) dialect: Dialect,
    /// The columns of CSV and TSV by the name that `from` takes; empty for an empty file.
    pub(super) columns: Vec<Heading>,
    /// Bytes of the text before the first record.
    pub(super) body_start: usize,
    /// The number of the first row after the header.
    pub(super) first_row: u64,
}

/// A column as its header names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// The name in rules.
    pub(super) name: String,
    /// The name in the data; a repeated one is `name#2`, `name#3` …
    pub(super) from: String,
}

/// Why a file's beginning cannot be used.
#[derive(Debug)]
pub(super) enum LayoutError {
    Read(io::Error),
    /// No known encoding has this label.
    UnknownEncoding(String),
    /// The header's quotes are never closed, or it is larger than the sample.
    OpenHeader,
}

impl From<io::Error> for LayoutError {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// This much of a file (as stored in it, after decompression) is looked at to find out how it is written.
pub(super) const SAMPLE_BYTES: usize = 1 << 20;

impl Layout {
    /// Looks at the beginning of a file.
    pub(super) fn detect(store: Store<'_>, format: Format, spec: &SourceSpec) -> Result<Self, LayoutError> {
        let mut raw = Vec::new();
        let whole =
            !bytes::read_more(&mut *bytes::open_raw(store, &Arc::default())?, &mut raw, SAMPLE_BYTES)?;
        let encoding = choose_encoding(&raw, whole, spec.encoding.as_deref())?;
        let mut layout = Self {
            format,
            encoding,
            dialect: Dialect::PLAIN,
            columns: Vec::new(),
            body_start: 0,
            first_row: 1,
        };
        if matches!(format, Format::Csv | Format::Tsv) {
            let mut text = Vec::new();
            bytes::read_more(
                &mut *bytes::open_text(store, encoding, &Arc::default())?,
                &mut text,
                SAMPLE_BYTES,
            )?;
            layout.read_header(&text, whole, spec)?;
        }
        Ok(layout)
    }

    fn read_header(&mut self, text: &[u8], whole: bool, spec: &SourceSpec) -> Result<(), LayoutError> {
        let newline = if text.contains(&b'\n') || !text.contains(&b'\r') { b'\n' } else { b'\r' };
        let mut start = 0;
        for _ in 0..spec.skip_lines {
            start += memchr::memchr(newline, &text[start..]).map_or(text.len() - start, |it| it + 1);
        }
        let mut row = spec.skip_lines as u64 + 1;
        // Blank lines before the header.
        while let Some(ahead) = memchr::memchr(newline, &text[start..])
            && text[start..start + ahead].trim_ascii().is_empty()
            && (text[start..start + ahead].is_empty() || text[start] == b'\r')
        {
            start += ahead + 1;
            row += 1;
        }
        let mut dialect =
            Dialect { delimiter: b',', quote: spec.quote.unwrap_or(b'"'), escape: spec.escape, newline };
        dialect.delimiter = match (spec.delimiter, self.format) {
            (Some(given), _) => given,
            (None, Format::Tsv) => b'\t',
            (None, _) => detect_delimiter(&text[start..], dialect),
        };
        self.dialect = dialect;
        self.body_start = start;
        self.first_row = row;
        if start == text.len() {
            return Ok(());
        }
        let Some((cells, len)) = split_record(&text[start..], dialect, whole) else {
            return Err(LayoutError::OpenHeader);
        };
        self.columns = name_columns(&cells);
        self.body_start = start + len;
        self.first_row = row + 1;
        Ok(())
    }
}

fn choose_encoding(raw: &[u8], whole: bool, label: Option<&str>) -> Result<&'static Encoding, LayoutError> {
    let Some(label) = label.filter(|it| !it.eq_ignore_ascii_case("auto")) else {
        return Ok(detect_encoding(raw, whole));
    };
    if ["utf-16", "utf16", "utf_16"].contains(&label.to_ascii_lowercase().as_str()) {
        // Which end comes first is not in the name.
        let found = encoding_marked(raw).unwrap_or_else(|| detect_encoding(raw, whole));
        return Ok(if found == UTF_8 { UTF_16LE } else { found });
    }
    encoding_named(label).ok_or_else(|| LayoutError::UnknownEncoding(label.to_owned()))
}

/// The cells of the first record and its length with the line end; `None` if it does not end in `text`.
pub(super) fn split_record(text: &[u8], dialect: Dialect, whole: bool) -> Option<(Vec<String>, usize)> {
    let (mut cells, mut start, mut at) = (Vec::new(), 0, 0);
    let mut quoted = false;
    loop {
        let byte = text.get(at).copied();
        let ends_record = match byte {
            None if quoted || !whole => return None,
            None => true,
            Some(byte) => !quoted && byte == dialect.newline,
        };
        if ends_record || (!quoted && byte == Some(dialect.delimiter)) {
            let mut cell = &text[start..at];
            if ends_record {
                cell = cell.strip_suffix(b"\r").unwrap_or(cell);
            }
            cells.push(cell_text(&String::from_utf8_lossy(cell), dialect));
            if ends_record {
                return Some((cells, (at + 1).min(text.len())));
            }
            start = at + 1;
        } else if quoted && byte == dialect.escape && byte != Some(dialect.quote) {
            at += 1;
        } else if byte == Some(dialect.quote) {
            if !quoted {
                quoted = at == start;
            } else if text.get(at + 1) == Some(&dialect.quote) {
                at += 1;
            } else {
                quoted = false;
            }
        }
        at += 1;
    }
}

/// A cell without its quotes.
pub(super) fn cell_text(cell: &str, dialect: Dialect) -> String {
    if cell.as_bytes().first() != Some(&dialect.quote) {
        return cell.to_owned();
    }
    unquote(cell, dialect).map_or_else(|it| it, |range| cell[range].to_owned())
}

/// Records looked at to find the delimiter.
const DELIMITER_RECORDS: usize = 100;

/// The delimiter that splits the most records into as many fields as the first one; among equals
/// the one that makes more fields, then the more usual one.
fn detect_delimiter(text: &[u8], dialect: Dialect) -> u8 {
    let mut best = (0.0, 0, b',');
    for delimiter in *b",;\t|" {
        let dialect = Dialect { delimiter, ..dialect };
        let (mut rest, mut first, mut seen, mut same) = (text, 0, 0_u32, 0_u32);
        while let Some((cells, len)) =
            split_record(rest, dialect, true).filter(|_| seen < DELIMITER_RECORDS as u32)
        {
            if rest.is_empty() {
                break;
            }
            if cells.len() > 1 || !cells[0].is_empty() {
                if seen == 0 {
                    first = cells.len();
                }
                same += u32::from(cells.len() == first);
                seen += 1;
            }
            rest = &rest[len..];
        }
        let share = if first > 1 { f64::from(same) / f64::from(seen.max(1)) } else { 0.0 };
        // A share is only better where it is clearly so: one ragged row must not decide.
        if share > best.0 + 0.2 || (share > best.0 - 0.2 && share > 0.0 && first > best.1) {
            best = (share, first, delimiter);
        }
    }
    best.2
}

/// Makes header cells unique: a repeated name gets `_2`, `_3` in rules and `#2`, `#3` in the
/// data; an empty one is called by its place.
fn name_columns(cells: &[String]) -> Vec<Heading> {
    let mut taken: HashSet<String> = cells.iter().cloned().collect();
    let mut columns: Vec<Heading> = Vec::with_capacity(cells.len());
    for (index, cell) in cells.iter().enumerate() {
        let cell = cell.trim();
        if cell.is_empty() {
            let name = format!("column_{}", index + 1);
            columns.push(Heading { from: name.clone(), name });
            continue;
        }
        let nth = cells[..index].iter().filter(|it| it.trim() == cell).count() + 1;
        if nth == 1 {
            columns.push(Heading { name: cell.to_owned(), from: cell.to_owned() });
            continue;
        }
        let free = (nth..).map(|it| format!("{cell}_{it}")).find(|it| !taken.contains(it));
        let name = free.unwrap_or_default();
        taken.insert(name.clone());
        columns.push(Heading { name, from: format!("{cell}#{nth}") });
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found() {
        for (text, delimiter) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2\n2,5;3\n", b';'),
            ("a\tb,c\td\n1\t2,3\t4\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("only\none, two\n", b','),
            ("a,\"x;y;z\"\n1,2\n", b','),
        ] {
            assert_eq!(detect_delimiter(text.as_bytes(), Dialect::PLAIN), delimiter, "{text:?}");
        }
    }

    #[test]
    fn repeated_and_empty_headers_get_names() {
        let names = name_columns(&["a", "", "a", "a_2", "a"].map(str::to_owned));
        let pairs: Vec<_> = names.iter().map(|it| (it.name.as_str(), it.from.as_str())).collect();
        assert_eq!(
            pairs,
            [("a", "a"), ("column_2", "column_2"), ("a_3", "a#2"), ("a_2", "a_2"), ("a_4", "a#3")]
        );
    }

    #[test]
    fn records_are_split_off() {
        let split = split_record(b"a,\"b\n\"\"c\"\"\",d\r\n1", Dialect::PLAIN, false);
        assert_eq!(split, Some((vec!["a".to_owned(), "b\n\"c\"".to_owned(), "d".to_owned()], 15)));
        assert_eq!(split_record(b"a,\"b", Dialect::PLAIN, true), None);
    }
}
