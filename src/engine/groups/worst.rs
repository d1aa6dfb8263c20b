//! The records that weigh most in a figure. Of groups by the million each has its own, so they are numbers in a
//! line of memory; the keys stand behind one another, once a record whatever the number of its figures.

use super::bytes;

/// Records that are named.
pub(super) const WORST_MAX: usize = 5;

/// Keys of records, one behind the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Of each its length and its bytes.
    packed: Vec<u8>,
    /// The greatest of all.
    greatest: Vec<u8>,
    /// Where the first key stands that is not settled, and the greatest of those before it. Records come by their keys
    /// more often than not, and a key beyond the settled ones need not be compared with them, which are far off in memory.
    settled: (u32, Vec<u8>),
    /// How long it was when it last held nothing but what is named.
    swept: usize,
    /// How many there are.
    count: u64,
    /// How often one was put out since: so many at most are no longer named.
    put_out: u64,
}

/// So many bytes are not worth a look.
const SWEEP_FROM: usize = 1 << 20;
const LEN_BYTES: usize = size_of::<u32>();

impl Names {
    /// Appends a key; gives where it stands.
    pub(super) fn push(&mut self, key: &[u8]) -> u32 {
        let at = u32::try_from(self.packed.len()).unwrap_or(u32::MAX);
        self.packed.extend_from_slice(&u32::try_from(key.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.packed.extend_from_slice(key);
        self.count += 1;
        if key > self.greatest.as_slice() {
            self.greatest.clear();
            self.greatest.extend_from_slice(key);
        }
        at
    }

    /// Settles the keys that are there.
    pub(super) fn settle(&mut self) {
        self.settled.0 = u32::try_from(self.packed.len()).unwrap_or(u32::MAX);
        self.settled.1.clone_from(&self.greatest);
    }

    /// Whether a key comes before the one that stands there.
    fn is_before(&self, key: &[u8], is_beyond: bool, at: u32) -> bool {
        !(is_beyond && at < self.settled.0) && key < self.get(at)
    }

    /// The key that stands there.
    pub(super) fn get(&self, at: u32) -> &[u8] {
        let rest = self.packed.get(at as usize..).and_then(|it| it.split_first_chunk::<LEN_BYTES>());
        let key = rest.and_then(|(len, rest)| rest.get(..u32::from_le_bytes(*len) as usize));
        key.unwrap_or_default()
    }

    /// Memory beside its own size. Where numbers of 32 bits will soon not do, more than anybody may hold.
    pub(super) fn bytes_held(&self) -> usize {
        if self.packed.len() > 3 << 30 { usize::MAX >> 1 } else { self.packed.capacity() }
    }

    /// Forgets the keys that none of these names, where those may be half of all.
    pub(super) fn sweep<'w>(&mut self, all: impl Iterator<Item = &'w mut Worst>) {
        if self.packed.len() < 2 * self.swept + SWEEP_FROM || self.put_out * 2 < self.count {
            return;
        }
        let old = std::mem::take(self);
        for worst in all {
            let len = usize::from(worst.len);
            worst.names[..len].iter_mut().for_each(|it| *it = self.push(old.get(*it)));
        }
        self.swept = self.packed.len();
    }
}

/// Up to five records with how bad they are, the worst first; of equally bad ones the least key.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(super) struct Worst {
    badness: [i64; WORST_MAX],
    names: [u32; WORST_MAX],
    len: u8,
}

