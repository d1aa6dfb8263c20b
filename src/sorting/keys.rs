//! Distinct keys by number.

use xxhash_rust::xxh3::xxh3_64;

/// Distinct keys by number.
#[derive(Debug, Default)]
pub struct Keys {
    bytes: Vec<u8>,
    all: Vec<Entry>,
    /// Open addressing: the number of a key and one, or 0. The length is a power of two.
    slots: Vec<u32>,
    last: u32,
}

/// A key: its hash, and where its bytes end, which begin where those before it end.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u64,
    end: usize,
}

impl Keys {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// True without any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All, by number.
    pub fn all(&self) -> impl Iterator<Item = &[u8]> {
        (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).map(|it| self.get(it))
    }

    /// Whether a key is known.
    #[must_use]
    pub fn contains(&self, key: &[u8]) -> bool {
        self.known(key).is_some()
    }

    /// The number of a key that is known.
    #[must_use]
    pub fn known(&self, key: &[u8]) -> Option<u32> {
        if self.slots.is_empty() { None } else { self.find(key, xxh3_64(key)).ok() }
    }

    /// The number of a key, or the slot that waits for it.
    fn find(&self, key: &[u8], hash: u64) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = low_bits(hash) & mask;
        loop {
            let Some(known) = self.slots[at].checked_sub(1) else { return Err(at) };
            if self.all[known as usize].hash == hash && self.get(known) == key {
                return Ok(known);
            }
            at = (at + 1) & mask;
        }
    }

    /// A key by its number.
    #[must_use]
    pub fn get(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.all[number - 1].end };
        &self.bytes[start..self.all[number].end]
    }

    /// The hash by which a key is found.
    #[must_use]
    pub fn hash(key: &[u8]) -> u64 {
        xxh3_64(key)
    }

    /// Reads what is known of keys with these hashes, so that it is at hand when they are looked for: what is far off in
    /// memory comes while the next is asked for.
    pub fn touch(&self, hashes: impl Iterator<Item = u64> + Clone) {
        let Some(mask) = self.slots.len().checked_sub(1) else { return };
        let slot = |hash: u64| self.slots[low_bits(hash) & mask];
        std::hint::black_box(hashes.clone().fold(0, |all, it| all ^ slot(it)));
        let known = hashes.filter_map(|it| Some(slot(it).checked_sub(1)? as usize));
        std::hint::black_box(known.clone().fold(0, |all, it| all ^ self.all[it].hash));
        let first =
            |number: usize| self.bytes.get(self.all[number].end.wrapping_sub(1)).copied().unwrap_or_default();
        std::hint::black_box(known.fold(0, |all, it| all ^ first(it)));
    }

    /// The number of a key, a new one if need be.
    pub fn number(&mut self, key: &[u8]) -> u32 {
        // Logs hold the events of a case side by side more often than not.
        if !self.all.is_empty() && self.get(self.last) == key {
            return self.last;
        }
        self.number_by(key, xxh3_64(key))
    }

    /// The number of a key of this hash, a new one if need be.
    pub fn number_by(&mut self, key: &[u8], hash: u64) -> u32 {
        if self.all.len() * 2 >= self.slots.len() {
            self.grow();
        }
        self.last = match self.find(key, hash) {
            Ok(known) => known,
            Err(slot) => {
                self.bytes.extend_from_slice(key);
                self.all.push(Entry { hash, end: self.bytes.len() });
                let count = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
                self.slots[slot] = count;
                count - 1
            }
        };
        self.last
    }

    /// Forgets all, and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.all.clear();
        self.slots.fill(0);
        self.last = 0;
    }

    fn grow(&mut self) {
        let len = (self.slots.len() * 2).max(64);
        self.slots = vec![0; len];
        for (number, entry) in (1..).zip(&self.all) {
            let mut at = low_bits(entry.hash) & (len - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (len - 1);
            }
            self.slots[at] = number;
        }
    }

    /// Memory beside its own size.
    #[must_use]
    pub fn bytes_held(&self) -> usize {
        self.bytes.capacity() + self.all.capacity() * size_of::<Entry>() + self.slots.len() * 4
    }

    /// Numbers of keys in the order of the keys. Their first bytes decide nearly always.
    #[must_use]
    pub fn sorted(&self) -> Vec<u32> {
        let head = |number: u32| {
            let key = self.get(number);
            let mut first = [0_u8; 16];
            let len = key.len().min(16);
            first[..len].copy_from_slice(&key[..len]);
            (u128::from_be_bytes(first), number)
        };
        let count = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let mut heads: Vec<(u128, u32)> = (0..count).map(head).collect();
        heads.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.get(a.1).cmp(self.get(b.1))));
        heads.into_iter().map(|it| it.1).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low bits are wanted")]
pub(super) const fn low_bits(hash: u64) -> usize {
    hash as usize
}
