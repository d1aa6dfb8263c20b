//! One cell of a workbook: what kind of thing it holds, so that people can sort and filter by it.

use crate::{
    calendar::Zone,
    finding::put_value_text,
    record::{MICROS_PER_SECOND, Value},
    wording::Lang,
};
use rust_decimal::prelude::ToPrimitive;
use std::io::{self, Read};

/// A day in microseconds.
const DAY: f64 = 86_400.0 * MICROS_PER_SECOND as f64;
/// Workbooks count days from 1899-12-30.
const EPOCH: i64 = 25_569;
/// The day before 1900-03-01 does not exist and workbooks count it all the same: earlier dates are text.
const FIRST_DAY: i64 = 61;
/// 9999-12-31.
const LAST_DAY: i64 = 2_958_465;
/// Numbers in workbooks are 64-bit floats shown with 15 digits; beyond that a number is text, so that no digit is lost.
const EXACT: i64 = 999_999_999_999_999;

/// See the file's head.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// Text, never a formula.
    Text(String),
    /// A number, as it is.
    Number(f64),
    /// A share, shown in percent.
    Share(f64),
    /// Days since 1899-12-30.
    Date(f64),
    /// Days since 1899-12-30 on the wall clock of the project.
    Time(f64),
    /// A span of time in days, not negative.
    Span(f64),
    /// True or false.
    Truth(bool),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    pub(super) fn count(number: u64) -> Self {
        Self::Number(number as f64)
    }

    /// A number, or nothing where there is none.
    pub(super) fn number(number: Option<f64>) -> Self {
        number.filter(|it| it.is_finite()).map_or(Self::Empty, Self::Number)
    }

    /// A share, or nothing where there is none.
    pub(super) fn share(share: Option<f64>) -> Self {
        share.filter(|it| it.is_finite()).map_or(Self::Empty, Self::Share)
    }

    /// Seconds as a span of time.
    pub(super) fn seconds(seconds: Option<f64>) -> Self {
        seconds.filter(|it| *it >= 0.0).map_or(Self::Empty, |it| Self::Span(it / 86_400.0))
    }

    /// A value of a record; what a cell cannot hold exactly, or not at all, is text.
    pub(super) fn of<T: AsRef<str>>(value: &Value<T>, zone: &Zone, lang: Lang) -> Self {
        let text = || {
            let mut text = String::new();
            put_value_text(&mut text, value, zone, lang);
            Self::Text(text)
        };
        match value {
            Value::Missing => Self::Empty,
            Value::Bool(truth) => Self::Truth(*truth),
            #[expect(clippy::cast_precision_loss, reason = "of at most 15 digits")]
            Value::Int(number) if number.abs() <= EXACT => Self::Number(*number as f64),
            Value::Float(number) if number.is_finite() => Self::Number(*number),
            Value::Decimal(number) if number.mantissa().abs() <= i128::from(EXACT) => {
                number.to_f64().map_or_else(text, Self::Number)
            }
            Value::Date(days) => date(*days).map_or_else(text, Self::Date),
            Value::Time(micros) => time(zone.to_local(*micros)).map_or_else(text, Self::Time),
            #[expect(clippy::cast_precision_loss, reason = "shown in seconds")]
            Value::Duration(micros) if *micros >= 0 => Self::Span(*micros as f64 / DAY),
            Value::Text(_)
            | Value::Unreadable
            | Value::Int(_)
            | Value::Float(_)
            | Value::Decimal(_)
            | Value::Duration(_)
            | Value::Amount(_)
            | Value::List(_) => text(),
        }
    }

    /// Appends the cell, to be read again by [`Cell::decode`].
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let mut number = |tag: u8, number: f64| {
            out.push(tag);
            out.extend_from_slice(&number.to_le_bytes());
        };
        match self {
            Self::Empty => out.push(0),
            Self::Text(text) => {
                out.push(1);
                put_text(out, text);
            }
            Self::Number(it) => number(2, *it),
            Self::Share(it) => number(3, *it),
            Self::Date(it) => number(4, *it),
            Self::Time(it) => number(5, *it),
            Self::Span(it) => number(6, *it),
            Self::Truth(it) => out.push(if *it { 8 } else { 7 }),
        }
    }

    pub(super) fn decode(from: &mut dyn Read) -> io::Result<Self> {
        let tag = take::<1>(from)?[0];
        let mut number = || take(from).map(f64::from_le_bytes);
        Ok(match tag {
            1 => Self::Text(take_text(from)?),
            2 => Self::Number(number()?),
            3 => Self::Share(number()?),
            4 => Self::Date(number()?),
            5 => Self::Time(number()?),
            6 => Self::Span(number()?),
            7 => Self::Truth(false),
            8 => Self::Truth(true),
            _ => Self::Empty,
        })
    }
}

