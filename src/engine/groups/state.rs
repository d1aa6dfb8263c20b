//! What an aggregate has come to so far: a state that merges in any order and can be written as bytes.

use super::{
    bytes,
    sum::{Kind, Number, Sum, fraction},
    worst::{Names, Worst},
};
use crate::{
    expr::Cause,
    measure::{KanoCounts, KanoFigure, NORMAL, student, wilson},
    record::{Decimal, Type, Value},
    script::Aggregate,
    sorting::Keys,
};
use std::sync::Arc;

/// One aggregate of an expression over groups.
#[derive(Clone, Copy, Debug)]
pub struct Aggregation {
    /// What is reckoned.
    pub aggregate: Aggregate,
    /// The type of its argument; `None` where it has none, or where that shows only when it runs.
    pub argument: Option<Type>,
}

impl Aggregation {
    pub(in crate::engine) const fn kind(self) -> Kind {
        Kind::of(self.argument)
    }
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
    /// What its interval is reckoned from.
    spread: Spread,
    /// The records that weigh most on the side that fails, and where their keys stand.
    worst: Option<(Worst, Arc<Names>)>,
}

impl Figure {
    /// Keys of the records that weigh most on the side that fails, the worst first.
    pub fn worst(&self) -> impl Iterator<Item = &str> {
        self.worst.iter().flat_map(|(worst, names)| worst.iter(names).map(|it| it.1))
    }

    /// The 95 % interval: of rates by Wilson (1927), of means by Student (1908).
    #[must_use]
    pub fn interval(&self) -> Option<[Value; 2]> {
        self.spread.interval(self.n)
    }

    /// The share of the group's records that count.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    pub fn coverage(&self) -> Option<f64> {
        let all = self.n + self.left_out[0] + self.left_out[1];
        (all > 0).then(|| self.n as f64 / all as f64)
    }
}

/// What an interval is reckoned from, which most groups are never asked for.
#[derive(Clone, Debug)]
enum Spread {
    /// How many are true.
    Rate(u64),
    /// The sum and that of squares.
    Mean(Sum, Sum, Aggregation),
    /// How many are of which class.
    Classes(Box<KanoCounts>, KanoFigure),
    /// There is no interval.
    None,
}

/// What is kept of an aggregate's arguments.
#[derive(Debug)]
pub(super) enum Tally {
    /// How many are true.
    Hits(u64),
    Sum(Sum),
    /// With the sum of squares, for the interval.
    Mean(Sum, Sum),
    /// The smallest or the greatest.
    Extreme(Option<Number>),
    /// All of them, for quantiles.
    Values(Values),
    /// Different ones, as bytes.
    Different(Box<Keys>),
    /// How many are of which class.
    Classes(Box<KanoCounts>),
}

/// Numbers of one kind, packed.
#[derive(Debug)]
pub(super) enum Values {
    /// Whole numbers, or floats by their ordered bits.
    Words(Vec<i64>),
    Decimals(Vec<Decimal>),
}

impl Values {
    fn push(&mut self, number: Number) {
        match (self, number) {
            (Self::Decimals(all), Number::Decimal(it)) => all.push(it),
            (Self::Words(all), number) => all.push(number.ordered()),
            (Self::Decimals(_), _) => {}
        }
    }

    /// The numbers, by size.
    pub(super) fn sorted(&mut self, kind: Kind) -> impl Iterator<Item = Number> + '_ {
        let (words, decimals): (&[i64], &[Decimal]) = match self {
            Self::Words(all) => {
                all.sort_unstable();
                (all, &[])
            }
            Self::Decimals(all) => {
                all.sort_unstable();
                (&[], all)
            }
        };
        let word = move |it: &i64| match kind {
            Kind::Float => Number::Float(super::key::from_ordered_bits(*it)),
            Kind::Int | Kind::Decimal => Number::Int(*it),
        };
        words.iter().map(word).chain(decimals.iter().map(|it| Number::Decimal(*it)))
    }

    fn len(&self) -> usize {
        match self {
            Self::Words(all) => all.len(),
            Self::Decimals(all) => all.len(),
        }
    }
}

