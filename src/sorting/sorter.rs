//! Items by key, then moment, then order of arrival, within a bound of memory. Beyond the bound sorted runs go to one temporary file and are merged when they are read.
//!
//! The order of what comes out depends on the items alone: not on who pushed them, in which order, nor on
//! how often the memory was full.

use std::{
    cmp::Ordering,
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
};
use xxhash_rust::xxh3::xxh3_64;

/// Bytes that are read of a spilled run at once, at least and at most.
const READ_AHEAD: Range<usize> = 1 << 12..1 << 18;

/// A run is not spilled below this size, however small the bound: each costs a buffer when it is read.
const RUN_BYTES_MIN: usize = 1 << 16;

/// One item as it comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// What it is filed under.
    pub key: &'a [u8],
    /// Its moment.
    pub at: i64,
    /// Its number among all items.
    pub order: u64,
    /// What else there is to it.
    pub payload: &'a [u8],
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    at: i64,
    order: u64,
    start: usize,
    len: u32,
    key: u32,
}

/// Distinct keys by number.
#[derive(Debug, Default)]
pub struct Keys {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    hashes: Vec<u64>,
    /// Open addressing: the number of a key and one, or 0. The length is a power of two.
    slots: Vec<u32>,
    last: u32,
}

impl Keys {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True without any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
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
            if self.hashes[known as usize] == hash && self.get(known) == key {
                return Ok(known);
            }
            at = (at + 1) & mask;
        }
    }

    /// A key by its number.
    #[must_use]
    pub fn get(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.bytes[start..self.ends[number]]
    }

    /// The number of a key, a new one if need be.
    pub fn number(&mut self, key: &[u8]) -> u32 {
        // Logs hold the events of a case side by side more often than not.
        if !self.ends.is_empty() && self.get(self.last) == key {
            return self.last;
        }
        if self.ends.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let hash = xxh3_64(key);
        self.last = match self.find(key, hash) {
            Ok(known) => known,
            Err(slot) => {
                self.bytes.extend_from_slice(key);
                self.ends.push(self.bytes.len());
                self.hashes.push(hash);
                let count = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
                self.slots[slot] = count;
                count - 1
            }
        };
        self.last
    }

    fn grow(&mut self) {
        let len = (self.slots.len() * 2).max(64);
        self.slots = vec![0; len];
        for (number, hash) in (1..).zip(&self.hashes) {
            let mut at = low_bits(*hash) & (len - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (len - 1);
            }
            self.slots[at] = number;
        }
    }

    /// Memory beside its own size.
    #[must_use]
    pub fn bytes_held(&self) -> usize {
        self.bytes.capacity() + (self.ends.capacity() + self.hashes.capacity()) * 8 + self.slots.len() * 4
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
        let count = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        let mut heads: Vec<(u128, u32)> = (0..count).map(head).collect();
        heads.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.get(a.1).cmp(self.get(b.1))));
        heads.into_iter().map(|it| it.1).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low bits are wanted")]
const fn low_bits(hash: u64) -> usize {
    hash as usize
}

/// Takes items in.
pub struct Sorter<F> {
    make: fn() -> io::Result<F>,
    bytes_max: usize,
    keys: Keys,
    entries: Vec<Entry>,
    payload: Vec<u8>,
    file: Option<F>,
    /// Where runs stand in the file.
    runs: Vec<Range<u64>>,
}

impl<F: Read + Write + Seek> Sorter<F> {
    /// An empty sorter that holds about `bytes_max` bytes; `make` gives the temporary file.
    pub fn new(bytes_max: usize, make: fn() -> io::Result<F>) -> Self {
        let bytes_max = bytes_max.max(RUN_BYTES_MIN);
        let (keys, entries, payload) = (Keys::default(), Vec::new(), Vec::new());
        Self { make, bytes_max, keys, entries, payload, file: None, runs: Vec::new() }
    }

