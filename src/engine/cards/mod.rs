//! Scorecards: what rules, promises and evaluators say of a record becomes points, and points are added up by
//! subject and period as other groups are.
//!
//! A scorecard is folded where its records are judged, so that it costs no pass of its own; only its metrics
//! are reckoned apart, for they look at records of other kinds and have conditions of their own.

mod fold;
mod plan;

pub(super) use fold::CardFolder;
pub use plan::PlannedCard;
pub(super) use plan::{CardSetting, mentioned_by_cards, plan_cards};
