//! Which keys stand more than once: hashes of all keys in record order, in memory up to a bound and
//! in a temporary file beyond it.

use std::{
    collections::BTreeMap,
    io::{self, Read, Seek, SeekFrom, Write},
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

/// A log of 64-bit key hashes.
pub struct KeyLog<F> {
    memory: Vec<Vec<u64>>,
    memory_len: usize,
    bound: usize,
    spilled: Option<F>,
    spilled_len: u64,
    /// The runs of keys, as long as every block is one.
    runs: Option<Vec<RisingKeys>>,
    /// Makes the temporary file.
    make: fn() -> io::Result<F>,
}

impl<F: Read + Write + Seek> KeyLog<F> {
    /// Holds up to `bytes` in memory; `make` opens a temporary file for the rest.
    #[must_use]
    pub fn new(bytes: usize, make: fn() -> io::Result<F>) -> Self {
        let bound = (bytes / 8).max(1024);
        Self { memory: Vec::new(), memory_len: 0, bound, spilled: None, spilled_len: 0, runs: Some(Vec::new()), make }
    }

    /// Takes in the hashes of a block, and its keys as a run if they are one.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub fn append(&mut self, hashes: Vec<u64>, run: Option<RisingKeys>) -> io::Result<()> {
        if hashes.is_empty() {
            return Ok(());
        }
        if self.memory_len + hashes.len() > self.bound {
            self.spill()?;
        }
        self.memory_len += hashes.len();
        self.memory.push(hashes);
        match (&mut self.runs, run) {
            (Some(runs), Some(run)) => runs.push(run),
            (runs, _) => *runs = None,
        }
        Ok(())
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

    /// True where every block is a run of rising keys and no two runs overlap.
    fn is_plainly_unique(&mut self) -> bool {
        let Some(runs) = &mut self.runs else { return false };
        runs.sort_unstable();
        runs.windows(2).all(|pair| pair[0].last < pair[1].first)
    }

    /// The hashes that stand more than once, sorted. They are sorted a part at a time: as many parts
    /// as it takes to stay within the bound.
    ///
    /// # Errors
    /// The temporary file cannot be read.
    pub fn repeated(&mut self) -> io::Result<Vec<u64>> {
        let mut repeated = Vec::new();
        if self.is_plainly_unique() {
            return Ok(repeated);
        }
        let total = self.spilled_len + self.memory_len as u64;
        let parts = total.div_ceil(self.bound as u64).max(1);
        if self.spilled.is_none() {
            repeats(&mut std::mem::take(&mut self.memory).concat(), &mut repeated);
            return Ok(repeated);
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
        Ok(repeated)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn spilling_changes_nothing() {
        let hashes: Vec<u64> = (0..20_000_u64).map(|it| (it % 19_990).wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        let mut expected: Vec<u64> = (0..10_u64).map(|it| it.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        expected.sort_unstable();
        for bytes in [1 << 20, 1] {
            let mut log = KeyLog::new(bytes, || Ok(Cursor::new(Vec::new())));
            for block in hashes.chunks(700) {
                log.append(block.to_vec(), None).unwrap();
            }
            assert_eq!(log.repeated().unwrap(), expected, "{bytes}");
        }
    }

    #[test]
    fn rising_runs_need_no_sorting_unless_they_overlap() {
        let run = |first: &str, last: &str| Some(RisingKeys { first: first.into(), last: last.into() });
        for (second, expected) in [(run("k3", "k4"), Vec::new()), (run("k2", "k4"), vec![7]), (None, vec![7])] {
            let mut log = KeyLog::new(1 << 20, || Ok(Cursor::new(Vec::new())));
            log.append(vec![1, 7], run("k1", "k2")).unwrap();
            log.append(vec![7, 9], second).unwrap();
            assert_eq!(log.repeated().unwrap(), expected);
        }
    }
}
