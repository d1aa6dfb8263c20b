//! Planning and judging: a source's rules are compiled once against its schema, then blocks of
//! records are judged on all workers and joined in record order.
//!
//! Pure: where batches come from is a trait ([`Batches`]), where findings go another
//! ([`FindingSink`]). What outlives a block is a [`BlockResult`], which merges in block order.

mod bench;
mod cards;
mod cut;
mod expressions;
mod gates;
mod group;
mod group_rules;
mod group_verdicts;
mod groups;
mod judge;
mod keys;
mod lints;
mod message;
mod plan;
mod plan_checks;
mod plan_columns;
mod prepare;
mod promises;
mod run;
mod standing;
mod targets;
mod told;
mod trace;
mod windows;
mod writer;

pub use bench::Bench;
pub use cards::PlannedCard;
pub use expressions::{ExpressionPlan, Expressions, plan_expressions};
pub use gates::{GateSetting, PlannedGate, plan_gates};
pub use group::{GroupPlan, GroupValue, Groups, plan_groups};
pub use group_rules::PlannedGroups;
pub use group_verdicts::{GroupPart, TakeJudged, TakeSums, judge_groups};
pub use groups::{Aggregation, Figure};
pub use judge::{BlockResult, FindingEncoder, FindingSink, Judge, Judging, Spare, Wanted, WorkerPart};
pub use keys::{Duplicates, KeyLog, Repeated, RisingKeys};
pub use plan::{Filter, PlanColumn, PlannedRule, SourceAsk, SourcePlan, plan_source};
pub use prepare::{key_hash, key_in};
pub use promises::PlannedPromise;
pub use run::{Batches, Outcome, RunError, Work, run_blocks, run_source};
pub use standing::PlannedWaivers;
pub use targets::{TargetKind, numbered_call, target_kind};
pub use trace::Tracer;
pub use windows::{PlannedWindow, WindowPart, WindowPass, Windows, sweep_windows};
