//! Values while a script runs row by row: borrowed from the batch or from the script where they can
//! be, shared where a script makes them.

use super::{
    budget::{Budget, TEXT_LEN_MAX},
    tree::Function,
};
use crate::{
    calendar::{Zone, duration_text, format_date, format_time},
    expr::{Cause, Constant, Limit},
    record::{Amount, Batch, Decimal, TextColumn, Type, Value, Values},
};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

/// What is not there of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Absence {
    /// The batch column that it should have come from; `None` where no field is to blame.
    pub(super) column: Option<u32>,
    /// There, but not of its type.
    pub(super) unreadable: bool,
}

impl Absence {
    /// The value of a statement, of what a list or map does not hold.
    pub(super) const NOTHING: Self = Self { column: None, unreadable: false };

    /// Why there is no verdict; `text` is the expression that gave nothing.
    pub(super) fn cause(self, text: &str) -> Cause {
        match (self.column, self.unreadable) {
            (Some(column), false) => Cause::Missing { column },
            (Some(column), true) => Cause::Unreadable { column },
            (None, _) => Cause::Nothing(text.into()),
        }
    }
}

/// Elements of a list with how deep lists nest in it.
#[derive(Clone, Debug, Default)]
pub(super) struct List<'b> {
    pub(super) items: Vec<Cell<'b>>,
    pub(super) depth: u16,
}

/// A map with how deep containers nest in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Map<'b> {
    pub(super) entries: BTreeMap<Rc<str>, Cell<'b>>,
    pub(super) depth: u16,
}