    /// Takes in an item.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub fn push(&mut self, key: &[u8], at: i64, order: u64, payload: &[u8]) -> io::Result<()> {
        let held = self.entries.len() * size_of::<Entry>() + self.payload.len() + self.keys.bytes_held();
        if held + payload.len() + key.len() > self.bytes_max && !self.entries.is_empty() {
            self.spill()?;
        }
        let key = self.keys.number(key);
        let (start, len) = (self.payload.len(), u32::try_from(payload.len()).unwrap_or(u32::MAX));
        self.payload.extend_from_slice(payload);
        self.entries.push(Entry { at, order, start, len, key });
        Ok(())
    }

    /// Whether nothing had to leave memory.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.runs.is_empty()
    }

    /// All items, where none had to leave memory.
    #[must_use]
    pub fn into_sorted(mut self) -> Sorted {
        let by_key = self.sort();
        let mut ranks = vec![0; by_key.len()];
        for (rank, number) in (0..).zip(&by_key) {
            ranks[*number as usize] = rank;
        }
        let mut starts = vec![0; by_key.len() + 1];
        for entry in &self.entries {
            starts[ranks[entry.key as usize] as usize + 1] += 1;
        }
        for rank in 0..by_key.len() {
            starts[rank + 1] += starts[rank];
        }
        Sorted { keys: self.keys, by_key, ranks, starts, entries: self.entries, payload: self.payload }
    }

    /// Sorts what is in memory; gives the order of the keys.
    fn sort(&mut self) -> Vec<u32> {
        let by_key = self.keys.sorted();
        let mut starts = vec![0_usize; by_key.len() + 1];
        let mut ranks = vec![0_u32; by_key.len()];
        for (rank, number) in (0..).zip(&by_key) {
            ranks[*number as usize] = rank;
        }
        for entry in &self.entries {
            starts[ranks[entry.key as usize] as usize + 1] += 1;
        }
        for rank in 0..by_key.len() {
            starts[rank + 1] += starts[rank];
        }
        let bounds = starts.clone();
        let mut sorted = vec![Entry { at: 0, order: 0, start: 0, len: 0, key: 0 }; self.entries.len()];
        for entry in &self.entries {
            let next = &mut starts[ranks[entry.key as usize] as usize];
            sorted[*next] = *entry;
            *next += 1;
        }
        for bounds in bounds.windows(2) {
            sorted[bounds[0]..bounds[1]].sort_unstable_by_key(|it| (it.at, it.order));
        }
        self.entries = sorted;
        by_key
    }

    fn spill(&mut self) -> io::Result<()> {
        self.sort();
        if self.file.is_none() {
            self.file = Some((self.make)()?);
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        let start = self.runs.last().map_or(0, |it| it.end);
        let mut buffer = Vec::with_capacity(READ_AHEAD.end + (1 << 12));
        let mut len = 0_u64;
        for entry in &self.entries {
            let key = self.keys.get(entry.key);
            let payload = &self.payload[entry.start..entry.start + entry.len as usize];
            buffer.extend_from_slice(&entry.at.to_le_bytes());
            buffer.extend_from_slice(&entry.order.to_le_bytes());
            buffer.extend_from_slice(&u32::try_from(key.len()).unwrap_or(u32::MAX).to_le_bytes());
            buffer.extend_from_slice(&entry.len.to_le_bytes());
            buffer.extend_from_slice(key);
            buffer.extend_from_slice(payload);
            if buffer.len() >= READ_AHEAD.end {
                file.write_all(&buffer)?;
                len += buffer.len() as u64;
                buffer.clear();
            }
        }
        file.write_all(&buffer)?;
        len += buffer.len() as u64;
        self.runs.push(start..start + len);
        (self.entries, self.payload, self.keys) = (Vec::new(), Vec::new(), Keys::default());
        Ok(())
    }
}

/// Items in memory, by key.
pub struct Sorted {
    keys: Keys,
    by_key: Vec<u32>,
    ranks: Vec<u32>,
    /// Where the items of a key begin, by its rank, and after the last where they end.
    starts: Vec<usize>,
    entries: Vec<Entry>,
    payload: Vec<u8>,
}

