//! One cell's text as one value.

use crate::record::{Decimal, MICROS_PER_SECOND};

/// Cuts ASCII white space off both ends.
#[inline]
pub(super) fn trim(cell: &[u8]) -> &[u8] {
    // Most cells have none.
    match cell {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
        _ => cell.trim_ascii(),
    }
}

fn text(cell: &[u8]) -> Option<&str> {
    std::str::from_utf8(cell).ok()
}

/// A whole number with an optional sign, within 64 bits.
#[inline]
pub(super) fn int(cell: &[u8]) -> Option<i64> {
    let cell = trim(cell);
    if let [digit @ b'0'..=b'9'] = cell {
        return Some(i64::from(digit - b'0'));
    }
    if (1..=18).contains(&cell.len()) {
        let mut value = 0;
        for byte in cell {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return text(cell)?.parse().ok();
            }
            value = value * 10 + i64::from(digit);
        }
        return Some(value);
    }
    text(cell)?.parse().ok()
}

/// Powers of ten that a 64-bit float holds exactly.
const EXACT_POWERS: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// A finite number in decimal notation.
#[inline]
pub(super) fn float(cell: &[u8]) -> Option<f64> {
    let cell = trim(cell);
    // Up to 15 digits, an integer below 2^53 over an exact power of ten: the quotient is rounded
    // once, hence right (Clinger, "How to read floating point numbers accurately", 1990).
    if (1..=16).contains(&cell.len()) {
        let (mut mantissa, mut digits, mut point) = (0_u64, 0_usize, None);
        for byte in cell {
            let digit = byte.wrapping_sub(b'0');
            if digit <= 9 {
                mantissa = mantissa * 10 + u64::from(digit);
                digits += 1;
            } else if *byte == b'.' && point.is_none() {
                point = Some(digits);
            } else {
                return float_slowly(cell);
            }
        }
        let fraction = point.map_or(0, |it| digits - it);
        if (1..=15).contains(&digits) {
            return Some(mantissa as f64 / EXACT_POWERS[fraction]);
        }
    }
    float_slowly(cell)
}

#[cold]
fn float_slowly(cell: &[u8]) -> Option<f64> {
    text(cell)?.parse().ok().filter(|it: &f64| it.is_finite())
}

/// An exact decimal number; more digits than it can hold are refused, never rounded.
pub(super) fn decimal(cell: &[u8]) -> Option<Decimal> {
    let text = text(trim(cell))?;
    if text.contains('_') {
        return None;
    }
    Decimal::from_str_exact(text).ok()
}

const YES: [&str; 8] = ["true", "yes", "y", "1", "t", "on", "是", "有"];
const NO: [&str; 8] = ["false", "no", "n", "0", "f", "off", "否", "无"];

/// True or false, in the words that people use, in any case.
#[inline]
pub(super) fn bool(cell: &[u8]) -> Option<bool> {
    match cell {
        b"true" => Some(true),
        b"false" => Some(false),
        other => bool_slowly(trim(other)),
    }
}

fn bool_slowly(cell: &[u8]) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|it| it.as_bytes().eq_ignore_ascii_case(cell));
    if is(&YES) { Some(true) } else { is(&NO).then_some(false) }
}

