//! Touchstone audits service records against standards, promises and scorecards written as rules.
//!
//! The code map with the rooms in reading order is `src/README.md`.

pub mod audit;
pub mod calendar;
pub mod case;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod expr;
pub mod finding;
pub mod ingest;
pub mod measure;
pub mod project;
pub mod promise;
pub mod record;
pub mod report;
pub mod rule;
pub mod score;
pub mod script;
pub mod sorting;
pub mod trial;
pub mod wording;
