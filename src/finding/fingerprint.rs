//! What stays the same of a finding from audit to audit.

use std::fmt;
use xxhash_rust::xxh3::Xxh3;

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
        let mut hash = Xxh3::new();
        for part in [source, rule, key] {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(&ordinal.to_le_bytes());
        Self(hash.digest128())
    }
}

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
        assert_eq!(id.to_string(), Fingerprint::of_record("tickets", "desk/greeting", "T-1", 0).to_string());
        assert_ne!(id, Fingerprint::of_record("tickets", "desk/greetin", "gT-1", 0));
        assert_ne!(id, Fingerprint::of_record("tickets", "desk/greeting", "T-1", 1));
    }
}
