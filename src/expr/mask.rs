//! Sets of rows of one chunk.

/// Rows evaluated in one go: enough to hide the cost of walking the tree, few enough for the cache.
pub const CHUNK_LEN: usize = 1024;
const WORDS: usize = CHUNK_LEN / 64;

/// A set of rows of a chunk, one bit a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mask([u64; WORDS]);

impl Mask {
    /// No row.
    pub const NONE: Self = Self([0; WORDS]);
    /// Every row, also those behind the chunk's end.
    pub const ALL: Self = Self([u64::MAX; WORDS]);

    /// The first `len` rows.
    #[must_use]
    pub fn first(len: usize) -> Self {
        let mut mask = Self::NONE;
        for (index, word) in mask.0.iter_mut().enumerate() {
            let left = len.saturating_sub(index * 64);
            *word = if left >= 64 { u64::MAX } else { (1 << left) - 1 };
        }
        mask
    }

    /// The bits of a bitmap's words from a multiple of 64 on; rows beyond them are out.
    #[must_use]
    pub fn from_words(words: &[u64]) -> Self {
        let mut mask = Self::NONE;
        let len = words.len().min(WORDS);
        mask.0[..len].copy_from_slice(&words[..len]);
        mask
    }

    /// The words, for copying into bitmaps.
    #[must_use]
    pub fn words(&self) -> &[u64; WORDS] {
        &self.0
    }

    /// The rows below `len` for which `test` holds. Written so that the compiler makes vectors of it.
    #[inline]
    pub fn build(len: usize, test: impl Fn(usize) -> bool) -> Self {
        let mut mask = Self::NONE;
        let whole = len / 64;
        for (index, word) in mask.0.iter_mut().enumerate().take(whole) {
            let mut bytes = [0_u8; 64];
            for (lane, byte) in bytes.iter_mut().enumerate() {
                *byte = u8::from(test(index * 64 + lane));
            }
            *word = pack(&bytes);
        }
        for row in whole * 64..len {
            mask.0[row / 64] |= u64::from(test(row)) << (row % 64);
        }
        mask
    }

    /// True without any row.
    #[inline]
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.iter().fold(0, |all, word| all | word) == 0
    }

    /// Number of rows.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.iter().map(|it| it.count_ones() as usize).sum()
    }

    /// Whether the row is in.
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> bool {
        self.0[row / 64] >> (row % 64) & 1 == 1
    }

    /// Puts a row in.
    #[inline]
    pub fn insert(&mut self, row: usize) {
        self.0[row / 64] |= 1 << (row % 64);
    }

    /// Rows in both.
    #[inline]
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine &= theirs;
        }
        self
    }

    /// Rows in this but not in the other.
    #[inline]
    #[must_use]
    pub fn without(mut self, other: &Self) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine &= !theirs;
        }
        self
    }

    /// Rows in either.
    #[inline]
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
        self
    }

    /// Rows of this where `choose` is set, else of the other.
    #[inline]
    #[must_use]
    pub fn select(choose: &Self, yes: &Self, no: &Self) -> Self {
        yes.and(choose).or(&no.without(choose))
    }

    /// The rows, rising.
    pub fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                if left == 0 {
                    return None;
                }
                let lane = left.trailing_zeros() as usize;
                left &= left - 1;
                Some(index * 64 + lane)
            })
        })
    }
}

/// One bit for each of 64 bytes that are 0 or 1.
#[inline]
fn pack(bytes: &[u8; 64]) -> u64 {
    let mut word = 0;
    for (index, eight) in bytes.chunks_exact(8).enumerate() {
        let lanes = eight.iter().rev().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
        // Each byte's bit is moved to its own place in the top byte.
        word |= (lanes.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (index * 8);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_and_rows_agree() {
        for len in [0, 1, 63, 64, 65, 1000, 1024] {
            let mask = Mask::build(len, |row| row % 3 == 0 || row % 7 == 2);
            let expected: Vec<_> = (0..len).filter(|row| row % 3 == 0 || row % 7 == 2).collect();
            assert_eq!(mask.rows().collect::<Vec<_>>(), expected);
            assert_eq!(mask.count(), expected.len());
            assert_eq!(Mask::first(len).count(), len);
        }
    }
}
