//! Findings, counted by where they stand.

use crate::finding::Standing;

/// How many findings there are, by where they stand against waivers and baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Not seen before.
    pub new: u64,
    /// In the baseline.
    pub known: u64,
    /// Excused by a waiver.
    pub waived: u64,
    /// Of the waived ones those whose outcome is a fail.
    pub waived_fails: u64,
}

impl Found {
    /// Counts one more.
    pub fn add(&mut self, standing: Standing, is_fail: bool) {
        match standing {
            Standing::New => self.new += 1,
            Standing::Known => self.known += 1,
            Standing::Waived => {
                self.waived += 1;
                self.waived_fails += u64::from(is_fail);
            }
        }
    }

    /// Adds another's counts.
    pub fn merge(&mut self, other: &Self) {
        self.new += other.new;
        self.known += other.known;
        self.waived += other.waived;
        self.waived_fails += other.waived_fails;
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.new + self.known + self.waived
    }

    /// Those that count: all but the waived ones.
    #[must_use]
    pub fn counted(&self) -> u64 {
        self.new + self.known
    }

    /// So many of one standing.
    #[must_use]
    pub fn of(&self, standing: Standing) -> u64 {
        match standing {
            Standing::New => self.new,
            Standing::Known => self.known,
            Standing::Waived => self.waived,
        }
    }
}

impl std::iter::Sum for Found {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, it| {
            sum.merge(&it);
            sum
        })
    }
}
