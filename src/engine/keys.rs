//! Which keys stand more than once: hashes of all keys in record order, in memory up to a bound and
//! in a temporary file beyond it.

use super::{BlockResult, Judging, prepare::key_hash};
use crate::record::Batch;
use std::{
    collections::BTreeMap,
    io::{self, Read, Seek, SeekFrom, Write},
    sync::atomic::Ordering,
};

/// Records that share their key: record number → which of the records with that key it is, from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// By record number.
    pub ordinals: BTreeMap<u64, u64>,
}

/// The keys of a block when each is greater than the one before: the first and the last. Most exports
/// are sorted by key; then no key can stand twice, and nothing has to be sorted to know it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RisingKeys {
    /// The first and least key.
    pub first: String,
    /// The last and greatest key.
    pub last: String,
}

/// What the check of keys came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeated {
    /// The hashes that stand more than once, sorted; none if no key does.
    Hashes(Vec<u64>),
    /// Not known: keys that were rising at first, and so not logged, rise no more. All keys have to be
    /// logged in a pass of their own.
    Unknown,
}

/// A log of 64-bit key hashes. As long as all keys rise, from block to block too, none is logged.
pub struct KeyLog<F> {
    memory: Vec<Vec<u64>>,
    memory_len: usize,
    bound: usize,
    spilled: Option<F>,
    spilled_len: u64,
    /// The greatest key so far, as long as keys rise.
    greatest: Option<String>,
    /// True from the first key that does not rise.
    fell: bool,
    /// True where keys were not logged.
    skipped: bool,
    /// Makes the temporary file.
    make: fn() -> io::Result<F>,
}

impl<F: Read + Write + Seek> KeyLog<F> {
    /// Holds up to `bytes` in memory; `make` opens a temporary file for the rest.
    #[must_use]
    pub fn new(bytes: usize, make: fn() -> io::Result<F>) -> Self {
        let bound = (bytes / 8).max(1024);
        Self {
            memory: Vec::new(),
            memory_len: 0,
            bound,
            spilled: None,
            spilled_len: 0,
            greatest: None,
            fell: false,
            skipped: false,
            make,
        }
    }

    /// Takes in a block: the hashes of its keys, or a run of rising keys without their hashes. Gives
    /// false once keys do not rise: from then on hashes are wanted.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub fn append(&mut self, hashes: Vec<u64>, run: Option<RisingKeys>) -> io::Result<bool> {
        let run_is_none = run.is_none();
        if let Some(run) = run.filter(|_| !self.fell)
            && self.greatest.as_ref().is_none_or(|it| *it < run.first)
        {
            self.greatest = Some(run.last);
            self.skipped = true;
            return Ok(true);
        }
        if hashes.is_empty() && run_is_none {
            return Ok(!self.fell);
        }
        self.fell = true;
        // A run that came without hashes, because its worker did not know yet, is skipped as well.
        self.skipped |= hashes.is_empty();
        if self.memory_len + hashes.len() > self.bound {
            self.spill()?;
        }
        self.memory_len += hashes.len();
        self.memory.push(hashes);
        Ok(false)
    }

    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.spilled {
            Some(file) => file,
            None => self.spilled.insert((self.make)()?),
        };
        for hashes in self.memory.drain(..) {
            let bytes: Vec<u8> = hashes.iter().flat_map(|it| it.to_le_bytes()).collect();
            file.write_all(&bytes)?;
        }
        self.spilled_len += self.memory_len as u64;
        self.memory_len = 0;
        Ok(())
    }

    /// The hashes that stand more than once, sorted. They are sorted a part at a time: as many parts
    /// as it takes to stay within the bound.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub fn repeated(&mut self) -> io::Result<Repeated> {
        let mut repeated = Vec::new();
        if !self.fell {
            return Ok(Repeated::Hashes(repeated));
        }
        if self.skipped {
            return Ok(Repeated::Unknown);
        }
        let total = self.spilled_len + self.memory_len as u64;
        let parts = total.div_ceil(self.bound as u64).max(1);
        if self.spilled.is_none() {
            repeats(&mut std::mem::take(&mut self.memory).concat(), &mut repeated);
            return Ok(Repeated::Hashes(repeated));
        }
        self.spill()?;
        let mut part_hashes = Vec::new();
        for part in 0..parts {
            part_hashes.clear();
            self.read_spilled(|hash| {
                // The high bits choose the part, so that parts are about equal.
                if (u128::from(hash) * u128::from(parts)) >> 64 == u128::from(part) {
                    part_hashes.push(hash);
                }
            })?;
            repeats(&mut part_hashes, &mut repeated);
        }
        Ok(Repeated::Hashes(repeated))
    }

    fn read_spilled(&mut self, mut each: impl FnMut(u64)) -> io::Result<()> {
        let Some(file) = &mut self.spilled else { return Ok(()) };
        file.seek(SeekFrom::Start(0))?;
        let mut left = self.spilled_len * 8;
        let mut buffer = vec![0_u8; 1 << 16];
        while left > 0 {
            let len = usize::try_from(left.min(buffer.len() as u64)).unwrap_or(buffer.len());
            file.read_exact(&mut buffer[..len])?;
            for eight in buffer[..len].chunks_exact(8) {
                each(eight.iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)));
            }
            left -= len as u64;
        }
        file.seek(SeekFrom::End(0))?;
        Ok(())
    }
}