/// A closure with the variables that it captured.
#[derive(Debug)]
pub(super) struct Closure<'b> {
    pub(super) function: &'b Function,
    pub(super) captured: Vec<Cell<'b>>,
    pub(super) depth: u16,
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Cell<'b> {
    Absent(Absence),
    Bool(bool),
    Int(i64),
    Float(f64),
    Decimal(Decimal),
    Date(i64),
    Time(i64),
    Duration(i64),
    Amount(Amount),
    /// Text of the batch or the script.
    Text(&'b str),
    /// Text that the script made.
    Made(Rc<str>),
    List(Rc<List<'b>>),
    Map(Rc<Map<'b>>),
    /// `a..b`.
    Range(i64, i64),
    /// `a..=b`.
    RangeInclusive(i64, i64),
    Closure(Rc<Closure<'b>>),
    /// A variable that a closure captured; only in slots.
    Shared(Rc<RefCell<Cell<'b>>>),
}

impl<'b> Cell<'b> {
    pub(super) const NOTHING: Self = Self::Absent(Absence::NOTHING);

    /// A field of a record.
    pub(super) fn of_column(batch: &'b Batch, column: u32, row: usize) -> Self {
        let values = &batch.columns[column as usize];
        if !values.valid.get(row) {
            let unreadable = values.unreadable.as_ref().is_some_and(|it| it.get(row));
            return Self::Absent(Absence { column: Some(column), unreadable });
        }
        Self::of_values(&values.values, values.ty, row, &batch.text)
    }

    fn of_values(values: &'b Values, ty: Type, row: usize, buffer: &'b str) -> Self {
        match values {
            Values::Bool(bits) => Self::Bool(bits.get(row)),
            Values::Int(values) => Self::of_int(ty, values[row]),
            Values::Float(values) => Self::Float(values[row]),
            Values::Decimal(values) => Self::Decimal(values[row]),
            Values::Text(TextColumn::Coded(codes, dictionary)) => Self::Text(dictionary.text(codes[row])),
            Values::Text(TextColumn::Views(views)) => Self::Text(views[row].of(buffer)),
            Values::Text(TextColumn::Owned(views, own)) => Self::Text(views[row].of(own)),
            Values::Amount(values) => Self::Amount(values[row]),
            Values::List(list) => {
                let element = if let Type::List(element) = ty { element.as_type() } else { Type::Text };
                let one = |at| Self::of_values(&list.elements, element, at, buffer);
                Self::list(list.range(row).map(one).collect(), 1)
            }
        }
    }

    /// A number of one of the types that are kept as integers.
    pub(super) const fn of_int(ty: Type, value: i64) -> Self {
        match ty {
            Type::Date => Self::Date(value),
            Type::Time => Self::Time(value),
            Type::Duration => Self::Duration(value),
            Type::Int
            | Type::Bool
            | Type::Float
            | Type::Decimal
            | Type::Text
            | Type::Amount
            | Type::List(_) => Self::Int(value),
        }
    }

    /// A parameter.
    pub(super) fn of_value(value: &'b Value) -> Self {
        match value {
            Value::Missing => Self::NOTHING,
            Value::Unreadable => Self::Absent(Absence { column: None, unreadable: true }),
            Value::Bool(it) => Self::Bool(*it),
            Value::Int(it) => Self::Int(*it),
            Value::Float(it) => Self::Float(*it),
            Value::Decimal(it) => Self::Decimal(*it),
            Value::Text(it) => Self::Text(it),
            Value::Date(it) => Self::Date(*it),
            Value::Time(it) => Self::Time(*it),
            Value::Duration(it) => Self::Duration(*it),
            Value::Amount(it) => Self::Amount(*it),
            Value::List(all) => Self::list(all.iter().map(Self::of_value).collect(), 1),
        }
    }

    /// An answer of a decision table, or the value of a `switch` arm.
    pub(super) fn of_constant(constant: &'b Constant, ty: Type) -> Self {
        match constant {
            Constant::Bool(it) => Self::Bool(*it),
            Constant::Int(it) => Self::of_int(ty, *it),
            Constant::Float(it) => Self::Float(f64::from_bits(*it)),
            Constant::Decimal(it) => Self::Decimal(*it),
            Constant::Text(it) => Self::Text(it),
        }
    }

    pub(super) fn made(text: String) -> Self {
        Self::Made(text.into())
    }

    pub(super) fn list(items: Vec<Self>, depth: u16) -> Self {
        Self::List(Rc::new(List { items, depth }))
    }

    /// The value as plain data, for those who look at it; `None` for closures, maps and ranges, and for
    /// lists of more than `room` elements in all: a list may hold another a thousand times.
    pub(super) fn to_value(&self, room: &mut usize) -> Option<Value> {
        *room = room.checked_sub(1)?;
        Some(match self {
            Self::Absent(it) if it.unreadable => Value::Unreadable,
            Self::Absent(_) => Value::Missing,
            Self::Bool(it) => Value::Bool(*it),
            Self::Int(it) => Value::Int(*it),
            Self::Float(it) => Value::Float(*it),
            Self::Decimal(it) => Value::Decimal(*it),
            Self::Date(it) => Value::Date(*it),
            Self::Time(it) => Value::Time(*it),
            Self::Duration(it) => Value::Duration(*it),
            Self::Amount(it) => Value::Amount(*it),
            Self::Text(it) => Value::Text((*it).into()),
            Self::Made(it) => Value::Text((**it).into()),
            Self::List(list) => {
                Value::List(list.items.iter().map(|it| it.to_value(room)).collect::<Option<_>>()?)
            }
            Self::Shared(it) => return it.borrow().to_value(room),
            Self::Range(..) | Self::RangeInclusive(..) | Self::Map(_) | Self::Closure(_) => return None,
        })
    }

    /// The type of a single value.
    pub(super) fn ty(&self) -> Option<Type> {
        Some(match self {
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Float(_) => Type::Float,
            Self::Decimal(_) => Type::Decimal,
            Self::Date(_) => Type::Date,
            Self::Time(_) => Type::Time,
            Self::Duration(_) => Type::Duration,
            Self::Amount(_) => Type::Amount,
            Self::Text(_) | Self::Made(_) => Type::Text,
            Self::Shared(it) => return it.borrow().ty(),
            Self::Absent(_)
            | Self::List(_)
            | Self::Map(_)
            | Self::Range(..)
            | Self::RangeInclusive(..)
            | Self::Closure(_) => return None,
        })
    }

    /// What to call it in a message.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Absent(_) => "()",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Range(..) | Self::RangeInclusive(..) => "range",
            Self::Closure(_) => "closure",
            Self::Shared(it) => it.borrow().type_name(),
            Self::Bool(_)
            | Self::Int(_)
            | Self::Float(_)
            | Self::Decimal(_)
            | Self::Date(_)
            | Self::Time(_)
            | Self::Duration(_)
            | Self::Amount(_)
            | Self::Text(_)
            | Self::Made(_) => self.ty().map_or("", Type::name),
        }
    }

    /// How deep containers and closures nest in it: dropping what nests without end would end the process.
    pub(super) fn depth(&self) -> u16 {
        match self {
            Self::List(it) => it.depth,
            Self::Map(it) => it.depth,
            Self::Closure(it) => it.depth,
            Self::Shared(it) => it.borrow().depth(),
            _ => 0,
        }
    }

    /// The text, where it is text.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(it) => Some(it),
            Self::Made(it) => Some(it),
            _ => None,
        }
    }

    /// Appends the value as it stands in interpolated text. Times stand on `zone`'s clock.
    ///
    /// # Errors
    /// A limit on steps or on the length of a text.
    pub(super) fn write(&self, zone: &Zone, out: &mut String, budget: &mut Budget) -> Result<(), Cause> {
        use std::fmt::Write as _;
        budget.charge(1)?;
        // Writing to a string does not fail.
        let _ = match self {
            Self::Absent(_) => write!(out, "()"),
            Self::Bool(it) => write!(out, "{it}"),
            Self::Int(it) => write!(out, "{it}"),
            Self::Float(it) => write!(out, "{it:?}"),
            Self::Decimal(it) => write!(out, "{it}"),
            Self::Date(it) => write!(out, "{}", format_date(*it)),
            Self::Time(it) => {
                let offset = (zone.to_local(*it) - it) / crate::record::MICROS_PER_SECOND;
                write!(out, "{}", format_time(*it, offset))
            }
            Self::Duration(it) => write!(out, "{}", duration_text(*it)),
            Self::Amount(it) => write!(out, "{it}"),
            Self::Text(it) => write!(out, "{it}"),
            Self::Made(it) => write!(out, "{it}"),
            Self::Range(a, b) => write!(out, "{a}..{b}"),
            Self::RangeInclusive(a, b) => write!(out, "{a}..={b}"),
            Self::Closure(_) => write!(out, "|…|"),
            Self::Shared(it) => return it.borrow().write(zone, out, budget),
            Self::List(list) => {
                out.push('[');
                for (index, item) in list.items.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    item.write_quoted(zone, out, budget)?;
                }
                write!(out, "]")
            }
            Self::Map(map) => {
                out.push_str("#{");
                for (index, (key, item)) in map.entries.iter().enumerate() {
                    let _ = write!(out, "{}{key:?}: ", if index > 0 { ", " } else { "" });
                    item.write_quoted(zone, out, budget)?;
                }
                write!(out, "}}")
            }
        };
        match out.len() > TEXT_LEN_MAX {
            true => Err(Cause::Limit(Limit::TextLength, TEXT_LEN_MAX as u64)),
            false => Ok(()),
        }
    }

    fn write_quoted(&self, zone: &Zone, out: &mut String, budget: &mut Budget) -> Result<(), Cause> {
        match self.text() {
            Some(text) => {
                out.push_str(&format!("{text:?}"));
                budget.charge(1 + text.len() as u64 / 64)
            }
            None => self.write(zone, out, budget),
        }
    }
}
