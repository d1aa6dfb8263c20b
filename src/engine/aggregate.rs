//! Groups of records and what is reckoned over them. Missing arguments are left out and counted;
//! values are taken in record order, so that sums do not depend on blocks.

use crate::{
    expr::Cause,
    record::{Decimal, Type, Value},
    script::Aggregate,
};
use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap},
};

/// One aggregate of an expression over groups.
#[derive(Clone, Copy, Debug)]
pub struct Aggregation {
    /// What is reckoned.
    pub aggregate: Aggregate,
    /// The type of its argument; `None` where it has none, or where that shows only when it runs.
    pub argument: Option<Type>,
}

/// What an aggregate came to.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its value: missing where no record has an argument, an error where none could be computed.
    pub value: Result<Value, Cause>,
    /// Records with an argument.
    pub n: u64,
    /// Records whose argument was missing, and whose could not be computed.
    pub left_out: [u64; 2],
    /// Why the first could not be computed.
    pub first_error: Option<Cause>,
}

impl Figure {
    /// The share of the group's records that count.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    pub fn coverage(&self) -> Option<f64> {
        let all = self.n + self.left_out[0] + self.left_out[1];
        (all > 0).then(|| self.n as f64 / all as f64)
    }
}

/// A group with its figures.
#[derive(Clone, Debug)]
pub struct Group {
    /// The group's values.
    pub key: Vec<Value>,
    /// Its records.
    pub records: u64,
    /// Its figures, one an aggregation.
    pub figures: Vec<Figure>,
}

/// Groups being filled.
#[derive(Debug)]
pub struct Groups {
    aggregations: Vec<Aggregation>,
    known: HashMap<String, usize>,
    groups: Vec<(Vec<Value>, u64, Vec<State>)>,
    /// Records that belong to no group, since a value of theirs is missing or could not be computed.
    pub without: u64,
}

impl Groups {
    /// No groups yet.
    #[must_use]
    pub fn new(aggregations: Vec<Aggregation>) -> Self {
        Self { aggregations, known: HashMap::new(), groups: Vec::new(), without: 0 }
    }

    /// Takes in a record: its group's values, and an argument for each aggregation (`None` for `count()`).
    pub fn add(&mut self, key: Vec<Result<Value, Cause>>, arguments: &[Option<&Result<Value, Cause>>]) {
        let key: Option<Vec<Value>> = key.into_iter().map(|it| it.ok().filter(Value::is_there)).collect();
        let Some(key) = key else {
            self.without += 1;
            return;
        };
        let name = format!("{key:?}");
        let at = *self.known.entry(name).or_insert(self.groups.len());
        if at == self.groups.len() {
            self.groups.push((key, 0, self.aggregations.iter().map(|_| State::default()).collect()));
        }
        let (_, records, states) = &mut self.groups[at];
        *records += 1;
        for ((state, argument), of) in states.iter_mut().zip(arguments).zip(&self.aggregations) {
            state.add(*argument, of.aggregate.into());
        }
    }

    /// The groups in the order of their values. Without any record there is none.
    #[must_use]
    pub fn finish(self) -> Vec<Group> {
        let aggregations = self.aggregations;
        let finished = self.groups.into_iter().map(|(key, records, states)| Group {
            key,
            records,
            figures: states.into_iter().zip(&aggregations).map(|(state, it)| state.finish(*it)).collect(),
        });
        let mut all: Vec<Group> = finished.collect();
        all.sort_by(|a, b| {
            let parts = a.key.iter().zip(&b.key).map(|(a, b)| in_order(a, b));
            parts.fold(Ordering::Equal, Ordering::then)
        });
        all
    }
}

/// Numbers by size, times by time, all else by text.
fn in_order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (
            Value::Int(a) | Value::Date(a) | Value::Time(a) | Value::Duration(a),
            Value::Int(b) | Value::Date(b) | Value::Time(b) | Value::Duration(b),
        ) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        _ => format!("{a:?}").cmp(&format!("{b:?}")),
    }
}

/// The arguments of an aggregate, as many as it needs.
#[derive(Debug, Default)]
struct State {
    n: u64,
    hits: u64,
    left_out: [u64; 2],
    first_error: Option<Cause>,
    ints: Vec<i64>,
    floats: Vec<f64>,
    decimals: Vec<Decimal>,
    different: BTreeSet<String>,
}

/// What is made of an aggregate's arguments.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reduction {
    /// Truths are counted.
    Hits,
    /// Their share.
    Share,
    /// Different values.
    Different,
    Sum,
    Mean,
    Min,
    Max,
    /// The value below which this share lies.
    Quantile(f64),
}

