//! Decision tables, typed and ready to be looked up.

use super::Constant;
use crate::record::Type;

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
    pub cells: Vec<Vec<Option<Constant>>>,
    /// For each row its answer.
    pub answers: Vec<Constant>,
}

impl DecisionTable {
    /// The first row that matches, `input(i, constant)` telling whether input `i` is that constant.
    #[must_use]
    pub fn row(&self, mut input: impl FnMut(usize, &Constant) -> bool) -> Option<usize> {
        self.cells.iter().position(|cells| {
            let mut wanted = cells.iter().enumerate();
            wanted.all(|(index, cell)| cell.as_ref().is_none_or(|it| input(index, it)))
        })
    }
}
