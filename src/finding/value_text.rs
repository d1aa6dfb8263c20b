//! Values as people read them: in messages, in evidence, in tables.

use crate::{
    calendar::{Civil, Zone, civil_from_days, days_from_civil, duration_text, format_date},
    record::Value,
    wording::{self, Lang},
};
use std::{
    fmt::{self, Display},
    io,
};

/// What text is appended to: a message, or the bytes of an output.
pub(crate) trait Sink {
    /// Appends `text`.
    fn put(&mut self, text: &str);

    /// Appends text that is known to be ASCII.
    fn put_ascii(&mut self, text: &[u8]);

    /// Appends the first `len` bytes of what is known to be ASCII.
    fn put_first<const N: usize>(&mut self, text: &[u8; N], len: usize);

    /// Appends what a value displays.
    fn put_display(&mut self, value: &impl Display);
}

impl Sink for String {
    #[inline]
    fn put(&mut self, text: &str) {
        self.push_str(text);
    }

    #[inline]
    fn put_ascii(&mut self, text: &[u8]) {
        self.push_str(std::str::from_utf8(text).unwrap_or_default());
    }

    #[inline]
    fn put_first<const N: usize>(&mut self, text: &[u8; N], len: usize) {
        self.put_ascii(&text[..len]);
    }

    fn put_display(&mut self, value: &impl Display) {
        // Appending to a string cannot fail.
        let _ = fmt::Write::write_fmt(self, format_args!("{value}"));
    }
}

impl Sink for Vec<u8> {
    #[inline]
    fn put(&mut self, text: &str) {
        self.extend_from_slice(text.as_bytes());
    }

    #[inline]
    fn put_ascii(&mut self, text: &[u8]) {
        self.extend_from_slice(text);
    }

    /// Copies a length that the compiler knows, which takes no call, and takes back what is too much.
    #[inline]
    fn put_first<const N: usize>(&mut self, text: &[u8; N], len: usize) {
        let end = self.len() + len.min(N);
        self.extend_from_slice(text);
        self.truncate(end);
    }

    fn put_display(&mut self, value: &impl Display) {
        // Appending to a vector cannot fail.
        let _ = io::Write::write_fmt(self, format_args!("{value}"));
    }
}

/// Appends a text that mostly is short: copied without a call as its beginning and its end, which share what is
/// between.
#[inline]
pub(crate) fn put_short(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let len = bytes.len();
    if let (1..=16, Some(first), Some(last)) = (len, bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        out.put_first(&(u128::from(last) << (8 * (len - 8)) | u128::from(first)).to_le_bytes(), len);
    } else if let (1..=8, Some(first), Some(last)) = (len, bytes.first_chunk::<4>(), bytes.last_chunk::<4>())
    {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        out.put_first(&(u64::from(last) << (8 * (len - 4)) | u64::from(first)).to_le_bytes(), len);
    } else if let [one] = *bytes {
        out.push(one);
    } else {
        out.extend_from_slice(bytes);
    }
}

/// `00` to `99`, for the many small numbers in dates and times.
const PAIRS: &[u8; 200] = b"\
0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/// The two digits of a number from 0 to 99.
#[inline]
pub(crate) fn pair(value: i64) -> [u8; 2] {
    debug_assert!((0..100).contains(&value), "{value} has two digits");
    PAIRS.as_chunks().0[value.clamp(0, 99) as usize]
}

/// Puts a year of four digits, month and day in their places, where they begin the text.
#[inline]
fn set_date(text: &mut [u8], (year, month, day): (i64, i64, i64)) {
    text[..2].copy_from_slice(&pair(year / 100));
    text[2..4].copy_from_slice(&pair(year % 100));
    text[5..7].copy_from_slice(&pair(month));
    text[8..10].copy_from_slice(&pair(day));
}

/// Appends a whole number in decimal digits, at least `width` of them.
#[inline]
pub(crate) fn put_digits<S: Sink>(out: &mut S, value: u64, width: usize) {
    let (text, len) = digits(value, width);
    out.put_first(&text, len);
}

