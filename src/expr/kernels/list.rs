//! Lists: membership and reckoning over the elements of each record.

use crate::{
    expr::{Cause, Evaluator, Fold, Mask, Numbers, Vals},
    record::{TextColumn, Values},
};
use std::rc::Rc;

/// Rows whose list holds the item.
pub(super) fn contains(list: &Vals<'_>, item: &Vals<'_>, active: &Mask) -> Mask {
    let Vals::List(column, buffer, low) = list else { return Mask::NONE };
    let mut mask = Mask::NONE;
    for row in active.rows() {
        let mut range = column.range(low + row);
        let found = match (&column.elements, item) {
            (Values::Text(TextColumn::Coded(codes, dictionary)), Vals::Text(texts)) => {
                dictionary.find(texts.get(row)).is_some_and(|code| range.any(|at| codes[at] == code))
            }
            (Values::Text(TextColumn::Views(views)), Vals::Text(texts)) => {
                let wanted = texts.get(row);
                range.any(|at| views[at].of(buffer) == wanted)
            }
            (Values::Int(values), Vals::Int(numbers)) => range.any(|at| values[at] == numbers.get(row)),
            (Values::Float(values), Vals::Float(numbers)) => {
                let wanted = numbers.get(row);
                range.any(|at| {
                    values[at].total_cmp(&wanted).is_eq() || (values[at].abs() <= 0.0 && wanted.abs() <= 0.0)
                })
            }
            (Values::Bool(bits), Vals::Bool(wanted)) => range.any(|at| bits.get(at) == wanted.get(row)),
            _ => false,
        };
        if found {
            mask.insert(row);
        }
    }
    mask
}

/// Length, sum, mean, smallest or largest; of an empty list only length and sum exist.
pub(super) fn fold<'b>(
    evaluator: &mut Evaluator<'b, '_>,
    fold: Fold,
    list: &Vals<'b>,
    active: &Mask,
) -> Vals<'b> {
    let Vals::List(column, _, low) = list else { return list.clone() };
    let (len, low) = (evaluator.len, *low);
    let size = |row: usize| column.range(low + row).len();
    if fold == Fold::Len {
        let sizes = (0..len).map(|row| i64::try_from(size(row)).unwrap_or(i64::MAX));
        return Vals::Int(Numbers::Owned(Rc::new(sizes.collect())));
    }
    if fold != Fold::Sum {
        let empty = Mask::build(len, |row| size(row) == 0).and(active);
        evaluator.faults.add(&empty, Cause::EmptyList);
    }
    match &column.elements {
        Values::Int(values) if fold != Fold::Mean => {
            let one = |row: usize| {
                let mut all = column.range(low + row).map(|at| values[at]);
                match fold {
                    Fold::Min => Some(all.min().unwrap_or(0)),
                    Fold::Max => Some(all.max().unwrap_or(0)),
                    Fold::Len | Fold::Mean | Fold::Sum => all.try_fold(0_i64, i64::checked_add),
                }
            };
            let mut overflow = Mask::NONE;
            let mut results = vec![0; len];
            for row in active.rows() {
                match one(row) {
                    Some(value) => results[row] = value,
                    None => overflow.insert(row),
                }
            }
            evaluator.faults.add(&overflow, Cause::Overflow);
            Vals::Int(Numbers::Owned(Rc::new(results)))
        }
        elements @ (Values::Int(_)
        | Values::Float(_)
        | Values::Bool(_)
        | Values::Decimal(_)
        | Values::Text(_)
        | Values::Amount(_)
        | Values::List(_)) => {
            let mut results = vec![0.0; len];
            for row in active.rows() {
                results[row] = fold_floats(fold, column.range(low + row).map(|at| float_at(elements, at)));
            }
            let bad = Mask::build(len, |row| !results[row].is_finite()).and(active);
            evaluator.faults.add(&bad, Cause::NotFinite);
            Vals::Float(Numbers::Owned(Rc::new(results)))
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "that is what a float is")]
fn float_at(elements: &Values, at: usize) -> f64 {
    match elements {
        Values::Int(values) => values[at] as f64,
        Values::Float(values) => values[at],
        Values::Bool(_) | Values::Decimal(_) | Values::Text(_) | Values::Amount(_) | Values::List(_) => {
            f64::NAN
        }
    }
}

/// Sums, means and extremes of floats; sums go from the first element to the last, so that the result does not depend on how it is run.
#[expect(clippy::cast_precision_loss, reason = "lists are far shorter than 2^53")]
pub(crate) fn fold_floats(fold: Fold, all: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = all.len().max(1) as f64;
    match fold {
        Fold::Min => all.fold(f64::INFINITY, f64::min),
        Fold::Max => all.fold(f64::NEG_INFINITY, f64::max),
        Fold::Mean => all.sum::<f64>() / count,
        // The standard library's empty sum is -0.0.
        Fold::Len | Fold::Sum => 0.0 + all.sum::<f64>(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_sum_is_plain_zero() {
        for none in [&[][..], &[-0.0]] {
            assert!(fold_floats(Fold::Sum, none.iter().copied()).is_sign_positive());
        }
    }
}
