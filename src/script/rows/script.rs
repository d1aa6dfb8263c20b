//! What runs row by row.

use super::tree::{Function, Tree};
use crate::diagnostic::Said;
use std::sync::Arc;

/// A script, ready to be walked.
#[derive(Clone, Debug)]
pub(crate) struct RowScript {
    /// As written.
    pub(super) text: Arc<str>,
    /// The conjuncts of an expression, or the whole script.
    pub(super) trees: Vec<Tree>,
    /// Variables at its top.
    pub(super) slots: usize,
    pub(super) functions: Vec<Function>,
}

impl RowScript {
    /// The text of each conjunct; all of it where there is one only.
    pub(crate) fn conjunct_texts(&self) -> Vec<String> {
        (0..self.trees.len()).filter_map(|it| self.conjunct_text(it)).map(str::to_owned).collect()
    }

    fn conjunct_text(&self, number: usize) -> Option<&str> {
        match &self.trees[..] {
            [_] => Some(self.text.trim()),
            all => self.text.get(all.get(number)?.range()),
        }
    }

    /// All of the text.
    pub(crate) fn whole_text(&self) -> String {
        self.text.trim().to_owned()
    }
}

/// A rule that runs row by row.
#[derive(Clone, Debug)]
pub struct RowRule {
    pub(crate) when: Option<RowScript>,
    pub(crate) check: RowScript,
    /// Why it is not lowered.
    pub reason: Said,
}

impl RowRule {
    /// Puts the check as people wrote it in the place of a text of the same length, whose names were made up.
    pub(crate) fn show_check_as(&mut self, text: &str) {
        if text.len() == self.check.text.len() {
            self.check.text = text.into();
        }
    }

    /// A conjunct of the check as written.
    #[must_use]
    pub fn conjunct_text(&self, number: usize) -> Option<&str> {
        self.check.conjunct_text(number)
    }
}
