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
    Limit(Box<str>),
    /// Whatever else Rhai says.
    Script(Box<str>),
}

impl Cause {
    /// True where evidence is lacking, false where the rule could not be computed.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::Unreadable { .. })
    }

    /// What to say of an error, and its `{detail}`.
    #[must_use]
    pub fn says(&self) -> (Wording, &str) {
        match self {
            Self::Missing { .. } | Self::Unreadable { .. } => (wording::NO_EVIDENCE, ""),
            Self::Overflow => (wording::CAUSE_OVERFLOW, ""),
            Self::DivisionByZero => (wording::CAUSE_DIVISION, ""),
            Self::NotFinite => (wording::CAUSE_NOT_FINITE, ""),
            Self::TableGap(table) => (wording::CAUSE_TABLE_GAP, table),
            Self::NotBool(found) => (wording::CAUSE_NOT_BOOL, found),
            Self::Limit(what) => (wording::CAUSE_LIMIT, what),
            Self::Script(what) => (wording::CAUSE_SCRIPT, what),
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
