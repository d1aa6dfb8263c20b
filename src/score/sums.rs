//! What is added up over the records of a subject: numbers that merge by addition.

use super::{Part, Points};
use crate::rule::{Scope, Scorecard};

/// Sums over an item.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ItemSums {
    /// How often it cost or earned something.
    pub hits: f64,
    /// Where records are scored what it cost; else the measured shares.
    pub lost: f64,
    /// How often it was assessed.
    pub assessed: f64,
    /// How often it met a fault that is critical, if the item is.
    pub critical: f64,
}

/// Sums over the records of a part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sums {
    /// Records to which something applied.
    pub records: f64,
    /// Their scores, and the squares of these.
    pub score: f64,
    /// See `score`.
    pub squares: f64,
    /// Their scores without regard to critical items.
    pub earned: f64,
    /// What was lost beyond what sections have to lose.
    pub given_back: f64,
    /// Items with a verdict, over all records.
    pub assessed: f64,
    /// Items that applied.
    pub applicable: f64,
    /// By section the records that it was scored on, and its scores.
    pub sections: Vec<(f64, f64)>,
    /// By item of the part.
    pub items: Vec<ItemSums>,
}

/// Numbers that are not of sections or items.
const OWN: usize = 7;

impl Sums {
    /// How many numbers there are.
    #[must_use]
    pub fn len_of(card: &Scorecard, part: &Part) -> usize {
        OWN + 2 * card.sections.len() + 4 * part.items.len()
    }

    /// The numbers of one record, in the order of [`Self::of_numbers`]; `share` gives the measured share of an
    /// item.
    pub fn write(card: &Scorecard, points: &Points, share: impl Fn(usize) -> f64, out: &mut Vec<f64>) {
        out.clear();
        let is_scored = f64::from(u8::from(points.is_scored));
        let (assessed, applicable) = points.coverage;
        let (score, earned) = (points.score, points.earned);
        out.extend([is_scored, score, score * score, earned, points.given_back, assessed, applicable]);
        for section in &points.sections {
            out.extend([f64::from(u8::from(section.is_some())), section.unwrap_or(0.0)]);
        }
        for number in 0..points.hits.len() {
            let lost = if card.scope == Scope::Record { points.lost[number] } else { share(number) };
            out.extend([points.hits[number], lost, points.assessed[number], points.critical[number]]);
        }
    }

    /// From as many numbers as [`Self::len_of`] says.
    #[must_use]
    pub fn of_numbers(card: &Scorecard, numbers: &[f64]) -> Self {
        let at = |place: usize| numbers.get(place).copied().unwrap_or(0.0);
        let sections = card.sections.len();
        let first = OWN + 2 * sections;
        let items = numbers.len().saturating_sub(first) / 4;
        Self {
            records: at(0),
            score: at(1),
            squares: at(2),
            earned: at(3),
            given_back: at(4),
            assessed: at(5),
            applicable: at(6),
            sections: (0..sections).map(|it| (at(OWN + 2 * it), at(OWN + 2 * it + 1))).collect(),
            items: (0..items)
                .map(|it| {
                    let [hits, lost, assessed, critical] = [0, 1, 2, 3].map(|part| at(first + 4 * it + part));
                    ItemSums { hits, lost, assessed, critical }
                })
                .collect(),
        }
    }
}
