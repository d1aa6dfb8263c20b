//! How times and dates are written, and what instants they are.

use crate::{
    calendar::{Resolution, Zone, days_from_civil, parse_iso_date, parse_iso_time},
    record::MICROS_PER_SECOND,
};
use jiff::{Timestamp, fmt::strtime, tz::TimeZone};

const DAY_SECONDS: i64 = 86_400;
const DAY_MICROS: i64 = DAY_SECONDS * MICROS_PER_SECOND;

/// A wall time, or an instant where the text tells the offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// Microseconds since 1970-01-01T00:00:00 on the source's clock.
    Wall(i64),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Instant(i64),
}

/// How the times of a field are written.
#[derive(Clone, Debug)]
pub(super) enum TimeFormat {
    /// ISO 8601 and its everyday relatives.
    Iso,
    /// A format of plain directives.
    Plain(Vec<Directive>),
    /// Any other format, read by jiff.
    Other(String),
}

/// One step of a plain format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Directive {
    Year,
    Month,
    Day,
    Hour,
    Hour12,
    Minute,
    Second,
    Meridiem,
    /// Any run of white space, also none.
    Space,
    Literal(u8),
}

/// The format cannot be used; says why in jiff's words, or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadFormat(pub(super) String);

impl TimeFormat {
    /// Takes a `strptime` format apart. `with_time`: it must give a time of day as well as a date.
    pub(super) fn new(format: Option<&str>, with_time: bool) -> Result<Self, BadFormat> {
        let Some(format) = format else { return Ok(Self::Iso) };
        // Written and read back, an instant shows whether the format knows its directives and
        // gives all that is needed.
        let sample = Timestamp::from_second(1_772_442_245).map_err(|it| BadFormat(it.to_string()))?;
        let zoned = sample.to_zoned(TimeZone::UTC);
        let written = strtime::format(format, &zoned).map_err(|it| BadFormat(it.to_string()))?;
        let other = Self::Other(format.to_owned());
        let enough = if with_time {
            other.time(written.as_bytes()).is_some()
        } else {
            other.date(written.as_bytes()).is_some()
        };
        if !enough {
            let parsed = strtime::parse(format, &written).and_then(|it| it.to_datetime());
            return Err(BadFormat(parsed.err().map(|it| it.to_string()).unwrap_or_default()));
        }
        Ok(plain(format).map_or(other, Self::Plain))
    }

    /// True if a format tells a time of day.
    pub(super) fn gives_time(format: &str) -> bool {
        let names = format
            .split('%')
            .skip(1)
            .filter_map(|it| it.trim_start_matches(['-', '_', '0', '.']).chars().next());
        names.into_iter().any(|it| "HIklMSTRrXcspPfNQzZ".contains(it))
    }

    /// Reads a time.
    #[inline]
    pub(super) fn time(&self, cell: &[u8]) -> Option<Read> {
        match self {
            Self::Iso => iso_time(cell),
            Self::Plain(directives) => read_plain(directives, cell).map(Read::Wall),
            Self::Other(format) => {
                let parts = strtime::parse(format, cell).ok()?;
                if parts.offset().is_some() || parts.iana_time_zone().is_some() {
                    return parts.to_zoned().ok().map(|it| Read::Instant(it.timestamp().as_microsecond()));
                }
                if let Ok(stamp) = parts.to_timestamp() {
                    return Some(Read::Instant(stamp.as_microsecond()));
                }
                let wall = parts.to_datetime().ok()?.to_zoned(TimeZone::UTC).ok()?;
                Some(Read::Wall(wall.timestamp().as_microsecond()))
            }
        }
    }

    /// Reads a date as days since 1970-01-01.
    pub(super) fn date(&self, cell: &[u8]) -> Option<i64> {
        match self {
            Self::Iso => parse_iso_date(std::str::from_utf8(cell).ok()?),
            Self::Plain(directives) => read_plain(directives, cell).map(|it| it.div_euclid(DAY_MICROS)),
            Self::Other(format) => {
                let parts = strtime::parse(format, cell).ok()?;
                let date = parts.to_date().or_else(|_| parts.to_datetime().map(|it| it.date())).ok()?;
                Some(days_from_civil(date.year().into(), date.month().into(), date.day().into()))
            }
        }
    }
}

