//! Running a source on all workers: blocks are taken in order, judged side by side and committed in
//! order, so that the result does not depend on the number of threads.

use super::{BlockResult, Judge, Judging};
use crate::{diagnostic::Diagnostic, record::Batch};
use std::{
    collections::BTreeMap,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// Where batches come from.
pub trait Batches: Sync {
    /// What a worker keeps between blocks.
    type Worker;
    /// What else a block says: faults of its data.
    type Faults: Send;

    /// A new worker.
    fn worker(&self) -> Self::Worker;

    /// Reads the next block into `batch`; its number counts from 0. `None` at the end.
    ///
    /// # Errors
    /// A file that cannot be read on.
    fn next(
        &self,
        worker: &mut Self::Worker,
        batch: &mut Batch,
    ) -> Result<Option<(u64, Self::Faults)>, Box<Diagnostic>>;
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All records are judged.
    Done,
    /// Someone asked to stop.
    Cancelled,
}

/// Why a run could not go on.
#[derive(Debug)]
pub enum RunError {
    /// The data.
    Data(Box<Diagnostic>),
    /// An output or a temporary file.
    Write(io::Error),
    /// A worker panicked; what it said.
    Panic(String),
}

/// How far workers may run ahead of the block that is due, in blocks a worker.
const AHEAD: u64 = 4;

struct Line<F, C> {
    next: u64,
    waiting: BTreeMap<u64, (BlockResult, F)>,
    commit: C,
    /// Buffers of committed blocks, to be filled anew: memory that is at hand costs no page faults.
    spare: Vec<Vec<Vec<u8>>>,
    error: Option<RunError>,
}

/// Judges all batches on `threads` workers; `commit` takes the results in block order.
///
/// # Errors
/// The first that reading or committing gives; the blocks before it are committed.
pub fn run_source<B: Batches>(
    batches: &B,
    judging: &Judging<'_>,
    threads: usize,
    cancelled: &AtomicBool,
    commit: impl FnMut(&mut BlockResult, B::Faults) -> io::Result<()> + Send,
) -> Result<Outcome, RunError> {
    let line = Mutex::new(Line { next: 0, waiting: BTreeMap::new(), commit, spare: Vec::new(), error: None });
    let moved = Condvar::new();
    let work = || {
        let mut judge = Judge::new(judging);
        let mut worker = batches.worker();
        let mut batch = Batch::default();
        loop {
            if cancelled.load(Ordering::Relaxed) || lock(&line).error.is_some() {
                return;
            }
            let read = batches.next(&mut worker, &mut batch);
            let (number, faults) = match read {
                Ok(Some(block)) => block,
                Ok(None) => return,
                Err(diagnostic) => return stop(&line, &moved, RunError::Data(diagnostic)),
            };
            let result = judge.judge(&mut batch);
            let spare = hand_in(&line, &moved, threads as u64, cancelled, number, (result, faults));
            judge.recycle(spare);
        }
    };
    let guarded = || {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(work)) {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned()));
            stop(&line, &moved, RunError::Panic(said.unwrap_or_default()));
        }
    };
    rayon::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|_| guarded());
        }
    });
    let line = line.into_inner().unwrap_or_else(PoisonError::into_inner);
    match line.error {
        Some(error) => Err(error),
        None if cancelled.load(Ordering::Relaxed) => Ok(Outcome::Cancelled),
        None => Ok(Outcome::Done),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stop<F, C>(line: &Mutex<Line<F, C>>, moved: &Condvar, error: RunError) {
    lock(line).error.get_or_insert(error);
    moved.notify_all();
}

/// Commits the block if it is due, and those behind it that are waiting; else leaves it waiting. A
/// worker that is far ahead stays here until the line has moved, so that memory is bounded. Gives the
/// buffers of a committed block, if there are any.
fn hand_in<F, C: FnMut(&mut BlockResult, F) -> io::Result<()>>(
    line: &Mutex<Line<F, C>>,
    moved: &Condvar,
    threads: u64,
    cancelled: &AtomicBool,
    number: u64,
    block: (BlockResult, F),
) -> Option<Vec<Vec<u8>>> {
    let mut guard = lock(line);
    guard.waiting.insert(number, block);
    let before = guard.next;
    while guard.error.is_none() {
        let next = guard.next;
        let Some((mut result, faults)) = guard.waiting.remove(&next) else { break };
        if let Err(error) = (guard.commit)(&mut result, faults) {
            guard.error = Some(RunError::Write(error));
        }
        guard.spare.push(std::mem::take(&mut result.outputs));
        guard.next += 1;
    }
    if guard.next != before || guard.error.is_some() {
        moved.notify_all();
    }
    while guard.error.is_none()
        && !cancelled.load(Ordering::Relaxed)
        && number >= guard.next + AHEAD * threads
    {
        let wait = std::time::Duration::from_millis(100);
        guard = moved.wait_timeout(guard, wait).unwrap_or_else(PoisonError::into_inner).0;
    }
    guard.spare.pop()
}
