//! Numbers and values as bytes, for events that wait to be looked at: as small as they are, in memory and in temporary
//! files of this run. Nothing is kept in this form.

use crate::record::{Amount, Decimal, Value};

/// Appends a number: seven bits a byte, the lowest first (LEB128).
pub(super) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(low(number) | 0x80);
        number >>= 7;
    }
    out.push(low(number));
}

const fn low(number: u64) -> u8 {
    (number & 0x7F) as u8
}

/// Takes a number off the front; 0 where there is none.
pub(super) fn number(bytes: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0_u64, 0);
    while let Some((first, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u64::from(first & 0x7F).checked_shl(shift).unwrap_or(0);
        shift += 7;
        if first & 0x80 == 0 {
            break;
        }
    }
    number
}

/// Appends a value.
pub(super) fn put_value(out: &mut Vec<u8>, value: &Value) {
    let fixed = |out: &mut Vec<u8>, tag: u8, bytes: &[u8]| {
        out.push(tag);
        out.extend_from_slice(bytes);
    };
    match value {
        Value::Missing => out.push(0),
        Value::Unreadable => out.push(1),
        Value::Bool(it) => out.push(2 + u8::from(*it)),
        Value::Int(it) => fixed(out, 4, &it.to_le_bytes()),
        Value::Float(it) => fixed(out, 5, &it.to_le_bytes()),
        Value::Decimal(it) => fixed(out, 6, &it.serialize()),
        Value::Text(it) => {
            out.push(7);
            put_number(out, it.len() as u64);
            out.extend_from_slice(it.as_bytes());
        }
        Value::Date(it) => fixed(out, 8, &it.to_le_bytes()),
        Value::Time(it) => fixed(out, 9, &it.to_le_bytes()),
        Value::Duration(it) => fixed(out, 10, &it.to_le_bytes()),
        Value::Amount(Amount::Open(it)) => fixed(out, 11, &it.to_le_bytes()),
        Value::Amount(Amount::BusinessDays(it)) => fixed(out, 12, &it.serialize()),
        Value::Amount(Amount::Days(it)) => fixed(out, 13, &it.serialize()),
        Value::List(all) => {
            out.push(14);
            put_number(out, all.len() as u64);
            all.iter().for_each(|it| put_value(out, it));
        }
    }
}

/// Takes a value off the front; missing where there is none.
pub(super) fn value(bytes: &mut &[u8]) -> Value {
    let Some((tag, rest)) = bytes.split_first() else { return Value::Missing };
    *bytes = rest;
    match tag {
        1 => Value::Unreadable,
        2 | 3 => Value::Bool(*tag == 3),
        4 => Value::Int(i64::from_le_bytes(fixed(bytes))),
        5 => Value::Float(f64::from_le_bytes(fixed(bytes))),
        6 => Value::Decimal(Decimal::deserialize(fixed(bytes))),
        7 => {
            let len = usize::try_from(number(bytes)).unwrap_or(usize::MAX).min(bytes.len());
            let (text, rest) = bytes.split_at(len);
            *bytes = rest;
            Value::Text(String::from_utf8_lossy(text).into())
        }
        8 => Value::Date(i64::from_le_bytes(fixed(bytes))),
        9 => Value::Time(i64::from_le_bytes(fixed(bytes))),
        10 => Value::Duration(i64::from_le_bytes(fixed(bytes))),
        11 => Value::Amount(Amount::Open(i64::from_le_bytes(fixed(bytes)))),
        12 => Value::Amount(Amount::BusinessDays(Decimal::deserialize(fixed(bytes)))),
        13 => Value::Amount(Amount::Days(Decimal::deserialize(fixed(bytes)))),
        14 => {
            let len = number(bytes);
            Value::List((0..len).map_while(|_| (!bytes.is_empty()).then(|| value(bytes))).collect())
        }
        _ => Value::Missing,
    }
}

/// So many bytes off the front; zeros where they are not there.
fn fixed<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    let Some((found, rest)) = bytes.split_first_chunk::<N>() else {
        *bytes = &[];
        return [0; N];
    };
    *bytes = rest;
    *found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Value> {
        let decimal =
            || any::<(i64, u8)>().prop_map(|(number, scale)| Decimal::new(number, u32::from(scale % 20)));
        let plain = prop_oneof![
            Just(Value::Missing),
            Just(Value::Unreadable),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            (-1e300..1e300).prop_map(Value::Float),
            decimal().prop_map(Value::Decimal),
            ".{0,20}".prop_map(|it| Value::Text(it.into())),
            any::<i64>().prop_map(Value::Date),
            any::<i64>().prop_map(Value::Time),
            any::<i64>().prop_map(Value::Duration),
            any::<i64>().prop_map(|it| Value::Amount(Amount::Open(it))),
            decimal().prop_map(|it| Value::Amount(Amount::BusinessDays(it))),
            decimal().prop_map(|it| Value::Amount(Amount::Days(it))),
        ];
        plain.clone().prop_recursive(1, 8, 4, move |it| prop::collection::vec(it, 0..4).prop_map(Value::List))
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(all in prop::collection::vec(values(), 0..6), numbers in prop::collection::vec(any::<u64>(), 0..6)) {
            let mut bytes = Vec::new();
            numbers.iter().for_each(|it| put_number(&mut bytes, *it));
            all.iter().for_each(|it| put_value(&mut bytes, it));
            let mut rest = bytes.as_slice();
            for it in &numbers {
                prop_assert_eq!(number(&mut rest), *it);
            }
            for it in &all {
                prop_assert_eq!(&value(&mut rest), it);
            }
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn any_bytes_can_be_read(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let _ = value(&mut rest);
            }
        }
    }
}
