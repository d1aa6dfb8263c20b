//! `[sampling]`, as written: which records people should review.

use super::Script;
use crate::diagnostic::Place;

/// See the file's head.
#[derive(Clone, Debug)]
pub struct Sampling {
    /// The source whose records are drawn.
    pub source: (String, Place),
    /// What the draw is keyed by: the same seed draws the same records.
    pub seed: String,
    /// How many in all at most.
    pub budget: Option<u64>,
    /// For each of what the minimum is: a subject of the source, or a field.
    pub per: Option<(String, Place)>,
    /// How many for each of `per` at least.
    pub min: u64,
    /// A record is of the first stratum whose condition is true.
    pub strata: Vec<Stratum>,
    /// How far an error rate that is found may be from the truth, 0 to 1: tells how many records that takes.
    pub margin: Option<f64>,
    /// Where its table stands.
    pub place: Place,
}

/// A part of the records.
#[derive(Clone, Debug)]
pub struct Stratum {
    /// Which records.
    pub when: Script,
    /// The share of them that is drawn, 0 to 1.
    pub rate: f64,
}
