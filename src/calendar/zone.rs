//! Time zones: from instants to wall clocks and back.

use crate::record::MICROS_PER_SECOND;
use jiff::{Timestamp, tz::TimeZone};
use std::ops::Range;

/// One run of seconds with the same offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Period {
    /// First second (UTC) of the period; the first period starts at `i64::MIN`.
    start: i64,
    /// Seconds east of UTC.
    offset: i64,
}

/// An IANA time zone as a table of its offsets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    periods: Vec<Period>,
    /// For each run of 2^[`RUN_BITS`] seconds since 1970 the period at its start: a shift finds it, and
    /// periods are long enough that it is the right one or the next.
    index: Vec<u16>,
}

/// 12 days.
const RUN_BITS: u32 = 20;

/// Wall times that are so many seconds from every change of the clock are shown once: no offset is a day.
const CLEAR_SECONDS: i64 = 2 * 86_400;

/// How a wall time became an instant (jiff's `compatible` rule).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The wall clock showed it once.
    Exact,
    /// The clock was put forward over it: read with the offset before the change.
    Skipped,
    /// The clock showed it twice: the first is taken.
    Repeated,
}

/// Offsets are tabulated up to this year; later instants keep the last rule's standard offsets.
const LAST_YEAR_SECONDS: i64 = 7_258_118_400; // 2200-01-01

impl Zone {
    /// The zone of an IANA name (`Asia/Shanghai`, `UTC`); `None` if there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let zone = if name == "UTC" { TimeZone::UTC } else { TimeZone::get(name).ok()? };
        let first = Timestamp::from_second(-9_000_000_000).ok()?;
        let mut periods =
            vec![Period { start: i64::MIN, offset: i64::from(zone.to_offset(first).seconds()) }];
        for change in zone.following(first) {
            let start = change.timestamp().as_second();
            if start > LAST_YEAR_SECONDS {
                break;
            }
            periods.push(Period { start, offset: i64::from(change.offset().seconds()) });
        }
        Some(Self::of_periods(name, periods))
    }

    fn of_periods(name: &str, periods: Vec<Period>) -> Self {
        let mut at = 0;
        let period = |run: i64| {
            while periods.get(at + 1).is_some_and(|it| it.start <= run << RUN_BITS) {
                at += 1;
            }
            u16::try_from(at).unwrap_or(u16::MAX)
        };
        let index = (0..=LAST_YEAR_SECONDS >> RUN_BITS).map(period).collect();
        Self { name: name.to_owned(), periods, index }
    }

    /// The last period that begins at this second or before.
    #[inline]
    fn period_at(&self, second: i64) -> usize {
        let known = usize::try_from(second >> RUN_BITS).ok().and_then(|it| self.index.get(it));
        let Some(mut at) = known.map(|it| usize::from(*it)) else {
            return self.periods.partition_point(|it| it.start <= second) - 1;
        };
        while self.periods.get(at + 1).is_some_and(|it| it.start <= second) {
            at += 1;
        }
        at
    }

    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self::of_periods("UTC", vec![Period { start: i64::MIN, offset: 0 }])
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds east of UTC at an instant.
    #[inline]
    #[must_use]
    pub fn offset_at(&self, utc_micros: i64) -> i64 {
        let seconds = utc_micros.div_euclid(MICROS_PER_SECOND);
        self.periods[self.period_at(seconds)].offset
    }

    /// The runs of one offset between two instants, in seconds UTC: each with its offset in seconds.
    pub(super) fn runs(&self, range: Range<i64>) -> impl Iterator<Item = (Range<i64>, i64)> + '_ {
        let ends = self.periods.iter().skip(1).map(|it| it.start).chain([i64::MAX]);
        self.periods.iter().zip(ends).filter_map(move |(period, end)| {
            let run = period.start.max(range.start)..end.min(range.end);
            (!run.is_empty()).then_some((run, period.offset))
        })
    }

    /// The wall clock at an instant: microseconds since 1970-01-01T00:00:00 local.
    #[inline]
    #[must_use]
    pub fn to_local(&self, utc_micros: i64) -> i64 {
        utc_micros.saturating_add(self.offset_at(utc_micros) * MICROS_PER_SECOND)
    }

    /// The instant that ISO text names: on this clock, unless it has an offset of its own.
    #[must_use]
    pub fn instant(&self, text: &str) -> Option<i64> {
        let time = super::parse_iso_time(text)?;
        Some(match time.offset {
            Some(offset) => time.local.checked_sub(offset * MICROS_PER_SECOND)?,
            None => self.to_utc(time.local).0,
        })
    }

    /// The instant of a wall time.
    #[inline]
    #[must_use]
    pub fn to_utc(&self, local_micros: i64) -> (i64, Resolution) {
        let local = local_micros.div_euclid(MICROS_PER_SECOND);
        let at = |offset: i64| local_micros.saturating_sub(offset * MICROS_PER_SECOND);
        if let [only] = self.periods.as_slice() {
            return (at(only.offset), Resolution::Exact);
        }
        // No offset is a day or more, so the period sought is this one or a neighbour.
        let near = self.period_at(local);
        let next = self.periods.get(near + 1).map_or(i64::MAX, |it| it.start);
        if local.saturating_sub(self.periods[near].start) > CLEAR_SECONDS && next - local > CLEAR_SECONDS {
            return (at(self.periods[near].offset), Resolution::Exact);
        }
        let mut found: Option<i64> = None;
        let mut before_gap = self.periods[0].offset;
        for index in near.saturating_sub(1)..(near + 2).min(self.periods.len()) {
            let Period { start, offset } = self.periods[index];
            let begins = start.saturating_add(offset);
            let ends = self.periods.get(index + 1).map_or(i64::MAX, |next| next.start + offset);
            if begins <= local && local < ends {
                if let Some(first) = found {
                    return (at(first), Resolution::Repeated);
                }
                found = Some(offset);
            }
            if ends <= local {
                before_gap = offset;
            }
        }
        match found {
            Some(offset) => (at(offset), Resolution::Exact),
            None => (at(before_gap), Resolution::Skipped),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::DateTime;

    #[test]
    fn agrees_with_jiff() {
        for name in [
            "UTC",
            "Asia/Shanghai",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Europe/London",
        ] {
            let zone = Zone::named(name).unwrap();
            let theirs = TimeZone::get(name).unwrap();
            for step in 0..60_000_i64 {
                let utc = -2_000_000_000 + step * 100_003;
                let stamp = Timestamp::from_second(utc).unwrap();
                assert_eq!(
                    zone.offset_at(utc * MICROS_PER_SECOND),
                    i64::from(theirs.to_offset(stamp).seconds()),
                    "{name} {stamp}"
                );
                let local: DateTime = TimeZone::UTC.to_datetime(stamp);
                let expected = theirs.to_ambiguous_timestamp(local).compatible().unwrap().as_second();
                assert_eq!(
                    zone.to_utc(utc * MICROS_PER_SECOND).0,
                    expected * MICROS_PER_SECOND,
                    "{name} {local}"
                );
            }
        }
    }

    #[test]
    fn changes_are_resolved_and_told() {
        let zone = Zone::named("America/New_York").unwrap();
        let read = |text: &str| zone.to_utc(super::super::parse_iso_time(text).unwrap().local).1;
        assert_eq!(read("2026-03-08 02:30"), Resolution::Skipped);
        assert_eq!(read("2026-11-01 01:30"), Resolution::Repeated);
        assert_eq!(read("2026-11-01 03:30"), Resolution::Exact);
    }
}
