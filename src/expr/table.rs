//! Decision tables, typed and ready to be looked up.

use super::{Comparison, Constant};
use crate::record::{Amount, Type};

/// What a cell asks of its input.
#[derive(Clone, Debug, PartialEq)]
pub enum CellTest {
    /// One of these values.
    OneOf(Vec<Constant>),
    /// All of these relations to a value.
    Within(Vec<(Comparison, Constant)>),
}

impl CellTest {
    /// Whether the input passes, `holds` telling how it compares.
    pub fn passes(&self, mut holds: impl FnMut(Comparison, &Constant) -> bool) -> bool {
        match self {
            Self::OneOf(values) => values.iter().any(|it| holds(Comparison::Equal, it)),
            Self::Within(bounds) => bounds.iter().all(|(comparison, it)| holds(*comparison, it)),
        }
    }
}

/// A decision table: the first row whose cells all match answers.
#[derive(Clone, Debug)]
pub struct DecisionTable {
    /// Its id, for messages.
    pub id: String,
    /// The types of its inputs.
    pub inputs: Vec<Type>,
    /// The type of its answers.
    pub output: Type,
    /// For each row one cell an input; `None` matches anything.
    pub cells: Vec<Vec<Option<CellTest>>>,
    /// For each row its answer; none where answers are amounts, which no column holds.
    pub answers: Vec<Constant>,
    /// For each row its answer, where answers are amounts.
    pub amounts: Vec<Amount>,
}

impl DecisionTable {
    /// The first row that matches, `input(i, comparison, constant)` telling how input `i` compares.
    #[must_use]
    pub fn row(&self, mut input: impl FnMut(usize, Comparison, &Constant) -> bool) -> Option<usize> {
        self.cells.iter().position(|cells| {
            let mut wanted = cells.iter().enumerate();
            wanted.all(|(index, cell)| {
                cell.as_ref().is_none_or(|it| it.passes(|comparison, value| input(index, comparison, value)))
            })
        })
    }
}
