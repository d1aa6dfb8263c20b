//! The usual clock in blocks of records: an amount of open time or whole days, no pauses, and everything there. Where
//! that is not so, [`Direct::judge`] says so and the record goes the general way ([`super::judge`]).

use super::{
    CalendarInput, ClockPlan, Counts, Fault, Lack, Outcome, Parts, State, TargetInput, clock::outcome,
};
use crate::{
    calendar::{Clock, DayEnd, Roll},
    record::{Amount, Batch, Bitmap, Column, Decimal, Dictionary, TextColumn, Values},
};

/// How much time a record's promise gives, as far as it is judged directly.
#[derive(Clone, Copy)]
enum DirectTarget {
    /// Not directly: none, or a fraction of a day.
    General,
    /// Open time in microseconds, above 0.
    Open(i64),
    /// Whole days, above 0, and whether only open ones count.
    Days(i64, bool),
}

impl DirectTarget {
    fn of(amount: &Amount) -> Self {
        let whole = |days: &Decimal| if days.fract().is_zero() { i64::try_from(*days).ok() } else { None };
        match amount {
            Amount::Open(micros) => Self::of_open(*micros),
            Amount::Days(days) => Self::of_days(whole(days), false),
            Amount::BusinessDays(days) => Self::of_days(whole(days), true),
        }
    }

    fn of_open(micros: i64) -> Self {
        if micros > 0 { Self::Open(micros) } else { Self::General }
    }

    fn of_days(days: Option<i64>, of_business: bool) -> Self {
        days.filter(|it| *it > 0).map_or(Self::General, |it| Self::Days(it, of_business))
    }
}

/// What is known of a block of records, before it goes to the columns.
pub(super) struct Block {
    targets: [DirectTarget; Self::LEN],
    /// One bit a record: it has stopped.
    stopped: u64,
    codes: [u16; Self::LEN],
    /// In the order of [`Parts::NAMES`] without the outcome.
    times: [[i64; Self::LEN]; 5],
    /// The open times of clocks that have stopped, one after the other.
    open: [i64; Self::LEN],
    open_len: usize,
}

impl Default for Block {
    fn default() -> Self {
        let none = [0; Self::LEN];
        let targets = [DirectTarget::General; Self::LEN];
        Self { targets, stopped: 0, codes: [0; Self::LEN], times: [none; 5], open: none, open_len: 0 }
    }
}

impl Block {
    /// A word of a bitmap.
    pub(super) const LEN: usize = 64;

    #[inline]
    fn times(&mut self, at: usize, times: [i64; 5]) {
        for (column, time) in self.times.iter_mut().zip(times) {
            column[at] = time;
        }
    }

    /// Notes an open time if the clock has stopped.
    #[inline]
    fn open(&mut self, open: i64, stopped: bool) {
        // Without a branch: the place is written again if it is not taken.
        self.open[self.open_len % Self::LEN] = open;
        self.open_len += usize::from(stopped);
    }
}

/// The columns of a promise as they come to be.
pub(super) struct Sheet {
    codes: Vec<u16>,
    times: [Vec<i64>; 5],
    /// Of the outcome, then of the times. Nearly all records have everything: what is missing is taken out.
    valid: [Bitmap; 6],
    pub(super) counts: Counts,
    lacks: Vec<(usize, Lack)>,
    /// Someone reads the times; else their columns stay empty.
    with_times: bool,
}

impl Sheet {
    pub(super) fn new(len: usize, with_times: bool, mut open: Vec<i64>) -> Self {
        let full = |there: bool| {
            let mut bits = Bitmap::default();
            bits.reset(len, there);
            bits
        };
        open.reserve(len);
        let times_len = if with_times { len } else { 0 };
        Self {
            with_times,
            codes: Vec::with_capacity(len),
            times: std::array::from_fn(|_| Vec::with_capacity(times_len)),
            valid: std::array::from_fn(|number| full(number == 0 || with_times)),
            counts: Counts { open, ..Counts::default() },
            lacks: Vec::new(),
        }
    }

