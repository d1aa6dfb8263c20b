//! Items by key and moment within a bound of memory: what cases, windows and groups share.
//!
//! `sorter.rs` sorts, spills and merges; `spill.rs` says what may be held and how a temporary file is made. Nothing
//! here knows what the items are, nor where temporary files are: whoever starts a run gives them.

mod sorter;
mod spill;

pub use sorter::{Item, Keys, Merge, Sorted, Sorter};
pub use spill::{Spill, Temporary, TemporaryFile};