impl From<Aggregate> for Reduction {
    fn from(aggregate: Aggregate) -> Self {
        match aggregate {
            Aggregate::Count => Self::Hits,
            Aggregate::Rate => Self::Share,
            Aggregate::Distinct => Self::Different,
            Aggregate::Sum => Self::Sum,
            Aggregate::Mean => Self::Mean,
            Aggregate::Min => Self::Min,
            Aggregate::Max => Self::Max,
            Aggregate::Median => Self::Quantile(0.5),
            Aggregate::Percentile(p) => Self::Quantile(p / 100.0),
        }
    }
}

impl State {
    fn add(&mut self, argument: Option<&Result<Value, Cause>>, reduction: Reduction) {
        let value = match argument {
            None => &Value::Bool(true),
            Some(Ok(value)) if value.is_there() => value,
            Some(Ok(_)) => return self.left_out[0] += 1,
            Some(Err(cause)) if cause.is_missing() => return self.left_out[0] += 1,
            Some(Err(cause)) => return self.error(cause.clone()),
        };
        match (reduction, value) {
            (Reduction::Hits | Reduction::Share, Value::Bool(truth)) => self.hits += u64::from(*truth),
            (Reduction::Different, value) => drop(self.different.insert(format!("{value:?}"))),
            (Reduction::Hits | Reduction::Share, other) => {
                return self.error(Cause::NotBool(format!("{other:?}").into()));
            }
            (_, Value::Int(it) | Value::Date(it) | Value::Time(it) | Value::Duration(it)) => {
                self.ints.push(*it);
            }
            (_, Value::Float(it)) => self.floats.push(*it),
            (_, Value::Decimal(it)) => self.decimals.push(*it),
            (_, other) => return self.error(Cause::Unfit(format!("{other:?}").into())),
        }
        self.n += 1;
    }

    fn error(&mut self, cause: Cause) {
        self.left_out[1] += 1;
        self.first_error.get_or_insert(cause);
    }

