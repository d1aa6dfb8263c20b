//! The pass that reckons windows, before a source is judged.

use super::{
    audit::{self, cannot_go_on, cannot_spool},
    cases::OpenedSource,
    weave::Records,
};
use crate::{
    diagnostic::Diagnostic,
    engine::{Outcome, SourcePlan, WindowPart, WindowPass, Windows, run_blocks, sweep_windows},
    sorting::Spill,
};
use std::sync::{Arc, Mutex, PoisonError, atomic::AtomicBool};

/// The figures of a plan's windows; nothing is read where it has none. `spill` bounds all workers together.
pub(super) fn windows(
    opened: &Arc<OpenedSource>,
    plan: &SourcePlan,
    threads: usize,
    spill: Spill,
    cancelled: &AtomicBool,
) -> Result<Windows, Box<Diagnostic>> {
    if plan.windows.is_empty() {
        return Ok(Windows::default());
    }
    let files = Records::new(opened, &plan.columns)?;
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
        Ok(Outcome::Cancelled) => return Err(audit::cancelled()),
        Err(error) => return Err(cannot_go_on(error, "")),
    }
    let parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
    sweep_windows(plan, parts, spill).map_err(|error| cannot_spool("", &error))
}
