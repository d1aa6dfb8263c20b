//! A business calendar, ready to be asked: open time between instants and the instant after an amount
//! of it, by prefix sums over open spans.

use super::{
    CalendarSpec, DayKind, Zone, days_from_civil,
    hours::DAY,
    week::{Week, unite},
};
use crate::record::MICROS_PER_SECOND;
use std::ops::Range;

const DAY_MICROS: i64 = DAY * MICROS_PER_SECOND;

/// A run of open time, in microseconds UTC.
#[derive(Clone, Copy, Debug)]
struct Span {
    open: i64,
    close: i64,
    /// Open time before it since the calendar's first instant.
    before: i64,
}

/// When time counts.
///
/// Open time is real time whose wall clock lies inside the calendar's hours: an hour that the clock
/// shows twice counts twice, one that it skips does not count. A calendar reaches from its first to
/// its last day ([`Calendar::reach`]); of instants outside it says nothing, rather than guess.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: Zone,
    week: Week,
    /// Sorted and apart; after the last one a sentinel that never opens.
    spans: Vec<Span>,
    /// For each run of 2^[`RUN_BITS`] microseconds since `reach.start` the first span that closes after its
    /// start: a shift finds it, and hours are long enough that it is the right one or the next.
    index: Vec<u32>,
    /// The same over open time: for each run of as many microseconds of it the last span that opens before so
    /// much has passed.
    by_open: Vec<u32>,
    reach: Range<i64>,
    /// Days that have open hours, and the wall second at which the last of these ends; by date.
    pub(super) open_days: Vec<(i64, i64)>,
    /// The first day that is looked at, and for it and each day after it how many open days are before it.
    open_days_before: (i64, Vec<u32>),
}

/// 4.8 hours.
const RUN_BITS: u32 = 34;

/// A calendar without bounds of its own reaches over these years.
const YEARS: (i64, i64) = (1970, 2099);

impl Calendar {
    /// Gets a calendar ready over the years it knows: those of its table of holidays, where it has
    /// one, else 1970 to 2099.
    #[must_use]
    pub fn new(spec: CalendarSpec, zone: Zone) -> Self {
        let week = Week::new(spec);
        let (first, last) = week.years().unwrap_or(YEARS);
        Self::of_days(week, zone, days_from_civil(first, 1, 1), days_from_civil(last, 12, 31))
    }

    /// Gets a calendar ready between two dates, both inclusive, in days since 1970-01-01.
    #[must_use]
    pub fn between(spec: CalendarSpec, zone: Zone, first: i64, last: i64) -> Self {
        Self::of_days(Week::new(spec), zone, first, last)
    }

    fn of_days(week: Week, zone: Zone, first: i64, last: i64) -> Self {
        // Nothing grows while it is filled: a hundred years are megabytes, and to move them costs more than to
        // reckon them.
        let days = usize::try_from(last - first + 2).unwrap_or(0);
        let mut walls = Vec::with_capacity(2 * days);
        let mut open_days = Vec::with_capacity(days);
        let mut before = Vec::with_capacity(days);
        // The day before may have a shift that goes on into the first.
        for day in first - 1..=last {
            let open = week.open(day);
            before.push(u32::try_from(open_days.len()).unwrap_or(u32::MAX));
            if let Some(end) = open.last() {
                open_days.push((day, end.end));
            }
            walls.extend(open);
        }
        unite(&mut walls);
        let instant = |day: i64| zone.to_utc(day * DAY_MICROS).0;
        let reach = instant(first)..instant(last + 1);
        let spans = spans(&walls, &zone, &reach);
        let index = by_time(&spans, &reach);
        let by_open = by_open(&spans);
        let open_days_before = (first - 1, before);
        Self { zone, week, spans, index, by_open, reach, open_days, open_days_before }
    }

    /// The zone of its wall clock.
    #[must_use]
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The instants that it can be asked about, in microseconds UTC.
    #[must_use]
    pub fn reach(&self) -> Range<i64> {
        self.reach.clone()
    }

    /// True where no day has any open hours.
    #[must_use]
    pub fn never_opens(&self) -> bool {
        self.spans.len() == 1
    }

