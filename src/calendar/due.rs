//! When a promise falls due: amounts of open time, business days and calendar days from a start.

use super::{Calendar, Zone, hours::DAY};
use crate::record::{Amount, Decimal, MICROS_PER_SECOND};
use rust_decimal::prelude::ToPrimitive;

/// At which time of its day a promise in business days or calendar days falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub enum DayEnd {
    /// At the wall time of its start.
    #[default]
    SameTime,
    /// At the last closing of the day.
    Close,
}

/// From when a clock that is started outside hours counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StartAt {
    /// From the next opening.
    NextOpen,
    /// From the instant itself.
    AsIs,
}

/// What becomes of a due instant outside hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub enum Roll {
    /// It stays.
    #[default]
    Stay,
    /// It moves to the next opening.
    NextOpen,
}

/// What becomes of a clock that has stopped, when its case is opened again (SEMANTICS, 4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reopening {
    /// It goes on; the time in which the case was closed does not count.
    Resume,
    /// It starts anew; each run is judged, and the worst decides.
    Restart,
    /// Nothing: the first stop stands.
    Ignore,
}

/// What becomes of a running clock when its target changes (SEMANTICS, 4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Retargeting {
    /// It is reckoned from the start as if the new target had always been in force.
    Recompute,
    /// Open time until the change counts as it was reckoned then, time after it as the new calendar says.
    /// Targets in days are reckoned from the start all the same.
    Carry,
    /// It starts anew.
    Restart,
}

/// The conventions by which amounts are reckoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub struct Terms {
    /// See [`DayEnd`].
    pub day_end: DayEnd,
    /// See [`StartAt`]; unless told, calendar days count from the instant itself, all else from the
    /// next opening.
    pub start_at: Option<StartAt>,
    /// See [`Roll`].
    pub roll: Roll,
}

impl Terms {
    /// From when an amount counts.
    #[must_use]
    pub fn start_at(&self, amount: Amount) -> StartAt {
        self.start_at.unwrap_or(match amount {
            Amount::Days(_) => StartAt::AsIs,
            Amount::Open(_) | Amount::BusinessDays(_) => StartAt::NextOpen,
        })
    }
}

