//! What stays the same of a finding from audit to audit.

use std::fmt;
use xxhash_rust::xxh3::xxh3_128;

/// Version tag and hash of what a finding is about (SEMANTICS, section 7): source id, rule id and
/// record key, and an ordinal for records that share a key. 128 bits of XXH3
/// (<https://github.com/Cyan4973/xxHash>), printed as `t1-` and 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// The tag of this way to reckon fingerprints.
    pub const TAG: &'static str = "t1";

    /// The fingerprint of a record's finding. `ordinal` is 0 for a key that stands once.
    #[must_use]
    pub fn of_record(source: &str, rule: &str, key: &str, ordinal: u64) -> Self {
        let parts = [source, rule, key];
        let len = parts.iter().map(|it| it.len() + 8).sum::<usize>() + 8;
        // Hashing in one go takes a quarter of the time of hashing piece by piece.
        let mut small = [0; SMALL];
        let mut large = Vec::new();
        let buffer = match small.get_mut(..len) {
            Some(small) => small,
            None => {
                large.resize(len, 0);
                large.as_mut_slice()
            }
        };
        let mut at = 0;
        let mut put = |bytes: &[u8]| {
            buffer[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        };
        for part in parts {
            put(&(part.len() as u64).to_le_bytes());
            put(part.as_bytes());
        }
        put(&ordinal.to_le_bytes());
        Self(xxh3_128(buffer))
    }
}

/// Bytes that are hashed without taking memory for them.
const SMALL: usize = 240;

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:032x}", Self::TAG, self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_as_it_was_published() {
        let id = Fingerprint::of_record("tickets", "desk/greeting", "T-1", 0);
        assert_eq!(id.to_string(), "t1-8622ba4e426153615dfc3430fbe69958");
        let long = "k".repeat(1000);
        assert_ne!(
            Fingerprint::of_record("tickets", "desk/greeting", &long, 0),
            Fingerprint::of_record("tickets", "desk/greeting", &long, 1)
        );
        assert_ne!(id, Fingerprint::of_record("tickets", "desk/greetin", "gT-1", 0));
        assert_ne!(id, Fingerprint::of_record("tickets", "desk/greeting", "T-1", 1));
    }

    #[test]
    fn a_million_collide_nowhere() {
        let mut seen = std::collections::HashSet::new();
        for number in 0..250_000_u32 {
            let key = format!("T-{number}");
            for (source, rule) in [("tickets", "desk/a"), ("tickets", "desk/b"), ("calls", "desk/a")] {
                assert!(seen.insert(Fingerprint::of_record(source, rule, &key, 0)), "{source} {rule} {key}");
            }
            assert!(seen.insert(Fingerprint::of_record("tickets", "desk/a", "T", u64::from(number) + 1)));
        }
        assert_eq!(seen.len(), 1_000_000);
    }
}
