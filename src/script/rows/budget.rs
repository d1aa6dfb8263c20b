//! What one evaluation may cost: the same in debug and release builds, counted and not timed, so
//! that the verdict is the same on every machine. The clock is only the last resort.

use super::walk::Stop;
use crate::expr::{Cause, Limit};
use std::sync::atomic::{AtomicU64, Ordering};

/// Steps of a script; what does more than a step's work counts as several.
pub(super) const OPERATIONS_MAX: u64 = 1_000_000;
/// Calls of functions and closures within each other.
pub(super) const CALL_DEPTH_MAX: usize = 32;
/// Bytes that one text may have.
pub(super) const TEXT_LEN_MAX: usize = 1 << 20;
/// Elements that one list may have.
pub(super) const LIST_LEN_MAX: usize = 100_000;
/// Entries that one map may have.
pub(super) const MAP_LEN_MAX: usize = 10_000;
/// Lists in lists in lists.
pub(super) const NESTING_MAX: u16 = 32;
/// Bytes that an evaluation may ask for in all, given back or not.
pub(super) const MEMORY_MAX: u64 = 64 << 20;
/// Ticks of the caller's clock that an evaluation may take.
pub(super) const TICKS_MAX: u64 = 100;
/// So many steps pass between looks at the clock.
const STEPS_A_LOOK: u64 = 4096;

/// A clock that somebody else drives: the core looks at no clock of its own. Where nobody does, it
/// stands still, and the counted limits hold alone.
static TICKS: AtomicU64 = AtomicU64::new(0);

/// Ticks once; to be called ten times a second.
pub fn tick() {
    TICKS.fetch_add(1, Ordering::Relaxed);
}

/// What is left of an evaluation's allowance.
#[derive(Debug, Default)]
pub(super) struct Budget {
    steps: u64,
    next_look: u64,
    memory: u64,
    pub(super) calls: usize,
    started: u64,
}

impl Budget {
    /// A new evaluation begins.
    pub(super) fn start(&mut self) {
        self.steps = 0;
        self.next_look = STEPS_A_LOOK;
        self.memory = 0;
        self.calls = 0;
        self.started = TICKS.load(Ordering::Relaxed);
    }

    /// Takes steps.
    #[inline]
    pub(super) fn spend<'b>(&mut self, steps: u64) -> Result<(), Stop<'b>> {
        self.charge(steps).map_err(Stop::Fault)
    }

    /// Takes steps, for those who know no scripts.
    #[inline]
    pub(super) fn charge(&mut self, steps: u64) -> Result<(), Cause> {
        self.steps += steps;
        if self.steps < self.next_look { Ok(()) } else { self.look() }
    }

    #[cold]
    fn look(&mut self) -> Result<(), Cause> {
        if self.steps > OPERATIONS_MAX {
            return Err(Cause::Limit(Limit::Operations, OPERATIONS_MAX));
        }
        if TICKS.load(Ordering::Relaxed) - self.started > TICKS_MAX {
            return Err(Cause::Limit(Limit::Seconds, TICKS_MAX / 10));
        }
        self.next_look = (self.steps + STEPS_A_LOOK).min(OPERATIONS_MAX + 1);
        Ok(())
    }

    /// Asks for memory; each 64 bytes count as a step as well.
    pub(super) fn allocate<'b>(&mut self, bytes: usize) -> Result<(), Stop<'b>> {
        self.memory += bytes as u64;
        if self.memory > MEMORY_MAX {
            return limit(Limit::Memory, MEMORY_MAX);
        }
        self.spend(bytes as u64 / 64)
    }
}

/// The evaluation ends as an error.
pub(super) fn limit<'b, T>(what: Limit, max: u64) -> Result<T, Stop<'b>> {
    Err(Stop::Fault(Cause::Limit(what, max)))
}