impl Tally {
    pub(super) fn new(of: Aggregation) -> Self {
        let kind = of.kind();
        match of.aggregate {
            Aggregate::Count | Aggregate::Rate => Self::Hits(0),
            Aggregate::Distinct => Self::Different(Box::default()),
            Aggregate::Kano(_) => Self::Classes(Box::default()),
            Aggregate::Sum => Self::Sum(Sum::new(kind)),
            Aggregate::Mean | Aggregate::Nps => Self::Mean(Sum::new(kind), Sum::new(kind.of_squares())),
            Aggregate::Min | Aggregate::Max => Self::Extreme(None),
            Aggregate::Median | Aggregate::Percentile(_) => Self::Values(match kind {
                Kind::Decimal => Values::Decimals(Vec::new()),
                Kind::Int | Kind::Float => Values::Words(Vec::new()),
            }),
        }
    }

    /// Takes a number in.
    pub(super) fn add(&mut self, number: Number, aggregate: Aggregate) {
        match self {
            Self::Sum(sum) => sum.add(number),
            Self::Mean(sum, squares) => {
                sum.add(number);
                squares.add_square(number);
            }
            Self::Extreme(extreme) => *extreme = further(*extreme, number, aggregate),
            Self::Values(all) => all.push(number),
            Self::Classes(counts) => {
                if let Number::Int(place) = number
                    && let Some(count) = usize::try_from(place).ok().and_then(|it| counts.0.get_mut(it))
                {
                    *count += 1;
                }
            }
            Self::Hits(_) | Self::Different(_) => {}
        }
    }
}

fn further(known: Option<Number>, number: Number, aggregate: Aggregate) -> Option<Number> {
    let Some(known) = known else { return Some(number) };
    let wanted =
        if aggregate == Aggregate::Min { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater };
    Some(if number.in_order(&known) == wanted { number } else { known })
}

/// Records whose argument could not be computed.
#[derive(Clone, Debug)]
pub(super) struct Errors {
    count: u64,
    /// The first, by number, and why; not kept beyond memory.
    first: Option<(u64, Cause)>,
}

/// One aggregate of one group: a line of memory.
#[derive(Debug)]
pub(super) struct Cell {
    /// Records with an argument. Those whose argument is missing are the others of the group.
    pub(super) n: u64,
    errors: Option<Box<Errors>>,
    pub(super) tally: Tally,
}

const _: () = assert!(size_of::<Cell>() <= 64, "a line of memory");

impl Cell {
    pub(super) fn new(of: Aggregation) -> Self {
        Self { n: 0, errors: None, tally: Tally::new(of) }
    }

    /// Takes it, and leaves nothing.
    pub(super) fn take(&mut self) -> Self {
        std::mem::replace(self, Self { n: 0, errors: None, tally: Tally::Hits(0) })
    }

    /// Counts a record whose argument could not be computed.
    pub(super) fn add_error(&mut self, record: u64, cause: &Cause) {
        let errors = self.errors.get_or_insert_with(|| Box::new(Errors { count: 0, first: None }));
        errors.count += 1;
        if errors.first.as_ref().is_none_or(|it| record < it.0) {
            errors.first = Some((record, cause.clone()));
        }
    }

    /// How many records' arguments could not be computed.
    fn error_count(&self) -> u64 {
        self.errors.as_ref().map_or(0, |it| it.count)
    }

