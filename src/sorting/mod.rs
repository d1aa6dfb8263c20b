//! Items by key and moment within a bound of memory: what cases, windows and groups share.
//!
//! `sorter.rs` takes items in, sorts and spills them; `merge.rs` gives them in order; `keys.rs` numbers keys; `spill.rs` says what may be held and how a temporary file is made. Nothing
//! here knows what the items are, nor where temporary files are: whoever starts a run gives them.

mod keys;
mod merge;
mod sorter;
mod spill;

pub use keys::Keys;
pub use merge::Merge;
pub use sorter::{Item, Sorted, Sorter};
pub use spill::{Spill, Temporary, TemporaryFile};