    /// What kind of day a date is, and its open hours, breaks cut, in seconds since its midnight.
    #[must_use]
    pub fn day(&self, day: i64) -> (DayKind, Vec<Range<i64>>) {
        let open = self.week.open(day).into_iter();
        (self.week.kind(day), open.map(|it| it.start - day * DAY..it.end - day * DAY).collect())
    }

    /// The first span that closes after an instant within reach.
    #[inline]
    fn span_at(&self, instant: i64) -> Option<usize> {
        if !self.reach.contains(&instant) {
            return None;
        }
        let run = usize::try_from((instant - self.reach.start) >> RUN_BITS).ok()?;
        let mut at = *self.index.get(run)? as usize;
        // Without a branch: whether a span ends within the run is anybody's guess.
        at += usize::from(self.spans[at].close <= instant);
        while self.spans[at].close <= instant {
            at += 1;
        }
        Some(at)
    }

    /// What stands for a mark where the calendar has none; all others are 0 or more.
    pub const NO_MARK: i64 = -1;

    /// All open time that it knows, in microseconds.
    #[must_use]
    pub fn open_time(&self) -> i64 {
        self.spans[self.spans.len() - 1].before
    }

    /// [`Self::open_before`] over a column; [`Self::NO_MARK`] beyond reach.
    pub fn open_before_all(&self, instants: &[i64], out: &mut Vec<i64>) {
        out.clear();
        out.extend(instants.iter().map(|it| self.open_before(*it).unwrap_or(Self::NO_MARK)));
    }

    /// Open time since the calendar's first instant. `None` beyond reach.
    #[inline]
    #[must_use]
    pub fn open_before(&self, instant: i64) -> Option<i64> {
        let span = self.spans[self.span_at(instant)?];
        Some(span.before + instant.saturating_sub(span.open).max(0))
    }

    /// Open time between two instants in microseconds; 0 where the second is not after the first.
    /// `None` beyond the calendar's reach.
    #[inline]
    #[must_use]
    pub fn open_between(&self, from: i64, to: i64) -> Option<i64> {
        Some((self.open_before(to)? - self.open_before(from)?).max(0))
    }

    /// [`Self::open_between`] over columns; where it has no answer, `out` says 0 and the place is given to
    /// `beyond`.
    pub fn open_between_all(
        &self,
        from: &[i64],
        to: &[i64],
        out: &mut Vec<i64>,
        mut beyond: impl FnMut(usize),
    ) {
        out.extend(from.iter().zip(to).enumerate().map(|(at, (from, to))| {
            self.open_between(*from, *to).unwrap_or_else(|| {
                beyond(at);
                0
            })
        }));
    }

    /// The instant itself where the calendar is open, else the next opening. `None` where there is none within
    /// reach.
    #[inline]
    #[must_use]
    pub fn next_open(&self, instant: i64) -> Option<i64> {
        let span = self.spans[self.span_at(instant)?];
        (span.open < i64::MAX).then(|| span.open.max(instant))
    }

    /// True where time counts at the instant.
    #[must_use]
    pub fn is_open(&self, instant: i64) -> bool {
        self.next_open(instant) == Some(instant)
    }

    /// The instant at which `amount` of open time has passed since `start`: the closing where it falls
    /// on one; the next open instant for an amount of 0. `None` beyond reach.
    #[inline]
    #[must_use]
    pub fn after(&self, start: i64, amount: i64) -> Option<i64> {
        if amount <= 0 {
            return self.next_open(start);
        }
        self.instant_after(self.open_before(start)?.checked_add(amount)?)
    }

    /// [`Self::open_between`] and [`Self::after`] in one go, the start looked up once: what clocks without
    /// pauses ask for. `end` is not before `start`, and `amount` is above 0.
    #[inline]
    #[must_use]
    pub fn open_and_due(&self, start: i64, end: i64, amount: i64) -> Option<(i64, i64)> {
        let before = self.open_before(start)?;
        let open = self.open_before(end)? - before;
        Some((open, self.instant_after(before.checked_add(amount)?)?))
    }

