//! One value of a record, by itself.

use super::Amount;
use rust_decimal::Decimal;

/// Times and durations are counted in microseconds.
pub const MICROS_PER_SECOND: i64 = 1_000_000;

/// A single value, as it leaves a column: for messages, evidence and row-by-row evaluation.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Not there: an empty cell, a JSON `null`, an absent key, a missing-token.
    Missing,
    /// There, but not of its field's type.
    Unreadable,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite 64-bit number.
    Float(f64),
    /// An exact decimal number (money).
    Decimal(Decimal),
    /// Text; also the value of a choice.
    Text(Box<str>),
    /// Days since 1970-01-01.
    Date(i64),
    /// An instant: microseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// An exact length in microseconds.
    Duration(i64),
    /// A promised time.
    Amount(Amount),
    /// A list of values of one type.
    List(Vec<Value>),
}

impl Value {
    /// False for missing and unreadable values.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !matches!(self, Self::Missing | Self::Unreadable)
    }
}