/// An exact length of time in microseconds: `2h30m`, `90m`, `1.5h`, `2:30:00`, `PT2H30M`.
pub(super) fn duration(cell: &[u8]) -> Option<i64> {
    let text = text(trim(cell))?;
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let micros = if text.contains(':') {
        clock_duration(text)?
    } else if let Some(iso) = text.strip_prefix(['P', 'p']) {
        let (days, rest) = iso.split_once(['T', 't']).unwrap_or((iso, ""));
        if iso.is_empty() || iso.ends_with(['T', 't']) {
            return None;
        }
        let days = unit_duration(days, &[("w", 604_800), ("d", 86_400)], true)?;
        days.checked_add(unit_duration(rest, &[("h", 3600), ("m", 60), ("s", 1)], true)?)?
    } else {
        unit_duration(text, &[("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)], false)?
    };
    Some(if negative { -micros } else { micros })
}

/// `HH:MM:SS[.ffffff]` with any number of hours.
fn clock_duration(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let hours: i64 = whole(parts.next()?)?;
    let minutes: i64 = whole(parts.next()?).filter(|it| *it < 60)?;
    let seconds = Decimal::from_str_exact(parts.next()?).ok()?;
    let in_range = !seconds.is_sign_negative() && seconds < Decimal::from(60);
    if parts.next().is_some() || !in_range {
        return None;
    }
    let base = hours.checked_mul(3600)?.checked_add(minutes * 60)?;
    micros(Decimal::from(base).checked_add(seconds)?, 1)
}

fn whole(digits: &str) -> Option<i64> {
    digits.bytes().all(|it| it.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// Numbers with units, largest first, each at most once.
fn unit_duration(text: &str, units: &[(&str, i64)], may_be_empty: bool) -> Option<i64> {
    let mut rest = text.trim_ascii_start();
    if rest.is_empty() {
        return may_be_empty.then_some(0);
    }
    let mut total = 0_i64;
    let mut units = units.iter();
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit() && it != '.')?;
        let number = Decimal::from_str_exact(&rest[..digits]).ok()?;
        let after = rest[digits..].trim_ascii_start();
        let unit = after.get(..1)?.to_ascii_lowercase();
        let (_, seconds) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(micros(number, *seconds)?)?;
        rest = after[1..].trim_ascii_start();
    }
    Some(total)
}

fn micros(number: Decimal, unit_seconds: i64) -> Option<i64> {
    let exact = number.checked_mul(Decimal::from(unit_seconds.checked_mul(MICROS_PER_SECOND)?))?;
    i64::try_from(exact.trunc()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers() {
        for (cell, value) in [
            ("7", Some(7)),
            (" -12 ", Some(-12)),
            ("+5", Some(5)),
            ("007", Some(7)),
            ("", None),
            ("1.0", None),
        ] {
            assert_eq!(int(cell.as_bytes()), value, "{cell}");
        }
        assert_eq!(int(b"9223372036854775807"), Some(i64::MAX));
        assert_eq!(int(b"9223372036854775808"), None);
        for bad in ["", ".", "-", "inf", "NaN", "1e999", "1,5", "1.2.3"] {
            assert_eq!(float(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(decimal(b"12.10").map(|it| it.to_string()), Some("12.10".to_owned()));
        assert_eq!(decimal(b"0.00000000000000000000000000001"), None);
    }

    #[test]
    fn words_for_yes_and_no() {
        for (cell, value) in
            [("TRUE", Some(true)), ("否", Some(false)), (" Yes ", Some(true)), ("maybe", None), ("", None)]
        {
            assert_eq!(bool(cell.as_bytes()), value, "{cell}");
        }
    }

    #[test]
    fn durations() {
        let hours = |it: f64| Some((it * 3600.0) as i64 * MICROS_PER_SECOND);
        for (cell, value) in [
            ("2h30m", hours(2.5)),
            ("90m", hours(1.5)),
            ("1.5h", hours(1.5)),
            ("2:30:00", hours(2.5)),
            ("PT2H30M", hours(2.5)),
            ("P1DT1H", hours(25.0)),
            ("1d 1h", hours(25.0)),
            ("-90m", hours(-1.5)),
            ("100:00:00", hours(100.0)),
            ("0.5s", Some(500_000)),
        ] {
            assert_eq!(duration(cell.as_bytes()), value, "{cell}");
        }
        for bad in ["", "h", "30m2h", "1:70:00", "P", "PT", "5", "2h2h", "é", "1é"] {
            assert_eq!(duration(bad.as_bytes()), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn floats_are_read_as_the_standard_library_reads_them(text in "-?[0-9]{0,12}(\\.[0-9]{0,12})?(e-?[0-9]{1,2})?") {
            let theirs: Option<f64> = text.parse().ok();
            prop_assert_eq!(float(text.as_bytes()).map(f64::to_bits), theirs.map(f64::to_bits));
        }
    }
}