    fn finish(mut self, aggregation: Aggregation) -> Figure {
        let value = self.value(aggregation.aggregate.into(), aggregation.argument);
        let Self { n, left_out, first_error, .. } = self;
        Figure { value, n, left_out, first_error }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    fn value(&mut self, reduction: Reduction, ty: Option<Type>) -> Result<Value, Cause> {
        let count = |it: u64| i64::try_from(it).map(Value::Int).map_err(|_| Cause::Overflow);
        match reduction {
            Reduction::Hits => count(self.hits),
            Reduction::Different => count(self.different.len() as u64),
            _ if self.n == 0 => self.first_error.clone().map_or(Ok(Value::Missing), Err),
            Reduction::Share => Ok(Value::Float(self.hits as f64 / self.n as f64)),
            _ if !self.floats.is_empty() => of_floats(&mut self.floats, reduction),
            _ if !self.decimals.is_empty() => of_decimals(&mut self.decimals, reduction).map(Value::Decimal),
            Reduction::Sum | Reduction::Mean | Reduction::Min | Reduction::Max | Reduction::Quantile(_) => {
                of_ints(&mut self.ints, reduction, ty)
            }
        }
    }
}

/// Of whole numbers, dates, times and durations. Mean and quantiles are fractions, but whole
/// microseconds of durations.
#[expect(clippy::cast_precision_loss, reason = "the result is a fraction")]
#[expect(clippy::cast_possible_truncation, reason = "rounded, and between the smallest and the largest")]
fn of_ints(ints: &mut [i64], reduction: Reduction, ty: Option<Type>) -> Result<Value, Cause> {
    let typed = |it: i64| match ty {
        Some(Type::Date) => Value::Date(it),
        Some(Type::Time) => Value::Time(it),
        Some(Type::Duration) => Value::Duration(it),
        _ => Value::Int(it),
    };
    let fraction = |it: f64| match ty {
        Some(Type::Duration) => Value::Duration(it.round() as i64),
        _ => Value::Float(it),
    };
    let whole = match reduction {
        Reduction::Min => ints.iter().min().copied(),
        Reduction::Max => ints.iter().max().copied(),
        Reduction::Mean => {
            let sum: i128 = ints.iter().map(|it| i128::from(*it)).sum();
            return Ok(fraction(sum as f64 / ints.len() as f64));
        }
        Reduction::Quantile(quantile) => {
            ints.sort_unstable();
            let (low, high, share) = neighbours(ints.len(), quantile);
            let (low, high) = (ints[low] as f64, ints[high] as f64);
            return Ok(fraction(low + (high - low) * share));
        }
        Reduction::Sum | Reduction::Hits | Reduction::Share | Reduction::Different => {
            ints.iter().try_fold(0_i64, |sum, it| sum.checked_add(*it))
        }
    };
    whole.map(typed).ok_or(Cause::Overflow)
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
fn of_floats(floats: &mut [f64], reduction: Reduction) -> Result<Value, Cause> {
    let value = match reduction {
        Reduction::Mean => floats.iter().sum::<f64>() / floats.len() as f64,
        Reduction::Min => floats.iter().copied().fold(f64::INFINITY, f64::min),
        Reduction::Max => floats.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Reduction::Quantile(quantile) => {
            floats.sort_unstable_by(f64::total_cmp);
            let (low, high, share) = neighbours(floats.len(), quantile);
            floats[low] + (floats[high] - floats[low]) * share
        }
        Reduction::Sum | Reduction::Hits | Reduction::Share | Reduction::Different => floats.iter().sum(),
    };
    if value.is_finite() { Ok(Value::Float(value)) } else { Err(Cause::NotFinite) }
}

fn of_decimals(decimals: &mut [Decimal], reduction: Reduction) -> Result<Decimal, Cause> {
    let sum = |all: &[Decimal]| all.iter().try_fold(Decimal::ZERO, |sum, it| sum.checked_add(*it));
    let value = match reduction {
        Reduction::Mean => sum(decimals)
            .and_then(|it| it.checked_div(Decimal::from(decimals.len())))
            .map(|it| it.round_dp(DECIMALS_OF_MEAN).normalize()),
        Reduction::Min => decimals.iter().min().copied(),
        Reduction::Max => decimals.iter().max().copied(),
        Reduction::Quantile(quantile) => {
            decimals.sort_unstable();
            let (low, high, share) = neighbours(decimals.len(), quantile);
            let share = Decimal::try_from(share).unwrap_or_default();
            let step = decimals[high].checked_sub(decimals[low]).and_then(|it| it.checked_mul(share));
            step.and_then(|it| decimals[low].checked_add(it))
        }
        Reduction::Sum | Reduction::Hits | Reduction::Share | Reduction::Different => sum(decimals),
    };
    value.ok_or(Cause::Overflow)
}

/// A mean of money has so many decimals.
const DECIMALS_OF_MEAN: u32 = 10;

/// The two sorted values that a quantile lies between, and how far from the first: type 7 of Hyndman and
/// Fan, "Sample quantiles in statistical packages" (1996), R's default.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the length")]
fn neighbours(len: usize, quantile: f64) -> (usize, usize, f64) {
    let at = (len - 1) as f64 * quantile;
    let low = (at.floor() as usize).min(len - 1);
    (low, (low + 1).min(len - 1), at - low as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(aggregate: Aggregate, argument: Type, values: &[Value]) -> Figure {
        let mut groups = Groups::new(vec![Aggregation { aggregate, argument: Some(argument) }]);
        for value in values {
            groups.add(Vec::new(), &[Some(&Ok(value.clone()))]);
        }
        groups.finish().remove(0).figures.remove(0)
    }

    #[test]
    fn figures_are_those_of_r() {
        let ints: Vec<Value> = [7, 1, 15, 36].map(Value::Int).into();
        // quantile(c(7, 1, 15, 36), c(.5, .9, .25)) of R 4.
        for (p, expected) in [(50.0, 11.0), (90.0, 29.7), (25.0, 5.5), (0.0, 1.0), (100.0, 36.0)] {
            let Ok(Value::Float(found)) = figure(Aggregate::Percentile(p), Type::Int, &ints).value else {
                panic!("no figure")
            };
            assert!((found - expected).abs() < 1e-12, "{p}: {found}");
        }
        let mean = figure(Aggregate::Mean, Type::Int, &ints).value;
        assert_eq!(mean, Ok(Value::Float(14.75)));
        let long = figure(Aggregate::Median, Type::Duration, &[Value::Duration(1), Value::Duration(4)]);
        assert_eq!(long.value, Ok(Value::Duration(3)));
        let money: Vec<Value> = ["1.10", "2.20"].map(|it| Value::Decimal(it.parse().unwrap())).into();
        let sum = figure(Aggregate::Sum, Type::Decimal, &money).value;
        assert_eq!(sum, Ok(Value::Decimal("3.30".parse().unwrap())));
    }

    #[test]
    fn what_is_missing_is_left_out_and_counted() {
        let found = figure(Aggregate::Sum, Type::Int, &[Value::Int(2), Value::Missing, Value::Int(3)]);
        assert_eq!((found.value.clone(), found.n, found.left_out), (Ok(Value::Int(5)), 2, [1, 0]));
        assert_eq!(found.coverage(), Some(2.0 / 3.0));
        let none = figure(Aggregate::Max, Type::Int, &[Value::Missing]);
        assert_eq!((none.value, none.n), (Ok(Value::Missing), 0));
        let mut groups = Groups::new(vec![Aggregation { aggregate: Aggregate::Sum, argument: None }]);
        groups.add(Vec::new(), &[Some(&Err(Cause::DivisionByZero))]);
        let broken = groups.finish().remove(0).figures.remove(0);
        assert_eq!((broken.value, broken.left_out), (Err(Cause::DivisionByZero), [0, 1]));
        let over = figure(Aggregate::Sum, Type::Int, &[Value::Int(i64::MAX), Value::Int(1)]);
        assert_eq!(over.value, Err(Cause::Overflow));
    }
}
