//! Promised times as people write them: `4h`, `3bd`, `30d`.

use super::value::MICROS_PER_SECOND;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use std::{fmt, str::FromStr};

/// A promised time. `s m h` count open time, `bd` business days, `d` calendar days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Amount {
    /// Open time in microseconds.
    Open(i64),
    /// Business days: the same wall time on the n-th open day after.
    BusinessDays(Decimal),
    /// Calendar days at the same wall time.
    Days(Decimal),
}

/// The text is not an amount: a number followed by one of `s m h bd d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmountError;

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        let text = text.trim();
        let split = text.find(|c: char| c.is_ascii_alphabetic()).ok_or(AmountError)?;
        let number = Decimal::from_str(text[..split].trim()).map_err(|_| AmountError)?;
        if number.is_sign_negative() && !number.is_zero() {
            return Err(AmountError);
        }
        let seconds = match &text[split..] {
            "bd" => return Ok(Self::BusinessDays(number)),
            "d" => return Ok(Self::Days(number)),
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err(AmountError),
        };
        let micros = number.checked_mul(Decimal::from(seconds * MICROS_PER_SECOND)).ok_or(AmountError)?;
        micros.to_i64().map(Self::Open).ok_or(AmountError)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BusinessDays(days) => write!(f, "{}bd", days.normalize()),
            Self::Days(days) => write!(f, "{}d", days.normalize()),
            Self::Open(micros) => {
                let unit = |size: i64| micros % (size * MICROS_PER_SECOND) == 0;
                let (size, name) = match () {
                    () if *micros == 0 => (1, "s"),
                    () if unit(3600) => (3600, "h"),
                    () if unit(60) => (60, "m"),
                    () => (1, "s"),
                };
                let value = Decimal::from(*micros) / Decimal::from(size * MICROS_PER_SECOND);
                write!(f, "{}{name}", value.normalize())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        for text in ["30s", "90m", "4h", "3bd", "30d", "0s", "1.5bd", "100ms"] {
            match text.parse::<Amount>() {
                Ok(amount) => assert_eq!(amount.to_string().parse(), Ok(amount), "{text}"),
                Err(AmountError) => assert_eq!(text, "100ms"),
            }
        }
        assert_eq!("1.5h".parse(), Ok(Amount::Open(5400 * MICROS_PER_SECOND)));
        assert!(
            "-1h".parse::<Amount>().is_err()
                && "h".parse::<Amount>().is_err()
                && "".parse::<Amount>().is_err()
        );
    }
}
