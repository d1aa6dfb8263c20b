//! `[calibration]`, as written: which ratings of evaluators are compared.

use crate::diagnostic::Place;

/// What differences between ratings mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatingLevel {
    /// Alike or not.
    Nominal,
    /// By rank.
    Ordinal,
    /// By the difference.
    Interval,
}

/// See the file's head.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The source of ratings: a line for each evaluator and record.
    pub source: (String, Place),
    /// The field that tells which record is rated.
    pub record: (String, Place),
    /// The field that tells by whom.
    pub evaluator: (String, Place),
    /// The fields that hold ratings.
    pub items: Vec<(String, Place)>,
    /// What differences mean; by the type of the field where nothing is said.
    pub level: Option<RatingLevel>,
    /// The evaluator whom others are held to; without one the mean of the others.
    pub reference: Option<String>,
    /// How far the mean difference may be.
    pub tolerance: Option<f64>,
    /// Where its table stands.
    pub place: Place,
}