impl Worst {
    /// Badness and key of each.
    pub(super) fn iter<'n>(&self, names: &'n Names) -> impl Iterator<Item = (i64, &'n str)> + use<'n> {
        let (badness, at, len) = (self.badness, self.names, usize::from(self.len));
        (0..len).map(move |it| (badness[it], std::str::from_utf8(names.get(at[it])).unwrap_or_default()))
    }

    /// How many there are.
    pub(super) const fn len(&self) -> u64 {
        self.len as u64
    }

    /// Whether a record so bad may be among them; at equal badness the key decides.
    pub(super) const fn admits(&self, badness: i64) -> bool {
        (self.len as usize) < WORST_MAX || badness >= self.badness[WORST_MAX - 1]
    }

    /// The place of a record among them, if it has one.
    pub(super) fn place(&self, badness: i64, key: &[u8], names: &Names) -> Option<usize> {
        let len = usize::from(self.len);
        let is_beyond = key >= names.settled.1.as_slice();
        let comes_before = |at: &usize| {
            let (other, known) = (self.badness[*at], self.names[*at]);
            badness > other || badness == other && names.is_before(key, is_beyond, known)
        };
        let at = (0..len).rev().take_while(comes_before).last().unwrap_or(len);
        (at < WORST_MAX).then_some(at)
    }

    /// Puts a record in its place, and the least bad out where there are too many.
    pub(super) fn put(&mut self, at: usize, badness: i64, name: u32, names: &mut Names) {
        names.put_out += u64::from(usize::from(self.len) == WORST_MAX);
        let len = usize::from(self.len).min(WORST_MAX - 1);
        self.badness.copy_within(at..len, at + 1);
        self.names.copy_within(at..len, at + 1);
        self.badness[at] = badness;
        self.names[at] = name;
        self.len = u8::try_from(len + 1).unwrap_or(u8::MAX);
    }

    /// Takes in others.
    pub(super) fn merge(&mut self, own: &mut Names, other: &Self, theirs: &Names) {
        for (badness, key) in other.iter(theirs) {
            if let Some(at) = self.place(badness, key.as_bytes(), own) {
                let name = own.push(key.as_bytes());
                self.put(at, badness, name, own);
            }
        }
    }

    pub(super) fn write(&self, names: &Names, out: &mut Vec<u8>) {
        bytes::put(out, self.len());
        for (badness, key) in self.iter(names) {
            bytes::put(out, badness.cast_unsigned());
            bytes::put_bytes(out, key.as_bytes());
        }
    }

    pub(super) fn read(bytes: &mut &[u8], names: &mut Names) -> Option<Self> {
        let mut worst = Self::default();
        for _ in 0..bytes::len(bytes)? {
            let badness = bytes::take(bytes)?.cast_signed();
            let key = std::str::from_utf8(bytes::take_bytes(bytes)?).ok()?;
            let at = worst.place(badness, key.as_bytes(), names)?;
            let name = names.push(key.as_bytes());
            worst.put(at, badness, name, names);
        }
        Some(worst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(worst: &Worst, names: &Names) -> Vec<(i64, String)> {
        worst.iter(names).map(|it| (it.0, it.1.to_owned())).collect()
    }

    fn of(all: &[(i64, String)], names: &mut Names) -> Worst {
        let mut worst = Worst::default();
        for (badness, key) in all {
            if worst.admits(*badness)
                && let Some(at) = worst.place(*badness, key.as_bytes(), names)
            {
                let name = names.push(key.as_bytes());
                worst.put(at, *badness, name, names);
            }
            if key.len() % 2 == 1 {
                names.settle();
            }
        }
        worst
    }

    proptest! {
        #[test]
        fn the_worst_of_all_are_kept_in_any_order(all in prop::collection::vec((-3_i64..3, "[ab电]{0,3}"), 0..30), cut in 0_usize..30) {
            let mut names = Names::default();
            let mut worst = of(&all, &mut names);
            let mut sorted = all.clone();
            sorted.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            sorted.truncate(WORST_MAX);
            prop_assert_eq!(&found(&worst, &names), &sorted);

            let (first, second) = all.split_at(cut.min(all.len()));
            let (mut own, mut theirs) = (Names::default(), Names::default());
            let (mut merged, other) = (of(first, &mut own), of(second, &mut theirs));
            merged.merge(&mut own, &other, &theirs);
            prop_assert_eq!(&found(&merged, &own), &sorted);

            let (mut bytes, mut again) = (Vec::new(), Names::default());
            worst.write(&names, &mut bytes);
            let mut rest = bytes.as_slice();
            let read = Worst::read(&mut rest, &mut again).unwrap();
            prop_assert!(rest.is_empty());
            prop_assert_eq!(&found(&read, &again), &sorted);

            names.packed.resize(SWEEP_FROM, 0);
            names.put_out = names.count;
            names.sweep(std::iter::once(&mut worst));
            prop_assert_eq!(&found(&worst, &names), &sorted);
            prop_assert!(names.packed.len() < 100);
        }
    }
}
