//! Sums of floats that are exact until they are read, so that the order of adding, and who added what,
//! do not show: R. M. Neal, "Fast exact summation using small and large superaccumulators" (2015).

/// The exponent of the least bit that a float can have.
const EXPONENT_MIN: i32 = -1074;
/// Additions after which digits might leave their 64 bits: each adds less than 2^32 to a digit.
const PENDING_MAX: u32 = 1 << 30;
const DIGIT_BITS: i32 = 32;
const DIGIT_MASK: i64 = 0xFFFF_FFFF;

/// A sum of floats: digits of 32 bits with room for carries, from the least that was needed on.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct ExactSum {
    /// The place of the first digit: digit `i` counts in units of 2^(32 (first + i) - 1074).
    first: usize,
    digits: Vec<i64>,
    /// Additions since carries were passed on.
    pending: u32,
}

impl ExactSum {
    /// Adds a finite number.
    pub(super) fn add(&mut self, number: f64) {
        let bits = number.to_bits();
        let exponent = (bits >> 52 & 0x7FF).max(1);
        let hidden = u64::from(bits >> 52 & 0x7FF != 0) << 52;
        let mantissa = bits & ((1 << 52) - 1) | hidden;
        if mantissa == 0 {
            return;
        }
        let shift = usize::try_from(exponent - 1).unwrap_or_default();
        let (place, offset) = (shift / 32, shift % 32);
        let wide = u128::from(mantissa) << offset;
        self.make_room(place, place + 3);
        let at = place - self.first;
        for (digit, part) in self.digits[at..at + 3].iter_mut().zip(0..3) {
            let part = low_digit(wide >> (32 * part));
            *digit += if bits >> 63 == 1 { -part } else { part };
        }
        self.pending += 1;
        if self.pending >= PENDING_MAX {
            self.pass_carries();
        }
    }

    /// Adds another sum.
    pub(super) fn merge(&mut self, other: &Self) {
        let mut other = other.clone();
        other.pass_carries();
        self.pass_carries();
        if other.digits.is_empty() {
            return;
        }
        self.make_room(other.first, other.first + other.digits.len());
        let at = other.first - self.first;
        self.digits[at..].iter_mut().zip(&other.digits).for_each(|(mine, theirs)| *mine += theirs);
        self.pass_carries();
    }

    /// Takes a number out that was added before.
    pub(super) fn remove(&mut self, number: f64) {
        self.add(-number);
    }

    fn make_room(&mut self, from: usize, to: usize) {
        if self.digits.is_empty() {
            self.first = from;
        }
        if from < self.first {
            let more = self.first - from;
            self.digits.splice(0..0, std::iter::repeat_n(0, more));
            self.first = from;
        }
        if to > self.first + self.digits.len() {
            self.digits.resize(to - self.first, 0);
        }
    }

    /// Brings the digits to their only form: all but the last from 0 up to 2^32, the last one the sign,
    /// 0 or -1, and none on either side that says nothing.
    fn pass_carries(&mut self) {
        self.pending = 0;
        let mut carry = 0;
        for digit in &mut self.digits {
            let sum = *digit + carry;
            *digit = sum & DIGIT_MASK;
            carry = sum >> DIGIT_BITS;
        }
        while carry != 0 && carry != -1 {
            self.digits.push(carry & DIGIT_MASK);
            carry >>= DIGIT_BITS;
        }
        let filler = carry & DIGIT_MASK;
        while self.digits.last() == Some(&filler) {
            self.digits.pop();
        }
        let zeros = self.digits.iter().take_while(|it| **it == 0).count();
        if zeros == self.digits.len() && carry == 0 {
            self.digits.clear();
            self.first = 0;
            return;
        }
        self.digits.drain(..zeros);
        self.first += zeros;
        self.digits.push(carry);
    }

    /// The sum, rounded once, to the nearest float, to an even one where two are equally near; infinite
    /// beyond the range of floats.
    pub(super) fn value(&self) -> f64 {
        let mut exact = self.clone();
        exact.pass_carries();
        let Some((sign, digits)) = exact.digits.split_last() else { return 0.0 };
        let mut magnitude = digits.to_vec();
        if *sign < 0 {
            // Minus (sign, digits): all bits turned over, and one added.
            let mut carry = 1;
            for digit in &mut magnitude {
                let sum = (!*digit & DIGIT_MASK) + carry;
                *digit = sum & DIGIT_MASK;
                carry = sum >> DIGIT_BITS;
            }
            // All digits 0: the magnitude is one digit longer.
            magnitude.push(carry);
        }
        while magnitude.last() == Some(&0) {
            magnitude.pop();
        }
        let size = rounded(&magnitude, exact.first);
        if *sign < 0 { -size } else { size }
    }

    /// The sum as two floats: the nearest one, and the nearest to what is left.
    pub(super) fn parts(&self) -> (f64, f64) {
        let high = self.value();
        if !high.is_finite() {
            return (high, 0.0);
        }
        let mut rest = self.clone();
        rest.remove(high);
        (high, rest.value())
    }

    /// Appends the sum as bytes; equal sums give equal bytes.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let mut exact = self.clone();
        exact.pass_carries();
        super::bytes::put(out, exact.first as u64);
        super::bytes::put(out, exact.digits.len() as u64);
        exact.digits.iter().for_each(|it| super::bytes::put(out, it.cast_unsigned()));
    }

    /// Reads what [`ExactSum::write`] gave.
    pub(super) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let first = super::bytes::len(bytes)?;
        let len = super::bytes::len(bytes)?;
        let digits: Option<Vec<i64>> =
            (0..len).map(|_| super::bytes::take(bytes).map(u64::cast_signed)).collect();
        Some(Self { first, digits: digits?, pending: 0 })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are wanted")]
