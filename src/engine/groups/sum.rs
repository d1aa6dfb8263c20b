//! Exact sums of numbers of one type: to add, to take out again, to merge in any order.

use super::{
    bytes,
    exact::ExactSum,
    key::{as_float, from_ordered_bits, ordered_bits},
};
use crate::{
    expr::Cause,
    record::{Decimal, Type, Value},
};
use std::cmp::Ordering;

/// A mean of money has so many decimals.
const DECIMALS_OF_MEAN: u32 = 10;

/// What kind of number an aggregate is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Kind {
    /// Whole numbers, dates, times and durations.
    Int,
    /// Floats.
    Float,
    /// Money.
    Decimal,
}

impl Kind {
    pub(in crate::engine) const fn of(ty: Option<Type>) -> Self {
        match ty {
            Some(Type::Float) => Self::Float,
            Some(Type::Decimal) => Self::Decimal,
            _ => Self::Int,
        }
    }
}

impl Kind {
    /// What squares are added up as.
    pub(super) const fn of_squares(self) -> Self {
        match self {
            Self::Int => Self::Int,
            Self::Float | Self::Decimal => Self::Float,
        }
    }
}

/// A number of some kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::engine) enum Number {
    Int(i64),
    Float(f64),
    Decimal(Decimal),
}

impl Number {
    /// The number that a value is; `None` where it is none.
    pub(in crate::engine) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(it) | Value::Date(it) | Value::Time(it) | Value::Duration(it) => Some(Self::Int(*it)),
            Value::Float(it) => Some(Self::Float(*it)),
            Value::Decimal(it) => Some(Self::Decimal(*it)),
            Value::Missing
            | Value::Unreadable
            | Value::Bool(_)
            | Value::Text(_)
            | Value::Amount(_)
            | Value::List(_) => None,
        }
    }

    /// Its order among numbers of its kind; money is given by floats here, so that unlike amounts may
    /// stand as equals.
    pub(in crate::engine) fn ordered(self) -> i64 {
        match self {
            Self::Int(it) => it,
            Self::Float(it) => ordered_bits(it),
            Self::Decimal(it) => ordered_bits(as_float(it)),
        }
    }

    pub(in crate::engine) fn float(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "for spreads")]
            Self::Int(it) => it as f64,
            Self::Float(it) => it,
            Self::Decimal(it) => as_float(it),
        }
    }

    /// By size.
    pub(in crate::engine) fn in_order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Decimal(a), Self::Decimal(b)) => a.cmp(b),
            _ => self.ordered().cmp(&other.ordered()),
        }
    }

    /// As a value of the argument's type.
    pub(in crate::engine) fn value(self, ty: Option<Type>) -> Value {
        match (self, ty) {
            (Self::Int(it), Some(Type::Date)) => Value::Date(it),
            (Self::Int(it), Some(Type::Time)) => Value::Time(it),
            (Self::Int(it), Some(Type::Duration)) => Value::Duration(it),
            (Self::Int(it), _) => Value::Int(it),
            (Self::Float(it), _) => Value::Float(it),
            (Self::Decimal(it), _) => Value::Decimal(it),
        }
    }

    pub(in crate::engine) fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::Int(_) | Self::Float(_) => bytes::put(out, self.ordered().cast_unsigned()),
            Self::Decimal(it) => out.extend_from_slice(&it.serialize()),
        }
    }

    pub(in crate::engine) fn read(bytes: &mut &[u8], kind: Kind) -> Option<Self> {
        if kind == Kind::Decimal {
            let (digits, rest) = bytes.split_first_chunk::<16>()?;
            *bytes = rest;
            return Some(Self::Decimal(Decimal::deserialize(*digits)));
        }
        let word = bytes::take(bytes)?.cast_signed();
        Some(if kind == Kind::Float { Self::Float(from_ordered_bits(word)) } else { Self::Int(word) })
    }
}

/// A fraction of whole numbers: a float, but whole microseconds of durations.
#[expect(clippy::cast_possible_truncation, reason = "rounded, and between the smallest and the largest")]
pub(in crate::engine) fn fraction(number: f64, ty: Option<Type>) -> Result<Value, Cause> {
    match ty {
        _ if !number.is_finite() => Err(Cause::NotFinite),
        Some(Type::Duration) => Ok(Value::Duration(number.round() as i64)),
        _ => Ok(Value::Float(number)),
    }
}

/// A wide whole number in two words: as one it would ask for room that groups by the million do not have.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine) struct Wide([u64; 2]);

impl Wide {
    #[expect(clippy::cast_possible_truncation, reason = "each word takes its bits")]
    const fn of(number: i128) -> Self {
        let bits = number.cast_unsigned();
        Self([bits as u64, (bits >> 64) as u64])
    }

    const fn get(self) -> i128 {
        (self.0[0] as u128 | (self.0[1] as u128) << 64).cast_signed()
    }
}

/// An exact sum.
#[derive(Clone, Debug)]
pub(in crate::engine) enum Sum {
    Ints(Wide),
    Floats(Box<ExactSum>),
    /// By scale: sums of the digits of all amounts with so many decimals.
    Decimals(Vec<(u32, i128)>),
}

impl Sum {
    pub(in crate::engine) fn new(kind: Kind) -> Self {
        match kind {
            Kind::Int => Self::Ints(Wide::default()),
            Kind::Float => Self::Floats(Box::default()),
            Kind::Decimal => Self::Decimals(Vec::new()),
        }
    }

