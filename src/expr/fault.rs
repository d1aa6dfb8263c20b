//! Why a row has no value: what was missing, or what went wrong.

use super::Mask;
use crate::wording::{self, Wording};

/// Why an expression has no value for a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// An operator met a field that is not there.
    Missing {
        /// The batch column.
        column: u32,
    },
    /// An operator met a field that could not be read.
    Unreadable {
        /// The batch column.
        column: u32,
    },
    /// A result beyond the range of its type.
    Overflow,
    /// A division or remainder by zero.
    DivisionByZero,
    /// A float result that is infinite or not a number.
    NotFinite,
    /// No row of a decision table matches.
    TableGap(Box<str>),
    /// A script gave something that is neither true nor false.
    NotBool(Box<str>),
    /// A limit on operations, depth or sizes was reached.
    Limit(Limit, u64),
    /// An expression of a script gave nothing: an element that is not there, a statement.
    Nothing(Box<str>),
    /// An operator or function that means nothing for these types: `text - int`.
    Unfit(Box<str>),
    /// A list has no element of this number.
    OutOfBounds(i64),
    /// A list without elements has no mean, smallest or largest.
    EmptyList,
    /// A time beyond the years that this calendar knows.
    BeyondCalendar(Box<str>),
    /// A text that cannot be read as what is wanted.
    NotReadable(Box<str>),
}

/// What an evaluation has only so much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// Steps.
    Operations,
    /// Seconds of wall time.
    Seconds,
    /// Bytes of memory.
    Memory,
    /// Calls within calls.
    CallDepth,
    /// Bytes of one text.
    TextLength,
    /// Elements of one list.
    ListLength,
    /// Entries of one map.
    MapLength,
    /// Lists in lists.
    Nesting,
}

impl Limit {
    const fn wording(self) -> Wording {
        match self {
            Self::Operations => wording::LIMIT_OPERATIONS,
            Self::Seconds => wording::LIMIT_SECONDS,
            Self::Memory => wording::LIMIT_MEMORY,
            Self::CallDepth => wording::LIMIT_CALL_DEPTH,
            Self::TextLength => wording::LIMIT_TEXT_LENGTH,
            Self::ListLength => wording::LIMIT_LIST_LENGTH,
            Self::MapLength => wording::LIMIT_MAP_LENGTH,
            Self::Nesting => wording::LIMIT_NESTING,
        }
    }
}

impl Cause {
    /// True where evidence is lacking, false where the rule could not be computed.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::Unreadable { .. } | Self::Nothing(_))
    }

    /// What was missing: the field, by the names of the batch's columns, or the expression that gave nothing.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other causes are errors")]
    pub fn missing<'a>(&'a self, columns: &'a [String]) -> Option<&'a str> {
        match self {
            Self::Missing { column } | Self::Unreadable { column } => {
                columns.get(*column as usize).map(String::as_str)
            }
            Self::Nothing(text) => Some(text),
            _ => None,
        }
    }

    /// What to say of an error, and its `{detail}`.
    #[must_use]
    pub fn says(&self) -> (Wording, String) {
        match self {
            Self::Missing { .. } | Self::Unreadable { .. } => (wording::NO_EVIDENCE, String::new()),
            Self::Overflow => (wording::CAUSE_OVERFLOW, String::new()),
            Self::DivisionByZero => (wording::CAUSE_DIVISION, String::new()),
            Self::NotFinite => (wording::CAUSE_NOT_FINITE, String::new()),
            Self::TableGap(table) => (wording::CAUSE_TABLE_GAP, table.to_string()),
            Self::NotBool(found) => (wording::CAUSE_NOT_BOOL, found.to_string()),
            Self::Limit(what, max) => (what.wording(), max.to_string()),
            Self::Nothing(text) => (wording::CAUSE_NOTHING, text.to_string()),
            Self::Unfit(what) => (wording::CAUSE_UNFIT, what.to_string()),
            Self::OutOfBounds(index) => (wording::CAUSE_OUT_OF_BOUNDS, index.to_string()),
            Self::EmptyList => (wording::CAUSE_EMPTY_LIST, String::new()),
            Self::BeyondCalendar(id) => (wording::CAUSE_BEYOND_CALENDAR, id.to_string()),
            Self::NotReadable(text) => (wording::CAUSE_NOT_READABLE, text.to_string()),
        }
    }
}

/// Rows that dropped out at one point of an evaluation.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Which rows.
    pub rows: Mask,
    /// Why.
    pub cause: Cause,
}

/// The rows that dropped out so far: the first fault in evaluation order decides.
#[derive(Clone, Debug)]
pub struct Faults {
    /// All rows that dropped out.
    pub dead: Mask,
    /// Where and why, in evaluation order; the row sets do not overlap.
    pub list: Vec<Fault>,
}

impl Default for Faults {
    fn default() -> Self {
        Self { dead: Mask::NONE, list: Vec::new() }
    }
}

impl Faults {
    /// Lets the rows drop out that have not done so before.
    pub fn add(&mut self, rows: &Mask, cause: Cause) {
        let fresh = rows.without(&self.dead);
        if !fresh.is_none() {
            self.dead = self.dead.or(&fresh);
            self.list.push(Fault { rows: fresh, cause });
        }
    }

    /// The rows whose evidence is lacking, and those that could not be computed.
    #[must_use]
    pub fn split(&self) -> (Mask, Mask) {
        let (mut missing, mut error) = (Mask::NONE, Mask::NONE);
        for fault in &self.list {
            let side = if fault.cause.is_missing() { &mut missing } else { &mut error };
            *side = side.or(&fault.rows);
        }
        (missing, error)
    }

    /// Why the row dropped out.
    #[must_use]
    pub fn cause(&self, row: usize) -> Option<&Cause> {
        self.list.iter().find(|it| it.rows.get(row)).map(|it| &it.cause)
    }
}
