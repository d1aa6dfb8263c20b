//! The audit: what came of judging all records, ready to be reported.

mod result;
mod scores;
mod tally;

pub use result::{
    Audit, Gate, GateVerdict, GroupCounts, GroupResult, Input, OutcomeCounts, OwnedFinding, Path,
    PromiseResult, RuleResult, Summary, Unassessed, wilson,
};
pub use scores::{Metric, ScoreResult, Scores};
pub use tally::{Block, Judged, Tally};
