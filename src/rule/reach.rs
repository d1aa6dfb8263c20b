//! How far a rule looks: at a record by itself, at groups of records, or at the records before one.

use super::Script;
use crate::diagnostic::Place;

/// What a rule judges in one go.
#[derive(Clone, Debug, Default)]
pub enum Reach {
    /// Each record by itself.
    #[default]
    Record,
    /// Groups of records: `per`.
    Groups(Per),
    /// Each record by those with the same key in the time before it: `within`.
    Window(Within),
}

/// What makes the groups of a rule.
#[derive(Clone, Debug)]
pub struct Per {
    /// Expressions over a record; none puts all records into one group.
    pub by: Vec<Script>,
    /// Below so many arguments of an aggregate there is no verdict.
    pub min: u64,
    /// Whether the groups are put together again, without the last of `by`, and so on to all records, and
    /// judged at each step.
    pub rollup: bool,
    /// Where `per` stands.
    pub place: Place,
}

/// The window of a rule.
#[derive(Clone, Debug)]
pub struct Within {
    /// Fields that must be the same, with their places.
    pub of: Vec<(String, Place)>,
    /// The field that orders the records: a time, or a date, which is taken as its first moment.
    pub time: (String, Place),
    /// Its length in microseconds. A day is 24 hours here: windows slide.
    pub last: i64,
    /// Its length as written.
    pub last_text: String,
}