impl Sorted {
    /// How many keys there are.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.by_key.len()
    }

    /// The key of a rank in the order of keys.
    #[must_use]
    pub fn key(&self, rank: usize) -> &[u8] {
        self.keys.get(self.by_key[rank])
    }

    /// The rank of a key.
    #[must_use]
    pub fn rank(&self, key: &[u8]) -> Option<usize> {
        self.keys.known(key).map(|it| self.ranks[it as usize] as usize)
    }

    /// The items of the key of this rank, in order.
    pub fn items(&self, rank: usize) -> impl Iterator<Item = Item<'_>> {
        let key = self.key(rank);
        self.entries[self.starts[rank]..self.starts[rank + 1]].iter().map(move |it| {
            let payload = &self.payload[it.start..it.start + it.len as usize];
            Item { key, at: it.at, order: it.order, payload }
        })
    }
}

const HEAD_LEN: usize = 24;

/// A sorted run being read.
enum Run {
    /// Of a sorter's memory: the item that is next.
    Memory(usize),
    /// Of its file.
    Spilled(Spilled),
}

struct Spilled {
    rest: Range<u64>,
    buffer: Vec<u8>,
    at: usize,
    /// Bytes of the item that is next, head and all; 0 at the end.
    len: usize,
    ahead: usize,
}

impl Spilled {
    fn head(&self) -> (i64, u64, usize, usize) {
        let eight = |from: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&self.buffer[self.at + from..self.at + from + 8]);
            u64::from_le_bytes(bytes)
        };
        let lens = eight(16);
        (eight(0).cast_signed(), eight(8), low_bits(lens & 0xFFFF_FFFF), low_bits(lens >> 32))
    }

    /// Makes sure that so many bytes of the run are at hand; false at its end.
    fn fill<F: Read + Seek>(&mut self, file: &mut F, len: usize) -> io::Result<bool> {
        if self.buffer.len() - self.at >= len {
            return Ok(true);
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let left = usize::try_from(self.rest.end - self.rest.start).unwrap_or(usize::MAX);
        let more = self.ahead.max(len - self.buffer.len()).min(left);
        if more == 0 {
            return Ok(false);
        }
        let from = self.buffer.len();
        self.buffer.resize(from + more, 0);
        file.seek(SeekFrom::Start(self.rest.start))?;
        file.read_exact(&mut self.buffer[from..])?;
        self.rest.start += more as u64;
        Ok(self.buffer.len() >= len)
    }

    fn advance<F: Read + Seek>(&mut self, file: &mut F) -> io::Result<bool> {
        self.at += self.len;
        self.len = 0;
        if !self.fill(file, HEAD_LEN)? {
            return Ok(false);
        }
        let (_, _, key, payload) = self.head();
        self.len = HEAD_LEN + key + payload;
        let len = self.len;
        self.fill(file, len)
    }
}

/// Gives the items of sorters in order.
pub struct Merge<F> {
    sorters: Vec<Sorter<F>>,
    /// Runs that are not at their end, each with its sorter: a heap, the least first.
    runs: Vec<(usize, Run)>,
    started: bool,
}

impl<F: Read + Write + Seek> Merge<F> {
    /// All items of the sorters.
    ///
    /// # Errors
    /// A temporary file cannot be read.
    pub fn new(mut sorters: Vec<Sorter<F>>) -> io::Result<Self> {
        let mut runs = Vec::new();
        let spilled: usize = sorters.iter().map(|it| it.runs.len()).sum();
        for (number, sorter) in sorters.iter_mut().enumerate() {
            sorter.sort();
            let ahead = (sorter.bytes_max / spilled.max(1)).clamp(READ_AHEAD.start, READ_AHEAD.end);
            for rest in std::mem::take(&mut sorter.runs) {
                let mut run = Spilled { rest, buffer: Vec::new(), at: 0, len: 0, ahead };
                if let Some(file) = &mut sorter.file
                    && run.advance(file)?
                {
                    runs.push((number, Run::Spilled(run)));
                }
            }
            if !sorter.entries.is_empty() {
                runs.push((number, Run::Memory(0)));
            }
        }
        let mut merge = Self { sorters, runs, started: false };
        for root in (0..merge.runs.len() / 2).rev() {
            merge.sift_down(root);
        }
        Ok(merge)
    }

