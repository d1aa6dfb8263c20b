//! Bytes in, batches out: files found, decoded, split into records and read into typed columns.
//!
//! The way through: [`open`] finds the files of a source, detects encoding, compression, format and
//! dialect, samples them and freezes the schema. [`Reader`] then hands out blocks of whole records,
//! and one [`Decoder`] a worker turns blocks into batches that hold only the wanted fields.

mod spec;

pub use spec::{Fault, FaultKind, FileInfo, Format, GivenField, Opened, SourceSpec, Want};
