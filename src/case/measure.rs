//! What rules ask of a case.

use crate::record::{Schema, Type};

/// The first or the last event of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Which {
    /// The first.
    First,
    /// The last.
    Last,
}

/// A moment of a case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// That of a step.
    Step(Which, String),
    /// That in a field of the case's record.
    Field(String),
}

/// What is read of an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// When it was.
    At,
    /// Who did it.
    Actor,
    /// Another field of the log.
    Field(String),
}

/// A figure of a case.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// `count(step)`: how often the step was taken.
    Count(String),
    /// `first(step).at`, `last(step).actor` …: missing where the step was not taken.
    Of(Which, String, Part),
    /// `between(a, b)`: from the first `a` to the first `b` at or after it; missing where there is none.
    Between(String, String),
    /// `in_order([a, b, c])`: all were taken, each for the first time not before the one before it.
    InOrder(Vec<String>),
    /// `followed_by(a, b)`, `followed_by(a, b, "4h")`: after each `a` comes a `b`, within so many microseconds.
    FollowedBy(String, String, Option<i64>),
    /// `precedes(a, b)`: no `b` was taken before the first `a`.
    Precedes(String, String),
    /// `never_after(a, b)`: no `a` was taken after the first `b`.
    NeverAfter(String, String),
    /// `exactly(step, n)`
    Exactly(String, u64),
    /// `owner_at(first(step).at)`, `owner_at(closed_at)`: who acted last, up to that moment.
    OwnerAt(Moment),
    /// `hand_offs()`: how often another took over.
    HandOffs,
    /// `idle_max()`, `idle_max("calendar")`: the longest time in which nothing happened; missing below two events.
    IdleMax(Option<String>),
}

impl Measure {
    /// The type of its values; `None` where the log, of this schema, has no such field.
    #[must_use]
    pub fn ty(&self, log: &Schema) -> Option<Type> {
        Some(match self {
            Self::Count(_) | Self::HandOffs => Type::Int,
            Self::Of(_, _, Part::At) => Type::Time,
            Self::Of(_, _, Part::Actor) | Self::OwnerAt(..) => Type::Text,
            Self::Of(_, _, Part::Field(name)) => log.fields[log.position(name)?].ty,
            Self::Between(..) | Self::IdleMax(_) => Type::Duration,
            Self::InOrder(_)
            | Self::FollowedBy(..)
            | Self::Precedes(..)
            | Self::NeverAfter(..)
            | Self::Exactly(..) => Type::Bool,
        })
    }

    /// The steps that it names.
    pub fn steps(&self) -> Vec<&str> {
        match self {
            Self::Count(step)
            | Self::Of(_, step, _)
            | Self::Exactly(step, _)
            | Self::OwnerAt(Moment::Step(_, step)) => vec![step],
            Self::Between(a, b)
            | Self::FollowedBy(a, b, _)
            | Self::Precedes(a, b)
            | Self::NeverAfter(a, b) => vec![a, b],
            Self::InOrder(all) => all.iter().map(String::as_str).collect(),
            Self::HandOffs | Self::IdleMax(_) | Self::OwnerAt(Moment::Field(_)) => Vec::new(),
        }
    }

    /// The field of the case's record that it reads.
    #[must_use]
    pub fn record_field(&self) -> Option<&str> {
        if let Self::OwnerAt(Moment::Field(name)) = self { Some(name) } else { None }
    }

    /// The field of the log that it reads beside time, step and actor.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        if let Self::Of(_, _, Part::Field(name)) = self { Some(name) } else { None }
    }

    /// Whether it asks who acted.
    #[must_use]
    pub fn asks_actor(&self) -> bool {
        matches!(self, Self::Of(_, _, Part::Actor) | Self::OwnerAt(..) | Self::HandOffs)
    }
}