    fn item(&self, at: usize) -> Item<'_> {
        let (number, run) = &self.runs[at];
        match run {
            Run::Memory(next) => {
                let sorter = &self.sorters[*number];
                let entry = &sorter.entries[*next];
                let payload = &sorter.payload[entry.start..entry.start + entry.len as usize];
                Item { key: sorter.keys.get(entry.key), at: entry.at, order: entry.order, payload }
            }
            Run::Spilled(run) => {
                let (at, order, key, payload) = run.head();
                let rest = &run.buffer[run.at + HEAD_LEN..];
                Item { key: &rest[..key], at, order, payload: &rest[key..key + payload] }
            }
        }
    }

    fn in_order(&self, a: usize, b: usize) -> Ordering {
        let (a, b) = (self.item(a), self.item(b));
        a.key.cmp(b.key).then(a.at.cmp(&b.at)).then(a.order.cmp(&b.order))
    }

    fn sift_down(&mut self, mut root: usize) {
        loop {
            let mut least = root;
            for child in [2 * root + 1, 2 * root + 2] {
                if child < self.runs.len() && self.in_order(child, least) == Ordering::Less {
                    least = child;
                }
            }
            if least == root {
                return;
            }
            self.runs.swap(root, least);
            root = least;
        }
    }

    /// The next item; `None` after the last.
    ///
    /// # Errors
    /// A temporary file cannot be read.
    pub fn next_item(&mut self) -> io::Result<Option<Item<'_>>> {
        if self.started && !self.runs.is_empty() {
            let (number, run) = &mut self.runs[0];
            let sorter = &mut self.sorters[*number];
            let goes_on = match (run, &mut sorter.file) {
                (Run::Memory(next), _) => {
                    *next += 1;
                    *next < sorter.entries.len()
                }
                (Run::Spilled(run), Some(file)) => run.advance(file)?,
                (Run::Spilled(_), None) => false,
            };
            if !goes_on {
                self.runs.swap_remove(0);
            }
            if self.runs.len() > 1 {
                self.sift_down(0);
            }
        }
        self.started = true;
        Ok(if self.runs.is_empty() { None } else { Some(self.item(0)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Cursor;

    type Owned = (Vec<u8>, i64, u64, Vec<u8>);

    fn merged(items: &[Owned], bound: usize, sorters: usize) -> Vec<Owned> {
        let make: fn() -> io::Result<Cursor<Vec<u8>>> = || Ok(Cursor::new(Vec::new()));
        let mut all: Vec<_> = (0..sorters).map(|_| Sorter::new(bound, make)).collect();
        // The least run is smaller in tests, so that few items spill.
        all.iter_mut().for_each(|it| it.bytes_max = bound);
        for (number, (key, at, order, payload)) in items.iter().enumerate() {
            all[number % sorters].push(key, *at, *order, payload).unwrap();
        }
        let mut merge = Merge::new(all).unwrap();
        let mut found = Vec::new();
        while let Some(item) = merge.next_item().unwrap() {
            found.push((item.key.to_vec(), item.at, item.order, item.payload.to_vec()));
        }
        found
    }

    proptest! {
        #[test]
        fn items_come_out_in_order_whatever_the_bound(
            drawn in prop::collection::vec(("[ab]{0,3}|case-number-0000[0-9]{1,2}", 0_i64..5, prop::collection::vec(any::<u8>(), 0..9)), 0..200),
            bound in prop::sample::select(vec![1_usize, 300, 4_000, 1 << 30]),
            sorters in 1_usize..4,
        ) {
            let mut items: Vec<Owned> = (0..).zip(drawn).map(|(order, (key, at, payload))| (key.into_bytes(), at, order, payload)).collect();
            let found = merged(&items, bound, sorters);
            items.sort();
            prop_assert_eq!(found, items);
        }
    }
}
