//! Opening hours of a day as people write them: `09:00-12:00`, `22:00-06:00`, `00:00-24:00`.

use std::{fmt, ops::Range, str::FromStr};

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// Open from `start` until just before `end`, in seconds of the wall clock since the midnight that
/// the day begins with. An end beyond 24:00 lies on the next day: an overnight shift, which belongs to
/// the day that it starts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hours {
    start: i64,
    end: i64,
}

/// Why a text is no opening hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoursError {
    /// Not two times of day with a `-` between them.
    Shape,
    /// An hour above 24 or a minute above 59.
    Range,
    /// It ends when it starts: that may mean never or always.
    Empty,
}

impl Hours {
    /// From `start` until just before `end`, in seconds since midnight; an end that is not after the
    /// start is taken on the next day. `None` where either is no time of day, or they are equal.
    #[must_use]
    pub fn new(start: i64, end: i64) -> Option<Self> {
        let on_day = (0..DAY).contains(&start) && (0..=DAY).contains(&end) && start != end;
        on_day.then_some(Self { start, end: if end < start { end + DAY } else { end } })
    }

    /// The seconds since midnight.
    #[must_use]
    pub fn seconds(self) -> Range<i64> {
        self.start..self.end
    }

    /// True where it goes on after midnight.
    #[must_use]
    pub fn is_overnight(self) -> bool {
        self.end > DAY
    }
}

impl FromStr for Hours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        let (start, end) = text.split_once(['-', '–', '~']).ok_or(HoursError::Shape)?;
        let (start, end) = (time_of_day(start)?, time_of_day(end)?);
        if start == end {
            return Err(HoursError::Empty);
        }
        Self::new(start, end).ok_or(HoursError::Range)
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.is_overnight() { self.end - DAY } else { self.end };
        write_time(f, self.start)?;
        f.write_str("-")?;
        write_time(f, end)
    }
}

fn write_time(f: &mut fmt::Formatter<'_>, seconds: i64) -> fmt::Result {
    write!(f, "{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
    if seconds % 60 == 0 { Ok(()) } else { write!(f, ":{:02}", seconds % 60) }
}

/// `9:00`, `09:00`, `09:00:30`, `24:00` as seconds since midnight.
fn time_of_day(text: &str) -> Result<i64, HoursError> {
    let mut parts = text.trim().split(':').map(|it| {
        let is_number = (1..=2).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit());
        if is_number { it.parse::<i64>().map_err(|_| HoursError::Shape) } else { Err(HoursError::Shape) }
    });
    let hour = parts.next().unwrap_or(Err(HoursError::Shape))?;
    let minute = parts.next().unwrap_or(Err(HoursError::Shape))?;
    let second = parts.next().unwrap_or(Ok(0))?;
    if parts.next().is_some() {
        return Err(HoursError::Shape);
    }
    let seconds = hour * 3600 + minute * 60 + second;
    if minute > 59 || second > 59 || seconds > DAY { Err(HoursError::Range) } else { Ok(seconds) }
}

/// Days of the week by name, Monday first.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The days that `mon`, `mon-fri` or `sat-mon` names, Monday is 0.
#[must_use]
pub fn weekdays(text: &str) -> Option<Vec<usize>> {
    let of = |it: &str| WEEKDAYS.iter().position(|name| *name == it.trim());
    match text.split_once('-') {
        None => of(text).map(|it| vec![it]),
        Some((first, last)) => {
            let (first, last) = (of(first)?, of(last)?);
            let count = (last + 7 - first) % 7 + 1;
            Some((0..count).map(|it| (first + it) % 7).collect())
        }
    }
}

/// The day of the week of a date, Monday is 0.
#[must_use]
pub(super) fn weekday_of(days: i64) -> usize {
    // 1970-01-01 was a Thursday.
    usize::try_from((days + 3).rem_euclid(7)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_and_printed() {
        for (text, start, end) in [
            ("09:00-12:00", 32_400, 43_200),
            ("00:00-24:00", 0, 86_400),
            ("22:00-06:00", 79_200, 108_000),
            ("22:00-00:00", 79_200, 86_400),
            ("08:30:15-09:00", 30_615, 32_400),
        ] {
            let hours: Hours = text.parse().unwrap();
            assert_eq!(hours.seconds(), start..end, "{text}");
            assert_eq!(hours.to_string().parse(), Ok(hours), "{text}");
        }
        for (text, error) in [
            ("09:00", HoursError::Shape),
            ("9-12", HoursError::Shape),
            ("09：00-12：00", HoursError::Shape),
            ("09:00-25:00", HoursError::Range),
            ("09:60-12:00", HoursError::Range),
            ("24:00-06:00", HoursError::Range),
            ("09:00-09:00", HoursError::Empty),
        ] {
            assert_eq!(text.parse::<Hours>(), Err(error), "{text}");
        }
    }

    #[test]
    fn days_of_the_week_are_read() {
        assert_eq!(weekdays("mon-fri"), Some(vec![0, 1, 2, 3, 4]));
        assert_eq!(weekdays("sat-mon"), Some(vec![5, 6, 0]));
        assert_eq!(weekdays("sun"), Some(vec![6]));
        assert_eq!(weekdays("monday"), None);
        // 2026-03-02 was a Monday.
        assert_eq!(weekday_of(super::super::days_from_civil(2026, 3, 2)), 0);
    }
}
