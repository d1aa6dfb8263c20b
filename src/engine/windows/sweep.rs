//! The records of one key in the order of time, swept by a window: what enters is added, what leaves is taken
//! out, so that it costs no more than sorting whatever the data.

use super::ranked::Ranked;
use crate::{
    engine::groups::{Aggregation, Number, Sum, between, kano_value, neighbours},
    measure::KanoCounts,
    record::Value,
    script::Aggregate,
};
use std::collections::{HashMap, VecDeque};

const MISSING: u8 = 0;
const ERROR: u8 = 1;
const FALSE: u8 = 2;
const TRUE: u8 = 3;
const NUMBER: u8 = 4;
const BYTES: u8 = 5;

/// An argument of an aggregate in one record.
#[derive(Clone, Copy, Debug)]
pub(super) enum Argument<'a> {
    Missing,
    Error,
    Truth(bool),
    Number(Number),
    /// A value as bytes, to be told from others.
    Bytes(&'a [u8]),
}

impl<'a> Argument<'a> {
    pub(super) fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::Missing => out.push(MISSING),
            Self::Error => out.push(ERROR),
            Self::Truth(truth) => out.push(if truth { TRUE } else { FALSE }),
            Self::Number(number) => {
                out.push(NUMBER);
                number.write(out);
            }
            Self::Bytes(bytes) => {
                out.push(BYTES);
                out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
                out.extend_from_slice(bytes);
            }
        }
    }

    fn read(bytes: &mut &'a [u8], of: Aggregation) -> Option<Self> {
        let (tag, rest) = bytes.split_first()?;
        *bytes = rest;
        Some(match *tag {
            ERROR => Self::Error,
            FALSE | TRUE => Self::Truth(*tag == TRUE),
            NUMBER => Self::Number(Number::read(bytes, of.kind())?),
            BYTES => {
                let (len, rest) = bytes.split_first_chunk::<4>()?;
                let (own, rest) = rest.split_at_checked(u32::from_le_bytes(*len) as usize)?;
                *bytes = rest;
                Self::Bytes(own)
            }
            _ => Self::Missing,
        })
    }
}

enum Tally {
    Hits(u64),
    Sum(Sum),
    Ranked(Ranked),
    Different(HashMap<Box<[u8]>, u64>),
    Classes(KanoCounts),
}

/// One aggregate over what is in the window.
struct Cell {
    of: Aggregation,
    /// `count()` has no argument.
    is_plain: bool,
    n: u64,
    errors: u64,
    tally: Tally,
}

impl Cell {
    fn new(of: Aggregation, is_plain: bool) -> Self {
        let tally = match of.aggregate {
            Aggregate::Count | Aggregate::Rate => Tally::Hits(0),
            Aggregate::Sum | Aggregate::Mean | Aggregate::Nps => Tally::Sum(Sum::new(of.kind())),
            Aggregate::Min | Aggregate::Max | Aggregate::Median | Aggregate::Percentile(_) => {
                Tally::Ranked(Ranked::new())
            }
            Aggregate::Distinct => Tally::Different(HashMap::new()),
            Aggregate::Kano(_) => Tally::Classes(KanoCounts::default()),
        };
        Self { of, is_plain, n: 0, errors: 0, tally }
    }

    fn change(&mut self, argument: Argument<'_>, enters: bool) {
        let step = |count: &mut u64| *count = if enters { *count + 1 } else { count.saturating_sub(1) };
        match argument {
            Argument::Missing => return,
            Argument::Error => return step(&mut self.errors),
            Argument::Truth(_) | Argument::Number(_) | Argument::Bytes(_) => step(&mut self.n),
        }
        match (&mut self.tally, argument) {
            (Tally::Hits(hits), Argument::Truth(true)) => step(hits),
            (Tally::Sum(sum), Argument::Number(number)) if enters => sum.add(number),
            (Tally::Sum(sum), Argument::Number(number)) => sum.remove(number),
            (Tally::Ranked(ranked), Argument::Number(number)) if enters => ranked.insert(number),
            (Tally::Ranked(ranked), Argument::Number(number)) => ranked.remove(number),
            (Tally::Classes(counts), Argument::Number(Number::Int(place))) => {
                usize::try_from(place).ok().and_then(|it| counts.0.get_mut(it)).into_iter().for_each(step);
            }
            (Tally::Different(all), Argument::Bytes(bytes)) if enters => {
                *all.entry(bytes.into()).or_default() += 1;
            }
            (Tally::Different(all), Argument::Bytes(bytes)) => {
                if let Some(count) = all.get_mut(bytes) {
                    *count -= 1;
                    if *count == 0 {
                        all.remove(bytes);
                    }
                }
            }
            _ => {}
        }
    }

