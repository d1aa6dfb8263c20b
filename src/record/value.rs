//! One value of a record, by itself.

use super::Amount;
use rust_decimal::Decimal;

/// Times and durations are counted in microseconds.
pub const MICROS_PER_SECOND: i64 = 1_000_000;

/// A single value, as it leaves a column: for messages, evidence and row-by-row evaluation. Its texts are its own, or
/// those of the column.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<T = Box<str>> {
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
    Text(T),
    /// Days since 1970-01-01.
    Date(i64),
    /// An instant: microseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// An exact length in microseconds.
    Duration(i64),
    /// A promised time.
    Amount(Amount),
    /// A list of values of one type.
    List(Vec<Self>),
}

impl<T> Value<T> {
    /// False for missing and unreadable values.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !matches!(self, Self::Missing | Self::Unreadable)
    }
}

impl<T: AsRef<str>> Value<T> {
    /// The same value with texts of another kind: of its own, or borrowed from this one.
    #[must_use]
    pub fn with_texts<'a, U: From<&'a str>>(&'a self) -> Value<U> {
        match self {
            Self::Missing => Value::Missing,
            Self::Unreadable => Value::Unreadable,
            Self::Bool(it) => Value::Bool(*it),
            Self::Int(it) => Value::Int(*it),
            Self::Float(it) => Value::Float(*it),
            Self::Decimal(it) => Value::Decimal(*it),
            Self::Text(it) => Value::Text(U::from(it.as_ref())),
            Self::Date(it) => Value::Date(*it),
            Self::Time(it) => Value::Time(*it),
            Self::Duration(it) => Value::Duration(*it),
            Self::Amount(it) => Value::Amount(*it),
            Self::List(all) => Value::List(all.iter().map(Self::with_texts).collect()),
        }
    }
}
