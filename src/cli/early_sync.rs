//! Bringing a file to disk while it is still being written, so that little is left to wait for at its end.

use std::{
    io,
    sync::mpsc::{SyncSender, sync_channel},
    thread::{JoinHandle, spawn},
};
use tempfile::NamedTempFile;

/// So many bytes are worth a trip to the disk.
const PORTION: u64 = 16 << 20;

/// See the file's head.
pub(super) struct EarlySync {
    /// `None` once it is over.
    ask: Option<SyncSender<()>>,
    worker: Option<JoinHandle<()>>,
    /// Written since the disk was last asked.
    since: u64,
}

impl EarlySync {
    /// For a file. It is opened a second time: a failure of the disk must be told to whoever finishes the file, and
    /// is told once for each time that it is open.
    pub(super) fn of(file: &NamedTempFile) -> io::Result<Self> {
        let again = file.reopen()?;
        let (ask, asked) = sync_channel(1);
        let worker = spawn(move || {
            while asked.recv().is_ok() {
                drop(again.sync_data());
            }
        });
        Ok(Self { ask: Some(ask), worker: Some(worker), since: 0 })
    }

    /// So many bytes more have been written.
    pub(super) fn written(&mut self, bytes: usize) {
        self.since += bytes as u64;
        if self.since >= PORTION
            && let Some(ask) = &self.ask
            // A disk that is still busy is asked with the next portion.
            && ask.try_send(()).is_ok()
        {
            self.since = 0;
        }
    }
}

impl Drop for EarlySync {
    fn drop(&mut self) {
        self.ask = None;
        if let Some(worker) = self.worker.take() {
            drop(worker.join());
        }
    }
}