    pub(in crate::engine) fn add(&mut self, number: Number) {
        match (self, number) {
            (Self::Ints(sum), Number::Int(it)) => *sum = Wide::of(sum.get() + i128::from(it)),
            (Self::Floats(sum), Number::Float(it)) => sum.add(it),
            (Self::Decimals(sums), Number::Decimal(it)) => add_digits(sums, it.scale(), it.mantissa()),
            // The type of an argument is known before the run.
            _ => {}
        }
    }

    /// Adds the square of a number; of whole numbers exactly, as long as 128 bits hold the sum.
    pub(super) fn add_square(&mut self, number: Number) {
        match (self, number) {
            (Self::Ints(sum), Number::Int(it)) => {
                let square = i128::from(it) * i128::from(it);
                *sum = Wide::of(sum.get().saturating_add(square));
            }
            (Self::Floats(sum), number) => {
                let float = number.float();
                let square = float * float;
                if square.is_finite() {
                    sum.add(square);
                    // What the product lost.
                    sum.add(float.mul_add(float, -square));
                }
            }
            _ => {}
        }
    }

    pub(in crate::engine) fn remove(&mut self, number: Number) {
        match (self, number) {
            (Self::Ints(sum), Number::Int(it)) => *sum = Wide::of(sum.get() - i128::from(it)),
            (Self::Floats(sum), Number::Float(it)) => sum.remove(it),
            (Self::Decimals(sums), Number::Decimal(it)) => add_digits(sums, it.scale(), -it.mantissa()),
            _ => {}
        }
    }

    pub(in crate::engine) fn merge(&mut self, other: &Self) {
        match (self, other) {
            (Self::Ints(sum), Self::Ints(other)) => *sum = Wide::of(sum.get().saturating_add(other.get())),
            (Self::Floats(sum), Self::Floats(other)) => sum.merge(other),
            (Self::Decimals(sums), Self::Decimals(other)) => {
                other.iter().for_each(|(scale, digits)| add_digits(sums, *scale, *digits));
            }
            _ => {}
        }
    }

    /// The sum as a value.
    pub(in crate::engine) fn value(&self, ty: Option<Type>) -> Result<Value, Cause> {
        match self {
            Self::Ints(sum) => {
                i64::try_from(sum.get()).map(|it| Number::Int(it).value(ty)).map_err(|_| Cause::Overflow)
            }
            Self::Floats(sum) => fraction(sum.value(), None),
            Self::Decimals(sums) => total(sums).map(Value::Decimal).ok_or(Cause::Overflow),
        }
    }

    /// The mean of `n` numbers.
    #[expect(clippy::cast_precision_loss, reason = "the result is a fraction")]
    pub(in crate::engine) fn mean(&self, n: u64, ty: Option<Type>) -> Result<Value, Cause> {
        match self {
            Self::Ints(sum) => fraction(sum.get() as f64 / n as f64, ty),
            Self::Floats(sum) => fraction(sum.value() / n as f64, ty),
            Self::Decimals(sums) => total(sums)
                .and_then(|it| it.checked_div(Decimal::from(n)))
                .map(|it| Value::Decimal(it.round_dp(DECIMALS_OF_MEAN).normalize()))
                .ok_or(Cause::Overflow),
        }
    }

    /// The sum as two floats: the nearest, and what it lacks.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "for spreads")]
    pub(in crate::engine) fn parts(&self) -> (f64, f64) {
        match self {
            Self::Ints(sum) => {
                let high = sum.get() as f64;
                (high, sum.get().saturating_sub(high as i128) as f64)
            }
            Self::Floats(sum) => sum.parts(),
            Self::Decimals(sums) => (total(sums).map_or(f64::NAN, as_float), 0.0),
        }
    }

    pub(in crate::engine) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Ints(sum) => bytes::put_wide(out, sum.get()),
            Self::Floats(sum) => sum.write(out),
            Self::Decimals(sums) => {
                bytes::put(out, sums.len() as u64);
                for (scale, digits) in sums {
                    bytes::put(out, u64::from(*scale));
                    bytes::put_wide(out, *digits);
                }
            }
        }
    }

    pub(in crate::engine) fn read(bytes: &mut &[u8], kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::Int => Self::Ints(Wide::of(bytes::take_wide(bytes)?)),
            Kind::Float => Self::Floats(Box::new(ExactSum::read(bytes)?)),
            Kind::Decimal => {
                let len = bytes::len(bytes)?;
                let one = |bytes: &mut &[u8]| {
                    let scale = u32::try_from(bytes::take(bytes)?).ok()?;
                    Some((scale, bytes::take_wide(bytes)?))
                };
                Self::Decimals((0..len).map(|_| one(bytes)).collect::<Option<_>>()?)
            }
        })
    }
}

/// The digits of 2^31 amounts of the greatest size fit.
fn add_digits(sums: &mut Vec<(u32, i128)>, scale: u32, digits: i128) {
    match sums.binary_search_by_key(&scale, |it| it.0) {
        Ok(at) => sums[at].1 += digits,
        Err(at) => sums.insert(at, (scale, digits)),
    }
}

/// The sum over all scales, always in the same order; `None` beyond the range of decimals.
fn total(sums: &[(u32, i128)]) -> Option<Decimal> {
    let mut total = Decimal::ZERO;
    for (scale, digits) in sums {
        total = total.checked_add(Decimal::try_from_i128_with_scale(*digits, *scale).ok()?)?;
    }
    Some(total)
}
