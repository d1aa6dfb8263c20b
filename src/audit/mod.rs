//! The audit: what came of judging all records, ready to be reported.

mod result;
mod tally;

pub use result::{
    Audit, Gate, GateVerdict, GroupCounts, GroupResult, Input, NORMAL, OutcomeCounts, OwnedFinding, Path,
    PromiseResult, RuleResult, Summary, Unassessed, wilson,
};
pub use tally::{Block, Judged, Tally};