/// Days since 1970-01-01 as workbooks count them, where they can.
#[expect(clippy::cast_precision_loss, reason = "below three millions")]
fn date(days: i64) -> Option<f64> {
    let day = days.checked_add(EPOCH)?;
    (FIRST_DAY..=LAST_DAY).contains(&day).then_some(day as f64)
}

#[expect(clippy::cast_precision_loss, reason = "a part of a day")]
fn time(local: i64) -> Option<f64> {
    let day = crate::finding::day_of(local);
    let whole = date(day)?;
    Some(whole + (local - day * 86_400 * MICROS_PER_SECOND) as f64 / DAY)
}

/// Appends text with its length before it.
pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&len.to_le_bytes());
    out.extend_from_slice(&text.as_bytes()[..len as usize]);
}

/// Reads what [`put_text`] has written.
pub(super) fn take_text(from: &mut dyn Read) -> io::Result<String> {
    let len = u32::from_le_bytes(take(from)?);
    let mut bytes = Vec::new();
    Read::take(from, u64::from(len)).read_to_end(&mut bytes)?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|it| String::from_utf8_lossy(it.as_bytes()).into_owned()))
}

/// Reads some bytes.
pub(super) fn take<const N: usize>(from: &mut dyn Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_kind_and_every_digit() {
        let zone = Zone::named("Asia/Shanghai").unwrap();
        let cases: [(Value, Cell); 14] = [
            (Value::Missing, Cell::Empty),
            (Value::Bool(true), Cell::Truth(true)),
            (Value::Int(EXACT), Cell::Number(999_999_999_999_999.0)),
            (Value::Int(EXACT + 1), Cell::text("1000000000000000")),
            (Value::Float(0.1), Cell::Number(0.1)),
            (Value::Decimal("12.50".parse().unwrap()), Cell::Number(12.5)),
            (Value::Decimal("1234567890123456.7".parse().unwrap()), Cell::text("1234567890123456.7")),
            (Value::Text("=1+1".into()), Cell::text("=1+1")),
            // 2026-03-02 is day 46083 of a workbook.
            (Value::Date(20_514), Cell::Date(46_083.0)),
            (Value::Date(-25_509), Cell::text("1900-02-28")),
            (Value::Date(-25_508), Cell::Date(61.0)),
            // 01:00 UTC is 09:00 in Shanghai.
            (Value::Time(20_514 * 86_400_000_000 + 3_600_000_000), Cell::Time(46_083.375)),
            (Value::Duration(5_400_000_000), Cell::Span(0.0625)),
            (Value::Duration(-1_000_000), Cell::text("-1s")),
        ];
        for (value, cell) in cases {
            let made = Cell::of(&value, &zone, Lang::En);
            assert_eq!(made, cell, "{value:?}");
            let mut bytes = Vec::new();
            made.encode(&mut bytes);
            assert_eq!(Cell::decode(&mut bytes.as_slice()).unwrap(), cell);
        }
    }
}
