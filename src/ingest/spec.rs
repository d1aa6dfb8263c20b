//! What a source is: settings in, files and schema out.

use super::{bytes::Store, layout::Layout};
use crate::{
    calendar::Zone,
    diagnostic::Place,
    record::{Schema, Type},
};
use std::{path::PathBuf, sync::Arc};

/// How records are written in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma-separated, or whatever delimiter is found or given.
    Csv,
    /// Tab-separated.
    Tsv,
    /// One JSON object a line.
    Ndjson,
    /// An array of JSON objects, or one object.
    Json,
    /// One array of tables.
    Toml,
}

impl Format {
    /// Every format this build reads, by name.
    pub const ALL: [(&'static str, Self); 5] = [
        ("csv", Self::Csv),
        ("tsv", Self::Tsv),
        ("ndjson", Self::Ndjson),
        ("json", Self::Json),
        ("toml", Self::Toml),
    ];
}

/// A field as the project gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenField {
    /// The name in rules.
    pub name: String,
    /// The name in the data; the same if left out. In JSON a dot reaches into objects.
    pub from: Option<String>,
    /// The type; inferred if left out.
    pub ty: Option<Type>,
    /// The closed list of a choice.
    pub choices: Vec<String>,
    /// `strptime` format of times and dates.
    pub format: Option<String>,
    /// Between the elements of a list in one cell.
    pub separator: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// A source as the project gives it, everything resolved that can be without reading data.
#[derive(Clone, Debug)]
pub struct SourceSpec {
    /// Its id.
    pub id: String,
    /// The project folder: paths are shown relative to it, and a glob may not leave it.
    pub root: PathBuf,
    /// A glob below `root`, or one plain path.
    pub pattern: String,
    /// Where `path = …` stands in audit.toml, for diagnostics; `None` for files on the command line.
    pub place: Option<Place>,
    /// `None`: from the file's ending (`.gz` and `.zst` seen through).
    pub format: Option<Format>,
    /// An encoding label (`utf-8`, `gb18030`, `utf-16le` …); `None`: detected.
    pub encoding: Option<String>,
    /// CSV delimiter; `None`: detected among `, ; tab |`.
    pub delimiter: Option<u8>,
    /// CSV quote; `None` is `"`.
    pub quote: Option<u8>,
    /// CSV escape inside quotes; `None`: a doubled quote.
    pub escape: Option<u8>,
    /// Lines before the CSV header.
    pub skip_lines: usize,
    /// The zone of times without one.
    pub zone: Zone,
    /// Tokens that mean a missing value; the empty cell always does.
    pub missing: Vec<String>,
    /// Fields that the project gives.
    pub fields: Vec<GivenField>,
    /// Records that stand in memory instead of in files: the content of one file, which is shown as
    /// `pattern`. Types are then inferred from all of them.
    pub held: Option<Arc<[u8]>>,
}

impl SourceSpec {
    /// A source of which nothing is given but where it is: all else is detected and inferred.
    #[must_use]
    pub fn plain(
        id: impl Into<String>,
        root: impl Into<PathBuf>,
        pattern: impl Into<String>,
        zone: Zone,
    ) -> Self {
        Self {
            id: id.into(),
            root: root.into(),
            pattern: pattern.into(),
            place: None,
            format: None,
            encoding: None,
            delimiter: None,
            quote: None,
            escape: None,
            skip_lines: 0,
            zone,
            missing: Vec::new(),
            fields: Vec::new(),
            held: None,
        }
    }
}

/// One file of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Where it is.
    pub path: PathBuf,
    /// As it is shown: below the project folder, `/` between folders on every system.
    pub shown: String,
    /// Size on disk.
    pub bytes: u64,
    /// Its content, where it stands in memory.
    pub held: Option<Arc<[u8]>>,
}

impl FileInfo {
    /// Where its bytes come from.
    pub(super) fn store(&self) -> Store<'_> {
        self.held.as_ref().map_or(Store::Disk(&self.path), Store::Held)
    }
}

/// A source whose files are known and whose schema is frozen.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The settings.
    pub spec: SourceSpec,
    /// Its files, sorted by shown path.
    pub files: Vec<FileInfo>,
    /// Its fields: the data's own in order of appearance, renamed and typed as given.
    pub schema: Schema,
    /// How many records the inference looked at, over all files.
    pub sampled: usize,
    /// How each file is written.
    pub(super) layouts: Vec<Layout>,
}

/// A field that the plan reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Want {
    /// Index into the schema's fields.
    pub field: usize,
    /// Read as text exactly as written, whatever the field's type (keys, subjects).
    pub as_written: bool,
    /// Try a dictionary (text that is compared or looked up); views otherwise.
    pub coded: bool,
}

/// What is wrong with a row or a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The cell cannot be read as its field's type.
    BadCell,
    /// The row has this many fields, not those of the header.
    FieldCount {
        /// Fields found.
        found: usize,
        /// Fields of the header.
        expected: usize,
    },
    /// The line is no JSON object.
    BadJson,
    /// A quote is never closed.
    OpenQuote,
    /// The record is larger than the limit.
    TooLarge,
}

/// A fault of the data, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Which of the source's files.
    pub file: u32,
    /// The row, as in [`crate::record::Origin`].
    pub row: u64,
    /// The field of a bad cell, as index into the schema.
    pub field: Option<usize>,
    /// The text, cut at 200 characters.
    pub text: String,
    /// What the parser said, for bad JSON.
    pub detail: String,
}
