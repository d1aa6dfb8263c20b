//! The readers of files as the engine's source of batches.

use crate::{
    diagnostic::Diagnostic,
    engine::{Batches, PlanColumn},
    ingest::{Block, Decoder, Fault, Opened, Reader, ReaderOptions, Want},
    record::Batch,
};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// A source's files.
pub(super) struct Files {
    pub(super) reader: Reader,
    /// Wall times that a clock change skipped, and that it repeated.
    pub(super) resolved: [AtomicU64; 2],
}

impl Files {
    /// Reads the planned columns of an opened source.
    pub(super) fn new(opened: &Arc<Opened>, columns: &[PlanColumn]) -> Result<Self, Box<Diagnostic>> {
        let want = |it: &PlanColumn| Want { field: it.field, as_written: it.as_written, coded: it.coded };
        let wants = columns.iter().map(want).collect();
        let reader = Reader::new(Arc::clone(opened), wants, ReaderOptions::default()).map_err(Box::new)?;
        Ok(Self { reader, resolved: Default::default() })
    }
}

/// What a worker keeps.
pub(super) struct Worker<'a> {
    decoder: Decoder,
    block: Block,
    files: &'a Files,
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        self.files.resolved[0].fetch_add(self.decoder.skipped_times, Ordering::Relaxed);
        self.files.resolved[1].fetch_add(self.decoder.repeated_times, Ordering::Relaxed);
    }
}

impl<'a> Batches for &'a Files {
    type Worker = Worker<'a>;
    type Faults = Vec<Fault>;

    fn worker(&self) -> Worker<'a> {
        Worker { decoder: Decoder::new(&self.reader), block: Block::default(), files: self }
    }

    fn next(
        &self,
        worker: &mut Worker<'a>,
        batch: &mut Batch,
    ) -> Result<Option<(u64, Vec<Fault>)>, Box<Diagnostic>> {
        if !self.reader.next_block(&mut worker.block).map_err(Box::new)? {
            return Ok(None);
        }
        let mut faults = Vec::new();
        worker.decoder.decode(&self.reader, &mut worker.block, batch, &mut faults);
        Ok(Some((worker.block.sequence, faults)))
    }
}
