//! Random rules over random records, for `tests/equivalence.rs`.

pub(crate) mod records;
pub(crate) mod rules;