fn plain(format: &str) -> Option<Vec<Directive>> {
    let mut out = Vec::new();
    let mut bytes = format.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let mut name = bytes.next()?;
                if name == b'-' {
                    // Unpadded; padding is optional here anyway.
                    name = bytes.next()?;
                }
                match name {
                    b'Y' => Directive::Year,
                    b'm' => Directive::Month,
                    b'd' => Directive::Day,
                    b'H' => Directive::Hour,
                    b'I' => Directive::Hour12,
                    b'M' => Directive::Minute,
                    b'S' => Directive::Second,
                    b'p' | b'P' => Directive::Meridiem,
                    _ => return None,
                }
            }
            b' ' => Directive::Space,
            other => Directive::Literal(other),
        });
    }
    // Every directive once: jiff settles the rest, such as two days or an hour without its half.
    let count = |it| out.iter().filter(|seen| **seen == it).count();
    let at_most_once =
        [Directive::Hour, Directive::Hour12, Directive::Minute, Directive::Second, Directive::Meridiem]
            .into_iter()
            .all(|it| count(it) <= 1);
    let date = [Directive::Year, Directive::Month, Directive::Day].into_iter().all(|it| count(it) == 1);
    let halves = count(Directive::Hour12) == count(Directive::Meridiem)
        && count(Directive::Hour12) + count(Directive::Hour) <= 1;
    (at_most_once && date && halves).then_some(out)
}

fn take_number(text: &[u8], digits_max: usize) -> Option<(i64, &[u8])> {
    let digits = text.iter().take(digits_max).take_while(|it| it.is_ascii_digit()).count();
    let value = text[..digits].iter().fold(0, |sum, it| sum * 10 + i64::from(it - b'0'));
    (digits > 0).then(|| (value, &text[digits..]))
}

fn read_plain(directives: &[Directive], cell: &[u8]) -> Option<i64> {
    let mut rest = cell;
    let [mut year, mut month, mut day, mut hour, mut minute, mut second, mut half] = [0_i64; 7];
    let mut twelve = false;
    for directive in directives {
        if *directive == Directive::Year {
            if !rest.get(..4)?.iter().all(u8::is_ascii_digit) {
                return None;
            }
            (year, rest) = take_number(rest, 4)?;
            continue;
        }
        let mut take = |range: std::ops::RangeInclusive<i64>| {
            let (value, after) = take_number(rest, 2)?;
            rest = after;
            range.contains(&value).then_some(value)
        };
        match directive {
            Directive::Year => {}
            Directive::Month => month = take(1..=12)?,
            Directive::Day => day = take(1..=31)?,
            Directive::Hour => hour = take(0..=23)?,
            Directive::Hour12 => {
                hour = take(1..=12)? % 12;
                twelve = true;
            }
            Directive::Minute => minute = take(0..=59)?,
            Directive::Second => second = take(0..=59)?,
            Directive::Meridiem => {
                half = match rest {
                    [b'A' | b'a', b'M' | b'm', ..] => 0,
                    [b'P' | b'p', b'M' | b'm', ..] => 12,
                    _ => return None,
                };
                rest = &rest[2..];
            }
            Directive::Space => rest = rest.trim_ascii_start(),
            Directive::Literal(byte) => rest = rest.strip_prefix(&[*byte])?,
        }
    }
    if !rest.is_empty() {
        return None;
    }
    if twelve {
        hour += half;
    }
    let days = civil_days(year, month, day)?;
    Some((days * DAY_SECONDS + hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND)
}

const FIRST_YEAR: i64 = 1970;
const LAST_YEAR: i64 = 2099;

/// For each month of the common years: days since 1970-01-01 before it, and its length.
static MONTHS: [(i64, i64); ((LAST_YEAR - FIRST_YEAR + 1) * 12) as usize] = months();

const fn months() -> [(i64, i64); ((LAST_YEAR - FIRST_YEAR + 1) * 12) as usize] {
    let mut out = [(0, 0); ((LAST_YEAR - FIRST_YEAR + 1) * 12) as usize];
    let (mut days, mut index) = (0, 0);
    while index < out.len() {
        let year = FIRST_YEAR + index as i64 / 12;
        let len = match index % 12 {
            // Divisible by 4 is enough between 1901 and 2099.
            1 if year % 4 == 0 => 29,
            1 => 28,
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        };
        out[index] = (days, len);
        days += len;
        index += 1;
    }
    out
}

/// Days since 1970-01-01 of a date, if there is such a date; `month` must lie in 1 to 12.
#[inline]
fn civil_days(year: i64, month: i64, day: i64) -> Option<i64> {
    if (FIRST_YEAR..=LAST_YEAR).contains(&year) {
        let (before, len) = MONTHS.get(((year - FIRST_YEAR) * 12 + month - 1) as usize)?;
        return (1..=*len).contains(&day).then_some(before + day - 1);
    }
    parse_iso_date(&format!("{year:04}-{month:02}-{day:02}"))
}

/// Reads ISO 8601 and its relatives; the shapes that machines write take a fast path.
#[inline]
fn iso_time(cell: &[u8]) -> Option<Read> {
    if let Ok(full) = cell.try_into()
        && let Some(wall) = fixed_time(full)
    {
        return Some(Read::Wall(wall));
    }
    if let Ok(short) = <&[u8; 16]>::try_from(cell) {
        let mut full = *b"0000-00-00 00:00:00";
        full[..16].copy_from_slice(short);
        if let Some(wall) = fixed_time(&full) {
            return Some(Read::Wall(wall));
        }
    }
    let time = parse_iso_time(std::str::from_utf8(cell).ok()?)?;
    Some(match time.offset {
        Some(offset) => Read::Instant(time.local - offset * MICROS_PER_SECOND),
        None => Read::Wall(time.local),
    })
}

/// The value of two digits in the low sixteen bits, the first one lowest.
#[inline]
fn two_digits(word: u64) -> i64 {
    ((word & 0xF) * 10 + (word >> 8 & 0xF)).cast_signed()
}

/// True if every byte that `mask` covers is a digit.
#[inline]
fn are_digits(word: u64, mask: u64) -> bool {
    // A digit is 0x30 to 0x39: its high half is 3, also after adding 6.
    let high = 0xF0F0_F0F0_F0F0_F0F0 & mask;
    let threes = 0x3030_3030_3030_3030 & mask;
    word & high == threes && word.wrapping_add(0x0606_0606_0606_0606 & mask) & high == threes
}

/// Reads `YYYY-MM-DD HH:MM:SS`, also with `T` or `/`, eight bytes at a time, within the years of
/// the table; gives microseconds on the written clock.
#[inline]
fn fixed_time(cell: &[u8; 19]) -> Option<i64> {
    let word = |from: usize| cell[from..].first_chunk::<8>().map(|it| u64::from_le_bytes(*it));
    let (date, time) = (word(0)?, word(11)?);
    let day_word = u64::from(u16::from_le_bytes([cell[8], cell[9]]));
    const DATE_DIGITS: u64 = 0x00FF_FF00_FFFF_FFFF;
    const TIME_DIGITS: u64 = 0xFFFF_00FF_FF00_FFFF;
    let dashes = date & !DATE_DIGITS;
    let shaped = (dashes == 0x2D00_002D_0000_0000 || dashes == 0x2F00_002F_0000_0000)
        && time & !TIME_DIGITS == 0x0000_3A00_003A_0000
        && matches!(cell[10], b' ' | b'T')
        && are_digits(date, DATE_DIGITS)
        && are_digits(time, TIME_DIGITS)
        && are_digits(day_word, 0xFFFF);
    if !shaped {
        return None;
    }
    let year = two_digits(date) * 100 + two_digits(date >> 16);
    let (month, day) = (two_digits(date >> 40), two_digits(day_word));
    let (hour, minute, second) = (two_digits(time), two_digits(time >> 24), two_digits(time >> 48));
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year)
        || !(1..=12).contains(&month)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return None;
    }
    let days = civil_days(year, month, day)?;
    Some((days * DAY_SECONDS + hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND)
}

