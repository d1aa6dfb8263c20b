//! Values as bytes: equal values give equal bytes, and bytes stand in the order of the values, so that
//! groups come out in their order wherever they were sorted.

use crate::{
    expr::{Numbers, Vals},
    record::{Amount, Decimal, Type, Value},
};

/// What stands before a value: its type, so that bytes say by themselves what they hold.
const BOOL: u8 = 1;
const INT: u8 = 2;
const DATE: u8 = 3;
const TIME: u8 = 4;
const DURATION: u8 = 5;
const FLOAT: u8 = 6;
const DECIMAL: u8 = 7;
const TEXT: u8 = 8;
const AMOUNT: u8 = 9;
const LIST: u8 = 10;
const LIST_END: u8 = 0;

/// A byte 0 inside a text; the one that ends it is followed by no such mark.
const ESCAPED_ZERO: [u8; 2] = [0, 0xFF];

/// A float's bits in the order of floats; -0 is 0.
pub(super) fn ordered_bits(number: f64) -> i64 {
    let bits = (if number == 0.0 { 0.0 } else { number }).to_bits().cast_signed();
    if bits < 0 { !bits ^ i64::MIN } else { bits }
}

/// The float of [`ordered_bits`].
pub(super) fn from_ordered_bits(bits: i64) -> f64 {
    let bits = if bits < 0 { !(bits ^ i64::MIN) } else { bits };
    f64::from_bits(bits.cast_unsigned())
}

fn put_int(out: &mut Vec<u8>, tag: u8, number: i64) {
    out.push(tag);
    out.extend_from_slice(&(number ^ i64::MIN).to_be_bytes());
}

fn put_text(out: &mut Vec<u8>, tag: u8, text: &str) {
    out.push(tag);
    if text.as_bytes().contains(&0) {
        for byte in text.bytes() {
            if byte == 0 {
                out.extend_from_slice(&ESCAPED_ZERO);
            } else {
                out.push(byte);
            }
        }
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(0);
}

fn put_decimal(out: &mut Vec<u8>, number: Decimal) {
    let plain = number.normalize();
    // Order first; the exact digits behind it.
    put_int(out, DECIMAL, ordered_bits(as_float(plain)));
    out.extend_from_slice(&plain.serialize());
}

/// The nearest float, or one beside it: for orders and spreads, never for results.
pub(super) fn as_float(number: Decimal) -> f64 {
    f64::try_from(number).unwrap_or_default()
}

fn tag_of(ty: Type) -> u8 {
    match ty {
        Type::Date => DATE,
        Type::Time => TIME,
        Type::Duration => DURATION,
        Type::Int | Type::Bool | Type::Float | Type::Decimal | Type::Text | Type::Amount | Type::List(_) => {
            INT
        }
    }
}

/// Appends the value of a row.
pub(super) fn put_row(out: &mut Vec<u8>, vals: &Vals<'_>, ty: Type, row: usize) {
    match vals {
        Vals::Bool(mask) => out.extend_from_slice(&[BOOL, u8::from(mask.get(row))]),
        Vals::Int(numbers) => put_int(out, tag_of(ty), numbers.get(row)),
        Vals::Float(numbers) => put_int(out, FLOAT, ordered_bits(numbers.get(row))),
        Vals::Decimal(Numbers::Slice(numbers)) => put_decimal(out, numbers[row]),
        Vals::Decimal(numbers) => put_decimal(out, numbers.get(row)),
        Vals::Text(texts) => put_text(out, TEXT, texts.get(row)),
        Vals::List(..) => put_value(out, &crate::expr::value_at(vals, ty, row)),
    }
}

/// Appends a value that is there.
pub(in crate::engine) fn put_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Missing | Value::Unreadable => {}
        Value::Bool(it) => out.extend_from_slice(&[BOOL, u8::from(*it)]),
        Value::Int(it) => put_int(out, INT, *it),
        Value::Date(it) => put_int(out, DATE, *it),
        Value::Time(it) => put_int(out, TIME, *it),
        Value::Duration(it) => put_int(out, DURATION, *it),
        Value::Float(it) => put_int(out, FLOAT, ordered_bits(*it)),
        Value::Decimal(it) => put_decimal(out, *it),
        Value::Text(it) => put_text(out, TEXT, it),
        Value::Amount(it) => put_text(out, AMOUNT, &it.to_string()),
        Value::List(all) => {
            out.push(LIST);
            all.iter().for_each(|it| put_value(out, it));
            out.push(LIST_END);
        }
    }
}

