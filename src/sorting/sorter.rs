//! Items by key, then moment, then order of arrival, within a bound of memory. Beyond the bound sorted runs go to one temporary file and are merged when they are read.
//!
//! The order of what comes out depends on the items alone: not on who pushed them, in which order, nor on
//! how often the memory was full.

use super::keys::{Keys, low_bits};
use std::{
    io::{self, Read, Seek, Write},
    ops::Range,
};
use xxhash_rust::xxh3::xxh3_64;

/// Bytes that are read of a spilled run at once, at least and at most.
pub(super) const READ_AHEAD: Range<usize> = 1 << 12..1 << 18;

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

/// Items are put apart by the hash of their key into so many parts, each of which is sorted by itself: small enough
/// to be at hand while that is done.
const PARTS: usize = 256;

/// Takes items in.
pub struct Sorter<F> {
    make: fn() -> io::Result<F>,
    pub(super) bytes_max: usize,
    /// Items by the hash of their key, in the form of [`Head`], as they came.
    waiting: Vec<Chunks>,
    /// The same, those of a key side by side; empty until they are sorted.
    pub(super) parts: Vec<Vec<u8>>,
    held: usize,
    /// Where the items of each key stand, in the order of the keys; empty until they are sorted.
    pub(super) groups: Vec<Group>,
    pub(super) file: Option<F>,
    /// Where runs stand in the file.
    pub(super) runs: Vec<Range<u64>>,
}

/// The items of one key within their part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    part: u8,
    start: u32,
    end: u32,
}

/// How an item stands in bytes: its moment, its order, the length of its key and of its payload, then both.
#[derive(Clone, Copy)]
pub(super) struct Head {
    at: i64,
    order: u64,
    key: u32,
    payload: u32,
}

impl Head {
    pub(super) const LEN: usize = 24;

    /// That of the item at the front; the bytes hold a whole one.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let eight = |from: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&bytes[from..from + 8]);
            u64::from_le_bytes(word)
        };
        let lens = eight(16);
        #[expect(clippy::cast_possible_truncation, reason = "the low and the high half are wanted")]
        Self { at: eight(0).cast_signed(), order: eight(8), key: lens as u32, payload: (lens >> 32) as u32 }
    }

    /// Bytes of the item, head and all.
    pub(super) const fn whole(self) -> usize {
        Self::LEN + self.key as usize + self.payload as usize
    }

    pub(super) fn item(self, bytes: &[u8]) -> Item<'_> {
        let (key, payload) = bytes[Self::LEN..self.whole()].split_at(self.key as usize);
        Item { key, at: self.at, order: self.order, payload }
    }
}

fn put(out: &mut Vec<u8>, item: &Item<'_>) {
    out.extend_from_slice(&item.at.to_le_bytes());
    out.extend_from_slice(&item.order.to_le_bytes());
    out.extend_from_slice(&u32::try_from(item.key.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(&u32::try_from(item.payload.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(item.key);
    out.extend_from_slice(item.payload);
}

impl<F: Read + Write + Seek> Sorter<F> {
    /// An empty sorter that holds about `bytes_max` bytes; `make` gives the temporary file.
    pub fn new(bytes_max: usize, make: fn() -> io::Result<F>) -> Self {
        let bytes_max = bytes_max.max(RUN_BYTES_MIN);
        let waiting = (0..PARTS).map(|_| Chunks::default()).collect();
        Self {
            make,
            bytes_max,
            waiting,
            parts: Vec::new(),
            held: 0,
            groups: Vec::new(),
            file: None,
            runs: Vec::new(),
        }
    }

    /// Takes in an item.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub fn push(&mut self, key: &[u8], at: i64, order: u64, payload: &[u8]) -> io::Result<()> {
        let len = Head::LEN + key.len() + payload.len();
        if self.held + len > self.bytes_max && self.held > 0 {
            self.spill()?;
        }
        let part = part_of(xxh3_64(key));
        if self.waiting[part].len + len > u32::MAX as usize {
            // Places within a part are 32 bits wide.
            self.spill()?;
        }
        put(self.waiting[part].room(len), &Item { key, at, order, payload });
        self.held += len;
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
        self.sort();
        let mut sorted = Sorted { parts: self.parts, groups: self.groups, slots: Vec::new() };
        sorted.index();
        sorted
    }

    /// Sorts what is in memory, part by part, then the keys.
    pub(super) fn sort(&mut self) {
        let mut sorting = Sorting::default();
        self.groups.clear();
        self.parts.clear();
        for (number, waiting) in (0..=u8::MAX).zip(&mut self.waiting) {
            self.parts.push(sorting.part(number, std::mem::take(waiting), &mut self.groups));
        }
        let head = |group: &Group| {
            let key = key_of(&self.parts, *group);
            let mut first = [0_u8; 16];
            let len = key.len().min(16);
            first[..len].copy_from_slice(&key[..len]);
            u128::from_be_bytes(first)
        };
        // The first bytes of keys decide nearly always.
        let mut heads: Vec<(u128, Group)> = self.groups.iter().map(|it| (head(it), *it)).collect();
        heads.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| key_of(&self.parts, a.1).cmp(key_of(&self.parts, b.1)))
        });
        self.groups = heads.into_iter().map(|it| it.1).collect();
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
        for group in &self.groups {
            buffer.extend_from_slice(items_of(&self.parts, *group));
            if buffer.len() >= READ_AHEAD.end {
                file.write_all(&buffer)?;
                len += buffer.len() as u64;
                buffer.clear();
            }
        }
        file.write_all(&buffer)?;
        len += buffer.len() as u64;
        self.runs.push(start..start + len);
        self.parts.clear();
        self.groups.clear();
        self.held = 0;
        Ok(())
    }
}

