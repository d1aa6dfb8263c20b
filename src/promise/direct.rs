//! The usual clock in blocks of records: an amount of open time or whole days, no pauses, and everything there. Where
//! that is not so, [`Direct::judge`] says so and the record goes the general way ([`super::judge`]).

use super::{
    CalendarInput, ClockPlan, TargetInput,
    clock::outcome,
    sheet::{Block, bits},
};
use crate::{
    calendar::{Calendar, Clock, DayEnd, Roll},
    record::{Amount, Batch, Bitmap, Column, Decimal, Values},
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

/// Where an amount comes from.
enum Targets<'a> {
    Same(DirectTarget),
    Rows(&'a [i64], Vec<DirectTarget>),
    Durations(&'a [i64]),
    Amounts(&'a [Amount]),
}

impl<'a> Targets<'a> {
    /// Where the amounts of a batch come from, and the column that must not be empty. `None` where there are none.
    fn new(target: &'a TargetInput, batch: &'a Batch) -> Option<(Option<u32>, Self)> {
        let column = |number: u32| &batch.columns[number as usize];
        Some(match target {
            TargetInput::Amount(amount) => (None, Self::Same(DirectTarget::of(amount))),
            TargetInput::Rows(number, amounts) => {
                let rows = ints(column(*number))?;
                (Some(*number), Self::Rows(rows, amounts.iter().map(DirectTarget::of).collect()))
            }
            TargetInput::Durations(number) => (Some(*number), Self::Durations(ints(column(*number))?)),
            TargetInput::Amounts(number) => {
                let Values::Amount(amounts) = &column(*number).values else { return None };
                (Some(*number), Self::Amounts(amounts))
            }
            TargetInput::Instants(_) => return None,
        })
    }

    /// That of a record.
    #[inline]
    fn of(&self, row: usize) -> DirectTarget {
        match self {
            Self::Same(target) => *target,
            Self::Rows(rows, targets) => {
                let target = usize::try_from(rows[row]).ok().and_then(|it| targets.get(it));
                target.copied().unwrap_or(DirectTarget::General)
            }
            Self::Durations(durations) => DirectTarget::of_open(durations[row]),
            Self::Amounts(amounts) => DirectTarget::of(&amounts[row]),
        }
    }
}

/// Targets that are open time, all of them; 0 or less where there is none.
enum OpenTargets<'a> {
    Same(i64),
    Rows(&'a [i64], Vec<i64>),
    Durations(&'a [i64]),
}

impl<'a> OpenTargets<'a> {
    /// `None` where some are days.
    fn new(targets: &Targets<'a>) -> Option<Self> {
        let open = |it: &DirectTarget| match it {
            DirectTarget::General => Some(0),
            DirectTarget::Open(micros) => Some(*micros),
            DirectTarget::Days(..) => None,
        };
        Some(match targets {
            Targets::Same(target) => Self::Same(open(target)?),
            Targets::Rows(rows, targets) => {
                Self::Rows(rows, targets.iter().map(open).collect::<Option<_>>()?)
            }
            Targets::Durations(durations) => Self::Durations(durations),
            Targets::Amounts(_) => return None,
        })
    }

    /// Fetches those of the block at `low`.
    #[inline]
    fn fetch(&self, low: usize, targets: &mut [i64]) {
        match self {
            Self::Same(target) => targets.fill(*target),
            Self::Rows(rows, amounts) => {
                for (target, row) in targets.iter_mut().zip(&rows[low..]) {
                    *target = usize::try_from(*row).ok().and_then(|it| amounts.get(it)).copied().unwrap_or(0);
                }
            }
            Self::Durations(durations) => {
                targets.iter_mut().zip(&durations[low..]).for_each(|(to, from)| *to = *from);
            }
        }
    }
}

/// How far a clock that all records share has come at their starts and stops: open time since the calendar's
/// first instant; where every hour counts, the instants themselves.
struct Course<'a> {
    starts: &'a [i64],
    stops: &'a [i64],
    now: i64,
    /// Outside of these the calendar has no answer.
    first: i64,
    last: i64,
}

impl<'a> Course<'a> {
    /// `None` where records tell their calendar.
    fn new(plan: &'a ClockPlan, (starts, stops): (&'a [i64], &'a [i64]), marks: MarksOf<'a>) -> Option<Self> {
        match (&plan.calendar, marks) {
            (CalendarInput::Always, _) => {
                Some(Self { starts, stops, now: plan.as_of, first: i64::MIN, last: i64::MAX })
            }
            (CalendarInput::One(calendar), Some((starts, stops))) => Some(Self {
                starts,
                stops,
                now: calendar.open_before(plan.as_of).unwrap_or(Calendar::NO_MARK),
                first: 0,
                last: calendar.open_time(),
            }),
            _ => None,
        }
    }

    /// Open time of a record's clock, and how far it had come at its start. `None` beyond the calendar.
    #[inline]
    fn open(&self, row: usize, stopped: bool, is_running: bool) -> Option<(i64, i64)> {
        let start = self.starts[row];
        let end = if stopped {
            self.stops[row]
        } else if is_running {
            self.now
        } else {
            start
        };
        (start >= self.first && end >= self.first).then(|| (end.wrapping_sub(start), start))
    }
}

/// The marks of the starts and of the stops.
pub(super) type MarksOf<'m> = Option<(&'m [i64], &'m [i64])>;

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
    open_targets: Option<OpenTargets<'a>>,
    /// `None` where the record tells.
    clock: Option<Clock<'a>>,
    course: Option<Course<'a>>,
}

impl<'a> Direct<'a> {
    /// `None` where the clock is not the usual one.
    pub(super) fn new(plan: &'a ClockPlan, batch: &'a Batch, marks: MarksOf<'a>) -> Option<Self> {
        let terms = plan.terms;
        let on_case = plan.cycles.is_some() || plan.changes.is_some() || plan.cycles_are_read;
        if on_case || !plan.pauses.is_empty() || terms.roll != Roll::Stay || terms.day_end != DayEnd::SameTime
        {
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
        let (number, targets) = Targets::new(&plan.target, batch)?;
        needed.extend(number.map(|it| &column(it).valid));
        let clock = match &plan.calendar {
            CalendarInput::Named(..) => None,
            CalendarInput::Always | CalendarInput::One(_) => Some(plan.clock(batch, 0).ok()?),
        };
        let (starts, stops) = (ints(start)?, ints(stop)?);
        Some(Self {
            plan,
            batch,
            starts,
            stops,
            needed,
            given,
            stopped: &stop.valid,
            unreadable: stop.unreadable.as_ref(),
            open_targets: OpenTargets::new(&targets),
            targets,
            clock,
            course: Course::new(plan, (starts, stops), marks),
        })
    }

    /// Which records of the block that starts at `low` have everything, and on which the promise is not given.
    pub(super) fn ready(&self, low: usize) -> (u64, u64) {
        let unreadable = self.unreadable.map_or(0, |it| word(it, low)) & !word(self.stopped, low);
        let ready = self.needed.iter().fold(!unreadable, |all, it| all & word(it, low));
        (ready, self.given.map_or(0, |(known, given)| word(known, low) & !word(given, low)))
    }

    /// Judges `records` of the block of `len` that starts at `low`, which have everything. Gives those that it
    /// has judged, and which records have stopped. The others go the general way: such stop before they start,
    /// have no time at all, or go beyond their calendar.
    #[inline]
    pub(super) fn judge(&self, low: usize, len: usize, records: u64, block: &mut Block) -> (u64, u64) {
        let stopped = word(self.stopped, low);
        let judged = match (&self.course, &self.open_targets) {
            (Some(course), Some(all)) => {
                let mut targets = [0; Block::LEN];
                all.fetch(low, &mut targets[..len]);
                let course = (course, &targets[..len]);
                if self.plan.times_are_read {
                    self.judge_open::<true>(course, low, (records, stopped), block)
                } else {
                    self.judge_open::<false>(course, low, (records, stopped), block)
                }
            }
            _ => {
                let mut judged = 0;
                for at in bits(records) {
                    let is_judged = self.judge_one(low + at, at, stopped >> at & 1 == 1, block);
                    judged |= u64::from(is_judged.is_some()) << at;
                }
                judged
            }
        };
        (judged, stopped)
    }

    /// Judges records whose targets are open time by one clock: it is known how far that has come.
    #[inline]
    fn judge_open<const TIMES: bool>(
        &self,
        (course, targets): (&Course<'_>, &[i64]),
        low: usize,
        (records, stopped): (u64, u64),
        block: &mut Block,
    ) -> u64 {
        let mut judged = 0;
        for at in bits(records) {
            let (row, target) = (low + at, targets[at]);
            let has_stopped = stopped >> at & 1 == 1;
            let start = self.starts[row];
            let end = if has_stopped { self.stops[row] } else { self.plan.as_of.max(start) };
            let Some((open, before)) = course.open(row, has_stopped, end > start) else { continue };
            if target <= 0 || end < start || before > course.last - target {
                continue;
            }
            judged |= 1 << at;
            block.outcome(at, outcome(open, target, has_stopped, self.plan.warn_at, || 0));
            block.open(open, has_stopped);
            if TIMES {
                let due = match self.clock {
                    Some(Clock::Calendar(calendar)) => calendar.instant_after(before + target),
                    _ => Some(before + target),
                };
                // It is there: the target ends before the calendar does.
                let due = due.unwrap_or_default();
                block.times(at, [due, open, end - start, (open - target).max(0), (target - open).max(0)]);
            }
        }
        judged
    }

    /// Judges a record that has everything. `None` where it has to go the general way.
    #[inline]
    fn judge_one(&self, row: usize, at: usize, stopped: bool, block: &mut Block) -> Option<()> {
        let clock = match self.clock {
            Some(clock) => clock,
            None => self.plan.clock(self.batch, row).ok()?,
        };
        let start = self.starts[row];
        let end = if stopped { self.stops[row] } else { self.plan.as_of.max(start) };
        if end < start {
            return None;
        }
        // What has passed of what there is, and how much of it did before the clock counted.
        let (open, due, spent, span, before) = match self.targets.of(row) {
            DirectTarget::General => return None,
            DirectTarget::Open(target) => {
                let (open, due) = clock.open_and_due(start, end, target)?;
                (open, due, open, target, 0)
            }
            DirectTarget::Days(days, of_business) => {
                let open = match &self.course {
                    Some(course) => course.open(row, stopped, end > start)?.0,
                    None => clock.open_between(start, end)?,
                };
                let kind = if of_business { Amount::BusinessDays } else { Amount::Days };
                let from = clock.counts_from(start, kind(Decimal::ONE), self.plan.terms)?;
                let due = clock.whole_days(from, days, of_business)?;
                (open, due, end - start, due - start, from - start)
            }
        };
        block.outcome(at, outcome(spent, span, stopped, self.plan.warn_at, || before));
        block.times(at, [due, open, end - start, (spent - span).max(0), (span - spent).max(0)]);
        block.open(open, stopped);
        Some(())
    }
}

/// The word of a bitmap that holds the block at `low`.
#[inline]
fn word(bits: &Bitmap, low: usize) -> u64 {
    bits.words().get(low / Block::LEN).copied().unwrap_or(0)
}

fn ints(column: &Column) -> Option<&[i64]> {
    if let Values::Int(values) = &column.values { Some(values) } else { None }
}
