//! Numbers: comparison and arithmetic with per-record overflow, division and non-finite errors.

use crate::{
    expr::{Arithmetic, Cause, Comparison, Evaluator, Mask, Numbers, Vals, decimals, ints},
    record::Decimal,
};
use std::rc::Rc;

/// Calls `$code` with two row functions of the best shape, so that the loop inside is specialised.
macro_rules! by_shape {
    ($left:expr, $right:expr, $len:expr, |$a:ident, $b:ident| $code:expr) => {
        match ($left, $right) {
            (Numbers::One(a), Numbers::One(b)) => {
                let (a, b) = (*a, *b);
                let ($a, $b) = (|_: usize| a, |_: usize| b);
                $code
            }
            (Numbers::One(a), right) => {
                let (a, right) = (*a, slice(right, $len));
                let ($a, $b) = (|_: usize| a, |row: usize| right[row]);
                $code
            }
            (left, Numbers::One(b)) => {
                let (left, b) = (slice(left, $len), *b);
                let ($a, $b) = (|row: usize| left[row], |_: usize| b);
                $code
            }
            (left, right) => {
                let (left, right) = (slice(left, $len), slice(right, $len));
                let ($a, $b) = (|row: usize| left[row], |row: usize| right[row]);
                $code
            }
        }
    };
}

/// The numbers of a chunk; never called for a constant.
fn slice<'a, T>(numbers: &'a Numbers<'_, T>, len: usize) -> &'a [T] {
    match numbers {
        Numbers::One(_) => &[],
        Numbers::Slice(slice) => &slice[..len],
        Numbers::Owned(owned) => &owned[..len],
    }
}

/// Rows for which the comparison holds.
pub(super) fn compare<T: Copy + PartialOrd>(
    comparison: Comparison,
    len: usize,
    left: &Numbers<'_, T>,
    right: &Numbers<'_, T>,
) -> Mask {
    by_shape!(left, right, len, |a, b| match comparison {
        Comparison::Equal => Mask::build(len, |row| a(row) == b(row)),
        Comparison::NotEqual => Mask::build(len, |row| a(row) != b(row)),
        Comparison::Less => Mask::build(len, |row| a(row) < b(row)),
        Comparison::LessOrEqual => Mask::build(len, |row| a(row) <= b(row)),
        Comparison::Greater => Mask::build(len, |row| a(row) > b(row)),
        Comparison::GreaterOrEqual => Mask::build(len, |row| a(row) >= b(row)),
    })
}

/// Numbers of one value stay one value.
pub(super) fn map<'b, T: Copy, U>(
    len: usize,
    numbers: &Numbers<'_, T>,
    code: impl Fn(T) -> U,
) -> Numbers<'b, U> {
    match numbers {
        Numbers::One(one) => Numbers::One(code(*one)),
        many @ (Numbers::Slice(_) | Numbers::Owned(_)) => {
            Numbers::Owned(Rc::new(slice(many, len).iter().map(|it| code(*it)).collect()))
        }
    }
}

/// The rows of `active` to which `code` gives a value; the others drop out.
pub(super) fn map_checked<'b, T: Copy, U: Default>(
    evaluator: &mut Evaluator<'_, '_>,
    active: &Mask,
    numbers: &Numbers<'_, T>,
    cause: Cause,
    code: impl Fn(T) -> Option<U>,
) -> Numbers<'b, U> {
    if let Numbers::One(one) = numbers {
        if let Some(value) = code(*one) {
            return Numbers::One(value);
        }
        evaluator.faults.add(active, cause);
        return Numbers::One(U::default());
    }
    let mut bad = Mask::NONE;
    let values = slice(numbers, evaluator.len).iter().enumerate().map(|(row, it)| {
        code(*it).unwrap_or_else(|| {
            bad.insert(row);
            U::default()
        })
    });
    let values: Vec<U> = values.collect();
    evaluator.faults.add(&bad.and(active), cause);
    Numbers::Owned(Rc::new(values))
}

/// An operator on two operands of one kind.
pub(super) fn arithmetic<'b>(
    evaluator: &mut Evaluator<'b, '_>,
    operator: Arithmetic,
    left: &Vals<'b>,
    right: &Vals<'b>,
    active: &Mask,
) -> Vals<'b> {
    match (left, right) {
        (Vals::Int(left), Vals::Int(right)) => Vals::Int(on_ints(evaluator, operator, left, right, active)),
        (Vals::Float(left), Vals::Float(right)) => {
            Vals::Float(on_floats(evaluator, operator, left, right, active))
        }
        (Vals::Decimal(left), Vals::Decimal(right)) => {
            Vals::Decimal(on_decimals(evaluator, operator, left, right, active))
        }
        _ => left.clone(),
    }
}

fn on_ints<'b>(
    evaluator: &mut Evaluator<'b, '_>,
    operator: Arithmetic,
    left: &Numbers<'b, i64>,
    right: &Numbers<'b, i64>,
    active: &Mask,
) -> Numbers<'b, i64> {
    let len = evaluator.len;
    // First without looking, noting in the sign bit of `odd` whether any row may have overflowed.
    let mut odd = 0_i64;
    let values: Vec<i64> = by_shape!(left, right, len, |a, b| match operator {
        Arithmetic::Add => {
            let add = |row| {
                let (a, b) = (a(row), b(row));
                let sum = i64::wrapping_add(a, b);
                odd |= (a ^ sum) & (b ^ sum);
                sum
            };
            (0..len).map(add).collect()
        }
        Arithmetic::Subtract => {
            let subtract = |row| {
                let (a, b) = (a(row), b(row));
                let difference = i64::wrapping_sub(a, b);
                odd |= (a ^ b) & (a ^ difference);
                difference
            };
            (0..len).map(subtract).collect()
        }
        Arithmetic::Multiply => {
            let mut large = 0_i64;
            let multiply = |row| {
                let (a, b) = (a(row), b(row));
                // Not zero unless both fit in 32 bits.
                large |= (a.wrapping_add(1 << 31) >> 32) | (b.wrapping_add(1 << 31) >> 32);
                i64::wrapping_mul(a, b)
            };
            let values = (0..len).map(multiply).collect();
            odd = if large == 0 { 0 } else { -1 };
            values
        }
        Arithmetic::Divide | Arithmetic::Remainder | Arithmetic::Power => {
            odd = -1;
            Vec::new()
        }
    });
    if odd >= 0 {
        return Numbers::Owned(Rc::new(values));
    }
    Numbers::Owned(Rc::new(on_ints_checked(evaluator, operator, left, right, active)))
}

