//! The keys of the records that weigh most in a figure, packed: of groups by the million each has its own.

use super::bytes;

/// Records that are named.
pub(super) const WORST_MAX: usize = 5;

/// Up to five keys with how bad they are, the worst first; of equally bad ones the least key.
#[derive(Clone, Debug, Default)]
pub(super) struct Worst {
    /// One behind the other: badness, length, key.
    packed: Vec<u8>,
    len: u8,
    /// The badness of the last.
    least: i64,
}

const HEAD_LEN: usize = 16;

impl Worst {
    /// Badness and key of each.
    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, &str)> {
        let mut rest = self.packed.as_slice();
        std::iter::from_fn(move || {
            let badness = bytes::take(&mut rest)?.cast_signed();
            Some((badness, std::str::from_utf8(bytes::take_bytes(&mut rest)?).unwrap_or_default()))
        })
    }

    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        u64::from(self.len)
    }

    /// A byte of what is kept; 0 where nothing is.
    pub(super) fn first_byte(&self) -> u8 {
        self.packed.first().copied().unwrap_or_default()
    }

    /// Whether a record so bad may be among them; at equal badness the key decides.
    pub(super) fn admits(&self, badness: i64) -> bool {
        usize::from(self.len) < WORST_MAX || badness >= self.least
    }

    /// Puts a record in its place, and the least bad out where there are too many.
    pub(super) fn add(&mut self, badness: i64, key: &str) {
        let (mut at, mut end) = (0, 0);
        // Where the last one begins, and how bad the one before it is.
        let (mut last, mut before) = (0, badness);
        let mut number = 0;
        while let Some((other, known)) = self.at(end) {
            number += 1;
            if number == usize::from(self.len) {
                last = end;
            } else {
                before = other;
            }
            end += HEAD_LEN + known.len();
            if other > badness || other == badness && known <= key.as_bytes() {
                at = end;
            }
        }
        if number == WORST_MAX {
            if at > last {
                return;
            }
            self.packed.truncate(last);
            self.least = if at == last { badness } else { before };
        } else {
            self.least = if number == 0 { badness } else { self.least.min(badness) };
            self.len += 1;
        }
        let len = HEAD_LEN + key.len();
        let tail = self.packed.len();
        self.packed.reserve_exact(len);
        self.packed.resize(tail + len, 0);
        self.packed.copy_within(at..tail, at + len);
        let entry = &mut self.packed[at..at + len];
        entry[..8].copy_from_slice(&badness.cast_unsigned().to_le_bytes());
        entry[8..HEAD_LEN].copy_from_slice(&(key.len() as u64).to_le_bytes());
        entry[HEAD_LEN..].copy_from_slice(key.as_bytes());
    }

    /// Badness and key of the one that begins at this byte.
    fn at(&self, start: usize) -> Option<(i64, &[u8])> {
        let mut rest = self.packed.get(start..)?;
        let badness = bytes::take(&mut rest)?.cast_signed();
        Some((badness, bytes::take_bytes(&mut rest)?))
    }

    fn last(&self) -> i64 {
        self.iter().last().map_or(0, |it| it.0)
    }

    /// Memory beside its own size.
    pub(super) fn bytes_held(&self) -> usize {
        self.packed.capacity()
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        bytes::put_bytes(out, &self.packed);
    }

    pub(super) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let packed = bytes::take_bytes(bytes)?.to_vec();
        let mut worst = Self { packed, ..Self::default() };
        worst.len = u8::try_from(worst.iter().count()).ok()?;
        worst.least = worst.last();
        Some(worst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_worst_of_all_are_kept_in_any_order(all in prop::collection::vec((-3_i64..3, "[ab电]{0,3}"), 0..30)) {
            let mut worst = Worst::default();
            for (badness, key) in &all {
                if worst.admits(*badness) {
                    worst.add(*badness, key);
                }
            }
            let mut sorted = all.clone();
            sorted.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            sorted.truncate(WORST_MAX);
            let found = |it: &Worst| it.iter().map(|it| (it.0, it.1.to_owned())).collect::<Vec<_>>();
            prop_assert_eq!(found(&worst), sorted);
            let mut bytes = Vec::new();
            worst.write(&mut bytes);
            let read = Worst::read(&mut bytes.as_slice()).unwrap();
            prop_assert_eq!(found(&read), found(&worst));
            prop_assert_eq!((read.len, read.least), (worst.len, worst.least));
        }
    }
}