/// When time counts for a promise: by a calendar, or always.
#[derive(Clone, Copy, Debug)]
pub enum Clock<'a> {
    /// Every hour counts; days are those of this zone.
    Always(&'a Zone),
    /// The hours of a calendar count.
    Calendar(&'a Calendar),
}

impl Clock<'_> {
    /// Time that counts between two instants; 0 where the second is not after the first.
    #[inline]
    #[must_use]
    pub fn open_between(&self, from: i64, to: i64) -> Option<i64> {
        match self {
            Self::Always(_) => to.checked_sub(from).map(|it| it.max(0)),
            Self::Calendar(calendar) => calendar.open_between(from, to),
        }
    }

    /// See [`Calendar::after`].
    #[inline]
    #[must_use]
    pub fn after(&self, start: i64, amount: i64) -> Option<i64> {
        match self {
            Self::Always(_) => start.checked_add(amount.max(0)),
            Self::Calendar(calendar) => calendar.after(start, amount),
        }
    }

    /// See [`Calendar::open_and_due`].
    #[inline]
    #[must_use]
    pub fn open_and_due(&self, start: i64, end: i64, amount: i64) -> Option<(i64, i64)> {
        match self {
            Self::Always(_) => end.checked_sub(start).zip(start.checked_add(amount)),
            Self::Calendar(calendar) => calendar.open_and_due(start, end, amount),
        }
    }

    /// See [`Calendar::next_open`].
    #[inline]
    #[must_use]
    pub fn next_open(&self, instant: i64) -> Option<i64> {
        match self {
            Self::Always(_) => Some(instant),
            Self::Calendar(calendar) => calendar.next_open(instant),
        }
    }

    /// See [`Calendar::latest`].
    #[must_use]
    pub fn latest(&self, due: i64) -> Option<i64> {
        match self {
            Self::Always(_) => Some(due),
            Self::Calendar(calendar) => calendar.latest(due),
        }
    }

    /// The open spans between two instants.
    #[must_use]
    pub fn open_spans(&self, from: i64, to: i64) -> Vec<(i64, i64)> {
        match self {
            Self::Always(_) => (from < to).then_some((from, to)).into_iter().collect(),
            Self::Calendar(calendar) => calendar.open_spans(from, to),
        }
    }

    fn zone(&self) -> &Zone {
        match self {
            Self::Always(zone) => zone,
            Self::Calendar(calendar) => calendar.zone(),
        }
    }

    /// The instant from which an amount counts that is started at `start`.
    #[inline]
    #[must_use]
    pub fn counts_from(&self, start: i64, amount: Amount, terms: Terms) -> Option<i64> {
        match terms.start_at(amount) {
            StartAt::AsIs => Some(start),
            StartAt::NextOpen => self.next_open(start),
        }
    }

    /// When `amount` from `start` falls due, without pauses. `None` beyond the calendar's reach, and for
    /// business days without a calendar.
    #[must_use]
    pub fn due(&self, start: i64, amount: Amount, terms: Terms) -> Option<i64> {
        let from = || self.counts_from(start, amount, terms);
        let due = match amount {
            // Open time passes from the next opening on in any case.
            Amount::Open(micros) => self.after(start, micros)?,
            Amount::BusinessDays(days) => self.business_days(from()?, days, terms.day_end)?,
            Amount::Days(days) => self.calendar_days(from()?, days, terms.day_end)?,
        };
        self.rolled(due, terms)
    }

    /// A due instant, moved where `roll` says so.
    #[must_use]
    pub fn rolled(&self, due: i64, terms: Terms) -> Option<i64> {
        match terms.roll {
            Roll::Stay => Some(due),
            Roll::NextOpen => self.next_open(due),
        }
    }

    /// The same wall time so many whole days, above 0, after `from`: of the calendar's open days, or of the
    /// wall calendar. What [`Clock::due`] gives for such amounts where nothing is rolled or moved to a closing.
    #[inline]
    #[must_use]
    pub fn whole_days(&self, from: i64, days: i64, of_business: bool) -> Option<i64> {
        match self {
            Self::Calendar(calendar) if of_business => {
                let own = calendar.owner(from);
                moved(calendar.zone(), from, calendar.open_day_after(own, days)? - own)
            }
            Self::Always(_) if of_business => None,
            Self::Always(_) | Self::Calendar(_) => moved(self.zone(), from, days),
        }
    }

    /// The same wall time on the `days`-th open day after the day that `from` belongs to. What is left
    /// of a fraction is that share of the open time of the day reached.
    fn business_days(&self, from: i64, days: Decimal, day_end: DayEnd) -> Option<i64> {
        let Self::Calendar(calendar) = self else { return None };
        let whole = days.trunc().to_i64()?;
        if days.is_zero() && day_end == DayEnd::SameTime {
            return calendar.next_open(from);
        }
        if days.fract().is_zero() && day_end == DayEnd::SameTime {
            return self.whole_days(from, whole, true);
        }
        let own = calendar.owner(from);
        let day = calendar.open_day_after(own, whole)?;
        let last_close = |day: i64| {
            let at = calendar.open_days.binary_search_by_key(&day, |it| it.0).ok()?;
            Some(calendar.zone().to_utc(calendar.open_days[at].1 * MICROS_PER_SECOND).0)
        };
        if day_end == DayEnd::Close {
            let day = if days.fract().is_zero() { day } else { calendar.open_day_after(day, 1)? };
            return last_close(day);
        }
        let due = moved(calendar.zone(), from, day - own)?;
        let open: i64 = calendar.day(day).1.iter().map(|it| it.end - it.start).sum();
        let share = days.fract().checked_mul(Decimal::from(open * MICROS_PER_SECOND))?;
        calendar.after(due, share.round().to_i64()?)
    }

    /// The same wall time so many days later; what is left of a fraction is that share of 24 hours of
    /// the wall clock.
    fn calendar_days(&self, from: i64, days: Decimal, day_end: DayEnd) -> Option<i64> {
        if days.is_zero() && day_end == DayEnd::SameTime {
            return self.next_open(from);
        }
        let zone = self.zone();
        let micros = days.checked_mul(Decimal::from(DAY * MICROS_PER_SECOND))?.round().to_i64()?;
        let wall = zone.to_local(from).checked_add(micros)?;
        if day_end == DayEnd::SameTime {
            return Some(zone.to_utc(wall).0);
        }
        let day = wall.div_euclid(DAY * MICROS_PER_SECOND);
        let end = match self {
            Self::Always(_) => (day + 1) * DAY,
            // A day without hours ends at its midnight.
            Self::Calendar(calendar) => {
                let at = calendar.open_days.binary_search_by_key(&day, |it| it.0);
                at.map_or((day + 1) * DAY, |at| calendar.open_days[at].1)
            }
        };
        Some(zone.to_utc(end * MICROS_PER_SECOND).0)
    }
}

impl Calendar {
    /// The `count`-th open day after `day`; for 0 the day itself if it is open, else the next that is.
    #[inline]
    fn open_day_after(&self, day: i64, count: i64) -> Option<i64> {
        let wanted = if count == 0 { day } else { day + 1 };
        let known = self.open_days_before(wanted);
        let first = known.unwrap_or_else(|| self.open_days.partition_point(|it| it.0 < wanted));
        let at = first.checked_add(usize::try_from((count - 1).max(0)).ok()?)?;
        Some(self.open_days.get(at)?.0)
    }
}

/// The same wall time `days` later.
#[inline]
fn moved(zone: &Zone, instant: i64, days: i64) -> Option<i64> {
    let wall = zone.to_local(instant).checked_add(days.checked_mul(DAY * MICROS_PER_SECOND)?)?;
    Some(zone.to_utc(wall).0)
}
