//! Dictionary codes for cells, fast for texts that have been seen.

use crate::record::Dictionary;
use std::sync::Arc;
use xxhash_rust::xxh3::xxh3_128;

/// Gives texts their codes. The table in front of the dictionary is keyed by the text itself where
/// it has at most 15 bytes, else by a hash of it that is checked against the text.
#[derive(Clone, Debug)]
pub(super) struct Coder {
    dictionary: Dictionary,
    slots: Vec<Slot>,
    /// There were too many distinct texts.
    pub(super) full: bool,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    key: u128,
    code: u16,
}

const FREE: u16 = u16::MAX;
const SLOTS_MIN: usize = 1024;
const SHORT_MAX: usize = 15;

impl Default for Coder {
    fn default() -> Self {
        Self {
            dictionary: Dictionary::default(),
            slots: vec![Slot { key: 0, code: FREE }; SLOTS_MIN],
            full: false,
        }
    }
}

impl Coder {
    /// The code of `cell`; `None` once there are too many distinct texts.
    #[inline]
    pub(super) fn code(&mut self, text: &[u8], start: usize, len: usize) -> Option<u16> {
        let key = if len <= SHORT_MAX {
            short_key(text, start, len)
        } else {
            // The top byte of a short key is its length; this one is none.
            xxh3_128(&text[start..start + len]) | 0xFF << 120
        };
        let mut at = self.home(key);
        loop {
            let slot = self.slots[at];
            if slot.code == FREE {
                return self.insert(&text[start..start + len], key);
            }
            let same = slot.key == key
                && (len <= SHORT_MAX
                    || self.dictionary.text(slot.code).as_bytes() == &text[start..start + len]);
            if same {
                return Some(slot.code);
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    #[inline]
    fn home(&self, key: u128) -> usize {
        let folded = (key as u64) ^ ((key >> 64) as u64).rotate_left(23);
        (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as usize & (self.slots.len() - 1)
    }

    #[cold]
    fn insert(&mut self, cell: &[u8], key: u128) -> Option<u16> {
        let Some(code) = std::str::from_utf8(cell).ok().and_then(|it| self.dictionary.code(it)) else {
            self.full = true;
            return None;
        };
        if (self.dictionary.texts().len() + 1) * 2 > self.slots.len() {
            let doubled = vec![Slot { key: 0, code: FREE }; self.slots.len() * 2];
            for slot in std::mem::replace(&mut self.slots, doubled) {
                if slot.code != FREE {
                    self.place(slot);
                }
            }
        }
        self.place(Slot { key, code });
        Some(code)
    }

    fn place(&mut self, slot: Slot) {
        let mut at = self.home(slot.key);
        while self.slots[at].code != FREE {
            at = (at + 1) & (self.slots.len() - 1);
        }
        self.slots[at] = slot;
    }

    /// Makes `copy` equal to the dictionary, touching it only if something is new.
    pub(super) fn share(&self, copy: &mut Dictionary) {
        let (ours, theirs) = (self.dictionary.texts(), copy.texts());
        // Dictionaries only grow, and each text is allocated by one of them.
        let same = match (ours.last(), theirs.last()) {
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !same || ours.len() != theirs.len() {
            copy.clone_from(&self.dictionary);
        }
    }
}

/// The bytes of a short text and its length in one number.
#[inline]
fn short_key(text: &[u8], start: usize, len: usize) -> u128 {
    let bytes = match text.get(start..).and_then(<[u8]>::first_chunk::<16>) {
        Some(sixteen) => u128::from_le_bytes(*sixteen) & ((1 << (len * 8)) - 1),
        None => {
            let mut padded = [0; 16];
            padded[..len].copy_from_slice(&text[start..start + len]);
            u128::from_le_bytes(padded)
        }
    };
    bytes | (len as u128) << 120
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_stable_and_texts_kept_apart() {
        let mut coder = Coder::default();
        let texts: Vec<String> =
            (0..Dictionary::LEN_MAX).map(|it| format!("{}{it}", "x".repeat(it % 40))).collect();
        for round in 0..2 {
            for (index, text) in texts.iter().enumerate() {
                assert_eq!(coder.code(text.as_bytes(), 0, text.len()), Some(index as u16), "round {round}");
            }
        }
        assert_eq!(coder.code(b"one too many", 0, 12), None);
        assert!(coder.full);
        let mut copy = Dictionary::default();
        coder.share(&mut copy);
        assert_eq!(copy.find("x1"), Some(1));
    }

    #[test]
    fn a_zero_byte_is_no_padding() {
        let mut coder = Coder::default();
        assert_ne!(coder.code(b"a\0", 0, 1), coder.code(b"a\0", 0, 2));
    }
}