/// A whole number in decimal digits, at least `width` of them: the digits, and how many there are.
#[inline]
pub(crate) fn digits(value: u64, width: usize) -> Digits {
    let needed = value.checked_ilog10().map_or(1, |it| it as usize + 1);
    let len = needed.max(width.min(DIGITS_MAX));
    let (mut text, mut at, mut rest) = ([b'0'; DIGITS_MAX], len, value);
    while rest > 0 {
        let [tens, ones] = PAIRS.as_chunks().0[(rest % 100) as usize];
        text[at - 1] = ones;
        // A zero that stands before all others is none of the number's.
        if rest >= 10 {
            text[at - 2] = tens;
        }
        at = at.saturating_sub(2);
        rest /= 100;
    }
    (text, len)
}

/// Digits, and how many of them there are.
pub(crate) type Digits = ([u8; DIGITS_MAX], usize);

/// So many hold every number of 64 bits.
const DIGITS_MAX: usize = 20;

/// Appends a whole number.
#[inline]
pub(crate) fn put_int<S: Sink>(out: &mut S, value: i64) {
    if value < 0 {
        out.put("-");
    }
    put_digits(out, value.unsigned_abs(), 1);
}

/// Appends `2026-03-02`; the same text as [`format_date`] gives.
pub(crate) fn put_date<S: Sink>(out: &mut S, days: i64) {
    let (year, month, day) = civil_from_days(days);
    if !(0..=9999).contains(&year) {
        return out.put(&format_date(days));
    }
    let mut text = *b"0000-00-00";
    set_date(&mut text, (year, month, day));
    out.put_ascii(&text);
}

/// Appends `2026-03-02 09:00`, or `2026-03-02 09:00:30` and `2026-03-02 09:00:30.25`; `between` stands where the space
/// does, and seconds that are zero only where `seconds`.
pub(crate) fn put_civil<S: Sink>(out: &mut S, civil: &Civil, between: u8, seconds: bool) {
    let Civil { year, month, day, hour, minute, second, micros } = *civil;
    let left_out = if seconds || second != 0 || micros != 0 { 0 } else { 3 };
    let mut text = *b"0000-00-00 00:00:00";
    text[10] = between;
    text[11..13].copy_from_slice(&pair(hour));
    text[14..16].copy_from_slice(&pair(minute));
    text[17..].copy_from_slice(&pair(second));
    if (0..=9999).contains(&year) {
        set_date(&mut text, (year, month, day));
        out.put_first(&text, 19 - left_out);
    } else {
        out.put(&format_date(days_from_civil(year, month, day)));
        out.put_ascii(&text[10..19 - left_out]);
    }
    if micros != 0 {
        let (mut fraction, mut width) = (micros.unsigned_abs(), 6);
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            width -= 1;
        }
        out.put(".");
        put_digits(out, fraction, width);
    }
}

/// The days since 1970-01-01 that a count of microseconds lies in.
pub(crate) fn day_of(micros: i64) -> i64 {
    micros.div_euclid(86_400 * crate::record::MICROS_PER_SECOND)
}

/// A value as text for readers: text as it is, numbers plain, dates in ISO 8601, times as
/// `2026-03-02 09:00` on the wall clock of `zone` (seconds only where they are not zero),
/// durations as `2h 30m`, lists joined with `, `, truth and absence by their words.
///
/// ```
/// use touchstone::{calendar::Zone, finding::value_text, record::Value, wording::Lang};
/// let zone = Zone::named("Asia/Shanghai").expect("it exists");
/// assert_eq!(value_text(&Value::Time(0), &zone, Lang::En), "1970-01-01 08:00");
/// assert_eq!(value_text(&Value::Missing, &zone, Lang::Zh), "（缺失）");
/// ```
#[must_use]
pub fn value_text(value: &Value, zone: &Zone, lang: Lang) -> String {
    let mut out = String::new();
    put_value_text(&mut out, value, zone, lang);
    out
}

/// A value as it would stand in an expression: as [`value_text`] gives it, but text in quotes.
#[must_use]
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "text and what may hold it are looked at, all else is plain"
)]
pub fn literal_text(value: &Value, zone: &Zone, lang: Lang) -> String {
    match value {
        Value::Text(text) => format!("\"{text}\""),
        Value::List(all) => {
            let all: Vec<String> = all.iter().map(|it| literal_text(it, zone, lang)).collect();
            format!("[{}]", all.join(", "))
        }
        other => value_text(other, zone, lang),
    }
}

