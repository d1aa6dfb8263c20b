//! How long clocks ran: quantiles of open time, mergeable and in bounded memory.

use crate::record::MICROS_PER_SECOND;

/// So many values are kept as they are.
const EXACT_MAX: usize = 1 << 16;
/// Beyond that, seconds below this are counted one by one, longer times by their leading 12 bits:
/// within 0.05 %.
const LINEAR: u64 = 1 << 12;

/// Open times of clocks that have stopped, in microseconds. What it says depends only on the values
/// taken in, not on their order or on how they were split: up to 65,536 of them quantiles are exact,
/// beyond that they are read off a histogram within 0.05 % or a second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenTimes {
    count: u64,
    exact: Vec<i64>,
    buckets: Vec<u64>,
}

impl OpenTimes {
    /// Takes values in.
    pub fn extend(&mut self, values: &[i64]) {
        self.count += values.len() as u64;
        if self.buckets.is_empty() {
            self.exact.extend_from_slice(values);
            if self.exact.len() > EXACT_MAX {
                let exact = std::mem::take(&mut self.exact);
                exact.into_iter().for_each(|it| self.bucket(it));
            }
        } else {
            values.iter().for_each(|it| self.bucket(*it));
        }
    }

    /// Takes in what another has taken in.
    pub fn merge(&mut self, other: &Self) {
        self.extend(&other.exact);
        if other.buckets.is_empty() {
            return;
        }
        // There are too many for exact values, also here.
        self.count += other.count;
        std::mem::take(&mut self.exact).into_iter().for_each(|it| self.bucket(it));
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        self.buckets.iter_mut().zip(&other.buckets).for_each(|(sum, more)| *sum += more);
    }

    /// Number of values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    #[inline]
    fn bucket(&mut self, micros: i64) {
        let seconds = u64::try_from(micros).unwrap_or(0) / MICROS_PER_SECOND.unsigned_abs();
        let at = usize::try_from(bucket_of(seconds)).unwrap_or(0);
        match self.buckets.get_mut(at) {
            Some(count) => *count += 1,
            None => {
                self.buckets.resize(at + 1, 0);
                self.buckets[at] = 1;
            }
        }
    }

    /// Quantiles by linear interpolation (R type 7: Hyndman and Fan, "Sample Quantiles in Statistical
    /// Packages", 1996), in seconds, for shares in rising order; `None` without values.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts and spans of time far below 2^53")]
    pub fn quantiles(&self, shares: [f64; 2]) -> Option<[f64; 2]> {
        if self.count == 0 {
            return None;
        }
        let mut sorted = self.exact.clone();
        sorted.sort_unstable();
        let value = |rank: u64| {
            if self.buckets.is_empty() {
                let at = usize::try_from(rank).unwrap_or(0).min(sorted.len() - 1);
                return sorted[at] as f64 / MICROS_PER_SECOND as f64;
            }
            let mut before = 0;
            let found = self.buckets.iter().position(|it| {
                before += it;
                before > rank
            });
            middle_of(found.unwrap_or(self.buckets.len()) as u64)
        };
        Some(shares.map(|share| {
            let rank = share * (self.count - 1) as f64;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a rank lies between 0 and the count"
            )]
            let low = rank.floor() as u64;
            let (first, second) = (value(low), value((low + 1).min(self.count - 1)));
            first + (second - first) * (rank - rank.floor())
        }))
    }
}

#[inline]
fn bucket_of(seconds: u64) -> u64 {
    // Without a branch: below `LINEAR` the shift is 0.
    let shift = u64::from(52 - (seconds | (LINEAR / 2)).leading_zeros());
    shift * (LINEAR / 2) + (seconds >> shift)
}

/// The middle of a bucket, in seconds.
#[expect(clippy::cast_precision_loss, reason = "spans of time far below 2^53")]
fn middle_of(bucket: u64) -> f64 {
    if bucket < LINEAR {
        return bucket as f64;
    }
    let shift = bucket / (LINEAR / 2) - 1;
    let low = (bucket - shift * (LINEAR / 2)) << shift;
    (low as f64) + ((1_u64 << shift) - 1) as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_r() {
        let mut times = OpenTimes::default();
        assert_eq!(times.quantiles([0.5, 0.9]), None);
        times.extend(&[1, 2, 3, 4, 10].map(|it| it * MICROS_PER_SECOND));
        let [median, p90] = times.quantiles([0.5, 0.9]).unwrap();
        assert!((median - 3.0).abs() < 1e-9 && (p90 - 7.6).abs() < 1e-9, "{median} {p90}");
    }

    #[test]
    fn many_values_are_near_enough_however_they_are_split() {
        let values: Vec<i64> =
            (0..200_000_i64).map(|it| (it * 7919 % 3_000_000) * MICROS_PER_SECOND).collect();
        let (mut whole, mut parts) = (OpenTimes::default(), OpenTimes::default());
        whole.extend(&values);
        values.chunks(997).for_each(|it| parts.extend(it));
        assert_eq!(whole.quantiles([0.5, 0.9]), parts.quantiles([0.5, 0.9]));
        for at in [0, 10, EXACT_MAX, EXACT_MAX + 1, 100_000, 199_990] {
            let halves = values.split_at(at);
            let (mut first, mut second) = (OpenTimes::default(), OpenTimes::default());
            first.extend(halves.0);
            second.extend(halves.1);
            first.merge(&second);
            assert_eq!(whole, first, "{at}");
        }
        let mut sorted = values;
        sorted.sort_unstable();
        let [median, p90] = whole.quantiles([0.5, 0.9]).unwrap();
        for (found, rank) in [(median, 100_000), (p90, 180_000)] {
            let exact = sorted[rank] as f64 / 1e6;
            assert!((found - exact).abs() / exact < 5e-4, "{found} {exact}");
        }
        for seconds in [0, 5, 4095, 4096, 4097, 8191, 8192, 1_000_000, 123_456_789] {
            let found = middle_of(bucket_of(seconds));
            assert!((found - seconds as f64).abs() <= seconds as f64 * 5e-4, "{seconds} {found}");
        }
    }
}