    /// Takes another's arguments in.
    pub(super) fn merge(&mut self, other: &Self, of: Aggregation) {
        self.n += other.n;
        if let Some(theirs) = &other.errors {
            match &mut self.errors {
                None => self.errors = Some(theirs.clone()),
                Some(own) => {
                    own.count += theirs.count;
                    let all = own.first.take().into_iter().chain(theirs.first.clone());
                    own.first = all.min_by_key(|it| it.0);
                }
            }
        }
        match (&mut self.tally, &other.tally) {
            (Tally::Hits(hits), Tally::Hits(more)) => *hits += more,
            (Tally::Sum(sum), Tally::Sum(more)) => sum.merge(more),
            (Tally::Mean(sum, squares), Tally::Mean(more, more_squares)) => {
                sum.merge(more);
                squares.merge(more_squares);
            }
            (Tally::Extreme(extreme), Tally::Extreme(Some(more))) => {
                *extreme = further(*extreme, *more, of.aggregate);
            }
            (Tally::Values(Values::Words(all)), Tally::Values(Values::Words(more))) => all.extend(more),
            (Tally::Values(Values::Decimals(all)), Tally::Values(Values::Decimals(more))) => all.extend(more),
            (Tally::Classes(counts), Tally::Classes(more)) => {
                counts.0.iter_mut().zip(more.0).for_each(|(sum, more)| *sum += more);
            }
            (Tally::Different(all), Tally::Different(more)) => {
                for value in more.all() {
                    all.number(value);
                }
            }
            _ => {}
        }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        bytes::put(out, self.n);
        bytes::put(out, self.error_count());
        match &self.tally {
            Tally::Hits(hits) => bytes::put(out, *hits),
            Tally::Sum(sum) => sum.write(out),
            Tally::Mean(sum, squares) => {
                sum.write(out);
                squares.write(out);
            }
            Tally::Extreme(extreme) => {
                bytes::put(out, u64::from(extreme.is_some()));
                extreme.iter().for_each(|it| it.write(out));
            }
            Tally::Values(all) => {
                bytes::put(out, all.len() as u64);
                match all {
                    Values::Words(all) => all.iter().for_each(|it| bytes::put(out, it.cast_unsigned())),
                    Values::Decimals(all) => all.iter().for_each(|it| Number::Decimal(*it).write(out)),
                }
            }
            Tally::Classes(counts) => counts.0.iter().for_each(|it| bytes::put(out, *it)),
            Tally::Different(keys) => {
                bytes::put(out, keys.len() as u64);
                keys.all().for_each(|it| bytes::put_bytes(out, it));
            }
        }
    }

    pub(super) fn read(bytes: &mut &[u8], of: Aggregation) -> Option<Self> {
        let mut cell = Self::new(of);
        cell.n = bytes::take(bytes)?;
        let count = bytes::take(bytes)?;
        cell.errors = (count > 0).then(|| Box::new(Errors { count, first: None }));
        let kind = of.kind();
        match &mut cell.tally {
            Tally::Hits(hits) => *hits = bytes::take(bytes)?,
            Tally::Sum(sum) => *sum = Sum::read(bytes, kind)?,
            Tally::Mean(sum, squares) => {
                *sum = Sum::read(bytes, kind)?;
                *squares = Sum::read(bytes, kind.of_squares())?;
            }
            Tally::Extreme(extreme) => {
                if bytes::take(bytes)? == 1 {
                    *extreme = Some(Number::read(bytes, kind)?);
                }
            }
            Tally::Values(all) => {
                for _ in 0..bytes::len(bytes)? {
                    all.push(Number::read(bytes, kind)?);
                }
            }
            Tally::Classes(counts) => {
                for count in &mut counts.0 {
                    *count = bytes::take(bytes)?;
                }
            }
            Tally::Different(keys) => {
                for _ in 0..bytes::len(bytes)? {
                    keys.number(bytes::take_bytes(bytes)?);
                }
            }
        }
        Some(cell)
    }