/// Appends a value as [`value_text`] gives it.
pub(crate) fn put_value_text<S: Sink, T: AsRef<str>>(out: &mut S, value: &Value<T>, zone: &Zone, lang: Lang) {
    match value {
        Value::Missing => out.put(wording::NOT_THERE.text(lang)),
        Value::Unreadable => out.put(wording::CANNOT_BE_READ.text(lang)),
        Value::Bool(true) => out.put(wording::YES.text(lang)),
        Value::Bool(false) => out.put(wording::NO.text(lang)),
        Value::Int(number) => put_int(out, *number),
        Value::Float(number) => put_float(out, *number),
        Value::Decimal(number) => out.put_display(number),
        Value::Text(text) => out.put(text.as_ref()),
        Value::Date(days) => put_date(out, *days),
        Value::Time(micros) => {
            put_civil(out, &Civil::from_micros(zone.to_local(*micros)), b' ', false);
        }
        Value::Duration(micros) => out.put(&duration_text(*micros)),
        Value::Amount(amount) => out.put_display(amount),
        Value::List(values) => {
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.put(", ");
                }
                put_value_text(out, value, zone, lang);
            }
        }
    }
}

/// The fewest digits that read back as the same number; with an exponent where these would be
/// mostly zeros.
fn put_float<S: Sink>(out: &mut S, number: f64) {
    let size = number.abs();
    if size == 0.0 {
        out.put("0");
    } else if (1e-5..1e16).contains(&size) {
        out.put_display(&number);
    } else {
        out.put_display(&format_args!("{number:e}"));
    }
}

/// A value with so many decimals at most, where it is a fraction of middling size, or a list of such: for
/// people, who read no more of what was reckoned.
#[must_use]
pub fn rounded(value: &Value, decimals: u32) -> Value {
    match value {
        Value::Float(it) if it.abs() < 1e9 && it.abs() >= 1e-3 => {
            let scale = 10_f64.powi(decimals.cast_signed());
            Value::Float((it * scale).round() / scale)
        }
        Value::Decimal(it) if it.scale() > decimals => Value::Decimal(it.round_dp(decimals).normalize()),
        Value::List(all) => Value::List(all.iter().map(|it| rounded(it, decimals)).collect()),
        Value::Missing
        | Value::Unreadable
        | Value::Bool(_)
        | Value::Int(_)
        | Value::Float(_)
        | Value::Decimal(_)
        | Value::Text(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::Duration(_)
        | Value::Amount(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::parse_iso_time,
        record::{Amount, Decimal},
    };

    #[test]
    fn texts_of_any_length_are_copied() {
        let text: String = ('a'..='z').cycle().take(80).collect();
        for len in 0..=text.len() {
            let mut out = Vec::new();
            put_short(&mut out, &text[..len]);
            assert_eq!(out, &text.as_bytes()[..len]);
        }
    }

    #[test]
    fn values_read_well() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let time = |text: &str| Value::Time(zone.to_utc(parse_iso_time(text).unwrap().local).0);
        let cases = [
            (Value::Text("a\nb".into()), "a\nb"),
            (Value::Int(i64::MIN), "-9223372036854775808"),
            (Value::Int(0), "0"),
            (Value::Float(1.0), "1"),
            (Value::Float(-0.0), "0"),
            (Value::Float(0.1), "0.1"),
            (Value::Float(1e300), "1e300"),
            (Value::Float(1.5e-9), "1.5e-9"),
            (Value::Decimal("12.50".parse::<Decimal>().unwrap()), "12.50"),
            (Value::Date(20_514), "2026-03-02"),
            (time("2026-03-02T09:00"), "2026-03-02 09:00"),
            (time("2026-03-02T09:00:05"), "2026-03-02 09:00:05"),
            (time("2026-03-02T09:00:00.250"), "2026-03-02 09:00:00.25"),
            (time("1969-12-31T23:59"), "1969-12-31 23:59"),
            (Value::Duration(9_000_000_000), "2h 30m"),
            (Value::Amount("3bd".parse::<Amount>().unwrap()), "3bd"),
            (Value::List(vec![Value::Int(1), Value::Missing, Value::Bool(true)]), "1, (missing), yes"),
            (Value::Unreadable, "(unreadable)"),
        ];
        for (value, text) in cases {
            assert_eq!(value_text(&value, &zone, Lang::En), text, "{value:?}");
        }
        assert_eq!(
            value_text(&Value::List(vec![Value::Bool(false), Value::Unreadable]), &zone, Lang::Zh),
            "否, （无法读取）"
        );
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for days in (-1_000_000..4_000_000).step_by(997) {
            let mut out = String::new();
            put_date(&mut out, days);
            assert_eq!(out, format_date(days));
        }
    }
}