/// The part of a key with this hash: its high bits, for the low ones find the slots of keys.
const fn part_of(hash: u64) -> usize {
    (hash >> 56) as usize
}

pub(super) fn items_of(parts: &[Vec<u8>], group: Group) -> &[u8] {
    &parts[usize::from(group.part)][group.start as usize..group.end as usize]
}

fn key_of(parts: &[Vec<u8>], group: Group) -> &[u8] {
    let items = items_of(parts, group);
    Head::of(items).item(items).key
}

/// Bytes that only grow, without ever being moved: each chunk is as large as those before it, up to a size.
#[derive(Default)]
struct Chunks {
    all: Vec<Vec<u8>>,
    len: usize,
}

impl Chunks {
    const SIZE: Range<usize> = 1 << 10..1 << 16;

    /// A chunk with room for so many more bytes.
    fn room(&mut self, len: usize) -> &mut Vec<u8> {
        if self.all.last().is_none_or(|it| it.capacity() - it.len() < len) {
            let size = self.len.clamp(Self::SIZE.start, Self::SIZE.end).max(len);
            self.all.push(Vec::with_capacity(size));
        }
        self.len += len;
        let last = self.all.len() - 1;
        &mut self.all[last]
    }
}

/// What sorting a part needs, used for one part after the other.
#[derive(Default)]
struct Sorting {
    keys: Keys,
    /// The items of the part: by the number of the key, when, in which order, and where: the chunk, and the place in it.
    items: Vec<(u32, i64, u64, u32, Range<u32>)>,
}

impl Sorting {
    /// The items of a part, those of each key side by side, in order; tells where.
    fn part(&mut self, number: u8, waiting: Chunks, groups: &mut Vec<Group>) -> Vec<u8> {
        self.keys.clear();
        self.items.clear();
        let narrow = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        for (chunk, bytes) in (0..).zip(&waiting.all) {
            let mut at = 0;
            while at < bytes.len() {
                let head = Head::of(&bytes[at..]);
                let key = self.keys.number(head.item(&bytes[at..]).key);
                let place = narrow(at)..narrow(at + head.whole());
                self.items.push((key, head.at, head.order, chunk, place));
                at += head.whole();
            }
        }
        self.items.sort_unstable_by_key(|it| (it.0, it.1, it.2));
        let mut sorted = Vec::with_capacity(waiting.len);
        for items in self.items.chunk_by(|a, b| a.0 == b.0) {
            let start = narrow(sorted.len());
            for (_, _, _, chunk, place) in items {
                let bytes = &waiting.all[*chunk as usize];
                sorted.extend_from_slice(&bytes[place.start as usize..place.end as usize]);
            }
            groups.push(Group { part: number, start, end: narrow(sorted.len()) });
        }
        sorted
    }
}

/// Items in memory, by key.
pub struct Sorted {
    parts: Vec<Vec<u8>>,
    /// By rank.
    groups: Vec<Group>,
    /// Open addressing by the hash of keys: a rank and one, or 0. The length is a power of two.
    slots: Vec<u32>,
}

impl Sorted {
    fn index(&mut self) {
        let len = (self.groups.len() * 2).next_power_of_two().max(2);
        self.slots = vec![0; len];
        for rank in 0..self.groups.len() {
            let mut at = low_bits(xxh3_64(self.key(rank))) & (len - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (len - 1);
            }
            self.slots[at] = u32::try_from(rank + 1).unwrap_or(u32::MAX);
        }
    }

    /// How many keys there are.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.groups.len()
    }

    /// The key of a rank in the order of keys.
    #[must_use]
    pub fn key(&self, rank: usize) -> &[u8] {
        key_of(&self.parts, self.groups[rank])
    }

    /// The rank of a key.
    #[must_use]
    pub fn rank(&self, key: &[u8]) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut at = low_bits(xxh3_64(key)) & mask;
        loop {
            let rank = self.slots[at].checked_sub(1)? as usize;
            if self.key(rank) == key {
                return Some(rank);
            }
            at = (at + 1) & mask;
        }
    }

    /// The items of the key of this rank, in order.
    pub fn items(&self, rank: usize) -> impl Iterator<Item = Item<'_>> {
        let mut rest = items_of(&self.parts, self.groups[rank]);
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let head = Head::of(rest);
            let item = head.item(rest);
            rest = &rest[head.whole()..];
            Some(item)
        })
    }
}
