//! Running a source on all workers: blocks are taken in order, judged side by side and committed in
//! order, so that the result does not depend on the number of threads.

use super::{BlockResult, Judge, Judging, Spare, WorkerPart};
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
const AHEAD: u64 = 2;

/// What blocks are worked on with, one a worker.
pub trait Work {
    /// What comes of a block.
    type Result: Send;
    /// What is left of a result once it is committed, to be used anew: memory that is at hand costs no
    /// page faults.
    type Spare: Send;

    /// Works on a block.
    ///
    /// # Errors
    /// A temporary file cannot be written.
    fn block(&mut self, batch: &mut Batch) -> io::Result<Self::Result>;

    /// Takes back what is left of an earlier result.
    fn recycle(&mut self, spare: Option<Self::Spare>);

    /// What is left of a result.
    fn spare(result: &mut Self::Result) -> Self::Spare;
}

impl Work for Judge<'_> {
    type Result = BlockResult;
    type Spare = Spare;

    fn block(&mut self, batch: &mut Batch) -> io::Result<BlockResult> {
        let result = self.judge(batch);
        self.relieve()?;
        Ok(result)
    }

    fn recycle(&mut self, spare: Option<Spare>) {
        Judge::recycle(self, spare);
    }

    fn spare(result: &mut BlockResult) -> Spare {
        Spare { outputs: std::mem::take(&mut result.outputs) }
    }
}

struct Line<W: Work, F, C> {
    next: u64,
    waiting: BTreeMap<u64, (W::Result, F)>,
    commit: C,
    spare: Vec<W::Spare>,
    error: Option<RunError>,
}

/// Judges all batches on `threads` workers; `commit` takes the results in block order. Gives what the workers
/// have besides.
///
/// # Errors
/// The first that reading or committing gives; the blocks before it are committed.
pub fn run_source<B: Batches>(
    batches: &B,
    judging: &Judging<'_>,
    threads: usize,
    cancelled: &AtomicBool,
    commit: impl FnMut(&mut BlockResult, B::Faults) -> io::Result<()> + Send,
) -> Result<(Outcome, Vec<WorkerPart>), RunError> {
    let parts = Mutex::new(Vec::new());
    let done = |judge: Judge<'_>| {
        lock(&parts).push(judge.into_part()?);
        Ok(())
    };
    let outcome = run_blocks(batches, || Judge::new(judging), done, threads, cancelled, commit)?;
    Ok((outcome, parts.into_inner().unwrap_or_else(PoisonError::into_inner)))
}

/// Works on all batches with `threads` workers; `commit` takes the results in block order. Once there are
/// no more, each worker is handed to `done`.
///
/// # Errors
/// The first that reading, working or committing gives; the blocks before it are committed.
pub fn run_blocks<B: Batches, W: Work>(
    batches: &B,
    worker: impl Fn() -> W + Sync,
    done: impl Fn(W) -> io::Result<()> + Sync,
    threads: usize,
    cancelled: &AtomicBool,
    commit: impl FnMut(&mut W::Result, B::Faults) -> io::Result<()> + Send,
) -> Result<Outcome, RunError> {
    let line = Line::<W, _, _> { next: 0, waiting: BTreeMap::new(), commit, spare: Vec::new(), error: None };
    let line = Mutex::new(line);
    let moved = Condvar::new();
    let work = || {
        let mut work = worker();
        let mut reader = batches.worker();
        let mut batch = Batch::default();
        loop {
            if cancelled.load(Ordering::Relaxed) || lock(&line).error.is_some() {
                return;
            }
            let read = batches.next(&mut reader, &mut batch);
            let (number, faults) = match read {
                Ok(Some(block)) => block,
                Ok(None) => break,
                Err(diagnostic) => return stop(&line, &moved, RunError::Data(diagnostic)),
            };
            match work.block(&mut batch) {
                Ok(result) => {
                    let spare = hand_in(&line, &moved, threads as u64, cancelled, number, (result, faults));
                    work.recycle(spare);
                }
                Err(error) => return stop(&line, &moved, RunError::Write(error)),
            }
        }
        if let Err(error) = done(work) {
            stop(&line, &moved, RunError::Write(error));
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

fn stop<W: Work, F, C>(line: &Mutex<Line<W, F, C>>, moved: &Condvar, error: RunError) {
    lock(line).error.get_or_insert(error);
    moved.notify_all();
}

/// Commits the block if it is due, and those behind it that are waiting; else leaves it waiting. A
/// worker that is far ahead stays here until the line has moved, so that memory is bounded. Gives what
/// is left of a committed block, if there is anything.
fn hand_in<W: Work, F, C: FnMut(&mut W::Result, F) -> io::Result<()>>(
    line: &Mutex<Line<W, F, C>>,
    moved: &Condvar,
    threads: u64,
    cancelled: &AtomicBool,
    number: u64,
    block: (W::Result, F),
) -> Option<W::Spare> {
    let mut guard = lock(line);
    guard.waiting.insert(number, block);
    let before = guard.next;
    while guard.error.is_none() {
        let next = guard.next;
        let Some((mut result, faults)) = guard.waiting.remove(&next) else { break };
        if let Err(error) = (guard.commit)(&mut result, faults) {
            guard.error = Some(RunError::Write(error));
        }
        guard.spare.push(W::spare(&mut result));
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
