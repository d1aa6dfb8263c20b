//! Values as Rhai holds them while a script runs row by row.

use crate::{
    expr::Cause,
    record::{Decimal, Value},
};
use rhai::Dynamic;

/// A time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant(pub(super) i64);

/// A date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(pub(super) i64);

/// A duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span(pub(super) i64);

/// A decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Money(pub(super) Decimal);

/// A value that is there but could not be read. A missing one is `()`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unreadable;

/// A missing value was met: its column where the value told, else worked out from where it happened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Absence(pub(super) Option<u32>);

impl Absence {
    /// What is not there of a value: `None` where it is there.
    pub(super) fn of(value: &Dynamic) -> Option<Self> {
        let absent = value.is_unit() || value.is::<Unreadable>();
        absent.then(|| Self(u32::try_from(value.tag()).ok().and_then(|it| it.checked_sub(1))))
    }
}

/// What an error that leaves a script means for its record.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    /// An operator met a value that is not there.
    Absent(Absence),
    /// It could not be computed.
    Fault(Cause),
    /// `pass()`.
    Pass,
    /// `fail(why)`.
    Fail(Box<str>),
    /// `not_applicable()`.
    NotApplicable,
}

/// A field's value for Rhai. One that is not there carries its column on all its ways through names,
/// branches and defaults (column 0 as tag 1, because 0 is no tag).
pub(super) fn of_column(value: Value, column: u32) -> Dynamic {
    let mut value = to_dynamic(value);
    value.set_tag(column.checked_add(1).and_then(|it| it.try_into().ok()).unwrap_or(0));
    value
}

/// A value for Rhai.
pub(super) fn to_dynamic(value: Value) -> Dynamic {
    match value {
        Value::Missing => Dynamic::UNIT,
        Value::Unreadable => Dynamic::from(Unreadable),
        Value::Bool(it) => it.into(),
        Value::Int(it) => it.into(),
        Value::Float(it) => it.into(),
        Value::Decimal(it) => Dynamic::from(Money(it)),
        Value::Text(it) => String::from(it).into(),
        Value::Date(it) => Dynamic::from(Day(it)),
        Value::Time(it) => Dynamic::from(Instant(it)),
        Value::Duration(it) => Dynamic::from(Span(it)),
        Value::Amount(it) => it.to_string().into(),
        Value::List(all) => all.into_iter().map(to_dynamic).collect::<rhai::Array>().into(),
    }
}
