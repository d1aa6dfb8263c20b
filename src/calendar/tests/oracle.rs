//! A slow calendar, written from SEMANTICS alone: it looks at every quarter of an hour, asks jiff what the
//! wall clock shows, and asks the declared lists whether that is open.

use crate::{
    calendar::{CalendarSpec, HolidayScope, Hours},
    record::MICROS_PER_SECOND,
};
use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};

/// A quarter of an hour in microseconds. Hours, breaks and changes of the clock begin and end on one.
pub(super) const QUARTER: i64 = 900 * MICROS_PER_SECOND;

/// A deliberate mistake, by which the harness shows that it can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mistake {
    None,
    /// A shift ends at midnight.
    NoOvernight,
    /// The clock is never changed.
    NoDst,
    /// Breaks count.
    NoBreaks,
    /// A holiday wins over a dated override.
    HolidayFirst,
    /// A holiday drops what lies between its midnights, whatever the scope.
    DayScope,
}

pub(super) const MISTAKES: [Mistake; 5] =
    [Mistake::NoOvernight, Mistake::NoDst, Mistake::NoBreaks, Mistake::HolidayFirst, Mistake::DayScope];

pub(super) struct Oracle<'a> {
    pub(super) spec: &'a CalendarSpec,
    pub(super) zone: TimeZone,
    pub(super) mistake: Mistake,
}

fn days(date: civil::Date) -> i64 {
    i64::from((date - civil::date(1970, 1, 1)).get_days())
}

impl Oracle<'_> {
    pub(super) fn wall(&self, micros: i64) -> civil::DateTime {
        let stamp = Timestamp::from_microsecond(micros).unwrap();
        if self.mistake == Mistake::NoDst {
            let january = Timestamp::from_second(1_704_067_200).unwrap();
            return self.zone.to_offset(january).to_datetime(stamp);
        }
        self.zone.to_offset(stamp).to_datetime(stamp)
    }

    fn is_holiday(&self, date: civil::Date) -> bool {
        let named = self.spec.holidays.contains(&days(date))
            || self.spec.yearly.contains(&(i64::from(date.month()), i64::from(date.day())));
        let first = self.mistake == Mistake::HolidayFirst;
        named && (first || !self.spec.days.contains_key(&days(date)))
    }

    fn shifts(&self, date: civil::Date) -> &[Hours] {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        if self.is_holiday(date) && self.scope() == HolidayScope::Shift {
            return &[];
        }
        self.spec.days.get(&days(date)).map_or(&self.spec.hours[weekday], |it| it)
    }

    fn scope(&self) -> HolidayScope {
        if self.mistake == Mistake::DayScope { HolidayScope::Day } else { self.spec.holiday_scope }
    }

    fn breaks(&self, date: civil::Date) -> Vec<Hours> {
        let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
        let dated = self.spec.dated_breaks.get(&days(date)).cloned().unwrap_or_default();
        self.spec.breaks[weekday].iter().copied().chain(dated).collect()
    }

    /// Whether a wall time lies in one of `hours`, which belong to the day `behind` days before.
    fn covers(&self, hours: &[Hours], wall: civil::DateTime, behind: i64) -> bool {
        let second = i64::from(wall.hour()) * 3600 + i64::from(wall.minute()) * 60 + behind * 86_400;
        let stop = if self.mistake == Mistake::NoOvernight { 86_400 } else { 2 * 86_400 };
        hours.iter().any(|it| it.seconds().contains(&second) && second < stop)
    }

    fn is_cut(&self, wall: civil::DateTime) -> bool {
        let (today, before) = (wall.date(), wall.date() - 1.day());
        let break_ = self.covers(&self.breaks(today), wall, 0) || self.covers(&self.breaks(before), wall, 1);
        let dropped = self.scope() == HolidayScope::Day && self.is_holiday(today);
        (break_ && self.mistake != Mistake::NoBreaks) || dropped
    }

    /// The day that owns an open wall time.
    fn owner_of(&self, wall: civil::DateTime) -> Option<civil::Date> {
        if self.is_cut(wall) {
            return None;
        }
        let (today, before) = (wall.date(), wall.date() - 1.day());
        if self.covers(self.shifts(today), wall, 0) {
            return Some(today);
        }
        self.covers(self.shifts(before), wall, 1).then_some(before)
    }

    fn is_open(&self, quarter: i64) -> bool {
        self.owner_of(self.wall(quarter)).is_some()
    }

    pub(super) fn open_between(&self, from: i64, to: i64) -> i64 {
        let mut sum = 0;
        let mut quarter = from.div_euclid(QUARTER) * QUARTER;
        while quarter < to {
            if self.is_open(quarter) {
                sum += (quarter + QUARTER).min(to) - quarter.max(from);
            }
            quarter += QUARTER;
        }
        sum
    }

    pub(super) fn next_open(&self, from: i64, end: i64) -> Option<i64> {
        let mut quarter = from.div_euclid(QUARTER) * QUARTER;
        while quarter < end {
            if self.is_open(quarter) {
                return Some(quarter.max(from));
            }
            quarter += QUARTER;
        }
        None
    }

    pub(super) fn after(&self, from: i64, amount: i64, end: i64) -> Option<i64> {
        let mut left = amount;
        let mut at = from;
        while at < end {
            let quarter = at.div_euclid(QUARTER) * QUARTER;
            if self.is_open(quarter) {
                let here = quarter + QUARTER - at;
                if here >= left {
                    return Some(at + left);
                }
                left -= here;
            }
            at = quarter + QUARTER;
        }
        None
    }

    /// The quarters that belong to a day and are open, as wall times.
    fn owned(&self, day: civil::Date) -> Vec<civil::DateTime> {
        let midnight = day.at(0, 0, 0, 0);
        let all = (0..2 * 96).map(|it| midnight + (it * 15).minutes());
        all.filter(|it| {
            let behind = i64::from(it.date() != day);
            !self.is_cut(*it) && self.covers(self.shifts(day), *it, behind)
        })
        .collect()
    }

    /// The same wall time, or the last closing, on the `count`-th open day after that of `from`, which is open.
    pub(super) fn business_days(&self, from: i64, count: i64, close: bool) -> Option<i64> {
        let wall = self.wall(from);
        let own = self.owner_of(self.wall(from.div_euclid(QUARTER) * QUARTER))?;
        let mut day = own;
        let mut left = count;
        for _ in 0..4000 {
            if left == 0 {
                break;
            }
            day += 1.day();
            left -= i64::from(!self.owned(day).is_empty());
        }
        if left > 0 {
            return None;
        }
        let due = if close { *self.owned(day).last()? + 15.minutes() } else { wall + (day - own) };
        let stamp = self.zone.to_ambiguous_timestamp(due).compatible().unwrap();
        Some(stamp.as_microsecond())
    }
}
