//! What may be held in memory, and where the rest goes.

use std::io::{self, Cursor, Read, Seek, Write};

/// A temporary file, as far as the engine knows one.
pub trait TemporaryFile: Read + Write + Seek + Send {}

impl<F: Read + Write + Seek + Send> TemporaryFile for F {}

/// Any temporary file.
pub type Temporary = Box<dyn TemporaryFile>;

/// A bound of memory, and how temporary files are made for what is beyond it.
#[derive(Clone, Copy, Debug)]
pub struct Spill {
    /// Bytes that may be held, by all workers together.
    pub bytes_max: usize,
    /// Makes a temporary file.
    pub make: fn() -> io::Result<Temporary>,
}

impl Spill {
    /// Everything stays in memory: for few records.
    #[must_use]
    pub fn never() -> Self {
        Self { bytes_max: usize::MAX, make: || Ok(Box::new(Cursor::new(Vec::new()))) }
    }

    /// One worker's part of the memory.
    #[must_use]
    pub fn part(self, workers: usize) -> Self {
        Self { bytes_max: self.bytes_max / workers.max(1), ..self }
    }
}