    /// Enters what is known of a record that went the general way.
    pub(super) fn enter(
        &mut self,
        row: usize,
        at: usize,
        block: &mut Block,
        state: &State,
        lack: Option<Lack>,
        stopped: bool,
    ) {
        let code = state.outcome.map_or(0, |it| it as u16);
        block.codes[at] = code;
        let times = [state.due, state.open, state.elapsed, state.overrun, state.remaining];
        let known = std::iter::once(state.outcome.is_some()).chain(times.map(|it| it.is_some()));
        for (valid, _) in self.valid.iter_mut().zip(known).filter(|it| !it.1) {
            valid.set(row, false);
        }
        block.times(at, times.map(Option::unwrap_or_default));
        match lack {
            None => {
                self.counts.outcomes[usize::from(code)] += 1;
                block.open(state.open.unwrap_or_default(), stopped && state.open.is_some());
            }
            Some(lack) => {
                self.counts.no_evidence += 1;
                self.counts.beyond += u64::from(lack == Lack::Clock(Fault::BeyondCalendar));
                self.lacks.push((row, lack));
            }
        }
    }

    /// Enters a record on which the promise is not given.
    #[inline]
    pub(super) fn not_given(&mut self, row: usize, at: usize, block: &mut Block) {
        block.codes[at] = Outcome::NotApplicable as u16;
        self.counts.outcomes[Outcome::NotApplicable as usize] += 1;
        if self.with_times {
            block.times(at, [0; 5]);
            self.valid[1..].iter_mut().for_each(|it| it.set(row, false));
        }
    }

    /// Takes the first `len` records of a block.
    pub(super) fn take(&mut self, block: &mut Block, len: usize) {
        self.codes.extend_from_slice(&block.codes[..len]);
        if self.with_times {
            for (values, times) in self.times.iter_mut().zip(&block.times) {
                values.extend_from_slice(&times[..len]);
            }
        }
        self.counts.open.extend_from_slice(&block.open[..block.open_len]);
        block.open_len = 0;
    }

    pub(super) fn finish(self, outcomes: &Dictionary) -> Parts {
        let codes = Values::Text(TextColumn::Coded(self.codes, outcomes.clone()));
        let values = std::iter::once(codes).chain(self.times.into_iter().map(Values::Int));
        let columns = values.zip(self.valid).zip(Parts::NAMES).map(|((values, valid), (_, ty))| Column {
            ty,
            values,
            valid,
            unreadable: None,
        });
        Parts { columns: columns.collect(), counts: self.counts, lacks: self.lacks }
    }
}