    /// The first instant at which so much open time has passed since the calendar's first, above 0. `None`
    /// where there is not as much.
    #[inline]
    #[must_use]
    pub fn instant_after(&self, wanted: i64) -> Option<i64> {
        let run = usize::try_from(wanted >> RUN_BITS).ok()?;
        if wanted > self.open_time() {
            return None;
        }
        let mut at = *self.by_open.get(run)? as usize;
        at += usize::from(self.spans[at + 1].before < wanted);
        while self.spans[at + 1].before < wanted {
            at += 1;
        }
        Some(self.spans[at].open + (wanted - self.spans[at].before))
    }

    /// The last instant to which no more open time has passed than to `due`: the next opening where
    /// `due` is a closing, else `due` itself.
    #[inline]
    #[must_use]
    pub fn latest(&self, due: i64) -> Option<i64> {
        let at = self.span_at(due)?;
        let closes = at.checked_sub(1).is_some_and(|before| self.spans[before].close == due);
        if closes && self.spans[at].open > due { self.next_open(due) } else { Some(due) }
    }

    /// The open spans between two instants, cut to them.
    #[must_use]
    pub fn open_spans(&self, from: i64, to: i64) -> Vec<(i64, i64)> {
        let Some(first) = self.span_at(from) else { return Vec::new() };
        let spans = self.spans[first..].iter().take_while(|it| it.open < to);
        spans.map(|it| (it.open.max(from), it.close.min(to))).filter(|it| it.0 < it.1).collect()
    }

    /// How many open days there are before a day; `None` where it is not looked at.
    #[inline]
    pub(super) fn open_days_before(&self, day: i64) -> Option<usize> {
        let (first, before) = &self.open_days_before;
        let at = usize::try_from(day - first).ok()?;
        before.get(at).map(|it| *it as usize)
    }

    /// The date, in days since 1970-01-01, that an instant belongs to: on a shift that goes on after
    /// midnight the day that it started on; else the date of the wall clock.
    #[inline]
    #[must_use]
    pub(super) fn owner(&self, instant: i64) -> i64 {
        let wall = self.zone.to_local(instant).div_euclid(MICROS_PER_SECOND);
        let date = wall.div_euclid(DAY);
        if !self.week.has_overnight {
            return date;
        }
        let covers = |day: i64| self.week.open(day).iter().any(|it| it.contains(&wall));
        if !covers(date) && covers(date - 1) { date - 1 } else { date }
    }
}

/// Wall-clock ranges as spans of real time: in each run of one offset the clock shows every wall second
/// of the run once.
fn spans(walls: &[Range<i64>], zone: &Zone, reach: &Range<i64>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::with_capacity(walls.len() + 1);
    let seconds = reach.start.div_euclid(MICROS_PER_SECOND)..reach.end.div_euclid(MICROS_PER_SECOND);
    let mut before = 0;
    for (run, offset) in zone.runs(seconds) {
        let first = walls.partition_point(|it| it.end - offset <= run.start);
        for wall in walls[first..].iter().take_while(|it| it.start - offset < run.end) {
            let open = (wall.start - offset).max(run.start) * MICROS_PER_SECOND;
            let close = (wall.end - offset).min(run.end) * MICROS_PER_SECOND;
            match spans.last_mut() {
                // Open through a change of the clock.
                Some(last) if last.close == open => last.close = close,
                _ => spans.push(Span { open, close, before }),
            }
            before += close - open;
        }
    }
    spans.push(Span { open: i64::MAX, close: i64::MAX, before });
    spans
}

/// See [`Calendar::index`].
fn by_time(spans: &[Span], reach: &Range<i64>) -> Vec<u32> {
    let mut at = 0;
    let first_open = |run: i64| {
        while spans[at].close <= reach.start + (run << RUN_BITS) {
            at += 1;
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    };
    (0..=(reach.end - reach.start) >> RUN_BITS).map(first_open).collect()
}

/// See [`Calendar::by_open`]; the sentinel's sum is all open time.
fn by_open(spans: &[Span]) -> Vec<u32> {
    let all = spans.last().map_or(0, |it| it.before);
    let mut at = 0;
    let last_before = |run: i64| {
        while spans.get(at + 1).is_some_and(|it| it.before < run << RUN_BITS) {
            at += 1;
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    };
    (0..(all >> RUN_BITS) + 1).map(last_before).collect()
}
