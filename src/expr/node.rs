//! The nodes of expressions.

use crate::record::{Decimal, Type, Value};
use std::sync::Arc;

/// A node of a [`super::Program`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// A value known before any record is read. Floats are kept as bits so that nodes can be hashed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Constant {
    /// `bool`.
    Bool(bool),
    /// `int`, `date`, `time`, `duration`.
    Int(i64),
    /// `float`.
    Float(u64),
    /// `decimal`.
    Decimal(Decimal),
    /// `text`.
    Text(Arc<str>),
}

impl Constant {
    /// The constant of a single value; `None` for lists, amounts and missing values.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Bool(it) => Self::Bool(*it),
            Value::Int(it) | Value::Date(it) | Value::Time(it) | Value::Duration(it) => Self::Int(*it),
            Value::Float(it) => Self::Float(it.to_bits()),
            Value::Decimal(it) => Self::Decimal(*it),
            Value::Text(it) => Self::Text((**it).into()),
            Value::Missing | Value::Unreadable | Value::Amount(_) | Value::List(_) => return None,
        })
    }
}

/// `== != < <= > >=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// All, with how they are written.
    const WRITTEN: [(&'static str, Self); 6] = [
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        ("<", Self::Less),
        ("<=", Self::LessOrEqual),
        (">", Self::Greater),
        (">=", Self::GreaterOrEqual),
    ];

    /// The comparison that is written so.
    #[must_use]
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Self::WRITTEN.iter().find(|it| it.0 == symbol).map(|it| it.1)
    }

    /// How it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        Self::WRITTEN.iter().find(|it| it.1 == self).map_or("", |it| it.0)
    }

    /// The comparison with its sides swapped.
    #[must_use]
    pub const fn flipped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Equal | Self::NotEqual => self,
        }
    }

    /// Whether it holds for two values; for floats as IEEE 754 says, without tolerance.
    #[inline]
    pub fn holds<T: PartialOrd + ?Sized>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

/// `+ - * / % **`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

impl Arithmetic {
    /// All, with how they are written.
    const WRITTEN: [(&'static str, Self); 6] = [
        ("+", Self::Add),
        ("-", Self::Subtract),
        ("*", Self::Multiply),
        ("/", Self::Divide),
        ("%", Self::Remainder),
        ("**", Self::Power),
    ];

    /// The operator that is written so.
    #[must_use]
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Self::WRITTEN.iter().find(|it| it.0 == symbol).map(|it| it.1)
    }

    /// How it is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        Self::WRITTEN.iter().find(|it| it.1 == self).map_or("", |it| it.0)
    }
}

/// What is reckoned over a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Fold {
    Len,
    Sum,
    Mean,
    Min,
    Max,
}

/// The constants of `x in [...]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Set {
    /// For `int`, `date`, `time`, `duration`.
    Ints(Vec<i64>),
    /// For `float`, as bits.
    Floats(Vec<u64>),
    /// For `decimal`.
    Decimals(Vec<Decimal>),
    /// For `text`.
    Texts(Vec<Arc<str>>),
}

/// One operation. Operands are evaluated from left to right, strictly unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A constant.
    Constant(Constant),
    /// A column of the batch.
    Field(u32),
    /// `!a`.
    Not(ExprId),
    /// `a && b && …`: an operand is evaluated where those before it are true.
    And(Box<[ExprId]>),
    /// `a || b || …`: an operand is evaluated where those before it are false.
    Or(Box<[ExprId]>),
    /// `if c { a } else { b }`: each branch only where it is taken.
    If(ExprId, ExprId, ExprId),
    /// `a ?? b`: `b` only where `a` is missing.
    Coalesce(ExprId, ExprId),
    /// `let x = a; b`: `a` is evaluated for its faults; `b` refers to it by its id.
    Then(ExprId, ExprId),
    /// `is_missing(a)`.
    IsMissing(ExprId),
    /// Both sides of one type.
    Compare(Comparison, ExprId, ExprId),
    /// Both sides of one physical type; the program's type of the node says what it gives.
    Arithmetic(Arithmetic, ExprId, ExprId),
    /// `-a`.
    Negate(ExprId),
    /// An int (or the microseconds of a duration) as float.
    ToFloat(ExprId),
    /// An int as decimal.
    ToDecimal(ExprId),
    /// `x in [constants]`.
    InSet(ExprId, Set),
    /// `x in a..b` and `x in a..=b` (the flag says whether the end is in).
    InRange(ExprId, ExprId, ExprId, bool),
    /// `item in list`.
    ///
    /// With the flag it is written `list.contains(item)`: what is written first is looked at first.
    InList(ExprId, ExprId, bool),
    /// `part in text`
    InText(ExprId, ExprId),
    /// A reckoning over a list; those without an answer for an empty list drop out.
    FoldList(Fold, ExprId),
    /// A function of the table, by its index.
    Call(u32, Box<[ExprId]>),
    /// `contains_any(text, "phrases")`, or with the flag `count_any`.
    Phrases(ExprId, u32, bool),
    /// `matches(text, regex)`.
    Matches(ExprId, u32),
    /// `open_time(from, to, "calendar")`.
    OpenTime(ExprId, ExprId, u32),
    /// A decision table.
    Table(u32, Box<[ExprId]>),
}

impl Node {
    /// Its operands in evaluation order.
    #[must_use]
    pub fn operands(&self) -> Vec<ExprId> {
        match self {
            Self::Constant(_) | Self::Field(_) => Vec::new(),
            Self::Not(a)
            | Self::IsMissing(a)
            | Self::Negate(a)
            | Self::ToFloat(a)
            | Self::ToDecimal(a)
            | Self::InSet(a, _)
            | Self::FoldList(_, a)
            | Self::Phrases(a, _, _)
            | Self::Matches(a, _) => vec![*a],
            Self::Coalesce(a, b)
            | Self::Then(a, b)
            | Self::Compare(_, a, b)
            | Self::Arithmetic(_, a, b)
            | Self::InText(a, b)
            | Self::OpenTime(a, b, _) => vec![*a, *b],
            Self::InList(item, list, true) => vec![*list, *item],
            Self::InList(item, list, false) => vec![*item, *list],
            Self::If(a, b, c) | Self::InRange(a, b, c, _) => vec![*a, *b, *c],
            Self::And(all) | Self::Or(all) | Self::Call(_, all) | Self::Table(_, all) => all.to_vec(),
        }
    }
}

/// True for the types whose values are kept as `i64`.
#[must_use]
pub(super) const fn is_int_like(ty: Type) -> bool {
    matches!(ty, Type::Int | Type::Date | Type::Time | Type::Duration)
}
