//! Bytes in, batches out: files found, decoded, split into records and read into typed columns.
//!
//! The way through: [`open`] finds the files of a source, detects encoding, compression, format and
//! dialect, samples them and freezes the schema. [`Reader`] then hands out blocks of whole records,
//! and one [`Decoder`] a worker turns blocks into batches that hold only the wanted fields.
//!
//! Inside, in reading order: `discover` finds files, `bytes` makes UTF-8 of them, `layout` reads
//! their beginnings, `infer` their types; `feed` cuts a stream into blocks (`quotes` knows where CSV
//! records end, `toml` is read at once); `cells` finds the wanted cells of a block with `csv` and
//! `json`; `lane` makes typed columns of them by `cell`, `clock` and `coder`; `chain` numbers the
//! rows. `faults` holds what is said when a source cannot be used.

mod bytes;
mod cell;
mod cells;
mod chain;
mod clock;
mod coder;
mod csv;
mod decode;
mod discover;
mod faults;
mod feed;
mod infer;
mod json;
mod lane;
mod layout;
mod open;
mod quotes;
mod reader;
mod spec;
#[cfg(test)]
mod tests;
mod toml;
#[cfg(test)]
mod torture;

pub use decode::Decoder;
pub use feed::{Block, ReaderOptions};
pub use open::{SAMPLE_FILES, SAMPLE_RECORDS, open};
pub use reader::Reader;
pub use spec::{Fault, FaultKind, FileInfo, Format, GivenField, Opened, SourceSpec, Want};
