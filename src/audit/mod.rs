//! The audit: what came of judging all records, ready to be reported.

mod result;
mod tally;

pub use result::{
    Audit, Gate, GateVerdict, Input, OutcomeCounts, OwnedFinding, Path, PromiseResult, RuleResult, Summary,
    Unassessed,
};
pub use tally::{Block, Tally};