/// Where an amount comes from.
enum Targets<'a> {
    Same(DirectTarget),
    Rows(&'a [i64], Vec<DirectTarget>),
    Durations(&'a [i64]),
    Amounts(&'a [Amount]),
}

/// A usual clock on a batch.
pub(super) struct Direct<'a> {
    plan: &'a ClockPlan,
    batch: &'a Batch,
    starts: &'a [i64],
    stops: &'a [i64],
    /// Bits that are all set on a record that has everything.
    needed: Vec<&'a Bitmap>,
    /// Where it is known whether the promise is given, and whether it is; `None` where it always is.
    given: Option<(&'a Bitmap, &'a Bitmap)>,
    /// Set where there is a stop, and where it could not be read.
    stopped: &'a Bitmap,
    unreadable: Option<&'a Bitmap>,
    targets: Targets<'a>,
    /// `None` where the record tells.
    clock: Option<Clock<'a>>,
}

impl<'a> Direct<'a> {
    /// `None` where the clock is not the usual one.
    pub(super) fn new(plan: &'a ClockPlan, batch: &'a Batch) -> Option<Self> {
        let terms = plan.terms;
        if !plan.pauses.is_empty() || terms.roll != Roll::Stay || terms.day_end != DayEnd::SameTime {
            return None;
        }
        let column = |number: u32| &batch.columns[number as usize];
        let (start, stop) = (column(plan.start), column(plan.stop));
        let mut needed = vec![&start.valid];
        let mut given = None;
        if let Some(when) = plan.when.map(column) {
            let Values::Bool(truths) = &when.values else { return None };
            needed.extend([&when.valid, truths]);
            given = Some((&when.valid, truths));
        }
        let (number, targets) = match &plan.target {
            TargetInput::Amount(amount) => (None, Targets::Same(DirectTarget::of(amount))),
            TargetInput::Rows(number, amounts) => {
                let rows = ints(column(*number))?;
                (Some(*number), Targets::Rows(rows, amounts.iter().map(DirectTarget::of).collect()))
            }
            TargetInput::Durations(number) => (Some(*number), Targets::Durations(ints(column(*number))?)),
            TargetInput::Amounts(number) => {
                let Values::Amount(amounts) = &column(*number).values else { return None };
                (Some(*number), Targets::Amounts(amounts))
            }
            TargetInput::Instants(_) => return None,
        };
        needed.extend(number.map(|it| &column(it).valid));
        let clock = match &plan.calendar {
            CalendarInput::Named(..) => None,
            CalendarInput::Always | CalendarInput::One(_) => Some(plan.clock(batch, 0).ok()?),
        };
        Some(Self {
            plan,
            batch,
            starts: ints(start)?,
            stops: ints(stop)?,
            needed,
            given,
            stopped: &stop.valid,
            unreadable: stop.unreadable.as_ref(),
            targets,
            clock,
        })
    }

    /// Fetches the targets of the block that starts at `low`, and says which of its records have everything,
    /// and on which the promise is not given.
    pub(super) fn prepare(&self, low: usize, len: usize, block: &mut Block) -> (u64, u64) {
        let word = |bits: &Bitmap| bits.words().get(low / Block::LEN).copied().unwrap_or(0);
        block.stopped = word(self.stopped);
        let targets = block.targets.iter_mut().take(len);
        match &self.targets {
            Targets::Same(amount) => targets.for_each(|it| *it = *amount),
            Targets::Rows(rows, amounts) => {
                for (target, row) in targets.zip(&rows[low..]) {
                    let amount = usize::try_from(*row).ok().and_then(|it| amounts.get(it));
                    *target = amount.copied().unwrap_or(DirectTarget::General);
                }
            }
            Targets::Durations(durations) => {
                targets
                    .zip(&durations[low..])
                    .for_each(|(it, duration)| *it = DirectTarget::of_open(*duration));
            }
            Targets::Amounts(amounts) => {
                for (target, amount) in targets.zip(&amounts[low..]) {
                    *target = DirectTarget::of(amount);
                }
            }
        }
        let unreadable = self.unreadable.map_or(0, word) & !block.stopped;
        let ready = self.needed.iter().fold(!unreadable, |all, it| all & word(it));
        (ready, self.given.map_or(0, |(known, given)| word(known) & !word(given)))
    }

    /// Judges a record that has everything. False where it has to go the general way: it stops before it
    /// starts, has no time at all, or goes beyond its calendar.
    #[inline]
    pub(super) fn judge(&self, row: usize, at: usize, block: &mut Block, counts: &mut Counts) -> bool {
        let clock = match self.clock {
            Some(clock) => clock,
            None => match self.plan.clock(self.batch, row) {
                Ok(clock) => clock,
                Err(_) => return false,
            },
        };
        let (start, target) = (self.starts[row], block.targets[at]);
        let stopped = block.stopped >> at & 1 == 1;
        let end = if stopped { self.stops[row] } else { self.plan.as_of.max(start) };
        if end < start {
            return false;
        }
        // What has passed of what there is, and how much of it did before the clock counted.
        let (open, due, spent, span, before) = match target {
            DirectTarget::General => return false,
            DirectTarget::Open(target) => {
                let Some((open, due)) = clock.open_and_due(start, end, target) else { return false };
                (open, due, open, target, 0)
            }
            DirectTarget::Days(days, of_business) => {
                let Some((open, from, due)) = self.whole_days(clock, (start, end), days, of_business) else {
                    return false;
                };
                (open, due, end - start, due - start, from - start)
            }
        };
        let outcome = outcome(spent, span, stopped, self.plan.warn_at, || before);
        block.codes[at] = outcome as u16;
        block.times(at, [due, open, end - start, (spent - span).max(0), (span - spent).max(0)]);
        block.open(open, stopped);
        counts.outcomes[outcome as usize] += 1;
        true
    }
}

impl Direct<'_> {
    /// Open time from start to end, the instant from which days count, and the one they are up.
    #[inline]
    fn whole_days(
        &self,
        clock: Clock<'_>,
        (start, end): (i64, i64),
        days: i64,
        of_business: bool,
    ) -> Option<(i64, i64, i64)> {
        let kind = if of_business { Amount::BusinessDays } else { Amount::Days };
        let from = clock.counts_from(start, kind(Decimal::ONE), self.plan.terms)?;
        Some((clock.open_between(start, end)?, from, clock.whole_days(from, days, of_business)?))
    }
}

fn ints(column: &Column) -> Option<&[i64]> {
    if let Values::Int(values) = &column.values { Some(values) } else { None }
}