fn repeats(hashes: &mut [u64], repeated: &mut Vec<u64>) {
    use rayon::slice::ParallelSliceMut;
    hashes.par_sort_unstable();
    for pair in hashes.windows(2) {
        if pair[0] == pair[1] && repeated.last() != Some(&pair[0]) {
            repeated.push(pair[0]);
        }
    }
}

/// Hashes the keys of a block, unless each is greater than the one before.
pub(super) fn hash_keys(judging: &Judging<'_>, batch: &Batch, result: &mut BlockResult) {
    let plan = judging.plan;
    if plan.key.is_empty() {
        return;
    }
    let mut joined = String::new();
    let (mut first, mut last): (Option<String>, String) = (None, String::new());
    let mut rising = !judging.hash_keys.load(Ordering::Relaxed);
    for row in 0..batch.len {
        let Some(key) = plan.key_of(batch, row, &mut joined) else {
            result.keyless += 1;
            continue;
        };
        if rising && first.is_some() && *key <= *last {
            rising = false;
        }
        if rising {
            key.clone_into(&mut last);
            first.get_or_insert_with(|| key.to_owned());
        }
    }
    match first {
        Some(first) if rising => result.rising_keys = Some(RisingKeys { first, last }),
        _ => {
            result.key_hashes.reserve_exact(batch.len);
            for row in 0..batch.len {
                result.key_hashes.extend(plan.key_of(batch, row, &mut joined).map(key_hash));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn spilling_changes_nothing() {
        let hashes: Vec<u64> =
            (0..20_000_u64).map(|it| (it % 19_990).wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        let mut expected: Vec<u64> = (0..10_u64).map(|it| it.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        expected.sort_unstable();
        for bytes in [1 << 20, 1] {
            let mut log = KeyLog::new(bytes, || Ok(Cursor::new(Vec::new())));
            for block in hashes.chunks(700) {
                log.append(block.to_vec(), None).unwrap();
            }
            assert_eq!(log.repeated().unwrap(), Repeated::Hashes(expected.clone()), "{bytes}");
        }
    }

    #[test]
    fn rising_keys_are_not_logged_until_they_fall() {
        let run = |first: &str, last: &str| Some(RisingKeys { first: first.into(), last: last.into() });
        let log = |blocks: Vec<(Vec<u64>, Option<RisingKeys>)>| {
            let mut log = KeyLog::new(1 << 20, || Ok(Cursor::new(Vec::new())));
            for (hashes, run) in blocks {
                log.append(hashes, run).unwrap();
            }
            log.repeated().unwrap()
        };
        let none = Repeated::Hashes(Vec::new());
        assert_eq!(log(vec![(vec![], run("k1", "k2")), (vec![], None), (vec![], run("k3", "k4"))]), none);
        assert_eq!(log(vec![(vec![], run("k1", "k3")), (vec![], run("k2", "k4"))]), Repeated::Unknown);
        assert_eq!(log(vec![(vec![], run("k1", "k2")), (vec![8, 9], None)]), Repeated::Unknown);
        assert_eq!(log(vec![(vec![8, 7], None), (vec![7, 9], run("k1", "k2"))]), Repeated::Hashes(vec![7]));
    }
}
