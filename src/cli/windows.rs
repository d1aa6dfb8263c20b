//! The pass that reckons windows, before a source is judged.

use super::{
    audit::{cannot_spool, internal},
    batches::Files,
};
use crate::{
    diagnostic::Diagnostic,
    engine::{
        Outcome, RunError, SourcePlan, Spill, WindowPart, WindowPass, Windows, run_blocks, sweep_windows,
    },
    ingest::Opened,
    wording,
};
use std::sync::{Arc, Mutex, PoisonError, atomic::AtomicBool};

/// The figures of a plan's windows; nothing is read where it has none. `spill` bounds all workers together.
pub(super) fn windows(
    opened: &Arc<Opened>,
    plan: &SourcePlan,
    threads: usize,
    spill: Spill,
    cancelled: &AtomicBool,
) -> Result<Windows, Box<Diagnostic>> {
    if plan.windows.is_empty() {
        return Ok(Windows::default());
    }
    let files = Files::new(opened, &plan.columns)?;
    let parts: Mutex<Vec<WindowPart>> = Mutex::new(Vec::new());
    let done = |pass: WindowPass<'_>| {
        parts.lock().unwrap_or_else(PoisonError::into_inner).push(pass.done());
        Ok(())
    };
    let worker = || WindowPass::new(plan, spill.part(threads));
    let source = &files;
    // What is wrong with the data is told when the records are judged.
    let outcome = run_blocks(&source, worker, done, threads, cancelled, |(), _| Ok(()));
    match outcome {
        Ok(Outcome::Done) => {}
        Ok(Outcome::Cancelled) => return Err(Box::new(Diagnostic::error(wording::CANCELLED))),
        Err(RunError::Data(diagnostic)) => return Err(diagnostic),
        Err(RunError::Write(error)) => return Err(cannot_spool("", &error)),
        Err(RunError::Panic(said)) => return Err(internal(&said)),
    }
    let parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
    sweep_windows(plan, parts, spill).map_err(|error| cannot_spool("", &error))
}
