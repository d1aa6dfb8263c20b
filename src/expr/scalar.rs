//! Arithmetic on single numbers: the one meaning that the kernels and the row-by-row evaluator share.

use super::{Arithmetic, Cause};
use crate::record::Decimal;

/// Whole numbers; division truncates.
///
/// # Errors
/// Division by zero; a result beyond 64 bits, powers below zero among them.
pub(crate) fn ints(operator: Arithmetic, a: i64, b: i64) -> Result<i64, Cause> {
    let value = match operator {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide | Arithmetic::Remainder if b == 0 => return Err(Cause::DivisionByZero),
        Arithmetic::Divide => a.checked_div(b),
        Arithmetic::Remainder => a.checked_rem(b),
        Arithmetic::Power => u32::try_from(b).ok().and_then(|it| a.checked_pow(it)),
    };
    value.ok_or(Cause::Overflow)
}

/// 64-bit floats.
///
/// # Errors
/// Division by zero; a result that is not finite.
pub(crate) fn floats(operator: Arithmetic, a: f64, b: f64) -> Result<f64, Cause> {
    let value = match operator {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide => a / b,
        Arithmetic::Remainder => a % b,
        Arithmetic::Power => a.powf(b),
    };
    let divides = matches!(operator, Arithmetic::Divide | Arithmetic::Remainder);
    match value.is_finite() {
        true => Ok(value),
        false if divides && b.abs() <= 0.0 => Err(Cause::DivisionByZero),
        false => Err(Cause::NotFinite),
    }
}

/// Exact decimals.
///
/// # Errors
/// Division by zero; a result beyond 28 digits; powers, which the type checker refuses.
pub(crate) fn decimals(operator: Arithmetic, a: Decimal, b: Decimal) -> Result<Decimal, Cause> {
    let value = match operator {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide | Arithmetic::Remainder if b.is_zero() => return Err(Cause::DivisionByZero),
        Arithmetic::Divide => a.checked_div(b),
        Arithmetic::Remainder => a.checked_rem(b),
        Arithmetic::Power => None,
    };
    value.ok_or(Cause::Overflow)
}