    /// The figure: missing where there is no argument, unreadable where one could not be computed or the
    /// result leaves its type.
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    fn figure(&self) -> Value {
        let count = |it: u64| i64::try_from(it).map_or(Value::Unreadable, Value::Int);
        let (n, ty) = (self.n, self.of.argument);
        if self.errors > 0 {
            return Value::Unreadable;
        }
        let found = match &self.tally {
            _ if n == 0 => return Value::Missing,
            Tally::Hits(hits) if self.of.aggregate == Aggregate::Count => return count(*hits),
            Tally::Hits(hits) => return Value::Float(*hits as f64 / n as f64),
            Tally::Different(all) => return count(all.len() as u64),
            Tally::Sum(sum) if matches!(self.of.aggregate, Aggregate::Mean | Aggregate::Nps) => {
                sum.mean(n, ty)
            }
            Tally::Sum(sum) => sum.value(ty),
            Tally::Classes(counts) => return kano_value(counts, self.of.aggregate),
            Tally::Ranked(ranked) => {
                let rank = match self.of.aggregate {
                    Aggregate::Min => Some(0),
                    Aggregate::Max => Some(n - 1),
                    Aggregate::Count
                    | Aggregate::Rate
                    | Aggregate::Distinct
                    | Aggregate::Sum
                    | Aggregate::Mean
                    | Aggregate::Nps
                    | Aggregate::Median
                    | Aggregate::Percentile(_)
                    | Aggregate::Kano(_) => None,
                };
                if let Some(rank) = rank {
                    return ranked.get(rank).map_or(Value::Missing, |it| it.value(ty));
                }
                let (low, high, share) = neighbours(n, self.of.aggregate);
                let Some((low, high)) = ranked.get(low).zip(ranked.get(high)) else { return Value::Missing };
                between(low, high, share, ty)
            }
        };
        found.unwrap_or(Value::Unreadable)
    }
}

/// What is in the window of one key, as it moves on.
pub(super) struct Sweep {
    last: i64,
    cells: Vec<Cell>,
    /// Moments of the records inside, and how long their arguments are.
    inside: VecDeque<(i64, usize)>,
    /// Their arguments, from `start` on.
    arguments: Vec<u8>,
    start: usize,
}

impl Sweep {
    /// An empty window of a length; the aggregates, each with whether it is `count()`.
    pub(super) fn new(last: i64, calls: &[(Aggregation, bool)]) -> Self {
        let cells = calls.iter().map(|(of, is_plain)| Cell::new(*of, *is_plain)).collect();
        Self { last, cells, inside: VecDeque::new(), arguments: Vec::new(), start: 0 }
    }

    fn change(cells: &mut [Cell], mut arguments: &[u8], enters: bool) {
        for cell in cells {
            let argument = if cell.is_plain {
                Argument::Truth(true)
            } else {
                Argument::read(&mut arguments, cell.of).unwrap_or(Argument::Error)
            };
            cell.change(argument, enters);
        }
    }

    /// A record comes in.
    pub(super) fn enter(&mut self, at: i64, arguments: &[u8]) {
        Self::change(&mut self.cells, arguments, true);
        self.inside.push_back((at, arguments.len()));
        self.arguments.extend_from_slice(arguments);
    }

    /// The window ends at `at`: what lies `last` or more before it goes.
    pub(super) fn move_to(&mut self, at: i64) {
        let until = at.saturating_sub(self.last);
        while let Some((_, len)) = self.inside.pop_front_if(|it| it.0 <= until) {
            let end = self.start + len;
            Self::change(&mut self.cells, &self.arguments[self.start..end], false);
            self.start = end;
        }
        if self.start > self.arguments.len() / 2 {
            self.arguments.drain(..self.start);
            self.start = 0;
        }
    }

    /// The figures, one an aggregate.
    pub(super) fn figures(&self) -> impl Iterator<Item = Value> + '_ {
        self.cells.iter().map(Cell::figure)
    }
}