    /// What it came to in a group of so many records. `beyond` is what did not stay in memory: for quantiles the two
    /// neighbours, for different values how many more there are.
    pub(super) fn finish(
        mut self,
        of: Aggregation,
        beyond: Beyond,
        records: u64,
        worst: Option<(Worst, Arc<Names>)>,
    ) -> Figure {
        let value = self.value(of, beyond);
        let errors = self.error_count();
        let left_out = [records.saturating_sub(self.n + errors), errors];
        let first_error = self.errors.and_then(|it| it.first).map(|it| it.1);
        let spread = Spread::of(self.tally, of);
        Figure { value, n: self.n, left_out, first_error, spread, worst }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    fn value(&mut self, of: Aggregation, beyond: Beyond) -> Result<Value, Cause> {
        let count = |it: u64| i64::try_from(it).map(Value::Int).map_err(|_| Cause::Overflow);
        let (n, ty) = (self.n, of.argument);
        let first = self.errors.as_ref().and_then(|it| it.first.as_ref());
        let none = || first.map_or(Ok(Value::Missing), |it| Err(it.1.clone()));
        match &mut self.tally {
            Tally::Hits(hits) if of.aggregate == Aggregate::Count => count(*hits),
            Tally::Different(keys) => count(keys.len() as u64 + beyond.different),
            _ if n == 0 => none(),
            Tally::Hits(hits) => Ok(Value::Float(*hits as f64 / n as f64)),
            Tally::Sum(sum) => sum.value(ty),
            Tally::Mean(sum, _) => sum.mean(n, ty),
            Tally::Extreme(extreme) => extreme.map_or_else(none, |it| Ok(it.value(ty))),
            Tally::Classes(counts) => Ok(kano_value(counts, of.aggregate)),
            Tally::Values(all) => {
                let (low, high, share) = neighbours(n, of.aggregate);
                let neighbours = beyond.neighbours.or_else(|| {
                    let mut sorted = all.sorted(of.kind()).skip(usize::try_from(low).ok()?);
                    let first = sorted.next()?;
                    Some((first, if high > low { sorted.next()? } else { first }))
                });
                let (low, high) = neighbours.ok_or(Cause::Overflow)?;
                between(low, high, share, ty)
            }
        }
    }
}

impl Spread {
    /// Of what an aggregate has come to.
    fn of(tally: Tally, of: Aggregation) -> Self {
        match (tally, of.aggregate) {
            (Tally::Hits(hits), Aggregate::Rate) => Self::Rate(hits),
            (Tally::Mean(sum, squares), _) => Self::Mean(sum, squares, of),
            (Tally::Classes(counts), Aggregate::Kano(figure)) => Self::Classes(counts, figure),
            _ => Self::None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    fn interval(&self, count: u64) -> Option<[Value; 2]> {
        let n = count as f64;
        match self {
            Self::Rate(hits) => wilson(*hits, count).map(|it| it.map(Value::Float)),
            Self::Mean(sum, squares, of) if of.aggregate == Aggregate::Nps && count > 0 => {
                // The three-point distribution knows its spread: worth is 100, 0 or -100.
                let score = sum.parts().0 / n;
                let error = ((squares.parts().0 / n - score * score).max(0.0) / n).sqrt();
                let bound = |it: f64| Value::Float(it.clamp(-100.0, 100.0));
                Some([bound(score - NORMAL * error), bound(score + NORMAL * error)])
            }
            Self::Mean(sum, squares, of) if count > 1 => {
                let (high, low) = sum.parts();
                let (square_high, square_low) = squares.parts();
                // Σx² - (Σx)²/n, where both are nearly equal: what the products lose is taken along.
                let product = high * high;
                let lost = high.mul_add(high, -product) + 2.0 * high * low;
                let ratio = product / n;
                let rest = (ratio.mul_add(-n, product) + lost) / n;
                let variance = ((square_high - ratio) + (square_low - rest)).max(0.0) / (n - 1.0);
                let half = student(count - 1) * (variance / n).sqrt();
                let mean = high / n;
                let bound = |it: f64| match of.argument {
                    Some(Type::Decimal) => {
                        Decimal::try_from(it).ok().map(|it| Value::Decimal(it.round_dp(10)))
                    }
                    ty => fraction(it, ty).ok(),
                };
                Some([bound(mean - half)?, bound(mean + half)?])
            }
            Self::Classes(counts, figure) => counts.interval(*figure).map(|it| it.map(Value::Float)),
            Self::Mean(..) | Self::None => None,
        }
    }
}

/// A figure of Kano's; missing where no record is of a class that it counts.
pub(in crate::engine) fn kano_value(counts: &KanoCounts, aggregate: Aggregate) -> Value {
    let Aggregate::Kano(figure) = aggregate else { return Value::Missing };
    match figure {
        KanoFigure::Class => counts.class().map_or(Value::Missing, |it| Value::Text(it.name().into())),
        KanoFigure::Better => counts.better().map_or(Value::Missing, Value::Float),
        KanoFigure::Worse => counts.worse().map_or(Value::Missing, Value::Float),
    }
}

/// What of a cell's arguments did not stay in memory.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beyond {
    /// The two values that the quantile lies between, of all values.
    pub(super) neighbours: Option<(Number, Number)>,
    /// Different values that are not in memory.
    pub(super) different: u64,
}

/// The numbers of the two sorted values that a quantile lies between, and how far from the first: type 7
/// of Hyndman and Fan, "Sample quantiles in statistical packages" (1996), R's default.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the length")]
pub(in crate::engine) fn neighbours(len: u64, aggregate: Aggregate) -> (u64, u64, f64) {
    let quantile = if let Aggregate::Percentile(p) = aggregate { p / 100.0 } else { 0.5 };
    let last = len.saturating_sub(1);
    let at = last as f64 * quantile;
    let low = (at.floor() as u64).min(last);
    (low, (low + 1).min(last), at - low as f64)
}

/// The value at a share of the way from one to the other.
#[expect(clippy::cast_precision_loss, reason = "the result is a fraction")]
pub(in crate::engine) fn between(
    low: Number,
    high: Number,
    share: f64,
    ty: Option<Type>,
) -> Result<Value, Cause> {
    match (low, high) {
        (Number::Int(low), Number::Int(high)) => {
            let (low, high) = (low as f64, high as f64);
            fraction(low + (high - low) * share, ty)
        }
        (Number::Decimal(low), Number::Decimal(high)) => {
            let share = Decimal::try_from(share).unwrap_or_default();
            let step = high.checked_sub(low).and_then(|it| it.checked_mul(share));
            step.and_then(|it| low.checked_add(it)).map(Value::Decimal).ok_or(Cause::Overflow)
        }
        (low, high) => fraction(low.float() + (high.float() - low.float()) * share, ty),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds() -> Vec<(Aggregate, Type)> {
        use Aggregate::{Count, Distinct, Kano, Max, Mean, Median, Min, Percentile, Rate, Sum};
        let conditions = [Count, Rate].map(|it| (it, Type::Bool));
        let numbers = [Sum, Mean, Min, Max, Median, Percentile(12.5)];
        let numbers = numbers
            .into_iter()
            .flat_map(|it| [Type::Int, Type::Float, Type::Decimal, Type::Duration].map(|ty| (it, ty)));
        let classes =
            [KanoFigure::Class, KanoFigure::Better, KanoFigure::Worse].map(|it| (Kano(it), Type::Text));
        conditions.into_iter().chain(numbers).chain([(Distinct, Type::Text)]).chain(classes).collect()
    }

    /// Takes in drawn arguments; `None` is a missing one.
    fn cell(of: Aggregation, drawn: &[Option<i64>]) -> Cell {
        let mut cell = Cell::new(of);
        for value in drawn {
            let Some(value) = *value else { continue };
            cell.n += 1;
            match &mut cell.tally {
                Tally::Hits(hits) => *hits += u64::from(value > 0),
                tally @ Tally::Classes(_) => tally.add(Number::Int(value.rem_euclid(6)), of.aggregate),
                Tally::Different(keys) => assert!(keys.number(&value.to_le_bytes()) < 60),
                tally @ (Tally::Sum(_) | Tally::Mean(..) | Tally::Extreme(_) | Tally::Values(_)) => {
                    let number = match of.kind() {
                        Kind::Int => Number::Int(value),
                        Kind::Float => Number::Float(f64::from(i32::try_from(value).unwrap()) * 1e-3),
                        Kind::Decimal => {
                            Number::Decimal(Decimal::new(value, u32::try_from(value.rem_euclid(4)).unwrap()))
                        }
                    };
                    tally.add(number, of.aggregate);
                }
            }
        }
        cell
    }

    fn shown(cell: Cell, of: Aggregation) -> String {
        let figure = cell.finish(of, Beyond::default(), 60, None);
        format!("{:?} {} {:?} {:?}", figure.value, figure.n, figure.left_out, figure.interval())
    }

    proptest! {
        #[test]
        fn parts_written_and_read_in_any_order_come_to_the_same(
            drawn in prop::collection::vec(prop::option::weighted(0.9, -9_i64..1_000_000), 0..60), cuts in [0_usize..60, 0..60], turn in 0_usize..60
        ) {
            for (aggregate, ty) in kinds() {
                let of = Aggregation { aggregate, argument: Some(ty) };
                let whole = shown(cell(of, &drawn), of);
                let mut turned = drawn.clone();
                turned.rotate_left(turn.min(drawn.len()));
                let [a, b] = cuts.map(|it| it.min(turned.len()));
                let parts = [&turned[..a.min(b)], &turned[a.min(b)..a.max(b)], &turned[a.max(b)..]];
                let mut merged = Cell::new(of);
                for part in parts.iter().rev() {
                    let mut bytes = Vec::new();
                    cell(of, part).write(&mut bytes);
                    let mut rest = bytes.as_slice();
                    merged.merge(&Cell::read(&mut rest, of).unwrap(), of);
                    prop_assert!(rest.is_empty());
                    prop_assert!(Cell::read(&mut &bytes[..bytes.len() - 1], of).is_none());
                }
                prop_assert_eq!(shown(merged, of), whole, "{:?} {:?}", aggregate, ty);
            }
        }
    }

    /// quantile(), mean() and t.test() of R 4.
    #[test]
    fn figures_are_those_of_r() {
        let figure = |aggregate, values: &[i64]| {
            let of = Aggregation { aggregate, argument: Some(Type::Int) };
            cell(of, &values.iter().copied().map(Some).collect::<Vec<_>>()).finish(
                of,
                Beyond::default(),
                60,
                None,
            )
        };
        for (p, expected) in [(50.0, 11.0), (90.0, 29.7), (25.0, 5.5), (0.0, 1.0), (100.0, 36.0)] {
            let Ok(Value::Float(found)) = figure(Aggregate::Percentile(p), &[7, 1, 15, 36]).value else {
                panic!("no figure")
            };
            assert!((found - expected).abs() < 1e-12, "{p}: {found}");
        }
        let mean = figure(Aggregate::Mean, &[7, 1, 15, 36]);
        assert_eq!(mean.value, Ok(Value::Float(14.75)));
        let Some([Value::Float(low), Value::Float(high)]) = mean.interval() else { panic!("no interval") };
        // sd(c(7, 1, 15, 36)) is 15.2834332967; qt(0.975, 3) is 3.18244630528.
        let half = 3.182_446_305_284_263 * 15.283_433_296_656_002 / 2.0;
        assert!((low - (14.75 - half)).abs() < 1e-8 && (high - (14.75 + half)).abs() < 1e-8, "{low} {high}");
        let over = figure(Aggregate::Sum, &[i64::MAX, 1]);
        assert_eq!(over.value, Err(Cause::Overflow));
        assert_eq!(figure(Aggregate::Sum, &[i64::MAX, 1, -1]).value, Ok(Value::Int(i64::MAX)));
    }
}
