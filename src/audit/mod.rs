//! The audit: what came of judging all records, ready to be reported.

mod found;
mod result;
mod scores;
mod tally;

pub use found::Found;
pub use result::{
    Audit, BaselineResult, Gate, GatePart, GateVerdict, GroupCounts, GroupResult, Input, OutcomeCounts,
    OwnedFinding, Path, PromiseResult, RuleResult, Summary, Unassessed, WaiverResult,
};
pub use scores::{Metric, ScoreResult, Scores};
pub use tally::{Block, Judged, Tally};