fn take_int(bytes: &mut &[u8]) -> Option<i64> {
    let (first, rest) = bytes.split_first_chunk::<8>()?;
    *bytes = rest;
    Some(i64::from_be_bytes(*first) ^ i64::MIN)
}

fn take_text(bytes: &mut &[u8]) -> Option<String> {
    let mut text = Vec::new();
    loop {
        let end = bytes.iter().position(|it| *it == 0)?;
        text.extend_from_slice(&bytes[..end]);
        let is_inside = bytes.get(end + 1) == Some(&ESCAPED_ZERO[1]);
        *bytes = &bytes[end + 1 + usize::from(is_inside)..];
        if !is_inside {
            return String::from_utf8(text).ok();
        }
        text.push(0);
    }
}

/// Takes a value off the front.
pub(super) fn take_value(bytes: &mut &[u8]) -> Option<Value> {
    let (tag, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(match *tag {
        BOOL => {
            let (truth, rest) = bytes.split_first()?;
            *bytes = rest;
            Value::Bool(*truth == 1)
        }
        INT => Value::Int(take_int(bytes)?),
        DATE => Value::Date(take_int(bytes)?),
        TIME => Value::Time(take_int(bytes)?),
        DURATION => Value::Duration(take_int(bytes)?),
        FLOAT => Value::Float(from_ordered_bits(take_int(bytes)?)),
        DECIMAL => {
            take_int(bytes)?;
            let (digits, rest) = bytes.split_first_chunk::<16>()?;
            *bytes = rest;
            Value::Decimal(Decimal::deserialize(*digits))
        }
        TEXT => Value::Text(take_text(bytes)?.into()),
        AMOUNT => Value::Amount(take_text(bytes)?.parse::<Amount>().ok()?),
        LIST => {
            let mut all = Vec::new();
            while *bytes.first()? != LIST_END {
                all.push(take_value(bytes)?);
            }
            *bytes = &bytes[1..];
            Value::List(all)
        }
        _ => return None,
    })
}

/// The first values of a key, and how many bytes they take.
pub(super) fn values_of_key(key: &[u8], count: usize) -> Option<(Vec<Value>, usize)> {
    let mut rest = key;
    let values: Option<Vec<Value>> = (0..count).map(|_| take_value(&mut rest)).collect();
    Some((values?, key.len() - rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(value: &Value) -> Vec<u8> {
        let mut out = Vec::new();
        put_value(&mut out, value);
        out
    }

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<i64>().prop_map(Value::Time),
            (-9e9..9e9_f64).prop_map(Value::Float),
            (any::<i64>(), 0_u32..9)
                .prop_map(|(it, scale)| Value::Decimal(Decimal::new(it, scale).normalize())),
            "[a\0é电]{0,6}".prop_map(|it| Value::Text(it.into())),
            prop::collection::vec(any::<i64>().prop_map(Value::Int), 0..3).prop_map(Value::List),
        ]
    }

    proptest! {
        #[test]
        fn values_come_back(all in prop::collection::vec(value(), 0..4)) {
            let mut key = Vec::new();
            all.iter().for_each(|it| put_value(&mut key, it));
            let (found, len) = values_of_key(&key, all.len()).unwrap();
            prop_assert_eq!(len, key.len());
            prop_assert_eq!(found, all);
        }

        #[test]
        fn bytes_stand_in_the_order_of_values(a in any::<(i64, f64)>(), b in any::<(i64, f64)>(), texts in ("[a\0é]{0,4}", "[a\0é]{0,4}")) {
            let pairs = [
                (Value::Int(a.0), Value::Int(b.0), a.0.cmp(&b.0)),
                (Value::Text(texts.0.as_str().into()), Value::Text(texts.1.as_str().into()), texts.0.cmp(&texts.1)),
            ];
            for (left, right, order) in pairs {
                prop_assert_eq!(bytes(&left).cmp(&bytes(&right)), order);
            }
            if a.1.is_finite() && b.1.is_finite() {
                prop_assert_eq!(ordered_bits(a.1).cmp(&ordered_bits(b.1)), a.1.partial_cmp(&b.1).unwrap());
            }
        }
    }
}
