//! Dates and wall times as numbers and as text (ISO 8601).

use crate::record::MICROS_PER_SECOND;

const DAY: i64 = 86_400;

/// A wall time taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    /// Proleptic Gregorian year.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
    /// 0 to 999,999.
    pub micros: i64,
}

impl Civil {
    /// Takes apart a count of microseconds since 1970-01-01T00:00:00 on the same clock.
    #[must_use]
    pub fn from_micros(local: i64) -> Self {
        let days = local.div_euclid(DAY * MICROS_PER_SECOND);
        let rest = local.rem_euclid(DAY * MICROS_PER_SECOND).unsigned_abs();
        let (year, month, day) = civil_from_days(days);
        // Below a day, which is less than 2^17 seconds.
        let seconds = (rest / MICROS_PER_SECOND.unsigned_abs()) as u32;
        Self {
            year,
            month,
            day,
            hour: (seconds / 3600).into(),
            minute: (seconds / 60 % 60).into(),
            second: (seconds % 60).into(),
            micros: (rest % MICROS_PER_SECOND.unsigned_abs()) as i64,
        }
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant, "chrono-compatible
/// low-level date algorithms", `days_from_civil`).
#[must_use]
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The year, month and day of a count of days since 1970-01-01 (Neri and Schneider, "Euclidean affine functions and
/// their application to calendar algorithms", 2021, figure 12). Its years begin in March; a day is multiplied and
/// shifted where one would divide.
#[must_use]
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let quarters = 4 * (days + 719_468) + 3;
    let century = quarters.div_euclid(146_097);
    let day_of_century = quarters.rem_euclid(146_097) as u32 | 3;
    let scaled = 2_939_745 * u64::from(day_of_century);
    let (year_of_century, day_of_year) = ((scaled >> 32) as u32, scaled as u32 / 2_939_745 / 4);
    let scaled = 2141 * day_of_year + 197_913;
    let (month, day) = (scaled >> 16, (scaled & 0xffff) / 2141 + 1);
    let is_next_year = day_of_year >= 306;
    let year = 100 * century + i64::from(year_of_century) + i64::from(is_next_year);
    (year, i64::from(if is_next_year { month - 12 } else { month }), i64::from(day))
}

/// Number of days in a month.
fn month_len(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The ISO 8601 week of a date: week-numbering year and week 1 to 53.
#[must_use]
pub fn iso_week(days: i64) -> (i64, i64) {
    // The Thursday of the same week lies in the week's year. 1970-01-01 was a Thursday.
    let thursday = days - (days + 3).rem_euclid(7) + 3;
    let (year, _, _) = civil_from_days(thursday);
    (year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1)
}

/// `2026-03-02`.
#[must_use]
pub fn format_date(days: i64) -> String {
    let (year, month, day) = civil_from_days(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2026-W10`, by ISO 8601.
#[must_use]
pub fn format_week(days: i64) -> String {
    let (year, week) = iso_week(days);
    format!("{year:04}-W{week:02}")
}

/// `2026-03`.
#[must_use]
pub fn format_month(days: i64) -> String {
    let (year, month, _) = civil_from_days(days);
    format!("{year:04}-{month:02}")
}

/// `2026-Q1`.
#[must_use]
pub fn format_quarter(days: i64) -> String {
    let (year, month, _) = civil_from_days(days);
    format!("{year:04}-Q{}", (month + 2) / 3)
}

/// `2026`.
#[must_use]
pub fn format_year(days: i64) -> String {
    format!("{:04}", civil_from_days(days).0)
}

/// `2026-03-02T09:00:00+08:00` from a UTC instant and the offset in force; fractions of a second
/// only where there are any.
#[must_use]
pub fn format_time(utc_micros: i64, offset_seconds: i64) -> String {
    let civil = Civil::from_micros(utc_micros.saturating_add(offset_seconds * MICROS_PER_SECOND));
    let mut out = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second
    );
    if civil.micros != 0 {
        out.push_str(format!(".{:06}", civil.micros).trim_end_matches('0'));
    }
    let minutes = offset_seconds.abs() / 60;
    let sign = if offset_seconds < 0 { '-' } else { '+' };
    out.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
    out
}

/// `2h 30m`, `3d 4h`, `45s`, `-5m`: the units that are not zero, largest first.
#[must_use]
pub fn duration_text(micros: i64) -> String {
    let total = micros.unsigned_abs();
    let second = MICROS_PER_SECOND.unsigned_abs();
    let mut out = String::from(if micros < 0 { "-" } else { "" });
    let mut parts = Vec::new();
    for (size, unit) in [(86_400, "d"), (3600, "h"), (60, "m")] {
        let count = total / (size * second)
            % if unit == "d" {
                u64::MAX
            } else if unit == "h" {
                24
            } else {
                60
            };
        if count > 0 {
            parts.push(format!("{count}{unit}"));
        }
    }
    let (seconds, fraction) = (total / second % 60, total % second);
    if fraction > 0 {
        parts.push(format!("{seconds}.{fraction:06}").trim_end_matches('0').to_owned() + "s");
    } else if seconds > 0 || parts.is_empty() {
        parts.push(format!("{seconds}s"));
    }
    out.push_str(&parts.join(" "));
    out
}

/// `27h 30m`, `0h 00m 05.5s`: a length of open time, which has no days, for a day of it has no fixed
/// length.
#[must_use]
pub fn hours_text(micros: i64) -> String {
    let total = micros.unsigned_abs();
    let second = MICROS_PER_SECOND.unsigned_abs();
    let (seconds, rest) = (total / second, total % second);
    let sign = if micros < 0 { "-" } else { "" };
    let mut out = format!("{sign}{}h {:02}m", seconds / 3600, seconds / 60 % 60);
    if seconds % 60 != 0 || rest != 0 {
        out.push_str(&format!(" {:02}", seconds % 60));
        if rest != 0 {
            out.push_str(format!(".{rest:06}").trim_end_matches('0'));
        }
        out.push('s');
    }
    out
}

/// A time as written: on the clock of the text, with the offset if the text gave one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IsoTime {
    /// Microseconds since 1970-01-01T00:00:00 on the written clock.
    pub local: i64,
    /// Seconds east of UTC, where the text says.
    pub offset: Option<i64>,
}

/// Reads `2026-03-02` (also with `/`, and without padding) as days since 1970-01-01.
#[must_use]
pub fn parse_iso_date(text: &str) -> Option<i64> {
    let (date, rest) = take_date(text.as_bytes())?;
    rest.is_empty().then_some(date)
}

/// Reads `2026-03-02T09:00[:00[.123456]][Z|+08:00|+0800|+08]`; the `T` may be a space, the date
/// alone is its midnight, `/` may stand for `-`, and padding may be left out.
#[must_use]
pub fn parse_iso_time(text: &str) -> Option<IsoTime> {
    let (days, rest) = take_date(text.as_bytes())?;
    let midnight = days.checked_mul(DAY * MICROS_PER_SECOND)?;
    let Some(rest) =
        rest.strip_prefix(b"T").or_else(|| rest.strip_prefix(b" ")).or_else(|| rest.strip_prefix(b"t"))
    else {
        return rest.is_empty().then_some(IsoTime { local: midnight, offset: None });
    };
    let (hour, rest) = take_number(rest, 2)?;
    let (minute, mut rest) = take_number(rest.strip_prefix(b":")?, 2)?;
    let (mut second, mut micros) = (0, 0);
    if let Some(after) = rest.strip_prefix(b":") {
        (second, rest) = take_number(after, 2)?;
        if let Some(after) = rest.strip_prefix(b".").or_else(|| rest.strip_prefix(b",")) {
            let digits = after.iter().take_while(|it| it.is_ascii_digit()).count();
            if digits == 0 || digits > 9 {
                return None;
            }
            (micros, _) = take_number(&after[..digits.min(6)], 6)?;
            micros *= 10_i64.pow(6 - u32::try_from(digits.min(6)).ok()?);
            rest = &after[digits..];
        }
    }
    // 24:00 is the end of the day; second 60 is a leap second, read as the next second.
    let end_of_day = hour == 24 && minute == 0 && second == 0 && micros == 0;
    if (hour > 23 && !end_of_day) || minute > 59 || second > 60 {
        return None;
    }
    let local = midnight + ((hour * 60 + minute) * 60 + second) * MICROS_PER_SECOND + micros;
    Some(IsoTime { local, offset: take_offset(rest)? })
}

fn take_offset(rest: &[u8]) -> Option<Option<i64>> {
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    let sign = match rest {
        [] => return Some(None),
        [b'Z' | b'z'] => return Some(Some(0)),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    let (hours, rest) = take_number(&rest[1..], 2)?;
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let (minutes, rest) = if rest.is_empty() { (0, rest) } else { take_number(rest, 2)? };
    (rest.is_empty() && hours <= 23 && minutes <= 59).then_some(Some(sign * (hours * 60 + minutes) * 60))
}

fn take_date(text: &[u8]) -> Option<(i64, &[u8])> {
    if text.len() < 8 || !text[..4].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let (year, rest) = take_number(text, 4)?;
    let separator = rest.first().copied().filter(|it| matches!(it, b'-' | b'/'))?;
    let (month, rest) = take_number(&rest[1..], 2)?;
    let (day, rest) = take_number(rest.strip_prefix(&[separator])?, 2)?;
    let fits = (1..=12).contains(&month) && day >= 1 && day <= month_len(year, month);
    fits.then(|| (days_from_civil(year, month, day), rest))
}

fn take_number(text: &[u8], digits_max: usize) -> Option<(i64, &[u8])> {
    let digits = text.iter().take(digits_max).take_while(|it| it.is_ascii_digit()).count();
    if digits == 0 {
        return None;
    }
    let value = text[..digits].iter().fold(0_i64, |sum, it| sum * 10 + i64::from(it - b'0'));
    Some((value, &text[digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_round_trip() {
        // As far as microseconds reach, and every day that is likely.
        let far = i64::MAX / (DAY * MICROS_PER_SECOND) + 1;
        for days in (-far..far).step_by(9973).chain(-200_000..200_000) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
            assert!((1..=month_len(year, month)).contains(&day));
        }
        assert_eq!(format_date(0), "1970-01-01");
        assert_eq!(parse_iso_date("2026/3/2"), parse_iso_date("2026-03-02"));
        assert_eq!(parse_iso_date("2026-02-29"), None);
    }

    #[test]
    fn times_are_read() {
        let nine = parse_iso_time("2026-03-02 09:00").map(|it| it.local);
        for text in ["2026-03-02T09:00", "2026/3/2 9:00", "2026-03-02T09:00:00.000"] {
            assert_eq!(parse_iso_time(text).map(|it| it.local), nine, "{text}");
        }
        assert_eq!(parse_iso_time("2026-03-02T09:00:00-05:30").and_then(|it| it.offset), Some(-19_800));
        for bad in [
            "",
            "2026",
            "2026-03-02T",
            "2026-03-02T9",
            "2026-03-02 25:00",
            "2026-03-02 09:00x",
            "03/02/2026 09:00",
        ] {
            assert_eq!(parse_iso_time(bad), None, "{bad}");
        }
    }

    #[test]
    fn weeks_follow_iso_8601() {
        let week = |text| parse_iso_date(text).map(iso_week);
        assert_eq!(week("2026-01-01"), Some((2026, 1)));
        assert_eq!(week("2027-01-01"), Some((2026, 53)));
        assert_eq!(week("2026-03-02"), Some((2026, 10)));
        assert_eq!(week("2024-12-30"), Some((2025, 1)));
    }

    #[test]
    fn durations_print_shortly() {
        for (micros, text) in [
            (0, "0s"),
            (9_000_000_000, "2h 30m"),
            (-300_000_000, "-5m"),
            (273_600_000_000, "3d 4h"),
            (1_500_000, "1.5s"),
        ] {
            assert_eq!(duration_text(micros), text);
        }
    }
}
