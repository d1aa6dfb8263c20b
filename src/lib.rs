//! Touchstone audits service records against standards, promises and scorecards written as rules.
//!
//! The code map with the rooms in reading order is `src/README.md`.

pub mod wording;
pub mod record;
pub mod calendar;
pub mod diagnostic;
pub mod script;
pub mod expr;
pub mod rule;
pub mod finding;
pub mod engine;
pub mod audit;
pub mod cli;
pub mod ingest;
pub mod project;
pub mod report;
