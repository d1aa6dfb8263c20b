//! What a business calendar says of each day, before any instant is looked at.

use super::{
    CHINA_YEARS, china, civil_from_days, days_from_civil,
    hours::{DAY, Hours, weekday_of},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// What becomes of the hours of a holiday where shifts go on after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub enum HolidayScope {
    /// The shift that starts on the holiday is dropped whole; the one from the day before goes on.
    #[default]
    Shift,
    /// Whatever lies between the holiday's midnights is dropped, whichever shift it belongs to.
    Day,
}

/// A business calendar as declared.
#[derive(Clone, Debug, PartialEq, Eq, Default, Hash)]
pub struct CalendarSpec {
    /// Opening hours by day of the week, Monday first.
    pub hours: [Vec<Hours>; 7],
    /// Holidays, in days since 1970-01-01.
    pub holidays: BTreeSet<i64>,
    /// Holidays of every year: month and day.
    pub yearly: BTreeSet<(i64, i64)>,
    /// Dated overrides, which win over everything but breaks: make-up days, half days.
    pub days: BTreeMap<i64, Vec<Hours>>,
    /// Make-up working days: they have the hours and breaks of an ordinary working day.
    pub make_up: BTreeSet<i64>,
    /// Breaks by day of the week.
    pub breaks: [Vec<Hours>; 7],
    /// Breaks of single days, beside those of the week.
    pub dated_breaks: BTreeMap<i64, Vec<Hours>>,
    /// What a holiday drops.
    pub holiday_scope: HolidayScope,
    /// True where the public holidays and make-up days of mainland China count.
    pub china: bool,
}

/// Why a day has the hours that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayKind {
    /// The hours of its day of the week.
    Weekly,
    /// A holiday.
    Holiday,
    /// A make-up working day.
    MakeUp,
    /// Hours of its own.
    Special,
}

impl DayKind {
    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Weekly => "weekly",
            Self::Holiday => "holiday",
            Self::MakeUp => "make_up",
            Self::Special => "special",
        }
    }
}

/// The days of a calendar with everything looked up.
#[derive(Clone, Debug)]
pub(super) struct Week {
    spec: CalendarSpec,
    /// The day of the week whose hours a make-up day has.
    model: usize,
    /// Breaks and whole holidays that cut into hours of more than one day.
    pub(super) has_overnight: bool,
}

impl Week {
    pub(super) fn new(mut spec: CalendarSpec) -> Self {
        if spec.china {
            for (day, works) in china::exceptions() {
                // What the project says of a day itself wins.
                if spec.days.contains_key(&day) || spec.holidays.contains(&day) || spec.make_up.contains(&day)
                {
                    continue;
                }
                if works {
                    spec.make_up.insert(day)
                } else {
                    spec.holidays.insert(day)
                };
            }
        }
        let model = spec.hours.iter().position(|it| !it.is_empty()).unwrap_or(0);
        let all = spec.hours.iter().chain(spec.days.values());
        let has_overnight = all.flatten().any(|it| it.is_overnight());
        Self { spec, model, has_overnight }
    }

    pub(super) fn kind(&self, day: i64) -> DayKind {
        if self.spec.days.contains_key(&day) {
            return DayKind::Special;
        }
        if self.spec.make_up.contains(&day) {
            return DayKind::MakeUp;
        }
        let (_, month, of_month) = civil_from_days(day);
        let yearly = !self.spec.yearly.is_empty() && self.spec.yearly.contains(&(month, of_month));
        if yearly || self.spec.holidays.contains(&day) { DayKind::Holiday } else { DayKind::Weekly }
    }

    /// The hours that belong to a day, breaks not cut, and whether it is a holiday.
    fn written(&self, day: i64, kind: DayKind) -> &[Hours] {
        match kind {
            DayKind::Special => self.spec.days.get(&day).map_or(&[], Vec::as_slice),
            DayKind::MakeUp => &self.spec.hours[self.model],
            DayKind::Holiday if self.spec.holiday_scope == HolidayScope::Shift => &[],
            DayKind::Holiday | DayKind::Weekly => &self.spec.hours[weekday_of(day)],
        }
    }

    /// Appends what is cut out around the wall-clock midnight of `day`, in wall seconds since 1970.
    fn cuts(&self, day: i64, out: &mut Vec<Range<i64>>) {
        let kind = self.kind(day);
        let weekday = if kind == DayKind::MakeUp { self.model } else { weekday_of(day) };
        let dated = self.spec.dated_breaks.get(&day).map_or(&[][..], Vec::as_slice);
        for hours in self.spec.breaks[weekday].iter().chain(dated) {
            out.push(at(day, *hours));
        }
        if kind == DayKind::Holiday && self.spec.holiday_scope == HolidayScope::Day {
            out.push(day * DAY..(day + 1) * DAY);
        }
    }

    /// The open hours that belong to a day, breaks cut: ranges of wall seconds since 1970, sorted and
    /// apart from each other.
    pub(super) fn open(&self, day: i64) -> Vec<Range<i64>> {
        let mut ranges: Vec<_> = self.written(day, self.kind(day)).iter().map(|it| at(day, *it)).collect();
        if ranges.is_empty() {
            return ranges;
        }
        unite(&mut ranges);
        let mut cuts = Vec::new();
        // A break that starts before midnight may cut into the day after it.
        for near in day - 1..=day + 1 {
            self.cuts(near, &mut cuts);
        }
        if cuts.is_empty() {
            return ranges;
        }
        unite(&mut cuts);
        subtract(&ranges, &cuts)
    }

    /// The years, the first and the last, for which the calendar knows its holidays; `None` without bounds.
    pub(super) fn years(&self) -> Option<(i64, i64)> {
        if !self.spec.china {
            return None;
        }
        let named = |year: i64| {
            let days = days_from_civil(year, 1, 1)..days_from_civil(year + 1, 1, 1);
            let spec = &self.spec;
            spec.holidays.range(days.clone()).next().is_some() || spec.days.range(days).next().is_some()
        };
        // Years that the project lists itself go on where the table ends.
        let (mut first, mut last) = (*CHINA_YEARS.start(), *CHINA_YEARS.end());
        while named(first - 1) {
            first -= 1;
        }
        while named(last + 1) {
            last += 1;
        }
        Some((first, last))
    }
}

/// The instants, on the wall clock, of a day's hours.
fn at(day: i64, hours: Hours) -> Range<i64> {
    let seconds = hours.seconds();
    day * DAY + seconds.start..day * DAY + seconds.end
}

/// Sorts ranges and joins those that touch.
pub(super) fn unite(ranges: &mut Vec<Range<i64>>) {
    ranges.sort_unstable_by_key(|it| (it.start, it.end));
    let mut kept: usize = 0;
    for index in 0..ranges.len() {
        let next = ranges[index].clone();
        match kept.checked_sub(1).map(|it| &mut ranges[it]) {
            Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
            _ => {
                ranges[kept] = next;
                kept += 1;
            }
        }
    }
    ranges.truncate(kept);
}

/// What is left of `ranges` without `cuts`; both sorted and apart.
pub(super) fn subtract(ranges: &[Range<i64>], cuts: &[Range<i64>]) -> Vec<Range<i64>> {
    let mut left = Vec::new();
    for range in ranges {
        let mut start = range.start;
        for cut in cuts.iter().filter(|it| it.start < range.end && it.end > range.start) {
            if cut.start > start {
                left.push(start..cut.start);
            }
            start = start.max(cut.end);
        }
        if start < range.end {
            left.push(start..range.end);
        }
    }
    left
}