/// Row by row, with the rows that have no result dropping out.
fn on_ints_checked(
    evaluator: &mut Evaluator<'_, '_>,
    operator: Arithmetic,
    left: &Numbers<'_, i64>,
    right: &Numbers<'_, i64>,
    active: &Mask,
) -> Vec<i64> {
    let (mut overflow, mut by_zero) = (Mask::NONE, Mask::NONE);
    let mut values = vec![0; evaluator.len];
    for row in active.without(&evaluator.faults.dead).rows() {
        match ints(operator, left.get(row), right.get(row)) {
            Ok(value) => values[row] = value,
            Err(Cause::DivisionByZero) => by_zero.insert(row),
            Err(_) => overflow.insert(row),
        }
    }
    evaluator.faults.add(&by_zero, Cause::DivisionByZero);
    evaluator.faults.add(&overflow, Cause::Overflow);
    values
}

fn on_floats<'b>(
    evaluator: &mut Evaluator<'b, '_>,
    operator: Arithmetic,
    left: &Numbers<'b, f64>,
    right: &Numbers<'b, f64>,
    active: &Mask,
) -> Numbers<'b, f64> {
    let len = evaluator.len;
    let values: Vec<f64> = by_shape!(left, right, len, |a, b| match operator {
        Arithmetic::Add => (0..len).map(|row| a(row) + b(row)).collect(),
        Arithmetic::Subtract => (0..len).map(|row| a(row) - b(row)).collect(),
        Arithmetic::Multiply => (0..len).map(|row| a(row) * b(row)).collect(),
        Arithmetic::Divide => (0..len).map(|row| a(row) / b(row)).collect(),
        Arithmetic::Remainder => (0..len).map(|row| a(row) % b(row)).collect(),
        Arithmetic::Power => (0..len).map(|row| f64::powf(a(row), b(row))).collect(),
    });
    if !values.iter().all(|it| it.is_finite()) {
        let bad = Mask::build(len, |row| !values[row].is_finite()).and(active);
        let by_zero = Mask::build(len, |row| right.get(row).abs() <= 0.0).and(&bad);
        if matches!(operator, Arithmetic::Divide | Arithmetic::Remainder) {
            evaluator.faults.add(&by_zero, Cause::DivisionByZero);
        }
        evaluator.faults.add(&bad, Cause::NotFinite);
    }
    Numbers::Owned(Rc::new(values))
}

fn on_decimals<'b>(
    evaluator: &mut Evaluator<'b, '_>,
    operator: Arithmetic,
    left: &Numbers<'b, Decimal>,
    right: &Numbers<'b, Decimal>,
    active: &Mask,
) -> Numbers<'b, Decimal> {
    let (mut overflow, mut by_zero) = (Mask::NONE, Mask::NONE);
    let mut values = vec![Decimal::ZERO; evaluator.len];
    for row in active.without(&evaluator.faults.dead).rows() {
        match decimals(operator, left.get(row), right.get(row)) {
            Ok(value) => values[row] = value,
            Err(Cause::DivisionByZero) => by_zero.insert(row),
            Err(_) => overflow.insert(row),
        }
    }
    evaluator.faults.add(&by_zero, Cause::DivisionByZero);
    evaluator.faults.add(&overflow, Cause::Overflow);
    Numbers::Owned(Rc::new(values))
}

/// `-a`.
pub(super) fn negate<'b>(evaluator: &mut Evaluator<'b, '_>, value: &Vals<'b>, active: &Mask) -> Vals<'b> {
    match value {
        Vals::Int(numbers) => {
            Vals::Int(map_checked(evaluator, active, numbers, Cause::Overflow, i64::checked_neg))
        }
        Vals::Float(numbers) => Vals::Float(map(evaluator.len, numbers, |it| -it)),
        Vals::Decimal(numbers) => Vals::Decimal(map(evaluator.len, numbers, |it| -it)),
        Vals::Bool(_) | Vals::Text(_) | Vals::List(..) => value.clone(),
    }
}

/// An int as float.
pub(in crate::expr) fn to_float<'b>(len: usize, value: &Vals<'b>) -> Vals<'b> {
    let Vals::Int(numbers) = value else { return value.clone() };
    #[expect(clippy::cast_precision_loss, reason = "that is what a float is")]
    Vals::Float(map(len, numbers, |it| it as f64))
}

/// An int as decimal.
pub(in crate::expr) fn to_decimal<'b>(len: usize, value: &Vals<'b>) -> Vals<'b> {
    match value {
        Vals::Int(numbers) => Vals::Decimal(map(len, numbers, Decimal::from)),
        Vals::Bool(_) | Vals::Float(_) | Vals::Decimal(_) | Vals::Text(_) | Vals::List(..) => value.clone(),
    }
}
