//! TOML values as values of the rule language.

use super::read::Entry;
use crate::{
    calendar::{Zone, parse_iso_date},
    record::{Amount, Decimal, MICROS_PER_SECOND, Type, Value},
    wording::{self, Wording},
};
use std::str::FromStr;
use toml::de::DeValue;

/// A TOML date, or a text that is one, in days since 1970-01-01.
pub(super) fn date(value: &DeValue<'_>) -> Option<i64> {
    match value {
        DeValue::String(text) => parse_iso_date(text),
        DeValue::Datetime(it) if it.time.is_none() => parse_iso_date(&it.to_string()),
        DeValue::Datetime(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    }
}

/// A length as people write it: `2h30m`, `1d 4h`, `90s`, `-15m`; also one number with a unit and a
/// fraction, as amounts have. `d` is 24 hours.
pub(super) fn duration(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, mut rest) = text.strip_prefix('-').map_or((1, text), |it| (-1, it.trim_start()));
    let mut total = Decimal::ZERO;
    let mut last = u64::MAX;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let after = rest[number..].trim_start();
        let unit = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let seconds: u64 = match &after[..unit] {
            "d" => 86_400,
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            _ => return None,
        };
        if seconds >= last {
            return None;
        }
        last = seconds;
        let count = Decimal::from_str(&rest[..number]).ok()?;
        total = total.checked_add(count.checked_mul(Decimal::from(seconds))?)?;
        rest = after[unit..].trim_start();
    }
    if last == u64::MAX {
        return None;
    }
    let micros = total.checked_mul(Decimal::from(MICROS_PER_SECOND))?;
    i64::try_from(micros.trunc()).ok()?.checked_mul(sign)
}

/// A value as TOML writes it; tables, times of day and unlike lists are reported.
pub(super) fn value(entry: &Entry<'_>, zone: &Zone) -> Option<Value> {
    let found = match entry.value.get_ref() {
        DeValue::String(text) => Some(Value::Text(text.as_ref().into())),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok().map(Value::Int),
        DeValue::Float(number) => {
            number.as_str().parse().ok().filter(|it: &f64| it.is_finite()).map(Value::Float)
        }
        DeValue::Boolean(truth) => Some(Value::Bool(*truth)),
        DeValue::Datetime(it) => match (it.date, it.time) {
            (Some(_), None) => parse_iso_date(&it.to_string()).map(Value::Date),
            (Some(_), Some(_)) => zone.instant(&it.to_string()).map(Value::Time),
            (None, _) => None,
        },
        DeValue::Array(_) => {
            let items = entry.list()?;
            let values: Vec<Value> = items.iter().map(|it| value(it, zone)).collect::<Option<_>>()?;
            like_values(values).map(Value::List)
        }
        DeValue::Table(_) => None,
    };
    if found.is_none() {
        entry.wrong_type(wording::WANTS_VALUE);
    }
    found
}

/// Makes whole numbers beside fractions fractions too; `None` where types differ otherwise.
fn like_values(values: Vec<Value>) -> Option<Vec<Value>> {
    let Some(first) = values.first() else { return Some(values) };
    if values.iter().all(|it| std::mem::discriminant(it) == std::mem::discriminant(first)) {
        return (!matches!(first, Value::List(_))).then_some(values);
    }
    values.into_iter().map(|it| as_float(it).ok()).collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a whole number above 2^53 in a file that people write is rounded, as TOML rounds floats"
)]
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only numbers are looked at, whatever other values there are"
)]
fn as_float(value: Value) -> Result<Value, Value> {
    match value {
        Value::Int(number) => Ok(Value::Float(number as f64)),
        Value::Float(number) => Ok(Value::Float(number)),
        other => Err(other),
    }
}

/// `new` as a value of the type of `old`: whole numbers stand for fractions.
pub(super) fn fit(new: Value, old: &Value) -> Option<Value> {
    match (old, new) {
        (Value::Float(_), new @ (Value::Int(_) | Value::Float(_))) => as_float(new).ok(),
        (Value::List(old), Value::List(new)) => {
            let Some(pattern) = old.first() else { return Some(Value::List(new)) };
            new.into_iter().map(|it| fit(it, pattern)).collect::<Option<_>>().map(Value::List)
        }
        (old, new) => (std::mem::discriminant(old) == std::mem::discriminant(&new)).then_some(new),
    }
}

/// The answer of a decision table as its type.
pub(super) fn output(entry: &Entry<'_>, ty: Type, zone: &Zone) -> Option<Value> {
    let raw = entry.value.get_ref();
    let text = raw.as_str();
    let found = match ty {
        Type::Bool => raw.as_bool().map(Value::Bool),
        Type::Int => {
            raw.as_integer().and_then(|it| i64::from_str_radix(it.as_str(), it.radix()).ok()).map(Value::Int)
        }
        Type::Float => number_text(raw)
            .and_then(|it| it.parse().ok())
            .filter(|it: &f64| it.is_finite())
            .map(Value::Float),
        Type::Decimal => {
            number_text(raw).or(text).and_then(|it| Decimal::from_str(it).ok()).map(Value::Decimal)
        }
        Type::Text => text.map(|it| Value::Text(it.into())),
        Type::Date => date(raw).map(Value::Date),
        Type::Time => match raw.as_datetime() {
            Some(it) if it.date.is_some() => zone.instant(&it.to_string()).map(Value::Time),
            Some(_) => None,
            None => text.and_then(|it| zone.instant(it)).map(Value::Time),
        },
        Type::Duration => text.and_then(duration).map(Value::Duration),
        Type::Amount => text.and_then(|it| Amount::from_str(it).ok()).map(Value::Amount),
        Type::List(_) => None,
    };
    if found.is_none() {
        let said = crate::diagnostic::Diagnostic::error(wording::BAD_OUTPUT).with("type", ty.name());
        entry.file.report(said.at(entry.place()));
    }
    found
}

/// A decimal number as written.
pub(super) fn number_text<'v>(value: &'v DeValue<'_>) -> Option<&'v str> {
    value
        .as_float()
        .map(|it| it.as_str())
        .or_else(|| value.as_integer().filter(|it| it.radix() == 10).map(|it| it.as_str()))
}

/// A number for which something holds; `wanted` says what, where it does not.
pub(super) fn number_where<T: FromStr>(
    entry: &Entry<'_>,
    wanted: Wording,
    holds: impl Fn(&T) -> bool,
) -> Option<T> {
    let found = number_text(entry.value.get_ref()).and_then(|it| it.parse().ok()).filter(holds);
    if found.is_none() {
        entry.wrong_type(wanted);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        let minute = 60 * MICROS_PER_SECOND;
        for (text, minutes) in
            [("2h30m", 150), ("1d 4h", 1680), ("90 m", 90), ("-15m", -15), ("1.5h", 90), ("0s", 0)]
        {
            assert_eq!(duration(text), Some(minutes * minute), "{text}");
        }
        for bad in ["", "2", "h", "2x", "30m2h", "1bd", "--1h", "1..5h", "2h 30"] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn lists_hold_one_type() {
        let mixed = like_values(vec![Value::Int(1), Value::Float(0.5)]);
        assert_eq!(mixed, Some(vec![Value::Float(1.0), Value::Float(0.5)]));
        assert_eq!(like_values(vec![Value::Int(1), Value::Text("x".into())]), None);
        assert_eq!(fit(Value::Int(2), &Value::Float(1.0)), Some(Value::Float(2.0)));
        assert_eq!(fit(Value::Float(2.0), &Value::Int(1)), None);
    }
}
