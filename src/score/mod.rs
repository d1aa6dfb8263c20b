//! Scores: from what rules, promises and evaluators say of records to points that can be added up again
//! (SEMANTICS, section 6).
//!
//! Pure: which records a subject has, and what rules say of them, is for `engine` to say. Everything is told as
//! a loss from full marks, so that the points of a score add up to it.

mod finish;
mod part;
mod rank;
mod sums;

#[cfg(test)]
mod tests;

pub use finish::{Entry, EntryKind, Measure, Score, SectionScore, finish, slope};
pub use part::{ItemPlace, ItemState, Part, Points, is_bonus, is_measure, item};
pub use rank::{Contender, ranks};
pub use sums::{ItemSums, Sums};