/// Turns wall times of one zone into instants, remembering the offsets of days.
#[derive(Clone, Debug)]
pub(super) struct WallClock {
    zone: Zone,
    is_utc: bool,
    days: Vec<KnownDay>,
    /// Wall times that the clock was put forward over.
    pub(super) skipped: u64,
    /// Wall times that the clock showed twice.
    pub(super) repeated: u64,
}

/// A day with one offset from start to end.
#[derive(Clone, Copy, Debug)]
struct KnownDay {
    day: i64,
    offset_micros: i64,
}

/// Days remembered: some years of records in any order, in 16 KB.
const DAYS_KNOWN: usize = 1024;

impl WallClock {
    pub(super) fn new(zone: &Zone) -> Self {
        let is_utc = zone.name() == "UTC";
        let days = if is_utc { 0 } else { DAYS_KNOWN };
        let unknown = KnownDay { day: i64::MIN, offset_micros: 0 };
        Self { zone: zone.clone(), is_utc, days: vec![unknown; days], skipped: 0, repeated: 0 }
    }

    /// The instant of a time as read, in microseconds since 1970-01-01T00:00:00Z.
    #[inline]
    pub(super) fn instant(&mut self, read: Read) -> i64 {
        match read {
            Read::Instant(utc) => utc,
            Read::Wall(wall) if self.is_utc => wall,
            Read::Wall(wall) => {
                let day = wall.div_euclid(DAY_MICROS);
                let known = self.days[day.rem_euclid(DAYS_KNOWN as i64) as usize];
                if known.day == day { wall - known.offset_micros } else { self.look_up(wall, day) }
            }
        }
    }

