//! The items of several sorters in one order: sorted runs in memory and in files, merged by a heap.

use super::sorter::{Head, Item, READ_AHEAD, Sorter, items_of};
use std::{
    cmp::Ordering,
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
};

/// A sorted run being read.
enum Run {
    /// Of a sorter's memory: the group that is next, and the place in it.
    Memory(usize, usize),
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
        if !self.fill(file, Head::LEN)? {
            return Ok(false);
        }
        self.len = Head::of(&self.buffer[self.at..]).whole();
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
            if !sorter.groups.is_empty() {
                runs.push((number, Run::Memory(0, 0)));
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
        let bytes = match run {
            Run::Memory(group, place) => {
                let sorter = &self.sorters[*number];
                &items_of(&sorter.parts, sorter.groups[*group])[*place..]
            }
            Run::Spilled(run) => &run.buffer[run.at..],
        };
        Head::of(bytes).item(bytes)
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
                (Run::Memory(group, place), _) => {
                    let items = items_of(&sorter.parts, sorter.groups[*group]);
                    *place += Head::of(&items[*place..]).whole();
                    if *place == items.len() {
                        (*group, *place) = (*group + 1, 0);
                    }
                    *group < sorter.groups.len()
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