const fn low_digit(wide: u128) -> i64 {
    (wide as u32) as i64
}

/// The float nearest to a magnitude whose last digit is not 0.
fn rounded(digits: &[i64], first: usize) -> f64 {
    let Some(top) = digits.last() else { return 0.0 };
    let head = &digits[digits.len().saturating_sub(4)..];
    let head_value = head.iter().rev().fold(0_u128, |all, it| all << 32 | u128::from(it.cast_unsigned()));
    let below = &digits[..digits.len() - head.len()];
    let sticky = below.iter().any(|it| *it != 0);
    let place = i32::try_from(first + below.len()).unwrap_or(i32::MAX / 64);
    let exponent = EXPONENT_MIN + DIGIT_BITS * place;
    debug_assert!(*top != 0);
    let bits = 128 - head_value.leading_zeros().cast_signed();
    // Least bits of denormal floats are whole digits' bits: nothing has to be rounded there.
    let drop = (bits - 53).max(0);
    let mut mantissa = head_value >> drop;
    if drop > 0 {
        let half = 1_u128 << (drop - 1);
        let rest = head_value & ((1 << drop) - 1);
        if rest > half || rest == half && (sticky || mantissa & 1 == 1) {
            mantissa += 1;
        }
    }
    scaled(mantissa, exponent + drop)
}

/// mantissa × 2^exponent, where that is a float; the mantissa is at most 2^53.
#[expect(clippy::cast_possible_truncation, reason = "at most 54 bits")]
fn scaled(mantissa: u128, exponent: i32) -> f64 {
    let (mut mantissa, mut exponent) = (mantissa as u64, exponent);
    if mantissa == 1 << 53 {
        (mantissa, exponent) = (1 << 52, exponent + 1);
    }
    let room = (mantissa.leading_zeros().cast_signed() - 11).min(exponent - EXPONENT_MIN);
    (mantissa, exponent) = (mantissa << room, exponent - room);
    if mantissa < 1 << 52 {
        return f64::from_bits(mantissa);
    }
    let biased = exponent - EXPONENT_MIN + 1;
    if biased > 2046 {
        return f64::INFINITY;
    }
    f64::from_bits(u64::from(biased.unsigned_abs()) << 52 | (mantissa - (1 << 52)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sum(numbers: &[f64]) -> ExactSum {
        let mut sum = ExactSum::default();
        numbers.iter().for_each(|it| sum.add(*it));
        sum
    }

    fn bytes(sum: &ExactSum) -> Vec<u8> {
        let mut out = Vec::new();
        sum.write(&mut out);
        out
    }

    #[test]
    fn what_cancels_leaves_the_rest() {
        // math.fsum of Python gives the same.
        let cases: [(&[f64], f64); 9] = [
            (&[1e16, 1.0, -1e16], 1.0),
            (&[0.1; 10], 1.0),
            (&[1e308, 1e308, -1e308], 1e308),
            (&[1e308, 1e308], f64::INFINITY),
            (&[-1e308, -1e308], f64::NEG_INFINITY),
            (&[5e-324, -5e-324], 0.0),
            (&[5e-324, 5e-324, 1.0, -1.0], 1e-323),
            (&[9_007_199_254_740_992.0, 1.0, 1e-300], 9_007_199_254_740_994.0),
            (&[-9_007_199_254_740_992.0, -1.0], -9_007_199_254_740_992.0),
        ];
        for (numbers, expected) in cases {
            assert_eq!(sum(numbers).value().to_bits(), expected.to_bits(), "{numbers:?}");
        }
        assert_eq!(sum(&[1e16, 1.0]).parts(), (1e16, 1.0));
        assert_eq!(sum(&[]).value().to_bits(), 0.0_f64.to_bits());
    }

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>().prop_filter("finite", |it| it.is_finite()),
            -1e6..1e6,
            (-1000_i32..1000).prop_map(|it| f64::from(it) * 0.01)
        ]
    }

    proptest! {
        #[test]
        fn order_and_parts_do_not_show(
            numbers in prop::collection::vec(number(), 0..40), cut in 0_usize..40, turn in 0_usize..40
        ) {
            let whole = sum(&numbers);
            let mut turned = numbers.clone();
            turned.rotate_left(turn.min(numbers.len()));
            prop_assert_eq!(bytes(&whole), bytes(&sum(&turned)));
            let (left, right) = numbers.split_at(cut.min(numbers.len()));
            let mut merged = sum(left);
            merged.merge(&sum(right));
            prop_assert_eq!(bytes(&whole), bytes(&merged));
            let read = ExactSum::read(&mut bytes(&whole).as_slice()).unwrap();
            prop_assert_eq!(read.value().to_bits(), whole.value().to_bits());
            let mut back = whole.clone();
            right.iter().for_each(|it| back.remove(*it));
            prop_assert_eq!(bytes(&back), bytes(&sum(left)));
        }

        #[test]
        fn whole_numbers_are_rounded_once(numbers in prop::collection::vec(any::<i64>(), 0..20)) {
            #[expect(clippy::cast_precision_loss, reason = "rounded before they are added")]
            let floats: Vec<f64> = numbers.iter().map(|it| *it as f64).collect();
            #[expect(clippy::cast_possible_truncation, reason = "whole numbers")]
            let exact: i128 = floats.iter().map(|it| *it as i128).sum();
            #[expect(clippy::cast_precision_loss, reason = "rounded once")]
            let expected = exact as f64;
            prop_assert_eq!(sum(&floats).value().to_bits(), expected.to_bits());
        }
    }
}
