//! Groups of records and what is reckoned over them, in one pass: a worker folds the chunks of its blocks
//! into states by group; states merge in any order, go to a temporary file beyond a bound of memory, and
//! come out by the order of the groups' values. Missing arguments are left out and counted.
//!
//! Nothing here depends on the order of records, blocks or workers: sums are exact ([`exact`]), quantiles
//! and different values are taken of all, and of equally bad records the keys decide which are named.

mod bytes;
mod exact;
mod key;
mod lane;
mod merge;
mod pages;
mod state;
mod sum;
mod table;
mod worst;

pub(super) use key::put_value;
pub(super) use lane::Lane;
pub(super) use merge::{Group, merge, merge_tables};
pub use state::{Aggregation, Figure};
pub(super) use state::{between, kano_value, neighbours};
pub(super) use sum::{Kind, Number, Sum};
pub(super) use table::{Call, Chunk, Grouping, Side, Table};