    #[cold]
    fn look_up(&mut self, wall: i64, day: i64) -> i64 {
        let (utc, resolution) = self.zone.to_utc(wall);
        match resolution {
            Resolution::Exact => {}
            Resolution::Skipped => self.skipped += 1,
            Resolution::Repeated => self.repeated += 1,
        }
        // No zone changes its offset twice within a day and back.
        let ends = [day * DAY_MICROS, (day + 1) * DAY_MICROS - 1].map(|it| {
            let (utc, resolution) = self.zone.to_utc(it);
            (it - utc, resolution)
        });
        if ends[0] == ends[1] && ends[0].1 == Resolution::Exact && resolution == Resolution::Exact {
            let slot = &mut self.days[day.rem_euclid(DAYS_KNOWN as i64) as usize];
            *slot = KnownDay { day, offset_micros: ends[0].0 };
        }
        utc
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wall(text: &str) -> Option<Read> {
        parse_iso_time(text).map(|it| Read::Wall(it.local))
    }

    #[test]
    fn plain_formats_read_what_people_write() {
        for (format, text, iso) in [
            ("%m/%d/%Y %I:%M:%S %p", "01/02/2015 01:30:55 PM", "2015-01-02 13:30:55"),
            ("%m/%d/%Y %I:%M:%S %p", "01/02/2015 12:30:55 AM", "2015-01-02 00:30:55"),
            ("%d/%m/%Y %H:%M", "9/3/2016 8:05", "2016-03-09 08:05"),
            ("%Y/%m/%d %H:%M", "2026/3/2 9:00", "2026-03-02 09:00"),
            ("%Y%m%d%H%M", "202603020900", "2026-03-02 09:00"),
            ("%Y年%m月%d日 %H:%M", "2026年3月2日 09:00", "2026-03-02 09:00"),
        ] {
            let read = TimeFormat::new(Some(format), true).unwrap();
            assert!(matches!(read, TimeFormat::Plain(_)), "{format}");
            assert_eq!(read.time(text.as_bytes()), wall(iso), "{text}");
            assert_eq!(
                TimeFormat::Other(format.to_owned()).time(text.as_bytes()),
                wall(iso),
                "{text} by jiff"
            );
        }
        let read = TimeFormat::new(Some("%d/%m/%Y"), false).unwrap();
        assert_eq!(read.date(b"29/02/2026"), None);
        assert_eq!(read.date(b"1/3/2026"), parse_iso_date("2026-03-01"));
    }

    #[test]
    fn other_formats_go_to_jiff() {
        let read = TimeFormat::new(Some("%a %d %b %Y %H:%M:%S %z"), true).unwrap();
        let Some(Read::Wall(utc)) = wall("2026-03-02 08:00") else { panic!() };
        assert_eq!(read.time(b"Mon 02 Mar 2026 09:00:00 +0100"), Some(Read::Instant(utc)));
        assert_eq!(read.time(b"Mon 02 Mar"), None);
        let epoch = TimeFormat::new(Some("%s"), true).unwrap();
        assert_eq!(epoch.time(b"1772442000"), Some(Read::Instant(1_772_442_000 * MICROS_PER_SECOND)));
        assert!(TimeFormat::new(Some("%Q%Q%K"), true).is_err());
        assert!(TimeFormat::new(Some("%Y-%m"), true).is_err());
        assert!(TimeFormat::new(Some("%H:%M"), false).is_err());
    }

    #[test]
    fn changes_of_the_clock_are_counted_on_cached_days_too() {
        let mut clock = WallClock::new(&Zone::named("America/New_York").unwrap());
        for text in [
            "2026-03-08 02:30",
            "2026-03-08 05:00",
            "2026-11-01 01:30",
            "2026-11-01 12:00",
            "2026-11-01 01:30",
            "2026-06-01 12:00",
            "2026-06-01 12:00",
        ] {
            let read = wall(text).unwrap();
            let Read::Wall(local) = read else { panic!() };
            assert_eq!(clock.instant(read), clock.zone.to_utc(local).0, "{text}");
        }
        assert_eq!((clock.skipped, clock.repeated), (1, 2));
    }

    proptest! {
        #[test]
        fn the_fast_path_agrees_with_the_slow_one(text in "(19|20)[0-9][0-9][-/][01][0-9][-/][0-3][0-9][ T][0-2][0-9]:[0-6][0-9](:[0-6][0-9])?") {
            prop_assert_eq!(iso_time(text.as_bytes()), wall(&text));
        }

        #[test]
        fn anything_but_a_time_is_refused_alike(text in "[0-9/:;-]{4}[-/:][0-9]{2}[-/][0-9:]{2}[ T][0-9:]{2}:[0-9]{2}:[0-9;]{2}") {
            prop_assert_eq!(iso_time(text.as_bytes()), wall(&text));
        }
    }
}
