//! A run of records in columns.

use super::{Column, Value};

/// Where a record stands in the user's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// Which of the source's files, in the order they were found.
    pub file: u32,
    /// The record's number in its file, as a person counts: in CSV the header is row 1 and the
    /// first record row 2; in NDJSON the line; in JSON and TOML the element, from 1.
    pub row: u64,
}

/// Records of one source in columns, in file order.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Number of records.
    pub len: usize,
    /// What text views point into: the block as read, then whatever had to be unescaped.
    pub text: String,
    /// One column for each field the plan wants, in the plan's order.
    pub columns: Vec<Column>,
    /// Which of the source's files.
    pub file: u32,
    /// Where not all are from one file: which of the source's files, record by record. Cases that are no more than
    /// their events stand where the first of these does.
    pub files: Vec<u32>,
    /// The number of the first record in the whole source, from 0, rejected rows not counted.
    pub first_record: u64,
    /// The row of each record in its file.
    pub rows: Vec<u64>,
}

impl Batch {
    /// The value of column `column` in record `index`.
    #[must_use]
    pub fn value(&self, column: usize, index: usize) -> Value {
        self.columns[column].value(index, &self.text)
    }

    /// Where record `index` stands.
    #[must_use]
    pub fn origin(&self, index: usize) -> Origin {
        let file = self.files.get(index).copied().unwrap_or(self.file);
        Origin { file, row: self.rows[index] }
    }
}
