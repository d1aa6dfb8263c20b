//! What judging needs beside a plan and a place for findings, where nothing is committed.

use super::{Duplicates, FindingSink, Judging, SourcePlan, Windows};
use crate::calendar::Zone;
use crate::sorting::Spill;
use std::sync::atomic::{AtomicBool, AtomicU64};

/// Everything that records are judged with outside of an audit: for commands that look at single records and
/// for examples. Nobody asks for duplicate keys, and groups stay in memory.
pub struct Bench<'a> {
    /// The files' paths as shown, by number.
    pub files: Vec<String>,
    /// The project's zone.
    pub zone: &'a Zone,
    windows: Windows,
    duplicates: Duplicates,
    committed: [AtomicU64; 4],
    hash_keys: AtomicBool,
}

impl<'a> Bench<'a> {
    /// Gets ready; `windows` are those of the plan.
    #[must_use]
    pub fn new(files: Vec<String>, zone: &'a Zone, windows: Windows) -> Self {
        Self {
            files,
            zone,
            windows,
            duplicates: Duplicates::default(),
            committed: [const { AtomicU64::new(0) }; 4],
            hash_keys: AtomicBool::new(false),
        }
    }

    /// To judge by a plan.
    #[must_use]
    pub fn judging<'j>(&'j self, plan: &'j SourcePlan, sink: &'j dyn FindingSink) -> Judging<'j> {
        Judging {
            plan,
            sink,
            duplicates: &self.duplicates,
            files: &self.files,
            zone: self.zone,
            committed: &self.committed,
            hash_keys: &self.hash_keys,
            spill: Spill::never(),
            windows: &self.windows,
            baseline: None,
        }
    }
}
