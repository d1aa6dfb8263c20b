//! What a worker keeps of the promises of its source from batch to batch.

use super::{Marks, OpenTimes};

/// Marks of the batch at hand, and the open times so far.
#[derive(Debug, Default)]
pub struct Watch {
    /// See [`Marks`].
    pub marks: Marks,
    /// How long the clocks that have stopped were open, by promise.
    pub open: Vec<OpenTimes>,
}
